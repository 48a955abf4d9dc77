//! IT support's desk: an operator signs in, finds an employee and begins what only the employee
//! can finish.
//!
//! [`DeskApp`] is a [`Face`](super::tui::runtime::Face): it runs over any terminal or byte stream,
//! with services whose `begin` begins a visit of [`Desks`](crate::flow::driver::desk::Desks).

mod face;
mod keys;
mod operators;
mod paint;
mod person;
mod records;
mod screens;
mod state;

pub use self::operators::{OperatorKeys, OperatorsError};
pub use self::records::result_key;
pub use self::state::DeskApp;
