//! Seeded runs of a whole small company with faults and crashes; every S-rule of the design is
//! asserted after each. A failing seed is printed; replay it with `REKEY_SEED=<seed>`.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first surprise and says what it did"
)]

mod actors;
mod chat;
mod desk;
mod pictures;
mod rules;
mod storm;

use std::sync::Arc;
use std::time::Duration;

use rekey::domain::account::{Account, AccountKey, EntryDn, PasswordAge, Standing, WecomUserId};
use rekey::domain::code::{CodeRules, Place};
use rekey::domain::policy::{DirectoryPolicy, SitePolicy};
use rekey::domain::secret::SiteKey;
use rekey::flow::driver::Resets;
use rekey::flow::driver::settle::{ring_owed, settle};
use rekey::flow::ports::{Clock, Ports};
use rekey::sim::memory::MemoryStore;
use rekey::sim::mortal::Mortal;
use rekey::sim::people::People;
use rekey::sim::world::{Faults, World};

use actors::{Actor, Visit};
use chat::{ChatVisit, Room};
use desk::DeskVisit;
use pictures::PictureVisit;
use rules::Seen;
use storm::Storm;

/// How many runs `tests/run` makes.
const RUNS: u64 = 10_000;

/// The company of one run.
pub(crate) struct Company {
    pub(crate) world: World,
    pub(crate) people: People,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) ports: Ports,
    pub(crate) rules: CodeRules,
}

impl Company {
    fn new(seed: u64, faults: Faults) -> Self {
        let world = World::new(seed, faults);
        let key = SiteKey::new([7; 32]);
        let store = Arc::new(MemoryStore::new(key, Arc::new(world.clone())));
        let book = store.clone();
        let durable = Arc::new(move |grant: &rekey::flow::grant::Grant| {
            book.open_intents()
                .iter()
                .any(|open| open.intent.reset == *grant.reset())
        });
        let people = People::new(&world, accounts(), durable);
        let ports = ports(&world, &people, &store);
        let rules = CodeRules {
            digits: 6,
            lifetime: Duration::from_secs(300),
            tries: 5,
        };
        Self {
            world,
            people,
            store,
            ports,
            rules,
        }
    }

    /// The program is started again, and nothing of the last one goes on.
    fn restarted(self) -> Self {
        let world = self.world.revive();
        let people = self.people.after_restart(&world);
        Self {
            ports: ports(&world, &people, &self.store),
            world,
            people,
            ..self
        }
    }

    fn resets_at(&self, place: Place) -> Resets {
        Resets::new(self.ports.clone(), place, self.rules, Self::site())
    }

    pub(crate) fn site() -> SitePolicy {
        SitePolicy {
            max_age: Duration::from_secs(120 * 86_400),
            min_length: 12,
            min_strength: 3,
            words: Vec::new(),
        }
    }
}

/// What one process of the program stands on.
fn ports(world: &World, people: &People, store: &Arc<MemoryStore>) -> Ports {
    let mortal = Arc::new(Mortal::new(world, store.clone()));
    Ports {
        directory: Arc::new(people.clone()),
        messenger: Arc::new(people.clone()),
        codes: mortal.clone(),
        throttles: mortal.clone(),
        audit: mortal.clone(),
        intents: mortal.clone(),
        pairings: mortal.clone(),
        objections: mortal.clone(),
        links: mortal.clone(),
        alarm: [WecomUserId::parse("TheLead").expect("a userid")].into(),
        deliveries: mortal.clone(),
        desk: mortal,
        assessor: Arc::new(actors::LengthOnly),
        clock: Arc::new(world.clone()),
        entropy: Arc::new(world.clone()),
        metrics: Arc::new(()),
    }
}

fn accounts() -> Vec<Account> {
    let person = |login: &str, standing, wecom: Option<&str>| Account {
        key: AccountKey::new(&format!("key-of-{login}")),
        dn: EntryDn::new(format!("uid={login},ou=people")),
        login: login.to_owned(),
        display_name: login.to_owned(),
        person_words: vec![login.to_owned()],
        wecom: wecom.and_then(WecomUserId::parse),
        language: None,
        standing,
        age: PasswordAge::default(),
        demands: DirectoryPolicy::default(),
    };
    let john = person("john.miller", Standing::Eligible, Some("JohnMiller"));
    let boss = person("the.boss", Standing::Guarded, Some("TheBoss"));
    let locked = PasswordAge {
        locked: true,
        ..PasswordAge::default()
    };
    vec![
        person("lin.wei", Standing::Eligible, Some("LinWei")),
        person("siti.rahma", Standing::Eligible, Some("SitiRahma")),
        Account {
            age: locked,
            ..john
        },
        person("the.admin", Standing::Protected, Some("TheAdmin")),
        person("has.left", Standing::Disabled, Some("HasLeft")),
        person("new.hire", Standing::Eligible, None),
        Account {
            age: locked,
            ..boss
        },
        person("the.helper", Standing::Eligible, Some("TheHelper")),
        person("the.approver", Standing::Guarded, Some("TheApprover")),
        person(
            "another.approver",
            Standing::Eligible,
            Some("AnotherApprover"),
        ),
        person("the.auditor", Standing::Eligible, Some("TheAuditor")),
    ]
}

