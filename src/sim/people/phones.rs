//! The phones: what the channel brings to them.

use async_trait::async_trait;

use super::People;
use crate::domain::code::Action;
use crate::flow::message::{Body, Card, CardAnswer, Message};
use crate::flow::ports::{Messenger, SendError, SentMessage};

/// A message on a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The channel's id.
    pub id: String,
    /// The code's digits, if it brought one.
    pub digits: Option<String>,
    /// What those are for.
    pub code_for: Option<CodeFor>,
    /// The token of the link to the form, if it brought one from the desk.
    pub link: Option<String>,
    /// The password that was made, if it brought one.
    pub temporary: Option<String>,
    /// The words of an answer, if it was one.
    pub words: Option<String>,
    /// Whether it was taken back.
    pub recalled: bool,
}

/// What the code in a message is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeFor {
    /// What it allows.
    pub action: Action,
    /// The kiosk or the operator that the message names; empty for signing in at the desk.
    pub place: String,
}

#[async_trait]
impl Messenger for People {
    async fn send(&self, message: Message) -> Result<SentMessage, SendError> {
        self.world.turn().await;
        if self.world.happens(|faults| faults.channel_down) {
            return Err(SendError::ChannelDown("simulated".to_owned()));
        }
        let sent = {
            let mut state = self.lock();
            state.messages += 1;
            let id = format!("message-{}", state.messages);
            let code = code_in(&message.body);
            let link = match &message.body {
                Body::DeskLink { link, .. } => Some(link.token.clone()),
                _ => None,
            };
            let temporary = match &message.body {
                Body::Temporary { password, .. } => Some(password.expose().to_owned()),
                _ => None,
            };
            let words = match &message.body {
                Body::Words(words) => Some(words.to_string()),
                _ => None,
            };
            let received = Received {
                id: id.clone(),
                digits: code.as_ref().map(|(digits, _)| digits.clone()),
                code_for: code.map(|(_, code_for)| code_for),
                link,
                temporary,
                words,
                recalled: false,
            };
            state
                .inbox
                .entry(message.to.as_str().to_lowercase())
                .or_default()
                .push(received);
            SentMessage { id }
        };
        self.world.turn().await;
        Ok(sent)
    }

    async fn recall(&self, sent: &SentMessage) -> Result<(), SendError> {
        self.world.turn().await;
        for received in self.lock().inbox.values_mut().flatten() {
            received.recalled |= received.id == sent.id;
        }
        Ok(())
    }

    async fn send_card(&self, card: &Card) -> Result<(), SendError> {
        self.world.turn().await;
        if self.world.happens(|faults| faults.channel_down) {
            return Err(SendError::ChannelDown("simulated".to_owned()));
        }
        self.lock().cards.push(card.clone());
        self.world.turn().await;
        Ok(())
    }

    async fn answer_card(&self, _answer: &CardAnswer, _ticket: &str) -> Result<(), SendError> {
        self.world.turn().await;
        if self.world.happens(|faults| faults.channel_down) {
            return Err(SendError::ChannelDown("simulated".to_owned()));
        }
        Ok(())
    }

    async fn works(&self) -> Result<(), SendError> {
        self.world.turn().await;
        if self.world.happens(|faults| faults.channel_down) {
            return Err(SendError::ChannelDown("simulated".to_owned()));
        }
        Ok(())
    }
}

/// The digits that a message brings, and what they are for.
fn code_in(body: &Body) -> Option<(String, CodeFor)> {
    let (digits, action, place) = match body {
        Body::KioskCode { digits, kiosk, .. } => (digits, Action::Reset, kiosk.as_str()),
        Body::SignInCode { digits, .. } => (digits, Action::SignIn, ""),
        Body::DeskCode {
            digits,
            action,
            operator,
            ..
        } => (digits, Action::Desk(*action), operator.as_str()),
        _ => return None,
    };
    let place = place.to_owned();
    Some((digits.expose().to_owned(), CodeFor { action, place }))
}
