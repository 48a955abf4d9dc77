//! WeCom says who opened a page: there and back, bound to the webview that asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use subtle::ConstantTimeEq as _;

use super::Web;
use super::body::in_query;
use super::cookies::Name;
use super::listener::Asks;
use super::pages::said::Saying;
use super::session::{Begun, Scanned};
use super::source::Source;
use super::target::{SigningIn, Target};
use crate::domain::limits;
use crate::domain::throttle::{Bucket, Permission};
use crate::domain::time::Timestamp;
use crate::flow::driver::pairing::{self, Scan, ScanError};
use crate::flow::measured::Visits;
use crate::flow::ports::{LinkTo, PictureName};
use crate::flow::vouched::Vouched;
use crate::fronts::counted::CountedVisit;

/// Where WeCom comes back to.
const BACK: &str = "/signed-in";
/// Sources whose sign-ins are counted at once.
const SOURCES_MAX: usize = 4096;

impl Web {
    /// Sends the webview to WeCom's sign-in, which asks the person nothing and comes back.
    pub(super) fn sign_in(&self, target: Target) -> Response {
        let signing_in = SigningIn {
            state: self.random(),
            target,
        };
        let back = self.origin.address(BACK);
        let there = self.services.identity.sign_in(&back, &signing_in.state);
        let cookie = self.jar.set(Name::SignIn, &signing_in.to_cookie());
        self.wrap.to(StatusCode::FOUND, &there, cookie.ok())
    }
}

/// `/signed-in`
pub(super) async fn back(
    State(web): State<Arc<Web>>,
    asks: Option<Extension<Asks>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let say = |saying| web.say(&headers, &uri, saying);
    // Only the webview that began it has this cookie: nobody is signed in as somebody else by a
    // link that they were sent.
    let begun = web.jar.read(&headers, Name::SignIn);
    let begun = begun.and_then(SigningIn::parse);
    let state = in_query(uri.query(), "state");
    let (Some(begun), Some(state)) = (begun, state) else {
        return say(Saying::Again);
    };
    let Some(code) = in_query(uri.query(), "code").filter(|_| is_same(&begun.state, &state)) else {
        return say(Saying::Again);
    };
    let source = asks.map(|Extension(Asks(address))| Source::of(address));
    if !web.pace.admits(source, web.now().wall) {
        return say(Saying::Busy);
    }
    match web.services.identity.who(&code).await {
        Ok(vouched) => web.arrive(&headers, &uri, vouched, begun.target).await,
        Err(why) => {
            tracing::info!(%why, "nobody was signed in");
            say(Saying::NotVouched(why))
        }
    }
}

fn is_same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

impl Web {
    /// Somebody whom WeCom vouches for has come for `target`.
    async fn arrive(
        &self,
        headers: &HeaderMap,
        uri: &Uri,
        vouched: Vouched,
        target: Target,
    ) -> Response {
        let now = self.now();
        let (link, picture) = match target {
            Target::Form => (None, None),
            Target::Picture(nonce) => (None, Some(Picture::Nonce(nonce))),
            Target::Link(token) => {
                match self.services.ports.links.open_link(&token, now.wall).await {
                    Ok(Some(link)) if link.to == *vouched.userid() => match link.leads {
                        LinkTo::Form => (Some(token), None),
                        LinkTo::Picture { short_code } => {
                            (None, Some(Picture::ShortCode(short_code)))
                        }
                    },
                    Ok(_) => return self.say(headers, uri, Saying::LinkOver),
                    Err(error) => {
                        tracing::error!(%error, "links cannot be read");
                        return self.say(headers, uri, Saying::StoreDown);
                    }
                }
            }
        };
        let before = self.jar.read(headers, Name::Session);
        if let Some(before) = before {
            let session = self.sessions.find(before, now);
            // Opened twice: the same reset goes on.
            if let Some(session) = session.filter(|it| it.goes_on_for(vouched.userid()))
                && link.is_none()
                && picture.is_none()
            {
                session.page().begin_again();
                return self.to_form(None);
            }
            self.sessions.end(before);
        }
        let running = (self.services.begin)(vouched.clone());
        let scanned = match picture {
            None => None,
            Some(picture) => self.scan(&picture, &vouched).await,
        };
        let id = self.random();
        let begun = Begun {
            member: vouched.userid().clone(),
            csrf: self.random(),
            running,
            counted: CountedVisit::begin(&self.services.ports.metrics, Visits::Web),
            link,
            scanned,
        };
        self.sessions.begin(id.clone(), begun, self.now());
        self.to_form(Some(&id))
    }

