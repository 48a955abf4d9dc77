//! Who is at the other end of a connection: answers the protocol's questions. Everything but a
//! visit is refused, with a reason.

use std::net::IpAddr;
use std::sync::Arc;

use russh::keys::PublicKey;
use russh::server::{
    Auth, ChannelOpenHandle, Handler, Msg, PublicKeyOffer, Session, VerifiedPublicKey,
};
use russh::{Channel, ChannelId, ChannelOpenFailure, MethodKind, MethodSet, Pty};
use tokio::sync::{Notify, mpsc, watch};

use super::admission::{Entering, Inside, Refused, name_of_source};
use super::channel::{Piece, Shown, Typed};
use super::locale::Locale;
use super::visit::{self, Terminal};
use super::wire::Cord;
use super::{Door, Rules, Who};
use crate::config::RemoteSessions;
use crate::domain::code::Place;
use crate::text::Language;

/// So many keys that nobody knows may be shown; then it goes on without.
const KEYS_MAX: u32 = 5;
/// Longest name of a terminal that is listened to, in bytes.
const TERM_MAX: usize = 64;

/// One connection's guest.
pub(super) struct Guest {
    door: Arc<Door>,
    rules: Arc<Rules>,
    from: IpAddr,
    cord: Cord,
    arrived: Arc<Notify>,
    entering: Option<Entering>,
    /// By the key that was shown.
    who: Who,
    keys_shown: u32,
    locale: Locale,
    terminal: Option<Terminal>,
    /// The one channel.
    channel: Option<ChannelId>,
    visit: Option<Connected>,
}

/// The way to a visit that runs.
struct Connected {
    typed: Option<mpsc::Sender<Piece>>,
    size: watch::Sender<(u16, u16)>,
}

impl Guest {
    pub(super) fn new(door: Arc<Door>, from: IpAddr, entering: Entering, cord: Cord) -> Self {
        Self {
            rules: door.rules(),
            door,
            from,
            cord,
            arrived: Arc::default(),
            entering: Some(entering),
            who: Who::Anybody,
            keys_shown: 0,
            locale: Locale::default(),
            terminal: None,
            channel: None,
            visit: None,
        }
    }

    /// Told when the visit has begun.
    pub(super) fn arrived(&self) -> Arc<Notify> {
        Arc::clone(&self.arrived)
    }

    fn say(&self, key: &str) -> String {
        let language = Language::choose(self.locale.language(), &self.rules.languages);
        let site = self.rules.site.as_str();
        let words = self
            .rules
            .texts
            .say_with(language, key, &[("site", site.into())]);
        format!("{words}\r\n")
    }

    /// Says on the channel's error stream why there is nothing here, and closes it. A client shows
    /// that only when the request itself was granted.
    fn refuse(
        &self,
        channel: ChannelId,
        key: &str,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        // Not between the frames of a visit.
        if self.visit.is_some() || self.channel != Some(channel) {
            return session.channel_failure(channel);
        }
        session.channel_success(channel)?;
        session.extended_data(channel, 1, self.say(key).into_bytes())?;
        session.exit_status_request(channel, 1)?;
        session.close(channel)
    }

    /// Comes in: who it is decides whether there is room.
    fn come_in(&mut self) -> Result<Inside, &'static str> {
        let Some(entering) = self.entering.take() else {
            return Err("ssh-one-visit");
        };
        match (&self.who, self.rules.remote) {
            (Who::Kiosk(_) | Who::Operator(_), _) => Ok(entering.into_kiosk()),
            (Who::Anybody, RemoteSessions::Off) => Err("ssh-remote-off"),
            (Who::Anybody, RemoteSessions::Code | RemoteSessions::Phone) => {
                entering.into_remote().map_err(|Refused| "ssh-too-many")
            }
        }
    }

    fn place(&self) -> Place {
        match &self.who {
            Who::Kiosk(name) => Place {
                front: "ssh",
                kiosk: name.clone(),
            },
            Who::Operator(operator) => Place {
                front: "desk",
                kiosk: operator.login.clone(),
            },
            Who::Anybody => Place::remote("ssh", &name_of_source(self.from)),
        }
    }

    fn begin(&mut self, channel: ChannelId, inside: Inside, session: &Session) {
        let (typed, input) = Typed::new();
        let size = self.terminal.as_ref().map_or((80, 24), |known| known.size);
        let (resized, size) = watch::channel(size);
        self.visit = Some(Connected {
            typed: Some(typed),
            size: resized,
        });
        let output = Shown::new(session.handle(), channel, self.cord.clone());
        let visit = visit::Setup {
            door: Arc::clone(&self.door),
            rules: Arc::clone(&self.rules),
            inside,
            place: self.place(),
            who: self.who.clone(),
            locale: self.locale.clone(),
            terminal: self.terminal.clone(),
            input,
            output,
            size,
            session: session.handle(),
            channel,
            cord: self.cord.clone(),
        };
        tokio::spawn(visit.run());
        self.arrived.notify_one();
    }

    fn knows(&self, key: &PublicKey) -> Who {
        let (kiosk, operator) = (
            self.rules.kiosks.named_by(key),
            self.rules.operators.of_key(key),
        );
        match (kiosk, operator) {
            (_, Some(operator)) => Who::Operator(operator.clone()),
            (Some(name), None) => Who::Kiosk(name.to_owned()),
            (None, None) => Who::Anybody,
        }
    }
}

/// No other way but the one without a question.
fn go_on_without_a_key() -> Auth {
    Auth::Reject {
        proceed_with_methods: Some(MethodSet::from(&[MethodKind::KeyboardInteractive][..])),
        partial_success: false,
    }
}

