//! The kiosk on Active Directory, which Samba stands in for: who is locked out, whose password has
//! expired or must be changed, who has a policy of their own, who is protected.

use crate::check::site_on;
use crate::company::{Company, Site, six_digits};
use crate::support::samba::{self, START_PASSWORD, Samba, dn};
use crate::visit::{CHOOSE, DONE, ENTER, GOOD, Visit, at_code, at_password};

/// A company whose directory is a Samba, with these members in WeCom.
pub(crate) fn company(members: &[&str]) -> (Company, Samba, Site) {
    let company = Company::with_members(members);
    let samba = Samba::start();
    let directory = format!(
        "kind = \"active-directory\"\nurls = [{:?}]\nca_file = \"samba.pem\"\nbind_dn = {:?}\n\
         bind_password = {:?}\npeople_base = {:?}\nwecom_attribute = \"employeeNumber\"\n\
         protected_groups = [{:?}]\n",
        samba.ldaps_url(),
        samba::SERVICE_DN,
        samba::SERVICE_PASSWORD,
        samba::STAFF,
        samba::ADMINS
    );
    let site = site_on(&company, &directory, "samba.pem", samba.ca_pem());
    (company, samba, site)
}

#[test]
fn who_is_locked_out_or_expired_or_must_change_can_sign_in_again() {
    let (company, samba, site) = company(&["SitiRahma", "ZhangMin", "MustChange"]);
    for (login, userid, data, says) in [
        ("siti.rahma", "SitiRahma", "775", "Your account is locked"),
        (
            "zhang.min",
            "ZhangMin",
            "532",
            "Your old password expired on",
        ),
        (
            "must.change",
            "MustChange",
            "773",
            "Your old password had to be",
        ),
    ] {
        let before = samba.bind(&dn(login), START_PASSWORD);
        let words = String::from_utf8_lossy(&before.stderr).into_owned();
        assert!(words.contains(&format!("data {data}")), "{login}: {words}");
        let mut pty = at_password(&company, &site, login, userid);
        pty.wait_for_text(says);
        pty.type_password(GOOD);
        pty.wait_for_text(DONE);
        pty.wait_for_text("OK     Sign-in tested with it");
        assert!(samba.bind_works(&dn(login), GOOD), "{login}");
        assert!(!samba.bind_works(&dn(login), START_PASSWORD), "{login}");
    }
    site.assert_chain_holds();
}

#[test]
fn a_policy_of_ones_own_is_on_the_screen_before_the_directory_refuses() {
    const TOO_SHORT_FOR_SUN: &str = "Quartz-Lamp-27";
    let (company, samba, site) = company(&["SunStrict"]);
    let mut pty = at_password(&company, &site, "sun.strict", "SunStrict");
    pty.wait_for_text("16 units or more");
    pty.send(TOO_SHORT_FOR_SUN);
    pty.wait_for_text("no    16 units or more");
    pty.wait_for_text("OK    12 characters or more (14)");
    pty.send("\x7f".repeat(TOO_SHORT_FOR_SUN.len()));
    pty.type_password(GOOD);
    pty.wait_for_text(DONE);
    assert!(samba.bind_works(&dn("sun.strict"), GOOD));
}

#[test]
fn protected_people_see_what_everybody_sees_and_are_told_on_their_phone() {
    let (company, samba, site) = company(&["AdaAdmin", "AdminBoss"]);
    let attributes = ["pwdLastSet", "uSNChanged", "lockoutTime"];
    // By the directory's own mark, and by a group within a group.
    for (login, userid) in [("ada.admin", "AdaAdmin"), ("admin.boss", "AdminBoss")] {
        let before = samba.entry(&dn(login), &attributes);
        let mut pty = at_code(&site, login);
        let told = company.next_message(userid);
        assert!(told.contains("only IT can reset it"), "{told}");
        assert_eq!(six_digits(&told), None, "{told}");
        pty.send("000000");
        pty.wait_for_text("That is not the code");
        pty.send(ENTER);
        assert!(!pty.screen_text().contains(CHOOSE));
        assert_eq!(samba.entry(&dn(login), &attributes), before, "{login}");
    }
    assert!(site.results("change_intent").is_empty());
}
