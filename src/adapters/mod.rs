//! The real things behind the ports.
pub mod ldap;
pub mod store;
pub mod wecom;
