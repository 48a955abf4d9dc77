//! OpenLDAP with the ppolicy overlay, by a service account with no more than `=xw` on
//! userPassword: so the server itself enforces quality, history and minimum age on a reset.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use ldap3::{LdapResult, Scope, ldap_escape};
use tokio::time::Instant;

use super::account::{self, Around};
use super::dn;
use super::groups::{self, Member};
use super::policy::{self, PpolicyEntry};
use super::ppolicy::{self, PolicyError};
use super::servers::{Question, Server, Servers};
use super::session::{Budget, Entry, Fault, Search, Session};
use super::settings::{LdapSettings, SettingsError};
use crate::domain::account::{Account, AccountKey, EntryDn, LoginName};
use crate::domain::policy::DirectoryPolicy;
use crate::domain::secret::{Credential, Password};
use crate::domain::time::Timestamp;
use crate::flow::grant::Grant;
use crate::flow::ports::{
    ChangeMark, Clock, Directory, DirectoryDown, DirectoryRefusal, Landed, ProvingBind, ServerUrl,
    SetOutcome,
};

/// How long what is known of the directory's layout is believed.
const LAYOUT_LASTS: Duration = Duration::from_secs(60);
/// A DN and a userid that no entry has: searched for in place of those of an unknown login, so
/// that it takes as many round trips as a known one (rule 3).
const NOBODY: &str = "cn=nobody-f81d4fae7dec11d0";
/// slapd tells "as now" from "in history" by its text only.
const SAME: &str = "not being changed from existing value";

/// An OpenLDAP directory: one or more servers with the same entries.
pub struct OpenLdap {
    servers: Servers,
    settings: LdapSettings,
    clock: Arc<dyn Clock>,
    layout: Mutex<Option<(Arc<Layout>, Instant)>>,
}

/// What is asked of the directory itself, not of one account.
struct Layout {
    /// The naming context that the employees are in.
    naming_context: String,
    /// The protected groups, normalised.
    protected: HashSet<String>,
}

impl OpenLdap {
    /// Checks the settings; connects to nothing yet.
    ///
    /// # Errors
    /// Names the setting that is wrong, and what would be right.
    pub fn new(mut settings: LdapSettings, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        let addresses = settings.addresses()?;
        let password =
            std::mem::replace(&mut settings.bind_password, Credential::new(String::new()));
        Ok(Self {
            servers: Servers::new(addresses, settings.bind_dn.clone(), password),
            settings,
            clock,
            layout: Mutex::default(),
        })
    }

    /// Asks every server who rekey is, on a new connection each: how long it took, or what is
    /// wrong. For `rekey check`.
    pub async fn probe(&self) -> Vec<(ServerUrl, Result<Duration, DirectoryDown>)> {
        let mut answers = Vec::new();
        for server in self.servers.iter() {
            let started = Instant::now();
            let answer = self.probe_one(server).await;
            let answer = answer.map(|()| started.elapsed());
            answers.push((server.url(), answer.map_err(|fault| server.down(fault))));
        }
        answers
    }

    async fn probe_one(&self, server: &Server) -> Result<(), Fault> {
        let mut session = self.servers.open(server, Budget::start()).await?;
        session.who_am_i().await?;
        self.layout(&mut session).await?;
        session.close().await;
        Ok(())
    }

    /// The layout, read again when it is older than [`LAYOUT_LASTS`].
    async fn layout(&self, session: &mut Session) -> Result<Arc<Layout>, Fault> {
        let known = self
            .layout
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some((layout, _)) = known.filter(|(_, read)| read.elapsed() < LAYOUT_LASTS) {
            return Ok(layout);
        }
        let layout = Arc::new(self.read_layout(session).await?);
        *self.layout.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((Arc::clone(&layout), Instant::now()));
        Ok(layout)
    }

    async fn read_layout(&self, session: &mut Session) -> Result<Layout, Fault> {
        let people = &self.settings.people_base;
        let root = session.read("", &["namingContexts"]).await?;
        let naming_context = root
            .iter()
            .flat_map(|root| root.all("namingContexts"))
            .find(|context| dn::is_below(people, context))
            .ok_or_else(|| {
                Fault::Refused(format!(
                    "people_base {people:?} is in none of its databases"
                ))
            })?
            .clone();
        let mut protected = HashSet::new();
        for group in &self.settings.protected_groups {
            // A group that is not there protects nobody: better to stop than to pretend.
            let entry = session.read(group, &["1.1"]).await?;
            let entry = entry.ok_or_else(|| {
                Fault::Refused(format!("the protected group {group:?} cannot be read"))
            })?;
            protected.insert(dn::normalised(&entry.dn));
        }
        Ok(Layout {
            naming_context,
            protected,
        })
    }

