//! `rekey check`'s look at the directory: every server, the rights of the service account, the
//! people, the policy, the clock. Nothing is changed: what would be a change is asked for in ways
//! that the directory can only refuse.

mod people;
mod powers;

use tokio::time::Instant;

use super::directory::LdapDirectory;
use super::lookup::When;
use super::servers::Server;
use super::session::{Budget, Fault, Session, bind_service};
use crate::domain::account::{Account, Standing, WecomUserId};
use crate::domain::policy::{DirectoryPolicy, LengthUnit};
use crate::domain::time::Timestamp;
use crate::flow::finding::Finding;
use people::People;

pub(super) use powers::{
    Powers, RightToReset, hidden_value, may_delete, powers_by_delete, right_by_delete, unlocked,
};

/// Clocks that differ by more make lock times and expiry dates wrong.
const CLOCKS_MAY_DIFFER: u64 = 60;

/// Where a server tells its own time: the entry and the attribute.
pub(super) type ServerTime = (&'static str, &'static str);

impl LdapDirectory {
    /// Looks at every part of the directory that resets need, and tells each finding as soon as
    /// it is there. `temporary`: passwords are to be set that work for one sign-in. Also returns the
    /// WeCom userid of one employee, for a look at WeCom.
    pub async fn examine(
        &self,
        temporary: bool,
        tell: &mut (dyn FnMut(Finding) + Send),
    ) -> Option<WecomUserId> {
        let mut sample: Option<(Account, Session)> = None;
        for server in self.servers.iter() {
            let url = server.url().0;
            let started = Instant::now();
            match self.look_at(server, sample.as_ref()).await {
                Ok((found, session)) => {
                    let took = started.elapsed().as_millis();
                    tell(self.right_of(&url, &found, took));
                    if let (None, Some(account)) = (&sample, found.account) {
                        sample = Some((account, session));
                    }
                }
                Err((step, fault)) => tell(wrong(&url, step, &fault)),
            }
        }
        if let (true, Some((account, session))) = (temporary, &mut sample) {
            tell(self.temporary(session, account).await);
        }
        self.around(sample, tell).await
    }

    /// Whether passwords can be set that must be changed at the next sign-in.
    async fn temporary(&self, session: &mut Session, account: &Account) -> Finding {
        const PART: &str = "temporary passwords";
        let dialect = &self.lookup.dialect;
        let against = dialect.against_temporary(session, &self.lookup, account.dn.as_str());
        match against.await {
            Ok(None) => Finding::fine(PART, "can be set for one sign-in, as [chat] asks for"),
            Ok(Some(why)) => Finding::wrong(
                PART,
                why,
                format!(
                    "Compare with {}, or let [chat] passwords be \"off\".",
                    dialect.rights_file()
                ),
            ),
            Err(fault) => failed(PART, &fault),
        }
    }

    /// One server: connection, sign-in, search, the right to reset.
    async fn look_at(
        &self,
        server: &Server,
        before: Option<&(Account, Session)>,
    ) -> Result<(Looked, Session), (Step, Fault)> {
        let at = |step| move |fault| (step, fault);
        let mut session = Session::open(server.address(), Budget::start())
            .await
            .map_err(at(Step::Connect))?;
        let password = self.servers.bind_password();
        bind_service(&mut session, self.servers.bind_dn(), password)
            .await
            .map_err(at(Step::Bind))?;
        let mut session = session.again(Budget::patient());
        let dialect = &self.lookup.dialect;
        let search = async |session: &mut Session| {
            dialect.alive(session).await?;
            self.lookup.layout(session).await?;
            // The same person at every server shows whether they hold the same entries.
            match before {
                Some((account, _)) => self.same(session, account).await,
                None => {
                    People::new(&self.lookup)
                        .somebody(session, self.now())
                        .await
                }
            }
        };
        let account = search(&mut session).await.map_err(at(Step::Search))?;
        let right = match &account {
            Some(account) => Some(
                dialect
                    .right_to_reset(&mut session, account.dn.as_str())
                    .await
                    .map_err(at(Step::Right))?,
            ),
            None => None,
        };
        Ok((Looked { account, right }, session))
    }

    async fn same(
        &self,
        session: &mut Session,
        account: &Account,
    ) -> Result<Option<Account>, Fault> {
        let entry = session
            .read(account.dn.as_str(), self.lookup.dialect.attributes())
            .await?;
        let there = entry.and_then(|entry| self.lookup.dialect.key(&entry));
        Ok((there.as_ref() == Some(&account.key)).then(|| account.clone()))
    }

