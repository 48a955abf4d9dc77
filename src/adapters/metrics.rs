//! Counts what happens, and tells it in the text format that Prometheus reads (OpenMetrics 1.0).
//!
//! Every label is one of a few words of this program, so that nobody makes the answer longer by
//! what they type, and nobody's name stands in it.

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::flow::measured::{Measured, Visits};
use crate::flow::ports::Metrics;

/// What the answer is, to whoever asks for it.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Seconds: from a glance to a code's whole lifetime.
const SECONDS: [f64; 12] = [
    0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0,
];

type Label = [(&'static str, &'static str); 1];
type Labels = [(&'static str, &'static str); 2];
type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

/// What was counted since the start.
pub struct PrometheusMetrics {
    registry: Registry,
    visits: Family<Label, Counter>,
    visits_now: Family<Label, Gauge>,
    resets: Family<Labels, Counter>,
    screens: Histograms<Label>,
    code_delay: Histogram,
    up: Family<Label, Gauge>,
}

impl PrometheusMetrics {
    /// Nothing yet.
    pub fn new() -> Self {
        let mut new = Self {
            registry: Registry::with_prefix("rekey"),
            visits: Family::default(),
            visits_now: Family::default(),
            resets: Family::default(),
            screens: Family::new_with_constructor(histogram),
            code_delay: histogram(),
            up: Family::default(),
        };
        let registry = &mut new.registry;
        registry.register("visits", "Visits begun", new.visits.clone());
        let now = new.visits_now.clone();
        registry.register("visits_now", "Visits that go on", now);
        registry.register("resets", "Resets that are over", new.resets.clone());
        let screens = new.screens.clone();
        registry.register_with_unit("screen", "Time on a screen", Unit::Seconds, screens);
        registry.register_with_unit(
            "code_delay",
            "From a code's message to the code typed",
            Unit::Seconds,
            new.code_delay.clone(),
        );
        registry.register("up", "Whether a service answers", new.up.clone());
        new
    }

    /// All of it, and whether the two services answer now.
    ///
    /// # Errors
    /// Never but for want of memory.
    pub fn text(&self, directory: bool, wecom: bool) -> Result<String, std::fmt::Error> {
        for (service, up) in [("directory", directory), ("wecom", wecom)] {
            let gauge = self.up.get_or_create(&[("service", service)]);
            gauge.set(i64::from(up));
        }
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }

    fn visits_now(&self, visits: Visits, change: i64) {
        let gauge = self.visits_now.get_or_create(&of(visits));
        gauge.inc_by(change);
    }
}

impl Default for PrometheusMetrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics for PrometheusMetrics {
    fn note(&self, measured: Measured) {
        match measured {
            Measured::VisitBegun(visits) => {
                self.visits.get_or_create(&of(visits)).inc();
                self.visits_now(visits, 1);
            }
            Measured::VisitEnded(visits) => self.visits_now(visits, -1),
            Measured::ResetEnded { method, result } => {
                let labels = [("method", method.as_str()), ("result", result)];
                self.resets.get_or_create(&labels).inc();
            }
            Measured::Screen { screen, took } => {
                let screen = self.screens.get_or_create(&[("screen", screen)]);
                screen.observe(took.as_secs_f64());
            }
            Measured::CodeTyped { after } => self.code_delay.observe(after.as_secs_f64()),
        }
    }
}

fn of(visits: Visits) -> Label {
    [("front", visits.as_str())]
}

fn histogram() -> Histogram {
    Histogram::new(SECONDS)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::flow::measured::Method;

    #[test]
    fn what_happened_is_told_with_words_that_are_known() {
        let metrics = PrometheusMetrics::new();
        for visits in [Visits::Remote, Visits::Remote, Visits::Kiosk] {
            metrics.note(Measured::VisitBegun(visits));
        }
        metrics.note(Measured::VisitEnded(Visits::Remote));
        metrics.note(Measured::ResetEnded {
            method: Method::ItSupport,
            result: "changed",
        });
        let after = Duration::from_secs(3);
        metrics.note(Measured::CodeTyped { after });
        metrics.note(Measured::Screen {
            screen: "login",
            took: after,
        });
        let text = metrics.text(true, false).unwrap();
        for line in [
            "rekey_visits_total{front=\"remote\"} 2",
            "rekey_visits_now{front=\"remote\"} 1",
            "rekey_visits_now{front=\"kiosk\"} 1",
            "rekey_resets_total{method=\"it_support\",result=\"changed\"} 1",
            "rekey_code_delay_seconds_bucket{le=\"2.0\"} 0",
            "rekey_code_delay_seconds_bucket{le=\"5.0\"} 1",
            "rekey_screen_seconds_count{screen=\"login\"} 1",
            "rekey_up{service=\"directory\"} 1",
            "rekey_up{service=\"wecom\"} 0",
        ] {
            assert!(text.lines().any(|told| told == line), "{line}\n{text}");
        }
        assert!(text.ends_with("# EOF\n"), "{text}");
    }
}
