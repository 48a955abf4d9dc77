//! The certificate is renewed while the server serves.

use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::company::{Company, now};
use crate::server::Server;
use crate::support::certs::{Ca, Issued};
use crate::wire;

type Connection = StreamOwned<ClientConnection, TcpStream>;

/// Connects and asks for something.
fn connect(server: &Server, ca: &Ca) -> Connection {
    let mut roots = RootCertStore::empty();
    let trusted = CertificateDer::from_pem_slice(ca.pem().as_bytes()).unwrap();
    roots.add(trusted).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = "127.0.0.1".try_into().unwrap();
    let client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut connection = StreamOwned::new(client, wire::connect(&server.authority));
    ask(&mut connection, server);
    connection
}

fn ask(connection: &mut Connection, server: &Server) {
    let request = format!("GET /livez HTTP/1.1\r\nHost: {}\r\n\r\n", server.authority);
    let answer = wire::exchange(connection, request.as_bytes()).expect("an answer");
    assert_eq!(answer.status, 200);
}

fn shows(connection: &Connection, issued: &Issued) -> bool {
    let theirs = CertificateDer::from_pem_slice(issued.certificate.as_bytes()).unwrap();
    connection.conn.peer_certificates().unwrap()[0] == theirs
}

/// Waits until whoever connects is shown this one; for how long.
#[track_caller]
fn wait_until_shown(server: &Server, ca: &Ca, issued: &Issued, limit: Duration) {
    let deadline = now() + limit;
    while !shows(&connect(server, ca), issued) {
        assert!(now() < deadline, "{}", server.log());
        std::thread::yield_now();
    }
}

#[test]
fn a_new_certificate_is_shown_to_whoever_comes_and_nobody_is_cut_off() {
    let company = Company::start();
    let ca = Ca::new("Example Web CA");
    let [first, second, third] = [(); 3].map(|()| ca.issue(&["127.0.0.1"]));
    let server = Server::start_with_tls(&company, &first);
    let mut open = connect(&server, &ca);
    assert!(shows(&open, &first));

    // The file of the certificate alone fits no more; what was shown goes on being shown.
    server.site.write("tls.pem", &second.certificate);
    server.ask_to_read_again();
    let deadline = now() + Duration::from_secs(10);
    while !server.log().contains("the certificate stays as it was") {
        assert!(now() < deadline, "{}", server.log());
        std::thread::yield_now();
    }
    assert!(server.log().contains("tls.key: does not fit"));
    assert!(shows(&connect(&server, &ca), &first));

    // With its key it does, and the server sees that by itself.
    server.site.write("tls.key", &second.key);
    wait_until_shown(&server, &ca, &second, Duration::from_secs(20));

    // Told to, it looks at once.
    server.site.write("tls.pem", &third.certificate);
    server.site.write("tls.key", &third.key);
    server.ask_to_read_again();
    wait_until_shown(&server, &ca, &third, Duration::from_secs(2));
    ask(&mut open, &server);
    assert!(shows(&open, &first));
    assert!(!server.log().contains("PRIVATE KEY"));
}

#[test]
fn a_server_without_a_certificate_lives_on_when_it_is_told_to_read_again() {
    let company = Company::start();
    let server = Server::start(&company);
    server.ask_to_read_again();
    for _ in 0..20 {
        assert_eq!(server.get("/livez", "").status, 200);
    }
}
