//! Reasons and fixes: every word of zxcvbn's, and our own.

use zxcvbn::feedback::{Suggestion, Warning};

/// What makes a password easy to guess.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Reason {
    /// A straight row of keys.
    KeyRow,
    /// A short pattern on the keyboard.
    KeyPattern,
    /// One character again and again.
    RepeatedCharacter,
    /// One group of characters again and again.
    RepeatedGroup,
    /// One of the ten most common passwords.
    Top10,
    /// One of the hundred most common passwords.
    Top100,
    /// A common password.
    Common,
    /// Close to a common password.
    LikeCommon,
    /// A sequence like abc or 6543.
    Sequence,
    /// A recent year.
    RecentYear,
    /// One word alone.
    SingleWord,
    /// A date.
    Date,
    /// A name alone.
    SingleName,
    /// A name in it.
    Name,
    /// A part of the person's name, login or mail.
    Personal,
    /// A word that everybody at the site thinks of.
    SiteWord,
    /// A Chinese name or word in Latin letters.
    Pinyin,
    /// An Indonesian name or word.
    Indonesian,
    /// Digits that many people like: 5201314, 147258.
    LuckyNumber,
    /// Nothing known in it: it is only short.
    TooShort,
}

impl Reason {
    /// The fix that belongs to a reason of our own.
    pub(super) fn own_fix(self) -> Option<Fix> {
        match self {
            Self::Personal => Some(Fix::LeaveOutName),
            Self::SiteWord => Some(Fix::LeaveOutSiteWord),
            Self::Pinyin | Self::Indonesian => Some(Fix::AddWords),
            Self::LuckyNumber => Some(Fix::LeaveOutNumber),
            _ => None,
        }
    }
}

impl From<Warning> for Reason {
    fn from(warning: Warning) -> Self {
        match warning {
            Warning::StraightRowsOfKeysAreEasyToGuess => Self::KeyRow,
            Warning::ShortKeyboardPatternsAreEasyToGuess => Self::KeyPattern,
            Warning::RepeatsLikeAaaAreEasyToGuess => Self::RepeatedCharacter,
            Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => Self::RepeatedGroup,
            Warning::ThisIsATop10Password => Self::Top10,
            Warning::ThisIsATop100Password => Self::Top100,
            Warning::ThisIsACommonPassword => Self::Common,
            Warning::ThisIsSimilarToACommonlyUsedPassword => Self::LikeCommon,
            Warning::SequencesLikeAbcAreEasyToGuess => Self::Sequence,
            Warning::RecentYearsAreEasyToGuess => Self::RecentYear,
            Warning::AWordByItselfIsEasyToGuess => Self::SingleWord,
            Warning::DatesAreOftenEasyToGuess => Self::Date,
            Warning::NamesAndSurnamesByThemselvesAreEasyToGuess => Self::SingleName,
            Warning::CommonNamesAndSurnamesAreEasyToGuess => Self::Name,
        }
    }
}

/// What would make a password better.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Fix {
    /// Take a few words, but no common phrase.
    FewWords,
    /// Length does it: no need for symbols, digits or capitals.
    NoSymbolsNeeded,
    /// Add two unrelated words.
    AddWords,
    /// A capital letter helps little.
    CapitalHelpsLittle,
    /// All capitals help little.
    AllCapitalsHelpLittle,
    /// Backwards helps little.
    BackwardsHelpsLittle,
    /// Substitutions like @ for a help little.
    SubstitutionsHelpLittle,
    /// A longer keyboard pattern with more turns.
    LongerPattern,
    /// No repeats.
    NoRepeats,
    /// No sequences.
    NoSequences,
    /// No recent years.
    NoRecentYears,
    /// No years of one's own life.
    NoOwnYears,
    /// No dates of one's own life.
    NoOwnDates,
    /// Leave one's own name out.
    LeaveOutName,
    /// Leave the site's words out.
    LeaveOutSiteWord,
    /// Put other things in the place of the well-liked digits.
    LeaveOutNumber,
}

impl From<Suggestion> for Fix {
    fn from(suggestion: Suggestion) -> Self {
        match suggestion {
            Suggestion::UseAFewWordsAvoidCommonPhrases => Self::FewWords,
            Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters => Self::NoSymbolsNeeded,
            Suggestion::AddAnotherWordOrTwo => Self::AddWords,
            Suggestion::CapitalizationDoesntHelpVeryMuch => Self::CapitalHelpsLittle,
            Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => {
                Self::AllCapitalsHelpLittle
            }
            Suggestion::ReversedWordsArentMuchHarderToGuess => Self::BackwardsHelpsLittle,
            Suggestion::PredictableSubstitutionsDontHelpVeryMuch => Self::SubstitutionsHelpLittle,
            Suggestion::UseALongerKeyboardPatternWithMoreTurns => Self::LongerPattern,
            Suggestion::AvoidRepeatedWordsAndCharacters => Self::NoRepeats,
            Suggestion::AvoidSequences => Self::NoSequences,
            Suggestion::AvoidRecentYears => Self::NoRecentYears,
            Suggestion::AvoidYearsThatAreAssociatedWithYou => Self::NoOwnYears,
            Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => Self::NoOwnDates,
        }
    }
}
