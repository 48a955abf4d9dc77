# Messages to the employee's phone, and dates.

# Messages to the employee's phone; each line is a text of its own.
notice-code = { $code } adalah kode Anda untuk kata sandi baru di { $site }.
notice-code-where = Ketik di { $kiosk }; jangan bacakan kepada siapa pun, juga tidak kepada IT.
notice-code-lifetime = Berlaku sekali, selama { $span }, dan tidak di tempat lain.
notice-code-not-you = Anda tidak di sana? Abaikan saja: tanpa kode ini tidak terjadi apa-apa.
notice-changed = Kata sandi Anda di { $site } diubah di { $kiosk } pada { $date } pukul { $time }.
notice-changed-you = Jika itu Anda, semuanya beres.
notice-not-you-phone = Bukan Anda? Segera telepon IT di { $phone } dan sebutkan nomor acuan { $reference }.
notice-not-you = Bukan Anda? Segera hubungi IT dan sebutkan nomor acuan { $reference }.
notice-settled-changed = Sekarang jelas: perubahan kata sandi Anda di { $kiosk } berhasil. Masuklah dengan yang baru.
notice-settled-unchanged = Sekarang jelas: kata sandi Anda tidak berubah di { $kiosk }. Anda bisa mencoba lagi.
notice-settled-unclear = Sejak permintaan Anda di { $kiosk }, akun Anda diubah sekali lagi, jadi tidak ada yang tahu apakah perubahan itu berhasil. Coba kata sandi baru, lalu yang lama; kalau keduanya gagal, mulai lagi di kios.
notice-not-allowed = Di { $kiosk } ada yang meminta kata sandi baru untuk akun Anda di { $site }.
notice-not-allowed-disabled = Tidak ada yang berubah: akun dinonaktifkan, dan hanya IT yang bisa mengaktifkannya.
notice-not-allowed-protected = Tidak ada yang berubah: akun ini punya hak khusus, dan hanya IT yang bisa meresetnya.
notice-it-phone = Telepon IT di { $phone } dan sebutkan nomor acuan { $reference }, juga jika itu bukan Anda.
notice-it = Hubungi IT dan sebutkan nomor acuan { $reference }, juga jika itu bukan Anda.
notice-not-allowed-frozen = Tidak ada yang berubah: reset akun dibekukan sampai { $date } pukul { $time }. Anda bisa mengakhirinya di formulir "Account PWD Reset".
card-is-it-you = Apakah itu Anda di { $kiosk }?
card-is-it-you-text = Jika ya, abaikan saja. Jika bukan, tekan tombolnya: reset yang belum selesai dihentikan, dan IT diberi tahu. Nomor acuan { $reference }.
card-not-me = Bukan saya
card-freeze = Bekukan reset?
card-freeze-text = Selama { $span } tidak ada yang bisa mereset kata sandi akun Anda, Anda pun tidak. Kata sandi sekarang tetap berlaku. Anda bisa mengakhirinya di formulir "Account PWD Reset", IT juga bisa.
card-freeze-yes = Bekukan
card-pressed-stopped = Dihentikan
card-pressed-alarmed = IT sudah tahu
card-pressed-frozen = Dibekukan
alarm-stopped = Seorang karyawan menekan "Bukan saya" untuk reset di { $kiosk }. Sudah dihentikan; tidak ada yang berubah.
alarm-changed = Seorang karyawan menekan "Bukan saya" untuk reset di { $kiosk } yang sudah, atau mungkin sudah, mengubah kata sandi. Segera periksa akunnya.
alarm-frozen = Seorang karyawan membekukan reset akunnya, setelah reset di { $kiosk } yang bukan miliknya.
alarm-remote-codes-off = Terlalu banyak kode salah dari sesi jarak jauh: kode jarak jauh dimatikan selama satu jam. Kios tetap berjalan.
alarm-account = Akun { $account }
alarm-reference = Nomor acuan { $reference }: rekey audit export

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
