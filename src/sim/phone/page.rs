//! The page itself.

use super::{PhoneMessage, RosterLine};

/// Asks for the page again every second and swaps its content when it has changed.
pub(super) const SCRIPT: &str = "\
'use strict';
async function refresh() {
  try {
    const answer = await fetch('/phone', { cache: 'no-store' });
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const now = document.querySelector('main');
    const next = fresh.querySelector('main');
    if (next && now.innerHTML !== next.innerHTML) now.replaceWith(next);
    document.body.classList.remove('gone');
  } catch (_) {
    document.body.classList.add('gone');
  }
}
setInterval(refresh, 1000);
";

pub(super) const STYLE: &str = "\
:root { color-scheme: light dark; --line: #8884; --quiet: #777; --bubble: #95ec69; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 34rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; }
body.gone main { opacity: .4; }
h1 { font-size: 1.25rem; margin: 0; }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { margin: .25rem 0; }
.quiet { color: var(--quiet); font-size: .875rem; }
ul { list-style: none; margin: 0; padding: 0; }
li { padding: .5rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
code { font: 600 1rem ui-monospace, monospace; }
.bubble { background: var(--bubble); color: #111; padding: .5rem .75rem; margin: .25rem 0;
  border-radius: .5rem; white-space: pre-wrap; width: fit-content; max-width: 100%; }
";

/// The whole page; everything in it is escaped.
pub(super) fn html(roster: &[RosterLine], messages: &[PhoneMessage]) -> String {
    let people: String = roster.iter().map(person).collect();
    let chats: String = messages.iter().map(bubble).collect();
    let chats = match messages {
        [] => {
            "<p class=\"quiet\">No messages yet. Choose 3 at the kiosk and type a login name.</p>"
                .to_owned()
        }
        _ => format!("<ul>{chats}</ul>"),
    };
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Simulated phone</title>\
         <link rel=\"stylesheet\" href=\"/phone/style.css\">\
         <noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>\
         <script src=\"/phone/script.js\" defer></script></head><body>\
         <h1>Simulated phone</h1>\
         <p class=\"quiet\">What Contoso's people see in WeCom. Only on this machine.</p>\
         <main><h2>WeCom messages</h2>{chats}\
         <h2>People you can be at the kiosk</h2><ul>{people}</ul></main></body></html>\n"
    )
}

fn person(line: &RosterLine) -> String {
    format!(
        "<li><code>{}</code> {}<br><span class=\"quiet\">{}</span></li>",
        escape(&line.login),
        escape(&line.name),
        escape(&line.state)
    )
}

fn bubble(message: &PhoneMessage) -> String {
    let time = jiff::Timestamp::from_millisecond(message.at)
        .unwrap_or_default()
        .to_zoned(jiff::tz::TimeZone::system())
        .strftime("%H:%M:%S");
    format!(
        "<li>{} <span class=\"quiet\">{} · {time}</span><div class=\"bubble\">{}</div></li>",
        escape(&message.name),
        escape(&message.to),
        escape(&message.text)
    )
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}
