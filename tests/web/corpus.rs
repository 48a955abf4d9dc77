//! What the fuzzer found interesting, replayed with the stable toolchain; and the same bytes sent
//! to a server.

use crate::company::Company;
use crate::server::Server;
use crate::wire;

#[path = "../support/web_bytes.rs"]
mod web_bytes;

fn corpus() -> Vec<(String, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/web");
    let inputs: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect();
    assert!(inputs.len() >= 30, "only {} inputs", inputs.len());
    inputs
}

#[test]
fn every_part_of_a_request_in_the_corpus_is_read_or_refused() {
    for (name, bytes) in corpus() {
        let found = web_bytes::read(&bytes);
        let found: Vec<_> = found
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let meant: &[&str] = match name.as_str() {
            "form" => &["csrf=ab", "turn=0", "new=a b+&我", "again="],
            "form-nul" => &["new=\0\r\n", "again=\0"],
            "form-empty-names" => &["=", "a="],
            "query" => &["code=a-b_c", "state=7"],
            "query-language" => &["lang=zh-CN"],
            "cookie" => &["session=0123abcd", "language=en"],
            "cookie-sign-in" => &[
                "sign-in=0123456789abcdef0123456789abcdef.f",
                "begun=0123456789abcdef0123456789abcdef.f",
            ],
            "cookie-picture" => &[
                "sign-in=0123456789abcdef0123456789abcdef.k23456789abcde",
                "begun=0123456789abcdef0123456789abcdef.k23456789ABCDE",
            ],
            "cookie-other-kind" => &["sign-in=0123456789abcdef0123456789abcdef.x"],
            "host" => &["ours=RESET.contoso.example"],
            "host-port" => &["ours=reset.contoso.example:443"],
            "forwarded" => &["asks=203.0.113.9"],
            "forwarded-mapped" => &["asks=192.0.2.1"],
            "forwarded-chain" => &["asks=198.51.100.2"],
            "language" => &["preferred=id"],
            "language-weights" => &["preferred=en"],
            "language-wecom" => &["wecom=zh-CN"],
            name if name.starts_with("forwarded") => &["asks=10.0.0.7"],
            _ => &[],
        };
        assert_eq!(found, meant, "{name}");
    }
}

/// Whatever it is, wherever it stands: an answer, and never one of the server's own fault.
#[test]
fn every_input_of_the_corpus_is_answered_and_the_server_lives() {
    let company = Company::start();
    let server = Server::start(&company);
    let host = format!("Host: {}\r\n", server.authority);
    for (name, bytes) in corpus() {
        let rest = &bytes[1..];
        let line = |before: &str, after: &str| {
            let mut request = before.as_bytes().to_vec();
            request.extend_from_slice(rest);
            request.extend_from_slice(after.as_bytes());
            request
        };
        let form = format!(
            "POST /form HTTP/1.1\r\n{host}Content-Length: {}\r\n\r\n",
            rest.len()
        );
        for request in [
            line(&form, ""),
            line("GET /signed-in?", &format!(" HTTP/1.1\r\n{host}\r\n")),
            line(&format!("GET /form HTTP/1.1\r\n{host}Cookie: "), "\r\n\r\n"),
            line("GET / HTTP/1.1\r\nHost: ", "\r\n\r\n"),
            line(
                &format!("GET / HTTP/1.1\r\n{host}X-Forwarded-For: "),
                "\r\n\r\n",
            ),
            line(
                &format!("GET / HTTP/1.1\r\n{host}Accept-Language: "),
                "\r\n\r\n",
            ),
        ] {
            let mut stream = wire::connect(&server.authority);
            // What is no HTTP may be hung up on.
            if let Some(answer) = wire::exchange(&mut stream, &request) {
                assert!(answer.status < 500, "{name}: {answer:?}");
            }
        }
        assert_eq!(server.get("/livez", "").status, 200, "after {name}");
    }
}
