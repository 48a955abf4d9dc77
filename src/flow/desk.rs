//! IT support's desk, as data: who has signed in and what they may do, what they ask for, what
//! they see. Nothing in here holds a code, a password or a way to set one (style: powers are a
//! type of their own).

use crate::domain::account::{
    Account, AccountKey, EntryDn, PasswordAge, SearchText, Standing, WecomUserId,
};
use crate::domain::audit::AuditRecord;
use crate::domain::code::{DeskAction, ResetId};
use crate::domain::operator::{Operator, Role};
use crate::domain::time::Timestamp;

/// An operator who has signed in: the powers of one visit. Only the engine makes one, from a code
/// that was judged right; none of what it allows leads to a [`super::grant::Grant`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Powers {
    operator: Operator,
    account: AccountKey,
    wecom: WecomUserId,
    visit: ResetId,
}

impl Powers {
    /// From a code that was judged right for signing in as `operator`, whose own account and phone
    /// these are; `visit` is the sign-in's.
    pub(super) fn signed_in_by_code(
        operator: Operator,
        account: AccountKey,
        wecom: WecomUserId,
        visit: ResetId,
    ) -> Self {
        Self {
            operator,
            account,
            wecom,
            visit,
        }
    }

    /// The operator's login name, as `operators_file` has it.
    pub fn login(&self) -> &str {
        &self.operator.login
    }

    /// What they may do.
    pub fn role(&self) -> Role {
        self.operator.role
    }

    /// The operator's own account.
    pub fn account(&self) -> &AccountKey {
        &self.account
    }

    /// The operator's own phone.
    pub fn wecom(&self) -> &WecomUserId {
        &self.wecom
    }

    /// The visit that this was signed in for.
    pub fn visit(&self) -> &ResetId {
        &self.visit
    }

    /// Whether an account is the operator's own: nobody helps themselves.
    pub fn is_own(&self, account: &AccountKey, wecom: Option<&WecomUserId>) -> bool {
        self.account == *account || wecom == Some(&self.wecom)
    }
}

/// What an operator asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DeskInput {
    /// Look for people.
    Search(SearchText),
    /// Open somebody of the list.
    Open(AccountKey, EntryDn),
    /// Send a code for this to the person who is open; for one in a protected group, ask for a
    /// second operator first.
    SendCode(DeskAction),
    /// Give the employee, whose code was right, this.
    Give(Gift),
    /// Freeze the resets of the account that is open, or let them go on.
    Freeze,
    /// Show what waits for a second operator.
    Approvals,
    /// Agree to one.
    Approve(ResetId),
    /// Leave what is being done and show the person again, or the list.
    Back,
}

/// What an employee gets once their code was right.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Gift {
    /// A one-time link to the form.
    Link,
    /// A password made by rekey, until the next sign-in.
    Temporary,
}

impl Gift {
    /// The word in the audit record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Temporary => "temporary",
        }
    }
}

/// What an operator sees.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DeskPrompt {
    /// The sign-in worked.
    SignedIn(Powers),
    /// The people that were looked for.
    Found(Sought),
    /// A person, as they are now; `refusal` is why the last thing did not go on.
    Person(Box<PersonFile>, Option<DeskRefusal>),
    /// A code is on its way to the employee; the reset's own prompts follow.
    Begun {
        /// What it is for.
        action: DeskAction,
        /// The ticket.
        ticket: String,
    },
    /// A second operator is waited for.
    WaitsForApproval {
        /// For what.
        action: DeskAction,
        /// The ticket.
        ticket: String,
        /// Until when.
        until: Timestamp,
    },
    /// The code was right: what shall the employee get?
    Choose {
        /// The ticket.
        ticket: String,
        /// What can be had: a link leads nowhere for those in a protected group.
        link: bool,
    },
    /// The employee has it, or does not.
    Given {
        /// What.
        gift: Gift,
        /// Whether WeCom took the message.
        told: bool,
        /// The ticket.
        ticket: String,
    },
    /// What waits for a second operator, oldest first.
    Approvals(Vec<ApprovalLine>, Option<DeskRefusal>),
    /// Something is being asked of the directory or the state.
    Busy,
    /// It did not go on; nothing was changed.
    Refused(DeskRefusal),
}

