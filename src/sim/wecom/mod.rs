//! A WeCom on loopback that speaks the real HTTP API, as far as rekey calls it, with switches for
//! everything that goes wrong there.

mod callbacks;
mod cards;
mod chat;
mod faults;
mod routes;
mod seal;
mod sign_in;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::flow::ports::{Clock, Entropy};

pub use callbacks::Handed;
pub use cards::SimCard;
pub use chat::{ChatMessage, Member};
pub use faults::Faults;
pub use seal::CallbackKeys;

use cards::Tickets;
use chat::Chats;
pub(super) use chat::Entry;
pub(super) use routes::MenuEntry;
pub(super) use sign_in::{HOLDER_COOKIE, holder_in};

/// How long [`SimWecom::next_message`] waits.
const MESSAGE_WAIT: Duration = Duration::from_secs(10);

/// The company's app, as its administrator set it up at WeCom.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SimApp {
    /// The company's id.
    pub corp_id: String,
    /// The app's number.
    pub agent_id: i64,
    /// The app's secret: a made-up one, so it may be printed.
    pub secret: String,
    /// What its callbacks are signed and sealed with.
    pub callback: CallbackKeys,
}

impl Default for SimApp {
    fn default() -> Self {
        Self {
            corp_id: "ww1234567890abcdef".to_owned(),
            agent_id: 1_000_002,
            secret: "a-simulated-app-secret".to_owned(),
            callback: CallbackKeys::default(),
        }
    }
}

/// Everything the simulated WeCom knows; shared with the phone's page.
pub(super) struct Shared {
    app: SimApp,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    state: Mutex<State>,
    arrived: Notify,
}

#[derive(Default)]
struct State {
    chats: Chats,
    faults: Faults,
    /// The app's trusted domain: host and port.
    trusted: Option<(String, u16)>,
    /// The app's home page, what a tap on its tile opens.
    home: String,
    reports_entering: bool,
    menu: Vec<MenuEntry>,
    /// Where callbacks go.
    callback: Option<String>,
    held: Vec<callbacks::Act>,
    last_message: u64,
    tickets: Tickets,
    codes: sign_in::Codes,
    /// Whose phone a browser is that brings no cookie.
    holder: Option<String>,
    token: Option<routes::IssuedToken>,
    token_calls: u32,
    calls: u32,
    unanswered: u32,
}

