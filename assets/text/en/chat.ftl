# What the chat "Reset Password" answers.

chat-help = Three ways to a new password at { $site }:
chat-help-form = 1. The form: open Workspace and tap "Account PWD Reset". Or send #resetpassword# here and tap the link in the answer.
chat-help-link = 2. This chat: send #resetpassword# and nothing else. Never write a password here: it would stay in the history.
chat-help-temporary = 2. This chat: send #resetpassword#newpassword, your own in place of newpassword. It works for one sign-in, then you choose another one: what you send stays in the history.
chat-help-allow = 2. This chat: send #resetpassword#newpassword, your own in place of newpassword. It stays in the history: recall or delete it afterwards.
chat-help-kiosk = 3. A kiosk: choose "IT support" there and type your login name. The code comes into this chat; #code# brings it again.
chat-help-picture = Can you not scan the picture at a kiosk? Send the eight characters beside it.
chat-link = Tap the link to set your new password. It works only for you, and only once.
chat-link-ends = The link works for { $span }.
chat-not-in-the-chat = Not changed: passwords are not taken from the chat here.
chat-not-changed = Not changed.
chat-another = Send #resetpassword# and another password.
chat-done = Your new password is set. Sign in with it.
chat-done-temporary = Your new password is set. It works for one sign-in: there you choose another one.
chat-done-expires = It works until { $date }.
chat-stays = Your message with the password stays in the chat history, and perhaps in the company's archive. Press and hold it, then choose Recall, or Delete where Recall is not offered any more.
chat-frozen = Resets of your account are frozen until { $date }, { $time }. You can end that in the form:
chat-picture = Are you at { $kiosk }? Then tap the link: it shows the number to type there.
chat-picture-remote = This is no kiosk but a remote session from { $source }. Did you open it yourself just now? Only then tap the link: it shows the number to type there.
chat-picture-gone = Nothing shows this code now. It changes every minute: send the one that is shown now.
chat-owed-link = Your password was changed by somebody else, or may have been. Set a new one now:
chat-nothing-waits = No reset waits for a code. Begin one first: at a kiosk, or over SSH where you may, choose "IT support" and type your login name.
chat-code-wait = No more codes until { $time }, so that nobody can flood you with them. The newest one in this chat works.
chat-too-many = That was a lot at once. Wait a minute and send it again.
