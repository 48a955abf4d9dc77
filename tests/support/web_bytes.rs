//! Bytes as part of a request to the pages, for the fuzzer and for the replay of what it found.

use std::net::IpAddr;

use rekey::fronts::web::brought::{Brought, PEER};

/// Reads `bytes` and checks what must hold of anything; the first byte says which part of a
/// request the rest is. What was found, by name.
pub fn read(bytes: &[u8]) -> Vec<(String, String)> {
    let Some((kind, rest)) = bytes.split_first() else {
        return Vec::new();
    };
    let text = String::from_utf8_lossy(rest);
    match kind % 6 {
        0 => form(rest),
        1 => {
            let found = Brought::Query(&text).read();
            assert!(found.iter().all(|(_, value)| !value.is_empty()));
            found
        }
        2 => {
            let found = Brought::Cookie(rest).read();
            for (name, value) in &found {
                assert!(!value.contains([';', '\r', '\n']), "{name}");
                let line = text.to_ascii_lowercase();
                assert!(line.contains(&value.to_ascii_lowercase()), "{name}");
            }
            found
        }
        3 => {
            let found = Brought::Host(&text).read();
            let host = text.to_ascii_lowercase();
            let ours = ["reset.contoso.example", "reset.contoso.example:443"];
            assert_eq!(!found.is_empty(), ours.contains(&host.as_str()));
            found
        }
        4 => {
            let found = Brought::ForwardedFor(rest).read();
            let asks: IpAddr = found[0].1.parse().unwrap();
            let mut hops = text.split(',').filter_map(|hop| hop.trim().parse().ok());
            let named = hops.any(|hop: IpAddr| hop.to_canonical() == asks);
            assert!(asks == PEER || named, "nobody is invented");
            found
        }
        _ => Brought::Language(rest).read(),
    }
}

/// What was read of a form means the same when it is written and read again.
fn form(body: &[u8]) -> Vec<(String, String)> {
    let found = Brought::Form(body).read();
    assert!(found.len() <= 8);
    let written = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&found)
        .finish();
    assert_eq!(Brought::Form(written.as_bytes()).read(), found);
    let mut names: Vec<_> = found.iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), found.len());
    found
}
