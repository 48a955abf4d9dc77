//! Employees who set new passwords, some at once: with the form, or by a message to the bot.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rekey::sim::wecom::Member;

use crate::company::Company;
use crate::phone::Phone;
use crate::server::Server;
use crate::support::slapd::Slapd;

/// How many employees at once.
pub(crate) const AT_ONCE: usize = 16;

/// A company that many people work for: `member.0`, whose WeCom userid is `Member0`, and so on.
pub(crate) fn company(slapd: Slapd, members: usize) -> Company {
    let more = (0..members).map(|number| Member::new(&userid(number), "Member"));
    Company::start_around(slapd, more)
}

pub(crate) fn login(number: usize) -> String {
    format!("member.{number}")
}

pub(crate) fn userid(number: usize) -> String {
    format!("Member{number}")
}

/// One for each round and person. Their surnames are their numbers, which no password may hold.
pub(crate) fn password(round: usize, number: usize) -> String {
    let letters = |number: usize| -> String {
        let digits = number.to_string();
        digits.bytes().map(|digit| char::from(digit + 49)).collect()
    };
    format!(
        "Gumboot-{}-Lantern-{}-Quarry-7",
        letters(round),
        letters(number)
    )
}

/// Taps the tile, types a password and sees that it works.
pub(crate) fn by_form(server: &Server, number: usize, password: &str) {
    let mut phone = Phone::of(&userid(number));
    // What a proxy says: everybody comes from an address of their own.
    let [high, low] = u16::try_from(number).unwrap().to_be_bytes();
    phone.headers = format!("X-Forwarded-For: 192.0.{high}.{low}\r\n");
    let page = phone.open(&server.url("/"));
    let page = phone.settled(server, page);
    let done = phone.set_password(server, &page, password);
    let done = phone.settled(server, done);
    assert!(done.text().contains("works now"), "{}", done.text());
}

/// Sends `#resetpassword#` and a password, and reads that it is set.
pub(crate) fn by_message(company: &Company, number: usize, password: &str) {
    let userid = userid(number);
    company.says(&userid, &format!("#resetpassword#{password}"));
    loop {
        // The notice of the change comes in between.
        let message = company.next_message(&userid);
        if message.contains("Your new password is set") {
            return;
        }
        assert!(!message.contains("Not changed"), "{message}");
    }
}

/// Does `one` for each of `numbers`, [`AT_ONCE`] at a time; how long all took.
pub(crate) fn all(numbers: std::ops::Range<usize>, one: impl Fn(usize) + Sync) -> Duration {
    let next = AtomicUsize::new(numbers.start);
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= numbers.end {
                        return;
                    }
                    one(number);
                }
            });
        }
    });
    began.elapsed()
}
