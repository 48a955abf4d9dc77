//! The policy: what the directory and the site demand of a new password, as a checklist.

use std::time::Duration;

use super::blocklist::{Blocklist, BlocklistError};
use super::limits;
use super::secret::{OldPassword, Password};
use super::strength::{self, Strength};
use super::words::Words;

/// What one length is counted in; directories differ.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum LengthUnit {
    /// UTF-8 bytes (OpenLDAP's pwdMinLength).
    Bytes,
    /// UTF-16 code units (Active Directory).
    Utf16Units,
    /// Unicode code points (the site's own rule).
    Characters,
}

impl LengthUnit {
    /// How long `text` is in this unit.
    pub fn count(self, text: &str) -> u32 {
        let length = match self {
            Self::Bytes => text.len(),
            Self::Utf16Units => text.encode_utf16().count(),
            Self::Characters => text.chars().count(),
        };
        u32::try_from(length).unwrap_or(u32::MAX)
    }

    /// Whether so many in this unit are always at least as many in the `other`: a character is
    /// one or more units and one or more bytes, and a unit is at least one byte.
    fn at_least_in(self, other: Self) -> bool {
        self == other || self == Self::Characters || other == Self::Bytes
    }
}

/// A demand on the number of character classes.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Classes {
    /// How many of the five classes (lower, upper, digit, symbol, other letters).
    pub at_least: u8,
    /// Where letters beyond ASCII belong.
    pub beyond_ascii: BeyondAscii,
}

/// How a directory sorts letters beyond ASCII into classes.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum BeyondAscii {
    /// By their case; those without (Chinese) are "other letters" (Active Directory).
    ByCase,
    /// All are "other letters" (389 Directory Server's 8-bit characters).
    OneClass,
}

impl Classes {
    /// How many of the five classes `text` has. A space, and what is neither ASCII nor a letter,
    /// counts as nothing; so does a letter whose case is not plain (ß, ª, ǅ), because servers do
    /// not agree on those.
    pub fn count(self, text: &str) -> u8 {
        let classes: [fn(Self, char) -> bool; 5] = [
            |it, c| c.is_ascii_lowercase() || it.by_case(c) && is_plain_lower(c),
            |it, c| c.is_ascii_uppercase() || it.by_case(c) && is_plain_upper(c),
            |_, c| c.is_ascii_digit(),
            |_, c| c.is_ascii_punctuation(),
            |it, c| !c.is_ascii() && c.is_alphabetic() && !(it.by_case(c) && has_case(c)),
        ];
        classes
            .iter()
            .map(|of| u8::from(text.chars().any(|c| of(self, c))))
            .sum()
    }

    fn by_case(self, c: char) -> bool {
        !c.is_ascii() && self.beyond_ascii == BeyondAscii::ByCase
    }
}

fn is_plain_lower(c: char) -> bool {
    let mut upper = c.to_uppercase();
    c.is_lowercase() && upper.len() == 1 && upper.next() != Some(c)
}

fn is_plain_upper(c: char) -> bool {
    let mut lower = c.to_lowercase();
    c.is_uppercase() && lower.len() == 1 && lower.next() != Some(c)
}

/// Any case at all.
fn has_case(c: char) -> bool {
    c.is_lowercase() || c.is_uppercase() || c.to_lowercase().next() != Some(c)
}

/// How a directory itself looks for the person's names in a password, beyond the tokens of
/// [`Words`].
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum NameCheck {
    /// Any so many characters in a row of a login, a name or the mail address (389 Directory
    /// Server's `passwordMinTokenLength`).
    Fragments(u8),
    /// The login name, and the display name's parts of three characters or more (Active
    /// Directory's complexity).
    Parts,
}

/// What the directory demands, for one account.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DirectoryPolicy {
    /// Shortest password and its unit.
    pub min_length: Option<(u32, LengthUnit)>,
    /// Longest password and its unit.
    pub max_length: Option<(u32, LengthUnit)>,
    /// Character classes.
    pub classes: Option<Classes>,
    /// The person's names.
    pub names: Option<NameCheck>,
    /// How many old passwords the directory remembers; `None` when it does not.
    pub history: Option<u32>,
    /// Whether the history also binds a reset.
    pub history_on_reset: bool,
    /// How long a password must be kept before the next change.
    pub min_age: Option<Duration>,
    /// How long a password works.
    pub max_age: Option<Duration>,
    /// The directory runs check modules of its own, which only it can judge.
    pub own_checks: bool,
    /// It can end a lock by wrong passwords and leave the password as it is, and lets this program.
    pub can_unlock: bool,
}

