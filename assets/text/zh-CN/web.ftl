# 员工手机上的页面。说明一件事的页面有三部分：是什么、为什么、现在怎么做；唯一的按钮是 `web-start`。

web-start = 重新开始

# 不是在企业微信里打开的。
web-open = 请在企业微信中打开
web-open-why = 手机上的企业微信能证明是您本人；没有它，这里什么也做不了。
web-open-do = 在企业微信里点“工作台”，再点“Account PWD Reset”。
web-scan = 请用企业微信扫描
web-scan-why = 手机上的企业微信能证明是您本人，别的相机不能。
web-scan-do = 在企业微信里点 +，再点“扫一扫”，对准自助终端上的图案。

# 企业微信不能证明的人。
web-again = 请再登录一次
web-again-why = 这次登录已经用过、时间太久，或者是在别处开始的。没有做任何更改。
web-again-do = 请在这里重新开始。如果是别人发给您的链接，请不要再打开。
web-stranger = 您不是本企业在企业微信中的成员
web-stranger-why = 企业微信说，打开本页的是企业以外的人。没有做任何更改。
web-stranger-do = 请在企业微信里切换到您的企业，再打开一次。{ $it }
web-other = 您在企业微信中属于另一家企业
web-other-why = 互联企业的成员在这里没有账号。没有做任何更改。
web-other-do = 请联系您自己企业的 IT。
web-inactive = 您的企业微信不可用
web-inactive-why = 企业微信说您已离职、被禁用或尚未加入。没有做任何更改。
web-inactive-do = { $it }
web-range = 应用“Reset Password”联系不到您
web-range-why = 您不在它的可见范围内，更改密码的通知到不了您那里。没有做任何更改。
web-range-do = { $it }
web-busy = 同时打开的人太多
web-busy-why = 您的网络里打开本页的人太多，暂时还不能替您询问企业微信。
web-busy-do = 请一分钟后再试。{ $it }

# 走不下去的页面。
web-over = 本页已失效
web-over-why = 它只在十分钟内有效，而且只在打开它的那个企业微信里有效。您输入的内容没有被使用。
web-over-do = 请重新开始，只要一分钟。
web-foreign = 这不是从我们的页面发出的
web-foreign-why = 是别的东西以您的名义发出的，或者页面已经旧了。没有做任何更改。
web-foreign-do = 请在这里重新开始。
web-unreadable = 内容无法读取
web-unreadable-why = 它太长、传得太慢，或者在途中损坏了。没有做任何更改。
web-unreadable-do = 请重新开始。密码最多 128 个字符。
web-link = 这个链接已失效
web-link-why = 链接只能用一次，几分钟内有效，而且只给收到它的人用。没有做任何更改。
web-link-do = 您也可以从这里开始，或者在聊天里再要一个链接。
web-nowhere = 这个地址没有内容
web-nowhere-why = 地址可能输错了，或者不完整。没有做任何更改。
web-nowhere-do = 设置新密码从这里开始：

# 扫描了自助终端上的图案。
web-there = 您正站在 { $kiosk } 前吗？
web-there-type = 如果是，请在 { $kiosk } 上输入这些数字：
web-there-until = 在 { $time } 之前有效，只能用在那台自助终端上。
web-there-secret = 不要读给任何人听，IT 也不行。
web-there-no = 不，我不在那里
web-there-over = 给自助终端的数字已失效：请再扫一次图案，或者在这里继续。
web-instead = 或者就在这部手机上设置
web-remote = 这个会话是您自己打开的吗？
web-remote-why = 这不是自助终端，而是来自 { $kiosk } 的远程会话。只有刚才是您自己打开的，才在那里输入这些数字。
web-remote-no = 不，那不是我
web-gone = 这个图案已失效
web-gone-why = 它只在一分钟内有效，只给一部手机用。没有做任何更改。
web-gone-do = 请扫描自助终端现在显示的图案，或者就在这部手机上设置密码。
web-not-there = 谢谢您告诉我们
web-not-there-why = 这些数字已经打不开任何东西。也许有人把图案发给您，想进入您的账号。
web-not-there-do = 请告诉 IT 您是怎么收到它的。{ $it }
web-not-there-late-why = 这些数字已经被用过：您的密码可能已经在那里被修改。
web-not-there-late-do = 请马上在这里重新开始，设置一个新密码，那边的密码就作废了。{ $it }

# 表单。
web-field-new = 新密码
web-field-again = 再输入一次
web-show = 显示
web-hide = 隐藏
web-submit = 设置新密码
web-submitting = 请稍候……
web-mismatch = 两次输入的不一样，请都重新输入。
web-wait = 请稍候
web-wait-why = 需要几秒钟，页面会自己继续。
web-wait-do = 没有继续？再看一次
web-done-close = 您可以关闭本页。

# 重置被冻结。
web-frozen = 您账号的重置已被冻结
web-frozen-why = 有人在您的企业微信里选了“不是我”，把它冻结到 { $until }。
web-frozen-do = 如果您现在想设置新密码，可以在这里解除冻结。
web-unfreeze = 解除并继续
web-unlock-why = 您的账号因密码输错次数过多而被锁定。还记得密码吗？
web-unlock = 只解锁
