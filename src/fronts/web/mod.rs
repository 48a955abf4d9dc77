//! The web front: the reset form of the Workspace app, and the phone's side of a kiosk's picture.

pub mod health;
pub mod listener;
mod source;