/// What the site demands on top (`[policy]`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SitePolicy {
    /// How long a password works; the stricter of this and the directory's counts.
    pub max_age: Duration,
    /// Shortest password in code points.
    pub min_length: u32,
    /// Lowest zxcvbn score, 0 to 4.
    pub min_strength: u8,
    /// Words that are never part of a good password (`[site] words`).
    pub words: Vec<String>,
}

/// Everything a new password is judged by: the directory's and the site's demands and the
/// person's own words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Policy {
    /// The directory's demands.
    pub directory: DirectoryPolicy,
    /// The site's demands.
    pub site: SitePolicy,
    /// Login, names, mail of the employee.
    pub person_words: Vec<String>,
    /// The password that is replaced, where it was the proof.
    pub old: Option<OldPassword>,
}

/// One line of the checklist.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rule {
    /// At least so many, counted in this unit (the stricter of directory and site; both lines
    /// when the units differ and neither implies the other).
    MinLength {
        /// The demand.
        at_least: u32,
        /// Its unit.
        unit: LengthUnit,
        /// What the password has.
        has: u32,
    },
    /// At most so many.
    MaxLength {
        /// The demand.
        at_most: u32,
        /// Its unit.
        unit: LengthUnit,
        /// What the password has.
        has: u32,
    },
    /// Character classes.
    Classes {
        /// The demand.
        at_least: u8,
        /// What the password has.
        has: u8,
    },
    /// Not the name, login or mail.
    NotPersonal {
        /// Where the directory forbids even so many of their characters in a row.
        in_a_row: Option<u8>,
    },
    /// Not a near-copy of the old password.
    NotLikeOld,
    /// None of the site's words.
    NotSiteWord,
    /// Not on the list of common passwords.
    NotCommon,
    /// The strength score.
    Strength {
        /// The demand, 0 to 4.
        at_least: u8,
    },
    /// Only the directory can say: its history.
    History {
        /// How many it remembers.
        remembers: u32,
    },
    /// Only the directory can say: its minimum age.
    MinAge {
        /// How long a password must be kept.
        keep: Duration,
    },
    /// Only the directory can say: its own check modules.
    OwnChecks,
}

/// How a rule came out.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Met.
    Met,
    /// Not met.
    NotMet,
    /// Nobody can say before the directory is asked.
    AtTheEnd,
}

/// The checklist and the strength, for one candidate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// One line each, in the order they are shown.
    pub lines: Vec<(Rule, Verdict)>,
    /// What the strength meter says.
    pub strength: super::strength::Strength,
}

impl Report {
    /// Whether the screen may offer this password to the directory.
    pub fn acceptable(&self) -> bool {
        self.lines
            .iter()
            .all(|(_, verdict)| *verdict != Verdict::NotMet)
    }
}

fn met(is_met: bool) -> Verdict {
    match is_met {
        true => Verdict::Met,
        false => Verdict::NotMet,
    }
}

/// Makes ready what judging needs (zxcvbn's tables, the list of common passwords), which the
/// first verdict would else wait for. Call it at start, off the event loop.
///
/// # Errors
/// The program's own list is damaged: it must not start.
pub fn warm_up() -> Result<(), BlocklistError> {
    strength::warm_up();
    Blocklist::common().map(|_| ())
}

impl Policy {
    /// The checklist while typing: at most some milliseconds, perhaps too kind about strength.
    /// Never the reason to accept a password.
    pub fn report_live(&self, password: &Password) -> Report {
        let words = self.words();
        self.judge(password, &words, strength::live(password.expose(), &words))
    }

    /// The true checklist, for submit. May take seconds: off the event loop.
    pub fn report_full(&self, password: &Password) -> Report {
        let words = self.words();
        self.judge(password, &words, strength::full(password.expose(), &words))
    }

    /// The checklist before anything was typed: what only a password can tell is not met.
    pub fn report_empty(&self) -> Report {
        let mut lines = self.demands("");
        lines.extend([(self.not_personal(), false), (Rule::NotCommon, false)]);
        if self.old.is_some() {
            lines.insert(lines.len() - 1, (Rule::NotLikeOld, false));
        }
        if !self.site.words.is_empty() {
            lines.insert(lines.len() - 1, (Rule::NotSiteWord, false));
        }
        self.report(lines, Strength::of(0))
    }

