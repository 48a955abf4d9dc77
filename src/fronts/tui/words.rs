//! The words of one screen: in the person's language, in the site's time zone.

use std::time::Duration;

use jiff::tz::TimeZone;

use crate::domain::time::Timestamp;
use crate::fronts::speaker::whole;
use crate::text::{Language, Texts, Value};

/// What every screen says its words with.
#[derive(Copy, Clone)]
pub(in crate::fronts) struct Words<'a> {
    pub(in crate::fronts) texts: &'a Texts,
    pub(in crate::fronts) language: Language,
    pub(in crate::fronts) zone: &'a TimeZone,
}

impl Words<'_> {
    pub(in crate::fronts) fn say(&self, key: &str) -> String {
        self.texts.say(self.language, key)
    }

    pub(in crate::fronts) fn with(&self, key: &str, values: &[(&str, Value<'_>)]) -> String {
        self.texts.say_with(self.language, key, values)
    }

    pub(in crate::fronts) fn date(&self, at: Timestamp) -> String {
        whole(&self.texts.date(self.language, at, self.zone))
    }

    pub(in crate::fronts) fn time(&self, at: Timestamp) -> String {
        self.texts.time_of_day(self.language, at, self.zone)
    }

    /// `in 3 days`.
    pub(in crate::fronts) fn in_span(&self, span: Duration) -> String {
        whole(&self.texts.in_span(self.language, span))
    }

    pub(in crate::fronts) fn span(&self, span: Duration) -> String {
        whole(&self.texts.span(self.language, span))
    }
}