impl State {
    /// As `agent/get` shows it.
    fn trusted_domain(&self) -> String {
        match &self.trusted {
            Some((host, 443)) => host.clone(),
            Some((host, port)) => format!("{host}:{port}"),
            None => String::new(),
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All messages still to be seen on phones, newest first, with their receivers' names.
    pub(super) fn feed(&self) -> Vec<(String, ChatMessage)> {
        self.lock().chats.feed()
    }

    /// A member's chat with the app, oldest first.
    pub(super) fn chat(&self, userid: &str) -> Vec<Entry> {
        self.lock().chats.chat(userid)
    }

    /// Whose phone a browser is that brings no cookie.
    pub(super) fn set_holder(&self, userid: Option<String>) {
        self.lock().holder = userid;
    }

    /// The app's menu.
    pub(super) fn menu(&self) -> Vec<MenuEntry> {
        self.lock().menu.clone()
    }

    /// The app's home page; empty when it has none.
    pub(super) fn home(&self) -> String {
        self.lock().home.clone()
    }

    /// Whether the app takes what members do.
    pub(super) fn has_callback(&self) -> bool {
        self.lock().callback.is_some()
    }
}

/// A running simulated WeCom; it ends with this handle.
pub struct SimWecom {
    shared: Arc<Shared>,
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl SimWecom {
    /// Starts the server on a free loopback port.
    ///
    /// # Errors
    /// When no port can be opened.
    pub async fn start(
        app: SimApp,
        members: Vec<Member>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> io::Result<Self> {
        Self::start_with(app, members, clock, entropy, |_| axum::Router::new()).await
    }

    /// As [`SimWecom::start`], with more pages on the same port: the phone's.
    pub(super) async fn start_with(
        app: SimApp,
        members: Vec<Member>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        pages: impl FnOnce(Arc<Shared>) -> axum::Router,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            app,
            clock,
            entropy,
            state: Mutex::new(State {
                chats: Chats::new(members),
                reports_entering: true,
                ..State::default()
            }),
            arrived: Notify::new(),
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let router = routes::router(Arc::clone(&shared)).merge(pages(Arc::clone(&shared)));
        let server = tokio::spawn(async move {
            // Serving on loopback ends only with the task itself.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            shared,
            address,
            server,
        })
    }

    /// The base address, for `[wecom] api`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The app this WeCom knows.
    pub fn app(&self) -> &SimApp {
        &self.shared.app
    }

    /// Enters an address of this app's at WeCom: its home page, whose host and port become the
    /// trusted domain.
    ///
    /// # Errors
    /// When `home` is no address.
    pub fn set_home(&self, home: &str) -> Result<(), url::ParseError> {
        let url = url::Url::parse(home)?;
        let mut state = self.shared.lock();
        state.trusted = sign_in::origin(&url);
        state.home = url.into();
        Ok(())
    }

    /// The app's menu: each entry's key and name.
    pub fn menu(&self) -> Vec<(String, String)> {
        let menu = self.shared.menu().into_iter();
        menu.map(|entry| (entry.key, entry.name)).collect()
    }

    /// Makes `userid` the holder of the phone that opens a page without the phone's cookie.
    /// Whoever is no member is a stranger with consumer WeChat; a name with a `/` belongs to a
    /// linked company.
    pub fn set_holder(&self, userid: &str) {
        self.shared.lock().holder = Some(userid.to_owned());
    }

    /// Changes a member: `sim.set_member("LinWei", |member| member.status = 5)`.
    pub fn set_member(&self, userid: &str, change: impl FnOnce(&mut Member)) {
        if let Some(member) = self.shared.lock().chats.member_mut(userid) {
            change(member);
        }
    }

    /// Whether WeCom tells of each opening of the chat; it does at first.
    pub fn set_reports_entering(&self, reports: bool) {
        self.shared.lock().reports_entering = reports;
    }

    /// Changes the faults: `sim.set_faults(|f| f.down = true)`.
    pub fn set_faults(&self, change: impl FnOnce(&mut Faults)) {
        change(&mut self.shared.lock().faults);
    }

    /// All messages a member's phone holds, oldest first, recalled ones too.
    pub fn inbox(&self, userid: &str) -> Vec<ChatMessage> {
        self.shared.lock().chats.inbox(userid)
    }

    /// All cards a member's phone holds, oldest first, recalled ones too.
    pub fn cards(&self, userid: &str) -> Vec<SimCard> {
        self.shared.lock().chats.cards(userid)
    }

    /// The oldest message of `userid` that this call has not returned yet; waits for one to
    /// arrive. `None` when none came within ten seconds.
    pub async fn next_message(&self, userid: &str) -> Option<ChatMessage> {
        self.next(|chats| chats.take_next(userid)).await
    }

    /// The same of cards.
    pub async fn next_card(&self, userid: &str) -> Option<SimCard> {
        self.next(|chats| chats.take_next_card(userid)).await
    }

    async fn next<T>(&self, mut take: impl FnMut(&mut Chats) -> Option<T>) -> Option<T> {
        let arrival = async {
            loop {
                let notified = self.shared.arrived.notified();
                tokio::pin!(notified);
                // Listening starts before looking, so that nothing slips in between.
                notified.as_mut().enable();
                if let Some(found) = take(&mut self.shared.lock().chats) {
                    return found;
                }
                notified.await;
            }
        };
        tokio::time::timeout(MESSAGE_WAIT, arrival).await.ok()
    }

    /// Makes every access token worthless at once, as WeCom sometimes does.
    pub fn forget_tokens(&self) {
        self.shared.lock().token = None;
    }

    /// How often `gettoken` was called.
    pub fn token_calls(&self) -> u32 {
        self.shared.lock().token_calls
    }

    /// How many messages were held back for ever.
    pub fn unanswered(&self) -> u32 {
        self.shared.lock().unanswered
    }

    /// How often anything else was called.
    pub fn calls(&self) -> u32 {
        self.shared.lock().calls
    }
}

impl Drop for SimWecom {
    fn drop(&mut self) {
        self.server.abort();
    }
}
