//! Everything that is no visit.

use crate::camera::picture;
use crate::company::Company;
use crate::raw::Raw;
use crate::server::Server;
use crate::visit::{MENU, Visit as _};

#[test]
fn no_command_no_file_no_forwarding() {
    let company = Company::start();
    let site = company.site();
    let server = Server::start(&site, "");
    let target = "reset@127.0.0.1";

    for command in ["id", "sh", "scp -t /tmp", "cat /etc/passwd"] {
        let (said, status) = server.run("ssh", &[], &[target, command]);
        assert!(said.contains("No commands can be run here"), "{said}");
        assert_ne!(status, 0, "{command}");
    }
    let (said, status) = server.run("sftp", &[], &[target]);
    assert!(said.contains("There are no files here"), "{said}");
    assert_ne!(status, 0);
    let upload = format!("{target}:/tmp/x");
    let (said, status) = server.run("scp", &[], &["/etc/hostname", &upload]);
    assert!(said.contains("There are no files here"), "{said}");
    assert_ne!(status, 0);
    let (said, status) = server.run(
        "ssh",
        &["-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:9"],
        &[target],
    );
    assert!(said.contains("remote port forwarding failed"), "{said}");
    assert_ne!(status, 0);
    let (said, status) = server.run("ssh", &["-W", "127.0.0.1:9"], &[target]);
    assert!(said.contains("nothing is forwarded here"), "{said}");
    assert_ne!(status, 0);
}

#[test]
fn where_only_the_phone_may_no_code_is_asked_for() {
    let company = Company::start();
    let site = company.site();
    let server = Server::start(&site, "remote = \"phone\"");
    let mut pty = server.client().size(100, 40).start();
    pty.wait_for_text(MENU);
    pty.wait_for(|screen| picture(screen).is_some());
    // It holds the form's address, and is nobody's way back to this terminal.
    let form = "HTTPS://RESET.CONTOSO.EXAMPLE/";
    assert_eq!(picture(pty.screen()).as_deref(), Some(form));
    assert!(!pty.screen_text().contains("IT support"));
    assert!(!pty.screen_text().contains("No camera"));
    // There is no third way, not even for who knows its number.
    pty.send("31");
    pty.wait_for_text("Set it on your phone, in WeCom");
    let mut plain = server.client().env("TERM", "dumb").start();
    plain.wait_for_text("press Enter:");
    assert!(!plain.screen_text().contains("3 IT support"));
    plain.send("3\r");
    plain.wait_for_text("There is no such choice.");
    assert_eq!(site.events(), Vec::<String>::new());
}

#[test]
fn where_only_kiosks_may_come_in_others_are_told_so() {
    let company = Company::start();
    let site = company.site();
    let server = Server::start(&site, "remote = \"off\"");
    let mut pty = server.client().start();
    pty.wait_for_text("are set at a kiosk, or in WeCom");
    assert!(!pty.wait_exit().success());
}

#[test]
fn the_eleventh_session_of_one_source_is_told_why_and_the_others_go_on() {
    let company = Company::start();
    let site = company.site();
    let server = Server::start(&site, "");
    let mut ten: Vec<_> = (0..10).map(|_| server.client().start()).collect();
    for pty in &mut ten {
        pty.wait_for_text(MENU);
    }
    let mut eleventh = server.client().start();
    eleventh.wait_for_text("Too many sessions from your address");
    assert!(!eleventh.wait_exit().success());
    ten[0].choose_it_support();
}

#[test]
fn at_the_end_people_are_told_and_the_server_goes() {
    let company = Company::start();
    let site = company.site();
    let mut server = Server::start(&site, "");
    let mut pty = server.client().start();
    pty.wait_for_text(MENU);
    server.signal(rustix::process::Signal::TERM);
    pty.wait_for_text("The service is restarting");
    pty.wait_exit();
    pty.assert_restored();
    assert!(server.wait().success());
}

#[test]
fn what_is_asked_for_beside_a_visit_is_refused_and_the_visit_goes_on() {
    let company = Company::start();
    let site = company.site();
    let server = Server::start(&site, "");
    let control = site.path().join("control");
    let control = format!("ControlPath={}", control.display());
    let mut pty = server
        .client_with(&["-o", "ControlMaster=yes", "-o", &control, "-A"])
        .env("DISPLAY", ":9")
        .start();
    pty.wait_for_text(MENU);
    // A second session on the same connection, and a forwarded port.
    let target = "reset@127.0.0.1";
    for words in [vec![target], vec![target, "id"]] {
        let (said, status) = server.run("ssh", &["-o", &control], &words);
        // OpenSSH tells of the refusal, keeps the reason to itself, and tries a connection of its
        // own, where it is told what it is told there.
        assert!(said.contains("Session open refused by peer"), "{said}");
        assert_ne!(status, 0, "{said}");
    }
    let (said, status) = server.run("ssh", &["-o", &control, "-W", "127.0.0.1:9"], &[target]);
    assert!(
        said.contains("refused") || said.contains("nothing is forwarded"),
        "{said}"
    );
    assert_ne!(status, 0);
    pty.choose_it_support();
}

/// What OpenSSH's client keeps to itself.
#[test]
fn what_no_visit_needs_is_refused_in_its_own_words() {
    let company = Company::start();
    let site = company.site();
    let server = Server::start(&site, "");
    let mut raw = Raw::knock(server.at());
    assert!(raw.may_set("LANG", "en_US.UTF-8"));
    assert!(raw.may_set("LC_ALL", "en_US.UTF-8"));
    for name in ["LD_PRELOAD", "PATH", "SSH_AUTH_SOCK", "DISPLAY"] {
        assert!(!raw.may_set(name, "x"), "{name}");
    }
    raw.enter("xterm", (80, 24));
    raw.wait_for_text(MENU);
    assert!(!raw.may_forward_agent());
    assert!(!raw.may_forward_x11());
    assert!(!raw.may_set("LANG", "zh_CN.UTF-8"));
    for (what, refused) in raw.other_channels() {
        assert!(
            refused.contains("AdministrativelyProhibited"),
            "{what}: {refused}"
        );
    }
    assert!(!raw.may_listen());
    raw.send("3");
    raw.wait_for_text(crate::visit::WHO);
}
