# Titles, steps and sentences of the screens.

screen-step = step { $n } of { $of }
screen-too-small = Please make this window larger.
screen-ends = Are you still there? Press any key. This screen is wiped in { $span }.
screen-ends-short = Still there? Press any key: { $span }
screen-ends-firm = This visit ends in { $span }.
screen-reference = Reference for IT: { $reference }
screen-to-start = Back to the start in { $span } - any key
screen-more = More: arrow down
screen-it = IT answers on { $phone }.
screen-it-hours = IT answers on { $phone }, { $hours }.
screen-ok = OK
screen-wait = wait
screen-no = no
screen-slowed = Many people have tried here just now. This goes on by itself in { $span }.

# The menu.
screen-menu-title = Set a new password
screen-menu-lead = Choose a way. Most people need a minute.
screen-menu-demo = Demo: type 3, sign in as { $login }, and look at the phone with F9.
screen-method-1 = WeCom Workspace
screen-method-1-scan = Scan the picture with WeCom
screen-method-1-open = A form in WeCom on your phone
screen-method-2 = WeCom chat
screen-method-2-how = Write to "Reset Password"
screen-method-3 = IT support
screen-method-3-how = With a code from your WeCom
screen-no-camera = No camera? Send { $code } in chat 2

# Method 1.
screen-workspace-title = Set it on your phone, in WeCom
screen-workspace-1 = Open WeCom on your phone
screen-workspace-2 = Tap Workspace, the tab at the bottom
screen-workspace-3 = Tap "Account PWD Reset"
screen-workspace-4 = Follow the form, then sign in here as usual
screen-workspace-or-scan = Or scan the picture: in WeCom tap +, then Scan. It opens the same form.

# Method 2.
screen-chat-title = Write to "Reset Password" in WeCom
screen-chat-1 = Tap the search field in WeCom and type: Reset Password
screen-chat-2 = Tap Expand below the apps that are found, and open "Reset Password"
screen-chat-3-password = Send #resetpassword#newpassword, with your own new password behind the second #
screen-chat-3-link = Send #resetpassword# and nothing else
screen-chat-4-password = Wait for the answer: it says whether the password was changed
screen-chat-4-link = Tap the link in the answer: the form opens there
screen-chat-stays-off = Never write a password in the chat: what you send stays in its history.
screen-chat-stays-temporary = What you send stays in the chat history. This password is for one sign-in only: the computer then asks you for another one.
screen-chat-stays-allow = What you send stays in the chat history, and whoever holds your phone can read it there. Delete the message afterwards, or take way 3.

# Method 3: the login name.
screen-login-title = Who are you?
screen-login-lead = Type the name you sign in to your computer with.
screen-login-label = Login name
screen-login-next = Then we send a code to your WeCom.
screen-looking-up = One moment
screen-looking-up-lead = We are asking the directory and WeCom.

# Method 3: the code.
screen-code-title = We sent a code to your WeCom
screen-code-lead = Open the chat "Reset Password" on your phone and type the { $digits } digits here.
screen-code-label = Code
screen-code-judging = One moment: the code is being checked.
screen-code-until = It works until { $time }.
screen-code-over = Its time is over.
screen-code-resend-in = Another code can be sent in { $span }.
screen-code-resend-now = Nothing there? F4 sends another code.
screen-code-asked = Another code is on its way.
screen-code-late = No message yet? Check that your phone is online and look into the chat "Reset Password". F5 says what else it can be.
screen-code-secret = Type it here only. Read it to nobody, IT neither.

# Method 3: the new password.
screen-reading = The code is right
screen-reading-lead = We are reading what your new password has to be like.
screen-password-title = Choose a new password
screen-password-new = New
screen-password-again = Again
screen-password-strength = Strength
screen-strength-none = nothing typed yet
screen-strength-0 = guessed at once
screen-strength-1 = easy to guess
screen-strength-2 = could be better
screen-strength-3 = good
screen-strength-4 = very good
screen-password-hint = Three or four words that have nothing to do with each other are easy to remember and hard to guess.
screen-password-again-hint = Good. Type it once more in the second field.
screen-password-mismatch = The two are not the same. Type the second one again; F3 shows both.
screen-password-too-long = That is too long: 128 characters at most.
screen-password-unfit = That holds signs no keyboard can type. Nothing was taken.
screen-password-busy = One moment: your password is being checked.
screen-password-leaving = Leave without a new password? Then you need a new code. Esc leaves, any other key stays.
screen-password-locked = Your account is locked after wrong passwords. A new one opens it.
screen-password-must-change = The old password had to be changed anyway.
screen-password-expired = The old password ended on { $date }.
screen-password-expires = The old password would have ended on { $date }.
screen-rules-title = { $site } and the directory ask for:

# Method 3: the change.
screen-working = Your new password is on its way
screen-working-stay = Please stay. This takes a few seconds.
screen-step-changing = Change it in the directory
screen-step-changed = Directory changed
screen-step-not-changed = Directory not changed
screen-step-proving = Test a sign-in with it
screen-step-proved = Sign-in tested with it
screen-step-not-proved = The sign-in could not be tested
screen-step-confirmed = Confirmed by the directory; a sign-in cannot be tested for your account
screen-step-telling = Tell you in WeCom
screen-step-told = You were told in WeCom
screen-step-not-told = WeCom took no message about it
screen-done = Your new password works now
screen-done-until = It is good until { $date }.
screen-done-forever = It does not expire.
screen-done-next = Change it also on:
screen-done-wifi = phone Wi-Fi
screen-done-mail = mail on the phone
screen-done-laptop = your laptop: lock it, unlock it with the new one

