//! Ports for servers that have to be told theirs.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};

/// Where ports are looked for: below those that the kernel gives to clients and to whoever asks for
/// any, so that nobody takes one between its choice and its use, or while its server is restarted.
const FIRST: u32 = 10_000;
const COUNT: u32 = 22_000;

/// How many were chosen in this process, which begins at a place of its own.
static CHOSEN: AtomicU32 = AtomicU32::new(0);

/// A port of 127.0.0.1 where nothing listens and which nobody else in this process was given.
///
/// # Panics
/// Everything is taken.
pub fn free() -> u16 {
    let place = std::process::id().wrapping_mul(997);
    for _ in 0..COUNT {
        let chosen = CHOSEN.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + place.wrapping_add(chosen) % COUNT;
        let port = u16::try_from(port).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("every port is taken");
}
