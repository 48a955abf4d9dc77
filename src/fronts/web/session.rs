//! Sessions: a member whom WeCom has vouched for, in one webview, with one reset. They are kept in
//! memory, for ten minutes, and end with the process.

use std::collections::HashMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use subtle::ConstantTimeEq as _;
use tokio::sync::{mpsc, watch};

use crate::domain::account::WecomUserId;
use crate::domain::limits;
use crate::domain::secret::{CodeDigits, PasswordError};
use crate::domain::time::{Now, Timestamp};
use crate::flow::driver::Running;
use crate::flow::effect::Input;
use crate::flow::message::Concern;
use crate::flow::ports::Stage;
use crate::flow::prompt::Prompt;
use crate::fronts::counted::CountedVisit;

/// How long a page waits for what comes next before it says "one moment".
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// What a person does goes in here; `None` once nothing more can be done.
type Inputs = Mutex<Option<mpsc::Sender<Input>>>;

/// Never held across an await; what it guards is whole at any time.
fn locked<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One webview's session.
pub(super) struct Session {
    member: WecomUserId,
    /// 128 random bits, hidden in the page's forms.
    csrf: String,
    until: Now,
    inputs: Arc<Inputs>,
    prompts: watch::Receiver<Prompt>,
    /// The account's language tag, once it is known.
    language: OnceLock<Option<String>>,
    page: Mutex<Page>,
    pub(super) judging: Judging,
    _counted: CountedVisit,
}

/// What a page shows beside the reset's prompt.
#[derive(Default)]
pub(super) struct Page {
    /// Goes up with each password that is handed in: a form that is sent twice, or from an old
    /// page, is answered and not acted on.
    pub(super) turn: u32,
    pub(super) note: Option<Note>,
    pub(super) scanned: Option<Scanned>,
    /// A one-time link that is still to be used up, by the first password.
    pub(super) link: Option<String>,
}

/// What was wrong with what was sent, before any rule saw it.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Note {
    Mismatch,
    NoPassword(PasswordError),
    /// The one-time link was used up by another webview.
    LinkOver,
}

/// What became of the picture that was scanned.
#[derive(Clone)]
pub(super) enum Scanned {
    Digits {
        concern: Concern,
        digits: Arc<CodeDigits>,
        expires: Timestamp,
    },
    Gone,
    /// The person does not stand there.
    NotThere(Stage),
}

impl Page {
    /// Begins again: a picture that led nowhere is not spoken of any more.
    pub(super) fn begin_again(&mut self) {
        let leads_nowhere = |it: &Scanned| matches!(it, Scanned::Gone | Scanned::NotThere(_));
        self.scanned = self.scanned.take().filter(|it| !leads_nowhere(it));
    }
}

/// One judgement at a time; of those that wait only the newest counts.
#[derive(Default)]
pub(super) struct Judging {
    pub(super) newest: AtomicU64,
    pub(super) turn: tokio::sync::Mutex<()>,
}

/// What a session begins with.
pub(super) struct Begun {
    pub(super) member: WecomUserId,
    pub(super) csrf: String,
    pub(super) running: Running,
    pub(super) counted: CountedVisit,
    pub(super) link: Option<String>,
    pub(super) scanned: Option<Scanned>,
}

impl Session {
    fn begin(begun: Begun, now: Now) -> Self {
        let Running { inputs, prompts } = begun.running;
        let inputs = Arc::new(Mutex::new(Some(inputs)));
        let (newest, seen) = watch::channel(Prompt::Reading);
        tokio::spawn(follow(prompts, newest, Arc::downgrade(&inputs)));
        Self {
            member: begun.member,
            csrf: begun.csrf,
            until: now.plus(limits::WEB_SESSION_LIFETIME),
            inputs,
            prompts: seen,
            language: OnceLock::new(),
            page: Mutex::new(Page {
                scanned: begun.scanned,
                link: begun.link,
                ..Page::default()
            }),
            judging: Judging::default(),
            _counted: begun.counted,
        }
    }

