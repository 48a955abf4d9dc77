//! The picture is read back by two decoders, as a camera would see it in fonts with gaps.

use std::io::Write;
use std::process::Command;

use ratatui_core::buffer::Buffer;
use ratatui_core::style::Color;

use crate::desk_of_tests::{Kiosk, settings};

const URL: &str = "HTTPS://RESET.CONTOSO.EXAMPLE/K/7F3K9Q2MX4WPB";
const CELL: (usize, usize) = (8, 16);

struct Grey {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

/// Paints cells as a terminal does: backgrounds fill the whole cell, gap included; a glyph ends
/// where the font ends.
fn photograph(buffer: &Buffer, gap: usize) -> Grey {
    let (columns, rows) = (buffer.area.width as usize, buffer.area.height as usize);
    let (width, height) = (columns * CELL.0, rows * (CELL.1 + gap));
    let mut pixels = vec![0; width * height];
    // The terminal around it is dark: the worst case for a quiet zone of two.
    let shade = |colour| match colour {
        Color::White => 255,
        Color::Black => 0,
        _ => 20,
    };
    for y in 0..height {
        for x in 0..width {
            let at = ((x / CELL.0) as u16, (y / (CELL.1 + gap)) as u16);
            let cell = buffer.cell(at).unwrap();
            let inside = y % (CELL.1 + gap);
            let ink = cell.symbol() == "▀" && inside < CELL.1 / 2;
            pixels[y * width + x] = shade(if ink { cell.fg } else { cell.bg });
        }
    }
    Grey {
        width,
        height,
        pixels,
    }
}

#[test]
fn rqrr_reads_the_menus_picture_whatever_the_gap() {
    let kiosk = Kiosk::ready(settings());
    for (cols, rows) in [(80, 24), (120, 40)] {
        for gap in 0..=3 {
            let photo = photograph(&kiosk.buffer(cols, rows).0, gap);
            let mut image =
                rqrr::PreparedImage::prepare_from_greyscale(photo.width, photo.height, |x, y| {
                    photo.pixels[y * photo.width + x]
                });
            let grids = image.detect_grids();
            assert_eq!(grids.len(), 1, "gap {gap}");
            let (_, text) = grids[0].decode().unwrap();
            assert_eq!(text, URL, "gap {gap}");
        }
    }
}

#[test]
fn zbar_reads_the_menus_picture_whatever_the_gap() {
    let kiosk = Kiosk::ready(settings());
    for gap in 0..=3 {
        let photo = photograph(&kiosk.buffer(80, 24).0, gap);
        let mut file = tempfile::Builder::new().suffix(".pgm").tempfile().unwrap();
        writeln!(file, "P5 {} {} 255", photo.width, photo.height).unwrap();
        file.write_all(&photo.pixels).unwrap();
        file.flush().unwrap();
        let read = Command::new("zbarimg")
            .args(["--quiet", "--raw"])
            .arg(file.path())
            .output()
            .expect("zbarimg is installed (Debian: zbar-tools)");
        let text = String::from_utf8(read.stdout).unwrap();
        assert_eq!(text.trim(), URL, "gap {gap}");
    }
}

#[test]
fn cells_with_equal_halves_are_spaces() {
    let kiosk = Kiosk::ready(settings());
    let (buffer, _) = kiosk.buffer(80, 24);
    let picture = buffer
        .content()
        .iter()
        .filter(|cell| matches!(cell.bg, Color::Black | Color::White));
    let mut cells = 0;
    for cell in picture {
        cells += 1;
        match cell.symbol() {
            " " => {}
            "▀" => assert_ne!(cell.fg, cell.bg),
            other => panic!("{other} in the picture"),
        }
    }
    assert_eq!(cells, 33 * 17);
}
