//! Passwords that end soon: one paged search that asks for nobody else.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use async_trait::async_trait;
use ldap3::ldap_escape;
use tokio::sync::mpsc;

use super::account;
use super::dialect::AccountPolicy;
use super::directory::LdapDirectory;
use super::dn;
use super::session::{Budget, Entry, Fault, Pages, Session};
use crate::domain::account::{EntryDn, Standing};
use crate::domain::remind::{self, Window};
use crate::domain::time::Timestamp;
use crate::flow::ports::DirectoryDown;
use crate::flow::ports::remind::{Expiries, Expiring};

/// So many policies of single accounts are told apart; with more, the site is asked to say less.
pub(super) const POLICIES_MAX: u16 = 500;

/// What to search for, and how to read what comes.
pub(super) struct Sweep {
    /// Everybody whose password may end within the window: none too few, hardly any too many.
    pub(super) filter: String,
    /// The policies that apply.
    pub(super) policies: Policies,
    /// What an entry tells of its password's end, besides what it tells anyway.
    pub(super) also: &'static [&'static str],
}

/// The policies of a directory, read once and not for each account.
#[derive(Default)]
pub(super) struct Policies {
    /// The attribute that names an account's own policy. `None`: the entry itself tells when the
    /// password ends.
    pub(super) named_by: Option<&'static str>,
    /// By the normalised DN.
    pub(super) own: HashMap<String, AccountPolicy>,
    /// Whoever has none of their own.
    pub(super) default: AccountPolicy,
    /// Whose own leads nowhere.
    pub(super) lost: AccountPolicy,
}

impl Policies {
    fn of(&self, entry: &Entry) -> &AccountPolicy {
        match self.named_by.and_then(|name| entry.first(name)) {
            None => &self.default,
            Some(own) => self.own.get(&dn::normalised(own)).unwrap_or(&self.lost),
        }
    }
}

/// Some accounts, and where in an attribute the window is for them.
pub(super) struct Kind {
    /// A filter; `None` where no filter can tell who they are.
    pub(super) who: Option<String>,
    /// A filter that holds for passwords that end within the window.
    pub(super) range: String,
}

impl Kind {
    /// Everybody, with no policy of their own, or with one that leads nowhere: for policies that
    /// an attribute names. `range` is told how each policy is.
    pub(super) fn of_policies(
        policies: &Policies,
        names: &[String],
        range: impl Fn(&AccountPolicy) -> String,
    ) -> Vec<Self> {
        let Some(attribute) = policies.named_by else {
            return Vec::new();
        };
        let named = |name: &String| format!("({attribute}={})", ldap_escape(name.as_str()));
        let mut kinds = vec![Self {
            who: Some(format!("(!({attribute}=*))")),
            range: range(&policies.default),
        }];
        kinds.extend(names.iter().map(|name| {
            Self {
                who: Some(named(name)),
                range: range(
                    policies
                        .own
                        .get(&dn::normalised(name))
                        .unwrap_or(&policies.lost),
                ),
            }
        }));
        let known: String = names.iter().map(named).collect();
        let lost = match known.is_empty() {
            true => format!("({attribute}=*)"),
            false => format!("(&({attribute}=*)(!(|{known})))"),
        };
        kinds.push(Self {
            who: Some(lost),
            range: range(&policies.lost),
        });
        kinds
    }
}

/// `people`, and whichever kind somebody is of. Who they are is left out where it makes no
/// difference, so that one index serves the whole search.
pub(super) fn filter(people: &str, kinds: Vec<Kind>) -> String {
    let mut by_range: BTreeMap<String, Vec<Option<String>>> = BTreeMap::new();
    for Kind { who, range } in kinds {
        by_range.entry(range).or_default().push(who);
    }
    if let (1, Some((range, _))) = (by_range.len(), by_range.first_key_value()) {
        return format!("(&{people}{range})");
    }
    let parts = by_range.into_iter().map(|(range, who)| {
        // One whom no filter can name makes the others' names useless.
        match who.into_iter().collect::<Option<String>>() {
            Some(who) => format!("(&(|{who}){range})"),
            None => range,
        }
    });
    format!("(&{people}(|{}))", parts.collect::<String>())
}

/// `attribute` within the window, as the directory writes times.
pub(super) fn between(
    attribute: &str,
    window: Window,
    write: fn(Timestamp) -> Option<String>,
) -> String {
    // A time that cannot be written is centuries away: nobody is asked for.
    let (from, until) = (write(window.from), write(window.until));
    let (from, until) = (from.unwrap_or_default(), until.unwrap_or_default());
    format!("({attribute}>={from})({attribute}<={until})")
}