    /// Uses the picture up. Where that leads nowhere for a reason of the account's, the form says
    /// which.
    async fn scan(&self, picture: &Picture, vouched: &Vouched) -> Option<Scanned> {
        let name = match picture {
            Picture::Nonce(nonce) => PictureName::Nonce(nonce),
            Picture::ShortCode(code) => PictureName::ShortCode(code),
        };
        let ports = &self.services.ports;
        match pairing::scan_vouched(ports, name, vouched, self.settings.code).await {
            Ok(Scan::Digits {
                concern,
                digits,
                expires,
            }) => Some(Scanned::Digits {
                concern,
                digits: Arc::new(digits),
                expires,
            }),
            Ok(Scan::Gone) => Some(Scanned::Gone),
            Err(ScanError::NotAllowed) => None,
            Err(error) => {
                tracing::error!(%error, "a picture could not be opened");
                None
            }
        }
    }

    fn to_form(&self, session: Option<&str>) -> Response {
        let cookie = session.and_then(|id| self.jar.set(Name::Session, id).ok());
        let mut response = self.wrap.to(StatusCode::SEE_OTHER, "/form", cookie);
        if let Ok(cleared) = self.jar.clear(Name::SignIn) {
            let name = axum::http::header::SET_COOKIE;
            response.headers_mut().append(name, cleared);
        }
        response
    }
}

/// How a webview names a picture.
enum Picture {
    Nonce(String),
    ShortCode(String),
}

/// How fast sign-ins are passed on to WeCom, whose limits all fronts of the company share.
#[derive(Default)]
pub(super) struct Pace(Mutex<Counted>);

#[derive(Default)]
struct Counted {
    all: Option<Bucket>,
    by_source: HashMap<Source, Bucket>,
}

impl Pace {
    fn admits(&self, source: Option<Source>, now: Timestamp) -> bool {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(source) = source {
            if counted.by_source.len() >= SOURCES_MAX {
                let span = limits::SIGN_INS_OF_A_SOURCE.refill * limits::SIGN_INS_OF_A_SOURCE.burst;
                counted
                    .by_source
                    .retain(|_, bucket| now.since(bucket.at) < span);
            }
            if counted.by_source.len() >= SOURCES_MAX {
                counted.by_source.clear();
            }
            let limit = limits::SIGN_INS_OF_A_SOURCE;
            let bucket = counted.by_source.get(&source).copied();
            let bucket = bucket.unwrap_or_else(|| Bucket::full(limit, now));
            let (left, permission) = bucket.take(limit, now);
            counted.by_source.insert(source, left);
            if permission != Permission::Now {
                return false;
            }
        }
        let limit = limits::SIGN_INS;
        let bucket = counted.all.unwrap_or_else(|| Bucket::full(limit, now));
        let (left, permission) = bucket.take(limit, now);
        counted.all = Some(left);
        permission == Permission::Now
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr};

    fn source(n: u32) -> Option<Source> {
        Some(Source::of(IpAddr::V4(Ipv4Addr::from(n))))
    }

    #[test]
    fn a_flood_from_one_source_keeps_nobody_else_out() {
        let pace = Pace::default();
        let now = Timestamp::from_secs(1_000);
        let admitted = (0..1_000).filter(|_| pace.admits(source(1), now)).count();
        assert_eq!(admitted, limits::SIGN_INS_OF_A_SOURCE.burst as usize);
        assert!(pace.admits(source(2), now));
        let later = now.plus(limits::SIGN_INS_OF_A_SOURCE.refill * 3);
        assert!(pace.admits(source(1), later));
    }

    #[test]
    fn many_sources_reach_the_limit_of_all_and_cost_no_more_room() {
        let pace = Pace::default();
        let now = Timestamp::from_secs(1_000);
        let admitted = (0..10_000).filter(|n| pace.admits(source(*n), now)).count();
        assert_eq!(admitted, limits::SIGN_INS.burst as usize);
        assert!(pace.0.lock().unwrap().by_source.len() <= SOURCES_MAX);
    }
}
