//! The few calls of WeCom's server API that rekey makes, over HTTPS.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response, Url};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::WecomSettings;
use super::errcode::{self, Meaning};
use super::examine::{About, MemberReply};
use super::token::{Fetched, TokenCache};
use crate::domain::secret::Credential;
use crate::flow::ports::Clock;

/// The most bytes of an answer that are read: real ones have a few hundred.
const MAX_ANSWER: usize = 64 * 1024;
/// How long one connection attempt may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How long an idle connection is kept: shorter than servers usually do, so that no call is lost
/// on one that was just closed.
const IDLE_CONNECTION: Duration = Duration::from_secs(15);

/// Why the WeCom settings cannot work.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SetupError {
    /// Not an address of the API.
    #[error("`{0}` is not an https address")]
    Address(String),
    /// Plain http to another machine would show codes to the network.
    #[error("`{0}` is plain http: only https leaves this machine")]
    PlainHttp(String),
    /// The HTTPS client cannot start: no root certificates on this machine, for one.
    #[error("the https client cannot start: {0}")]
    Client(String),
}

/// Why a call failed. Holds no token, secret or address: it may be logged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Failure {
    /// WeCom answered with an error number.
    Code(i64),
    /// No answer, or none that WeCom's API gives.
    NoAnswer(String),
}

impl Failure {
    /// What the error number means; `None` when there was no answer.
    pub(super) fn meaning(&self) -> Option<Meaning> {
        match self {
            Self::Code(errcode) => Some(Meaning::of(*errcode)),
            Self::NoAnswer(_) => None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(errcode) => write!(f, "{} (errcode {errcode})", errcode::reason(*errcode)),
            Self::NoAnswer(words) => f.write_str(words),
        }
    }
}

/// Addresses are taken out of the error: they carry the access token.
impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        let what = if error.is_timeout() {
            "no answer in time"
        } else if error.is_connect() {
            "cannot connect"
        } else {
            "the connection broke"
        };
        let mut words = what.to_owned();
        let error = error.without_url();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            words = format!("{what}: {cause}");
            source = cause.source();
        }
        Self::NoAnswer(words)
    }
}

/// What `message/send` answers.
#[derive(Deserialize)]
pub(super) struct SendReply {
    #[serde(default)]
    pub(super) msgid: String,
    #[serde(default)]
    invaliduser: Option<String>,
    #[serde(default)]
    unlicenseduser: Option<String>,
}

impl SendReply {
    /// Whether WeCom left `member` out, although it said `ok`: it lists such members lower-cased,
    /// joined by `|`.
    pub(super) fn left_out(&self, member: &str) -> bool {
        [&self.invaliduser, &self.unlicenseduser]
            .into_iter()
            .flatten()
            .flat_map(|list| list.split('|'))
            .any(|listed| listed.trim().eq_ignore_ascii_case(member))
    }
}

#[derive(Deserialize)]
struct Envelope {
    errcode: i64,
}

#[derive(Deserialize)]
struct TokenReply {
    access_token: String,
    expires_in: u64,
}

#[derive(Deserialize)]
struct AppReply {
    #[serde(default)]
    close: i64,
}

#[derive(Deserialize)]
struct Nothing {}

/// The API of one app.
pub(super) struct Api {
    client: Client,
    base: Url,
    corp_id: String,
    secret: Credential,
    tokens: TokenCache,
}

impl Api {
    pub(super) fn new(settings: WecomSettings, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        let base = parse_base(&settings.api)?;
        Ok(Self {
            client: client(&base, settings.timeout)?,
            base,
            corp_id: settings.corp_id,
            secret: settings.secret,
            tokens: TokenCache::new(clock),
        })
    }

    /// `POST /cgi-bin/message/send`.
    pub(super) async fn send(&self, message: &impl Serialize) -> Result<SendReply, Failure> {
        self.authorised(|token| {
            let url = self.url("/cgi-bin/message/send", &[("access_token", token)])?;
            Ok(self.client.post(url).json(message))
        })
        .await
    }

    /// `POST /cgi-bin/message/recall`: within 24 hours, on the WeCom client's side.
    pub(super) async fn recall(&self, msgid: &str) -> Result<(), Failure> {
        let body = serde_json::json!({ "msgid": msgid });
        self.authorised::<Nothing>(|token| {
            let url = self.url("/cgi-bin/message/recall", &[("access_token", token)])?;
            Ok(self.client.post(url).json(&body))
        })
        .await
        .map(|_| ())
    }

