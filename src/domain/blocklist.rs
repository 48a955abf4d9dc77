//! Common passwords: about a million of them in a binary fuse filter that is part of the program.
//!
//! The filter knows every entry and takes about one in 65,000 other passwords for one: such a
//! person is asked for another password, nobody gets through. The file is read in place; only
//! its checksum is computed once. How it is made: `assets/blocklist/README.md`.

use std::sync::OnceLock;

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use xorf::{BinaryFuse16, BinaryFuse16Ref, DmaSerializable, Filter, FilterRef};
use zeroize::Zeroizing;

/// `file` bytes: 8 of mark and version, 4 of entry count, 20 of the filter's descriptor, 32 of
/// SHA-256 over everything else, then the fingerprints, 16 bits each. All little-endian.
const MARK: &[u8; 8] = b"rekeyBL1";
const HEADER: usize = 64;

#[cfg(not(target_endian = "little"))]
compile_error!("the blocklist is read in place and needs a little-endian machine");

/// The fingerprints are read in place as 16-bit numbers, so the file must begin at an even address.
#[repr(C, align(8))]
struct Aligned<Bytes: ?Sized>(Bytes);

static COMMON: &Aligned<[u8]> = &Aligned(*include_bytes!("../../assets/blocklist/common.bin"));

/// Why a file is no blocklist.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BlocklistError {
    /// Another kind of file, or another version.
    #[error("the blocklist does not begin like one")]
    Foreign,
    /// Cut, or changed since it was made.
    #[error("the blocklist is cut or damaged: its checksum differs")]
    Damaged,
    /// The filter cannot be made, or its parts do not fit together.
    #[error("the blocklist's filter is malformed")]
    Malformed,
}

/// A set of passwords nobody should use.
pub struct Blocklist {
    filter: BinaryFuse16Ref<'static>,
    entries: u32,
}

impl Blocklist {
    /// The list that is part of the program; checked at the first call (some milliseconds).
    ///
    /// # Errors
    /// The program itself is damaged: it must not start.
    pub fn common() -> Result<&'static Self, BlocklistError> {
        static OPENED: OnceLock<Result<Blocklist, BlocklistError>> = OnceLock::new();
        OPENED
            .get_or_init(|| Self::open(&COMMON.0))
            .as_ref()
            .map_err(|error| *error)
    }

    /// Opens a file's bytes, which must begin at an even address.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn open(file: &'static [u8]) -> Result<Self, BlocklistError> {
        let (header, fingerprints) = file
            .split_at_checked(HEADER)
            .ok_or(BlocklistError::Damaged)?;
        let (about, checksum) = header.split_at_checked(32).ok_or(BlocklistError::Damaged)?;
        let about = about.strip_prefix(MARK).ok_or(BlocklistError::Foreign)?;
        let (entries, descriptor) = about
            .split_first_chunk::<4>()
            .ok_or(BlocklistError::Damaged)?;
        if checksum_of(about, fingerprints) != checksum {
            return Err(BlocklistError::Damaged);
        }
        if !fits(descriptor, fingerprints.len()) || fingerprints.as_ptr().align_offset(2) != 0 {
            return Err(BlocklistError::Malformed);
        }
        Ok(Self {
            filter: BinaryFuse16Ref::from_dma(descriptor, fingerprints),
            entries: u32::from_le_bytes(*entries),
        })
    }

    /// How many passwords it was made from.
    pub fn entries(&self) -> u32 {
        self.entries
    }

    /// Whether `password` is a common one: as it is, in any case, or with the usual
    /// substitutions undone (`p@ssw0rd`, also before a number: `p@ssw0rd1`).
    pub fn holds(&self, password: &str) -> bool {
        let before_number = password
            .trim_end_matches(|c: char| c.is_ascii_digit())
            .len();
        self.filter.contains(&key(password))
            || [password.len(), before_number]
                .into_iter()
                .flat_map(|end| [(end, 'i'), (end, 'l')])
                .filter_map(|(end, one)| plain_letters(password, end, one))
                .any(|plain| self.filter.contains(&key(&plain)))
    }
}

/// The number that stands for a password in the filter: the first 8 bytes of SHA-256 of its
/// lower-case NFC text.
pub fn key(password: &str) -> u64 {
    let mut folded = Zeroizing::new(String::with_capacity(password.len().saturating_mul(3)));
    folded.extend(password.chars().flat_map(char::to_lowercase).nfc());
    let digest: [u8; 32] = Sha256::digest(folded.as_bytes()).into();
    let mut first = [0; 8];
    first
        .iter_mut()
        .zip(digest)
        .for_each(|(to, from)| *to = from);
    u64::from_le_bytes(first)
}

/// Makes a file from keys without duplicates.
///
/// # Errors
/// [`BlocklistError::Malformed`] when no filter could be found, as with duplicates.
pub fn make(keys: &[u64]) -> Result<Vec<u8>, BlocklistError> {
    let filter = BinaryFuse16::try_from(keys).map_err(|_| BlocklistError::Malformed)?;
    let entries = u32::try_from(keys.len()).map_err(|_| BlocklistError::Malformed)?;
    let mut descriptor = [0; BinaryFuse16::DESCRIPTOR_LEN];
    filter.dma_copy_descriptor_to(&mut descriptor);
    let about = [entries.to_le_bytes().as_slice(), &descriptor].concat();
    let fingerprints = filter.dma_fingerprints();
    let checksum = checksum_of(&about, fingerprints);
    Ok([MARK.as_slice(), &about, &checksum, fingerprints].concat())
}

fn checksum_of(about: &[u8], fingerprints: &[u8]) -> [u8; 32] {
    Sha256::new()
        .chain_update(about)
        .chain_update(fingerprints)
        .finalize()
        .into()
}

