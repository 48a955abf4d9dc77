use super::*;
use proptest::prelude::*;

fn policy(directory: DirectoryPolicy) -> Policy {
    Policy {
        directory,
        site: SitePolicy {
            max_age: Duration::from_secs(120 * 86_400),
            min_length: 12,
            min_strength: 3,
            words: vec!["Contoso".to_owned()],
        },
        person_words: ["lin.wei", "Lin Wei", "林伟"].map(str::to_owned).to_vec(),
        old: None,
    }
}

fn password(text: &str) -> Password {
    Password::new(text).expect("a password")
}

fn min_lengths(policy: &Policy, text: &str) -> Vec<(Rule, Verdict)> {
    let report = policy.report_live(&password(text));
    report
        .lines
        .into_iter()
        .filter(|(rule, _)| matches!(rule, Rule::MinLength { .. }))
        .collect()
}

fn verdict(report: &Report, of: &Rule) -> Option<Verdict> {
    let same = |rule: &Rule| std::mem::discriminant(rule) == std::mem::discriminant(of);
    report
        .lines
        .iter()
        .find(|(rule, _)| same(rule))
        .map(|(_, verdict)| *verdict)
}

#[test]
fn a_good_password_meets_every_line() {
    let report =
        policy(DirectoryPolicy::default()).report_full(&password("gumboot lantern 9 orchid"));
    assert!(report.acceptable(), "{report:?}");
    assert_eq!(report.strength.score, 4);
}

#[test]
fn each_rule_refuses_what_it_is_for() {
    let policy = policy(DirectoryPolicy {
        classes: Some(Classes {
            at_least: 3,
            beyond_ascii: BeyondAscii::ByCase,
        }),
        max_length: Some((20, LengthUnit::Bytes)),
        ..DirectoryPolicy::default()
    });
    let (min, max) = (
        Rule::MinLength {
            at_least: 12,
            unit: LengthUnit::Characters,
            has: 0,
        },
        Rule::MaxLength {
            at_most: 20,
            unit: LengthUnit::Bytes,
            has: 0,
        },
    );
    for (text, rule) in [
        ("Kq7#vTz!pLm", min),
        ("Kq7#vTz!pLm2Kq7#vTz!pLm2", max.clone()),
        ("林间小路下着雨呢", max),
        (
            "kqvtzplmkqvt",
            Rule::Classes {
                at_least: 3,
                has: 1,
            },
        ),
        ("Kq7#LINvTz!pLm2", Rule::NotPersonal { in_a_row: None }),
        ("Kq7#林伟vTz!p", Rule::NotPersonal { in_a_row: None }),
        ("Kq7#contosoTz!2", Rule::NotSiteWord),
        ("123456789a", Rule::NotCommon),
        ("aaaaaaaaaaaaaaa", Rule::Strength { at_least: 3 }),
    ] {
        let report = policy.report_full(&password(text));
        assert_eq!(
            verdict(&report, &rule),
            Some(Verdict::NotMet),
            "{text}: {report:?}"
        );
        assert!(!report.acceptable());
    }
}

#[test]
fn the_directorys_bytes_are_not_shown_when_the_sites_characters_imply_them() {
    let openldap = policy(DirectoryPolicy {
        min_length: Some((12, LengthUnit::Bytes)),
        ..DirectoryPolicy::default()
    });
    let rule = Rule::MinLength {
        at_least: 12,
        unit: LengthUnit::Characters,
        has: 8,
    };
    assert_eq!(
        min_lengths(&openldap, "林间小路下着雨呢"),
        [(rule, Verdict::NotMet)]
    );
}

#[test]
fn both_lengths_are_shown_when_neither_implies_the_other() {
    let openldap = policy(DirectoryPolicy {
        min_length: Some((16, LengthUnit::Bytes)),
        ..DirectoryPolicy::default()
    });
    let lines = min_lengths(&openldap, "gumboot lante");
    assert_eq!(lines.len(), 2);
    assert_eq!(
        lines[0].1,
        Verdict::Met,
        "13 characters are enough for the site"
    );
    assert_eq!(
        lines[1].1,
        Verdict::NotMet,
        "13 bytes are too few for the directory"
    );
}

#[test]
fn the_stricter_of_two_like_lengths_counts() {
    let strict = policy(DirectoryPolicy {
        min_length: Some((15, LengthUnit::Characters)),
        ..DirectoryPolicy::default()
    });
    let rule = Rule::MinLength {
        at_least: 15,
        unit: LengthUnit::Characters,
        has: 13,
    };
    assert_eq!(
        min_lengths(&strict, "gumboot lante"),
        [(rule, Verdict::NotMet)]
    );
}

#[test]
fn what_only_the_directory_knows_comes_last_and_is_never_called_met() {
    let policy = policy(DirectoryPolicy {
        history: Some(5),
        history_on_reset: true,
        min_age: Some(Duration::from_secs(3600)),
        own_checks: true,
        ..DirectoryPolicy::default()
    });
    let report = policy.report_live(&password("gumboot lantern 9 orchid"));
    let last: Vec<_> = report.lines.iter().rev().take(3).rev().cloned().collect();
    let keep = Duration::from_secs(3600);
    assert_eq!(
        last,
        [
            (Rule::History { remembers: 5 }, Verdict::AtTheEnd),
            (Rule::MinAge { keep }, Verdict::AtTheEnd),
            (Rule::OwnChecks, Verdict::AtTheEnd),
        ]
    );
    assert!(report.acceptable());
}

