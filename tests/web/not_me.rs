//! "Not me", whole: a stranger at the built kiosk, the employee with the cards on their phone, the
//! link and the form, IT's alarm, and a real slapd.

use rekey::sim::wecom::SimCard;

use crate::chat::link_in;
use crate::company::Company;
use crate::phone::Phone;
use crate::server::Server;
use crate::support::slapd::START_PASSWORD;
use crate::visit::{CHOOSE, DONE, GOOD, SENT, Visit as _, WHO};

const STRANGERS: &str = "Violet-Gander-93-Atlas";
const OWN: &str = "Velvet-Anchor-61-Tundra";
/// Who is told what IT must know.
const LEAD: &str = "LinWei";

/// A company whose alarms go to Lin Wei.
fn company_with_alarm() -> (Company, Server) {
    let company = Company::start();
    let server = Server::start_with_chat(&company, "off", |config| {
        format!("{config}\n[alarm]\nwecom = [{LEAD:?}]\n")
    });
    (company, server)
}

impl Company {
    fn next_card(&self, userid: &str) -> SimCard {
        self.run(self.wecom.next_card(userid)).expect("a card")
    }

    #[track_caller]
    fn presses(&self, userid: &str, card: &SimCard, button: &str) {
        let handed = self.run(self.wecom.press(userid, &card.task, button));
        assert!(handed.taken(), "{card:?}: {handed:?}");
    }

    /// What stands on a card since it was pressed.
    #[track_caller]
    fn updated(&self, userid: &str, card: &SimCard) -> String {
        let deadline = crate::company::now() + std::time::Duration::from_secs(10);
        loop {
            let mut cards = self.wecom.cards(userid).into_iter();
            let now = cards.find(|now| now.task == card.task);
            if let Some(words) = now.and_then(|now| now.replaced) {
                return words;
            }
            assert!(crate::company::now() < deadline, "{card:?}");
            std::thread::yield_now();
        }
    }
}

#[test]
fn before_the_change_the_reset_dies_and_it_is_told() {
    let (company, server) = company_with_alarm();
    let mut stranger = server.site.kiosk().start();
    stranger.say_who("siti.rahma");
    let code = company.next_code("SitiRahma");
    let card = company.next_card("SitiRahma");
    assert!(card.title.contains("lobby-1"), "{card:?}");
    company.presses("SitiRahma", &card, "not_me");
    let alarm = company.next_message(LEAD);
    assert!(alarm.contains("lobby-1"), "{alarm}");
    assert_eq!(company.updated("SitiRahma", &card), "Stopped");
    // Even the right code opens nothing.
    stranger.send(code);
    stranger.wait_for_text("That code is over");
    assert_eq!(server.site.results("objected"), ["before_change"]);
    assert_eq!(server.site.results("change_intent"), [""; 0]);
    server.site.assert_chain_holds();
}

#[test]
fn after_the_change_the_owner_has_a_link_at_once_and_the_strangers_password_is_gone() {
    let (company, server) = company_with_alarm();
    let mut stranger = server.site.kiosk().start();
    stranger.say_who("siti.rahma");
    let code = company.next_code("SitiRahma");
    stranger.send(code);
    stranger.wait_for_text(CHOOSE);
    stranger.type_password(STRANGERS);
    stranger.wait_for_text(DONE);
    assert!(company.signs_in("siti.rahma", STRANGERS));
    let notice = company.next_message("SitiRahma");
    assert!(notice.contains("was changed at lobby-1"), "{notice}");
    company.next_card("SitiRahma");
    let under_the_notice = company.next_card("SitiRahma");
    company.presses("SitiRahma", &under_the_notice, "not_me");

    let owed = company.next_message("SitiRahma");
    assert!(
        owed.contains("Your password was changed by somebody else"),
        "{owed}"
    );
    let mut phone = Phone::of("SitiRahma");
    let form = phone.open(&link_in(&owed, &server));
    assert!(form.is_form(), "{}", form.text());
    phone
        .set_password(&server, &form, OWN)
        .assert_says("works now");
    assert!(company.signs_in("siti.rahma", OWN));
    assert!(!company.signs_in("siti.rahma", STRANGERS));
    assert_eq!(
        company.updated("SitiRahma", &under_the_notice),
        "IT is told"
    );
    assert_eq!(server.site.results("objected"), ["after_change"]);
    server
        .site
        .wait_for_events(std::time::Duration::from_secs(10), |events| {
            events.iter().any(|event| event == "alarm_rung sent")
        });
}

#[test]
fn a_freeze_is_a_second_tap_and_its_owner_ends_it_with_the_form() {
    let (company, server) = company_with_alarm();
    let mut stranger = server.site.kiosk().start();
    stranger.say_who("siti.rahma");
    company.next_code("SitiRahma");
    let card = company.next_card("SitiRahma");
    company.presses("SitiRahma", &card, "not_me");
    let second = company.next_card("SitiRahma");
    assert!(second.text.contains("for 24 hours"), "{second:?}");
    company.presses("SitiRahma", &second, "freeze");
    assert_eq!(company.updated("SitiRahma", &second), "Frozen");

    // The stranger comes again, and sees what everybody sees.
    let mut again = server.site.kiosk_named("lobby-2").start();
    again.say_who("siti.rahma");
    assert!(again.screen_text().contains(SENT));
    let told = company.next_message("SitiRahma");
    assert!(told.contains("resets of the account are frozen"), "{told}");
    assert!(crate::company::six_digits(&told).is_none(), "{told}");

    let mut phone = Phone::of("SitiRahma");
    let frozen = phone.open(&server.url("/"));
    frozen.assert_says("Resets of your account are frozen");
    assert!(!frozen.is_form());
    let csrf = frozen.hidden("csrf");
    let form = phone.post(&server.url("/unfreeze"), &[("csrf", &csrf)]);
    assert!(form.is_form(), "{}", form.text());
    phone
        .set_password(&server, &form, GOOD)
        .assert_says("works now");
    assert!(company.signs_in("siti.rahma", GOOD));
    assert_eq!(server.site.results("freeze"), ["frozen", "unfrozen"]);
    assert!(!company.signs_in("siti.rahma", START_PASSWORD));
    assert!(!again.screen_text().contains(WHO));
}
