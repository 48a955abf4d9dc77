//! Members and what their phones hold.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

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
}

impl Member {
    /// A member whom the app reaches.
    pub fn new(userid: &str, name: &str) -> Self {
        Self {
            userid: userid.to_owned(),
            name: name.to_owned(),
            in_range: true,
            licensed: true,
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

/// Whom a call names, sorted by what becomes of it.
#[derive(Default)]
pub(super) struct Receivers {
    pub(super) reached: Vec<Member>,
    /// Lower-cased, as WeCom lists them.
    pub(super) invalid: Vec<String>,
    pub(super) unlicensed: Vec<String>,
}

pub(super) struct Chats {
    members: Vec<Member>,
    messages: VecDeque<ChatMessage>,
    /// How many messages of a member were handed to a waiting test.
    taken: HashMap<String, usize>,
    /// When each member was sent something, and each request that asked for the duplicate check.
    sent: HashMap<String, VecDeque<Timestamp>>,
    seen: HashMap<String, Timestamp>,
}

impl Chats {
    pub(super) fn new(members: Vec<Member>) -> Self {
        Self {
            members,
            messages: VecDeque::new(),
            taken: HashMap::new(),
            sent: HashMap::new(),
            seen: HashMap::new(),
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

    pub(super) fn sort(&self, touser: &str) -> Receivers {
        let mut sorted = Receivers::default();
        for userid in touser.split('|').filter(|userid| !userid.is_empty()) {
            match self.member(userid) {
                Some(member) if !member.in_range => sorted.invalid.push(userid.to_lowercase()),
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
        let times = self.sent.entry(message.to.to_lowercase()).or_default();
        times.retain(|at| message.at.since(*at) < Duration::from_secs(60));
        if times.len() >= PER_MINUTE {
            return;
        }
        times.push_back(message.at);
        let end = message.text.floor_char_boundary(MAX_TEXT);
        self.messages.push_back(ChatMessage {
            text: message.text.get(..end).unwrap_or_default().to_owned(),
            ..message
        });
        if self.messages.len() > MAX_KEPT {
            self.messages.pop_front();
        }
    }

    /// Takes a message back. `false`: unknown, or too old.
    pub(super) fn recall(&mut self, id: &str, now: Timestamp) -> bool {
        let mut found = false;
        for message in &mut self.messages {
            if message.id == id && now.since(message.at) < RECALL_WINDOW {
                message.recalled = true;
                found = true;
            }
        }
        found
    }

    pub(super) fn inbox(&self, userid: &str) -> Vec<ChatMessage> {
        self.messages
            .iter()
            .filter(|message| message.to.eq_ignore_ascii_case(userid))
            .cloned()
            .collect()
    }

    pub(super) fn take_next(&mut self, userid: &str) -> Option<ChatMessage> {
        let inbox = self.inbox(userid);
        let taken = self.taken.entry(userid.to_lowercase()).or_default();
        let next = inbox.into_iter().nth(*taken)?;
        *taken = taken.saturating_add(1);
        Some(next)
    }

    pub(super) fn feed(&self) -> Vec<(String, ChatMessage)> {
        self.messages
            .iter()
            .rev()
            .filter(|message| !message.recalled)
            .map(|message| {
                let name = self.member(&message.to).map(|member| member.name.clone());
                (name.unwrap_or_default(), message.clone())
            })
            .collect()
    }
}
