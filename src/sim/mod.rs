//! A simulated company.

pub mod people;
pub mod world;
