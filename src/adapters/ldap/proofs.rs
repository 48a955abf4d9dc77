//! A server's connections for proving binds. TLS takes longer than the change that a bind proves:
//! so one is opened while the entry is read a last time, and after a bind it rests for the next one.
//!
//! A bind changes who a connection speaks for: so nothing but binds is ever asked on these, and none
//! rests for long.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ldap3::LdapResult;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::resting::{Resting, UNUSED_MAX};
use super::session::{Budget, Fault, Session};
use super::settings::Address;
use crate::domain::account::EntryDn;
use crate::domain::secret::Password;

/// No more than so many wait for their bind; further ones open their own.
const MOST_WAITING: usize = 64;

/// The connections that wait for a bind, by the entry that will bind, and those that rest.
#[derive(Default)]
pub(super) struct Proofs {
    waiting: Mutex<HashMap<EntryDn, Opening>>,
    resting: Resting,
}

/// A connection that is being opened, or open; and since when.
struct Opening {
    task: JoinHandle<Result<Session, Fault>>,
    since: Instant,
}

impl Proofs {
    /// Sees to it that there will be a connection for the bind of `dn`.
    pub(super) fn prepare(&self, dn: &EntryDn, address: &Address) {
        let mut waiting = self.waiting();
        // What was never asked for: the change did not come about.
        waiting.retain(|_, opening| opening.since.elapsed() < UNUSED_MAX);
        if waiting.len() >= MOST_WAITING || waiting.contains_key(dn) {
            return;
        }
        let rested = self.resting.take();
        let address = address.clone();
        let opening = Opening {
            task: tokio::spawn(async move {
                match rested {
                    Some(session) => Ok(session),
                    None => Session::open(&address, Budget::start()).await,
                }
            }),
            since: Instant::now(),
        };
        waiting.insert(dn.clone(), opening);
    }

    /// Binds as `dn`, on the connection that was prepared for it or on a new one.
    pub(super) async fn bind(
        &self,
        dn: &EntryDn,
        address: &Address,
        password: &Password,
    ) -> Result<LdapResult, Fault> {
        if let Some(mut session) = self.prepared(dn).await {
            let bound = session.bind(dn.as_str(), password.expose()).await;
            // Otherwise the server has closed it meanwhile, which says nothing about now.
            if !matches!(bound, Err(Fault::NotSent(_) | Fault::Gone(_))) {
                return self.rest_after(bound, session);
            }
        }
        let mut session = Session::open(address, Budget::start()).await?;
        let bound = session.bind(dn.as_str(), password.expose()).await;
        self.rest_after(bound, session)
    }

    /// Drops the connection that was prepared for `dn`, and those that rest: a server that has not
    /// answered the change yet may read what comes on another connection first, and would judge the
    /// bind by the old password. A new handshake waits for the server as the change does.
    pub(super) fn forget(&self, dn: &EntryDn) {
        self.resting.clear();
        if let Some(opening) = self.waiting().remove(dn) {
            opening.task.abort();
        }
    }

    async fn prepared(&self, dn: &EntryDn) -> Option<Session> {
        let opening = self.waiting().remove(dn)?;
        if opening.since.elapsed() >= UNUSED_MAX {
            return None;
        }
        // One that could not be opened: whoever opens the next learns why.
        let mut session = opening.task.await.ok()?.ok()?;
        (!session.is_closed()).then(|| session.again(Budget::start()))
    }

    fn rest_after(
        &self,
        bound: Result<LdapResult, Fault>,
        session: Session,
    ) -> Result<LdapResult, Fault> {
        if bound.is_ok() {
            self.resting.put(session);
        }
        bound
    }

    /// Never held across an await; what it guards is whole at any time.
    fn waiting(&self) -> MutexGuard<'_, HashMap<EntryDn, Opening>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
