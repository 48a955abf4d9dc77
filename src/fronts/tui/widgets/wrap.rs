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

/// How many columns a text takes; of most text without a look into tables.
pub(crate) fn columns(text: &str) -> usize {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        text.len()
    } else {
        text.width()
    }
}

/// As wide as it may be; a little narrower where that gives the last line company.
fn wrap_paragraph(pieces: &[Piece<'_>], width: usize) -> Vec<String> {
    let widest = fill(pieces, width);
    let lonely = |lines: &[String]| {
        let last = lines.last().map_or(0, |line| columns(line));
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

fn fill(pieces: &[Piece<'_>], width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::with_capacity(width);
    let mut used = 0;
    for piece in pieces {
        if used + piece.trimmed <= width {
            line.push_str(piece.text);
            used += piece.width;
            continue;
        }
        if !line.is_empty() {
            lines.push(line.trim_end().to_owned());
            line.clear();
            used = 0;
        }
        for grapheme in piece.text.graphemes(true) {
            let wide = columns(grapheme);
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
struct Piece<'a> {
    text: &'a str,
    /// Columns.
    width: usize,
    /// Columns without the spaces behind.
    trimmed: usize,
}

impl<'a> Piece<'a> {
    fn new(text: &'a str) -> Self {
        let width = columns(text);
        let trimmed = match text.trim_end() {
            all if all.len() == text.len() => width,
            trimmed => columns(trimmed),
        };
        Self {
            text,
            width,
            trimmed,
        }
    }
}

/// The pieces between which a line may end.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    // The graphemes of ASCII are its characters and need no tables.
    if text.is_ascii() {
        let ascii = (0..text.len()).filter_map(|at| Some((at, text.get(at..=at)?)));
        pieces_of(text, ascii)
    } else {
        pieces_of(text, text.grapheme_indices(true))
    }
}

fn pieces_of<'a>(
    text: &'a str,
    graphemes: impl Iterator<Item = (usize, &'a str)>,
) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut before: Option<&str> = None;
    for (at, grapheme) in graphemes {
        if before.is_some_and(|before| may_break(before, grapheme)) {
            pieces.push(Piece::new(text.get(from..at).unwrap_or_default()));
            from = at;
        }
        before = Some(grapheme);
    }
    pieces.push(Piece::new(text.get(from..).unwrap_or_default()));
    pieces
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
