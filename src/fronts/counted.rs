//! Visits that are counted while they go on.

use std::sync::Arc;

use crate::flow::measured::{Measured, Visits};
use crate::flow::ports::Metrics;

/// A visit that goes on; dropping it ends it.
pub(in crate::fronts) struct CountedVisit {
    metrics: Arc<dyn Metrics>,
    visits: Visits,
}

impl CountedVisit {
    pub(in crate::fronts) fn begin(metrics: &Arc<dyn Metrics>, visits: Visits) -> Self {
        metrics.note(Measured::VisitBegun(visits));
        Self {
            metrics: Arc::clone(metrics),
            visits,
        }
    }
}

impl Drop for CountedVisit {
    fn drop(&mut self) {
        self.metrics.note(Measured::VisitEnded(self.visits));
    }
}
