//! One connection to one server, and the few operations rekey needs, each within a time budget.
//!
//! What ldap3 0.12 leaves to its user: TCP_NODELAY (40 ms a reset without it), a limit for every
//! single operation, telling an answer that is lost from a request that never went out, and
//! forgetting the ids of searches ([`all_of`]).

use std::collections::HashMap;
use std::time::Duration;

use ldap3::controls::{Control, ControlType, PagedResults, RawControl};
use ldap3::exop::{PasswordModify, WhoAmI};
use ldap3::{
    Ldap, LdapConnAsync, LdapConnSettings, LdapError, LdapResult, Mod, Scope, SearchEntry,
    SearchOptions, SearchStream, StdStream,
};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::ppolicy;
use super::settings::{Address, Transport};
use crate::domain::limits;
use crate::domain::secret::Password;

/// How long one server may still take for one call, connecting included.
#[derive(Copy, Clone)]
pub(super) struct Budget(Instant);

impl Budget {
    /// Starts now, with [`limits::DIRECTORY_TIMEOUT`].
    pub(super) fn start() -> Self {
        Self(Instant::now() + limits::DIRECTORY_TIMEOUT)
    }

    /// Starts now, for a look at all the people, which may be many.
    pub(super) fn patient() -> Self {
        Self(Instant::now() + Duration::from_secs(120))
    }

    fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}

/// Why an operation has no answer. The texts are the library's or the server's: for logs.
#[derive(Debug)]
pub(super) enum Fault {
    /// The request did not go out: no connection.
    NotSent(String),
    /// The connection went away while the answer was awaited: it may have been carried out.
    Gone(String),
    /// No answer in time: it may have been carried out, or may still be.
    Silent(String),
    /// The server answered that it does not work with this program as configured.
    Refused(String),
}

impl Fault {
    /// What the library or the server said.
    pub(super) fn words(&self) -> &str {
        match self {
            Self::NotSent(words)
            | Self::Gone(words)
            | Self::Silent(words)
            | Self::Refused(words) => words,
        }
    }

    fn from_ldap(error: LdapError) -> Self {
        let text = error.to_string();
        match error {
            LdapError::OpSend { .. } => Self::NotSent(text),
            LdapError::ResultRecv { .. } | LdapError::EndOfStream | LdapError::Io { .. } => {
                Self::Gone(text)
            }
            LdapError::Timeout { .. } | LdapError::IdScrubSend { .. } => Self::Silent(text),
            _ => Self::Refused(text),
        }
    }

    fn from_result(what: &str, result: &LdapResult) -> Self {
        /// busy, unavailable (RFC 4511, appendix A): passing, and no fault of the configuration.
        const PASSING: [u32; 2] = [51, 52];
        let text = format!("{what}: {result}");
        if PASSING.contains(&result.rc) {
            Self::Gone(text)
        } else {
            Self::Refused(text)
        }
    }
}

/// One entry that a search returned.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its DN as the server wrote it.
    pub(super) dn: String,
    attributes: HashMap<String, Vec<String>>,
    /// Values that are no text.
    binary: HashMap<String, Vec<Vec<u8>>>,
}

impl Entry {
    fn new(entry: SearchEntry) -> Self {
        let attributes = entry.attrs.into_iter();
        Self {
            dn: entry.dn,
            attributes: attributes.map(|(n, v)| (n.to_lowercase(), v)).collect(),
            binary: entry
                .bin_attrs
                .into_iter()
                .map(|(n, v)| (n.to_lowercase(), v))
                .collect(),
        }
    }

    /// An entry for tests of what is made of it.
    #[cfg(test)]
    pub(super) fn for_tests(dn: &str, attributes: &[(&str, &str)]) -> Self {
        let mut map: HashMap<String, Vec<String>> = HashMap::new();
        for (name, value) in attributes {
            let values = map.entry(name.to_lowercase()).or_default();
            values.push((*value).to_owned());
        }
        Self {
            dn: dn.to_owned(),
            attributes: map,
            binary: HashMap::new(),
        }
    }

