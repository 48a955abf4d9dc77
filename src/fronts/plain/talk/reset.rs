//! A reset, line by line.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::{Said, Stage, Talk};
use crate::domain::policy::{Policy, Report, Verdict};
use crate::domain::secret::{CodeDigits, Password};
use crate::domain::time::{Now, Timestamp};
use crate::flow::effect::Input;
use crate::flow::prompt::{Progress, Prompt, ProofOfChange, Refusal, Step};
use crate::fronts::plain::Echo;
use crate::fronts::tui::msg::Command;

impl Talk {
    pub(super) fn on_prompt(&mut self, prompt: Prompt, now: Now, said: &mut Said<'_>) {
        match prompt {
            Prompt::Login { refusal } => {
                match &refusal {
                    Some(refusal) => self.refusal(said, refusal),
                    None => self.line(said, "screen-login-lead", &[]),
                }
                self.stage = Stage::Login;
                self.ask(said, "plain-login");
            }
            Prompt::LookingUp { slowed_until } => {
                self.stage = Stage::Waiting;
                self.line(said, "screen-looking-up-lead", &[]);
                self.slowed(said, slowed_until, now);
            }
            Prompt::Code { judging: true, .. } => {
                self.stage = Stage::Waiting;
                self.line(said, "screen-code-judging", &[]);
            }
            Prompt::Code {
                expires_at,
                resend_at,
                refusal,
                ..
            } => self.code_prompt(expires_at, resend_at.is_some(), refusal, said),
            Prompt::Reading => {
                self.stage = Stage::Waiting;
                self.line(said, "screen-reading", &[]);
            }
            Prompt::NewPassword { busy: true, .. } => {
                self.stage = Stage::Waiting;
                self.line(said, "screen-password-busy", &[]);
            }
            Prompt::NewPassword {
                policy,
                refusal,
                age,
                ..
            } => {
                self.can_only_unlock = age.locked && policy.directory.can_unlock;
                self.password_prompt(policy, refusal.as_ref(), said);
            }
            Prompt::Unlocking => {
                self.stage = Stage::Waiting;
                self.line(said, "screen-unlocking", &[]);
            }
            Prompt::Unlocked { told, reference } => self.unlocked(told, &reference, said),
            Prompt::Working(progress) => {
                self.stage = Stage::Waiting;
                self.progress(said, progress, None);
            }
            Prompt::Done {
                progress,
                proof,
                expires_at,
                reference,
            } => {
                self.progress(said, progress, Some(proof));
                if !matches!(self.stage, Stage::Over) {
                    self.done(said, expires_at);
                }
                if progress.told == Step::No {
                    self.line(
                        said,
                        "screen-reference",
                        &[("reference", (&reference).into())],
                    );
                }
                self.over(said);
            }
            // The desk is a screen of its own.
            Prompt::Desk(_) => {}
            Prompt::Frozen { reference, .. } => {
                self.refusal(said, &Refusal::AccountNotAllowed);
                self.line(
                    said,
                    "screen-reference",
                    &[("reference", (&reference).into())],
                );
                self.over(said);
            }
            Prompt::Ended { refusal, reference } => {
                self.refusal(said, &refusal);
                self.line(
                    said,
                    "screen-reference",
                    &[("reference", (&reference).into())],
                );
                self.over(said);
            }
        }
    }

    fn code_prompt(
        &mut self,
        expires_at: Timestamp,
        by_message: bool,
        refusal: Option<Refusal>,
        said: &mut Said<'_>,
    ) {
        let first = self.code_until.is_none();
        if first {
            let (title, lead) = match by_message {
                true => ("screen-code-title", "screen-code-lead"),
                false => ("screen-scanned-title", "screen-scanned-lead"),
            };
            let digits = [("digits", self.settings.code_digits.into())];
            self.line(said, title, &digits);
            self.line(said, lead, &digits);
        }
        if let Some(refusal) = &refusal {
            self.refusal(said, refusal);
        }
        if self.code_until.replace(expires_at) != Some(expires_at) {
            let time = self.speaker().time_of_day(expires_at);
            self.line(said, "screen-code-until", &[("time", (&time).into())]);
        }
        if first {
            self.line(said, "screen-code-secret", &[]);
        }
        // The same prompt again, with nothing new, is not said twice.
        let asked_already = matches!(self.stage, Stage::Code) && refusal.is_none() && !first;
        self.stage = Stage::Code;
        if !asked_already {
            self.ask(said, "plain-code");
        }
    }

