//! The simulated directory seen through a client library and through OpenLDAP's own tools.

use std::process::{Command, Output};
use std::time::Duration;

use ldap3::controls::RawControl;
use ldap3::exop::{PasswordModify, WhoAmI};
use ldap3::{Ldap, LdapConnAsync, Mod, Scope, SearchEntry};
use ldap3_proto::control::LdapControl;
use ldap3_proto::proto::*;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_util::codec::{Decoder, Encoder};

use super::*;
use crate::sim::clock::{SeededEntropy, SimClock};

const SUFFIX: &str = "dc=contoso,dc=example";
const LIN_WEI: &str = "uid=lin.wei,ou=people,dc=contoso,dc=example";
const SITI: &str = "uid=siti.rahma,ou=people,dc=contoso,dc=example";
const JOHN: &str = "uid=john.miller,ou=people,dc=contoso,dc=example";
const SERVICE: &str = "cn=rekey,dc=contoso,dc=example";
const SERVICE_PASSWORD: &str = "service-secret";
const OLD: &str = "Teapot-Lantern-41";
const NEW: &str = "Violet-Harbour-88";
const DAY: Duration = Duration::from_secs(86_400);

struct Bench {
    sim: SimLdap,
    clock: Arc<SimClock>,
}

fn person(login: &str, password: SeedPassword) -> SeedEntry {
    let dn = format!("uid={login},ou=people,{SUFFIX}");
    let attributes = [
        ("objectClass", "inetOrgPerson"),
        ("uid", login),
        ("cn", "王小明"),
        ("mail", "One@Contoso.example"),
        ("mail", "two@contoso.example"),
        ("employeeNumber", "LinWei"),
    ];
    SeedEntry::new(&dn, &attributes).with_password(password)
}

fn password(text: &str, days: u32) -> SeedPassword {
    SeedPassword {
        text: text.to_owned(),
        age: Some(DAY * days),
        ..SeedPassword::default()
    }
}

async fn bench() -> Bench {
    bench_with_min_age("0").await
}

async fn bench_with_min_age(min_age: &str) -> Bench {
    let policy = [
        ("objectClass", "pwdPolicy"),
        ("pwdMaxAge", "10368000"),
        ("pwdExpireWarning", "1209600"),
        ("pwdInHistory", "2"),
        ("pwdCheckQuality", "2"),
        ("pwdMinLength", "12"),
        ("pwdMinAge", min_age),
        ("pwdMaxFailure", "5"),
        ("pwdLockout", "TRUE"),
        ("pwdLockoutDuration", "900"),
        ("pwdMustChange", "TRUE"),
    ];
    let service = SeedPassword {
        text: SERVICE_PASSWORD.to_owned(),
        ..SeedPassword::default()
    };
    let locked = SeedPassword {
        locked: true,
        ..password(OLD, 10)
    };
    let admins = [("objectClass", "groupOfNames"), ("member", LIN_WEI)];
    let setup = LdapSetup {
        suffix: SUFFIX.to_owned(),
        entries: vec![
            SeedEntry::new(SUFFIX, &[("objectClass", "organization")]),
            SeedEntry::new(&format!("ou=people,{SUFFIX}"), &[("ou", "people")]),
            SeedEntry::new(&format!("cn=admins,{SUFFIX}"), &admins),
            SeedEntry::new(&format!("cn=policy,{SUFFIX}"), &policy),
            SeedEntry::new(SERVICE, &[("cn", "rekey")]).with_password(service),
            person("lin.wei", password(OLD, 117)),
            person("siti.rahma", password(OLD, 122)),
            person("john.miller", locked),
        ],
        service_dn: SERVICE.to_owned(),
        default_policy_dn: format!("cn=policy,{SUFFIX}"),
    };
    let clock = Arc::new(SimClock::at(Timestamp::from_secs(1_795_000_000)));
    let entropy = Arc::new(SeededEntropy::new(7));
    let sim = SimLdap::start(setup, clock.clone(), entropy).await.unwrap();
    Bench { sim, clock }
}

impl Bench {
    async fn connect(&self) -> Ldap {
        let (conn, ldap) = LdapConnAsync::new(&self.sim.url()).await.unwrap();
        tokio::spawn(conn.drive());
        ldap
    }

    async fn service(&self) -> Ldap {
        let mut ldap = self.connect().await;
        ldap.simple_bind(SERVICE, SERVICE_PASSWORD)
            .await
            .unwrap()
            .success()
            .unwrap();
        ldap
    }

