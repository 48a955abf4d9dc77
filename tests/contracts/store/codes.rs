//! Rule 2, sentence by sentence.

use std::sync::Arc;

use rekey::domain::code::{Action, Binding, CodeRules, Judgement, Place};
use rekey::flow::message::Alarm;
use rekey::flow::ports::{Issued, Outcome};

use super::contract;
use super::stage::{RULES, Stage, Store, at, binding, binding_of_nobody, code, log, reset};

contract!(
    a_code_works_once,
    a_code_works_for_its_binding_only,
    a_code_never_works_after_it_expired,
    a_discarded_code_is_useless,
    a_change_makes_all_codes_of_its_account_useless_and_no_other,
    a_code_that_never_was_compares_nothing,
    at_most_five_tries_are_judged_and_a_new_code_resets_no_count,
    fewer_tries_when_the_site_says_so,
    a_new_code_replaces_only_the_code_of_its_reset,
    as_code_in_bs_reset_is_refused_and_counted,
    a_right_code_gives_its_own_try_back_only,
    five_wrong_ones_an_hour_over_many_resets,
    after_a_hundred_in_a_row_only_staff_can_help,
    a_right_one_ends_the_row,
    two_hundred_guesses_at_once_judge_five_at_most,
    two_right_ones_at_once_are_one_right,
    three_messages_in_a_quarter_of_an_hour_and_ten_a_day,
    budgets_and_counts_survive_a_restart,
    a_decoy_and_a_login_that_leads_nowhere_answer_like_a_real_account,
    a_clock_set_back_brings_nothing_back,
    every_step_leaves_one_record_without_secrets,
    a_hundred_wrong_remote_codes_switch_them_off_for_an_hour_and_ring,
    right_remote_codes_all_at_once_switch_nothing_off,
    two_hundred_remote_guesses_at_once_are_a_hundred,
);

const RIGHT: &str = "482913";
const WRONG: &str = "111111";

async fn issue(store: &Arc<dyn Store>, to: &Binding, digits: &str, secs: i64) {
    let issued = store.issue(to, Some(&code(digits)), RULES, at(secs)).await;
    assert_eq!(issued, Ok(Issued::Send));
}

async fn judge(store: &Arc<dyn Store>, of: &Binding, digits: &str, secs: i64) -> Judgement {
    store
        .judge(of, &code(digits), RULES, at(secs))
        .await
        .unwrap()
}

fn wrong(left: u32) -> Judgement {
    Judgement::Wrong { left }
}

async fn a_code_works_once(stage: impl Stage) {
    let store = stage.lobby().await;
    let lin = binding(1, "lin.wei");
    issue(&store, &lin, RIGHT, 0).await;
    assert_eq!(judge(&store, &lin, RIGHT, 1).await, Judgement::Right);
    assert_eq!(judge(&store, &lin, RIGHT, 2).await, Judgement::Expired);
    let reopened = stage.lobby().await;
    assert_eq!(judge(&reopened, &lin, RIGHT, 3).await, Judgement::Expired);
}

async fn a_code_works_for_its_binding_only(stage: impl Stage) {
    let store = stage.lobby().await;
    let lin = binding(1, "lin.wei");
    issue(&store, &lin, RIGHT, 0).await;
    let mut others = vec![binding(2, "lin.wei"), binding(1, "attacker")];
    others.push(lin.clone());
    others[2].place.kiosk = "reception-1".to_owned();
    others.push(lin.clone());
    others[3].place.front = "ssh";
    for other in &others {
        assert_eq!(
            judge(&store, other, RIGHT, 1).await,
            Judgement::Expired,
            "{other:?}"
        );
    }
    assert_eq!(judge(&store, &lin, RIGHT, 2).await, Judgement::Right);
}

