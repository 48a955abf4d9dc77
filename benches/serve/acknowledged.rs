//! How soon WeCom is acknowledged while the directory is slow. The real directory is not slow
//! enough, so the chat stands here on ports whose directory waits, and else on the real ones.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rekey::adapters::clock::SystemClock;
use rekey::adapters::entropy::OsEntropy;
use rekey::adapters::ldap::{LdapDirectory, LdapSettings};
use rekey::adapters::wecom::callback::WecomCallbacks;
use rekey::adapters::wecom::{Wecom, WecomSettings};
use rekey::domain::account::{Account, AccountKey, EntryDn, LoginName, SearchText, WecomUserId};
use rekey::domain::code::Place;
use rekey::domain::policy::{DirectoryPolicy, SitePolicy};
use rekey::domain::secret::{Credential, Password};
use rekey::flow::desk::Sought;
use rekey::flow::driver::Resets;
use rekey::flow::grant::Grant;
use rekey::flow::ports::{
    Act, ChangeMark, Directory, DirectoryDown, Landed, Marked, OldPasswordVerdict, Ports,
    ProvingBind, ServerUrl, SetOutcome,
};
use rekey::fronts::chat::{Chat, ChatSettings, ChatWords, Passwords};
use rekey::fronts::notices::NoticeWords;
use rekey::fronts::pulse::Pulse;
use rekey::fronts::web::listener::{Listener, ListenerSettings};
use rekey::sim::wecom::{Member, SimApp, SimWecom};
use rekey::text::{Language, Texts};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::bars::{Bars, ms, p50, percentile};
use crate::crowd::{password, userid};
use crate::site::{self, OffTheLoop, RULES};
use crate::support::slapd::{self, Slapd};

/// How many callbacks are in flight.
const IN_FLIGHT: usize = 50;
/// How often so many.
const BURSTS: usize = 10;
/// From one burst to the next.
const BETWEEN: Duration = Duration::from_secs(2);
/// How long the directory takes for a change.
const SLOW: Duration = Duration::from_secs(3);

const PUBLIC_URL: &str = "https://reset.contoso.example";

pub(crate) fn measure(bars: &Bars) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .on_thread_start(behind_wecom)
        .build()
        .unwrap();
    let wecom = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    acknowledged(bars, &runtime, &wecom);
}

/// WeCom has a machine of its own, which does not wait for ours. Here both are one: what is
/// measured is given way to by what measures.
fn behind_wecom() {
    rustix::process::nice(10).unwrap();
}

/// Bursts that come when they come, while the directory has the changes of those before them; then
/// one that comes when half of another's changes land at the same moment.
fn acknowledged(bars: &Bars, program: &Runtime, wecom: &Runtime) {
    let slapd = Slapd::start();
    // Each writes once: a member has a few commands a minute.
    let bursts = BURSTS + 2;
    slapd.add_members(bursts * IN_FLIGHT);
    let directory = Arc::new(Slowed(openldap(&slapd)));
    let bot = program.block_on(Bot::start(directory, bursts * IN_FLIGHT));
    let burst = |number: usize| wecom.block_on(bot.burst(number));
    let mut took = Vec::new();
    for number in 0..BURSTS {
        took.extend(burst(number));
        program.block_on(async { tokio::time::sleep(BETWEEN).await });
    }
    program.block_on(bot.changed(BURSTS * IN_FLIGHT));
    burst(BURSTS);
    program.block_on(bot.changed(BURSTS * IN_FLIGHT + IN_FLIGHT / 2));
    let landing = burst(BURSTS + 1);
    program.block_on(bot.changed(bursts * IN_FLIGHT));
    for (when, took) in [
        (format!("{IN_FLIGHT} at once, {SLOW:?} a change"), &took),
        (format!("while {} changes land", IN_FLIGHT / 2), &landing),
    ] {
        bars.note(&format!(
            "{when}: p50 {:.2} ms, worst {:.2} ms of {}",
            ms(p50(took)),
            ms(percentile(took, 100)),
            took.len()
        ));
    }
    let p99 = ms(percentile(&took, 99));
    bars.at_most("a callback acknowledged, p99", p99, 20.0, " ms");
}

/// A directory, each of whose changes takes [`SLOW`] longer.
struct Slowed(LdapDirectory);

