//! Members and what their phones hold.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::cards::SimCard;
use crate::domain::time::Timestamp;

/// The most bytes of a text; WeCom cuts the rest without a word.
const MAX_TEXT: usize = 2048;
/// Messages to one member a minute; WeCom drops the rest without a word.
const PER_MINUTE: usize = 30;
/// How long a message can be recalled.
const RECALL_WINDOW: Duration = Duration::from_secs(24 * 3600);
/// The most messages kept in all.
const MAX_KEPT: usize = 1000;

/// A member of the company at WeCom.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// The userid.
    pub userid: String,
    /// The name that is shown.
    pub name: String,
    /// Inside the app's visible range.
    pub in_range: bool,
    /// Holds a base licence.
    pub licensed: bool,
    /// 1 active, 2 disabled, 4 not activated, 5 left.
    pub status: u8,
}

impl Member {
    /// A member whom the app reaches.
    pub fn new(userid: &str, name: &str) -> Self {
        Self {
            userid: userid.to_owned(),
            name: name.to_owned(),
            in_range: true,
            licensed: true,
            status: 1,
        }
    }
}

/// A message on a phone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChatMessage {
    /// WeCom's id for it.
    pub id: String,
    /// The receiver's userid.
    pub to: String,
    /// The text, as it arrived.
    pub text: String,
    /// `safe` 1: it cannot be passed on.
    pub safe: bool,
    /// When.
    pub at: Timestamp,
    /// The app took it back.
    pub recalled: bool,
}

/// One thing in a member's chat with the app.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::sim) enum Entry {
    /// From the app.
    Text(ChatMessage),
    /// From the app.
    Card(SimCard),
    /// By the member.
    Said(Said),
}

/// What a member wrote to the app.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::sim) struct Said {
    pub(in crate::sim) by: String,
    pub(in crate::sim) text: String,
    pub(in crate::sim) at: Timestamp,
}

/// Whom a call names, sorted by what becomes of it.
#[derive(Default)]
pub(super) struct Receivers {
    pub(super) reached: Vec<Member>,
    /// Lower-cased, as WeCom lists them.
    pub(super) invalid: Vec<String>,
    pub(super) unlicensed: Vec<String>,
}

#[derive(Default)]
pub(super) struct Chats {
    members: Vec<Member>,
    /// Oldest first.
    entries: VecDeque<Entry>,
    /// How many messages, and how many cards, of a member were handed to a waiting test.
    taken: HashMap<(String, bool), usize>,
    /// When each member was sent something, and each request that asked for the duplicate check.
    sent: HashMap<String, VecDeque<Timestamp>>,
    seen: HashMap<String, Timestamp>,
}

impl Chats {
    pub(super) fn new(members: Vec<Member>) -> Self {
        Self {
            members,
            ..Self::default()
        }
    }

