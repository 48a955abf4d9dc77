//! A simulated company: a directory and a WeCom that speak the real protocols on loopback, and a
//! phone to look at. Drives `rekey demo` and the tests.

pub mod clock;
pub mod company;
pub mod ldap;
pub mod phone;
pub mod wecom;
