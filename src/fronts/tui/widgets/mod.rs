//! Parts that screens are made of.

pub(in crate::fronts) mod canvas;
pub(super) mod column;
pub(super) mod phone;
pub mod qr;
pub(super) mod wrap;
