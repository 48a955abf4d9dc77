# The checklist on the new-password screen.

rule-min-length-characters = { $n } characters or more ({ $has })
rule-min-length-units = { $n } units or more for the directory ({ $has }; most characters count 1)
rule-min-length-bytes = { $n } bytes or more for the directory ({ $has }; a to z count 1)
rule-max-length-characters = { $n } characters at most ({ $has })
rule-max-length-units = { $n } units at most for the directory ({ $has }; most characters count 1)
rule-max-length-bytes = { $n } bytes at most for the directory ({ $has }; a to z count 1)
rule-classes = { $n } of: a, A, 1, #, other letters ({ $has })
rule-not-personal = not your name, login or mail
rule-not-personal-in-a-row = no { $n } letters in a row of your name, login or mail
rule-not-like-old = not like the old one
rule-not-site-word = no word of the company's
rule-not-common = not a common password
rule-strength = hard to guess
rule-history = { $n ->
    [one] not your last password: the directory checks at the end
   *[other] none of your last { $n } passwords: the directory checks at the end
}
rule-min-age = last change at least { $span } ago: the directory checks at the end
rule-own-checks = the directory has checks of its own, made at the end

# Typed text that is no password at all.
rule-password-empty = Type the new password.
rule-password-too-long = A password has { $n } characters at most; this one is longer.
rule-password-control = That holds signs no keyboard can type. Nothing was taken.
rule-password-scheme = A password cannot begin with a word in curly braces.