/// One run: some visits at once, perhaps a death in the middle, a new start, and peace.
async fn run(seed: u64) {
    let faults = Faults {
        directory_down: 20,
        answer_lost: 150,
        somebody_else: 30,
        channel_down: 20,
        store_down: 5,
    };
    // Every third company works without faults: there, those who do everything right must succeed.
    let calm = seed.is_multiple_of(3);
    let mut company = Company::new(seed, if calm { Faults::default() } else { faults });
    let mut storm = (company.world.below(25) == 0).then(|| Storm::new(&company));
    let mut visits: Vec<Visit> = Vec::new();
    let others = match storm {
        Some(_) => 0,
        None => 1 + company.world.below(4),
    };
    for n in 0..others {
        let actor = Actor::of(company.world.below(Actor::KINDS));
        let kiosk = format!("lobby-{}", 1 + company.world.below(2));
        visits.push(Visit::new(n, actor, kiosk, &company));
    }
    let mut desks: Vec<DeskVisit> = Vec::new();
    if others > 0 && company.world.below(4) == 0 {
        let (operators, meanwhile) = desk::shift(&company);
        desks = operators;
        visits.extend(meanwhile);
    }
    let mut pictures: Vec<PictureVisit> = Vec::new();
    if others > 0 && company.world.below(4) == 0 {
        pictures.push(PictureVisit::new(&company));
    }
    let mut room = Room::open(&company);
    let mut chats: Vec<ChatVisit> = Vec::new();
    if others > 0 && company.world.below(4) == 0 {
        chats.push(ChatVisit::new(&company));
    }
    let dies = !calm && company.world.below(2) == 0;
    if dies {
        // A shift at the desk has more steps to die at.
        let turns = if desks.is_empty() { 120 } else { 400 };
        company.world.die_after(1 + company.world.below(turns));
    }
    let everybody = futures_util::future::join_all(visits.iter_mut().map(|v| v.live(&company)));
    let support = futures_util::future::join_all(desks.iter_mut().map(|d| d.live(&company)));
    let scans = futures_util::future::join_all(pictures.iter_mut().map(|p| p.live(&company)));
    let chatting =
        futures_util::future::join_all(chats.iter_mut().map(|c| c.live(&company, &room)));
    let guessing = futures_util::future::join_all(storm.iter_mut().map(|s| s.live(&company)));
    let died = tokio::select! {
        biased;
        () = company.world.death() => true,
        _ = async { tokio::join!(everybody, support, scans, chatting, guessing) } => false,
    };
    company.world.calm();
    if died {
        company = company.restarted();
        room = room.restarted(&company).await;
    }
    // A new start settles what the old process left; later looks follow, as far apart as they are.
    settle(&company.ports, Some(company.world.now().wall))
        .await
        .expect("the store works again");
    for _ in 0..45 {
        tokio::time::sleep(Duration::from_secs(10)).await;
        settle(&company.ports, None)
            .await
            .expect("the store works again");
        ring_owed(&company.ports)
            .await
            .expect("the store works again");
    }
    if std::env::var("REKEY_SEED").is_ok() {
        // A replay shows what there is to see.
        for record in company.store.records() {
            println!(
                "{:4} {} {} {} {} {}/{} {}",
                record.seq,
                record.time,
                &record.reset[..4],
                record.event,
                record.account,
                record.front,
                record.kiosk,
                record.result
            );
        }
    }
    let seen = Seen {
        visits,
        desks,
        pictures,
        chats,
        room,
        storm,
    };
    rules::hold(&company, &seen, calm).await;
}

/// Runs these, and gives up after a handful that broke a rule.
fn broken_ones(seeds: Vec<u64>) -> Vec<u64> {
    let breaks = |seed: &u64| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            runtime.block_on(run(*seed));
        }));
        outcome.is_err()
    };
    seeds.into_iter().filter(breaks).take(5).collect()
}

#[test]
fn ten_thousand_companies_keep_every_rule() {
    let seeds: Vec<u64> = match std::env::var("REKEY_SEED") {
        Ok(seed) => vec![seed.parse().expect("REKEY_SEED is a number")],
        Err(_) => (1..=RUNS).collect(),
    };
    let halves: Vec<Vec<u64>> = (0..2)
        .map(|n| seeds.iter().copied().filter(|seed| seed % 2 == n).collect())
        .collect();
    let broken: Vec<u64> = std::thread::scope(|scope| {
        let threads: Vec<_> = halves
            .into_iter()
            .map(|half| scope.spawn(move || broken_ones(half)))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("it catches panics"))
            .collect()
    });
    assert!(
        broken.is_empty(),
        "seeds {broken:?} broke a rule; replay: REKEY_SEED=<seed>"
    );
    let seen = actors::seen();
    println!("simulated {} companies: {seen:?}", seeds.len());
    if seeds.len() as u64 == RUNS {
        // A simulation in which nothing happens proves nothing.
        for (what, count) in seen {
            assert!(count >= 50, "{what} happened only {count} times");
        }
    }
}
