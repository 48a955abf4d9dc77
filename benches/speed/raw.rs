//! What rekey does, done by hand: as few questions and as few statements as will do, with the same
//! libraries, the same disk and the same kinds of durable writes.

use std::collections::HashSet;
use std::io::Write as _;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ldap3::exop::PasswordModify;
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, Mod, Scope, StdStream};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

/// Somebody whose password is changed.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) login: String,
    pub(crate) userid: String,
    pub(crate) dn: String,
}

/// How a server is asked.
#[derive(Clone)]
pub(crate) struct Server {
    /// Host and port.
    pub(crate) address: (String, u16),
    pub(crate) tls: Arc<ClientConfig>,
    pub(crate) service: (&'static str, &'static str),
    pub(crate) people: &'static str,
    pub(crate) login_attribute: &'static str,
    /// The attribute that holds the password, where it is not the password modify operation.
    pub(crate) unicode_pwd: bool,
}

/// A TLS configuration that trusts one CA.
pub(crate) fn trusting(ca_pem: &str) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(ca_pem.as_bytes()) {
        roots.add(certificate.unwrap()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

impl Server {
    /// A connection over TLS with TCP_NODELAY, which ldap3 does not set by itself.
    async fn connect(&self) -> Ldap {
        let stream = TcpStream::connect((self.address.0.as_str(), self.address.1)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_nonblocking(true).unwrap();
        let settings = LdapConnSettings::new()
            .set_std_stream(StdStream::Tcp(stream))
            .set_config(self.tls.clone());
        let url = format!("ldaps://{}", self.address.0);
        let (connection, ldap) = LdapConnAsync::with_settings(settings, &url).await.unwrap();
        tokio::spawn(connection.drive());
        ldap
    }

    async fn change(&self, ldap: &mut Ldap, dn: &str, password: &str) {
        let limit = Duration::from_secs(30);
        let result = if self.unicode_pwd {
            let quoted = format!("\"{password}\"");
            let value: Vec<u8> = quoted.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let replace = Mod::Replace(b"unicodePwd".to_vec(), HashSet::from([value]));
            ldap.with_timeout(limit).modify(dn, vec![replace]).await
        } else {
            let request = PasswordModify {
                user_id: Some(dn),
                old_pass: None,
                new_pass: Some(password),
            };
            let answer = ldap.with_timeout(limit).extended(request).await;
            answer.map(|answer| answer.1)
        };
        assert_eq!(result.unwrap().rc, 0, "the change");
    }
}

/// The same steps as a reset's, without rekey.
pub(crate) struct Raw {
    server: Server,
    kept: Ldap,
    book: Book,
}

impl Raw {
    pub(crate) async fn open(server: &Server, book: &Book) -> Self {
        let mut kept = server.connect().await;
        let (dn, password) = server.service;
        let bound = kept.simple_bind(dn, password).await.unwrap();
        assert_eq!(bound.rc, 0, "the service account's bind");
        Self {
            server: server.clone(),
            kept,
            book: book.clone(),
        }
    }

    /// Search, durable intent, change, proving bind on a connection of its own, durable outcome.
    pub(crate) async fn reset(&mut self, who: &Person, password: &str, number: u32) {
        let filter = format!("({}={})", self.server.login_attribute, who.login);
        let attributes = ["employeeNumber", "displayName", "mail", "objectClass"];
        let found = self
            .kept
            .with_timeout(Duration::from_secs(30))
            .search(self.server.people, Scope::Subtree, &filter, attributes)
            .await
            .unwrap();
        assert_eq!(found.0.len(), 1, "one employee");
        let reset = format!("raw-{}-{number}", who.login);
        self.book.open_intent(&reset, who).await;
        self.server.change(&mut self.kept, &who.dn, password).await;
        let mut own = self.server.connect().await;
        let bound = own.simple_bind(&who.dn, password).await.unwrap();
        assert_eq!(bound.rc, 0, "the proving bind");
        let _ = own.unbind().await;
        self.book.close_intent(&reset).await;
    }
}

/// A state like rekey's: the same tables, journal and durability, and a head file beside it.
#[derive(Clone)]
pub(crate) struct Book {
    pool: SqlitePool,
    head: PathBuf,
}

impl Book {
    pub(crate) async fn open(folder: &Path) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(folder.join("raw.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .connect_with(options)
            .await
            .unwrap();
        for version in [
            include_str!("../../src/adapters/store/migrations/1.sql"),
            include_str!("../../src/adapters/store/migrations/2.sql"),
        ] {
            sqlx::raw_sql(version).execute(&pool).await.unwrap();
        }
        Self {
            pool,
            head: folder.join("raw.head"),
        }
    }

    async fn open_intent(&self, reset: &str, who: &Person) {
        let mut step = self.pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
        sqlx::query(
            "INSERT INTO intents (reset_id, account, dn, server, entry_mark, password_mark, \
             front, kiosk, notify, language, proved_at, opened_at, owner, is_unknown, looks, \
             due_at, claimed_by, claimed_at) \
             VALUES (?, ?, ?, 'server', 'mark', 'mark', 'kiosk', 'raw', ?, NULL, 0, 0, '', 0, 0, \
             0, '', 0)",
        )
        .bind(reset)
        .bind(&who.login)
        .bind(&who.dn)
        .bind(&who.userid)
        .execute(&mut *step)
        .await
        .unwrap();
        let head = record(&mut step, reset, "change_intent").await;
        step.commit().await.unwrap();
        self.remember(head);
    }

    async fn close_intent(&self, reset: &str) {
        let mut step = self.pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
        sqlx::query("DELETE FROM intents WHERE reset_id = ?")
            .bind(reset)
            .execute(&mut *step)
            .await
            .unwrap();
        let head = record(&mut step, reset, "change_outcome").await;
        step.commit().await.unwrap();
        self.remember(head);
    }

    /// A code stored, and its try counted before it is compared and used up: three transactions,
    /// since the count has to be on the disk before the comparison.
    pub(crate) async fn issue_and_verify(&self, reset: &str, subject: &str) {
        let mut step = self.pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
        sqlx::query(
            "INSERT INTO codes (reset_id, subject, action, front, kiosk, mac, issued_at, \
             expires_at, issued, judged, used) \
             VALUES (?, ?, 'reset', 'kiosk', 'raw', ?, 0, 300000, 1, 0, 0)",
        )
        .bind(reset)
        .bind(subject)
        .bind([7_u8; 32].as_slice())
        .execute(&mut *step)
        .await
        .unwrap();
        self.run(
            &mut step,
            "INSERT INTO messages (reset_id, number, subject, at) VALUES (?, 1, ?, 0)",
            [reset, subject].as_slice(),
        )
        .await;
        let head = record(&mut step, reset, "code_issued").await;
        step.commit().await.unwrap();
        self.remember(head);

        let mut step = self.pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
        self.run(
            &mut step,
            "UPDATE codes SET judged = judged + 1 WHERE reset_id = ?",
            &[reset],
        )
        .await;
        self.run(
            &mut step,
            "INSERT INTO attempts (reset_id, number, subject, at) VALUES (?, 1, ?, 0)",
            &[reset, subject],
        )
        .await;
        self.run(
            &mut step,
            "INSERT INTO subjects (subject, wrong_in_a_row) VALUES (?, 1) ON CONFLICT (subject) \
             DO UPDATE SET wrong_in_a_row = subjects.wrong_in_a_row + 1",
            &[subject],
        )
        .await;
        step.commit().await.unwrap();

        let mut step = self.pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
        self.run(
            &mut step,
            "UPDATE codes SET used = 1 WHERE reset_id = ? AND used = 0",
            &[reset],
        )
        .await;
        self.run(
            &mut step,
            "DELETE FROM attempts WHERE reset_id = ?",
            &[reset],
        )
        .await;
        self.run(
            &mut step,
            "UPDATE subjects SET wrong_in_a_row = 0 WHERE subject = ?",
            &[subject],
        )
        .await;
        let head = record(&mut step, reset, "code_judged").await;
        step.commit().await.unwrap();
        self.remember(head);
    }

    async fn run(
        &self,
        sql: &mut sqlx::SqliteConnection,
        statement: &'static str,
        values: &[&str],
    ) {
        let mut query = sqlx::query(statement);
        for value in values {
            query = query.bind(*value);
        }
        query.execute(sql).await.unwrap();
    }

    /// Replaces the head file durably.
    fn remember(&self, seq: i64) {
        let new = self.head.with_extension("new");
        let mut file = std::fs::File::create(&new).unwrap();
        writeln!(file, "{seq} {:064}", 7).unwrap();
        file.sync_data().unwrap();
        std::fs::rename(&new, &self.head).unwrap();
    }
}

/// Appends an audit record; its number.
async fn record(sql: &mut sqlx::SqliteConnection, reset: &str, event: &str) -> i64 {
    sqlx::query_scalar(
        "INSERT INTO audit (seq, time, event, reset_id, account, front, kiosk, result, mac) \
         VALUES ((SELECT COALESCE(MAX(seq), 0) + 1 FROM audit), '2026-01-01T00:00:00Z', ?, ?, '', \
         'kiosk', 'raw', 'done', ?) RETURNING seq",
    )
    .bind(event)
    .bind(reset)
    .bind(format!("{:064}", 7))
    .fetch_one(sql)
    .await
    .unwrap()
}
