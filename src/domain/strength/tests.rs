use super::*;
use proptest::prelude::*;

fn lin_wei() -> Words {
    let person = ["lin.wei", "Lin Wei", "lin.wei@contoso.example"];
    Words::new(&person.map(str::to_owned), &["Contoso".to_owned()])
}

/// Inputs made to be slow: rows of substitutions, repeats, alternations, Chinese.
fn hostile() -> Vec<String> {
    let signs = "4@8({[<3691!|70$5+%2";
    let mut texts = vec![
        signs.chars().cycle().take(128).collect(),
        signs.chars().rev().cycle().take(128).collect(),
        "a".repeat(128),
        "ab".repeat(64),
        "p4$$w0rd!1|7+({[<".repeat(7),
        "林伟的密码是什么呢".repeat(14),
        "1|7".repeat(42),
        "({[<1|7!".repeat(16),
        "password".repeat(16),
        "aabaab".repeat(21),
        "qwertyuiopasdfghjklzxcvbnm1234567890".repeat(3),
        "20261122".repeat(16),
        "\u{FDFA}".repeat(128),
        "İ".repeat(128),
    ];
    texts.push(texts.iter().flat_map(|text| text.chars().take(9)).collect());
    texts
}

#[test]
fn long_unrelated_words_are_strong_and_bare_ones_are_not() {
    let words = lin_wei();
    for judge in [live, full] {
        assert_eq!(judge("gumboot lantern 9 orchid", &words), Strength::of(4));
        for weak in [
            "password",
            "qwertyuiop",
            "aaaaaaaaaaaa",
            "abcdefgh",
            "monkey12",
            "summer2026",
        ] {
            let verdict = judge(weak, &words);
            assert!(verdict.score < 3, "{weak}: {verdict:?}");
            assert!(verdict.reason.is_some() && verdict.fix.is_some(), "{weak}");
        }
    }
}

#[test]
fn each_weakness_has_its_reason() {
    let words = lin_wei();
    for (password, reason) in [
        ("password", Reason::Top10),
        ("p4ssw0rd", Reason::LikeCommon),
        ("qwertyuiop[]", Reason::KeyRow),
        ("aaaaaaaaaaaa", Reason::RepeatedCharacter),
        ("xkqxkqxkqxkq", Reason::RepeatedGroup),
        ("abcdefghijklm", Reason::Sequence),
        ("22.11.2026", Reason::Date),
        ("linwei1990", Reason::Personal),
        ("Contoso2026", Reason::SiteWord),
        ("c0nt0s02026", Reason::SiteWord),
        ("5201314", Reason::LuckyNumber),
        ("zhangxiaoming", Reason::Pinyin),
        ("woaini1314", Reason::Pinyin),
        ("sayangku123", Reason::Indonesian),
        ("semangatbandung", Reason::Indonesian),
        ("kq7", Reason::TooShort),
    ] {
        assert_eq!(full(password, &words).reason, Some(reason), "{password}");
        assert_eq!(live(password, &words).reason, Some(reason), "{password}");
    }
}

#[test]
fn the_same_password_is_weaker_for_the_one_whose_name_it_is() {
    let password = "tirtawidjaja88";
    let siti = Words::new(&["Siti Tirtawidjaja".to_owned()], &[]);
    assert!(full(password, &siti).score < full(password, &lin_wei()).score);
}

#[test]
fn full_width_letters_hide_nothing() {
    assert_eq!(
        full("ｐａｓｓｗｏｒｄ", &Words::default()).reason,
        Some(Reason::Top10)
    );
}

#[test]
fn live_looks_at_the_end_of_a_long_password_too() {
    let password = format!("{}gumboot lantern 9 orchid", "a".repeat(40));
    assert_eq!(live(&password, &lin_wei()).score, 4);
}

#[test]
fn live_leaves_out_signs_only_when_there_are_too_many() {
    for ordinary in [
        "P@ssw0rd!2026",
        "Tr0ub4dor&3",
        "13.07.1986 Bandung!",
        "1234567890",
    ] {
        assert_eq!(*without_excess(ordinary), *ordinary);
    }
    let signs: String = "4@8({[<3691!|70$5+%2"
        .chars()
        .cycle()
        .take(WINDOW)
        .collect();
    let bounded = without_excess(&signs);
    assert_ne!(*bounded, signs);
    assert_eq!(bounded.chars().count(), WINDOW);
    assert!(bounded.contains("369"), "digits stay: {}", *bounded);
}

#[test]
fn no_hostile_password_is_too_much_work_for_live() {
    for text in hostile() {
        for end in (0..text.chars().count()).rev().step_by(9) {
            let window: String = normal(&text).chars().take(end.min(WINDOW)).collect();
            let bounded = without_excess(&window);
            let signs: Vec<char> = bounded
                .chars()
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .filter(|c| SUBSTITUTIONS.iter().any(|(_, signs)| signs.contains(*c)))
                .collect();
            let length = window.chars().count();
            assert!(ways(&signs) * length * length <= LIVE_WORK.max(length * length));
        }
    }
}

#[test]
fn hostile_passwords_are_judged_without_panic() {
    warm_up();
    for text in hostile() {
        let text: String = text.chars().take(128).collect();
        assert!(live(&text, &lin_wei()).score <= 4);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn up_to_the_window_live_and_full_agree_without_substitutions(text in "[a-z ]{1,24}") {
        prop_assert_eq!(live(&text, &lin_wei()), full(&text, &lin_wei()));
    }

    #[test]
    fn live_is_never_stricter_than_full_up_to_the_window(text in "[a-z0-9@$!]{1,14}") {
        prop_assert!(live(&text, &lin_wei()).score >= full(&text, &lin_wei()).score);
    }

    #[test]
    fn any_text_is_judged(text in any::<String>()) {
        prop_assert!(live(&text, &lin_wei()).score <= 4);
    }
}
