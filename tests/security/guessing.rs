//! Codes: races, new ones for more tries, one person's in another's reset, clocks that jump.

use rekey::domain::account::LoginName;
use rekey::domain::code::Place;
use rekey::domain::secret::Password;
use rekey::flow::driver::settle::ring_owed;
use rekey::flow::effect::Input;
use rekey::flow::prompt::{Prompt, Refusal};

use crate::town::{self, DAY, HOUR, MINUTE, Town, key};
use crate::visit::{Visit, is_proved, refusal};

/// A code that is not this one.
fn other_than(right: &str, n: u32) -> String {
    let right: u32 = right.parse().unwrap();
    format!("{:06}", (right + 1 + n) % 1_000_000)
}

fn left(prompt: &Prompt) -> Option<u32> {
    match refusal(prompt) {
        Some(Refusal::CodeWrong { left }) => Some(*left),
        _ => None,
    }
}

fn waits(prompt: &Prompt) -> bool {
    matches!(
        refusal(prompt),
        Some(Refusal::TooManyWrongCodes { until: Some(_) })
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zitadel_cve_2023_47111_two_hundred_guesses_at_once() {
    let town = Town::on_disk().await;
    let mut attackers = tokio::task::JoinSet::new();
    for n in 0..40 {
        // A kiosk each, so that nothing but the account's own limit holds them up.
        let mut attacker: Visit = town.visit(&format!("lobby-{n}"));
        attackers.spawn(async move {
            attacker.login("lin.wei").await;
            for guess in 0..5 {
                let prompt = attacker.code(&format!("{:06}", n * 5 + guess)).await;
                assert!(!is_proved(&prompt), "one in two hundred thousand");
                if matches!(prompt, Prompt::Ended { .. }) {
                    break;
                }
            }
            attacker.leaves().await;
        });
    }
    attackers.join_all().await;
    assert_eq!(town.count("code_judged", "wrong").await, 5);
    assert_eq!(town.count("code_judged", "right").await, 0);
    assert!(town.people.sets().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zitadel_cve_2023_47111_two_right_ones_at_once() {
    let town = Town::on_disk().await;
    // Both resets hold a code of their own; each is typed twice at once.
    let mut visits = Vec::new();
    for n in 1..=2 {
        let mut visit = town.visit(&format!("lobby-{n}"));
        visit.login("lin.wei").await;
        visits.push((visit, town.code_on("LinWei", n).await));
    }
    let mut both = tokio::task::JoinSet::new();
    for (n, (mut visit, code)) in visits.into_iter().enumerate() {
        both.spawn(async move {
            let digits = rekey::domain::secret::CodeDigits::parse(&code, 6).unwrap();
            visit.does(Input::Code(digits)).await;
            let prompt = visit.code(&code).await;
            assert!(is_proved(&prompt), "{prompt:?}");
            visit.password(&format!("the password of reset {n}")).await
        });
    }
    let ends = both.join_all().await;
    assert_eq!(town.people.sets().len(), 1, "{ends:?}");
    let done = ends.iter().filter(|p| matches!(p, Prompt::Done { .. }));
    assert_eq!(done.count(), 1, "{ends:?}");
    let dead = |p: &&Prompt| refusal(p) == Some(&Refusal::AccountNotAllowed);
    assert_eq!(ends.iter().filter(dead).count(), 1, "{ends:?}");
    assert_eq!(town.count("code_judged", "right").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cve_2024_32868_new_codes_give_no_new_tries() {
    let mut town = Town::on_disk().await;
    let mut attacker = town.visit("lobby-1");
    attacker.login("lin.wei").await;
    let first = town.code_on("LinWei", 1).await;
    assert_eq!(left(&attacker.code(&other_than(&first, 0)).await), Some(4));
    assert_eq!(left(&attacker.code(&other_than(&first, 1)).await), Some(3));
    town.world.jump(MINUTE + 1_000);
    attacker.another_code().await;
    let second = town.code_on("LinWei", 2).await;
    assert_eq!(left(&attacker.code(&other_than(&second, 0)).await), Some(2));
    attacker.leaves().await;

    // A new session, and the program started again: the budget is the account's.
    town.restart().await;
    let mut attacker = town.visit("lobby-2");
    attacker.login("lin.wei").await;
    let third = town.code_on("LinWei", 3).await;
    assert_eq!(left(&attacker.code(&other_than(&third, 0)).await), Some(4));
    assert_eq!(left(&attacker.code(&other_than(&third, 1)).await), Some(3));
    let sixth = attacker.code(&third).await;
    assert!(waits(&sixth), "five were wrong this hour: {sixth:?}");
    town.restart().await;

    // The real employee waits an hour, no longer.
    town.world.jump(HOUR + MINUTE);
    let mut lin = town.proved("lobby-1", "lin.wei", "LinWei", 4).await;
    let done = lin.password("lanterns over the harbour").await;
    assert!(matches!(done, Prompt::Done { .. }), "{done:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pwm_556_a_code_of_another_reset() {
    let town = Town::on_disk().await;
    let mut attacker = town.visit("lobby-1");
    attacker.login("attacker").await;
    let own = town.code_on("Attacker", 1).await;
    let mut victim = town.visit("lobby-1");
    victim.login("lin.wei").await;
    town.code_on("LinWei", 1).await;
    assert_eq!(
        left(&victim.code(&own).await),
        Some(4),
        "refused and counted"
    );
    // Two accounts on one phone: still another account's code.
    let mut too = town.visit("lobby-1");
    too.login("attacker.too").await;
    town.code_on("Attacker", 2).await;
    assert_eq!(left(&too.code(&own).await), Some(4));
    // The same account, another reset; and the same reset's old code after a new one.
    let mut again = town.visit("lobby-1");
    again.login("attacker").await;
    let newest = town.code_on("Attacker", 3).await;
    assert_eq!(left(&again.code(&own).await), Some(4));
    town.world.jump(MINUTE + 1_000);
    attacker.another_code().await;
    let replaced = town.code_on("Attacker", 4).await;
    assert_eq!(
        left(&attacker.code(&own).await),
        Some(4),
        "replaced by a new one"
    );
    assert_ne!(own, replaced);
    // What is somebody's own works, for their own account only.
    let prompt = again.code(&newest).await;
    assert!(is_proved(&prompt), "{prompt:?}");
    again.password("the attacker's own password").await;
    let sets = town.people.sets();
    assert_eq!(sets.len(), 1);
    assert_eq!(sets[0].account, key("attacker"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_victims_live_code_cannot_be_killed() {
    let town = Town::on_disk().await;
    let mut lin = town.visit("lobby-1");
    lin.login("lin.wei").await;
    let code = town.code_on("LinWei", 1).await;
    for n in 0..8 {
        let mut attacker = town.visit(&format!("reception-{n}"));
        attacker.login("LIN.WEI".to_lowercase().as_str()).await;
        if n % 2 == 0 {
            attacker.another_code().await;
        }
        attacker.leaves().await;
    }
    let prompt = lin.code(&code).await;
    assert!(is_proved(&prompt), "{prompt:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clock_jumps_keep_no_code_alive() {
    for jump in [
        5 * MINUTE,
        DAY,
        400 * DAY,
        -1_000 * MINUTE,
        -DAY,
        -400 * DAY,
    ] {
        let town = Town::on_disk().await;
        let mut lin = town.visit("lobby-1");
        lin.login("lin.wei").await;
        let code = town.code_on("LinWei", 1).await;
        town.world.jump(jump);
        let prompt = lin.code(&code).await;
        assert_eq!(refusal(&prompt), Some(&Refusal::CodeExpired), "{jump}");
        lin.leaves().await;
        assert!(town.people.sets().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clock_jumps_give_no_try_and_no_message_back() {
    let mut town = Town::on_disk().await;
    for n in 1..=3 {
        let mut attacker = town.visit("lobby-1");
        attacker.login("lin.wei").await;
        let code = town.code_on("LinWei", n).await;
        for guess in 0..if n == 3 { 1 } else { 2 } {
            let prompt = attacker.code(&other_than(&code, guess)).await;
            assert!(left(&prompt).is_some(), "{prompt:?}");
        }
        attacker.leaves().await;
    }
    for jump in [-HOUR, -DAY, -400 * DAY, 400 * DAY + DAY + HOUR] {
        town.world.jump(jump);
        town.restart().await;
        let mut attacker = town.visit("lobby-1");
        attacker.login("lin.wei").await;
        let prompt = attacker.code("123456").await;
        assert!(waits(&prompt), "{jump}: {prompt:?}");
    }
    assert_eq!(town.count("code_judged", "wrong").await, 5);
    assert_eq!(town.inbox("LinWei").len(), 3, "no message was given back");
    // The clock goes right again: the employee is let on once an hour has passed.
    town.world.jump(HOUR);
    town.proved("lobby-2", "lin.wei", "LinWei", 4).await;
}

/// One after another, each from another address: nobody's own limit is reached, the site's is.
#[tokio::test(start_paused = true)]
async fn a_hundred_old_passwords_from_anywhere_switch_them_off_and_ring_once() {
    let town = Town::in_memory(31);
    let tries = async |place: Place, login: &str, old: &str| {
        let mut visit = Visit::begin(&town::resets_at(&town.ports, place));
        visit.settles().await;
        let login = LoginName::parse(login).unwrap();
        let old = Password::new(old).unwrap();
        visit.does(Input::Renew { login, old }).await;
        visit.settles().await
    };
    let anywhere = |n: usize| Place::remote("ssh", &format!("198.51.100.{n}"));
    let not_right = |prompt: &Prompt| {
        matches!(prompt, Prompt::Login { refusal: Some(refusal) }
            if *refusal == Refusal::OldPasswordNotRight)
    };
    for n in 0..100 {
        let prompt = tries(anywhere(n), &format!("somebody.{n}"), "Winter-2026!").await;
        assert!(not_right(&prompt), "{prompt:?}");
        ring_owed(&town.ports).await.unwrap();
        assert!(town.inbox("SecurityLead").is_empty(), "{n}");
    }
    let rings = async || {
        town.world.jump(MINUTE);
        ring_owed(&town.ports).await.unwrap();
        town.inbox("SecurityLead").len()
    };
    assert_eq!(rings().await, 1);
    // Not even the right one leads on from anywhere; a kiosk goes on.
    let right = "old password of lin.wei";
    let prompt = tries(anywhere(200), "lin.wei", right).await;
    assert!(not_right(&prompt));
    let lobby = Place {
        front: "kiosk",
        kiosk: "lobby-1".to_owned(),
    };
    let prompt = tries(lobby, "lin.wei", right).await;
    assert!(matches!(prompt, Prompt::NewPassword { .. }), "{prompt:?}");
    assert_eq!(rings().await, 1, "once");
}
