//! Kiosks' pictures and the phones that open them: whoever stands there and carries on, or sets it
//! on the phone; pictures opened twice, too late or never shown; digits typed at another kiosk; an
//! attacker who sends a picture to somebody far away.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rekey::domain::account::WecomUserId;
use rekey::domain::code::{Place, ResetId};
use rekey::domain::limits;
use rekey::flow::driver::objecting;
use rekey::flow::driver::pairing::{self, Scan, ScanError};
use rekey::flow::grant::Lasting;
use rekey::flow::message::Concern;
use rekey::flow::ports::{Claim, Pairing, PictureName};
use rekey::flow::vouched::Vouched;

use crate::Company;
use crate::actors::{Actor, EMPLOYEES, Visit, count};

/// Longer than any picture is shown.
const PATIENCE: Duration = Duration::from_secs(100);

/// How a picture and phones meet.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// The employee scans it, and types at the kiosk what the phone shows.
    CarriesOn,
    /// The employee scans it, and sets the password on the phone; somebody else comes to the kiosk.
    OnPhone,
    /// Several phones open it, one of them twice.
    Crowd,
    /// It is opened after another one has taken its place.
    Late,
    /// Nobody has ever shown it.
    Invented,
    /// What the phone shows is typed at another kiosk, where somebody else has scanned.
    WrongKiosk,
    /// Whoever stands there has sent it to a victim far away.
    Relayed,
}

/// One picture's story.
pub struct PictureVisit {
    pub meeting: Meeting,
    /// Who stands at the kiosk.
    pub visit: Visit,
    /// The phone's own form, where the password is set there.
    pub on_phone: Visit,
    /// Phones that were shown digits by one and the same picture.
    pub shown: usize,
    /// How long after its phone the kiosk's number field opened.
    pub opened_after: Option<Duration>,
}

/// A kiosk that waits for a phone.
struct Kiosk {
    place: Place,
    visit: ResetId,
    shows: Mutex<Option<Pairing>>,
}

impl Kiosk {
    fn new(company: &Company, place: Place) -> Self {
        Self {
            visit: company.resets_at(place.clone()).new_id(),
            place,
            shows: Mutex::default(),
        }
    }

    /// Shows pictures, one after the other, until a phone has opened one.
    async fn scanned(&self, company: &Company) -> Option<Claim> {
        let show = async {
            loop {
                let offered = pairing::offer(&company.ports, &self.place, &self.visit).await;
                *self.shows.lock().unwrap_or_else(PoisonError::into_inner) = offered.ok();
                tokio::time::sleep(limits::PAIRING_LIFETIME).await;
            }
        };
        tokio::select! {
            biased;
            claim = pairing::scanned(&company.ports, &self.visit) => Some(claim),
            () = show => None,
            () = tokio::time::sleep(PATIENCE) => None,
        }
    }