async fn a_code_never_works_after_it_expired(stage: impl Stage) {
    let store = stage.lobby().await;
    let lin = binding(1, "lin.wei");
    issue(&store, &lin, RIGHT, 0).await;
    assert_eq!(judge(&store, &lin, RIGHT, 300).await, Judgement::Expired);
    assert_eq!(judge(&store, &lin, RIGHT, 4000).await, Judgement::Expired);
    assert_eq!(judge(&store, &lin, RIGHT, 299).await, Judgement::Right);
}

async fn a_discarded_code_is_useless(stage: impl Stage) {
    let store = stage.lobby().await;
    let (lin, mei) = (binding(1, "lin.wei"), binding(2, "zhang.mei"));
    issue(&store, &lin, RIGHT, 0).await;
    issue(&store, &mei, RIGHT, 0).await;
    store.discard(&lin.reset).await.unwrap();
    store.discard(&reset(99)).await.unwrap();
    assert_eq!(judge(&store, &lin, RIGHT, 1).await, Judgement::Expired);
    assert_eq!(judge(&store, &mei, RIGHT, 1).await, Judgement::Right);
}

async fn a_change_makes_all_codes_of_its_account_useless_and_no_other(stage: impl Stage) {
    let (store, reception) = (stage.lobby().await, stage.reception().await);
    let (first, second) = (binding(1, "lin.wei"), binding(2, "lin.wei"));
    let mei = binding(3, "zhang.mei");
    let nobody = binding_of_nobody(&*store, 4, "lin.wei");
    for of in [&first, &second, &mei, &nobody] {
        issue(&store, of, RIGHT, 0).await;
    }
    assert_eq!(judge(&store, &second, WRONG, 1).await, wrong(4));
    let change = super::intents::of_account(5, "lin.wei");
    for (outcome, useless) in [(Outcome::Refused, false), (Outcome::Changed, true)] {
        reception.open(&change).await.unwrap();
        let closed = reception.close(&change.reset, outcome, at(1), None).await;
        closed.unwrap();
        if !useless {
            assert_eq!(judge(&store, &second, WRONG, 1).await, wrong(3));
        }
    }
    for of in [&first, &second] {
        assert_eq!(judge(&store, of, RIGHT, 2).await, Judgement::Expired);
    }
    assert_eq!(judge(&store, &mei, RIGHT, 2).await, Judgement::Right);
    assert_eq!(judge(&store, &nobody, RIGHT, 2).await, Judgement::Right);
    // It gives no try and no message back, and a new code of the account works.
    issue(&store, &second, "777777", 3).await;
    assert_eq!(judge(&store, &second, WRONG, 4).await, wrong(2));
    assert_eq!(judge(&store, &second, "777777", 5).await, Judgement::Right);
    let fourth = store.issue(&first, Some(&code(RIGHT)), RULES, at(6)).await;
    assert_eq!(fourth, Ok(Issued::Wait(at(900))));
}

async fn a_code_that_never_was_compares_nothing(stage: impl Stage) {
    let store = stage.lobby().await;
    let lin = binding(1, "lin.wei");
    for second in 0..20 {
        assert_eq!(judge(&store, &lin, RIGHT, second).await, Judgement::Expired);
    }
    issue(&store, &lin, RIGHT, 20).await;
    assert_eq!(judge(&store, &lin, WRONG, 21).await, wrong(4));
}

async fn at_most_five_tries_are_judged_and_a_new_code_resets_no_count(stage: impl Stage) {
    let store = stage.lobby().await;
    let lin = binding(1, "lin.wei");
    issue(&store, &lin, RIGHT, 0).await;
    assert_eq!(judge(&store, &lin, WRONG, 1).await, wrong(4));
    assert_eq!(judge(&store, &lin, WRONG, 2).await, wrong(3));
    issue(&store, &lin, "777777", 60).await;
    assert_eq!(judge(&store, &lin, RIGHT, 61).await, wrong(2));
    assert_eq!(judge(&store, &lin, WRONG, 62).await, wrong(1));
    assert_eq!(judge(&store, &lin, WRONG, 63).await, wrong(0));
    // The sixth, although right: the account waits; and once it does not, the reset is over.
    let until = at(3601);
    assert_eq!(
        judge(&store, &lin, "777777", 64).await,
        Judgement::AccountWaits { until }
    );
    issue(&store, &lin, "888888", 3700).await;
    assert_eq!(
        judge(&store, &lin, "888888", 3701).await,
        Judgement::NoTriesLeft
    );
}

