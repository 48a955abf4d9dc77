//! Words that are never part of a good password: the person's own and the site's.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use zeroize::Zeroizing;

use super::policy::NameCheck;

/// Shortest token that counts; for words in Han characters it is [`HAN_MIN`].
const TOKEN_MIN: usize = 3;
/// A Chinese name has two characters or more.
const HAN_MIN: usize = 2;
/// More tokens than anybody's names have are not looked at.
const TOKENS_MAX: usize = 48;
/// Longest token that is looked at, in code points.
const TOKEN_MAX: usize = 64;
/// Parts of mail domains that say nothing about the person.
const DOMAIN_COMMON: [&str; 9] = [
    "com", "net", "org", "edu", "gov", "mail", "email", "www", "corp",
];

/// What Active Directory splits a display name at (Windows' documentation of "Password must meet
/// complexity requirements"; Samba does not look for names).
const PARTS_END_AT: [char; 7] = [',', '.', '-', '_', ' ', '#', '\t'];

/// Tokens, folded by [`fold`].
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Words {
    /// Of login, names and mail.
    pub person: Vec<String>,
    /// Of `[site] words`.
    pub site: Vec<String>,
    /// What the directory itself looks for, in lower case and no further folded.
    directory: Vec<String>,
}

impl Words {
    /// Splits the person's words (login, names, mail) and the site's into tokens.
    pub fn new(person: &[String], site: &[String]) -> Self {
        let site = all_tokens(site);
        // The company's name in a mail address is the site's word, not the person's.
        let mut person = all_tokens(person);
        person.retain(|token| !site.contains(token));
        Self {
            person,
            site,
            directory: Vec::new(),
        }
    }

    /// Adds what the directory refuses by a check of its own, which may be less than a token.
    pub fn and_as_the_directory_does(mut self, check: NameCheck, person: &[String]) -> Self {
        let least = match check {
            NameCheck::Fragments(length) => usize::from(length.max(1)),
            NameCheck::Parts => TOKEN_MIN,
        };
        let found: Vec<String> = match check {
            NameCheck::Fragments(_) => person.iter().flat_map(|w| windows(w, least)).collect(),
            NameCheck::Parts => person
                .iter()
                .filter(|word| !word.contains('@'))
                .flat_map(|word| word.split(PARTS_END_AT).chain([word.as_str()]))
                .filter(|part| part.encode_utf16().count() >= least)
                .map(str::to_owned)
                .collect(),
        };
        self.directory = found.iter().map(|part| lower(part).collect()).collect();
        self.directory.sort_unstable();
        self.directory.dedup();
        self
    }

    /// Whether a password holds one of the person's tokens.
    pub fn personal_in(&self, password: &str) -> bool {
        if any_in(&self.person, password) {
            return true;
        }
        if self.directory.is_empty() {
            return false;
        }
        // Room for the longest result (a letter becomes three at most), as in `fold`.
        let mut text = Zeroizing::new(String::with_capacity(password.len().saturating_mul(3)));
        text.extend(lower(password));
        let mut parts = self.directory.iter();
        parts.any(|part| text.contains(part.as_str()))
    }

    /// Whether a password holds one of the site's tokens.
    pub fn site_in(&self, password: &str) -> bool {
        any_in(&self.site, password)
    }
}

/// Text as it is compared: compatibility forms, accents and case make no difference.
pub fn fold(text: &str) -> Zeroizing<String> {
    // Room for the longest result (U+FDFA: 3 bytes become 33) up front: a growing buffer would leave
    // unwiped copies of a password behind.
    let mut folded = Zeroizing::new(String::with_capacity(text.len().saturating_mul(12)));
    folded.extend(
        text.nfkd()
            .filter(|c| !is_combining_mark(*c))
            .flat_map(char::to_lowercase),
    );
    folded
}

/// Every `length` characters in a row.
fn windows(word: &str, length: usize) -> impl Iterator<Item = String> {
    let letters: Vec<char> = word.chars().collect();
    let last = (letters.len() + 1).saturating_sub(length);
    (0..last).map(move |from| letters.iter().skip(from).take(length).collect())
}

/// Lower case letter by letter, so that what is within a text stays within it.
fn lower(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(char::to_lowercase)
}

fn any_in(tokens: &[String], password: &str) -> bool {
    let folded = fold(password);
    tokens.iter().any(|token| folded.contains(token.as_str()))
}

fn all_tokens(words: &[String]) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    for token in words.iter().flat_map(|word| tokens_of(word)) {
        if tokens.len() < TOKENS_MAX && !tokens.contains(&token) {
            tokens.push(token);
        }
    }
    tokens
}

