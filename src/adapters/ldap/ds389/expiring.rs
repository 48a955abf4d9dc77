//! Whose password ends soon: `passwordExpirationTime`, which the server writes by the policy that
//! applies.

use std::time::Duration;

use ldap3::Scope;

use super::super::dialect::{AccountPolicy, Dialect};
use super::super::dn;
use super::super::expiring::{self, Kind, POLICIES_MAX, Policies, Sweep, between};
use super::super::gentime;
use super::super::lookup::{Lookup, When};
use super::super::session::{Fault, Search, Session};
use super::{Ds389, policy};
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
            // Local policies are no ordinary entries: they come only when asked for as what they
            // are.
            filter: "(&(objectClass=ldapsubentry)(objectClass=passwordpolicy))",
            attributes: &policy::ATTRIBUTES,
            limit: POLICIES_MAX,
        })
        .await?;
    if found.cut {
        let words = format!("there are more than {POLICIES_MAX} local policies");
        return Err(Fault::Refused(words));
    }
    let names: Vec<String> = found.entries.iter().map(|entry| entry.dn.clone()).collect();
    let own = found.entries.iter().filter_map(|entry| {
        let read = policy::read(entry)?;
        Some((dn::normalised(&entry.dn), read))
    });
    let policies = Policies {
        named_by: Some("pwdpolicysubentry"),
        own: own.collect(),
        default: Ds389
            .policy_of(session, lookup, None, When::Afterwards)
            .await?,
        lost: policy::unreadable(),
    };
    let kinds = Kind::of_policies(&policies, &names, |policy| range(policy, window, max_age));
    Ok(Sweep {
        filter: expiring::filter(Ds389.people_filter(), kinds),
        policies,
        also: &[],
    })
}

/// The end as the server has written it; and where the site is stricter, the last change, which
/// the same end tells where the server keeps no time of it.
fn range(policy: &AccountPolicy, window: Window, max_age: Duration) -> String {
    let ends = |window| between("passwordExpirationTime", window, gentime::write);
    let changed = between("pwdUpdateTime", window.earlier(max_age), gentime::write);
    let written = ends(window);
    match policy.demands.max_age {
        Some(directory) if directory <= max_age => written,
        Some(directory) => {
            let stricter = ends(window.later(directory - max_age));
            format!("(|(&{written})(&{changed})(&{stricter}))")
        }
        None => format!("(|(&{written})(&{changed}))"),
    }
}
