//! The few calls of WeCom's server API that rekey makes, over HTTPS.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::WecomSettings;
use super::errcode::{self, Meaning};
use super::examine::{About, MemberReply};
use super::identity::SignedIn;
use super::menu::{Menu, NewMenu};
use super::token::{Fetched, TokenCache};
use crate::adapters::http::{HttpClient, NoAnswer, SetupError};
use crate::domain::secret::Credential;
use crate::flow::ports::Clock;

/// Room for any request, so that a message is never copied about while it is written.
const REQUEST_ROOM: usize = 16 * 1024;

/// Why a call failed. Holds no token, secret or address: it may be logged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Failure {
    /// WeCom answered with an error number.
    Code(i64),
    /// No answer, and nothing was done.
    NoAnswer(String),
    /// No answer, or none that WeCom's API gives; nobody knows whether it was done.
    Lost(String),
}

impl Failure {
    /// What the error number means; `None` when there was no answer.
    pub(super) fn meaning(&self) -> Option<Meaning> {
        match self {
            Self::Code(errcode) => Some(Meaning::of(*errcode)),
            Self::NoAnswer(_) | Self::Lost(_) => None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(errcode) => write!(f, "{} (errcode {errcode})", errcode::reason(*errcode)),
            Self::NoAnswer(words) | Self::Lost(words) => f.write_str(words),
        }
    }
}

