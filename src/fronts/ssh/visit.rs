//! A visit over SSH, from the first frame to a wiped screen.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use russh::ChannelId;
use russh::server::Handle;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::watch;

use super::admission::Inside;
use super::channel::{Shown, Typed};
use super::locale::Locale;
use super::wire::Cord;
use super::{Door, PARTING, Rules, Visitor, Welcome, Who};
use crate::domain::code::Place;
use crate::flow::measured::Visits;
use crate::fronts::counted::CountedVisit;
use crate::fronts::desk::DeskApp;
use crate::fronts::plain;
use crate::fronts::tui::app::App;
use crate::fronts::tui::msg::Capabilities;
use crate::fronts::tui::painter::clamp;
use crate::fronts::tui::probe;
use crate::fronts::tui::runtime::{self, Exit, Line};
use crate::fronts::tui::terminal::{ENTER, LEAVE, WIPE};
use crate::text::Language;

/// The terminal that a client says it has.
#[derive(Clone)]
pub(super) struct Terminal {
    pub(super) term: String,
    pub(super) size: (u16, u16),
}

/// Everything a visit is made of.
pub(super) struct Setup {
    pub(super) door: Arc<Door>,
    pub(super) rules: Arc<Rules>,
    pub(super) inside: Inside,
    pub(super) place: Place,
    pub(super) who: Who,
    pub(super) locale: Locale,
    pub(super) terminal: Option<Terminal>,
    pub(super) input: Typed,
    pub(super) output: Shown,
    pub(super) size: watch::Receiver<(u16, u16)>,
    pub(super) session: Handle,
    pub(super) channel: ChannelId,
    pub(super) cord: Cord,
}

/// How a connection's visits ended.
enum Ended {
    /// As they should.
    Well,
    /// With a sentence for the person.
    Saying(&'static str),
    /// Nobody is there any more.
    Gone,
}

impl Setup {
    /// Runs to the end, whatever the visit does.
    pub(super) async fn run(mut self) {
        let visits = AssertUnwindSafe(self.visits()).catch_unwind().await;
        // A panic has told its hook; it ends this visit and no other.
        let ended = visits.unwrap_or(Ended::Saying("ssh-broken"));
        if !matches!(ended, Ended::Gone) {
            let parting = self.part(&ended);
            let _ = tokio::time::timeout(PARTING, parting).await;
        }
        self.cord.cut();
        drop(self.inside);
    }

    async fn visits(&mut self) -> Ended {
        if !self.draws() {
            return self.plain_visit().await;
        }
        if self.output.write_all(ENTER).await.is_err() {
            return Ended::Gone;
        }
        loop {
            let exit = self.visit().await;
            // The end of a visit does not wait for its last frame; somebody who is there does.
            if exit == Exit::HungUp || self.output.settle().await.is_err() {
                return Ended::Gone;
            }
            match exit {
                // The next person at a kiosk finds the menu.
                Exit::VisitOver if matches!(self.who, Who::Kiosk(_)) => {
                    if self.output.write_all(WIPE).await.is_err() {
                        return Ended::Gone;
                    }
                    self.rules = self.door.rules();
                }
                Exit::VisitOver | Exit::Quit => return Ended::Well,
                Exit::Signalled => return Ended::Saying("ssh-closing"),
                Exit::Crashed => return Ended::Saying("ssh-broken"),
                Exit::HungUp => return Ended::Gone,
            }
        }
    }

    /// Whether there is a terminal that understands sequences.
    fn draws(&self) -> bool {
        let term = self.terminal.as_ref().map_or("", |known| &known.term);
        !matches!(term, "" | "dumb")
    }

    /// Counts a visit as long as the answer lives.
    fn counted(&self) -> CountedVisit {
        let visits = match self.who {
            Who::Kiosk(_) => Visits::Kiosk,
            Who::Operator(_) => Visits::Desk,
            Who::Anybody => Visits::Remote,
        };
        CountedVisit::begin(&self.door.metrics, visits)
    }

