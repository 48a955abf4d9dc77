//! The terminal face, the same for the local kiosk and later over SSH: an app without I/O, its
//! screens and widgets, and the parser and painter around it.

pub mod app;
pub mod event;
pub mod field;
pub mod input;
pub mod keymap;
pub mod msg;
pub mod painter;
pub mod probe;
pub mod runtime;
pub(in crate::fronts) mod screens;
pub mod terminal;
pub mod theme;
pub mod widgets;
pub(in crate::fronts) mod words;
