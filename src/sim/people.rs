//! The directory and the channel of the simulated world.

mod phones;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

pub use self::phones::{CodeFor, Received};
use super::world::{PasswordSet, World};
use crate::domain::account::{Account, AccountKey, EntryDn, LoginName, SearchText, WecomUserId};
use crate::domain::code::ResetId;
use crate::domain::policy::{DirectoryPolicy, LengthUnit};
use crate::domain::secret::Password;
use crate::domain::time::Timestamp;
use crate::flow::desk::{PersonLine, Sought};
use crate::flow::grant::Grant;
use crate::flow::message::Card;
use crate::flow::ports::{
    Act, ChangeMark, Clock, Directory, DirectoryDown, DirectoryRefusal, Landed, Marked,
    OldPasswordVerdict, ProvingBind, ServerUrl, SetOutcome,
};

/// A check that runs at the very moment a password is about to be set: whether the intent is
/// durable.
pub type IntentCheck = Arc<dyn Fn(&Grant) -> bool + Send + Sync>;

/// So many wrong passwords lock an account.
const LOCKS_AT: u32 = 5;

/// The people of the simulated company, as directory and as phones.
#[derive(Clone)]
pub struct People {
    world: World,
    state: Arc<Mutex<State>>,
    intent_is_durable: IntentCheck,
}

#[derive(Default)]
struct State {
    entries: HashMap<AccountKey, Entry>,
    /// Changes a stalled server still holds back.
    held_back: Vec<(Timestamp, PasswordSet)>,
    sets: Vec<PasswordSet>,
    unlocked: Vec<(AccountKey, ResetId)>,
    broken: Vec<String>,
    inbox: HashMap<String, Vec<Received>>,
    messages: u64,
    cards: Vec<Card>,
}

struct Entry {
    account: Account,
    passwords: Vec<String>,
    writes: u64,
    by_us: bool,
}

impl People {
    /// These accounts, each with an old password nobody here knows.
    pub fn new(world: &World, accounts: Vec<Account>, intent_is_durable: IntentCheck) -> Self {
        let entries = accounts
            .into_iter()
            .map(|mut account| {
                account.age.lockout.locks_at = Some(LOCKS_AT);
                let passwords = vec![format!("old password of {}", account.login)];
                (
                    account.key.clone(),
                    Entry {
                        account,
                        passwords,
                        writes: 1,
                        by_us: false,
                    },
                )
            })
            .collect();
        let state = State {
            entries,
            ..State::default()
        };
        Self {
            world: world.clone(),
            state: Arc::new(Mutex::new(state)),
            intent_is_durable,
        }
    }

    /// The same people, for a program that was started again.
    #[must_use = "the new start has a handle of its own"]
    pub fn after_restart(&self, world: &World) -> Self {
        Self {
            world: world.clone(),
            ..self.clone()
        }
    }

    /// Every password that landed, in order.
    pub fn sets(&self) -> Vec<PasswordSet> {
        self.lock().sets.clone()
    }

    /// Every account that was unlocked, and in which reset, in order.
    pub fn unlocked(&self) -> Vec<(AccountKey, ResetId)> {
        self.lock().unlocked.clone()
    }

    /// What broke a rule at the moment it happened.
    pub fn broken(&self) -> Vec<String> {
        self.lock().broken.clone()
    }

    /// The password an account has now.
    pub fn password(&self, key: &AccountKey) -> Option<String> {
        let mut state = self.lock();
        state.land(self.world.now().wall);
        state.entries.get(key)?.passwords.last().cloned()
    }

    /// The messages on a phone, oldest first.
    pub fn inbox(&self, to: &WecomUserId) -> Vec<Received> {
        self.lock()
            .inbox
            .get(&to.as_str().to_lowercase())
            .cloned()
            .unwrap_or_default()
    }

    /// The cards on a phone, oldest first.
    pub fn cards(&self, to: &WecomUserId) -> Vec<Card> {
        let state = self.lock();
        let cards = state.cards.iter().filter(|card| card.to == *to);
        cards.cloned().collect()
    }

    /// Somebody else sets a password.
    pub fn somebody_sets(&self, key: &AccountKey, password: &str) {
        let at = self.world.now().wall;
        let set = PasswordSet {
            account: key.clone(),
            reset: None,
            password: password.to_owned(),
            at,
        };
        self.lock().apply(set);
    }

