//! The shape of the sources: which layer may import which, what the rules may not touch, and how
//! large things may grow. The checks are functions over text, tested on bad text at the end.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// Layer, and the layers it may name. Everything points one way.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &["domain"]),
    ("flow", &["domain", "flow"]),
    ("adapters", &["domain", "flow", "adapters"]),
    ("sim", &["domain", "flow", "sim"]),
    ("config", &["domain", "config"]),
    ("text", &["domain", "text"]),
    ("fronts", &["domain", "flow", "config", "text", "fronts"]),
    (
        "boot",
        &[
            "domain", "flow", "adapters", "sim", "config", "text", "fronts", "boot",
        ],
    ),
    ("cli", &["config", "boot", "cli"]),
    ("main", &["cli"]),
    ("lib", &[]),
];

/// What pure code never names: time, randomness, waiting, the world outside.
const IMPURE: &[&str] = &[
    "async fn",
    ".await",
    "tokio",
    "SystemTime",
    "Instant",
    "std::thread",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "getrandom",
    "rustix",
    "jiff",
    "ldap3",
    "hyper",
    "hyper_util",
    "hyper_rustls",
    "axum",
    "sqlx",
    "ratatui_core",
    "crossterm",
];

/// The part of the flow that carries out effects, and the traits it carries them out through.
const RUNS_EFFECTS: &[&str] = &["flow/driver/", "flow/ports.rs", "flow/ports/"];

const TOP_LEVEL: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "CHANGELOG.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "assets",
    "src",
    "tests",
    "benches",
    "fuzz",
    "clippy.toml",
    "rustfmt.toml",
    "deny.toml",
];

