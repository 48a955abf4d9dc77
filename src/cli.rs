//! The subcommands: words to a call into [`crate::boot`], and its answer to an exit code.

use std::ffi::OsString;
use std::future::Future;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use tokio::runtime::Builder;

use crate::boot::{self, BootError};
use crate::config::{Allow, Config, ConfigError, EXAMPLE};

/// It did not work.
const FAILED: u8 = 1;
/// The words on the command line make no sense.
const USAGE: u8 = 2;

/// Set a new password without calling anyone.
#[derive(Parser, Debug)]
#[command(name = "rekey", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Everything on this machine: a simulated directory and WeCom, a kiosk in front
    Demo,
    /// The kiosk on this terminal
    Kiosk {
        #[command(flatten)]
        file: ConfigFile,
        /// Plain lines instead of screens: for screen readers and simple terminals
        #[arg(long)]
        plain: bool,
        /// Where the demo's phone is; the demo starts its kiosk with it.
        #[arg(long, value_name = "URL", hide = true)]
        demo_phone: Option<String>,
    },
    /// The Workspace form, the phone's side of a scan, chat and SSH, in one process
    Serve {
        #[command(flatten)]
        file: ConfigFile,
        /// For the demo's company: ends when the demo does.
        #[arg(long, hide = true)]
        demo: bool,
    },
    /// IT support's screen on this terminal
    Desk(ConfigFile),
    /// Try every part of the configuration, and say what to do where one is wrong
    Check(ConfigFile),
    /// Tell everybody whose password ends soon, and report how many end when
    Remind {
        #[command(flatten)]
        file: ConfigFile,
        /// Only name whom it would tell now: login, days left and date, a line each
        #[arg(long)]
        dry_run: bool,
    },
    /// The record of every step, which nobody can quietly alter
    #[command(subcommand)]
    Audit(Audit),
    /// The configuration file
    #[command(subcommand)]
    Config(ConfigCommand),
}

#[derive(Subcommand, Debug)]
enum Audit {
    /// Check that no record was altered, left out or cut off
    Verify(ConfigFile),
    /// Write every record as a line of JSON
    Export(ConfigFile),
}

#[derive(Subcommand, Debug)]
enum ConfigCommand {
    /// Print an annotated example
    Example,
    /// Name the first line that is wrong
    Check(ConfigFile),
}

#[derive(Args, Debug)]
struct ConfigFile {
    /// The configuration file
    #[arg(long = "config", value_name = "FILE")]
    path: PathBuf,
}

impl ConfigFile {
    /// The configuration, where its state is there already: who asks for the record must not begin
    /// a new one by a slip of the pen, and then be told that nothing is missing.
    fn with_state(&self) -> Result<Config, CliError> {
        let config = Config::read(&self.path, Allow::default())?;
        match config.store()?.database.as_path() {
            state if state.exists() => Ok(config),
            state => Err(CliError::NoState(state.to_owned())),
        }
    }
}

