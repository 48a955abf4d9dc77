//! The chat bot: how soon WeCom is acknowledged while the directory is slow, and how much of what
//! a directory can change a second goes through it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use rekey::adapters::clock::SystemClock;
use rekey::adapters::entropy::OsEntropy;
use rekey::adapters::ldap::{LdapDirectory, LdapSettings};
use rekey::adapters::store::{ProcessMark, SqliteStore, StoreSettings};
use rekey::adapters::wecom::callback::WecomCallbacks;
use rekey::adapters::wecom::{Wecom, WecomSettings};
use rekey::domain::account::{Account, AccountKey, EntryDn, LoginName, SearchText, WecomUserId};
use rekey::domain::code::{CodeRules, Place};
use rekey::domain::policy::{DirectoryPolicy, Policy, Report, SitePolicy};
use rekey::domain::secret::{Credential, Password};
use rekey::flow::desk::Sought;
use rekey::flow::driver::Resets;
use rekey::flow::grant::Grant;
use rekey::flow::ports::{
    Assessor, ChangeMark, Directory, DirectoryDown, Landed, OldPasswordVerdict, Ports, ProvingBind,
    ServerUrl, SetOutcome,
};
use rekey::fronts::chat::{Chat, ChatSettings, ChatWords, Passwords};
use rekey::fronts::notices::NoticeWords;
use rekey::sim::wecom::{Member, SimApp, SimWecom};
use rekey::text::{Language, Texts};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support::grant::grant_for;
use crate::support::samba::{self, Samba};
use crate::support::slapd::{self, Options, Slapd};

/// How many callbacks are in flight.
const IN_FLIGHT: usize = 50;
/// How often so many.
const ROUNDS: usize = 8;
/// How long the directory takes.
const SLOW: Duration = Duration::from_secs(3);
/// WeCom is acknowledged within this time, all but one in a hundred.
const ACKNOWLEDGED: Duration = Duration::from_millis(20);
/// How many resets at once measure a directory.
const AT_ONCE: usize = 8;
/// How many in all.
const RESETS: usize = 160;
/// So much of what the directory can do goes through the bot.
const SHARE: f64 = 0.95;

