# What is said to who connects over SSH.

place-remote = a session from { $source }
ssh-one-visit = There is one visit to a connection.
ssh-no-commands = No commands can be run here. Connect without one to set a new password at { $site }.
ssh-no-files = There are no files here. Connect with ssh to set a new password at { $site }.
ssh-too-many = Too many sessions from your address are open. Close one, or try again later.
ssh-remote-off = New passwords at { $site } are set at a kiosk, or in WeCom on your phone.
ssh-closing = The service is restarting: connect again in a minute. A change that was under way is finished; WeCom tells you how it came out.
ssh-broken = Something broke on our side, and your visit had to end. Connect again.
ssh-desk-draws = IT support's desk needs a terminal that draws: connect with ssh -t, and with a TERM other than dumb.