    /// A bind on a connection of its own, with the policy control.
    async fn bind(&self, dn: &str, password: &str) -> (u32, Option<Vec<u8>>) {
        let mut ldap = self.connect().await;
        let outcome = ldap
            .with_controls(ppolicy())
            .simple_bind(dn, password)
            .await
            .unwrap();
        (outcome.rc, note(&outcome))
    }

    fn attribute(&self, dn: &str, name: &str) -> String {
        self.sim.attribute(dn, name).join("|")
    }
}

fn ppolicy() -> RawControl {
    RawControl {
        ctype: "1.3.6.1.4.1.42.2.27.8.5.1".to_owned(),
        crit: false,
        val: None,
    }
}

/// The policy control's value.
fn note(outcome: &ldap3::LdapResult) -> Option<Vec<u8>> {
    let control = outcome.ctrls.iter().find(|c| c.1.ctype == ppolicy().ctype);
    control.and_then(|c| c.1.val.clone())
}

fn error(number: u8) -> Option<Vec<u8>> {
    Some(vec![0x30, 3, 0x81, 1, number])
}

async fn set(ldap: &mut Ldap, dn: &str, old: Option<&str>, new: &str) -> ldap3::LdapResult {
    let change = PasswordModify {
        user_id: Some(dn),
        old_pass: old,
        new_pass: Some(new),
    };
    ldap.with_controls(ppolicy())
        .extended(change)
        .await
        .unwrap()
        .1
}

async fn found(ldap: &mut Ldap, base: &str, filter: &str, wanted: &[&str]) -> Vec<SearchEntry> {
    let (entries, _) = ldap
        .search(base, Scope::Subtree, filter, wanted.to_vec())
        .await
        .unwrap()
        .success()
        .unwrap();
    entries.into_iter().map(SearchEntry::construct).collect()
}

#[tokio::test]
async fn a_reset_by_the_service_account_changes_what_binds_and_every_mark() {
    let bench = bench().await;
    let marks = [
        "entryCSN",
        "pwdChangedTime",
        "modifiersName",
        "modifyTimestamp",
    ];
    let before = marks.map(|name| bench.attribute(LIN_WEI, name));
    bench.clock.advance(Duration::from_secs(60));

    let mut service = bench.service().await;
    assert_eq!(set(&mut service, LIN_WEI, None, NEW).await.rc, 0);

    assert_eq!(bench.bind(LIN_WEI, NEW).await, (0, Some(vec![0x30, 0])));
    for (name, before) in marks.iter().zip(before) {
        assert_ne!(bench.attribute(LIN_WEI, name), before, "{name}");
    }
    assert_eq!(bench.attribute(LIN_WEI, "modifiersName"), SERVICE);
    assert_eq!(bench.bind(LIN_WEI, OLD).await.0, 49);
}

#[tokio::test]
async fn two_writes_in_one_moment_have_two_csns() {
    let bench = bench().await;
    let mut service = bench.service().await;
    set(&mut service, LIN_WEI, None, NEW).await;
    let first = bench.attribute(LIN_WEI, "entryCSN");
    set(&mut service, LIN_WEI, None, "Another-Lantern-12").await;
    assert!(bench.attribute(LIN_WEI, "entryCSN") > first);
}

#[tokio::test]
async fn refusals_are_slapds_in_code_text_and_control() {
    let bench = bench().await;
    let mut service = bench.service().await;
    let quality = "Password fails quality checking policy";
    let same = "Password is not being changed from existing value";
    for (new, text, number) in [
        ("short", quality, 6),
        ("{SSHA}abcdefghij", quality, 5),
        (OLD, same, 8),
    ] {
        let outcome = set(&mut service, LIN_WEI, None, new).await;
        assert_eq!((outcome.rc, outcome.text.as_str()), (19, text));
        assert_eq!(note(&outcome), error(number));
    }
    set(&mut service, LIN_WEI, None, NEW).await;
    let outcome = set(&mut service, LIN_WEI, None, OLD).await;
    assert_eq!(outcome.text, "Password is in history of old passwords");
    assert_eq!(note(&outcome), error(8));

    // The history remembers two, then the old one may come back.
    set(&mut service, LIN_WEI, None, "Another-Lantern-12").await;
    set(&mut service, LIN_WEI, None, "Further-Lantern-13").await;
    assert_eq!(set(&mut service, LIN_WEI, None, OLD).await.rc, 0);
}

