# The kiosk in plain lines.

plain-title = { $site }，{ $place }。设置新密码。
plain-kiosk = 自助终端 { $kiosk }
plain-choose = 请输入数字并按回车：
plain-no-choice = 没有这个选项。
plain-leave = 离开
plain-help-keys = 只按回车会重复提问。输入 0 返回。
plain-short-code = 或在聊天中发送 { $code }；在 { $time } 前对此处有效。
plain-login = 登录名（0 返回，还记得现在的密码请输入 6）：
plain-renew-login = 要更换密码的登录名（0 返回）：
plain-old = 现在的密码，不显示（只按回车：返回）：
plain-old-seen = 现在的密码。您的终端可能会显示它（只按回车：返回）：
plain-only-unlock = 您的账号因密码输错次数过多而被锁定，设置新密码后即可使用。还记得密码？输入 7 并按回车只解锁。
plain-code = 验证码（0 返回，4 再发一个，5 没有收到？）：
plain-new = 新密码，不显示（只按回车：重新开始）：
plain-new-seen = 新密码。您的终端可能会显示它（只按回车：重新开始）：
plain-again = 再输入一次：
plain-mismatch = 两次输入不一致。请从第一次重新开始。
plain-enter-leaves = 按回车离开：
plain-still-there = 您还在吗？请按回车：本次会话将在 { $span }后结束。
plain-over = 本次会话已结束。
