//! Servers that die, freeze and come back, the same for each kind of directory: nothing is said
//! that is not so, and the next server goes on.

use std::net::SocketAddr;
use std::time::Duration;

use rekey::adapters::ldap::{LdapDirectory, LdapSettings};
use rekey::domain::account::{Account, LoginName};
use rekey::flow::ports::{
    ChangeMark, Directory, DirectoryDown, Landed, ProvingBind, ServerUrl, SetOutcome,
};

use crate::directory::Company;
use crate::support::ds389::{self, Ds389};
use crate::support::proxy::Proxy;
use crate::support::samba::{self, Samba};
use crate::support::slapd::{self, Slapd};
use crate::{active_directory, directory, ds389 as ds389_suite};

/// What these tests need of a server.
trait Server: Sized {
    /// What a look tells after a change whose answer was lost.
    const LANDED: Landed;
    /// Everybody's password at the start.
    const START_PASSWORD: &'static str;

    fn start() -> Self;
    /// Its LDAPS port.
    fn address(&self) -> SocketAddr;
    fn ca_pem(&self) -> &str;
    /// The usual settings, with these servers.
    fn settings(&self) -> LdapSettings;
    fn open(settings: LdapSettings) -> LdapDirectory;
    fn pause(&self);
    fn resume(&self);
    fn kill9(&mut self);
    fn restart(&mut self);
    /// Asked without rekey.
    fn signs_in(&self, login: &str, password: &str) -> bool;

    fn url(&self) -> String {
        self.settings().urls[0].clone()
    }

    /// A directory of these servers, in this order.
    fn connect(servers: &[&Self]) -> LdapDirectory {
        let urls = servers.iter().map(|server| server.url()).collect();
        let cas: String = servers.iter().map(|server| server.ca_pem()).collect();
        Self::open(LdapSettings {
            urls,
            ca_pem: Some(cas.into_bytes()),
            ..servers[0].settings()
        })
    }
}

/// The methods that all three have alike.
macro_rules! alike {
    () => {
        fn start() -> Self {
            Self::start()
        }
        fn ca_pem(&self) -> &str {
            self.ca_pem()
        }
        fn pause(&self) {
            self.pause();
        }
        fn resume(&self) {
            self.resume();
        }
        fn kill9(&mut self) {
            self.kill9();
        }
        fn restart(&mut self) {
            self.restart();
        }
    };
}

impl Server for Slapd {
    const LANDED: Landed = Landed::ByUs;
    const START_PASSWORD: &'static str = slapd::START_PASSWORD;

    alike!();

    fn address(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.ldaps_port()).into()
    }

    fn settings(&self) -> LdapSettings {
        directory::settings(&[self.ldaps_url()], self.ca_pem())
    }

    fn open(settings: LdapSettings) -> LdapDirectory {
        directory::open(settings)
    }

    fn signs_in(&self, login: &str, password: &str) -> bool {
        self.bind_works(&slapd::dn(login), password)
    }
}

/// No attribute says who changed a password there.
impl Server for Samba {
    const LANDED: Landed = Landed::Unclear;
    const START_PASSWORD: &'static str = samba::START_PASSWORD;

    alike!();

    fn address(&self) -> SocketAddr {
        (self.address(), 636).into()
    }

    fn settings(&self) -> LdapSettings {
        active_directory::settings(self)
    }

    fn open(settings: LdapSettings) -> LdapDirectory {
        active_directory::open(settings)
    }

    fn signs_in(&self, login: &str, password: &str) -> bool {
        self.bind_works(&samba::dn(login), password)
    }
}

/// The server names itself as the last writer of a password.
impl Server for Ds389 {
    const LANDED: Landed = Landed::Unclear;
    const START_PASSWORD: &'static str = ds389::START_PASSWORD;

    alike!();

    fn address(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.ldaps_port()).into()
    }

    fn settings(&self) -> LdapSettings {
        ds389_suite::settings(self)
    }

    fn open(settings: LdapSettings) -> LdapDirectory {
        ds389_suite::open(settings)
    }

    /// Also one that has to be changed first.
    fn signs_in(&self, login: &str, password: &str) -> bool {
        let answer = self.bind(&ds389::dn(login), password);
        let words = String::from_utf8(answer.stderr).unwrap();
        answer.status.success() || !words.contains("Invalid credentials")
    }
}

const NEW: &str = "In-The-Middle-Of-It-1";