    /// `GET /cgi-bin/agent/get`: sends nothing, but shows whether the token, this machine's
    /// address and the app itself are taken. A token alone does not: `gettoken` also works from
    /// addresses that every other call refuses (60020).
    pub(super) async fn app_is_open(&self, agent_id: i64) -> Result<(), Failure> {
        let agent_id = agent_id.to_string();
        let app: AppReply = self
            .authorised(|token| {
                let query = [("access_token", token), ("agentid", agent_id.as_str())];
                Ok(self.client.get(self.url("/cgi-bin/agent/get", &query)?))
            })
            .await?;
        match app.close {
            0 => Ok(()),
            _ => Err(Failure::Code(APP_DISABLED)),
        }
    }

    /// Whether WeCom gives a token for this company and this secret.
    pub(super) async fn token_works(&self) -> Result<(), Failure> {
        self.tokens
            .token(None, || self.fetch_token())
            .await
            .map(|_| ())
    }

    /// `GET /cgi-bin/agent/get`: all that it tells.
    pub(super) async fn about(&self, agent_id: i64) -> Result<About, Failure> {
        let agent_id = agent_id.to_string();
        self.authorised(|token| {
            let query = [("access_token", token), ("agentid", agent_id.as_str())];
            Ok(self.client.get(self.url("/cgi-bin/agent/get", &query)?))
        })
        .await
    }

    /// `GET /cgi-bin/user/get` (<https://developer.work.weixin.qq.com/document/path/90196>).
    pub(super) async fn member(&self, userid: &str) -> Result<MemberReply, Failure> {
        self.authorised(|token| {
            let query = [("access_token", token), ("userid", userid)];
            Ok(self.client.get(self.url("/cgi-bin/user/get", &query)?))
        })
        .await
    }

    /// Runs a call with the token; when WeCom no longer takes that, once more with another one.
    async fn authorised<T: DeserializeOwned>(
        &self,
        request: impl Fn(&str) -> Result<RequestBuilder, Failure>,
    ) -> Result<T, Failure> {
        let token = self.tokens.token(None, || self.fetch_token()).await?;
        match answer(request(&token)?.send().await?).await {
            Err(failure) if failure.meaning() == Some(Meaning::TokenGone) => {
                let token = self
                    .tokens
                    .token(Some(token.as_str()), || self.fetch_token())
                    .await?;
                answer(request(&token)?.send().await?).await
            }
            other => other,
        }
    }

    /// `GET /cgi-bin/gettoken` (<https://developer.work.weixin.qq.com/document/path/91039>).
    async fn fetch_token(&self) -> Result<Fetched, Failure> {
        let query = [
            ("corpid", self.corp_id.as_str()),
            ("corpsecret", self.secret.expose()),
        ];
        let request = self.client.get(self.url("/cgi-bin/gettoken", &query)?);
        let reply: TokenReply = answer(request.send().await?).await?;
        Ok(Fetched {
            token: Zeroizing::new(reply.access_token),
            expires_in: Duration::from_secs(reply.expires_in),
        })
    }

    fn url(&self, path: &str, query: &[(&str, &str)]) -> Result<Url, Failure> {
        let mut url = self
            .base
            .join(path)
            .map_err(|_| Failure::NoAnswer("the address is malformed".to_owned()))?;
        url.query_pairs_mut().extend_pairs(query);
        Ok(url)
    }
}

/// `50003`: the app is disabled.
const APP_DISABLED: i64 = 50003;

fn parse_base(api: &str) -> Result<Url, SetupError> {
    let url = Url::parse(api).map_err(|_| SetupError::Address(api.to_owned()))?;
    match url.scheme() {
        "https" if url.has_host() => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(SetupError::PlainHttp(api.to_owned())),
        _ => Err(SetupError::Address(api.to_owned())),
    }
}

fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    })
}

/// The HTTP client: no redirects, since a redirect would carry the token elsewhere.
fn client(base: &Url, timeout: Duration) -> Result<Client, SetupError> {
    let builder = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_CONNECTION)
        .timeout(timeout);
    let builder = if base.scheme() == "https" {
        // Another part of the program may have set the same provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        builder.https_only(true)
    } else {
        builder.no_proxy().tls_backend_preconfigured(no_tls()?)
    };
    builder
        .build()
        .map_err(|error| SetupError::Client(error.without_url().to_string()))
}

/// A TLS set-up that trusts nobody, for plain http on loopback: a machine without root
/// certificates can still run the demo.
fn no_tls() -> Result<rustls::ClientConfig, SetupError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| SetupError::Client(error.to_string()))?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth())
}

