//! What is typed arrives in pieces: cut at every byte, it means the same.

use crate::company::{Company, six_digits};
use crate::raw::Raw;
use crate::server::Server;
use crate::visit::{CHOOSE, DONE, ENTER, GOOD, MENU, SENT, WHO};

/// A whole reset, a byte a packet: keys, pastes, function keys, a click.
#[test]
fn a_byte_a_packet_is_a_whole_reset() {
    let company = Company::start();
    let site = company.site();
    let server = Server::start(&site, "");
    let mut raw = Raw::at_menu(server.at());
    raw.wait_for_text("IT support");
    raw.send_bytes(click(&raw, "IT support"));
    raw.wait_for_text(WHO);
    raw.send_bytes(pasted("lin.wei"));
    raw.wait_for_text("lin.wei");
    // F2 twice more is the first language again.
    for language in ["您是谁", "Siapa Anda", WHO] {
        raw.send_bytes("\x1bOQ");
        raw.wait_for_text(language);
    }
    raw.send_bytes(ENTER);
    raw.wait_for_text(SENT);
    raw.send_bytes(six_digits(&company.next_message("LinWei")).unwrap());
    raw.wait_for_text(CHOOSE);
    raw.send_bytes(pasted(GOOD));
    raw.send_bytes(ENTER);
    raw.send_bytes(pasted(GOOD));
    raw.send_bytes(ENTER);
    raw.wait_for_text(DONE);
    assert!(company.signs_in("lin.wei", GOOD));
}

#[test]
fn wherever_a_sequence_is_cut_it_means_the_same() {
    let company = Company::start();
    let site = company.site();
    let server = Server::start(&site, "");
    let mut raw = Raw::at_menu(server.at());
    raw.wait_for_text("IT support");
    raw.send("3");
    raw.wait_for_text(WHO);
    // A click on a key of the bottom line; the key itself leads back.
    let help = click(&raw, "F1 help");
    each_cut(&help, |before, after| {
        raw.send_both(before, after);
        raw.wait_for(|screen| !screen.contents().contains(WHO));
        raw.send("\x1bOP");
        raw.wait_for_text(WHO);
    });
    // Letters of two, three and four bytes among them.
    let name = "zhäng.美😀x";
    each_cut(pasted(name).as_bytes(), |before, after| {
        raw.send_both(before, after);
        raw.wait_for_text(name);
        raw.send("\x7f".repeat(name.chars().count()));
        raw.wait_for(|screen| !screen.contents().contains("zh"));
    });
    for f1 in ["\x1bOP", "\x1b[11~", "\x1b[[A"] {
        each_cut(f1.as_bytes(), |before, after| {
            raw.send_both(before, after);
            raw.wait_for(|screen| !screen.contents().contains(WHO));
            raw.send(f1);
            raw.wait_for_text(WHO);
        });
    }
}

/// A click on what the screen says.
fn click(raw: &Raw, on: &str) -> Vec<u8> {
    let text = raw.screen_text();
    let mut lines = (1..).zip(text.lines());
    let (row, line) = lines.find(|(_, line)| line.contains(on)).unwrap();
    let column = line.split(on).next().unwrap().chars().count() + 2;
    format!("\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m").into_bytes()
}

fn pasted(text: &str) -> String {
    format!("\x1b[200~{text}\x1b[201~")
}

fn each_cut(bytes: &[u8], mut act: impl FnMut(&[u8], &[u8])) {
    for cut in 1..bytes.len() {
        let (before, after) = bytes.split_at(cut);
        act(before, after);
    }
}

#[test]
fn the_window_changes_while_somebody_types() {
    let company = Company::start();
    let site = company.site();
    let server = Server::start(&site, "");
    let mut pty = server.client().start();
    pty.wait_for_text(MENU);
    pty.send("3");
    pty.wait_for_text(WHO);
    pty.send("lin.wei");
    pty.wait_for_text("lin.wei");
    for (cols, rows) in [(40, 15), (10, 3), (120, 40), (80, 24)] {
        let before = pty.raw_output().len();
        pty.resize(cols, rows);
        pty.wait_for_more(before);
    }
    pty.wait_for_text("lin.wei");
    // Larger than anything: drawn as large as a window may be.
    let mut raw = Raw::at_menu(server.at());
    raw.resize(65_535, 65_535);
    raw.resize(0, 0);
    raw.resize(u32::MAX, 1);
    raw.resize(80, 24);
    raw.send("3");
    raw.wait_for_text(WHO);
}