    pub(super) fn csrf(&self) -> &str {
        &self.csrf
    }

    /// Whether a form came from a page of this session.
    pub(super) fn is_ours(&self, csrf: &str) -> bool {
        self.csrf.as_bytes().ct_eq(csrf.as_bytes()).into()
    }

    /// Whether this reset may still lead to a new password for `member`.
    pub(super) fn goes_on_for(&self, member: &WecomUserId) -> bool {
        self.member == *member && !is_over(&self.prompts.borrow())
    }

    pub(super) fn page(&self) -> MutexGuard<'_, Page> {
        locked(&self.page)
    }

    /// The newest prompt.
    pub(super) fn prompt(&self) -> Prompt {
        let prompt = self.prompts.borrow().clone();
        if let Prompt::NewPassword { language, .. } = &prompt {
            self.language.get_or_init(|| language.clone());
        }
        prompt
    }

    /// The account's language tag, where it is known by now.
    pub(super) fn language(&self) -> Option<&str> {
        self.language.get()?.as_deref()
    }

    /// The newest prompt, once something can be done about it or [`ANSWER_MAX`] is over.
    pub(super) async fn settled(&self) -> Prompt {
        let mut prompts = self.prompts.clone();
        // Late, or ended: either way the newest one is what there is.
        let _ = tokio::time::timeout(ANSWER_MAX, prompts.wait_for(is_settled)).await;
        self.prompt()
    }

    /// Hands in what the person did, and waits as [`Session::settled`] for what comes of it.
    pub(super) async fn hand_in(&self, input: Input) {
        let mut prompts = self.prompts.clone();
        prompts.mark_unchanged();
        let Some(inputs) = locked(&self.inputs).clone() else {
            return;
        };
        if inputs.send(input).await.is_err() {
            return;
        }
        drop(inputs);
        let answered = async {
            if prompts.changed().await.is_ok() {
                let _ = prompts.wait_for(is_settled).await;
            }
        };
        let _ = tokio::time::timeout(ANSWER_MAX, answered).await;
    }
}

/// Passes the newest prompt on. A reset that has done what it can is let go: its page is kept, and
/// nothing else of it.
async fn follow(
    mut prompts: mpsc::Receiver<Prompt>,
    newest: watch::Sender<Prompt>,
    inputs: Weak<Inputs>,
) {
    while let Some(prompt) = prompts.recv().await {
        let done = is_done(&prompt);
        newest.send_replace(prompt);
        if done && let Some(inputs) = inputs.upgrade() {
            locked(&inputs).take();
        }
    }
}

fn is_settled(prompt: &Prompt) -> bool {
    match prompt {
        Prompt::Reading | Prompt::Unlocking | Prompt::Working(_) => false,
        Prompt::NewPassword { busy, .. } => !busy,
        _ => true,
    }
}

fn is_over(prompt: &Prompt) -> bool {
    is_done(prompt) || matches!(prompt, Prompt::Ended { .. })
}

fn is_done(prompt: &Prompt) -> bool {
    matches!(prompt, Prompt::Unlocked { .. } | Prompt::Done { .. })
}

/// All sessions, by what their cookies hold.
#[derive(Default)]
pub(super) struct Sessions(Mutex<HashMap<String, Arc<Session>>>);

impl Sessions {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Session>>> {
        locked(&self.0)
    }

    /// The session of a cookie, while it lasts.
    pub(super) fn find(&self, id: &str, now: Now) -> Option<Arc<Session>> {
        let found = self.lock().get(id).cloned()?;
        (!now.reached(found.until)).then_some(found)
    }

    /// Begins one. A member's oldest makes room for a member's newest, and where there are too
    /// many in all the oldest of all does. A change that is under way goes on without it.
    pub(super) fn begin(&self, id: String, begun: Begun, now: Now) {
        let session = Session::begin(begun, now);
        let mut all = self.lock();
        while all.len() >= limits::WEB_SESSIONS {
            remove_oldest(&mut all, |_| true);
        }
        let theirs = |other: &Session| other.member == session.member;
        while all.values().filter(|other| theirs(other)).count() >= limits::WEB_SESSIONS_OF_ONE {
            remove_oldest(&mut all, theirs);
        }
        all.insert(id, Arc::new(session));
    }

