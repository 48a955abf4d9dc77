//! What becomes of a command, and the answer to it.

use zeroize::Zeroizing;

use super::command::Command;
use super::words::Answers;
use super::{Chat, Passwords};
use crate::domain::account::Account;
use crate::domain::secret::{ChatText, Password};
use crate::flow::driver::chatting::{self, CodeAgain};
use crate::flow::effect::Input;
use crate::flow::grant::Lasting;
use crate::flow::message::{Body, Message};
use crate::flow::ports::{DirectoryDown, Link, LinkTo, NotVouched, PictureName, StoreError};
use crate::flow::prompt::{Prompt, Refusal};
use crate::flow::vouched::Vouched;

/// Who has written, and what the directory knows of them.
struct Writer<'a> {
    vouched: &'a Vouched,
    account: Result<Option<Box<Account>>, DirectoryDown>,
}

impl Writer<'_> {
    fn known(&self) -> Option<&Account> {
        self.account.as_ref().ok()?.as_deref()
    }

    fn language(&self) -> Option<&str> {
        self.known()?.language.as_deref()
    }

    /// The account, or why there is none.
    fn account(&self) -> Result<&Account, Refusal> {
        match &self.account {
            Ok(Some(account)) => Ok(account),
            Ok(None) => Err(Refusal::NoAccount),
            Err(_) => Err(Refusal::DirectoryDown),
        }
    }
}

