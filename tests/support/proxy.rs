//! A TCP proxy before an LDAPS server that can hold a chosen request, so that a test freezes or
//! kills the server exactly then. A TLS record is a request, however the kernel cuts the bytes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// Longer than any request takes to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A proxy on loopback.
pub struct Proxy {
    port: u16,
    gate: Arc<Gate>,
}

#[derive(Default)]
struct Gate {
    /// Requests until one is held; 0: none.
    countdown: AtomicUsize,
    requests: AtomicUsize,
    connections: AtomicUsize,
    held: Notify,
    go: Notify,
    /// The answer to the request that is held is thrown away and its connection closed.
    lose_answer: AtomicBool,
    answer_lost: Notify,
}

impl Proxy {
    /// Starts one before the server at `target`.
    pub async fn before(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gate = Arc::new(Gate::default());
        let proxy = Self {
            port: listener.local_addr().unwrap().port(),
            gate: gate.clone(),
        };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                gate.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(client, target, gate.clone()));
            }
        });
        proxy
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many came so far.
    pub fn requests(&self) -> usize {
        self.gate.requests.load(Ordering::SeqCst)
    }

    /// How many connections were ever taken.
    pub fn connections(&self) -> usize {
        self.gate.connections.load(Ordering::SeqCst)
    }

    /// Holds the `count`-th request from now on.
    pub fn hold_request(&self, count: usize) {
        self.gate.countdown.store(count, Ordering::SeqCst);
    }

    /// Waits until it is held; panics when none comes.
    pub async fn held(&self) {
        let held = tokio::time::timeout(PATIENCE, self.gate.held.notified()).await;
        held.expect("the request that is to be held");
    }

    /// Passes it on.
    pub fn let_go(&self) {
        self.gate.go.notify_one();
    }

    /// Throws the answer to the request that is held away, with its connection.
    pub fn lose_answer(&self) {
        self.gate.lose_answer.store(true, Ordering::SeqCst);
    }

    /// Waits until it came and was thrown away; panics when none comes.
    pub async fn answer_lost(&self) {
        let lost = tokio::time::timeout(PATIENCE, self.gate.answer_lost.notified()).await;
        lost.expect("the answer that is to be lost");
    }
}

/// One connection; when one side ends, both do.
async fn serve(client: TcpStream, target: SocketAddr, gate: Arc<Gate>) {
    let Ok(server) = TcpStream::connect(target).await else {
        return;
    };
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let loses_answer = AtomicBool::new(false);
    tokio::select! {
        () = requests(from_client, to_server, &gate, &loses_answer) => {}
        () = answers(from_server, to_client, &gate, &loses_answer) => {}
    }
}

async fn requests(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    gate: &Gate,
    loses_answer: &AtomicBool,
) {
    let mut shaking_hands = true;
    while let Some(record) = read_record(&mut from).await {
        if shaking_hands {
            // Goes on beside requests, and is none. The first record of this type holds the
            // client's Finished (TLS 1.3, RFC 8446, 5.1).
            shaking_hands = record.first() != Some(&APPLICATION_DATA);
            if to.write_all(&record).await.is_err() {
                return;
            }
            continue;
        }
        gate.requests.fetch_add(1, Ordering::SeqCst);
        let before = gate
            .countdown
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        if before == Ok(1) {
            gate.held.notify_one();
            gate.go.notified().await;
            let loses = gate.lose_answer.swap(false, Ordering::SeqCst);
            loses_answer.store(loses, Ordering::SeqCst);
        }
        if to.write_all(&record).await.is_err() {
            return;
        }
    }
}

const APPLICATION_DATA: u8 = 23;

/// A TLS record: type, version (2), length (2), and so many bytes.
async fn read_record(from: &mut OwnedReadHalf) -> Option<Vec<u8>> {
    let mut record = vec![0; 5];
    from.read_exact(&mut record).await.ok()?;
    let length = usize::from(u16::from_be_bytes([record[3], record[4]]));
    record.resize(5 + length, 0);
    from.read_exact(&mut record[5..]).await.ok()?;
    Some(record)
}

async fn answers(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    gate: &Gate,
    loses_answer: &AtomicBool,
) {
    let mut buffer = vec![0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        if loses_answer.load(Ordering::SeqCst) {
            gate.answer_lost.notify_one();
            return;
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
