//! The grant: the right, made from proof, to set one account's password once.

use crate::domain::account::AccountKey;
use crate::domain::code::ResetId;

/// The right to set the password of one account, once, in one reset.
///
/// Only the engine makes one, from a code judged right; [`super::ports::Directory::set_password`]
/// takes it by value, so that it is used up. There is no `Clone`.
#[derive(Debug, PartialEq, Eq)]
pub struct Grant {
    account: AccountKey,
    reset: ResetId,
}

impl Grant {
    /// From a code that was judged right for `account` in `reset`.
    pub(super) fn from_right_code(account: AccountKey, reset: ResetId) -> Self {
        Self { account, reset }
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
