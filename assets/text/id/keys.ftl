# The keys in the bottom line.
key-choose = pilih
key-go-on = lanjut
key-next-step = langkah lanjut
key-next-field = berikutnya
key-to-start = kembali ke awal
key-back = kembali
key-help = bantuan
key-show = tampilkan
key-hide = sembunyikan
key-another-code = kode lain
key-nothing-came = belum ada?
key-old-password = saya ingat kata sandi
key-with-code = dengan kode
key-only-unlock = buka kunci saja
key-phone = ponsel
key-close = tutup
