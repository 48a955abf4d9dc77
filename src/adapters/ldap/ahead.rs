//! Connections for proving binds, opened while the entry is read a last time: TLS takes longer
//! than the change that they will prove, and nobody has to wait for it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::servers::REST;
use super::session::{Budget, Fault, Session};
use super::settings::Address;
use crate::domain::account::EntryDn;

/// No more than so many rest; further proving binds open their own.
const MOST: usize = 64;

/// A connection that is being opened, or rests; and since when.
struct Opening {
    task: JoinHandle<Result<Session, Fault>>,
    since: Instant,
}

/// What was opened ahead, by the server's address and the entry that will bind.
#[derive(Default)]
pub(super) struct Ahead(Mutex<HashMap<(String, EntryDn), Opening>>);

impl Ahead {
    /// Begins to open a connection for the bind of `dn`.
    pub(super) fn open(&self, dn: &EntryDn, address: &Address) {
        let mut opened = self.opened();
        // What was never asked for: the change did not come about.
        opened.retain(|_, opening| opening.since.elapsed() < REST);
        if opened.len() < MOST {
            let key = (address.url.clone(), dn.clone());
            let address = address.clone();
            let opening = Opening {
                task: tokio::spawn(async move { Session::open(&address, Budget::start()).await }),
                since: Instant::now(),
            };
            opened.insert(key, opening);
        }
    }

    /// The connection that was opened for `dn`, or a new one.
    pub(super) async fn take(&self, dn: &EntryDn, address: &Address) -> Result<Session, Fault> {
        let opening = self.opened().remove(&(address.url.clone(), dn.clone()));
        if let Some(opening) = opening
            && opening.since.elapsed() < REST
            && let Ok(Ok(mut session)) = opening.task.await
            && !session.is_closed()
        {
            return Ok(session.again(Budget::start()));
        }
        // There was none, or it could not be opened: whoever asks learns why.
        Session::open(address, Budget::start()).await
    }

    /// Drops the connection that was opened for `dn`: a server that has not answered the change yet
    /// may read what comes on another connection first, and would judge the bind by the old
    /// password. A handshake waits for the server as the change does.
    pub(super) fn forget(&self, dn: &EntryDn, address: &Address) {
        if let Some(opening) = self.opened().remove(&(address.url.clone(), dn.clone())) {
            opening.task.abort();
        }
    }

    /// Never held across an await; what it guards is whole at any time.
    fn opened(&self) -> MutexGuard<'_, HashMap<(String, EntryDn), Opening>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
