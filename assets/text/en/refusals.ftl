# Why something did not go on: what happened, why, what to do now.

# A sentence that other texts put in as $it.
refusal-it-phone = Call IT on { $phone }.
refusal-it = Ask IT for help.

# Each has three parts: what happened, why, what to do now.
refusal-login-malformed = This cannot be a login name
refusal-login-malformed-why = A login name is not empty, not very long, and has no control characters.
refusal-login-malformed-do = Type the name you sign in to your computer with.
refusal-directory-down = The company directory does not answer
refusal-directory-down-why = This concerns everybody at the moment; your account is as it was.
refusal-directory-down-do = Try again in a few minutes. { $it }
refusal-channel-down = WeCom does not answer
refusal-channel-down-why = No code can be sent to anybody at the moment.
refusal-channel-down-do = Try again in a few minutes. { $it }
refusal-not-reached = WeCom does not reach this employee
refusal-not-reached-why = They have left, or may not see the app.
refusal-not-reached-do = An administrator looks at the app's visible range.
refusal-store-down = This cannot go on right now
refusal-store-down-why = The system cannot write its record, and nothing may happen without one. Nothing was changed.
refusal-store-down-do = Try again in a few minutes. { $it }
refusal-code-malformed = The code has { $digits } digits
refusal-code-malformed-why = This has not been counted as a try.
refusal-code-malformed-do = Type the digits from the message in WeCom; spaces do no harm.
refusal-code-wrong = That is not the code
refusal-code-wrong-why = { $left ->
    [0] No try is left for this one.
    [one] You can try once more.
   *[other] You can try { $left } more times.
}
refusal-code-wrong-do = Look at the newest message in WeCom and type its digits.
refusal-code-expired = That code is over
refusal-code-expired-why = A code works once and only for a short time.
refusal-code-expired-do = Ask for another one here.
refusal-old-password = That did not lead on
refusal-old-password-why = The login name or the password is not right, this way is not open to the account, or it was tried too often.
refusal-old-password-do = Look at both once more. If you are not sure, let a code be sent to your WeCom instead.
refusal-old-password-expired = Your password is right, but it has expired
refusal-old-password-expired-why = The directory takes an expired password for nothing any more.
refusal-old-password-expired-do = Type the code from your WeCom.
refusal-not-unlocked = Not unlocked: the directory did not allow it
refusal-not-unlocked-why = The account and the password are as they were.
refusal-not-unlocked-do = Choose a new password here: that unlocks as well.
refusal-not-locked = Not locked any more
refusal-not-locked-why = The lock has ended meanwhile. Nothing was changed here.
refusal-not-locked-do = Sign in with the password you have.
refusal-wrong-codes-wait = Too many codes were wrong
refusal-wrong-codes-wait-why = So that nobody can guess a code, the next one is judged only from { $time } on.
refusal-wrong-codes-wait-do = Come back after { $time }, or choose another way from the menu.
refusal-wrong-codes-over = Too many codes were wrong
refusal-wrong-codes-over-why = So that nobody can guess a code, no more codes are judged in this reset.
refusal-wrong-codes-over-do = Start again from the menu. If this stays: { $it }
refusal-remote-off = Codes are off here until { $time }
refusal-remote-off-why = Too many wrong ones were typed in sessions from elsewhere, by anybody. Your account is as it was.
refusal-remote-off-do = Scan the picture on the menu with WeCom, go to a kiosk, or come back after { $time }.
refusal-resend-too-soon = Another code can be sent from { $time } on
refusal-resend-too-soon-why = Messages sometimes take a moment to arrive.
refusal-resend-too-soon-do = Look into WeCom again; the code you have still works.
refusal-not-good-enough = Not changed: this password is not good enough yet
refusal-not-good-enough-why = One of the lines in the list is not met yet.
refusal-not-good-enough-do = Do what that line says, or choose another password.
refusal-directory-too-short = Not changed: too short for the directory
refusal-directory-too-short-why = The directory asks for a longer password.
refusal-directory-too-short-do = Add another word; everything else you did still counts.
refusal-directory-quality = Not changed: the directory finds it too simple
refusal-directory-quality-why = The directory has rules of its own that only it can judge.
refusal-directory-quality-do = Choose another one with more kinds of characters; everything else you did still counts.
refusal-directory-history = Not changed: you used this password before
refusal-directory-history-why = { $n ->
    [0] The directory remembers your old passwords.
    [one] The directory remembers your last one.
   *[other] The directory remembers your last { $n }.
}
refusal-directory-history-do = Choose another one; everything else you did still counts.
refusal-directory-same = Not changed: this is your password already
refusal-directory-same-why = The new password must differ from the one you have.
refusal-directory-same-do = Choose another one, or keep the one you have and sign in with it.
refusal-directory-too-young = Not changed: it was changed only recently
refusal-directory-too-young-why = The directory lets some time pass between two changes.
refusal-directory-too-young-do = Use the password you set last. If you do not know it: { $it }
refusal-directory-not-permitted = Not changed: the directory does not permit it
refusal-directory-not-permitted-why = This account's password may not be set here.
refusal-directory-not-permitted-do = { $it }
refusal-directory-other = Not changed: the directory refused
refusal-directory-other-why = It says: { $text }
refusal-directory-other-do = Choose another password. If it stays refused: { $it }
refusal-not-asked = Not changed: the directory could not be reached
refusal-not-asked-why = Your old password is as it was.
refusal-not-asked-do = Try again in a moment; everything else you did still counts.
refusal-account-not-allowed = This account cannot be reset here
refusal-account-not-allowed-why = It was changed since the code was sent. Nothing was done to your password.
refusal-account-not-allowed-do = { $it }
refusal-outcome-unknown = Nobody knows yet whether it was changed
refusal-outcome-unknown-why = The directory was asked, and its answer was lost on the way.
refusal-outcome-unknown-do = Try the new password in some minutes, then the old one. You are told in WeCom once it is known.
refusal-no-account = No account belongs to your WeCom
refusal-no-account-why = The directory has none, or more than one, for your WeCom userid. Nothing was changed.
refusal-no-account-do = { $it }
refusal-disabled = Your account is disabled
refusal-disabled-why = Only IT can enable it again. Nothing was changed.
refusal-disabled-do = { $it }
refusal-protected = Your account has special rights
refusal-protected-why = Accounts like it are reset by IT only. Nothing was changed.
refusal-protected-do = { $it }
refusal-objected = Stopped from a phone
refusal-objected-why = In the WeCom of this account somebody said "not me". Nothing was changed.
refusal-objected-do = If it is your account, look into your WeCom. { $it }