impl Chat {
    /// Carries a command out and answers.
    pub(super) async fn command(&self, from: &Vouched, text: &ChatText) {
        let command = Command::parse(text);
        if !self.is_still_there(from).await {
            return;
        }
        let writer = self.writer(from).await;
        let answer = match self.answer(&writer, command).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::error!(%error, "a command was not carried out");
                Some(self.to(&writer).refused(&Refusal::StoreDown, false))
            }
        };
        if let Some(answer) = answer {
            self.say(from, writer.language(), answer).await;
        }
    }

    /// Tells how the chat works.
    pub(super) async fn help(&self, to: &Vouched) {
        let writer = self.writer(to).await;
        let help = self.to(&writer).help();
        self.say(to, writer.language(), help).await;
    }

    /// Says that these were too many commands.
    pub(super) async fn too_many(&self, to: &Vouched) {
        let writer = self.writer(to).await;
        let words = self.to(&writer).too_many();
        self.say(to, writer.language(), words).await;
    }

    /// Sends an answer.
    pub(super) async fn say(&self, to: &Vouched, language: Option<&str>, words: Zeroizing<String>) {
        let message = Message {
            to: to.userid().clone(),
            language: language.map(str::to_owned),
            body: Body::Words(words),
            concerns: None,
        };
        if let Err(error) = self.settings().ports.messenger.send(message).await {
            tracing::warn!(%error, "an answer in the chat did not go out");
        }
    }

    /// The address of a one-time link.
    pub(super) fn address(&self, link: &Link) -> String {
        format!("{}/l/{}", self.settings().public_url, link.token)
    }

    /// Whether the member is active and within the app's range: who left has no say, and who
    /// cannot be asked about is not known to be there.
    async fn is_still_there(&self, from: &Vouched) -> bool {
        let result = match self.settings().identity.still(from).await {
            Ok(()) => return true,
            Err(NotVouched::ChannelDown(why)) => {
                tracing::error!(why, "nobody can say whether a member is still there");
                "channel_down"
            }
            Err(_) => "not_active",
        };
        let settings = self.settings();
        let recorded = chatting::refused(&settings.ports, &settings.place, None, result).await;
        if let Err(error) = recorded {
            tracing::error!(%error, "the audit log cannot be written");
        }
        false
    }

    async fn writer<'a>(&self, vouched: &'a Vouched) -> Writer<'a> {
        let account = chatting::account_of(&self.settings().ports, vouched).await;
        Writer { vouched, account }
    }

    fn to(&self, writer: &Writer<'_>) -> Answers<'_> {
        self.settings().words.to(writer.language())
    }

    /// The answer; `None` when it was sent already.
    async fn answer(
        &self,
        writer: &Writer<'_>,
        command: Command,
    ) -> Result<Option<Zeroizing<String>>, StoreError> {
        let words = self.to(writer);
        let account = match (&command, writer.account()) {
            (Command::Help, _) => return Ok(Some(words.help())),
            (_, Ok(account)) => account,
            (command, Err(refusal)) => {
                let result = match refusal {
                    Refusal::NoAccount => "unmapped",
                    _ => "directory_down",
                };
                let settings = self.settings();
                chatting::refused(&settings.ports, &settings.place, None, result).await?;
                let sent_password = matches!(command, Command::SetPassword(_));
                return Ok(Some(words.refused(&refusal, sent_password)));
            }
        };
        let lasting = match self.settings().words.passwords {
            Passwords::Off => None,
            Passwords::Temporary => Some(Lasting::UntilSignIn),
            Passwords::Allow => Some(Lasting::ByPolicy),
        };
        Ok(match (command, lasting) {
            (Command::SetPassword(Ok(password)), Some(lasting)) => {
                Some(self.set(writer, account, password, lasting).await?)
            }
            (Command::SetPassword(Err(error)), Some(_)) => Some(words.no_password(error)),
            (Command::SetPassword(_), None) => {
                let link = self.link(writer, account, LinkTo::Form).await?;
                Some(words.link(&link, true))
            }
            (Command::Link, _) => {
                let link = self.link(writer, account, LinkTo::Form).await?;
                Some(words.link(&link, false))
            }
            (Command::Code, _) => self.code(writer, account).await?,
            (Command::Picture(short_code), _) => {
                Some(self.picture(writer, account, short_code).await?)
            }
            (Command::Help, _) => Some(words.help()),
        })
    }

    /// Runs a whole reset. The engine says what may be; the message is the act.
    async fn set(
        &self,
        writer: &Writer<'_>,
        account: &Account,
        password: Password,
        lasting: Lasting,
    ) -> Result<Zeroizing<String>, StoreError> {
        let words = self.to(writer);
        let begun = self.settings().resets.begin_found(
            writer.vouched.clone(),
            lasting,
            Box::new(account.clone()),
        );
        let (mut running, work) = begun;
        (self.settings().spawn)(Box::pin(work));
        let mut password = Some(password);
        while let Some(prompt) = running.prompts.recv().await {
            match prompt {
                Prompt::NewPassword {
                    busy: false,
                    refusal: None,
                    ..
                } => {
                    if let Some(password) = password.take() {
                        // A reset that has gone says so by its prompts' end.
                        drop(running.inputs.send(Input::NewPassword(password)).await);
                    }
                }
                Prompt::NewPassword {
                    busy: false,
                    refusal: Some(refusal),
                    ..
                }
                | Prompt::Ended { refusal, .. } => return Ok(words.refused(&refusal, true)),
                Prompt::Done { expires_at, .. } => return Ok(words.done(expires_at)),
                Prompt::Frozen { until, .. } => {
                    let link = self.link(writer, account, LinkTo::Form).await?;
                    return Ok(words.frozen(until, &link));
                }
                _ => {}
            }
        }
        // It went without a word: whether anything was changed is looked up.
        Ok(words.refused(&Refusal::OutcomeUnknown, true))
    }

    async fn link(
        &self,
        writer: &Writer<'_>,
        account: &Account,
        leads: LinkTo,
    ) -> Result<String, StoreError> {
        let settings = self.settings();
        let to = writer.vouched.userid();
        let link = chatting::link(&settings.ports, &settings.place, account, to, leads).await?;
        Ok(self.address(&link))
    }

    async fn code(
        &self,
        writer: &Writer<'_>,
        account: &Account,
    ) -> Result<Option<Zeroizing<String>>, StoreError> {
        let words = self.to(writer);
        let settings = self.settings();
        let to = writer.vouched.userid();
        let again = chatting::code_again(&settings.ports, account, to, settings.code).await?;
        Ok(match again {
            CodeAgain::Sent(waiting) => {
                let ports = settings.ports.clone();
                // Nobody waits for it at the end: it ends with its code.
                tokio::spawn(async move { waiting.recall_when_over(&ports).await });
                None
            }
            CodeAgain::NothingWaits => Some(words.nothing_waits()),
            CodeAgain::Wait(until) => Some(words.wait(until)),
            CodeAgain::NotSent(_) => Some(words.refused(&Refusal::ChannelDown, false)),
        })
    }

    async fn picture(
        &self,
        writer: &Writer<'_>,
        account: &Account,
        short_code: String,
    ) -> Result<Zeroizing<String>, StoreError> {
        let pairings = &self.settings().ports.pairings;
        let name = PictureName::ShortCode(&short_code);
        let Some(place) = pairings.shown_at(name, self.now()).await? else {
            return Ok(self.to(writer).picture_gone());
        };
        let link = self
            .link(writer, account, LinkTo::Picture { short_code })
            .await?;
        Ok(self.to(writer).picture(&place.kiosk, &link))
    }
}
