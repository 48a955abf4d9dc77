//! One connection's conversation: requests in, replies out.

use ldap3_proto::control::LdapControl;
use ldap3_proto::proto::{
    LdapBindCred, LdapBindRequest, LdapBindResponse, LdapExtendedRequest, LdapExtendedResponse,
    LdapModifyRequest, LdapModifyType, LdapMsg, LdapOp, LdapPartialAttribute,
    LdapPasswordModifyRequest, LdapResult, LdapResultCode, LdapSearchRequest,
    LdapSearchResultEntry, LdapSearchScope,
};
use zeroize::Zeroizing;

use super::dn::NormalDn;
use super::ppolicy::{PolicyError, PolicyNote};
use super::tree::{PasswordChange, Refusal, Tree};
use crate::domain::time::Timestamp;

const WHO_AM_I: &str = "1.3.6.1.4.1.4203.1.11.3";
const PASSWORD_MODIFY: &str = "1.3.6.1.4.1.4203.1.11.1";
const PPOLICY_CONTROL: &str = "1.3.6.1.4.1.42.2.27.8.5.1";

/// Who is bound on this connection.
#[derive(Default)]
pub(super) struct Session {
    bound: Option<(NormalDn, String)>,
}

/// What the server does after a request.
pub(super) enum Next {
    /// Sends these and reads on.
    Reply(Vec<LdapMsg>),
    /// Closes the connection.
    Close,
}

/// Whether a request would change an entry: where faults strike.
pub(super) fn is_change(op: &LdapOp) -> bool {
    match op {
        LdapOp::ModifyRequest(_) => true,
        LdapOp::ExtendedRequest(request) => request.name == PASSWORD_MODIFY,
        _ => false,
    }
}

impl Session {
    /// Answers one request.
    pub(super) fn handle(&mut self, tree: &mut Tree, msg: LdapMsg, now: Timestamp) -> Next {
        let id = msg.msgid;
        let wants_note = msg
            .ctrl
            .iter()
            .any(|control| matches!(control, LdapControl::PasswordPolicyRequest { .. }));
        let reply = |op, note: PolicyNote| {
            let controls = wants_note.then(|| note.control());
            Next::Reply(vec![LdapMsg::new_with_ctrls(
                id,
                op,
                controls.into_iter().collect(),
            )])
        };
        if let Some(refusal) = self.refusal_beforehand(tree, &msg) {
            let Some(op) = refused_op(&msg.op, result(&refusal)) else {
                return Next::Reply(Vec::new());
            };
            return reply(op, refusal.note);
        }
        match msg.op {
            LdapOp::BindRequest(request) => {
                let (outcome, note) = noted(self.bind(tree, request, now));
                let response = LdapBindResponse {
                    res: outcome,
                    saslcreds: None,
                };
                reply(LdapOp::BindResponse(response), note)
            }
            LdapOp::UnbindRequest => Next::Close,
            LdapOp::AbandonRequest(_) => Next::Reply(Vec::new()),
            LdapOp::SearchRequest(request) => Next::Reply(search(tree, id, &request)),
            LdapOp::ModifyRequest(request) => {
                let outcome = self.modify(tree, &request, now);
                let (outcome, note) = noted(outcome.map(|()| PolicyNote::default()));
                reply(LdapOp::ModifyResponse(outcome), note)
            }
            LdapOp::ExtendedRequest(request) => {
                let (response, note) = self.extended(tree, request, now);
                reply(LdapOp::ExtendedResponse(response), note)
            }
            other => {
                let refusal = Refusal::new(
                    LdapResultCode::UnwillingToPerform,
                    "the simulated directory does not do that",
                );
                match refused_op(&other, result(&refusal)) {
                    Some(op) => reply(op, PolicyNote::default()),
                    // Only a server says such things; a client that does is not spoken to.
                    None => Next::Close,
                }
            }
        }
    }

    /// What stands against a request whatever it asks: an unknown critical control, nobody bound,
    /// or a password that must be changed first.
    fn refusal_beforehand(&self, tree: &Tree, msg: &LdapMsg) -> Option<Refusal> {
        let critical = msg.ctrl.iter().any(|control| {
            matches!(
                control,
                LdapControl::Unknown {
                    criticality: true,
                    ..
                }
            )
        });
        if critical {
            let text = "critical extension is not recognized";
            let code = LdapResultCode::UnavailableCriticalExtension;
            return Some(Refusal::new(code, text));
        }
        let needs_bind = match &msg.op {
            LdapOp::SearchRequest(request) => !is_root_dse(request),
            LdapOp::ModifyRequest(_) | LdapOp::CompareRequest(_) => true,
            _ => return None,
        };
        match &self.bound {
            // Not even told what exists.
            None => needs_bind.then(|| Refusal::new(LdapResultCode::NoSuchObject, "")),
            Some((dn, _)) if tree.is_restricted(dn) => Some(Refusal {
                note: PolicyNote::error(PolicyError::MustChange),
                ..Refusal::new(
                    LdapResultCode::InsufficentAccessRights,
                    "Operations are restricted to bind/unbind/abandon/StartTLS/modify password",
                )
            }),
            Some(_) => None,
        }
    }

