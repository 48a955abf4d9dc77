//! Reminders: who is told that the password ends, and that nobody is told twice.
//!
//! A round walks over everybody whose password ends soon. What is due is begun in the store before
//! its message goes out, so that no crash and no second process brings it again; what did not go
//! out for certain is put back, and the next round goes on with it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use crate::domain::account::{Account, Standing};
use crate::domain::audit::{AuditEvent, EventKind};
use crate::domain::code::{Place, ResetId};
use crate::domain::limits::REMINDER_EVERY;
use crate::domain::remind::{self, Due, Offsets, Reminder, Timetable, Window};
use crate::domain::time::Timestamp;
use crate::flow::message::{Body, Message, Renew};
use crate::flow::ports::remind::{Begun, Expiries, Expiring, Reminders};
use crate::flow::ports::{
    Clock, Directory, DirectoryDown, Entropy, Messenger, SendError, StoreError,
};

/// Between two rounds: who is new in the window is told soon.
const EVERY: Duration = Duration::from_secs(3600);
/// Between two rounds while something does not work.
const WHILE_DOWN: Duration = Duration::from_secs(300);
/// Between two looks at the clock.
const TICK: Duration = Duration::from_secs(30);
/// One that was begun longer ago than any message takes, and never ended, has lost its process.
const LOST_AFTER: Duration = Duration::from_secs(600);
/// So many names are kept of those who cannot be told.
const NAMES_MAX: usize = 1000;

/// Everything that reminders need, picked by `boot`.
#[derive(Clone)]
pub struct Reminding {
    /// The directory, for one account at a time.
    pub directory: Arc<dyn Directory>,
    /// The directory, for all of them.
    pub expiries: Arc<dyn Expiries>,
    /// The channel.
    pub messenger: Arc<dyn Messenger>,
    /// What was begun. `None` where there is no state yet, and none is to be made.
    pub reminders: Option<Arc<dyn Reminders>>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// `[remind]`.
    pub timetable: Timetable,
    /// `[policy] max_age`.
    pub max_age: Duration,
    /// The form's address.
    pub form: String,
    /// Turns true when no message is to be begun any more.
    pub closing: watch::Receiver<bool>,
}

/// What a round did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Round {
    /// Messages that the channel took.
    pub sent: u64,
    /// Messages that did not reach their employee, or of which nobody knows.
    pub failed: u64,
    /// Why it did not go on; what is due is for the next round.
    pub stopped: Option<Stop>,
    /// Whom it has seen.
    pub survey: Survey,
}

/// Why no more messages are sent for now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stop {
    /// Outside `[remind] hours`.
    Hours,
    /// As many as a day allows were sent.
    EnoughToday,
    /// The channel does not work.
    Channel(String),
    /// The directory does not work.
    Directory(DirectoryDown),
    /// The program ends.
    Closing,
}

/// How many passwords end when, and who cannot be told.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Survey {
    /// By calendar days from today.
    pub by_days_left: Vec<u64>,
    /// Who has no WeCom userid, or shares one, at most a thousand of them.
    pub unmapped: Vec<Soon>,
    /// How many there are.
    pub unmapped_count: u64,
}

/// Somebody whose password ends soon.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Soon {
    /// The login name as the directory spells it: not yet fit for a terminal.
    pub login: String,
    /// Calendar days until then.
    pub days_left: u16,
    /// When.
    pub ends: Timestamp,
}

impl Survey {
    fn note(&mut self, expiring: &Expiring, days_left: u16) {
        if let Some(count) = self.by_days_left.get_mut(usize::from(days_left)) {
            *count += 1;
        }
        if !expiring.has_wecom {
            self.note_unmapped(expiring, days_left);
        }
    }

    fn note_unmapped(&mut self, expiring: &Expiring, days_left: u16) {
        self.unmapped_count += 1;
        if self.unmapped.len() < NAMES_MAX {
            self.unmapped.push(Soon {
                login: expiring.login.clone(),
                days_left,
                ends: expiring.ends,
            });
        }
    }
}

/// What is done with whoever is due.
enum Task<'a> {
    /// They are told.
    Tell,
    /// They are named to the caller, and nobody is told.
    Name(&'a mut (dyn FnMut(Soon) + Send)),
}

/// Somebody to be told now, read again a moment ago.
struct Candidate {
    account: Account,
    reminder: Reminder,
    due: Due,
}

/// An error that ends the walk: the store's, or none at all.
enum Broken {
    Store(StoreError),
    Stop(Stop),
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<DirectoryDown> for Broken {
    fn from(down: DirectoryDown) -> Self {
        Self::Stop(Stop::Directory(down))
    }
}

impl Reminding {
    /// One round: tells everybody who is due, and looks at all whose password ends within `days`.
    /// What stops the messages does not stop the look.
    ///
    /// # Errors
    /// When the store cannot be read or written: nothing goes out without its record.
    pub async fn round(&self, zone: &Offsets, days: u16) -> Result<Round, StoreError> {
        if let Some(reminders) = &self.reminders {
            self.end_the_lost(&**reminders).await?;
        }
        self.walk(zone, days, Task::Tell).await
    }

