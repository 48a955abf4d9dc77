//! The screens: each draws its state, and says its words through [`page::View`].

pub(super) mod chat;
pub(in crate::fronts) mod code;
mod drawings;
pub(in crate::fronts) mod edges;
pub(super) mod ended;
pub(super) mod login;
pub(super) mod menu;
pub(crate) mod overlay;
pub(in crate::fronts) mod page;
pub(super) mod password;
pub(super) mod phone;
pub(super) mod progress;
pub(in crate::fronts) mod refusals;
pub(in crate::fronts) mod small;
mod steps;
mod strength;
pub(super) mod unlocked;
pub(super) mod workspace;
