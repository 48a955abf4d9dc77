//! Chinese in Latin letters: names and words in pinyin, which English dictionaries do not know.

/// First consonants, the longer ones first.
const INITIALS: [&str; 23] = [
    "zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "r",
    "z", "c", "s", "y", "w",
];

/// What may follow each of [`INITIALS`], in the same order; `v` stands for ü, as it is typed.
/// Source: GB/T 16159 and the table of syllables of Hanyu Pinyin.
const FINALS: [&str; 23] = [
    "a e i ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "a e i ai ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "a e i ai ei ao ou an en ang eng u ua uo uai ui uan un uang",
    "a o ai ei ao an en ang eng i ie iao ian in ing u",
    "a o ai ei ao ou an en ang eng i ie iao ian in ing u",
    "a o e ai ei ao ou an en ang eng i ie iao iu ian in ing u",
    "a o ei ou an en ang eng u",
    "a e ai ei ao ou an en ang eng ong i ia ie iao iu ian ing u uo ui uan un",
    "a e ai ao ou an ang eng ong i ie iao ian ing u uo ui uan un",
    "a e ai ei ao ou an en ang eng ong i ie iao iu ian in iang ing u uo uan v ve ue",
    "a o e ai ei ao ou an ang eng ong i ia ie iao iu ian in iang ing u uo uan un v ve ue",
    "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "i ia ie iao iu ian in iang ing iong u ue uan un",
    "i ia ie iao iu ian in iang ing iong u ue uan un",
    "i ia ie iao iu ian in iang ing iong u ue uan un",
    "e i ao ou an en ang eng ong u ua uo ui uan un",
    "a e i ai ei ao ou an en ang eng ong u uo ui uan un",
    "a e i ai ao ou an en ang eng ong u uo ui uan un",
    "a e i ai ao ou an en ang eng ong u uo ui uan un",
    "a o e ao ou an ang i in ing ong u ue uan un",
    "a o ai ei an en ang eng u",
];

/// Syllables without a first consonant.
const BARE: [&str; 12] = [
    "a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "er", "ang", "eng",
];

/// Longest syllable in letters (`zhuang`).
const SYLLABLE_MAX: usize = 6;

/// How many syllables `letters` (lower-case ASCII) has at least when read as pinyin; `None` when
/// it cannot be read so, or has more than `most`.
pub(super) fn syllables(letters: &str, most: usize) -> Option<usize> {
    if letters.is_empty() {
        return Some(0);
    }
    if most == 0 {
        return None;
    }
    (1..=SYLLABLE_MAX.min(letters.len()))
        .rev()
        .filter_map(|length| letters.split_at_checked(length))
        .filter(|(syllable, _)| is_syllable(syllable))
        .filter_map(|(_, rest)| syllables(rest, most - 1))
        .min()
        .map(|rest| rest + 1)
}

fn is_syllable(letters: &str) -> bool {
    BARE.contains(&letters)
        || INITIALS.iter().zip(FINALS).any(|(initial, finals)| {
            letters
                .strip_prefix(initial)
                .is_some_and(|rest| finals.split(' ').any(|last| last == rest))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read() {
        for (name, count) in [
            ("linwei", 2),
            ("zhangwei", 2),
            ("zhangxiaoming", 3),
            ("wangxiuying", 3),
            ("lvbu", 2),
            ("woaini", 3),
            ("xian", 1),
            ("zhuang", 1),
        ] {
            assert_eq!(syllables(name, 3), Some(count), "{name}");
        }
    }

    #[test]
    fn other_words_are_not() {
        for word in [
            "lantern", "gumboot", "ahmad", "string", "v", "zzz", "linweix",
        ] {
            assert_eq!(syllables(word, 4), None, "{word}");
        }
        assert_eq!(syllables("zhangxiaoming", 2), None);
    }

    #[test]
    fn there_are_as_many_syllables_as_in_the_tables() {
        let count = FINALS
            .iter()
            .map(|finals| finals.split(' ').count())
            .sum::<usize>();
        assert!((390..=420).contains(&(count + BARE.len())), "{count}");
    }
}
