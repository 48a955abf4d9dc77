//! The rules: pure, without async, clock, randomness, terminal, web or LDAP.

pub mod account;
pub mod audit;
pub mod blocklist;
pub mod code;
pub mod display;
mod likeness;
pub mod limits;
pub mod operator;
mod pinyin;
pub mod policy;
pub mod remind;
pub mod secret;
pub mod strength;
pub mod temporary;
pub mod throttle;
pub mod time;
pub mod words;