/// Reads an answer: HTTP 200, JSON, `errcode` 0.
async fn answer<T: DeserializeOwned>(mut response: Response) -> Result<T, Failure> {
    let status = response.status();
    if status != reqwest::StatusCode::OK {
        return Err(Failure::NoAnswer(format!(
            "HTTP status {}",
            status.as_u16()
        )));
    }
    let mut body = Zeroizing::new(Vec::new());
    while let Some(chunk) = response.chunk().await? {
        if body.len().saturating_add(chunk.len()) > MAX_ANSWER {
            return Err(Failure::NoAnswer("the answer is too long".to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    read(&body)
}

/// Reads an answer's body.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    // serde's own words may quote the answer, so they are left out.
    let malformed = |_| Failure::NoAnswer("the answer is not WeCom's".to_owned());
    let envelope: Envelope = serde_json::from_slice(body).map_err(malformed)?;
    match envelope.errcode {
        0 => serde_json::from_slice(body).map_err(malformed),
        errcode => Err(Failure::Code(errcode)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn setup(api: &str) -> Result<Url, SetupError> {
        parse_base(api)
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        assert!(setup("http://127.0.0.1:8080").is_ok());
        assert!(setup("http://[::1]:8080").is_ok());
        for elsewhere in [
            "http://qyapi.weixin.qq.com",
            "http://127.0.0.1.example",
            "http://10.0.0.1",
        ] {
            assert!(matches!(setup(elsewhere), Err(SetupError::PlainHttp(_))));
        }
        assert!(matches!(setup("ftp://x"), Err(SetupError::Address(_))));
    }

    #[test]
    fn the_https_client_starts_with_the_systems_roots() {
        let url = setup("https://qyapi.weixin.qq.com").unwrap();
        assert!(client(&url, Duration::from_secs(1)).is_ok());
    }

    #[test]
    fn left_out_members_are_found_whatever_their_case() {
        let reply: SendReply =
            serde_json::from_str(r#"{"invaliduser":"a|lin.wei","unlicenseduser":"siti"}"#).unwrap();
        assert!(reply.left_out("Lin.Wei") && reply.left_out("Siti"));
        assert!(!reply.left_out("lin"));
    }

    /// What any of the calls makes of a body.
    fn read_as_all(body: &[u8]) -> [bool; 4] {
        [
            read::<SendReply>(body)
                .map(|reply| reply.left_out("lin.wei"))
                .is_ok(),
            read::<TokenReply>(body).is_ok(),
            read::<AppReply>(body).is_ok(),
            read::<Nothing>(body).is_ok(),
        ]
    }

    #[test]
    fn strange_answers_are_no_answers() {
        let deep = format!("{{\"errcode\":0,\"x\":{}1", "[".repeat(30_000));
        for body in [
            "",
            "null",
            "[]",
            "<html>",
            "{}",
            "{\"errcode\":\"0\"}",
            "{\"errcode\":0.5}",
            "{\"errcode\":99999999999999999999}",
            "\u{FEFF}{\"errcode\":0}",
            &deep,
        ] {
            assert_eq!(read_as_all(body.as_bytes()), [false; 4], "{body:.40}");
        }
        let token = |expires: &str| {
            read::<TokenReply>(
                format!("{{\"errcode\":0,\"access_token\":\"t\",\"expires_in\":{expires}}}")
                    .as_bytes(),
            )
            .is_ok()
        };
        assert!(token("7200") && token("18446744073709551615"));
        assert!(!token("-1") && !token("\"7200\""));
    }

    proptest! {
        #[test]
        fn any_body_is_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..256)) {
            read_as_all(&body);
        }

        #[test]
        fn any_json_is_read_or_refused(
            code in any::<i64>(),
            key in "errcode|msgid|invaliduser|access_token|expires_in|close",
            value in "null|-?[0-9]{1,30}|\"[^\"\\\\]{0,20}\"|\\[\\]|\\{\\}|true",
        ) {
            let body = format!("{{\"errcode\":{code},\"{key}\":{value}}}");
            let read = read_as_all(body.as_bytes());
            prop_assert!(code == 0 || read == [false; 4], "{body}");
        }

        #[test]
        fn a_failure_never_quotes_the_answer(canary in "[a-z]{24}") {
            for body in [
                canary.clone(),
                format!("{{\"errcode\":\"{canary}\"}}"),
                format!("{{\"errcode\":40001,\"errmsg\":\"{canary}\"}}"),
                format!("{{\"errcode\":0,\"access_token\":[\"{canary}\"]}}"),
            ] {
                let Err(failure) = read::<TokenReply>(body.as_bytes()) else {
                    panic!("{body} was read");
                };
                prop_assert!(!failure.to_string().contains(&canary));
                let debug = format!("{failure:?}");
                prop_assert!(!debug.contains(&canary));
            }
        }
    }
}
