//! Makes `common.bin` from a list of passwords, one a line:
//! `cargo run --release --example make_blocklist -- <list.txt> assets/blocklist/common.bin`
//! See README.md beside this file for where the list comes from.

use std::collections::BTreeSet;
use std::error::Error;

use rekey::domain::blocklist;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(list), Some(file)) = (arguments.next(), arguments.next()) else {
        return Err("usage: make_blocklist <list.txt> <common.bin>".into());
    };
    let list = std::fs::read(list)?;
    // A few lines of the list are not UTF-8; nobody can type those.
    let keys: BTreeSet<u64> = list
        .split(|byte| *byte == b'\n')
        .filter_map(|line| std::str::from_utf8(line).ok())
        .map(|line| line.trim_end_matches('\r'))
        .filter(|line| !line.is_empty())
        .map(blocklist::key)
        .collect();
    let keys: Vec<u64> = keys.into_iter().collect();
    std::fs::write(file, blocklist::make(&keys)?)?;
    Ok(())
}
