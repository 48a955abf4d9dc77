//! The SSH front, wired.

use super::{Front, Installation};
use crate::boot::BootError;
use crate::config::Config;

/// Opens it.
///
/// # Errors
/// When something that the configuration names cannot be used.
pub(super) async fn open(
    _config: &Config,
    _installation: &Installation,
) -> Result<Option<Front>, BootError> {
    Ok(None)
}
