//! `rekey check` by the administrator: everything right, and each thing that can be wrong.

use std::process::{Command, Output};

use rustix::process::Signal;

use crate::company::{Company, REKEY, Site};
use crate::pty::Setup;
use crate::support::certs::Ca;
use crate::support::ds389::{self, Ds389};
use crate::support::faketime;
use crate::support::samba::{self, Samba};
use crate::support::slapd::{
    DEFAULT_POLICY, PEOPLE, READER_DN, SERVICE_DN, SERVICE_PASSWORD, SETTER_DN, dn,
};
use crate::visit::at_menu;

/// What it said, and how it ended.
struct Told {
    text: String,
    code: Option<i32>,
}

impl Told {
    #[track_caller]
    fn has(&self, line: &str) {
        assert!(
            self.text.contains(line),
            "{line:?} is not in\n{}",
            self.text
        );
    }

    /// A part that is wrong, why, and what to do; the exit code says so too.
    #[track_caller]
    fn fails(&self, part: &str, why: &str, remedy: &str) {
        let mut lines = self.text.lines();
        let found =
            lines.any(|line| line.starts_with(&format!("FAIL  {part}")) && line.contains(why));
        assert!(found, "{part} {why} does not fail in\n{}", self.text);
        let next = lines.next().unwrap_or_default();
        assert!(
            next.starts_with("      -> ") && next.contains(remedy),
            "{next}"
        );
        assert_eq!(self.code, Some(1));
    }
}

fn check(site: &Site) -> Told {
    let Output { status, stdout, .. } = site.run(&["check"]);
    Told {
        text: String::from_utf8(stdout).unwrap(),
        code: status.code(),
    }
}

#[test]
fn on_openldap_everything_works_and_nothing_is_changed() {
    let company = Company::start();
    let look = || {
        ["lin.wei", "nomap", "sun.strict", "admin.boss"]
            .map(|login| company.slapd.entry(&dn(login), &["*", "+"]))
    };
    let before = look();
    let site = company.site();
    let told = check(&site);
    for line in [
        "ok    configuration: ",
        "ok    state: ",
        "certificate, sign-in and search work",
        "; may reset",
        "ok    rights: the service account can write nothing else that was tried",
        "ok    people: 11 people, 0 of them protected",
        "warn  mapping: 10 of 11 people have a WeCom id; 1 without one; 2 who share one",
        "-     mapping rights: whether employees can write employeeNumber is not told",
        "ok    policy: at least 12 bytes, renewed every 120 days",
        "ok    history: the last 5 passwords are refused on resets",
        "-     clock: this server does not tell its time",
        "ok    WeCom token: ",
        "ok    WeCom app: \"Reset Password\" is enabled; visible to ",
        "ok    WeCom member: an employee's WeCom id leads to an active member",
        "ok    picture: HTTPS://RESET.CONTOSO.EXAMPLE/K/",
        "and read back",
        "-     terminal: ",
        "\nEverything works, 1 to think about.\n",
    ] {
        told.has(line);
    }
    assert_eq!(told.code, Some(0), "{}", told.text);
    assert_eq!(look(), before);
    assert!(!site.path().join("state.db").exists(), "it begins no state");
    assert!(!site.path().join("key").exists(), "nor a key");
    assert!(!told.text.contains(SERVICE_PASSWORD));
}

