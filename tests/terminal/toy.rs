//! A face that shows what happened to it, and a program around it.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Position;
use ratatui_core::text::Text;
use ratatui_core::widgets::Widget as _;
use rekey::domain::policy::{DirectoryPolicy, Policy, SitePolicy};
use rekey::domain::secret::Password;
use rekey::domain::time::{Now, Timestamp};
use rekey::flow::driver::outage::Outage;
use rekey::flow::effect::Input;
use rekey::flow::ports::Clock;
use rekey::flow::prompt::Prompt;
use rekey::fronts::kiosk;
use rekey::fronts::tui::event::{KeyCode, TermEvent};
use rekey::fronts::tui::msg::{Command, Msg};
use rekey::fronts::tui::runtime::{Face, ResetChannels, Services};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

/// What a person typed: must never come out again after the visit.
pub(crate) const CANARY: &str = "hunter2-canary";

/// Shows what it was told; its keys are commands.
#[derive(Default)]
pub(crate) struct Toy {
    typed: String,
    size: (u16, u16),
    seen: VecDeque<String>,
    capabilities: String,
    ticks: u32,
    generation: u64,
    /// What fills the window under the text.
    fill: u8,
    /// How often it was drawn.
    pub(crate) draws: Arc<AtomicU32>,
    /// Wakes after this.
    pub(crate) wakes: Option<Duration>,
}

impl Face for Toy {
    fn update(&mut self, msg: Msg, _: Now) -> Vec<Command> {
        match msg {
            Msg::Term(event) => return self.event(event),
            Msg::Capabilities(known) => {
                self.capabilities = format!(
                    "utf8 {} lines {} half {} chinese {}",
                    known.utf8, known.lines, known.half_blocks, known.chinese
                );
            }
            Msg::Tick => self.ticks += 1,
            Msg::Outage(_) => self.saw("outage"),
            Msg::Scanned => self.saw("scanned"),
            Msg::Prompt(Prompt::Login { .. }) => self.saw("prompt login"),
            Msg::Prompt(Prompt::Reading) => self.saw("prompt reading"),
            Msg::Prompt(_) => self.saw("prompt"),
            Msg::Assessed { generation, .. } => self.saw(&format!("assessed {generation}")),
            Msg::Picture(picture) => self.saw(&format!("picture {}", picture.is_some())),
            Msg::Phone(messages) => self.saw(&format!("phone {}", messages.len())),
        }
        Vec::new()
    }

    fn draw(&self, buffer: &mut Buffer, _: Now) -> Option<Position> {
        self.draws.fetch_add(1, Ordering::SeqCst);
        let (cols, rows) = (buffer.area.width, buffer.area.height);
        assert_eq!((cols, rows), self.size, "drawn as large as told");
        if self.fill > 0 {
            let letter = char::from(b'a' + self.fill % 26);
            let line = letter.to_string().repeat(usize::from(cols));
            let lines = vec![line; usize::from(rows)];
            Text::raw(lines.join("\n")).render(buffer.area, buffer);
        }
        let mut text = format!("toy {cols}x{rows} ticks {}\n", self.ticks);
        let _ = writeln!(text, "{}", self.capabilities);
        let _ = writeln!(text, "typed [{}]", self.typed);
        for seen in &self.seen {
            let _ = writeln!(text, "{seen}");
        }
        Text::raw(text).render(buffer.area, buffer);
        Some(Position::ORIGIN)
    }

    fn next_wake(&self, _: Now) -> Option<Duration> {
        self.wakes
    }
}

impl Toy {
    fn saw(&mut self, what: &str) {
        self.seen.push_back(what.to_owned());
        if self.seen.len() > 10 {
            self.seen.pop_front();
        }
    }

    fn event(&mut self, event: TermEvent) -> Vec<Command> {
        match event {
            TermEvent::Resize { cols, rows } => self.size = (cols, rows),
            TermEvent::Paste(text) => self.saw(&format!("paste {}", *text.0)),
            TermEvent::Click { col, row } => self.saw(&format!("click {col},{row}")),
            TermEvent::CursorAt { .. } => self.saw("a cursor report"),
            TermEvent::Other => {}
            TermEvent::Key(key) => match key.code {
                KeyCode::Char('q') if key.ctrl => return vec![Command::Quit],
                KeyCode::Char(c) if key.ctrl => self.saw(&format!("Ctrl-{c}")),
                KeyCode::Char(c) => self.typed.push(c),
                KeyCode::F(2) => return vec![Command::Begin],
                KeyCode::F(4) => return vec![Command::Flow(Input::AnotherCode)],
                KeyCode::F(5) => return vec![self.assess()],
                KeyCode::F(6) => return vec![Command::NewPicture],
                KeyCode::F(8) => self.fill = self.fill.wrapping_add(1),
                KeyCode::F(9) => return vec![Command::ReadPhone],
                KeyCode::F(10) => return vec![Command::EndVisit],
                KeyCode::F(11) => {
                    let typed = self.typed.clone();
                    std::thread::spawn(move || panic!("elsewhere, with {typed}"));
                }
                KeyCode::F(12) => panic!("with {}", self.typed),
                code => self.saw(&format!("{code:?}")),
            },
        }
        Vec::new()
    }

