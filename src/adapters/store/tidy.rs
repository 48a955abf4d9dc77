//! Old rows go, a few at a time, so that no step ever takes long.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sqlx::SqliteConnection;

use crate::domain::time::Timestamp;
use crate::flow::ports::StoreError;

/// Twice the longest window of a limit: a clock that jumps a day ahead and back loses no count.
const KEPT: Duration = Duration::from_secs(2 * 86_400);
/// How often this process looks for such rows: a code need not pay for it every time.
const EVERY: Duration = Duration::from_secs(10);

/// When this process tidied last, in milliseconds since 1970.
#[derive(Default)]
pub(super) struct Tidied(AtomicI64);

impl Tidied {
    /// Whether it is time again; from now on it is not. A clock that was set back makes it time.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        let last = Timestamp::from_millis(self.0.load(Ordering::Relaxed));
        let due = now < last || last.plus(EVERY) <= now;
        if due {
            self.0.store(now.as_millis(), Ordering::Relaxed);
        }
        due
    }
}

/// Carries out `statements`, each of which removes a few rows that are older than `before`.
async fn remove(
    sql: &mut SqliteConnection,
    before: Timestamp,
    statements: &[&'static str],
) -> Result<(), StoreError> {
    for statement in statements {
        sqlx::query(*statement)
            .bind(before.as_millis())
            .execute(&mut *sql)
            .await?;
    }
    Ok(())
}

/// Removes some codes, messages and attempts that no rule asks for any more. Wrong codes in a row
/// are kept for ever.
pub(super) async fn codes(sql: &mut SqliteConnection, now: Timestamp) -> Result<(), StoreError> {
    let statements = [
        "DELETE FROM codes WHERE reset_id IN \
         (SELECT reset_id FROM codes WHERE expires_at < ? LIMIT 200)",
        "DELETE FROM messages WHERE (reset_id, number) IN \
         (SELECT reset_id, number FROM messages WHERE at < ? LIMIT 200)",
        "DELETE FROM attempts WHERE (reset_id, number) IN \
         (SELECT reset_id, number FROM attempts WHERE at < ? LIMIT 200)",
    ];
    remove(sql, now.minus(KEPT), &statements).await
}

/// Removes some pictures that have ended.
pub(super) async fn pairings(sql: &mut SqliteConnection, now: Timestamp) -> Result<(), StoreError> {
    let statement = "DELETE FROM pairings WHERE nonce_mac IN \
         (SELECT nonce_mac FROM pairings WHERE expires_at < ? LIMIT 200)";
    remove(sql, now.minus(KEPT), &[statement]).await
}

/// Removes some cards and objections that nobody presses, or asks for, any more: a card can be
/// updated for 72 hours.
pub(super) async fn objections(
    sql: &mut SqliteConnection,
    now: Timestamp,
) -> Result<(), StoreError> {
    let statements = [
        "DELETE FROM cards WHERE card_mac IN \
         (SELECT card_mac FROM cards WHERE sent_at < ? LIMIT 20)",
        "DELETE FROM objections WHERE reset_id IN \
         (SELECT reset_id FROM objections WHERE at < ? LIMIT 20)",
    ];
    remove(sql, now.minus(KEPT.saturating_mul(2)), &statements).await
}

/// Removes some links that have ended.
pub(super) async fn links(sql: &mut SqliteConnection, now: Timestamp) -> Result<(), StoreError> {
    let statement = "DELETE FROM links WHERE token_mac IN \
         (SELECT token_mac FROM links WHERE expires_at < ? LIMIT 20)";
    remove(sql, now.minus(KEPT), &[statement]).await
}

/// Removes some deliveries that the channel does not repeat any more: more than share one
/// transaction.
pub(super) async fn deliveries(
    sql: &mut SqliteConnection,
    now: Timestamp,
) -> Result<(), StoreError> {
    let statement = "DELETE FROM deliveries WHERE delivery_mac IN \
         (SELECT delivery_mac FROM deliveries WHERE at < ? LIMIT 200)";
    remove(sql, now.minus(KEPT), &[statement]).await
}

/// Removes some alarms that nobody could be told for days.
pub(super) async fn alarms(sql: &mut SqliteConnection, now: Timestamp) -> Result<(), StoreError> {
    let statement = "DELETE FROM alarms WHERE (reset_id, what) IN \
         (SELECT reset_id, what FROM alarms WHERE owed_at < ? LIMIT 20)";
    remove(sql, now.minus(KEPT.saturating_mul(2)), &[statement]).await
}

/// Removes some reminders of passwords that ended long ago.
pub(super) async fn reminders(
    sql: &mut SqliteConnection,
    now: Timestamp,
) -> Result<(), StoreError> {
    let statement = "DELETE FROM reminders WHERE (account, ends_at, step) IN \
         (SELECT account, ends_at, step FROM reminders WHERE ends_at < ? LIMIT 20)";
    remove(sql, now.minus(KEPT.saturating_mul(15)), &[statement]).await
}

/// Removes some of operators' deeds, and approvals that nobody asks for any more.
pub(super) async fn desk(sql: &mut SqliteConnection, now: Timestamp) -> Result<(), StoreError> {
    let statements = [
        "DELETE FROM operator_deeds WHERE rowid IN \
         (SELECT rowid FROM operator_deeds WHERE at < ? LIMIT 20)",
        "DELETE FROM approvals WHERE reset_id IN \
         (SELECT reset_id FROM approvals WHERE until < ? LIMIT 20)",
    ];
    remove(sql, now.minus(KEPT), &statements).await
}

/// Removes some old passwords that were tried so long ago that no directory counts them.
pub(super) async fn old_passwords(
    sql: &mut SqliteConnection,
    now: Timestamp,
) -> Result<(), StoreError> {
    const LONGEST: Duration = Duration::from_secs(60 * 86_400);
    let statement = "DELETE FROM old_passwords WHERE (reset_id, number) IN \
         (SELECT reset_id, number FROM old_passwords WHERE at < ? LIMIT 20)";
    remove(sql, now.minus(LONGEST), &[statement]).await
}
