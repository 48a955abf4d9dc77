//! `rekey check`'s look at WeCom: the token, the app and who can see it, one member. Nothing is
//! sent to anybody.

use serde::Deserialize;
use url::Url;

use super::Wecom;
use super::api::Failure;
use crate::domain::account::WecomUserId;
use crate::flow::finding::Finding;

/// What `agent/get` answers (<https://developer.work.weixin.qq.com/document/path/90227>).
#[derive(Deserialize)]
pub(super) struct About {
    #[serde(default)]
    name: String,
    #[serde(default)]
    close: i64,
    #[serde(default)]
    allow_userinfos: Users,
    #[serde(default)]
    allow_partys: Parties,
    #[serde(default)]
    allow_tags: Tags,
    #[serde(default)]
    redirect_domain: String,
    #[serde(default)]
    home_url: String,
    #[serde(default)]
    isreportenter: i64,
}

#[derive(Default, Deserialize)]
struct Users {
    #[serde(default)]
    user: Vec<serde::de::IgnoredAny>,
}

#[derive(Default, Deserialize)]
struct Parties {
    #[serde(default)]
    partyid: Vec<i64>,
}

#[derive(Default, Deserialize)]
struct Tags {
    #[serde(default)]
    tagid: Vec<i64>,
}

/// What `user/get` answers.
#[derive(Deserialize)]
pub(super) struct MemberReply {
    /// 1 active, 2 disabled, 4 not activated, 5 left.
    #[serde(default)]
    pub(super) status: i64,
}

impl Wecom {
    /// Looks at the token, the app, and, when there is one, an employee's userid; tells each
    /// finding as soon as it is there. `phones` is where phones are answered, when they are.
    pub async fn examine(
        &self,
        member: Option<&WecomUserId>,
        phones: Option<&Url>,
        tell: &mut (dyn FnMut(Finding) + Send),
    ) {
        if let Err(failure) = self.within(self.api.token_works()).await {
            tell(Finding::wrong(
                "WeCom token",
                failure.to_string(),
                remedy(&failure),
            ));
            for part in ["WeCom app", "WeCom member"] {
                tell(Finding::unknown(part, "needs a token"));
            }
            return;
        }
        tell(Finding::fine(
            "WeCom token",
            "company id and secret are taken",
        ));
        match self.within(self.api.about(self.agent_id)).await {
            Ok(about) => {
                tell(about.told());
                let fits = phones.map(|public_url| about.fits(public_url));
                fits.into_iter().flatten().for_each(&mut *tell);
            }
            Err(failure) => tell(Finding::wrong(
                "WeCom app",
                failure.to_string(),
                remedy(&failure),
            )),
        }
        let Some(member) = member else {
            tell(Finding::unknown(
                "WeCom member",
                "no employee with a WeCom id was found",
            ));
            return;
        };
        tell(match self.within(self.api.member(member.as_str())).await {
            Ok(MemberReply { status: 1 }) => Finding::fine(
                "WeCom member",
                "an employee's WeCom id leads to an active member",
            ),
            Ok(MemberReply { status }) => Finding::warning(
                "WeCom member",
                format!("the first employee's WeCom id is not active (status {status})"),
                "Nothing, if that person has left; codes reach active members only.",
            ),
            Err(failure) => Finding::warning(
                "WeCom member",
                format!("an employee's WeCom id: {failure}"),
                remedy(&failure),
            ),
        });
    }

    async fn within<T>(
        &self,
        call: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::time::timeout(self.timeout, call)
            .await
            .unwrap_or_else(|_| Err(Failure::NoAnswer("no answer in time".to_owned())))
    }
}

impl About {
    fn told(&self) -> Finding {
        const PART: &str = "WeCom app";
        let name = &self.name;
        let (people, departments, tags) = (
            self.allow_userinfos.user.len(),
            self.allow_partys.partyid.len(),
            self.allow_tags.tagid.len(),
        );
        if self.close != 0 {
            return Finding::wrong(
                PART,
                format!("\"{name}\" is disabled"),
                "Enable the app in the WeCom admin console.",
            );
        }
        let range = format!("{people} members, {departments} departments, {tags} tags");
        if people + departments + tags == 0 {
            return Finding::wrong(
                PART,
                format!("\"{name}\" is visible to nobody"),
                "Give the app a visible range in the WeCom admin console: all employees.",
            );
        }
        Finding::fine(PART, format!("\"{name}\" is enabled; visible to {range}"))
    }

    /// Whether phones can sign in, and find the form and the chat.
    fn fits(&self, public_url: &Url) -> Vec<Finding> {
        let mut findings = vec![self.sign_in(public_url), self.home(public_url)];
        if self.isreportenter == 0 {
            findings.push(Finding::warning(
                "WeCom chat",
                "the app is not told when an employee opens its chat, and cannot greet them",
                "Switch on the app's report of members entering it in the admin console.",
            ));
        }
        findings
    }

    fn sign_in(&self, public_url: &Url) -> Finding {
        const PART: &str = "WeCom sign-in";
        let host = public_url.host_str().unwrap_or_default();
        let ours = match public_url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        if self.redirect_domain.eq_ignore_ascii_case(&ours) {
            return Finding::fine(PART, format!("{ours} is the app's trusted domain"));
        }
        let theirs = match self.redirect_domain.as_str() {
            "" => "the app has no trusted domain".to_owned(),
            domain => format!("the app's trusted domain is {domain:?}"),
        };
        Finding::wrong(
            PART,
            format!("{theirs}; [site] public_url needs {ours:?}"),
            "Enter it as the app's trusted domain in the admin console, or mend public_url.",
        )
    }

    fn home(&self, public_url: &Url) -> Finding {
        const PART: &str = "WeCom home page";
        let theirs = Url::parse(&self.home_url);
        if theirs.is_ok_and(|home| home.origin() == public_url.origin() && home.path() == "/") {
            return Finding::fine(PART, "the app's tile opens the form");
        }
        Finding::warning(
            PART,
            format!("the app's tile opens {:?}, not {public_url}", self.home_url),
            "Enter [site] public_url as the app's home page in the admin console.",
        )
    }
}

fn remedy(failure: &Failure) -> &'static str {
    match failure {
        Failure::Code(40001 | 40091) => "Copy the app's secret anew into [wecom] secret_file.",
        Failure::Code(40013) => "Copy the company id anew into [wecom] corp_id.",
        Failure::Code(40056 | 301_002) => "Set [wecom] agent_id to the app's AgentId.",
        Failure::Code(60020) => {
            "Enter this host's public address under the app's trusted IPs in the admin console."
        }
        Failure::Code(60111) => {
            "Is [directory] wecom_attribute the one that holds WeCom's userid? Is that person still \
             a member?"
        }
        Failure::Code(60011 | 50002) => "Widen the app's visible range to all employees.",
        Failure::Code(48002) => "Nothing: the app may not read members, and needs not to.",
        Failure::Code(_) => "Look the number up in WeCom's list of error codes.",
        Failure::NoAnswer(_) | Failure::Lost(_) => {
            "Can this host reach [wecom] api, through its firewall and proxy? Is its clock right?"
        }
    }
}
