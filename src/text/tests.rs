use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::*;

/// The words that keys begin with.
const PREFIXES: &[&str] = &[
    "strength-",
    "rule-",
    "refusal-",
    "notice-",
    "screen-",
    "key-",
    "date-",
    "web-",
    "card-",
    "alarm-",
    "chat-",
    "place-",
    "ssh-",
    "plain-",
    "desk-",
    "record-",
];

/// key -> the names of its variables, read from the source text of one language.
fn entries(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut entries: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in files(language) {
        let mut current = None;
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
                let (key, _) = line.split_once('=').expect("a key line has an equals sign");
                let key = key.trim().to_owned();
                let old = entries.insert(key.clone(), BTreeSet::new());
                assert!(old.is_none(), "{key} stands twice in {}", language.tag());
                current = Some(key);
            }
            if let Some(names) = current.as_ref().and_then(|key| entries.get_mut(key)) {
                names.extend(line.split('$').skip(1).map(|rest| {
                    rest.chars()
                        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '-')
                        .collect::<String>()
                }));
            }
        }
    }
    entries
}

/// Every string literal in the sources that is a key by its look.
fn keys_in_sources() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs")
                && !path.ends_with("text/tests.rs")
            {
                let source = std::fs::read_to_string(&path).unwrap();
                for literal in source.split('"') {
                    if looks_like_a_key(literal) {
                        found.insert(literal.to_owned(), path.display().to_string());
                    }
                }
            }
        }
    }
    found
}

fn looks_like_a_key(literal: &str) -> bool {
    PREFIXES
        .iter()
        .any(|prefix| literal.starts_with(prefix) && literal.len() > prefix.len())
        && !literal.ends_with('-')
        && literal
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

#[test]
fn every_key_in_the_sources_has_words_in_every_language() {
    for language in Language::ALL {
        let entries = entries(language);
        for (key, path) in keys_in_sources() {
            assert!(
                entries.contains_key(&key),
                "{key} ({path}) is missing in {}",
                language.tag()
            );
        }
    }
}

#[test]
fn every_text_is_used_somewhere() {
    let used = keys_in_sources();
    for key in entries(Language::English).keys() {
        assert!(used.contains_key(key), "{key} is used nowhere");
        assert!(
            looks_like_a_key(key),
            "{key} begins with none of {PREFIXES:?}"
        );
    }
}

#[test]
fn all_languages_have_the_same_keys_and_variables() {
    let english = entries(Language::English);
    for language in [Language::Chinese, Language::Indonesian] {
        let other = entries(language);
        for (key, variables) in &english {
            assert_eq!(
                Some(variables),
                other.get(key),
                "{key} in {}",
                language.tag()
            );
        }
        for key in other.keys() {
            assert!(
                english.contains_key(key),
                "{key} is only in {}",
                language.tag()
            );
        }
    }
}

#[test]
fn every_file_can_be_read_to_its_end() {
    for language in Language::ALL {
        for source in files(language) {
            if let Err((_, errors)) = FluentResource::try_new((*source).to_owned()) {
                panic!("{}: {errors:?} in\n{source}", language.tag());
            }
        }
    }
}

#[test]
fn every_text_can_be_said_with_its_variables() {
    let texts = Texts::load();
    for language in Language::ALL {
        for (key, variables) in entries(language) {
            for number in [0, 1, 2, 5] {
                let values: Vec<(&str, Value<'_>)> = variables
                    .iter()
                    .map(|name| (name.as_str(), Value::Number(number)))
                    .collect();
                let said = texts.say_with(language, &key, &values);
                assert_ne!(said, key, "{}", language.tag());
                assert!(
                    !said.contains(['{', '}']),
                    "{key} in {}: {said}",
                    language.tag()
                );
                assert_eq!(said.trim(), said, "{key} in {}", language.tag());
                assert_eq!(
                    said.lines().count(),
                    1,
                    "{key} in {}: {said}",
                    language.tag()
                );
            }
        }
    }
}

#[test]
fn chinese_texts_are_chinese_and_english_ones_are_not() {
    let has_hanzi = |text: &str| text.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
    let texts = Texts::load();
    for (key, variables) in entries(Language::English) {
        let values: Vec<_> = variables
            .iter()
            .map(|n| (n.as_str(), Value::Number(2)))
            .collect();
        assert!(
            !has_hanzi(&texts.say_with(Language::English, &key, &values)),
            "{key}"
        );
        assert!(
            !has_hanzi(&texts.say_with(Language::Indonesian, &key, &values)),
            "{key}"
        );
    }
}

#[test]
fn a_missing_key_is_said_as_itself() {
    assert_eq!(
        Texts::load().say(Language::Chinese, "no-such-key"),
        "no-such-key"
    );
}

#[test]
fn values_from_outside_are_cleaned() {
    let texts = Texts::load();
    let said = texts.say_with(
        Language::English,
        "date-in",
        &[("span", Value::Text("\u{1B}[2J\u{202E}lin.wei\r\n"))],
    );
    assert_eq!(said, "in lin.wei");
}

#[test]
fn texts_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Texts>();
}
