//! Pictures: scanned twice, by somebody else, too late, invented, relayed. A scan opens a number
//! field and nothing else; only the digits on the phone that scanned are a proof.

use rekey::domain::account::{Account, LoginName};
use rekey::domain::code::{CodeRules, Place, ResetId};
use rekey::domain::secret::CodeDigits;
use rekey::flow::driver::objecting;
use rekey::flow::driver::pairing::{self, Scan};
use rekey::flow::effect::Input;
use rekey::flow::message::Concern;
use rekey::flow::ports::{Pairing, PictureName, Stage};
use rekey::flow::prompt::{Prompt, Refusal};

use crate::office::{OLD, Office};
use crate::town::resets;
use crate::visit::{Visit, is_proved, refusal};

const RULES: CodeRules = CodeRules {
    digits: 6,
    lifetime: std::time::Duration::from_secs(300),
    tries: 5,
};

/// A kiosk that shows a picture.
struct Kiosk<'a> {
    office: &'a Office,
    name: &'a str,
    visit: ResetId,
    picture: Pairing,
}

impl<'a> Kiosk<'a> {
    async fn shows_a_picture(office: &'a Office, name: &'a str) -> Self {
        let place = Place {
            front: "kiosk",
            kiosk: name.to_owned(),
        };
        let visit = resets(&office.ports, name).new_id();
        let picture = pairing::offer(&office.ports, &place, &visit).await.unwrap();
        Self {
            office,
            name,
            visit,
            picture,
        }
    }

    /// The number field opens by itself.
    async fn opens(&self) -> Visit {
        let claim = pairing::scanned(&self.office.ports, &self.visit).await;
        let begun = resets(&self.office.ports, self.name).begin_scanned(claim);
        let mut visit = Visit::of(begun);
        assert!(matches!(
            visit.settles().await,
            Prompt::Code {
                resend_at: None,
                ..
            }
        ));
        visit
    }

    async fn stays_closed(&self) {
        let now = self.office.ports.clock.now().wall;
        let claim = self
            .office
            .ports
            .pairings
            .take_claim(&self.visit, now)
            .await;
        assert_eq!(claim, Ok(None));
    }
}

impl Office {
    async fn account(&self, login: &str) -> Account {
        let login = LoginName::parse(login).unwrap();
        self.ports.directory.find(&login).await.unwrap().unwrap()
    }

    /// The digits on the phone of `login`, which opens a picture; `None`: it leads nowhere.
    async fn scans(&self, login: &str, picture: PictureName<'_>) -> Option<CodeDigits> {
        let account = self.account(login).await;
        let userid = account.wecom.clone().unwrap();
        let scan = pairing::scan(&self.ports, picture, &account, &userid, RULES).await;
        match scan.unwrap() {
            Scan::Digits { digits, .. } => Some(digits),
            Scan::Gone => None,
        }
    }

    /// The same, and of which reset they are.
    async fn scans_for(&self, login: &str, picture: &Pairing) -> (CodeDigits, Concern) {
        let account = self.account(login).await;
        let userid = account.wecom.clone().unwrap();
        let name = PictureName::Nonce(&picture.nonce);
        let scan = pairing::scan(&self.ports, name, &account, &userid, RULES).await;
        match scan.unwrap() {
            Scan::Digits {
                digits, concern, ..
            } => (digits, concern),
            Scan::Gone => panic!("the picture leads nowhere"),
        }
    }

