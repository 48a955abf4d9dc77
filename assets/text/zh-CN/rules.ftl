# The checklist on the new-password screen.

rule-min-length-characters = 至少 { $n } 个字符（现在 { $has } 个）
rule-min-length-units = 账号系统要求至少 { $n } 个单位（现在 { $has } 个；一个汉字算 1 个）
rule-min-length-bytes = 账号系统要求至少 { $n } 个字节（现在 { $has } 个；一个字母算 1 个）
rule-max-length-characters = 最多 { $n } 个字符（现在 { $has } 个）
rule-max-length-units = 账号系统要求最多 { $n } 个单位（现在 { $has } 个；一个汉字算 1 个）
rule-max-length-bytes = 账号系统要求最多 { $n } 个字节（现在 { $has } 个；一个汉字算 3 个）
rule-classes = 含其中 { $n } 种：a、A、1、#、其他文字（现在 { $has } 种）
rule-not-personal = 不含您的姓名、登录名或邮箱
rule-not-personal-in-a-row = 不含姓名、登录名或邮箱中连续的 { $n } 个字符
rule-not-like-old = 与旧密码不相似
rule-not-site-word = 不含公司的专用词
rule-not-common = 不是常见密码
rule-strength = 足够难猜
rule-history = 不是最近 { $n } 个用过的密码：账号系统最后检查
rule-min-age = 距上次修改至少 { $span }：账号系统最后检查
rule-own-checks = 账号系统最后还有自己的检查

# Typed text that is no password at all.
rule-password-empty = 请输入新密码。
rule-password-too-long = 密码最多 { $n } 个字符；这个太长了。
rule-password-control = 其中有键盘打不出的字符，没有采用。
rule-password-scheme = 密码不能以花括号中的词开头。
