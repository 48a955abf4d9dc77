//! A code issued and verified, against the same statements in a loop.

use std::time::{Duration, Instant};

use rekey::domain::account::AccountKey;
use rekey::domain::code::{Action, Binding, Judgement, Place, ResetId, Subject};
use rekey::domain::secret::CodeDigits;
use rekey::domain::time::Timestamp;
use rekey::flow::ports::{Codes, Issued};

use crate::bars::{Bars, ms, p50};
use crate::raw::Book;
use crate::site::{RULES, folder, store};

const ROUNDS: u32 = 300;

pub(crate) fn measure(bars: &Bars) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (rekey, raw) = runtime.block_on(in_turns());
    let (rekey, raw) = (p50(&rekey), p50(&raw));
    bars.note(&format!(
        "p50 {:.2} ms, raw {:.2} ms: three transactions and two head files each",
        ms(rekey),
        ms(raw)
    ));
    let ratio = rekey.as_secs_f64() / raw.as_secs_f64();
    bars.at_most(
        "a code issued and verified, of the raw SQL loop",
        ratio,
        1.3,
        "x",
    );
}

async fn in_turns() -> (Vec<Duration>, Vec<Duration>) {
    let folder = folder();
    let store = store(&folder).await;
    let book = Book::open(folder.path()).await;
    let (mut rekey, mut raw) = (Vec::new(), Vec::new());
    for number in 0..ROUNDS {
        let began = Instant::now();
        issue_and_verify(&store, number).await;
        rekey.push(began.elapsed());
        let began = Instant::now();
        let (reset, subject) = (format!("reset-{number}"), format!("account-{number}"));
        book.issue_and_verify(&reset, &subject).await;
        raw.push(began.elapsed());
    }
    (rekey, raw)
}

async fn issue_and_verify(store: &impl Codes, number: u32) {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&number.to_be_bytes());
    let binding = Binding {
        reset: ResetId::from_bytes(id),
        subject: Subject::Account(AccountKey::new(&format!("account-{number}"))),
        action: Action::Reset,
        place: Place {
            front: "kiosk",
            kiosk: "lobby-1".to_owned(),
        },
    };
    let digits = CodeDigits::parse("482913", 6).unwrap();
    let now = Timestamp::from_secs(1_795_377_600);
    let issued = store.issue(&binding, Some(&digits), RULES, now).await;
    assert_eq!(issued, Ok(Issued::Send));
    let judged = store.judge(&binding, &digits, RULES, now).await;
    assert_eq!(judged, Ok(Judgement::Right));
}
