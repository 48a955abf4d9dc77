//! What IT support's desk sends: codes, links, temporary passwords, what an operator did.

use std::time::Duration;

use zeroize::Zeroizing;

use super::{CODE_PLACE, Notice, short_numbers, with_secret};
use crate::domain::code::DeskAction;
use crate::domain::secret::{CodeDigits, Password};
use crate::flow::message::OperatorDeed;
use crate::text::Value;

impl Notice<'_> {
    /// A code to sign in at the desk.
    pub(super) fn sign_in_code(
        &self,
        digits: &CodeDigits,
        lifetime: Duration,
    ) -> Zeroizing<String> {
        let site = short_numbers(&self.words.site);
        let span = self.words.texts.span(self.language, lifetime);
        let place = CODE_PLACE.to_string();
        let code = [("code", Value::from(&place)), ("site", (&site).into())];
        let lines = [
            self.say("notice-sign-in", &code),
            self.say("notice-sign-in-where", &[]),
            self.say("notice-code-lifetime", &[("span", (&span).into())]),
            self.say("notice-code-not-you", &[]),
        ];
        with_secret(&lines, digits.expose())
    }

    /// Rule 13: to whom to read it, on which call, for what. The only long number is the code.
    pub(super) fn desk_code(
        &self,
        digits: &CodeDigits,
        action: DeskAction,
        operator: &str,
        lifetime: Duration,
        ticket: &str,
    ) -> Zeroizing<String> {
        let (site, operator) = (short_numbers(&self.words.site), short_numbers(operator));
        let span = self.words.texts.span(self.language, lifetime);
        let place = CODE_PLACE.to_string();
        let values = [
            ("code", Value::from(&place)),
            ("site", (&site).into()),
            ("operator", (&operator).into()),
            ("ticket", ticket.into()),
        ];
        let what = match action {
            DeskAction::Password => "notice-desk-code",
            DeskAction::Unlock => "notice-desk-code-unlock",
        };
        let lines = [
            self.say(what, &values),
            self.say("notice-desk-code-who", &values),
            self.say("notice-desk-code-call", &values),
            self.say("notice-code-lifetime", &[("span", (&span).into())]),
        ];
        with_secret(&lines, digits.expose())
    }

    /// A link to the form.
    pub(super) fn desk_link(&self, token: &str, operator: &str, ticket: &str) -> Vec<String> {
        let url = format!("{}/l/{token}", self.words.public_url);
        let lifetime = crate::domain::limits::LINK_LIFETIME;
        let span = self.words.texts.span(self.language, lifetime);
        let values = [
            ("operator", Value::from(operator)),
            ("site", (&self.words.site).into()),
            ("ticket", ticket.into()),
            ("span", (&span).into()),
        ];
        vec![
            self.say("notice-desk-link", &values),
            url,
            self.say("notice-desk-link-lifetime", &values),
        ]
    }

    /// A password made by rekey.
    pub(super) fn temporary(
        &self,
        password: &Password,
        certain: bool,
        shown: Duration,
        operator: &str,
        ticket: &str,
    ) -> Zeroizing<String> {
        let span = self.words.texts.span(self.language, shown);
        let place = CODE_PLACE.to_string();
        let values = [
            ("password", Value::from(&place)),
            ("site", (&self.words.site).into()),
            ("operator", operator.into()),
            ("ticket", ticket.into()),
            ("span", (&span).into()),
        ];
        let mut lines = vec![
            self.say("notice-temporary", &values),
            place.clone(),
            self.say("notice-temporary-next", &values),
        ];
        if !certain {
            lines.push(self.say("notice-temporary-unknown", &values));
        }
        lines.push(self.say("notice-temporary-gone", &values));
        with_secret(&lines, password.expose())
    }

    /// What an operator did to the account.
    pub(super) fn by_operator(
        &self,
        what: OperatorDeed,
        operator: &str,
        reference: &str,
    ) -> Vec<String> {
        let operator = ("operator", Value::from(operator));
        let line = match what {
            OperatorDeed::Unlocked => self.say("notice-unlocked", &[operator]),
            OperatorDeed::Unfrozen => self.say("notice-unfrozen", &[operator]),
            OperatorDeed::Frozen { until } => {
                let (date, time) = self.moment(until);
                let values = [operator, ("date", (&date).into()), ("time", (&time).into())];
                self.say("notice-frozen", &values)
            }
        };
        vec![
            line,
            self.with_it("notice-not-you-phone", "notice-not-you", reference),
        ]
    }
}