    fn bind(
        &mut self,
        tree: &mut Tree,
        request: LdapBindRequest,
        now: Timestamp,
    ) -> Result<PolicyNote, Refusal> {
        self.bound = None;
        if request.version != 3 {
            return Err(Refusal::new(
                LdapResultCode::ProtocolError,
                "requested protocol version not supported",
            ));
        }
        let LdapBindCred::Simple(password) = request.cred else {
            return Err(Refusal::new(
                LdapResultCode::AuthMethodNotSupported,
                "only simple binds",
            ));
        };
        let password = Zeroizing::new(password);
        let dn = NormalDn::parse(&request.dn)
            .ok_or_else(|| Refusal::new(LdapResultCode::InvalidDNSyntax, "invalid DN"))?;
        if dn.is_root() {
            return Err(Refusal::new(
                LdapResultCode::InappropriateAuthentication,
                "anonymous bind disallowed",
            ));
        }
        if password.is_empty() {
            return Err(Refusal::new(
                LdapResultCode::UnwillingToPerform,
                "unauthenticated bind (DN with no password) disallowed",
            ));
        }
        let note = tree.bind(&dn, &password, now)?;
        let spelled = tree.entry(&dn).map(|entry| entry.dn.clone());
        self.bound = Some((dn, spelled.unwrap_or(request.dn)));
        Ok(note)
    }

    fn modify(
        &self,
        tree: &mut Tree,
        request: &LdapModifyRequest,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let target = parse_dn(&request.dn)?;
        let [change] = request.changes.as_slice() else {
            return Err(unwritable());
        };
        let atype = &change.modification.atype;
        if atype.eq_ignore_ascii_case("pwdAccountLockedTime") {
            if change.operation != LdapModifyType::Delete {
                return Err(unwritable());
            }
            let moment = change.modification.vals.first();
            let moment = moment.map(|value| String::from_utf8_lossy(value).into_owned());
            return tree.unlock(&self.asker(), &target, moment.as_deref(), now);
        }
        if !atype.eq_ignore_ascii_case("pwdReset") {
            return Err(unwritable());
        }
        let value = change.modification.vals.first().map(Vec::as_slice);
        let must_change = match (&change.operation, value) {
            // It is TRUE or not there: whoever tries learns whether they might.
            (LdapModifyType::Delete, Some(b"FALSE")) => {
                return Err(tree.nothing_to_delete(&self.asker(), &target));
            }
            (LdapModifyType::Delete, _) | (LdapModifyType::Replace, None | Some(b"FALSE")) => false,
            (LdapModifyType::Add | LdapModifyType::Replace, Some(b"TRUE")) => true,
            _ => {
                let code = LdapResultCode::InvalidAttributeSyntax;
                return Err(Refusal::new(code, "pwdReset: value #0 invalid per syntax"));
            }
        };
        tree.set_must_change(&self.asker(), &target, must_change, now)
    }

    fn extended(
        &self,
        tree: &mut Tree,
        request: LdapExtendedRequest,
        now: Timestamp,
    ) -> (LdapExtendedResponse, PolicyNote) {
        let mut value = None;
        let outcome = match request.name.as_str() {
            WHO_AM_I => {
                let dn = self
                    .bound
                    .as_ref()
                    .map(|(_, spelled)| format!("dn:{spelled}"));
                value = Some(dn.unwrap_or_default().into_bytes());
                Ok(())
            }
            PASSWORD_MODIFY => self.change_password(tree, request, now),
            _ => Err(Refusal::new(
                LdapResultCode::ProtocolError,
                "unsupported extended operation",
            )),
        };
        let (res, note) = noted(outcome.map(|()| PolicyNote::default()));
        let name = None;
        (LdapExtendedResponse { res, name, value }, note)
    }

    fn change_password(
        &self,
        tree: &mut Tree,
        mut request: LdapExtendedRequest,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let parsed = LdapPasswordModifyRequest::try_from(&request);
        // The raw request holds the passwords too.
        drop(request.value.take().map(Zeroizing::new));
        let parsed = parsed.map_err(|_| {
            Refusal::new(LdapResultCode::ProtocolError, "malformed password change")
        })?;
        let old = parsed.old_password.map(Zeroizing::new);
        // Without a new password slapd makes one of eight characters.
        let new = Zeroizing::new(parsed.new_password.unwrap_or_else(|| "aB3-dE6.".to_owned()));
        let asker = self.asker();
        let target = match &parsed.user_identity {
            Some(dn) => parse_dn(dn)?,
            None => asker.clone(),
        };
        let change = PasswordChange {
            asker: &asker,
            target: &target,
            old: old.as_ref().map(|old| old.as_str()),
            new: &new,
        };
        tree.set_password(&change, now)
    }

