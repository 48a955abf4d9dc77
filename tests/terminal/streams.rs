//! The event loop over streams in memory, with simulated time.

use std::num::NonZeroU16;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;
use rekey::flow::effect::Input;
use rekey::flow::prompt::Prompt;
use rekey::fronts::tui::probe;
use rekey::fronts::tui::runtime::{Exit, Line, ResetChannels, Services, run};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::toy::{TestClock, Toy, no_services};

/// In simulated time: it passes at once when nothing happens.
const DEADLINE: Duration = Duration::from_secs(60);
const QUIT: &str = "\x11";

/// The loop, and the other ends of everything it holds.
struct Stage {
    keyboard: DuplexStream,
    output: DuplexStream,
    size: watch::Sender<(u16, u16)>,
    stop: oneshot::Sender<Exit>,
    ends: JoinHandle<Exit>,
    draws: Arc<AtomicU32>,
    screen: vt100::Parser,
}

impl Stage {
    fn new(face: Toy, services: Services) -> Self {
        Self::with_buffer(face, services, 1 << 20)
    }

    /// `buffer`: so many bytes of output the terminal takes before anybody reads.
    fn with_buffer(face: Toy, services: Services, buffer: usize) -> Self {
        let (keyboard, input) = duplex(1 << 20);
        let (line_output, output) = duplex(buffer);
        let (size, line_size) = watch::channel((80, 24));
        let (stop, stopped) = oneshot::channel();
        let line = Line {
            input,
            output: line_output,
            size: line_size,
            capabilities: probe::from_environment(|_| None),
            probe: false,
            stop: stopped.map(|exit| exit.unwrap_or(Exit::HungUp)),
        };
        let draws = Arc::clone(&face.draws);
        // Spawned, so that it has to be `Send`: an SSH session runs like this.
        let ends = tokio::spawn(run(face, line, services, TestClock::start()));
        let side = |cells: u16| NonZeroU16::new(cells).unwrap();
        Self {
            keyboard,
            output,
            size,
            stop,
            ends,
            draws,
            screen: vt100::Parser::new(side(60), side(200), 0),
        }
    }

    async fn send(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).await.unwrap();
    }

    /// Takes what is written next.
    async fn read(&mut self) -> Option<Vec<u8>> {
        let mut bytes = vec![0; 1 << 16];
        let read = timeout(DEADLINE, self.output.read(&mut bytes))
            .await
            .ok()?
            .unwrap();
        bytes.truncate(read);
        self.screen.process(&bytes);
        (read > 0).then_some(bytes)
    }

    async fn wait_for_text(&mut self, text: &str) {
        while !self.screen.screen().contents().contains(text) {
            let more = self.read().await;
            assert!(
                more.is_some(),
                "no {text} in:\n{}",
                self.screen.screen().contents()
            );
        }
    }

    async fn started(&mut self) {
        self.wait_for_text("typed []").await;
    }

    async fn exit(self) -> Exit {
        soon(self.ends).await.unwrap()
    }

    fn text(&self) -> String {
        self.screen.screen().contents()
    }
}

/// What comes, if it comes in time.
async fn soon<T>(coming: impl Future<Output = T>) -> T {
    timeout(DEADLINE, coming).await.expect("it comes in time")
}

#[tokio::test(start_paused = true)]
async fn a_lone_esc_counts_after_a_moment_and_a_split_arrow_is_an_arrow() {
    let mut stage = Stage::new(Toy::default(), no_services());
    stage.started().await;
    stage.send("\x1b").await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    stage.send("[A").await;
    stage.wait_for_text("Up").await;
    assert!(!stage.text().contains("Esc"));
    stage.send("\x1b").await;
    stage.wait_for_text("Esc").await;
}

