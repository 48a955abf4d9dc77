//! `rekey check`: every part of the configuration, tried. A line a part, told when it is known,
//! and under it what to do.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use super::{Address, BootError, open_directory, open_store, open_wecom};
use crate::adapters::clock::SystemClock;
use crate::config::{self, Allow, ChatPasswords, Config};
use crate::domain::account::WecomUserId;
use crate::domain::display;
use crate::flow::finding::{Finding, Verdict};
use crate::flow::ports::AuditLog;
use crate::fronts::desk::OperatorKeys;
use crate::fronts::kiosk;
use crate::fronts::ssh::{Kiosks, fingerprint};
use crate::fronts::tui::msg::Colour;
use crate::fronts::tui::widgets::qr::Qr;
use crate::text::Texts;

/// Less room than this on the state's disk is worth a warning.
const ROOM: u64 = 100 * 1024 * 1024;

/// Tries every part of the configuration at `path` and writes what was found.
///
/// # Errors
/// When nobody takes the output.
pub async fn check(path: &Path, out: &mut (dyn Write + Send)) -> Result<ExitCode, BootError> {
    let mut report = Report::new(out);
    let mut config = match Config::read(path, Allow::default()) {
        Ok(config) => config,
        Err(error) => {
            report.tell(Finding::wrong(
                "configuration",
                error.to_string(),
                "Mend that; the rest is tried then.",
            ));
            return report.end();
        }
    };
    let file = config.path().display();
    report.tell(Finding::fine(
        "configuration",
        format!("{file} is understood, and its secrets are readable by their owner only"),
    ));
    state(&config, &mut report).await;
    let sample = directory(&mut config, &mut report).await;
    wecom(&mut config, sample.as_ref(), &mut report).await;
    report.tell(picture(&config));
    if let Ok(section) = config.ssh() {
        ssh(section, &mut report);
    }
    if let Ok(section) = config.desk() {
        report.tell(operators(&section.operators_file));
    }
    report.tell(terminal());
    report.end()
}

/// The state, the site key and the audit record. Begins none of them.
async fn state(config: &Config, report: &mut Report<'_>) {
    let section = match config.store() {
        Ok(section) => section,
        Err(error) => return report.tell(Finding::wrong("state", error.to_string(), "Add it.")),
    };
    let folder = section.database.parent().unwrap_or(Path::new("."));
    if let Some(trouble) = room(folder) {
        report.tell(trouble);
    }
    if !section.database.exists() && !section.key_file.exists() {
        return report.tell(begun_later(&section.database, folder));
    }
    let store = match open_store(config).await {
        Ok(store) => store,
        Err(error) => {
            return report.tell(Finding::wrong(
                "state",
                error.to_string(),
                "Nothing works without it: do as it says.",
            ));
        }
    };
    report.tell(Finding::fine(
        "state",
        format!("{} opens, and so does its key", section.database.display()),
    ));
    report.tell(match store.verify().await {
        Ok(Ok(records)) => Finding::fine(
            "audit record",
            format!("{records} records, none altered or missing"),
        ),
        Ok(Err(wrong)) => Finding::wrong(
            "audit record",
            wrong.to_string(),
            "Keep all files as they are, and find out who had write access to them.",
        ),
        Err(error) => Finding::wrong("audit record", error.to_string(), "Is the disk in order?"),
    });
    store.close().await;
}

/// There is no state yet: can there be?
fn begun_later(database: &Path, folder: &Path) -> Finding {
    let writable = rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_ok();
    if writable {
        let seen = format!(
            "{} and its key are made at the first start",
            database.display()
        );
        Finding::fine("state", seen)
    } else {
        Finding::wrong(
            "state",
            format!(
                "{} is no folder that this user can write to",
                folder.display()
            ),
            "Make it, owned by the user that rekey runs as, mode 0700.",
        )
    }
}

/// Too little room on the disk.
fn room(folder: &Path) -> Option<Finding> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    (free < ROOM).then(|| {
        Finding::warning(
            "disk",
            format!(
                "{} MB are free at {}",
                free / (1024 * 1024),
                folder.display()
            ),
            "Make room: without it no reset can be recorded, and so none is made.",
        )
    })
}

