//! The limits people can meet, in one table (design, section 3), so that they can be reviewed by
//! reading.

use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

/// At most `count` events in any stretch of `window`.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct SlidingLimit {
    /// How many.
    pub count: u32,
    /// In how long.
    pub window: Duration,
}

/// A bucket of `burst` tokens that gains one every `refill`.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct BucketLimit {
    /// How many at once.
    pub burst: u32,
    /// How long one token takes to come back.
    pub refill: Duration,
    /// How many refills anybody waits at most, whoever came before.
    pub longest_line: u32,
}

/// Wrong codes for one account.
pub const WRONG_CODES: SlidingLimit = SlidingLimit {
    count: 5,
    window: HOUR,
};
/// Wrong codes in a row, ever; then only staff can help.
pub const WRONG_CODES_IN_A_ROW: u32 = 100;
/// Old passwords tried for one account, the right one not among them; both hold. A directory that
/// locks sooner, or forgets later, makes them stricter ([`super::account::Lockout`]).
pub const OLD_PASSWORDS: [SlidingLimit; 2] = [
    SlidingLimit {
        count: 2,
        window: HOUR,
    },
    SlidingLimit {
        count: 4,
        window: DAY,
    },
];
/// The same of all remote sessions at the site; then none of theirs is tried for as long as the
/// window, and the alarm rings. Kiosks go on.
pub const REMOTE_OLD_PASSWORDS: SlidingLimit = SlidingLimit {
    count: 100,
    window: HOUR,
};
/// An old password that was tried so long ago has been judged. One that switches remote ones off,
/// and was not right by then, rings the alarm.
pub const OLD_PASSWORD_JUDGED: Duration = Duration::from_secs(15);
/// So many wrong passwords the employee still has at the directory after one that came through
/// this program.
pub const WRONG_PASSWORDS_LEFT: u32 = 2;
/// Code messages for one account; both hold.
pub const CODE_MESSAGES: [SlidingLimit; 2] = [
    SlidingLimit {
        count: 3,
        window: Duration::from_secs(15 * 60),
    },
    SlidingLimit {
        count: 10,
        window: DAY,
    },
];
/// Attempts (a login name or a code submitted) at one kiosk: it is slowed, never blocked, and
/// nobody waits longer than a minute.
pub const KIOSK_ATTEMPTS: BucketLimit = BucketLimit {
    burst: 30,
    refill: Duration::from_secs(5),
    longest_line: 12,
};
/// Longest password in code points after NFC; longer is refused, never cut.
pub const PASSWORD_MAX_CHARS: usize = 128;
/// Longest name of a kiosk in characters.
pub const KIOSK_NAME_MAX: usize = 24;
/// Longest login name in bytes.
pub const LOGIN_MAX_BYTES: usize = 256;
/// `[code] digits`.
pub const CODE_DIGITS: std::ops::RangeInclusive<u8> = 6..=8;
/// `[code] tries`.
pub const CODE_TRIES: std::ops::RangeInclusive<u32> = 1..=5;
/// `[code] lifetime`.
pub const CODE_LIFETIME: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_secs(600);
/// How soon another code can be asked for in the same reset.
pub const CODE_RESEND_AFTER: Duration = MINUTE;
/// Largest window that is drawn, columns and rows; larger is clamped.
pub const WINDOW_MAX: (u16, u16) = (200, 60);
/// A frozen directory server is noticed within this time.
pub const DIRECTORY_TIMEOUT: Duration = Duration::from_secs(3);
/// The longest a WeCom call may take.
pub const WECOM_TIMEOUT: Duration = Duration::from_secs(10);
/// Every answer to a login name comes at a multiple of this after it was submitted, so that the
/// directory's own speed says nothing about the account (rule 3).
pub const ANSWER_TICK: Duration = Duration::from_millis(400);
/// How long an employee can freeze the resets of their account at once.
pub const FREEZE: Duration = DAY;
/// How long a one-time link works.
pub const LINK_LIFETIME: Duration = Duration::from_secs(300);
/// Things one member does in the chat: each may be answered with three messages, and WeCom drops
/// what is more than 30 a minute.
pub const CHAT_COMMANDS: SlidingLimit = SlidingLimit {
    count: 6,
    window: MINUTE,
};
/// Who opens the chat again within this time is not told how it works again.
pub const CHAT_GREETING: Duration = Duration::from_secs(10 * 60);
/// Things from the chat that are done at the same time, each for another member.
pub const CHAT_AT_ONCE: usize = 64;
/// Things from the chat that wait or are done; WeCom is asked to bring more of them later.
pub const CHAT_WAITING: usize = 1024;
/// An alarm that nobody in `[alarm]` could be told is rung again after this.
pub const ALARM_AGAIN: Duration = Duration::from_secs(120);
/// Reminders in all. WeCom lets an app send 200 messages a day for each member and drops the rest
/// without a word; a company that has so many reminders has more than enough members.
pub const REMINDERS: SlidingLimit = SlidingLimit {
    count: 50_000,
    window: DAY,
};
/// Between two reminders: codes, for which people wait, are sent in between.
pub const REMINDER_EVERY: Duration = Duration::from_millis(100);
/// A nonce in a kiosk's picture is replaced after this.
pub const PAIRING_LIFETIME: Duration = MINUTE;
/// How long a member's session with the form lasts.
pub const WEB_SESSION_LIFETIME: Duration = Duration::from_secs(600);
/// Sessions with the form, in all.
pub const WEB_SESSIONS: usize = 5_000;
/// Sessions with the form of one member; the oldest makes room.
pub const WEB_SESSIONS_OF_ONE: usize = 4;
/// Sign-ins that are passed on to WeCom for one address. A whole office may be one.
pub const SIGN_INS_OF_A_SOURCE: BucketLimit = BucketLimit {
    burst: 300,
    refill: Duration::from_millis(100),
    longest_line: 1,
};
/// Sign-ins that are passed on to WeCom in all: far below what WeCom allows a company.
pub const SIGN_INS: BucketLimit = BucketLimit {
    burst: 1_000,
    refill: Duration::from_millis(20),
    longest_line: 1,
};

