//! Floods from one machine, bounded: the form and the kiosk stay usable.

use std::io::Write as _;
use std::time::Duration;

use crate::company::{Company, now};
use crate::phone::Phone;
use crate::server::Server;
use crate::support::certs::Ca;
use crate::wire;

const GOOD: &str = "Quartz-Lantern-27-Meadow";
/// Where the flood comes from: Linux answers on all of 127/8.
const FLOOD: &str = "127.0.0.9:0";

fn from(source: &str, to: &str) -> std::io::Result<std::net::TcpStream> {
    let (source, to) = (source.parse().unwrap(), to.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let stream = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.bind(source)?;
        socket.connect(to).await?.into_std()
    })?;
    stream.set_nonblocking(false)?;
    Ok(stream)
}

#[test]
fn those_who_connect_and_say_nothing_keep_nobody_waiting() {
    let company = Company::start();
    let server = Server::start(&company);
    let mut silent = Vec::new();
    for n in 0..600 {
        let mut stream = from(FLOOD, &server.authority).unwrap();
        // Some say a part of a request.
        if n % 2 == 0 {
            let _ = stream.write_all(b"POST /form HTTP/1.1\r\nHost: ");
        }
        silent.push(stream);
    }
    let began = now();
    let mut phone = Phone::of("LinWei");
    let page = phone.open(&server.url("/"));
    phone.set_password(&server, &page, GOOD);
    assert!(company.signs_in("lin.wei", GOOD));
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
    drop(silent);
}

#[test]
fn sign_ins_that_are_made_up_are_not_passed_on_without_end() {
    let company = Company::start();
    let server = Server::start(&company);
    let state = "0".repeat(32);
    let request = format!(
        "GET /signed-in?code=made-up&state={state} HTTP/1.1\r\nHost: {}\r\n\
         User-Agent: wxwork\r\nCookie: rekey-sign-in={state}.f\r\n\r\n",
        server.authority
    );
    let before = company.wecom.calls();
    let mut stream = from(FLOOD, &server.authority).unwrap();
    let mut passed_on = 0;
    loop {
        let answer = wire::exchange(&mut stream, request.as_bytes()).unwrap();
        if answer.status == 429 {
            break;
        }
        assert_eq!(answer.status, 400);
        passed_on += 1;
        assert!(passed_on < 5_000, "nobody stops it");
    }
    assert!(company.wecom.calls() - before <= passed_on + 50);
    // Everybody else signs in as ever.
    assert!(Phone::of("LinWei").open(&server.url("/")).is_form());
}

#[test]
fn a_handshake_that_never_ends_blocks_nobody() {
    let company = Company::start();
    let ca = Ca::new("Example Web CA");
    let issued = ca.issue(&["localhost", "127.0.0.1"]);
    let server = Server::start_with_tls(&company, &issued);
    let mut silent: Vec<_> = (0..200)
        .map(|_| from(FLOOD, &server.authority).unwrap())
        .collect();
    for stream in silent.iter_mut().step_by(2) {
        let _ = stream.write_all(&[0x16, 3, 1]);
    }
    let ca_file = server.site.path().join("web-ca.pem");
    std::fs::write(&ca_file, ca.pem()).unwrap();
    let done = std::process::Command::new("openssl")
        .args([
            "s_client",
            "-quiet",
            "-verify_return_error",
            "-connect",
            &server.authority,
            "-CAfile",
        ])
        .arg(&ca_file)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn();
    let mut done = done.expect("openssl is installed");
    let request = format!(
        "GET / HTTP/1.1\r\nHost: {}\r\nUser-Agent: wxwork\r\nConnection: close\r\n\r\n",
        server.authority
    );
    done.stdin
        .as_mut()
        .unwrap()
        .write_all(request.as_bytes())
        .unwrap();
    let answer = done.wait_with_output().unwrap();
    let answer = String::from_utf8(answer.stdout).unwrap();
    assert!(answer.starts_with("HTTP/1.1 302"), "{answer}");
    let cookie = answer
        .lines()
        .find(|line| line.starts_with("set-cookie: "))
        .unwrap();
    assert!(
        cookie.starts_with("set-cookie: __Host-rekey-sign-in="),
        "{cookie}"
    );
    assert!(
        cookie.contains("Secure") && cookie.contains("HttpOnly"),
        "{cookie}"
    );
    assert!(answer.contains("strict-transport-security"), "{answer}");
}

#[test]
fn only_trusted_proxies_say_where_a_request_is_from() {
    let company = Company::start();
    let server = Server::start_with(&company, |config| {
        config + "trusted_proxies = [\"127.0.0.8\"]\n"
    });
    let state = "0".repeat(32);
    // One and the same stranger behind two addresses that each may be a proxy.
    let refused = |proxy: &str| {
        let mut stream = from(proxy, &server.authority).unwrap();
        (0..600).any(|n| {
            let request = format!(
                "GET /signed-in?code=made-up&state={state} HTTP/1.1\r\nHost: {}\r\n\
                 X-Forwarded-For: 198.51.100.{}\r\nCookie: rekey-sign-in={state}.f\r\n\r\n",
                server.authority,
                n % 200
            );
            let answer = wire::exchange(&mut stream, request.as_bytes()).unwrap();
            answer.status == 429
        })
    };
    assert!(refused("127.0.0.9:0"));
    assert!(!refused("127.0.0.8:0"));
}
