//! A look at all the employees: who there is, and where their codes would go.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::super::account;
use super::super::lookup::{Lookup, When};
use super::super::session::{Fault, Pages, Session};
use super::is_eligible;
use crate::domain::account::{Account, Standing};
use crate::domain::time::Timestamp;
use crate::flow::finding::Finding;

/// How many of the first people are tried as somebody who may be reset.
const TRIED: usize = 50;

/// The employees of a directory.
pub(super) struct People<'a> {
    lookup: &'a Lookup,
}

/// How many there are of each kind.
#[derive(Default)]
pub(super) struct Count {
    people: usize,
    protected: usize,
    /// Have a userid that WeCom could have given.
    mapped: usize,
    /// Have something else there, or more than one value.
    unfit: usize,
    /// How often each userid is there, by a hash of it in lower case: names are not kept.
    userids: HashMap<u64, u32>,
}

impl<'a> People<'a> {
    pub(super) fn new(lookup: &'a Lookup) -> Self {
        Self { lookup }
    }

    /// One employee who may be reset, with a WeCom userid if there is such a one among the first.
    pub(super) async fn somebody(
        &self,
        session: &mut Session,
        now: Timestamp,
    ) -> Result<Option<Account>, Fault> {
        let dialect = &*self.lookup.dialect;
        let attributes = account::attributes(dialect, &self.lookup.settings);
        let mut first = Vec::new();
        let mut pages = self.pages(&attributes);
        while first.len() < TRIED {
            let Some(entries) = pages.next(session).await? else {
                break;
            };
            first.extend(entries);
        }
        let mut unmapped = None;
        for entry in first.iter().take(TRIED) {
            if dialect.standing(entry, now) != Standing::Eligible {
                continue;
            }
            let account = self
                .lookup
                .account(session, Some(entry), When::Afterwards, now)
                .await?;
            match account.filter(is_eligible) {
                Some(account) if account.wecom.is_some() => return Ok(Some(account)),
                Some(account) => unmapped = unmapped.or(Some(account)),
                None => {}
            }
        }
        Ok(unmapped)
    }

    /// Counts them all, page by page.
    pub(super) async fn count(&self, session: &mut Session) -> Result<Count, Fault> {
        let settings = &self.lookup.settings;
        let dialect = &*self.lookup.dialect;
        let mut attributes = dialect.attributes().to_vec();
        attributes.push(&settings.wecom_attribute);
        let mut count = Count::default();
        let mut pages = self.pages(&attributes);
        while let Some(entries) = pages.next(session).await? {
            for entry in &entries {
                count.people += 1;
                let standing = dialect.standing(entry, Timestamp::from_secs(0));
                count.protected += usize::from(standing == Standing::Protected);
                match account::wecom(settings, entry) {
                    Some(userid) => {
                        count.mapped += 1;
                        let mut hasher = DefaultHasher::new();
                        userid.as_str().to_lowercase().hash(&mut hasher);
                        *count.userids.entry(hasher.finish()).or_default() += 1;
                    }
                    None if entry.all(&settings.wecom_attribute).is_empty() => {}
                    None => count.unfit += 1,
                }
            }
        }
        Ok(count)
    }

    fn pages(&self, attributes: &[&str]) -> Pages {
        Pages::new(
            &self.lookup.settings.people_base,
            self.lookup.dialect.people_filter(),
            attributes,
        )
    }
}

impl Count {
    pub(super) fn tell(&self, attribute: &str, tell: &mut (dyn FnMut(Finding) + Send)) {
        if self.people == 0 {
            tell(Finding::wrong(
                "people",
                "nobody is below people_base",
                "Look at [directory] people_base, and whether the service account may read there.",
            ));
            return;
        }
        tell(Finding::fine(
            "people",
            format!(
                "{} people, {} of them protected by their own entry",
                self.people, self.protected
            ),
        ));
        let without = self.people - self.mapped - self.unfit;
        let twice: u32 = self.userids.values().filter(|n| **n > 1).sum();
        let mut seen = format!("{} of {} people have a WeCom id", self.mapped, self.people);
        for (n, what) in [
            (without, "without one"),
            (self.unfit, "with one that is none, or with several"),
            (
                usize::try_from(twice).unwrap_or(usize::MAX),
                "who share one",
            ),
        ] {
            if n > 0 {
                seen.push_str(&format!("; {n} {what}"));
            }
        }
        tell(if self.mapped == 0 {
            let remedy = format!("Fill {attribute}, or name another [directory] wecom_attribute.");
            Finding::wrong("mapping", seen, remedy)
        } else if self.mapped == self.people && twice == 0 {
            Finding::fine("mapping", seen)
        } else {
            let remedy = format!(
                "The others get no codes: fill {attribute} for each, with an id of their own."
            );
            Finding::warning("mapping", seen, remedy)
        });
    }
}