#[tokio::test(start_paused = true)]
async fn keys_that_come_together_are_one_frame_and_a_small_one() {
    let mut stage = Stage::new(Toy::default(), no_services());
    stage.started().await;
    let before = stage.draws.load(Ordering::SeqCst);
    stage.send("lin.wei@contoso.example").await;
    let frame = stage.read().await.unwrap();
    assert!(stage.text().contains("typed [lin.wei@contoso.example]"));
    assert_eq!(stage.draws.load(Ordering::SeqCst), before + 1);
    assert!(frame.len() < 64, "{}", frame.escape_ascii());
}

#[tokio::test(start_paused = true)]
async fn a_terminal_that_never_reads_costs_one_frame_and_shows_the_newest_later() {
    let mut stage = Stage::with_buffer(Toy::default(), no_services(), 16);
    for digit in 0..500 {
        stage.send(&(digit % 10).to_string()).await;
        tokio::task::yield_now().await;
    }
    stage.send("end").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(
        stage.draws.load(Ordering::SeqCst),
        1,
        "nothing is painted for nobody"
    );
    stage.size.send_replace((200, 60));
    stage.wait_for_text("9012").await;
    stage.wait_for_text("toy 200x60").await;
    stage.send(QUIT).await;
    assert_eq!(stage.exit().await, Exit::Quit);
}

#[tokio::test(start_paused = true)]
async fn a_resize_is_clamped_and_keeps_what_was_typed() {
    let mut stage = Stage::new(Toy::default(), no_services());
    stage.wait_for_text("toy 80x24").await;
    stage.send("lin.wei").await;
    stage.wait_for_text("typed [lin.wei]").await;
    stage.size.send_replace((65_535, 65_535));
    stage.wait_for_text("toy 200x60").await;
    stage.wait_for_text("typed [lin.wei]").await;
    stage.size.send_replace((40, 15));
    stage.wait_for_text("toy 40x15").await;
}

#[tokio::test(start_paused = true)]
async fn each_end_ends_it() {
    let mut stage = Stage::new(Toy::default(), no_services());
    stage.started().await;
    stage.send("\x1b[21~").await;
    assert_eq!(stage.exit().await, Exit::VisitOver);

    let mut stage = Stage::new(Toy::default(), no_services());
    stage.started().await;
    drop(stage.keyboard);
    assert_eq!(soon(stage.ends).await.unwrap(), Exit::HungUp);

    let mut stage = Stage::new(Toy::default(), no_services());
    stage.started().await;
    drop(stage.output);
    stage.keyboard.write_all(b"x").await.unwrap();
    assert_eq!(soon(stage.ends).await.unwrap(), Exit::HungUp);

    let mut stage = Stage::new(Toy::default(), no_services());
    stage.started().await;
    stage.stop.send(Exit::Signalled).unwrap();
    assert_eq!(soon(stage.ends).await.unwrap(), Exit::Signalled);
}

