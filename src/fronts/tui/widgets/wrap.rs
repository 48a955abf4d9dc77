//! Breaking text into lines by the columns it takes, Chinese included.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Never first in a line.
const NOT_FIRST: &str = "，。、；：！？）」』”’》…·,.;:!?)%";
/// Never last in a line.
const NOT_LAST: &str = "（「『“‘《(";

/// Breaks `text` into lines of at most `width` columns: at spaces, between Chinese characters,
/// and inside a word only where it is wider than a line. No last line is one short word.
pub(crate) fn wrap(text: &str, width: u16) -> Vec<String> {
    let width = usize::from(width).max(1);
    text.split('\n')
        .flat_map(|paragraph| wrap_paragraph(&pieces(paragraph), width))
        .collect()
}

/// As wide as it may be; a little narrower where that gives the last line company.
fn wrap_paragraph(pieces: &[Piece], width: usize) -> Vec<String> {
    let widest = fill(pieces, width);
    let lonely = |lines: &[String]| {
        let last = lines.last().map_or(0, |line| line.width());
        lines.len() > 1 && last * 4 < width
    };
    if !lonely(&widest) {
        return widest;
    }
    let narrower = (width * 3 / 4..width)
        .rev()
        .map(|width| fill(pieces, width));
    narrower
        .take_while(|lines| lines.len() == widest.len())
        .find(|lines| !lonely(lines))
        .unwrap_or(widest)
}

fn fill(pieces: &[Piece], width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for piece in pieces {
        if used + piece.trimmed <= width {
            line.push_str(&piece.text);
            used += piece.width;
            continue;
        }
        if !line.is_empty() {
            lines.push(line.trim_end().to_owned());
            line.clear();
            used = 0;
        }
        for grapheme in graphemes(&piece.text) {
            let wide = grapheme.width();
            if used + wide > width && !line.is_empty() {
                if grapheme.trim().is_empty() {
                    continue;
                }
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push_str(grapheme);
            used += wide;
        }
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// What stays together; it carries the spaces behind it.
struct Piece {
    text: String,
    /// Columns.
    width: usize,
    /// Columns without the spaces behind.
    trimmed: usize,
}

impl Piece {
    fn new(text: String) -> Self {
        Self {
            width: text.width(),
            trimmed: text.trim_end().width(),
            text,
        }
    }
}

/// The pieces between which a line may end.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut before: Option<&str> = None;
    for grapheme in graphemes(text) {
        if before.is_some_and(|before| may_break(before, grapheme)) {
            pieces.push(Piece::new(std::mem::take(&mut piece)));
        }
        piece.push_str(grapheme);
        before = Some(grapheme);
    }
    pieces.push(Piece::new(piece));
    pieces
}

/// The graphemes; those of ASCII are its characters and need no tables.
fn graphemes(text: &str) -> Vec<&str> {
    if text.is_ascii() {
        (0..text.len()).filter_map(|at| text.get(at..=at)).collect()
    } else {
        text.graphemes(true).collect()
    }
}

fn may_break(before: &str, after: &str) -> bool {
    let wide = |grapheme: &str| !grapheme.is_ascii() && grapheme.width() == 2;
    let between = before == " " || wide(before) || wide(after);
    // Most often not, which is quickly said.
    between && after != " " && !NOT_FIRST.contains(after) && !NOT_LAST.contains(before)
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
    fn no_last_line_is_one_short_word() {
        let text = "Open the chat on your phone and type the 6 digits here.";
        let lines = [
            "Open the chat on your",
            "phone and type the 6",
            "digits here.",
        ];
        assert_eq!(wrap(text, 25), lines);
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
