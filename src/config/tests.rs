//! Every rule of `rekey.toml`, each broken once.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

/// The example's secret files, and what is in them.
const SECRETS: [(&str, &str); 5] = [
    ("bind-password", "canary-bind-password\n"),
    ("wecom-secret", "canary-wecom-secret\r\n"),
    ("wecom-token", "QDG6eK"),
    (
        "wecom-aes-key",
        "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
    ),
    ("ca.pem", "-----BEGIN CERTIFICATE-----\n"),
];

/// A folder that looks like /etc/rekey, with a rekey.toml that can be spoiled.
struct Etc {
    folder: TempDir,
    text: String,
}

impl Etc {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in SECRETS {
            let path = folder.path().join(name);
            fs::write(&path, content).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        let here = folder.path().display().to_string();
        // With everything that the example leaves out, too.
        let text = EXAMPLE
            .replace("/etc/rekey", &here)
            .replace("# callback_", "callback_");
        Self { folder, text }
    }

    /// With one piece of the file replaced.
    fn with(mut self, from: &str, to: &str) -> Self {
        assert!(self.text.contains(from), "the example has no {from:?}");
        self.text = self.text.replacen(from, to, 1);
        self
    }

    fn mode(self, file: &str, mode: u32) -> Self {
        let path = self.folder.path().join(file);
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        self
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("rekey.toml")
    }

    fn read_allowing(&self, allow: Allow) -> Result<Config, ConfigError> {
        fs::write(self.path(), &self.text).unwrap();
        Config::read(&self.path(), allow)
    }

    fn read(&self) -> Result<Config, ConfigError> {
        self.read_allowing(Allow::default())
    }

    fn config(&self) -> Config {
        self.read().unwrap_or_else(|e| panic!("refused: {e}"))
    }

    /// The error, as people see it, without the folder.
    fn error(&self) -> String {
        let error = self.read().err().expect("accepted");
        let folder = format!("{}/", self.folder.path().display());
        error.to_string().replace(&folder, "")
    }

    /// The line on which `piece` begins.
    fn line_of(&self, piece: &str) -> usize {
        let before = self.text.split(piece).next().unwrap();
        before.matches('\n').count() + 1
    }
}

/// The error when `from` in the example is replaced by `to`; it must name the line and `key`.
#[track_caller]
fn refusal(from: &str, to: &str, key: &str) -> String {
    let etc = Etc::new().with(from, to);
    let line = etc.line_of(to.lines().next().unwrap());
    let error = etc.error();
    let start = format!("rekey.toml:{line}:");
    assert!(error.starts_with(&start), "{error:?} is not on line {line}");
    assert!(error.contains(&format!(" {key}: ")), "{error:?}");
    error
}

#[track_caller]
fn accepted(from: &str, to: &str) -> Config {
    Etc::new().with(from, to).config()
}

#[test]
fn the_example_is_right_and_says_what_it_says() {
    let config = Etc::new().config();
    let site = config.site().unwrap();
    assert_eq!(site.name, "Contoso");
    assert_eq!(site.languages, Language::ALL);
    assert_eq!(site.short_address(), "reset.contoso.example");
    assert_eq!(config.site_policy().words, ["contoso"]);
    assert_eq!(
        config.site_policy().max_age,
        Duration::from_secs(120 * 86_400)
    );
    let directory = config.directory().unwrap();
    assert_eq!(directory.urls.len(), 2);
    assert_eq!(directory.login_attributes, ["uid"]);
    assert_eq!(config.code().lifetime, Duration::from_secs(300));
    assert_eq!(config.kiosk().unwrap().idle, Duration::from_secs(60));
    assert_eq!(config.chat().passwords, ChatPasswords::Temporary);
    assert_eq!(config.ssh().unwrap().remote, RemoteSessions::Code);
    assert!(config.web().unwrap().tls.is_some());
    assert_eq!(config.remind().unwrap().days, [14, 7, 3, 1, 0]);
    let hours = DayHours {
        from: 540,
        until: 1020,
    };
    assert_eq!(config.remind().unwrap().hours, hours);
    assert_eq!(config.alarm().unwrap().wecom.len(), 1);
    assert!(config.metrics().is_ok() && config.desk().is_ok());
    let store = config.store().unwrap();
    assert_eq!(store.database, PathBuf::from("/var/lib/rekey/state.db"));
    assert_eq!(directory.urls[0].as_str(), "ldaps://ldap1.contoso.example");
}

