//! What employees write in the chat, from the simulated WeCom's callback to the directory and
//! back to their phones.

use rekey::domain::account::WecomUserId;
use rekey::domain::code::{Place, ResetId};
use rekey::flow::driver::pairing;
use rekey::flow::ports::LinkTo;
use rekey::fronts::chat::Passwords;

use crate::chatroom::{NEW, Room, token_in};
use crate::office::{OLD, code_in};

#[tokio::test]
async fn a_temporary_password_is_set_for_one_sign_in() {
    let room = Room::open(Passwords::Temporary).await;
    room.says("LinWei", &format!("\u{FF03}ResetPassword #{NEW}"))
        .await;
    let notice = room.hears("LinWei").await;
    assert!(notice.contains("was changed at WeCom"), "{notice}");
    let answer = room.hears("LinWei").await;
    assert!(answer.contains("for one sign-in"), "{answer}");
    assert!(
        answer.contains("Recall") && answer.contains("history"),
        "{answer}"
    );
    assert!(room.office.signs_in("lin.wei", NEW).await);
    assert!(room.office.must_change("lin.wei").await);
    let cards = room.office.wecom.cards("LinWei");
    assert_eq!(cards.len(), 1, "one card, under the notice");
    room.holds_no_password().await;
}

#[tokio::test]
async fn where_it_is_allowed_it_lasts() {
    let room = Room::open(Passwords::Allow).await;
    room.says("LinWei", &format!("#resetpassword#{NEW}")).await;
    room.hears("LinWei").await;
    let answer = room.hears("LinWei").await;
    assert!(answer.contains("It works until"), "{answer}");
    assert!(room.office.signs_in("lin.wei", NEW).await);
    assert!(!room.office.must_change("lin.wei").await);
    room.holds_no_password().await;
}

#[tokio::test]
async fn where_it_is_off_the_answer_is_a_link_of_ones_own() {
    let room = Room::open(Passwords::Off).await;
    let answer = room.asks("LinWei", &format!("#resetpassword#{NEW}")).await;
    assert!(answer.contains("not taken from the chat"), "{answer}");
    assert!(
        answer.contains("Recall"),
        "what was written stays: {answer}"
    );
    assert!(!room.office.signs_in("lin.wei", NEW).await);
    room.is_a_link_of("LinWei", &answer, LinkTo::Form).await;

    let answer = room.asks("LinWei", "#resetpassword#").await;
    assert!(!answer.contains("Recall"), "{answer}");
    room.is_a_link_of("LinWei", &answer, LinkTo::Form).await;
    assert_eq!(room.records("link_offered", "form", 2).await.len(), 2);
    room.holds_no_password().await;
}

#[tokio::test]
async fn a_refusal_names_the_rule() {
    let room = Room::open(Passwords::Temporary).await;
    for (password, says) in [
        ("short", "12 characters"),
        ("linwei linwei linwei", "name"),
        ("contoso-contoso-contoso", "company's"),
        ("{SSHA}teal otters juggle", "curly braces"),
    ] {
        let answer = room
            .asks("LinWei", &format!("#resetpassword#{password}"))
            .await;
        assert!(answer.contains(says), "{password}: {answer}");
        assert!(!answer.contains(password), "{answer}");
        assert!(answer.contains("Recall"), "{answer}");
    }
    assert!(room.office.signs_in("lin.wei", OLD).await);
    // The directory's own refusal: it remembers.
    let answer = room.asks("LinWei", &format!("#resetpassword#{OLD}")).await;
    assert!(answer.starts_with("Not changed"), "{answer}");
    assert!(!answer.contains(OLD), "{answer}");
}

#[tokio::test]
async fn whoever_cannot_be_reset_is_told_why() {
    let room = Room::open(Passwords::Allow).await;
    let command = format!("#resetpassword#{NEW}");
    for (member, says) in [
        ("HasLeft", "disabled"),
        ("TheAdmin", "special rights"),
        ("TwinId", "no account"),
        ("Stranger", "no account"),
    ] {
        let answer = room.asks(member, &command).await.to_lowercase();
        assert!(answer.contains(says), "{member}: {answer}");
        assert!(!answer.contains(NEW), "{answer}");
    }
    for login in ["has.left", "the.admin", "twin.one", "twin.two"] {
        assert!(!room.office.signs_in(login, NEW).await, "{login}");
    }
}

#[tokio::test]
async fn whoever_left_wecom_has_no_say() {
    let room = Room::open(Passwords::Allow).await;
    for (n, change) in [(1, 2u8), (2, 5)] {
        room.office
            .wecom
            .set_member("LinWei", |member| member.status = change);
        room.says("LinWei", &format!("#resetpassword#{NEW}")).await;
        room.records("reset_ended", "not_active", n).await;
    }
    assert!(room.office.signs_in("lin.wei", OLD).await);
    assert_eq!(room.office.wecom.inbox("LinWei"), []);
}

