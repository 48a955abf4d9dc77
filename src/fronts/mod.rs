//! The ways in. A front shows prompts and hands in inputs; it holds no rule of its own.

pub mod chat;
mod counted;
pub mod desk;
pub mod kiosk;
pub mod notices;
pub mod plain;
pub mod pulse;
pub mod speaker;
pub mod ssh;
pub mod tui;
pub mod web;
