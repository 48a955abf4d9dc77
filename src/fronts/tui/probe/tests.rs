use super::*;

fn environment(variables: &[(&str, &str)]) -> Capabilities {
    from_environment(|name| {
        let found = variables.iter().find(|(variable, _)| *variable == name)?;
        Some(found.1.to_owned())
    })
}

#[test]
fn an_emulator_with_utf8_is_trusted_until_it_answers() {
    let known = environment(&[("TERM", "xterm-256color"), ("LANG", "en_US.UTF-8")]);
    assert_eq!(known.colour, Colour::Sixteen);
    assert!(known.utf8 && known.half_blocks && known.lines && known.chinese);
}

#[test]
fn a_bare_console_is_trusted_with_lines_only() {
    let known = environment(&[("TERM", "linux"), ("LANG", "zh_CN.UTF-8")]);
    assert_eq!(known.colour, Colour::Sixteen);
    assert!(known.lines && !known.half_blocks && !known.chinese);
}

#[test]
fn lc_all_outranks_lang() {
    let known = environment(&[("TERM", "xterm"), ("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]);
    assert!(!known.utf8 && !known.lines && !known.half_blocks && !known.chinese);
    assert!(environment(&[("TERM", "xterm"), ("LC_ALL", ""), ("LANG", "C.utf8")]).utf8);
}

#[test]
fn no_color_and_monochrome_terminals_get_no_colour() {
    for variables in [
        &[("TERM", "xterm"), ("NO_COLOR", "1")][..],
        &[("TERM", "vt100")],
        &[("TERM", "dumb")],
        &[],
    ] {
        assert_eq!(environment(variables).colour, Colour::None, "{variables:?}");
    }
    assert_eq!(
        environment(&[("TERM", "xterm"), ("NO_COLOR", "")]).colour,
        Colour::Sixteen
    );
}

#[test]
fn only_terminals_that_understand_sequences_are_asked() {
    let asked = |term: &str| can_be_asked(|_| Some(term.to_owned()));
    assert!(asked("xterm") && asked("screen") && asked("vt100"));
    assert!(!asked("dumb") && !asked("linux") && !asked(""));
    assert!(!can_be_asked(|_| None));
}

fn after_answers(widths: [u16; 3]) -> Capabilities {
    let guess = environment(&[("TERM", "xterm"), ("LANG", "C")]);
    let mut answers = Answers::default();
    let mut known = None;
    for width in widths {
        assert_eq!(known, None, "not before the last answer");
        known = answers.take(width + 1, ROW, guess);
    }
    known.unwrap()
}

#[test]
fn the_answers_outrank_the_environment() {
    let known = after_answers([1, 2, 1]);
    assert!(known.utf8 && known.lines && known.half_blocks && known.chinese);
}

#[test]
fn a_terminal_without_utf8_is_found_out() {
    let known = after_answers([3, 3, 3]);
    assert!(!known.utf8 && !known.lines && !known.half_blocks && !known.chinese);
}

#[test]
fn wide_lines_of_chinese_fonts_are_not_used() {
    let known = after_answers([2, 2, 2]);
    assert!(known.utf8 && known.chinese && !known.lines && !known.half_blocks);
}

#[test]
fn an_answer_from_another_row_is_not_to_our_question() {
    let guess = environment(&[("TERM", "xterm")]);
    let mut answers = Answers::default();
    for _ in 0..10 {
        assert_eq!(answers.take(2, 1, guess), None);
    }
}
