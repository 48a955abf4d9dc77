//! A program whose clock is elsewhere: Debian's libfaketime, preloaded.

use std::path::PathBuf;

/// The variables that move the wall clock of a program by `offset`, `+110d` for instance. Its
/// monotonic clock, which waits are measured by, stays.
pub fn moved_by(offset: &str) -> [(&'static str, String); 4] {
    [
        ("LD_PRELOAD", library().display().to_string()),
        ("FAKETIME", offset.to_owned()),
        ("DONT_FAKE_MONOTONIC", "1".to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
    ]
}

/// The one for programs with threads, wherever the architecture has it.
fn library() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").unwrap();
    folders
        .filter_map(|folder| Some(folder.ok()?.path().join("faketime/libfaketimeMT.so.1")))
        .find(|library| library.exists())
        .expect("faketime is installed")
}