#[test]
fn on_active_directory_everything_works_and_nothing_is_changed() {
    let company = Company::start();
    let samba = Samba::start();
    let site = |bind_dn: &str, password: &str| {
        let directory = format!(
            "kind = \"active-directory\"\nurls = [{:?}]\nca_file = \"samba.pem\"\n\
             bind_dn = {bind_dn:?}\nbind_password = {password:?}\npeople_base = {:?}\n\
             wecom_attribute = \"employeeNumber\"\nprotected_groups = [{:?}]\n",
            samba.ldaps_url(),
            samba::STAFF,
            samba::ADMINS
        );
        site_on(&company, &directory, "samba.pem", samba.ca_pem())
    };
    let look = || samba.entry(&samba::dn("lin.wei"), &["*", "badPwdCount", "lockoutTime"]);
    let before = look();
    let told = check(&site(samba::SERVICE_DN, samba::SERVICE_PASSWORD));
    for line in [
        "; may reset",
        "ok    rights: ",
        "ok    mapping rights: employees cannot write their own employeeNumber",
        "ok    policy: at least 12 UTF-16 units, 3 kinds of characters, renewed every 120 days",
        "warn  history: the directory remembers 5 passwords and does not judge resets",
        "ok    fine-grained policies: can be read",
        "ok    index: employeeNumber has one",
        "ok    clock: the directory's clock and this one are 0 s apart",
    ] {
        told.has(line);
    }
    assert_eq!(told.code, Some(0), "{}", told.text);

    let blind = check(&site(samba::BLIND_DN, samba::SERVICE_PASSWORD));
    blind.has("warn  fine-grained policies: cannot be read");
    let reader = check(&site(samba::READER_DN, samba::SERVICE_PASSWORD));
    reader.fails(
        "ldaps://",
        "lacks the right to reset passwords",
        "rights.sddl",
    );
    let all_powerful = check(&site(samba::ADMIN_DN, samba::ADMIN_PASSWORD));
    all_powerful.has("warn  rights: the service account can also write ");
    all_powerful.has("more attributes: whoever holds it can do more than reset");
    assert_eq!(look(), before);

    samba.modify_as_admin(&format!(
        "dn: CN=Employee-Number,CN=Schema,CN=Configuration,{}\nchangetype: modify\n\
         replace: searchFlags\nsearchFlags: 0\n",
        samba::DOMAIN
    ));
    let slow = check(&site(samba::SERVICE_DN, samba::SERVICE_PASSWORD));
    slow.has("warn  index: employeeNumber has none: ");
}

#[test]
fn on_389ds_everything_works_and_nothing_is_changed() {
    let company = Company::start();
    let server = Ds389::start();
    let site = |bind_dn: &str, password: &str| {
        let directory = format!(
            "kind = \"389ds\"\nurls = [{:?}]\nca_file = \"389.pem\"\nbind_dn = {bind_dn:?}\n\
             bind_password = {password:?}\npeople_base = {:?}\n\
             wecom_attribute = \"employeeNumber\"\n",
            server.ldaps_url(),
            ds389::PEOPLE
        );
        site_on(&company, &directory, "389.pem", server.ca_pem())
    };
    let before = server.ldif(&ds389::dn("lin.wei"));
    let told = check(&site(ds389::SERVICE_DN, ds389::SERVICE_PASSWORD));
    for line in [
        "; may reset",
        "ok    rights: ",
        "-     mapping rights: whether employees can write employeeNumber is not told",
        "ok    policy: at least 12 characters, 3 kinds of characters, renewed every 120 days",
        "ok    history: the last 5 passwords are refused on resets",
    ] {
        told.has(line);
    }
    assert_eq!(told.code, Some(0), "{}", told.text);
    let reader = check(&site(ds389::READER_DN, ds389::SERVICE_PASSWORD));
    reader.fails(
        "ldaps://",
        "lacks the right to write userPassword",
        "2-access.ldif",
    );
    let blind = check(&site(ds389::BLIND_DN, ds389::SERVICE_PASSWORD));
    blind.fails(
        "ldaps://",
        "lacks the right to write passwordExpirationTime",
        "2-access.ldif",
    );
    let manager = check(&site(ds389::ROOT_DN, ds389::ROOT_PASSWORD));
    manager.has("warn  rights: the service account can read password hashes");
    assert_eq!(server.ldif(&ds389::dn("lin.wei")), before);
}

