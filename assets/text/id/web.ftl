# Halaman di ponsel karyawan. Halaman yang menyampaikan sesuatu punya tiga bagian: apa, mengapa,
# apa yang dilakukan sekarang; satu-satunya tombol adalah `web-start`.

web-start = Mulai lagi

# Dibuka di luar WeCom.
web-open = Buka ini di WeCom
web-open-why = WeCom di ponsel menunjukkan bahwa itu Anda. Tanpa WeCom tidak ada yang bisa dilakukan di sini.
web-open-do = Di WeCom ketuk Workspace, lalu "Account PWD Reset".
web-scan = Pindai ini dengan WeCom
web-scan-why = WeCom di ponsel menunjukkan bahwa itu Anda. Kamera lain tidak bisa.
web-scan-do = Di WeCom ketuk +, lalu Pindai, dan arahkan ponsel ke gambar di kios.

# Orang yang tidak dijamin WeCom.
web-again = Silakan masuk sekali lagi
web-again-why = Proses masuk ini sudah dipakai, terlalu lama, atau dimulai di tempat lain. Tidak ada yang diubah.
web-again-do = Mulai lagi di sini. Jika seseorang mengirimkan tautan ke halaman ini, jangan dibuka lagi.
web-stranger = Anda bukan anggota perusahaan ini di WeCom
web-stranger-why = Menurut WeCom, halaman ini dibuka oleh orang dari luar. Tidak ada yang diubah.
web-stranger-do = Di WeCom pilih akun perusahaan Anda, lalu buka ini lagi. { $it }
web-other = Anda termasuk perusahaan lain di WeCom
web-other-why = Anggota perusahaan yang terhubung tidak punya akun di sini. Tidak ada yang diubah.
web-other-do = Tanyakan kepada IT perusahaan Anda sendiri.
web-inactive = WeCom Anda tidak aktif
web-inactive-why = Menurut WeCom, Anda sudah keluar dari perusahaan, dinonaktifkan, atau belum bergabung. Tidak ada yang diubah.
web-inactive-do = { $it }
web-range = Aplikasi "Reset Password" tidak menjangkau Anda
web-range-why = Anda di luar jangkauannya di WeCom, sehingga pesan tentang perubahan tidak akan sampai. Tidak ada yang diubah.
web-range-do = { $it }
web-busy = Terlalu banyak orang sekaligus
web-busy-why = Begitu banyak orang di jaringan Anda membuka halaman ini sehingga WeCom belum bisa ditanya untuk Anda.
web-busy-do = Coba lagi satu menit lagi. { $it }

# Halaman yang tidak berlanjut.
web-over = Halaman ini sudah tidak berlaku
web-over-why = Halaman ini berlaku sepuluh menit, dan hanya di WeCom tempat ia dibuka. Yang Anda ketik tidak dipakai.
web-over-do = Mulai lagi; hanya perlu satu menit.
web-foreign = Ini tidak datang dari halaman kami
web-foreign-why = Sesuatu yang lain mengirimnya atas nama Anda, atau halamannya sudah lama. Tidak ada yang diubah.
web-foreign-do = Mulai lagi di sini.
web-unreadable = Isinya tidak bisa dibaca
web-unreadable-why = Terlalu panjang, terlalu lama, atau rusak di jalan. Tidak ada yang diubah.
web-unreadable-do = Mulai lagi. Kata sandi paling banyak 128 karakter.
web-link = Tautan ini sudah tidak berlaku
web-link-why = Tautan berlaku sekali, beberapa menit, dan hanya untuk penerimanya. Tidak ada yang diubah.
web-link-do = Anda juga bisa mulai di sini, atau meminta tautan lain di chat.
web-nowhere = Tidak ada apa-apa di alamat ini
web-nowhere-why = Mungkin salah ketik atau terpotong. Tidak ada yang diubah.
web-nowhere-do = Kata sandi baru dimulai di sini:

# Gambar di kios sudah dipindai.
web-there = Apakah Anda berdiri di { $kiosk }?
web-there-type = Jika ya, ketik angka ini di { $kiosk }:
web-there-until = Berlaku sampai { $time }, hanya di kios itu.
web-there-secret = Jangan bacakan kepada siapa pun, IT juga tidak.
web-there-no = Tidak, saya tidak di sana
web-there-over = Angka untuk kios sudah tidak berlaku: pindai gambarnya lagi, atau lanjutkan di sini.
web-instead = Atau atur di sini, di ponsel ini
web-remote = Apakah Anda sendiri yang membuka sesi ini?
web-remote-why = Ini bukan kios, melainkan sesi jarak jauh dari { $kiosk }. Ketik angkanya di sana hanya jika Anda sendiri yang baru saja membukanya.
web-remote-no = Bukan, itu bukan saya
web-gone = Gambar ini sudah tidak berlaku
web-gone-why = Gambar berlaku satu menit dan untuk satu ponsel. Tidak ada yang diubah.
web-gone-do = Pindai gambar yang tampil di kios sekarang, atau atur kata sandi di ponsel ini.
web-not-there = Terima kasih sudah memberi tahu
web-not-there-why = Angka itu tidak membuka apa pun lagi. Mungkin seseorang mengirim gambar itu untuk masuk ke akun Anda.
web-not-there-do = Beri tahu IT bagaimana gambar itu sampai kepada Anda. { $it }
web-not-there-late-why = Angka itu sudah terpakai: kata sandi Anda sudah diubah di sana, atau mungkin sudah.
web-not-there-late-do = Segera mulai lagi di sini dan buat kata sandi baru; yang satunya lalu tidak berlaku. { $it }

# Formulir.
web-field-new = Kata sandi baru
web-field-again = Sekali lagi
web-show = Tampilkan
web-hide = Sembunyikan
web-submit = Atur kata sandi baru
web-submitting = Tunggu sebentar …
web-mismatch = Keduanya tidak sama. Ketik keduanya lagi.
web-wait = Tunggu sebentar
web-wait-why = Ini perlu beberapa detik. Halaman akan berlanjut sendiri.
web-wait-do = Tidak berlanjut? Lihat lagi
web-done-close = Anda bisa menutup halaman ini.

# Reset dibekukan.
web-frozen = Reset akun Anda dibekukan
web-frozen-why = Di WeCom Anda seseorang memilih "bukan saya" dan membekukannya sampai { $until }.
web-frozen-do = Jika Anda ingin kata sandi baru sekarang, ini mengakhiri pembekuan.
web-unfreeze = Akhiri dan lanjutkan
web-unlock-why = Akun Anda terkunci karena terlalu banyak kata sandi salah. Masih ingat kata sandi Anda?
web-unlock = Buka kunci saja
