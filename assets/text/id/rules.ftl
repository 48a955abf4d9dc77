# The checklist on the new-password screen.

rule-min-length-characters = minimal { $n } karakter ({ $has })
rule-min-length-units = minimal { $n } satuan untuk sistem akun ({ $has }; umumnya 1 karakter dihitung 1)
rule-min-length-bytes = minimal { $n } byte untuk sistem akun ({ $has }; a sampai z dihitung 1)
rule-max-length-characters = paling banyak { $n } karakter ({ $has })
rule-max-length-units = paling banyak { $n } satuan untuk sistem akun ({ $has }; umumnya 1 karakter dihitung 1)
rule-max-length-bytes = paling banyak { $n } byte untuk sistem akun ({ $has }; a sampai z dihitung 1)
rule-classes = { $n } dari: a, A, 1, #, huruf lain ({ $has })
rule-not-personal = bukan nama, login, atau email Anda
rule-not-personal-in-a-row = tanpa { $n } huruf berurutan dari nama, login, atau email Anda
rule-not-like-old = tidak mirip yang lama
rule-not-site-word = tanpa kata khas perusahaan
rule-not-common = bukan kata sandi umum
rule-strength = cukup sulit ditebak
rule-history = bukan { $n } kata sandi terakhir Anda: sistem akun memeriksa di akhir
rule-min-age = perubahan terakhir sedikitnya { $span } lalu: sistem akun memeriksa di akhir
rule-own-checks = sistem akun punya pemeriksaan sendiri di akhir

# Typed text that is no password at all.
rule-password-empty = Ketik kata sandi baru.
rule-password-too-long = Kata sandi paling banyak { $n } karakter; yang ini lebih panjang.
rule-password-control = Ada tanda yang tidak dapat diketik. Tidak ada yang diambil.
rule-password-scheme = Kata sandi tidak boleh diawali kata dalam kurung kurawal.