    /// Ends one.
    pub(super) fn end(&self, id: &str) {
        self.lock().remove(id);
    }

    pub(super) fn end_what_is_over(&self, now: Now) {
        let mut all = self.lock();
        all.retain(|_, session| !now.reached(session.until));
        // After a rush the room is given back.
        if all.capacity() > 4 * all.len() + 64 {
            all.shrink_to_fit();
        }
    }
}

fn remove_oldest(all: &mut HashMap<String, Arc<Session>>, of: impl Fn(&Session) -> bool) {
    let theirs = all.iter().filter(|(_, session)| of(session));
    let oldest = theirs.min_by_key(|(_, session)| session.until.mono);
    if let Some(id) = oldest.map(|(id, _)| id.clone()) {
        all.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::measured::Visits;
    use crate::flow::ports::Metrics;
    use crate::flow::prompt::Step;

    fn at(secs: u64) -> Now {
        Now {
            wall: Timestamp::from_secs(i64::try_from(secs).unwrap()),
            mono: Duration::from_secs(secs),
        }
    }

    fn begun(member: &str) -> (Begun, mpsc::Receiver<Input>, mpsc::Sender<Prompt>) {
        let (inputs, inbox) = mpsc::channel(1);
        let (outbox, prompts) = mpsc::channel(1);
        let begun = Begun {
            member: WecomUserId::parse(member).unwrap(),
            csrf: "c".to_owned(),
            running: Running { inputs, prompts },
            counted: CountedVisit::begin(&(Arc::new(()) as Arc<dyn Metrics>), Visits::Web),
            link: None,
            scanned: None,
        };
        (begun, inbox, outbox)
    }

    #[tokio::test]
    async fn a_session_ends_with_its_time_and_abandons_its_reset() {
        let sessions = Sessions::default();
        let (begun, mut inbox, _outbox) = begun("LinWei");
        sessions.begin("a".to_owned(), begun, at(0));
        assert!(sessions.find("a", at(599)).is_some());
        assert!(sessions.find("b", at(0)).is_none());
        assert!(sessions.find("a", at(600)).is_none());
        sessions.end_what_is_over(at(600));
        assert!(inbox.recv().await.is_none());
    }

    #[tokio::test]
    async fn of_a_reset_that_is_done_only_the_page_is_kept() {
        let sessions = Sessions::default();
        let (begun, mut inbox, outbox) = begun("LinWei");
        sessions.begin("a".to_owned(), begun, at(0));
        let done = Prompt::Unlocked {
            told: Step::Ok,
            reference: "7F3K".to_owned(),
        };
        outbox.send(done).await.unwrap();
        assert!(inbox.recv().await.is_none());
        let session = sessions.find("a", at(599)).unwrap();
        session.hand_in(Input::Unlock).await;
        assert!(matches!(session.settled().await, Prompt::Unlocked { .. }));
    }

    #[tokio::test]
    async fn one_member_holds_few_sessions_and_takes_none_of_another() {
        let sessions = Sessions::default();
        let mut kept = Vec::new();
        let mut begin = |id: String, member: &str, secs| {
            let (begun, inbox, outbox) = begun(member);
            sessions.begin(id, begun, at(secs));
            kept.push((inbox, outbox));
        };
        begin("other".to_owned(), "SitiRahma", 0);
        for n in 0..20 {
            begin(format!("s{n}"), "linwei", 1 + n);
        }
        assert!(sessions.find("other", at(30)).is_some());
        assert!(sessions.find("s0", at(30)).is_none());
        assert!(sessions.find("s19", at(30)).is_some());
        let all = sessions.lock().len();
        assert_eq!(all, 1 + limits::WEB_SESSIONS_OF_ONE);
    }
}
