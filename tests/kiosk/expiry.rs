//! How old a password is and when it ends, after real months: slapd and the kiosk live 100 days and
//! more later, and slapd itself says what is expired.

use crate::company::{Company, Site};
use crate::pty::Pty;
use crate::support::faketime;
use crate::support::slapd::LIN_PASSWORD;
use crate::visit::{CHOOSE, DONE, GOOD, Visit, at_menu};

/// lin.wei, who changed her password before the clocks were moved, is at the new password.
fn lin_wei_proves_herself(company: &mut Company, site: &Site, clock: &str) -> Pty {
    company.slapd.restart_at(clock);
    let kiosk = faketime::moved_by(clock)
        .into_iter()
        .fold(site.kiosk(), |kiosk, (name, value)| kiosk.env(name, value));
    let mut pty = at_menu(kiosk);
    pty.say_who("lin.wei");
    pty.send(company.next_code("LinWei"));
    pty.wait_for_text(CHOOSE);
    pty
}

#[test]
fn ten_days_before_its_end_the_password_still_works_and_the_kiosk_says_when() {
    let mut company = Company::start();
    let site = company.site();
    let mut pty = lin_wei_proves_herself(&mut company, &site, "+110d");
    pty.wait_for_text("Your old password expires on");
    pty.wait_for_text("in 10 days");
    pty.wait_for_text("It is 110 days old.");
    assert!(company.signs_in("lin.wei", LIN_PASSWORD));
    pty.type_password(GOOD);
    pty.wait_for_text(DONE);
    assert!(company.signs_in("lin.wei", GOOD));
}

#[test]
fn after_120_days_the_directory_lets_nobody_in_and_a_reset_does() {
    let mut company = Company::start();
    let site = company.site();
    let mut pty = lin_wei_proves_herself(&mut company, &site, "+121d");
    pty.wait_for_text("Your old password expired on");
    assert!(!company.signs_in("lin.wei", LIN_PASSWORD), "121 days later");
    pty.type_password(GOOD);
    pty.wait_for_text(DONE);
    assert!(company.signs_in("lin.wei", GOOD));
}

#[test]
fn a_site_that_is_stricter_than_the_directory_counts() {
    let mut company = Company::start();
    let site = company.site_with(|config| config + "[policy]\nmax_age = \"90d\"\n");
    let mut pty = lin_wei_proves_herself(&mut company, &site, "+100d");
    pty.wait_for_text("Your old password expired on");
    assert!(
        company.signs_in("lin.wei", LIN_PASSWORD),
        "for 20 days more"
    );
    pty.type_password(GOOD);
    pty.wait_for_text(DONE);
}
