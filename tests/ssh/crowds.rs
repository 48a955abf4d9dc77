//! Crowds and clients that never read, never speak, or speak slowly: they cost little, and go.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::company::{Company, now};
use crate::raw::{Raw, connection, runtime};
use crate::server::Server;
use crate::visit::{MENU, Visit as _, WHO};
use crate::watched::{has_figure, wait_for_figure};

/// What a connection that says nothing may cost, in bytes.
const SILENT: u64 = 16 * 1024;

/// The `n`th source on loopback; ten may stand at the door from each.
fn source(n: usize) -> Ipv4Addr {
    let [_, b, c, d] = u32::try_from(n / 8 + 256).unwrap().to_be_bytes();
    Ipv4Addr::new(127, b + 2, c, d)
}

/// What the server holds in memory, in bytes.
fn memory(server: &Server) -> u64 {
    let status = format!("/proc/{}/status", server.pid().as_raw_nonzero());
    let status = std::fs::read_to_string(status).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes.unwrap().parse::<u64>().unwrap() * 1024
}

/// Reads until the server hangs up; how long that took.
async fn until_cut(mut stream: TcpStream) -> Duration {
    let began = now();
    let mut rest = [0; 1024];
    while let Ok(1..) = stream.read(&mut rest).await {}
    now() - began
}

#[test]
fn who_is_slow_to_come_in_is_cut_off_and_holds_up_nobody() {
    let company = Company::start();
    let site = company.site();
    let server = Server::start(&site, "");
    let runtime = runtime();
    let at = server.at();
    let slow = runtime.block_on(async {
        let mut slow = Vec::new();
        for n in 0..24 {
            let mut stream = connection(at, source(n * 8)).await;
            let drip: &'static [u8] = match n % 3 {
                0 => b"",
                1 => b"SSH-2.0-slow",
                _ => b"SSH-2.0-slow\r\n\0\0\x04",
            };
            stream.write_all(drip).await.unwrap();
            slow.push(tokio::spawn(async move {
                match n % 2 {
                    0 => until_cut(stream).await,
                    _ => dripping(stream).await,
                }
            }));
        }
        slow
    });
    // Meanwhile somebody comes in.
    let mut raw = Raw::at_menu(at);
    raw.send("3");
    raw.wait_for_text(WHO);
    for slow in slow {
        let took = runtime.block_on(slow).unwrap();
        assert!(took < Duration::from_secs(40), "{took:?}");
    }
    raw.send("lin.wei");
    raw.wait_for_text("lin.wei");
}

/// The same, with a byte now and then.
async fn dripping(stream: TcpStream) -> Duration {
    let (read, mut write) = stream.into_split();
    let dripping = tokio::spawn(async move {
        let mut drops = tokio::time::interval(Duration::from_millis(500));
        loop {
            drops.tick().await;
            if write.write_all(b"x").await.is_err() {
                return;
            }
        }
    });
    let began = now();
    let mut read = read;
    let mut rest = [0; 1024];
    while let Ok(1..) = read.read(&mut rest).await {}
    dripping.abort();
    now() - began
}

#[test]
fn ten_thousand_connections_cost_little_and_leave_the_door_free() {
    let company = Company::start();
    let site = company.site();
    let server = Server::start(&site, "");
    let at = server.at();
    let mut before = Raw::at_menu(at);
    let alone = memory(&server);
    let runtime = runtime();
    let crowd = runtime.block_on(crowd(at, 10_000));
    // Whoever is in goes on.
    before.send("3");
    before.wait_for_text(WHO);
    let cost = memory(&server).saturating_sub(alone);
    assert!(cost < 10_000 * SILENT, "{cost} bytes");
    drop(crowd);
    // They have gone without a turn: nobody waits for them.
    let mut after = Raw::at_menu(at);
    after.send("3");
    after.wait_for_text(WHO);
    before.send("lin.wei");
    before.wait_for_text("lin.wei");
}

async fn crowd(at: SocketAddr, count: usize) -> Vec<TcpStream> {
    let mut crowd = Vec::new();
    for n in 0..count {
        crowd.push(connection(at, source(n)).await);
    }
    crowd
}

#[test]
fn who_never_reads_is_dropped_and_costs_little() {
    let company = Company::start();
    let site = company.site();
    let (server, figures) = Server::with_figures(&site);
    let mut deaf = Raw::at_menu(server.at());
    deaf.send("3");
    deaf.wait_for_text(WHO);
    let mut other = Raw::at_menu(server.at());
    let before = memory(&server);
    deaf.stop_reading();
    other.send("3");
    other.wait_for_text(WHO);
    // It takes nothing for half a minute, and is gone.
    let gone = "rekey_visits_now{front=\"remote\"} 1";
    let deadline = now() + Duration::from_secs(120);
    while !has_figure(figures, gone) {
        assert!(now() < deadline, "it is still there");
        // Each asks for another large frame, and none waits for a window of the protocol.
        for turn in 0..100 {
            deaf.asks_for_a_frame(199 + turn % 2);
        }
        let grown = memory(&server).saturating_sub(before);
        assert!(grown < 8 << 20, "{grown} bytes");
    }
    other.send("lin.wei");
    other.wait_for_text("lin.wei");
}

#[test]
fn a_client_that_fell_silent_is_let_go_and_one_that_only_waits_is_not() {
    /// Four times half a minute: three questions, and the time of the last one.
    const ASKED_FOR: Duration = Duration::from_secs(150);
    let company = Company::start();
    let site = company.site();
    let (server, figures) = Server::with_figures(&site);
    let mut waiting = server.client().start();
    waiting.wait_for_text(MENU);
    let mut silent = Raw::at_menu(server.at());
    silent.fall_silent();
    silent.wait_for_the_end(ASKED_FOR);
    wait_for_figure(figures, "rekey_visits_now{front=\"remote\"} 1");
    waiting.choose_it_support();
}
