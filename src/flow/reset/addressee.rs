//! Who gets what in WeCom when a login name was submitted.

use super::Context;
use crate::domain::account::{Account, AccountKey, EntryDn, Standing, WecomUserId};
use crate::domain::secret::CodeDigits;
use crate::flow::effect::{Effect, Purpose};
use crate::flow::message::{Body, Message, NotAllowed};
use crate::flow::ports::Claim;

/// Who gets what in WeCom; never told to whoever typed the name.
pub(super) enum Addressee {
    /// May be reset: gets the code.
    Eligible(Box<Account>, WecomUserId),
    /// May not be reset: is told so on the phone, if there is one.
    Told(Box<Account>, Option<WecomUserId>, NotAllowed),
    /// Has no phone to send to.
    Unmapped(Box<Account>),
    /// The login name leads nowhere.
    Nobody,
    /// Has scanned this kiosk's picture: their own phone shows the digits.
    Scanned(Box<Claim>),
}

/// Whose code it was.
pub(super) struct Eligible {
    pub(super) key: AccountKey,
    pub(super) dn: EntryDn,
    /// The WeCom userid that got the code.
    pub(super) to: WecomUserId,
}

impl Addressee {
    pub(super) fn of(account: Option<Box<Account>>) -> Self {
        let Some(account) = account else {
            return Self::Nobody;
        };
        match (account.standing, account.wecom.clone()) {
            (Standing::Disabled, to) => Self::Told(account, to, NotAllowed::Disabled),
            (Standing::Protected, to) => Self::Told(account, to, NotAllowed::Protected),
            (Standing::Frozen { until }, to) => {
                Self::Told(account, to, NotAllowed::Frozen { until })
            }
            (Standing::Eligible, Some(to)) => Self::Eligible(account, to),
            (Standing::Eligible, None) => Self::Unmapped(account),
        }
    }

    /// The word in the audit record.
    pub(super) fn as_str(&self) -> &'static str {
        match self {
            Self::Eligible(..) => "code_due",
            Self::Told(_, _, NotAllowed::Disabled) => "disabled",
            Self::Told(_, _, NotAllowed::Protected) => "protected",
            Self::Told(_, _, NotAllowed::Frozen { .. }) => "frozen",
            Self::Unmapped(_) => "unmapped",
            Self::Nobody => "nobody",
            Self::Scanned(_) => "scanned",
        }
    }

    /// Whose entry it is, where there is one.
    pub(super) fn key(&self) -> Option<&AccountKey> {
        match self {
            Self::Eligible(account, _) | Self::Told(account, ..) | Self::Unmapped(account) => {
                Some(&account.key)
            }
            Self::Scanned(claim) => Some(&claim.account),
            Self::Nobody => None,
        }
    }

    /// Who may go on once the code was right.
    pub(super) fn eligible(&self) -> Option<Eligible> {
        match self {
            Self::Eligible(account, to) => Some(Eligible {
                key: account.key.clone(),
                dn: account.dn.clone(),
                to: to.clone(),
            }),
            Self::Scanned(claim) => Some(Eligible {
                key: claim.account.clone(),
                dn: claim.dn.clone(),
                to: claim.to.clone(),
            }),
            Self::Told(..) | Self::Unmapped(_) | Self::Nobody => None,
        }
    }

    /// The message that goes to them now that a code, or a decoy, is stored.
    pub(super) fn message(
        &self,
        context: &Context<'_>,
        digits: Option<CodeDigits>,
    ) -> Option<Effect> {
        let kiosk = context.setup.place.kiosk.clone();
        let reference = context.reference();
        let (account, to, body, purpose) = match (self, digits) {
            (Self::Eligible(account, to), Some(digits)) => {
                let lifetime = context.setup.code.lifetime;
                let body = Body::KioskCode {
                    digits,
                    kiosk,
                    lifetime,
                    reference,
                };
                (account, to, body, Purpose::Code)
            }
            (Self::Told(account, Some(to), why), _) => {
                let body = Body::NotAllowed {
                    why: *why,
                    kiosk,
                    reference,
                };
                (account, to, body, Purpose::NotAllowed)
            }
            _ => return None,
        };
        let message = Message {
            to: to.clone(),
            language: account.language.clone(),
            body,
            concerns: Some(context.concern(&account.key)),
        };
        Some(Effect::Send(message, purpose))
    }
}
