//! WeCom's side of a callback: sealing and signing.
//!
//! Written apart from what opens callbacks, so that the two agree only if both are right; the
//! published examples hold for each.

use aes::Aes256;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use cbc::Encryptor;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeEncrypt as _, KeyIvInit as _};
use sha1::{Digest as _, Sha1};

/// What an administrator entered beside a callback's address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallbackKeys {
    /// The token.
    pub token: String,
    /// The EncodingAESKey.
    pub aes_key: String,
}

impl Default for CallbackKeys {
    fn default() -> Self {
        Self {
            token: "SimulatedToken26".to_owned(),
            aes_key: "TheSimulatedWeComSealsItsCallbacksWithThis2".to_owned(),
        }
    }
}

impl CallbackKeys {
    /// Seals `message` for `receiver`; `None` when the key is none.
    pub fn seal(&self, random: [u8; 16], message: &str, receiver: &str) -> Option<String> {
        let length = u32::try_from(message.len()).ok()?;
        let mut plain = random.to_vec();
        plain.extend_from_slice(&length.to_be_bytes());
        plain.extend_from_slice(message.as_bytes());
        plain.extend_from_slice(receiver.as_bytes());
        let padding = 32 - plain.len() % 32;
        plain.extend(std::iter::repeat_n(u8::try_from(padding).ok()?, padding));
        self.encrypt(&plain)
    }

    /// Encrypts whole blocks as they are, whatever is in them.
    pub fn encrypt(&self, blocks: &[u8]) -> Option<String> {
        let lenient = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
        let engine = GeneralPurpose::new(&alphabet::STANDARD, lenient);
        let key: [u8; 32] = engine
            .decode(format!("{}=", self.aes_key))
            .ok()?
            .try_into()
            .ok()?;
        let iv = key.first_chunk::<16>()?;
        let mut buffer = blocks.to_vec();
        let cipher = Encryptor::<Aes256>::new(&key.into(), iv.into());
        let sealed = cipher
            .encrypt_padded::<NoPadding>(&mut buffer, blocks.len())
            .ok()?;
        Some(STANDARD.encode(sealed))
    }

    /// The signature over a sealed message.
    pub fn sign(&self, timestamp: &str, nonce: &str, sealed: &str) -> String {
        let mut parts = [self.token.as_str(), timestamp, nonce, sealed];
        parts.sort_unstable();
        let digest = Sha1::digest(parts.concat());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The one published example of sealing.
    #[test]
    fn the_published_example_is_sealed_to_the_letter() {
        let keys = CallbackKeys {
            token: "123456".to_owned(),
            aes_key: "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR".to_owned(),
        };
        let message = "<xml>\n\
            <MsgType><![CDATA[text]]></MsgType>\n\
            <Content><![CDATA[test]]></Content>\n\
            <FromUserName><![CDATA[wx49f0ab532d5d035a]]></FromUserName>\n\
            <ToUserName><![CDATA[messense]]></ToUserName>\n\
            <AgentID>1</AgentID>\n\
            <CreateTime>1411525903</CreateTime>\n\
            </xml>";
        let random = *b"1234567890123456";
        let sealed = keys.seal(random, message, "wx49f0ab532d5d035a").unwrap();
        assert_eq!(
            sealed,
            "9s4gMv99m88kKTh/H8IdkOiMg6bisoy3ypwy9H4hvSPe9nsGaqyw5hhSjdYbcrKk+j3nba4HMOTzHrluLBYq\
             xgNcBqGsL8GqxlhZgURnAtObvesEl5nZ+uBE8bviY0LWke8Zy9V/QYKxNV2FqllNXcfmstttyIkMKCCmVbCF\
             M2JTF5wY0nFhHZSjPUL2Q1qvSUCUld+/WIXrx0oyKQmpB6o8NRrrNrsDf03oxI1p9FxUgMnwKKZeOA/uu+2I\
             EvEBtb7muXsVbwbgX05UPPJvFurDXafG0RQyPR+mf1nDnAtQmmNOuiR5MIkdQ39xn1vWwi1O5oazPoQJz0nT\
             YjxxEE8kv3kFxtAGVRe3ypD3WeK2XeFYFMNMpatF9XiKzHo3"
        );
        assert_eq!(
            keys.sign("1411525903", "461056294", &sealed),
            "407518b7649e86ef23978113f92d27afa9296533"
        );
    }

    #[test]
    fn the_simulations_own_key_is_one() {
        assert_eq!(CallbackKeys::default().aes_key.len(), 43);
        assert!(CallbackKeys::default().seal([0; 16], "", "ww1").is_some());
    }
}
