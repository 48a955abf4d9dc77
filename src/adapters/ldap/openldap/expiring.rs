//! Whose password ends soon: `pwdChangedTime`, with the policy that applies to each.

use std::time::Duration;

use ldap3::Scope;

use super::super::dialect::{AccountPolicy, Dialect};
use super::super::dn;
use super::super::expiring::{self, Kind, POLICIES_MAX, Policies, Sweep, stricter};
use super::super::gentime;
use super::super::lookup::{Lookup, When};
use super::super::session::{Fault, Search, Session};
use super::{OpenLdap, policy};
use crate::domain::remind::Window;

pub(super) async fn sweep(
    session: &mut Session,
    lookup: &Lookup,
    window: Window,
    max_age: Duration,
) -> Result<Sweep, Fault> {
    let layout = lookup.layout(session).await?;
    let found = session
        .search(&Search {
            base: &layout.naming_context,
            scope: Scope::Subtree,
            filter: "(objectClass=pwdPolicy)",
            attributes: &policy::ATTRIBUTES,
            limit: POLICIES_MAX,
        })
        .await?;
    if found.cut {
        let words = format!("there are more than {POLICIES_MAX} policies");
        return Err(Fault::Refused(words));
    }
    let names: Vec<String> = found.entries.iter().map(|entry| entry.dn.clone()).collect();
    let own = found.entries.iter();
    let policies = Policies {
        named_by: Some("pwdPolicySubentry"),
        own: own
            .map(|entry| (dn::normalised(&entry.dn), policy::read(entry)))
            .collect(),
        default: OpenLdap
            .policy_of(session, lookup, None, When::Afterwards)
            .await?,
        // As to slapd itself.
        lost: AccountPolicy::default(),
    };
    let kinds = Kind::of_policies(&policies, &names, |policy| {
        let changed = window.earlier(stricter(policy, max_age));
        changed_within(changed)
    });
    Ok(Sweep {
        filter: expiring::filter(OpenLdap.people_filter(), kinds),
        policies,
        also: &[],
    })
}

/// Changed within the window. slapd gathers what its index finds value by value, for each page
/// anew: of 100,000 people it takes 20 s a page for a bound that nearly all of them meet. So the
/// earlier bound is turned round, which asks no index; whoever has no such time fails the other.
fn changed_within(window: Window) -> String {
    let write = |at| gentime::write(at).unwrap_or_default();
    let before = window.from.minus(Duration::from_secs(1));
    let (until, before) = (write(window.until), write(before));
    format!("(pwdChangedTime<={until})(!(pwdChangedTime<={before}))")
}