    /// Adds to an entry what its attributes do not say. Takes the same round trips without one.
    async fn account(
        &self,
        session: &mut Session,
        entry: Option<&Entry>,
        now: Timestamp,
    ) -> Result<Option<Account>, Fault> {
        let layout = self.layout(session).await?;
        let around = Around {
            policy: self.policy_of(session, &layout, entry).await?,
            wecom_is_unique: self.wecom_is_unique(session, entry).await?,
            in_protected_group: self.is_protected(session, &layout, entry).await?,
        };
        let Some(entry) = entry else {
            return Ok(None);
        };
        account::build(&self.settings, entry, &around, now)
            .map(Some)
            .ok_or_else(|| Fault::Refused("entryUUID cannot be read".to_owned()))
    }

    async fn wecom_is_unique(
        &self,
        session: &mut Session,
        entry: Option<&Entry>,
    ) -> Result<bool, Fault> {
        let wecom = entry.and_then(|entry| account::wecom(&self.settings, entry));
        let userid = wecom.as_ref().map_or(NOBODY, |id| id.as_str());
        let attribute = &self.settings.wecom_attribute;
        let filter = format!("({attribute}={})", ldap_escape(userid));
        let found = session
            .search(&Search {
                base: &self.settings.people_base,
                scope: Scope::Subtree,
                filter: &filter,
                attributes: &["1.1"],
                limit: 2,
            })
            .await?;
        Ok(found.entries.len() == 1 && !found.cut)
    }

    async fn is_protected(
        &self,
        session: &mut Session,
        layout: &Layout,
        entry: Option<&Entry>,
    ) -> Result<bool, Fault> {
        if layout.protected.is_empty() {
            return Ok(false);
        }
        let login = entry.map(|entry| account::login(&self.settings, entry));
        let member = Member {
            dn: entry.map_or(NOBODY, |entry| &entry.dn),
            login: login.as_deref().unwrap_or(NOBODY),
        };
        groups::is_in(session, &layout.naming_context, &member, &layout.protected).await
    }

    /// The policy that applies to an entry: its own, the default one, or the only one there is.
    async fn policy_of(
        &self,
        session: &mut Session,
        layout: &Layout,
        entry: Option<&Entry>,
    ) -> Result<PpolicyEntry, Fault> {
        let own = entry.and_then(|entry| entry.first("pwdPolicySubentry"));
        if let Some(dn) = own {
            // One that leads nowhere means no policy to slapd too.
            let policy = session.read(dn, &policy::ATTRIBUTES).await?;
            return Ok(policy.map_or_else(PpolicyEntry::default, |p| PpolicyEntry::read(&p)));
        }
        if let Some(dn) = &self.settings.default_policy_dn {
            let policy = session.read(dn, &policy::ATTRIBUTES).await?;
            return policy
                .map(|p| PpolicyEntry::read(&p))
                .ok_or_else(|| Fault::Refused(format!("default_policy_dn {dn:?} cannot be read")));
        }
        let found = session
            .search(&Search {
                base: &layout.naming_context,
                scope: Scope::Subtree,
                filter: "(objectClass=pwdPolicy)",
                attributes: &policy::ATTRIBUTES,
                limit: 2,
            })
            .await?;
        match found.entries.as_slice() {
            [] => Ok(PpolicyEntry::default()),
            [only] if !found.cut => Ok(PpolicyEntry::read(only)),
            _ => Err(Fault::Refused(
                "there are several policies: set default_policy_dn".to_owned(),
            )),
        }
    }
}

#[async_trait]
impl Directory for OpenLdap {
    async fn find(&self, login: &LoginName) -> Result<Option<Account>, DirectoryDown> {
        let question = Find {
            directory: self,
            login,
        };
        Ok(self.servers.ask(&question).await?.0)
    }

