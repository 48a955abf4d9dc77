//! `rekey remind` and the schedule of `rekey serve`, against a real slapd and the simulated WeCom:
//! who is told what, and that nobody is told twice.

use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use rustix::process::{Pid, Signal, kill_process};

use crate::company::{Company, REKEY, Site, now};
use crate::support::slapd::STRICT_POLICY;

/// Everybody who is due in [`a_company`], and whom a message reaches.
const REACHED: [&str; 6] = [
    "LinWei",
    "SitiRahma",
    "AdminBoss",
    "SunStrict",
    "DoubleOne",
    "DoubleTwo",
];

#[expect(
    clippy::disallowed_methods,
    reason = "the program under test lives in real time"
)]
fn today() -> Zoned {
    Timestamp::now().to_zoned(TimeZone::system())
}

/// When a password was changed that ends in so many days, of `age`.
fn changed(ends_in: i64, age: i64) -> String {
    // At noon, so that the day is the same in UTC.
    let noon = today().with().hour(12).minute(0).build().unwrap();
    let at = noon.timestamp() - SignedDuration::from_hours(24 * (age - ends_in));
    at.to_zoned(TimeZone::UTC)
        .strftime("%Y%m%d%H%M%SZ")
        .to_string()
}

/// The date in so many days.
fn date(days: i64) -> String {
    (today().date() + SignedDuration::from_hours(24 * days)).to_string()
}

/// Passwords that end in 7 days, in 3, tomorrow, today and later.
fn a_company() -> Company {
    let company = Company::start();
    let slapd = &company.slapd;
    for (login, ends_in) in [
        ("lin.wei", 7),
        ("siti.rahma", 3),
        // Protected: told to go to IT.
        ("admin.boss", 1),
        ("double", 5),
        ("double2", 14),
        // Nobody is told: not yet; long ago; disabled; no WeCom, or not their own.
        ("zhang.min", 15),
        ("budi.off", 3),
        ("nomap", 3),
        ("twin.a", 3),
    ] {
        slapd.date_password(login, &changed(ends_in, 120));
    }
    slapd.modify_as_root(&format!(
        "dn: {STRICT_POLICY}\nchangetype: modify\nreplace: pwdMaxAge\npwdMaxAge: 5184000\n"
    ));
    slapd.date_password("sun.strict", &changed(2, 60));
    company
}

fn site(company: &Company) -> Site {
    site_with_hours(company, "00:00-24:00")
}

fn site_with_hours(company: &Company, hours: &str) -> Site {
    company.site_with(|config| {
        format!("{config}\n[remind]\ndays = [14, 7, 3, 1, 0]\nhours = \"{hours}\"\n")
    })
}