async fn directory(config: &mut Config, report: &mut Report<'_>) -> Option<WecomUserId> {
    let opened = match config.take_directory() {
        Ok(section) => open_directory(section, Arc::new(SystemClock::new()), false),
        Err(error) => Err(error.into()),
    };
    match opened {
        Ok(directory) => {
            let temporary = config.chat().passwords == ChatPasswords::Temporary;
            let mut tell = |finding| report.tell(finding);
            directory.examine(temporary, &mut tell).await
        }
        Err(error) => {
            report.tell(Finding::wrong(
                "directory",
                error.to_string(),
                "Mend the [directory] section.",
            ));
            None
        }
    }
}

async fn wecom(config: &mut Config, sample: Option<&WecomUserId>, report: &mut Report<'_>) {
    let texts = Arc::new(Texts::load());
    // Only `rekey serve` answers phones.
    let public_url = config.site().map(|site| site.public_url.clone());
    let phones = public_url.as_ref().ok().filter(|_| config.web().is_ok());
    match open_wecom(config, &texts, Arc::new(SystemClock::new())) {
        Ok((wecom, _)) => {
            let mut tell = |finding| report.tell(finding);
            wecom.examine(sample, phones, &mut tell).await;
        }
        Err(error) => report.tell(Finding::wrong(
            "WeCom",
            error.to_string(),
            "Mend the [wecom] section.",
        )),
    }
}

/// IT support's operators, by name and role.
fn operators(path: &Path) -> Finding {
    match OperatorKeys::read(path) {
        Ok(keys) => {
            let named = keys.operators().iter();
            let named =
                named.map(|operator| format!("{} {}", operator.login, operator.role.as_str()));
            let seen = format!("operators: {}", named.collect::<Vec<_>>().join(", "));
            Finding::fine("desk", seen)
        }
        Err(error) => Finding::wrong("desk", error.to_string(), "Mend that line."),
    }
}

/// The picture that kiosks show, drawn and read back.
fn picture(config: &Config) -> Finding {
    /// As long as a real one.
    const NONCE: &str = "7F3K9Q2MX4WPB";
    const PART: &str = "picture";
    let address = match Address::of(config) {
        Ok(address) => address,
        Err(error) => return Finding::wrong(PART, error.to_string(), "Mend the [site] section."),
    };
    let url = address.of_picture(NONCE);
    let Some(qr) = Qr::new(&url) else {
        return Finding::wrong(
            PART,
            format!("{url} is too long for a picture that fits beside the menu"),
            "Choose a shorter [site] public_url.",
        );
    };
    match read_back(&qr) {
        Some(text) if text == url => {
            let (columns, rows) = qr.size();
            let seen = format!("{url} was drawn in {columns} x {rows} cells and read back");
            Finding::fine(PART, seen)
        }
        _ => Finding::wrong(
            PART,
            format!("what was drawn for {url} cannot be read back"),
            "This is a fault of rekey: please report it with the address.",
        ),
    }
}

/// Reads a picture by another library than drew it, as a camera would see it.
fn read_back(qr: &Qr) -> Option<String> {
    const PIXELS: usize = 4;
    let side = qr.side();
    let modules = qr.modules();
    let shade = |x: usize, y: usize| match modules.get(y / PIXELS * side + x / PIXELS) {
        Some(true) => 0,
        _ => 255,
    };
    let size = side * PIXELS;
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(size, size, shade);
    let grids = image.detect_grids();
    grids.first()?.decode().ok().map(|(_, text)| text)
}

/// The SSH front: what clients are shown at their first connection, and who is a kiosk.
fn ssh(section: &config::Ssh, report: &mut Report<'_>) {
    let path = section.host_key_file.display();
    report.tell(match fingerprint(&section.host_key_file) {
        Ok(Some(fingerprint)) => Finding::fine(
            "SSH host key",
            format!("{fingerprint} (Ed25519), as clients show it at their first connection"),
        ),
        Ok(None) => Finding::fine("SSH host key", format!("{path} is made at the first start")),
        Err(error) => Finding::wrong(
            "SSH host key",
            error.to_string(),
            "Clients refuse another key than they know: put the old file back where you can.",
        ),
    });
    let Some(path) = &section.kiosks_file else {
        return;
    };
    report.tell(match Kiosks::read(path) {
        Ok(kiosks) if kiosks.is_empty() => {
            Finding::fine("SSH kiosks", format!("{} names none", path.display()))
        }
        Ok(kiosks) => {
            let names: Vec<&str> = kiosks.names().collect();
            let seen = format!("known by their keys: {}", names.join(", "));
            Finding::fine("SSH kiosks", seen)
        }
        Err(error) => Finding::wrong("SSH kiosks", error.to_string(), "Mend that line."),
    });
}

