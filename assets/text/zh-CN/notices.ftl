# Messages to the employee's phone, and dates.

# Messages to the employee's phone; each line is a text of its own.
notice-code = { $code } 是您在{ $site }设置新密码的验证码。
notice-code-where = 请在 { $kiosk } 上输入；不要念给任何人，IT 也不行。
notice-code-lifetime = 只能用一次，{ $span }内有效，在别处无效。
notice-code-not-you = 您不在那里？那就不用理会：没有验证码什么都不会发生。
notice-changed = 您在{ $site }的密码已于 { $date } { $time } 在 { $kiosk } 上修改。
notice-changed-you = 如果是您本人操作，一切正常。
notice-not-you-phone = 不是您？请立即拨打 IT 电话 { $phone }，并报出编号 { $reference }。
notice-not-you = 不是您？请立即联系 IT，并报出编号 { $reference }。
notice-settled-changed = 现在清楚了：您在 { $kiosk } 上修改密码已成功。请用新密码登录。
notice-settled-unchanged = 现在清楚了：您在 { $kiosk } 上没有修改成功。您可以再试一次。
notice-settled-unclear = 您在 { $kiosk } 上提交修改之后，账号又有其他改动，所以无法确定那次修改是否成功。请先试新密码，再试旧密码；都不行就在终端上重新开始。
notice-not-allowed = 有人在 { $kiosk } 上为您在{ $site }的账号申请新密码。
notice-not-allowed-disabled = 什么都没有改动：账号已停用，只有 IT 能启用。
notice-not-allowed-protected = 什么都没有改动：账号有特殊权限，只有 IT 能重置。
notice-it-phone = 请拨打 IT 电话 { $phone } 并报出编号 { $reference }；不是您本人操作也请告知。
notice-it = 请联系 IT 并报出编号 { $reference }；不是您本人操作也请告知。
notice-not-allowed-frozen = 什么都没有改动：账号的重置已冻结，到 { $date } { $time } 为止。您可以在“账号密码重置”表单里提前解除。
card-is-it-you = 在 { $kiosk } 上操作的是您吗？
card-is-it-you-text = 是您本人就不用理会。不是的话请点按钮：尚未完成的重置会停止，并通知 IT。编号 { $reference }。
card-not-me = 不是我
card-freeze = 要冻结重置吗？
card-freeze-text = 冻结后 { $span }内谁都不能重置您账号的密码，您自己也不能。现在的密码照常可用。您可以在“账号密码重置”表单里解除，IT 也可以。
card-freeze-yes = 冻结
card-pressed-stopped = 已停止
card-pressed-alarmed = 已通知 IT
card-pressed-frozen = 已冻结
alarm-stopped = 有员工对 { $kiosk } 上的一次重置点了“不是我”。已停止，什么都没有改动。
alarm-changed = 有员工对 { $kiosk } 上的一次重置点了“不是我”，而密码已经或可能已经修改。请立即检查该账号。
alarm-frozen = 有员工因 { $kiosk } 上一次并非本人的重置，冻结了自己账号的重置。
alarm-remote-codes-off = 远程会话的错误验证码过多：远程验证码停用一小时。终端照常可用。
alarm-account = 账号 { $account }
alarm-reference = 编号 { $reference }：rekey audit export

# Dates and spans of time.
date-day = { $year }年{ $month }{ $day }日
date-month-1 = 1月
date-month-2 = 2月
date-month-3 = 3月
date-month-4 = 4月
date-month-5 = 5月
date-month-6 = 6月
date-month-7 = 7月
date-month-8 = 8月
date-month-9 = 9月
date-month-10 = 10月
date-month-11 = 11月
date-month-12 = 12月
date-seconds = { $n } 秒
date-minutes = { $n } 分钟
date-hours = { $n } 小时
date-days = { $n } 天
date-in = { $span }后
