//! rekey: self-service password reset for companies whose people live in WeCom.
//!
//! An employee walks up to a terminal, says who they are, types the code that WeCom brings to
//! their phone, and chooses a new password. rekey sets it in the company's real directory, proves
//! it by a sign-in, and keeps a record that nobody can quietly alter. This page is the map for
//! whoever changes the program.
//!
//! # From above
//!
//! One *engine* ([`flow::reset::Reset`]) decides everything. It is a state machine without I/O:
//! an event and the time go in, effects come out as data. Around it stand
//!
//! - *ports* ([`flow::ports`]): what the engine needs from outside, as small traits;
//! - *adapters*: the ports against real things, a directory over LDAP, WeCom over HTTPS, SQLite;
//! - *fronts*: ways in for people. They turn keys into inputs and prompts into pictures, and hold
//!   no rule of their own;
//! - *sim*: a company that is made up, behind the same ports or the same protocols;
//! - *boot*: the only place that knows both an adapter and a front, and puts them together.
//!
//! ```text
//!   keys          inputs                effects               calls
//!  ------> fronts -----> flow::reset  -----------> flow::driver -----> ports -----> adapters
//!  <------        <-----  (no I/O)    <-----------              <-----       <-----
//!  frames         prompts               answers               results       LDAP, HTTPS, SQL
//! ```
//!
//! # Code map
//!
//! Imports point one way: `domain` <- `flow` <- {`adapters`, `fronts`, `sim`} <- `boot`. `config`
//! and `text` are leaves. `tests/layers.rs` reads the sources and fails when an import breaks it.
//!
//! | where | what |
//! | --- | --- |
//! | [`domain`] | rules that are true without a clock, a wire or a terminal: accounts, secrets, codes, limits, the policy and its checklist, strength, the audit chain, text made fit for a terminal |
//! | [`domain::limits`] | every limit that people can meet, in one table |
//! | [`flow::reset`] | the engine: phases that are consumed by the step that leaves them |
//! | [`flow::grant`] | the right to set one password once; only the engine makes one, from proof |
//! | [`flow::effect`], [`flow::prompt`], [`flow::message`] | what goes in and comes out, as data |
//! | [`flow::driver`] | the only async part of the flow: runs effects, feeds answers back, settles what a crash left open |
//! | [`domain::remind`], [`flow::driver::reminding`] | when somebody is told that the password ends, and that nobody is told twice |
//! | [`adapters::ldap`] | OpenLDAP; failover, time budgets, what a lost answer means |
//! | [`adapters::wecom`] | WeCom's server API: token, pace, the channel's health; whom its sign-in names; its callbacks, opened |
//! | [`adapters::store`] | SQLite: codes, counts, intents, audit; the site key and the head file beside it |
//! | [`fronts::tui`] | screens, keys, painting; knows no terminal of its own, only bytes in and out |
//! | [`fronts::desk`], [`flow::desk`] | IT support's desk: an operator's powers, which lead to no grant, and their screen |
//! | [`fronts::kiosk`] | the local kiosk: one visit, then the program executes itself again |
//! | [`fronts::web`] | the form on the phone, and the phone's side of a kiosk's picture |
//! | [`fronts::chat`] | what employees write and press in WeCom |
//! | [`fronts::ssh`] | the same kiosk over SSH, a task for each visit |
//! | [`fronts::plain`] | every method in plain lines, for screen readers and simple terminals |
//! | [`sim`] | Contoso: a directory, a WeCom and a phone on loopback; the engine's ports in memory |
//! | [`config`] | `rekey.toml`, a struct for each section; an error names file, line, key and cure |
//! | [`text`] | a key to words in the person's language; the words are in `assets/text/` |
//! | [`boot`], [`cli`] | wiring; words on the command line |
//!
//! # What never breaks
//!
//! Each of these has tests that catch its breaking, and most are asserted in every simulated run
//! (`tests/simulation`).
//!
//! 1. No password is set without a [`flow::grant::Grant`]. It has no `Clone`, its maker is private
//!    to the engine, and [`flow::ports::Directory::set_password`] takes it by value.
//! 2. A code works once, for one reset, account, action and place. The count of tries goes up, on
//!    disk, before the comparison; a new code resets no count.
//! 3. Until proof is given, every login name sees the same screens at the same moments. What
//!    concerns one account is told to its employee's phone.
//! 4. Every step leaves an audit record, chained by the site key. The intent to change a password
//!    is on disk before the directory is asked, the outcome after; what a crash leaves open is
//!    looked up at the next start.
//! 5. A lost answer is "unknown", never "failed" or "done", until the truth was looked up.
//! 6. "Done" is said after a sign-in with the new password, or says that none was possible.
//! 7. Passwords and codes are types without `Debug`, `Clone` or `Serialize`, wiped on drop.
//! 8. Text from outside reaches a terminal only through [`domain::display::clean`].
//! 9. Where a code goes comes from the directory, never from what was typed.
//! 10. Protected accounts are never reset at a kiosk; those in a protected group at the desk, by two
//!     operators.
//! 11. Every queue, length, count, wait and retry has a limit.
//! 12. What the checklist shows as met, the directory does not refuse; what only the directory can
//!     know is shown as such beforehand.
//! 13. A kiosk's code says which kiosk it is for, and to read it to nobody.
//!
//! # What is absent on purpose
//!
//! - No clock and no randomness in `domain` and `flow::reset`: both are arguments. So a run of the
//!   simulation is a seed, and can be replayed.
//! - No prose outside `assets/text/` (what an operator reads on standard error is English, and
//!   stands beside its error).
//! - No hashing of passwords: the directory gets the password itself, over an encrypted
//!   connection, and applies its own policy and hash. Hence no rights to bypass the policy either.
//! - No cache of accounts or policies beyond a reset: before the change the entry is read again.
//! - No secret questions, no hints, no links that log somebody in, no "approve" buttons.
//! - No network listener in `rekey kiosk`: only the demo's simulated company listens, on loopback.
//! - No key that leaves a kiosk. Only the demo, which is nobody's kiosk, ends with Ctrl-C.
//!
//! # One walk: from a key to the directory and back
//!
//! Somebody at the kiosk has typed a new password twice and presses Enter.
//!
//! 1. [`fronts::tui::runtime`] reads the byte; [`fronts::tui::input`] makes a `Key` of it, and
//!    hands it as a `Msg` to [`fronts::tui::app::App`], which does no I/O. The app compares both
//!    fields and returns a command that carries
//!    [`Input::NewPassword`](flow::effect::Input::NewPassword).
//! 2. The runtime sends it through a bounded channel to the [`flow::driver`], which calls
//!    [`Reset::step`](flow::reset::Reset::step) with the time. The engine, in its *change* phase
//!    and holding a grant, answers with two effects: show "busy", and
//!    [`Effect::Assess`](flow::effect::Effect::Assess).
//! 3. The driver runs the assessment on a thread of its own: the verdict while typing was quick
//!    and may have been too kind, this one is true. The answer is an event for the next step.
//! 4. Good enough: [`Effect::Mark`](flow::effect::Effect::Mark) reads the entry a last time and
//!    notes its change mark; [`Effect::OpenIntent`](flow::effect::Effect::OpenIntent) writes to
//!    disk that the directory is about to be asked, at which server, with which mark.
//! 5. [`Effect::SetPassword`](flow::effect::Effect::SetPassword) uses the grant up.
//!    [`adapters::ldap`] asks, on a connection where it has just seen that the entry is still the
//!    grant's, for the password modify operation, with the policy control, within three seconds.
//! 6. The directory may say yes, or no (the grant comes back, the screen says why, the person
//!    tries another password), or nothing any more. Then nobody knows: the engine asks by
//!    [`Effect::FindOut`](flow::effect::Effect::FindOut), and if that does not settle it says
//!    "unknown" and leaves the intent open for [`flow::driver::settle`].
//! 7. After a yes, [`Effect::Prove`](flow::effect::Effect::Prove) signs in as the employee, at the
//!    same server. [`Effect::CloseIntent`](flow::effect::Effect::CloseIntent) writes the outcome,
//!    the account's other codes die, and WeCom tells the employee, with what to do if it was
//!    somebody else.
//! 8. Each step showed a [`Prompt::Working`](flow::prompt::Prompt::Working); the last one is
//!    [`Prompt::Done`](flow::prompt::Prompt::Done). The app finds its words in the person's
//!    language, the painter writes what has changed. Fifteen seconds or one key later the visit is
//!    over: the screen is wiped, and the process executes itself again.
//!
//! If the process dies anywhere between 4 and 7, the next one finds the open intent, compares the
//! entry with the mark, records what became of it, and tells the employee.

pub mod adapters;
pub mod boot;
pub mod cli;
pub mod config;
pub mod domain;
pub mod flow;
pub mod fronts;
pub mod sim;
pub mod text;