fn lines(done: &Output) -> Vec<String> {
    let text = String::from_utf8(done.stdout.clone()).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

fn start(site: &Site) -> Child {
    Command::new(REKEY)
        .args(["remind", "--config"])
        .arg(site.config())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn told(company: &Company) -> Vec<usize> {
    let inbox = |userid: &&str| company.wecom.inbox(userid).len();
    REACHED.iter().map(inbox).collect()
}

#[track_caller]
fn wait_until(what: &str, limit: Duration, mut is_so: impl FnMut() -> bool) {
    let deadline = now() + limit;
    while !is_so() {
        assert!(now() < deadline, "too late: {what}");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

#[test]
fn a_dry_run_names_who_is_due_and_does_nothing() {
    let company = a_company();
    let site = site_with_hours(&company, closed());
    let expected = |names: &[(&str, i64)]| {
        let line = |(login, days): &(&str, i64)| format!("{login}\t{days}\t{}", date(*days));
        let mut lines: Vec<String> = names.iter().map(line).collect();
        lines.sort();
        lines
    };
    let everybody = [
        ("lin.wei", 7),
        ("siti.rahma", 3),
        ("admin.boss", 1),
        ("sun.strict", 2),
        ("double", 5),
        // double2, whose entry has this login name as well.
        ("double", 14),
    ];
    let done = site.run(&["remind", "--dry-run"]);
    assert!(done.status.success(), "{done:?}");
    assert_eq!(lines(&done), expected(&everybody));
    assert_eq!(told(&company), [0; 6]);
    assert!(
        !site.path().join("state.db").exists(),
        "a look begins nothing"
    );

    // Who was told is not named again.
    let site = self::site(&company);
    assert!(site.run(&["remind"]).status.success());
    let records = site.records().len();
    let done = site.run(&["remind", "--dry-run"]);
    assert!(done.status.success() && lines(&done).is_empty(), "{done:?}");
    assert_eq!(site.records().len(), records);
    // The next step of one of them is due.
    company.slapd.date_password("lin.wei", &changed(3, 120));
    let done = site.run(&["remind", "--dry-run"]);
    assert_eq!(lines(&done), expected(&[("lin.wei", 3)]));
}

#[test]
fn everybody_is_told_once_in_their_language() {
    let company = a_company();
    let site = site(&company);
    let done = site.run(&["remind"]);
    assert!(done.status.success(), "{done:?}");
    let report = String::from_utf8(done.stdout).unwrap();
    for line in [
        "6 reminded, 0 not reached.",
        "2 of them cannot be told: no WeCom id, or one that somebody else has as well.",
        &format!("nomap\t3\t{}", date(3)),
        &format!("twin.a\t3\t{}", date(3)),
        &format!("{}\t3", date(3)),
        &format!("{}\t1", date(15)),
        &format!("{}\t0", date(30)),
    ] {
        assert!(report.lines().any(|one| one == line), "{line}\n{report}");
    }
    let lin = company.next_message("LinWei");
    assert!(lin.starts_with("您在 Contoso 的密码将在 7 天后（"), "{lin}");
    assert!(
        lin.ends_with("[打开] https://reset.contoso.example/"),
        "{lin}"
    );
    let siti = company.next_message("SitiRahma");
    assert!(
        siti.starts_with("Your password at Contoso ends in 3 days, on "),
        "{siti}"
    );
    assert!(
        siti.ends_with("[Open] https://reset.contoso.example/"),
        "{siti}"
    );
    // Rule 10: the form is not for them.
    let boss = company.next_message("AdminBoss");
    assert!(
        boss.contains("ends in 1 day, on") && boss.contains("with IT on 8000"),
        "{boss}"
    );
    assert!(!boss.contains("https:"), "{boss}");
    // Late, and true.
    assert!(company.next_message("DoubleOne").contains("ends in 5 days"));
    assert!(company.next_message("SunStrict").contains("ends in 2 days"));

    let again = site.run(&["remind"]);
    assert!(again.status.success());
    assert_eq!(told(&company), [1; 6]);
    assert_eq!(site.results("reminder"), ["sent"; 6]);
    site.assert_chain_holds();
    // A new password has reminders of its own.
    company.slapd.date_password("lin.wei", &changed(0, 120));
    assert!(site.run(&["remind"]).status.success());
    assert_eq!(company.wecom.inbox("LinWei").len(), 2);
    assert!(company.next_message("LinWei").contains("今天 12:00"));
}

#[test]
fn who_cannot_be_reached_is_recorded_and_not_tried_again() {
    let company = Company::start();
    let site = site(&company);
    // Outside the app's visible range.
    company.slapd.date_password("zhang.min", &changed(7, 120));
    for _ in 0..2 {
        assert!(site.run(&["remind"]).status.success());
        assert_eq!(site.results("reminder"), ["receiver_unreachable"]);
    }
}

#[test]
fn several_at_once_tell_nobody_twice() {
    let company = a_company();
    let site = site(&company);
    // The first one makes the state.
    assert!(site.run(&["remind", "--dry-run"]).status.success());
    let mut running: Vec<Child> = (0..3).map(|_| start(&site)).collect();
    for child in &mut running {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(told(&company), [1; 6]);
    site.assert_chain_holds();
}

#[test]
fn killed_between_the_record_and_the_message_nobody_is_told_twice() {
    let company = a_company();
    let site = site(&company);
    company
        .wecom
        .set_faults(|faults| faults.hold_messages = true);
    let mut child = start(&site);
    wait_until("a message is on its way", Duration::from_secs(20), || {
        company.wecom.unanswered() == 1
    });
    child.kill().unwrap();
    child.wait().unwrap();
    company
        .wecom
        .set_faults(|faults| faults.hold_messages = false);
    assert!(site.run(&["remind"]).status.success());
    // The one that was held may have arrived, for all anybody knows.
    let told = told(&company);
    assert_eq!(told.iter().sum::<usize>(), 5, "{told:?}");
    assert!(told.iter().all(|count| *count <= 1), "{told:?}");
    site.assert_chain_holds();
}

#[test]
fn killed_again_and_again_everybody_is_told_at_most_once() {
    let company = a_company();
    let site = site(&company);
    for count in 1..=5 {
        let mut child = start(&site);
        wait_until("the next message", Duration::from_secs(20), || {
            told(&company).iter().sum::<usize>() >= count || child.try_wait().unwrap().is_some()
        });
        let _ = child.kill();
        child.wait().unwrap();
    }
    assert!(site.run(&["remind"]).status.success());
    let told = told(&company);
    assert!(told.iter().all(|count| *count <= 1), "{told:?}");
    assert!(told.iter().sum::<usize>() >= 5, "{told:?}");
    site.assert_chain_holds();
}

#[test]
fn an_outage_loses_nothing_and_repeats_nothing() {
    let company = a_company();
    let site = site(&company);
    company.wecom.set_faults(|faults| faults.down = true);
    let done = site.run(&["remind"]);
    assert_eq!(done.status.code(), Some(1), "{done:?}");
    assert!(String::from_utf8_lossy(&done.stdout).contains("Run it again"));
    assert_eq!(told(&company), [0; 6]);

    // In the middle of the round, and while WeCom asks to wait.
    company.wecom.set_faults(|faults| faults.down = false);
    let mut child = start(&site);
    wait_until("the first message", Duration::from_secs(20), || {
        told(&company).iter().sum::<usize>() == 1
    });
    company.wecom.set_faults(|faults| faults.too_often = 1);
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let done = site.run(&["remind"]);
    assert!(done.status.success(), "{done:?}");
    assert_eq!(told(&company), [1; 6]);
    assert_eq!(
        site.results("reminder")
            .iter()
            .filter(|r| *r == "sent")
            .count(),
        6
    );
    site.assert_chain_holds();
}

#[test]
fn nobody_is_told_outside_the_hours() {
    let company = a_company();
    let site = site_with_hours(&company, closed());
    let done = site.run(&["remind"]);
    assert!(done.status.success(), "{done:?}");
    let report = String::from_utf8(done.stdout).unwrap();
    assert!(report.contains("Outside [remind] hours"), "{report}");
    assert!(report.contains(&format!("{}\t3", date(3))), "{report}");
    assert_eq!(told(&company), [0; 6]);
    assert!(site.results("reminder").is_empty());
}

/// Hours far from now.
fn closed() -> &'static str {
    match today().hour() {
        0..12 => "20:00-21:00",
        _ => "03:00-04:00",
    }
}

#[test]
fn the_server_reminds_by_itself_and_ends_when_it_is_told() {
    let company = a_company();
    let site = site(&company);
    let mut server = Command::new(REKEY)
        .args(["serve", "--config"])
        .arg(site.config())
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // It leaves the minutes alone in which everybody sends.
    wait_until("everybody is told", Duration::from_secs(120), || {
        told(&company) == [1; 6]
    });
    kill_process(Pid::from_child(&server), Signal::TERM).unwrap();
    assert!(server.wait().unwrap().success());
    site.assert_chain_holds();
}