async fn an_idle_server_that_dies_is_passed_over_and_taken_again<S: Server>() {
    let (mut first, second) = (S::start(), S::start());
    let directory = S::connect(&[&first, &second]);
    let company = Company {
        directory: &directory,
    };
    let lin = company.employee("lin.wei").await;
    let at_first = company.mark(&lin).await;
    assert_eq!(at_first.server, ServerUrl(first.url()));
    first.kill9();
    let outcome = company.set_at(&lin, &at_first, NEW).await;
    assert!(matches!(outcome, SetOutcome::NotAsked(..)), "{outcome:?}");
    let proof = company.prove(&lin, &at_first, NEW).await;
    assert_eq!(proof, ProvingBind::Unreachable);
    // The other server holds a directory of its own here: the entry has another key.
    let there = company.employee("lin.wei").await;
    assert_eq!(company.mark(&there).await.server, ServerUrl(second.url()));
    assert_eq!(company.set(&there, NEW).await, SetOutcome::Changed);
    assert!(second.signs_in("lin.wei", NEW));
    drop(second);
    first.restart();
    assert_eq!(company.employee("lin.wei").await.key, lin.key);
    assert!(
        !first.signs_in("lin.wei", NEW),
        "only the other one was asked"
    );
}

async fn with_all_servers_dead_everybody_is_told<S: Server>() {
    let mut only = S::start();
    let directory = S::connect(&[&only]);
    let company = Company {
        directory: &directory,
    };
    company.employee("lin.wei").await;
    only.kill9();
    let login = LoginName::parse("lin.wei").unwrap();
    let found = directory.find(&login).await;
    assert!(matches!(found, Err(DirectoryDown::Unreachable(_))));
    only.restart();
    company.employee("lin.wei").await;
}

async fn a_frozen_server_costs_three_seconds_once<S: Server>() {
    let (first, second) = (S::start(), S::start());
    let directory = S::connect(&[&first, &second]);
    let company = Company {
        directory: &directory,
    };
    company.employee("lin.wei").await;
    first.pause();
    let started = tokio::time::Instant::now();
    company.employee("lin.wei").await;
    let noticed = started.elapsed();
    assert!(noticed < Duration::from_millis(4500), "{noticed:?}");
    let started = tokio::time::Instant::now();
    company.employee("lin.wei").await;
    assert!(started.elapsed() < Duration::from_millis(2000));
    first.resume();
}

/// A directory that is only reached through a proxy.
async fn through_a_proxy<S: Server>(server: &S) -> (Proxy, LdapDirectory) {
    let proxy = Proxy::before(server.address()).await;
    let directory = S::open(LdapSettings {
        urls: vec![format!("ldaps://localhost:{}", proxy.port())],
        ..server.settings()
    });
    (proxy, directory)
}

/// Asks for a change of twin.b and lets `meanwhile` run once the request is on its way: asked is
/// first whether the entry is the right one, then for the change.
async fn change_while<S: Server>(
    server: &mut S,
    meanwhile: impl AsyncFnOnce(&Proxy, &mut S),
) -> (LdapDirectory, Account, ChangeMark) {
    const THE_CHANGE: usize = 2;
    let (proxy, directory) = through_a_proxy(server).await;
    let company = Company {
        directory: &directory,
    };
    let account = company.employee("twin.b").await;
    let mark = company.mark(&account).await;
    proxy.hold_request(THE_CHANGE);
    let middle = async {
        proxy.held().await;
        meanwhile(&proxy, server).await;
    };
    let started = tokio::time::Instant::now();
    let (outcome, ()) = tokio::join!(company.set_at(&account, &mark, NEW), middle);
    assert_eq!(outcome, SetOutcome::AnswerLost);
    assert!(started.elapsed() < Duration::from_millis(4500));
    (directory, account, mark)
}

async fn a_server_frozen_in_the_middle_still_changes_later<S: Server>() {
    let mut server = S::start();
    let (directory, account, mark) = change_while(&mut server, async |proxy, server: &mut S| {
        server.pause();
        proxy.let_go();
    })
    .await;
    let company = Company {
        directory: &directory,
    };
    // Nothing has landed, and nobody says that it has.
    let proof = company.prove(&account, &mark, NEW).await;
    assert_eq!(proof, ProvingBind::Unreachable);
    server.resume();
    assert_eq!(until_landed(&company, &account, &mark).await, S::LANDED);
    let proof = company.prove(&account, &mark, NEW).await;
    assert_eq!(proof, ProvingBind::Works);
    assert!(server.signs_in("twin.b", NEW));
}

