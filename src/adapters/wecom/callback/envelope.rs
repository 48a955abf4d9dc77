//! The signature and the seal around a callback.

use std::time::Duration;

use aes::Aes256;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use cbc::Decryptor;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt as _, KeyIvInit as _};
use sha1::{Digest as _, Sha1};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::KeyError;
use crate::domain::secret::Credential;
use crate::domain::time::Timestamp;
use crate::flow::callback::{CallbackRefusal, Envelope};

/// How far WeCom's clock and ours may be apart, the way included. Within it, whoever keeps the
/// deliveries' keys takes each only once.
const FRESH: Duration = Duration::from_secs(300);

/// The last of the key's 43 characters holds four bits that belong to no byte, and WeCom does not
/// make them zero.
const KEY_BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// PKCS#7 pads to this many bytes here, twice the cipher's own block.
const PADDED_TO: usize = 32;
/// Random bytes, then the message's length as four bytes, stand before the message.
const RANDOM: usize = 16;

/// What an app's callbacks are signed and sealed with.
pub(super) struct Seal {
    token: Credential,
    key: Zeroizing<[u8; 32]>,
}

impl Seal {
    pub(super) fn new(token: Credential, aes_key: &Credential) -> Result<Self, KeyError> {
        let text = Zeroizing::new(format!("{}=", aes_key.expose()));
        let bytes = Zeroizing::new(KEY_BASE64.decode(text.as_bytes()).map_err(|_| KeyError)?);
        let key = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| KeyError)?;
        Ok(Self {
            token,
            key: Zeroizing::new(key),
        })
    }

    /// Whether WeCom signed `sealed`, about `now`.
    pub(super) fn check(
        &self,
        envelope: &Envelope<'_>,
        sealed: &str,
        now: Timestamp,
    ) -> Result<(), CallbackRefusal> {
        let signature = self.signature(envelope.timestamp, envelope.nonce, sealed);
        // The length of a right one is no secret.
        if !bool::from(signature.as_bytes().ct_eq(envelope.signature.as_bytes())) {
            return Err(CallbackRefusal::Forged);
        }
        let signed: i64 = envelope
            .timestamp
            .parse()
            .map_err(|_| CallbackRefusal::Malformed)?;
        let signed = Timestamp::from_secs(signed);
        if now.since(signed) > FRESH || signed.since(now) > FRESH {
            return Err(CallbackRefusal::Stale);
        }
        Ok(())
    }

    /// SHA-1 over the four parts, sorted by their bytes.
    fn signature(&self, timestamp: &str, nonce: &str, sealed: &str) -> String {
        let mut parts = [self.token.expose(), timestamp, nonce, sealed];
        parts.sort_unstable();
        let mut hash = Sha1::new();
        for part in parts {
            hash.update(part.as_bytes());
        }
        let digest = hash.finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The message inside `sealed`, when it was sealed for `receiver`.
    pub(super) fn open(
        &self,
        sealed: &str,
        receiver: &str,
    ) -> Result<Zeroizing<String>, CallbackRefusal> {
        let bytes = STANDARD
            .decode(sealed)
            .map_err(|_| CallbackRefusal::Malformed)?;
        let mut bytes = Zeroizing::new(bytes);
        let plain = self.decrypt(&mut bytes).ok_or(CallbackRefusal::Sealed)?;
        let (message, to) = split(plain).ok_or(CallbackRefusal::Sealed)?;
        if to != receiver.as_bytes() {
            return Err(CallbackRefusal::NotOurs);
        }
        let message = std::str::from_utf8(message).map_err(|_| CallbackRefusal::Malformed)?;
        Ok(Zeroizing::new(message.to_owned()))
    }

    fn decrypt<'a>(&self, bytes: &'a mut [u8]) -> Option<&'a [u8]> {
        let iv = self.key.first_chunk::<16>()?;
        let cipher = Decryptor::<Aes256>::new((&*self.key).into(), iv.into());
        let plain = cipher.decrypt_padded::<NoPadding>(bytes).ok()?;
        // No oracle: only what is signed comes here.
        let padding = usize::from(*plain.last()?);
        let (kept, padded) = plain.split_at_checked(plain.len().checked_sub(padding)?)?;
        let whole = (1..=PADDED_TO).contains(&padding)
            && padded.iter().all(|byte| usize::from(*byte) == padding);
        whole.then_some(kept)
    }
}

/// The message and whom it is for.
fn split(plain: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_random, rest) = plain.split_at_checked(RANDOM)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    rest.split_at_checked(length)
}