#[test]
fn secrets_lose_the_line_end_and_nothing_else() {
    let mut config = Etc::new().config();
    let directory = config.take_directory().unwrap();
    assert_eq!(directory.bind_password.expose(), "canary-bind-password");
    let wecom = config.take_wecom().unwrap();
    assert_eq!(wecom.secret.expose(), "canary-wecom-secret");
    assert!(config.take_wecom().is_err(), "taken twice");
    let inline = accepted(
        "secret_file = \"",
        "secret = \" spaces count \"\n#secret_file = \"",
    );
    assert_eq!(inline.wecom().unwrap().secret.expose(), " spaces count ");
}

#[test]
fn a_section_may_be_left_out_until_a_command_needs_it() {
    let mut etc = Etc::new();
    etc.text = "[store]\nurl = \"sqlite:state.db\"\nkey_file = \"key\"\n".to_owned();
    let config = etc.config();
    assert_eq!(
        config.store().unwrap().key_file,
        etc.folder.path().join("key"),
        "relative paths start at the file's folder"
    );
    let error = config.kiosk().err().unwrap().to_string();
    assert!(error.contains("needs a section [kiosk]"), "{error}");
    assert_eq!(config.code().digits, 6);
    assert_eq!(config.site_policy().min_length, 12);
    assert_eq!(config.chat().passwords, ChatPasswords::Off);
}

#[test]
fn unknown_keys_and_wrong_shapes_are_named_with_their_place() {
    let error = refusal("digits = 6", "digitz = 6", "code.digitz");
    assert!(error.contains("unknown key `digitz`"), "{error}");
    assert!(error.contains("`digits`"), "{error}");
    let error = refusal("[kiosk]", "[kiosque]", "kiosque");
    assert!(error.contains("unknown key `kiosque`"), "{error}");
    let error = refusal("digits = 6", "digits = \"6\"", "code.digits");
    assert!(error.contains("whole number"), "{error}");
    let nameless = Etc::new().with("name = \"lobby-1\"", "");
    let line = nameless.line_of("[kiosk]");
    let told = format!("rekey.toml:{line}:1: kiosk: missing key `name`");
    assert_eq!(nameless.error(), told);
}

#[test]
fn broken_toml_is_shown_by_line() {
    let etc = Etc::new().with("tries = 5 ", "tries = = 5 ");
    let line = etc.line_of("tries = = 5");
    let error = etc.error();
    assert!(
        error.starts_with(&format!("rekey.toml:{line}:9: ")),
        "{error}"
    );
}

#[test]
fn of_several_faults_the_first_line_is_named() {
    let etc = Etc::new()
        .with("digits = 6", "digits = 9")
        .with("\"en\", ", "\"fr\", ");
    assert!(etc.error().contains("site.languages"), "{}", etc.error());
}

#[test]
fn a_missing_file_is_named() {
    let etc = Etc::new();
    let error = Config::read(&etc.path(), Allow::default()).err().unwrap();
    assert!(error.to_string().contains("cannot be read"), "{error}");
}

#[test]
fn code_limits_are_refused_at_start() {
    for digits in ["5", "9", "-6", "600000000000"] {
        let error = refusal("digits = 6 ", &format!("digits = {digits} "), "code.digits");
        assert!(error.contains("must be 6 to 8"), "{error}");
    }
    for tries in ["0", "6", "4294967297"] {
        let error = refusal("tries = 5 ", &format!("tries = {tries} "), "code.tries");
        assert!(error.contains("must be 1 to 5"), "{error}");
    }
    for lifetime in ["0s", "11m", "601s", "1d"] {
        let to = format!("lifetime = \"{lifetime}\"");
        let error = refusal("lifetime = \"5m\"", &to, "code.lifetime");
        assert!(error.contains("\"1s\" to \"10m\""), "{error}");
    }
    assert_eq!(accepted("digits = 6 ", "digits = 8 ").code().digits, 8);
    assert_eq!(accepted("tries = 5 ", "tries = 1 ").code().tries, 1);
    let longest = accepted("lifetime = \"5m\"", "lifetime = \"10m\"");
    assert_eq!(longest.code().lifetime, Duration::from_secs(600));
}

