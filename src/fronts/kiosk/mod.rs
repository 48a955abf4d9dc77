//! The kiosk front: one visit after another on a local terminal.
