# Messages to the employee's phone, and dates.

# Dates and spans of time.
date-day = { $day } { $month } { $year }
date-month-1 = Januari
date-month-2 = Februari
date-month-3 = Maret
date-month-4 = April
date-month-5 = Mei
date-month-6 = Juni
date-month-7 = Juli
date-month-8 = Agustus
date-month-9 = September
date-month-10 = Oktober
date-month-11 = November
date-month-12 = Desember
date-seconds = { $n } detik
date-minutes = { $n } menit
date-hours = { $n } jam
date-days = { $n } hari
date-in = { $span } lagi