fn not_here(reason: &str) -> ChannelOpenFailure {
    ChannelOpenFailure::Other {
        code: 1,
        reason: reason.to_owned(),
    }
}

/// What is refused before any language is known.
const ONE_CHANNEL: &str = "one visit to a connection";
const NO_FORWARDING: &str = "nothing is forwarded here";

impl Handler for Guest {
    type Error = russh::Error;

    /// Any name, no password. Where keys are known, they have to be seen first: a client that
    /// is let in at once shows none.
    async fn auth_none(&mut self, _: &str) -> Result<Auth, Self::Error> {
        if self.rules.kiosks.is_empty() && self.rules.operators.is_empty() {
            return Ok(Auth::Accept);
        }
        let ways = [MethodKind::PublicKey, MethodKind::KeyboardInteractive];
        Ok(Auth::Reject {
            proceed_with_methods: Some(MethodSet::from(&ways[..])),
            partial_success: false,
        })
    }

    /// Without a question.
    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        _: &str,
        _: &str,
        _: Option<russh::server::Response<'a>>,
    ) -> Result<Auth, Self::Error> {
        Ok(Auth::Accept)
    }

    async fn auth_publickey_offered(
        &mut self,
        _: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, Self::Error> {
        if self.knows(offer.public_key) != Who::Anybody {
            return Ok(Auth::Accept);
        }
        self.keys_shown = self.keys_shown.saturating_add(1);
        Ok(match self.keys_shown {
            shown if shown < KEYS_MAX => Auth::reject(),
            _ => go_on_without_a_key(),
        })
    }

    async fn auth_publickey(
        &mut self,
        _: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, Self::Error> {
        self.who = self.knows(key.public_key);
        Ok(match self.who {
            Who::Kiosk(_) | Who::Operator(_) => Auth::Accept,
            Who::Anybody => go_on_without_a_key(),
        })
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        if self.channel.is_some() {
            reply.reject(not_here(ONE_CHANNEL)).await;
        } else {
            self.channel = Some(channel.id());
            reply.accept().await;
        }
        Ok(())
    }

    async fn channel_open_x11(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: u32,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        reply.reject(not_here(NO_FORWARDING)).await;
        Ok(())
    }

    async fn channel_open_direct_tcpip(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: u32,
        _: &str,
        _: u32,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        reply.reject(not_here(NO_FORWARDING)).await;
        Ok(())
    }

    async fn channel_open_direct_streamlocal(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        reply.reject(not_here(NO_FORWARDING)).await;
        Ok(())
    }

    async fn pty_request(
        &mut self,
        channel: ChannelId,
        term: &str,
        cols: u32,
        rows: u32,
        _: u32,
        _: u32,
        _: &[(Pty, u32)],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        if self.visit.is_some() || term.len() > TERM_MAX {
            return session.channel_failure(channel);
        }
        self.terminal = Some(Terminal {
            term: term.to_owned(),
            size: window(cols, rows),
        });
        session.channel_success(channel)
    }

    async fn window_change_request(
        &mut self,
        _: ChannelId,
        cols: u32,
        rows: u32,
        _: u32,
        _: u32,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        if let Some(visit) = &self.visit {
            visit.size.send_replace(window(cols, rows));
        }
        Ok(())
    }

    async fn env_request(
        &mut self,
        channel: ChannelId,
        name: &str,
        value: &str,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        match self.visit.is_none() && self.locale.take(name, value) {
            true => session.channel_success(channel),
            false => session.channel_failure(channel),
        }
    }

    async fn shell_request(
        &mut self,
        channel: ChannelId,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        match self.come_in() {
            Ok(inside) => {
                session.channel_success(channel)?;
                self.begin(channel, inside, session);
                Ok(())
            }
            Err(why) => {
                session.channel_success(channel)?;
                session.data(channel, self.say(why).into_bytes())?;
                session.exit_status_request(channel, 1)?;
                session.close(channel)
            }
        }
    }

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        _: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        self.refuse(channel, "ssh-no-commands", session)
    }

    async fn subsystem_request(
        &mut self,
        channel: ChannelId,
        _: &str,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        self.refuse(channel, "ssh-no-files", session)
    }

    async fn x11_request(
        &mut self,
        channel: ChannelId,
        _: bool,
        _: &str,
        _: &str,
        _: u32,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }

    async fn data(
        &mut self,
        channel: ChannelId,
        data: &[u8],
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        let visit = self
            .visit
            .as_ref()
            .filter(|_| self.channel == Some(channel));
        if let Some(typed) = visit.and_then(|visit| visit.typed.as_ref()) {
            // Waits while the visit is busy: the client may not send more meanwhile. A visit that
            // has ended needs nothing.
            let _ = typed.send(Piece::new(data.to_vec())).await;
        }
        Ok(())
    }

    async fn channel_eof(&mut self, _: ChannelId, _: &mut Session) -> Result<(), Self::Error> {
        if let Some(visit) = &mut self.visit {
            visit.typed = None;
        }
        Ok(())
    }

    async fn channel_close(
        &mut self,
        channel: ChannelId,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        if self.channel == Some(channel)
            && let Some(visit) = &mut self.visit
        {
            visit.typed = None;
        }
        Ok(())
    }
}

/// A window's size; what does not fit is as large as can be said, and clamped where it is drawn.
fn window(cols: u32, rows: u32) -> (u16, u16) {
    let small = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
    (small(cols), small(rows))
}
