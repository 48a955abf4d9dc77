//! The chat "Reset Password" as it is served, by two processes of the program, and members who
//! write to it and press its buttons; WeCom brings everything four times.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use rekey::domain::account::WecomUserId;
use rekey::domain::code::Place;
use rekey::domain::secret::ChatText;
use rekey::domain::time::Timestamp;
use rekey::flow::callback::{
    CallbackRefusal, Callbacks, CardPress, Delivery, DeliveryKey, Envelope, Happening,
};
use rekey::flow::grant::Lasting;
use rekey::flow::message::{CardBody, CardButton};
use rekey::flow::ports::{Clock, Identity, NotVouched};
use rekey::flow::vouched::Vouched;
use rekey::fronts::chat::{Chat, ChatSettings, ChatWords, Passwords};
use rekey::sim::world::World;
use rekey::text::{Language, Texts};
use zeroize::Zeroizing;

use crate::Company;
use crate::actors::{Actor, Visit, count};

/// Where links lead.
const PUBLIC_URL: &str = "https://reset.contoso.example";
/// How often each thing is delivered.
const DELIVERIES: usize = 4;

/// Something that a member wrote.
#[derive(Clone)]
pub struct Written {
    pub by: &'static str,
    pub password: Option<String>,
    /// They were no member any more.
    pub too_late: bool,
    key: String,
    text: String,
}

/// The chat of a company.
pub struct Room {
    pub passwords: Passwords,
    pub written: Mutex<Vec<Written>>,
    processes: [Chat; 2],
    members: Arc<Members>,
    /// What is being done.
    at_work: Arc<AtomicUsize>,
}

/// Whom WeCom knows.
struct Members {
    world: World,
    left: Mutex<BTreeSet<String>>,
}

#[async_trait]
impl Identity for Members {
    fn sign_in(&self, redirect: &str, _state: &str) -> String {
        redirect.to_owned()
    }

    async fn who(&self, _code: &str) -> Result<Vouched, NotVouched> {
        Err(NotVouched::Again)
    }

    async fn still(&self, vouched: &Vouched) -> Result<(), NotVouched> {
        if self.world.happens(|faults| faults.channel_down) {
            return Err(NotVouched::ChannelDown("simulated".to_owned()));
        }
        match lock(&self.left).contains(vouched.userid().as_str()) {
            true => Err(NotVouched::NotActive),
            false => Ok(()),
        }
    }
}

/// Deliveries come to this chat opened.
struct Opened;

impl Callbacks for Opened {
    fn verify(
        &self,
        _envelope: &Envelope<'_>,
        _echo: &str,
        _now: Timestamp,
    ) -> Result<String, CallbackRefusal> {
        Err(CallbackRefusal::Malformed)
    }

    fn open(
        &self,
        _envelope: &Envelope<'_>,
        _body: &[u8],
        _now: Timestamp,
    ) -> Result<Delivery, CallbackRefusal> {
        Err(CallbackRefusal::Malformed)
    }
}

impl Room {
    pub fn open(company: &Company) -> Self {
        let passwords = match company.world.below(5) {
            0 => Passwords::Off,
            1 | 2 => Passwords::Allow,
            _ => Passwords::Temporary,
        };
        let members = Arc::new(Members {
            world: company.world.clone(),
            left: Mutex::default(),
        });
        let at_work = Arc::new(AtomicUsize::new(0));
        let process = |_| chat(company, passwords, &members, &at_work);
        Self {
            passwords,
            written: Mutex::default(),
            processes: [0, 1].map(process),
            members,
            at_work,
        }
    }

    /// The program was started again; WeCom brings what it has brought before.
    pub async fn restarted(self, company: &Company) -> Self {
        let members = Arc::new(Members {
            world: company.world.clone(),
            left: Mutex::new(lock(&self.members.left).clone()),
        });
        let at_work = Arc::new(AtomicUsize::new(0));
        let process = |_| chat(company, self.passwords, &members, &at_work);
        let room = Self {
            processes: [0, 1].map(process),
            members,
            at_work,
            ..self
        };
        let written = lock(&room.written).clone();
        for one in &written {
            let text = one.text.clone();
            room.brings(company, one.by, &one.key, move || wrote(&text))
                .await;
        }
        room
    }

    /// Brings one thing several times, to either process.
    async fn brings(&self, company: &Company, by: &str, key: &str, what: impl Fn() -> Happening) {
        let deliveries = (0..DELIVERIES).map(|n| {
            let later = Duration::from_millis(company.world.below(4000));
            let delivery = Delivery {
                key: DeliveryKey(key.to_owned()),
                from: Vouched::by_channel(WecomUserId::parse(by).expect("a userid")),
                at: company.world.now().wall,
                what: what(),
            };
            async move {
                tokio::time::sleep(later).await;
                // What was not taken is lost, unless it is brought again.
                let _taken = self.processes[n % 2].deliver(delivery).await;
            }
        });
        futures_util::future::join_all(deliveries).await;
        self.is_idle().await;
    }

    async fn writes(&self, company: &Company, by: &'static str, text: &str) {
        let key = format!("message {}", company.world.below(u64::MAX));
        let password = text
            .strip_prefix("#resetpassword#")
            .filter(|rest| !rest.is_empty());
        let written = Written {
            by,
            password: password.map(str::to_owned),
            too_late: lock(&self.members.left).contains(by),
            key: key.clone(),
            text: text.to_owned(),
        };
        lock(&self.written).push(written);
        self.brings(company, by, &key, || wrote(text)).await;
    }

