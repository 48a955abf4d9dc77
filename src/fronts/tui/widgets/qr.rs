//! QR codes in cells (facts: never version 1, dark on light whatever the theme, two modules of
//! quiet zone, glyphs only where a cell's halves differ).

use qrcode::bits::Bits;
use qrcode::{Color as Module, EcLevel, QrCode, Version};
use ratatui_core::layout::Rect;
use ratatui_core::style::{Color, Style};

use super::canvas::Canvas;

/// Light modules on every side.
const QUIET: usize = 2;
/// The largest version that still fits beside the menu at 80x24.
const LARGEST: i16 = 4;

/// A QR code, ready to be drawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Qr {
    side: usize,
    dark: Vec<bool>,
}

impl Qr {
    /// Encodes `text`, with as much error correction as version 3 has room for; longer texts go
    /// up to version 4. `None`: it does not fit.
    pub fn new(text: &str) -> Option<Self> {
        let small = [EcLevel::H, EcLevel::Q, EcLevel::M, EcLevel::L]
            .into_iter()
            .find_map(|level| (2..=3).find_map(|version| encode(text, version, level)));
        let code = small.or_else(|| {
            [EcLevel::Q, EcLevel::M, EcLevel::L]
                .into_iter()
                .find_map(|level| encode(text, LARGEST, level))
        })?;
        Some(Self::with_quiet_zone(&code))
    }

    fn with_quiet_zone(code: &QrCode) -> Self {
        let inner = code.width();
        let side = inner + 2 * QUIET;
        let mut dark = vec![false; side * side];
        for (i, module) in code.to_colors().into_iter().enumerate() {
            let at = (i / inner + QUIET) * side + i % inner + QUIET;
            if let Some(cell) = dark.get_mut(at) {
                *cell = module == Module::Dark;
            }
        }
        Self { side, dark }
    }

    /// The modules row by row, quiet zone included; `true` is dark. The square root of their
    /// number is the side.
    pub fn modules(&self) -> &[bool] {
        &self.dark
    }

    /// How many modules a side has, quiet zone included.
    pub fn side(&self) -> usize {
        self.side
    }

    /// How many columns and rows it takes.
    pub fn size(&self) -> (u16, u16) {
        let cells = |modules: usize| u16::try_from(modules).unwrap_or(u16::MAX);
        (cells(self.side), cells(self.side.div_ceil(2)))
    }

    fn is_dark(&self, column: usize, row: usize) -> bool {
        // Below the last row there is one more light half.
        self.dark
            .get(row * self.side + column)
            .copied()
            .unwrap_or(false)
    }

    /// Draws it at the top left of `area`, if there is room for all of it.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, area: Rect) -> bool {
        let (columns, rows) = self.size();
        if area.width < columns || area.height < rows {
            return false;
        }
        for row in 0..rows {
            for column in 0..columns {
                let (x, y) = (usize::from(column), usize::from(row) * 2);
                let (upper, lower) = (self.is_dark(x, y), self.is_dark(x, y + 1));
                let sign = if upper == lower { ' ' } else { '▀' };
                let style = Style::new().fg(ink(upper)).bg(ink(lower));
                canvas.cell(area.x + column, area.y + row, sign, style);
            }
        }
        true
    }
}

fn ink(dark: bool) -> Color {
    if dark { Color::Black } else { Color::White }
}

fn encode(text: &str, version: i16, level: EcLevel) -> Option<QrCode> {
    let mut bits = Bits::new(Version::Normal(version));
    // All capitals are encoded in the alphanumeric mode by this.
    bits.push_optimal_data(text.as_bytes()).ok()?;
    bits.push_terminator(level).ok()?;
    QrCode::with_bits(bits, level).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_version_one_and_never_too_large() {
        let modules_of_version = |version: usize| 17 + 4 * version + 2 * QUIET;
        for (length, version) in [
            (1, 2),
            (20, 2),
            (30, 3),
            (35, 3),
            (47, 3),
            (77, 3),
            (110, 4),
        ] {
            let qr = Qr::new(&"A".repeat(length)).expect("it fits");
            assert_eq!(qr.side(), modules_of_version(version), "{length}");
        }
        assert!(Qr::new(&"A".repeat(200)).is_none());
    }

    #[test]
    fn the_quiet_zone_is_light() {
        let qr = Qr::new("HTTPS://RESET.CONTOSO.EXAMPLE/K/7F3K9Q2M").expect("it fits");
        let side = qr.side();
        for (i, dark) in qr.modules().iter().enumerate() {
            let (row, column) = (i / side, i % side);
            let edge = |at: usize| at < QUIET || at >= side - QUIET;
            assert!(!(edge(row) || edge(column)) || !dark, "{row}/{column}");
        }
    }
}
