# Titles, steps and sentences of the screens.

screen-step = step { $n } of { $of }
screen-too-small = Please make this window larger.
screen-ends = Are you still there? Press any key. This screen is wiped in { $span }.
screen-ends-short = Still there? Press any key: { $span }
screen-ends-firm = This visit ends in { $span }.
screen-reference = Reference for IT: { $reference }
screen-to-start = Back to the start in { $span } · any key
screen-more = More: arrow down
screen-it = IT answers on { $phone }.
screen-it-hours = IT answers on { $phone }, { $hours }.
screen-ok = OK
screen-wait = wait
screen-no = no
screen-remote = remote { $source }
screen-slowed = Many people have tried here just now. This goes on by itself in { $span }.

# The menu.
screen-menu-title = Set a new password
screen-menu-lead = Choose a way. It takes a minute.
screen-menu-demo = Demo: type 3, sign in as { $login }, and look at the phone with F9.
screen-menu-wecom-down = WeCom does not answer at the moment, and every way needs it. Try again in a few minutes.
screen-menu-directory-down = The company directory does not answer at the moment, and every way needs it. Try again in a few minutes.
screen-method-1 = WeCom Workspace
screen-method-1-scan = Scan the picture with WeCom
screen-method-1-open = A form in WeCom on your phone
screen-method-2 = WeCom chat
screen-method-2-how = Write to "Reset Password"
screen-method-3 = IT support
screen-method-3-how = With a code from your WeCom
screen-method-wecom-down = waits for WeCom
screen-method-directory-down = waits for the directory
screen-no-camera = No camera? Way 2, send { $code }
screen-no-picture = Or choose way 2 and send { $code }.

# Method 1.
screen-workspace-title = Set it on your phone, in WeCom
screen-workspace-1 = Open WeCom on your phone
screen-workspace-2 = Tap Workspace: the tab at the bottom, on a computer at the left
screen-workspace-3 = Tap "Account PWD Reset"
screen-workspace-4 = Follow the form, then sign in here as usual
screen-workspace-or-scan = Or scan the picture: in WeCom tap +, then Scan. It opens the same form.

# On the drawn phone: short words.
screen-drawn-tap = tap
screen-drawn-wecom = WeCom
screen-drawn-workspace = Workspace
screen-drawn-expand = Expand
screen-drawn-form = Open form

# Method 2.
screen-chat-title = Write to "Reset Password" in WeCom
screen-chat-1 = Search WeCom for: Reset Password
screen-chat-2 = Tap Expand, open "Reset Password"
screen-chat-3-password = Send #resetpassword#newpassword, your own in place of newpassword
screen-chat-3-link = Send #resetpassword# and nothing else
screen-chat-4-password = Wait for the answer in the chat
screen-chat-4-link = Tap the link in the answer: the form opens there
screen-chat-stays-off = Never write a password in the chat: what you send stays in its history.
screen-chat-stays-temporary = What you send stays in the chat history. So it works for one sign-in only; then you choose another one.
screen-chat-stays-allow = What you send stays in the chat history for anyone who holds your phone. Delete it afterwards, or take way 3.

# Method 3: the login name.
screen-login-title = Who are you?
screen-login-lead = Type the name you sign in to your computer with.
screen-login-label = Login name
screen-login-next = Then we send a code to your WeCom.
screen-login-renew = You still know your password? F6 renews it without a code.
screen-login-forgot = Forgot your login name? Esc, then scan the picture: your phone shows it.

# Renewing: the login name and the password there is now.
screen-renew-place = Renew your password
screen-renew-title = Renew your password
screen-renew-lead = Type your login name and the password you have now. No code is needed.
screen-renew-label = Password now
screen-renew-next = Then you choose a new one.
screen-renew-reading = Your password is right

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
screen-scanned-title = Your phone shows { $digits } digits
screen-scanned-lead = Type them here, and answer on the phone that you stand at this kiosk.
screen-scanned-again = Nothing there? Esc leads back to the menu and its next picture.

# Method 3: the new password.
screen-reading = The code is right
screen-reading-lead = We are reading what your new password has to be like.
screen-password-title = Choose a new password
screen-password-new = New
screen-password-again = Again
screen-password-strength = Strength
screen-strength-none = nothing typed
screen-password-well = Type it once more in the second field, then press Enter.
screen-password-hint = Three or four words that have nothing to do with each other are easy to remember and hard to guess.
screen-password-mismatch = The two are not the same. Type the second one again; F3 shows both.
screen-password-busy = One moment: your password is being checked.
screen-password-leaving = Leave without a new password? Then you need a new code. Esc leaves, any other key stays.
screen-password-locked = Your account is locked after too many wrong passwords. A new password unlocks it.
screen-password-locked-or = Your account is locked after too many wrong passwords. A new password unlocks it. Do you remember yours? F7 only unlocks.
screen-password-only-unlock = Your account is locked. F7 only unlocks it.
screen-password-leaving-renewal = Leave without a new password? Esc leaves, any other key stays.
screen-password-login = Your login name: { $login }
screen-password-must-change = Your old password had to be changed anyway.
screen-password-expired = Your old password expired on { $date }.
screen-password-expires = Your old password expires on { $date }, { $in }.
screen-password-age = It is { $span } old.
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

# Only unlocked.
screen-unlocking = Your account is being unlocked
screen-unlocked = Your account is unlocked
screen-unlocked-lead = Sign in with the password you have. It was not changed.

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
screen-help-demo = Demo: the directory is { $url }; the phone's page shows how to ask it.

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
screen-phone-also = In a browser: { $url }
screen-phone-empty = No message yet.