    /// Waits until nothing is being done: no change may be under way when the run is judged.
    async fn is_idle(&self) {
        while self.at_work.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

fn wrote(text: &str) -> Happening {
    Happening::Wrote(ChatText::new(Zeroizing::new(text.to_owned())))
}

fn chat(
    company: &Company,
    passwords: Passwords,
    members: &Arc<Members>,
    at_work: &Arc<AtomicUsize>,
) -> Chat {
    static TEXTS: OnceLock<Arc<Texts>> = OnceLock::new();
    let place = Place {
        front: "chat",
        kiosk: "WeCom".to_owned(),
    };
    let at_work = Arc::clone(at_work);
    Chat::new(ChatSettings {
        ports: company.ports.clone(),
        resets: company.resets_at(place.clone()),
        place,
        code: company.rules,
        callbacks: Arc::new(Opened),
        identity: members.clone(),
        words: ChatWords {
            texts: TEXTS.get_or_init(|| Arc::new(Texts::load())).clone(),
            site: "Contoso".to_owned(),
            it_phone: None,
            zone: jiff::tz::TimeZone::UTC,
            languages: vec![Language::English],
            passwords,
        },
        public_url: PUBLIC_URL.to_owned(),
        spawn: Box::new(move |work| {
            let at_work = Arc::clone(&at_work);
            at_work.fetch_add(1, Ordering::SeqCst);
            drop(tokio::spawn(async move {
                work.await;
                at_work.fetch_sub(1, Ordering::SeqCst);
            }));
        }),
    })
}

/// What somebody does in the chat.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Writes a new password.
    Password,
    /// Asks for the link and uses it, twice.
    Link,
    /// Did not find the code of a kiosk, and asks for it.
    CodeAgain,
    /// Writes, leaves the company, and writes again.
    Leaves,
    /// Says "not me" of what comes, freezes, and thaws by the form.
    Objects,
}

/// One member's time in the chat.
pub struct ChatVisit {
    pub doing: Doing,
    /// Stands at a kiosk meanwhile, or opens the form.
    pub visit: Visit,
}

impl ChatVisit {
    pub fn new(company: &Company) -> Self {
        let doing = match company.world.below(6) {
            0 | 1 => Doing::Password,
            2 => Doing::Link,
            3 => Doing::CodeAgain,
            4 => Doing::Leaves,
            _ => Doing::Objects,
        };
        let actor = match doing {
            Doing::CodeAgain => Actor::Careful,
            _ => Actor::Chatting,
        };
        let visit = Visit::new(70, actor, "lobby-1".to_owned(), company);
        Self { doing, visit }
    }

    pub async fn live(&mut self, company: &Company, room: &Room) {
        tokio::time::sleep(Duration::from_millis(company.world.below(4000))).await;
        let (login, phone) = self.visit.employee();
        let password = |n: u32| format!("#resetpassword#{login} writes password {n}");
        match self.doing {
            Doing::Password => room.writes(company, phone, &password(1)).await,
            Doing::Link => {
                room.writes(company, phone, "#resetpassword#").await;
                self.opens_link(company).await;
            }
            Doing::CodeAgain => {
                let asks = async {
                    tokio::time::sleep(Duration::from_millis(company.world.below(9000))).await;
                    room.writes(company, phone, "#code#").await;
                };
                tokio::join!(self.visit.live(company), asks);
            }
            Doing::Leaves => {
                if company.world.below(2) == 0 {
                    room.writes(company, phone, &password(1)).await;
                }
                lock(&room.members.left).insert(phone.to_owned());
                room.writes(company, phone, &password(2)).await;
                room.writes(company, phone, "#resetpassword#").await;
            }
            Doing::Objects => {
                room.writes(company, phone, &password(1)).await;
                self.presses(company, room).await;
                room.writes(company, phone, &password(2)).await;
                self.opens_link(company).await;
            }
        }
        room.is_idle().await;
    }

    /// Presses every button there is, "not me" before the freeze.
    async fn presses(&self, company: &Company, room: &Room) {
        let phone = self.visit.employee().1;
        let userid = WecomUserId::parse(phone).expect("a userid");
        for _ in 0..2 {
            for card in company.people.cards(&userid) {
                let button = match card.body {
                    CardBody::IsItYou { .. } => CardButton::NotMe,
                    CardBody::Freeze { .. } => CardButton::Freeze,
                };
                let key = format!("press {}", card.id.as_str());
                let press = || {
                    Happening::CardPressed(CardPress {
                        task: card.id.as_str().to_owned(),
                        key: button.as_str().to_owned(),
                        ticket: "ticket".to_owned(),
                    })
                };
                room.brings(company, phone, &key, press).await;
                count("a button was pressed in the chat");
            }
        }
    }

    /// Opens the newest link in two windows at once, and sets a password in the one that is left.
    async fn opens_link(&mut self, company: &Company) {
        let userid = WecomUserId::parse(self.visit.employee().1).expect("a userid");
        let inbox = company.people.inbox(&userid);
        let Some(token) = inbox
            .iter()
            .rev()
            .find_map(|m| token_in(m.words.as_deref()?))
        else {
            return;
        };
        let links = &company.ports.links;
        let now = company.world.now().wall;
        let (one, other) = tokio::join!(
            links.use_up_link(&token, now),
            links.use_up_link(&token, now)
        );
        let used = [one, other]
            .iter()
            .filter(|used| **used == Ok(true))
            .count();
        assert!(used <= 1, "a link works once");
        if used == 1 {
            count("a link from the chat was used");
            self.visit
                .vouched_at("web", Lasting::ByPolicy, company)
                .await;
        }
    }
}

/// The token of the link in an answer.
pub fn token_in(words: &str) -> Option<String> {
    let (_, after) = words.split_once(&format!("{PUBLIC_URL}/l/"))?;
    Some(
        after
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect(),
    )
}

pub fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