    /// All values of an attribute, by its name in any case.
    pub(super) fn all(&self, name: &str) -> &[String] {
        self.attributes
            .get(&name.to_lowercase())
            .map_or(&[], Vec::as_slice)
    }

    /// The first value of an attribute as bytes, whether they happen to be text or not.
    pub(super) fn first_bytes(&self, name: &str) -> Option<&[u8]> {
        self.all_bytes(name).next()
    }

    /// All values of an attribute as bytes, whether they happen to be text or not.
    pub(super) fn all_bytes(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let binary = self.binary.get(&name.to_lowercase());
        let binary = binary.into_iter().flatten().map(Vec::as_slice);
        binary.chain(self.all(name).iter().map(String::as_bytes))
    }

    /// The first value of an attribute.
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(String::as_str)
    }
}

/// What to search for.
pub(super) struct Search<'a> {
    /// Where.
    pub(super) base: &'a str,
    /// How deep.
    pub(super) scope: Scope,
    /// An LDAP filter; values in it are escaped already.
    pub(super) filter: &'a str,
    /// By name; operational ones only come when named.
    pub(super) attributes: &'a [&'a str],
    /// At most so many entries.
    pub(super) limit: u16,
}

impl<'a> Search<'a> {
    /// For one entry by its DN.
    fn of_one(dn: &'a str, attributes: &'a [&'a str]) -> Self {
        Self {
            base: dn,
            scope: Scope::Base,
            filter: "(objectClass=*)",
            attributes,
            limit: 1,
        }
    }
}

/// What was found.
pub(super) struct Found {
    /// At most as many as asked for.
    pub(super) entries: Vec<Entry>,
    /// There are more.
    pub(super) cut: bool,
}

impl Found {
    /// The only one that there is. `None`: there is none, or more than one.
    pub(super) fn only(mut self) -> Option<Entry> {
        let one = self.entries.pop();
        one.filter(|_| self.entries.is_empty() && !self.cut)
    }
}

/// A search of the people, page by page (RFC 2696), so that memory does not grow with them.
pub(super) struct Pages {
    base: String,
    filter: String,
    attributes: Vec<String>,
    /// The server's own bookmark; `None` when all have come.
    cookie: Option<Vec<u8>>,
}

/// RFC 4511, appendix A.
const SIZE_LIMIT_EXCEEDED: u32 = 4;
/// So many entries a page; servers cap it at 1,000 (Active Directory) or 500 (slapd) and up.
const PAGE: i32 = 500;

impl Pages {
    pub(super) fn new(base: &str, filter: &str, attributes: &[&str]) -> Self {
        Self {
            base: base.to_owned(),
            filter: filter.to_owned(),
            attributes: attributes.iter().map(|name| (*name).to_owned()).collect(),
            cookie: Some(Vec::new()),
        }
    }

    /// The next page; `None` after the last.
    pub(super) async fn next(
        &mut self,
        session: &mut Session,
    ) -> Result<Option<Vec<Entry>>, Fault> {
        let Some(cookie) = self.cookie.take() else {
            return Ok(None);
        };
        let request = PagedResults { size: PAGE, cookie };
        let found = session
            .ldap
            .with_timeout(session.budget.left())
            .with_controls(RawControl::from(request))
            .streaming_search(&self.base, Scope::Subtree, &self.filter, &self.attributes)
            .await
            .map_err(Fault::from_ldap)?;
        let (entries, result) = all_of(found).await?;
        if result.rc == SIZE_LIMIT_EXCEEDED {
            let words = "the server cuts long searches off: let the service account search page by \
                         page without a limit (olcLimits, nsSizeLimit)";
            return Err(Fault::Refused(words.to_owned()));
        }
        if result.rc != 0 {
            return Err(Fault::from_result("a paged search was refused", &result));
        }
        let bookmark = result.ctrls.iter().find_map(|control| match control {
            Control(Some(ControlType::PagedResults), raw) => raw.val.as_ref().map(|_| raw.parse()),
            _ => None,
        });
        self.cookie = bookmark
            .map(|paged: PagedResults| paged.cookie)
            .filter(|cookie| !cookie.is_empty());
        Ok(Some(entries))
    }
}

/// All entries of a search, and its result. What leads elsewhere is not followed.
///
/// [`Ldap::search`] would do the same, but then ldap3 0.12 keeps the ids of all searches of a
/// connection for ever: it forgets them when a stream without adapters is finished.
async fn all_of<'a, S, A>(
    mut stream: SearchStream<'a, S, A>,
) -> Result<(Vec<Entry>, LdapResult), Fault>
where
    S: AsRef<str> + Send + Sync + 'a,
    A: AsRef<[S]> + Send + Sync + 'a,
{
    let mut entries = Vec::new();
    while let Some(found) = stream.next().await.map_err(Fault::from_ldap)? {
        if !found.is_ref() && !found.is_intermediate() {
            entries.push(Entry::new(SearchEntry::construct(found)));
        }
    }
    Ok((entries, stream.finish().await))
}

