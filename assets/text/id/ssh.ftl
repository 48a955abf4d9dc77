# What is said to who connects over SSH.

place-remote = sesi dari { $source }
ssh-one-visit = Satu koneksi hanya untuk satu kunjungan.
ssh-no-commands = Di sini tidak ada perintah yang dapat dijalankan. Sambungkan tanpa perintah untuk membuat kata sandi baru di { $site }.
ssh-no-files = Di sini tidak ada berkas. Sambungkan dengan ssh untuk membuat kata sandi baru di { $site }.
ssh-too-many = Terlalu banyak sesi terbuka dari alamat Anda. Tutup satu, atau coba lagi nanti.
ssh-remote-off = Kata sandi baru di { $site } dibuat di kios, atau di WeCom pada ponsel Anda.
ssh-closing = Layanan sedang dimulai ulang: sambungkan lagi dalam satu menit. Perubahan yang sedang berjalan diselesaikan; WeCom memberi tahu hasilnya.
ssh-broken = Ada yang rusak di pihak kami, sehingga kunjungan Anda harus berakhir. Sambungkan lagi.
ssh-desk-draws = Meja dukungan IT memerlukan terminal yang dapat menggambar: hubungkan dengan ssh -t, dan dengan TERM selain dumb.
