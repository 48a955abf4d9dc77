# Titles, steps and sentences of the screens.

screen-step = langkah { $n } dari { $of }
screen-too-small = Mohon perbesar jendela ini.
screen-ends = Masih di sini? Tekan tombol apa saja. Layar ini dihapus dalam { $span }.
screen-ends-short = Masih di sini? Tekan tombol: { $span }
screen-ends-firm = Kunjungan ini berakhir dalam { $span }.
screen-reference = Nomor untuk IT: { $reference }
screen-to-start = Ke awal dalam { $span } · tekan tombol
screen-more = Selanjutnya: panah ke bawah
screen-it = Telepon IT: { $phone }.
screen-it-hours = Telepon IT: { $phone }, { $hours }.
screen-ok = OK
screen-wait = nanti
screen-no = belum
screen-remote = jarak jauh { $source }
screen-slowed = Baru saja banyak orang mencoba di sini. Ini berlanjut sendiri dalam { $span }.

# The menu.
screen-menu-title = Buat kata sandi baru
screen-menu-lead = Pilih satu cara. Cukup satu menit.
screen-menu-demo = Demo: tekan 3, masuk sebagai { $login }, lihat ponsel dengan F9.
screen-menu-wecom-down = WeCom sedang tidak menjawab, padahal semua cara memerlukannya. Coba lagi beberapa menit lagi.
screen-menu-directory-down = Sistem akun perusahaan sedang tidak menjawab, padahal semua cara memerlukannya. Coba lagi beberapa menit lagi.
screen-method-1 = WeCom Workspace
screen-method-1-scan = Pindai gambar ini dengan WeCom
screen-method-1-open = Formulir di WeCom pada ponsel Anda
screen-method-2 = Chat WeCom
screen-method-2-how = Kirim pesan ke "Reset Password"
screen-method-3 = Bantuan IT
screen-method-3-how = Dengan kode dari WeCom Anda
screen-method-wecom-down = menunggu WeCom
screen-method-directory-down = menunggu sistem akun
screen-no-camera = Tanpa kamera? Cara 2: { $code }
screen-no-picture = Atau pilih cara 2, kirim { $code }.

# Method 1.
screen-workspace-title = Di ponsel Anda, lewat WeCom
screen-workspace-1 = Buka WeCom di ponsel Anda
screen-workspace-2 = Ketuk Workspace: tab di bawah, di komputer di sebelah kiri
screen-workspace-3 = Ketuk "Account PWD Reset"
screen-workspace-4 = Isi formulirnya, lalu masuk ke komputer seperti biasa
screen-workspace-or-scan = Atau pindai gambar ini: di WeCom ketuk +, lalu Scan. Formulirnya sama.

# On the drawn phone: short words.
screen-drawn-tap = ketuk
screen-drawn-wecom = WeCom
screen-drawn-workspace = Workspace
screen-drawn-expand = Expand
screen-drawn-form = Buka form

# Method 2.
screen-chat-title = Kirim pesan ke "Reset Password" di WeCom
screen-chat-1 = Cari di WeCom: Reset Password
screen-chat-2 = Ketuk Expand, buka "Reset Password"
screen-chat-3-password = Kirim #resetpassword#newpassword, milik Anda pengganti newpassword
screen-chat-3-link = Kirim #resetpassword# saja
screen-chat-4-password = Tunggu jawabannya di chat
screen-chat-4-link = Ketuk tautan dalam jawabannya: formulir terbuka di sana
screen-chat-stays-off = Jangan pernah menulis kata sandi di chat: yang Anda kirim tetap ada di riwayatnya.
screen-chat-stays-temporary = Yang Anda kirim tetap ada di riwayat chat. Karena itu hanya berlaku satu kali masuk; lalu Anda pilih yang lain.
screen-chat-stays-allow = Yang Anda kirim tetap ada di riwayat chat bagi siapa pun yang memegang ponsel Anda. Hapus sesudahnya, atau pilih cara 3.

# Method 3: the login name.
screen-login-title = Siapa Anda?
screen-login-lead = Ketik nama yang Anda pakai untuk masuk ke komputer.
screen-login-label = Nama login
screen-login-next = Lalu kami kirim kode ke WeCom Anda.
screen-login-renew = Masih ingat kata sandi Anda? F6 memperbaruinya tanpa kode.
screen-login-forgot = Lupa nama login? Esc, lalu pindai gambarnya: ponsel Anda menampilkannya.

# Renewing: the login name and the password there is now.
screen-renew-place = Perbarui kata sandi
screen-renew-title = Perbarui kata sandi Anda
screen-renew-lead = Ketik nama login dan kata sandi Anda yang sekarang. Kode tidak diperlukan.
screen-renew-label = Sandi sekarang
screen-renew-next = Lalu Anda memilih yang baru.
screen-renew-reading = Kata sandi Anda benar

screen-looking-up = Mohon tunggu
screen-looking-up-lead = Kami bertanya ke sistem akun dan WeCom.

# Method 3: the code.
screen-code-title = Kode sudah dikirim ke WeCom Anda
screen-code-lead = Buka chat "Reset Password" di ponsel Anda dan ketik { $digits } angkanya di sini.
screen-code-label = Kode
screen-code-judging = Mohon tunggu: kode sedang diperiksa.
screen-code-until = Berlaku sampai { $time }.
screen-code-over = Waktunya sudah habis.
screen-code-resend-in = Kode lain dapat dikirim dalam { $span }.
screen-code-resend-now = Belum ada? F4 mengirim kode lain.
screen-code-asked = Kode lain sedang dikirim.
screen-code-late = Belum ada pesan? Pastikan ponsel Anda terhubung dan lihat chat "Reset Password". F5 menyebut sebab lainnya.
screen-code-secret = Ketik hanya di sini. Jangan sebutkan kepada siapa pun, IT pun tidak.
screen-scanned-title = Ponsel Anda menampilkan { $digits } angka
screen-scanned-lead = Ketik angka itu di sini, dan jawab di ponsel bahwa Anda berdiri di kios ini.
screen-scanned-again = Tidak ada? Esc kembali ke menu dan gambar berikutnya.

