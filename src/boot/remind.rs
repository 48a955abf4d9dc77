//! `rekey remind`: one round of reminders, and the report; and what it shares with the schedule of
//! `rekey serve`.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use tokio::sync::watch;

use super::{BootError, Opened, log_to_stderr, open, open_directory, open_store, open_wecom};
use crate::adapters::clock::SystemClock;
use crate::adapters::entropy::OsEntropy;
use crate::config::Config;
use crate::domain::display;
use crate::domain::remind::{Offsets, Timetable};
use crate::domain::time::Timestamp;
use crate::flow::driver::reminding::{Reminding, Round, Soon, Stop, Survey};
use crate::flow::ports::Clock as _;
use crate::flow::ports::remind::{Expiries, Reminders};
use crate::text::Texts;

/// So many days the report looks ahead.
const REPORT_DAYS: u16 = 30;
/// How far from now the offsets of the site's clocks are told.
const OFFSETS_REACH: SignedDuration = SignedDuration::from_hours(24 * 400);

/// What reminders need besides what every reset needs.
pub(super) struct Books {
    pub(super) expiries: Arc<dyn Expiries>,
    pub(super) reminders: Option<Arc<dyn Reminders>>,
}

/// Tells everybody who is due and writes the report; with `dry_run` names them, a line each, and
/// sends and records nothing.
///
/// # Errors
/// When something that the configuration names cannot be used, or nobody takes the output.
pub async fn remind(
    config: Config,
    dry_run: bool,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, BootError> {
    log_to_stderr();
    let clock = SystemClock::new();
    let zone = TimeZone::system();
    let offsets = offsets(&zone, clock.now().wall);
    if dry_run {
        return rehearse(config, &zone, &offsets, out).await;
    }
    let texts = Arc::new(Texts::load());
    let mut config = config;
    // Held to the end: nothing closes a round of its own.
    let (_close, closing) = watch::channel(false);
    let form = form(&config)?;
    let timetable = timetable(&config)?;
    let Opened { ports, books, .. } = open(&mut config, &texts, false).await?;
    let reminding = Reminding {
        directory: ports.directory,
        expiries: books.expiries,
        messenger: ports.messenger,
        reminders: books.reminders,
        clock: ports.clock,
        entropy: ports.entropy,
        timetable,
        max_age: config.site_policy().max_age,
        form,
        closing,
    };
    let round = reminding.round(&offsets, REPORT_DAYS).await?;
    let today = reminding.clock.now().wall;
    report(&round, today, &zone, out)?;
    Ok(code(&round))
}

async fn rehearse(
    mut config: Config,
    zone: &TimeZone,
    offsets: &Offsets,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, BootError> {
    let (_close, closing) = watch::channel(false);
    let clock = Arc::new(SystemClock::new());
    // Nobody was reminded where there is no state, and looking begins none.
    let reminders: Option<Arc<dyn Reminders>> = match config.store()?.database.exists() {
        true => Some(Arc::new(open_store(&config).await?)),
        false => None,
    };
    let wecom = open_wecom(&mut config, &Arc::new(Texts::load()), clock.clone())?;
    let timetable = timetable(&config)?;
    let form = form(&config)?;
    let directory = Arc::new(open_directory(
        config.take_directory()?,
        clock.clone(),
        false,
    )?);
    let reminding = Reminding {
        directory: directory.clone(),
        expiries: directory,
        messenger: Arc::new(wecom.0),
        reminders,
        clock,
        entropy: Arc::new(OsEntropy),
        timetable,
        max_age: config.site_policy().max_age,
        form,
        closing,
    };
    let mut written = Ok(());
    let mut name = |soon: Soon| {
        if written.is_ok() {
            written = writeln!(out, "{}", line(&soon, zone));
        }
    };
    let round = reminding.rehearse(offsets, &mut name).await?;
    written?;
    if let Some(Stop::Directory(down)) = &round.stopped {
        return Err(BootError::Reminding(down.to_string()));
    }
    Ok(ExitCode::SUCCESS)
}

/// `[remind]`, as the rules take it.
pub(super) fn timetable(config: &Config) -> Result<Timetable, BootError> {
    let remind = config.remind()?;
    Ok(Timetable {
        days: remind.days.clone(),
        from: remind.hours.from,
        until: remind.hours.until,
    })
}

/// The form's address.
pub(super) fn form(config: &Config) -> Result<String, BootError> {
    Ok(config.site()?.public_url.to_string())
}

/// How far the site's clocks are from UTC, around `now`.
pub(super) fn offsets(zone: &TimeZone, now: Timestamp) -> Offsets {
    let now = jiff::Timestamp::from_millisecond(now.as_millis()).unwrap_or_default();
    let start = now.saturating_sub(OFFSETS_REACH).unwrap_or(now);
    let end = now.saturating_add(OFFSETS_REACH).unwrap_or(now);
    Offsets {
        first: zone.to_offset(start).seconds(),
        changes: zone
            .following(start)
            .take_while(|change| change.timestamp() < end)
            .map(|change| {
                let from = Timestamp::from_millis(change.timestamp().as_millisecond());
                (from, change.offset().seconds())
            })
            .collect(),
    }
}

/// `login<TAB>days<TAB>date`.
fn line(soon: &Soon, zone: &TimeZone) -> String {
    let date = date(soon.ends, zone);
    format!(
        "{}\t{}\t{date}",
        display::clean(&soon.login),
        soon.days_left
    )
}

/// `2026-12-04`, where the site is.
fn date(at: Timestamp, zone: &TimeZone) -> jiff::civil::Date {
    let instant = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
    zone.to_datetime(instant).date()
}

fn report(
    round: &Round,
    today: Timestamp,
    zone: &TimeZone,
    out: &mut (dyn Write + Send),
) -> Result<(), BootError> {
    let (sent, failed) = (round.sent, round.failed);
    writeln!(out, "{sent} reminded, {failed} not reached.")?;
    if let Some(stop) = &round.stopped {
        writeln!(out, "{}", why(stop))?;
    }
    let survey = &round.survey;
    writeln!(out, "\nPasswords that end in the next {REPORT_DAYS} days:")?;
    let mut day = date(today, zone);
    for count in survey
        .by_days_left
        .iter()
        .take(usize::from(REPORT_DAYS) + 1)
    {
        writeln!(out, "{day}\t{count}")?;
        day = day.tomorrow().unwrap_or(day);
    }
    unmapped(survey, zone, out)
}

fn unmapped(
    survey: &Survey,
    zone: &TimeZone,
    out: &mut (dyn Write + Send),
) -> Result<(), BootError> {
    if survey.unmapped_count == 0 {
        writeln!(out, "\nAll of them have a WeCom id of their own.")?;
        return Ok(());
    }
    let count = survey.unmapped_count;
    writeln!(
        out,
        "\n{count} of them cannot be told: no WeCom id, or one that somebody else has as well."
    )?;
    for soon in &survey.unmapped {
        writeln!(out, "{}", line(soon, zone))?;
    }
    match count.saturating_sub(survey.unmapped.len() as u64) {
        0 => {}
        more => writeln!(out, "and {more} more")?,
    }
    Ok(())
}

fn why(stop: &Stop) -> String {
    match stop {
        Stop::Hours => "Outside [remind] hours: who is due is told within them.".to_owned(),
        Stop::EnoughToday => "As many as a day allows were sent: run it again tomorrow.".to_owned(),
        Stop::Channel(words) => {
            format!(
                "WeCom: {}. Run it again once that works.",
                display::clean(words)
            )
        }
        Stop::Directory(down) => format!(
            "The directory: {}. Run it again once that works.",
            display::clean(&down.to_string())
        ),
        Stop::Closing => "It was ended.".to_owned(),
    }
}

/// Failed, when somebody who is due has to wait for something to be mended.
fn code(round: &Round) -> ExitCode {
    match round.stopped {
        Some(Stop::Channel(_) | Stop::Directory(_)) => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}
