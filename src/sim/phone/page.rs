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
:root { color-scheme: light dark; --page: #ededed; --card: #fff; --ink: #1a1a1a; --line: #8883;
  --quiet: #666; --bubble: #95ec69; }
@media (prefers-color-scheme: dark) {
  :root { --page: #111; --card: #1e1e1e; --ink: #ddd; --quiet: #999; --bubble: #3eb575; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 34rem; padding: 1rem; background: var(--page);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
body.gone main { opacity: .4; }
h1 { font-size: 1.25rem; margin: 0; }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { margin: .25rem 0; }
.quiet { color: var(--quiet); font-size: .875rem; }
ul { list-style: none; margin: 0; padding: 0; }
.people, .prove { background: var(--card); border-radius: .5rem; padding: .25rem .75rem; }
.people li { padding: .5rem 0; overflow-wrap: anywhere; }
.people li + li { border-top: 1px solid var(--line); }
.chats li { margin: 0 0 1rem; overflow-wrap: anywhere; }
code { font: 600 1rem ui-monospace, monospace; }
pre { margin: .5rem 0; font: .875rem/1.5 ui-monospace, monospace; white-space: pre-wrap;
  overflow-wrap: anywhere; user-select: all; }
.bubble { background: var(--bubble); color: #111; padding: .5rem .75rem; margin: .25rem 0;
  border-radius: .5rem; white-space: pre-wrap; width: fit-content; max-width: 100%; }
";

/// The whole page; everything in it is escaped.
pub(super) fn html(roster: &[RosterLine], messages: &[PhoneMessage], ldap_url: &str) -> String {
    let people: String = roster.iter().map(person).collect();
    let chats: String = messages.iter().map(bubble).collect();
    let chats = match messages {
        [] => {
            "<p class=\"quiet\">No messages yet. Choose 3 at the kiosk and type a login name.</p>"
                .to_owned()
        }
        _ => format!("<ul class=\"chats\">{chats}</ul>"),
    };
    let prove = prove(roster, messages, ldap_url);
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Simulated phone</title>\
         <link rel=\"stylesheet\" href=\"/phone/style.css\">\
         <noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>\
         <script src=\"/phone/script.js\" defer></script></head><body>\
         <h1>Simulated phone</h1>\
         <p class=\"quiet\">What Contoso's people see in WeCom. Only on this machine.</p>\
         <main><h2>WeCom messages</h2>{chats}{prove}\
         <h2>People you can be at the kiosk</h2><ul class=\"people\">{people}</ul></main>\
         </body></html>\n"
    )
}

/// How to sign in to the directory with the new password: as whoever was written to last.
fn prove(roster: &[RosterLine], messages: &[PhoneMessage], ldap_url: &str) -> String {
    let newest = messages.first().map(|message| &message.to);
    let is_newest = |line: &&RosterLine| newest.is_some() && line.userid.as_ref() == newest;
    let Some(line) = roster.iter().find(is_newest).or(roster.first()) else {
        return String::new();
    };
    format!(
        "<h2>Is it really changed?</h2><div class=\"prove\">\
         <p>Ask the directory yourself, in another terminal, with the new password:</p>\
         <pre>ldapwhoami -x -H {} -D {} -W</pre></div>",
        escape(ldap_url),
        escape(&line.dn)
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