    /// What the people in `[alarm]` are told next.
    async fn alarm(&self) -> String {
        self.wecom.next_message("SecurityLead").await.unwrap().text
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lin_wei_scans_and_never_types_a_login_name() {
    let office = Office::open().await;
    let lobby = Kiosk::shows_a_picture(&office, "lobby-1").await;
    let nonce = lobby.picture.nonce.to_lowercase();
    let digits = office.scans("lin.wei", PictureName::Nonce(&nonce)).await;
    let mut visit = lobby.opens().await;
    let prompt = visit.code(digits.unwrap().expose()).await;
    assert!(is_proved(&prompt), "{prompt:?}");
    visit.password("quiet-harbour-violet-93").await;
    assert!(office.signs_in("lin.wei", "quiet-harbour-violet-93").await);
    assert!(
        office
            .messages()
            .iter()
            .all(|m| !m.text.contains("is your code")),
        "no message carried the digits"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_that_was_scanned_opens_nothing_again() {
    let office = Office::open().await;
    let lobby = Kiosk::shows_a_picture(&office, "lobby-1").await;
    let name = PictureName::ShortCode(&lobby.picture.short_code);
    assert!(office.scans("lin.wei", name).await.is_some());
    assert!(office.scans("lin.wei", name).await.is_none(), "twice");
    assert!(office.scans("attacker", name).await.is_none(), "by another");
    let _visit = lobby.opens().await;
    lobby.stays_closed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invented_picture_and_one_that_ended_open_nothing() {
    let office = Office::open().await;
    let lobby = Kiosk::shows_a_picture(&office, "lobby-1").await;
    let invented = PictureName::Nonce("AAAAAAAAAAAAA");
    assert!(office.scans("attacker", invented).await.is_none());
    // The visit goes on, and with it the picture.
    office.ports.pairings.end(&lobby.visit).await.unwrap();
    let ended = PictureName::Nonce(&lobby.picture.nonce);
    assert!(office.scans("lin.wei", ended).await.is_none());
    lobby.stays_closed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relayed_picture_gives_the_attacker_a_field_and_no_digits() {
    let office = Office::open().await;
    let lobby = Kiosk::shows_a_picture(&office, "lobby-1").await;
    // The attacker stands there and has sent the picture to Lin Wei, who opens it far away.
    let name = PictureName::Nonce(&lobby.picture.nonce);
    let digits = office.scans("lin.wei", name).await.unwrap();
    let mut attacker = lobby.opens().await;
    let right: u32 = digits.expose().parse().unwrap();
    for tries_left in (0..RULES.tries).rev() {
        let guess = format!("{:06}", (right + 1 + tries_left) % 1_000_000);
        let prompt = attacker.code(&guess).await;
        let left = RULES.tries.min(tries_left);
        assert_eq!(refusal(&prompt), Some(&Refusal::CodeWrong { left }));
    }
    // The guesses count for the account, whatever begins next.
    let elsewhere = Kiosk::shows_a_picture(&office, "lobby-2").await;
    let name = PictureName::Nonce(&elsewhere.picture.nonce);
    let digits = office.scans("lin.wei", name).await.unwrap();
    let prompt = elsewhere.opens().await.code(digits.expose()).await;
    assert!(
        matches!(
            refusal(&prompt),
            Some(Refusal::TooManyWrongCodes { until: Some(_) })
        ),
        "{prompt:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn digits_that_were_read_out_open_nothing_once_their_employee_says_no() {
    let office = Office::open().await;
    let lobby = Kiosk::shows_a_picture(&office, "lobby-1").await;
    let (digits, concern) = office.scans_for("lin.wei", &lobby.picture).await;
    let mut attacker = lobby.opens().await;
    // The attacker has talked Lin Wei out of them, and stands before the new password already.
    assert!(is_proved(&attacker.code(digits.expose()).await));
    let said = objecting::not_there(&office.ports, concern.clone()).await;
    let said = said.unwrap().expect("it counts");
    assert_eq!(said.stage, Stage::Before);
    said.finish(&office.ports).await;
    let prompt = attacker.password("quiet-harbour-violet-93").await;
    assert!(matches!(
        prompt,
        Prompt::Ended {
            refusal: Refusal::Objected,
            ..
        }
    ));
    assert!(office.signs_in("lin.wei", OLD).await);
    let alarm = office.alarm().await;
    assert!(
        alarm.contains("lobby-1") && alarm.contains("nothing was changed"),
        "{alarm}"
    );
    // Said once more, it is the same.
    let again = objecting::not_there(&office.ports, concern).await;
    assert!(again.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_no_that_comes_after_the_change_says_so_to_it() {
    let office = Office::open().await;
    let lobby = Kiosk::shows_a_picture(&office, "lobby-1").await;
    let (digits, concern) = office.scans_for("lin.wei", &lobby.picture).await;
    let mut attacker = lobby.opens().await;
    attacker.code(digits.expose()).await;
    attacker.password("quiet-harbour-violet-93").await;
    let said = objecting::not_there(&office.ports, concern).await;
    let said = said.unwrap().expect("it counts");
    assert_eq!(said.stage, Stage::After);
    said.finish(&office.ports).await;
    let alarm = office.alarm().await;
    assert!(alarm.contains("has changed the password"), "{alarm}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn digits_of_one_kiosk_open_no_other() {
    let office = Office::open().await;
    let lobby = Kiosk::shows_a_picture(&office, "lobby-1").await;
    let reception = Kiosk::shows_a_picture(&office, "reception-1").await;
    let at_lobby = PictureName::Nonce(&lobby.picture.nonce);
    let at_reception = PictureName::Nonce(&reception.picture.nonce);
    let lins = office.scans("lin.wei", at_lobby).await.unwrap();
    let sitis = office.scans("siti.rahma", at_reception).await.unwrap();
    assert!(lins.expose() != sitis.expose(), "one in a million");
    let mut lin = lobby.opens().await;
    let mut siti = reception.opens().await;
    assert!(!is_proved(&lin.code(sitis.expose()).await));
    assert!(!is_proved(&siti.code(lins.expose()).await));
    // No message can be asked for here, and the right digits still work.
    lin.does(Input::AnotherCode).await;
    assert!(is_proved(&lin.code(lins.expose()).await));
}