async fn fewer_tries_when_the_site_says_so(stage: impl Stage) {
    let store = stage.lobby().await;
    let lin = binding(1, "lin.wei");
    let strict = CodeRules { tries: 2, ..RULES };
    issue(&store, &lin, RIGHT, 0).await;
    for expected in [wrong(1), wrong(0), Judgement::NoTriesLeft] {
        let judged = store.judge(&lin, &code(WRONG), strict, at(1)).await;
        assert_eq!(judged, Ok(expected));
    }
    let judged = store.judge(&lin, &code(RIGHT), strict, at(1)).await;
    assert_eq!(judged, Ok(Judgement::NoTriesLeft));
}

async fn a_new_code_replaces_only_the_code_of_its_reset(stage: impl Stage) {
    let store = stage.lobby().await;
    let (first, second) = (binding(1, "lin.wei"), binding(2, "lin.wei"));
    issue(&store, &first, "100001", 0).await;
    issue(&store, &second, "200002", 0).await;
    issue(&store, &second, "300003", 1).await;
    assert_eq!(judge(&store, &second, "200002", 2).await, wrong(4));
    assert_eq!(judge(&store, &second, "300003", 3).await, Judgement::Right);
    assert_eq!(judge(&store, &first, "100001", 4).await, Judgement::Right);
}

async fn as_code_in_bs_reset_is_refused_and_counted(stage: impl Stage) {
    let store = stage.lobby().await;
    let (attacker, lin) = (binding(1, "attacker"), binding(2, "lin.wei"));
    issue(&store, &attacker, "100001", 0).await;
    issue(&store, &lin, "200002", 0).await;
    assert_eq!(judge(&store, &lin, "100001", 1).await, wrong(4));
    assert_eq!(judge(&store, &lin, WRONG, 2).await, wrong(3));
    // Both still have their own.
    assert_eq!(
        judge(&store, &attacker, "100001", 3).await,
        Judgement::Right
    );
    assert_eq!(judge(&store, &lin, "200002", 4).await, Judgement::Right);
}

async fn a_right_code_gives_its_own_try_back_only(stage: impl Stage) {
    let store = stage.lobby().await;
    for (number, expected) in [(1, wrong(4)), (2, wrong(4)), (3, wrong(4)), (4, wrong(4))] {
        let lin = binding(number, "lin.wei");
        let secs = i64::from(number) * 600;
        issue(&store, &lin, RIGHT, secs).await;
        assert_eq!(judge(&store, &lin, WRONG, secs).await, expected);
        assert_eq!(judge(&store, &lin, RIGHT, secs).await, Judgement::Right);
    }
    // Four wrong ones within the hour: one more is compared, the next is not.
    let lin = binding(5, "lin.wei");
    issue(&store, &lin, RIGHT, 3000).await;
    assert_eq!(judge(&store, &lin, WRONG, 3000).await, wrong(4));
    assert_eq!(
        judge(&store, &lin, RIGHT, 3001).await,
        Judgement::AccountWaits { until: at(4200) }
    );
}

