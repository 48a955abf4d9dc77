# The kiosk in plain lines.

plain-title = { $site }, { $place }. Buat kata sandi baru.
plain-kiosk = kios { $kiosk }
plain-choose = Ketik angka lalu tekan Enter:
plain-no-choice = Pilihan itu tidak ada.
plain-leave = keluar
plain-help-keys = Enter saja mengulang pertanyaan. 0 untuk kembali.
plain-short-code = Atau kirim { $code } di chat; berlaku di sini sampai { $time }.
plain-login = Nama login (0 kembali, 6 jika Anda masih tahu kata sandinya):
plain-renew-login = Nama login, untuk memperbarui kata sandi (0 kembali):
plain-old = Kata sandi Anda sekarang, tidak ditampilkan (Enter saja: kembali):
plain-old-seen = Kata sandi Anda sekarang. Terminal Anda mungkin menampilkannya (Enter saja: kembali):
plain-only-unlock = Akun Anda terkunci karena terlalu banyak kata sandi salah. Kata sandi baru membukanya. Anda masih ingat? 7 lalu Enter hanya membuka kunci.
plain-code = Kode (0 kembali, 4 kode lain, 5 tidak ada yang datang?):
plain-new = Kata sandi baru, tidak ditampilkan (Enter saja: mulai lagi):
plain-new-seen = Kata sandi baru. Terminal Anda mungkin menampilkannya (Enter saja: mulai lagi):
plain-again = Sekali lagi:
plain-mismatch = Keduanya tidak sama. Mulai lagi dari yang pertama.
plain-enter-leaves = Tekan Enter untuk keluar:
plain-still-there = Anda masih di sana? Tekan Enter: kunjungan ini berakhir dalam { $span }.
plain-over = Kunjungan ini sudah berakhir.
