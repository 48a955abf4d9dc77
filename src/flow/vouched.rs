//! Somebody whom the channel itself vouches for.

use crate::domain::account::WecomUserId;

/// A member of the company, as WeCom itself has just named them: by its sign-in page, or by the
/// signature on a message of theirs. It is a proof: the form and the chat begin resets with it.
///
/// Only who has checked WeCom's word makes one: the adapter of the channel, and the simulation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Vouched {
    userid: WecomUserId,
}

impl Vouched {
    /// `userid` as WeCom gave it, over a connection or under a signature that proves it.
    pub fn by_channel(userid: WecomUserId) -> Self {
        Self { userid }
    }

    /// Who it is.
    pub fn userid(&self) -> &WecomUserId {
        &self.userid
    }
}
