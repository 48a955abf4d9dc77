//! An LDAP server in this process, as slapd with its password policy overlay behaves (the facts
//! are slapd 2.5's), for `rekey demo` and tests. Plain LDAP on loopback, in memory.

mod dn;
mod entry;
mod filter;
mod password;
mod ppolicy;
mod session;
mod tree;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{SinkExt, StreamExt};
use ldap3_proto::LdapCodec;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::codec::Framed;

use crate::domain::time::Timestamp;
use crate::flow::ports::{Clock, Entropy};
use dn::NormalDn;
use session::{Next, Session};
use tree::Tree;

pub use entry::{SeedEntry, SeedPassword};
pub use tree::LdapSetup;

/// The largest request that is read, in bytes.
const MAX_REQUEST: usize = 16 * 1024;
/// How deep a request may be nested: filters, mostly.
const MAX_DEPTH: usize = 16;
/// Connections at once.
const MAX_CONNECTIONS: usize = 64;

/// Where the connection breaks at the next change; then the fault is over.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum BreakAt {
    /// Before anything is changed.
    BeforeChange,
    /// After the change, before its answer.
    AfterChange,
}

struct Shared {
    tree: Mutex<Tree>,
    clock: Arc<dyn Clock>,
    frozen: watch::Sender<bool>,
    break_at: Mutex<Option<BreakAt>>,
    connections: Semaphore,
}

impl Shared {
    fn tree(&self) -> MutexGuard<'_, Tree> {
        self.tree.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn break_at(&self) -> MutexGuard<'_, Option<BreakAt>> {
        self.break_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running simulated directory; it ends with this handle.
pub struct SimLdap {
    shared: Arc<Shared>,
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl SimLdap {
    /// Starts the server on a free loopback port.
    ///
    /// # Errors
    /// When no port can be opened.
    pub async fn start(
        setup: LdapSetup,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            tree: Mutex::new(Tree::new(setup, entropy, clock.now().wall)),
            clock,
            frozen: watch::Sender::new(false),
            break_at: Mutex::new(None),
            connections: Semaphore::new(MAX_CONNECTIONS),
        });
        let server = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self {
            shared,
            address,
            server,
        })
    }

    /// `ldap://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("ldap://{}", self.address)
    }

    /// Freezes the server: it takes connections and requests and answers none, as a stopped
    /// process does. Thawed, it answers what piled up.
    pub fn freeze(&self, frozen: bool) {
        self.shared.frozen.send_replace(frozen);
    }

    /// Breaks the connection at the next change.
    pub fn break_next_change(&self, at: BreakAt) {
        *self.shared.break_at() = Some(at);
    }

    /// The state of an account's password; `None` without such an entry.
    pub fn password(&self, dn: &str) -> Option<PasswordSummary> {
        let dn = NormalDn::parse(dn)?;
        self.shared
            .tree()
            .password(&dn, self.shared.clock.now().wall)
    }

    /// An entry's attribute as it is now, operational ones too, to look behind the protocol's
    /// back. Empty without the entry or the attribute.
    pub fn attribute(&self, dn: &str, name: &str) -> Vec<String> {
        NormalDn::parse(dn)
            .and_then(|dn| {
                self.shared
                    .tree()
                    .entry(&dn)
                    .map(|entry| entry.values(name))
            })
            .unwrap_or_default()
    }
}

/// An account's password, seen from inside the server.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct PasswordSummary {
    /// When it was last changed.
    pub changed_at: Option<Timestamp>,
    /// When it expires.
    pub expires_at: Option<Timestamp>,
    /// Binds are refused just now, whatever the password.
    pub locked: bool,
}

impl Drop for SimLdap {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // The set ends its tasks with this one.
    let mut conversations = JoinSet::new();
    loop {
        while conversations.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        // Too many at once: the newest is closed.
        let shared = Arc::clone(&shared);
        conversations.spawn(async move {
            if let Ok(_place) = shared.connections.try_acquire() {
                converse(stream, &shared).await;
            }
        });
    }
}

/// One connection, until it is closed or says something that is not LDAP.
async fn converse(stream: TcpStream, shared: &Shared) {
    let _ = stream.set_nodelay(true);
    let codec = LdapCodec::new(Some(MAX_REQUEST), Some(MAX_DEPTH));
    let mut framed = Framed::new(stream, codec);
    let mut session = Session::default();
    let mut frozen = shared.frozen.subscribe();
    while let Some(Ok(request)) = framed.next().await {
        if frozen.wait_for(|frozen| !frozen).await.is_err() {
            return;
        }
        let breaks = match session::is_change(&request.op) {
            true => shared.break_at().take(),
            false => None,
        };
        if breaks == Some(BreakAt::BeforeChange) {
            return;
        }
        let now = shared.clock.now().wall;
        let next = session.handle(&mut shared.tree(), request, now);
        let Next::Reply(replies) = next else {
            return;
        };
        if breaks == Some(BreakAt::AfterChange) {
            return;
        }
        for reply in replies {
            if framed.feed(reply).await.is_err() {
                return;
            }
        }
        if framed.flush().await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
