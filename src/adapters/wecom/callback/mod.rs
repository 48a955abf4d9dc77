//! WeCom's callbacks: signed, sealed, and inside a piece of XML
//! (<https://developer.work.weixin.qq.com/document/path/90930>).
//!
//! The signature is looked at first: nothing is parsed for whoever cannot sign, but the one
//! element that is signed.

mod envelope;
mod message;
mod xml;

use crate::domain::secret::Credential;
use crate::domain::time::Timestamp;
use crate::flow::callback::{CallbackRefusal, Callbacks, Delivery, Envelope};
use envelope::Seal;
use xml::Fields;

/// The largest body that is looked at; real ones have two or three thousand bytes.
const MAX_BODY: usize = 64 * 1024;

/// The key is not one: 43 letters and digits.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the callback key is not an EncodingAESKey of WeCom's")]
pub struct KeyError;

/// The callbacks of one app.
pub struct WecomCallbacks {
    seal: Seal,
    corp_id: String,
    agent_id: i64,
}

impl WecomCallbacks {
    /// `token` and `aes_key` as WeCom's admin console shows them beside the callback's address.
    ///
    /// # Errors
    /// When the key has not 43 letters and digits.
    pub fn new(
        token: Credential,
        aes_key: &Credential,
        corp_id: String,
        agent_id: i64,
    ) -> Result<Self, KeyError> {
        Ok(Self {
            seal: Seal::new(token, aes_key)?,
            corp_id,
            agent_id,
        })
    }

    /// Whether the outer or the inner XML is for this company and, where it says so, this app.
    fn is_ours(&self, fields: &Fields, to: &str) -> bool {
        let app = fields.get("AgentID").map(|id| id.trim().parse());
        fields.get("ToUserName") == Some(to) && app.is_none_or(|id| id == Ok(self.agent_id))
    }
}

impl Callbacks for WecomCallbacks {
    fn verify(
        &self,
        envelope: &Envelope<'_>,
        echo: &str,
        now: Timestamp,
    ) -> Result<String, CallbackRefusal> {
        if echo.len() > MAX_BODY {
            return Err(CallbackRefusal::TooLong);
        }
        self.seal.check(envelope, echo, now)?;
        let plain = self.seal.open(echo, &self.corp_id)?;
        Ok(plain.to_string())
    }

    fn open(
        &self,
        envelope: &Envelope<'_>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Delivery, CallbackRefusal> {
        if body.len() > MAX_BODY {
            return Err(CallbackRefusal::TooLong);
        }
        let outer = Fields::read(body).ok_or(CallbackRefusal::Malformed)?;
        let sealed = outer.get("Encrypt").ok_or(CallbackRefusal::Malformed)?;
        self.seal.check(envelope, sealed, now)?;
        if !self.is_ours(&outer, &self.corp_id) {
            return Err(CallbackRefusal::NotOurs);
        }
        let plain = self.seal.open(sealed, &self.corp_id)?;
        let inner = Fields::read(plain.as_bytes()).ok_or(CallbackRefusal::Malformed)?;
        if !self.is_ours(&inner, &self.corp_id) || inner.get("AgentID").is_none() {
            return Err(CallbackRefusal::NotOurs);
        }
        message::read(&inner)
    }
}

#[cfg(test)]
mod tests;