#[test]
fn lengths_of_time_are_a_number_and_a_unit() {
    for wrong in [
        "5",
        "m",
        "",
        "5 m",
        "+5m",
        "-5m",
        "5M",
        "1.5h",
        "5min",
        "99999999999999999999d",
    ] {
        let to = format!("lifetime = \"{wrong}\"");
        let error = refusal("lifetime = \"5m\"", &to, "code.lifetime");
        assert!(error.contains("length of time"), "{wrong:?}: {error}");
    }
    let hour = accepted("idle = \"60s\"", "idle = \"1h\"");
    assert_eq!(hour.kiosk().unwrap().idle, Duration::from_secs(3600));
    refusal("idle = \"60s\"", "idle = \"0s\"", "kiosk.idle");
}

#[test]
fn policy_limits() {
    refusal(
        "min_strength = 3",
        "min_strength = 5",
        "policy.min_strength",
    );
    refusal(
        "min_strength = 3",
        "min_strength = -1",
        "policy.min_strength",
    );
    refusal("min_length = 12", "min_length = 129", "policy.min_length");
    refusal("min_length = 12", "min_length = 7", "policy.min_length");
    refusal("max_age = \"120d\"", "max_age = \"5m\"", "policy.max_age");
}

#[test]
fn passwords_never_travel_to_the_directory_in_clear() {
    let urls = "urls = [\"ldaps://ldap1.contoso.example\", \"ldaps://ldap2.contoso.example\"]";
    let error = refusal(
        urls,
        "urls = [\"ldap://ldap1.contoso.example\"]",
        "directory.urls",
    );
    assert!(error.contains("starttls = true"), "{error}");
    refusal(urls, "urls = [\"ldap://127.0.0.1:389\"]", "directory.urls");
    for wrong in [
        "http://a",
        "ldap1.contoso.example",
        "ldaps://",
        "ldaps://me:pw@a",
        "ldaps://a/dc=b",
    ] {
        refusal(urls, &format!("urls = [{wrong:?}]"), "directory.urls");
    }
    refusal(urls, "urls = []", "directory.urls");
    let tls = Etc::new()
        .with(urls, "urls = [\"ldap://ldap1.contoso.example:3389\"]")
        .with("starttls = false", "starttls = true");
    assert!(tls.config().directory().unwrap().starttls);
    let both = Etc::new().with("starttls = false", "starttls = true");
    assert!(
        both.error().contains("encrypted already"),
        "{}",
        both.error()
    );
}

#[test]
fn the_demo_may_use_plain_ldap_on_loopback_literals_only() {
    let allow = Allow {
        plain_loopback_directory: true,
    };
    let server = |host: &str| {
        Etc::new()
            .with("ca_file = ", "#")
            .with(", \"ldaps://ldap2.contoso.example\"", "")
            .with(
                "ldaps://ldap1.contoso.example",
                &format!("ldap://{host}:389"),
            )
            .read_allowing(allow)
            .is_ok()
    };
    assert!(server("127.0.0.1") && server("[::1]"));
    assert!(!server("localhost") && !server("10.0.0.1") && !server("127.0.0.1.evil.example"));
}

#[test]
fn web_addresses_are_https_or_loopback() {
    let url = "public_url = \"https://reset.contoso.example\"";
    for wrong in [
        "http://reset.contoso.example",
        "https://reset.contoso.example/path",
        "https://reset.contoso.example?x",
        "https://me@reset.contoso.example",
        "ftp://127.0.0.1",
        "reset.contoso.example",
    ] {
        refusal(url, &format!("public_url = {wrong:?}"), "site.public_url");
    }
    let local = accepted(url, "public_url = \"http://127.0.0.1:8080\"");
    assert_eq!(local.site().unwrap().short_address(), "127.0.0.1:8080");
    let api = "api = \"https://qyapi.weixin.qq.com\"";
    let error = refusal(api, "api = \"http://qyapi.weixin.qq.com\"", "wecom.api");
    assert!(error.contains("loopback only"), "{error}");
    accepted(api, "api = \"http://127.0.0.1:9\"");
}

