//! Pages that say one thing and lead on.

use axum::http::StatusCode;
use maud::{Markup, html};

use super::{Part, View};
use crate::flow::ports::NotVouched;
use crate::flow::prompt::Refusal;
use crate::fronts::speaker::{RefusalWords, Speaker};

/// What a page says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in super::super) enum Saying {
    /// The form was opened outside WeCom.
    OpenInWecom,
    /// A kiosk's picture was opened outside WeCom.
    ScanWithWecom,
    /// The sign-in has to be done again.
    Again,
    /// WeCom does not vouch for whoever opened the page.
    NotVouched(NotVouched),
    /// Too many sign-ins.
    Busy,
    /// There is no session, or its time is over.
    Over,
    /// A form was sent from somewhere else.
    Foreign,
    /// A form could not be read.
    Unreadable,
    /// The one-time link does not work, or is somebody else's.
    LinkOver,
    /// The state cannot be read.
    StoreDown,
    /// There is nothing at the address.
    Nowhere,
}

/// Where a page leads.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Onward {
    /// To the form, by signing in once more.
    Start,
    /// Nowhere: what it says to do is done elsewhere.
    Nowhere,
}

impl Saying {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::OpenInWecom | Self::ScanWithWecom => StatusCode::OK,
            Self::NotVouched(NotVouched::ChannelDown(_)) | Self::StoreDown => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::NotVouched(NotVouched::Again) | Self::Again | Self::Unreadable => {
                StatusCode::BAD_REQUEST
            }
            Self::NotVouched(_) | Self::Foreign | Self::Over => StatusCode::FORBIDDEN,
            Self::Busy => StatusCode::TOO_MANY_REQUESTS,
            Self::LinkOver => StatusCode::GONE,
            Self::Nowhere => StatusCode::NOT_FOUND,
        }
    }

    /// Whether the same is said at the same address again.
    pub(super) fn is_of_its_address(&self) -> bool {
        matches!(self, Self::OpenInWecom | Self::ScanWithWecom)
    }

    fn words(&self, speaker: &Speaker<'_>) -> RefusalWords {
        let keys = match self {
            Self::OpenInWecom => ["web-open", "web-open-why", "web-open-do"],
            Self::ScanWithWecom => ["web-scan", "web-scan-why", "web-scan-do"],
            Self::Again | Self::NotVouched(NotVouched::Again) => {
                ["web-again", "web-again-why", "web-again-do"]
            }
            Self::NotVouched(NotVouched::NotMember) => {
                ["web-stranger", "web-stranger-why", "web-stranger-do"]
            }
            Self::NotVouched(NotVouched::OtherCompany) => {
                ["web-other", "web-other-why", "web-other-do"]
            }
            Self::NotVouched(NotVouched::NotActive) => {
                ["web-inactive", "web-inactive-why", "web-inactive-do"]
            }
            Self::NotVouched(NotVouched::OutOfRange) => {
                ["web-range", "web-range-why", "web-range-do"]
            }
            Self::NotVouched(NotVouched::ChannelDown(_)) => {
                return speaker.refusal(&Refusal::ChannelDown);
            }
            Self::StoreDown => return speaker.refusal(&Refusal::StoreDown),
            Self::Busy => ["web-busy", "web-busy-why", "web-busy-do"],
            Self::Over => ["web-over", "web-over-why", "web-over-do"],
            Self::Foreign => ["web-foreign", "web-foreign-why", "web-foreign-do"],
            Self::Unreadable => ["web-unreadable", "web-unreadable-why", "web-unreadable-do"],
            Self::LinkOver => ["web-link", "web-link-why", "web-link-do"],
            Self::Nowhere => ["web-nowhere", "web-nowhere-why", "web-nowhere-do"],
        };
        let it = speaker.it();
        let values = [("it", (&it).into())];
        let [what, why, now] = keys.map(|key| speaker.say_with(key, &values));
        RefusalWords { what, why, now }
    }

    fn onward(&self) -> Onward {
        match self {
            Self::OpenInWecom | Self::ScanWithWecom => Onward::Nowhere,
            Self::NotVouched(NotVouched::Again | NotVouched::ChannelDown(_)) => Onward::Start,
            Self::NotVouched(_) => Onward::Nowhere,
            _ => Onward::Start,
        }
    }
}

/// A page that says something.
pub(super) struct Said<'a> {
    pub(super) saying: &'a Saying,
}

impl Part for Said<'_> {
    fn title(&self, speaker: &Speaker<'_>) -> String {
        self.saying.words(speaker).what
    }

    fn body(&self, view: &View<'_>) -> Markup {
        let words = self.saying.words(&view.speaker);
        html! {
            (three(&words))
            @if self.saying.onward() == Onward::Start {
                (start(view))
            }
        }
    }
}

/// What happened, why, and what to do.
pub(super) fn three(words: &RefusalWords) -> Markup {
    html! {
        h1 { (words.what) }
        p { (words.why) }
        p { (words.now) }
    }
}

/// A link to the beginning.
pub(super) fn start(view: &View<'_>) -> Markup {
    html! {
        p { a.button href="/" { (view.say("web-start")) } }
    }
}