async fn five_wrong_ones_an_hour_over_many_resets(stage: impl Stage) {
    let store = stage.lobby().await;
    for number in 0..5 {
        let lin = binding(number, "lin.wei");
        let secs = i64::from(number) * 400;
        issue(&store, &lin, RIGHT, secs).await;
        assert_eq!(judge(&store, &lin, WRONG, secs).await, wrong(4));
    }
    let lin = binding(9, "lin.wei");
    issue(&store, &lin, RIGHT, 3400).await;
    assert_eq!(
        judge(&store, &lin, RIGHT, 3400).await,
        Judgement::AccountWaits { until: at(3600) }
    );
    assert_eq!(
        judge(&store, &lin, RIGHT, 3599).await,
        Judgement::AccountWaits { until: at(3600) }
    );
    assert_eq!(judge(&store, &lin, RIGHT, 3600).await, Judgement::Right);
    // Others were never held up.
    let mei = binding(10, "zhang.mei");
    issue(&store, &mei, RIGHT, 3400).await;
    assert_eq!(judge(&store, &mei, RIGHT, 3400).await, Judgement::Right);
}

/// Lets an account collect wrong codes over the days. Ends at the returned second.
async fn collect_wrong(store: &Arc<dyn Store>, to: &dyn Fn(u16) -> Binding, count: u16) -> i64 {
    let mut secs = 0;
    for n in 0..count {
        // Five an hour, and a message every five of them: within every budget but the row's.
        if n % 5 == 0 {
            secs += 3 * 3600;
            let issued = store.issue(&to(n / 5), None, RULES, at(secs)).await;
            assert_eq!(issued, Ok(Issued::Send));
        }
        assert_eq!(
            judge(store, &to(n / 5), WRONG, secs).await,
            wrong(4 - u32::from(n % 5)),
            "wrong code {n}"
        );
    }
    secs
}

async fn after_a_hundred_in_a_row_only_staff_can_help(stage: impl Stage) {
    let store = stage.lobby().await;
    let of_lin = |number| binding(number, "lin.wei");
    let end = collect_wrong(&store, &of_lin, 100).await;
    let later = end + 30 * 86_400;
    let lin = binding(900, "lin.wei");
    issue(&store, &lin, RIGHT, later).await;
    let reopened = stage.lobby().await;
    for store in [store, reopened] {
        assert_eq!(
            judge(&store, &lin, RIGHT, later + 1).await,
            Judgement::StaffOnly
        );
    }
}

async fn a_right_one_ends_the_row(stage: impl Stage) {
    let store = stage.lobby().await;
    let of_lin = |number| binding(number, "lin.wei");
    let end = collect_wrong(&store, &of_lin, 99).await + 4000;
    let lin = binding(900, "lin.wei");
    issue(&store, &lin, RIGHT, end).await;
    assert_eq!(judge(&store, &lin, RIGHT, end).await, Judgement::Right);
    let lin = binding(901, "lin.wei");
    issue(&store, &lin, RIGHT, end + 1).await;
    assert_eq!(judge(&store, &lin, WRONG, end + 1).await, wrong(4));
    assert_eq!(judge(&store, &lin, WRONG, end + 1).await, wrong(3));
}

/// Types codes at two kiosks and from many tasks at once.
async fn all_at_once(
    stage: &impl Stage,
    of: &Binding,
    typed: Vec<String>,
    secs: i64,
) -> Vec<Judgement> {
    let kiosks = [stage.lobby().await, stage.reception().await];
    let mut tasks = tokio::task::JoinSet::new();
    for (kiosk, digits) in kiosks.iter().cycle().zip(typed) {
        let (kiosk, of) = (kiosk.clone(), of.clone());
        tasks.spawn(async move { judge(&kiosk, &of, &digits, secs).await });
    }
    tasks.join_all().await
}

async fn two_hundred_guesses_at_once_judge_five_at_most(stage: impl Stage) {
    let lin = binding(1, "lin.wei");
    issue(&stage.lobby().await, &lin, "999999", 0).await;
    let guesses = (0..200).map(|n| format!("{n:06}")).collect();
    let judged = all_at_once(&stage, &lin, guesses, 1).await;
    let compared = judged
        .iter()
        .filter(|j| matches!(j, Judgement::Wrong { .. } | Judgement::Right))
        .count();
    assert_eq!(compared, 5);
    assert_eq!(judged.len(), 200);
}