#[tokio::test]
async fn a_young_password_binds_the_reset_too() {
    let bench = bench_with_min_age("3600").await;
    let mut service = bench.service().await;
    assert_eq!(set(&mut service, LIN_WEI, None, NEW).await.rc, 0);
    let outcome = set(&mut service, LIN_WEI, None, "Another-Lantern-12").await;
    assert_eq!((outcome.rc, note(&outcome)), (19, error(7)));
    assert_eq!(outcome.text, "Password is too young to change");
}

#[tokio::test]
async fn expired_locked_and_soon_expiring_accounts_bind_as_at_slapd() {
    let bench = bench().await;
    assert_eq!(bench.bind(SITI, OLD).await, (49, error(0)));
    assert_eq!(bench.bind(SITI, "wrong").await, (49, Some(vec![0x30, 0])));
    assert_eq!(bench.bind(JOHN, OLD).await, (49, error(1)));
    assert_eq!(
        bench.bind("uid=nobody,dc=contoso,dc=example", OLD).await.0,
        49
    );
    // Three days are left: 259200 seconds.
    let warning = vec![0x30, 7, 0xA0, 5, 0x80, 3, 0x03, 0xF4, 0x80];
    assert_eq!(bench.bind(LIN_WEI, OLD).await, (0, Some(warning)));
}

#[tokio::test]
async fn five_wrong_passwords_lock_and_a_reset_lifts_it() {
    let bench = bench().await;
    for _ in 0..5 {
        assert_eq!(
            bench.bind(LIN_WEI, "wrong").await,
            (49, Some(vec![0x30, 0]))
        );
    }
    assert_eq!(bench.bind(LIN_WEI, OLD).await, (49, error(1)));
    assert_ne!(bench.attribute(LIN_WEI, "pwdAccountLockedTime"), "");

    let mut service = bench.service().await;
    assert_eq!(set(&mut service, LIN_WEI, None, NEW).await.rc, 0);
    assert_eq!(bench.attribute(LIN_WEI, "pwdAccountLockedTime"), "");
    assert_eq!(bench.bind(LIN_WEI, NEW).await.0, 0);

    for _ in 0..5 {
        bench.bind(LIN_WEI, "wrong").await;
    }
    assert_eq!(bench.bind(LIN_WEI, NEW).await.0, 49);
    bench.clock.advance(Duration::from_secs(901));
    assert_eq!(
        bench.bind(LIN_WEI, NEW).await.0,
        0,
        "the lock ends by itself"
    );
}

/// Seen on slapd 2.5.13: who looks for a lost change must know it.
#[tokio::test]
async fn a_wrong_password_is_the_root_dns_write_and_leaves_the_passwords_age_alone() {
    let bench = bench().await;
    let mut service = bench.service().await;
    set(&mut service, LIN_WEI, None, NEW).await;
    let look =
        || ["entryCSN", "modifiersName", "pwdChangedTime"].map(|n| bench.attribute(LIN_WEI, n));
    let [csn, _, changed_at] = look();
    bench.clock.advance(DAY);
    bench.bind(LIN_WEI, "wrong").await;
    let [csn_after_wrong, modifier, changed_at_after_wrong] = look();
    assert_ne!(csn_after_wrong, csn);
    assert_eq!(modifier, format!("cn=admin,{SUFFIX}"));
    assert_eq!(changed_at_after_wrong, changed_at);
    bench.bind(LIN_WEI, NEW).await;
    assert_ne!(look()[0], csn_after_wrong, "the failures were cleared");
    let settled = look();
    bench.bind(LIN_WEI, NEW).await;
    assert_eq!(look(), settled, "an ordinary bind writes nothing");
}

