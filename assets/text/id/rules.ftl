# The checklist on the new-password screen.

rule-min-length-characters = { $n } karakter atau lebih ({ $has })
rule-min-length-units = { $n } satuan atau lebih untuk direktori ({ $has }; umumnya 1 karakter dihitung 1)
rule-min-length-bytes = { $n } bita atau lebih untuk direktori ({ $has }; a sampai z dihitung 1)
rule-max-length-characters = paling banyak { $n } karakter ({ $has })
rule-max-length-units = paling banyak { $n } satuan untuk direktori ({ $has }; umumnya 1 karakter dihitung 1)
rule-max-length-bytes = paling banyak { $n } bita untuk direktori ({ $has }; a sampai z dihitung 1)
rule-classes = { $n } dari: a, A, 1, #, huruf lain ({ $has })
rule-not-personal = bukan nama, login, atau email Anda
rule-not-site-word = tanpa kata khas perusahaan
rule-not-common = bukan kata sandi umum
rule-strength = cukup sulit ditebak
rule-history = bukan { $n } kata sandi terakhir Anda: direktori memeriksa di akhir
rule-min-age = perubahan terakhir sedikitnya { $span } lalu: direktori memeriksa di akhir
rule-own-checks = direktori punya pemeriksaan sendiri di akhir