    fn assess(&mut self) -> Command {
        self.generation += 1;
        let policy = Policy {
            directory: DirectoryPolicy::default(),
            site: SitePolicy {
                max_age: Duration::ZERO,
                min_length: 0,
                min_strength: 0,
                words: Vec::new(),
            },
            person_words: Vec::new(),
            old: None,
        };
        Command::Assess {
            generation: self.generation,
            password: Arc::new(Password::new(&self.typed).unwrap()),
            policy: Arc::new(policy),
        }
    }
}

/// A clock that follows tokio's, also while that is paused.
pub(crate) struct TestClock(Instant);

impl TestClock {
    pub(crate) fn start() -> Arc<Self> {
        Arc::new(Self(Instant::now()))
    }
}

impl Clock for TestClock {
    fn now(&self) -> Now {
        let mono = self.0.elapsed();
        Now {
            wall: Timestamp::from_secs(1_763_852_400).plus(mono),
            mono,
        }
    }
}

/// The true time, as the next process sees it too.
struct WallClock;

impl Clock for WallClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the program on the pty has no clock adapter"
    )]
    fn now(&self) -> Now {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap();
        Now {
            wall: Timestamp::default().plus(since),
            mono: since,
        }
    }
}

/// Services of which each answers nothing.
pub(crate) fn no_services() -> Services {
    Services {
        begin: Box::new(|| {
            let (inputs, _) = mpsc::channel(1);
            let (_, prompts) = mpsc::channel(1);
            ResetChannels { inputs, prompts }
        }),
        judge: Arc::new(|_, _| std::panic::resume_unwind(Box::new("nobody judges here"))),
        judges: Arc::new(tokio::sync::Semaphore::new(1)),
        new_picture: Box::new(|| std::future::pending().boxed()),
        scanned: Box::new(|| std::future::pending().boxed()),
        read_phone: Box::new(|| std::future::pending().boxed()),
        outage: watch::channel(Outage::default()).1,
    }
}

/// Set for the program on the pty.
pub(crate) const PLAY: &str = "REKEY_TOY";

/// Set for a program that has a change in flight at the end of every visit, until SIGUSR1.
pub(crate) const HOLD: &str = "REKEY_TOY_HOLD";

/// Not a test of its own: what the tests on a pty run. They start this very test binary with only
/// this test, and [`PLAY`] set.
#[test]
fn program() {
    if std::env::var_os(PLAY).is_none() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let ended = runtime.block_on(async {
        let quiesce = async {
            if std::env::var_os(HOLD).is_some() {
                let kind = tokio::signal::unix::SignalKind::user_defined1();
                let mut released = tokio::signal::unix::signal(kind).unwrap();
                say("<in flight>");
                released.recv().await;
            }
            say("<quiesced>");
        };
        kiosk::run(Toy::default(), no_services(), Arc::new(WallClock), quiesce).await
    });
    match ended {
        Ok(ended) => say(&format!("ended: {ended:?}")),
        Err(error) => say(&format!("error: {error}")),
    }
    wait_until_read();
    std::process::exit(0);
}

/// Asks the terminal something, and waits until it has read as far as that: the kernel drops what
/// nobody has read yet when the program that leads a pty's session ends.
fn wait_until_read() {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
    let stdin = rustix::stdio::stdin();
    let Ok(usual) = tcgetattr(stdin) else { return };
    let mut raw = usual.clone();
    raw.make_raw();
    tcsetattr(stdin, OptionalActions::Now, &raw).unwrap();
    say("\x1b[6n");
    // Some terminals of these tests never answer.
    let patience = Timespec {
        tv_sec: 1,
        tv_nsec: 0,
    };
    poll(&mut [PollFd::new(&stdin, PollFlags::IN)], Some(&patience)).unwrap();
    tcsetattr(stdin, OptionalActions::Flush, &usual).unwrap();
}

fn say(text: &str) {
    rustix::io::write(rustix::stdio::stdout(), format!("{text}\n").as_bytes()).unwrap();
}
