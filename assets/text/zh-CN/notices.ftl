# Messages to the employee's phone, and dates.

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
