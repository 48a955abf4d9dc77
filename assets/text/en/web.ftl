# The pages on the employee's phone. A page that says something has three parts: what is so, why,
# what to do now; the page's only button is `web-start`.

web-start = Begin again

# Opened outside WeCom.
web-open = Open this in WeCom
web-open-why = WeCom on your phone shows that it is you. Without it nothing can be done here.
web-open-do = In WeCom tap Workspace, then "Account PWD Reset".
web-scan = Scan this with WeCom
web-scan-why = WeCom on your phone shows that it is you. Another camera cannot.
web-scan-do = In WeCom tap +, then Scan, and hold the phone before the picture at the kiosk.

# Whom WeCom does not vouch for.
web-again = Please sign in once more
web-again-why = This sign-in was used already, took too long, or was begun somewhere else. Nothing was changed.
web-again-do = Begin again here. If somebody sent you a link to this page, do not open it any more.
web-stranger = You are not a member of this company in WeCom
web-stranger-why = WeCom says that somebody from outside has opened this page. Nothing was changed.
web-stranger-do = In WeCom choose your company's account, then open this again. { $it }
web-other = You belong to another company in WeCom
web-other-why = Members of linked companies have no account here. Nothing was changed.
web-other-do = Ask your own company's IT.
web-inactive = Your WeCom is not active
web-inactive-why = WeCom says that you have left the company, are disabled, or have not joined yet. Nothing was changed.
web-inactive-do = { $it }
web-range = The app "Reset Password" does not reach you
web-range-why = You are outside its visible range in WeCom, so no message about a change would come to you. Nothing was changed.
web-range-do = { $it }
web-busy = Too many people at once
web-busy-why = So many have opened this page from your network that WeCom cannot be asked for you yet.
web-busy-do = Try again in a minute. { $it }

# A page that leads nowhere.
web-over = This page is over
web-over-why = It works for ten minutes, and only in the WeCom where it was opened. What you typed was not used.
web-over-do = Begin again; it takes a minute.
web-foreign = This did not come from our page
web-foreign-why = Something else sent it in your name, or the page is an old one. Nothing was changed.
web-foreign-do = Begin again here.
web-unreadable = That could not be read
web-unreadable-why = It was too long, took too long, or was damaged on the way. Nothing was changed.
web-unreadable-do = Begin again. A password has 128 characters at most.
web-link = This link does not work any more
web-link-why = A link works once, for a few minutes, and only for the one who got it. Nothing was changed.
web-link-do = You can begin here as well, or ask for another link in the chat.
web-nowhere = There is nothing at this address
web-nowhere-why = It may have been typed wrongly or cut off. Nothing was changed.
web-nowhere-do = A new password begins here:

# A kiosk's picture was scanned.
web-there = Do you stand at { $kiosk }?
web-there-type = If so, type these digits at { $kiosk }:
web-there-until = They work until { $time }, at that kiosk only.
web-there-secret = Read them to nobody, IT neither.
web-there-no = No, I am not there
web-there-over = The digits for the kiosk are over: scan its picture again, or go on here.
web-instead = Or set it here, on this phone
web-remote = Did you open this session yourself?
web-remote-why = This is no kiosk but a remote session from { $kiosk }. Type the digits there only if you opened it yourself just now.
web-remote-no = No, that is not me
web-gone = This picture is over
web-gone-why = It works for a minute and for one phone. Nothing was changed.
web-gone-do = Scan the picture that the kiosk shows now, or set the password on this phone.
web-not-there = Good that you said so
web-not-there-why = The digits open nothing any more. Perhaps somebody sent you that picture to get at your account.
web-not-there-do = Please tell IT how it came to you. { $it }
web-not-there-late-why = The digits were used already: your password was changed there, or may have been.
web-not-there-late-do = Begin again here at once and set a new password; the other one is worthless then. { $it }

# The form.
web-field-new = New password
web-field-again = The same again
web-show = Show
web-hide = Hide
web-submit = Set the new password
web-submitting = One moment …
web-mismatch = The two were not the same. Type both again.
web-wait = One moment
web-wait-why = This takes a few seconds. The page goes on by itself.
web-wait-do = It does not? Look again
web-done-close = You can close this page.

# Resets are frozen.
web-frozen = Resets of your account are frozen
web-frozen-why = In your WeCom somebody said "not me" and froze them until { $until }.
web-frozen-do = If you want a new password now, this ends the freeze.
web-unfreeze = End it and go on
web-unlock-why = Your account is locked after too many wrong passwords. Do you remember your password?
web-unlock = Only unlock
