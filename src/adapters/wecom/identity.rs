//! Who opens a page in WeCom: its silent sign-in, and whether that member is there.

use async_trait::async_trait;
use serde::Deserialize;
use url::Url;

use super::api::{self, Failure};
use super::{SetupError, Wecom, WecomSettings};
use crate::adapters::http;
use crate::domain::account::WecomUserId;
use crate::flow::ports::{Identity, NotVouched};
use crate::flow::vouched::Vouched;

/// WeCom's sign-in page (<https://developer.work.weixin.qq.com/document/path/91022>).
const AUTHORIZE: &str = "https://open.weixin.qq.com/connect/oauth2/authorize";
/// A simulated WeCom has its own.
const SIMULATED_AUTHORIZE: &str = "/connect/oauth2/authorize";

/// The longest code that is asked about.
const CODE_MAX: usize = 512;

/// `40029`: the code is used up, too old or invented.
const CODE_SPENT: i64 = 40029;

/// What `auth/getuserinfo` answers.
#[derive(Deserialize)]
pub(super) struct SignedIn {
    /// Of a member. Those of linked companies are `CorpId/userid`; somebody who is no member has
    /// an `openid` in its place.
    #[serde(default)]
    userid: String,
}

impl SignedIn {
    fn member(self) -> Result<WecomUserId, NotVouched> {
        if self.userid.contains('/') {
            return Err(NotVouched::OtherCompany);
        }
        WecomUserId::parse(&self.userid).ok_or(NotVouched::NotMember)
    }
}

/// Whom an answer of `auth/getuserinfo` names.
///
/// # Errors
/// When it names no member of this company.
pub fn read_signed_in(answer: &[u8]) -> Result<WecomUserId, NotVouched> {
    api::read::<SignedIn>(answer).map_err(blame)?.member()
}

/// Where the sign-in page is: at WeCom, or beside a simulated API on this machine.
pub(super) fn authorize_page(settings: &WecomSettings) -> Result<Url, SetupError> {
    let base = http::parse_base(&settings.api)?;
    let page = if base.scheme() == "http" {
        base.join(SIMULATED_AUTHORIZE)
    } else {
        Url::parse(AUTHORIZE)
    };
    let mut page = page.map_err(|_| SetupError::Address(settings.api.clone()))?;
    page.query_pairs_mut()
        .append_pair("appid", &settings.corp_id);
    Ok(page)
}

#[async_trait]
impl Identity for Wecom {
    fn sign_in(&self, redirect: &str, state: &str) -> String {
        let mut page = self.authorize.clone();
        page.query_pairs_mut()
            .append_pair("redirect_uri", redirect)
            .append_pair("response_type", "code")
            .append_pair("scope", "snsapi_base")
            .append_pair("state", state)
            .append_pair("agentid", &self.agent_id.to_string());
        page.set_fragment(Some("wechat_redirect"));
        page.into()
    }

    async fn who(&self, code: &str) -> Result<Vouched, NotVouched> {
        if code.is_empty() || code.len() > CODE_MAX {
            return Err(NotVouched::Again);
        }
        let asked = self.call(&self.sign_ins, self.timeout, || self.api.signed_in(code));
        let member = asked.await.map_err(blame)?.member()?;
        // The sign-in answers for members outside the app's range too, and may for some who left.
        self.active(&member).await?;
        Ok(Vouched::by_channel(member))
    }

    async fn still(&self, vouched: &Vouched) -> Result<(), NotVouched> {
        self.active(vouched.userid()).await
    }
}

impl Wecom {
    async fn active(&self, member: &WecomUserId) -> Result<(), NotVouched> {
        let asked = self.call(&self.sign_ins, self.timeout, || {
            self.api.member(member.as_str())
        });
        match asked.await.map_err(blame)?.status {
            1 => {
                self.sign_ins.circuit.worked();
                Ok(())
            }
            _ => Err(NotVouched::NotActive),
        }
    }
}

fn blame(failure: Failure) -> NotVouched {
    match failure {
        Failure::Code(CODE_SPENT) => NotVouched::Again,
        Failure::Code(50002 | 60011) => NotVouched::OutOfRange,
        // Somebody who has left is deleted before long.
        Failure::Code(40003 | 46004 | 60111) => NotVouched::NotActive,
        other => NotVouched::ChannelDown(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::secret::Credential;

    fn named(answer: &str) -> Result<String, NotVouched> {
        read_signed_in(answer.as_bytes()).map(|userid| userid.as_str().to_owned())
    }

    #[test]
    fn only_a_member_of_this_company_is_named() {
        let member = r#"{"errcode":0,"errmsg":"ok","userid":"LinWei","user_ticket":"t"}"#;
        assert_eq!(named(member), Ok("LinWei".to_owned()));
        for (answer, refusal) in [
            (r#"{"errcode":0,"openid":"o1"}"#, NotVouched::NotMember),
            (
                r#"{"errcode":0,"openid":"o1","external_userid":"w1"}"#,
                NotVouched::NotMember,
            ),
            (r#"{"errcode":0,"UserId":"LinWei"}"#, NotVouched::NotMember),
            (r#"{"errcode":0,"userid":""}"#, NotVouched::NotMember),
            (
                r#"{"errcode":0,"userid":"ww9/LinWei"}"#,
                NotVouched::OtherCompany,
            ),
            (
                r#"{"errcode":40029,"errmsg":"invalid code","userid":"LinWei"}"#,
                NotVouched::Again,
            ),
            (r#"{"errcode":60111}"#, NotVouched::NotActive),
            (r#"{"errcode":60011}"#, NotVouched::OutOfRange),
        ] {
            assert_eq!(named(answer), Err(refusal), "{answer}");
        }
        for answer in [
            r#"{"errcode":0,"userid":7}"#,
            r#"{"errcode":50001}"#,
            "<html>",
            "",
        ] {
            assert!(
                matches!(named(answer), Err(NotVouched::ChannelDown(_))),
                "{answer}"
            );
        }
    }

    #[test]
    fn the_sign_in_page_is_wecoms_but_for_a_simulated_api() {
        let page = |api: &str| {
            let secret = Credential::new("s".to_owned());
            let settings = WecomSettings::new(api.to_owned(), "ww1".to_owned(), 7, secret);
            authorize_page(&settings).map(String::from)
        };
        assert_eq!(
            page("https://qyapi.weixin.qq.com/").unwrap(),
            "https://open.weixin.qq.com/connect/oauth2/authorize?appid=ww1"
        );
        assert_eq!(
            page("http://127.0.0.1:8080").unwrap(),
            "http://127.0.0.1:8080/connect/oauth2/authorize?appid=ww1"
        );
        assert!(page("http://10.0.0.1").is_err());
    }

    proptest! {
        #[test]
        fn any_answer_names_a_wellformed_member_or_nobody(
            errcode in prop_oneof![Just(0i64), any::<i64>()],
            userid in "\\PC{0,70}",
        ) {
            let answer = serde_json::json!({"errcode": errcode, "userid": userid}).to_string();
            if let Ok(member) = named(&answer) {
                prop_assert_eq!(errcode, 0);
                prop_assert_eq!(member.as_str(), userid.trim());
                prop_assert!(!member.contains('/'));
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(answer in prop::collection::vec(any::<u8>(), 0..256)) {
            prop_assert!(read_signed_in(&answer).is_err());
        }
    }
}
