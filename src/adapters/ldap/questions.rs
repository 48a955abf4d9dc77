//! What a server is asked about one account. Each question changes nothing, and may be asked again.

use async_trait::async_trait;
use ldap3::{Scope, ldap_escape};

use super::account;
use super::dialect::{Dialect, Marks};
use super::directory::LdapDirectory;
use super::lookup::When;
use super::servers::Question;
use super::session::{Entry, Fault, Search, Session};
use crate::domain::account::{Account, AccountKey, EntryDn, LoginName, Standing, WecomUserId};

/// Asks for a sign of life.
pub(super) struct Alive<'a>(pub(super) &'a dyn Dialect);

#[async_trait]
impl Question for Alive<'_> {
    type Answer = ();

    async fn ask(&self, session: &mut Session) -> Result<(), Fault> {
        self.0.alive(session).await
    }
}

pub(super) struct Find<'a> {
    pub(super) directory: &'a LdapDirectory,
    pub(super) filter: String,
    pub(super) when: When,
}

#[async_trait]
impl Question for Find<'_> {
    type Answer = Option<Account>;

    async fn ask(&self, session: &mut Session) -> Result<Self::Answer, Fault> {
        let settings = &self.directory.lookup.settings;
        let mut found = session
            .search(&Search {
                base: &settings.people_base,
                scope: Scope::Subtree,
                filter: &self.filter,
                attributes: &account::attributes(&*self.directory.lookup.dialect, settings),
                limit: 2,
            })
            .await?;
        // Two entries with one login name or userid: nobody can say whose it is (rule 9).
        let several = found.cut || found.entries.len() > 1;
        let entry = found.entries.pop().filter(|_| !several);
        let now = self.directory.clock.now().wall;
        self.directory
            .lookup
            .account(session, entry.as_ref(), self.when, now)
            .await
    }
}

/// Entries with this login name, in any of the attributes.
pub(super) fn login_filter(attributes: &[String], login: &LoginName) -> String {
    let value = ldap_escape(login.as_str());
    let parts = attributes.iter().map(|name| format!("({name}={value})"));
    format!("(|{})", parts.collect::<String>())
}

pub(super) struct Reread<'a> {
    pub(super) directory: &'a LdapDirectory,
    pub(super) key: &'a AccountKey,
    pub(super) dn: &'a EntryDn,
}

#[async_trait]
impl Question for Reread<'_> {
    type Answer = Option<Account>;

    async fn ask(&self, session: &mut Session) -> Result<Self::Answer, Fault> {
        let lookup = &self.directory.lookup;
        let attributes = account::attributes(&*lookup.dialect, &lookup.settings);
        let entry = session.read(self.dn.as_str(), &attributes).await?;
        let entry = entry.filter(|entry| lookup.dialect.key(entry).as_ref() == Some(self.key));
        let now = self.directory.clock.now().wall;
        self.directory
            .lookup
            .account(session, entry.as_ref(), When::Afterwards, now)
            .await
    }
}

/// Whether the lock of an entry can be ended.
pub(super) struct CanUnlock<'a> {
    pub(super) dialect: &'a dyn Dialect,
    pub(super) dn: &'a EntryDn,
}

#[async_trait]
impl Question for CanUnlock<'_> {
    type Answer = bool;

    async fn ask(&self, session: &mut Session) -> Result<bool, Fault> {
        self.dialect.can_unlock(session, self.dn.as_str()).await
    }
}

/// Reads what has to be known just before a change. `None`: the entry is gone, or another one.
pub(super) struct LastLook<'a> {
    pub(super) directory: &'a LdapDirectory,
    pub(super) key: &'a AccountKey,
    pub(super) dn: &'a EntryDn,
}

pub(super) struct Seen {
    pub(super) marks: Marks,
    pub(super) standing: Standing,
    pub(super) wecom: Option<WecomUserId>,
}

#[async_trait]
impl Question for LastLook<'_> {
    type Answer = Option<Seen>;

    async fn ask(&self, session: &mut Session) -> Result<Self::Answer, Fault> {
        let lookup = &self.directory.lookup;
        let attributes = account::last_attributes(&*lookup.dialect, &lookup.settings);
        let entry = session.read(self.dn.as_str(), &attributes).await?;
        let is_it = |entry: &Entry| lookup.dialect.key(entry).as_ref() == Some(self.key);
        let Some(entry) = entry.filter(is_it) else {
            return Ok(None);
        };
        let now = self.directory.clock.now().wall;
        let (wecom, standing) = lookup.still(session, &entry, now).await?;
        Ok(Some(Seen {
            marks: lookup.dialect.marks(&entry)?,
            standing,
            wecom,
        }))
    }
}

/// Reads the marks. `None`: the entry is gone, or another one.
pub(super) struct ReadMarks<'a> {
    pub(super) dialect: &'a dyn Dialect,
    pub(super) key: &'a AccountKey,
    pub(super) dn: &'a EntryDn,
}

#[async_trait]
impl Question for ReadMarks<'_> {
    type Answer = Option<Marks>;

    async fn ask(&self, session: &mut Session) -> Result<Self::Answer, Fault> {
        let attributes = self.dialect.mark_attributes();
        let entry = session.read(self.dn.as_str(), attributes).await?;
        entry
            .filter(|entry| self.dialect.key(entry).as_ref() == Some(self.key))
            .map(|entry| self.dialect.marks(&entry))
            .transpose()
    }
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
}
