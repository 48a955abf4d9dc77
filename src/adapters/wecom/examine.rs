//! `rekey check`'s look at WeCom: the token, the app and who can see it, one member. Nothing is
//! sent to anybody.

use serde::Deserialize;

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
    /// finding as soon as it is there.
    pub async fn examine(
        &self,
        member: Option<&WecomUserId>,
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
            Ok(about) => tell(about.told()),
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
        Failure::NoAnswer(_) => {
            "Can this host reach [wecom] api, through its firewall and proxy? Is its clock right?"
        }
    }
}