/// What a kiosk on this terminal could show.
fn terminal() -> Finding {
    const PART: &str = "terminal";
    if !std::io::stdin().is_terminal() {
        return Finding::unknown(
            PART,
            "run this on the kiosk's own terminal to see what it shows",
        );
    }
    let name = std::env::var("TERM").unwrap_or_else(|_| "unknown".to_owned());
    let can = kiosk::capabilities_on(&std::io::stdin());
    let colours = match can.colour {
        Colour::None => "no colours",
        Colour::Sixteen => "16 colours",
    };
    let seen = |more: &str| format!("TERM={}: {colours}, {more}", display::clean(&name));
    if !can.utf8 {
        Finding::warning(
            PART,
            seen("ASCII only, without picture or Chinese"),
            "Set LANG to a UTF-8 locale, C.UTF-8 for instance.",
        )
    } else if !can.half_blocks {
        Finding::warning(
            PART,
            seen("no half blocks: the menu shows an address in place of the picture"),
            "setfont CyrKoi-Terminus16, or run a terminal emulator on that screen.",
        )
    } else if !can.chinese {
        Finding::warning(
            PART,
            seen("the picture can be shown, Chinese cannot"),
            "Run a terminal emulator on that screen if Chinese is needed.",
        )
    } else {
        Finding::fine(PART, seen("the picture and Chinese can be shown"))
    }
}

/// Writes findings down.
struct Report<'a> {
    out: &'a mut (dyn Write + Send),
    coloured: bool,
    wrong: usize,
    warnings: usize,
    /// Nobody takes the output any more.
    broken: Option<std::io::Error>,
}

impl<'a> Report<'a> {
    fn new(out: &'a mut (dyn Write + Send)) -> Self {
        let coloured =
            std::io::stdout().is_terminal() && kiosk::capabilities().colour != Colour::None;
        Self {
            out,
            coloured,
            wrong: 0,
            warnings: 0,
            broken: None,
        }
    }

    fn tell(&mut self, finding: Finding) {
        let (word, colour) = match finding.verdict {
            Verdict::Fine => ("ok", 32),
            Verdict::Warning => ("warn", 33),
            Verdict::Wrong => ("FAIL", 31),
            Verdict::Unknown => ("-", 0),
        };
        self.wrong += usize::from(finding.verdict == Verdict::Wrong);
        self.warnings += usize::from(finding.verdict == Verdict::Warning);
        // A server's own words are among them.
        let (part, seen) = (display::clean(&finding.part), display::clean(&finding.seen));
        let word = match self.coloured {
            true => format!("\x1b[{colour}m{word:<5}\x1b[0m"),
            false => format!("{word:<5}"),
        };
        let mut lines = format!("{word} {part}: {seen}\n");
        if !finding.remedy.is_empty() {
            lines.push_str(&format!("      -> {}\n", display::clean(&finding.remedy)));
        }
        let written = self.out.write_all(lines.as_bytes());
        let written = written.and_then(|()| self.out.flush());
        self.broken = self.broken.take().or(written.err());
    }

    /// The last line, and how it went.
    fn end(self) -> Result<ExitCode, BootError> {
        if let Some(broken) = self.broken {
            return Err(broken.into());
        }
        let warnings = match self.warnings {
            0 => String::new(),
            n => format!(", {n} to think about"),
        };
        match self.wrong {
            0 => writeln!(self.out, "\nEverything works{warnings}.")?,
            n => writeln!(self.out, "\n{n} wrong{warnings}.")?,
        }
        Ok(match self.wrong {
            0 => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        })
    }
}
