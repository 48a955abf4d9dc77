//! What IT support's desk needs of the state.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::account::{AccountKey, WecomUserId};
use crate::domain::audit::{AuditEvent, AuditRecord};
use crate::domain::code::{DeskAction, ResetId};
use crate::domain::limits::{
    OPERATOR_CODES, OPERATOR_DEEDS, OPERATOR_SAME_EMPLOYEE, OPERATOR_WRONG_CODES, SlidingLimit,
};
use crate::domain::throttle::{Permission, sliding};
use crate::domain::time::Timestamp;
use crate::flow::message::Concern;

/// What an operator did that is counted.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum DeedKind {
    /// Sent a code.
    Code,
    /// Typed a wrong one.
    WrongCode,
    /// Froze or unfroze an account.
    Account,
}

impl DeedKind {
    /// The word in the state.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::WrongCode => "wrong_code",
            Self::Account => "account",
        }
    }

    /// Whether it leads to guesses at a code: who has typed too many wrong ones does it no more,
    /// else each further code would be one more guess.
    pub fn guesses(self) -> bool {
        self == Self::Code
    }

    /// The limit over everybody, and the one over the same account.
    pub fn limits(self) -> (SlidingLimit, Option<SlidingLimit>) {
        match self {
            Self::Code => (OPERATOR_CODES, Some(OPERATOR_SAME_EMPLOYEE)),
            Self::WrongCode => (OPERATOR_WRONG_CODES, None),
            Self::Account => (OPERATOR_DEEDS, None),
        }
    }
}

/// Something an operator wants to do, or did, to an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deed {
    /// What.
    pub kind: DeedKind,
    /// The operator's login name.
    pub operator: String,
    /// To whom.
    pub account: AccountKey,
    /// When.
    pub at: Timestamp,
}

impl Deed {
    /// What an alarm about it concerns; `refused` is its record.
    pub fn concern(&self, refused: &AuditEvent) -> Concern {
        Concern {
            reset: refused.reset.clone(),
            account: self.account.clone(),
            place: refused.place.clone(),
        }
    }
}

/// What is known of an operator's deeds of one kind, before the next one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DeedsSoFar {
    /// When they were done.
    pub all: Vec<Timestamp>,
    /// When they were done to the same account.
    pub same: Vec<Timestamp>,
    /// When one, or a wrong code of those below, was last refused.
    pub refused: Option<Timestamp>,
    /// When wrong codes were typed, where those stop the next one as well ([`DeedKind::guesses`]).
    pub wrong: Vec<Timestamp>,
}

impl DeedsSoFar {
    /// Whether the next one is allowed.
    pub fn permit(&self, kind: DeedKind, now: Timestamp) -> Counted {
        let (all, same) = kind.limits();
        let same = same.map_or(Permission::Now, |limit| sliding(limit, &self.same, now));
        let wrong = sliding(OPERATOR_WRONG_CODES, &self.wrong, now);
        let waits = [sliding(all, &self.all, now), same, wrong]
            .into_iter()
            .filter_map(|permission| match permission {
                Permission::Now => None,
                Permission::At(at) => Some(at),
            });
        let Some(until) = waits.max() else {
            return Counted::Allowed;
        };
        let first = self
            .refused
            .is_none_or(|before| before.plus(all.window) <= now);
        Counted::Refused { until, first }
    }
}

/// What became of a deed.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Counted {
    /// It is counted and may be done.
    Allowed,
    /// It is not; one `operator_refused` record was left.
    Refused {
        /// When the next one may be done.
        until: Timestamp,
        /// The first refusal in a while: the alarm rings.
        first: bool,
    },
}

/// A reset of somebody in a protected group, that waits for a second operator.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApprovalAsked {
    /// Which reset.
    pub reset: ResetId,
    /// Of whom.
    pub account: AccountKey,
    /// The employee's login name in the directory: what the second operator sees.
    pub employee: String,
    /// The employee's phone.
    pub employee_wecom: WecomUserId,
    /// For what.
    pub action: DeskAction,
    /// Who asks.
    pub by: Signatory,
    /// Until when somebody may agree.
    pub until: Timestamp,
}

/// An operator as one of the two.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signatory {
    /// The login name in `operators_file`.
    pub operator: String,
    /// Their own account.
    pub account: AccountKey,
    /// Their own phone.
    pub wecom: WecomUserId,
    /// The visit they are in.
    pub visit: ResetId,
}

impl ApprovalAsked {
    /// Whether `other` is somebody else in another visit, and neither of them the employee: one
    /// person with two logins, two accounts or two visits is still one person.
    pub fn may_be_approved_by(&self, other: &Signatory) -> bool {
        let by = &self.by;
        let other_person = by.operator.to_lowercase() != other.operator.to_lowercase()
            && by.account != other.account
            && by.wecom != other.wecom
            && by.visit != other.visit;
        other_person && self.account != other.account && self.employee_wecom != other.wecom
    }
}

