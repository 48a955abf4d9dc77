//! Whose password ends soon: `pwdLastSet`, with the domain's maximum age and those of all
//! fine-grained policies. Which of them applies to somebody no filter can ask for; the controller
//! tells it of each who is found.

use std::time::Duration;

use ldap3::Scope;

use super::super::dialect::AccountPolicy;
use super::super::expiring::{self, Kind, POLICIES_MAX, Policies, Sweep, between, stricter};
use super::super::lookup::Lookup;
use super::super::session::{Fault, Search, Session};
use super::{ages, filetime, policy};
use crate::domain::remind::Window;

/// Persons but those whose passwords never expire: by an administrator's word, or since they sign
/// in with a card (userAccountControl 0x10000 and 0x40000, by the matching rule
/// LDAP_MATCHING_RULE_BIT_OR; MS-ADTS, 3.1.1.3.4.4.2).
const PEOPLE: &str = "(objectCategory=person)(objectClass=user)\
                      (!(userAccountControl:1.2.840.113556.1.4.804:=327680))";

pub(super) async fn sweep(
    session: &mut Session,
    lookup: &Lookup,
    window: Window,
    max_age: Duration,
) -> Result<Sweep, Fault> {
    let layout = lookup.layout(session).await?;
    let domain = &layout.naming_context;
    let domain = session
        .read(domain, &policy::OF_DOMAIN)
        .await?
        .ok_or_else(|| Fault::Refused(format!("{domain:?} cannot be read")))?;
    let base = policy::container(&layout.naming_context);
    let found = session
        .search(&Search {
            base: &base,
            scope: Scope::Subtree,
            filter: "(objectClass=msDS-PasswordSettings)",
            attributes: &policy::OF_PSO,
            limit: POLICIES_MAX,
        })
        .await?;
    if found.cut {
        let words = format!("there are more than {POLICIES_MAX} fine-grained policies");
        return Err(Fault::Refused(words));
    }
    let kind = |policy: &AccountPolicy| {
        let changed = window.earlier(stricter(policy, max_age));
        Kind {
            who: None,
            range: format!("(&{})", between("pwdLastSet", changed, filetime::write)),
        }
    };
    let mut kinds = vec![kind(&policy::of_domain(&domain))];
    kinds.extend(found.entries.iter().map(|pso| kind(&policy::of_pso(pso))));
    Ok(Sweep {
        filter: expiring::filter(PEOPLE, kinds),
        policies: Policies::default(),
        also: &ages::COMPUTED,
    })
}