    /// The picture that is shown, once there is one.
    async fn shown(&self) -> Pairing {
        loop {
            let shown = {
                let shows = self.shows.lock().unwrap_or_else(PoisonError::into_inner);
                shows.clone()
            };
            if let Some(picture) = shown {
                return picture;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    async fn nonce(&self) -> String {
        self.shown().await.nonce
    }

    /// Somebody stands here: once a phone has opened the picture, the number field opens, and they
    /// type.
    async fn is_used(&self, company: &Company, by: &mut Visit) -> Option<tokio::time::Instant> {
        let claim = self.scanned(company).await;
        let opened = tokio::time::Instant::now();
        let resets = company.resets_at(self.place.clone());
        let used = claim.is_some();
        if let Some(claim) = claim {
            let (running, work) = resets.begin_scanned(claim);
            tokio::join!(by.act(company, running), work);
        }
        // Whoever goes takes the pictures with them; those that cannot be ended end by themselves.
        let _ended = company.ports.pairings.end(&self.visit).await;
        used.then_some(opened)
    }
}

/// What a phone shows once it has opened a picture: digits, or nothing.
async fn opens(company: &Company, phone: &str, name: PictureName<'_>) -> Option<(Concern, String)> {
    let vouched = Vouched::by_channel(WecomUserId::parse(phone).expect("a userid"));
    for _ in 0..3 {
        match pairing::scan_vouched(&company.ports, name, &vouched, company.rules).await {
            Ok(Scan::Digits {
                concern, digits, ..
            }) => return Some((concern, digits.expose().to_owned())),
            Ok(Scan::Gone) => {
                count("a picture led nowhere");
                return None;
            }
            Err(ScanError::NotAllowed) => return None,
            Err(ScanError::Directory(_) | ScanError::Store(_)) => {
                tokio::time::sleep(Duration::from_secs(2)).await;
            }
        }
    }
    None
}

impl PictureVisit {
    pub fn new(company: &Company) -> Self {
        let meeting = match company.world.below(8) {
            0 | 1 => Meeting::CarriesOn,
            2 => Meeting::OnPhone,
            3 => Meeting::Crowd,
            4 => Meeting::Late,
            5 => Meeting::Invented,
            6 => Meeting::WrongKiosk,
            _ => Meeting::Relayed,
        };
        let actor = match meeting {
            Meeting::Relayed => Actor::Relaying,
            _ => Actor::Scanning,
        };
        let visit = Visit::new(80, actor, "lobby-1".to_owned(), company);
        let on_phone = Visit::new(81, Actor::Chatting, "WeCom".to_owned(), company);
        Self {
            meeting,
            on_phone: on_phone.of_employee(visit.employee()),
            visit,
            shown: 0,
            opened_after: None,
        }
    }

    /// Comes, and lets phones open the picture.
    pub async fn live(&mut self, company: &Company) {
        tokio::time::sleep(Duration::from_millis(company.world.below(4000))).await;
        let lobby = Place {
            front: "kiosk",
            kiosk: "lobby-1".to_owned(),
        };
        let place = match (self.meeting, company.world.below(2)) {
            (Meeting::Relayed, 0) => Place::remote("ssh", "203.0.113.9"),
            _ => lobby,
        };
        let kiosk = Kiosk::new(company, place);
        match self.meeting {
            Meeting::CarriesOn | Meeting::OnPhone => self.is_scanned(company, &kiosk).await,
            Meeting::Crowd => self.is_crowded(company, &kiosk).await,
            Meeting::Late | Meeting::Invented => self.is_no_picture(company, &kiosk).await,
            Meeting::WrongKiosk => self.is_typed_elsewhere(company, &kiosk).await,
            Meeting::Relayed => self.is_relayed(company, &kiosk).await,
        }
    }

    fn phone(&self) -> &'static str {
        self.visit.employee().1
    }

    async fn is_scanned(&mut self, company: &Company, kiosk: &Kiosk) {
        let (phone, on_phone, told) = (self.phone(), &mut self.on_phone, self.visit.told.clone());
        let sets_it_there = self.meeting == Meeting::OnPhone;
        let at_phone = async {
            let nonce = kiosk.nonce().await;
            tokio::time::sleep(Duration::from_millis(company.world.below(70_000))).await;
            let nonce = match company.world.below(4) {
                0 => nonce,
                _ => kiosk.nonce().await,
            };
            let short_code = kiosk.shown().await.short_code;
            let name = match company.world.below(3) {
                // Who cannot scan writes it in the chat.
                0 => PictureName::ShortCode(&short_code),
                _ => PictureName::Nonce(&nonce),
            };
            let (_, digits) = opens(company, phone, name).await?;
            let opened = tokio::time::Instant::now();
            if sets_it_there {
                on_phone.vouched_at("web", Lasting::ByPolicy, company).await;
            } else {
                *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(digits);
            }
            Some(opened)
        };
        let at_kiosk = kiosk.is_used(company, &mut self.visit);
        let (scanned, field) = tokio::join!(at_phone, at_kiosk);
        self.shown = usize::from(scanned.is_some());
        self.opened_after = scanned
            .zip(field)
            .map(|(scan, field)| field.saturating_duration_since(scan));
    }

    async fn is_crowded(&mut self, company: &Company, kiosk: &Kiosk) {
        let own = self.phone();
        let other = EMPLOYEES.iter().map(|e| e.1).find(|phone| *phone != own);
        let crowd = [own, own, other.expect("there are others")].map(|phone| async move {
            let nonce = kiosk.nonce().await;
            tokio::time::sleep(Duration::from_millis(company.world.below(400))).await;
            (
                phone,
                opens(company, phone, PictureName::Nonce(&nonce)).await,
            )
        });
        let told = self.visit.told.clone();
        let phones = async {
            let opened = futures_util::future::join_all(crowd).await;
            let shown = opened
                .into_iter()
                .filter_map(|(phone, shown)| Some((phone, shown?)));
            let shown: Vec<_> = shown.collect();
            let own = shown.iter().find(|(phone, _)| *phone == own);
            *told.lock().unwrap_or_else(PoisonError::into_inner) =
                own.map(|(_, (_, digits))| digits.clone());
            shown.len()
        };
        let at_kiosk = kiosk.is_used(company, &mut self.visit);
        self.shown = tokio::join!(phones, at_kiosk).0;
    }

    async fn is_no_picture(&mut self, company: &Company, kiosk: &Kiosk) {
        let phone = self.phone();
        let invented = self.meeting == Meeting::Invented;
        let phones = async {
            let nonce = kiosk.nonce().await;
            if invented {
                return opens(company, phone, PictureName::Nonce("7F3K9Q2MX4WPB")).await;
            }
            tokio::time::sleep(limits::PAIRING_LIFETIME + Duration::from_millis(100)).await;
            opens(company, phone, PictureName::Nonce(&nonce)).await
        };
        let at_kiosk = kiosk.is_used(company, &mut self.visit);
        self.shown = usize::from(tokio::join!(phones, at_kiosk).0.is_some());
    }

    /// Somebody else has scanned the picture of the kiosk where they stand.
    async fn is_typed_elsewhere(&mut self, company: &Company, kiosk: &Kiosk) {
        let there = Kiosk::new(
            company,
            Place {
                front: "kiosk",
                kiosk: "lobby-2".to_owned(),
            },
        );
        let phone = self.phone();
        let other = EMPLOYEES.iter().map(|e| e.1).find(|other| *other != phone);
        let told = self.visit.told.clone();
        let phones = async {
            let (own, theirs) = tokio::join!(kiosk.nonce(), there.nonce());
            let shown = opens(company, phone, PictureName::Nonce(&own)).await;
            *told.lock().unwrap_or_else(PoisonError::into_inner) = shown.map(|(_, digits)| digits);
            let other = other.expect("there are others");
            opens(company, other, PictureName::Nonce(&theirs)).await;
        };
        let used = there.is_used(company, &mut self.visit);
        let left = async { drop(kiosk.scanned(company).await) };
        tokio::join!(phones, used, left);
    }

    /// The victim is far away, may be talked into reading the digits out, and says sooner or later
    /// that they do not stand there, or never.
    async fn is_relayed(&mut self, company: &Company, kiosk: &Kiosk) {
        let (victim, told) = (self.phone(), self.visit.told.clone());
        let far_away = async {
            let nonce = kiosk.nonce().await;
            tokio::time::sleep(Duration::from_millis(company.world.below(40_000))).await;
            let (concern, digits) = opens(company, victim, PictureName::Nonce(&nonce)).await?;
            if company.world.below(2) == 0 {
                *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(digits);
            }
            if company.world.below(3) > 0 {
                tokio::time::sleep(Duration::from_millis(company.world.below(30_000))).await;
                says_not_there(company, concern).await;
            }
            Some(())
        };
        let at_kiosk = kiosk.is_used(company, &mut self.visit);
        tokio::join!(far_away, at_kiosk);
    }
}

/// Until it counts: a person taps again where the page says that it did not.
async fn says_not_there(company: &Company, concern: Concern) {
    for _ in 0..3 {
        match objecting::not_there(&company.ports, concern.clone()).await {
            Ok(Some(said)) => {
                count("somebody said that they do not stand there");
                said.finish(&company.ports).await;
                return;
            }
            Ok(None) => return,
            Err(_) => tokio::time::sleep(Duration::from_secs(2)).await,
        }
    }
}
