//! What client and server agree on before anybody is asked anything.

use crate::company::Company;
use crate::server::Server;

/// What a client says of the negotiation at its wordiest.
fn negotiated(server: &Server, more: &[&str]) -> (String, i32) {
    let words = [&["-vvv"], more].concat();
    server.run("ssh", &words, &["reset@127.0.0.1", "id"])
}

#[test]
fn only_what_is_strong_is_agreed_on_and_the_order_is_strict() {
    let company = Company::start();
    let site = company.site();
    let server = Server::start(&site, "");
    let (said, _) = negotiated(&server, &[]);
    for wanted in [
        "will use strict KEX ordering",
        "kex: host key algorithm: ssh-ed25519",
        "kex: server->client cipher: chacha20-poly1305@openssh.com",
        "compression: none",
    ] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    let agreed = said.lines().find(|line| line.contains("kex: algorithm: "));
    let agreed = agreed.expect("what they agreed on");
    assert!(agreed.contains("25519"), "{agreed}");

    for weak in [
        "KexAlgorithms=diffie-hellman-group14-sha256",
        "KexAlgorithms=ecdh-sha2-nistp256",
        "HostKeyAlgorithms=rsa-sha2-512",
        "Ciphers=aes128-cbc",
        "Ciphers=3des-cbc",
    ] {
        let (said, status) = negotiated(&server, &["-o", weak]);
        assert!(said.contains("no matching"), "{weak}: {said}");
        assert_eq!(status, 255, "{weak}");
    }
    // With ciphers that need one; encrypt-then-MAC and nothing else.
    for weak in ["hmac-sha1", "hmac-md5", "hmac-sha2-256"] {
        let mac = format!("MACs={weak}");
        let (said, status) = negotiated(&server, &["-o", "Ciphers=aes256-ctr", "-o", &mac]);
        assert!(said.contains("no matching MAC found"), "{weak}: {said}");
        assert_eq!(status, 255, "{weak}");
    }
    let strong = [
        "-o",
        "Ciphers=aes256-ctr",
        "-o",
        "MACs=hmac-sha2-256-etm@openssh.com",
    ];
    let (said, _) = negotiated(&server, &strong);
    assert!(said.contains("No commands can be run here"), "{said}");
}