#[tokio::test]
async fn an_employee_changes_only_the_own_password() {
    let bench = bench().await;
    let mut lin_wei = bench.connect().await;
    lin_wei
        .simple_bind(LIN_WEI, OLD)
        .await
        .unwrap()
        .success()
        .unwrap();
    assert_eq!(set(&mut lin_wei, JOHN, None, NEW).await.rc, 50);
    let wrong = set(&mut lin_wei, LIN_WEI, Some("wrong"), NEW).await;
    assert_eq!(
        (wrong.rc, wrong.text.as_str()),
        (53, "unwilling to verify old password")
    );
    assert_eq!(set(&mut lin_wei, LIN_WEI, Some(OLD), NEW).await.rc, 0);
    assert_eq!(bench.attribute(LIN_WEI, "modifiersName"), LIN_WEI);

    let mut nobody = bench.connect().await;
    assert_eq!(set(&mut nobody, LIN_WEI, None, NEW).await.rc, 8);
    let mut service = bench.service().await;
    assert_eq!(
        set(&mut service, "uid=nobody,dc=contoso,dc=example", None, NEW)
            .await
            .rc,
        32
    );
}

#[tokio::test]
async fn must_change_restricts_everything_but_the_change() {
    let bench = bench().await;
    let mut service = bench.service().await;
    let must_change = vec![Mod::Replace("pwdReset", ["TRUE"].into())];
    assert_eq!(
        service
            .modify(LIN_WEI, must_change.clone())
            .await
            .unwrap()
            .rc,
        0
    );
    assert_eq!(bench.attribute(LIN_WEI, "pwdReset"), "TRUE");
    assert_eq!(bench.bind(LIN_WEI, OLD).await, (0, error(2)));

    let mut lin_wei = bench.connect().await;
    lin_wei.simple_bind(LIN_WEI, OLD).await.unwrap();
    let search = lin_wei.search(SUFFIX, Scope::Subtree, "(uid=*)", vec!["cn"]);
    assert_eq!(search.await.unwrap().1.rc, 50);
    assert_eq!(set(&mut lin_wei, LIN_WEI, None, NEW).await.rc, 0);
    assert_eq!(bench.attribute(LIN_WEI, "pwdReset"), "");
    assert_eq!(lin_wei.modify(LIN_WEI, must_change).await.unwrap().rc, 50);
}

#[tokio::test]
async fn searches_keep_scopes_filters_and_selections() {
    let bench = bench().await;
    let mut ldap = bench.service().await;
    for (filter, count) in [
        ("(UID=LIN.WEI)", 1),
        ("(&(objectClass=inetOrgPerson)(employeeNumber=linwei))", 3),
        ("(|(uid=lin.wei)(uid=siti.rahma))", 2),
        ("(&(uid=*)(!(uid=lin.wei)))", 2),
        ("(uid=*in.w*)", 1),
        ("(uid=siti*ma)", 1),
        ("(cn=王小明)", 3),
        ("(member=UID=Lin.Wei, ou=people,dc=contoso,dc=example)", 1),
        ("(userPassword=*)", 0),
        ("(pwdAccountLockedTime=*)", 1),
        ("(uid=\\2a)", 0),
        ("(!(member:1.2.840.113556.1.4.1941:=cn=x))", 0),
    ] {
        assert_eq!(
            found(&mut ldap, SUFFIX, filter, &["1.1"]).await.len(),
            count,
            "{filter}"
        );
    }
    for (scope, count) in [(Scope::Base, 1), (Scope::OneLevel, 3), (Scope::Subtree, 4)] {
        let base = "ou=people,dc=contoso,dc=example";
        let entries = ldap
            .search(base, scope, "(entryUUID=*)", vec!["1.1"])
            .await
            .unwrap();
        assert_eq!(entries.0.len(), count);
    }
    let all = &found(&mut ldap, LIN_WEI, "(uid=*)", &["*", "+"]).await[0].attrs;
    assert_eq!(all["mail"].len(), 2);
    assert!(all.contains_key("entryUUID") && !all.contains_key("userPassword"));
    let named = &found(&mut ldap, LIN_WEI, "(uid=*)", &["UID", "entrycsn"]).await[0].attrs;
    assert_eq!(named.len(), 2);
    let user = &found(&mut ldap, LIN_WEI, "(uid=*)", &[]).await[0].attrs;
    assert!(user.contains_key("cn") && !user.contains_key("entryUUID"));
}

#[tokio::test]
async fn nobody_sees_entries_without_a_bind_and_empty_passwords_bind_nobody() {
    let bench = bench().await;
    let mut nobody = bench.connect().await;
    let refused = nobody
        .search(SUFFIX, Scope::Subtree, "(uid=*)", vec!["cn"])
        .await;
    assert_eq!(refused.unwrap().1.rc, 32);
    let root = nobody
        .search("", Scope::Base, "(objectClass=*)", vec!["+"])
        .await
        .unwrap();
    let root = SearchEntry::construct(root.0.into_iter().next().unwrap());
    assert_eq!(root.attrs["namingContexts"], [SUFFIX]);

    assert_eq!(bench.bind(LIN_WEI, "").await.0, 53);
    assert_eq!(bench.bind("", "").await.0, 48);
    assert_eq!(bench.bind("no dn", OLD).await.0, 34);
}

