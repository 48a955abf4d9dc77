//! What WeCom's error numbers mean for the caller
//! (<https://developer.work.weixin.qq.com/document/path/90313>).

/// What to do about an `errcode`.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Meaning {
    /// Too busy just now: try again, a few times.
    Busy,
    /// Too many calls at once: try again, more slowly.
    Crowded,
    /// The access token is no longer good: fetch another one, once.
    TokenGone,
    /// Too many calls: wait for the window to pass.
    TooOften,
    /// This receiver cannot be reached; others can.
    Receiver,
    /// The app is set up wrongly here or at WeCom, or a bug: trying again changes nothing.
    Setup,
}

impl Meaning {
    /// Sorts an error number other than 0; unknown ones are [`Meaning::Setup`], which never loops.
    pub(super) fn of(errcode: i64) -> Self {
        match errcode {
            -1 => Self::Busy,
            45033 => Self::Crowded,
            40014 | 41001 | 42001 => Self::TokenGone,
            45009 => Self::TooOften,
            40003 | 46004 | 50002 | 60011 | 60111 | 81013 | 82001 => Self::Receiver,
            _ => Self::Setup,
        }
    }
}

/// A short reason for the log and `rekey check`: ours, since `errmsg` is WeCom's and may hold
/// anything.
pub(super) fn reason(errcode: i64) -> &'static str {
    match errcode {
        -1 => "WeCom is busy",
        40001 | 40091 => "the app's secret is wrong",
        40013 => "the company id is wrong",
        40014 | 41001 | 42001 => "WeCom takes none of its own access tokens",
        40029 => "the sign-in's code is used up, too old or invented",
        50001 => "rekey's address is not the app's trusted domain",
        40056 | 301002 => "the app's number is wrong, or of another app",
        45033 => "too many calls at once",
        45009 => "too many calls: WeCom asks to wait",
        48002 => "the app may not use this call",
        50003 => "the app is disabled",
        60020 => "this machine's address is not among the app's trusted IPs",
        40003 | 46004 | 60111 => "no such member",
        50002 | 60011 => "the member is outside the app's visible range",
        81013 | 82001 => "WeCom reaches none of the receivers",
        _ => "WeCom refuses the call",
    }
}
