//! Looking for people, for IT support's desk: one search, and what it found as it stands there.

use async_trait::async_trait;
use ldap3::{Scope, ldap_escape};

use super::account;
use super::dialect::Dialect;
use super::directory::LdapDirectory;
use super::servers::Question;
use super::session::{Entry, Fault, Search, Session};
use super::settings::LdapSettings;
use crate::domain::account::{EntryDn, SearchText};
use crate::flow::desk::{PersonLine, Sought};

/// Looks for people whose name contains `text`, or whose login name or WeCom userid begins so.
pub(super) struct Look<'a> {
    pub(super) directory: &'a LdapDirectory,
    pub(super) text: &'a SearchText,
    pub(super) limit: u16,
}

#[async_trait]
impl Question for Look<'_> {
    type Answer = Sought;

    async fn ask(&self, session: &mut Session) -> Result<Sought, Fault> {
        let lookup = &self.directory.lookup;
        let found = session
            .search(&Search {
                base: &lookup.settings.people_base,
                scope: Scope::Subtree,
                filter: &filter(&*lookup.dialect, &lookup.settings, self.text),
                attributes: &attributes(&*lookup.dialect, &lookup.settings),
                limit: self.limit,
            })
            .await?;
        let lines = found.entries.iter();
        let mut people: Vec<PersonLine> = lines
            .filter_map(|entry| line(&*lookup.dialect, &lookup.settings, entry))
            .collect();
        people.sort_by(|one, other| one.login.cmp(&other.login));
        // Samba has no limit of its own.
        let limit = usize::from(self.limit);
        let more = found.cut || people.len() > limit;
        people.truncate(limit);
        Ok(Sought { people, more })
    }
}

/// Only what a line shows, and what the key is read from: a list needs no policy and no groups.
fn attributes<'a>(dialect: &dyn Dialect, settings: &'a LdapSettings) -> Vec<&'a str> {
    let mut names: Vec<&'a str> = vec!["cn", "displayName"];
    names.extend(dialect.key_attributes());
    names.extend(settings.login_attributes.iter().map(String::as_str));
    names.push(&settings.wecom_attribute);
    names
}

/// What is typed is a value in here and nothing else.
pub(super) fn filter(dialect: &dyn Dialect, settings: &LdapSettings, text: &SearchText) -> String {
    let value = ldap_escape(text.as_str());
    let names = ["displayName", "cn"].map(|name| format!("({name}=*{value}*)"));
    let logins = settings.login_attributes.iter();
    let logins = logins.map(|name| format!("({name}={value}*)"));
    let wecom = format!("({}={value}*)", settings.wecom_attribute);
    let parts: String = names.into_iter().chain(logins).chain([wecom]).collect();
    format!("(&{}(|{parts}))", dialect.people_filter())
}

fn line(dialect: &dyn Dialect, settings: &LdapSettings, entry: &Entry) -> Option<PersonLine> {
    let login = account::login(settings, entry);
    let name = ["displayName", "cn"]
        .iter()
        .find_map(|name| entry.first(name))
        .map_or_else(|| login.clone(), account::cut);
    Some(PersonLine {
        key: dialect.key(entry)?,
        dn: EntryDn::new(entry.dn.clone()),
        login,
        name,
        wecom: entry
            .all(&settings.wecom_attribute)
            .first()
            .map_or_else(String::new, |userid| account::cut(userid)),
    })
}

#[cfg(test)]
mod tests {
    use super::super::openldap::OpenLdap;
    use super::*;
    use crate::domain::secret::Credential;

    fn settings() -> LdapSettings {
        LdapSettings {
            urls: Vec::new(),
            starttls: false,
            ca_pem: None,
            allow_plain_loopback: false,
            bind_dn: String::new(),
            bind_password: Credential::new(String::new()),
            people_base: String::new(),
            login_attributes: vec!["uid".to_owned()],
            wecom_attribute: "employeeNumber".to_owned(),
            language_attribute: None,
            protected_groups: Vec::new(),
            default_policy_dn: None,
        }
    }

    #[test]
    fn what_is_typed_never_leaves_its_place() {
        for (typed, value) in [
            ("lin", "lin"),
            ("**", "\\2a\\2a"),
            ("a)(uid=*", "a\\29\\28uid=\\2a"),
            ("a\\2a", "a\\5c2a"),
            ("林薇", "林薇"),
        ] {
            let text = SearchText::parse(typed).unwrap();
            assert_eq!(
                filter(&OpenLdap, &settings(), &text),
                format!(
                    "(&(objectClass=person)(|(displayName=*{value}*)(cn=*{value}*)\
                     (uid={value}*)(employeeNumber={value}*)))"
                )
            );
        }
    }
}
