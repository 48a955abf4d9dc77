//! The directory behind its port: which server is asked what, whatever its dialect.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ldap3::LdapResult;
use tokio::time::Instant;

use super::active_directory::ActiveDirectory;
use super::dialect::Dialect;
use super::ds389::Ds389;
use super::examine::hidden_value;
use super::lookup::{Lookup, When};
use super::openldap::OpenLdap;
use super::questions::{Alive, CanUnlock, Find, LastLook, ReadMarks, Reread, login_filter};
use super::search::Look;
use super::servers::{Server, Servers};
use super::session::{Budget, Fault, Session};
use super::settings::{LdapSettings, SettingsError};
use crate::domain::account::{Account, AccountKey, EntryDn, LoginName, SearchText, WecomUserId};
use crate::domain::policy::DirectoryPolicy;
use crate::domain::secret::{Credential, Password};
use crate::flow::desk::Sought;
use crate::flow::grant::Grant;
use crate::flow::ports::{
    Act, ChangeMark, Clock, Directory, DirectoryDown, DirectoryRefusal, Landed, Marked,
    OldPasswordVerdict, ProvingBind, ServerUrl, SetOutcome,
};

/// An OpenLDAP directory: one or more servers with the same entries.
pub struct LdapDirectory {
    pub(super) servers: Servers,
    pub(super) lookup: Lookup,
    pub(super) clock: Arc<dyn Clock>,
}

impl LdapDirectory {
    /// An OpenLDAP directory. Checks the settings; connects to nothing yet.
    ///
    /// # Errors
    /// Names the setting that is wrong, and what would be right.
    pub fn openldap(settings: LdapSettings, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        Self::new(Box::new(OpenLdap), settings, clock)
    }