async fn two_right_ones_at_once_are_one_right(stage: impl Stage) {
    for round in 0..10 {
        let employee = binding(round, &format!("employee{round}"));
        issue(&stage.lobby().await, &employee, RIGHT, 0).await;
        // Five at two kiosks: some are counted before the first of them is compared.
        let judged = all_at_once(&stage, &employee, vec![RIGHT.to_owned(); 5], 1).await;
        let right = judged.iter().filter(|j| **j == Judgement::Right).count();
        assert_eq!(right, 1, "{judged:?}");
    }
}

async fn three_messages_in_a_quarter_of_an_hour_and_ten_a_day(stage: impl Stage) {
    let store = stage.lobby().await;
    let mut sent = 0;
    for number in 0..12u16 {
        // A new reset each time: the budget is the account's.
        let lin = binding(number, "lin.wei");
        let secs = i64::from(number) * 60;
        let issued = store.issue(&lin, Some(&code(RIGHT)), RULES, at(secs)).await;
        if number < 3 {
            assert_eq!(issued, Ok(Issued::Send));
            sent += 1;
        } else {
            assert_eq!(issued, Ok(Issued::Wait(at(900))));
            // Nothing was stored.
            assert_eq!(judge(&store, &lin, RIGHT, secs).await, Judgement::Expired);
        }
    }
    for number in 20..30 {
        let lin = binding(number, "lin.wei");
        let secs = 3600 * i64::from(number - 19);
        match store.issue(&lin, None, RULES, at(secs)).await.unwrap() {
            Issued::Send => sent += 1,
            Issued::Wait(then) => assert_eq!(then, at(86_400), "the day's first leaves"),
            Issued::RemoteOff(_) => panic!("it is a kiosk's"),
            Issued::Objected => panic!("nobody has objected"),
        }
    }
    assert_eq!(sent, 10);
    issue(&store, &binding(40, "lin.wei"), RIGHT, 86_400).await;
    // Another's budget is untouched.
    issue(&store, &binding(41, "zhang.mei"), RIGHT, 120).await;
}

async fn budgets_and_counts_survive_a_restart(stage: impl Stage) {
    let store = stage.third().await;
    let lin = binding(1, "lin.wei");
    for secs in 0..3 {
        issue(&store, &lin, RIGHT, secs).await;
    }
    for left in (1..5).rev() {
        assert_eq!(judge(&store, &lin, WRONG, 10).await, wrong(left));
    }
    drop(store);
    stage.kill_third();
    let store = stage.lobby().await;
    let issued = store.issue(&lin, Some(&code(RIGHT)), RULES, at(20)).await;
    assert_eq!(issued, Ok(Issued::Wait(at(900))));
    assert_eq!(judge(&store, &lin, WRONG, 21).await, wrong(0));
    let until = at(3610);
    assert_eq!(
        judge(&stage.reception().await, &lin, RIGHT, 22).await,
        Judgement::AccountWaits { until }
    );
}

