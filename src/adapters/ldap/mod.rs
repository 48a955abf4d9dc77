//! Directories that speak LDAP.
//!
//! `settings`, `session`, `servers` and the small parsers know nothing of any one product. What
//! differs between products (which attributes mean what, how a password is set, what a refusal
//! looks like) is a dialect: [`OpenLdap`] is one, Active Directory and 389 Directory Server can
//! stand beside it, each another implementation of [`crate::flow::ports::Directory`].

mod account;
mod dn;
mod gentime;
mod groups;
mod lookup;
mod openldap;
mod policy;
mod ppolicy;
mod servers;
mod session;
mod settings;
mod verdicts;

pub use openldap::OpenLdap;
pub use settings::{LdapSettings, SettingsError};
