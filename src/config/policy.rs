//! `[policy]` and `[code]`: what the site demands of passwords and codes.

use std::time::Duration;

use serde::Deserialize;

use super::error::Fault;
use super::value;
use crate::domain::code::CodeRules;
use crate::domain::limits;

const DAY: Duration = Duration::from_secs(86_400);

/// What the site demands of a new password, on top of the directory.
pub(super) struct Policy {
    pub(super) max_age: Duration,
    pub(super) min_length: u32,
    pub(super) min_strength: u8,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_age: DAY.saturating_mul(120),
            min_length: 12,
            min_strength: 3,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    max_age: Option<String>,
    min_length: Option<i64>,
    min_strength: Option<i64>,
}

impl Raw {
    pub(super) fn check(self) -> Result<Policy, Fault> {
        let default = Policy::default();
        // Shorter than 8 is below every demand even beside a second proof (NIST SP 800-63B-4);
        // longer than the limit could never be met.
        let lengths = 8..=limits::PASSWORD_MAX_CHARS as i64;
        Ok(Policy {
            max_age: match self.max_age {
                Some(written) => value::length_within(
                    "max_age",
                    &written,
                    &(DAY..=DAY.saturating_mul(3650)),
                    "\"1d\" to \"3650d\"",
                )?,
                None => default.max_age,
            },
            min_length: within_u32("min_length", self.min_length, &lengths)?
                .unwrap_or(default.min_length),
            min_strength: within_u8("min_strength", self.min_strength, &(0..=4))?
                .unwrap_or(default.min_strength),
        })
    }
}

/// How codes are made when `[code]` is left out.
pub(super) const DEFAULT_CODE: CodeRules = CodeRules {
    digits: 6,
    lifetime: Duration::from_secs(300),
    tries: 5,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCode {
    digits: Option<i64>,
    lifetime: Option<String>,
    tries: Option<i64>,
}

impl RawCode {
    pub(super) fn check(self) -> Result<CodeRules, Fault> {
        let digits =
            i64::from(*limits::CODE_DIGITS.start())..=i64::from(*limits::CODE_DIGITS.end());
        let tries = i64::from(*limits::CODE_TRIES.start())..=i64::from(*limits::CODE_TRIES.end());
        Ok(CodeRules {
            digits: within_u8("digits", self.digits, &digits)?.unwrap_or(DEFAULT_CODE.digits),
            lifetime: match self.lifetime {
                Some(written) => value::length_within(
                    "lifetime",
                    &written,
                    &limits::CODE_LIFETIME,
                    "\"1s\" to \"10m\"",
                )?,
                None => DEFAULT_CODE.lifetime,
            },
            tries: within_u32("tries", self.tries, &tries)?.unwrap_or(DEFAULT_CODE.tries),
        })
    }
}

type Range = std::ops::RangeInclusive<i64>;

fn within_u32(key: &'static str, value: Option<i64>, range: &Range) -> Result<Option<u32>, Fault> {
    let found = value.map(|v| value::within(key, v, range)).transpose()?;
    Ok(found.and_then(|v| u32::try_from(v).ok()))
}

fn within_u8(key: &'static str, value: Option<i64>, range: &Range) -> Result<Option<u8>, Fault> {
    let found = value.map(|v| value::within(key, v, range)).transpose()?;
    Ok(found.and_then(|v| u8::try_from(v).ok()))
}