#[tokio::test]
async fn a_code_that_was_not_found_comes_again_and_counts_go_on() {
    let room = Room::open(Passwords::Off).await;
    let answer = room.asks("LinWei", "#code#").await;
    assert!(answer.contains("No reset waits"), "{answer}");

    let mut visit = room.office.visit("lobby-1");
    visit.login("lin.wei").await;
    let first = room.office.wecom.next_message("LinWei").await.unwrap();
    visit.code("000000").await;
    room.says("LinWei", "#code#").await;
    let second = room.office.wecom.next_message("LinWei").await.unwrap();
    assert!(
        second.text.contains("Type it at lobby-1"),
        "{}",
        second.text
    );
    // The reset's tries go on: this is the second of five.
    let wrong = visit.code(&code_in(&first)).await;
    assert!(format!("{wrong:?}").contains("left: 3"), "{wrong:?}");
    // The third message is the last for a while, whoever asks for it.
    room.says("LinWei", "#code#").await;
    let third = room.office.wecom.next_message("LinWei").await.unwrap();
    let answer = room.asks("LinWei", "#code#").await;
    assert!(answer.contains("No more codes until"), "{answer}");
    let prompt = visit.code(&code_in(&third)).await;
    assert!(crate::visit::is_proved(&prompt), "{prompt:?}");
    let answer = room.asks("LinWei", "#code#").await;
    assert!(answer.contains("No reset waits"), "it was used: {answer}");
    // Nobody else's code comes to a phone.
    let mut other = room.office.visit("lobby-2");
    other.login("siti.rahma").await;
    let answer = room.asks("LinWei", "#code#").await;
    assert!(answer.contains("No reset waits"), "{answer}");
    room.recalled("LinWei", &second.id).await;
}

#[tokio::test]
async fn the_code_beside_a_picture_leads_to_its_kiosk() {
    let room = Room::open(Passwords::Off).await;
    let lobby = Place {
        front: "kiosk",
        kiosk: "lobby-1".to_owned(),
    };
    let visit = ResetId::from_bytes([9; 16]);
    let picture = pairing::offer(&room.office.ports, &lobby, &visit)
        .await
        .unwrap();
    let (one, two) = picture.short_code.split_at(4);
    let typed = format!("{} {}", one.to_lowercase(), two);
    let answer = room.asks("LinWei", &typed).await;
    assert!(answer.contains("lobby-1"), "{answer}");
    let leads = LinkTo::Picture {
        short_code: picture.short_code.clone(),
    };
    room.is_a_link_of("LinWei", &answer, leads).await;
    let answer = room.asks("LinWei", "7F3K9Q2M").await;
    assert!(answer.contains("Nothing shows this code"), "{answer}");
}

#[tokio::test]
async fn the_instructions_come_when_they_are_needed_and_not_all_the_time() {
    let room = Room::open(Passwords::Temporary).await;
    let help = room.asks("LinWei", "hello").await;
    for way in ["Account PWD Reset", "#resetpassword#newpassword", "#code#"] {
        assert!(help.contains(way), "{help}");
    }
    for _ in 0..5 {
        assert!(room.office.wecom.enter("LinWei").await.taken());
    }
    assert_eq!(room.hears("LinWei").await, help, "greeted");
    room.office.wecom.press_menu("LinWei", "expand").await;
    assert_eq!(room.hears("LinWei").await, help, "asked for");
    room.office.wecom.press_menu("LinWei", "other").await;
    room.asks("LinWei", "#resetpassword#").await;
    assert_eq!(room.office.wecom.inbox("LinWei").len(), 4, "greeted once");
}

#[tokio::test]
async fn people_are_answered_in_their_language() {
    let room = Room::open(Passwords::Temporary).await;
    let answer = room.asks("ZhangMin", "help").await;
    assert!(answer.contains("三种方式"), "{answer}");
    // Who is no account has none: the site's first.
    let answer = room.asks("Stranger", "help").await;
    assert!(answer.contains("Three ways"), "{answer}");
}

