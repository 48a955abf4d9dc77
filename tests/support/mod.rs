//! What several test binaries share: real servers on loopback, certificates.
#![allow(dead_code, reason = "no test binary uses all of it")]
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "included by path into each test binary, as test code"
)]

pub mod certs;
pub mod ds389;
pub mod faketime;
pub mod figures;
pub mod grant;
pub mod ports;
pub mod proxy;
pub mod samba;
pub mod slapd;
