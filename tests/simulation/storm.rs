//! Guesses from everywhere: a hundred wrong codes of remote sessions, and remote codes are off for
//! an hour. Kiosks go on, and so does everybody afterwards.

use std::time::Duration;

use rekey::domain::code::Place;
use rekey::domain::limits::REMOTE_WRONG_CODES;

use crate::Company;
use crate::actors::{Actor, EMPLOYEES, Visit};

/// Login names that lead nowhere: their wrong codes count like any others.
const NOBODIES: [&str; 24] = [
    "a.nobody", "b.nobody", "c.nobody", "d.nobody", "e.nobody", "f.nobody", "g.nobody", "h.nobody",
    "i.nobody", "j.nobody", "k.nobody", "l.nobody", "m.nobody", "n.nobody", "o.nobody", "p.nobody",
    "q.nobody", "r.nobody", "s.nobody", "t.nobody", "u.nobody", "v.nobody", "w.nobody", "x.nobody",
];

/// One company's bad hour.
pub struct Storm {
    pub attackers: Vec<Visit>,
    /// Comes over SSH while codes are off.
    pub remote: Visit,
    /// Stands at a kiosk meanwhile.
    pub kiosk: Visit,
    /// Comes over SSH when the hour is over.
    pub later: Visit,
}

impl Storm {
    pub fn new(company: &Company) -> Self {
        let comes = |number: u64, actor, employee, place| {
            let visit = Visit::new(number, actor, String::new(), company);
            visit.of_employee(employee).at(place)
        };
        let ssh = |n: usize| Place::remote("ssh", &format!("198.51.100.{n}"));
        let lobby = Place {
            front: "kiosk",
            kiosk: "lobby-1".to_owned(),
        };
        // Somebody real is guessed at, too; not who is to succeed below.
        let guessed = NOBODIES.iter().copied().chain([EMPLOYEES[2].0]);
        let attackers = guessed.enumerate().map(|(n, login)| {
            let number = 100 + u64::try_from(n).expect("small");
            comes(number, Actor::Guesser, (login, ""), ssh(n))
        });
        Self {
            attackers: attackers.collect(),
            remote: comes(61, Actor::Careful, EMPLOYEES[0], ssh(200)),
            kiosk: comes(62, Actor::Careful, EMPLOYEES[1], lobby),
            later: comes(63, Actor::Careful, EMPLOYEES[1], ssh(201)),
        }
    }

    pub async fn live(&mut self, company: &Company) {
        let guesses = self
            .attackers
            .iter_mut()
            .map(|attacker| attacker.live(company));
        futures_util::future::join_all(guesses).await;
        tokio::join!(self.remote.live(company), self.kiosk.live(company));
        tokio::time::sleep(REMOTE_WRONG_CODES.window + Duration::from_secs(1)).await;
        self.later.live(company).await;
    }

    pub fn all(&self) -> impl Iterator<Item = &Visit> {
        let employees = [&self.remote, &self.kiosk, &self.later];
        self.attackers.iter().chain(employees)
    }
}
