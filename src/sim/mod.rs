//! A simulated company.
