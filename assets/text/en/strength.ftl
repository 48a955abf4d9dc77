# What the strength meter says: one reason and one fix.

strength-easy = Easy to guess
strength-better = Could be better
strength-hard = Hard to guess

# What makes it easy to guess. Never repeats what was typed.
strength-reason-key-row = It follows a row of keys.
strength-reason-key-pattern = It is a short pattern on the keyboard.
strength-reason-repeated-character = It repeats one character.
strength-reason-repeated-group = It repeats the same few characters.
strength-reason-top-10 = It is one of the ten most used passwords.
strength-reason-top-100 = It is one of the hundred most used passwords.
strength-reason-common = It is a very common password.
strength-reason-like-common = It is close to a common password.
strength-reason-sequence = It has a sequence such as abc or 6543.
strength-reason-recent-year = It has a recent year in it.
strength-reason-single-word = It is a single word.
strength-reason-date = It has a date in it.
strength-reason-single-name = It is only a name.
strength-reason-name = It has a common name in it.
strength-reason-personal = It has a part of your name, login or mail in it.
strength-reason-site-word = It has a word in it that everyone here thinks of.
strength-reason-pinyin = It has a common Chinese name or phrase in it.
strength-reason-indonesian = It has a common Indonesian name or word in it.
strength-reason-lucky-number = It has digits in it that many people like.
strength-reason-too-short = It is short.

# One thing to do about it.
strength-fix-few-words = Take four words that have nothing to do with each other.
strength-fix-no-symbols-needed = Make it longer; symbols, digits and capitals are not needed.
strength-fix-add-words = Add two unrelated words.
strength-fix-capital = A capital at the start helps little: add two unrelated words.
strength-fix-all-capitals = Capitals help little: add two unrelated words.
strength-fix-backwards = Writing it backwards helps little: add two unrelated words.
strength-fix-substitutions = Signs for letters, like @ for a, help little: add two unrelated words.
strength-fix-longer-pattern = Add two unrelated words to the pattern.
strength-fix-no-repeats = Put another word where it repeats.
strength-fix-no-sequences = Put an unrelated word in place of the sequence.
strength-fix-no-recent-years = Put an unrelated word in place of the year.
strength-fix-no-own-years = Put an unrelated word in place of the year: years of your life are tried first.
strength-fix-no-own-dates = Put an unrelated word in place of the date: dates of your life are tried first.
strength-fix-leave-out-name = Put a word there that has nothing to do with you.
strength-fix-leave-out-site-word = Put a word there that has nothing to do with the company.
strength-fix-leave-out-number = Put an unrelated word in place of the digits.
