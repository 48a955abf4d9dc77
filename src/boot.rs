//! Picks the adapters.

use std::io::Write;
use std::process::ExitCode;

use crate::config::Config;

/// Why something could not start.
#[derive(Debug, thiserror::Error)]
#[error("not wired yet")]
pub struct BootError;

/// The demo.
pub async fn demo() -> Result<ExitCode, BootError> {
    Err(BootError)
}

/// The kiosk.
pub async fn kiosk(_config: Config, _phone: Option<String>) -> Result<ExitCode, BootError> {
    Err(BootError)
}

/// Checks the audit chain.
pub async fn audit_verify(_config: Config) -> Result<ExitCode, BootError> {
    Err(BootError)
}

/// Writes the audit records.
pub async fn audit_export(_config: Config, _out: &mut dyn Write) -> Result<ExitCode, BootError> {
    Err(BootError)
}