    async fn reread(
        &self,
        key: &AccountKey,
        dn: &EntryDn,
    ) -> Result<Option<Account>, DirectoryDown> {
        let question = Reread {
            directory: self,
            key,
            dn,
        };
        Ok(self.servers.ask(&question).await?.0)
    }

    async fn policy(&self, account: &Account) -> Result<DirectoryPolicy, DirectoryDown> {
        let question = PolicyOf {
            directory: self,
            account,
        };
        Ok(self.servers.ask(&question).await?.0)
    }

    async fn mark(&self, key: &AccountKey, dn: &EntryDn) -> Result<ChangeMark, DirectoryDown> {
        let (marks, server) = self.servers.ask(&ReadMarks { key, dn }).await?;
        let gone = || DirectoryDown::Misconfigured("the entry is not there any more".to_owned());
        let marks = marks.ok_or_else(gone)?;
        Ok(ChangeMark {
            server,
            entry_mark: marks.entry,
            password_mark: marks.password,
        })
    }

    async fn set_password(
        &self,
        grant: Grant,
        dn: &EntryDn,
        mark: &ChangeMark,
        password: &Password,
    ) -> SetOutcome {
        let Some(server) = self.servers.named(&mark.server) else {
            let text = format!("{} is not configured any more", mark.server.0);
            return SetOutcome::NotAsked(grant, DirectoryDown::Misconfigured(text));
        };
        // On the very connection that makes the change: is that still the entry of the grant?
        let key = grant.account();
        let mut session = match self.servers.ask_at(server, &ReadMarks { key, dn }).await {
            Ok((Some(_), session)) => session,
            Ok((None, _)) => {
                let text = "another entry has this DN now".to_owned();
                return SetOutcome::NotAsked(grant, DirectoryDown::Misconfigured(text));
            }
            Err(fault) => return SetOutcome::NotAsked(grant, server.down(fault)),
        };
        match session.set_password(dn.as_str(), password).await {
            Ok(result) => outcome(grant, server, &result),
            Err(fault) => {
                server.note(&fault);
                match fault {
                    Fault::NotSent(_) | Fault::Refused(_) => {
                        SetOutcome::NotAsked(grant, server.down(fault))
                    }
                    Fault::Gone(_) | Fault::Silent(_) => SetOutcome::AnswerLost,
                }
            }
        }
    }

    async fn prove(&self, dn: &EntryDn, server: &ServerUrl, password: &Password) -> ProvingBind {
        let Some(server) = self.servers.named(server) else {
            return ProvingBind::Unreachable;
        };
        // A connection of its own: a bind changes who a connection speaks for.
        let bound = match Session::open(server.address(), Budget::start()).await {
            Ok(mut session) => {
                let bound = session.bind(dn.as_str(), password.expose()).await;
                session.close().await;
                bound
            }
            Err(fault) => Err(fault),
        };
        match bound {
            Ok(result) => proof(&result),
            Err(fault) => {
                tracing::warn!(server = %server.url().0, ?fault, "no proving bind");
                server.note(&fault);
                ProvingBind::Unreachable
            }
        }
    }

    async fn landed(
        &self,
        key: &AccountKey,
        dn: &EntryDn,
        mark: &ChangeMark,
    ) -> Result<Landed, DirectoryDown> {
        let question = ReadMarks { key, dn };
        let (marks, _) = self.servers.ask_first(&mark.server, &question).await?;
        Ok(match marks {
            Some(marks) => compare(mark, &marks, self.servers.bind_dn()),
            None => Landed::Unclear,
        })
    }
}

/// What the exop's answer means. Only code 0 means that anything was changed.
fn outcome(grant: Grant, server: &Server, result: &LdapResult) -> SetOutcome {
    use DirectoryRefusal as R;
    /// busy, unavailable
    const PASSING: [u32; 2] = [51, 52];
    const INSUFFICIENT_ACCESS: u32 = 50;
    if result.rc == 0 {
        return SetOutcome::Changed;
    }
    if PASSING.contains(&result.rc) {
        return SetOutcome::NotAsked(grant, server.down(Fault::Gone(result.to_string())));
    }
    let refusal = match ppolicy::error_in(result) {
        Some(PolicyError::TooShort) => R::TooShort,
        Some(PolicyError::Quality) => R::Quality,
        Some(PolicyError::TooYoung) => R::TooYoung,
        Some(PolicyError::InHistory) if result.text.contains(SAME) => R::Same,
        Some(PolicyError::InHistory) => R::InHistory,
        Some(PolicyError::ModNotAllowed | PolicyError::MustSupplyOld) => R::NotPermitted,
        _ if result.rc == INSUFFICIENT_ACCESS => R::NotPermitted,
        _ => R::Other(result.text.clone()),
    };
    SetOutcome::Refused(grant, refusal)
}