    fn right_of(&self, url: &str, found: &Looked, took: u128) -> Finding {
        let rights = self.lookup.dialect.rights_file();
        let held = format!("certificate, sign-in and search work ({took} ms)");
        match (&found.account, &found.right) {
            (None, _) => Finding::warning(
                url,
                format!("{held}; nobody is there who may be reset, so the right to is not tried"),
                "Is [directory] people_base right, and are the employees at this server?",
            ),
            (_, Some(RightToReset::Held)) => Finding::fine(url, format!("{held}; may reset")),
            (_, Some(RightToReset::Missing(what))) => Finding::wrong(
                url,
                format!("{held}; the service account lacks the right to {what}"),
                format!("Give it the rights in {rights}."),
            ),
            (_, Some(RightToReset::Unclear(words))) => Finding::warning(
                url,
                format!("{held}; whether it may reset is not clear: {words}"),
                format!("Compare the rights with {rights}, and reset a test account."),
            ),
            (_, None) => Finding::fine(url, held),
        }
    }

    /// What is asked once, of the first server that answers.
    async fn around(
        &self,
        sample: Option<(Account, Session)>,
        tell: &mut (dyn FnMut(Finding) + Send),
    ) -> Option<WecomUserId> {
        let Some((account, mut session)) = sample else {
            for part in [
                "rights",
                "people",
                "mapping",
                "mapping rights",
                "policy",
                "history",
                "clock",
            ] {
                tell(Finding::unknown(part, "no directory server answers so far"));
            }
            return None;
        };
        let session = &mut session;
        let attribute = self.lookup.settings.wecom_attribute.clone();
        let told = self.powers(session, &account).await;
        tell(told.unwrap_or_else(|fault| failed("rights", &fault)));
        let people = People::new(&self.lookup);
        match people.count(session).await {
            Ok(count) => count.tell(&attribute, tell),
            Err(fault) => tell(failed("people", &fault)),
        }
        let owners = self
            .lookup
            .dialect
            .self_writers(session, &account, &attribute);
        let told = owners.await.map(|own| mapping_rights(&attribute, own));
        tell(told.unwrap_or_else(|fault| failed("mapping rights", &fault)));
        match self.usual_policy(session).await {
            Ok(policy) => {
                tell(self.policy_told(&policy));
                tell(history_told(&policy));
            }
            Err(fault) => tell(failed("policy", &fault)),
        }
        let dialect = &self.lookup.dialect;
        for told in dialect.particulars(session, &self.lookup).await {
            tell(told);
        }
        tell(self.clock_told(session).await);
        account.wecom
    }

    async fn powers(&self, session: &mut Session, account: &Account) -> Result<Finding, Fault> {
        let settings = &self.lookup.settings;
        let tried = [
            settings.wecom_attribute.as_str(),
            "mail",
            "cn",
            "description",
        ];
        let dn = account.dn.as_str();
        let Powers {
            writes,
            reads_hashes,
        } = self.lookup.dialect.powers(session, dn, &tried).await?;
        let remedy = format!(
            "Give it the rights in {} and no others.",
            self.lookup.dialect.rights_file()
        );
        Ok(if reads_hashes {
            Finding::warning(
                "rights",
                "the service account can read password hashes",
                remedy,
            )
        } else if writes.is_empty() {
            Finding::fine(
                "rights",
                "the service account can write nothing else that was tried",
            )
        } else {
            let seen = format!(
                "the service account can also write {}: whoever holds it can do more than reset",
                writes.join(", ")
            );
            Finding::warning("rights", seen, remedy)
        })
    }

    /// The policy of everybody who has none of their own.
    async fn usual_policy(&self, session: &mut Session) -> Result<DirectoryPolicy, Fault> {
        let (dialect, lookup) = (&self.lookup.dialect, &self.lookup);
        let policy = dialect.policy_of(session, lookup, None, When::Afterwards);
        Ok(policy.await?.demands)
    }

    fn policy_told(&self, policy: &DirectoryPolicy) -> Finding {
        if *policy == DirectoryPolicy::default() {
            return Finding::warning(
                "policy",
                "the directory demands nothing of passwords, or its policy cannot be read",
                format!(
                    "If it has one, let it be read: {}.",
                    self.lookup.dialect.rights_file()
                ),
            );
        }
        let seen = demands(policy);
        if policy.own_checks {
            return Finding::warning(
                "policy",
                format!("{seen}; the directory has checks that cannot be shown beforehand"),
                "Nothing, if those are meant; people are told so on the screen.",
            );
        }
        Finding::fine("policy", seen)
    }