    async fn visit(&mut self) -> Exit {
        let _counted = self.counted();
        let capabilities = self.capabilities();
        let Welcome { settings, services } = self.welcome(capabilities);
        let line = Line {
            input: &mut self.input,
            output: &mut self.output,
            size: self.size.clone(),
            capabilities,
            probe: probe::can_be_asked(|name| look_up(&self.locale, self.terminal.as_ref(), name)),
            stop: closing(&self.door),
        };
        let clock = Arc::clone(&self.door.clock);
        match &self.who {
            Who::Operator(operator) => {
                let desk = DeskApp::of(settings, operator);
                Box::pin(runtime::run(desk, line, services, clock)).await
            }
            Who::Kiosk(_) | Who::Anybody => {
                Box::pin(runtime::run(App::new(settings), line, services, clock)).await
            }
        }
    }

    async fn plain_visit(&mut self) -> Ended {
        if matches!(self.who, Who::Operator(_)) {
            return Ended::Saying("ssh-desk-draws");
        }
        let _counted = self.counted();
        let Welcome { settings, services } = self.welcome(self.capabilities());
        let line = plain::Line {
            input: &mut self.input,
            output: &mut self.output,
            echo: match self.terminal {
                Some(_) => plain::Echo::Ours,
                None => plain::Echo::Theirs,
            },
            stop: closing(&self.door),
        };
        let clock = Arc::clone(&self.door.clock);
        match Box::pin(plain::run(settings, line, services, clock)).await {
            Exit::VisitOver | Exit::Quit => Ended::Well,
            Exit::Signalled => Ended::Saying("ssh-closing"),
            Exit::Crashed => Ended::Saying("ssh-broken"),
            Exit::HungUp => Ended::Gone,
        }
    }

    fn welcome(&self, capabilities: Capabilities) -> Welcome {
        self.rules.host.welcome(&Visitor {
            place: self.place.clone(),
            who: self.who.clone(),
            locale: self.locale.clone(),
            capabilities,
            size: clamp(*self.size.borrow()),
        })
    }

    fn capabilities(&self) -> Capabilities {
        probe::from_environment(|name| look_up(&self.locale, self.terminal.as_ref(), name))
    }

    /// Leaves the screen as if nobody had been there, and closes the connection.
    async fn part(&mut self, ended: &Ended) {
        let _ = self.output.settle().await;
        if self.draws() {
            let _ = self.output.write_all(LEAVE).await;
        }
        if let Ended::Saying(key) = ended {
            let language = Language::choose(self.locale.language(), &self.rules.languages);
            let site = self.rules.site.as_str();
            let texts = &self.rules.texts;
            let words = texts.say_with(language, key, &[("site", site.into())]);
            let _ = self
                .output
                .write_all(format!("{words}\r\n").as_bytes())
                .await;
        }
        let status = u32::from(matches!(ended, Ended::Saying(_)));
        let (session, channel) = (&self.session, self.channel);
        let _ = session.exit_status_request(channel, status).await;
        let _ = session.eof(channel).await;
        let _ = session.close(channel).await;
        // Whoever was told goes; whoever does not is cut off.
        self.gone().await;
    }

    /// Waits until the client has gone.
    async fn gone(&mut self) {
        let mut rest = [0; 64];
        while let Ok(1..) = self.input.read(&mut rest).await {}
    }
}

/// A variable of the client's environment: the locale and the terminal's name are all there is.
fn look_up(locale: &Locale, terminal: Option<&Terminal>, name: &str) -> Option<String> {
    match name {
        "TERM" => terminal.map(|known| known.term.clone()),
        name => locale.look_up(name),
    }
}

async fn closing(door: &Door) -> Exit {
    let mut closing = door.closing.clone();
    // When nobody can say so any more, it is so.
    let _ = closing.wait_for(|closing| *closing).await;
    Exit::Signalled
}
