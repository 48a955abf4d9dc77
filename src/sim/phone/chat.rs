//! Bubbles and cards.

use super::PhoneMessage;
use super::page::escape;
use crate::domain::time::Timestamp;
use crate::sim::wecom::{Entry, SimCard};

/// A message as it is shown when nobody holds the phone.
pub(super) fn for_everybody(message: &PhoneMessage) -> String {
    format!(
        "<li>{} <span class=\"quiet\">{} · {}</span><div class=\"bubble\">{}</div></li>",
        escape(&message.name),
        escape(&message.to),
        clock(Timestamp::from_millis(message.at)),
        rich(&message.text)
    )
}

/// One thing in a person's chat.
pub(super) fn entry(entry: &Entry) -> String {
    match entry {
        Entry::Text(message) => bubble("", message.at, &rich(&message.text)),
        Entry::Said(said) => bubble("mine", said.at, &escape(&said.text)),
        Entry::Card(shown) => card(shown),
    }
}

fn bubble(class: &str, at: Timestamp, html: &str) -> String {
    format!(
        "<li class=\"{class}\"><span class=\"quiet\">{}</span><div class=\"bubble\">{html}</div></li>",
        clock(at)
    )
}

fn card(card: &SimCard) -> String {
    let buttons: String = match &card.replaced {
        Some(words) => format!("<button disabled>{}</button>", escape(words)),
        None => card.buttons.iter().map(button).collect(),
    };
    format!(
        "<li><span class=\"quiet\">{}</span><form class=\"card\" method=\"post\" \
         action=\"/phone/press\"><b>{}</b><div class=\"text\">{}</div>\
         <input type=\"hidden\" name=\"task\" value=\"{}\"><div class=\"row\">{buttons}</div>\
         </form></li>",
        clock(card.at),
        escape(&card.title),
        escape(&card.text),
        escape(&card.task)
    )
}

fn button((key, label): &(String, String)) -> String {
    format!(
        "<button name=\"key\" value=\"{}\">{}</button>",
        escape(key),
        escape(label)
    )
}

fn clock(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.as_millis())
        .unwrap_or_default()
        .to_zoned(jiff::tz::TimeZone::system())
        .strftime("%H:%M:%S")
        .to_string()
}

/// Text as WeCom shows it: links are links, also those that are bare addresses; everything else is
/// text.
fn rich(text: &str) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("<a href=\"") {
        let (before, from_link) = rest.split_at(start);
        html.push_str(&with_addresses(before));
        let Some((link, after)) = link(from_link) else {
            html.push_str(&escape(from_link));
            return html;
        };
        html.push_str(&link);
        rest = after;
    }
    html.push_str(&with_addresses(rest));
    html
}

/// Text whose bare addresses, each up to the next blank, are links.
fn with_addresses(text: &str) -> String {
    text.split_inclusive(char::is_whitespace)
        .map(|word| {
            let address = word.trim_end();
            let web = address.starts_with("https://") || address.starts_with("http://");
            let blank = word.get(address.len()..).unwrap_or_default();
            match web {
                true => format!("{}{}", anchor(address, address), escape(blank)),
                false => escape(word),
            }
        })
        .collect()
}

fn anchor(address: &str, words: &str) -> String {
    format!(
        "<a href=\"{}\" target=\"_blank\" rel=\"noopener noreferrer\">{}</a>",
        escape(address),
        escape(words)
    )
}

/// `<a href="https://...">words</a>` at the beginning of `text`, and what follows.
fn link(text: &str) -> Option<(String, &str)> {
    let (address, rest) = text.strip_prefix("<a href=\"")?.split_once("\">")?;
    let (words, rest) = rest.split_once("</a>")?;
    let web = address.starts_with("https://") || address.starts_with("http://");
    web.then(|| (anchor(address, words), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_to_the_web_become_links() {
        assert_eq!(
            rich("a < b <a href=\"https://x.example/?a=1&b=2\">go</a> & on"),
            "a &lt; b <a href=\"https://x.example/?a=1&amp;b=2\" target=\"_blank\" \
             rel=\"noopener noreferrer\">go</a> &amp; on"
        );
        for text in [
            "<a href=\"javascript:alert(1)\">x</a>",
            "<a href=\"https://x\" onclick=\"alert(1)\">x",
            "<a onclick=\"x\" href=\"https://x\">x</a>",
            "<a href=\"https://x",
            "<img src=x>",
        ] {
            assert!(!rich(text).contains('<'), "{}", rich(text));
        }
        assert_eq!(
            rich("tap\nhttps://x.example/l/7F3K\n\"http:// and <https://x>"),
            "tap\n<a href=\"https://x.example/l/7F3K\" target=\"_blank\" \
             rel=\"noopener noreferrer\">https://x.example/l/7F3K</a>\n\
             &quot;http:// and &lt;https://x&gt;"
        );
        let hostile = rich("<a href=\"https://x\"><img src=x></a>");
        assert!(!hostile.contains("<img"));
    }
}
