//! The real things behind the ports.
pub mod clock;
pub mod entropy;
mod http;
pub mod ldap;
pub mod metrics;
pub mod store;
pub mod wecom;