    /// Brings what can be counted in a report up to date, for a password whose verdict is still to
    /// come. Takes no time worth mentioning.
    pub fn count_again(&self, report: &mut Report, password: &Password) {
        // They come first in every report, in this order.
        for (line, (rule, is_met)) in report.lines.iter_mut().zip(self.demands(password.expose())) {
            *line = (rule, met(is_met));
        }
    }

    fn words(&self) -> Words {
        let words = Words::new(&self.person_words, &self.site.words);
        match self.directory.names {
            Some(check) => words.and_as_the_directory_does(check, &self.person_words),
            None => words,
        }
    }

    fn not_personal(&self) -> Rule {
        let in_a_row = match self.directory.names {
            Some(NameCheck::Fragments(length)) => Some(length),
            Some(NameCheck::Parts) | None => None,
        };
        Rule::NotPersonal { in_a_row }
    }

    /// Judges a password by every rule, in the order the lines are shown.
    fn judge(&self, password: &Password, words: &Words, strength: Strength) -> Report {
        let text = password.expose();
        let mut lines = self.demands(text);
        lines.push((self.not_personal(), !words.personal_in(text)));
        if let Some(old) = &self.old {
            lines.push((Rule::NotLikeOld, !old.is_like(password)));
        }
        if !words.site.is_empty() {
            lines.push((Rule::NotSiteWord, !words.site_in(text)));
        }
        // A program whose list is damaged does not start; if it did, nothing would be let in.
        let common = Blocklist::common().map_or(true, |list| list.holds(text));
        lines.push((Rule::NotCommon, !common));
        self.report(lines, strength)
    }

    /// The demands that can be counted: lengths and classes.
    fn demands(&self, text: &str) -> Vec<(Rule, bool)> {
        let shortest = self.shortest().into_iter().map(|(at_least, unit)| {
            let has = unit.count(text);
            (
                Rule::MinLength {
                    at_least,
                    unit,
                    has,
                },
                has >= at_least,
            )
        });
        let longest = self.longest().into_iter().map(|(at_most, unit)| {
            let has = unit.count(text);
            (Rule::MaxLength { at_most, unit, has }, has <= at_most)
        });
        let classes = self.directory.classes.map(|classes| {
            let (at_least, has) = (classes.at_least, classes.count(text));
            (Rule::Classes { at_least, has }, has >= at_least)
        });
        shortest.chain(longest).chain(classes).collect()
    }

    /// The shortest lengths that count: a demand that another one implies is left out.
    fn shortest(&self) -> Vec<(u32, LengthUnit)> {
        let site = (self.site.min_length.max(1), LengthUnit::Characters);
        let Some(directory) = self.directory.min_length else {
            return vec![site];
        };
        let implies = |(a, a_unit): (u32, LengthUnit), (b, b_unit): (u32, LengthUnit)| {
            a_unit.at_least_in(b_unit) && a >= b
        };
        if implies(site, directory) {
            vec![site]
        } else if implies(directory, site) {
            vec![directory]
        } else {
            vec![site, directory]
        }
    }

    /// The longest length, when the directory's may be met before our own limit.
    fn longest(&self) -> Option<(u32, LengthUnit)> {
        let (at_most, unit) = self.directory.max_length?;
        // A character is at most 4 bytes and 2 UTF-16 units.
        let widest = match unit {
            LengthUnit::Bytes => 4,
            LengthUnit::Utf16Units => 2,
            LengthUnit::Characters => 1,
        };
        let ours = u32::try_from(limits::PASSWORD_MAX_CHARS.saturating_mul(widest)).ok()?;
        (at_most > 0 && at_most < ours).then_some((at_most, unit))
    }

    /// Adds the strength and what only the directory can say.
    fn report(&self, judged: Vec<(Rule, bool)>, strength: Strength) -> Report {
        let at_least = self.site.min_strength;
        let directory = &self.directory;
        let mut lines: Vec<_> = judged
            .into_iter()
            .map(|(rule, is)| (rule, met(is)))
            .collect();
        if at_least > 0 {
            lines.push((Rule::Strength { at_least }, met(strength.score >= at_least)));
        }
        let history = directory
            .history
            .filter(|n| *n > 0 && directory.history_on_reset);
        let at_the_end = [
            history.map(|remembers| Rule::History { remembers }),
            directory
                .min_age
                .filter(|age| !age.is_zero())
                .map(|keep| Rule::MinAge { keep }),
            directory.own_checks.then_some(Rule::OwnChecks),
        ];
        lines.extend(
            at_the_end
                .into_iter()
                .flatten()
                .map(|rule| (rule, Verdict::AtTheEnd)),
        );
        Report { lines, strength }
    }
}

#[cfg(test)]
mod tests;
