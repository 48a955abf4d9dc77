//! Common passwords, in a compact filter.