/// An open connection and the budget of the call it serves. Clones share the connection.
pub(super) struct Session {
    ldap: Ldap,
    budget: Budget,
    opened: Instant,
}

impl Session {
    /// Connects, with TLS as the address says. Nobody is bound yet.
    pub(super) async fn open(address: &Address, budget: Budget) -> Result<Self, Fault> {
        // Here nothing was asked yet, whatever goes wrong.
        let not_sent = |e: &dyn std::fmt::Display| Fault::NotSent(e.to_string());
        let connecting = TcpStream::connect((address.host.as_str(), address.port));
        let stream = tokio::time::timeout(budget.left(), connecting)
            .await
            .map_err(|_| Fault::Silent("no connection in time".to_owned()))?
            .map_err(|e| not_sent(&e))?;
        stream.set_nodelay(true).map_err(|e| not_sent(&e))?;
        let stream = stream.into_std().map_err(|e| not_sent(&e))?;
        let settings = LdapConnSettings::new()
            .set_std_stream(StdStream::Tcp(stream))
            .set_conn_timeout(budget.left());
        // The name in the URL is the one that the certificate has to have.
        let (settings, scheme) = match &address.transport {
            Transport::Tls(config) => (settings.set_config(config.clone()), "ldaps"),
            Transport::StartTls(config) => (
                settings.set_config(config.clone()).set_starttls(true),
                "ldap",
            ),
            Transport::PlainLoopback => (settings, "ldap"),
        };
        let name = match address.host.as_str() {
            v6 if v6.contains(':') => format!("{scheme}://[{v6}]"),
            host => format!("{scheme}://{host}"),
        };
        let (connection, ldap) = LdapConnAsync::with_settings(settings, &name)
            .await
            .map_err(|e| match e {
                LdapError::Timeout { .. } => Fault::Silent("no TLS in time".to_owned()),
                other => not_sent(&other),
            })?;
        tokio::spawn(async move {
            if let Err(error) = connection.drive().await {
                tracing::debug!(%error, "a directory connection ended");
            }
        });
        Ok(Self {
            ldap,
            budget,
            opened: Instant::now(),
        })
    }

    /// The same connection, for a question beside this one.
    pub(super) fn beside(&self) -> Self {
        self.again(self.budget)
    }

    /// The same connection, for another call.
    pub(super) fn again(&self, budget: Budget) -> Self {
        Self {
            ldap: self.ldap.clone(),
            budget,
            opened: self.opened,
        }
    }

    /// How long ago the connection was opened.
    pub(super) fn age(&self) -> Duration {
        self.opened.elapsed()
    }

    /// Whether the connection is known to be over.
    pub(super) fn is_closed(&mut self) -> bool {
        self.ldap.is_closed()
    }

    /// A simple bind, asking for the policy's word. Changes who the connection speaks for.
    pub(super) async fn bind(&mut self, dn: &str, password: &str) -> Result<LdapResult, Fault> {
        self.ldap
            .with_timeout(self.budget.left())
            .with_controls(ppolicy::request())
            .simple_bind(dn, password)
            .await
            .map_err(Fault::from_ldap)
    }

    /// A search. A base that does not exist finds nothing.
    pub(super) async fn search(&mut self, search: &Search<'_>) -> Result<Found, Fault> {
        self.search_with(search, Vec::new()).await
    }

