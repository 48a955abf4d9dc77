//! Directories that speak LDAP.
//!
//! `settings`, `session`, `servers` and the small parsers know nothing of any one product. What
//! differs between products (which attributes mean what, how a password is set, what a refusal
//! looks like) is a dialect, in a folder of its own; `directory` is what they have in common, and
//! the implementation of [`crate::flow::ports::Directory`].

mod account;
mod active_directory;
mod dialect;
mod directory;
mod dn;
mod ds389;
mod examine;
mod expiring;
mod gentime;
mod groups;
mod lookup;
mod openldap;
mod ppolicy;
mod proofs;
mod questions;
mod resting;
mod search;
mod servers;
mod session;
mod settings;

pub use directory::LdapDirectory;
pub use settings::{LdapSettings, SettingsError};
