//! How easily a password is guessed: zxcvbn's verdict as one reason and one fix.

/// What the meter says about one candidate.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct Strength {
    /// zxcvbn's score, 0 (guessed at once) to 4 (very hard to guess).
    pub score: u8,
}