    /// The bound DN; the root for nobody.
    fn asker(&self) -> NormalDn {
        self.bound
            .as_ref()
            .map_or_else(NormalDn::root, |(dn, _)| dn.clone())
    }
}

fn parse_dn(text: &str) -> Result<NormalDn, Refusal> {
    NormalDn::parse(text).ok_or_else(|| Refusal::new(LdapResultCode::InvalidDNSyntax, "invalid DN"))
}

fn unwritable() -> Refusal {
    Refusal::new(LdapResultCode::InsufficentAccessRights, "")
}

fn is_root_dse(request: &LdapSearchRequest) -> bool {
    request.scope == LdapSearchScope::Base && request.base.trim().is_empty()
}

fn search(tree: &Tree, id: i32, request: &LdapSearchRequest) -> Vec<LdapMsg> {
    if is_root_dse(request) {
        let done = LdapOp::SearchResultDone(success());
        return vec![LdapMsg::new(id, root_dse(tree)), LdapMsg::new(id, done)];
    }
    let found = match tree.search(request) {
        Ok(found) => found,
        Err(refusal) => {
            return vec![LdapMsg::new(id, LdapOp::SearchResultDone(result(&refusal)))];
        }
    };
    let limit = usize::try_from(request.sizelimit)
        .ok()
        .filter(|limit| *limit > 0)
        .unwrap_or(usize::MAX);
    let beyond = found.len() > limit;
    let mut replies: Vec<LdapMsg> = found
        .into_iter()
        .take(limit)
        .map(|entry| {
            let attributes = entry
                .selected(&request.attrs)
                .into_iter()
                .map(|(name, values)| attribute(name, values, request.typesonly))
                .collect();
            let dn = entry.dn.clone();
            LdapMsg::new(
                id,
                LdapOp::SearchResultEntry(LdapSearchResultEntry { dn, attributes }),
            )
        })
        .collect();
    let done = match beyond {
        true => result(&Refusal::new(LdapResultCode::SizeLimitExceeded, "")),
        false => success(),
    };
    replies.push(LdapMsg::new(id, LdapOp::SearchResultDone(done)));
    replies
}

fn root_dse(tree: &Tree) -> LdapOp {
    let attributes = [
        ("namingContexts", vec![tree.suffix()]),
        ("supportedLDAPVersion", vec!["3"]),
        ("supportedExtension", vec![PASSWORD_MODIFY, WHO_AM_I]),
        ("supportedControl", vec![PPOLICY_CONTROL]),
        ("vendorName", vec!["rekey's simulated directory"]),
    ];
    LdapOp::SearchResultEntry(LdapSearchResultEntry {
        dn: String::new(),
        attributes: attributes
            .into_iter()
            .map(|(name, values)| {
                let values = values.into_iter().map(str::to_owned).collect();
                attribute(name.to_owned(), values, false)
            })
            .collect(),
    })
}

fn attribute(atype: String, values: Vec<String>, types_only: bool) -> LdapPartialAttribute {
    let vals = match types_only {
        true => Vec::new(),
        false => values.into_iter().map(String::into_bytes).collect(),
    };
    LdapPartialAttribute { atype, vals }
}

fn success() -> LdapResult {
    result(&Refusal::new(LdapResultCode::Success, ""))
}

fn result(refusal: &Refusal) -> LdapResult {
    LdapResult {
        code: refusal.code.clone(),
        matcheddn: String::new(),
        message: refusal.text.clone(),
        referral: Vec::new(),
    }
}

fn noted(outcome: Result<PolicyNote, Refusal>) -> (LdapResult, PolicyNote) {
    match outcome {
        Ok(note) => (success(), note),
        Err(refusal) => (result(&refusal), refusal.note),
    }
}

/// The reply of the right kind for a refused request; `None` where none is sent.
fn refused_op(op: &LdapOp, outcome: LdapResult) -> Option<LdapOp> {
    Some(match op {
        LdapOp::BindRequest(_) => LdapOp::BindResponse(LdapBindResponse {
            res: outcome,
            saslcreds: None,
        }),
        LdapOp::SearchRequest(_) => LdapOp::SearchResultDone(outcome),
        LdapOp::ModifyRequest(_) => LdapOp::ModifyResponse(outcome),
        LdapOp::AddRequest(_) => LdapOp::AddResponse(outcome),
        LdapOp::DelRequest(_) => LdapOp::DelResponse(outcome),
        LdapOp::ModifyDNRequest(_) => LdapOp::ModifyDNResponse(outcome),
        LdapOp::CompareRequest(_) => LdapOp::CompareResult(outcome),
        LdapOp::ExtendedRequest(_) => LdapOp::ExtendedResponse(LdapExtendedResponse {
            res: outcome,
            name: None,
            value: None,
        }),
        _ => return None,
    })
}
