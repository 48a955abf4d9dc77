//! Breaking text into lines by the columns it takes, Chinese included.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Never first in a line.
const NOT_FIRST: &str = "，。、；：！？）」』”’》…·,.;:!?)%";
/// Never last in a line.
const NOT_LAST: &str = "（「『“‘《(";

/// Breaks `text` into lines of at most `width` columns: at spaces, between Chinese characters,
/// and inside a word only where it is wider than a line.
pub(crate) fn wrap(text: &str, width: u16) -> Vec<String> {
    let width = usize::from(width).max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        wrap_paragraph(paragraph, width, &mut lines);
    }
    lines
}

fn wrap_paragraph(text: &str, width: usize, lines: &mut Vec<String>) {
    let mut line = String::new();
    for piece in pieces(text) {
        if line.width() + piece.trim_end().width() <= width {
            line.push_str(&piece);
            continue;
        }
        if !line.is_empty() {
            lines.push(line.trim_end().to_owned());
            line.clear();
        }
        for grapheme in piece.graphemes(true) {
            if line.width() + grapheme.width() > width && !line.is_empty() {
                if grapheme.trim().is_empty() {
                    continue;
                }
                lines.push(std::mem::take(&mut line));
            }
            line.push_str(grapheme);
        }
    }
    lines.push(line.trim_end().to_owned());
}

/// The pieces between which a line may end; each carries the spaces behind it.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut before: Option<&str> = None;
    for grapheme in text.graphemes(true) {
        if before.is_some_and(|before| may_break(before, grapheme)) {
            pieces.push(std::mem::take(&mut piece));
        }
        piece.push_str(grapheme);
        before = Some(grapheme);
    }
    pieces.push(piece);
    pieces
}

fn may_break(before: &str, after: &str) -> bool {
    if after == " " || NOT_FIRST.contains(after) || NOT_LAST.contains(before) {
        return false;
    }
    before == " " || before.width() == 2 || after.width() == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_where_they_can() {
        assert_eq!(wrap("Type it here only.", 8), ["Type it", "here", "only."]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 4), [""]);
    }

    #[test]
    fn chinese_breaks_anywhere_but_before_a_full_stop() {
        assert_eq!(wrap("请输入验证码。", 6), ["请输入", "验证", "码。"]);
        assert_eq!(wrap("打开WeCom应用", 8), ["打开", "WeCom应", "用"]);
    }

    #[test]
    fn no_line_is_wider_than_asked() {
        for width in 2..40 {
            for line in wrap("我们把 6 digits 发到了 “Reset Password”。 Go on!", width) {
                assert!(line.width() <= usize::from(width), "{width}: {line}");
            }
        }
    }
}