/// The desk's book.
#[async_trait]
pub trait DeskBook: Send + Sync {
    /// Counts a deed if the limits allow it; when they do not, leaves `refused` as the record, and
    /// for the first of a row the alarm that is owed, due in
    /// [`ALARM_AGAIN`](crate::domain::limits::ALARM_AGAIN).
    async fn count(&self, deed: &Deed, refused: &AuditEvent) -> Result<Counted, StoreError>;

    /// Registers a reset that waits for a second operator, with `record` in the same transaction.
    async fn ask_approval(
        &self,
        asked: &ApprovalAsked,
        record: &AuditEvent,
    ) -> Result<(), StoreError>;

    /// What waits, oldest first; at most 100.
    async fn waiting_approvals(&self, now: Timestamp) -> Result<Vec<ApprovalAsked>, StoreError>;

    /// A second operator agrees, with `record` in the same transaction. `false`, and nothing
    /// written: it does not wait (any more), or they are not a second person.
    async fn approve(
        &self,
        reset: &ResetId,
        by: &Signatory,
        record: &AuditEvent,
    ) -> Result<bool, StoreError>;

    /// Whether somebody agreed, in time: true once, so that it is used up.
    async fn take_approval(&self, reset: &ResetId, now: Timestamp) -> Result<bool, StoreError>;

    /// It waits no more: the operator has left it.
    async fn withdraw(&self, reset: &ResetId) -> Result<(), StoreError>;

    /// The newest records of an account, newest first.
    async fn records_of(
        &self,
        account: &AccountKey,
        limit: u32,
    ) -> Result<Vec<AuditRecord>, StoreError>;

    /// When the account's password was last changed by a reset.
    async fn last_reset(&self, account: &AccountKey) -> Result<Option<Timestamp>, StoreError>;

    /// Whether the employee has said "not me" of this reset.
    async fn is_objected(&self, reset: &ResetId) -> Result<bool, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn somebody(operator: &str, account: &str, wecom: &str, visit: u8) -> Signatory {
        Signatory {
            operator: operator.to_owned(),
            account: AccountKey::new(account),
            wecom: WecomUserId::parse(wecom).unwrap(),
            visit: ResetId::from_bytes([visit; 16]),
        }
    }

    fn asked() -> ApprovalAsked {
        ApprovalAsked {
            reset: ResetId::from_bytes([9; 16]),
            account: AccountKey::new("entry-of-ada"),
            employee: "ada.admin".to_owned(),
            employee_wecom: WecomUserId::parse("AdaOkafor").unwrap(),
            action: DeskAction::Password,
            by: somebody("helper", "entry-of-helper", "Helper", 1),
            until: Timestamp::from_secs(600),
        }
    }

    #[test]
    fn nobody_approves_their_own() {
        let asked = asked();
        let right = somebody("approver", "entry-of-approver", "Approver", 2);
        assert!(asked.may_be_approved_by(&right));
        for same in [
            somebody("HELPER", "entry-of-approver", "Approver", 2),
            somebody("approver", "entry-of-helper", "Approver", 2),
            somebody("approver", "entry-of-approver", "helper", 2),
            somebody("approver", "entry-of-approver", "Approver", 1),
            somebody("approver", "entry-of-ada", "Approver", 2),
            somebody("approver", "entry-of-approver", "adaokafor", 2),
        ] {
            assert!(!asked.may_be_approved_by(&same), "{same:?}");
        }
    }

    #[test]
    fn the_alarm_rings_once_for_a_row_of_refusals() {
        let at = Timestamp::from_secs;
        let mut so_far = DeedsSoFar {
            all: (0..20).map(at).collect(),
            ..DeedsSoFar::default()
        };
        let refused = |so_far: &DeedsSoFar, now| so_far.permit(DeedKind::Code, at(now));
        let until = at(3600);
        assert_eq!(
            refused(&so_far, 30),
            Counted::Refused { until, first: true }
        );
        so_far.refused = Some(at(30));
        let again = Counted::Refused {
            until,
            first: false,
        };
        assert_eq!(refused(&so_far, 31), again);
        assert_eq!(refused(&so_far, 3600), Counted::Allowed);
    }

    #[test]
    fn too_many_wrong_codes_stop_the_next_code_too() {
        let so_far = DeedsSoFar {
            wrong: (0..10).map(Timestamp::from_secs).collect(),
            ..DeedsSoFar::default()
        };
        let refused = so_far.permit(DeedKind::Code, Timestamp::from_secs(10));
        let until = Timestamp::from_secs(3600);
        assert_eq!(refused, Counted::Refused { until, first: true });
        assert_eq!(so_far.permit(DeedKind::Code, until), Counted::Allowed);
    }

    #[test]
    fn the_same_employee_has_a_limit_of_their_own() {
        let so_far = DeedsSoFar {
            all: vec![Timestamp::from_secs(1); 3],
            same: vec![Timestamp::from_secs(1); 3],
            ..DeedsSoFar::default()
        };
        let now = Timestamp::from_secs(2);
        assert_ne!(so_far.permit(DeedKind::Code, now), Counted::Allowed);
        assert_eq!(so_far.permit(DeedKind::WrongCode, now), Counted::Allowed);
    }
}