/// Polls until a change is seen, within 10 s.
async fn until_landed(company: &Company<'_>, account: &Account, mark: &ChangeMark) -> Landed {
    let looking = async {
        loop {
            match company.landed(account, mark).await {
                Landed::NotYet => tokio::task::yield_now().await,
                landed => return landed,
            }
        }
    };
    let landed = tokio::time::timeout(Duration::from_secs(10), looking).await;
    landed.expect("the stalled change lands")
}

async fn a_server_killed_before_the_change_has_not_changed<S: Server>() {
    let mut server = S::start();
    let (directory, account, mark) = change_while(&mut server, async |proxy, server: &mut S| {
        server.kill9();
        proxy.let_go();
    })
    .await;
    let company = Company {
        directory: &directory,
    };
    let proof = company.prove(&account, &mark, NEW).await;
    assert_eq!(proof, ProvingBind::Unreachable);
    server.restart();
    assert_eq!(company.landed(&account, &mark).await, Landed::NotYet);
    assert!(server.signs_in("twin.b", S::START_PASSWORD));
}

async fn a_lost_answer_is_looked_up<S: Server>() {
    let mut server = S::start();
    let (directory, account, mark) = change_while(&mut server, async |proxy, _: &mut S| {
        proxy.lose_answer();
        proxy.let_go();
        proxy.answer_lost().await;
    })
    .await;
    let company = Company {
        directory: &directory,
    };
    assert_eq!(company.landed(&account, &mark).await, S::LANDED);
    let proof = company.prove(&account, &mark, NEW).await;
    assert_eq!(proof, ProvingBind::Works);
}

/// One bind after the other on one connection says of each what is true of it alone.
async fn proving_binds_share_a_connection<S: Server>() {
    const OTHER: &str = "Somebody-Elses-Word-2";
    let server = S::start();
    let (proxy, directory) = through_a_proxy(&server).await;
    let company = Company {
        directory: &directory,
    };
    let lin = company.employee("lin.wei").await;
    let twin = company.employee("twin.b").await;
    let mut used = 0;
    for (account, new) in [(&lin, NEW), (&twin, OTHER)] {
        let mark = company.mark(account).await;
        let set = company.set_at(account, &mark, new).await;
        assert_eq!(set, SetOutcome::Changed);
        let proof = company.prove(account, &mark, new).await;
        assert_eq!(proof, ProvingBind::Works);
        if used == 0 {
            used = proxy.connections();
        }
    }
    assert_eq!(used, 3, "for questions, for changes, and for binds");
    for (account, password, says) in [
        (&lin, OTHER, ProvingBind::Wrong),
        (&twin, OTHER, ProvingBind::Works),
        (&twin, NEW, ProvingBind::Wrong),
        (&lin, NEW, ProvingBind::Works),
    ] {
        let mark = company.mark(account).await;
        assert_eq!(company.prove(account, &mark, password).await, says);
    }
    assert_eq!(proxy.connections(), used);
}

/// Rule 3: the directory's load says nothing about a login name either.
async fn every_login_name_costs_as_many_questions<S: Server>() {
    let server = S::start();
    let (proxy, directory) = through_a_proxy(&server).await;
    let company = Company {
        directory: &directory,
    };
    company.find("lin.wei").await;
    let mut counts = Vec::new();
    for login in [
        "lin.wei",
        "attacker",
        "admin.boss",
        "nomap",
        "twin.a",
        "budi.off",
        "sun.strict",
    ] {
        let before = proxy.requests();
        company.find(login).await;
        counts.push(proxy.requests() - before);
    }
    assert!(counts[0] > 3, "{counts:?}");
    assert!(counts.iter().all(|count| *count == counts[0]), "{counts:?}");
}

/// Every one of them, for one kind of server.
macro_rules! on {
    ($module:ident, $server:ty: $($name:ident),* $(,)?) => {
        mod $module {
            $(#[tokio::test]
            async fn $name() {
                super::$name::<$server>().await;
            })*
        }
    };
}

macro_rules! on_each {
    ($($module:ident: $server:ty),* $(,)?) => {
        $(on!($module, $server:
            an_idle_server_that_dies_is_passed_over_and_taken_again,
            with_all_servers_dead_everybody_is_told,
            a_frozen_server_costs_three_seconds_once,
            a_server_frozen_in_the_middle_still_changes_later,
            a_server_killed_before_the_change_has_not_changed,
            a_lost_answer_is_looked_up,
            proving_binds_share_a_connection,
            every_login_name_costs_as_many_questions,
        );)*
    };
}

on_each! {
    on_openldap: super::Slapd,
    on_active_directory: super::Samba,
    on_ds389: super::Ds389,
}
