//! The policy: what the directory and the site demand of a new password, as a checklist.

use std::time::Duration;

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

/// A demand on the number of character classes.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Classes {
    /// How many of the five classes (lower, upper, digit, symbol, other letters).
    pub at_least: u8,
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
    NotPersonal,
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