async fn a_decoy_and_a_login_that_leads_nowhere_answer_like_a_real_account(stage: impl Stage) {
    let store = stage.lobby().await;
    let real = |number: u16| binding(number, "lin.wei");
    let decoy = |number: u16| binding(number + 1000, "protected.admin");
    let nobody = |number: u16| binding_of_nobody(&*store, number + 2000, "No.Such.Person");
    let guess = ["000000", "123456", RIGHT];
    let mut answers = [Vec::new(), Vec::new(), Vec::new()];
    // A week of guessing, through every limit there is.
    for number in 0..200u16 {
        let secs = i64::from(number) * 3000;
        let ways: [(&dyn Fn(u16) -> Binding, bool); 3] =
            [(&real, true), (&decoy, false), (&nobody, false)];
        for ((to, is_real), answers) in ways.into_iter().zip(&mut answers) {
            let digits = is_real.then(|| code("654321"));
            let issued = store
                .issue(&to(number), digits.as_ref(), RULES, at(secs))
                .await;
            answers.push(format!("{issued:?}"));
            for (digits, later) in guess.iter().zip([1, 2, 400]) {
                let judged = judge(&store, &to(number), digits, secs + later).await;
                answers.push(format!("{judged:?}"));
            }
        }
    }
    assert!(answers[0].iter().any(|a| a.contains("StaffOnly")));
    assert!(answers[0].iter().any(|a| a.contains("Wait(")));
    assert_eq!(answers[0], answers[1], "a decoy shows");
    assert_eq!(answers[0], answers[2], "a login that leads nowhere shows");
    assert_eq!(
        binding_of_nobody(&*store, 1, "no.such.person"),
        binding_of_nobody(&*stage.reception().await, 1, "NO.SUCH.PERSON"),
        "spelt otherwise, counted as the same"
    );
}

async fn a_clock_set_back_brings_nothing_back(stage: impl Stage) {
    let store = stage.lobby().await;
    let lin = binding(1, "lin.wei");
    for secs in 0..3 {
        issue(&store, &lin, RIGHT, 10_000 + secs).await;
    }
    for left in (0..5).rev() {
        assert_eq!(judge(&store, &lin, WRONG, 10_010).await, wrong(left));
    }
    let issued = store.issue(&lin, Some(&code(RIGHT)), RULES, at(0)).await;
    assert!(matches!(issued, Ok(Issued::Wait(_))));
    assert!(matches!(
        judge(&store, &lin, RIGHT, 0).await,
        Judgement::AccountWaits { .. }
    ));
    // A code from a time that has not come yet may be of any age.
    let mei = binding(2, "zhang.mei");
    issue(&store, &mei, RIGHT, 10_000).await;
    assert_eq!(judge(&store, &mei, RIGHT, 9_999).await, Judgement::Expired);
}

async fn every_step_leaves_one_record_without_secrets(stage: impl Stage) {
    let store = stage.lobby().await;
    let lin = binding(1, "lin.wei");
    let nobody = binding_of_nobody(&*store, 2, "typed.by.mistake");
    issue(&store, &lin, RIGHT, 0).await;
    store.issue(&nobody, None, RULES, at(0)).await.unwrap();
    for digits in ["111111", "222222", RIGHT, RIGHT] {
        judge(&store, &lin, digits, 1).await;
    }
    for secs in 2..5 {
        let _ = store.issue(&lin, Some(&code(RIGHT)), RULES, at(secs)).await;
    }
    assert_eq!(
        log(&*store).await,
        [
            "code_issued:issued",
            "code_issued:decoy",
            "code_judged:wrong",
            "code_judged:wrong",
            "code_judged:right",
            "code_judged:expired",
            "code_issued:issued",
            "code_issued:issued",
            "code_issued:waits",
        ]
    );
    let records = store.read(0, 100).await.unwrap();
    assert_eq!(records[0].account, "lin.wei");
    assert_eq!(records[0].kiosk, "lobby-1");
    assert_eq!(
        records[1].account, "",
        "a login that leads nowhere is not kept"
    );
    let told = format!("{records:?}");
    for secret in [RIGHT, "111111", "typed.by.mistake"] {
        assert!(!told.contains(secret), "{secret} is in the log");
    }
    assert_eq!(store.verify().await.unwrap(), Ok(9));
}

/// One of many employees, in a session from anywhere.
fn remote(number: u16) -> Binding {
    let mut binding = binding(number, &format!("employee{number}"));
    binding.place = Place::remote("ssh", "192.0.2.1");
    binding
}

