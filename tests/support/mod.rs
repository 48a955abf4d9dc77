//! What several test binaries share: real servers on loopback, certificates.
#![allow(dead_code, reason = "no test binary uses all of it")]
#![allow(unreachable_pub, reason = "included by path into each test binary")]

pub mod certs;
pub mod slapd;
