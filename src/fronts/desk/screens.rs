//! The desk's other screens.

use crate::domain::code::DeskAction;
use crate::domain::time::Timestamp;
use crate::flow::desk::{ApprovalLine, DeskRefusal, Gift};
use crate::flow::prompt::Refusal;
use crate::fronts::tui::app::screen::{CodeScreen, EndedScreen};
use crate::fronts::tui::field::Field;
use crate::fronts::tui::screens::page::View;
use crate::fronts::tui::screens::{overlay, refusals};
use crate::fronts::tui::widgets::canvas::Canvas;
use crate::fronts::tui::widgets::column::Column;

/// Who signs in.
pub(super) fn login(
    view: &View<'_>,
    refusal: Option<&Refusal>,
    login: &Field,
    canvas: &mut Canvas<'_>,
) {
    let mut column = view.page.column();
    view.headline(&mut column, canvas, "desk-login-title");
    view.say(&mut column, canvas, "desk-login-lead");
    column.space();
    let field = (login, None);
    view.only_field(&mut column, canvas, "screen-login-label", field);
    column.space();
    match refusal {
        Some(refusal) => refusals::at_field(view, refusal, &mut column, canvas),
        None => view.say(&mut column, canvas, "screen-login-next"),
    }
}

pub(super) fn busy(view: &View<'_>, canvas: &mut Canvas<'_>) {
    let mut column = view.page.column();
    view.headline(&mut column, canvas, "screen-looking-up");
    view.say(&mut column, canvas, "screen-looking-up-lead");
}

/// The name and the ticket, above what is done.
fn about(view: &View<'_>, (name, ticket): (&str, &str), column: &mut Column, c: &mut Canvas<'_>) {
    let values = [("name", name.into()), ("ticket", ticket.into())];
    let style = c.theme.plain();
    column.text(c, &view.words.with("desk-ticket", &values), style);
    column.gap();
}

/// The code that the employee reads out.
pub(super) fn code(
    view: &View<'_>,
    screen: &CodeScreen,
    action: DeskAction,
    of: (&str, &str),
    canvas: &mut Canvas<'_>,
) {
    let mut column = view.page.column();
    let theme = canvas.theme;
    view.headline(&mut column, canvas, "desk-code-title");
    about(view, of, &mut column, canvas);
    let not_sent = matches!(
        screen.refusal,
        Some(Refusal::ChannelDown | Refusal::NotReached)
    );
    let lead = match action {
        _ if not_sent => "desk-code-not-sent",
        DeskAction::Password => "desk-code-lead",
        DeskAction::Unlock => "desk-code-lead-unlock",
    };
    view.say(&mut column, canvas, lead);
    column.space();
    let field = (&screen.field, Some(screen.digits));
    view.only_field(&mut column, canvas, "screen-code-label", field);
    column.gap();
    if screen.sent {
        view.say(&mut column, canvas, "screen-code-judging");
    } else if let Some(refusal) = &screen.refusal {
        let said = view.speaker().refusal(refusal);
        column.text(canvas, &said.what, theme.no());
        column.text(canvas, &said.why, theme.plain());
        if not_sent {
            return column.text(canvas, &said.now, theme.plain());
        }
    }
    if let Some(until) = screen.slowed_until.filter(|until| *until > view.now.wall) {
        refusals::slowed(view, until, &mut column, canvas);
    }
    let works = if screen.expires_at > view.now.wall {
        let time = view.words.time(screen.expires_at);
        let values = [("time", (&time).into())];
        view.words.with("screen-code-until", &values)
    } else {
        view.words.say("screen-code-over")
    };
    column.text(canvas, &works, theme.plain());
}

/// A second operator is waited for.
pub(super) fn waiting(
    view: &View<'_>,
    until: Timestamp,
    of: (&str, &str),
    canvas: &mut Canvas<'_>,
) {
    let mut column = view.page.column();
    let theme = canvas.theme;
    view.headline(&mut column, canvas, "desk-waiting-title");
    about(view, of, &mut column, canvas);
    view.say(&mut column, canvas, "desk-waiting-lead");
    column.gap();
    let span = view.until(until);
    let left = view
        .words
        .with("desk-waiting-left", &[("span", (&span).into())]);
    column.text(canvas, &left, theme.plain());
}

/// What the employee shall get.
pub(super) fn choose(
    view: &View<'_>,
    link: bool,
    at: usize,
    of: (&str, &str),
    canvas: &mut Canvas<'_>,
) {
    let mut column = view.page.column();
    let theme = canvas.theme;
    view.headline(&mut column, canvas, "desk-choose-title");
    about(view, of, &mut column, canvas);
    let link = link.then_some(("desk-choose-link", "desk-choose-link-what"));
    let temporary = ("desk-choose-temporary", "desk-choose-temporary-what");
    for (number, (key, what)) in link.into_iter().chain([temporary]).enumerate() {
        let from = column.y;
        let focused = number == at;
        let style = if focused {
            theme.focus()
        } else {
            theme.headline()
        };
        column.text(canvas, &view.words.say(key), style);
        column.text(canvas, &view.words.say(what), theme.plain());
        column.item(canvas, from, number, focused, view.page.bar());
        column.gap();
    }
}

/// The employee has it, or does not.
pub(super) fn given(
    view: &View<'_>,
    gift: Gift,
    told: bool,
    of: (&str, &str),
    canvas: &mut Canvas<'_>,
) {
    let mut column = view.page.column();
    let (title, next) = match (told, gift) {
        (true, Gift::Link) => ("desk-given-link", "desk-given-link-next"),
        (true, Gift::Temporary) => ("desk-given-temporary", "desk-given-temporary-next"),
        (false, Gift::Link) => ("desk-not-given", "desk-not-given-link"),
        (false, Gift::Temporary) => ("desk-not-given", "desk-not-given-temporary"),
    };
    view.headline(&mut column, canvas, title);
    about(view, of, &mut column, canvas);
    view.say(&mut column, canvas, next);
}