#[tokio::test]
async fn a_frozen_server_answers_when_it_thaws_and_the_late_change_lands() {
    let bench = bench().await;
    let mut service = bench.service().await;
    bench.sim.freeze(true);
    let change = PasswordModify {
        user_id: Some(LIN_WEI),
        old_pass: None,
        new_pass: Some(NEW),
    };
    let limited = service.with_timeout(Duration::from_millis(100));
    assert!(limited.extended(change).await.is_err());
    bench.sim.freeze(false);
    // The same connection works on, behind the change that piled up.
    service.extended(WhoAmI).await.unwrap().1.success().unwrap();
    assert_eq!(bench.bind(LIN_WEI, NEW).await.0, 0);
}

#[tokio::test]
async fn a_connection_breaks_before_or_after_the_change() {
    for (at, binds) in [(BreakAt::BeforeChange, OLD), (BreakAt::AfterChange, NEW)] {
        let bench = bench().await;
        let mut service = bench.service().await;
        bench.sim.break_next_change(at);
        let change = PasswordModify {
            user_id: Some(LIN_WEI),
            old_pass: None,
            new_pass: Some(NEW),
        };
        assert!(service.extended(change).await.is_err(), "no answer came");
        assert_eq!(bench.bind(LIN_WEI, binds).await.0, 0, "{at:?}");
        let mut service = bench.service().await;
        let again = set(&mut service, LIN_WEI, None, "Another-Lantern-12").await;
        assert_eq!(again.rc, 0, "it breaks once");
    }
}

/// Runs one of OpenLDAP's own tools against the server.
async fn tool(bench: &Bench, program: &'static str, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(program);
    command.args(["-x", "-H", &bench.sim.url()]).args(arguments);
    let Output {
        status,
        stdout,
        stderr,
    } = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    let text = [stdout, stderr].concat();
    (status.success(), String::from_utf8(text).unwrap())
}

#[tokio::test]
async fn openldaps_own_tools_agree() {
    let bench = bench().await;
    let service = ["-D", SERVICE, "-w", SERVICE_PASSWORD];

    let (ok, text) = tool(&bench, "ldapwhoami", &["-D", LIN_WEI, "-w", OLD]).await;
    assert!(ok && text.contains(&format!("dn:{LIN_WEI}")), "{text}");

    let short = [&service[..], &["-e", "ppolicy", "-s", "short", LIN_WEI]].concat();
    let (ok, text) = tool(&bench, "ldappasswd", &short).await;
    assert!(!ok && text.contains("Password is too short"), "{text}");

    let good = [&service[..], &["-e", "ppolicy", "-s", NEW, LIN_WEI]].concat();
    let (ok, text) = tool(&bench, "ldappasswd", &good).await;
    assert!(ok, "{text}");
    let (ok, _) = tool(&bench, "ldapwhoami", &["-D", LIN_WEI, "-w", NEW]).await;
    assert!(ok, "the new password binds");
    let (ok, _) = tool(&bench, "ldapwhoami", &["-D", LIN_WEI, "-w", OLD]).await;
    assert!(!ok, "the old one does not");

    let expired = ["-e", "ppolicy", "-D", SITI, "-w", OLD];
    let (ok, text) = tool(&bench, "ldapwhoami", &expired).await;
    assert!(!ok && text.contains("Password expired"), "{text}");
    let locked = ["-e", "ppolicy", "-D", JOHN, "-w", OLD];
    let (ok, text) = tool(&bench, "ldapwhoami", &locked).await;
    assert!(!ok && text.contains("Account locked"), "{text}");

    let search = [&service[..], &["-LLL", "-b", SUFFIX, "(uid=lin.wei)", "+"]].concat();
    let (ok, text) = tool(&bench, "ldapsearch", &search).await;
    assert!(
        ok && text.contains("entryUUID: ") && text.contains("pwdChangedTime: "),
        "{text}"
    );
}