    async fn clock_told(&self, session: &mut Session) -> Finding {
        let unknown = || Finding::unknown("clock", "this server does not tell its time");
        let Some((base, attribute)) = self.lookup.dialect.server_time() else {
            return unknown();
        };
        let before = self.now();
        let entry = session.read(base, &[attribute]).await;
        let after = self.now();
        let there = entry.ok().flatten();
        let there = there.and_then(|entry| super::gentime::parse(entry.first(attribute)?));
        let Some(there) = there else {
            return unknown();
        };
        // It told its time at some moment in between.
        let apart = there.since(after).max(before.since(there)).as_secs();
        let seen = format!("the directory's clock and this one are {apart} s apart");
        if apart > CLOCKS_MAY_DIFFER {
            Finding::warning(
                "clock",
                seen,
                "Let both machines follow the same time server.",
            )
        } else {
            Finding::fine("clock", seen)
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.now().wall
    }
}

fn history_told(policy: &DirectoryPolicy) -> Finding {
    match policy.history {
        None => Finding::fine("history", "the directory remembers no old passwords"),
        Some(n) if policy.history_on_reset => Finding::fine(
            "history",
            format!("the last {n} passwords are refused on resets"),
        ),
        Some(n) => Finding::warning(
            "history",
            format!("the directory remembers {n} passwords and does not judge resets by them"),
            "Nothing: this server has no policy hints control. The screen does not promise it.",
        ),
    }
}

/// What a look at one server brought.
struct Looked {
    /// Somebody who may be reset.
    account: Option<Account>,
    /// Tried with that account.
    right: Option<RightToReset>,
}

/// What was tried when it went wrong.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Step {
    Connect,
    Bind,
    Search,
    Right,
}

fn wrong(url: &str, step: Step, fault: &Fault) -> Finding {
    let words = fault.words();
    let about_certificate = ["certificate", "UnknownIssuer", "BadSignature"]
        .iter()
        .any(|sign| words.contains(sign));
    let (what, remedy) = match step {
        Step::Connect if about_certificate => (
            "its certificate is not accepted",
            "[directory] ca_file must hold the CA that signed it, and its subjectAltName the \
             host's name in urls.",
        ),
        Step::Connect => (
            "no encrypted connection",
            "Is the server up, is the port right, and does it speak TLS (ldaps://, or starttls)?",
        ),
        Step::Bind => (
            "the sign-in as the service account fails",
            "Look at [directory] bind_dn and bind_password, and at the account itself.",
        ),
        Step::Search => (
            "the search fails",
            "Look at [directory] people_base, login_attributes and protected_groups.",
        ),
        Step::Right => (
            "the right to reset cannot be tried",
            "Look at the server's log.",
        ),
    };
    Finding::wrong(url, format!("{what}: {words}"), remedy)
}

fn failed(part: &str, fault: &Fault) -> Finding {
    let seen = format!("the directory does not answer this: {}", fault.words());
    Finding::wrong(part, seen, "Look at the server's log.")
}

/// Who may write the attribute that decides where codes go.
fn mapping_rights(attribute: &str, own: Option<bool>) -> Finding {
    match own {
        Some(false) => Finding::fine(
            "mapping rights",
            format!("employees cannot write their own {attribute}"),
        ),
        Some(true) => Finding::wrong(
            "mapping rights",
            format!("employees can write their own {attribute}, and so choose who gets codes"),
            format!("Take the right to write {attribute} from SELF and everybody."),
        ),
        None => Finding::unknown(
            "mapping rights",
            format!("whether employees can write {attribute} is not told here: see the README"),
        ),
    }
}

/// A policy in a line.
fn demands(policy: &DirectoryPolicy) -> String {
    let mut parts = Vec::new();
    if let Some((least, unit)) = policy.min_length {
        let unit = match unit {
            LengthUnit::Bytes => "bytes",
            LengthUnit::Utf16Units => "UTF-16 units",
            LengthUnit::Characters => "characters",
        };
        parts.push(format!("at least {least} {unit}"));
    }
    if let Some(classes) = policy.classes {
        parts.push(format!("{} kinds of characters", classes.at_least));
    }
    match policy.max_age {
        Some(age) => parts.push(format!("renewed every {} days", age.as_secs() / 86_400)),
        None => parts.push("never expires by the directory".to_owned()),
    }
    parts.join(", ")
}

/// Whether an entry can be read; on Active Directory it may be seen without its attributes.
pub(super) async fn can_read(session: &mut Session, base: &str) -> Result<bool, Fault> {
    let entry = session.read(base, &["objectClass"]).await?;
    Ok(entry.is_some_and(|entry| entry.first("objectClass").is_some()))
}

/// Whether an account may be reset at all.
pub(super) fn is_eligible(account: &Account) -> bool {
    account.standing == Standing::Eligible
}
