//! The configured servers: tried in order, the ones that were just found dead last.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use ldap3::LdapResult;
use tokio::time::Instant;

use super::proofs::Proofs;
use super::resting::{Resting, UNUSED_MAX};
use super::session::{Budget, Fault, Session, bind_service};
use super::settings::Address;
use crate::domain::account::EntryDn;
use crate::domain::limits;
use crate::domain::secret::{Credential, Password};
use crate::flow::ports::{Act, DirectoryDown, ServerUrl};

/// How long a dead server is asked last.
const DOWN_FOR: Duration = Duration::from_secs(10);
/// How long all servers together may take; less than the driver's own patience.
const PATIENCE: Duration = limits::DIRECTORY_TIMEOUT.saturating_mul(4);

/// Something to ask a server. Asked again, from the start, when a kept connection turns out to
/// be over: it must change nothing.
#[async_trait]
pub(super) trait Question: Sync {
    /// What comes back.
    type Answer: Send;

    /// Asks, on a connection that is bound as the service account.
    async fn ask(&self, session: &mut Session) -> Result<Self::Answer, Fault>;
}

/// All servers, and who rekey is to them.
pub(super) struct Servers {
    all: Vec<Server>,
    bind_dn: String,
    bind_password: Credential,
}

/// One server and what is known of it.
pub(super) struct Server {
    address: Address,
    state: Mutex<State>,
    /// Service connections for changes. A server may work off what comes on one connection one after
    /// the other, and a change takes long: nobody's question, and no other change, waits behind it.
    changers: Resting,
    /// For proving binds.
    proofs: Proofs,
}

#[derive(Default)]
struct State {
    /// The kept service connection, and when it was last used.
    kept: Option<(Session, Instant)>,
    /// When it was found dead.
    down_since: Option<Instant>,
}

impl Servers {
    pub(super) fn new(addresses: Vec<Address>, bind_dn: String, bind_password: Credential) -> Self {
        let server = |address| Server {
            address,
            state: Mutex::default(),
            changers: Resting::default(),
            proofs: Proofs::default(),
        };
        Self {
            all: addresses.into_iter().map(server).collect(),
            bind_dn,
            bind_password,
        }
    }

    /// Asks the first server that answers.
    pub(super) async fn ask<Q: Question>(
        &self,
        question: &Q,
    ) -> Result<(Q::Answer, ServerUrl), DirectoryDown> {
        self.ask_in_order(self.in_order(None), question).await
    }

    /// Asks `first` if it is among them, then the others.
    pub(super) async fn ask_first<Q: Question>(
        &self,
        first: &ServerUrl,
        question: &Q,
    ) -> Result<(Q::Answer, ServerUrl), DirectoryDown> {
        self.ask_in_order(self.in_order(Some(first)), question)
            .await
    }

    /// The server with this address.
    pub(super) fn named(&self, url: &ServerUrl) -> Option<&Server> {
        self.all.iter().find(|server| server.address.url == url.0)
    }

    /// Every server, as configured.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Server> {
        self.all.iter()
    }

    /// Asks one server before a change. The connection comes back with the answer, for the change
    /// has to follow on the very same one; [`Server::rest`] takes it back.
    pub(super) async fn ask_to_change<Q: Question>(
        &self,
        server: &Server,
        question: &Q,
    ) -> Result<(Q::Answer, Session), Fault> {
        if let Some(mut rested) = server.changers.take() {
            match question.ask(&mut rested).await {
                // The server closed it, perhaps long ago: that says nothing about now.
                Err(Fault::NotSent(_) | Fault::Gone(_)) => server.changers.clear(),
                answer => return answer.map(|answer| (answer, rested)),
            }
        }
        let mut fresh = self.open(server, Budget::start()).await?;
        let answer = question.ask(&mut fresh).await?;
        Ok((answer, fresh))
    }

    /// Sees to it that the first server will have connections for a change of `dn` and, where the
    /// password is changed, for the bind that proves it. Whatever goes wrong is met then.
    pub(super) async fn prepare(&self, dn: &EntryDn, act: Act) {
        let Some(server) = self.in_order(None).into_iter().next() else {
            return;
        };
        if act == Act::SetPassword {
            server.proofs.prepare(dn, &server.address);
        }
        if server.changers.is_empty()
            && let Ok(session) = self.open(server, Budget::start()).await
        {
            server.changers.put(session);
        }
    }

    /// Asks one server, on its kept connection or a new one.
    async fn ask_at<Q: Question>(&self, server: &Server, question: &Q) -> Result<Q::Answer, Fault> {
        let budget = Budget::start();
        if let Some(mut kept) = server.kept(budget) {
            match question.ask(&mut kept).await {
                // The server closed it, perhaps long ago: that says nothing about now.
                Err(Fault::NotSent(_) | Fault::Gone(_)) => server.forget(),
                other => return server.remember(other, kept, budget),
            }
        }
        let mut fresh = match self.open(server, budget).await {
            Ok(session) => session,
            Err(fault) => {
                server.note(&fault);
                return Err(fault);
            }
        };
        let answer = question.ask(&mut fresh).await;
        server.remember(answer, fresh, budget)
    }

    /// A new connection, bound as the service account.
    pub(super) async fn open(&self, server: &Server, budget: Budget) -> Result<Session, Fault> {
        let mut session = Session::open(&server.address, budget).await?;
        bind_service(&mut session, &self.bind_dn, self.bind_password.expose()).await?;
        Ok(session)
    }

    /// A new connection to the first server that takes one, for a search that may take long.
    pub(super) async fn open_first(
        &self,
        budget: Budget,
    ) -> Result<(Session, &Server), DirectoryDown> {
        let mut down = DirectoryDown::Unreachable("no server is configured".to_owned());
        for server in self.in_order(None) {
            match self.open(server, Budget::start()).await {
                Ok(session) => return Ok((session.again(budget), server)),
                Err(fault) => {
                    server.note(&fault);
                    down = graver(down, server.down(fault));
                }
            }
        }
        Err(down)
    }

    /// Binds as somebody, once: at the first server that takes a connection. A bind that was sent
    /// is not repeated elsewhere, since each server counts a wrong password on its own.
    pub(super) async fn bind_as(
        &self,
        dn: &str,
        password: &Password,
    ) -> Result<(LdapResult, ServerUrl), DirectoryDown> {
        let mut down = DirectoryDown::Unreachable("no server is configured".to_owned());
        for server in self.in_order(None) {
            // A connection of its own: a bind changes who a connection speaks for.
            let mut session = match Session::open(&server.address, Budget::start()).await {
                Ok(session) => session,
                Err(fault) => {
                    server.note(&fault);
                    down = graver(down, server.down(fault));
                    continue;
                }
            };
            let bound = session.bind(dn, password.expose()).await;
            session.close().await;
            return bound.map(|result| (result, server.url())).map_err(|fault| {
                server.note(&fault);
                server.down(fault)
            });
        }
        Err(down)
    }

    /// Who rekey binds as.
    pub(super) fn bind_dn(&self) -> &str {
        &self.bind_dn
    }

    /// The service account's password.
    pub(super) fn bind_password(&self) -> &str {
        self.bind_password.expose()
    }

    /// Every server once: `first`, then the ones not known to be dead, then the dead, each in the
    /// configured order. The dead ones are not left out, since they may be back and all there is.
    fn in_order(&self, first: Option<&ServerUrl>) -> Vec<&Server> {
        let mut servers: Vec<&Server> = self.all.iter().collect();
        servers.sort_by_key(|server| {
            let is_first = first.is_some_and(|url| server.address.url == url.0);
            (!is_first, server.is_down())
        });
        servers
    }

    async fn ask_in_order<Q: Question>(
        &self,
        servers: Vec<&Server>,
        question: &Q,
    ) -> Result<(Q::Answer, ServerUrl), DirectoryDown> {
        let give_up = Instant::now() + PATIENCE;
        let mut down = DirectoryDown::Unreachable("no server is configured".to_owned());
        for server in servers {
            if Instant::now() >= give_up {
                break;
            }
            match self.ask_at(server, question).await {
                Ok(answer) => return Ok((answer, server.url())),
                Err(fault) => {
                    let url = &server.address.url;
                    tracing::warn!(server = %url, ?fault, "a directory server did not help");
                    down = graver(down, server.down(fault));
                }
            }
        }
        Err(down)
    }
}