    pub(super) fn on_code(&mut self, line: &str, _: Now, said: &mut Said<'_>) {
        match line {
            "" => self.ask(said, "plain-code"),
            "0" => self.back(said),
            "4" => {
                self.line(said, "screen-code-asked", &[]);
                said.commands.push(Command::Flow(Input::AnotherCode));
                self.ask(said, "plain-code");
            }
            "5" => {
                self.line(said, "screen-nothing-lead", &[]);
                for key in NOTHING_CAME {
                    said.line(&format!("- {}", self.speaker().say(key)));
                }
                self.line(said, "screen-nothing-then", &[]);
                self.ask(said, "plain-code");
            }
            code => match CodeDigits::parse(code, usize::from(self.settings.code_digits)) {
                Some(code) => {
                    self.stage = Stage::Waiting;
                    said.commands.push(Command::Flow(Input::Code(code)));
                }
                None => {
                    let digits = self.settings.code_digits;
                    self.refusal(said, &Refusal::CodeMalformed { digits });
                    self.ask(said, "plain-code");
                }
            },
        }
    }

    fn password_prompt(
        &mut self,
        policy: Arc<Policy>,
        refusal: Option<&Refusal>,
        said: &mut Said<'_>,
    ) {
        if self.policy.as_ref() != Some(&policy) {
            let site = self.settings.site_name.as_str();
            self.line(said, "screen-rules-title", &[("site", site.into())]);
            for (rule, _) in &policy.report_empty().lines {
                said.line(&format!("- {}", self.speaker().rule(rule)));
            }
        }
        self.policy = Some(policy);
        if let Some(refusal) = refusal {
            self.refusal(said, refusal);
            if let Refusal::NotGoodEnough(report) = refusal {
                self.report(said, report);
            }
        }
        if self.can_only_unlock {
            self.line(said, "plain-only-unlock", &[]);
        }
        self.stage = Stage::New;
        self.ask_new(said);
    }

    fn unlocked(&mut self, told: Step, reference: &str, said: &mut Said<'_>) {
        self.line(said, "screen-unlocked", &[]);
        self.line(said, "screen-unlocked-lead", &[]);
        if told == Step::No {
            self.line(said, "screen-step-not-told", &[]);
            self.line(said, "screen-reference", &[("reference", reference.into())]);
        } else {
            self.line(said, "screen-step-told", &[]);
        }
        self.over(said);
    }

    pub(super) fn ask_new(&self, said: &mut Said<'_>) {
        self.ask(
            said,
            match self.echo {
                Echo::Ours => "plain-new",
                Echo::Theirs => "plain-new-seen",
            },
        );
    }

    pub(super) fn on_new(&mut self, line: Zeroizing<String>, said: &mut Said<'_>) {
        if line.is_empty() {
            return self.back(said);
        }
        // No policy takes a password of one character.
        if self.can_only_unlock && *line == "7" {
            self.stage = Stage::Waiting;
            said.commands.push(Command::Flow(Input::Unlock));
            return;
        }
        match (Password::new(&line), &self.policy) {
            (Ok(password), Some(policy)) => {
                self.generation = self.generation.wrapping_add(1);
                said.commands.push(Command::Assess {
                    generation: self.generation,
                    password: Arc::new(password),
                    policy: Arc::clone(policy),
                });
                self.stage = Stage::Judging(line);
            }
            (Err(why), _) => {
                said.line(&self.speaker().no_password(why));
                self.ask_new(said);
            }
            (Ok(_), None) => self.ask_new(said),
        }
    }

    pub(super) fn on_assessed(&mut self, report: &Report, said: &mut Said<'_>) {
        if !matches!(self.stage, Stage::Judging(_)) {
            return;
        }
        self.report(said, report);
        let judged = std::mem::replace(&mut self.stage, Stage::New);
        match judged {
            Stage::Judging(line) if report.acceptable() => {
                self.stage = Stage::Again(line);
                self.ask(said, "plain-again");
            }
            _ => self.ask_new(said),
        }
    }

