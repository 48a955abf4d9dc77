//! Every screen in every language at three sizes, as it was looked at and found good.

use rekey::text::Language;

use crate::desk_of_tests::text_of;
use crate::scenes;

const SIZES: [(u16, u16); 3] = [(80, 24), (40, 15), (120, 40)];

fn check(language: Language) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (name, scene) in scenes::all() {
            let kiosk = scene(scenes::in_language(language));
            let pictures: Vec<String> = SIZES
                .iter()
                .map(|(cols, rows)| kiosk.picture_of(*cols, *rows))
                .collect();
            let name = format!("{name}.{}", language.tag());
            insta::assert_snapshot!(name, pictures.join("\n"));
        }
    });
}

#[test]
fn every_screen_in_english() {
    check(Language::English);
}

#[test]
fn every_screen_in_chinese() {
    check(Language::Chinese);
}

#[test]
fn every_screen_in_indonesian() {
    check(Language::Indonesian);
}

#[test]
fn the_readmes_picture_is_what_the_program_draws() {
    let shown = include_str!("../../assets/screenshot.svg");
    let drawn = crate::svg::readme();
    assert!(
        shown == drawn,
        "cargo run --example screenshot draws it anew"
    );
}

#[test]
fn without_colours_every_screen_says_the_same() {
    use rekey::fronts::tui::msg::{Capabilities, Colour, Msg};
    for (name, scene) in scenes::all() {
        let mut kiosk = scene(scenes::in_language(Language::English));
        if name.ends_with("_in_ascii") || name == "menu_without_half_blocks" {
            continue;
        }
        let coloured = kiosk.buffer(80, 24).0;
        kiosk.send(Msg::Capabilities(Capabilities {
            colour: Colour::None,
            ..crate::desk_of_tests::FULL
        }));
        let plain = kiosk.buffer(80, 24).0;
        assert_eq!(text_of(&coloured), text_of(&plain), "{name}");
    }
}
