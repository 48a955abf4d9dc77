//! The page itself. Everything in it that comes from outside is escaped.

use super::chat;
use super::{Note, RosterLine, Sight};

pub(super) const SCRIPT: &str = include_str!("script.js");
pub(super) const STYLE: &str = include_str!("style.css");

/// People whom no directory lists, to see them refused: what the phone is called, and a word.
pub(super) const OTHERS: [(&str, &str); 2] = [
    ("stranger", "somebody with consumer WeChat"),
    ("ww9/somebody", "somebody of a linked company"),
];

/// The whole page, as whoever holds the phone sees it.
pub(super) fn html(sight: &Sight) -> String {
    let phone = match &sight.holder {
        Some(holder) => held(sight, holder),
        None => nobodys(sight),
    };
    // Without the script, what arrives shows when the page is asked for again; not while somebody
    // is writing.
    let refresh = match &sight.holder {
        Some(_) => "",
        None => "<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>",
    };
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Simulated phone</title>\
         <link rel=\"stylesheet\" href=\"/phone/style.css\">{refresh}\
         <script src=\"/phone/script.js\" defer></script></head><body>\
         <h1>Simulated phone</h1>\
         <p class=\"quiet\">What Contoso's people see in WeCom. Only on this machine.</p>\
         <main>{phone}{prove}{people}</main></body></html>\n",
        prove = prove(sight),
        people = people(sight),
    )
}

/// Nobody's phone: everybody's messages.
fn nobodys(sight: &Sight) -> String {
    let chats: String = sight.messages.iter().map(chat::for_everybody).collect();
    let chats = match sight.messages.as_slice() {
        [] => {
            "<p class=\"quiet\">No messages yet. Choose 3 at the kiosk and type a login name.</p>"
                .to_owned()
        }
        _ => format!("<ul class=\"chats\">{chats}</ul>"),
    };
    let hint = match sight.home.is_empty() {
        true => "",
        false => "<p class=\"quiet\">Take somebody's phone below to write and to open links.</p>",
    };
    format!(
        "<section class=\"live\" id=\"messages\"><h2>WeCom messages</h2>{chats}</section>{hint}"
    )
}

/// The phone of one person.
fn held(sight: &Sight, holder: &str) -> String {
    let name = sight
        .roster
        .iter()
        .find(|line| line.userid.as_deref() == Some(holder));
    let name = name.map_or(holder, |line| line.name.as_str());
    let entries: String = sight.chat.iter().map(chat::entry).collect();
    let entries = match sight.chat.as_slice() {
        [] => "<p class=\"quiet\">Nothing yet.</p>".to_owned(),
        _ => format!("<ul class=\"chats chat\">{entries}</ul>"),
    };
    format!(
        "<h2>The phone of {name}</h2>\
         <form class=\"row\" method=\"post\" action=\"/phone/be\">\
         <button name=\"userid\" value=\"\">Put it down</button>\
         <a class=\"button\" href=\"/phone\">Look again</a></form>\
         {note}{open}\
         <section class=\"live\" id=\"chat\"><h2>Chat: Reset Password</h2>{entries}</section>{write}",
        name = escape(name),
        note = note(sight.note.as_deref()),
        open = open(sight),
        write = write(sight),
    )
}

fn note(note: Option<&str>) -> &'static str {
    match note {
        Some(Note::ELSEWHERE) => {
            "<p role=\"status\">That is not an address of Contoso's rekey.</p>"
        }
        Some(Note::IN_THE_CHAT) => "<p role=\"status\">The short code was sent to the chat.</p>",
        _ => "",
    }
}

/// The tile in the Workspace, and the scanner.
fn open(sight: &Sight) -> String {
    if sight.home.is_empty() {
        return String::new();
    }
    format!(
        "<h2>Workspace and scanner</h2><div class=\"panel\">\
         <p class=\"row\"><a class=\"button\" href=\"{home}\" target=\"_blank\" \
         rel=\"noopener noreferrer\">Account PWD Reset</a></p>\
         <form class=\"row\" method=\"post\" action=\"/phone/open\" target=\"_blank\" \
         rel=\"noopener\"><input name=\"address\" required maxlength=\"300\" autocomplete=\"off\" \
         spellcheck=\"false\" aria-label=\"Address or short code\" \
         placeholder=\"What the kiosk's picture says\"><button>Scan</button></form>\
         <p class=\"quiet\">The address in the picture, or the short code beside it.</p></div>",
        home = escape(&sight.home)
    )
}

/// The app's menu and the line to write in.
fn write(sight: &Sight) -> String {
    if !sight.listens {
        return String::new();
    }
    let menu: String = sight
        .menu
        .iter()
        .map(|(key, label)| {
            format!(
                "<button name=\"key\" value=\"{}\">{}</button>",
                escape(key),
                escape(label)
            )
        })
        .collect();
    let menu = match sight.menu.as_slice() {
        [] => String::new(),
        _ => format!("<form class=\"row\" method=\"post\" action=\"/phone/menu\">{menu}</form>"),
    };
    format!(
        "<form class=\"row\" method=\"post\" action=\"/phone/say\"><input name=\"text\" required \
         maxlength=\"2000\" autocomplete=\"off\" autofocus aria-label=\"Message\" \
         placeholder=\"Write to Reset Password\"><button>Send</button></form>{menu}"
    )
}

/// How to sign in to the directory with the new password: as whoever was written to last.
fn prove(sight: &Sight) -> String {
    let newest = sight.messages.first().map(|message| &message.to);
    let is_newest = |line: &&RosterLine| newest.is_some() && line.userid.as_ref() == newest;
    let line = sight.roster.iter().find(is_newest);
    let Some(line) = line.or(sight.roster.first()) else {
        return String::new();
    };
    format!(
        "<section class=\"live\" id=\"prove\"><h2>Is it really changed?</h2><div class=\"panel\">\
         <p>Ask the directory yourself, in another terminal, with the new password:</p>\
         <pre>ldapwhoami -x -H {} -D {} -W</pre></div></section>",
        escape(&sight.ldap_url),
        escape(&line.dn)
    )
}

fn people(sight: &Sight) -> String {
    let people: String = sight.roster.iter().map(person).collect();
    let others: String = OTHERS.iter().map(|(id, words)| other(id, words)).collect();
    let others = match sight.home.is_empty() {
        true => String::new(),
        false => format!("<h2>And people who are refused</h2><ul class=\"people\">{others}</ul>"),
    };
    format!(
        "<section class=\"live\" id=\"people\"><h2>People you can be at the kiosk</h2>\
         <ul class=\"people\">{people}</ul>{others}</section>"
    )
}

fn person(line: &RosterLine) -> String {
    let take = line.userid.as_deref().map(take).unwrap_or_default();
    format!(
        "<li><span><code>{}</code> {}<br><span class=\"quiet\">{}</span></span>{take}</li>",
        escape(&line.login),
        escape(&line.name),
        escape(&line.state)
    )
}

fn other(userid: &str, words: &str) -> String {
    format!("<li><span>{}</span>{}</li>", escape(words), take(userid))
}

fn take(userid: &str) -> String {
    format!(
        "<form method=\"post\" action=\"/phone/be\"><button name=\"userid\" value=\"{}\">\
         Take the phone</button></form>",
        escape(userid)
    )
}

/// Makes text fit for HTML, in attributes too.
pub(super) fn escape(text: &str) -> String {
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
