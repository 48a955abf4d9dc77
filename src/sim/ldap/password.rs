//! Passwords as the simulated directory keeps them: salted SHA-256, never in clear. A demo's
//! directory lives in memory for minutes, so the hash need not be slow.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::flow::ports::Entropy;

/// A salted hash.
#[derive(Clone)]
pub(super) struct PasswordHash {
    salt: [u8; 16],
    hash: [u8; 32],
}

impl PasswordHash {
    pub(super) fn new(password: &str, entropy: &dyn Entropy) -> Self {
        let mut salt = [0; 16];
        entropy.fill(&mut salt);
        Self {
            salt,
            hash: digest(&salt, password),
        }
    }

    pub(super) fn matches(&self, password: &str) -> bool {
        self.hash.ct_eq(&digest(&self.salt, password)).into()
    }
}

fn digest(salt: &[u8], password: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(password.as_bytes());
    hash.finalize().into()
}
