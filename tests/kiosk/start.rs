//! What the kiosk refuses to start with: one sentence, exit code 1, and the terminal as it was.

use std::os::unix::fs::PermissionsExt as _;

use crate::company::{Company, REKEY, Site};
use crate::pty::Setup;
use crate::support::certs::Ca;
use crate::visit::{Visit, at_menu};

/// Starts the kiosk with everything on the terminal; what it says.
#[track_caller]
fn refused(site: &Site) -> String {
    let mut pty = Setup::new(REKEY)
        .args([
            "kiosk".as_ref(),
            "--config".as_ref(),
            site.config().as_os_str(),
        ])
        .size(200, 24)
        .start();
    assert_eq!(pty.wait_exit().code(), Some(1));
    pty.assert_restored();
    let said = String::from_utf8(pty.raw_output().to_vec()).unwrap();
    assert!(
        !said.contains('\x1b'),
        "the terminal is not touched: {said:?}"
    );
    assert_eq!(said.trim_end().lines().count(), 1, "one sentence: {said}");
    said
}

#[test]
fn a_configuration_that_is_wrong_is_named_by_its_key() {
    let company = Company::start();
    for (right, wrong, key) in [
        ("name = \"lobby-1\"", "naem = \"lobby-1\"", "naem"),
        (
            "languages = [\"en\"",
            "languages = [\"xx\"",
            "site.languages",
        ),
        ("[kiosk]", "[code]\ndigits = 4\n[kiosk]", "code.digits"),
        ("kind = \"openldap\"", "kind = \"nds\"", "directory.kind"),
        ("starttls = false", "starttls = 3", "directory.starttls"),
        (
            "api = \"http://127.0.0.1",
            "api = \"http://192.0.2.1",
            "wecom.api",
        ),
    ] {
        let site = company.site_with(|config| {
            assert!(config.contains(right), "{right}");
            config.replace(right, wrong)
        });
        let said = refused(&site);
        assert!(said.contains("rekey.toml:") && said.contains(key), "{said}");
        assert!(!site.path().join("state.db").exists(), "nothing was made");
    }
}

#[test]
fn a_secret_that_others_can_read_is_refused() {
    let company = Company::start();
    for file in ["bind-password", "wecom-secret"] {
        let site = company.site();
        let path = site.path().join(file);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let said = refused(&site);
        assert!(said.contains("others can read it"), "{said}");
        assert!(
            said.contains(&format!("chmod 600 {}", path.display())),
            "{said}"
        );
    }
}

#[test]
fn a_ca_that_is_none_is_refused_and_another_one_trusts_nobody() {
    let company = Company::start();
    let site = company.site();
    site.write("ca.pem", "not a certificate");
    let said = refused(&site);
    assert!(said.contains("directory.ca_file") && said.contains("holds no certificate"));
    std::fs::remove_file(site.path().join("ca.pem")).unwrap();
    let said = refused(&site);
    assert!(said.contains("directory.ca_file"), "{said}");

    site.write("ca.pem", Ca::new("Somebody Else's CA").pem());
    let mut pty = at_menu(site.kiosk());
    pty.choose_it_support();
    pty.send("lin.wei\r");
    pty.wait_for_text("The company directory does not answer");
}

#[test]
fn a_site_key_is_never_made_anew_where_records_exist() {
    let company = Company::start();
    let site = company.site();
    let mut pty = at_menu(site.kiosk());
    pty.say_who("lin.wei");
    drop(pty);
    let key = site.path().join("key");
    let kept = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let said = refused(&site);
    assert!(
        said.contains("is missing although audit records exist"),
        "{said}"
    );
    assert!(!key.exists(), "not made anew");
    assert_eq!(site.audit("verify").status.code(), Some(1));
    site.write("key", &String::from_utf8(kept).unwrap());
    site.assert_chain_holds();
}

#[test]
fn without_a_terminal_it_says_so() {
    let company = Company::start();
    let site = company.site();
    let done = site.run(&["kiosk"]);
    assert_eq!(done.status.code(), Some(1));
    let said = String::from_utf8(done.stderr).unwrap();
    assert!(said.contains("needs a terminal"), "{said}");
    assert!(done.stdout.is_empty());
}