    /// Somebody types wrong passwords elsewhere until the account is locked.
    pub fn somebody_locks(&self, key: &AccountKey) {
        if let Some(entry) = self.lock().entries.get_mut(key) {
            entry.account.age.locked = true;
            entry.account.age.lockout.wrong = LOCKS_AT;
            entry.writes += 1;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A question to the directory: `Err` when it does not answer.
    async fn asked(&self) -> Result<(), DirectoryDown> {
        self.world.turn().await;
        if self.world.happens(|faults| faults.directory_down) {
            tokio::time::sleep(Duration::from_secs(3)).await;
            return Err(DirectoryDown::Unreachable("simulated".to_owned()));
        }
        self.lock().land(self.world.now().wall);
        Ok(())
    }
}

impl State {
    /// Lets changes land whose time has come.
    fn land(&mut self, now: Timestamp) {
        let (due, later) = std::mem::take(&mut self.held_back)
            .into_iter()
            .partition::<Vec<_>, _>(|(at, _)| *at <= now);
        self.held_back = later;
        for (_, set) in due {
            self.apply(set);
        }
    }

    fn apply(&mut self, set: PasswordSet) {
        if let Some(entry) = self.entries.get_mut(&set.account) {
            entry.passwords.push(set.password.clone());
            entry.writes += 1;
            entry.by_us = set.reset.is_some();
            entry.account.age.locked = false;
            entry.account.age.lockout.wrong = 0;
            entry.account.age.changed_at = Some(set.at);
        }
        self.sets.push(set);
    }

    /// As a directory that locks at [`LOCKS_AT`] wrong passwords.
    fn judge_old(&mut self, dn: Option<&EntryDn>, old: &Password) -> OldPasswordVerdict {
        let mut entries = self.entries.values_mut();
        let Some(entry) = dn.and_then(|dn| entries.find(|entry| entry.account.dn == *dn)) else {
            return OldPasswordVerdict::Wrong;
        };
        let age = &mut entry.account.age;
        let right = entry
            .passwords
            .last()
            .is_some_and(|now| now == old.expose());
        if right && !age.locked {
            age.lockout.wrong = 0;
            return OldPasswordVerdict::Right;
        }
        age.lockout.wrong += 1;
        if age.lockout.wrong >= LOCKS_AT && !age.locked {
            let login = &entry.account.login;
            let what = format!("{login} was locked by wrong passwords from here");
            self.broken.push(what);
            age.locked = true;
        }
        OldPasswordVerdict::Wrong
    }

    fn unlock(&mut self, grant: &Grant) {
        if let Some(entry) = self.entries.get_mut(grant.account()) {
            entry.account.age.locked = false;
            entry.account.age.lockout.wrong = 0;
            entry.writes += 1;
        }
        self.unlocked
            .push((grant.account().clone(), grant.reset().clone()));
    }

    fn account(&self, key: &AccountKey) -> Option<Account> {
        Some(self.entries.get(key)?.account.clone())
    }

    fn mark(&self, key: &AccountKey) -> Option<ChangeMark> {
        let entry = self.entries.get(key)?;
        Some(ChangeMark {
            server: ServerUrl("sim://one".to_owned()),
            entry_mark: entry.writes.to_string(),
            password_mark: entry.passwords.len().to_string(),
        })
    }
}

#[async_trait]
impl Directory for People {
    async fn find(&self, login: &LoginName) -> Result<Option<Account>, DirectoryDown> {
        self.asked().await?;
        let state = self.lock();
        let mut found = state
            .entries
            .values()
            .filter(|entry| entry.account.login == login.as_str());
        Ok(found.next().map(|entry| entry.account.clone()))
    }

    async fn find_member(&self, userid: &WecomUserId) -> Result<Option<Account>, DirectoryDown> {
        self.asked().await?;
        let state = self.lock();
        let entries = state.entries.values();
        let mut found = entries.filter(|entry| entry.account.wecom.as_ref() == Some(userid));
        let first = found.next().map(|entry| entry.account.clone());
        Ok(first.filter(|_| found.next().is_none()))
    }

    async fn search(&self, text: &SearchText, limit: u16) -> Result<Sought, DirectoryDown> {
        self.asked().await?;
        let wanted = text.as_str().to_lowercase();
        let state = self.lock();
        let mut people: Vec<PersonLine> = state
            .entries
            .values()
            .map(|entry| PersonLine::of(&entry.account))
            .filter(|line| {
                line.name.to_lowercase().contains(&wanted)
                    || line.login.to_lowercase().starts_with(&wanted)
                    || line.wecom.to_lowercase().starts_with(&wanted)
            })
            .collect();
        people.sort_by(|one, other| one.login.cmp(&other.login));
        let more = people.len() > usize::from(limit);
        people.truncate(usize::from(limit));
        Ok(Sought { people, more })
    }

    async fn reread(
        &self,
        key: &AccountKey,
        _dn: &EntryDn,
    ) -> Result<Option<Account>, DirectoryDown> {
        self.asked().await?;
        Ok(self.lock().account(key))
    }

    async fn policy(&self, _account: &Account) -> Result<DirectoryPolicy, DirectoryDown> {
        self.asked().await?;
        Ok(DirectoryPolicy {
            min_length: Some((12, LengthUnit::Bytes)),
            history: Some(5),
            history_on_reset: true,
            max_age: Some(Duration::from_secs(120 * 86_400)),
            can_unlock: true,
            ..DirectoryPolicy::default()
        })
    }

    async fn mark(&self, account: &Account, _act: Act) -> Result<Option<Marked>, DirectoryDown> {
        self.asked().await?;
        let state = self.lock();
        let (account, mark) = (state.account(&account.key), state.mark(&account.key));
        Ok(account
            .zip(mark)
            .map(|(account, mark)| Marked::of(&account, mark)))
    }

    async fn set_password(
        &self,
        grant: Grant,
        _dn: &EntryDn,
        _mark: &ChangeMark,
        password: &Password,
    ) -> SetOutcome {
        if !(self.intent_is_durable)(&grant) {
            self.lock()
                .broken
                .push("a password was set without a durable intent".to_owned());
        }
        if let Err(down) = self.asked().await {
            return SetOutcome::NotAsked(grant, down);
        }
        let used = self
            .lock()
            .entries
            .get(grant.account())
            .is_some_and(|entry| {
                entry
                    .passwords
                    .iter()
                    .rev()
                    .take(6)
                    .any(|old| old == password.expose())
            });
        if used {
            return SetOutcome::Refused(grant, DirectoryRefusal::InHistory);
        }
        let now = self.world.now().wall;
        let set = PasswordSet {
            account: grant.account().clone(),
            reset: Some(grant.reset().clone()),
            password: password.expose().to_owned(),
            at: now,
        };
        if self.world.happens(|faults| faults.answer_lost) {
            match self.world.below(3) {
                0 => self.lock().apply(set),
                1 => {
                    let at = now.plus(Duration::from_secs(1 + self.world.below(60)));
                    self.lock().held_back.push((at, PasswordSet { at, ..set }));
                }
                _ => {}
            }
            tokio::time::sleep(Duration::from_secs(3)).await;
            return SetOutcome::AnswerLost;
        }
        self.lock().apply(set);
        if self.world.happens(|faults| faults.somebody_else) {
            let other = format!("somebody else's {}", self.world.below(1_000_000));
            self.somebody_sets(grant.account(), &other);
        }
        self.world.turn().await;
        SetOutcome::Changed
    }

    async fn judge_old(
        &self,
        dn: Option<&EntryDn>,
        old: &Password,
    ) -> Result<OldPasswordVerdict, DirectoryDown> {
        self.asked().await?;
        let verdict = self.lock().judge_old(dn, old);
        self.world.turn().await;
        Ok(verdict)
    }

    async fn unlock(&self, grant: Grant, _dn: &EntryDn, _mark: &ChangeMark) -> SetOutcome {
        if !(self.intent_is_durable)(&grant) {
            let what = "an account was unlocked without a durable intent";
            self.lock().broken.push(what.to_owned());
        }
        if let Err(down) = self.asked().await {
            return SetOutcome::NotAsked(grant, down);
        }
        let lost = self.world.happens(|faults| faults.answer_lost);
        let landed = !lost || self.world.below(2) == 0;
        if landed {
            self.lock().unlock(&grant);
        }
        if lost {
            tokio::time::sleep(Duration::from_secs(3)).await;
            return SetOutcome::AnswerLost;
        }
        self.world.turn().await;
        SetOutcome::Changed
    }

    async fn prove(&self, dn: &EntryDn, _server: &ServerUrl, password: &Password) -> ProvingBind {
        if self.asked().await.is_err() {
            return ProvingBind::Unreachable;
        }
        let state = self.lock();
        let entry = state.entries.values().find(|entry| entry.account.dn == *dn);
        match entry.and_then(|entry| entry.passwords.last()) {
            Some(now) if now == password.expose() => ProvingBind::Works,
            _ => ProvingBind::Wrong,
        }
    }

    async fn landed(
        &self,
        key: &AccountKey,
        _dn: &EntryDn,
        mark: &ChangeMark,
    ) -> Result<Landed, DirectoryDown> {
        self.asked().await?;
        let state = self.lock();
        let now = state.mark(key);
        let by_us = state.entries.get(key).is_some_and(|entry| entry.by_us);
        let changes = |mark: &ChangeMark| mark.password_mark.parse::<u64>().unwrap_or(0);
        Ok(match now {
            Some(now) if now == *mark => Landed::NotYet,
            // A real directory shows the last writer only: with two changes nobody can tell.
            Some(now) if by_us && changes(&now) == changes(mark) + 1 => Landed::ByUs,
            _ => Landed::Unclear,
        })
    }

    async fn works(&self) -> Result<(), DirectoryDown> {
        self.asked().await
    }
}
