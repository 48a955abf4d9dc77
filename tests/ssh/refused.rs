//! Everything that is no visit.

use crate::company::Company;
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
