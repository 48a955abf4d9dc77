//! The form's page: how big it is, what else it asks for, and how soon it is there.

use std::time::{Duration, Instant};

use crate::bars::{Bars, ms, p50, percentile};
use crate::company::Company;
use crate::phone::Phone;
use crate::server::Server;
use crate::wire;

const PAGES: usize = 5_000;

pub(crate) fn measure(bars: &Bars) {
    let company = Company::start();
    let server = Server::start(&company);
    let mut phone = Phone::of("LinWei");
    let form = phone.open(&server.url("/"));
    assert!(form.is_form());
    let body = &form.answer.body;
    bars.at_most("the form's page", body.len() as f64 / 1e3, 30.0, " kB");
    bars.at_most("requests of the page", requests(body) as f64, 2.0, "");

    let request = format!("{}\r\n", phone.head("GET", &server.authority, "/form"));
    let mut stream = wire::connect(&server.authority);
    let took: Vec<Duration> = (0..PAGES)
        .map(|_| {
            let began = Instant::now();
            let answer = wire::exchange(&mut stream, request.as_bytes()).unwrap();
            let took = began.elapsed();
            assert_eq!(answer.body.len(), body.len());
            took
        })
        .collect();
    bars.note(&format!("p50 {:.2} ms", ms(p50(&took))));
    let p99 = ms(percentile(&took, 99));
    bars.at_most("the form's page on loopback, p99", p99, 5.0, " ms");
}

/// The page itself, and whatever it names to be loaded. An icon that a page does not name is asked
/// for, too.
fn requests(body: &str) -> usize {
    let named: usize = [" src=\"", "url(", "@import", "rel=\"stylesheet\""]
        .iter()
        .map(|name| body.matches(name).count())
        .sum();
    let icon = usize::from(!body.contains("<link rel=\"icon\" href=\"data:"));
    1 + named + icon
}
