//! Who is meant, where a code goes, and what the directory really did.

use rekey::domain::account::LoginName;
use rekey::flow::ports::DirectoryRefusal;
use rekey::flow::prompt::{Prompt, Refusal, Step};
use rekey::sim::ldap::BreakAt;

use crate::office::{OLD, Office, dn};
use crate::visit::refusal;

const NEW: &str = "copper moon over the garden";

/// What rekey's rivals took for somebody's name.
const HOSTILE: [&str; 30] = [
    // Filters.
    "*",
    "lin.*",
    "lin.wei)(uid=*",
    "*)(objectClass=*",
    ")(uid=*",
    "lin.wei)(|(uid=siti.rahma",
    "(|(uid=lin.wei))",
    "lin.wei\\2a",
    "\\6cin.wei",
    // DNs and quotes.
    "uid=lin.wei,ou=people,dc=contoso,dc=example",
    "lin.wei,ou=people",
    "\"lin.wei\"",
    "' or 1=1 --",
    "lin.wei'; DROP TABLE codes; --",
    // Several receivers.
    "lin.wei,attacker",
    "lin.wei;attacker",
    "lin.wei|attacker",
    "lin.wei attacker",
    "[\"lin.wei\",\"attacker\"]",
    "{\"$ne\":null}",
    "lin.wei%0d%0aattacker",
    "LinWei|Attacker",
    "@all",
    // Mail addresses, whose domain nobody checked.
    "administrator@x",
    "lin.wei@evil.example",
    "lin.wei@contoso.example",
    "lin.wei+attacker",
    // Look-alikes.
    "l\u{0456}n.wei",
    "l\u{0131}n.wei",
    "\u{017F}iti.rahma\u{0307}",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gitlab_cve_2023_7028_recipient_comes_from_the_directory() {
    let office = Office::open().await;
    let mut visits = tokio::task::JoinSet::new();
    for (n, login) in HOSTILE.into_iter().enumerate() {
        let mut attacker = office.visit(&format!("lobby-{n}"));
        visits.spawn(async move {
            let prompt = attacker.login(login).await;
            assert!(
                matches!(prompt, Prompt::Code { refusal: None, .. }),
                "{login} shows: {prompt:?}"
            );
            attacker.leaves().await;
        });
    }
    visits.join_all().await;
    let records = office.ports.audit.read(0, 10_000).await.unwrap();
    let leads_on: Vec<_> = records
        .iter()
        .filter(|r| r.event == "reset_started" && r.result != "nobody")
        .collect();
    assert!(leads_on.is_empty(), "{leads_on:?}");
    assert_eq!(office.messages(), [], "nobody was written to");
    // Nothing but the employee's own phone gets the employee's code, however the name is spelt.
    for (n, login) in ["lin.wei", "LIN.WEI", "  Lin.Wei "].iter().enumerate() {
        let mut visit = office.visit(&format!("reception-{n}"));
        visit.login(login).await;
        office.wecom.next_message("LinWei").await.expect("a code");
        visit.leaves().await;
    }
    assert_eq!(office.messages().len(), 3);
    assert_eq!(office.wecom.inbox("LinWei").len(), 3);
}

#[test]
fn ltb_816_control_characters_are_no_part_of_a_login_name() {
    for typed in [
        "lin.wei\r\nattacker",
        "lin.wei\nBcc: attacker",
        "lin.wei\0",
        "lin\u{1B}[2Jwei",
        "lin.wei\u{9B}0m",
        "",
        "   ",
    ] {
        assert_eq!(LoginName::parse(typed), None, "{typed:?}");
    }
    assert!(LoginName::parse(&"a".repeat(256)).is_some());
    assert_eq!(LoginName::parse(&"a".repeat(257)), None, "never cut");
    assert_eq!(LoginName::parse(&"林".repeat(86)), None, "never cut");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn identity_mapping_is_exact() {
    let office = Office::open().await;
    // `administrator@x` is nobody, and never administrator.
    let find = |login: &'static str| {
        let directory = office.ports.directory.clone();
        async move {
            directory
                .find(&LoginName::parse(login).unwrap())
                .await
                .unwrap()
        }
    };
    assert!(find("administrator").await.is_some());
    for login in [
        "administrator@x",
        "administrator@contoso.example",
        "administrat",
    ] {
        assert_eq!(find(login).await, None, "{login}");
    }
    // One phone for two entries, spelt differently: it is neither's.
    for twin in ["twin.one", "twin.two"] {
        let account = find(twin).await.expect("an account");
        assert_eq!(account.wecom, None, "{twin}");
        let mut visit = office.visit("lobby-1");
        assert!(matches!(visit.login(twin).await, Prompt::Code { .. }));
        visit.leaves().await;
    }
    assert_eq!(office.messages(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn netresearch_636_the_password_really_is_the_new_one() {
    let office = Office::open().await;
    assert!(office.signs_in("lin.wei", OLD).await);
    let mut lin = office.proved("lobby-1", "lin.wei", "LinWei").await;
    let done = lin.password(NEW).await;
    let Prompt::Done { progress, .. } = done else {
        panic!("{done:?}")
    };
    assert_eq!((progress.changed, progress.proved), (Step::Ok, Step::Ok));
    assert!(office.signs_in("lin.wei", NEW).await);
    assert!(!office.signs_in("lin.wei", OLD).await);
    assert!(office.signs_in("siti.rahma", OLD).await, "nobody else's");
}

/// Everything that was ever shown, as if over the visitor's shoulder.
fn said_done(saw: &[(std::time::Duration, Prompt)]) -> bool {
    saw.iter().any(|(_, prompt)| match prompt {
        Prompt::Done { .. } => true,
        Prompt::Working(progress) => progress.changed == Step::Ok,
        _ => false,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ltb_1096_success_after_failure() {
    let office = Office::open().await;
    let mut siti = office.proved("lobby-1", "siti.rahma", "SitiRahma").await;
    // Refused by the directory for its history, which only it knows.
    let prompt = siti.password(OLD).await;
    let why = match refusal(&prompt) {
        Some(Refusal::ByDirectory { why, .. }) => why,
        other => panic!("{other:?}"),
    };
    assert!(
        matches!(why, DirectoryRefusal::InHistory | DirectoryRefusal::Same),
        "{why:?}"
    );
    assert!(
        office.signs_in("siti.rahma", OLD).await,
        "nothing was changed"
    );
    // The connection breaks before anything is changed.
    office.ldap.break_next_change(BreakAt::BeforeChange);
    siti.password(NEW).await;
    assert!(
        office.signs_in("siti.rahma", OLD).await,
        "nothing was changed"
    );
    let saw = siti.leaves().await;
    assert!(!said_done(&saw), "{saw:?}");
    let told = office.wecom.inbox("SitiRahma");
    assert_eq!(told.len(), 1, "no word of a change: {told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ltb_1096_failure_is_not_said_after_success() {
    let office = Office::open().await;
    let mut lin = office.proved("lobby-1", "lin.wei", "LinWei").await;
    office.ldap.break_next_change(BreakAt::AfterChange);
    let prompt = lin.password(NEW).await;
    assert!(office.signs_in("lin.wei", NEW).await);
    // It was found out by a bind, or nobody knows: "not changed" would be a lie.
    let unknown = refusal(&prompt) == Some(&Refusal::OutcomeUnknown);
    assert!(
        unknown || matches!(prompt, Prompt::Done { .. }),
        "{prompt:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn capricornxl_wrong_tries_lock_nobody() {
    let office = Office::open().await;
    let state = |name| office.ldap.attribute(&dn("lin.wei"), name);
    let names = [
        "entryCSN",
        "pwdFailureTime",
        "pwdAccountLockedTime",
        "pwdChangedTime",
    ];
    let before = names.map(state);
    for n in 0..2 {
        let mut attacker = office.visit(&format!("lobby-{n}"));
        attacker.login("lin.wei").await;
        for guess in 0..5 {
            let prompt = attacker.code(&format!("00000{guess}")).await;
            if matches!(prompt, Prompt::Ended { .. }) {
                break;
            }
        }
        attacker.leaves().await;
    }
    assert_eq!(names.map(state), before, "nothing changes before a proof");
    assert!(office.signs_in("lin.wei", OLD).await);
}
