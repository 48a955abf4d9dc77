//! What a visit leaves in the server's memory: none of its secrets, whichever library held them.

use crate::company::{Company, now};
use crate::memory::{occurrences, wait_until_forgotten};
use crate::pty::DEADLINE;
use crate::server::Server;
use crate::visit::{CHOOSE, DONE, ENTER, GOOD, MENU, Visit};

#[test]
fn no_password_is_left_in_memory_after_a_visit() {
    let company = Company::start();
    let site = company.site();
    let server = Server::start(&site, "");
    let mut pty = server.client().start();
    pty.wait_for_text(MENU);
    pty.say_who("lin.wei");
    let message = company.next_message("LinWei");
    pty.send(crate::company::six_digits(&message).unwrap());
    pty.wait_for_text(CHOOSE);
    pty.send(GOOD);
    pty.wait_for_text("••••");
    let deadline = now() + DEADLINE;
    while occurrences(server.pid(), GOOD) == 0 {
        assert!(now() < deadline, "what was typed is looked for in vain");
    }
    pty.send(ENTER);
    pty.send(GOOD);
    pty.send(ENTER);
    pty.wait_for_text(DONE);
    pty.send(ENTER);
    assert!(pty.wait_exit().success());
    wait_until_forgotten(server.pid(), GOOD);
}
