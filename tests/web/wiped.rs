//! What a form and a message leave in the server's memory: no password, whichever library held it.

use crate::company::Company;
use crate::memory::wait_until_forgotten;
use crate::phone::Phone;
use crate::server::Server;

#[test]
fn no_password_of_a_form_or_a_message_is_left_in_memory() {
    const OF_LIN: &str = "Quartz-Lantern-27-Meadow";
    const OF_SITI: &str = "Gumboot-Quarry-43-Teapot";
    let company = Company::start();
    let server = Server::start_with_chat(&company, "allow", |config| config);
    let mut phone = Phone::of("LinWei");
    let page = phone.open(&server.url("/"));
    let done = phone.set_password(&server, &page, OF_LIN);
    let done = phone.settled(&server, done);
    assert!(company.signs_in("lin.wei", OF_LIN), "{}", done.text());
    company.says("SitiRahma", &format!("#resetpassword#{OF_SITI}"));
    while !company
        .next_message("SitiRahma")
        .contains("Your new password is set")
    {}
    for secret in [OF_LIN, OF_SITI] {
        wait_until_forgotten(server.pid(), secret);
    }
}
