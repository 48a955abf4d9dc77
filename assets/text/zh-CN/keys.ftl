# The keys in the bottom line.
key-choose = 选择
key-go-on = 继续
key-next-step = 下一步
key-next-field = 下一项
key-to-start = 回到首页
key-back = 返回
key-help = 帮助
key-show = 显示
key-hide = 隐藏
key-another-code = 再发一个
key-nothing-came = 没收到？
key-old-password = 我记得密码
key-with-code = 用验证码
key-only-unlock = 只解锁
key-phone = 手机
key-close = 关闭
