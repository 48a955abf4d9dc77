//! How many connections are held at once, in all and for each source.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::super::source::Source;

/// Connections in all.
const ALL: usize = 1024;
/// Connections of one source. A whole office may be one address, and a page is two requests on one
/// connection; a quarter of all leaves the others theirs.
const OF_ONE: usize = 256;

/// The places; handles of one book.
#[derive(Clone, Default)]
pub(super) struct Places(Arc<Mutex<Book>>);

#[derive(Default)]
struct Book {
    taken: usize,
    by_source: HashMap<Source, usize>,
}

/// A place, given back when it is dropped.
pub(super) struct Place {
    places: Places,
    source: Option<Source>,
}

impl Places {
    /// A place for a connection; those of `None`, a trusted proxy, count in all only.
    pub(super) fn take(&self, source: Option<Source>) -> Option<Place> {
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if book.taken >= ALL {
            return None;
        }
        if let Some(source) = source {
            let taken = book.by_source.entry(source).or_default();
            if *taken >= OF_ONE {
                return None;
            }
            *taken += 1;
        }
        book.taken += 1;
        drop(book);
        Some(Place {
            places: self.clone(),
            source,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut book = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        book.taken -= 1;
        if let Some(source) = self.source
            && let Some(taken) = book.by_source.get_mut(&source)
        {
            *taken -= 1;
            if *taken == 0 {
                book.by_source.remove(&source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr};

    fn source(n: u8) -> Option<Source> {
        Some(Source::of(IpAddr::V4(Ipv4Addr::new(192, 0, 2, n))))
    }

    #[test]
    fn one_source_leaves_the_others_their_places() {
        let places = Places::default();
        let flood: Vec<_> = (0..2 * OF_ONE)
            .map_while(|_| places.take(source(1)))
            .collect();
        assert_eq!(flood.len(), OF_ONE);
        assert!(places.take(source(2)).is_some());
        drop(flood);
        assert!(places.take(source(1)).is_some());
        assert!(places.0.lock().unwrap().by_source.is_empty());
    }

    #[test]
    fn a_proxys_connections_count_in_all_only() {
        let places = Places::default();
        let all: Vec<_> = (0..2 * ALL).map_while(|_| places.take(None)).collect();
        assert_eq!(all.len(), ALL);
        assert!(places.take(source(1)).is_none());
        assert!(places.0.lock().unwrap().by_source.is_empty());
    }
}
