//! Completing an entry to an account: what is around it in the directory.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ldap3::{Scope, ldap_escape};
use tokio::time::Instant;

use super::account::{self, Around};
use super::dialect::Dialect;
use super::dn;
use super::groups::{self, Groups, Member, NOBODY};
use super::session::{Entry, Fault, Found, Search, Session};
use super::settings::LdapSettings;
use crate::domain::account::{Account, Standing, WecomUserId};
use crate::domain::time::Timestamp;

/// How long what is known of the directory's layout is believed.
const LAYOUT_LASTS: Duration = Duration::from_secs(60);

/// The settings, and what was learnt of the directory's layout.
pub(super) struct Lookup {
    pub(super) settings: LdapSettings,
    pub(super) dialect: Box<dyn Dialect>,
    layout: Mutex<Option<(Arc<Layout>, Instant)>>,
}

/// What may be seen from how long an answer takes.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(super) enum When {
    /// Nothing: every login name takes the same round trips (rule 3).
    BeforeProof,
    /// A search by the WeCom userid of whoever is there found this entry and no other.
    Vouched,
    /// It is known who is there: no more questions than needed.
    Afterwards,
}

impl When {
    /// Reads what an entry points to. Where it points nowhere, that takes as long before proof.
    pub(super) async fn read(
        self,
        session: &mut Session,
        dn: Option<&str>,
        attributes: &[&str],
    ) -> Result<Option<Entry>, Fault> {
        match (dn, self) {
            (None, Self::Vouched | Self::Afterwards) => Ok(None),
            (dn, _) => session.read(dn.unwrap_or(NOBODY), attributes).await,
        }
    }
}

/// What is asked of the directory itself, not of one account.
pub(super) struct Layout {
    /// The naming context that the employees are in.
    pub(super) naming_context: String,
    /// The controls that the server knows, by their OID.
    pub(super) controls: Vec<String>,
    protected: Groups,
}

impl Lookup {
    pub(super) fn new(settings: LdapSettings, dialect: Box<dyn Dialect>) -> Self {
        Self {
            settings,
            dialect,
            layout: Mutex::default(),
        }
    }

    /// The layout, read again when it is older than [`LAYOUT_LASTS`].
    pub(super) async fn layout(&self, session: &mut Session) -> Result<Arc<Layout>, Fault> {
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
        let root = session
            .read("", &["namingContexts", "supportedControl"])
            .await?;
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
        let mut protected = Groups::default();
        for group in &self.settings.protected_groups {
            // A group that is not there protects nobody: better to stop than to pretend.
            let entry = session.read(group, self.dialect.group_attributes()).await?;
            let entry = entry.ok_or_else(|| {
                Fault::Refused(format!("the protected group {group:?} cannot be read"))
            })?;
            protected.add(entry);
        }
        let controls = root.map(|root| root.all("supportedControl").to_vec());
        Ok(Layout {
            naming_context,
            controls: controls.unwrap_or_default(),
            protected,
        })
    }

    /// Adds to an entry what its attributes do not say, asking for all of it at once. Before proof
    /// it takes the same round trips without one.
    pub(super) async fn account(
        &self,
        session: &mut Session,
        entry: Option<&Entry>,
        when: When,
        now: Timestamp,
    ) -> Result<Option<Account>, Fault> {
        let layout = self.layout(session).await?;
        let [mut one, mut other] = [session.beside(), session.beside()];
        let (policy, wecom_is_unique, in_protected_group) = tokio::try_join!(
            self.dialect.policy_of(session, self, entry, when),
            self.wecom_is_unique(&mut one, entry, when),
            self.is_protected(&mut other, &layout, entry, when),
        )?;
        let around = Around {
            policy,
            wecom_is_unique,
            in_protected_group,
        };
        let Some(entry) = entry else {
            return Ok(None);
        };
        account::build(&*self.dialect, &self.settings, entry, around, now)
            .map(Some)
            .ok_or_else(|| Fault::Refused("the entry's key cannot be read".to_owned()))
    }

    /// What a last look before a change has to know of an entry: where the mapping leads, and
    /// whether it may still be changed.
    pub(super) async fn still(
        &self,
        session: &mut Session,
        entry: &Entry,
        when: When,
        now: Timestamp,
    ) -> Result<(Option<WecomUserId>, Standing), Fault> {
        let layout = self.layout(session).await?;
        let mut beside = session.beside();
        let (is_unique, in_protected_group) = tokio::try_join!(
            self.wecom_is_unique(session, Some(entry), when),
            self.is_protected(&mut beside, &layout, Some(entry), when),
        )?;
        let wecom = account::wecom(&self.settings, entry).filter(|_| is_unique);
        let standing = account::standing(&*self.dialect, entry, in_protected_group, now);
        Ok((wecom, standing))
    }

    async fn wecom_is_unique(
        &self,
        session: &mut Session,
        entry: Option<&Entry>,
        when: When,
    ) -> Result<bool, Fault> {
        if when == When::Vouched {
            return Ok(true);
        }
        let wecom = entry.and_then(|entry| account::wecom(&self.settings, entry));
        let userid = wecom.as_ref().map_or(NOBODY, |id| id.as_str());
        let filter = self.member_filter(userid);
        let found = self.people(session, &filter, &["1.1"]).await?;
        if wecom.is_some() && found.entries.is_empty() {
            // The entry itself holds it, so the search must find one.
            tracing::error!(
                attribute = self.settings.wecom_attribute,
                "the service account may not search by the WeCom userid"
            );
        }
        Ok(found.only().is_some())
    }

    /// Everybody whose WeCom userid this is.
    pub(super) fn member_filter(&self, userid: &str) -> String {
        let every = self.dialect.every_account();
        let attribute = &self.settings.wecom_attribute;
        format!("(&{every}({attribute}={}))", ldap_escape(userid))
    }

    /// Who meets the filter: two of them, if it is several people.
    pub(super) async fn people(
        &self,
        session: &mut Session,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Found, Fault> {
        session
            .search(&Search {
                base: &self.settings.people_base,
                scope: Scope::Subtree,
                filter,
                attributes,
                limit: 2,
            })
            .await
    }

    async fn is_protected(
        &self,
        session: &mut Session,
        layout: &Layout,
        entry: Option<&Entry>,
        when: When,
    ) -> Result<bool, Fault> {
        if layout.protected.entries.is_empty() {
            return Ok(false);
        }
        let login = entry.map(|entry| account::login(&self.settings, entry));
        let member = Member {
            dns: vec![entry.map_or(NOBODY, |entry| &entry.dn)],
            login: login.as_deref().unwrap_or(NOBODY),
            least_levels: match when {
                When::BeforeProof => groups::BEFORE_PROOF,
                When::Vouched | When::Afterwards => 1,
            },
        };
        let base = &layout.naming_context;
        self.dialect
            .is_in_group(session, base, &member, entry, &layout.protected)
            .await
    }
}
