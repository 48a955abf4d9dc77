//! The client's promises, against listeners on loopback.

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::*;

const LIMIT: Duration = Duration::from_secs(5);

/// A server that sends `answer` to each request, and tells what the first one said.
async fn server(answer: Vec<u8>) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        serve(stream, &answer).await.unwrap()
    });
    (url, served)
}

async fn serve(mut stream: TcpStream, answer: &[u8]) -> io::Result<String> {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read(&mut buffer).await?;
        request.extend_from_slice(&buffer[..read]);
        if read == 0 {
            break;
        }
    }
    // Who reads only a part closes early.
    let _ = stream.write_all(answer).await;
    Ok(String::from_utf8_lossy(&request).into_owned())
}

fn answer(status: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\nlocation: http://127.0.0.1:1/elsewhere\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

async fn ask(url: &str) -> Result<Zeroizing<Vec<u8>>, NoAnswer> {
    let client = HttpClient::new(url, LIMIT).unwrap();
    client.get("/path", &[("access_token", "s3cr3t&=")]).await
}

#[test]
fn plain_http_stays_on_this_machine() {
    assert!(parse_base("http://127.0.0.1:8080").is_ok());
    assert!(parse_base("http://[::1]:8080").is_ok());
    for elsewhere in [
        "http://qyapi.weixin.qq.com",
        "http://127.0.0.1.example",
        "http://10.0.0.1",
    ] {
        assert!(matches!(
            parse_base(elsewhere),
            Err(SetupError::PlainHttp(_))
        ));
    }
    assert!(matches!(parse_base("ftp://x"), Err(SetupError::Address(_))));
}

#[test]
fn the_https_client_starts_with_the_systems_roots() {
    assert!(HttpClient::new("https://qyapi.weixin.qq.com", LIMIT).is_ok());
}

#[tokio::test]
async fn a_request_says_what_it_should_and_its_answer_comes_whole() {
    let (url, served) = server(answer("200 OK", b"{}")).await;
    assert_eq!(ask(&url).await.unwrap().as_slice(), b"{}");
    let request = served.await.unwrap();
    assert!(request.starts_with("GET /path?access_token=s3cr3t%26%3D HTTP/1.1\r\n"));
    assert!(request.contains(&format!("host: {}", url.trim_start_matches("http://"))));

    let (url, served) = server(answer("200 OK", b"{}")).await;
    let client = HttpClient::new(&url, LIMIT).unwrap();
    let json = Zeroizing::new(b"{\"a\":1}".to_vec());
    client.post("/path", &[], json).await.unwrap();
    let request = served.await.unwrap();
    assert!(request.contains("content-type: application/json\r\n"));
    assert!(request.contains("content-length: 7\r\n"), "{request}");
}

#[tokio::test]
async fn redirects_errors_and_floods_are_no_answers() {
    for (sent, expected) in [
        (answer("302 Found", b""), "HTTP status 302"),
        (answer("503 Service Unavailable", b""), "HTTP status 503"),
        (
            answer("200 OK", &[b' '; MAX_ANSWER + 1]),
            "the answer is too long",
        ),
        (b"SSH-2.0-x\r\n\r\n".to_vec(), "the connection broke"),
        (
            b"HTTP/1.1 200 OK\r\nx: ".repeat(8000),
            "the connection broke",
        ),
    ] {
        let (url, _served) = server(sent).await;
        let NoAnswer { words, .. } = ask(&url).await.unwrap_err();
        assert!(words.starts_with(expected), "{words}");
        assert!(!words.contains("s3cr3t") && !words.contains("127.0.0.1"));
    }
    let (url, _served) = server(answer("200 OK", &[b' '; MAX_ANSWER])).await;
    assert_eq!(ask(&url).await.unwrap().len(), MAX_ANSWER);
}

#[tokio::test]
async fn silence_ends_with_the_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let client = HttpClient::new(&url, Duration::from_millis(50)).unwrap();
    let none = client.get("/", &[]).await.unwrap_err();
    assert_eq!(none.words, "no answer in time");
    assert!(none.done_perhaps, "it went out");
}

#[tokio::test]
async fn a_server_that_refuses_has_done_nothing() {
    for (status, done_perhaps) in [
        ("503 Service Unavailable", false),
        ("429 Too Many Requests", false),
        ("302 Found", false),
        ("500 Internal Server Error", true),
        ("504 Gateway Timeout", true),
    ] {
        let (url, _served) = server(answer(status, b"")).await;
        let none = ask(&url).await.unwrap_err();
        assert_eq!(none.done_perhaps, done_perhaps, "{status}");
    }
}

#[tokio::test]
async fn nobody_there_is_said_without_the_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let NoAnswer {
        words,
        done_perhaps,
    } = ask(&url).await.unwrap_err();
    assert!(words.starts_with("cannot connect: "), "{words}");
    assert!(!done_perhaps, "nothing went out");
    assert!(!words.contains("s3cr3t") && !words.contains("127.0.0.1"));
}

#[tokio::test]
async fn a_server_whose_certificate_nobody_signed_is_refused() {
    let key = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(
        rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_no_client_auth()
    .with_single_cert(
        vec![key.cert.der().clone()],
        rustls::pki_types::PrivateKeyDer::Pkcs8(key.signing_key.serialize_der().into()),
    )
    .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "https://localhost:{}",
        listener.local_addr().unwrap().port()
    );
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let served = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        acceptor.accept(stream).await.map(|_| ())
    });
    let nowhere = Matcher::builder().build();
    let client = HttpClient::through(&nowhere, &url, LIMIT).unwrap();
    let NoAnswer { words, .. } = client
        .get("/path", &[("access_token", "s3cr3t")])
        .await
        .unwrap_err();
    assert!(
        words.starts_with("cannot connect: invalid peer certificate"),
        "{words}"
    );
    assert!(served.await.unwrap().is_err(), "the token never left");
}

#[tokio::test]
async fn a_proxy_learns_the_servers_name_and_nothing_else() {
    let (url, served) = server(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()).await;
    let proxies = Matcher::builder()
        .https(url.replace("http://", "http://kiosk:pass@"))
        .no("intranet.example")
        .build();
    let api = "https://qyapi.weixin.qq.com";
    let client = HttpClient::through(&proxies, api, LIMIT).unwrap();
    let query = [("access_token", "s3cr3t")];
    // The proxy closes once the tunnel stands.
    let NoAnswer { words, .. } = client.get("/cgi-bin", &query).await.unwrap_err();
    assert!(!words.contains("s3cr3t") && !words.contains("pass"));
    let request = served.await.unwrap();
    assert!(request.starts_with("CONNECT qyapi.weixin.qq.com:443 HTTP/1.1\r\n"));
    assert!(
        request
            .to_lowercase()
            .contains("proxy-authorization: basic ")
    );
    assert!(!request.contains("s3cr3t") && !request.contains("cgi-bin"));

    let wire = secure_wire(&Url::parse("https://intranet.example").unwrap(), &proxies);
    assert!(matches!(wire, Ok(Wire::Tls(_))));
    let socks = Matcher::builder()
        .all("socks5://k:pass@127.0.0.1:1")
        .build();
    let Err(SetupError::Client(words)) = HttpClient::through(&socks, api, LIMIT).map(|_| ()) else {
        panic!("a proxy of another kind was taken");
    };
    assert!(!words.contains("pass"));
}
