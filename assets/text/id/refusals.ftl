# Why something did not go on: what happened, why, what to do now.

# A sentence that other texts put in as $it.
refusal-it-phone = Telepon IT di { $phone }.
refusal-it = Minta bantuan IT.

# Each has three parts: what happened, why, what to do now.
refusal-login-malformed = Ini bukan bentuk nama login
refusal-login-malformed-why = Nama login tidak kosong, tidak terlalu panjang, dan tanpa karakter kendali.
refusal-login-malformed-do = Ketik nama yang Anda pakai untuk masuk ke komputer.
refusal-directory-down = Sistem akun perusahaan tidak menjawab
refusal-directory-down-why = Saat ini semua orang mengalaminya; akun Anda tidak berubah.
refusal-directory-down-do = Coba lagi beberapa menit lagi. { $it }
refusal-channel-down = WeCom tidak menjawab
refusal-channel-down-why = Saat ini kode tidak bisa dikirim kepada siapa pun.
refusal-channel-down-do = Coba lagi beberapa menit lagi. { $it }
refusal-store-down = Ini belum bisa dilanjutkan sekarang
refusal-store-down-why = Sistem tidak bisa menulis catatan, dan tanpa catatan tidak ada yang boleh terjadi. Tidak ada yang berubah.
refusal-store-down-do = Coba lagi beberapa menit lagi. { $it }
refusal-code-malformed = Kode terdiri dari { $digits } angka
refusal-code-malformed-why = Ini tidak dihitung sebagai percobaan.
refusal-code-malformed-do = Ketik angka dari pesan di WeCom; spasi tidak masalah.
refusal-code-wrong = Kode itu tidak cocok
refusal-code-wrong-why = Sisa percobaan: { $left }.
refusal-code-wrong-do = Lihat pesan terbaru di WeCom dan ketik angkanya.
refusal-code-expired = Kode itu sudah tidak berlaku
refusal-code-expired-why = Kode hanya berlaku sekali dan sebentar.
refusal-code-expired-do = Minta kode baru di sini.
refusal-wrong-codes-wait = Terlalu banyak kode yang salah
refusal-wrong-codes-wait-why = Agar kode tidak bisa ditebak, kode berikutnya baru diperiksa mulai { $time }.
refusal-wrong-codes-wait-do = Kembali setelah { $time }, atau pilih cara lain dari menu.
refusal-wrong-codes-over = Terlalu banyak kode yang salah
refusal-wrong-codes-over-why = Agar kode tidak bisa ditebak, tidak ada kode lagi yang diperiksa dalam proses ini.
refusal-wrong-codes-over-do = Mulai lagi dari menu. Jika tetap begini: { $it }
refusal-remote-off = Kode di sini dimatikan sampai { $time }
refusal-remote-off-why = Terlalu banyak kode salah diketik di sesi jarak jauh, oleh siapa pun. Akun Anda tetap seperti semula.
refusal-remote-off-do = Pindai gambar di menu dengan WeCom, pergi ke kios, atau kembali setelah { $time }.
refusal-resend-too-soon = Kode lain bisa dikirim mulai { $time }
refusal-resend-too-soon-why = Pesan kadang perlu waktu untuk tiba.
refusal-resend-too-soon-do = Periksa WeCom lagi; kode yang sudah ada masih berlaku.
refusal-not-good-enough = Belum diubah: kata sandi ini belum cukup baik
refusal-not-good-enough-why = Masih ada baris di daftar yang belum terpenuhi.
refusal-not-good-enough-do = Ikuti baris itu, atau pilih kata sandi lain.
refusal-directory-too-short = Belum diubah: terlalu pendek untuk sistem akun
refusal-directory-too-short-why = Sistem akun meminta kata sandi yang lebih panjang.
refusal-directory-too-short-do = Tambahkan satu kata; langkah Anda sebelumnya tetap berlaku.
refusal-directory-quality = Belum diubah: sistem akun menilai terlalu sederhana
refusal-directory-quality-why = Sistem akun punya aturan sendiri yang hanya bisa dinilai olehnya.
refusal-directory-quality-do = Pilih yang lain dengan lebih banyak jenis karakter; langkah Anda sebelumnya tetap berlaku.
refusal-directory-history = Belum diubah: kata sandi ini pernah Anda pakai
refusal-directory-history-why = { $n ->
    [0] Sistem akun mengingat kata sandi lama Anda.
   *[other] Sistem akun mengingat { $n } kata sandi terakhir Anda.
}
refusal-directory-history-do = Pilih yang lain; langkah Anda sebelumnya tetap berlaku.
refusal-directory-same = Belum diubah: ini kata sandi Anda sekarang
refusal-directory-same-why = Kata sandi baru harus berbeda dari yang sekarang.
refusal-directory-same-do = Pilih yang lain, atau masuk saja dengan yang sekarang.
refusal-directory-too-young = Belum diubah: baru saja diubah
refusal-directory-too-young-why = Sistem akun mengharuskan jeda di antara dua perubahan.
refusal-directory-too-young-do = Pakai kata sandi yang terakhir Anda atur. Jika lupa: { $it }
refusal-directory-not-permitted = Belum diubah: sistem akun tidak mengizinkan
refusal-directory-not-permitted-why = Kata sandi akun ini tidak boleh diatur di sini.
refusal-directory-not-permitted-do = { $it }
refusal-directory-other = Belum diubah: sistem akun menolak
refusal-directory-other-why = Katanya: { $text }
refusal-directory-other-do = Pilih kata sandi lain. Jika tetap ditolak: { $it }
refusal-not-asked = Belum diubah: sistem akun tidak terjangkau
refusal-not-asked-why = Kata sandi lama Anda tidak berubah.
refusal-not-asked-do = Coba lagi sebentar; langkah Anda sebelumnya tetap berlaku.
refusal-account-not-allowed = Akun ini tidak bisa direset di sini
refusal-account-not-allowed-why = Akun ini berubah sejak kode dikirim. Kata sandi Anda tidak diubah.
refusal-account-not-allowed-do = { $it }
refusal-outcome-unknown = Belum diketahui apakah sudah diubah
refusal-outcome-unknown-why = Sistem akun sudah diminta, tetapi jawabannya hilang di jalan.
refusal-outcome-unknown-do = Beberapa menit lagi coba kata sandi baru, lalu yang lama. Anda diberi tahu lewat WeCom setelah hasilnya jelas.
refusal-no-account = WeCom Anda tidak punya akun
refusal-no-account-why = Sistem akun tidak punya satu pun, atau punya lebih dari satu, untuk userid WeCom Anda. Tidak ada yang berubah.
refusal-no-account-do = { $it }
refusal-disabled = Akun Anda dinonaktifkan
refusal-disabled-why = Hanya IT yang bisa mengaktifkannya lagi. Tidak ada yang berubah.
refusal-disabled-do = { $it }
refusal-protected = Akun Anda punya hak khusus
refusal-protected-why = Akun seperti ini hanya direset oleh IT. Tidak ada yang berubah.
refusal-protected-do = { $it }
refusal-objected = Dihentikan dari ponsel
refusal-objected-why = Di WeCom akun ini ada yang menekan "Bukan saya". Tidak ada yang berubah.
refusal-objected-do = Jika ini akun Anda, lihat WeCom Anda. { $it }
