//! A TCP proxy before the directory that counts the TLS records of requests, so that a test stops
//! the world at exactly one. However the kernel cuts the bytes, the records are the same each time;
//! those of handshakes, which go on beside requests, are passed on and not counted.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::watch;

/// What becomes of the record at the moment.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Stage {
    /// Nothing was chosen, or it has been passed.
    Open,
    /// The moment has not come.
    Waiting(usize, Fate),
    /// The record is held, or the answer to it lost.
    Come(Fate),
}

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Fate {
    /// It waits here until it is let go.
    Held,
    /// It arrives; its connection ends before the answer.
    AnswerLost,
}

type Seen = Arc<Mutex<Vec<usize>>>;

pub(crate) struct Gate {
    port: u16,
    runtime: Handle,
    stage: Arc<watch::Sender<Stage>>,
    /// How long each record was that came since the last choice.
    seen: Seen,
}

impl Gate {
    /// Opens one before `port`.
    pub(crate) fn before(port: u16, runtime: &Handle) -> Self {
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let gate = Self {
            port: listener.local_addr().unwrap().port(),
            runtime: runtime.clone(),
            stage: Arc::new(watch::channel(Stage::Open).0),
            seen: Arc::default(),
        };
        let (stage, seen) = (gate.stage.clone(), gate.seen.clone());
        runtime.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else {
                    continue;
                };
                let connection = Connection {
                    stage: stage.clone(),
                    seen: seen.clone(),
                    loses_answer: Arc::default(),
                };
                tokio::spawn(connection.serve(client, server));
            }
        });
        gate
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Holds the record with this number, counted over all connections from now on.
    pub(crate) fn hold(&self, moment: usize) {
        self.choose(moment, Fate::Held);
    }

    /// Ends the connection before the answer to the record with this number, counted from now on.
    pub(crate) fn lose_answer(&self, moment: usize) {
        self.choose(moment, Fate::AnswerLost);
    }

    fn choose(&self, moment: usize, fate: Fate) {
        self.seen.lock().unwrap().clear();
        self.stage.send_replace(Stage::Waiting(moment, fate));
    }

    /// Waits until the moment has come.
    #[track_caller]
    pub(crate) fn wait(&self) {
        let mut stage = self.stage.subscribe();
        let come = stage.wait_for(|stage| matches!(stage, Stage::Come(_)));
        let limit = Duration::from_secs(10);
        let come = self
            .runtime
            .block_on(async { tokio::time::timeout(limit, come).await.is_ok() });
        let seen = self.seen.lock().unwrap();
        assert!(come, "only records of these lengths came: {seen:?}");
    }

    /// Passes on what is held.
    pub(crate) fn let_go(&self) {
        self.stage.send_replace(Stage::Open);
    }
}

struct Connection {
    stage: Arc<watch::Sender<Stage>>,
    seen: Seen,
    /// The next answer on this connection is lost, and it with it.
    loses_answer: Arc<AtomicBool>,
}

impl Connection {
    /// When one side ends, both do.
    async fn serve(self, client: TcpStream, server: TcpStream) {
        client.set_nodelay(true).unwrap();
        server.set_nodelay(true).unwrap();
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let (stage, loses_answer) = (self.stage.clone(), self.loses_answer.clone());
        tokio::select! {
            () = self.requests(from_client, to_server) => {}
            () = answers(from_server, to_client, &stage, &loses_answer) => {}
        }
    }

    async fn requests(self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
        let mut shaking_hands = true;
        while let Some(record) = read_record(&mut from).await {
            if shaking_hands {
                // The first record of this type holds the client's Finished (TLS 1.3, RFC 8446,
                // 5.1).
                shaking_hands = record.first() != Some(&APPLICATION_DATA);
                if to.write_all(&record).await.is_err() {
                    return;
                }
                continue;
            }
            let number = {
                let mut seen = self.seen.lock().unwrap();
                seen.push(record.len());
                seen.len()
            };
            let now = *self.stage.borrow();
            if let Stage::Waiting(moment, fate) = now
                && moment == number
            {
                self.stage.send_replace(Stage::Come(fate));
                self.loses_answer
                    .store(fate == Fate::AnswerLost, Ordering::SeqCst);
                if fate == Fate::Held {
                    let mut stage = self.stage.subscribe();
                    let _ = stage.wait_for(|stage| *stage == Stage::Open).await;
                }
            }
            if to.write_all(&record).await.is_err() {
                return;
            }
        }
    }
}

async fn answers(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    stage: &watch::Sender<Stage>,
    loses_answer: &AtomicBool,
) {
    let mut buffer = vec![0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        if loses_answer.load(Ordering::SeqCst) {
            stage.send_replace(Stage::Open);
            return;
        }
        if to.write_all(&buffer[..length]).await.is_err() {
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
