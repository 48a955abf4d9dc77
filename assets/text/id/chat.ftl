# What the chat "Reset Password" answers.

chat-help = Tiga cara mendapat kata sandi baru di { $site }:
chat-help-form = 1. Formulir: buka Workspace lalu ketuk "Account PWD Reset". Atau kirim #resetpassword# di sini dan ketuk tautan dalam jawabannya.
chat-help-link = 2. Chat ini: kirim #resetpassword# saja. Jangan pernah menulis kata sandi di sini: itu akan tetap ada di riwayat.
chat-help-temporary = 2. Chat ini: kirim #resetpassword#newpassword, milik Anda pengganti newpassword. Itu berlaku satu kali masuk, lalu Anda pilih yang lain: yang Anda kirim tetap ada di riwayat.
chat-help-allow = 2. Chat ini: kirim #resetpassword#newpassword, milik Anda pengganti newpassword. Itu tetap ada di riwayat: tarik atau hapus sesudahnya.
chat-help-kiosk = 3. Kios: pilih "Bantuan IT" di sana dan ketik nama login Anda. Kodenya datang ke chat ini; #code# mengirimnya lagi.
chat-help-picture = Tidak bisa memindai gambar di kios? Kirim delapan karakter di sampingnya.
chat-link = Ketuk tautan untuk membuat kata sandi baru. Hanya berlaku untuk Anda, dan hanya sekali.
chat-link-ends = Tautan berlaku selama { $span }.
chat-not-in-the-chat = Tidak diubah: di sini kata sandi tidak diterima lewat chat.
chat-not-changed = Tidak diubah.
chat-another = Kirim #resetpassword# dan kata sandi lain.
chat-done = Kata sandi baru Anda sudah dibuat. Masuklah dengannya.
chat-done-temporary = Kata sandi baru Anda sudah dibuat. Berlaku satu kali masuk: di sana Anda memilih yang lain.
chat-done-expires = Berlaku sampai { $date }.
chat-stays = Pesan Anda dengan kata sandi itu tetap ada di riwayat chat, dan mungkin di arsip perusahaan. Tekan dan tahan pesan itu, lalu pilih Tarik, atau Hapus bila Tarik sudah tidak ada.
chat-frozen = Reset akun Anda dibekukan sampai { $date }, { $time }. Anda dapat mengakhirinya di formulir:
chat-picture = Apakah Anda di { $kiosk }? Kalau ya, ketuk tautan: di sana ada angka untuk diketik di kios.
chat-picture-remote = Ini bukan kios, melainkan sesi jarak jauh dari { $source }. Apakah Anda sendiri yang baru saja membukanya? Hanya jika ya, ketuk tautan ini: di situ ada angka untuk diketik di sana.
chat-picture-gone = Kode ini tidak sedang tampil di mana pun. Kode berganti tiap menit: kirim yang tampil sekarang.
chat-owed-link = Kata sandi Anda diubah orang lain, atau mungkin diubah. Buat yang baru sekarang:
chat-nothing-waits = Tidak ada reset yang menunggu kode. Mulailah dulu: di kios, atau lewat SSH jika diizinkan, pilih "Bantuan IT" dan ketik nama login Anda.
chat-code-wait = Tidak ada kode lagi sampai { $time }, supaya tidak ada yang membanjiri Anda. Kode terbaru di chat ini berlaku.
chat-too-many = Terlalu banyak sekaligus. Tunggu satu menit lalu kirim lagi.