/// Whether a filter with this descriptor finds all its places in so many bytes: the last segment
/// it looks at begins at `segment_count_length` plus one segment (seed u64, then segment length,
/// its mask and `segment_count_length` as u32; see xorf's `Descriptor`).
fn fits(descriptor: &[u8], fingerprint_bytes: usize) -> bool {
    let number = |at: usize| {
        let bytes = descriptor.get(at..at + 4)?.try_into().ok()?;
        Some(u64::from(u32::from_le_bytes(bytes)))
    };
    let (Some(segment), Some(mask), Some(starts)) = (number(8), number(12), number(16)) else {
        return false;
    };
    descriptor.len() == BinaryFuse16::DESCRIPTOR_LEN
        && segment.is_power_of_two()
        && mask == segment - 1
        && starts % segment == 0
        && (starts + 2 * segment) * 2 == fingerprint_bytes as u64
}

/// The password with the usual substitutions undone in its first `end` bytes; `None` when there
/// are none, or no letter. A 1 stands for `one`.
fn plain_letters(password: &str, end: usize, one: char) -> Option<Zeroizing<String>> {
    let (head, number) = password.split_at_checked(end)?;
    let mut plain = Zeroizing::new(String::with_capacity(password.len()));
    plain.extend(head.chars().map(|c| match c {
        '0' => 'o',
        '1' | '|' => one,
        '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        '8' => 'b',
        '9' => 'g',
        other => other,
    }));
    let undone = plain.as_str() != head && head.chars().any(char::is_alphabetic);
    plain.push_str(number);
    undone.then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn common() -> &'static Blocklist {
        Blocklist::common().expect("the list that is part of the program opens")
    }

    fn leaked(bytes: Vec<u8>) -> &'static [u8] {
        bytes.leak()
    }

    fn small() -> Vec<u8> {
        let keys: Vec<u64> = (0..500).map(|n| key(&format!("lin.willow{n}"))).collect();
        make(&keys).unwrap()
    }

    #[test]
    fn it_is_large_and_compact() {
        assert!(common().entries() >= 400_000, "{}", common().entries());
        assert!(COMMON.0.len() <= 2_400_000, "{}", COMMON.0.len());
    }

    #[test]
    fn what_everybody_uses_is_on_it() {
        for password in [
            "123456",
            "password",
            "password1",
            "Password1",
            "PASSWORD",
            "qwerty123",
            "5201314",
            "iloveyou",
            "woaini",
            "woaini1314",
            "P@ssw0rd",
            "p@$$w0rd",
            "1qaz2wsx",
            "a123456789",
            "sunshine",
            "sayang",
            "indonesia",
            "bismillah",
        ] {
            assert!(common().holds(password), "{password}");
        }
    }

    #[test]
    fn what_nobody_uses_is_not() {
        for password in [
            "correct gumboot 9 lantern",
            "林间小路下着雨呢",
            "Kq7#vTz!pLm2",
            "x",
            "",
        ] {
            assert!(!common().holds(password), "{password}");
        }
    }

    #[test]
    fn hardly_any_other_password_is_taken_for_a_common_one() {
        // Sixteen letters each: a number's digest, written in the letters a to p.
        let random = |n: u32| -> String {
            let digest = key(&n.to_string());
            (0..16)
                .map(|at| char::from(b'a' + (digest >> (4 * at) & 15) as u8))
                .collect()
        };
        let taken = (0..100_000).filter(|n| common().holds(&random(*n))).count();
        assert!(taken < 10, "{taken} of 100,000");
    }

    #[test]
    fn case_and_composition_make_no_difference() {
        assert_eq!(key("Pa\u{DF}wort"), key("pa\u{DF}wort"));
        assert_eq!(key("cafe\u{301}"), key("caf\u{E9}"));
        assert_eq!(key("CAFE\u{301}"), key("caf\u{E9}"));
        assert_ne!(key("cafe"), key("caf\u{E9}"));
    }

    #[test]
    fn a_made_file_opens_and_holds_what_it_was_made_from() {
        let list = Blocklist::open(leaked(small())).unwrap();
        assert_eq!(list.entries(), 500);
        assert!((0..500).all(|n| list.holds(&format!("LIN.willow{n}"))));
        assert!(list.holds("lin.w!ll0w499"));
        assert!(list.holds("lin.wi11ow7"));
        assert!(!list.holds("siti.nur1"));
    }

    #[test]
    fn every_damaged_byte_is_found() {
        let right = small();
        for at in (0..HEADER).chain((HEADER..right.len()).step_by(11)) {
            let mut wrong = right.clone();
            wrong[at] ^= 1;
            assert!(Blocklist::open(leaked(wrong)).is_err(), "byte {at}");
        }
    }

    #[test]
    fn every_cut_is_found() {
        let right = small();
        for length in (0..right.len()).step_by(17) {
            assert!(
                Blocklist::open(leaked(right[..length].to_vec())).is_err(),
                "{length}"
            );
        }
        let longer = [right.as_slice(), &[0, 0]].concat();
        assert!(Blocklist::open(leaked(longer)).is_err());
    }

    #[test]
    fn a_filter_that_would_look_outside_is_refused_even_with_a_right_checksum() {
        let mut wrong = small();
        wrong[28..32].copy_from_slice(&u32::MAX.to_le_bytes());
        let checksum = checksum_of(&wrong[8..32], &wrong[64..]);
        wrong[32..64].copy_from_slice(&checksum);
        assert_eq!(
            Blocklist::open(leaked(wrong)).err(),
            Some(BlocklistError::Malformed)
        );
    }

    proptest! {
        #[test]
        fn any_text_can_be_looked_up(text in any::<String>()) {
            let _ = common().holds(&text);
        }
    }
}