/// A directory, each of whose changes takes so much longer.
struct Slowed(LdapDirectory, Duration);

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

    async fn mark(&self, key: &AccountKey, dn: &EntryDn) -> Result<ChangeMark, DirectoryDown> {
        self.0.mark(key, dn).await
    }

    async fn set_password(
        &self,
        grant: Grant,
        dn: &EntryDn,
        mark: &ChangeMark,
        password: &Password,
    ) -> SetOutcome {
        tokio::time::sleep(self.1).await;
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

struct OffTheLoop;

#[async_trait]
impl Assessor for OffTheLoop {
    async fn assess(&self, password: Arc<Password>, policy: Arc<Policy>) -> Report {
        tokio::task::spawn_blocking(move || policy.report_full(&password))
            .await
            .unwrap()
    }
}

/// The bot in front of a directory.
struct Bot {
    wecom: SimWecom,
    ports: Ports,
    address: String,
    _folder: tempfile::TempDir,
}

impl Bot {
    async fn start(directory: Arc<dyn Directory>, members: usize) -> Self {
        let clock = Arc::new(SystemClock::new());
        let members = (0..members).map(|n| Member::new(&userid(n), &userid(n)));
        let wecom = SimWecom::start(
            SimApp::default(),
            members.collect(),
            clock.clone(),
            Arc::new(OsEntropy),
        );
        let wecom = wecom.await.unwrap();
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let store = SqliteStore::open(StoreSettings {
            url: format!("sqlite:{}", folder.path().join("state.db").display()),
            key_file: folder.path().join("key"),
            process: ProcessMark::of_this_process().unwrap(),
        });
        let store = Arc::new(store.await.unwrap());
        let texts = Arc::new(Texts::load());
        let app = wecom.app().clone();
        let messenger = Wecom::new(
            WecomSettings::new(
                wecom.url(),
                app.corp_id.clone(),
                app.agent_id,
                Credential::new(app.secret.clone()),
            ),
            Arc::new(NoticeWords {
                texts: texts.clone(),
                site: "Contoso".to_owned(),
                it_phone: None,
                zone: jiff::tz::TimeZone::UTC,
                public_url: "https://reset.contoso.example".to_owned(),
                languages: vec![Language::English],
            }),
            clock.clone(),
        );
        let messenger = Arc::new(messenger.unwrap());
        let ports = Ports {
            directory,
            messenger: messenger.clone(),
            codes: store.clone(),
            throttles: store.clone(),
            audit: store.clone(),
            intents: store.clone(),
            pairings: store.clone(),
            objections: store.clone(),
            links: store.clone(),
            deliveries: store.clone(),
            desk: store,
            alarm: [].into(),
            assessor: Arc::new(OffTheLoop),
            clock,
            entropy: Arc::new(OsEntropy),
            metrics: Arc::new(()),
        };
        let place = Place {
            front: "chat",
            kiosk: "WeCom".to_owned(),
        };
        let code = CodeRules {
            digits: 6,
            lifetime: Duration::from_secs(300),
            tries: 5,
        };
        let site = SitePolicy {
            max_age: Duration::from_secs(120 * 86_400),
            min_length: 12,
            min_strength: 3,
            words: Vec::new(),
        };
        let callbacks = WecomCallbacks::new(
            Credential::new(app.callback.token.clone()),
            &Credential::new(app.callback.aes_key.clone()),
            app.corp_id.clone(),
            app.agent_id,
        );
        let chat = Chat::new(ChatSettings {
            resets: Resets::new(ports.clone(), place.clone(), code, site),
            ports: ports.clone(),
            place,
            code,
            callbacks: Arc::new(callbacks.unwrap()),
            identity: messenger,
            words: ChatWords {
                texts,
                site: "Contoso".to_owned(),
                it_phone: None,
                zone: jiff::tz::TimeZone::UTC,
                languages: vec![Language::English],
                passwords: Passwords::Allow,
            },
            public_url: "https://reset.contoso.example".to_owned(),
            spawn: Box::new(|work| drop(tokio::spawn(work))),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move { axum::serve(listener, chat.routes()).await });
        Self {
            wecom,
            ports,
            address,
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

    /// Waits until so many changes have their outcome; how many were changed.
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

fn userid(n: usize) -> String {
    format!("Member{n}")
}

fn login(n: usize) -> String {
    format!("member.{n}")
}

fn password(n: usize, round: usize) -> String {
    format!("teal otters juggle {round} kites {n}")
}

fn slapd_settings(slapd: &Slapd) -> LdapSettings {
    LdapSettings {
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
    }
}

fn openldap(slapd: &Slapd) -> LdapDirectory {
    LdapDirectory::openldap(slapd_settings(slapd), Arc::new(SystemClock::new())).unwrap()
}

/// Callbacks while as many changes are under way.
pub async fn acknowledged() {
    let slapd = Slapd::start();
    slapd.add_members(IN_FLIGHT);
    let bot = Bot::start(Arc::new(Slowed(openldap(&slapd), SLOW)), IN_FLIGHT).await;
    let mut took = Vec::new();
    for round in 0..ROUNDS {
        let posts = (0..IN_FLIGHT).map(|n| {
            let text = format!("#resetpassword#{}", password(n, round));
            let request = bot.command(n, &text, round * IN_FLIGHT + n);
            bot.post(request)
        });
        // All of them at once, while those of the round before are still under way in part.
        took.extend(futures_util::future::join_all(posts).await);
        bot.changed((round + 1) * IN_FLIGHT - IN_FLIGHT / 2).await;
    }
    bot.changed(ROUNDS * IN_FLIGHT).await;
    took.sort_unstable();
    let at = |share: usize| took[took.len() * share / 100];
    println!(
        "callback acknowledged, {IN_FLIGHT} in flight, {SLOW:?} a change: \
         p50 {:.2?}, p99 {:.2?}, worst {:.2?} of {}",
        at(50),
        at(99),
        took[took.len() - 1],
        took.len()
    );
    assert!(at(99) < ACKNOWLEDGED, "p99 {:?}", at(99));
}

/// What a directory can do by itself: search, mark, change, bind, [`AT_ONCE`] at a time.
async fn raw(directory: &LdapDirectory, round: usize) -> f64 {
    let began = Instant::now();
    let one = |n: usize| async move {
        let found = directory.find(&LoginName::parse(&login(n)).unwrap()).await;
        let account = found.unwrap().expect("a member");
        let mark = directory.mark(&account.key, &account.dn).await.unwrap();
        let new = Password::new(&password(n, round)).ok().unwrap();
        let set = directory.set_password(grant_for(&account), &account.dn, &mark, &new);
        assert_eq!(set.await, SetOutcome::Changed);
        let proof = directory.prove(&account.dn, &mark.server, &new).await;
        assert_eq!(proof, ProvingBind::Works);
    };
    run(one).await;
    RESETS as f64 / began.elapsed().as_secs_f64()
}

/// [`RESETS`] of something, [`AT_ONCE`] at a time.
async fn run<F: Future<Output = ()>>(one: impl Fn(usize) -> F) {
    let mut running = FuturesUnordered::new();
    for n in 0..RESETS {
        if running.len() == AT_ONCE {
            running.next().await;
        }
        running.push(one(n));
    }
    while running.next().await.is_some() {}
}

/// The same through the bot; WeCom brings everything at once.
async fn through(bot: &Bot, round: usize, before: usize) -> f64 {
    let began = Instant::now();
    let posts = (0..RESETS).map(|n| {
        let text = format!("#resetpassword#{}", password(n, round));
        bot.post(bot.command(n, &text, round * RESETS + n))
    });
    let all = futures_util::future::join_all(posts).await;
    assert_eq!(all.len(), RESETS);
    bot.changed(before + RESETS).await;
    RESETS as f64 / began.elapsed().as_secs_f64()
}

/// Both in turn, so that what else the machine does hits both.
async fn compare(name: &str, direct: LdapDirectory, behind: LdapDirectory) {
    let bot = Bot::start(Arc::new(behind), RESETS).await;
    let (mut raws, mut bots) = (Vec::new(), Vec::new());
    for round in 0..3 {
        raws.push(raw(&direct, 10 + round).await);
        bots.push(through(&bot, 20 + round, round * RESETS).await);
    }
    let best = |of: &[f64]| of.iter().copied().fold(0.0, f64::max);
    let share = best(&bots) / best(&raws);
    println!(
        "{name}: {:.1} changes a second by itself, {:.1} through the bot: {share:.2}",
        best(&raws),
        best(&bots)
    );
    assert!(share >= SHARE, "{name}: {share}");
}

/// OpenLDAP with {ARGON2}.
pub async fn through_openldap() {
    let slapd = Slapd::start_with(&Options {
        argon2: true,
        ..Options::default()
    });
    slapd.add_members(RESETS);
    compare("slapd {ARGON2}", openldap(&slapd), openldap(&slapd)).await;
}

/// Samba.
pub async fn through_samba() {
    let samba = Samba::start();
    samba.add_members(RESETS);
    let open = || {
        let settings = LdapSettings {
            urls: vec![samba.ldaps_url()],
            ca_pem: Some(samba.ca_pem().as_bytes().to_vec()),
            starttls: false,
            allow_plain_loopback: false,
            bind_dn: samba::SERVICE_DN.to_owned(),
            bind_password: Credential::new(samba::SERVICE_PASSWORD.to_owned()),
            people_base: samba::STAFF.to_owned(),
            login_attributes: vec!["sAMAccountName".to_owned()],
            wecom_attribute: "employeeNumber".to_owned(),
            language_attribute: None,
            protected_groups: vec![],
            default_policy_dn: None,
        };
        LdapDirectory::active_directory(settings, Arc::new(SystemClock::new())).unwrap()
    };
    compare("Samba", open(), open()).await;
}
