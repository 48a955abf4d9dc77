//! How easily a password is guessed: zxcvbn's verdict as one reason and one fix.
//!
//! There are two ways to ask. [`full`] is the true verdict: it may take seconds for a hostile
//! password of a hundred substitutions and belongs off the event loop, once, at submit. [`live`]
//! answers at every key within 5 ms whatever is typed, by looking at no more than [`WINDOW`]
//! characters at a time and at a bounded number of substitutions. What it does not look at it
//! takes for unguessable, so it may be kinder than [`full`]; therefore it is never the reason to
//! accept a password.

mod feedback;
mod inputs;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;
use zxcvbn::Entropy;

use super::words::Words;
use inputs::Inputs;

pub use feedback::{Fix, Reason};

/// How many code points [`live`] looks at in one go.
pub const WINDOW: usize = 32;

/// How much work one look of [`live`] may be: ways to undo substitutions times pairs of places.
const LIVE_WORK: usize = 16_000;

/// What the meter says about one candidate.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct Strength {
    /// zxcvbn's score, 0 (guessed at once) to 4 (very hard to guess).
    pub score: u8,
    /// What makes it easy to guess; `None` from score 3 on.
    pub reason: Option<Reason>,
    /// What would make it better; `None` at score 4.
    pub fix: Option<Fix>,
}

impl Strength {
    /// A bare score, with no word about it.
    pub fn of(score: u8) -> Self {
        Self {
            score,
            reason: None,
            fix: None,
        }
    }
}

/// The verdict while typing: at most 5 ms; perhaps too kind, never the reason to accept.
pub fn live(password: &str, words: &Words) -> Strength {
    let text = normal(password);
    let first = cut(text.chars().take(WINDOW));
    let verdict = judge(&without_excess(&first), words);
    let length = text.chars().count();
    if length <= WINDOW || verdict.score == 4 {
        return verdict;
    }
    // A weak beginning says nothing about a good end.
    let last = cut(text.chars().skip(length - WINDOW));
    let end = judge(&without_excess(&last), words);
    if end.score > verdict.score {
        end
    } else {
        verdict
    }
}

/// The true verdict, for submit: off the event loop. zxcvbn looks at the first 100 characters.
pub fn full(password: &str, words: &Words) -> Strength {
    judge(&normal(password), words)
}

/// Builds zxcvbn's tables (5.5 MB, some 40 ms), which the first verdict would else wait for.
pub fn warm_up() {
    let _ = full("warm up: l33t words, 2026-01-01, qwerty", &Words::default());
}

/// At most [`WINDOW`] characters, in a buffer that is wiped and never grows.
fn cut(part: impl Iterator<Item = char>) -> Zeroizing<String> {
    let mut window = Zeroizing::new(String::with_capacity(WINDOW * 4));
    window.extend(part.take(WINDOW));
    window
}

fn judge(text: &str, words: &Words) -> Strength {
    let inputs = Inputs::found_in(text, words);
    let entropy = zxcvbn::zxcvbn(text, &inputs.words());
    let score = u8::from(entropy.score());
    Strength {
        score,
        reason: (score < 3).then(|| reason(&entropy, &inputs)),
        fix: (score < 4).then(|| fix(&entropy, &inputs)),
    }
}

/// The longest part that a guesser knows decides the reason; a part of the person's or the
/// site's comes first.
fn reason(entropy: &Entropy, inputs: &Inputs) -> Reason {
    inputs.reason_in(entropy.sequence()).unwrap_or_else(|| {
        entropy
            .feedback()
            .and_then(zxcvbn::feedback::Feedback::warning)
            .map_or(Reason::TooShort, Reason::from)
    })
}

fn fix(entropy: &Entropy, inputs: &Inputs) -> Fix {
    if let Some(fix) = inputs
        .reason_in(entropy.sequence())
        .and_then(Reason::own_fix)
    {
        return fix;
    }
    // zxcvbn names the general remedy first and then what fits this very password.
    entropy
        .feedback()
        .and_then(|feedback| feedback.suggestions().last())
        .map_or(Fix::AddWords, |suggestion| Fix::from(*suggestion))
}

/// Compatibility forms (full-width letters and the like) hide a word from zxcvbn, not from a
/// guesser.
fn normal(password: &str) -> Zeroizing<String> {
    // As in `words::fold`: room for the longest result.
    let mut text = Zeroizing::new(String::with_capacity(password.len().saturating_mul(12)));
    text.extend(password.nfkc());
    text
}

/// The letters that zxcvbn tries for each substitution; those with two letters multiply most.
const SUBSTITUTIONS: [(char, &str); 12] = [
    ('a', "4@"),
    ('b', "8"),
    ('c', "({[<"),
    ('e', "3"),
    ('g', "69"),
    ('i', "1!|"),
    ('l', "1|7"),
    ('o', "0"),
    ('s', "$5"),
    ('t', "+7"),
    ('x', "%"),
    ('z', "2"),
];

/// The text with so many different substitution signs as [`LIVE_WORK`] allows; the others are
/// replaced by signs of no meaning, each by its own. Digits stay: dates and rows need them.
fn without_excess(text: &str) -> Zeroizing<String> {
    let length = text.chars().count();
    let most = LIVE_WORK / (length * length).max(1);
    let mut kept: Vec<char> = Vec::new();
    let mut excess: Vec<char> = Vec::new();
    let is_sign = |c: &char| SUBSTITUTIONS.iter().any(|(_, signs)| signs.contains(*c));
    let digits = text.chars().filter(char::is_ascii_digit);
    for sign in digits
        .chain(text.chars().filter(|c| !c.is_ascii_digit()))
        .filter(is_sign)
    {
        if kept.contains(&sign) || excess.contains(&sign) {
            continue;
        }
        kept.push(sign);
        if ways(&kept) > most {
            kept.pop();
            excess.push(sign);
        }
    }
    let mut bounded = Zeroizing::new(String::with_capacity(text.len().saturating_mul(4)));
    bounded.extend(text.chars().map(|c| {
        match excess.iter().position(|sign| *sign == c) {
            // Braille letters: no dictionary, keyboard or sequence has them this far apart.
            Some(at) => u32::try_from(at * 11)
                .ok()
                .and_then(|at| char::from_u32(0x2801 + at))
                .unwrap_or('\u{2801}'),
            None => c,
        }
    }));
    bounded
}

/// How many ways zxcvbn tries to undo these signs, at most.
fn ways(signs: &[char]) -> usize {
    let letters_of = |sign: &char| {
        SUBSTITUTIONS
            .iter()
            .filter(|(_, s)| s.contains(*sign))
            .count()
    };
    let choices: usize = SUBSTITUTIONS
        .iter()
        .map(|(_, of)| {
            signs
                .iter()
                .filter(|sign| of.contains(**sign))
                .count()
                .max(1)
        })
        .product();
    // A sign of two letters is tried for both.
    let doubled = signs.iter().filter(|sign| letters_of(sign) > 1).count();
    choices << doubled
}

#[cfg(test)]
mod tests;
