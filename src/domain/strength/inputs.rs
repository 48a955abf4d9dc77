//! What zxcvbn's English dictionaries do not know: the person's words, the site's, and what is
//! common in China and Indonesia.
//!
//! zxcvbn hashes all its user inputs several times a call, so only those are handed to it that
//! the password may hold: as typed, backwards, or behind substitutions.

use std::sync::LazyLock;

use zeroize::Zeroizing;
use zxcvbn::Match;
use zxcvbn::matching::patterns::MatchPattern;

use super::Reason;
use crate::domain::pinyin;
use crate::domain::words::{Words, fold};

/// Names and words of three letters or more, and numbers, with what they are.
static LISTS: LazyLock<Vec<(&'static str, Reason)>> = LazyLock::new(|| {
    [
        (
            include_str!("../../../assets/blocklist/numbers.txt"),
            Reason::LuckyNumber,
        ),
        (
            include_str!("../../../assets/blocklist/pinyin.txt"),
            Reason::Pinyin,
        ),
        (
            include_str!("../../../assets/blocklist/indonesian.txt"),
            Reason::Indonesian,
        ),
    ]
    .into_iter()
    .flat_map(|(list, reason)| list.split_whitespace().map(move |word| (word, reason)))
    .filter(|(word, _)| word.len() >= 3)
    .collect()
});

/// A run of letters is taken for a Chinese name from so many letters on, up to so many syllables.
const NAME_MIN: usize = 5;
const NAME_SYLLABLES: usize = 3;

/// The words a guesser of this password would try early, best first.
pub(super) struct Inputs(Vec<(Zeroizing<String>, Reason)>);

impl Inputs {
    /// Those of all known words that `text` may hold.
    pub(super) fn found_in(text: &str, words: &Words) -> Self {
        let forms = forms(text);
        let held = |word: &str| forms.iter().any(|form| form.contains(word));
        let person = words
            .person
            .iter()
            .map(|word| (word.as_str(), Reason::Personal));
        let site = words
            .site
            .iter()
            .map(|word| (word.as_str(), Reason::SiteWord));
        let mut found: Vec<(Zeroizing<String>, Reason)> = person
            .chain(site)
            .chain(LISTS.iter().copied())
            .filter(|(word, _)| held(word))
            .map(|(word, reason)| (Zeroizing::new(word.to_owned()), reason))
            .collect();
        found
            .extend(names_in(&forms).map(|name| (Zeroizing::new(name.to_owned()), Reason::Pinyin)));
        let mut inputs = Self(Vec::new());
        for (word, reason) in found {
            if !inputs.0.iter().any(|(known, _)| *known == word) {
                let own = words.person.iter().any(|own| word.contains(own.as_str()));
                inputs
                    .0
                    .push((word, if own { Reason::Personal } else { reason }));
            }
        }
        inputs
    }

    /// As zxcvbn takes them: the place is the rank.
    pub(super) fn words(&self) -> Vec<&str> {
        self.0.iter().map(|(word, _)| word.as_str()).collect()
    }

    /// The reason that these words give for zxcvbn's reading of a password: personal and site
    /// words first, else when the longest known part is one of ours.
    pub(super) fn reason_in(&self, sequence: &[Match]) -> Option<Reason> {
        let reasons = || sequence.iter().filter_map(|part| self.reason_of(part));
        if let Some(reason) =
            reasons().find(|reason| matches!(reason, Reason::Personal | Reason::SiteWord))
        {
            return Some(reason);
        }
        sequence
            .iter()
            .filter(|part| part.pattern != MatchPattern::BruteForce)
            .max_by_key(|part| part.j.saturating_sub(part.i))
            .and_then(|longest| self.reason_of(longest))
    }

    fn reason_of(&self, part: &Match) -> Option<Reason> {
        match &part.pattern {
            MatchPattern::Dictionary(found) => {
                let (word, reason) = self.0.get(found.rank.checked_sub(1)?)?;
                (**word == found.matched_word).then_some(*reason)
            }
            MatchPattern::Repeat(repeat) => self.reason_in(&repeat.base_matches),
            _ => None,
        }
    }
}

/// The password as typed, with substitutions undone in two ways, and all of these backwards.
fn forms(text: &str) -> Vec<Zeroizing<String>> {
    let folded = fold(text);
    let undone = |one, seven| wiped(&folded, folded.chars().map(|c| plain_letter(c, one, seven)));
    let mut forms = vec![undone('i', 't'), undone('l', 'l')];
    forms.push(folded);
    let backwards: Vec<_> = forms
        .iter()
        .map(|form| wiped(form, form.chars().rev()))
        .collect();
    forms.extend(backwards);
    forms
}

/// A text no longer than `like`, in a buffer that is wiped and never grows: growing would leave
/// copies behind.
fn wiped(like: &str, text: impl Iterator<Item = char>) -> Zeroizing<String> {
    let mut buffer = Zeroizing::new(String::with_capacity(like.len()));
    buffer.extend(text);
    buffer
}

fn plain_letter(c: char, one: char, seven: char) -> char {
    match c {
        '4' | '@' => 'a',
        '8' => 'b',
        '(' | '{' | '[' | '<' => 'c',
        '3' => 'e',
        '6' | '9' => 'g',
        '1' | '|' => one,
        '!' => 'i',
        '0' => 'o',
        '$' | '5' => 's',
        '+' => 't',
        '7' => seven,
        '%' => 'x',
        '2' => 'z',
        other => other,
    }
}

/// Whole runs of letters that read as a Chinese name or a short phrase.
fn names_in(forms: &[Zeroizing<String>]) -> impl Iterator<Item = &str> {
    forms
        .iter()
        .flat_map(|form| form.split(|c: char| !c.is_ascii_lowercase()))
        .filter(|run| run.len() >= NAME_MIN)
        .filter(|run| pinyin::syllables(run, NAME_SYLLABLES).is_some())
}
