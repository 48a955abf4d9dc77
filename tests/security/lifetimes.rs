//! Steps that are skipped, tickets used twice, floods, and what outlives a reset.

use std::time::Duration;

use proptest::prelude::*;
use rekey::domain::account::LoginName;
use rekey::domain::secret::{CodeDigits, Password};
use rekey::flow::driver::settle::settle;
use rekey::flow::effect::Input;
use rekey::flow::prompt::{Prompt, Refusal};

use crate::town::{DAY, HOUR, Town, key};
use crate::visit::{is_proved, refusal};

/// Anything an attacker can hand in, but for the right code.
fn input(kind: u8, n: u32) -> Input {
    match kind % 5 {
        0 => Input::Login(LoginName::parse("lin.wei").unwrap()),
        1 => Input::Login(LoginName::parse("attacker").unwrap()),
        2 => Input::Code(CodeDigits::parse(&format!("{:06}", n % 1_000_000), 6).unwrap()),
        3 => Input::AnotherCode,
        _ => Input::NewPassword(Password::new("the attacker's choice").unwrap()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// "Try another way", back, forward, the last page first: no order of inputs reaches a change.
    #[test]
    fn keycloak_cve_2026_18963_step_skipping(
        order in prop::collection::vec((any::<u8>(), any::<u32>(), 0u64..2_000), 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let town = Town::in_memory(11);
            let mut attacker = town.visit("lobby-1");
            for (kind, n, pause) in order {
                attacker.does(input(kind, n)).await;
                tokio::time::sleep(Duration::from_millis(pause)).await;
            }
            let saw = attacker.leaves().await;
            // One in a million guesses is right, and no sequence here makes fifty thousand.
            prop_assert!(!saw.iter().any(|(_, prompt)| is_proved(prompt)));
            prop_assert!(town.people.sets().is_empty());
            Ok(())
        })?;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keycloak_cve_2026_18963_nothing_leads_on_after_the_end() {
    let town = Town::on_disk().await;
    let mut lin = town.proved("lobby-1", "lin.wei", "LinWei", 1).await;
    let done = lin.password("lanterns over the harbour").await;
    assert!(matches!(done, Prompt::Done { .. }), "{done:?}");
    // Whoever comes next types into what is left of it.
    for kind in 0..5 {
        lin.does(input(kind, 0)).await;
    }
    lin.leaves().await;
    let sets = town.people.sets();
    assert_eq!(sets.len(), 1, "{sets:?}");
    assert_eq!(sets[0].password, "lanterns over the harbour");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ltb_24_another_login_name_after_the_proof_changes_nobody_else() {
    let town = Town::on_disk().await;
    let mut attacker = town.proved("lobby-1", "attacker", "Attacker", 1).await;
    attacker
        .does(Input::Login(LoginName::parse("lin.wei").unwrap()))
        .await;
    attacker.does(Input::AnotherCode).await;
    attacker.password("whose password is this").await;
    let sets = town.people.sets();
    assert!(
        sets.iter().all(|set| set.account == key("attacker")),
        "{sets:?}"
    );
    assert_eq!(sets.len(), 1);
    assert!(town.inbox("LinWei").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lldap_one_ticket_in_parallel_changes_once() {
    let mut town = Town::on_disk().await;
    let mut visits = Vec::new();
    for nth in 1..=3 {
        // Each in a program of its own: nothing but the state is shared.
        town.restart().await;
        visits.push(
            town.proved(&format!("lobby-{nth}"), "lin.wei", "LinWei", nth)
                .await,
        );
    }
    let mut at_once = tokio::task::JoinSet::new();
    for (n, mut visit) in visits.into_iter().enumerate() {
        at_once.spawn(async move { visit.password(&format!("password of reset {n}")).await });
    }
    let ends = at_once.join_all().await;
    let done = ends
        .iter()
        .filter(|p| matches!(p, Prompt::Done { .. }))
        .count();
    assert_eq!((done, town.people.sets().len()), (1, 1), "{ends:?}");
    assert_eq!(town.count("change_intent", "asked").await, 1);
    assert_eq!(town.count("change_not_asked", "superseded").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lifetimes_after_a_reset() {
    let town = Town::on_disk().await;
    let mut has_code = town.visit("lobby-1");
    has_code.login("lin.wei").await;
    let code = town.code_on("LinWei", 1).await;
    let mut has_proof = town.proved("lobby-2", "lin.wei", "LinWei", 2).await;
    let mut siti = town.visit("lobby-3");
    siti.login("siti.rahma").await;
    let sitis = town.code_on("SitiRahma", 1).await;

    let mut lin = town.proved("lobby-4", "lin.wei", "LinWei", 3).await;
    let done = lin.password("lanterns over the harbour").await;
    assert!(matches!(done, Prompt::Done { .. }), "{done:?}");

    let prompt = has_code.code(&code).await;
    assert_eq!(refusal(&prompt), Some(&Refusal::CodeExpired), "{prompt:?}");
    let prompt = has_proof.password("a thief's password").await;
    assert_eq!(refusal(&prompt), Some(&Refusal::AccountNotAllowed));
    // Nobody else's dies.
    assert!(is_proved(&siti.code(&sitis).await));
    let now = town.people.password(&key("lin.wei"));
    assert_eq!(now.as_deref(), Some("lanterns over the harbour"));
}

/// The program dies between the directory's yes and its own record. What its next start finds out
/// ends the account's other codes and proofs all the same.
#[tokio::test(start_paused = true)]
async fn lifetimes_after_a_reset_that_was_settled_later() {
    let town = Town::in_memory(3);
    let mut has_code = town.visit("lobby-1");
    has_code.login("lin.wei").await;
    let code = town.code_on("LinWei", 1).await;
    let mut lin = town.proved("lobby-2", "lin.wei", "LinWei", 2).await;
    let password = Password::new("lanterns over the harbour").unwrap();
    lin.does(Input::NewPassword(password)).await;
    while town.people.sets().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // Dropped in the middle: as if the power went.
    drop(lin);
    tokio::time::sleep(Duration::from_secs(30)).await;
    settle(&town.ports, Some(town.ports.clock.now().wall))
        .await
        .unwrap();
    assert_eq!(town.count("change_outcome", "changed").await, 1);
    let prompt = has_code.code(&code).await;
    assert_eq!(refusal(&prompt), Some(&Refusal::CodeExpired), "{prompt:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ltb_165_message_floods() {
    let mut town = Town::on_disk().await;
    for n in 0..6 {
        let mut attacker = town.visit(&format!("lobby-{n}"));
        let prompt = attacker.login("lin.wei").await;
        assert!(
            matches!(prompt, Prompt::Code { refusal: None, .. }),
            "the screen stays the same"
        );
        if n < 3 {
            town.code_on("LinWei", n + 1).await;
        }
        attacker.leaves().await;
        town.restart().await;
    }
    assert_eq!(
        town.inbox("LinWei").len(),
        3,
        "three in a quarter of an hour"
    );
    // Another's budget is untouched.
    town.proved("lobby-1", "siti.rahma", "SitiRahma", 1).await;
    let mut messages = 3;
    for n in 0..12 {
        town.world.jump(HOUR);
        town.restart().await;
        let mut attacker = town.visit(&format!("reception-{n}"));
        attacker.login("lin.wei").await;
        if messages < 10 {
            messages += 1;
            town.code_on("LinWei", messages).await;
        }
        attacker.leaves().await;
    }
    assert_eq!(town.inbox("LinWei").len(), 10, "ten a day");
    town.world.jump(DAY);
    town.proved("lobby-1", "lin.wei", "LinWei", 11).await;
}

/// Those who may not be reset get no flood of notices either.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ltb_165_message_floods_of_notices() {
    let town = Town::on_disk().await;
    for n in 0..6 {
        let mut attacker = town.visit(&format!("lobby-{n}"));
        attacker.login("the.admin").await;
        if n < 3 {
            town.messages_on("TheAdmin", n + 1).await;
        }
        attacker.leaves().await;
    }
    assert_eq!(town.inbox("TheAdmin").len(), 3);
    assert!(town.inbox("TheAdmin").iter().all(|m| m.digits.is_none()));
}

/// Somebody submits and leaves all day long: the next person still gets through.
#[tokio::test(start_paused = true)]
async fn a_kiosk_that_was_hammered_is_slow_for_a_minute_at_most() {
    let town = Town::in_memory(5);
    for _ in 0..200 {
        let mut attacker = town.visit("lobby-1");
        attacker.does(input(0, 0)).await;
        // Long enough to submit, too short to be let on.
        tokio::time::sleep(Duration::from_millis(1)).await;
        attacker.leaves().await;
    }
    let mut siti = town.visit("lobby-1");
    siti.settles().await;
    let began = tokio::time::Instant::now();
    siti.login("siti.rahma").await;
    let waited = began.elapsed();
    assert!(waited > Duration::from_secs(5), "it is slowed: {waited:?}");
    assert!(waited < Duration::from_secs(61), "{waited:?}");
}
