//! What the server costs: `cargo bench --bench serve`; with a word after `--`, only what begins so.
//!
//! Each part prints its figures and fails when one is worse than promised.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench measures and prints"
)]

#[path = "serve/chat.rs"]
mod chat;
#[path = "../tests/support/mod.rs"]
mod support;

fn main() {
    let chosen = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    let wanted = |name: &str| {
        chosen
            .as_deref()
            .is_none_or(|chosen| name.starts_with(chosen))
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    if wanted("chat-acknowledged") {
        runtime.block_on(chat::acknowledged());
    }
    if wanted("chat-openldap") {
        runtime.block_on(chat::through_openldap());
    }
    if wanted("chat-samba") {
        runtime.block_on(chat::through_samba());
    }
}
