//! Reminders, where `[remind]` is there.

use futures_util::FutureExt as _;
use jiff::tz::TimeZone;

use super::super::remind::{form, offsets, timetable};
use super::{BootError, Front, Installation};
use crate::config::Config;
use crate::flow::driver::reminding::{Reminding, keep_reminding};

/// The schedule: it goes on until the end, and then finishes the message it is at.
pub(super) fn open(config: &Config, installation: &Installation) -> Result<Front, BootError> {
    let ports = &installation.ports;
    let books = &installation.books;
    let reminding = Reminding {
        directory: ports.directory.clone(),
        expiries: books.expiries.clone(),
        messenger: ports.messenger.clone(),
        reminders: books.reminders.clone(),
        clock: ports.clock.clone(),
        entropy: ports.entropy.clone(),
        timetable: timetable(config)?,
        max_age: config.site_policy().max_age,
        form: form(config)?,
        closing: installation.closing.clone(),
    };
    let zone = TimeZone::system();
    Ok(Front {
        work: keep_reminding(reminding, move |now| offsets(&zone, now)).boxed(),
        pulse: None,
    })
}
