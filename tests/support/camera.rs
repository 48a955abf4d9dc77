//! The picture on a screen, read as a camera reads it.

/// What a camera reads on a screen.
pub(crate) fn picture(screen: &vt100::Screen) -> Option<String> {
    const CELL: (usize, usize) = (4, 8);
    let (rows, cols) = screen.size();
    let light = |colour: vt100::Color, usual: u8| match colour {
        vt100::Color::Default => usual,
        vt100::Color::Idx(7 | 15 | 231 | 255) => 255,
        vt100::Color::Rgb(r, g, b) => ((u16::from(r) + u16::from(g) + u16::from(b)) / 3) as u8,
        vt100::Color::Idx(_) => 0,
    };
    let (width, height) = (
        usize::from(cols.get()) * CELL.0,
        usize::from(rows.get()) * CELL.1,
    );
    let shade = |x: usize, y: usize| {
        let (col, row) = ((x / CELL.0) as u16, (y / CELL.1) as u16);
        let Some(cell) = screen.cell(row, col) else {
            return 0;
        };
        let (mut ink, mut paper) = (light(cell.fgcolor(), 200), light(cell.bgcolor(), 0));
        if cell.inverse() {
            (ink, paper) = (paper, ink);
        }
        let upper = y % CELL.1 < CELL.1 / 2;
        match cell.contents() {
            "█" => ink,
            "▀" if upper => ink,
            "▄" if !upper => ink,
            _ => paper,
        }
    };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, shade);
    let grids = image.detect_grids();
    let (_, text) = grids.first()?.decode().ok()?;
    Some(text)
}