    /// Active Directory. Checks the settings; connects to nothing yet.
    ///
    /// # Errors
    /// Names the setting that is wrong, and what would be right.
    pub fn active_directory(
        settings: LdapSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsError> {
        // unicodePwd travels over TLS or not at all, on this machine too.
        let settings = LdapSettings {
            allow_plain_loopback: false,
            ..settings
        };
        Self::new(Box::new(ActiveDirectory), settings, clock)
    }

    /// 389 Directory Server. Checks the settings; connects to nothing yet.
    ///
    /// # Errors
    /// Names the setting that is wrong, and what would be right.
    pub fn ds389(settings: LdapSettings, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        Self::new(Box::new(Ds389), settings, clock)
    }

    fn new(
        dialect: Box<dyn Dialect>,
        mut settings: LdapSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsError> {
        let addresses = settings.addresses()?;
        let password =
            std::mem::replace(&mut settings.bind_password, Credential::new(String::new()));
        Ok(Self {
            servers: Servers::new(addresses, settings.bind_dn.clone(), password),
            lookup: Lookup::new(settings, dialect),
            clock,
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

    fn read_marks<'a>(&'a self, key: &'a AccountKey, dn: &'a EntryDn) -> ReadMarks<'a> {
        ReadMarks {
            dialect: &*self.lookup.dialect,
            key,
            dn,
        }
    }

    /// A connection to the mark's server on which the entry was just seen to be the grant's, for
    /// the change that follows on the very same one.
    async fn at_the_entry(
        &self,
        grant: Grant,
        dn: &EntryDn,
        mark: &ChangeMark,
    ) -> Result<(Grant, Session, &Server), SetOutcome> {
        let Some(server) = self.servers.named(&mark.server) else {
            let text = format!("{} is not configured any more", mark.server.0);
            let down = DirectoryDown::Misconfigured(text);
            return Err(SetOutcome::NotAsked(grant, down));
        };
        let read = self.read_marks(grant.account(), dn);
        match self.servers.ask_to_change(server, &read).await {
            Ok((Some(_), session)) => Ok((grant, session, server)),
            Ok((None, _)) => {
                let text = "another entry has this DN now".to_owned();
                let down = DirectoryDown::Misconfigured(text);
                Err(SetOutcome::NotAsked(grant, down))
            }
            Err(fault) => {
                server.note(&fault);
                Err(SetOutcome::NotAsked(grant, server.down(fault)))
            }
        }
    }

    /// What the answer to a change means. Only code 0 means that anything was changed.
    fn outcome(&self, grant: Grant, server: &Server, result: &LdapResult) -> SetOutcome {
        /// busy, unavailable
        const PASSING: [u32; 2] = [51, 52];
        const INSUFFICIENT_ACCESS: u32 = 50;
        /// A read-only replica sends writers elsewhere.
        const REFERRAL: u32 = 10;
        if result.rc == 0 {
            return SetOutcome::Changed;
        }
        if PASSING.contains(&result.rc) {
            return SetOutcome::NotAsked(grant, server.down(Fault::Gone(result.to_string())));
        }
        if result.rc == REFERRAL {
            let words = format!(
                "{} only refers to another server: name that one in urls",
                server.url().0
            );
            return SetOutcome::NotAsked(grant, DirectoryDown::Misconfigured(words));
        }
        let refusal = match self.lookup.dialect.refusal(result) {
            Some(refusal) => refusal,
            None if result.rc == INSUFFICIENT_ACCESS => DirectoryRefusal::NotPermitted,
            None => DirectoryRefusal::Other(result.text.clone()),
        };
        SetOutcome::Refused(grant, refusal)
    }

    async fn probe_one(&self, server: &Server) -> Result<(), Fault> {
        let mut session = self.servers.open(server, Budget::start()).await?;
        self.lookup.dialect.alive(&mut session).await?;
        self.lookup.layout(&mut session).await?;
        session.close().await;
        Ok(())
    }
}

#[async_trait]
impl Directory for LdapDirectory {
    async fn find(&self, login: &LoginName) -> Result<Option<Account>, DirectoryDown> {
        let question = Find {
            directory: self,
            filter: login_filter(&self.lookup.settings.login_attributes, login),
            when: When::BeforeProof,
        };
        Ok(self.servers.ask(&question).await?.0)
    }

    async fn find_member(&self, userid: &WecomUserId) -> Result<Option<Account>, DirectoryDown> {
        let question = Find {
            directory: self,
            filter: self.lookup.member_filter(userid.as_str()),
            when: When::Vouched,
        };
        let found = self.servers.ask(&question).await?.0;
        // An attribute with several values, or a server with its own idea of what is alike.
        Ok(found.filter(|account| account.wecom.as_ref() == Some(userid)))
    }

    async fn search(&self, text: &SearchText, limit: u16) -> Result<Sought, DirectoryDown> {
        let question = Look {
            directory: self,
            text,
            limit,
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
        let mut demands = account.demands.clone();
        // Nobody has to know of an account that is open.
        if account.age.locked {
            let question = CanUnlock {
                dialect: &*self.lookup.dialect,
                dn: &account.dn,
            };
            demands.can_unlock = self.servers.ask(&question).await?.0;
        }
        Ok(demands)
    }

    async fn mark(&self, account: &Account, act: Act) -> Result<Option<Marked>, DirectoryDown> {
        let question = LastLook {
            directory: self,
            account,
        };
        let preparing = self.servers.prepare(&account.dn, act);
        let (seen, ()) = tokio::join!(self.servers.ask(&question), preparing);
        let (seen, server) = seen?;
        Ok(seen.map(|seen| Marked {
            key: account.key.clone(),
            standing: seen.standing,
            wecom: seen.wecom,
            mark: ChangeMark {
                server,
                entry_mark: seen.marks.entry,
                password_mark: seen.marks.password,
            },
        }))
    }

    async fn set_password(
        &self,
        grant: Grant,
        dn: &EntryDn,
        mark: &ChangeMark,
        password: &Password,
    ) -> SetOutcome {
        let (grant, mut session, server) = match self.at_the_entry(grant, dn, mark).await {
            Ok(there) => there,
            Err(not_asked) => return not_asked,
        };
        let dialect = &self.lookup.dialect;
        let set = dialect
            .set_password(
                &mut session,
                &self.lookup,
                dn.as_str(),
                password,
                grant.lasting(),
            )
            .await;
        match set {
            Ok(result) => {
                server.rest(session);
                self.outcome(grant, server, &result)
            }
            Err(fault) => {
                // On a connection that is open already a bind could overtake the change.
                server.forget_proof(dn);
                lost(grant, server, fault)
            }
        }
    }

    async fn judge_old(
        &self,
        dn: Option<&EntryDn>,
        old: &Password,
    ) -> Result<OldPasswordVerdict, DirectoryDown> {
        let nobody = format!("cn={},{}", hidden_value(), self.lookup.settings.people_base);
        let dn = dn.map_or(nobody.as_str(), EntryDn::as_str);
        let (result, server) = self.servers.bind_as(dn, old).await?;
        let said = self.lookup.dialect.old_password(&result);
        said.ok_or_else(|| {
            let words = format!("{} does not judge passwords: {result}", server.0);
            DirectoryDown::Unreachable(words)
        })
    }

    async fn unlock(&self, grant: Grant, dn: &EntryDn, mark: &ChangeMark) -> SetOutcome {
        let (grant, mut session, server) = match self.at_the_entry(grant, dn, mark).await {
            Ok(there) => there,
            Err(not_asked) => return not_asked,
        };
        match self.lookup.dialect.unlock(&mut session, dn.as_str()).await {
            Ok(result) => {
                server.rest(session);
                self.outcome(grant, server, &result)
            }
            Err(fault) => lost(grant, server, fault),
        }
    }

    async fn prove(&self, dn: &EntryDn, server: &ServerUrl, password: &Password) -> ProvingBind {
        let Some(server) = self.servers.named(server) else {
            return ProvingBind::Unreachable;
        };
        match server.prove(dn, password).await {
            Ok(result) => self.lookup.dialect.proof(&result),
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
        let question = self.read_marks(key, dn);
        let (marks, asked) = self.servers.ask_first(&mark.server, &question).await?;
        let landed = match marks {
            Some(marks) => {
                let bind_dn = self.servers.bind_dn();
                self.lookup.dialect.landed(mark, &marks, bind_dn)
            }
            None => Landed::Unclear,
        };
        // A replica may not know yet, and the server that was asked may still hold the change
        // back: as long as it is one of ours, only that one can say "not yet".
        let ours = self.servers.named(&mark.server).is_some();
        if landed == Landed::NotYet && ours && asked != mark.server {
            let words = format!("{} does not answer, and only it can tell", mark.server.0);
            return Err(DirectoryDown::Unreachable(words));
        }
        Ok(landed)
    }

    async fn works(&self) -> Result<(), DirectoryDown> {
        let question = Alive(&*self.lookup.dialect);
        self.servers.ask(&question).await.map(|_| ())
    }
}

/// A change without an answer: not asked for, or nobody knows.
fn lost(grant: Grant, server: &Server, fault: Fault) -> SetOutcome {
    server.note(&fault);
    match fault {
        Fault::NotSent(_) | Fault::Refused(_) => SetOutcome::NotAsked(grant, server.down(fault)),
        Fault::Gone(_) | Fault::Silent(_) => SetOutcome::AnswerLost,
    }
}
