# Titles, steps and sentences of the screens.

screen-step = 第 { $n } 步，共 { $of } 步
screen-too-small = 窗口太小，请放大。
screen-ends = 您还在吗？请按任意键。{ $span }后清除本屏幕。
screen-ends-short = 还在吗？请按任意键：{ $span }
screen-ends-firm = 本次使用将在 { $span }后结束。
screen-reference = 告诉 IT 的编号：{ $reference }
screen-to-start = { $span }后回到首页，按任意键立即返回
screen-more = 更多：按向下键
screen-it = IT 电话：{ $phone }。
screen-it-hours = IT 电话：{ $phone }，{ $hours }。
screen-ok = 好
screen-wait = 等
screen-no = 否
screen-remote = 远程 { $source }
screen-slowed = 刚才有许多人在这里尝试。{ $span }后会自动继续。

# The menu.
screen-menu-title = 设置新密码
screen-menu-lead = 请选择一种方式，一般只需一分钟。
screen-menu-demo = 演示：按 3，用 { $login } 登录，再按 F9 看手机。
screen-menu-wecom-down = 企业微信暂时没有响应，下面的方式都要用到它。请过几分钟再试。
screen-menu-directory-down = 公司账号系统暂时没有响应，下面的方式都要用到它。请过几分钟再试。
screen-method-1 = 企业微信工作台
screen-method-1-scan = 用企业微信扫描右边的图
screen-method-1-open = 在手机企业微信里填写表单
screen-method-2 = 企业微信聊天
screen-method-2-how = 发消息给 "Reset Password"
screen-method-3 = IT 支持
screen-method-3-how = 用企业微信收到的验证码
screen-method-wecom-down = 等待企业微信恢复
screen-method-directory-down = 等待账号系统恢复
screen-no-camera = 不能扫码？用方式 2 发送 { $code }
screen-no-picture = 或用方式 2 发送 { $code }。

# Method 1.
screen-workspace-title = 在手机的企业微信里设置
screen-workspace-1 = 打开手机上的企业微信
screen-workspace-2 = 点"工作台"：手机在底部，电脑在左侧
screen-workspace-3 = 点"Account PWD Reset"
screen-workspace-4 = 按表单填写，然后照常登录电脑
screen-workspace-or-scan = 也可以扫描右边的图：在企业微信里点"+"，再点"扫一扫"，打开的是同一张表单。

# On the drawn phone: short words.
screen-drawn-tap = 点
screen-drawn-wecom = 企业微信
screen-drawn-workspace = 工作台
screen-drawn-expand = 展开
screen-drawn-form = 打开表单

# Method 2.
screen-chat-title = 在企业微信里发消息给 "Reset Password"
screen-chat-1 = 在企业微信里搜索：Reset Password
screen-chat-2 = 点"展开"，打开 "Reset Password"
screen-chat-3-password = 发送 #resetpassword#newpassword，第二个 # 后面写您自己的新密码
screen-chat-3-link = 只发送 #resetpassword#
screen-chat-4-password = 等待回复：回复会说明密码是否已更改
screen-chat-4-link = 点回复里的链接，打开表单
screen-chat-stays-off = 请不要在聊天里写密码：发送的内容会留在聊天记录里。
screen-chat-stays-temporary = 发送的内容会留在聊天记录里。所以这个密码只能登录一次，之后电脑会要求您换一个。
screen-chat-stays-allow = 发送的内容会留在聊天记录里，拿到您手机的人都能看到。请随后删除该消息，或者选择方式 3。

# Method 3: the login name.
screen-login-title = 您是谁？
screen-login-lead = 请输入您登录电脑时用的名字。
screen-login-label = 登录名
screen-login-next = 然后我们把验证码发到您的企业微信。
screen-login-renew = 还记得现在的密码？按 F6 可直接更换，不用验证码。
screen-login-forgot = 忘了登录名？按 Esc，再扫描图片，手机上会显示。

# Renewing: the login name and the password there is now.
screen-renew-place = 更换密码
screen-renew-title = 更换密码
screen-renew-lead = 请输入登录名和现在的密码，不需要验证码。
screen-renew-label = 现在的密码
screen-renew-next = 然后设置新密码。
screen-renew-reading = 密码正确

screen-looking-up = 请稍候
screen-looking-up-lead = 正在询问账号系统和企业微信。

