# Messages to the employee's phone, and dates.

# Messages to the employee's phone; each line is a text of its own.
notice-code = { $code } is your code for a new password at { $site }.
notice-code-where = Type it at { $kiosk }; read it to nobody, IT neither.
notice-code-lifetime = It works once, for { $span }, and nowhere else.
notice-code-not-you = You are not there? Then do nothing: without the code nothing happens.
notice-changed = Your password at { $site } was changed at { $kiosk } on { $date }, { $time }.
notice-only-unlocked = Your account at { $site } was unlocked at { $kiosk } on { $date }, { $time }. Your password was not changed.
notice-changed-you = If it was you, all is well.
notice-not-you-phone = Not you? Call IT on { $phone } at once and give the reference { $reference }.
notice-not-you = Not you? Go to IT at once and give the reference { $reference }.
notice-settled-changed = It is clear now: the change of your password at { $kiosk } went through. Sign in with the new one.
notice-settled-unchanged = It is clear now: your password was not changed at { $kiosk }. You can try again.
notice-settled-unclear = Your account was changed once more since your reset at { $kiosk }, so nobody can tell whether that one went through. Try the new password, then the old one; if neither works, start over at a kiosk.
notice-not-allowed = At { $kiosk } somebody asked for a new password for your account at { $site }.
notice-not-allowed-disabled = Nothing was changed: the account is disabled, and only IT can enable it.
notice-not-allowed-protected = Nothing was changed: the account has special rights, and only IT can reset it.
notice-it-phone = Call IT on { $phone } and give the reference { $reference }, also if it was not you.
notice-it = Go to IT and give the reference { $reference }, also if it was not you.
notice-not-allowed-frozen = Nothing was changed: resets of the account are frozen until { $date }, { $time }. You can end that in the form "Account PWD Reset".
notice-ends = Your password at { $site } ends in { $days ->
    [one] { $days } day
   *[other] { $days } days
}, on { $date }
notice-ends-today = Your password at { $site } ends today at { $time }
notice-ended-today = Your password at { $site } has ended today at { $time }
notice-ends-form = Choose a new one in the form "Account PWD Reset", here or at a kiosk.
notice-ends-nobody = Nobody may ask you for your password, IT neither.
notice-ends-it-phone = Your account has special rights, so the form is not for it. Change the password where you are signed in, or with IT on { $phone }.
notice-ends-it = Your account has special rights, so the form is not for it. Change the password where you are signed in, or with IT.
notice-ends-button = Open
card-is-it-you = Was it you at { $kiosk }?
card-is-it-you-text = If it was, all is well: do nothing. If not, press the button: a reset that is not done yet is stopped, and IT is told. Reference { $reference }.
card-not-me = Not me
card-freeze = Freeze resets?
card-freeze-text = Then nobody can reset the password of your account for { $span }, you neither. Your present password goes on working. You can end it in the form "Account PWD Reset", and IT can.
card-freeze-yes = Freeze it
card-pressed-stopped = Stopped
card-pressed-alarmed = IT is told
card-pressed-frozen = Frozen
notice-sign-in = { $code } is your code to sign in at IT support's desk of { $site }.
notice-sign-in-where = Type it at the desk where you have just typed your login name; read it to nobody.
notice-desk-code = { $code } is your code for a new password at { $site }, with { $operator } of IT support.
notice-desk-code-unlock = { $code } is your code to unlock your account at { $site }, with { $operator } of IT support. Your password stays as it is.
notice-desk-code-who = Read it to { $operator } only, who has ticket { $ticket } on the screen. At a kiosk it does not work.
notice-desk-code-call = Only on a call that you began. Did somebody call you and ask for it? Hang up and press "Not me".
notice-desk-link = { $operator } of IT support has checked your code, ticket { $ticket }. Set your new password at { $site } here:
notice-desk-link-lifetime = The link works once, for { $span }, and for you alone.
notice-temporary = Your temporary password at { $site }:
notice-temporary-next = Sign in with it, then choose a password of your own. Nobody in IT has seen it; tell it to nobody. Ticket { $ticket }, with { $operator }.
notice-temporary-unknown = Nobody knows yet whether the directory took it. If it does not work, your old password still does.
notice-temporary-gone = This message goes away after { $span }.
notice-unlocked = { $operator } of IT support has unlocked your account. Your password was not changed.
notice-unfrozen = { $operator } of IT support has ended the freeze: the password of your account can be reset again.
notice-frozen = { $operator } of IT support has frozen the resets of your account until { $date }, { $time }. Your password goes on working.
alarm-operator-limit = Operator { $kiosk } was stopped by a limit at IT support's desk: too many codes, wrong codes or accounts in an hour.
alarm-stopped = An employee said "not me" of a reset at { $kiosk }. It was stopped; nothing was changed.
alarm-changed = An employee said "not me" of a reset at { $kiosk } that has changed the password, or may have. Look at the account at once.
alarm-frozen = An employee has frozen the resets of their account, after a reset at { $kiosk } that was not theirs.
alarm-frozen-by-operator = Operator { $kiosk } has frozen the resets of an account at IT support's desk.
alarm-remote-codes-off = Too many wrong codes from remote sessions: their codes are off for an hour. Kiosks go on.
alarm-remote-old-passwords-off = Too many old passwords were tried in remote sessions: they cannot renew with one for an hour. Kiosks go on.
alarm-account = Account { $account }
alarm-reference = Reference { $reference }: rekey audit export

# Dates and spans of time.
date-day = { $day } { $month } { $year }
date-month-1 = January
date-month-2 = February
date-month-3 = March
date-month-4 = April
date-month-5 = May
date-month-6 = June
date-month-7 = July
date-month-8 = August
date-month-9 = September
date-month-10 = October
date-month-11 = November
date-month-12 = December
date-seconds = { $n } s
date-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
}
date-hours = { $n ->
    [one] { $n } hour
   *[other] { $n } hours
}
date-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
date-in = in { $span }
