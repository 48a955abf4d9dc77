//! The screens: each draws its state, and says its words through [`page::View`].

pub(super) mod chat;
pub(super) mod code;
mod drawings;
pub(super) mod edges;
pub(super) mod ended;
pub(super) mod login;
pub(super) mod menu;
pub(super) mod overlay;
pub(super) mod page;
pub(super) mod password;
pub(super) mod phone;
pub(super) mod progress;
mod refusals;
pub(super) mod small;
mod steps;
mod strength;
pub(super) mod workspace;