#[async_trait]
impl Directory for Slowed {
    async fn find(&self, login: &LoginName) -> Result<Option<Account>, DirectoryDown> {
        self.0.find(login).await
    }

    async fn find_member(&self, userid: &WecomUserId) -> Result<Option<Account>, DirectoryDown> {
        self.0.find_member(userid).await
    }

    async fn search(&self, text: &SearchText, limit: u16) -> Result<Sought, DirectoryDown> {
        self.0.search(text, limit).await
    }

    async fn reread(
        &self,
        key: &AccountKey,
        dn: &EntryDn,
    ) -> Result<Option<Account>, DirectoryDown> {
        self.0.reread(key, dn).await
    }

    async fn policy(&self, account: &Account) -> Result<DirectoryPolicy, DirectoryDown> {
        self.0.policy(account).await
    }

    async fn mark(&self, account: &Account, act: Act) -> Result<Option<Marked>, DirectoryDown> {
        self.0.mark(account, act).await
    }

    async fn set_password(
        &self,
        grant: Grant,
        dn: &EntryDn,
        mark: &ChangeMark,
        password: &Password,
    ) -> SetOutcome {
        tokio::time::sleep(SLOW).await;
        self.0.set_password(grant, dn, mark, password).await
    }

    async fn judge_old(
        &self,
        dn: Option<&EntryDn>,
        old: &Password,
    ) -> Result<OldPasswordVerdict, DirectoryDown> {
        self.0.judge_old(dn, old).await
    }

    async fn unlock(&self, grant: Grant, dn: &EntryDn, mark: &ChangeMark) -> SetOutcome {
        self.0.unlock(grant, dn, mark).await
    }

    async fn prove(&self, dn: &EntryDn, server: &ServerUrl, password: &Password) -> ProvingBind {
        self.0.prove(dn, server, password).await
    }

    async fn landed(
        &self,
        key: &AccountKey,
        dn: &EntryDn,
        mark: &ChangeMark,
    ) -> Result<Landed, DirectoryDown> {
        self.0.landed(key, dn, mark).await
    }

    async fn works(&self) -> Result<(), DirectoryDown> {
        self.0.works().await
    }
}

/// The bot in front of a directory.
struct Bot {
    wecom: SimWecom,
    ports: Ports,
    address: String,
    _closing: watch::Sender<bool>,
    _folder: tempfile::TempDir,
}

impl Bot {
    async fn start(directory: Arc<dyn Directory>, members: usize) -> Self {
        let clock = Arc::new(SystemClock::new());
        let members = (0..members).map(|number| Member::new(&userid(number), "Member"));
        let wecom = SimWecom::start(
            SimApp::default(),
            members.collect(),
            clock.clone(),
            Arc::new(OsEntropy),
        );
        let wecom = wecom.await.unwrap();
        let texts = Arc::new(Texts::load());
        let messenger = Arc::new(messenger(&wecom, texts.clone(), clock));
        let folder = site::folder();
        let store = Arc::new(site::store(&folder).await);
        let judge = OffTheLoop(Arc::new(Mutex::new(Instant::now())));
        let ports = site::ports(directory, messenger.clone(), store, judge);
        let chat = chat(&wecom, ports.clone(), messenger, texts);
        let settings = ListenerSettings {
            listen: "127.0.0.1:0".parse().unwrap(),
            tls: None,
            trusted_proxies: vec![],
            pulse: Pulse::default(),
        };
        let listener = Listener::open(settings).await.unwrap();
        let address = listener.address().unwrap().to_string();
        let (_closing, closing) = watch::channel(false);
        tokio::spawn(listener.serve(chat.routes(), closing));
        Self {
            wecom,
            ports,
            address,
            _closing,
            _folder: folder,
        }
    }

