//! The chat, wired: WeCom's callbacks arrive at the web front's address.

use axum::Router;

use super::Installation;
use crate::boot::BootError;
use crate::config::Config;

/// What the chat adds to the web front: nothing without the callback's secrets.
///
/// # Errors
/// When something that the configuration names cannot be used.
pub(super) fn routes(_config: &Config, _installation: &Installation) -> Result<Router, BootError> {
    Ok(Router::new())
}