#[test]
fn a_secret_is_given_once_and_only_its_owner_can_read_it() {
    let inline = "bind_password = \"canary\"\nbind_password_file = ";
    let twice = Etc::new().with("bind_password_file = ", inline);
    let line = twice.line_of("bind_password_file");
    let told = format!("rekey.toml:{line}:1: directory.bind_password_file: is given twice");
    assert!(twice.error().starts_with(&told), "{}", twice.error());
    assert!(!twice.error().contains("canary"));
    let neither = Etc::new().with("bind_password_file = ", "#");
    assert!(
        neither
            .error()
            .contains("directory.bind_password_file: is missing")
    );
    for mode in [0o640, 0o604, 0o620, 0o610] {
        let open = Etc::new().mode("bind-password", mode);
        let error = open.error();
        assert!(error.contains("chmod 600"), "{mode:o}: {error}");
        assert!(!error.contains("canary"), "{error}");
    }
    Etc::new().mode("bind-password", 0o400).config();
}

#[test]
fn errors_never_quote_a_secret() {
    for secret in [
        "18273645",
        "true",
        "1.8273645",
        "[\"18273645\"]",
        "{ a = 18273645 }",
    ] {
        let to = format!("secret = {secret}\n#");
        let etc = Etc::new().with("secret_file = ", &to);
        let error = etc.error();
        assert!(error.contains("text in quotes"), "{error}");
        assert!(!error.contains("8273645"), "{error}");
    }
    let unclosed = Etc::new().with("secret_file = ", "secret = \"canary-7\n#");
    assert!(!unclosed.error().contains("canary"), "{}", unclosed.error());
    let two_lines = Etc::new();
    fs::write(two_lines.folder.path().join("bind-password"), "canary\nb\n").unwrap();
    assert!(two_lines.error().contains("one line"));
    assert!(!two_lines.error().contains("canary"));
}

#[test]
fn an_empty_or_missing_secret_file_is_refused() {
    let etc = Etc::new();
    fs::write(etc.folder.path().join("wecom-secret"), "\n").unwrap();
    assert!(etc.error().contains("wecom.secret_file: holds no secret"));
    fs::remove_file(etc.folder.path().join("wecom-secret")).unwrap();
    assert!(etc.error().contains("cannot be read"));
    let ca = Etc::new();
    fs::write(ca.folder.path().join("ca.pem"), "no certificate").unwrap();
    assert!(ca.error().contains("PEM form"), "{}", ca.error());
    fs::remove_file(ca.folder.path().join("ca.pem")).unwrap();
    assert!(ca.error().contains("directory.ca_file"));
    let none = Etc::new().with("ca_file = ", "#");
    assert!(none.error().contains("ca_file: is missing"));
}

#[test]
fn three_kinds_of_directory_are_known_each_with_its_login_names() {
    let uid = ["uid"].as_slice();
    let windows = ["sAMAccountName", "userPrincipalName"].as_slice();
    for (written, kind, logins) in [
        ("openldap", DirectoryKind::OpenLdap, uid),
        ("389ds", DirectoryKind::Ds389, uid),
        ("active-directory", DirectoryKind::ActiveDirectory, windows),
    ] {
        let etc = Etc::new()
            .with("kind = \"openldap\"", &format!("kind = {written:?}"))
            .with("login_attributes = [\"uid\"]", "");
        let config = etc.config();
        let directory = config.directory().unwrap();
        assert_eq!(directory.kind, kind);
        assert_eq!(directory.login_attributes, logins);
    }
    let error = refusal("kind = \"openldap\"", "kind = \"novell\"", "directory.kind");
    assert!(error.contains("not known"), "{error}");
}

#[test]
fn languages_are_known_and_at_least_one() {
    let all = "languages = [\"en\", \"zh-CN\", \"id\"]";
    for wrong in ["[]", "[\"fr\"]", "[\"en\", \"en\"]", "[\"EN\"]"] {
        refusal(all, &format!("languages = {wrong}"), "site.languages");
    }
    let one = accepted(all, "languages = [\"zh-CN\"]");
    assert_eq!(one.site().unwrap().languages, [Language::Chinese]);
}

#[test]
fn names_in_the_directory_are_well_formed() {
    let attribute = "wecom_attribute = \"employeeNumber\"";
    let injected = "wecom_attribute = \"a)(uid=*\"";
    refusal(attribute, injected, "directory.wecom_attribute");
    refusal(
        "login_attributes = [\"uid\"]",
        "login_attributes = []",
        "directory.login_attributes",
    );
    refusal(
        "people_base = \"ou=",
        "people_base = \"people,",
        "directory.people_base",
    );
    refusal(
        "protected_groups = []",
        "protected_groups = [\"admins\"]",
        "directory.protected_groups",
    );
}

