//! What a phone shows that has scanned a kiosk's picture.

use maud::{Markup, html};

use super::View;
use super::said::{start, three};
use crate::domain::code::Place;
use crate::domain::display::clean;
use crate::domain::secret::CodeDigits;
use crate::domain::time::Timestamp;
use crate::flow::ports::Stage;
use crate::fronts::speaker::RefusalWords;
use crate::fronts::web::session::Scanned;
use crate::text::Value;

/// The digits for the kiosk, while they work; `None` once they do not.
pub(super) fn digits(
    view: &View<'_>,
    scanned: &Scanned,
    csrf: &str,
    now: Timestamp,
) -> Option<Markup> {
    let Scanned::Digits {
        concern,
        digits,
        expires,
    } = scanned
    else {
        return None;
    };
    if *expires <= now {
        return None;
    }
    let (speaker, place) = (&view.speaker, &concern.place);
    let kiosk = clean(Place::remote_source(&place.kiosk).unwrap_or(&place.kiosk));
    let at: [(&str, Value<'_>); 1] = [("kiosk", (&kiosk).into())];
    let time = speaker.time_of_day(*expires);
    let is_remote = place.is_remote();
    Some(html! {
        section.scanned {
            @if is_remote {
                h1 { (view.say("web-remote")) }
                p { strong.no { (speaker.say_with("web-remote-why", &at)) } }
            } @else {
                h1 { (speaker.say_with("web-there", &at)) }
                p { (speaker.say_with("web-there-type", &at)) }
            }
            p.digits { (grouped(digits)) }
            p { (speaker.say_with("web-there-until", &[("time", (&time).into())])) }
            p { (view.say("web-there-secret")) }
            form method="post" action="/not-here" {
                input type="hidden" name="csrf" value=(csrf);
                button.quiet {
                    @if is_remote { (view.say("web-remote-no")) } @else { (view.say("web-there-no")) }
                }
            }
        }
    })
}

/// A picture that opened nothing, or was answered with "I am not there".
pub(super) fn over(view: &View<'_>, scanned: &Scanned) -> Option<(RefusalWords, Markup)> {
    let keys = match scanned {
        Scanned::Digits { .. } => return None,
        Scanned::Gone => ["web-gone", "web-gone-why", "web-gone-do"],
        Scanned::NotThere(Stage::Before) => {
            ["web-not-there", "web-not-there-why", "web-not-there-do"]
        }
        Scanned::NotThere(Stage::After) => [
            "web-not-there",
            "web-not-there-late-why",
            "web-not-there-late-do",
        ],
    };
    let it = view.speaker.it();
    let values = [("it", (&it).into())];
    let [what, why, now] = keys.map(|key| view.speaker.say_with(key, &values));
    let words = RefusalWords { what, why, now };
    let markup = html! { (three(&words)) (start(view)) };
    Some((words, markup))
}

/// In two or three groups, which are one run of digits to whoever copies them.
fn grouped(digits: &CodeDigits) -> Markup {
    let digits = digits.expose();
    let middle = digits.len() / 2;
    let (first, second) = digits.split_at_checked(middle).unwrap_or((digits, ""));
    html! { span { (first) } span { (second) } }
}
