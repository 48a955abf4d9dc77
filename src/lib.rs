//! rekey: self-service password reset.

pub mod adapters;
pub mod boot;
pub mod cli;
pub mod config;
pub mod domain;
pub mod flow;
pub mod fronts;
pub mod sim;
pub mod text;