/// Why a subcommand failed: one sentence, and what to do.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error("{0}")]
    Boot(#[from] BootError),
    #[error(
        "{}: there is no state yet, so there is no record. Is [store] url right, and may this user \
         look there?",
        .0.display()
    )]
    NoState(PathBuf),
    #[error("The output could not be written: {0}.")]
    Output(#[from] io::Error),
    #[error("The system gave no threads to work with: {0}. Close other programs and try again.")]
    Runtime(#[source] io::Error),
}

/// Parses the words of a command line, runs what they ask for, and says how it went: 0 worked,
/// 1 failed, 2 the words make no sense.
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(words) {
        Ok(cli) => cli,
        Err(answer) => {
            // Help and version are answers too; a closed pipe hears neither.
            let _ = answer.print();
            return if answer.use_stderr() {
                ExitCode::from(USAGE)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    match carry_out(cli.command) {
        Ok(code) => code,
        Err(CliError::Output(e)) if e.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::from(FAILED)
        }
    }
}

fn carry_out(command: Command) -> Result<ExitCode, CliError> {
    match command {
        Command::Demo => wait_for(boot::demo()),
        Command::Kiosk {
            file,
            plain,
            demo_phone,
        } => {
            // Only the demo's own directory, on this machine, is spoken to in clear.
            let allow = Allow {
                plain_loopback_directory: demo_phone.is_some(),
            };
            let config = Config::read(&file.path, allow)?;
            wait_for(boot::kiosk(config, plain, demo_phone))
        }
        Command::Serve { file, demo } => {
            let allow = Allow {
                plain_loopback_directory: demo,
            };
            let config = Config::read(&file.path, allow)?;
            serve(boot::serve(config, demo))
        }
        Command::Desk(file) => {
            let config = Config::read(&file.path, Allow::default())?;
            wait_for(boot::desk(config))
        }
        Command::Check(file) => wait_for(boot::check(&file.path, &mut io::stdout())),
        Command::Remind { file, dry_run } => {
            let config = Config::read(&file.path, Allow::default())?;
            wait_for(boot::remind(config, dry_run, &mut io::stdout()))
        }
        Command::Audit(Audit::Verify(file)) => {
            wait_for(boot::audit_verify(file.with_state()?, &mut io::stdout()))
        }
        Command::Audit(Audit::Export(file)) => {
            let config = file.with_state()?;
            let mut out = io::BufWriter::new(io::stdout());
            let code = wait_for(boot::audit_export(config, &mut out))?;
            out.flush()?;
            Ok(code)
        }
        Command::Config(ConfigCommand::Example) => {
            io::stdout().write_all(EXAMPLE.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Config(ConfigCommand::Check(file)) => check(&file.path),
    }
}

fn check(path: &Path) -> Result<ExitCode, CliError> {
    let config = Config::read(path, Allow::default())?;
    writeln!(io::stdout(), "{}: nothing wrong", config.path().display())?;
    Ok(ExitCode::SUCCESS)
}

/// Runs a subcommand of one person to its end, on this thread.
fn wait_for(
    subcommand: impl Future<Output = Result<ExitCode, BootError>>,
) -> Result<ExitCode, CliError> {
    run_on(Builder::new_current_thread(), subcommand)
}

/// Runs a subcommand of many people to its end, on every processor.
fn serve(
    subcommand: impl Future<Output = Result<ExitCode, BootError>>,
) -> Result<ExitCode, CliError> {
    run_on(Builder::new_multi_thread(), subcommand)
}

/// What a subcommand left running in the background is not waited for.
fn run_on(
    mut threads: Builder,
    subcommand: impl Future<Output = Result<ExitCode, BootError>>,
) -> Result<ExitCode, CliError> {
    let runtime = threads.enable_all().build().map_err(CliError::Runtime)?;
    let answer = runtime.block_on(subcommand);
    runtime.shutdown_background();
    Ok(answer?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(words: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(words.split(' '))
    }

    #[test]
    fn the_words_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_documented_command_is_understood() {
        for words in [
            "rekey demo",
            "rekey kiosk --config rekey.toml",
            "rekey kiosk --plain --config rekey.toml",
            "rekey desk --config rekey.toml",
            "rekey serve --config rekey.toml",
            "rekey check --config rekey.toml",
            "rekey remind --config rekey.toml",
            "rekey remind --config rekey.toml --dry-run",
            "rekey audit verify --config rekey.toml",
            "rekey audit export --config rekey.toml",
            "rekey config example",
            "rekey config check --config rekey.toml",
        ] {
            assert!(parse(words).is_ok(), "{words}");
        }
    }

    #[test]
    fn the_demos_own_flag_is_hidden() {
        assert!(parse("rekey kiosk --config a --demo-phone http://127.0.0.1:1").is_ok());
        let mut cli = Cli::command();
        let kiosk = cli.find_subcommand_mut("kiosk").unwrap();
        assert!(!kiosk.render_long_help().to_string().contains("demo-phone"));
    }

    #[test]
    fn a_wrong_file_fails_and_wrong_words_are_usage() {
        let code = |words: &str| run(words.split(' ').map(OsString::from));
        let same = |a: ExitCode, b: u8| format!("{a:?}") == format!("{:?}", ExitCode::from(b));
        assert!(same(
            code("rekey config check --config /nowhere.toml"),
            FAILED
        ));
        assert!(same(code("rekey kiosk"), USAGE));
        assert!(same(code("rekey --version"), 0));
    }

    #[test]
    fn asking_for_a_record_begins_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rekey.toml");
        let store = "[store]\nurl = \"sqlite:state.db\"\nkey_file = \"key\"\n";
        std::fs::write(&path, store).unwrap();
        for command in ["verify", "export"] {
            let words = ["rekey", "audit", command, "--config"].map(OsString::from);
            let code = run(words.into_iter().chain([path.clone().into_os_string()]));
            assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::FAILURE));
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
