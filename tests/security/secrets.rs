//! Canaries: secrets of a whole reset are looked for wherever they must not be.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rekey::flow::prompt::Prompt;
use tracing_subscriber::fmt::MakeWriter;

use crate::office::{Office, code_in};

/// Everything that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn find(bytes: &[u8], canary: &str) -> Option<usize> {
    bytes
        .windows(canary.len())
        .position(|part| part == canary.as_bytes())
}

fn holds(bytes: &[u8], canary: &str) -> bool {
    find(bytes, canary).is_some()
}

/// All files below a folder, with what is in them.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.display().to_string(), std::fs::read(path).unwrap()))
        .collect()
}

#[tokio::test]
async fn ltb_codes_and_passwords_are_in_no_log_and_no_file() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        // More than the program ever writes; still finer the simulated server logs requests whole.
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(log.clone())
        .finish();
    let _here = tracing::subscriber::set_default(subscriber);
    tracing::info!("the log works");

    let office = Office::open().await;
    let mut stranger = office.visit("lobby-1");
    stranger.login("canary-password-typed-as-login").await;
    stranger.code("918273").await;
    stranger.leaves().await;

    let mut lin = office.visit("lobby-1");
    lin.login("lin.wei").await;
    let message = office.wecom.next_message("LinWei").await.expect("a code");
    let code = code_in(&message);
    lin.code(&code).await;
    lin.password("tiny-canary").await;
    office
        .ldap
        .break_next_change(rekey::sim::ldap::BreakAt::BeforeChange);
    let end = lin.password("canary over a lost garden").await;
    drop(lin);
    let mut siti = office.proved("lobby-2", "siti.rahma", "SitiRahma").await;
    let done = siti.password("canary under a copper moon").await;
    assert!(
        matches!(done, Prompt::Done { .. }),
        "{done:?}, after {end:?}"
    );
    siti.leaves().await;

    let records = format!("{:?}", office.ports.audit.read(0, 10_000).await.unwrap());
    let mut places = files(office.folder.path());
    assert!(places.iter().any(|(path, _)| path.ends_with("state.db")));
    places.push(("the audit log".to_owned(), records.into_bytes()));
    let logged = log.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert!(holds(&logged, "the log works"));
    places.push(("the log".to_owned(), logged));
    let app_secret = office.wecom.app().secret.clone();
    for (place, bytes) in &places {
        for canary in [
            "canary-password-typed-as-login",
            "tiny-canary",
            "canary over a lost garden",
            "canary under a copper moon",
            "a-service-password-9142",
            &app_secret,
        ] {
            if let Some(at) = find(bytes, canary) {
                let around = &bytes[at.saturating_sub(300)..at + canary.len()];
                panic!("in {place}: {}", String::from_utf8_lossy(around));
            }
        }
        // Six digits may be part of some other number in a database or a trace.
        if place.starts_with("the ") {
            assert!(!holds(bytes, &code), "the code {code} is in {place}");
            assert!(!holds(bytes, "918273"), "a wrong code is in {place}");
        }
    }
}
