//! Nobody can tell from the screen, or from its timing, what a login name leads to.

use std::time::Duration;

use rekey::flow::ports::Clock as _;
use rekey::flow::prompt::Prompt;

use crate::town::{HOUR, Town};

/// A login name of each kind; the first is an ordinary employee's.
const NAMES: [&str; 5] = [
    "lin.wei",
    "nobody.at.all",
    "has.left",
    "the.admin",
    "new.hire",
];

/// What was seen and when, without the reset's own reference.
fn without_reference(saw: Vec<(Duration, Prompt)>) -> Vec<(Duration, Prompt)> {
    let plain = |(at, prompt)| match prompt {
        Prompt::Ended { refusal, .. } => {
            let reference = String::new();
            (at, Prompt::Ended { refusal, reference })
        }
        other => (at, other),
    };
    saw.into_iter().map(plain).collect()
}

/// Waits for the next full ten seconds: how long a visit's last message took, which nobody sees,
/// is no part of when the next one begins.
async fn next_visitor(town: &Town) {
    let now = u64::try_from(town.world.now().mono.as_millis()).unwrap();
    tokio::time::sleep(Duration::from_millis(10_000 - now % 10_000)).await;
}

/// Somebody tries `login` in every way and through every limit; returns all that was seen.
async fn pry(town: &Town, login: &str) -> Vec<(Duration, Prompt)> {
    let mut saw = Vec::new();
    // Wrong codes, in two visits, then in a third although no more are compared.
    for guesses in [2, 3, 1] {
        let mut attacker = town.visit("lobby-1");
        attacker.login(login).await;
        for guess in 0..guesses {
            attacker.code(&format!("00000{guess}")).await;
        }
        saw.extend(attacker.leaves().await);
        next_visitor(town).await;
    }
    // The message budget is used up: a fourth visit, another code, and one that came too late.
    let mut attacker = town.visit("lobby-1");
    attacker.login(login).await;
    attacker.another_code().await;
    tokio::time::sleep(Duration::from_secs(61)).await;
    attacker.another_code().await;
    tokio::time::sleep(Duration::from_secs(301)).await;
    attacker.code("123456").await;
    saw.extend(attacker.leaves().await);
    next_visitor(town).await;
    // Once the hour is over, and more often than thirty times at this kiosk.
    town.world.jump(HOUR);
    for _ in 0..8 {
        let mut attacker = town.visit("lobby-1");
        attacker.login(login).await;
        for guess in 0..5 {
            let prompt = attacker.code(&format!("00000{guess}")).await;
            if matches!(prompt, Prompt::Ended { .. }) {
                break;
            }
        }
        saw.extend(attacker.leaves().await);
        next_visitor(town).await;
    }
    without_reference(saw)
}

#[tokio::test(start_paused = true)]
async fn keycloak_26625_enumeration() {
    let real = pry(&Town::in_memory(9), NAMES[0]).await;
    assert!(real.len() > 60, "it was pried into: {}", real.len());
    for login in &NAMES[1..] {
        let other = pry(&Town::in_memory(9), login).await;
        assert_eq!(other.len(), real.len(), "{login}");
        for (step, (other, real)) in other.iter().zip(&real).enumerate() {
            assert_eq!(other, real, "{login} shows at step {step}");
        }
    }
}

/// The codes of nobody run out by days of guessing as those of an employee do.
#[tokio::test(start_paused = true)]
async fn keycloak_26625_enumeration_up_to_a_hundred_in_a_row() {
    let mut all = Vec::new();
    for login in NAMES {
        let town = Town::in_memory(9);
        let mut saw = Vec::new();
        for day in 0..24 {
            for _ in 0..2 {
                let mut attacker = town.visit("lobby-1");
                attacker.login(login).await;
                for guess in 0..5 {
                    let prompt = attacker.code(&format!("00000{guess}")).await;
                    if matches!(prompt, Prompt::Ended { .. }) {
                        break;
                    }
                }
                saw.extend(attacker.leaves().await);
                next_visitor(&town).await;
            }
            town.world.jump(HOUR * if day % 2 == 0 { 1 } else { 24 });
        }
        all.push(without_reference(saw));
    }
    let staff = |(_, prompt): &&(Duration, Prompt)| format!("{prompt:?}").contains("until: None");
    assert!(
        all[0].iter().any(|seen| staff(&seen)),
        "a hundred were wrong"
    );
    for (login, saw) in NAMES.iter().zip(&all) {
        assert_eq!(saw, &all[0], "{login} shows");
    }
}

/// Before a proof nothing of an account changes: no wrong code locks anybody out of anything.
#[tokio::test(start_paused = true)]
async fn wrong_codes_change_nothing_in_the_directory() {
    let town = Town::in_memory(9);
    for login in NAMES {
        pry(&town, login).await;
    }
    assert!(town.people.sets().is_empty());
}

/// One spelling or another: what is one account for the directory is one account for the limits,
/// and so is what is none.
#[tokio::test(start_paused = true)]
async fn keycloak_26625_spellings_of_nobody_share_their_limits() {
    let town = Town::in_memory(9);
    let nobody = |login: &str| {
        let login = rekey::domain::account::LoginName::parse(login).unwrap();
        town.ports.codes.nobody(&login)
    };
    let plain = nobody("no.such person");
    for spelt in [
        "NO.Such Person",
        "no.such  person",
        " no.such\u{3000}person",
        "ｎｏ．ｓｕｃｈ person",
    ] {
        assert_eq!(nobody(spelt), plain, "{spelt}");
    }
    assert_ne!(nobody("no.such.person"), plain);
}

/// Only a real login name leads to a message, which the next visit must not wait longer for.
#[tokio::test(start_paused = true)]
async fn the_menu_is_back_after_the_same_time_whatever_the_login_name_was() {
    let town = Town::in_memory(11);
    for login in NAMES {
        let mut attacker = town.visit("lobby-1");
        attacker.login(login).await;
        let left = tokio::time::Instant::now();
        attacker.leaves().await;
        let took = left.elapsed();
        let parting = Duration::from_millis(500)..Duration::from_millis(650);
        assert!(parting.contains(&took), "{login}: {took:?}");
        next_visitor(&town).await;
    }
}
