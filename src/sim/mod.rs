//! A simulated company.

pub mod mortal;
pub mod people;
pub mod world;