#[tokio::test]
async fn four_deliveries_reset_once() {
    let room = Room::open(Passwords::Allow).await;
    room.office
        .wecom
        .set_faults(|faults| faults.extra_callbacks = 3);
    let handed = room
        .office
        .wecom
        .say("LinWei", &format!("#resetpassword#{NEW}"))
        .await;
    assert_eq!(handed.tries, [Some(200); 4]);
    room.hears("LinWei").await;
    room.hears("LinWei").await;
    room.office
        .wecom
        .set_faults(|faults| faults.extra_callbacks = 0);
    // In line behind whatever the others would have done.
    room.asks("LinWei", "#code#").await;
    assert_eq!(room.records("change_intent", "asked", 1).await.len(), 1);
    assert_eq!(room.office.wecom.inbox("LinWei").len(), 3);
}

#[tokio::test]
async fn four_deliveries_to_two_processes_reset_once() {
    let room = Room::open(Passwords::Allow).await;
    let second = room.another_process(Passwords::Allow).await;
    let xml = room.text("LinWei", &format!("#resetpassword#{NEW}"), 77);
    let mut posts = Vec::new();
    for url in [&room.url, &second, &room.url, &second] {
        posts.push(room.post(url, &xml));
    }
    let statuses = futures_util::future::join_all(posts).await;
    assert_eq!(statuses, [200; 4]);
    room.hears("LinWei").await;
    room.hears("LinWei").await;
    room.asks("LinWei", "#code#").await;
    assert_eq!(room.records("change_intent", "asked", 1).await.len(), 1);
    assert_eq!(room.records("reset_started", "vouched", 1).await.len(), 1);
}

#[tokio::test]
async fn one_member_does_one_thing_at_a_time_and_not_too_many() {
    let room = Room::open(Passwords::Allow).await;
    for n in 0..20 {
        room.says("LinWei", &format!("#resetpassword#{NEW} {n}"))
            .await;
    }
    // Two messages each for six, and one word about the rest.
    let mut heard = Vec::new();
    for _ in 0..13 {
        heard.push(room.hears("LinWei").await);
    }
    assert!(heard[12].contains("a lot at once"), "{}", heard[12]);
    let events: Vec<_> = room.office.ports.audit.read(0, 10_000).await.unwrap();
    let mut open = None;
    for record in events {
        match record.event.as_str() {
            "reset_started" => assert_eq!(open.replace(record.reset), None, "one at a time"),
            "notice_sent" => assert_eq!(open.take(), Some(record.reset)),
            _ => {}
        }
    }
    // Others are not held up by it.
    room.asks("SitiRahma", "#resetpassword#").await;
}

#[tokio::test]
async fn when_the_directory_is_silent_the_answer_says_so() {
    let room = Room::open(Passwords::Allow).await;
    room.office.ldap.freeze(true);
    room.says("LinWei", &format!("#resetpassword#{NEW}")).await;
    let mut answer = None;
    for _ in 0..4 {
        answer = room.office.wecom.next_message("LinWei").await;
        if answer.is_some() {
            break;
        }
    }
    let answer = answer.expect("an answer").text;
    assert!(answer.contains("directory does not answer"), "{answer}");
    room.office.ldap.freeze(false);
    assert!(room.office.signs_in("lin.wei", OLD).await);
}

impl Room {
    /// No message, record or card holds the password.
    async fn holds_no_password(&self) {
        for message in self.office.messages() {
            assert!(!message.text.contains(NEW), "{}", message.text);
        }
        for record in self.office.ports.audit.read(0, 10_000).await.unwrap() {
            assert!(!format!("{record:?}").contains(NEW));
        }
    }

    async fn is_a_link_of(&self, member: &str, answer: &str, leads: LinkTo) {
        let ports = &self.office.ports;
        let now = ports.clock.now().wall;
        let link = ports.links.open_link(&token_in(answer), now).await.unwrap();
        let link = link.expect("it works");
        assert_eq!(link.leads, leads);
        assert_eq!(Some(link.to), WecomUserId::parse(member));
        let left = link.expires.since(now).as_secs();
        assert!((290..=300).contains(&left), "{left} s");
    }

    async fn recalled(&self, member: &str, id: &str) {
        for _ in 0..1500 {
            let inbox = self.office.wecom.inbox(member);
            if inbox
                .iter()
                .any(|message| message.id == id && message.recalled)
            {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("the message with the code stays");
    }
}

#[path = "../support/command_text.rs"]
mod command_text;

/// What the fuzzer found interesting, replayed with the stable toolchain.
#[test]
fn every_command_of_the_corpus_is_read_as_it_is_called() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/command");
    let mut replayed = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let meant = match name {
            "password" | "full-width" | "control" | "stored" | "long" => "set",
            "link" => "link",
            "code" => "code",
            "short-code" => "picture",
            _ => "help",
        };
        let text = String::from_utf8_lossy(&bytes);
        assert_eq!(command_text::read(&text), meant, "{name}");
        replayed += 1;
    }
    assert!(replayed >= 12, "only {replayed} texts");
}