    /// A member's command, sealed and ready to go.
    fn command(&self, member: usize, text: &str, id: usize) -> Vec<u8> {
        let app = self.wecom.app();
        let at = self.ports.clock.now().wall.as_secs();
        let xml = format!(
            "<xml><ToUserName>{}</ToUserName><FromUserName>{}</FromUserName>\
             <CreateTime>{at}</CreateTime><MsgType>text</MsgType>\
             <Content><![CDATA[{text}]]></Content><MsgId>{id}</MsgId>\
             <AgentID>{}</AgentID></xml>",
            app.corp_id,
            userid(member),
            app.agent_id
        );
        let (query, body) = self.wecom.forge(&xml).unwrap();
        format!(
            "POST /wecom/callback?{query} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .into_bytes()
    }

    /// So many members' commands at once. How long each took.
    async fn burst(&self, number: usize) -> Vec<Duration> {
        let members = number * IN_FLIGHT..(number + 1) * IN_FLIGHT;
        let posts: Vec<_> = members
            .map(|member| {
                let text = format!("#resetpassword#{}", password(number, member));
                self.command(member, &text, member)
            })
            .collect();
        futures_util::future::join_all(posts.into_iter().map(|request| self.post(request))).await
    }

    /// From the connection to the whole answer.
    async fn post(&self, request: Vec<u8>) -> Duration {
        let began = Instant::now();
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        stream.write_all(&request).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let took = began.elapsed();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        took
    }

    /// Waits until so many changes have their outcome.
    async fn changed(&self, resets: usize) {
        let mut seen = 0;
        let mut after = 0;
        while seen < resets {
            let records = self.ports.audit.read(after, 10_000).await.unwrap();
            for record in &records {
                after = record.seq;
                if record.event == "change_outcome" {
                    assert_eq!(record.result, "changed");
                    seen += 1;
                }
                assert_ne!(record.event, "reset_ended", "{record:?}");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn messenger(wecom: &SimWecom, texts: Arc<Texts>, clock: Arc<SystemClock>) -> Wecom {
    let app = wecom.app();
    let settings = WecomSettings::new(
        wecom.url(),
        app.corp_id.clone(),
        app.agent_id,
        Credential::new(app.secret.clone()),
    );
    let words = NoticeWords {
        texts,
        site: "Contoso".to_owned(),
        it_phone: None,
        zone: jiff::tz::TimeZone::UTC,
        languages: vec![Language::English],
        public_url: PUBLIC_URL.to_owned(),
    };
    Wecom::new(settings, Arc::new(words), clock).unwrap()
}

fn chat(wecom: &SimWecom, ports: Ports, identity: Arc<Wecom>, texts: Arc<Texts>) -> Chat {
    let place = Place {
        front: "chat",
        kiosk: "WeCom".to_owned(),
    };
    let policy = SitePolicy {
        max_age: Duration::from_secs(120 * 86_400),
        min_length: 12,
        min_strength: 3,
        words: Vec::new(),
    };
    let app = wecom.app();
    let callbacks = WecomCallbacks::new(
        Credential::new(app.callback.token.clone()),
        &Credential::new(app.callback.aes_key.clone()),
        app.corp_id.clone(),
        app.agent_id,
    );
    Chat::new(ChatSettings {
        resets: Resets::new(ports.clone(), place.clone(), RULES, policy),
        ports,
        place,
        code: RULES,
        callbacks: Arc::new(callbacks.unwrap()),
        identity,
        words: ChatWords {
            texts,
            site: "Contoso".to_owned(),
            it_phone: None,
            zone: jiff::tz::TimeZone::UTC,
            languages: vec![Language::English],
            passwords: Passwords::Allow,
        },
        public_url: PUBLIC_URL.to_owned(),
        spawn: Box::new(|work| drop(tokio::spawn(work))),
    })
}

fn openldap(slapd: &Slapd) -> LdapDirectory {
    let settings = LdapSettings {
        urls: vec![slapd.ldaps_url()],
        starttls: false,
        ca_pem: Some(slapd.ca_pem().as_bytes().to_vec()),
        allow_plain_loopback: false,
        bind_dn: slapd::SERVICE_DN.to_owned(),
        bind_password: Credential::new(slapd::SERVICE_PASSWORD.to_owned()),
        people_base: slapd::PEOPLE.to_owned(),
        login_attributes: vec!["uid".to_owned()],
        wecom_attribute: "employeeNumber".to_owned(),
        language_attribute: None,
        protected_groups: vec![],
        default_policy_dn: Some(slapd::DEFAULT_POLICY.to_owned()),
    };
    LdapDirectory::openldap(settings, Arc::new(SystemClock::new())).unwrap()
}