/// What a bind with the new password says.
fn proof(result: &LdapResult) -> ProvingBind {
    const INVALID_CREDENTIALS: u32 = 49;
    /// inappropriateAuthentication, insufficientAccessRights, unwillingToPerform
    const NOT_THIS_ACCOUNT: [u32; 3] = [48, 50, 53];
    match (result.rc, ppolicy::error_in(result)) {
        (0, _) => ProvingBind::Works,
        // The policy speaks of the account only; the password is not the reason.
        (_, Some(PolicyError::Expired | PolicyError::Locked)) => ProvingBind::NotAllowed,
        (INVALID_CREDENTIALS, _) => ProvingBind::Wrong,
        (code, _) if NOT_THIS_ACCOUNT.contains(&code) => ProvingBind::NotAllowed,
        _ => ProvingBind::Unreachable,
    }
}

/// Whether the entry shows a change since `mark`. The service account writes nothing but
/// passwords, so that a last write by it is one.
fn compare(mark: &ChangeMark, marks: &Marks, bind_dn: &str) -> Landed {
    let by_us = dn::normalised(&marks.modifier) == dn::normalised(bind_dn);
    if marks.entry == mark.entry_mark {
        Landed::NotYet
    } else if by_us {
        Landed::ByUs
    } else if marks.password == mark.password_mark {
        Landed::NotYet
    } else {
        Landed::Unclear
    }
}

struct Find<'a> {
    directory: &'a OpenLdap,
    login: &'a LoginName,
}

#[async_trait]
impl Question for Find<'_> {
    type Answer = Option<Account>;

    async fn ask(&self, session: &mut Session) -> Result<Self::Answer, Fault> {
        let settings = &self.directory.settings;
        let mut found = session
            .search(&Search {
                base: &settings.people_base,
                scope: Scope::Subtree,
                filter: &login_filter(&settings.login_attributes, self.login),
                attributes: &account::attributes(settings),
                limit: 2,
            })
            .await?;
        // Two entries with one login name: nobody can say whose it is (rule 9).
        let several = found.cut || found.entries.len() > 1;
        let entry = found.entries.pop().filter(|_| !several);
        let now = self.directory.clock.now().wall;
        self.directory.account(session, entry.as_ref(), now).await
    }
}

/// Entries with this login name, in any of the attributes.
fn login_filter(attributes: &[String], login: &LoginName) -> String {
    let value = ldap_escape(login.as_str());
    let parts = attributes.iter().map(|name| format!("({name}={value})"));
    format!("(|{})", parts.collect::<String>())
}

struct Reread<'a> {
    directory: &'a OpenLdap,
    key: &'a AccountKey,
    dn: &'a EntryDn,
}

#[async_trait]
impl Question for Reread<'_> {
    type Answer = Option<Account>;

    async fn ask(&self, session: &mut Session) -> Result<Self::Answer, Fault> {
        let attributes = account::attributes(&self.directory.settings);
        let entry = session.read(self.dn.as_str(), &attributes).await?;
        let entry = entry.filter(|entry| is_key(entry, self.key));
        let now = self.directory.clock.now().wall;
        self.directory.account(session, entry.as_ref(), now).await
    }
}

struct PolicyOf<'a> {
    directory: &'a OpenLdap,
    account: &'a Account,
}

#[async_trait]
impl Question for PolicyOf<'_> {
    type Answer = DirectoryPolicy;

    async fn ask(&self, session: &mut Session) -> Result<Self::Answer, Fault> {
        let dn = self.account.dn.as_str();
        let layout = self.directory.layout(session).await?;
        let entry = session.read(dn, &["pwdPolicySubentry"]).await?;
        let policy = self
            .directory
            .policy_of(session, &layout, entry.as_ref())
            .await?;
        Ok(policy.demands)
    }
}

/// What changes with the entry.
struct Marks {
    entry: String,
    password: String,
    modifier: String,
}

