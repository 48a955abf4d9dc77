//! What only SQLite has: files, a key, other people's hands in the tables.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rekey::adapters::store::{KeyError, OpenError};
use rekey::domain::audit::ChainError;
use rekey::domain::code::Judgement;
use rekey::flow::ports::remind::{Begun, Reminders};
use rekey::flow::ports::{AuditLog, Codes, Pairing, Pairings};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};

use super::reminders::reminder;
use super::rest::event;
use super::stage::{RULES, SqliteStage, at, binding, code, place, reset};

/// The hands of somebody who can write to the database but does not know the site key.
async fn hands(stage: &SqliteStage) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(stage.db())
        .connect()
        .await
        .unwrap()
}

async fn tamper(stage: &SqliteStage, sql: &'static str) {
    let mut hands = hands(stage).await;
    sqlx::raw_sql(sql).execute(&mut hands).await.unwrap();
}

/// A log of six records.
async fn log_of_six() -> SqliteStage {
    let stage = SqliteStage::new();
    let store = stage.open().await.unwrap();
    for n in 0..6 {
        store.append(&event(n, "sent")).await.unwrap();
    }
    assert_eq!(store.verify().await.unwrap(), Ok(6));
    stage
}

async fn verified(stage: &SqliteStage) -> Result<u64, ChainError> {
    stage.open().await.unwrap().verify().await.unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn an_altered_record_is_found() {
    let stage = log_of_six().await;
    tamper(
        &stage,
        "UPDATE audit SET account = 'zhang.mei' WHERE seq = 3",
    )
    .await;
    assert_eq!(verified(&stage).await, Err(ChainError::Altered { seq: 3 }));
}

#[tokio::test]
async fn a_removed_record_is_found() {
    let stage = log_of_six().await;
    tamper(&stage, "DELETE FROM audit WHERE seq = 3").await;
    let gap = ChainError::Gap {
        expected: 3,
        found: 4,
    };
    assert_eq!(verified(&stage).await, Err(gap));
}

#[tokio::test]
async fn an_added_record_is_found() {
    let stage = log_of_six().await;
    tamper(
        &stage,
        "INSERT INTO audit SELECT 7, time, event, reset_id, account, front, kiosk, result, mac \
         FROM audit WHERE seq = 6",
    )
    .await;
    assert_eq!(verified(&stage).await, Err(ChainError::Altered { seq: 7 }));
}

#[tokio::test]
async fn a_cut_tail_is_found_and_stays_found_when_the_log_grows_again() {
    let stage = log_of_six().await;
    tamper(&stage, "DELETE FROM audit WHERE seq > 4").await;
    let cut = ChainError::CutTail {
        remembered: 6,
        found: 4,
    };
    assert_eq!(verified(&stage).await, Err(cut));
    let store = stage.open().await.unwrap();
    for n in 10..15 {
        store.append(&event(n, "sent")).await.unwrap();
    }
    assert_eq!(verified(&stage).await, Err(ChainError::Altered { seq: 6 }));
}

#[tokio::test]
async fn a_log_that_is_gone_as_a_whole_is_found() {
    let stage = log_of_six().await;
    for ending in ["", "-wal", "-shm"] {
        let mut path = stage.db().into_os_string();
        path.push(ending);
        let _ = fs::remove_file(path);
    }
    let cut = ChainError::CutTail {
        remembered: 6,
        found: 0,
    };
    assert_eq!(verified(&stage).await, Err(cut));
    stage
        .open()
        .await
        .unwrap()
        .append(&event(9, "sent"))
        .await
        .unwrap();
    assert!(verified(&stage).await.is_err());
}

#[tokio::test]
async fn a_missing_head_file_is_found_and_not_made_anew() {
    let stage = log_of_six().await;
    fs::remove_file(stage.head()).unwrap();
    let store = stage.open().await.unwrap();
    store.append(&event(9, "sent")).await.unwrap();
    assert_eq!(verified(&stage).await, Err(ChainError::NoHead));
    assert!(!stage.head().exists());
}

#[tokio::test]
async fn a_head_left_behind_by_a_crash_is_no_trouble() {
    let stage = log_of_six().await;
    let head = fs::read_to_string(stage.head()).unwrap();
    let store = stage.open().await.unwrap();
    store.append(&event(9, "sent")).await.unwrap();
    fs::write(stage.head(), head).unwrap();
    assert_eq!(verified(&stage).await, Ok(7));
    store.append(&event(10, "sent")).await.unwrap();
    let head = fs::read_to_string(stage.head()).unwrap();
    assert!(head.starts_with("8 "), "{head}");
}

#[tokio::test]
async fn all_files_are_the_owners_alone() {
    let stage = log_of_six().await;
    let _open = stage.open().await.unwrap();
    let folder = stage.db().parent().unwrap().to_owned();
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        names.push(path.file_name().unwrap().to_owned());
    }
    assert!(names.len() >= 4, "{names:?}");
    // One that was opened up is closed again.
    fs::set_permissions(stage.db(), fs::Permissions::from_mode(0o644)).unwrap();
    let _open = stage.open().await.unwrap();
    assert_eq!(mode(&stage.db()), 0o600);
}

