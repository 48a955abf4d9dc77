//! A simulated company.
pub mod memory;
