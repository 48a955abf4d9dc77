//! Pictures: what a kiosk's QR code holds is made and registered here.

use crate::domain::code::{Place, READABLE, ResetId};
use crate::domain::limits;
use crate::flow::ports::{Entropy, Pairing, Ports, StoreError};

/// Characters of a nonce: 13 of 31 are 64.4 random bits, and still fit a version 3 QR code.
const NONCE_CHARS: usize = 13;
/// Characters of the code for those who cannot scan.
const SHORT_CODE_CHARS: usize = 8;

/// Makes and registers a new picture for `visit`; the visit's earlier ones end.
///
/// # Errors
/// When it cannot be registered: then there is no picture to show.
pub async fn offer(ports: &Ports, place: &Place, visit: &ResetId) -> Result<Pairing, StoreError> {
    let now = ports.clock.now().wall;
    let pairing = Pairing {
        nonce: readable(&*ports.entropy, NONCE_CHARS),
        short_code: readable(&*ports.entropy, SHORT_CODE_CHARS),
        place: place.clone(),
        visit: visit.clone(),
        expires: now.plus(limits::PAIRING_LIFETIME),
    };
    ports.pairings.offer(&pairing, now).await?;
    Ok(pairing)
}

/// Random characters, each of the 31 equally likely: bytes that would favour some are drawn anew.
fn readable(entropy: &dyn Entropy, length: usize) -> String {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let mut byte = [0];
        entropy.fill(&mut byte);
        let [byte] = byte;
        let even = usize::from(byte) < 256 / READABLE.len() * READABLE.len();
        let drawn = READABLE.get(usize::from(byte) % READABLE.len());
        text.extend(drawn.filter(|_| even).map(|c| char::from(*c)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU8, Ordering};

    /// Gives every byte in turn.
    struct EveryByte(AtomicU8);

    impl Entropy for EveryByte {
        fn fill(&self, bytes: &mut [u8]) {
            for byte in bytes {
                *byte = self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn every_character_is_equally_likely_and_readable() {
        let text = readable(&EveryByte(AtomicU8::new(0)), 248);
        for c in READABLE {
            assert_eq!(text.bytes().filter(|b| b == c).count(), 8);
        }
        assert!(!text.contains(['0', 'O', '1', 'I', 'L']));
    }
}
