//! A simulated company.

pub mod memory;
pub mod mortal;
pub mod people;
pub mod world;
