//! The operating system's random bytes.

use crate::flow::ports::Entropy;

/// getrandom(2).
#[derive(Copy, Clone, Debug, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    #[expect(
        clippy::disallowed_methods,
        clippy::expect_used,
        reason = "the Entropy port's real side; without randomness nothing may go on"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system has no random bytes");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_fills_every_byte_and_never_the_same_way() {
        let (mut first, mut second) = ([0u8; 64], [0u8; 64]);
        OsEntropy.fill(&mut first);
        OsEntropy.fill(&mut second);
        assert_ne!(first, second);
        assert_ne!(first[48..], [0u8; 16]);
    }
}
