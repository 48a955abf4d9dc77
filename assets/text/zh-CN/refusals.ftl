# Why something did not go on: what happened, why, what to do now.

# A sentence that other texts put in as $it.
refusal-it-phone = 请拨打 IT 电话 { $phone }。
refusal-it = 请联系 IT。

# Each has three parts: what happened, why, what to do now.
refusal-login-malformed = 这不像是登录名
refusal-login-malformed-why = 登录名不能为空，不能过长，也不能含控制字符。
refusal-login-malformed-do = 请输入您登录电脑时用的名字。
refusal-directory-down = 公司账号系统暂时没有响应
refusal-directory-down-why = 目前所有人都受影响；您的账号没有变化。
refusal-directory-down-do = 请过几分钟再试。{ $it }
refusal-channel-down = 企业微信暂时没有响应
refusal-channel-down-why = 目前无法给任何人发送验证码。
refusal-channel-down-do = 请过几分钟再试。{ $it }
refusal-store-down = 现在无法继续
refusal-store-down-why = 系统无法写入记录，没有记录就不能操作。什么都没有改动。
refusal-store-down-do = 请过几分钟再试。{ $it }
refusal-code-malformed = 验证码是 { $digits } 位数字
refusal-code-malformed-why = 这次不算一次尝试。
refusal-code-malformed-do = 请输入企业微信消息里的数字，有空格也没关系。
refusal-code-wrong = 验证码不对
refusal-code-wrong-why = 还可以再试 { $left } 次。
refusal-code-wrong-do = 请看企业微信里最新的那条消息，输入其中的数字。
refusal-code-expired = 验证码已失效
refusal-code-expired-why = 验证码只能用一次，而且有效时间很短。
refusal-code-expired-do = 请在这里重新获取一个。
refusal-wrong-codes-wait = 验证码错误次数过多
refusal-wrong-codes-wait-why = 为防止有人猜验证码，{ $time } 之后才能再次验证。
refusal-wrong-codes-wait-do = 请在 { $time } 之后再来，或在菜单里选择其他方式。
refusal-wrong-codes-over = 验证码错误次数过多
refusal-wrong-codes-over-why = 为防止有人猜验证码，这次重置不再验证新的验证码。
refusal-wrong-codes-over-do = 请回到菜单重新开始。如果还是这样：{ $it }
refusal-remote-off = 这里的验证码停用至 { $time }
refusal-remote-off-why = 远程会话中输错的验证码太多（不论是谁输入的）。您的账号没有变化。
refusal-remote-off-do = 请用企业微信扫描菜单上的二维码，或到自助终端办理，或在 { $time } 之后再来。
refusal-resend-too-soon = { $time } 之后才能再发一个验证码
refusal-resend-too-soon-why = 消息有时会晚一点到。
refusal-resend-too-soon-do = 请再看一下企业微信；已收到的验证码仍然有效。
refusal-not-good-enough = 没有修改：这个密码还不够好
refusal-not-good-enough-why = 列表里还有要求没有满足。
refusal-not-good-enough-do = 请按那一行修改，或换一个密码。
refusal-directory-too-short = 没有修改：账号系统认为太短
refusal-directory-too-short-why = 账号系统要求更长的密码。
refusal-directory-too-short-do = 请再加一个词；前面的步骤仍然有效。
refusal-directory-quality = 没有修改：账号系统认为太简单
refusal-directory-quality-why = 账号系统有自己的规则，只有它能判断。
refusal-directory-quality-do = 请换一个字符种类更多的密码；前面的步骤仍然有效。
refusal-directory-history = 没有修改：这个密码您以前用过
refusal-directory-history-why = { $n ->
    [0] 账号系统会记住您以前的密码。
   *[other] 账号系统会记住您最近的 { $n } 个密码。
}
refusal-directory-history-do = 请换一个；前面的步骤仍然有效。
refusal-directory-same = 没有修改：这就是您现在的密码
refusal-directory-same-why = 新密码必须和现在的不同。
refusal-directory-same-do = 请换一个，或直接用现在的密码登录。
refusal-directory-too-young = 没有修改：您不久前刚改过
refusal-directory-too-young-why = 账号系统规定两次修改之间要隔一段时间。
refusal-directory-too-young-do = 请用您最近设置的密码。如果不记得：{ $it }
refusal-directory-not-permitted = 没有修改：账号系统不允许
refusal-directory-not-permitted-why = 这个账号的密码不能在这里设置。
refusal-directory-not-permitted-do = { $it }
refusal-directory-other = 没有修改：账号系统拒绝了
refusal-directory-other-why = 它的说明：{ $text }
refusal-directory-other-do = 请换一个密码。如果仍被拒绝：{ $it }
refusal-not-asked = 没有修改：联系不上账号系统
refusal-not-asked-why = 您原来的密码没有变化。
refusal-not-asked-do = 请稍后再试一次；前面的步骤仍然有效。
refusal-account-not-allowed = 这个账号不能在这里重置
refusal-account-not-allowed-why = 发送验证码之后账号有了变动。您的密码没有改动。
refusal-account-not-allowed-do = { $it }
refusal-outcome-unknown = 还不知道是否已修改
refusal-outcome-unknown-why = 已经向账号系统提出修改，但它的答复在途中丢失了。
refusal-outcome-unknown-do = 请过几分钟先试新密码，再试旧密码。一有结果，会在企业微信里通知您。
refusal-no-account = 您的企业微信没有对应的账号
refusal-no-account-why = 账号系统里没有与您的企业微信账号对应的账号，或者不止一个。什么都没有改动。
refusal-no-account-do = { $it }
refusal-disabled = 您的账号已停用
refusal-disabled-why = 只有 IT 能重新启用。什么都没有改动。
refusal-disabled-do = { $it }
refusal-protected = 您的账号有特殊权限
refusal-protected-why = 这类账号只能由 IT 重置。什么都没有改动。
refusal-protected-do = { $it }
refusal-objected = 已被手机端叫停
refusal-objected-why = 有人在这个账号的企业微信里点了“不是我”。什么都没有改动。
refusal-objected-do = 如果这是您的账号，请查看您的企业微信。{ $it }
