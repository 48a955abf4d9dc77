//! The company's directory: who is in it, and what may be asked of it.

use async_trait::async_trait;

use super::Act;
use crate::domain::account::{
    Account, AccountKey, EntryDn, LoginName, SearchText, Standing, WecomUserId,
};
use crate::domain::policy::DirectoryPolicy;
use crate::domain::secret::Password;
use crate::flow::desk::Sought;
use crate::flow::grant::Grant;

/// The directory did not answer in time, or refused to work with this program at all. Concerns
/// everybody, so it may be told to everybody.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DirectoryDown {
    /// No server answered within the limit.
    #[error("no directory server answers: {0}")]
    Unreachable(String),
    /// A server answered, but not as configured: a wrong bind password, missing rights.
    #[error("the directory refuses this program: {0}")]
    Misconfigured(String),
}

/// One directory server, by its URL as configured.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ServerUrl(pub String);

/// What an entry looked like just before a change: enough to find out later whether a change
/// whose answer was lost has landed, and whether it was ours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChangeMark {
    /// The server that was asked and will be asked to change.
    pub server: ServerUrl,
    /// entryCSN, uSNChanged: changes with every write to the entry.
    pub entry_mark: String,
    /// pwdChangedTime, pwdLastSet: changes with the password. Empty when there is none yet.
    pub password_mark: String,
}

/// What a look at the entry after a lost answer says.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Landed {
    /// The password is as it was.
    NotYet,
    /// The password was changed since the mark, last written by this program's own account.
    ByUs,
    /// The entry was changed since by somebody else as well: nobody can tell.
    Unclear,
}

/// What a bind with the password that is to be replaced says.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum OldPasswordVerdict {
    /// It is the account's password: proof for a renewal. On Active Directory sub-codes 773, 532,
    /// 530 and 531 count too, since an expired password can be changed there with itself.
    Right,
    /// It is, and has expired, and the directory takes an expired one for nothing any more.
    Expired,
    /// It is not, or the directory does not say.
    Wrong,
}

/// Why the directory refused a new password.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DirectoryRefusal {
    /// Too short.
    TooShort,
    /// Its quality rules.
    Quality,
    /// Used before.
    InHistory,
    /// The same as now.
    Same,
    /// The last change was too recently.
    TooYoung,
    /// The account may not change its password, or this program has no right to.
    NotPermitted,
    /// Anything else: the directory's own words, not yet fit for a terminal.
    Other(String),
}

/// What became of a change.
#[derive(PartialEq, Eq, Debug)]
pub enum SetOutcome {
    /// The directory said yes.
    Changed,
    /// The directory said no; nothing was changed. The grant comes back.
    Refused(Grant, DirectoryRefusal),
    /// The directory was not asked: no connection. Nothing was changed. The grant comes back.
    NotAsked(Grant, DirectoryDown),
    /// It was asked and its answer is lost: it may have changed, may not, may still (rule 5).
    AnswerLost,
}

/// What a bind with the new password says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ProvingBind {
    /// It works (on Active Directory sub-codes 773, 530 and 531 count too).
    Works,
    /// The directory does not let this account bind, for a reason that is not the password.
    NotAllowed,
    /// It does not work.
    Wrong,
    /// The server could not be asked.
    Unreachable,
}

/// What a last look before a change sees: whether it is still the same employee, who may still be
/// helped, and what will tell later whether the change has landed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Marked {
    /// Whose entry it is.
    pub key: AccountKey,
    /// Whether it may be changed.
    pub standing: Standing,
    /// Where the mapping leads; `None`: nowhere, or to several.
    pub wecom: Option<WecomUserId>,
    /// What the entry looks like.
    pub mark: ChangeMark,
}

impl Marked {
    /// What is seen of `account` as it is.
    pub fn of(account: &Account, mark: ChangeMark) -> Self {
        Self {
            key: account.key.clone(),
            standing: account.standing,
            wecom: account.wecom.clone(),
            mark,
        }
    }
}

/// The company's directory.
#[async_trait]
pub trait Directory: Send + Sync {
    /// Finds the one account with this login name. `None`: none, or more than one.
    async fn find(&self, login: &LoginName) -> Result<Option<Account>, DirectoryDown>;

    /// Finds the one account that the mapping leads to from this WeCom member, compared without
    /// case (rule 9). `None`: none, or more than one.
    async fn find_member(&self, userid: &WecomUserId) -> Result<Option<Account>, DirectoryDown>;

    /// Finds people by a part of their name, the beginning of their login name, or their WeCom
    /// userid: for the desk. At most `limit`.
    async fn search(&self, text: &SearchText, limit: u16) -> Result<Sought, DirectoryDown>;

    /// Reads an account again, by key and DN. `None`: it is gone, or is another entry now.
    async fn reread(
        &self,
        key: &AccountKey,
        dn: &EntryDn,
    ) -> Result<Option<Account>, DirectoryDown>;

    /// What the directory demands of the new password of this account, which was read just now,
    /// and whether its lock can be ended.
    async fn policy(&self, account: &Account) -> Result<DirectoryPolicy, DirectoryDown>;

    /// Looks at the entry of `account` a last time before `act`, at the server that will carry it
    /// out. `None`: it is gone, or is another entry now.
    async fn mark(&self, account: &Account, act: Act) -> Result<Option<Marked>, DirectoryDown>;

    /// Sets the password of the account that `grant` names, at `mark.server`; it lasts as the
    /// grant says.
    async fn set_password(
        &self,
        grant: Grant,
        dn: &EntryDn,
        mark: &ChangeMark,
        password: &Password,
    ) -> SetOutcome;

    /// Binds with the password that is to be replaced. Without a `dn` (a name that leads nowhere, or
    /// an account that must not be touched) it takes a DN that is not there, for the same round
    /// trips. The directory counts a wrong one: the caller keeps the limits.
    async fn judge_old(
        &self,
        dn: Option<&EntryDn>,
        old: &Password,
    ) -> Result<OldPasswordVerdict, DirectoryDown>;

    /// Ends the lock by wrong passwords of the account that `grant` names, at `mark.server`, and
    /// leaves the password as it is. Only where [`DirectoryPolicy::can_unlock`] says so.
    async fn unlock(&self, grant: Grant, dn: &EntryDn, mark: &ChangeMark) -> SetOutcome;

    /// Binds as the account at the server that made the change.
    async fn prove(&self, dn: &EntryDn, server: &ServerUrl, password: &Password) -> ProvingBind;

    /// Looks whether a change has landed since `mark`: at its server first, then at the others.
    /// "Not yet" comes from its own server only, while that is configured; when it is down and the
    /// others know of no change, the answer is that the directory is down.
    async fn landed(
        &self,
        key: &AccountKey,
        dn: &EntryDn,
        mark: &ChangeMark,
    ) -> Result<Landed, DirectoryDown>;

    /// Whether any server answers, without asking about anybody.
    async fn works(&self) -> Result<(), DirectoryDown>;
}