    pub(super) fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.iter()
    }

    pub(super) fn member(&self, userid: &str) -> Option<&Member> {
        self.members
            .iter()
            .find(|member| member.userid.eq_ignore_ascii_case(userid))
    }

    pub(super) fn member_mut(&mut self, userid: &str) -> Option<&mut Member> {
        self.members
            .iter_mut()
            .find(|member| member.userid.eq_ignore_ascii_case(userid))
    }

    pub(super) fn sort(&self, touser: &str) -> Receivers {
        let mut sorted = Receivers::default();
        for userid in touser.split('|').filter(|userid| !userid.is_empty()) {
            match self.member(userid) {
                Some(member) if !member.in_range || matches!(member.status, 2 | 5) => {
                    sorted.invalid.push(userid.to_lowercase());
                }
                Some(member) if !member.licensed => sorted.unlicensed.push(userid.to_lowercase()),
                Some(member) => sorted.reached.push(member.clone()),
                None => sorted.invalid.push(userid.to_lowercase()),
            }
        }
        sorted
    }

    /// Whether the same request came within `interval` seconds.
    pub(super) fn is_duplicate(&mut self, request: &str, interval: u64, now: Timestamp) -> bool {
        let interval = Duration::from_secs(interval);
        match self.seen.insert(request.to_owned(), now) {
            Some(before) => now.since(before) < interval,
            None => false,
        }
    }

    /// Puts a message on a phone, unless the member has had too many: then it is gone.
    pub(super) fn deliver(&mut self, message: ChatMessage) {
        if !self.admits(&message.to, message.at) {
            return;
        }
        let end = message.text.floor_char_boundary(MAX_TEXT);
        self.keep(Entry::Text(ChatMessage {
            text: message.text.get(..end).unwrap_or_default().to_owned(),
            ..message
        }));
    }

    /// The same with a card.
    pub(super) fn deliver_card(&mut self, card: SimCard) {
        if self.admits(&card.to, card.at) {
            self.keep(Entry::Card(card));
        }
    }

    /// Keeps what a member wrote.
    pub(super) fn said(&mut self, said: Said) {
        self.keep(Entry::Said(said));
    }

    fn admits(&mut self, userid: &str, at: Timestamp) -> bool {
        let times = self.sent.entry(userid.to_lowercase()).or_default();
        times.retain(|before| at.since(*before) < Duration::from_secs(60));
        let admitted = times.len() < PER_MINUTE;
        if admitted {
            times.push_back(at);
        }
        admitted
    }

    fn keep(&mut self, entry: Entry) {
        self.entries.push_back(entry);
        if self.entries.len() <= MAX_KEPT {
            return;
        }
        let (to, is_card) = match self.entries.pop_front() {
            Some(Entry::Text(message)) => (message.to, false),
            Some(Entry::Card(card)) => (card.to, true),
            _ => return,
        };
        // Of those that are left one less was handed out.
        if let Some(taken) = self.taken.get_mut(&(to.to_lowercase(), is_card)) {
            *taken = taken.saturating_sub(1);
        }
    }

    fn messages(&self) -> impl DoubleEndedIterator<Item = &ChatMessage> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Text(message) => Some(message),
            _ => None,
        })
    }

    /// Takes a message back. `false`: unknown, or too old.
    pub(super) fn recall(&mut self, id: &str, now: Timestamp) -> bool {
        let mut found = false;
        for entry in &mut self.entries {
            let (its, at, recalled) = match entry {
                Entry::Text(message) => (&message.id, message.at, &mut message.recalled),
                Entry::Card(card) => (&card.id, card.at, &mut card.recalled),
                Entry::Said(_) => continue,
            };
            if *its == id && now.since(at) < RECALL_WINDOW {
                *recalled = true;
                found = true;
            }
        }
        found
    }

    pub(super) fn inbox(&self, userid: &str) -> Vec<ChatMessage> {
        self.messages()
            .filter(|message| message.to.eq_ignore_ascii_case(userid))
            .cloned()
            .collect()
    }

    pub(super) fn cards(&self, userid: &str) -> Vec<SimCard> {
        self.entries
            .iter()
            .filter_map(|entry| match entry {
                Entry::Card(card) if card.to.eq_ignore_ascii_case(userid) => Some(card.clone()),
                _ => None,
            })
            .collect()
    }

    /// Every card, to be changed.
    pub(super) fn cards_mut(&mut self) -> impl Iterator<Item = &mut SimCard> {
        self.entries.iter_mut().filter_map(|entry| match entry {
            Entry::Card(card) => Some(card),
            _ => None,
        })
    }

    pub(super) fn take_next(&mut self, userid: &str) -> Option<ChatMessage> {
        let inbox = self.inbox(userid);
        self.take(userid, false, inbox)
    }

    pub(super) fn take_next_card(&mut self, userid: &str) -> Option<SimCard> {
        let cards = self.cards(userid);
        self.take(userid, true, cards)
    }

    fn take<T>(&mut self, userid: &str, card: bool, all: Vec<T>) -> Option<T> {
        let key = (userid.to_lowercase(), card);
        let taken = self.taken.entry(key).or_default();
        let next = all.into_iter().nth(*taken)?;
        *taken = taken.saturating_add(1);
        Some(next)
    }

    /// All messages, newest first, with their receivers' names.
    pub(super) fn feed(&self) -> Vec<(String, ChatMessage)> {
        self.messages()
            .rev()
            .filter(|message| !message.recalled)
            .map(|message| {
                let name = self.member(&message.to).map(|member| member.name.clone());
                (name.unwrap_or_default(), message.clone())
            })
            .collect()
    }

    /// A member's whole chat, oldest first, without what was taken back.
    pub(super) fn chat(&self, userid: &str) -> Vec<Entry> {
        self.entries
            .iter()
            .filter(|entry| {
                let (whose, recalled) = match entry {
                    Entry::Text(message) => (&message.to, message.recalled),
                    Entry::Card(card) => (&card.to, card.recalled),
                    Entry::Said(said) => (&said.by, false),
                };
                !recalled && whose.eq_ignore_ascii_case(userid)
            })
            .cloned()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_reads_gets_each_message_once_although_old_ones_go() {
        let mut chats = Chats::new(vec![Member::new("LinWei", "林伟")]);
        for number in 0..3 * MAX_KEPT {
            chats.deliver(ChatMessage {
                id: number.to_string(),
                to: "LinWei".to_owned(),
                text: "hello".to_owned(),
                safe: false,
                at: Timestamp::from_secs(60 * number as i64),
                recalled: false,
            });
            let next = chats.take_next("LINWEI");
            assert_eq!(next.map(|message| message.id), Some(number.to_string()));
            assert_eq!(chats.take_next("LinWei"), None);
        }
    }
}
