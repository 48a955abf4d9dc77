//! What a server is asked about one account. Each question changes nothing, and may be asked again.

use async_trait::async_trait;
use ldap3::ldap_escape;

use super::account;
use super::dialect::{Dialect, Marks};
use super::directory::LdapDirectory;
use super::lookup::When;
use super::servers::Question;
use super::session::{Entry, Fault, Session};
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
        let lookup = &self.directory.lookup;
        let attributes = account::attributes(&*lookup.dialect, &lookup.settings);
        let found = lookup.people(session, &self.filter, &attributes).await?;
        // Two entries with one login name or userid: nobody can say whose it is (rule 9).
        let entry = found.only();
        let now = self.directory.clock.now().wall;
        lookup
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
    /// As it was found, with a userid if the mapping led from there to this account alone.
    pub(super) account: &'a Account,
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
        let (entry, when) = match self.by_userid(session).await? {
            Some(entry) => (entry, When::Vouched),
            None => match self.by_dn(session).await? {
                Some(entry) => (entry, When::Afterwards),
                None => return Ok(None),
            },
        };
        let now = self.directory.clock.now().wall;
        let (wecom, standing) = lookup.still(session, &entry, when, now).await?;
        Ok(Some(Seen {
            marks: lookup.dialect.marks(&entry)?,
            standing,
            wecom,
        }))
    }
}

impl LastLook<'_> {
    /// The entry and that it alone has the userid, in one question. `None`: that has to be asked
    /// in several, since something is not as it was, or the entry has to be read by itself.
    async fn by_userid(&self, session: &mut Session) -> Result<Option<Entry>, Fault> {
        let lookup = &self.directory.lookup;
        let Some(userid) = &self.account.wecom else {
            return Ok(None);
        };
        if !account::membership_attributes(&*lookup.dialect, &lookup.settings).is_empty() {
            return Ok(None);
        }
        let filter = lookup.member_filter(userid.as_str());
        let found = lookup.people(session, &filter, &self.attributes()).await?;
        Ok(found.only().filter(|entry| {
            let leads_here = account::wecom(&lookup.settings, entry).as_ref() == Some(userid);
            leads_here && entry.dn == self.account.dn.as_str() && self.is_it(entry)
        }))
    }

    async fn by_dn(&self, session: &mut Session) -> Result<Option<Entry>, Fault> {
        let dn = self.account.dn.as_str();
        let entry = session.read(dn, &self.attributes()).await?;
        Ok(entry.filter(|entry| self.is_it(entry)))
    }

    fn attributes(&self) -> Vec<&str> {
        let lookup = &self.directory.lookup;
        account::last_attributes(&*lookup.dialect, &lookup.settings)
    }

    fn is_it(&self, entry: &Entry) -> bool {
        self.directory.lookup.dialect.key(entry).as_ref() == Some(&self.account.key)
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
