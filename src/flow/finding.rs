//! What a look at one part of the installation found, for `rekey check`.

/// How a part is.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// As it should be.
    Fine,
    /// It works, and somebody should know something.
    Warning,
    /// It does not work.
    Wrong,
    /// Not looked at: something before it is wrong, or nobody can tell from here.
    Unknown,
}

/// One part of the installation and how it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Which part, in a word or two.
    pub part: String,
    /// How it is.
    pub verdict: Verdict,
    /// What was seen, in one line.
    pub seen: String,
    /// What to do about it, in one line. Empty when nothing is to do.
    pub remedy: String,
}

impl Finding {
    /// A part that is as it should be.
    pub fn fine(part: impl Into<String>, seen: impl Into<String>) -> Self {
        Self::new(part, Verdict::Fine, seen, "")
    }

    /// A part that works, and what should be done all the same.
    pub fn warning(
        part: impl Into<String>,
        seen: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::new(part, Verdict::Warning, seen, remedy)
    }

    /// A part that does not work, and what to do.
    pub fn wrong(
        part: impl Into<String>,
        seen: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::new(part, Verdict::Wrong, seen, remedy)
    }

    /// A part that could not be looked at.
    pub fn unknown(part: impl Into<String>, why: impl Into<String>) -> Self {
        Self::new(part, Verdict::Unknown, why, "")
    }

    fn new(
        part: impl Into<String>,
        verdict: Verdict,
        seen: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            part: part.into(),
            verdict,
            seen: seen.into(),
            remedy: remedy.into(),
        }
    }
}