#[test]
fn wecom_values_are_well_formed() {
    refusal("agent_id = 1000002", "agent_id = 0", "wecom.agent_id");
    refusal("corp_id = \"ww", "corp_id = \"w w", "wecom.corp_id");
    refusal("weixin.qq.com\"", "weixin.qq.com/proxy\"", "wecom.api");
    let half = Etc::new().with("callback_aes_key_file = ", "#");
    assert!(half.error().contains("callback_aes_key_file: is missing"));
    let short = Etc::new();
    fs::write(short.folder.path().join("wecom-aes-key"), "abc").unwrap();
    assert!(short.error().contains("43 letters"));
}

#[test]
fn state_is_kept_in_a_file() {
    let url = "url = \"sqlite:/var/lib/rekey/state.db\"";
    for wrong in [
        "sqlite::memory:",
        "sqlite:",
        "postgres://db",
        "/var/lib/rekey/state.db",
    ] {
        refusal(url, &format!("url = {wrong:?}"), "store.url");
    }
}

#[test]
fn the_later_fronts_are_checked_too() {
    refusal(
        "listen = \"0.0.0.0:2222\"",
        "listen = \"2222\"",
        "ssh.listen",
    );
    refusal("remote = \"code\"", "remote = \"codes\"", "ssh.remote");
    refusal(
        "passwords = \"temporary\"",
        "passwords = \"on\"",
        "chat.passwords",
    );
    refusal(
        "trusted_proxies = []",
        "trusted_proxies = [\"10.0.0.0/8\"]",
        "web.trusted_proxies",
    );
    let plain = Etc::new()
        .with("tls_cert_file", "#")
        .with("tls_key_file", "#");
    assert!(plain.error().contains("loopback"), "{}", plain.error());
    plain.with("0.0.0.0:8443", "127.0.0.1:8443").config();
    let half = Etc::new().with("tls_key_file", "#");
    assert!(half.error().contains("tls_key_file: is missing"));
    for wrong in [
        "09:00",
        "17:00-09:00",
        "9:00-17:00",
        "09:00-24:01",
        "09:60-17:00",
    ] {
        let to = format!("hours = {wrong:?}");
        refusal("hours = \"09:00-17:00\"", &to, "remind.hours");
    }
    for wrong in ["[]", "[-1]", "[366]", "[7, 7]"] {
        refusal(
            "days = [14, 7, 3, 1, 0]",
            &format!("days = {wrong}"),
            "remind.days",
        );
    }
    refusal(
        "wecom = [\"security.lead\"]",
        "wecom = [\"a b\"]",
        "alarm.wecom",
    );
    refusal(
        "listen = \"127.0.0.1:9187\"",
        "listen = \"x\"",
        "metrics.listen",
    );
}

#[test]
fn a_site_word_that_would_never_be_found_is_refused() {
    for word in ["co", "a-b-c", "张"] {
        let words = format!("words = [\"{word}\"]");
        refusal("words = [\"contoso\"]", &words, "site.words");
    }
    let han = Etc::new().with("words = [\"contoso\"]", "words = [\"张三\", \"IBM\"]");
    assert_eq!(han.read().unwrap().site_policy().words, ["张三", "IBM"]);
}

#[test]
fn the_example_is_whole_once_its_files_are_there() {
    let mut etc = Etc::new();
    etc.text = etc.text.replace("\ncallback_", "\n# callback_");
    fs::remove_file(etc.folder.path().join("wecom-token")).unwrap();
    fs::remove_file(etc.folder.path().join("wecom-aes-key")).unwrap();
    assert!(etc.read().is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is in the file, it is read or refused, and no secret gets into the refusal.
    #[test]
    fn any_file_is_read_or_refused(
        at in any::<prop::sample::Index>(),
        length in 0usize..40,
        instead in "\\PC{0,12}|[\\[\\]{}=\"'#\n\\\\]{0,8}",
    ) {
        let mut etc = Etc::new().with("bind_password_file = ", "bind_password = \"canary\" #");
        let starts: Vec<usize> = etc.text.char_indices().map(|(start, _)| start).collect();
        let start = starts[at.index(starts.len())];
        let end = etc.text[start..].char_indices().nth(length).map_or(etc.text.len(), |(n, _)| start + n);
        etc.text.replace_range(start..end, &instead);
        if let Err(error) = etc.read_allowing(Allow::default()) {
            prop_assert!(!error.to_string().contains("canary"), "{error}");
        }
    }
}