    async fn search_with(
        &mut self,
        search: &Search<'_>,
        controls: Vec<RawControl>,
    ) -> Result<Found, Fault> {
        const SUCCESS: u32 = 0;
        const NO_SUCH_OBJECT: u32 = 32;
        let options = SearchOptions::new()
            .sizelimit(i32::from(search.limit))
            .timelimit(i32::try_from(limits::DIRECTORY_TIMEOUT.as_secs()).unwrap_or(3));
        let found = self
            .ldap
            .with_timeout(self.budget.left())
            .with_search_options(options)
            .with_controls(controls)
            .streaming_search(search.base, search.scope, search.filter, search.attributes)
            .await
            .map_err(Fault::from_ldap)?;
        let (entries, result) = all_of(found).await?;
        match result.rc {
            SUCCESS | SIZE_LIMIT_EXCEEDED => Ok(Found {
                cut: result.rc == SIZE_LIMIT_EXCEEDED,
                entries,
            }),
            NO_SUCH_OBJECT => Ok(Found {
                entries: Vec::new(),
                cut: false,
            }),
            _ => Err(Fault::from_result("a search was refused", &result)),
        }
    }

    /// Reads one entry.
    pub(super) async fn read(
        &mut self,
        dn: &str,
        attributes: &[&str],
    ) -> Result<Option<Entry>, Fault> {
        let search = Search::of_one(dn, attributes);
        Ok(self.search(&search).await?.entries.pop())
    }

    /// Reads one entry, with a control.
    pub(super) async fn read_with(
        &mut self,
        dn: &str,
        attributes: &[&str],
        control: RawControl,
    ) -> Result<Option<Entry>, Fault> {
        let search = Search::of_one(dn, attributes);
        let found = self.search_with(&search, vec![control]).await?;
        Ok(found.entries.into_iter().next())
    }

    /// RFC 3062: sets another entry's password, asking for the policy's word.
    ///
    /// [`Fault::Gone`] and [`Fault::Silent`] mean that nobody knows whether it was done.
    pub(super) async fn modify_password(
        &mut self,
        dn: &str,
        password: &Password,
    ) -> Result<LdapResult, Fault> {
        let request = PasswordModify {
            user_id: Some(dn),
            old_pass: None,
            new_pass: Some(password.expose()),
        };
        let answer = self
            .ldap
            .with_timeout(self.budget.left())
            .with_controls(ppolicy::request())
            .extended(request)
            .await
            .map_err(Fault::from_ldap)?;
        Ok(answer.1)
    }

    /// Changes an entry. [`Fault::Gone`] and [`Fault::Silent`] mean that nobody knows whether it
    /// was done.
    pub(super) async fn modify(
        &mut self,
        dn: &str,
        changes: Vec<Mod<Vec<u8>>>,
        control: Option<RawControl>,
    ) -> Result<LdapResult, Fault> {
        self.ldap
            .with_timeout(self.budget.left())
            .with_controls(control.into_iter().collect::<Vec<_>>())
            .modify(dn, changes)
            .await
            .map_err(Fault::from_ldap)
    }

    /// RFC 4532: the cheapest question that only a living server answers.
    pub(super) async fn who_am_i(&mut self) -> Result<(), Fault> {
        let answer = self
            .ldap
            .with_timeout(self.budget.left())
            .extended(WhoAmI)
            .await
            .map_err(Fault::from_ldap)?;
        match answer.1.rc {
            0 => Ok(()),
            _ => Err(Fault::from_result("WhoAmI was refused", &answer.1)),
        }
    }

    /// Ends the connection.
    pub(super) async fn close(mut self) {
        // It ends anyway when the handle goes.
        let _ = self.ldap.with_timeout(self.budget.left()).unbind().await;
    }
}

/// Binds as the service account.
pub(super) async fn bind_service(
    session: &mut Session,
    dn: &str,
    password: &str,
) -> Result<(), Fault> {
    let result = session.bind(dn, password).await?;
    match result.rc {
        0 => Ok(()),
        _ => Err(Fault::from_result(
            "the service account cannot bind",
            &result,
        )),
    }
}
