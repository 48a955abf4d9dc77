//! No window is too small, too large, or too strange.

use rekey::text::Language;

use crate::scenes;

fn draw_at_every_size(name: &str) {
    let kiosk = scenes::named(name)(scenes::in_language(Language::English));
    for rows in 1..=60 {
        for cols in 1..=200 {
            kiosk.draw(cols, rows);
        }
    }
}

#[test]
fn the_menu_draws_at_every_size() {
    draw_at_every_size("menu");
}

#[test]
fn the_code_screen_draws_at_every_size() {
    draw_at_every_size("code_wrong");
}

#[test]
fn the_password_screen_draws_at_every_size() {
    draw_at_every_size("password_weak");
}

#[test]
fn every_screen_draws_at_the_sizes_where_layouts_change() {
    const COLUMNS: [u16; 14] = [1, 2, 3, 23, 24, 25, 39, 40, 59, 60, 71, 72, 80, 200];
    const ROWS: [u16; 13] = [1, 2, 7, 8, 9, 14, 15, 17, 18, 19, 20, 24, 60];
    for (_, scene) in scenes::all() {
        for language in [Language::Chinese, Language::Indonesian] {
            let kiosk = scene(scenes::in_language(language));
            for cols in COLUMNS {
                for rows in ROWS {
                    kiosk.draw(cols, rows);
                }
            }
        }
    }
}
