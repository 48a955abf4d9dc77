//! What whoever watches the server is told: figures, health, the log, the service manager.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::company::{Company, Site, WECOM_SECRET, now, six_digits};
use crate::pty::DEADLINE;
use crate::server::{Server, free_address};
use crate::support::slapd::{LIN_PASSWORD, SERVICE_PASSWORD};
use crate::visit::{CHOOSE, DONE, ENTER, GOOD, MENU, Visit as _};

/// A connection, as soon as anybody listens: the door over SSH opens first.
#[track_caller]
fn connect(at: SocketAddr) -> TcpStream {
    let deadline = now() + DEADLINE;
    loop {
        match TcpStream::connect(at) {
            Ok(stream) => return stream,
            Err(error) => assert!(now() < deadline, "{at}: {error}"),
        }
        std::thread::yield_now();
    }
}

/// The answer to one request, head and body.
fn get(at: SocketAddr, path: &str) -> String {
    let mut stream = connect(at);
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: figures\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Whether this line is among the figures now.
pub(crate) fn has_figure(at: SocketAddr, wanted: &str) -> bool {
    get(at, "/metrics").lines().any(|line| line == wanted)
}

/// Asks for the figures until `wanted` is among their lines.
#[track_caller]
pub(crate) fn wait_for_figure(at: SocketAddr, wanted: &str) -> String {
    let deadline = now() + DEADLINE;
    loop {
        let figures = get(at, "/metrics");
        if figures.lines().any(|line| line == wanted) {
            return figures;
        }
        assert!(now() < deadline, "{wanted} is not among\n{figures}");
    }
}

#[test]
fn figures_and_the_log_tell_what_happens_and_not_whom() {
    let company = Company::start();
    let site = company.site();
    let (server, figures) = Server::with_figures(&site);
    let mut pty = server.client().start();
    pty.wait_for_text(MENU);
    wait_for_figure(figures, "rekey_visits_now{front=\"remote\"} 1");
    pty.say_who("lin.wei");
    let code = six_digits(&company.next_message("LinWei")).unwrap();
    pty.send(crate::visit::wrong(&code));
    pty.wait_for_text("That is not the code");
    pty.send(&code);
    pty.wait_for_text(CHOOSE);
    pty.type_password(GOOD);
    pty.wait_for_text(DONE);
    let changed = "rekey_resets_total{method=\"it_support\",result=\"changed\"} 1";
    wait_for_figure(figures, changed);
    pty.send(ENTER);
    assert!(pty.wait_exit().success());
    let told = wait_for_figure(figures, "rekey_visits_now{front=\"remote\"} 0");
    for line in [
        changed,
        "rekey_visits_total{front=\"remote\"} 1",
        "rekey_code_delay_seconds_count 1",
        "rekey_screen_seconds_count{screen=\"login\"} 1",
        "rekey_screen_seconds_count{screen=\"code\"} 1",
        "rekey_screen_seconds_count{screen=\"new_password\"} 1",
        "rekey_up{service=\"directory\"} 1",
        "rekey_up{service=\"wecom\"} 1",
        "# EOF",
    ] {
        assert!(told.lines().any(|had| had == line), "{line}\n{told}");
    }
    assert!(told.contains("application/openmetrics-text"), "{told}");
    assert!(get(figures, "/livez").contains("200 OK"));
    assert!(get(figures, "/readyz").contains("directory: ok\nwecom: ok"));
    assert!(get(figures, "/form").contains("404"));

    let log = log(&site);
    for (what, text) in [("the figures", told), ("the log", log)] {
        for secret in [GOOD, LIN_PASSWORD, SERVICE_PASSWORD, WECOM_SECRET, &code] {
            assert!(!text.contains(secret), "{what}: {secret}\n{text}");
        }
    }
}

/// The log, when every line of it is JSON.
fn log(site: &Site) -> String {
    let log = std::fs::read_to_string(site.log()).unwrap();
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["level"].is_string(), "{line}");
    }
    assert!(log.contains("serving"), "{log}");
    log
}

#[test]
fn a_directory_that_does_not_answer_is_told() {
    let company = Company::start();
    let gone = format!("ldaps://127.0.0.1:{}", free_address().port());
    let there = format!("ldaps://127.0.0.1:{}", company.gate.port());
    let site = company.site_with(|config| config.replace(&there, &gone));
    let (_server, figures) = Server::with_figures(&site);
    let told = wait_for_figure(figures, "rekey_up{service=\"directory\"} 0");
    assert!(told.contains("rekey_up{service=\"wecom\"} 1"), "{told}");
    let ready = get(figures, "/readyz");
    assert!(ready.contains("503"), "{ready}");
    assert!(ready.contains("directory: down\nwecom: ok"), "{ready}");
    assert!(get(figures, "/livez").contains("200 OK"));
}

