//! Cards with buttons, and the tickets with which they can be changed.

use std::collections::HashMap;
use std::time::Duration;

use serde::Deserialize;

use super::chat::Chats;
use crate::domain::time::Timestamp;

/// How long a ticket works, once.
const TICKET_LIFETIME: Duration = Duration::from_secs(72 * 3600);
/// The most tickets that are kept.
const MAX_TICKETS: usize = 10_000;

/// `42014`: the task id exists, is empty or too long.
const BAD_TASK: i64 = 42014;
/// `40058`: a parameter is wrong. What WeCom says of a used ticket is not documented.
const BAD_PARAMETER: i64 = 40058;

/// A card on a phone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SimCard {
    /// WeCom's id for its message.
    pub id: String,
    /// The receiver's userid.
    pub to: String,
    /// `task_id`: the app's own name for it.
    pub task: String,
    /// `main_title`.
    pub title: String,
    /// `sub_title_text`.
    pub text: String,
    /// Each button's key and label.
    pub buttons: Vec<(String, String)>,
    /// What stands there since the buttons were greyed.
    pub replaced: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The app took it back.
    pub recalled: bool,
}

/// `template_card` in a request.
#[derive(Deserialize)]
pub(super) struct CardRequest {
    card_type: String,
    #[serde(default)]
    main_title: Title,
    #[serde(default)]
    sub_title_text: String,
    #[serde(default)]
    task_id: String,
    #[serde(default)]
    button_list: Vec<Button>,
}

#[derive(Default, Deserialize)]
struct Title {
    #[serde(default)]
    title: String,
    #[serde(default)]
    desc: String,
}

#[derive(Deserialize)]
struct Button {
    text: String,
    key: String,
}

impl CardRequest {
    /// Refuses what WeCom refuses; `chats` knows the task ids that were used.
    pub(super) fn check(&self, chats: &mut Chats) -> Result<(), i64> {
        if self.card_type != "button_interaction" || self.main_title.title.is_empty() {
            return Err(BAD_PARAMETER);
        }
        let well_formed = (1..=6).contains(&self.button_list.len())
            && self
                .button_list
                .iter()
                .all(|button| !button.text.is_empty() && (1..=1024).contains(&button.key.len()));
        if !well_formed {
            return Err(BAD_PARAMETER);
        }
        let task = self.task_id.as_str();
        let named = (1..=128).contains(&task.len())
            && task
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_-@".contains(&b));
        if !named || chats.cards_mut().any(|card| card.task == task) {
            return Err(BAD_TASK);
        }
        Ok(())
    }

    pub(super) fn card(&self, id: &str, to: &str, at: Timestamp) -> SimCard {
        let text = [&self.main_title.desc, &self.sub_title_text];
        let text: Vec<&str> = text.iter().map(|t| t.as_str()).collect();
        SimCard {
            id: id.to_owned(),
            to: to.to_owned(),
            task: self.task_id.clone(),
            title: self.main_title.title.clone(),
            text: text.join("\n").trim().to_owned(),
            buttons: self
                .button_list
                .iter()
                .map(|button| (button.key.clone(), button.text.clone()))
                .collect(),
            replaced: None,
            at,
            recalled: false,
        }
    }
}

/// Permissions to change cards: from `message/send`, and from each press.
#[derive(Default)]
pub(super) struct Tickets(HashMap<String, Ticket>);

struct Ticket {
    message: String,
    at: Timestamp,
}

impl Tickets {
    pub(super) fn issue(&mut self, ticket: String, message: &str, at: Timestamp) {
        if self.0.len() >= MAX_TICKETS {
            self.0.clear();
        }
        let message = message.to_owned();
        self.0.insert(ticket, Ticket { message, at });
    }

    /// Uses a ticket up; the id of the message it is for.
    fn take(&mut self, ticket: &str, now: Timestamp) -> Option<String> {
        let ticket = self.0.remove(ticket)?;
        (now.since(ticket.at) < TICKET_LIFETIME).then_some(ticket.message)
    }
}

/// The body of `update_template_card`.
#[derive(Deserialize)]
pub(super) struct UpdateRequest {
    userids: Vec<String>,
    pub(super) agentid: i64,
    response_code: String,
    button: Replacement,
}

#[derive(Deserialize)]
struct Replacement {
    replace_name: String,
}

impl UpdateRequest {
    /// Greys the buttons of a card on the phones of those who are named.
    pub(super) fn carry_out(
        &self,
        tickets: &mut Tickets,
        chats: &mut Chats,
        now: Timestamp,
    ) -> Result<(), i64> {
        let message = tickets.take(&self.response_code, now);
        let message = message.ok_or(BAD_PARAMETER)?;
        let named = |to: &str| self.userids.iter().any(|id| id.eq_ignore_ascii_case(to));
        for card in chats.cards_mut() {
            if card.id == message && named(&card.to) {
                card.replaced = Some(self.button.replace_name.clone());
            }
        }
        Ok(())
    }
}