/// How long a password works under both rules.
pub(super) fn stricter(policy: &AccountPolicy, max_age: Duration) -> Duration {
    let directory = policy.demands.max_age;
    directory.map_or(max_age, |directory| directory.min(max_age))
}

#[async_trait]
impl Expiries for LdapDirectory {
    async fn expiring(
        &self,
        window: Window,
        max_age: Duration,
        pages: mpsc::Sender<Vec<Expiring>>,
    ) -> Result<(), DirectoryDown> {
        let (session, server) = self.servers.open_first(Budget::patient()).await?;
        let swept = self.sweep(session, window, max_age, pages).await;
        swept.map_err(|fault| server.down(fault))
    }
}

impl LdapDirectory {
    async fn sweep(
        &self,
        mut session: Session,
        window: Window,
        max_age: Duration,
        pages: mpsc::Sender<Vec<Expiring>>,
    ) -> Result<(), Fault> {
        let dialect = &*self.lookup.dialect;
        let settings = &self.lookup.settings;
        let sweep = dialect
            .expiring(&mut session, &self.lookup, window, max_age)
            .await?;
        let mut attributes = dialect.attributes().to_vec();
        attributes.extend(sweep.also);
        attributes.extend(settings.login_attributes.iter().map(String::as_str));
        attributes.push(&settings.wecom_attribute);
        let mut found = Pages::new(&settings.people_base, &sweep.filter, &attributes);
        loop {
            // Each page has its own time: between two, messages are sent.
            let mut session = session.again(Budget::patient());
            let Some(entries) = found.next(&mut session).await? else {
                break;
            };
            let read = |entry| self.expiring_entry(&entry, &sweep.policies, window, max_age);
            let page = entries.into_iter().filter_map(read).collect();
            if pages.send(page).await.is_err() {
                break;
            }
        }
        session.close().await;
        Ok(())
    }

    /// `None`: disabled, outside the window after all, or without a key.
    fn expiring_entry(
        &self,
        entry: &Entry,
        policies: &Policies,
        window: Window,
        max_age: Duration,
    ) -> Option<Expiring> {
        let now = self.clock.now().wall;
        let dialect = &*self.lookup.dialect;
        let age = dialect.age(entry, policies.of(entry), now);
        let ends = remind::ends(&age, max_age).filter(|ends| window.holds(*ends))?;
        if dialect.standing(entry, now) == Standing::Disabled {
            return None;
        }
        Some(Expiring {
            key: dialect.key(entry)?,
            dn: EntryDn::new(entry.dn.clone()),
            login: account::login(&self.lookup.settings, entry),
            ends,
            has_wecom: account::wecom(&self.lookup.settings, entry).is_some(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aged(days: u64) -> AccountPolicy {
        let mut policy = AccountPolicy::default();
        policy.demands.max_age = Some(Duration::from_secs(days * 86_400));
        policy
    }

    /// A default of 120 days, one of 60 for some, and the site's own 90.
    fn kinds(site_days: u64) -> Vec<Kind> {
        let policies = Policies {
            named_by: Some("pwdPolicySubentry"),
            own: HashMap::from([(dn::normalised("cn=strict,dc=test"), aged(60))]),
            default: aged(120),
            lost: AccountPolicy::default(),
        };
        let site = Duration::from_secs(site_days * 86_400);
        Kind::of_policies(&policies, &["cn=strict,dc=test".to_owned()], |policy| {
            format!("(days={})", stricter(policy, site).as_secs() / 86_400)
        })
    }

    #[test]
    fn each_policy_has_its_own_range() {
        assert_eq!(
            filter("(p)", kinds(90)),
            "(&(p)(|(&(|(pwdPolicySubentry=cn=strict,dc=test))(days=60))\
             (&(|(!(pwdPolicySubentry=*))\
             (&(pwdPolicySubentry=*)(!(|(pwdPolicySubentry=cn=strict,dc=test)))))(days=90))))"
        );
    }

    #[test]
    fn where_all_are_alike_nothing_is_asked_about_policies() {
        assert_eq!(filter("(p)", kinds(30)), "(&(p)(days=30))");
    }

    #[test]
    fn whom_no_filter_can_name_is_asked_for_by_time_alone() {
        let kind = |range: &str| Kind {
            who: None,
            range: range.to_owned(),
        };
        assert_eq!(
            filter("(p)", vec![kind("(b)"), kind("(a)"), kind("(b)")]),
            "(&(p)(|(a)(b)))"
        );
    }
}