# Method 3: the code.
screen-code-title = 验证码已发到您的企业微信
screen-code-lead = 请在手机上打开 "Reset Password" 聊天，在这里输入 { $digits } 位数字。
screen-code-label = 验证码
screen-code-judging = 请稍候，正在核对验证码。
screen-code-until = 有效至 { $time }。
screen-code-over = 验证码已过期。
screen-code-resend-in = { $span }后可以再发一个。
screen-code-resend-now = 没有收到？按 F4 再发一个。
screen-code-asked = 正在再发一个验证码。
screen-code-late = 还没有收到？请确认手机能上网，并查看 "Reset Password" 聊天。按 F5 可看其他原因。
screen-code-secret = 只在这里输入。不要告诉任何人，IT 也不行。
screen-scanned-title = 您的手机上显示着 { $digits } 位数字
screen-scanned-lead = 请在这里输入这些数字，并在手机上确认您就在这台机器前。
screen-scanned-again = 没有看到数字？按 Esc 回到菜单，重新扫描新的图。

# Method 3: the new password.
screen-reading = 验证码正确
screen-reading-lead = 正在读取对新密码的要求。
screen-password-title = 请设置新密码
screen-password-new = 新密码
screen-password-again = 再输一次
screen-password-strength = 强度
screen-strength-none = 还没有输入
screen-password-well = 请在第二栏再输入一次，然后按 Enter。
screen-password-hint = 三四个互不相关的词，容易记住，也难以猜到。
screen-password-mismatch = 两次输入不一样。请再输一次第二个；按 F3 可看到两个。
screen-password-busy = 请稍候，正在检查您的密码。
screen-password-leaving = 不设新密码就离开吗？下次需要新的验证码。按 Esc 离开，按其他键留下。
screen-password-locked = 您的账号因密码输错次数过多而被锁定，设置新密码后即可使用。
screen-password-locked-or = 您的账号因密码输错次数过多而被锁定，设置新密码后即可使用。还记得密码？按 F7 只解锁。
screen-password-only-unlock = 您的账号被锁定。按 F7 只解锁。
screen-password-leaving-renewal = 不设新密码就离开吗？按 Esc 离开，按其他键留下。
screen-password-login = 您的登录名：{ $login }
screen-password-must-change = 您的旧密码本来就需要更改。
screen-password-expired = 您的旧密码已于 { $date } 过期。
screen-password-expires = 您的旧密码{ $in }过期（{ $date }）。
screen-password-age = 它已使用 { $span }。
screen-rules-title = { $site } 和账号系统的要求：

# Method 3: the change.
screen-working = 正在设置您的新密码
screen-working-stay = 请不要离开，几秒钟就好。
screen-step-changing = 在账号系统里更改
screen-step-changed = 账号系统已更改
screen-step-not-changed = 账号系统没有更改
screen-step-proving = 用新密码试登录
screen-step-proved = 已用新密码试登录成功
screen-step-not-proved = 未能试登录
screen-step-confirmed = 账号系统已确认；您的账号无法试登录
screen-step-telling = 在企业微信里通知您
screen-step-told = 已在企业微信里通知您
screen-step-not-told = 企业微信没有收下通知
screen-done = 新密码现在可以用了
screen-done-until = 有效期至 { $date }。
screen-done-forever = 长期有效。
screen-done-next = 还要在这些地方更改：
screen-done-wifi = 手机 Wi-Fi
screen-done-mail = 手机邮箱
screen-done-laptop = 您的电脑：锁屏，再用新密码解锁

# Only unlocked.
screen-unlocking = 正在解锁您的账号
screen-unlocked = 您的账号已解锁
screen-unlocked-lead = 请用现在的密码登录，密码没有改动。

# Help.
screen-help-title = 帮助
screen-help-what = 您可以在这里为工作账号设置新密码，用于电脑、邮箱和 Wi-Fi。
screen-help-proof = 手机上的企业微信证明是您本人。不需要告诉任何人，也没有人能看到您输入的内容。
screen-help-safe = 您离开后，屏幕上的内容会被清除。
screen-help-tab = 到下一项；方向键也可以
screen-help-enter = 继续
screen-help-esc = 返回；连按两次：重新开始
screen-help-language = 换一种语言
screen-help-show = 显示密码十秒钟
screen-help-nothing-came = 没有收到验证码时
screen-help-demo = 演示：账号系统在 { $url }；手机网页上写着怎样查询。

# Nothing came?
screen-nothing-title = 没有收到？
screen-nothing-lead = 可能是下面任何一种原因。为了您的安全，这里不说明是哪一种。
screen-nothing-where = 验证码在 "Reset Password" 聊天里，可能在列表下方，或设了免打扰。
screen-nothing-network = 手机没有网络。请打开企业微信，稍等片刻。
screen-nothing-name = 登录名输错了。按 Esc 可以返回修改。
screen-nothing-often = 验证码要得太多了。请等一刻钟。
screen-nothing-wecom = 您的企业微信没有和工作账号关联，或者您是新员工。
screen-nothing-account = 这个账号不能在这里重置。这时企业微信会通知您。
screen-nothing-then = 如果都不行，请带上工牌找 IT。

# The demo's phone.
screen-phone-title = 演示用的手机
screen-phone-also = 浏览器：{ $url }
screen-phone-empty = 还没有消息。