    /// Names everybody whom a round would tell now, were it within the hours. Sends and records
    /// nothing.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn rehearse(
        &self,
        zone: &Offsets,
        name: &mut (dyn FnMut(Soon) + Send),
    ) -> Result<Round, StoreError> {
        let days = self.timetable.first_day();
        self.walk(zone, days, Task::Name(name)).await
    }

    async fn walk(
        &self,
        zone: &Offsets,
        days: u16,
        mut task: Task<'_>,
    ) -> Result<Round, StoreError> {
        let days = days.max(self.timetable.first_day());
        let window = Window::around(self.clock.now().wall, days);
        let (pages, mut found) = mpsc::channel(1);
        let scan = self.expiries.expiring(window, self.max_age, pages);
        let mut round = Round::default();
        round.survey.by_days_left = vec![0; usize::from(days) + 1];
        let kept = &mut round;
        let look = async move {
            // Owned here: when the walk ends early, so does the scan.
            while let Some(page) = found.recv().await {
                self.page(zone, &page, &mut task, kept).await?;
                if matches!(kept.stopped, Some(Stop::Closing)) {
                    break;
                }
            }
            Ok(())
        };
        let (scanned, looked): (_, Result<(), StoreError>) = tokio::join!(scan, look);
        looked?;
        if let Err(down) = scanned {
            round.stopped = round.stopped.or(Some(Stop::Directory(down)));
        }
        Ok(round)
    }

    async fn page(
        &self,
        zone: &Offsets,
        page: &[Expiring],
        task: &mut Task<'_>,
        round: &mut Round,
    ) -> Result<(), StoreError> {
        for expiring in page {
            let now = self.clock.now().wall;
            let Some(days_left) = remind::days_left(expiring.ends, now, zone) else {
                continue;
            };
            round.survey.note(expiring, days_left);
            if round.stopped.is_some() || !expiring.has_wecom {
                continue;
            }
            match self.one(zone, expiring, task, round).await {
                Ok(()) => {}
                Err(Broken::Store(error)) => return Err(error),
                Err(Broken::Stop(stop)) => round.stopped = Some(stop),
            }
        }
        Ok(())
    }

    async fn one(
        &self,
        zone: &Offsets,
        expiring: &Expiring,
        task: &mut Task<'_>,
        round: &mut Round,
    ) -> Result<(), Broken> {
        let Some(candidate) = self.candidate(zone, expiring, round).await? else {
            return Ok(());
        };
        match (task, &self.reminders) {
            (Task::Name(name), _) => name(Soon {
                login: candidate.account.login,
                days_left: candidate.due.days_left,
                ends: candidate.reminder.ends,
            }),
            (Task::Tell, Some(reminders)) => {
                self.tell(zone, &**reminders, candidate, round).await?;
            }
            (Task::Tell, None) => {
                let words = "reminders cannot be recorded, so none is sent";
                return Err(StoreError(words.to_owned()).into());
            }
        }
        Ok(())
    }

    /// Whether somebody is due, by what the directory says of them at this very moment: the
    /// password may have been changed since the search, and only the whole entry tells whether its
    /// WeCom userid is its own (rule 9).
    async fn candidate(
        &self,
        zone: &Offsets,
        expiring: &Expiring,
        round: &mut Round,
    ) -> Result<Option<Candidate>, Broken> {
        let due = |ends| self.timetable.due(ends, self.clock.now().wall, zone);
        let reminder = |ends, due: Due| Reminder {
            account: expiring.key.clone(),
            ends,
            step: due.step,
        };
        let Some(first) = due(expiring.ends) else {
            return Ok(None);
        };
        if self.is_begun(&reminder(expiring.ends, first)).await? {
            return Ok(None);
        }
        let read = self.directory.reread(&expiring.key, &expiring.dn).await?;
        // Who cannot sign in at all has no use for a reminder.
        let read = read.filter(|account| account.standing != Standing::Disabled);
        let Some(account) = read else {
            return Ok(None);
        };
        if account.wecom.is_none() {
            round.survey.note_unmapped(expiring, first.days_left);
            return Ok(None);
        }
        let ends = remind::ends(&account.age, self.max_age);
        let Some((ends, due)) = ends.and_then(|ends| Some((ends, due(ends)?))) else {
            return Ok(None);
        };
        let reminder = reminder(ends, due);
        if self.is_begun(&reminder).await? {
            return Ok(None);
        }
        Ok(Some(Candidate {
            account,
            reminder,
            due,
        }))
    }

    async fn is_begun(&self, reminder: &Reminder) -> Result<bool, StoreError> {
        match &self.reminders {
            Some(reminders) => reminders.is_begun(reminder).await,
            None => Ok(false),
        }
    }