#[test]
fn what_is_wrong_with_the_directory_is_named_with_its_remedy() {
    let company = Company::start();
    let replaced = |old: &str, new: &str| {
        let site = company.site_with(|config| {
            assert!(config.contains(old), "{old}");
            config.replace(old, new)
        });
        site.write("other-ca.pem", Ca::new("Another CA").pem());
        site.write("wrong-password", "not the service account's");
        check(&site)
    };
    let port = company.gate.port().to_string();
    for (old, new, why, remedy) in [
        (
            "/ca.pem",
            "/other-ca.pem",
            "its certificate is not accepted",
            "ca_file",
        ),
        (
            "/bind-password",
            "/wrong-password",
            "the sign-in as the service account fails",
            "bind_dn",
        ),
        (
            port.as_str(),
            "1",
            "no encrypted connection",
            "Is the server up",
        ),
        (
            PEOPLE,
            "ou=people,dc=elsewhere",
            "the search fails",
            "people_base",
        ),
        (
            SERVICE_DN,
            READER_DN,
            "lacks the right to write userPassword",
            "4-access.ldif",
        ),
    ] {
        replaced(old, new).fails("ldaps://", why, remedy);
    }
    let rootdn = company.site_with(|config| {
        let config = config.replace(SERVICE_DN, "cn=root,dc=example,dc=test");
        config.replace("bind-password\"", "root-password\"")
    });
    rootdn.write("root-password", "Root-Passw0rd-1");
    let told = check(&rootdn);
    told.has("warn  rights: the service account can read password hashes");
    let nobody = replaced("\"employeeNumber\"", "\"carLicense\"");
    nobody.fails(
        "mapping",
        "0 of 11 people have a WeCom id",
        "Fill carLicense",
    );
    // What comes after a directory that is down is not tried, and WeCom is.
    let down = replaced(&port, "1");
    down.has("-     policy: no directory server answers so far");
    down.has("ok    WeCom token");
}

#[test]
fn what_temporary_passwords_need_of_the_directory_is_looked_at_where_the_chat_sets_them() {
    let company = Company::start();
    let chat = |passwords: &str| {
        check(&company.site_with(|c| format!("{c}\n[chat]\npasswords = {passwords:?}\n")))
    };
    chat("temporary").has("ok    temporary passwords: can be set for one sign-in");
    company.slapd.modify_as_root(&format!(
        "dn: {DEFAULT_POLICY}\nchangetype: modify\nreplace: pwdMustChange\npwdMustChange: FALSE\n"
    ));
    chat("temporary").fails(
        "temporary passwords",
        "does not say pwdMustChange: TRUE",
        "let [chat] passwords be \"off\"",
    );
    for other in ["off", "allow"] {
        assert!(!chat(other).text.contains("temporary passwords"), "{other}");
    }
    company.slapd.modify_as_root(&format!(
        "dn: {DEFAULT_POLICY}\nchangetype: modify\nreplace: pwdMustChange\npwdMustChange: TRUE\n"
    ));
    let setter = company.site_with(|config| {
        let config = config.replace(SERVICE_DN, SETTER_DN);
        format!("{config}\n[chat]\npasswords = \"temporary\"\n")
    });
    check(&setter).fails(
        "temporary passwords",
        "may not write pwdReset",
        "4-access.ldif",
    );
}

#[test]
fn what_is_wrong_with_wecom_is_named_with_its_remedy() {
    let company = Company::start();
    let site = company.site();
    site.write("wecom-secret", "not the secret");
    check(&site).fails("WeCom token", "the app's secret is wrong", "secret_file");
    site.write("wecom-secret", crate::company::WECOM_SECRET);
    company
        .wecom
        .set_faults(|faults| faults.untrusted_ip = true);
    check(&site).fails(
        "WeCom app",
        "not among the app's trusted IPs",
        "trusted IPs",
    );
    company.wecom.set_faults(|faults| {
        faults.untrusted_ip = false;
        faults.app_closed = true;
    });
    check(&site).fails("WeCom app", "is disabled", "Enable the app");
    company.wecom.set_faults(|faults| faults.down = true);
    check(&site).fails("WeCom token", "", "Can this host reach");
}

#[test]
fn what_phones_need_of_the_app_is_looked_at_where_there_is_a_web_front() {
    let company = Company::start();
    let site = company.site_with(|c| format!("{c}\n[web]\nlisten = \"127.0.0.1:0\"\n"));
    let told = check(&site);
    told.has("FAIL  WeCom sign-in: the app has no trusted domain");
    told.has("warn  WeCom home page: ");
    company
        .wecom
        .set_home("https://elsewhere.example:8443/")
        .unwrap();
    check(&site).fails("WeCom sign-in", "elsewhere.example:8443", "trusted domain");
    company
        .wecom
        .set_home("https://reset.contoso.example/")
        .unwrap();
    company.wecom.set_reports_entering(false);
    let told = check(&site);
    told.has("ok    WeCom sign-in: reset.contoso.example is the app's trusted domain");
    told.has("ok    WeCom home page: ");
    told.has("warn  WeCom chat: the app is not told when an employee opens its chat");
}

