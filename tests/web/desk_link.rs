//! A link that IT support's desk gives: from the call to the new password, with the server, the desk
//! and the employee's phone.

use crate::company::{Company, six_digits, text};
use crate::operator::{
    ASK, CHOOSE, HELPER, LINK_GIVEN, add_desk, message, open, signed_in, ticket,
};
use crate::phone::Phone;
use crate::server::Server;
use crate::support::slapd::LIN_PASSWORD;
use crate::visit::{ENTER, GOOD};

#[test]
fn lin_wei_opens_the_link_of_the_desk_and_sets_a_password_of_her_own() {
    let company = Company::start();
    let server = Server::start(&company);
    add_desk(&server.site);
    let mut pty = signed_in(&company, &server.site, HELPER);
    open(&mut pty, "lin", "Lin Wei");
    pty.send("c");
    pty.wait_for_text(ASK);
    let code = message(&company, "LinWei", "siti.rahma");
    // Rule 13: the operator, the ticket, and what it is for.
    assert!(code.contains(&ticket(&pty)), "{code}");
    assert!(code.contains("设置新密码的验证码"), "{code}");
    pty.send(six_digits(&code).unwrap());
    pty.wait_for_text(CHOOSE);
    pty.send(ENTER);
    pty.wait_for_text(LINK_GIVEN);
    let given = message(&company, "LinWei", &server.url("/l/"));
    assert!(given.contains("siti.rahma") && given.contains(&ticket(&pty)));
    let link = given.lines().find(|line| line.starts_with("http")).unwrap();

    // Whoever else has it, has nothing: WeCom says that it is not theirs.
    let mut attacker = Phone::of("ZhangMin");
    assert!(!attacker.open(&format!("{link}?lang=en")).is_form());
    let mut phone = Phone::of("LinWei");
    let form = phone.open(link);
    assert!(form.is_form(), "{form:?}");
    phone.set_password(&server, &form, GOOD);
    assert!(company.signs_in("lin.wei", GOOD));
    assert!(!company.signs_in("lin.wei", LIN_PASSWORD));
    message(&company, "LinWei", "修改");

    // The helper sees that it worked, and at no time the link.
    pty.send(ENTER);
    pty.wait_for_text("Newest records");
    let raw = String::from_utf8_lossy(pty.raw_output()).into_owned();
    assert!(!raw.contains(link.rsplit_once('/').unwrap().1));
    for log in [raw, server.log(), format!("{:?}", server.site.records())] {
        assert!(!log.contains(GOOD));
    }
    // It worked once.
    let again = Phone::of("LinWei").open(link);
    assert!(!again.is_form(), "{again:?}");
    assert_eq!(server.site.results("handed_over"), ["link"]);
    let records = server.site.records();
    let changed = records.iter().find(|r| r["event"] == "change_outcome");
    assert_eq!(changed.map(|r| text(r, "result")), Some("changed"));
    server.site.assert_chain_holds();
}