/// The tokens of one word, name or mail address.
fn tokens_of(word: &str) -> Vec<String> {
    let folded = fold(word);
    let (local, domain) = folded.split_once('@').unwrap_or((&folded, ""));
    let parts: Vec<&str> = split(local).collect();
    let mut tokens: Vec<String> = parts
        .iter()
        .copied()
        .chain(domain_parts(domain))
        .filter(|part| counts(part))
        .map(|part| part.chars().take(TOKEN_MAX).collect())
        .collect();
    // Li Na has no part of three letters: her name counts as a whole, in either order.
    if let [first, second] = parts.as_slice() {
        for whole in [[*first, *second].concat(), [*second, *first].concat()] {
            if counts(&whole) && !parts.iter().any(|part| counts(part)) {
                tokens.push(whole);
            }
        }
    }
    tokens
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
}

/// The parts of a mail domain that name the company: not the top level, nothing common.
fn domain_parts(domain: &str) -> impl Iterator<Item = &str> {
    domain
        .rsplit_once('.')
        .map_or("", |(company, _)| company)
        .split('.')
        .flat_map(split)
        .filter(|part| !DOMAIN_COMMON.contains(part))
}

/// Whether a token is long enough to count.
fn counts(token: &str) -> bool {
    let length = token.chars().count();
    length >= TOKEN_MIN || (length >= HAN_MIN && token.chars().all(is_han))
}

/// Han characters: the unified ideographs and their first extension.
fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lin_wei() -> Words {
        let person = ["lin.wei", "Lin Wei", "林伟", "lin.wei@mail.contoso.example"];
        Words::new(&person.map(str::to_owned), &["Contoso".to_owned()])
    }

    #[test]
    fn names_login_and_mail_become_tokens() {
        assert_eq!(lin_wei().person, ["lin", "wei", "林伟"]);
        assert_eq!(lin_wei().site, ["contoso"]);
    }

    #[test]
    fn what_the_directory_looks_for_is_looked_for_too() {
        let person = ["lin.wei", "Anne-Marie D'A", "al@ab.example"].map(str::to_owned);
        let as_directory =
            |check| Words::new(&person, &[]).and_as_the_directory_does(check, &person);
        let fragments = as_directory(NameCheck::Fragments(3));
        for password in ["xxN.Wxx", "xxnexx-MARxx", "xx@Abxx", "XXMPLXX"] {
            assert!(fragments.personal_in(password), "{password}");
        }
        assert!(!fragments.personal_in("xxliXinXwexx"));
        assert!(!as_directory(NameCheck::Fragments(9)).personal_in("xxnne-Marixx"));
        let parts = as_directory(NameCheck::Parts);
        assert!(parts.personal_in("xxd'axx"));
        assert!(!parts.personal_in("xxal@abxx"));
        assert!(!Words::new(&person, &[]).personal_in("xxd'axx"));
    }

    #[test]
    fn a_token_is_found_in_any_case_accent_and_width() {
        for password in [
            "xxLINxx",
            "ｗｅｉ-1990",
            "wéi",
            "我是林伟啊",
            "x\u{212B}lin",
        ] {
            assert!(lin_wei().personal_in(password), "{password}");
        }
        for password in ["li n we i", "林大伟", "gumboot lantern", ""] {
            assert!(!lin_wei().personal_in(password), "{password}");
        }
        assert!(lin_wei().site_in("iloveCONTOSO"));
    }

    #[test]
    fn accents_in_the_name_make_no_difference_either() {
        let words = Words::new(&["José Ñandú".to_owned()], &[]);
        assert!(words.personal_in("my jose 7") && words.personal_in("NANDU"));
    }

    #[test]
    fn a_short_name_counts_as_a_whole() {
        let words = Words::new(&["Li Na".to_owned(), "Wu".to_owned()], &[]);
        assert!(words.personal_in("lina2026") && words.personal_in("NaLi"));
        assert!(!words.personal_in("li-wu-na"));
    }

    #[test]
    fn what_every_mail_address_has_is_not_personal() {
        let words = Words::new(&["siti@corp.mail.com.cn".to_owned()], &[]);
        assert_eq!(words.person, ["siti"]);
    }

    proptest! {
        #[test]
        fn a_password_around_a_token_always_holds_it(before in ".{0,20}", after in ".{0,20}") {
            let password = format!("{} LIN {}", before, after);
            prop_assert!(lin_wei().personal_in(&password));
        }

        #[test]
        fn any_words_can_be_split(words in proptest::collection::vec(any::<String>(), 0..60)) {
            let words = Words::new(&words, &[]);
            prop_assert!(words.person.len() <= TOKENS_MAX);
            prop_assert!(words.person.iter().all(|token| counts(token)));
        }
    }
}
