//! The page of one session: the form, what became of it, and its buttons.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;

use super::Web;
use super::body::Fields;
use super::cookies::Name;
use super::pages::form::FormPage;
use super::pages::said::Saying;
use super::session::{Note, Scanned, Session};
use crate::domain::secret::{Password, PasswordError};
use crate::flow::driver::objecting;
use crate::flow::effect::Input;

/// `GET /form`: shows how far it is, and changes nothing.
pub(super) async fn show(State(web): State<Arc<Web>>, uri: Uri, headers: HeaderMap) -> Response {
    let Some(session) = web.session(&headers) else {
        return web.say(&headers, &uri, Saying::Over);
    };
    let prompt = session.settled().await;
    let language = web.language(&headers, &uri, session.language());
    let page = session.page();
    let form = FormPage {
        prompt: &prompt,
        turn: page.turn,
        csrf: session.csrf(),
        note: page.note,
        scanned: page.scanned.as_ref(),
        now: web.now().wall,
    };
    web.html(language, StatusCode::OK, "/form", &form)
}

/// `POST /form`: a new password, twice.
pub(super) async fn submit(
    State(web): State<Arc<Web>>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let (session, fields) = match web.posted(&headers, &uri, body).await {
        Ok(posted) => posted,
        Err(refused) => return *refused,
    };
    if session.takes_turn(fields.value("turn")) {
        match password(&fields) {
            Ok(password) => web.try_password(&session, password).await,
            Err(note) => session.page().note = Some(note),
        }
    }
    web.back_to_form()
}

/// `POST /unlock`: only the lock ends.
pub(super) async fn unlock(
    State(web): State<Arc<Web>>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let (session, fields) = match web.posted(&headers, &uri, body).await {
        Ok(posted) => posted,
        Err(refused) => return *refused,
    };
    if session.takes_turn(fields.value("turn")) && web.uses_link_up(&session).await {
        session.hand_in(Input::Unlock).await;
    }
    web.back_to_form()
}

/// `POST /unfreeze`: the employee lets resets of the account go on.
pub(super) async fn unfreeze(
    State(web): State<Arc<Web>>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match web.posted(&headers, &uri, body).await {
        Ok((session, _)) => session.hand_in(Input::Unfreeze).await,
        Err(refused) => return *refused,
    }
    web.back_to_form()
}

/// `POST /not-here`: the person does not stand where the picture was.
pub(super) async fn not_here(
    State(web): State<Arc<Web>>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let session = match web.posted(&headers, &uri, body).await {
        Ok((session, _)) => session,
        Err(refused) => return *refused,
    };
    let scanned = session.page().scanned.clone();
    if let Some(Scanned::Digits { concern, .. }) = scanned {
        match objecting::not_there(&web.services.ports, concern).await {
            Ok(Some(said)) => {
                session.page().scanned = Some(Scanned::NotThere(said.stage));
                let web = Arc::clone(&web);
                // IT hears it while the page is read.
                tokio::spawn(async move { said.finish(&web.services.ports).await });
            }
            // The same tap once more: the first one answers.
            Ok(None) => {}
            Err(error) => {
                tracing::error!(%error, "a \"no\" could not be noted");
                return web.say(&headers, &uri, Saying::StoreDown);
            }
        }
    }
    web.back_to_form()
}

fn password(fields: &Fields) -> Result<Password, Note> {
    let new = Password::new(fields.value("new")).map_err(Note::NoPassword)?;
    match Password::new(fields.value("again")) {
        Ok(again) if new.matches(&again) => Ok(new),
        Err(PasswordError::TooLong) => Err(Note::NoPassword(PasswordError::TooLong)),
        _ => Err(Note::Mismatch),
    }
}

impl Session {
    /// Whether a form is of the page that is shown now: then its turn is taken, and the same form
    /// sent once more is not.
    fn takes_turn(&self, turn: &str) -> bool {
        let mut page = self.page();
        let is_this = turn.parse() == Ok(page.turn);
        if is_this {
            page.turn = page.turn.wrapping_add(1);
            page.note = None;
        }
        is_this
    }
}

impl Web {
    /// The session of a request's cookie.
    pub(super) fn session(&self, headers: &HeaderMap) -> Option<Arc<Session>> {
        let id = self.jar.read(headers, Name::Session)?;
        self.sessions.find(id, self.now())
    }

    /// The session and fields of a form that came from one of its own pages; else the page that
    /// answers.
    pub(super) async fn posted(
        &self,
        headers: &HeaderMap,
        uri: &Uri,
        body: Body,
    ) -> Result<(Arc<Session>, Fields), Box<Response>> {
        let say = |saying| Box::new(self.say(headers, uri, saying));
        if !self.origin.may_post(headers) {
            return Err(say(Saying::Foreign));
        }
        let session = self.session(headers).ok_or_else(|| say(Saying::Over))?;
        let fields = Fields::read(body).await;
        let fields = fields.ok_or_else(|| say(Saying::Unreadable))?;
        if !session.is_ours(fields.value("csrf")) {
            return Err(say(Saying::Foreign));
        }
        Ok((session, fields))
    }

    async fn try_password(&self, session: &Session, password: Password) {
        if self.uses_link_up(session).await {
            session.hand_in(Input::NewPassword(password)).await;
        }
    }

    /// A one-time link is used up by the first thing that is asked for, never by looking at the
    /// page. Whether it still worked, or there was none.
    async fn uses_link_up(&self, session: &Session) -> bool {
        let link = session.page().link.clone();
        if let Some(token) = link {
            let now = self.now().wall;
            match self.services.ports.links.use_up_link(&token, now).await {
                Ok(true) => session.page().link = None,
                Ok(false) => {
                    session.page().note = Some(Note::LinkOver);
                    return false;
                }
                // The reset itself finds the same, and says it.
                Err(error) => tracing::error!(%error, "a link could not be used up"),
            }
        }
        true
    }

    fn back_to_form(&self) -> Response {
        self.wrap.to(StatusCode::SEE_OTHER, "/form", None)
    }
}