async fn a_hundred_wrong_remote_codes_switch_them_off_for_an_hour_and_ring(stage: impl Stage) {
    let (store, other) = (stage.lobby().await, stage.reception().await);
    // One of each five is right, and does not count.
    for number in 0..25 {
        let secs = i64::from(number) * 60;
        let of = remote(number);
        issue(&store, &of, RIGHT, secs).await;
        for left in (1..5).rev() {
            assert_eq!(judge(&store, &of, WRONG, secs).await, wrong(left));
        }
        let due = store.owed_alarms(at(secs)).await.unwrap();
        if number < 24 {
            assert_eq!(due, []);
            assert_eq!(judge(&store, &of, RIGHT, secs).await, Judgement::Right);
        } else {
            let told: Vec<_> = due.iter().map(|owed| owed.what).collect();
            assert_eq!(told, [Alarm::RemoteCodesOff]);
            assert_eq!(due[0].concern.account.as_str(), "");
            store.alarm_rung(&due[0]).await.unwrap();
        }
    }
    // Nothing works from anywhere, whoever it is and whatever process is asked.
    let until = at(1440 + 3600);
    let nobody = Binding {
        place: remote(0).place,
        ..binding_of_nobody(&*other, 40, "no.one")
    };
    for (of, digits) in [
        (remote(24), Some(code(RIGHT))),
        (remote(30), Some(code(RIGHT))),
        (nobody, None),
    ] {
        for store in [&store, &other] {
            let judged = judge(store, &of, RIGHT, 5_039).await;
            assert_eq!(judged, Judgement::RemoteOff { until });
            let issued = store.issue(&of, digits.as_ref(), RULES, at(5_039)).await;
            assert_eq!(issued, Ok(Issued::RemoteOff(until)));
        }
    }
    let newest = log(&*other).await.pop();
    assert_eq!(newest.as_deref(), Some("code_issued:remote_off"));
    // Kiosks go on, and so do the digits that an employee's own phone shows.
    let mut scanned = remote(50);
    scanned.action = Action::Pair;
    for of in [binding(51, "lin.wei"), scanned] {
        issue(&store, &of, RIGHT, 5_039).await;
        assert_eq!(judge(&store, &of, RIGHT, 5_039).await, Judgement::Right);
    }
    // After an hour all is as before: the next wrong one rings no alarm.
    issue(&other, &remote(60), RIGHT, 5_040).await;
    assert_eq!(judge(&other, &remote(60), WRONG, 5_040).await, wrong(4));
    assert_eq!(
        judge(&other, &remote(60), RIGHT, 5_040).await,
        Judgement::Right
    );
    assert_eq!(other.owed_alarms(at(10_000)).await.unwrap(), []);
}

async fn right_remote_codes_all_at_once_switch_nothing_off(stage: impl Stage) {
    let store = stage.lobby().await;
    for number in 0..150 {
        issue(&store, &remote(number), RIGHT, 0).await;
    }
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..150 {
        let store = store.clone();
        tasks.spawn(async move { judge(&store, &remote(number), RIGHT, 1).await });
    }
    let judged = tasks.join_all().await;
    assert!(judged.iter().all(|one| *one == Judgement::Right));
    assert_eq!(store.owed_alarms(at(1_000)).await.unwrap(), []);
}

async fn two_hundred_remote_guesses_at_once_are_a_hundred(stage: impl Stage) {
    let store = stage.lobby().await;
    for number in 0..200 {
        issue(&store, &remote(number), RIGHT, 0).await;
    }
    let stores = [store.clone(), stage.reception().await];
    let mut tasks = tokio::task::JoinSet::new();
    for (number, store) in (0..200).zip(stores.iter().cycle()) {
        let store = store.clone();
        tasks.spawn(async move { judge(&store, &remote(number), WRONG, 1).await });
    }
    let judged = tasks.join_all().await;
    let compared = judged.iter().filter(|one| **one == wrong(4)).count();
    assert_eq!(compared, 100);
    let until = at(3601);
    let off = judged
        .iter()
        .filter(|one| **one == Judgement::RemoteOff { until });
    assert_eq!(off.count(), 100);
}
