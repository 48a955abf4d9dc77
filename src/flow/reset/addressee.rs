//! Who gets what in WeCom when a login name was submitted.

use super::Context;
use crate::domain::account::{Account, AccountKey, EntryDn, Standing, WecomUserId};
use crate::domain::code::DeskAction;
use crate::domain::operator::{Operator, Operators};
use crate::domain::secret::{CodeDigits, OldPassword};
use crate::flow::desk::Case;
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
    /// Signs in at the desk: gets the code.
    Operator(Box<Account>, WecomUserId, Operator),
    /// Is helped at the desk: gets the code, and reads it to the operator.
    Helped(Box<Case>),
}

/// Whose code it was.
pub(super) struct Eligible {
    pub(super) key: AccountKey,
    pub(super) dn: EntryDn,
    /// The WeCom userid that got the code; `None`: the old password was the proof, and there is no
    /// phone to tell.
    pub(super) to: Option<WecomUserId>,
    /// The password that was the proof.
    pub(super) old: Option<OldPassword>,
    /// How they are helped at the desk, where that is so.
    pub(super) case: Option<Box<Case>>,
}

impl Eligible {
    /// Whether an account of this standing may be reset.
    pub(super) fn allows(&self, standing: Standing) -> bool {
        match &self.case {
            Some(case) => case.allows(standing),
            None => standing == Standing::Eligible,
        }
    }
}

impl Addressee {
    /// Who signs in at the desk: an operator with a phone, whatever rule 10 says of resetting
    /// their account. Everybody else gets a decoy.
    pub(super) fn operator(account: Option<Box<Account>>, operators: &Operators) -> Self {
        let Some(account) = account.filter(|account| account.standing != Standing::Disabled) else {
            return Self::Nobody;
        };
        match (operators.named(&account.login), account.wecom.clone()) {
            (Some(operator), Some(to)) => Self::Operator(account, to, operator.clone()),
            _ => Self::Nobody,
        }
    }

    /// Whether a code goes out to them in a message, rather than a decoy to nobody.
    pub(super) fn gets_code(&self) -> bool {
        matches!(
            self,
            Self::Eligible(..) | Self::Operator(..) | Self::Helped(_)
        )
    }

    pub(super) fn of(account: Option<Box<Account>>) -> Self {
        let Some(account) = account else {
            return Self::Nobody;
        };
        match (account.standing, account.wecom.clone()) {
            (Standing::Disabled, to) => Self::Told(account, to, NotAllowed::Disabled),
            (Standing::Protected | Standing::Guarded, to) => {
                Self::Told(account, to, NotAllowed::Protected)
            }
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
            Self::Operator(..) => "operator",
            Self::Helped(case) => match case.action {
                DeskAction::Password => "helped",
                DeskAction::Unlock => "helped_unlock",
            },
        }
    }

    /// Whose entry it is, where there is one.
    pub(super) fn key(&self) -> Option<&AccountKey> {
        match self {
            Self::Eligible(account, _)
            | Self::Told(account, ..)
            | Self::Unmapped(account)
            | Self::Operator(account, ..) => Some(&account.key),
            Self::Helped(case) => Some(&case.account.key),
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
                to: Some(to.clone()),
                old: None,
                case: None,
            }),
            Self::Helped(case) => Some(Eligible {
                key: case.account.key.clone(),
                dn: case.account.dn.clone(),
                to: Some(case.to.clone()),
                old: None,
                case: Some(case.clone()),
            }),
            Self::Scanned(claim) => Some(Eligible {
                key: claim.account.clone(),
                dn: claim.dn.clone(),
                to: Some(claim.to.clone()),
                old: None,
                case: None,
            }),
            // Signing in gives no right to any password.
            Self::Operator(..) | Self::Told(..) | Self::Unmapped(_) | Self::Nobody => None,
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
        let lifetime = context.setup.code.lifetime;
        let (account, to, body, purpose) = match (self, digits) {
            (Self::Operator(account, to, _), Some(digits)) => {
                let body = Body::SignInCode {
                    digits,
                    lifetime,
                    reference,
                };
                (&**account, to, body, Purpose::Code)
            }
            (Self::Helped(case), Some(digits)) => {
                let body = Body::DeskCode {
                    digits,
                    action: case.action,
                    operator: case.operator.clone(),
                    lifetime,
                    reference,
                };
                (&case.account, &case.to, body, Purpose::Code)
            }
            (Self::Eligible(account, to), Some(digits)) => {
                let body = Body::KioskCode {
                    digits,
                    kiosk,
                    lifetime,
                    reference,
                };
                (&**account, to, body, Purpose::Code)
            }
            (Self::Told(account, Some(to), why), _) => {
                let body = Body::NotAllowed {
                    why: *why,
                    kiosk,
                    reference,
                };
                (&**account, to, body, Purpose::NotAllowed)
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