/// Reads the marks. `None`: the entry is gone, or another one.
struct ReadMarks<'a> {
    key: &'a AccountKey,
    dn: &'a EntryDn,
}

#[async_trait]
impl Question for ReadMarks<'_> {
    type Answer = Option<Marks>;

    async fn ask(&self, session: &mut Session) -> Result<Self::Answer, Fault> {
        const ATTRIBUTES: [&str; 4] = ["entryUUID", "entryCSN", "pwdChangedTime", "modifiersName"];
        let entry = session.read(self.dn.as_str(), &ATTRIBUTES).await?;
        let Some(entry) = entry.filter(|entry| is_key(entry, self.key)) else {
            return Ok(None);
        };
        let text = |name| entry.first(name).unwrap_or_default().to_owned();
        if text("entryCSN").is_empty() {
            return Err(Fault::Refused("entryCSN cannot be read".to_owned()));
        }
        Ok(Some(Marks {
            entry: text("entryCSN"),
            password: text("pwdChangedTime"),
            modifier: text("modifiersName"),
        }))
    }
}

fn is_key(entry: &Entry, key: &AccountKey) -> bool {
    entry
        .first("entryUUID")
        .is_some_and(|id| AccountKey::new(id) == *key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_name_cannot_break_out_of_its_filter() {
        let attributes = ["uid".to_owned(), "mail".to_owned()];
        for (typed, expected) in [
            ("lin.wei", "(|(uid=lin.wei)(mail=lin.wei))"),
            ("*", "(|(uid=\\2a)(mail=\\2a))"),
            (
                "a)(uid=*",
                "(|(uid=a\\29\\28uid=\\2a)(mail=a\\29\\28uid=\\2a))",
            ),
            ("a\\2a", "(|(uid=a\\5c2a)(mail=a\\5c2a))"),
            ("李伟", "(|(uid=李伟)(mail=李伟))"),
        ] {
            let login = LoginName::parse(typed).unwrap();
            assert_eq!(login_filter(&attributes, &login), expected);
        }
    }

    fn marks(entry: &str, password: &str, modifier: &str) -> Marks {
        Marks {
            entry: entry.to_owned(),
            password: password.to_owned(),
            modifier: modifier.to_owned(),
        }
    }

    #[test]
    fn a_change_since_the_mark_is_ours_or_unclear() {
        let mark = ChangeMark {
            server: ServerUrl("ldaps://ldap1".to_owned()),
            entry_mark: "csn1".to_owned(),
            password_mark: "time1".to_owned(),
        };
        let (us, admin) = ("cn=rekey,dc=test", "cn=admin,dc=test");
        for (marks, landed) in [
            (marks("csn1", "time1", admin), Landed::NotYet),
            (marks("csn1", "time1", us), Landed::NotYet),
            (marks("csn2", "time2", "CN=Rekey, dc=test"), Landed::ByUs),
            // Changed twice within the second that pwdChangedTime counts in.
            (marks("csn2", "time1", us), Landed::ByUs),
            // Somebody corrected the telephone number.
            (marks("csn2", "time1", admin), Landed::NotYet),
            (marks("csn2", "time2", admin), Landed::Unclear),
        ] {
            assert_eq!(compare(&mark, &marks, us), landed);
        }
    }

    fn answer(code: u32, error: Option<u8>) -> LdapResult {
        use ldap3::controls::{Control, RawControl};
        let control = error.map(|number| {
            Control(
                None,
                RawControl {
                    ctype: ppolicy::request().ctype,
                    crit: false,
                    val: Some(vec![0x30, 3, 0x81, 1, number]),
                },
            )
        });
        LdapResult {
            rc: code,
            matched: String::new(),
            text: String::new(),
            refs: Vec::new(),
            ctrls: control.into_iter().collect(),
        }
    }

    #[test]
    fn what_a_bind_proves() {
        for (code, error, expected) in [
            (0, None, ProvingBind::Works),
            (0, Some(2), ProvingBind::Works),
            (49, None, ProvingBind::Wrong),
            (49, Some(0), ProvingBind::NotAllowed),
            (49, Some(1), ProvingBind::NotAllowed),
            (53, None, ProvingBind::NotAllowed),
            (51, None, ProvingBind::Unreachable),
            (13, None, ProvingBind::Unreachable),
        ] {
            assert_eq!(proof(&answer(code, error)), expected, "{code} {error:?}");
        }
    }
}