#[tokio::test(start_paused = true)]
async fn the_face_is_woken_when_it_wishes() {
    let mut face = Toy::default();
    face.wakes = Some(Duration::from_secs(1));
    let mut stage = Stage::new(face, no_services());
    let started = tokio::time::Instant::now();
    stage.wait_for_text("ticks 5").await;
    assert_eq!(started.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn the_prompts_of_an_abandoned_reset_are_heard_no_more() {
    let (began, mut beginnings) = mpsc::unbounded_channel();
    let services = Services {
        begin: Box::new(move || {
            let (inputs, inbox) = mpsc::channel::<Input>(1);
            let (outbox, prompts) = mpsc::channel(4);
            began.send((inbox, outbox)).unwrap();
            ResetChannels { inputs, prompts }
        }),
        ..no_services()
    };
    let mut stage = Stage::new(Toy::default(), services);
    stage.started().await;
    stage.send("\x1bOQ").await;
    let (mut first_inbox, first_outbox) = soon(beginnings.recv()).await.unwrap();
    first_outbox
        .send(Prompt::Login { refusal: None })
        .await
        .unwrap();
    stage.wait_for_text("prompt login").await;

    // More inputs than the channel holds: they wait, and nothing else does.
    stage.send("\x1bOS\x1bOS\x1bOSok").await;
    stage.wait_for_text("typed [ok]").await;
    for _ in 0..3 {
        assert!(matches!(
            soon(first_inbox.recv()).await,
            Some(Input::AnotherCode)
        ));
    }

    stage.send("\x1bOQ").await;
    let (_second_inbox, second_outbox) = soon(beginnings.recv()).await.unwrap();
    assert!(
        soon(first_inbox.recv()).await.is_none(),
        "the first one is told by its inputs' end"
    );
    assert!(
        first_outbox
            .send(Prompt::Login { refusal: None })
            .await
            .is_err()
    );
    second_outbox.send(Prompt::Reading).await.unwrap();
    stage.wait_for_text("prompt reading").await;
    // The reset ends, the visit does not.
    drop(second_outbox);
    stage.send("!").await;
    stage.wait_for_text("typed [ok!]").await;
}

#[tokio::test(start_paused = true)]
async fn while_one_candidate_is_judged_only_the_newest_waits() {
    let (judged, mut candidates) = mpsc::unbounded_channel();
    let (finish, finished) = std::sync::mpsc::channel::<()>();
    let finished = Mutex::new(finished);
    let services = Services {
        judge: Arc::new(move |_, password| {
            judged.send(password.expose().to_owned()).unwrap();
            let _ = finished.lock().unwrap().recv();
            // A judge that fails is not the end of judging.
            std::panic::resume_unwind(Box::new("no verdict"))
        }),
        ..no_services()
    };
    let mut stage = Stage::new(Toy::default(), services);
    stage.started().await;
    stage.send("h\x1b[15~").await;
    assert_eq!(soon(candidates.recv()).await.unwrap(), "h");
    for key in ["u", "n", "t"] {
        stage.send(key).await;
        stage.send("\x1b[15~").await;
    }
    stage.wait_for_text("typed [hunt]").await;
    finish.send(()).unwrap();
    assert_eq!(soon(candidates.recv()).await.unwrap(), "hunt");
    finish.send(()).unwrap();
    stage.send(QUIT).await;
    assert_eq!(stage.exit().await, Exit::Quit);
    assert!(
        soon(candidates.recv()).await.is_none(),
        "no other candidate was judged"
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_judged_before_its_key_is_on_the_screen() {
    let (judged, mut candidates) = mpsc::unbounded_channel();
    let services = Services {
        judge: Arc::new(move |_, password| {
            judged.send(password.expose().to_owned()).unwrap();
            std::panic::resume_unwind(Box::new("no verdict"))
        }),
        ..no_services()
    };
    let mut stage = Stage::with_buffer(Toy::default(), services, 16);
    stage.send("h\x1b[15~").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(candidates.try_recv().is_err(), "nobody has seen the key");
    stage.wait_for_text("typed [h]").await;
    let judged = tokio::select! {
        judged = soon(candidates.recv()) => judged,
        () = async { while stage.read().await.is_some() {} } => panic!("nobody is asked"),
    };
    assert_eq!(judged.unwrap(), "h");
}

#[tokio::test(start_paused = true)]
async fn pictures_and_the_phone_come_when_they_come() {
    let services = Services {
        new_picture: Box::new(|| {
            async {
                tokio::time::sleep(Duration::from_secs(5)).await;
                None
            }
            .boxed()
        }),
        read_phone: Box::new(|| async { Vec::new() }.boxed()),
        ..no_services()
    };
    let mut stage = Stage::new(Toy::default(), services);
    stage.started().await;
    stage.send("\x1b[17~\x1b[20~x").await;
    stage.wait_for_text("phone 0").await;
    assert!(stage.text().contains("typed [x]"));
    stage.wait_for_text("picture false").await;
}
