# What the strength meter says: one reason and one fix.

strength-easy = 容易被猜到
strength-better = 还可以更好
strength-hard = 很难猜到

# What makes it easy to guess. Never repeats what was typed.
strength-reason-key-row = 它是键盘上连成一排的按键。
strength-reason-key-pattern = 它是键盘上的一段简单图形。
strength-reason-repeated-character = 它重复了同一个字符。
strength-reason-repeated-group = 它重复了同一段字符。
strength-reason-top-10 = 它是最常用的十个密码之一。
strength-reason-top-100 = 它是最常用的一百个密码之一。
strength-reason-common = 这是很多人都在用的密码。
strength-reason-like-common = 它和常见密码很像。
strength-reason-sequence = 它含有 abc、6543 这样的连续字符。
strength-reason-recent-year = 它含有近年的年份。
strength-reason-single-word = 它只是一个单词。
strength-reason-date = 它含有日期。
strength-reason-single-name = 它只是一个名字。
strength-reason-name = 它含有常见的名字。
strength-reason-personal = 它含有您的姓名、登录名或邮箱中的一部分。
strength-reason-site-word = 它含有公司里人人都会想到的词。
strength-reason-pinyin = 它含有常见的拼音姓名或词语。
strength-reason-indonesian = 它含有常见的印尼语名字或词语。
strength-reason-lucky-number = 它含有很多人喜欢用的数字。
strength-reason-too-short = 它太短了。

# One thing to do about it.
strength-fix-few-words = 请用四个互不相关的词。
strength-fix-no-symbols-needed = 请加长一些；不一定要有符号、数字或大写字母。
strength-fix-add-words = 请再加两个不相关的词。
strength-fix-capital = 开头大写作用不大：请再加两个不相关的词。
strength-fix-all-capitals = 全部大写作用不大：请再加两个不相关的词。
strength-fix-backwards = 倒着写作用不大：请再加两个不相关的词。
strength-fix-substitutions = 用 @ 代替 a 之类的替换作用不大：请再加两个不相关的词。
strength-fix-longer-pattern = 请在这段图形之外再加两个不相关的词。
strength-fix-no-repeats = 请把重复的部分换成别的词。
strength-fix-no-sequences = 请把连续字符换成一个不相关的词。
strength-fix-no-recent-years = 请把年份换成一个不相关的词。
strength-fix-no-own-years = 请把年份换成一个不相关的词：和您有关的年份最先被猜。
strength-fix-no-own-dates = 请把日期换成一个不相关的词：和您有关的日期最先被猜。
strength-fix-leave-out-name = 请换成一个和您无关的词。
strength-fix-leave-out-site-word = 请换成一个和公司无关的词。
strength-fix-leave-out-number = 请把这些数字换成一个不相关的词。