/// A wrong configuration is what the operator has to know; a dead server he finds anyway.
fn graver(before: DirectoryDown, now: DirectoryDown) -> DirectoryDown {
    match before {
        DirectoryDown::Misconfigured(_) => before,
        DirectoryDown::Unreachable(_) => now,
    }
}

impl Server {
    /// Its address, as configured.
    pub(super) fn url(&self) -> ServerUrl {
        ServerUrl(self.address.url.clone())
    }

    /// Its address, read.
    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// Binds as `dn`, to prove its new password.
    pub(super) async fn prove(
        &self,
        dn: &EntryDn,
        password: &Password,
    ) -> Result<LdapResult, Fault> {
        self.proofs.bind(dn, &self.address, password).await
    }

    /// The change of `dn` was not answered: nothing that is open already proves anything.
    pub(super) fn forget_proof(&self, dn: &EntryDn) {
        self.proofs.forget(dn);
    }

    /// Takes a connection back on which a change was answered.
    pub(super) fn rest(&self, changer: Session) {
        self.changers.put(changer);
    }

    /// A fault, told with the server's name.
    pub(super) fn down(&self, fault: Fault) -> DirectoryDown {
        let url = &self.address.url;
        match fault {
            Fault::NotSent(text) | Fault::Gone(text) | Fault::Silent(text) => {
                DirectoryDown::Unreachable(format!("{url}: {text}"))
            }
            Fault::Refused(text) => DirectoryDown::Misconfigured(format!("{url}: {text}")),
        }
    }

    /// Takes note of a fault: a dead server is asked last for a while, and its connection goes.
    pub(super) fn note(&self, fault: &Fault) {
        self.changers.clear();
        let mut state = self.state();
        state.kept = None;
        if !matches!(fault, Fault::Refused(_)) {
            state.down_since = Some(Instant::now());
        }
    }

    /// Keeps the connection after an answer, or takes note of the fault.
    fn remember<T>(
        &self,
        answer: Result<T, Fault>,
        session: Session,
        budget: Budget,
    ) -> Result<T, Fault> {
        match answer {
            Ok(answer) => {
                let mut state = self.state();
                state.down_since = None;
                state.kept = Some((session.again(budget), Instant::now()));
                Ok(answer)
            }
            Err(fault) => {
                self.note(&fault);
                Err(fault)
            }
        }
    }

    fn kept(&self, budget: Budget) -> Option<Session> {
        let mut state = self.state();
        let fit = match &mut state.kept {
            Some((session, used)) => used.elapsed() < UNUSED_MAX && !session.is_closed(),
            None => false,
        };
        if !fit {
            state.kept = None;
        }
        state
            .kept
            .as_ref()
            .map(|(session, _)| session.again(budget))
    }

    fn forget(&self) {
        self.state().kept = None;
    }

    fn is_down(&self) -> bool {
        self.state()
            .down_since
            .is_some_and(|since| since.elapsed() < DOWN_FOR)
    }

    /// Never held across an await; what it guards is whole at any time.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
