# What the chat "Reset Password" answers.

chat-help = 在{ $site }设置新密码有三种方式：
chat-help-form = 1. 表单：打开"工作台"，点 "Account PWD Reset"。也可以在这里发送 #resetpassword#，再点回复里的链接。
chat-help-link = 2. 本聊天：只发送 #resetpassword#。请不要在这里写密码：它会留在聊天记录里。
chat-help-temporary = 2. 本聊天：发送 #resetpassword#newpassword，第二个 # 后面写您自己的新密码。它只能登录一次，登录时请再换一个，因为发送的内容会留在聊天记录里。
chat-help-allow = 2. 本聊天：发送 #resetpassword#newpassword，第二个 # 后面写您自己的新密码。它会留在聊天记录里，请随后撤回或删除该消息。
chat-help-kiosk = 3. 自助终端：在那里选择"IT 支持"，输入登录名。验证码会发到本聊天；发送 #code# 可以再收一次。
chat-help-picture = 不能扫描终端上的二维码？请发送它旁边的八个字符。
chat-link = 点下面的链接设置新密码。它只对您有效，只能使用一次。
chat-link-ends = 链接有效期：{ $span }。
chat-not-in-the-chat = 没有修改：这里不接受在聊天里发送的密码。
chat-not-changed = 没有修改。
chat-another = 请发送 #resetpassword# 加另一个密码。
chat-done = 新密码已设置，请用它登录。
chat-done-temporary = 新密码已设置。它只能登录一次，登录时请再换一个。
chat-done-expires = 有效期至 { $date }。
chat-stays = 您那条带密码的消息会留在聊天记录里，也可能留在公司的存档里。请长按它，选择"撤回"；不能撤回时请选择"删除"。
chat-frozen = 您账号的密码重置已冻结到 { $date } { $time }。您可以在表单里解除：
chat-picture = 您在 { $kiosk } 前面吗？如果是，请点链接：里面会显示要在那里输入的数字。
chat-picture-remote = 这不是自助终端，而是来自 { $source } 的远程会话。是您自己刚刚打开的吗？只有是您自己打开的，才点下面的链接，它会显示要在那里输入的数字。
chat-picture-gone = 现在没有哪个自助终端显示这个代码。它每分钟更换一次：请发送现在显示的代码。
chat-owed-link = 您的密码被别人修改过，或者可能被修改过。请马上设置新密码：
chat-nothing-waits = 现在没有等待验证码的重置。请先开始：在自助终端上（或在允许的 SSH 会话里）选择"IT 支持"，输入登录名。
chat-code-wait = { $time } 之前不再发送验证码，以免有人用它骚扰您。本聊天里最新的那个仍然有效。
chat-too-many = 发送得太多了。请等一分钟再发送。
