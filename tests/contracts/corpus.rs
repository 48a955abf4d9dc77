//! What the fuzzer found interesting about WeCom's bytes, replayed with the stable toolchain.

use rekey::adapters::wecom::identity::read_signed_in;
use rekey::flow::callback::CallbackRefusal;

#[path = "../support/callback_bytes.rs"]
mod callback_bytes;

fn corpus(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = format!("{}/fuzz/corpus/{name}", env!("CARGO_MANIFEST_DIR"));
    let inputs: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                std::fs::read(path).unwrap(),
            )
        })
        .collect();
    assert!(inputs.len() >= 10, "only {} inputs", inputs.len());
    inputs
}

#[test]
fn every_callback_of_the_corpus_is_opened_or_refused() {
    let mut opened = Vec::new();
    for (name, bytes) in corpus("callback") {
        match callback_bytes::open(&bytes) {
            Some(Ok(_)) => opened.push(name),
            Some(Err(CallbackRefusal::Forged)) => assert!(name.starts_with("body"), "{name}"),
            Some(Err(_)) | None => {}
        }
    }
    opened.sort();
    assert_eq!(opened, ["card", "enter", "text", "text-entities"]);
}

#[test]
fn every_sign_in_of_the_corpus_names_a_member_or_nobody() {
    let named = |(name, bytes): (String, Vec<u8>)| {
        let userid = read_signed_in(&bytes).ok()?;
        assert!(
            userid
                .as_str()
                .bytes()
                .all(|b| b.is_ascii_graphic() && b != b'/')
        );
        Some(name)
    };
    let mut named: Vec<_> = corpus("oauth").into_iter().filter_map(named).collect();
    named.sort();
    assert_eq!(named, ["blanks", "member"]);
}
