//! The phones: what the channel brings to them.

use async_trait::async_trait;

use super::{People, Received};
use crate::flow::message::{Body, Card, CardAnswer, Message};
use crate::flow::ports::{Messenger, SendError, SentMessage};

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
            let digits = match &message.body {
                Body::KioskCode { digits, .. }
                | Body::SignInCode { digits, .. }
                | Body::DeskCode { digits, .. } => Some(digits.expose().to_owned()),
                _ => None,
            };
            let gift = match &message.body {
                Body::DeskLink { link, .. } => Some(link.token.clone()),
                Body::Temporary { password, .. } => Some(password.expose().to_owned()),
                _ => None,
            };
            let received = Received {
                id: id.clone(),
                digits,
                gift,
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