#[test]
fn what_is_wrong_on_this_machine_is_named_with_its_remedy() {
    use std::os::unix::fs::PermissionsExt as _;
    let company = Company::start();
    let changed = |old: &str, new: &str| check(&company.site_with(|c| c.replace(old, new)));
    let readable = company.site();
    let secret = readable.path().join("wecom-secret");
    std::fs::set_permissions(secret, std::fs::Permissions::from_mode(0o644)).unwrap();
    check(&readable).fails("configuration", "wecom-secret", "Mend that");
    changed("[kiosk]", "[kiosks]").fails("configuration", "kiosks", "Mend that");
    changed("state.db", "nowhere/state.db").fails("state", "no folder", "Make it");
    changed(
        "https://reset.contoso.example",
        &format!("https://{0}.{0}.example", "long".repeat(12)),
    )
    .fails("picture", "too long", "shorter [site] public_url");

    // A kiosk has been there; then somebody cut the record's tail off.
    let site = company.site();
    let mut kiosk = at_menu(site.kiosk());
    kiosk.kill(Signal::TERM);
    kiosk.wait_exit();
    check(&site).has("records, none altered or missing");
    site.write("key.head", "999 00");
    check(&site).fails("audit record", "", "Keep all files as they are");
}

#[test]
fn on_the_kiosks_own_terminal_it_says_what_can_be_shown() {
    let company = Company::start();
    let site = company.site();
    for (variable, value, says) in [
        (
            "LANG",
            "C.UTF-8",
            "ok    terminal: TERM=xterm-256color: 16 colours, the picture and Chinese can be shown",
        ),
        (
            "NO_COLOR",
            "1",
            "ok    terminal: TERM=xterm-256color: no colours, the picture and Chinese can be shown",
        ),
        (
            "LANG",
            "C",
            "warn  terminal: TERM=xterm-256color: 16 colours, ASCII only, without picture or Chinese",
        ),
        (
            "TERM",
            "linux",
            "warn  terminal: TERM=linux: 16 colours, no half blocks: the menu shows an address",
        ),
    ] {
        let config = site.config();
        let words = ["check".as_ref(), "--config".as_ref(), config.as_os_str()];
        let mut pty = Setup::new(REKEY)
            .args(words)
            .size(200, 60)
            .env(variable, value)
            .start();
        assert_eq!(pty.wait_exit().code(), Some(0), "{}", pty.screen_text());
        let said = pty.screen_text();
        assert!(said.contains(says), "{says:?} is not in\n{said}");
        let coloured = pty.raw_output().windows(5).any(|w| w == b"\x1b[32m");
        assert_eq!(coloured, variable != "NO_COLOR", "{said}");
    }
}

#[test]
fn a_directory_whose_clock_is_elsewhere_is_a_warning() {
    let company = Company::start();
    let server = Ds389::start();
    let directory = format!(
        "kind = \"389ds\"\nurls = [{:?}]\nca_file = \"389.pem\"\nbind_dn = {:?}\n\
         bind_password = {:?}\npeople_base = {:?}\nwecom_attribute = \"employeeNumber\"\n",
        server.ldaps_url(),
        ds389::SERVICE_DN,
        ds389::SERVICE_PASSWORD,
        ds389::PEOPLE
    );
    let site = site_on(&company, &directory, "389.pem", server.ca_pem());
    check(&site).has("ok    clock: the directory's clock and this one are 0 s apart");
    // It is this machine's clock that is moved.
    let Output { stdout, .. } = Command::new(REKEY)
        .args([
            "check".as_ref(),
            "--config".as_ref(),
            site.config().as_os_str(),
        ])
        .envs(faketime::moved_by("+2h"))
        .output()
        .unwrap();
    let told = String::from_utf8(stdout).unwrap();
    let says = "warn  clock: the directory's clock and this one are 72";
    assert!(told.contains(says), "{told}");
    assert!(told.contains("follow the same time server"), "{told}");
}

/// A site whose `[directory]` is another one.
pub(crate) fn site_on(company: &Company, directory: &str, ca_file: &str, ca: &str) -> Site {
    let site = company.site_with(|config| {
        let (before, rest) = config.split_once("[directory]\n").unwrap();
        let (_, after) = rest.split_once("\n[wecom]").unwrap();
        format!("{before}[directory]\n{directory}\n[wecom]{after}")
    });
    site.write(ca_file, ca);
    site
}