#[test]
fn a_history_that_does_not_bind_a_reset_is_not_shown() {
    let policy = policy(DirectoryPolicy {
        history: Some(5),
        ..DirectoryPolicy::default()
    });
    let report = policy.report_live(&password("gumboot lantern 9 orchid"));
    assert_eq!(verdict(&report, &Rule::History { remembers: 5 }), None);
}

#[test]
fn the_empty_checklist_has_the_same_lines() {
    let policy = policy(DirectoryPolicy {
        history: Some(5),
        history_on_reset: true,
        ..DirectoryPolicy::default()
    });
    let kinds = |report: Report| -> Vec<_> {
        report
            .lines
            .iter()
            .map(|(rule, _)| std::mem::discriminant(rule))
            .collect()
    };
    assert!(!policy.report_empty().acceptable());
    assert_eq!(
        kinds(policy.report_empty()),
        kinds(policy.report_live(&password("x")))
    );
}

#[test]
fn classes_are_counted_as_the_directory_does() {
    for (text, by_case, one_class) in [
        ("", 0, 0),
        ("abc", 1, 1),
        ("aB", 2, 2),
        ("aB3", 3, 3),
        ("aB3 ", 3, 3),
        ("aB3#", 4, 4),
        ("aB3#林", 5, 5),
        ("aé", 1, 2),
        ("aÉ", 2, 2),
        ("Жж", 2, 1),
        ("ßªǅ", 0, 1),
        ("√∞", 0, 0),
        ("😀", 0, 0),
    ] {
        let count = |beyond_ascii| {
            let classes = Classes {
                at_least: 3,
                beyond_ascii,
            };
            classes.count(text)
        };
        assert_eq!(count(BeyondAscii::ByCase), by_case, "{text}");
        assert_eq!(count(BeyondAscii::OneClass), one_class, "{text}");
    }
}

fn any_unit() -> impl Strategy<Value = LengthUnit> {
    prop_oneof![
        Just(LengthUnit::Bytes),
        Just(LengthUnit::Utf16Units),
        Just(LengthUnit::Characters)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Rule 12, for lengths and classes: what the screen calls met, the directory accepts.
    #[test]
    fn what_is_shown_as_met_the_directory_accepts(
        text in "[a-zA-Z0-9 #é林伟😀\u{301}]{1,40}",
        min in 0u32..40, min_unit in any_unit(),
        max in 1u32..200, max_unit in any_unit(),
        site_min in 0u32..30, classes in 0u8..6,
        beyond_ascii in prop_oneof![Just(BeyondAscii::ByCase), Just(BeyondAscii::OneClass)],
    ) {
        let mut policy = policy(DirectoryPolicy {
            min_length: Some((min, min_unit)),
            max_length: Some((max, max_unit)),
            classes: Some(Classes {
                at_least: classes,
                beyond_ascii,
            }),
            ..DirectoryPolicy::default()
        });
        policy.site.min_length = site_min;
        let candidate = password(&text);
        if policy.report_live(&candidate).acceptable() {
            let sent = candidate.expose();
            prop_assert!(min_unit.count(sent) >= min, "directory's shortest");
            prop_assert!(max_unit.count(sent) <= max, "directory's longest");
            prop_assert!(sent.chars().count() >= site_min as usize, "site's shortest");
            let counted = Classes { at_least: classes, beyond_ascii };
            prop_assert!(counted.count(sent) >= classes);
        }
        let lengths = policy.report_live(&candidate).lines.into_iter().filter(|(rule, verdict)| {
            *verdict == Verdict::Met && matches!(rule, Rule::MinLength { .. } | Rule::MaxLength { .. })
        }).count();
        let shown = policy.report_empty().lines.iter().filter(|(rule, _)| {
            matches!(rule, Rule::MinLength { .. } | Rule::MaxLength { .. })
        }).count();
        if lengths == shown {
            prop_assert!(min_unit.count(candidate.expose()) >= min);
            prop_assert!(max_unit.count(candidate.expose()) <= max);
            prop_assert!(candidate.expose().chars().count() >= site_min as usize);
        }
    }

    #[test]
    fn a_password_with_a_token_of_the_person_is_never_acceptable(
        before in "[a-zA-Z0-9 #]{0,12}", after in "[a-zA-Z0-9 #]{0,12}",
        token in prop_oneof![Just("lin"), Just("WEI"), Just("林伟"), Just("ｌｉｎ"), Just("líN")],
    ) {
        let candidate = password(&format!("{before}{token}{after}"));
        let report = policy(DirectoryPolicy::default()).report_live(&candidate);
        prop_assert_eq!(verdict(&report, &Rule::NotPersonal { in_a_row: None }), Some(Verdict::NotMet));
    }

    #[test]
    fn nothing_below_the_demanded_strength_is_acceptable(text in "[a-z]{12,16}", at_least in 0u8..=4) {
        let mut policy = policy(DirectoryPolicy::default());
        policy.site.min_strength = at_least;
        let report = policy.report_full(&password(&text));
        prop_assert!(!report.acceptable() || report.strength.score >= at_least);
    }
}

#[test]
fn what_judging_needs_is_whole() {
    assert_eq!(warm_up(), Ok(()));
}
