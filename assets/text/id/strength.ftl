# What the strength meter says: one reason and one fix.

strength-easy = Mudah ditebak
strength-better = Bisa lebih baik
strength-hard = Sulit ditebak

# What makes it easy to guess. Never repeats what was typed.
strength-reason-key-row = Ini mengikuti satu baris tombol di papan ketik.
strength-reason-key-pattern = Ini pola pendek di papan ketik.
strength-reason-repeated-character = Ini mengulang satu karakter yang sama.
strength-reason-repeated-group = Ini mengulang beberapa karakter yang sama.
strength-reason-top-10 = Ini salah satu dari sepuluh kata sandi yang paling sering dipakai.
strength-reason-top-100 = Ini salah satu dari seratus kata sandi yang paling sering dipakai.
strength-reason-common = Ini kata sandi yang sangat umum.
strength-reason-like-common = Ini mirip dengan kata sandi yang umum.
strength-reason-sequence = Ada urutan seperti abc atau 6543 di dalamnya.
strength-reason-recent-year = Ada tahun yang belum lama di dalamnya.
strength-reason-single-word = Ini hanya satu kata.
strength-reason-date = Ada tanggal di dalamnya.
strength-reason-single-name = Ini hanya sebuah nama.
strength-reason-name = Ada nama yang umum di dalamnya.
strength-reason-personal = Ada bagian dari nama, login, atau email Anda di dalamnya.
strength-reason-site-word = Ada kata yang terpikir oleh semua orang di sini.
strength-reason-pinyin = Ada nama atau ungkapan Tionghoa yang umum di dalamnya.
strength-reason-indonesian = Ada nama atau kata Indonesia yang umum di dalamnya.
strength-reason-lucky-number = Ada angka yang disukai banyak orang di dalamnya.
strength-reason-too-short = Ini terlalu pendek.

# One thing to do about it.
strength-fix-few-words = Pakai empat kata yang tidak saling berkaitan.
strength-fix-no-symbols-needed = Buat lebih panjang; simbol, angka, dan huruf besar tidak wajib.
strength-fix-add-words = Tambahkan dua kata yang tidak berkaitan.
strength-fix-capital = Huruf besar di awal kurang membantu: tambahkan dua kata yang tidak berkaitan.
strength-fix-all-capitals = Huruf besar semua kurang membantu: tambahkan dua kata yang tidak berkaitan.
strength-fix-backwards = Menulis terbalik kurang membantu: tambahkan dua kata yang tidak berkaitan.
strength-fix-substitutions = Mengganti huruf dengan tanda, seperti @ untuk a, kurang membantu: tambahkan dua kata yang tidak berkaitan.
strength-fix-longer-pattern = Tambahkan dua kata yang tidak berkaitan pada pola itu.
strength-fix-no-repeats = Ganti bagian yang berulang dengan kata lain.
strength-fix-no-sequences = Ganti urutan itu dengan kata yang tidak berkaitan.
strength-fix-no-recent-years = Ganti tahun itu dengan kata yang tidak berkaitan.
strength-fix-no-own-years = Ganti tahun itu dengan kata lain: tahun dalam hidup Anda dicoba lebih dulu.
strength-fix-no-own-dates = Ganti tanggal itu dengan kata lain: tanggal dalam hidup Anda dicoba lebih dulu.
strength-fix-leave-out-name = Ganti dengan kata yang tidak berkaitan dengan Anda.
strength-fix-leave-out-site-word = Ganti dengan kata yang tidak berkaitan dengan perusahaan.
strength-fix-leave-out-number = Ganti angka itu dengan kata yang tidak berkaitan.