/// The account is unlocked, and the password as it was.
pub(super) fn unlocked(view: &View<'_>, told: bool, of: (&str, &str), canvas: &mut Canvas<'_>) {
    let mut column = view.page.column();
    view.headline(&mut column, canvas, "desk-unlocked");
    about(view, of, &mut column, canvas);
    view.say(&mut column, canvas, "desk-unlocked-next");
    if !told {
        column.gap();
        view.say(&mut column, canvas, "desk-unlocked-not-told");
    }
}

/// What waits for a second operator.
pub(super) fn approvals(
    view: &View<'_>,
    lines: &[ApprovalLine],
    at: usize,
    refusal: Option<DeskRefusal>,
    canvas: &mut Canvas<'_>,
) {
    let mut column = view.page.column();
    let theme = canvas.theme;
    view.headline(&mut column, canvas, "desk-approvals-title");
    if let Some(refusal) = refusal {
        refused(view, refusal, &mut column, canvas);
        column.gap();
    }
    if lines.is_empty() {
        return view.say(&mut column, canvas, "desk-approvals-none");
    }
    view.say(&mut column, canvas, "desk-approvals-lead");
    column.gap();
    let rows = usize::from(column.room().max(2)) / 2;
    let first = at / rows.max(1) * rows.max(1);
    for (number, line) in lines.iter().enumerate().skip(first).take(rows) {
        let from = column.y;
        let ticket = line.reset.reference();
        let span = view.until(line.until);
        let what = view.words.say(match line.action {
            DeskAction::Password => "desk-approval-password",
            DeskAction::Unlock => "desk-approval-unlock",
        });
        let values = [
            ("what", (&what).into()),
            ("employee", (&line.employee).into()),
            ("operator", (&line.operator).into()),
            ("ticket", (&ticket).into()),
            ("span", (&span).into()),
        ];
        let key = if line.theirs_to_approve {
            "desk-approval"
        } else {
            "desk-approval-not-yours"
        };
        column.text(canvas, &view.words.with(key, &values), theme.plain());
        column.item(canvas, from, number, number == at, view.page.bar());
    }
}

/// The reset, or the sign-in, ended without a change, or nobody knows.
pub(super) fn ended(view: &View<'_>, screen: &EndedScreen, canvas: &mut Canvas<'_>) {
    let mut column = view.page.column();
    let theme = canvas.theme;
    let said = view.speaker().refusal(&screen.refusal);
    canvas.cursor(column.x, column.y);
    column.text(canvas, &said.what, theme.headline());
    column.gap();
    column.text(canvas, &said.why, theme.plain());
    column.gap();
    let reference = [("reference", (&screen.reference).into())];
    let reference = view.words.with("screen-reference", &reference);
    column.text(canvas, &reference, theme.headline());
}

/// What the keys do, and what an operator can and cannot do.
/// What the desk is for, and its keys, from the line `scroll` on.
pub(super) fn help(view: &View<'_>, scroll: u16, canvas: &mut Canvas<'_>) {
    let mut column = overlay::open(view, "screen-help-title", scroll, canvas);
    view.say(&mut column, canvas, "desk-help-what");
    column.gap();
    view.say(&mut column, canvas, "desk-help-never");
    column.gap();
    let theme = canvas.theme;
    for (name, key) in [
        ("/", "desk-help-search"),
        ("c", "desk-help-code"),
        ("u", "desk-help-unlock"),
        ("f", "desk-help-freeze"),
        ("a", "desk-help-approvals"),
        ("Esc", "desk-help-back"),
    ] {
        let text = view.words.say(key);
        column.labelled(canvas, (name, theme.key()), 6, (&text, theme.plain()));
    }
    overlay::more(view, &column, canvas);
}

/// Why the last thing did not go on.
pub(super) fn refused(
    view: &View<'_>,
    refusal: DeskRefusal,
    column: &mut Column,
    canvas: &mut Canvas<'_>,
) {
    let key = match refusal {
        DeskRefusal::DirectoryDown => "desk-refused-directory",
        DeskRefusal::ChannelDown => "desk-refused-channel",
        DeskRefusal::StoreDown => "desk-refused-store",
        DeskRefusal::Role => "desk-refused-role",
        DeskRefusal::Own => "desk-refused-own",
        DeskRefusal::Protected => "desk-refused-protected",
        DeskRefusal::Disabled => "desk-refused-disabled",
        DeskRefusal::Unmapped => "desk-refused-unmapped",
        DeskRefusal::Frozen => "desk-refused-frozen",
        DeskRefusal::NotLocked => "desk-refused-not-locked",
        DeskRefusal::NotPermitted => "desk-refused-not-permitted",
        DeskRefusal::Gone => "desk-refused-gone",
        DeskRefusal::NotApproved => "desk-refused-not-approved",
        DeskRefusal::NotYours => "desk-refused-not-yours",
        DeskRefusal::Objected => "desk-refused-objected",
        DeskRefusal::TooMany { until } => {
            let time = view.words.time(until);
            let values = [("time", (&time).into())];
            let text = view.words.with("desk-refused-too-many", &values);
            let style = canvas.theme.no();
            return column.text(canvas, &text, style);
        }
    };
    let style = match refusal {
        // Nothing is wrong with that.
        DeskRefusal::NotLocked => canvas.theme.plain(),
        _ => canvas.theme.no(),
    };
    column.text(canvas, &view.words.say(key), style);
}
