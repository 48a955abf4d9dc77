//! The office's chat: the real front behind a real listener, called by the simulated WeCom.

use std::sync::Arc;

use rekey::adapters::store::SqliteStore;
use rekey::adapters::wecom::callback::WecomCallbacks;
use rekey::domain::audit::AuditRecord;
use rekey::domain::code::{CodeRules, Place};
use rekey::domain::policy::SitePolicy;
use rekey::domain::secret::Credential;
use rekey::flow::driver::Resets;
use rekey::flow::ports::Ports;
use rekey::fronts::chat::{Chat, ChatSettings, ChatWords, Passwords};
use rekey::sim::wecom::SimWecom;
use rekey::text::{Language, Texts};
use tokio::net::TcpListener;

use crate::office::{Office, store};

/// What addresses in answers begin with.
pub const PUBLIC_URL: &str = "https://reset.contoso.example";
/// Who is told what IT must know.
pub const LEAD: &str = "SecurityLead";
/// What people choose; good enough for every rule.
pub const NEW: &str = "teal otters juggle 58 kites";

/// An office with its chat.
pub struct Room {
    pub office: Office,
    /// Where callbacks go.
    pub url: String,
}

impl Room {
    /// Opens one; WeCom has checked its address.
    pub async fn open(passwords: Passwords) -> Self {
        let office = Office::open().await;
        let url = open_chat(&office.wecom, office.ports.clone(), &office, passwords).await;
        office.wecom.enter_callback(&url).await.unwrap();
        Self { office, url }
    }

    /// A second process on the same state; where its callbacks go.
    pub async fn another_process(&self, passwords: Passwords) -> String {
        let ports = with_store(&self.office.ports, store(&self.office.folder).await);
        open_chat(&self.office.wecom, ports, &self.office, passwords).await
    }

    /// A member writes; WeCom brings it.
    pub async fn says(&self, member: &str, text: &str) {
        let handed = self.office.wecom.say(member, text).await;
        assert_eq!(handed.tries, [Some(200)]);
        assert_eq!(handed.reply, "", "acknowledged, not answered");
    }

    /// The next message on a phone.
    pub async fn hears(&self, member: &str) -> String {
        let message = self.office.wecom.next_message(member).await;
        message.expect("a message").text
    }

    /// A member writes and reads the answer.
    pub async fn asks(&self, member: &str, text: &str) -> String {
        self.says(member, text).await;
        self.hears(member).await
    }

    /// All records, once there are no less than so many of this kind and result.
    pub async fn records(&self, event: &str, result: &str, at_least: usize) -> Vec<AuditRecord> {
        for _ in 0..1000 {
            let all = self.office.ports.audit.read(0, 100_000).await.unwrap();
            let alike: Vec<AuditRecord> = all
                .into_iter()
                .filter(|record| record.event == event && record.result == result)
                .collect();
            if alike.len() >= at_least {
                return alike;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("no {at_least} records of {event} {result}");
    }
}

/// The token of the link in a message.
pub fn token_in(text: &str) -> String {
    let begin = format!("{PUBLIC_URL}/l/");
    let (_, after) = text
        .split_once(&begin)
        .unwrap_or_else(|| panic!("a link: {text}"));
    after
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect()
}

fn with_store(ports: &Ports, store: SqliteStore) -> Ports {
    let store = Arc::new(store);
    Ports {
        codes: store.clone(),
        throttles: store.clone(),
        audit: store.clone(),
        intents: store.clone(),
        pairings: store.clone(),
        objections: store.clone(),
        links: store.clone(),
        deliveries: store,
        ..ports.clone()
    }
}

async fn open_chat(
    wecom: &SimWecom,
    ports: Ports,
    office: &Office,
    passwords: Passwords,
) -> String {
    let app = wecom.app();
    let callbacks = WecomCallbacks::new(
        Credential::new(app.callback.token.clone()),
        &Credential::new(app.callback.aes_key.clone()),
        app.corp_id.clone(),
        app.agent_id,
    );
    let place = Place {
        front: "chat",
        kiosk: "WeCom".to_owned(),
    };
    let code = CodeRules {
        digits: 6,
        lifetime: std::time::Duration::from_secs(300),
        tries: 5,
    };
    let site = SitePolicy {
        max_age: std::time::Duration::from_secs(120 * 86_400),
        min_length: 12,
        min_strength: 3,
        words: vec!["contoso".to_owned()],
    };
    let chat = Chat::new(ChatSettings {
        resets: Resets::new(ports.clone(), place.clone(), code, site),
        ports,
        place,
        code,
        callbacks: Arc::new(callbacks.unwrap()),
        identity: office.identity.clone(),
        words: ChatWords {
            texts: Arc::new(Texts::load()),
            site: "Contoso".to_owned(),
            it_phone: Some("8000".to_owned()),
            zone: jiff::tz::TimeZone::UTC,
            languages: vec![Language::English, Language::Chinese],
            passwords,
        },
        public_url: PUBLIC_URL.to_owned(),
        spawn: Box::new(|work| drop(tokio::spawn(work))),
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/wecom/callback", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, chat.routes()).await });
    url
}
