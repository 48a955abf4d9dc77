//! Somebody at a front, with what they type and what they see.

use std::time::Duration;

use rekey::domain::account::LoginName;
use rekey::domain::secret::{CodeDigits, Password};
use rekey::flow::driver::{Resets, Running};
use rekey::flow::effect::Input;
use rekey::flow::prompt::{Prompt, Refusal};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Longer than anything here takes: whoever waits longer has found a reset that hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// One person's time at a front.
pub struct Visit {
    running: Running,
    work: JoinHandle<()>,
    began: Instant,
    /// Everything shown so far, and when.
    pub saw: Vec<(Duration, Prompt)>,
}

impl Visit {
    /// Begins a reset.
    pub fn begin(resets: &Resets) -> Self {
        Self::of(resets.begin())
    }

    /// A reset that has begun.
    pub fn of((running, work): (Running, impl Future<Output = ()> + Send + 'static)) -> Self {
        Self {
            running,
            work: tokio::spawn(work),
            began: Instant::now(),
            saw: Vec::new(),
        }
    }

    /// The next prompt; `None` when there will be none.
    pub async fn next(&mut self) -> Option<Prompt> {
        let prompt = tokio::time::timeout(PATIENCE, self.running.prompts.recv())
            .await
            .expect("the reset hangs")?;
        self.saw.push((self.began.elapsed(), prompt.clone()));
        Some(prompt)
    }

    /// Waits for something to be typed in, or for the end.
    pub async fn settles(&mut self) -> Prompt {
        while let Some(prompt) = self.next().await {
            let waits = match &prompt {
                Prompt::Login { .. }
                | Prompt::Frozen { .. }
                | Prompt::Desk(_)
                | Prompt::Unlocked { .. }
                | Prompt::Done { .. }
                | Prompt::Ended { .. } => true,
                Prompt::Code { judging, .. } => !judging,
                Prompt::NewPassword { busy, .. } => !busy,
                Prompt::LookingUp { .. }
                | Prompt::Reading
                | Prompt::Unlocking
                | Prompt::Working(_) => false,
            };
            if waits {
                return prompt;
            }
        }
        panic!("the reset ended without a word: {:?}", self.saw);
    }

    /// Hands something in, whether it fits or not.
    pub async fn does(&mut self, input: Input) {
        // What is shown is read on the way: a reset waits for its front.
        while let Ok(prompt) = self.running.prompts.try_recv() {
            self.saw.push((self.began.elapsed(), prompt));
        }
        // A reset that has ended takes nothing any more.
        let _ = self.running.inputs.send(input).await;
    }

    /// Types a login name.
    pub async fn login(&mut self, name: &str) -> Prompt {
        let name = LoginName::parse(name).expect("a login name");
        if self.saw.is_empty() {
            self.settles().await;
        }
        self.does(Input::Login(name)).await;
        self.settles().await
    }

    /// Types a code.
    pub async fn code(&mut self, digits: &str) -> Prompt {
        let digits = CodeDigits::parse(digits, 6).expect("six digits");
        self.does(Input::Code(digits)).await;
        self.settles().await
    }

    /// Asks for another code.
    pub async fn another_code(&mut self) -> Prompt {
        self.does(Input::AnotherCode).await;
        self.settles().await
    }

    /// Types a new password, twice.
    pub async fn password(&mut self, text: &str) -> Prompt {
        let password = Password::new(text).expect("a password");
        self.does(Input::NewPassword(password)).await;
        self.settles().await
    }

    /// Goes away, and waits until nothing runs any more.
    pub async fn leaves(mut self) -> Vec<(Duration, Prompt)> {
        self.does(Input::Abandon).await;
        while self.next().await.is_some() {}
        (&mut self.work).await.expect("the reset panicked");
        std::mem::take(&mut self.saw)
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.work.abort();
    }
}

/// Why a prompt says no.
pub fn refusal(prompt: &Prompt) -> Option<&Refusal> {
    match prompt {
        Prompt::Login { refusal }
        | Prompt::Code { refusal, .. }
        | Prompt::NewPassword { refusal, .. } => refusal.as_ref(),
        Prompt::Ended { refusal, .. } => Some(refusal),
        _ => None,
    }
}

/// Whether it is past the proof.
pub fn is_proved(prompt: &Prompt) -> bool {
    matches!(
        prompt,
        Prompt::Reading
            | Prompt::NewPassword { .. }
            | Prompt::Unlocking
            | Prompt::Unlocked { .. }
            | Prompt::Working(_)
            | Prompt::Done { .. }
    )
}