    async fn tell(
        &self,
        zone: &Offsets,
        reminders: &dyn Reminders,
        candidate: Candidate,
        round: &mut Round,
    ) -> Result<(), Broken> {
        let now = self.clock.now().wall;
        if *self.closing.borrow() {
            return Err(Broken::Stop(Stop::Closing));
        }
        if !self.timetable.open(zone.local(now)) {
            return Err(Broken::Stop(Stop::Hours));
        }
        // Asked first, so that an outage is found out without a message that may be lost in it.
        if let Err(error) = self.messenger.works().await {
            return Err(Broken::Stop(Stop::Channel(error.to_string())));
        }
        let Candidate {
            account,
            reminder,
            due,
        } = candidate;
        let Some(message) = self.message(account, &reminder, due, now) else {
            return Ok(());
        };
        match reminders.begin(&reminder, now).await? {
            Begun::Now => {}
            Begun::Before => return Ok(()),
            Begun::EnoughToday => return Err(Broken::Stop(Stop::EnoughToday)),
        }
        let sent = self.messenger.send(message).await;
        let (put_back, result) = match &sent {
            Ok(_) => (false, "sent"),
            Err(SendError::Receiver(_)) => (false, "receiver_unreachable"),
            Err(SendError::ChannelDown(_)) => (true, "channel_down"),
            // It may be on the phone: once too few rather than once too many.
            Err(SendError::Unanswered(_)) => (false, "unknown"),
        };
        let record = self.record(&reminder, result);
        reminders.finish(&reminder, put_back, &record).await?;
        match sent {
            Ok(_) => round.sent += 1,
            Err(SendError::Receiver(_)) => round.failed += 1,
            Err(error @ SendError::ChannelDown(_)) => {
                return Err(Broken::Stop(Stop::Channel(error.to_string())));
            }
            Err(error @ SendError::Unanswered(_)) => {
                round.failed += 1;
                return Err(Broken::Stop(Stop::Channel(error.to_string())));
            }
        }
        tokio::time::sleep(REMINDER_EVERY).await;
        Ok(())
    }

    /// Protected accounts (rule 10) have passwords that end, too, and being locked out hurts their
    /// owners most; but the form is not for them, so they are told to go to IT.
    fn message(
        &self,
        account: Account,
        reminder: &Reminder,
        due: Due,
        now: Timestamp,
    ) -> Option<Message> {
        Some(Message {
            to: account.wecom?,
            language: account.language,
            body: Body::Reminder {
                days_left: due.days_left,
                ends: reminder.ends,
                ended: reminder.ends <= now,
                renew: match account.standing {
                    Standing::Protected | Standing::Guarded => Renew::WithIt,
                    _ => Renew::Form(self.form.clone()),
                },
            },
            concerns: None,
        })
    }

    /// Records that nobody knows what became of reminders whose process died.
    async fn end_the_lost(&self, reminders: &dyn Reminders) -> Result<(), StoreError> {
        let before = self.clock.now().wall.minus(LOST_AFTER);
        for lost in reminders.unended(before).await? {
            let record = self.record(&lost, "unknown");
            reminders.finish(&lost, false, &record).await?;
        }
        Ok(())
    }

    fn record(&self, reminder: &Reminder, result: &'static str) -> AuditEvent {
        let mut id = [0; 16];
        self.entropy.fill(&mut id);
        AuditEvent {
            at: self.clock.now().wall,
            kind: EventKind::Reminder,
            reset: ResetId::from_bytes(id),
            account: Some(reminder.account.clone()),
            place: Place {
                front: "remind",
                kiosk: String::new(),
            },
            result,
        }
    }
}

/// Reminds within the hours, day after day, until [`Reminding::closing`] says so. `zone` tells the
/// offsets around a moment.
pub async fn keep_reminding(reminding: Reminding, zone: impl Fn(Timestamp) -> Offsets) {
    let mut closing = reminding.closing.clone();
    let mut next = reminding.clock.now().wall;
    while !*closing.borrow() {
        let now = reminding.clock.now().wall;
        let offsets = zone(now);
        let local = offsets.local(now);
        // WeCom asks to leave these minutes, when everybody sends, alone.
        let crowded = matches!(local.minute % 60, 0 | 30);
        if reminding.timetable.open(local) && !crowded && now >= next {
            next = now.plus(match reminding.round(&offsets, 0).await {
                Ok(round) => after(&round),
                Err(error) => {
                    tracing::error!(%error, "reminders cannot be recorded, so none is sent");
                    WHILE_DOWN
                }
            });
        }
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            _ = closing.changed() => {}
        }
    }
}

/// How long to wait after a round.
fn after(round: &Round) -> Duration {
    let (sent, failed) = (round.sent, round.failed);
    match &round.stopped {
        None => {
            tracing::info!(sent, failed, "employees were reminded");
            EVERY
        }
        Some(Stop::Channel(error)) => {
            tracing::warn!(sent, failed, %error, "reminders go on later");
            WHILE_DOWN
        }
        Some(Stop::Directory(error)) => {
            tracing::warn!(sent, failed, %error, "reminders go on later");
            WHILE_DOWN
        }
        Some(why @ (Stop::Hours | Stop::EnoughToday | Stop::Closing)) => {
            tracing::info!(sent, failed, ?why, "reminders go on later");
            EVERY
        }
    }
}
