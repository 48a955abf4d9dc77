//! Ends: of the server in the middle of a change, of a visit that breaks, of what held before.

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use rekey::adapters::clock::SystemClock;
use rekey::adapters::entropy::OsEntropy;
use rekey::config::RemoteSessions;
use rekey::flow::driver::outage::Outage;
use rekey::fronts::desk::OperatorKeys;
use rekey::fronts::pulse::Pulse;
use rekey::fronts::ssh::{Door, Host, Kiosks, Rules, Visitor, Welcome, host_key};
use rekey::fronts::tui::app::{Access, AppSettings, ChatPasswords};
use rekey::fronts::tui::runtime::Services;
use rekey::text::{Language, Texts};
use rustix::process::Signal;
use tokio::sync::{Semaphore, watch};

use crate::company::{Company, now, six_digits};
use crate::pty::{DEADLINE, Pty};
use crate::raw::{Raw, runtime};
use crate::server::Server;
use crate::visit::{CHOOSE, GOOD, MENU, SET, Visit as _};

/// How long settling may take: a first look at the start, another ten seconds later.
const SETTLED: Duration = Duration::from_secs(20);

/// siti.rahma's change, held just before the directory is asked for it.
fn in_the_change(company: &Company, server: &Server) -> Pty {
    let mut pty = server.client().start();
    pty.say_who("siti.rahma");
    let message = company.next_message("SitiRahma");
    pty.send(six_digits(&message).unwrap());
    pty.wait_for_text(CHOOSE);
    company.gate.hold(SET);
    pty.type_password(GOOD);
    company.gate.wait();
    pty
}

#[test]
fn killed_in_the_middle_of_a_change_the_next_start_settles_it() {
    let mut company = Company::start();
    for arrives in [false, true] {
        company.renew_gate();
        let site = company.site();
        let mut server = Server::start(&site, "");
        let mut pty = in_the_change(&company, &server);
        server.signal(Signal::KILL);
        assert!(!server.wait().success());
        pty.wait_exit();
        if arrives {
            company.gate.let_go();
        }
        assert_eq!(site.results("change_intent"), ["asked"]);
        assert!(site.results("change_outcome").is_empty());
        let again = Server::again(&site, server.at());
        site.wait_for_events(SETTLED, |events| {
            let last = events.iter().rfind(|e| e.starts_with("change_outcome"));
            match last.map(String::as_str) {
                Some("change_outcome changed") => {
                    assert!(arrives && company.signs_in("siti.rahma", GOOD));
                    true
                }
                // True as long as it may still land.
                Some("change_outcome unknown") => !arrives,
                None => false,
                Some(other) => panic!("{arrives}: {other}"),
            }
        });
        let mut next = again.client().start();
        next.wait_for_text(MENU);
        site.assert_chain_holds();
    }
}

#[test]
fn at_the_end_a_change_in_flight_is_finished_first() {
    let company = Company::start();
    let site = company.site();
    let mut server = Server::start(&site, "");
    let mut pty = in_the_change(&company, &server);
    let asked = now();
    server.signal(Signal::TERM);
    pty.wait_for_text("The service is restarting");
    company.gate.let_go();
    assert!(server.wait().success());
    assert!(now() - asked < Duration::from_secs(10));
    pty.wait_exit();
    pty.assert_restored();
    assert!(company.signs_in("siti.rahma", GOOD));
    assert_eq!(site.results("change_outcome"), ["changed"]);
    site.assert_chain_holds();
}

#[test]
fn new_visits_follow_a_new_configuration_and_old_ones_keep_theirs() {
    let company = Company::start();
    let site = company.site();
    let server = Server::start(&site, "");
    let mut old = server.client().start();
    old.wait_for_text("CONTOSO");
    let reloads = |config: &str, says: &str| {
        site.write("rekey.toml", config);
        server.signal(Signal::HUP);
        let deadline = now() + DEADLINE;
        while !std::fs::read_to_string(site.log()).unwrap().contains(says) {
            assert!(now() < deadline, "it does not say: {says}");
            std::thread::yield_now();
        }
    };
    let usual = std::fs::read_to_string(site.config()).unwrap();
    let other = usual.replace("\"Contoso\"", "\"Fabrikam\"");
    reloads(&other, "new visits follow the configuration as it is now");
    let mut new = server.client().start();
    new.wait_for_text("FABRIKAM");
    old.choose_it_support();
    assert!(old.screen_text().contains("CONTOSO"));
    // What cannot be used changes nothing.
    reloads("nonsense", "the settings stay as they were");
    let mut newer = server.client().start();
    newer.wait_for_text("FABRIKAM");
}

/// Breaks whoever comes with a window of this size.
const BROKEN: (u16, u16) = (66, 20);

struct Breaks(Arc<Texts>);

impl Host for Breaks {
    fn welcome(&self, visitor: &Visitor) -> Welcome {
        assert_ne!(visitor.size, BROKEN, "on purpose");
        let settings = AppSettings {
            site_name: "Contoso".to_owned(),
            host: "reset.contoso.example".to_owned(),
            kiosk_name: visitor.place.kiosk.clone(),
            languages: Language::ALL.to_vec(),
            it_phone: None,
            it_hours: None,
            texts: Arc::clone(&self.0),
            capabilities: visitor.capabilities,
            size: visitor.size,
            access: Access::Remote,
            chat_passwords: ChatPasswords::Off,
            code_digits: 6,
            code_lifetime: Duration::from_secs(300),
            idle: Duration::from_secs(60),
            clock_lag: Duration::ZERO,
            timezone: TimeZone::UTC,
            demo: None,
        };
        let services = Services {
            begin: Box::new(|| panic!("nobody begins a reset")),
            judge: Arc::new(|policy, password| policy.report_live(password)),
            judges: Arc::new(Semaphore::new(1)),
            new_picture: Box::new(|| Box::pin(std::future::pending())),
            scanned: Box::new(|| Box::pin(std::future::pending())),
            read_phone: Box::new(|| Box::pin(std::future::pending())),
            outage: watch::channel(Outage::default()).1,
        };
        Welcome { settings, services }
    }
}

#[test]
fn a_visit_that_breaks_ends_alone_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let texts = Arc::new(Texts::load());
    let rules = Rules {
        kiosks: Kiosks::default(),
        operators: OperatorKeys::default(),
        remote: RemoteSessions::Code,
        host: Box::new(Breaks(Arc::clone(&texts))),
        texts,
        languages: Language::ALL.to_vec(),
        site: "Contoso".to_owned(),
    };
    let key = host_key(&folder.path().join("key"), &OsEntropy).unwrap();
    let (_close, closing) = watch::channel(false);
    let clock = Arc::new(SystemClock::new());
    let door = Door::new(key, rules, (clock, Arc::new(())), closing);
    let runtime = runtime();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
    let listener = listener.unwrap();
    let at = listener.local_addr().unwrap();
    let _serving = runtime.spawn(door.serve(listener, Pulse::default()));

    let mut before = Raw::at_menu(at);
    let mut broken = Raw::knock(at);
    broken.enter("xterm", BROKEN);
    broken.wait_for_text("Something broke on our side");
    before.send("1");
    before.wait_for_text("Set it on your phone, in WeCom");
    let mut after = Raw::at_menu(at);
    after.send("1");
    after.wait_for_text("Set it on your phone, in WeCom");
}
