//! The tables and how they came to be: numbered migrations, run when the store opens.

use sqlx::SqlitePool;

use super::OpenError;

/// Version `n` is the `n`th; one that was released is never edited.
const MIGRATIONS: [&str; 11] = [
    include_str!("migrations/1.sql"),
    include_str!("migrations/2.sql"),
    include_str!("migrations/3.sql"),
    include_str!("migrations/4.sql"),
    include_str!("migrations/5.sql"),
    include_str!("migrations/6.sql"),
    include_str!("migrations/7.sql"),
    include_str!("migrations/8.sql"),
    include_str!("migrations/9.sql"),
    include_str!("migrations/10.sql"),
    include_str!("migrations/11.sql"),
];

/// Brings the tables up to date, in one transaction.
pub(super) async fn migrate(pool: &SqlitePool) -> Result<(), OpenError> {
    let mut step = pool.begin_with("BEGIN IMMEDIATE").await?;
    let found: i64 = sqlx::query_scalar("PRAGMA user_version")
        .fetch_one(&mut *step)
        .await?;
    let known = MIGRATIONS.len() as i64;
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    for (migration, number) in MIGRATIONS.into_iter().zip(1i64..) {
        if number > found {
            sqlx::raw_sql(migration).execute(&mut *step).await?;
        }
    }
    if found < known {
        // A number of this program's own; a pragma takes no bound values.
        let pragma = format!("PRAGMA user_version = {known}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(pragma))
            .execute(&mut *step)
            .await?;
    }
    step.commit().await?;
    Ok(())
}