impl From<NoAnswer> for Failure {
    fn from(none: NoAnswer) -> Self {
        match none.done_perhaps {
            true => Self::Lost(none.words),
            false => Self::NoAnswer(none.words),
        }
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

/// One call, to be made with a token: its path, and its parameter or its JSON.
enum Call<'a> {
    Get(&'a str, (&'a str, &'a str)),
    Post(&'a str, Zeroizing<Vec<u8>>),
}

/// The API of one app.
pub(super) struct Api {
    http: HttpClient,
    corp_id: String,
    secret: Credential,
    tokens: TokenCache,
}

impl Api {
    pub(super) fn new(settings: WecomSettings, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        Ok(Self {
            http: HttpClient::new(&settings.api, settings.timeout)?,
            corp_id: settings.corp_id,
            secret: settings.secret,
            tokens: TokenCache::new(clock),
        })
    }

    /// `POST /cgi-bin/message/send`.
    pub(super) async fn send(&self, message: &impl Serialize) -> Result<SendReply, Failure> {
        self.post("/cgi-bin/message/send", message).await
    }

    /// `POST /cgi-bin/message/update_template_card`.
    pub(super) async fn update_card(&self, update: &impl Serialize) -> Result<(), Failure> {
        let Nothing {} = self
            .post("/cgi-bin/message/update_template_card", update)
            .await?;
        Ok(())
    }

    /// `POST /cgi-bin/message/recall`: within 24 hours, on the WeCom client's side.
    pub(super) async fn recall(&self, msgid: &str) -> Result<(), Failure> {
        let body = serde_json::json!({ "msgid": msgid });
        let Nothing {} = self.post("/cgi-bin/message/recall", &body).await?;
        Ok(())
    }

    /// `GET /cgi-bin/agent/get`: sends nothing, but shows whether the token, this machine's
    /// address and the app itself are taken. A token alone does not: `gettoken` also works from
    /// addresses that every other call refuses (60020).
    pub(super) async fn app_is_open(&self, agent_id: i64) -> Result<(), Failure> {
        let agent_id = agent_id.to_string();
        let app: AppReply = self
            .get("/cgi-bin/agent/get", ("agentid", &agent_id))
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
        self.get("/cgi-bin/agent/get", ("agentid", &agent_id)).await
    }

    /// `GET /cgi-bin/user/get` (<https://developer.work.weixin.qq.com/document/path/90196>).
    pub(super) async fn member(&self, userid: &str) -> Result<MemberReply, Failure> {
        self.get("/cgi-bin/user/get", ("userid", userid)).await
    }

    /// `GET /cgi-bin/auth/getuserinfo` (<https://developer.work.weixin.qq.com/document/path/91023>).
    pub(super) async fn signed_in(&self, code: &str) -> Result<SignedIn, Failure> {
        self.get("/cgi-bin/auth/getuserinfo", ("code", code)).await
    }

    /// `GET /cgi-bin/menu/get`.
    pub(super) async fn menu(&self, agent_id: i64) -> Result<Menu, Failure> {
        let agent_id = agent_id.to_string();
        self.get("/cgi-bin/menu/get", ("agentid", &agent_id)).await
    }

    /// `POST /cgi-bin/menu/create`.
    pub(super) async fn make_menu(&self, agent_id: i64, menu: &NewMenu<'_>) -> Result<(), Failure> {
        let path = format!("/cgi-bin/menu/create?agentid={agent_id}");
        let Nothing {} = self.post(&path, menu).await?;
        Ok(())
    }

    async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        parameter: (&str, &str),
    ) -> Result<T, Failure> {
        let call = Call::Get(path, parameter);
        read(&self.authorised(&call).await?)
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Failure> {
        let mut json = Zeroizing::new(Vec::with_capacity(REQUEST_ROOM));
        serde_json::to_writer(&mut *json, body)
            .map_err(|_| Failure::NoAnswer("the request cannot be written".to_owned()))?;
        let call = Call::Post(path, json);
        read(&self.authorised(&call).await?)
    }

    /// Makes a call with the token; when WeCom no longer takes that, once more with another one.
    async fn authorised(&self, call: &Call<'_>) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let token = self.tokens.token(None, || self.fetch_token()).await?;
        let answer = self.with_token(call, &token).await?;
        let gone = |code: i64| Meaning::of(code) == Meaning::TokenGone;
        if !errcode_of(&answer).is_some_and(gone) {
            return Ok(answer);
        }
        let token = self
            .tokens
            .token(Some(token.as_str()), || self.fetch_token())
            .await?;
        self.with_token(call, &token).await
    }

    async fn with_token(
        &self,
        call: &Call<'_>,
        token: &str,
    ) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let token = ("access_token", token);
        Ok(match call {
            Call::Get(path, parameter) => self.http.get(path, &[token, *parameter]).await?,
            Call::Post(path, json) => self.http.post(path, &[token], json.clone()).await?,
        })
    }

    /// `GET /cgi-bin/gettoken` (<https://developer.work.weixin.qq.com/document/path/91039>).
    async fn fetch_token(&self) -> Result<Fetched, Failure> {
        let query = [
            ("corpid", self.corp_id.as_str()),
            ("corpsecret", self.secret.expose()),
        ];
        let fetch = async { read(&self.http.get("/cgi-bin/gettoken", &query).await?) };
        let fetched: Result<TokenReply, Failure> = fetch.await;
        // Without a token the call that wants one was not even made.
        let reply = fetched.map_err(|failure| match failure {
            Failure::Lost(words) => Failure::NoAnswer(words),
            other => other,
        })?;
        Ok(Fetched {
            token: Zeroizing::new(reply.access_token),
            expires_in: Duration::from_secs(reply.expires_in),
        })
    }
}

/// `50003`: the app is disabled.
const APP_DISABLED: i64 = 50003;

/// The error number in an answer, 0 for success; `None` when it is not WeCom's.
fn errcode_of(body: &[u8]) -> Option<i64> {
    let envelope: Envelope = serde_json::from_slice(body).ok()?;
    Some(envelope.errcode)
}

/// Reads an answer's body.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    // serde's own words may quote the answer, so they are left out.
    let malformed = || Failure::Lost("the answer is not WeCom's".to_owned());
    match errcode_of(body).ok_or_else(malformed)? {
        0 => serde_json::from_slice(body).map_err(|_| malformed()),
        errcode => Err(Failure::Code(errcode)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
