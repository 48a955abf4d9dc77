//! The terminal face, the same for the local kiosk and later over SSH: an app without I/O, its
//! screens and widgets, and the parser and painter around it.

pub mod event;
pub mod input;
pub mod msg;
pub mod painter;
pub mod probe;
pub mod runtime;
pub mod terminal;