# Help.
screen-help-title = Help
screen-help-what = Here you set a new password for your account at work: the one for your computer, mail and Wi-Fi.
screen-help-proof = WeCom on your phone shows that it is you. Nobody else needs to know anything, and nobody can see what you type.
screen-help-safe = When you leave, this screen is wiped.
screen-help-tab = to the next thing; the arrows too
screen-help-enter = go on
screen-help-esc = back; twice: start over
screen-help-language = another language
screen-help-show = show the password for ten seconds
screen-help-nothing-came = when no code came

# Nothing came?
screen-nothing-title = Nothing came?
screen-nothing-lead = It can be any of these. For your safety we do not say here which one.
screen-nothing-where = The code is in the chat "Reset Password", perhaps further down or muted.
screen-nothing-network = Your phone has no network. Open WeCom and wait a moment.
screen-nothing-name = The login name has a typing mistake. Esc leads back to it.
screen-nothing-often = Too many codes were asked for. Wait a quarter of an hour.
screen-nothing-wecom = Your WeCom is not linked to your account at work, or you are new.
screen-nothing-account = The account may not be reset here. Then WeCom tells you so.
screen-nothing-then = If none of it helps, IT can: bring your badge.

# The demo's phone.
screen-phone-title = Phones of the demo
screen-phone-empty = No message yet.

# Refusals: what happened, why, what to do now.
screen-refused-login-what = This cannot be a login name.
screen-refused-login-why = It is empty, too long, or holds signs that no login name has.
screen-refused-login-then = Type the name you sign in to your computer with.
screen-refused-directory-what = The directory does not answer
screen-refused-directory-why = It keeps all accounts. This concerns everybody, not only you; nothing was changed.
screen-refused-channel-what = WeCom does not take our messages
screen-refused-channel-why = Without it no code can be sent. This concerns everybody, not only you; nothing was changed.
screen-refused-later-then = Try again in a few minutes. If it stays like this, call IT.
screen-refused-store-what = This kiosk cannot go on
screen-refused-store-why = It cannot write its records, and nothing happens without them. Nothing was changed.
screen-refused-staff-then = Please call IT or go there. Tell them the reference.
screen-refused-code-form-what = A code has { $digits } digits and nothing else.
screen-refused-code-form-why = Something else was in it.
screen-refused-code-form-then = Type only the digits.
screen-refused-code-wrong-what =
    { $left ->
        [one] That is not the code. One try is left.
       *[other] That is not the code. { $left } tries are left.
    }
screen-refused-code-wrong-why = The digits differ from those in the newest message.
screen-refused-code-wrong-then = Look at the newest message and type its code again.
screen-refused-code-over-what = This code does not work any more.
screen-refused-code-over-why = Its time is over, or it was used.
screen-refused-code-over-then = Ask for another one with F4.
screen-refused-many-what = Too many wrong codes
screen-refused-many-why = So that nobody can guess a code, it is not looked at now. Your password was not changed.
screen-refused-many-then = Start again after { $time }. If it was not you, tell IT.
screen-refused-many-then-staff = Only IT can help now. Bring your badge and tell them the reference.
screen-refused-resend-what = Another code cannot be sent yet.
screen-refused-resend-why = One was sent a moment ago.
screen-refused-resend-then = It can be sent from { $time } on. The one you have still works.
screen-refused-rules-what = Not yet
screen-refused-rules-why = It does not keep all the rules: see those with a "no".
screen-refused-rules-then = Change it and try again.
screen-refused-history-what = Not changed: you used this password before
screen-refused-history-why =
    { $n ->
        [one] The directory remembers your last one.
       *[other] The directory remembers your last { $n }.
    }
screen-refused-history-why-some = The directory remembers your last ones.
screen-refused-same-what = Not changed: this is your password already
screen-refused-same-why = The new one has to be another one.
screen-refused-by-directory-what = Not changed: the directory refused it
screen-refused-short-why = It is too short for the directory.
screen-refused-quality-why = It is too simple for the directory's own rules.
screen-refused-young-why = Your password was changed too recently.
screen-refused-permit-why = The directory does not let this program change your account.
screen-refused-other-why = It says: { $text }
screen-refused-another-then = Choose another one; everything else you did still counts.
screen-refused-not-asked-what = Not changed: the directory does not answer
screen-refused-not-asked-why = Your old password is still the one that counts.
screen-refused-not-asked-then = Press Enter to try again in a moment.
screen-refused-account-what = Not changed
screen-refused-account-why = Your account cannot be reset here. WeCom tells you more.
screen-refused-unknown-what = We do not know yet whether it was changed
screen-refused-unknown-why = The directory did not answer in time. We keep looking, and WeCom tells you as soon as we know.
screen-refused-unknown-then = Try the new password at your computer, then the old one. If neither works, call IT.
