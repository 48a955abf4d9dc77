//! Reminders of a whole company at once: WeCom drops what comes too fast without a word, and people
//! who are woken at night complain.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use rekey::domain::account::{Account, AccountKey, EntryDn, PasswordAge, Standing, WecomUserId};
use rekey::domain::limits::REMINDER_EVERY;
use rekey::domain::policy::DirectoryPolicy;
use rekey::domain::remind::{Offsets, Timetable, Window};
use rekey::domain::secret::SiteKey;
use rekey::domain::time::Timestamp;
use rekey::flow::driver::reminding::{Reminding, keep_reminding};
use rekey::flow::message::{Body, Card, CardAnswer, Message};
use rekey::flow::ports::remind::{Expiries, Expiring};
use rekey::flow::ports::{Clock as _, DirectoryDown, Messenger, SendError, SentMessage};
use rekey::sim::memory::MemoryStore;
use rekey::sim::people::People;
use rekey::sim::world::{Faults, World};
use tokio::sync::{mpsc, watch};

use crate::town::{DAY, MINUTE};

/// More than go out on one of these days.
const MEMBERS: usize = 4_000;
/// Five minutes a day.
const HOURS: (u16, u16) = (9 * 60, 9 * 60 + 5);

/// A directory of people whose passwords all end on one day.
struct AllAtOnce(Vec<Expiring>);

#[async_trait]
impl Expiries for AllAtOnce {
    async fn expiring(
        &self,
        _window: Window,
        _max_age: Duration,
        pages: mpsc::Sender<Vec<Expiring>>,
    ) -> Result<(), DirectoryDown> {
        for page in self.0.chunks(200) {
            if pages.send(page.to_vec()).await.is_err() {
                break;
            }
        }
        Ok(())
    }
}

/// WeCom, and when it got what.
struct Watched {
    people: People,
    world: World,
    reminders: Mutex<Vec<(Timestamp, WecomUserId)>>,
}

#[async_trait]
impl Messenger for Watched {
    async fn send(&self, message: Message) -> Result<SentMessage, SendError> {
        assert!(matches!(message.body, Body::Reminder { .. }));
        let told = (self.world.now().wall, message.to.clone());
        self.reminders.lock().unwrap().push(told);
        self.people.send(message).await
    }

    async fn recall(&self, sent: &SentMessage) -> Result<(), SendError> {
        self.people.recall(sent).await
    }

    async fn send_card(&self, card: &Card) -> Result<(), SendError> {
        self.people.send_card(card).await
    }

    async fn answer_card(&self, answer: &CardAnswer, ticket: &str) -> Result<(), SendError> {
        self.people.answer_card(answer, ticket).await
    }

    async fn works(&self) -> Result<(), SendError> {
        self.people.works().await
    }
}

fn member(number: usize, ends: Timestamp) -> Account {
    let login = format!("member.{number}");
    Account {
        key: AccountKey::new(&login),
        dn: EntryDn::new(format!("uid={login},ou=people")),
        display_name: login.clone(),
        person_words: Vec::new(),
        wecom: WecomUserId::parse(&format!("Member{number}")),
        language: None,
        standing: Standing::Eligible,
        age: PasswordAge {
            expires_at: Some(ends),
            ..PasswordAge::default()
        },
        demands: DirectoryPolicy::default(),
        login,
    }
}

#[tokio::test(start_paused = true)]
async fn a_company_is_reminded_slowly_within_the_hours_and_nobody_twice() {
    let world = World::new(11, Faults::default());
    let start = world.now().wall;
    let ends = start.plus(Duration::from_secs(7 * 86_400));
    let accounts: Vec<_> = (0..MEMBERS).map(|number| member(number, ends)).collect();
    let expiring = accounts.iter().map(|account| Expiring {
        key: account.key.clone(),
        dn: account.dn.clone(),
        login: account.login.clone(),
        ends,
        has_wecom: true,
    });
    let expiring = expiring.collect();
    let people = People::new(&world, accounts, Arc::new(|_| true));
    let wecom = Arc::new(Watched {
        people: people.clone(),
        world: world.clone(),
        reminders: Mutex::default(),
    });
    let store = MemoryStore::new(SiteKey::new([7; 32]), Arc::new(world.clone()));
    let (_close, closing) = watch::channel(false);
    let reminding = Reminding {
        directory: Arc::new(people),
        expiries: Arc::new(AllAtOnce(expiring)),
        messenger: wecom.clone(),
        reminders: Some(Arc::new(store)),
        clock: Arc::new(world.clone()),
        entropy: Arc::new(world.clone()),
        timetable: Timetable {
            days: vec![7],
            from: HOURS.0,
            until: HOURS.1,
        },
        max_age: Duration::from_secs(120 * 86_400),
        form: "https://reset.contoso.example".to_owned(),
        closing,
    };
    let utc = |_: Timestamp| Offsets {
        first: 0,
        changes: Vec::new(),
    };
    let days = Duration::from_secs(5 * 86_400);
    let reminding = keep_reminding(reminding, utc);
    assert!(tokio::time::timeout(days, reminding).await.is_err());

    let told = wecom.reminders.lock().unwrap();
    let whole_days: Vec<i64> = told.iter().map(|(at, _)| at.as_millis() / DAY).collect();
    assert_ne!(whole_days.first(), whole_days.last(), "not in one day");
    for (at, _) in told.iter() {
        let minute = at.as_millis() % DAY / MINUTE;
        assert!(
            (HOURS.0.into()..HOURS.1.into()).contains(&minute),
            "{minute}"
        );
    }
    let pause = i64::try_from(REMINDER_EVERY.as_millis()).unwrap();
    let between = told
        .windows(2)
        .map(|two| two[1].0.as_millis() - two[0].0.as_millis());
    assert!(between.min().unwrap() >= pause);
    let mut names: Vec<&str> = told.iter().map(|(_, to)| to.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!((names.len(), told.len()), (MEMBERS, MEMBERS));
}
