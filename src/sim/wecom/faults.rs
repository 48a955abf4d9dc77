//! What can be made to go wrong at the simulated WeCom.

/// Switches; all off by default. Counters go down by one each time they act.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Faults {
    /// Every call is answered with HTTP 503.
    pub down: bool,
    /// Every call waits for ever.
    pub hang: bool,
    /// Every call takes so long.
    pub slow: std::time::Duration,
    /// Messages are taken in and never answered;
    /// [`SimWecom::unanswered`](super::SimWecom::unanswered) counts them.
    pub hold_messages: bool,
    /// So many calls are answered with -1, "system busy".
    pub busy: u32,
    /// So many calls are answered with 45033, "too many at once".
    pub crowded: u32,
    /// `gettoken` is answered with 45009.
    pub no_tokens: bool,
    /// So many calls with a token are answered with 42001, although the token is good.
    pub expired_tokens: u32,
    /// So many calls, `gettoken` too, are answered with 45009.
    pub too_often: u32,
    /// Messages are taken with `ok` and never arrive.
    pub drop_silently: bool,
    /// This machine's address is not trusted: every call but `gettoken` is answered with 60020.
    pub untrusted_ip: bool,
    /// The app is disabled at WeCom.
    pub app_closed: bool,
    /// Every call is redirected elsewhere.
    pub redirect: bool,
    /// So many calls are answered with something that is not JSON.
    pub garbage: u32,
    /// Members listed as left out, although others are reached: the answer stays `ok`.
    pub partly_invalid: bool,
    /// The sign-in page opens in WeCom's own browser only, as the real one does. Off by default: a
    /// demo's phone is any browser.
    pub only_in_wecom: bool,
    /// Callbacks are written without CDATA.
    pub plain_xml: bool,
    /// Callbacks wait until [`SimWecom::release_callbacks`](super::SimWecom::release_callbacks).
    pub hold_callbacks: bool,
    /// Each callback is delivered so many times more than needed.
    pub extra_callbacks: u32,
    /// How often a callback is tried at most; `None`: 3.
    pub callback_attempts: Option<u32>,
    /// How long new tokens say they work, in seconds; `None`: 7200.
    pub token_lifetime: Option<u64>,
}

/// Takes one from a counter; whether there was one.
pub(super) fn take(counter: &mut u32) -> bool {
    let some = *counter > 0;
    *counter = counter.saturating_sub(1);
    some
}
