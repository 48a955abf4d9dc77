//! A simulated company: a directory and a WeCom that speak the real protocols on loopback, and a
//! phone to look at, for `rekey demo` and the tests; and a company in memory, for seeded runs with
//! faults, time and death on demand.

pub mod clock;
pub mod company;
mod http;
pub mod ldap;
pub mod memory;
pub mod mortal;
pub mod people;
pub mod phone;
pub mod wecom;
pub mod world;
