//! Bytes as a callback, for the fuzzer and for the replay of what it found.

use rekey::adapters::wecom::callback::WecomCallbacks;
use rekey::domain::secret::Credential;
use rekey::domain::time::Timestamp;
use rekey::flow::callback::{CallbackRefusal, Callbacks, Delivery, Envelope};
use rekey::sim::wecom::CallbackKeys;

const CORP: &str = "ww1234567890abcdef";
const SIGNED_AT: i64 = 1_795_000_000;

/// Opens `bytes`: the first says how far inside the rest stands.
pub fn open(bytes: &[u8]) -> Option<Result<Delivery, CallbackRefusal>> {
    let (depth, rest) = bytes.split_first()?;
    let keys = CallbackKeys::default();
    let sealed = match depth % 4 {
        0 => return Some(delivered(&keys, "", rest)),
        1 => String::from_utf8_lossy(rest).into_owned(),
        // Half a block of the cipher is cut off by whoever sends, too.
        2 => keys.encrypt(rest.get(..rest.len() - rest.len() % 16)?)?,
        _ => keys.seal([7; 16], &String::from_utf8_lossy(rest), CORP)?,
    };
    let body = format!(
        "<xml><ToUserName>{CORP}</ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    );
    Some(delivered(&keys, &sealed, body.as_bytes()))
}

fn delivered(keys: &CallbackKeys, sealed: &str, body: &[u8]) -> Result<Delivery, CallbackRefusal> {
    let timestamp = SIGNED_AT.to_string();
    let signature = keys.sign(&timestamp, "nonce", sealed);
    let envelope = Envelope {
        signature: &signature,
        timestamp: &timestamp,
        nonce: "nonce",
    };
    let token = Credential::new(keys.token.clone());
    let key = Credential::new(keys.aes_key.clone());
    let callbacks = WecomCallbacks::new(token, &key, CORP.to_owned(), 1_000_002);
    let callbacks = callbacks.map_err(|_| CallbackRefusal::Sealed)?;
    callbacks.open(&envelope, body, Timestamp::from_secs(SIGNED_AT))
}