/// Sends bytes, then shows that the server still serves others.
async fn hostile(bench: &Bench, bytes: &[u8]) {
    let address = bench.sim.url().replace("ldap://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may hang up in the middle.
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    assert_eq!(bench.bind(SERVICE, SERVICE_PASSWORD).await.0, 0);
}

#[tokio::test]
async fn hostile_requests_end_their_connection_only() {
    let bench = bench().await;
    for sample in samples() {
        for end in (0..sample.len()).step_by(7) {
            hostile(&bench, &sample[..end]).await;
        }
    }
    hostile(&bench, &[0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF]).await;
    hostile(&bench, &vec![0x30; 100_000]).await;
    let nested: Vec<u8> = [0xA2, 0x84, 0x00, 0x00, 0x10, 0x00].repeat(2000);
    hostile(&bench, &nested).await;
}

/// Decodes bytes and answers what they ask, without a network in between: a panic shows here.
/// Returns how many requests they held.
fn answer_directly(bytes: &[u8]) -> usize {
    let setup = LdapSetup {
        suffix: SUFFIX.to_owned(),
        entries: vec![person("lin.wei", password(OLD, 1))],
        service_dn: SERVICE.to_owned(),
        default_policy_dn: String::new(),
    };
    let now = Timestamp::from_secs(1_795_000_000);
    let mut tree = Tree::new(setup, Arc::new(SeededEntropy::new(1)), now);
    let mut session = Session::default();
    let mut codec = LdapCodec::new(Some(MAX_REQUEST), Some(MAX_DEPTH));
    let mut buffer = bytes.into();
    let mut requests = 0;
    while let Ok(Some(request)) = codec.decode(&mut buffer) {
        requests += 1;
        if let Next::Reply(replies) = session.handle(&mut tree, request, now) {
            for reply in replies {
                codec.encode(reply, &mut Default::default()).unwrap();
            }
        }
    }
    requests
}

#[test]
fn the_sample_requests_are_requests() {
    for sample in samples() {
        assert_eq!(answer_directly(&sample), 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..Default::default() })]

    /// Whole requests with a few bytes changed, and plain noise: nothing panics.
    #[test]
    fn hostile_bytes_panic_nowhere(
        noise in proptest::collection::vec(any::<u8>(), 0..200),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4),
        which in any::<proptest::sample::Index>(),
    ) {
        answer_directly(&noise);
        let mut request = which.get(&samples()).clone();
        for (at, to) in changes {
            *at.get_mut(&mut request) = to;
        }
        answer_directly(&request);
    }
}

/// A bind, a search, two changes, as a client sends them.
fn samples() -> Vec<Vec<u8>> {
    let bind = LdapBindRequest {
        version: 3,
        dn: LIN_WEI.to_owned(),
        cred: LdapBindCred::Simple(OLD.to_owned()),
    };
    let filter = "(&(uid=lin.wei)(|(cn=王*明)(!(mail=*))))";
    let search = LdapSearchRequest {
        base: SUFFIX.to_owned(),
        scope: LdapSearchScope::Subtree,
        aliases: LdapDerefAliases::Never,
        sizelimit: 2,
        timelimit: 3,
        typesonly: false,
        filter: ldap3_proto::parse_ldap_filter_str(filter).unwrap(),
        attrs: vec!["*".to_owned(), "+".to_owned()],
    };
    let change = LdapPasswordModifyRequest {
        user_identity: Some(LIN_WEI.to_owned()),
        old_password: Some(OLD.to_owned()),
        new_password: Some(NEW.to_owned()),
    };
    let modify = LdapModifyRequest {
        dn: LIN_WEI.to_owned(),
        changes: vec![LdapModify {
            operation: LdapModifyType::Replace,
            modification: LdapPartialAttribute {
                atype: "pwdReset".to_owned(),
                vals: vec![b"TRUE".to_vec()],
            },
        }],
    };
    let ops = [
        LdapOp::BindRequest(bind),
        LdapOp::SearchRequest(search),
        LdapOp::ExtendedRequest(change.into()),
        LdapOp::ModifyRequest(modify),
    ];
    let encode = |op| {
        let mut bytes = Default::default();
        let control = LdapControl::PasswordPolicyRequest { criticality: false };
        let msg = LdapMsg::new_with_ctrls(1, op, vec![control]);
        LdapCodec::default().encode(msg, &mut bytes).unwrap();
        bytes.to_vec()
    };
    ops.map(encode).into()
}
