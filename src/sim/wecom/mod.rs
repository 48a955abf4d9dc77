//! A WeCom on loopback that speaks the real HTTP API, as far as rekey calls it, with switches for
//! everything that goes wrong there.

mod chat;
mod faults;
mod routes;
mod seal;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::flow::ports::{Clock, Entropy};

pub use chat::{ChatMessage, Member};
pub use faults::Faults;
pub use seal::CallbackKeys;

use chat::Chats;

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
}

impl Default for SimApp {
    fn default() -> Self {
        Self {
            corp_id: "ww1234567890abcdef".to_owned(),
            agent_id: 1_000_002,
            secret: "a-simulated-app-secret".to_owned(),
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

struct State {
    chats: Chats,
    faults: Faults,
    token: Option<routes::IssuedToken>,
    token_calls: u32,
    calls: u32,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All messages still to be seen on phones, newest first, with their receivers' names.
    pub(super) fn feed(&self) -> Vec<(String, ChatMessage)> {
        self.lock().chats.feed()
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
                faults: Faults::default(),
                token: None,
                token_calls: 0,
                calls: 0,
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

    /// Changes the faults: `sim.set_faults(|f| f.down = true)`.
    pub fn set_faults(&self, change: impl FnOnce(&mut Faults)) {
        change(&mut self.shared.lock().faults);
    }

    /// All messages a member's phone holds, oldest first, recalled ones too.
    pub fn inbox(&self, userid: &str) -> Vec<ChatMessage> {
        self.shared.lock().chats.inbox(userid)
    }

    /// The oldest message of `userid` that this call has not returned yet; waits for one to
    /// arrive. `None` when none came within ten seconds.
    pub async fn next_message(&self, userid: &str) -> Option<ChatMessage> {
        let arrival = async {
            loop {
                let notified = self.shared.arrived.notified();
                tokio::pin!(notified);
                // Listening starts before looking, so that nothing slips in between.
                notified.as_mut().enable();
                if let Some(message) = self.shared.lock().chats.take_next(userid) {
                    return message;
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
