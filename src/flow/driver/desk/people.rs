//! Looking for people, and what is shown of one.

use super::Visit;
use crate::domain::account::{Account, AccountKey, EntryDn, SearchText};
use crate::domain::display::clean;
use crate::domain::limits;
use crate::flow::desk::{DeskPrompt, DeskRefusal, PersonFile, PersonLine, Powers, Sought};
use crate::flow::ports::StoreError;

/// So many records of a person are shown.
const RECORDS: u32 = 10;

/// The person who is open.
#[derive(Clone)]
pub(super) struct Open {
    pub(super) key: AccountKey,
    pub(super) dn: EntryDn,
}

impl Visit {
    pub(super) async fn search(&mut self, text: &SearchText) {
        self.show(DeskPrompt::Busy).await;
        let found = self
            .desks
            .ports
            .directory
            .search(text, limits::SEARCH_MAX)
            .await;
        match found {
            Ok(sought) => {
                let people = sought.people.into_iter().map(fit).collect();
                let more = sought.more;
                self.show(DeskPrompt::Found(Sought { people, more })).await;
            }
            Err(error) => {
                tracing::error!(%error, "the directory does not answer");
                self.refuse(DeskRefusal::DirectoryDown).await;
            }
        }
    }

    pub(super) async fn open_person(&mut self, powers: &Powers, key: AccountKey, dn: EntryDn) {
        self.withdraw().await;
        self.reset = None;
        self.open = Some(Open { key, dn });
        self.show(DeskPrompt::Busy).await;
        self.show_person(powers, None).await;
    }

    /// Reads the person who is open anew and shows them; `refusal` is why the last thing did not
    /// go on.
    pub(super) async fn show_person(&mut self, powers: &Powers, refusal: Option<DeskRefusal>) {
        let account = match self.read_open().await {
            Ok(account) => account,
            Err(refusal) => return self.refuse(refusal).await,
        };
        match self.file(powers, account).await {
            Ok(file) => {
                let file = Box::new(file);
                self.show(DeskPrompt::Person(file, refusal)).await;
            }
            Err(error) => {
                tracing::error!(%error, "the state cannot be read");
                self.refuse(DeskRefusal::StoreDown).await;
            }
        }
    }

    /// The account of the person who is open, as it is now.
    pub(super) async fn read_open(&mut self) -> Result<Account, DeskRefusal> {
        let open = self.open.as_ref().ok_or(DeskRefusal::Gone)?;
        let read = self.desks.ports.directory.reread(&open.key, &open.dn).await;
        match read {
            Ok(found) => found.ok_or(DeskRefusal::Gone),
            Err(error) => {
                tracing::error!(%error, "the directory does not answer");
                Err(DeskRefusal::DirectoryDown)
            }
        }
    }

    async fn file(&mut self, powers: &Powers, account: Account) -> Result<PersonFile, StoreError> {
        let ports = &self.desks.ports;
        let now = ports.clock.now().wall;
        let key = &account.key;
        Ok(PersonFile {
            reachable: account.wecom.is_some(),
            standing: account.standing,
            age: account.age,
            expires_at: account.age.expires_by(self.desks.site.max_age),
            frozen_until: ports.objections.frozen_until(key, now).await?,
            last_reset: ports.desk.last_reset(key).await?,
            own: powers.is_own(key, account.wecom.as_ref()),
            records: ports.desk.records_of(key, RECORDS).await?,
            line: fit(PersonLine {
                key: account.key,
                dn: account.dn,
                login: account.login,
                name: account.display_name,
                wecom: account
                    .wecom
                    .map_or_else(String::new, |userid| userid.as_str().to_owned()),
            }),
        })
    }
}

/// A line whose texts are fit for a terminal (rule 8).
fn fit(line: PersonLine) -> PersonLine {
    PersonLine {
        login: clean(&line.login),
        name: clean(&line.name),
        wecom: clean(&line.wecom),
        ..line
    }
}
