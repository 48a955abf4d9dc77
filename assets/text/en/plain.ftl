# The kiosk in plain lines.

plain-title = { $site }, { $place }. Set a new password.
plain-kiosk = kiosk { $kiosk }
plain-choose = Type a number and press Enter:
plain-no-choice = There is no such choice.
plain-leave = leave
plain-help-keys = Enter alone repeats the question. 0 leads back.
plain-short-code = Or send { $code } in the chat; it works here until { $time }.
plain-login = Login name (0 leads back, 6 if you still know your password):
plain-renew-login = Login name, to renew (0 leads back):
plain-old = Password you have now, not shown (Enter alone leads back):
plain-old-seen = Password you have now. Your own terminal may show it (Enter alone leads back):
plain-only-unlock = Your account is locked after too many wrong passwords. A new password unlocks it. Do you remember yours? 7 and Enter only unlock.
plain-code = Code (0 back, 4 another code, 5 nothing came?):
plain-new = New password, not shown (Enter alone: start over):
plain-new-seen = New password. Your own terminal may show it (Enter alone: start over):
plain-again = The same again:
plain-mismatch = The two are not the same. Begin with the first again.
plain-enter-leaves = Press Enter to leave:
plain-still-there = Are you still there? Press Enter: this visit ends in { $span }.
plain-over = This visit is over.
