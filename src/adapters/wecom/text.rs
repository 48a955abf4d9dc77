//! Text as WeCom takes it: at most 2048 bytes, more is cut silently by WeCom itself.

/// The most bytes of one text message.
const MAX_BYTES: usize = 2048;

/// The part of `words` that fits, cut at a character's end. When `keep_until` (the end of the
/// code, in bytes) would fall off, the beginning is left out instead.
pub(super) fn cut(words: &str, keep_until: usize) -> &str {
    if keep_until <= MAX_BYTES {
        let end = words.floor_char_boundary(MAX_BYTES);
        return words.get(..end).unwrap_or_default();
    }
    let start = words.ceil_char_boundary(keep_until.saturating_sub(MAX_BYTES));
    words.get(start..keep_until).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_text_goes_out_whole() {
        assert_eq!(cut("你好 482913", 13), "你好 482913");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        let words = "验".repeat(1000);
        let kept = cut(&words, 0);
        assert_eq!(kept.len(), 2046);
        assert!(kept.chars().all(|c| c == '验'));
    }

    #[test]
    fn a_code_at_the_very_end_stays_whole() {
        let words = format!("{}482913", "验".repeat(1000));
        let kept = cut(&words, words.len());
        assert!(kept.ends_with("482913") && kept.len() <= 2048);
    }
}
