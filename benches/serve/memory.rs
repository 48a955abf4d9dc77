//! What the server keeps in memory: at rest, and after thousands of resets.

use std::time::{Duration, Instant};

use crate::bars::Bars;
use crate::crowd::{all, by_form, by_message, company, password};
use crate::server::Server;
use crate::support::slapd::Slapd;

/// Everybody resets so often that no limit is met: six messages a minute.
const MEMBERS: usize = 2_500;
/// Resets before memory is looked at for the first time: everybody has come twice, so that what is
/// remembered of each for a while is there, and the allocator has taken what it takes.
const WARM: usize = 2 * MEMBERS;
/// And so many until it is looked at again.
const MANY: usize = 10_000;
/// Of so many one comes through the form: WeCom's sign-in has a limit of its own.
const ONE_BY_FORM: usize = 10;
/// The server has read in its tables by then.
const SETTLED: Duration = Duration::from_secs(2);

pub(crate) fn measure(bars: &Bars) {
    let slapd = Slapd::start();
    slapd.add_members(MEMBERS);
    let company = company(slapd, MEMBERS);
    let server = Server::start_with_chat(&company, "allow", |config| {
        config.replace("[web]\n", "[web]\ntrusted_proxies = [\"127.0.0.1\"]\n")
    });
    std::thread::sleep(SETTLED);
    let idle = server.resident();
    let resets = |numbers| {
        all(numbers, |number| {
            let (member, password) = (number % MEMBERS, password(number / MEMBERS, number));
            match number % ONE_BY_FORM {
                0 => by_form(&server, member, &password),
                _ => by_message(&company, member, &password),
            }
        })
    };
    resets(0..WARM);
    let warm = server.resident();
    let began = Instant::now();
    resets(WARM..WARM + MANY);
    let rate = MANY as f64 / began.elapsed().as_secs_f64();
    let after = server.resident();
    let changed = server.site.results("change_outcome");
    assert_eq!(changed.len(), WARM + MANY);
    assert!(changed.iter().all(|result| result == "changed"));
    let mb = |kb: u64| kb as f64 / 1024.0;
    bars.note(&format!(
        "{:.1} MB at rest, {:.1} MB after {WARM} resets, {:.1} MB after {MANY} more \
         ({rate:.0} a second)",
        mb(idle),
        mb(warm),
        mb(after)
    ));
    bars.at_most("the server at rest", mb(idle), 40.0, " MB");
    let growth = after as f64 / warm as f64;
    bars.at_most("its growth over 10,000 resets", growth, 1.05, "x");
}
