//! The web front: the reset form of the Workspace app, and the phone's side of a kiosk's picture.
//!
//! | address | what |
//! | --- | --- |
//! | `/` | the Workspace app's home page: signs in through WeCom, then `/form` |
//! | `/k/<nonce>` | what a kiosk's picture holds: signs in, uses the picture up, then `/form` |
//! | `/l/<token>` | a one-time link: signs in, then `/form` |
//! | `/signed-in` | where WeCom's sign-in comes back to |
//! | `/form` | the page of one session: the form, or what became of it |
//! | `/meter` | judges what stands in the form, while it is typed |
//! | `/unlock`, `/unfreeze`, `/not-here` | the other buttons |
//!
//! Who opens a page is WeCom's word alone; the account behind it is the mapping's. Before WeCom
//! has said it, nothing is kept here: what leads on stands in the webview's own cookie. Every POST
//! answers with a redirect, so that going back and loading again do nothing twice.

mod body;
pub mod brought;
mod cookies;
mod entry;
mod form;
mod gate;
pub mod health;
mod language;
pub mod listener;
mod meter;
mod pages;
mod session;
mod sign_in;
mod source;
mod target;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use jiff::tz::TimeZone;
use url::Url;

use crate::domain::code::{CodeRules, hex};
use crate::flow::driver::Running;
use crate::flow::ports::{Identity, Ports};
use crate::flow::vouched::Vouched;
use crate::text::{Language, Texts};

use cookies::Jar;
use gate::Origin;
use meter::Judges;
use pages::Wrap;
use session::Sessions;
use sign_in::Pace;

/// Between two looks for sessions that are over.
const SWEEP: Duration = Duration::from_secs(15);

/// What the pages are made with.
pub struct WebSettings {
    /// The site's name.
    pub site_name: String,
    /// `[site] public_url`: the only address that redirects and cookies are made from.
    pub public_url: Url,
    /// The site's languages; the first is the fallback.
    pub languages: Vec<Language>,
    /// `[site] it_phone`.
    pub it_phone: Option<String>,
    /// `[code]`: how a scan's digits are made.
    pub code: CodeRules,
    /// Where the people's clocks are.
    pub zone: TimeZone,
    /// The words.
    pub texts: Arc<Texts>,
    /// The demo's phones are any browser: then it is not asked whether WeCom opens a page.
    pub any_browser: bool,
}

/// What stands behind the pages.
pub struct Services {
    /// What the flow's driver works with.
    pub ports: Ports,
    /// Who opens a page.
    pub identity: Arc<dyn Identity>,
    /// Begins the reset of somebody whom WeCom vouches for.
    pub begin: Box<dyn Fn(Vouched) -> Running + Send + Sync>,
}

/// Everything that a page needs.
struct Web {
    settings: WebSettings,
    services: Services,
    origin: Origin,
    jar: Jar,
    wrap: Wrap,
    sessions: Sessions,
    judges: Judges,
    pace: Pace,
}

/// The web front.
pub struct Front(Arc<Web>);

impl Front {
    /// Makes one; nothing is answered yet.
    pub fn new(settings: WebSettings, services: Services) -> Self {
        let origin = Origin::of(&settings.public_url);
        Self(Arc::new(Web {
            jar: Jar::new(origin.is_secure()),
            wrap: Wrap::new(origin.is_secure()),
            origin,
            settings,
            services,
            sessions: Sessions::default(),
            judges: Judges::default(),
            pace: Pace::default(),
        }))
    }

    /// Its addresses, with `more` of another front's at the same host. Every other address is a
    /// page with a way on.
    pub fn routes(&self, more: Router) -> Router {
        let web = Arc::clone(&self.0);
        Router::new()
            .route("/", get(entry::home))
            .route("/k/{nonce}", get(entry::picture))
            .route("/K/{nonce}", get(entry::picture))
            .route("/l/{token}", get(entry::link))
            .route("/signed-in", get(sign_in::back))
            .route("/form", get(form::show).post(form::submit))
            .route("/unlock", post(form::unlock))
            .route("/unfreeze", post(form::unfreeze))
            .route("/not-here", post(form::not_here))
            .route("/meter", post(meter::judge))
            .fallback(entry::nowhere)
            .method_not_allowed_fallback(entry::nowhere)
            .layer(DefaultBodyLimit::disable())
            .layer(middleware::from_fn_with_state(
                Arc::clone(&web),
                pages::wrap,
            ))
            .with_state(Arc::clone(&web))
            .merge(more)
            .layer(middleware::from_fn_with_state(web, gate::only_our_host))
    }

    /// Ends sessions whose time is over, for ever; drop the future to stop.
    pub async fn keep_tidy(self) {
        let mut tick = tokio::time::interval(SWEEP);
        loop {
            tick.tick().await;
            self.0.sessions.end_what_is_over(self.0.now());
        }
    }
}

impl Web {
    fn now(&self) -> crate::domain::time::Now {
        self.services.ports.clock.now()
    }

    /// 128 random bits as 32 lower-case hex digits.
    fn random(&self) -> String {
        let mut bytes = [0; 16];
        self.services.ports.entropy.fill(&mut bytes);
        hex(&bytes)
    }
}