/// What the service manager is told next.
#[track_caller]
fn told(manager: &UnixDatagram) -> String {
    let mut text = [0; 256];
    let length = manager.recv(&mut text).expect("it is told something");
    String::from_utf8_lossy(&text[..length]).into_owned()
}

#[test]
fn the_service_manager_is_told_and_fed() {
    let company = Company::start();
    let site = company.site();
    let path = site.path().join("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    manager.set_read_timeout(Some(DEADLINE)).unwrap();
    let variables = [
        ("NOTIFY_SOCKET", path.display().to_string()),
        ("WATCHDOG_USEC", "2000000".to_owned()),
    ];
    let mut server = Server::start_in(&site, "", &variables);
    assert_eq!(told(&manager), "READY=1\n");
    let ready = now();
    for _ in 0..2 {
        assert_eq!(told(&manager), "WATCHDOG=1\n");
    }
    assert!(now() - ready >= Duration::from_secs(1));
    server.signal(Signal::HUP);
    let mut words = String::new();
    while !words.contains("READY=1") {
        words += &told(&manager);
    }
    assert!(words.contains("RELOADING=1\nMONOTONIC_USEC="), "{words}");
    server.signal(Signal::TERM);
    while !words.contains("STOPPING=1") {
        words += &told(&manager);
    }
    assert!(server.wait().success());
}

#[test]
fn a_check_tells_the_host_key_and_the_kiosks() {
    let company = Company::start();
    let site = company.site();
    let (_, line) = crate::server::kiosk_key(site.path(), "lobby-7");
    site.write("kiosks", &line);
    let kiosks = format!("kiosks_file = \"{}/kiosks\"", site.path().display());
    let (_, section) = crate::server::section(&site, &kiosks);
    let usual = std::fs::read_to_string(site.config()).unwrap();
    site.write("rekey.toml", &format!("{usual}{section}"));
    let said = |wanted: &str| {
        let done = site.run(&["check"]);
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(said.contains(wanted), "{said}");
    };
    said("is made at the first start");
    let server = Server::start(&site, &kiosks);
    let shown = std::process::Command::new("ssh-keygen")
        .args(["-l", "-f"])
        .arg(site.path().join("host_key"))
        .output()
        .unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    let fingerprint = shown.split(' ').nth(1).unwrap();
    assert!(fingerprint.starts_with("SHA256:"), "{shown}");
    said(&format!("SSH host key: {fingerprint}"));
    said("SSH kiosks: known by their keys: lobby-7");
    drop(server);
    site.write("kiosks", "nonsense\n");
    said("FAIL  SSH kiosks");
}

/// What a unit lets a service do, from 0 to 10; the tool reads the file, nothing runs.
#[test]
fn the_units_are_closed_as_far_as_they_can_be() {
    let folder = tempfile::tempdir().unwrap();
    let units = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/systemd");
    for (unit, most) in [
        ("rekey-serve.service", 2.0),
        ("rekey-kiosk@.service", 2.5),
        ("rekey-kiosk-ssh@.service", 2.5),
    ] {
        // The tool wants units where it can write names beside them.
        let path = folder.path().join(unit);
        std::fs::copy(format!("{units}/{unit}"), &path).unwrap();
        let judged = std::process::Command::new("systemd-analyze")
            .args(["security", "--offline=true", "--no-pager"])
            .arg(&path)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&judged.stdout).into_owned();
        let exposure = said
            .lines()
            .find_map(|line| line.split_once("Overall exposure level for"))
            .and_then(|(_, rest)| rest.split_once(": "))
            .and_then(|(_, rest)| rest.split_whitespace().next()?.parse::<f64>().ok());
        let exposure = exposure.unwrap_or_else(|| panic!("{unit}: {judged:?}"));
        assert!(exposure <= most, "{unit}: {exposure}\n{said}");
        if !unit.contains("ssh") {
            // The state asks there which run of the machine this is, and who else still runs.
            for hidden in ["✗ ProcSubset=", "✗ ProtectProc="] {
                assert!(said.contains(hidden), "{unit} does not see /proc\n{said}");
            }
        }
    }
}
