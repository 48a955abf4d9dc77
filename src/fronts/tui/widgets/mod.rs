//! Parts that screens are made of.

pub(in crate::fronts) mod canvas;
pub(in crate::fronts) mod column;
pub(super) mod phone;
pub mod qr;
pub(super) mod wrap;