#[test]
fn imports_point_one_way() {
    let wrong: Vec<String> = sources()
        .iter()
        .flat_map(imports_against_the_layers)
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_rules_touch_neither_clock_nor_world() {
    let wrong: Vec<String> = sources().iter().flat_map(impurities).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn files_stay_small() {
    let wrong: Vec<String> = sources().iter().filter_map(too_long).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_top_level_holds_only_what_it_should() {
    let wrong: Vec<String> = fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.') && name != "target")
        .filter(|name| !TOP_LEVEL.contains(&name.as_str()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Who may say what: a grant is made by the engine's proofs, an operator's powers by the engine's
/// sign-in, and only who has checked the channel's word says that it vouches for somebody.
const POWERS: &[(&str, &[&str])] = &[
    ("from_right_code", &["flow/grant.rs", "flow/reset/"]),
    ("from_vouched", &["flow/grant.rs", "flow/reset/"]),
    ("signed_in_by_code", &["flow/desk.rs", "flow/reset/"]),
    ("from_old_password", &["flow/grant.rs", "flow/reset/"]),
    (
        "by_channel",
        &["flow/vouched.rs", "adapters/wecom/", "sim/"],
    ),
];

#[test]
fn nobody_else_makes_a_proof() {
    let wrong: Vec<String> = sources().iter().flat_map(powers_taken).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn powers_taken(source: &Source) -> Vec<String> {
    let taken = POWERS.iter().filter(|(power, places)| {
        let own = places.iter().any(|place| source.path.starts_with(place));
        !own && source.code.contains(power)
    });
    taken
        .map(|(power, _)| format!("src/{}: {power} is not for here", source.path))
        .collect()
}

#[test]
fn who_takes_a_power_is_found() {
    let found = |path, text| powers_taken(&Source::new(path, text)).len();
    assert_eq!(found("fronts/chat/mod.rs", "Vouched::by_channel(who)"), 1);
    assert_eq!(
        found("adapters/wecom/identity.rs", "Vouched::by_channel(x)"),
        0
    );
    assert_eq!(
        found("flow/driver/mod.rs", "Grant::from_vouched(a, b, c)"),
        1
    );
}

#[test]
fn fewer_than_400_packages_are_locked() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let locked = packages(&lock);
    assert!((1..400).contains(&locked), "{locked} packages are locked");
}

/// One source file: its path under `src/`, and its text without tests, comments and strings.
struct Source {
    path: String,
    code: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            code: without_comments_and_strings(&without_tests(text)),
        }
    }

    /// `flow` of `flow/ports.rs`, `boot` of `boot.rs`.
    fn layer(&self) -> &str {
        let first = self.path.split('/').next().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// `["flow", "ports"]` of `flow/ports.rs`, `["flow"]` of `flow/mod.rs`.
    fn module(&self) -> Vec<&str> {
        let path = self.path.strip_suffix(".rs").unwrap();
        path.split('/').filter(|part| *part != "mod").collect()
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn sources() -> Vec<Source> {
    let src = root().join("src");
    let mut folders = vec![src.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs")
                && !path.ends_with("tests.rs")
                && !folder.ends_with("tests")
            {
                let name = path.strip_prefix(&src).unwrap().to_str().unwrap();
                found.push(Source::new(name, &fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(found.len() > 20, "only {} sources were found", found.len());
    found
}

/// Drops each `#[cfg(test)]` item: to the `}` in the first column, or its one line.
fn without_tests(text: &str) -> String {
    let mut kept = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim() != "#[cfg(test)]" {
            kept.push_str(line);
            kept.push('\n');
            continue;
        }
        let closing = format!("{}}}", &line[..line.len() - line.trim_start().len()]);
        let mut item = lines.by_ref().skip_while(|l| l.trim().starts_with("#["));
        if item
            .next()
            .is_some_and(|first| first.trim_end().ends_with('{'))
        {
            lines.by_ref().find(|l| l.starts_with(&closing));
        }
    }
    kept
}

/// Blanks comments and the insides of strings, so that only code is left. Line ends stay.
fn without_comments_and_strings(text: &str) -> String {
    let mut code = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek() == Some(&'/') => {
                while chars.peek().is_some_and(|c| *c != '\n') {
                    chars.next();
                }
            }
            '\'' => {
                // A character literal that could be taken for something else; else a lifetime.
                code.push(c);
                match chars.peek() {
                    Some('\\') => {
                        chars.next();
                        chars.next();
                    }
                    Some('"') => {
                        chars.next();
                    }
                    _ => {}
                }
            }
            'r' if matches!(chars.peek(), Some('"' | '#')) && !ends_in_word(&code) => {
                skip_raw_string(&mut chars, &mut code);
            }
            '"' => {
                while let Some(inner) = chars.next() {
                    match inner {
                        '\\' if chars.next() == Some('\n') => code.push('\n'),
                        '"' => break,
                        '\n' => code.push('\n'),
                        _ => {}
                    }
                }
                code.push_str("\"\"");
            }
            other => code.push(other),
        }
    }
    code
}

fn ends_in_word(code: &str) -> bool {
    code.chars()
        .last()
        .is_some_and(|c| c.is_alphanumeric() || c == '_')
}

fn skip_raw_string(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, code: &mut String) {
    let mut hashes = 0;
    while chars.peek() == Some(&'#') {
        chars.next();
        hashes += 1;
    }
    if chars.peek() != Some(&'"') {
        // A raw identifier.
        return;
    }
    chars.next();
    let mut seen = None;
    for c in chars.by_ref() {
        match (c, seen) {
            ('"', _) => seen = Some(0),
            ('#', Some(n)) => seen = Some(n + 1),
            _ => seen = None,
        }
        if c == '\n' {
            code.push('\n');
        }
        if seen == Some(hashes) {
            break;
        }
    }
    code.push_str("\"\"");
}

/// Every layer that the code names, with its line: `crate::x`, `crate::{x, y}`, `super::super::x`.
fn named_layers(source: &Source) -> Vec<(usize, String)> {
    let mut named = Vec::new();
    for (start, after) in after_each(&source.code, "crate::") {
        let line = line_of(&source.code, start);
        match after.strip_prefix('{') {
            Some(group) => named.extend(group_heads(group).into_iter().map(|head| (line, head))),
            None => named.push((line, word(after))),
        }
    }
    let depth = source.module().len();
    for (start, mut after) in after_each(&source.code, "super::") {
        let before = &source.code[..start];
        if before.ends_with("super::") {
            continue;
        }
        let mut steps = 1;
        while let Some(rest) = after.strip_prefix("super::") {
            after = rest;
            steps += 1;
        }
        if steps >= depth {
            named.push((line_of(&source.code, start), word(after)));
        }
    }
    named
}

fn after_each<'a>(code: &'a str, path: &str) -> Vec<(usize, &'a str)> {
    code.match_indices(path)
        .filter(|(start, _)| !ends_in_word(&code[..*start]))
        .map(|(start, path)| (start, &code[start + path.len()..]))
        .collect()
}

/// The first words of the paths in `a::b, c::{d, e}, f}`.
fn group_heads(group: &str) -> Vec<String> {
    let mut heads = Vec::new();
    let mut depth = 0;
    let mut at_head = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => at_head = true,
            c if at_head && (c.is_alphanumeric() || c == '_') => {
                heads.push(word(&group[at..]));
                at_head = false;
            }
            _ => {}
        }
    }
    heads
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

fn line_of(code: &str, offset: usize) -> usize {
    code[..offset].matches('\n').count() + 1
}

fn imports_against_the_layers(source: &Source) -> Vec<String> {
    let Some((_, allowed)) = LAYERS.iter().find(|(layer, _)| *layer == source.layer()) else {
        return vec![format!("src/{}: belongs to no layer", source.path)];
    };
    let mut named = named_layers(source);
    if source.layer() == "main" {
        let outside = after_each(&source.code, "rekey::");
        named.extend(
            outside
                .iter()
                .map(|(at, after)| (line_of(&source.code, *at), word(after))),
        );
    }
    named
        .into_iter()
        .filter(|(_, name)| !allowed.contains(&name.as_str()))
        .map(|(line, name)| {
            let (path, layer) = (&source.path, source.layer());
            format!("src/{path}:{line}: {layer} may not import {name}")
        })
        .collect()
}

fn impurities(source: &Source) -> Vec<String> {
    let pure = source.layer() == "domain"
        || (source.layer() == "flow"
            && !RUNS_EFFECTS
                .iter()
                .any(|part| source.path.starts_with(part)));
    if !pure {
        return Vec::new();
    }
    IMPURE
        .iter()
        .flat_map(|name| source.code.match_indices(name))
        .filter(|(at, name)| name.starts_with('.') || !ends_in_word(&source.code[..*at]))
        .map(|(at, name)| {
            let line = line_of(&source.code, at);
            format!("src/{}:{line}: pure code names `{name}`", source.path)
        })
        .collect()
}

/// Counts lines of code: documentation and tests never make a file too long.
fn too_long(source: &Source) -> Option<String> {
    let most = if source.path == "main.rs" { 40 } else { 400 };
    let code = source.code.lines().filter(|line| !line.trim().is_empty());
    let lines = code.count();
    (lines > most).then(|| {
        let path = &source.path;
        format!("src/{path}: {lines} lines of code, at most {most}")
    })
}

fn packages(lock: &str) -> usize {
    lock.lines().filter(|line| *line == "[[package]]").count()
}

mod the_checks_can_fail {
    use super::*;

    fn wrong(path: &str, text: &str) -> Vec<String> {
        imports_against_the_layers(&Source::new(path, text))
    }

    #[test]
    fn on_every_way_to_write_an_import() {
        for import in [
            "use crate::adapters::ldap;",
            "use crate::{domain::code, adapters::{ldap, wecom}};",
            "use crate::{\n    domain::{code, time},\n    adapters,\n};",
            "use super::super::adapters::ldap;",
            "fn f() { crate::adapters::ldap::bind(); }",
            "pub(crate) use crate::adapters as a;",
        ] {
            let found = wrong("fronts/kiosk.rs", import);
            let [found] = found.as_slice() else {
                panic!("{import}: {found:?}");
            };
            assert!(
                found.ends_with(": fronts may not import adapters"),
                "{found}"
            );
        }
        // Two steps up from here is still inside the layer.
        let inside = wrong("fronts/tui/app.rs", "use super::super::adapters;");
        assert_eq!(inside, Vec::<String>::new());
    }

    #[test]
    fn on_every_forbidden_direction() {
        for (path, layer) in [
            ("domain/code.rs", "flow"),
            ("flow/reset.rs", "adapters"),
            ("flow/reset.rs", "text"),
            ("adapters/ldap/mod.rs", "fronts"),
            ("adapters/ldap/mod.rs", "config"),
            ("adapters/ldap/mod.rs", "text"),
            ("adapters/ldap/mod.rs", "sim"),
            ("sim/mod.rs", "adapters"),
            ("fronts/tui/app.rs", "adapters"),
            ("fronts/tui/app.rs", "sim"),
            ("fronts/tui/app.rs", "boot"),
            ("config/mod.rs", "flow"),
            ("text.rs", "fronts"),
            ("cli.rs", "adapters"),
        ] {
            let import = format!("use crate::{layer}::anything;");
            assert_eq!(wrong(path, &import).len(), 1, "{path} {layer}");
        }
        assert_eq!(
            wrong("main.rs", "fn main() { rekey::boot::demo() }").len(),
            1
        );
        assert_eq!(wrong("stray.rs", ""), ["src/stray.rs: belongs to no layer"]);
    }

    #[test]
    fn and_let_pass_what_is_right() {
        let right = "//! See [`crate::boot`].\n\
            use super::ports::Clock; // not crate::adapters\n\
            use crate::domain::time::Now;\n\
            const WORDS: &str = \"crate::fronts \\\" crate::sim\";\n\
            const RAW: &str = r#\"crate::text \" \"#;\n\
            const QUOTE: char = '\"';\n\
            #[cfg(test)]\nmod tests {\n    use crate::sim::Company;\n}\n";
        assert_eq!(wrong("flow/reset.rs", right), Vec::<String>::new());
        let after = format!("{right}use crate::sim::Company;");
        assert_eq!(wrong("flow/reset.rs", &after).len(), 1);
    }

    #[test]
    fn on_impure_rules() {
        let impure = |path: &str, text: &str| impurities(&Source::new(path, text)).len();
        assert_eq!(impure("domain/code.rs", "async fn f() {}"), 1);
        assert_eq!(impure("domain/time.rs", "std::time::SystemTime::now();"), 1);
        assert_eq!(impure("flow/reset.rs", "use tokio::sync::mpsc;"), 1);
        assert_eq!(impure("flow/driver/mod.rs", "use tokio::sync::mpsc;"), 0);
        assert_eq!(
            impure("adapters/clock.rs", "std::time::SystemTime::now();"),
            0
        );
        assert_eq!(
            impure("domain/time.rs", "/// No tokio here.\nstruct MyInstant;"),
            0
        );
    }

    #[test]
    fn on_size() {
        let long = |path: &str, lines: usize| too_long(&Source::new(path, &"x\n".repeat(lines)));
        assert!(long("main.rs", 41).is_some() && long("main.rs", 40).is_none());
        assert!(long("boot.rs", 401).is_some() && long("boot.rs", 400).is_none());
        let tests = format!(
            "x\n#[cfg(test)]\nmod tests {{\n{}}}\n",
            "    x\n".repeat(500)
        );
        assert!(too_long(&Source::new("boot.rs", &tests)).is_none());
        assert_eq!(packages("[[package]]\nname = \"a\"\n\n[[package]]\n"), 2);
    }
}
