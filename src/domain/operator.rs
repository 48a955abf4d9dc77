//! Operators: IT support's people, and what each may do at the desk.

/// What an operator may do.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Role {
    /// Helps employees.
    Helper,
    /// Helps employees, and agrees to what another operator began.
    Approver,
    /// Sees records, and changes nothing.
    Auditor,
}

impl Role {
    /// Reads the word in `operators_file`.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Helper, Self::Approver, Self::Auditor]
            .into_iter()
            .find(|role| role.as_str() == word)
    }

    /// The word in `operators_file`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Helper => "helper",
            Self::Approver => "approver",
            Self::Auditor => "auditor",
        }
    }

    /// Whether this role sends codes, unlocks, freezes.
    pub fn helps(self) -> bool {
        matches!(self, Self::Helper | Self::Approver)
    }

    /// Whether this role agrees to what another operator began.
    pub fn approves(self) -> bool {
        self == Self::Approver
    }
}

/// One line of `operators_file`, without its key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Operator {
    /// The login name, as the file has it; it stands in records and messages.
    pub login: String,
    /// What they may do.
    pub role: Role,
}

/// Everybody who may sign in at the desk.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Operators(Vec<Operator>);

impl Operators {
    /// These; each login name once.
    pub fn new(operators: Vec<Operator>) -> Self {
        Self(operators)
    }

    /// The operator with this login name, compared without case, as directories do.
    pub fn named(&self, login: &str) -> Option<&Operator> {
        let wanted = login.to_lowercase();
        self.0
            .iter()
            .find(|operator| operator.login.to_lowercase() == wanted)
    }

    /// All of them, in the file's order.
    pub fn iter(&self) -> impl Iterator<Item = &Operator> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_is_found_without_case_and_nobody_else_is() {
        let operators = Operators::new(vec![Operator {
            login: "Wang.Helper".to_owned(),
            role: Role::Helper,
        }]);
        assert!(operators.named("wang.helper").is_some());
        for other in ["", "wang", "wang.helper ", "wang.helper\0"] {
            assert!(operators.named(other).is_none(), "{other:?}");
        }
    }

    #[test]
    fn an_auditor_changes_nothing_and_a_helper_approves_nothing() {
        assert!(!Role::Auditor.helps() && !Role::Auditor.approves());
        assert!(Role::Helper.helps() && !Role::Helper.approves());
        assert!(Role::Approver.helps() && Role::Approver.approves());
        for role in [Role::Helper, Role::Approver, Role::Auditor] {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("Helper"), None);
    }
}
