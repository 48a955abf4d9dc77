//! The end of `rekey serve`: changes in flight are finished, new work is not begun.

use std::time::Duration;

use crate::company::{Company, now};
use crate::phone::Phone;
use crate::server::Server;

const GOOD: &str = "Quartz-Lantern-27-Meadow";
/// The record that asks the directory for the change, counted from the submitted password.
const SET: usize = 8;

#[test]
fn a_change_in_flight_is_finished_before_the_process_goes() {
    let company = Company::start();
    let mut server = Server::start(&company);
    let mut phone = Phone::of("LinWei");
    let page = phone.open(&server.url("/"));
    let done = std::thread::scope(|scope| {
        company.gate.hold(SET);
        let posting = scope.spawn(|| phone.set_password(&server, &page, GOOD).answer.status);
        company.gate.wait();
        assert_eq!(server.site.results("change_intent"), ["asked"]);
        server.ask_to_stop();
        let deadline = now() + Duration::from_secs(10);
        while std::net::TcpStream::connect(&server.authority).is_ok() {
            assert!(now() < deadline, "it still takes connections");
        }
        company.gate.let_go();
        // Where the answer's redirect is followed only now, it leads to nobody.
        posting.join()
    });
    // A page that was asked for before the end came as well.
    assert!(matches!(done, Err(_) | Ok(200)), "{done:?}");
    assert!(server.wait().success());
    assert_eq!(server.site.results("change_outcome"), ["changed"]);
    assert!(company.signs_in("lin.wei", GOOD));
    server.site.assert_chain_holds();
}

#[test]
fn an_idle_server_goes_at_once_and_says_what_it_needs() {
    let company = Company::start();
    let mut server = Server::start(&company);
    let ready = server.get("/readyz", "");
    assert_eq!(
        (ready.status, ready.body.as_str()),
        (200, "directory: ok\nwecom: ok\n")
    );
    // A form that waits for its person keeps nobody.
    Phone::of("LinWei").open(&server.url("/"));
    server.ask_to_stop();
    assert!(server.wait().success());
    for line in server.log().lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    let nothing = company.site();
    let done = nothing.run(&["serve"]);
    assert!(!done.status.success());
    let said = String::from_utf8(done.stderr).unwrap();
    assert!(said.contains("there is nothing to serve"), "{said}");
}
