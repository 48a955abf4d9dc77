# What is said to who connects over SSH.

place-remote = 来自 { $source } 的远程会话
ssh-one-visit = 一个连接只能打开一个会话。
ssh-no-commands = 这里不能运行命令。请不带命令直接连接，设置 { $site } 的新密码。
ssh-no-files = 这里没有文件。请用 ssh 连接，设置 { $site } 的新密码。
ssh-too-many = 您的地址打开的会话太多。请关闭一个，或稍后再试。
ssh-remote-off = { $site } 的新密码请在自助终端上或手机企业微信中设置。
ssh-closing = 服务正在重启：请一分钟后重新连接。正在进行的修改会完成，企业微信会告知结果。
ssh-broken = 我们这边出了故障，您的会话只能结束。请重新连接。
ssh-desk-draws = IT 服务台需要能显示画面的终端：请用 ssh -t 连接，且 TERM 不是 dumb。
