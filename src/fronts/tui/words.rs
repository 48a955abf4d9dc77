//! The words of one screen: in the person's language, in the site's time zone.

use std::time::Duration;

use jiff::tz::TimeZone;

use crate::domain::time::Timestamp;
use crate::fronts::speaker::whole;
use crate::text::{Language, Texts, Value};

/// What every screen says its words with.
#[derive(Copy, Clone)]
pub(super) struct Words<'a> {
    pub(super) texts: &'a Texts,
    pub(super) language: Language,
    pub(super) zone: &'a TimeZone,
}

impl Words<'_> {
    pub(super) fn say(&self, key: &str) -> String {
        self.texts.say(self.language, key)
    }

    pub(super) fn with(&self, key: &str, values: &[(&str, Value<'_>)]) -> String {
        self.texts.say_with(self.language, key, values)
    }

    pub(super) fn date(&self, at: Timestamp) -> String {
        whole(&self.texts.date(self.language, at, self.zone))
    }

    pub(super) fn time(&self, at: Timestamp) -> String {
        self.texts.time_of_day(self.language, at, self.zone)
    }

    /// `in 3 days`.
    pub(super) fn in_span(&self, span: Duration) -> String {
        whole(&self.texts.in_span(self.language, span))
    }

    pub(super) fn span(&self, span: Duration) -> String {
        whole(&self.texts.span(self.language, span))
    }
}