    /// What the meter says, and every rule that is not met.
    fn report(&self, said: &mut Said<'_>, report: &Report) {
        let least = self
            .policy
            .as_ref()
            .map_or(0, |policy| policy.site.min_strength);
        let words = self.speaker().strength(&report.strength, least);
        let label = self.speaker().say("screen-password-strength");
        let sentence = [Some(words.verdict), words.reason, words.fix];
        let sentence: Vec<String> = sentence.into_iter().flatten().collect();
        said.line(&format!(
            "{label}: {}",
            sentence.join(". ").replace("..", ".")
        ));
        let no = self.speaker().say("screen-no");
        for (rule, verdict) in &report.lines {
            if *verdict == Verdict::NotMet {
                said.line(&format!("{no}: {}", self.speaker().rule(rule)));
            }
        }
    }

    pub(super) fn on_again(&mut self, line: Zeroizing<String>, said: &mut Said<'_>) {
        let Stage::Again(first) = std::mem::replace(&mut self.stage, Stage::New) else {
            return;
        };
        match (Password::new(&first), Password::new(&line)) {
            (Ok(new), Ok(again)) if again.matches(&new) => {
                self.stage = Stage::Waiting;
                said.commands.push(Command::Flow(Input::NewPassword(new)));
            }
            _ => {
                self.line(said, "plain-mismatch", &[]);
                self.ask_new(said);
            }
        }
    }

    /// Each step when it is done.
    fn progress(&mut self, said: &mut Said<'_>, now: Progress, proof: Option<ProofOfChange>) {
        let before = self.progress.replace(now);
        let confirmed = proof == Some(ProofOfChange::DirectoryConfirmed);
        let steps = [
            (
                now.changed,
                before.map(|p| p.changed),
                "screen-step-changed",
                "screen-step-not-changed",
            ),
            (
                now.proved,
                before.map(|p| p.proved),
                "screen-step-proved",
                "screen-step-not-proved",
            ),
            (
                now.told,
                before.map(|p| p.told),
                "screen-step-told",
                "screen-step-not-told",
            ),
        ];
        for (place, (step, before, ok, no)) in steps.into_iter().enumerate() {
            let key = match step {
                _ if before == Some(step) => continue,
                Step::Ahead | Step::Wait => continue,
                _ if confirmed && place == 1 => "screen-step-confirmed",
                Step::Ok => ok,
                Step::No => no,
            };
            let word = match step {
                Step::No => "screen-no",
                _ => "screen-ok",
            };
            let (word, text) = (self.speaker().say(word), self.speaker().say(key));
            said.line(&format!("{word}: {text}"));
        }
    }

    fn done(&self, said: &mut Said<'_>, expires_at: Option<Timestamp>) {
        self.line(said, "screen-done", &[]);
        match expires_at {
            Some(at) => {
                let date = self.speaker().date(at);
                self.line(said, "screen-done-until", &[("date", (&date).into())]);
            }
            None => self.line(said, "screen-done-forever", &[]),
        }
        self.line(said, "screen-done-next", &[]);
        for key in ["screen-done-wifi", "screen-done-mail", "screen-done-laptop"] {
            said.line(&format!("- {}", self.speaker().say(key)));
        }
    }

    fn over(&mut self, said: &mut Said<'_>) {
        if !matches!(self.stage, Stage::Over) {
            self.stage = Stage::Over;
            self.ask(said, "plain-enter-leaves");
        }
    }

    fn slowed(&self, said: &mut Said<'_>, until: Option<Timestamp>, now: Now) {
        if let Some(until) = until.filter(|until| *until > now.wall) {
            let span = self.speaker().span(until.since(now.wall));
            self.line(said, "screen-slowed", &[("span", (&span).into())]);
        }
    }

    /// What happened, why, and what to do now.
    pub(super) fn refusal(&self, said: &mut Said<'_>, refusal: &Refusal) {
        let words = self.speaker().refusal(refusal);
        said.line(&format!("{}.", words.what));
        said.line(&words.why);
        said.line(&words.now);
    }
}

const NOTHING_CAME: [&str; 6] = [
    "screen-nothing-where",
    "screen-nothing-network",
    "screen-nothing-name",
    "screen-nothing-often",
    "screen-nothing-wecom",
    "screen-nothing-account",
];