/// People that were found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sought {
    /// By login name; at most [`crate::domain::limits::SEARCH_MAX`].
    pub people: Vec<PersonLine>,
    /// There are more.
    pub more: bool,
}

/// A person in the list. Texts are the directory's, not yet fit for a terminal (rule 8).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonLine {
    /// The account.
    pub key: AccountKey,
    /// Where the entry is.
    pub dn: EntryDn,
    /// The login name.
    pub login: String,
    /// The name.
    pub name: String,
    /// The WeCom userid, as it is written there; empty when there is none.
    pub wecom: String,
}

impl PersonLine {
    /// The line of an account whose mapping is known to be good.
    pub fn of(account: &Account) -> Self {
        let wecom = account.wecom.as_ref().map(WecomUserId::as_str);
        Self {
            key: account.key.clone(),
            dn: account.dn.clone(),
            login: account.login.clone(),
            name: account.display_name.clone(),
            wecom: wecom.unwrap_or_default().to_owned(),
        }
    }
}

/// A person who is open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonFile {
    /// Who.
    pub line: PersonLine,
    /// Whether rekey reaches their phone: the mapping gives exactly one entry.
    pub reachable: bool,
    /// Whether the rules allow a reset.
    pub standing: Standing,
    /// Age, lock.
    pub age: PasswordAge,
    /// When the password ends, by the stricter of directory and site.
    pub expires_at: Option<Timestamp>,
    /// Until when resets are frozen.
    pub frozen_until: Option<Timestamp>,
    /// When rekey last changed the password.
    pub last_reset: Option<Timestamp>,
    /// It is the operator's own account.
    pub own: bool,
    /// The newest audit records, newest first.
    pub records: Vec<AuditRecord>,
}

/// A reset that waits for a second operator.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApprovalLine {
    /// Which.
    pub reset: ResetId,
    /// Of whom: the login name in the directory.
    pub employee: String,
    /// Who asks.
    pub operator: String,
    /// For what.
    pub action: DeskAction,
    /// Until when.
    pub until: Timestamp,
    /// Whether this operator may agree: it is somebody else's, of somebody else.
    pub theirs_to_approve: bool,
}

/// Why the desk did not go on.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum DeskRefusal {
    /// The directory does not answer.
    DirectoryDown,
    /// WeCom does not answer.
    ChannelDown,
    /// The state cannot be written.
    StoreDown,
    /// This operator's role does not allow it.
    Role,
    /// The account is the operator's own.
    Own,
    /// It cannot be reset by anybody.
    Protected,
    /// It is disabled.
    Disabled,
    /// It has no phone in WeCom.
    Unmapped,
    /// Its resets are frozen.
    Frozen,
    /// It is not locked.
    NotLocked,
    /// The directory does not let rekey unlock.
    NotPermitted,
    /// The entry is gone, or somebody else's now.
    Gone,
    /// Too much in too short a time; IT's security was told.
    TooMany {
        /// When it goes on.
        until: Timestamp,
    },
    /// No second operator agreed in time.
    NotApproved,
    /// It cannot be agreed to (any more), or not by this operator.
    NotYours,
    /// The employee said that it is not them.
    Objected,
}

/// A reset at the desk, from the moment the operator asks for its code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
    /// What for.
    pub action: DeskAction,
    /// Whose code.
    pub account: Account,
    /// Where it goes.
    pub to: WecomUserId,
    /// Who asks.
    pub operator: String,
    /// A second operator has agreed.
    pub approved: bool,
}

impl Case {
    /// Whether an account of this standing may be reset in this case.
    pub fn allows(&self, standing: Standing) -> bool {
        match standing {
            Standing::Eligible => true,
            Standing::Guarded => self.approved,
            Standing::Disabled | Standing::Protected | Standing::Frozen { .. } => false,
        }
    }
}