# Method 3: the new password.
screen-reading = Kodenya benar
screen-reading-lead = Kami membaca syarat untuk kata sandi baru Anda.
screen-password-title = Pilih kata sandi baru
screen-password-new = Baru
screen-password-again = Ulangi
screen-password-strength = Kekuatan
screen-strength-none = belum diketik
screen-password-well = Ketik sekali lagi di kolom kedua, lalu tekan Enter.
screen-password-hint = Tiga atau empat kata yang tidak berhubungan mudah diingat dan sulit ditebak.
screen-password-mismatch = Keduanya tidak sama. Ketik ulang yang kedua; F3 menampilkan keduanya.
screen-password-busy = Mohon tunggu: kata sandi Anda sedang diperiksa.
screen-password-leaving = Pergi tanpa kata sandi baru? Nanti perlu kode baru. Esc: pergi, tombol lain: tetap di sini.
screen-password-locked = Akun Anda terkunci karena terlalu banyak kata sandi salah. Kata sandi baru membukanya.
screen-password-locked-or = Akun Anda terkunci karena terlalu banyak kata sandi salah. Kata sandi baru membukanya. Masih ingat yang lama? F7 hanya membuka kunci.
screen-password-only-unlock = Akun Anda terkunci. F7 hanya membuka kunci.
screen-password-leaving-renewal = Pergi tanpa kata sandi baru? Esc: pergi, tombol lain: tetap di sini.
screen-password-login = Nama login Anda: { $login }
screen-password-must-change = Kata sandi lama Anda memang harus diganti.
screen-password-expired = Kata sandi lama Anda berakhir pada { $date }.
screen-password-expires = Kata sandi lama Anda berakhir pada { $date }, { $in }.
screen-password-age = Umurnya { $span }.
screen-rules-title = Syarat { $site } dan sistem akun:

# Method 3: the change.
screen-working = Kata sandi baru Anda sedang diproses
screen-working-stay = Mohon jangan pergi. Ini hanya beberapa detik.
screen-step-changing = Ganti di sistem akun
screen-step-changed = Sistem akun sudah diganti
screen-step-not-changed = Sistem akun tidak diganti
screen-step-proving = Uji masuk dengannya
screen-step-proved = Masuk dengannya sudah diuji
screen-step-not-proved = Masuk dengannya tidak dapat diuji
screen-step-confirmed = Dipastikan oleh sistem akun; akun Anda tidak dapat diuji masuk
screen-step-telling = Memberi tahu Anda di WeCom
screen-step-told = Anda sudah diberi tahu di WeCom
screen-step-not-told = WeCom tidak menerima pesannya
screen-done = Kata sandi baru Anda sudah berlaku
screen-done-until = Berlaku sampai { $date }.
screen-done-forever = Tidak ada batas waktunya.
screen-done-next = Ganti juga di:
screen-done-wifi = Wi-Fi ponsel
screen-done-mail = email di ponsel
screen-done-laptop = laptop Anda: kunci, lalu buka dengan yang baru

# Only unlocked.
screen-unlocking = Kunci akun Anda sedang dibuka
screen-unlocked = Kunci akun Anda sudah dibuka
screen-unlocked-lead = Masuklah dengan kata sandi Anda yang sekarang. Kata sandi tidak diubah.

# Help.
screen-help-title = Bantuan
screen-help-what = Di sini Anda membuat kata sandi baru untuk akun kerja: untuk komputer, email, dan Wi-Fi.
screen-help-proof = WeCom di ponsel menunjukkan bahwa ini Anda. Tidak ada orang lain yang perlu tahu, dan tidak ada yang melihat apa yang Anda ketik.
screen-help-safe = Saat Anda pergi, layar ini dihapus.
screen-help-tab = ke bagian berikutnya; panah juga
screen-help-enter = lanjut
screen-help-esc = kembali; dua kali: mulai lagi
screen-help-language = bahasa lain
screen-help-show = tampilkan kata sandi selama sepuluh detik
screen-help-nothing-came = bila kode tidak datang
screen-help-demo = Demo: sistem akun ada di { $url }; halaman ponsel menunjukkan cara bertanya kepadanya.

# Nothing came?
screen-nothing-title = Belum ada yang datang?
screen-nothing-lead = Sebabnya bisa salah satu dari ini. Demi keamanan Anda, di sini tidak disebutkan yang mana.
screen-nothing-where = Kodenya ada di chat "Reset Password", mungkin lebih ke bawah atau dibisukan.
screen-nothing-network = Ponsel Anda tidak terhubung. Buka WeCom dan tunggu sebentar.
screen-nothing-name = Nama login salah ketik. Esc kembali ke sana.
screen-nothing-often = Terlalu banyak kode diminta. Tunggu seperempat jam.
screen-nothing-wecom = WeCom Anda belum terhubung dengan akun kerja, atau Anda karyawan baru.
screen-nothing-account = Akun itu tidak boleh direset di sini. WeCom akan memberi tahu Anda.
screen-nothing-then = Jika semuanya tidak membantu, IT bisa: bawa kartu karyawan Anda.

# The demo's phone.
screen-phone-title = Ponsel demo
screen-phone-also = Di peramban: { $url }
screen-phone-empty = Belum ada pesan.
