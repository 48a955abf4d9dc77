//! The grant: the right, made from proof, to set one account's password once.

use crate::domain::account::AccountKey;
use crate::domain::code::ResetId;

/// The right to set the password of one account, once, in one reset.
///
/// Only the engine makes one: from a code judged right, from the old password, or from who the
/// channel vouches for. [`super::ports::Directory::set_password`] and
/// [`super::ports::Directory::unlock`] take it by value, so that it is used up. There is no `Clone`.
#[derive(Debug, PartialEq, Eq)]
pub struct Grant {
    account: AccountKey,
    reset: ResetId,
    lasting: Lasting,
}

/// How long a password may last that is set by a grant.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Lasting {
    /// As long as the policy says.
    ByPolicy,
    /// Until the next sign-in, where it must be changed.
    UntilSignIn,
}

impl Grant {
    /// From a code that was judged right for `account` in `reset`.
    pub(super) fn from_right_code(account: AccountKey, reset: ResetId) -> Self {
        Self {
            account,
            reset,
            lasting: Lasting::ByPolicy,
        }
    }

    /// The same right, for a password that lasts until the next sign-in only.
    pub(super) fn until_sign_in(self) -> Self {
        Self {
            lasting: Lasting::UntilSignIn,
            ..self
        }
    }

    /// From an old password that the directory took for `account` in `reset`.
    pub(super) fn from_old_password(account: AccountKey, reset: ResetId) -> Self {
        Self::from_right_code(account, reset)
    }

    /// For somebody whom the channel itself vouches for, and whose mapping leads to `account`.
    pub(super) fn from_vouched(account: AccountKey, reset: ResetId, lasting: Lasting) -> Self {
        Self {
            account,
            reset,
            lasting,
        }
    }

    /// How long the password may last.
    pub fn lasting(&self) -> Lasting {
        self.lasting
    }

    /// The only account it allows to change.
    pub fn account(&self) -> &AccountKey {
        &self.account
    }

    /// The reset it was made in.
    pub fn reset(&self) -> &ResetId {
        &self.reset
    }
}