/// What SSH takes.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct SshLimits {
    /// Sessions in all; more wait.
    pub sessions: usize,
    /// New ones a second; more wait.
    pub new_a_second: u32,
    /// Live remote sessions of one source (an IPv4 address, an IPv6 /64), and as many that are
    /// just coming in.
    pub of_a_source: u32,
    /// Refused tries to authenticate.
    pub auth_tries: usize,
}

/// SSH.
pub const SSH: SshLimits = SshLimits {
    sessions: 10_000,
    new_a_second: 50,
    of_a_source: 10,
    auth_tries: 8,
};
/// Wrong codes of remote sessions at the whole site; then remote codes are off for as long as the
/// window, and the alarm rings.
pub const REMOTE_WRONG_CODES: SlidingLimit = SlidingLimit {
    count: 100,
    window: HOUR,
};
/// Codes that one operator sends from the desk.
pub const OPERATOR_CODES: SlidingLimit = SlidingLimit {
    count: 20,
    window: HOUR,
};
/// Codes that one operator sends to the same employee.
pub const OPERATOR_SAME_EMPLOYEE: SlidingLimit = SlidingLimit {
    count: 3,
    window: HOUR,
};
/// Wrong codes that one operator types, whoever they are of.
pub const OPERATOR_WRONG_CODES: SlidingLimit = SlidingLimit {
    count: 10,
    window: HOUR,
};
/// Accounts that one operator freezes or unfreezes. (Unlocking takes a code.)
pub const OPERATOR_DEEDS: SlidingLimit = SlidingLimit {
    count: 60,
    window: HOUR,
};
/// How long a second operator can agree to a reset of a protected account.
pub const APPROVAL_LIFETIME: Duration = Duration::from_secs(600);
/// A message with a temporary password is taken back after this.
pub const TEMPORARY_SHOWN: Duration = Duration::from_secs(900);
/// People that a search at the desk finds at most.
pub const SEARCH_MAX: u16 = 100;
/// Shortest and longest text, in code points, that is searched for.
pub const SEARCH_CHARS: std::ops::RangeInclusive<usize> = 2..=64;
