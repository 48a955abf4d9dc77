//! Passwords at the borders of every rule: lengths one off in every unit, classes one short, names
//! nearly whole, text that servers may read in another way. The same ones in every run.

use rekey::domain::policy::{DirectoryPolicy, LengthUnit};
use unicode_normalization::UnicodeNormalization;

/// Alphabets: the five classes, and what is in none or in a doubtful one.
const POOLS: [&str; 14] = [
    "abcdefghijkmnopqrstuvwxyz",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "0123456789",
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    "密码山水林伟小雨点",
    "éüñßøåąłžğ",
    "ÉÜÑØÅĄŁŽĞİ",
    "жшщюЖШЩЮλσςΛΣ",
    "ǅⅧⅳªº²①ﬁﬀĳ",
    "٣४๕０９",
    " \u{A0}\u{3000}\u{2003}",
    "😀🚀👩\u{200D}🔬🇩🇪",
    "\u{301}\u{327}\u{200B}\u{200F}\u{FEFF}\u{AD}",
    "한글ひらがなカタカナابجאבג",
];
/// What a directory might read as a password that is stored already.
const SCHEMES: [&str; 9] = [
    "{SSHA}",
    "{CLEAR}",
    "{CLEARTEXT}",
    "{CRYPT}",
    "{md5}",
    "{PBKDF2-SHA512}",
    "{ARGON2}",
    "{x}",
    "{}",
];
const COMMON: [&str; 6] = [
    "Password123!",
    "Welcome2026!!",
    "qwertyuiop123",
    "P@ssw0rd1234",
    "iloveyou1234",
    "Start-Passw0rd-1",
];

/// `count` passwords as somebody may type them, for an account with these words and demands.
pub(crate) fn borderline(
    count: usize,
    demands: &DirectoryPolicy,
    person_words: &[String],
) -> Vec<String> {
    let mut dice = Dice(0x5eed);
    (0..count)
        .map(|number| {
            let text = match number % 8 {
                0..=3 => of_length(&mut dice, demands),
                4 => with_a_name(&mut dice, demands, person_words),
                5 => with_a_scheme(&mut dice, demands),
                6 => common(&mut dice),
                _ => long(&mut dice),
            };
            in_some_form(&mut dice, &text)
        })
        .collect()
}

/// Some classes, a length at the border in some unit.
fn of_length(dice: &mut Dice, demands: &DirectoryPolicy) -> String {
    let unit = dice.one(&[
        LengthUnit::Bytes,
        LengthUnit::Utf16Units,
        LengthUnit::Characters,
    ]);
    let (least, _) = demands.min_length.unwrap_or((12, unit));
    let length = (least + dice.below(5)).saturating_sub(2);
    filled(dice, String::new(), unit, length)
}

/// Adds characters of one to four alphabets until the length is reached; of some only one.
fn filled(dice: &mut Dice, mut text: String, unit: LengthUnit, length: u32) -> String {
    let kinds = 1 + dice.below(4);
    let pools: Vec<&str> = (0..kinds).map(|_| dice.one(&POOLS)).collect();
    // Mostly the first one, so that a class is often there by a single character.
    while unit.count(&text) < length {
        let pool = match dice.below(3) {
            0 => dice.one(&pools),
            _ => pools[0],
        };
        text.push(dice.letter(pool));
    }
    text
}

/// A piece of a login, name or mail in it, in some case.
fn with_a_name(dice: &mut Dice, demands: &DirectoryPolicy, words: &[String]) -> String {
    let word: Vec<char> = dice.one(words).chars().collect();
    let length = 2 + dice.below(u32::try_from(word.len()).unwrap().min(6)) as usize;
    let from = dice.below(u32::try_from(word.len()).unwrap()) as usize;
    let piece: String = word.iter().skip(from).take(length).collect();
    let piece = match dice.below(3) {
        0 => piece.to_uppercase(),
        1 => piece.to_lowercase(),
        _ => piece,
    };
    let (least, unit) = demands.min_length.unwrap_or((12, LengthUnit::Bytes));
    filled(dice, format!("Kq7#{piece}"), unit, least + 1)
}

fn with_a_scheme(dice: &mut Dice, demands: &DirectoryPolicy) -> String {
    let (least, unit) = demands.min_length.unwrap_or((12, LengthUnit::Bytes));
    let scheme = dice.one(&SCHEMES);
    let start = match dice.below(4) {
        0 => format!("a{scheme}"),
        1 => format!("{scheme}MzrZbGJ5c3RoaXJ0eTEyMzQ1Njc4OWFiY2Q="),
        2 => format!("{scheme}Kq7#"),
        _ => format!("{} Kq7", scheme.trim_end_matches('}')),
    };
    let length = least + dice.below(8);
    filled(dice, start, unit, length)
}

fn common(dice: &mut Dice) -> String {
    let word = dice.one(&COMMON);
    match dice.below(3) {
        0 => word.to_uppercase(),
        1 => format!("{word}{}", dice.below(1000)),
        _ => word.to_owned(),
    }
}

/// Near our own limit of 128 characters.
fn long(dice: &mut Dice) -> String {
    let length = 120 + dice.below(12);
    filled(dice, String::new(), LengthUnit::Characters, length)
}

/// As typed, composed, or taken apart.
fn in_some_form(dice: &mut Dice, text: &str) -> String {
    match dice.below(4) {
        0 => text.nfd().collect(),
        1 => text.nfc().collect(),
        _ => text.to_owned(),
    }
}

/// SplitMix64 (Steele, Lea, Flood, 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u32) -> u32 {
        u32::try_from(self.next() % u64::from(limit)).unwrap()
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(u32::try_from(of.len()).unwrap()) as usize].clone()
    }

    fn letter(&mut self, of: &str) -> char {
        let letters: Vec<char> = of.chars().collect();
        self.one(&letters)
    }
}
