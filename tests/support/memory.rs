//! What a process holds in its memory.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::FileExt as _;

use rustix::process::Pid;

use crate::company::now;
use crate::pty::DEADLINE;

/// Read so much at once.
const PIECE: usize = 1 << 20;

/// Waits until a secret is nowhere in the memory of a process any more.
#[track_caller]
pub(crate) fn wait_until_forgotten(process: Pid, secret: &str) {
    let deadline = now() + DEADLINE;
    loop {
        match occurrences(process, secret) {
            0 => return,
            left => assert!(now() < deadline, "it is there {left} times"),
        }
    }
}

/// How often a secret is to be found in the memory of a process, which goes on meanwhile.
pub(crate) fn occurrences(process: Pid, secret: &str) -> usize {
    let bytes = secret.as_bytes();
    let finder = memchr::memmem::Finder::new(bytes);
    let memory = File::open(format!("/proc/{process}/mem")).expect("its memory can be read");
    let mut found = 0;
    for (from, to) in writable(process) {
        let mut at = from;
        while at < to {
            // Pieces overlap, so that nothing is cut in two and nothing is counted twice.
            let end = to.min(at + PIECE as u64 + bytes.len() as u64 - 1);
            let mut piece = vec![0; usize::try_from(end - at).unwrap()];
            // It may have gone since the map was read.
            if memory.read_exact_at(&mut piece, at).is_ok() {
                found += finder.find_iter(&piece).count();
            }
            at += PIECE as u64;
        }
    }
    found
}

/// Where a process can write.
fn writable(process: Pid) -> Vec<(u64, u64)> {
    let map = File::open(format!("/proc/{process}/maps")).unwrap();
    let lines = BufReader::new(map).lines().map(Result::unwrap);
    let ranges = lines.filter_map(|line| {
        let mut words = line.split_whitespace();
        let range = words.next()?;
        words.next().filter(|rights| rights.starts_with("rw"))?;
        let (from, to) = range.split_once('-')?;
        let number = |text| u64::from_str_radix(text, 16).unwrap();
        Some((number(from), number(to)))
    });
    ranges.collect()
}