#[tokio::test]
async fn a_key_that_others_can_read_is_refused() {
    for bits in [0o640, 0o604, 0o620, 0o644] {
        let stage = log_of_six().await;
        fs::set_permissions(stage.key(), fs::Permissions::from_mode(bits)).unwrap();
        let refused = stage.open().await.err().unwrap();
        assert!(
            matches!(refused, OpenError::Key(KeyError::ReadableByOthers { .. })),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn a_key_is_never_made_anew_where_records_exist() {
    let stage = log_of_six().await;
    let key = fs::read(stage.key()).unwrap();
    fs::remove_file(stage.key()).unwrap();
    let refused = stage.open().await.err().unwrap();
    assert!(matches!(refused, OpenError::Key(KeyError::Missing { .. })));
    assert!(refused.to_string().contains("put it back"), "{refused}");
    assert!(!stage.key().exists());
    // Not even when the head file is gone as well.
    let head = fs::read(stage.head()).unwrap();
    fs::remove_file(stage.head()).unwrap();
    assert!(stage.open().await.is_err());
    assert!(!stage.key().exists());
    fs::write(stage.head(), head).unwrap();
    // And not even when the state's file is gone as well: the head file remembers.
    fs::remove_file(stage.db()).unwrap();
    assert!(stage.open().await.is_err());
    assert!(!stage.key().exists());
    assert_eq!(key.len(), 65);
}

#[tokio::test]
async fn a_damaged_key_is_refused_and_left_as_it_is() {
    let stage = log_of_six().await;
    fs::write(stage.key(), "half a ke").unwrap();
    let refused = stage.open().await.err().unwrap();
    assert!(matches!(
        refused,
        OpenError::Key(KeyError::Malformed { .. })
    ));
    assert_eq!(fs::read(stage.key()).unwrap(), b"half a ke");
}

#[tokio::test]
async fn another_key_verifies_nothing_and_no_old_code() {
    let stage = log_of_six().await;
    let lin = binding(1, "lin.wei");
    let store = stage.open().await.unwrap();
    store
        .issue(&lin, Some(&code("482913")), RULES, at(0))
        .await
        .unwrap();
    fs::write(stage.key(), [1u8; 32]).unwrap();
    assert_eq!(verified(&stage).await, Err(ChainError::Altered { seq: 1 }));
    let store = stage.open().await.unwrap();
    let judged = store.judge(&lin, &code("482913"), RULES, at(1)).await;
    assert_eq!(judged, Ok(Judgement::Wrong { left: 4 }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_that_open_a_new_state_at_once_all_succeed() {
    let stage = std::sync::Arc::new(SqliteStage::new());
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..8 {
        let stage = stage.clone();
        tasks.spawn(async move {
            let store = stage.open().await.unwrap();
            store.append(&event(n, "sent")).await.unwrap();
        });
    }
    tasks.join_all().await;
    assert_eq!(verified(&stage).await, Ok(8));
}

#[tokio::test]
async fn the_state_of_a_newer_version_is_refused() {
    let stage = log_of_six().await;
    tamper(&stage, "PRAGMA user_version = 99").await;
    let refused = stage.open().await.err().unwrap();
    assert!(
        matches!(refused, OpenError::Newer { found: 99, .. }),
        "{refused}"
    );
}

#[tokio::test]
async fn a_store_that_does_not_work_says_so_without_secrets() {
    let stage = log_of_six().await;
    let store = stage.open().await.unwrap();
    tamper(&stage, "DROP TABLE codes").await;
    let lin = binding(1, "lin.wei");
    let refused = store.issue(&lin, Some(&code("482913")), RULES, at(0)).await;
    let told = refused.unwrap_err().to_string();
    assert!(
        !told.contains("482913") && !told.contains("lin.wei"),
        "{told}"
    );
    // The step was undone as a whole.
    assert_eq!(store.verify().await.unwrap(), Ok(6));
}

#[tokio::test]
async fn a_step_that_fails_halfway_is_undone_as_a_whole() {
    let stage = log_of_six().await;
    let store = stage.open().await.unwrap();
    tamper(
        &stage,
        "CREATE TRIGGER full BEFORE INSERT ON messages \
         BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
    )
    .await;
    let lin = binding(1, "lin.wei");
    let refused = store.issue(&lin, Some(&code("482913")), RULES, at(0)).await;
    assert!(refused.unwrap_err().to_string().contains("full"));
    let judged = store.judge(&lin, &code("482913"), RULES, at(1)).await;
    assert_eq!(judged, Ok(Judgement::Expired), "half a step was kept");
    assert_eq!(verified(&stage).await, Ok(7));
}

/// A full disk makes SQLite undo the whole transaction by itself.
#[tokio::test]
async fn after_a_full_disk_the_state_goes_on() {
    let stage = log_of_six().await;
    let store = stage.open().await.unwrap();
    tamper(
        &stage,
        "CREATE TRIGGER full BEFORE INSERT ON audit \
         BEGIN SELECT RAISE(ROLLBACK, 'database or disk is full'); END",
    )
    .await;
    let refused = store.append(&event(7, "sent")).await.unwrap_err();
    assert!(refused.to_string().contains("full"), "{refused}");
    tamper(&stage, "DROP TRIGGER full").await;
    store.append(&event(8, "sent")).await.unwrap();
    assert_eq!(store.verify().await.unwrap(), Ok(7));
}

#[tokio::test]
async fn a_process_that_keeps_the_lock_is_an_error_and_no_endless_wait() {
    let stage = log_of_six().await;
    let store = stage.open().await.unwrap();
    let mut frozen = hands(&stage).await;
    sqlx::raw_sql("BEGIN IMMEDIATE")
        .execute(&mut frozen)
        .await
        .unwrap();
    let refused = store.append(&event(7, "sent")).await.unwrap_err();
    assert!(refused.to_string().contains("locked"), "{refused}");
    sqlx::raw_sql("ROLLBACK")
        .execute(&mut frozen)
        .await
        .unwrap();
    store.append(&event(8, "sent")).await.unwrap();
    assert_eq!(store.verify().await.unwrap(), Ok(7));
}

#[tokio::test]
async fn a_crash_between_counting_and_comparing_leaves_the_count_up() {
    let stage = log_of_six().await;
    let store = stage.open().await.unwrap();
    let lin = binding(1, "lin.wei");
    store
        .issue(&lin, Some(&code("482913")), RULES, at(0))
        .await
        .unwrap();
    // The second half of judging cannot write its record: as if the power failed before it.
    tamper(
        &stage,
        "CREATE TRIGGER crash BEFORE INSERT ON audit \
         BEGIN SELECT RAISE(ABORT, 'the power failed'); END",
    )
    .await;
    assert!(
        store
            .judge(&lin, &code("482913"), RULES, at(1))
            .await
            .is_err()
    );
    assert!(
        store
            .judge(&lin, &code("111111"), RULES, at(1))
            .await
            .is_err()
    );
    tamper(&stage, "DROP TRIGGER crash").await;
    let judged = store.judge(&lin, &code("111111"), RULES, at(2)).await;
    assert_eq!(judged, Ok(Judgement::Wrong { left: 2 }));
    let judged = store.judge(&lin, &code("482913"), RULES, at(3)).await;
    assert_eq!(
        judged,
        Ok(Judgement::Right),
        "the code was not lost with it"
    );
}

#[tokio::test]
async fn no_code_no_nonce_and_no_typed_login_lies_in_the_files() {
    let stage = SqliteStage::new();
    let store = stage.open().await.unwrap();
    let lin = binding(1, "lin.wei");
    store
        .issue(&lin, Some(&code("482913")), RULES, at(0))
        .await
        .unwrap();
    store
        .judge(&lin, &code("573024"), RULES, at(1))
        .await
        .unwrap();
    let picture = Pairing {
        nonce: "NONCECANARY7F3K".to_owned(),
        short_code: "SHORTCAN".to_owned(),
        place: place(),
        visit: reset(1),
        expires: at(60),
    };
    store.offer(&picture, at(0)).await.unwrap();
    let login = rekey::domain::account::LoginName::parse("MyPassw0rd-typed-here").unwrap();
    let nobody = rekey::domain::code::Binding {
        subject: store.nobody(&login),
        ..binding(2, "")
    };
    store.issue(&nobody, None, RULES, at(0)).await.unwrap();
    store
        .judge(&nobody, &code("573024"), RULES, at(1))
        .await
        .unwrap();
    for entry in fs::read_dir(stage.db().parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).to_lowercase();
        for canary in ["482913", "573024", "noncecanary", "shortcan", "mypassw0rd"] {
            assert!(!text.contains(canary), "{canary} is in {}", path.display());
        }
    }
}

#[tokio::test]
async fn old_rows_go_and_counts_in_a_row_stay() {
    let stage = SqliteStage::new();
    let store = stage.open().await.unwrap();
    for number in 0..30 {
        let employee = binding(number, &format!("employee{number}"));
        store.issue(&employee, None, RULES, at(0)).await.unwrap();
        store
            .judge(&employee, &code("111111"), RULES, at(1))
            .await
            .unwrap();
    }
    for number in 100..103 {
        let later = at(3 * 86_400 + i64::from(number));
        let employee = binding(number, &format!("employee{number}"));
        store.issue(&employee, None, RULES, later).await.unwrap();
    }
    let mut hands = hands(&stage).await;
    for (count, expected) in [
        ("SELECT COUNT(*) FROM codes", 3i64),
        ("SELECT COUNT(*) FROM messages", 3),
        ("SELECT COUNT(*) FROM attempts", 0),
        ("SELECT COUNT(*) FROM subjects WHERE wrong_in_a_row = 1", 30),
    ] {
        let found: i64 = sqlx::query_scalar(count)
            .fetch_one(&mut hands)
            .await
            .unwrap();
        assert_eq!(found, expected, "{count}");
    }
}

#[tokio::test]
async fn a_day_holds_so_many_reminders_and_no_more() {
    let stage = SqliteStage::new();
    let store = stage.open().await.unwrap();
    // Nobody waits for fifty thousand writes.
    tamper(
        &stage,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 49999) \
         INSERT INTO reminders SELECT 'account-' || i, 1800086400000, 7, 1800000000000, 1 FROM n",
    )
    .await;
    let begin = async |name: &str, secs| store.begin(&reminder(name, 7), at(secs)).await.unwrap();
    assert_eq!(begin("lin", 10).await, Begun::Now);
    assert_eq!(begin("siti", 20).await, Begun::EnoughToday);
    assert_eq!(begin("siti", 86_400).await, Begun::Now, "the next day");
}
