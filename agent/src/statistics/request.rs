//! What the object with the figures is asked, and what it answers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::telemetry::{Sum, Tally, gauge};

/// A day (UTC) in ISO 8601.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(String);

impl Day {
    /// The day of a moment.
    pub fn of(now: DateTime<Utc>) -> Self {
        Self(now.date_naive().to_string())
    }

    /// Reads a text that looks like a day. There are no figures of one that does not exist, and the parser of chrono would be a
    /// hundredth of the Worker.
    pub fn read(text: &str) -> Option<Self> {
        let fits = |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
        (text.len() == 10 && text.bytes().enumerate().all(fits)).then(|| Self(text.to_owned()))
    }

    /// The day as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The number of a moment's day (UTC), in days since 1970.
pub fn day_number(now: DateTime<Utc>) -> i64 {
    now.timestamp().div_euclid(86_400)
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StatisticsRequest {
    /// Adds sums, and tokens that count for the budget. Both may be nothing.
    Add {
        /// Sums by series.
        sums: Vec<Sum>,
        /// Tokens, as [`Budget::reported`](super::budget::Budget::reported) says.
        tokens: u64,
    },
    /// Asks for all sums.
    Read {
        /// The day (UTC) that they are asked for; `None` for all time.
        day: Option<Day>,
    },
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatisticsReply {
    /// The sums that were asked for.
    pub sums: Vec<Sum>,
    /// Today, as [`day_number`].
    pub today: i64,
    /// The tokens that count for the budget, of today or of the day that was asked for.
    pub tokens: u64,
}

impl StatisticsReply {
    /// The text format of Prometheus, with the tokens that the budget allows each day, and the memory of the isolate that answers, in
    /// bytes.
    pub fn text(self, budget: u64, memory: u64) -> String {
        let mut text = self.sums.into_iter().collect::<Tally>().text();
        gauge(
            &mut text,
            "flux_budget_tokens",
            "Tokens that all people together may use each day (UTC); 0 without a budget.",
            budget,
        );
        gauge(
            &mut text,
            "flux_budget_used_tokens",
            "Tokens of the day (UTC) that count for the budget, estimated from a sample of the turns.",
            self.tokens,
        );
        gauge(
            &mut text,
            "flux_isolate_memory_bytes",
            "WebAssembly memory of the isolate that answers. Cloudflare ends an isolate that needs 128 MB in all.",
            memory,
        );
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_json() {
        let sums = vec![Sum("flux_turn_steps_total".to_owned(), String::new(), 1)];
        let json = r#"{"add":{"sums":[["flux_turn_steps_total","",1]],"tokens":5}}"#;
        let request = StatisticsRequest::Add { sums, tokens: 5 };
        assert_eq!(serde_json::to_string(&request).unwrap(), json);
        assert_eq!(crate::json::read::<StatisticsRequest>(json), Ok(request));
        for day in [None, Day::read("2026-03-02")] {
            let read = StatisticsRequest::Read { day };
            assert_eq!(crate::json::read(&serde_json::to_string(&read).unwrap()), Ok(read));
        }
    }

    #[test]
    fn a_day_looks_like_one() {
        let now = "2026-03-02T23:59:59Z".parse().unwrap();
        assert_eq!(Some(Day::of(now)), Day::read("2026-03-02"));
        for text in ["", "today", "2026-3-2", "2026-03-022", "2026-03_02", "2026-0３-2"] {
            assert_eq!(Day::read(text), None, "{text}");
        }
        assert_eq!(day_number(now) + 1, day_number(now + chrono::TimeDelta::seconds(1)));
    }

    #[test]
    fn the_text_ends_with_the_gauges() {
        let text = StatisticsReply { sums: Vec::new(), today: 0, tokens: 7 }.text(1_000, 65_536);
        assert!(text.contains("\nflux_budget_tokens 1000\n"), "{text}");
        assert!(text.contains("\nflux_budget_used_tokens 7\n"), "{text}");
        assert!(text.ends_with("\nflux_isolate_memory_bytes 65536\n"), "{text}");
    }

    /// Names of metrics in a text.
    fn metrics_in(text: &str) -> impl Iterator<Item = &str> {
        let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        words.filter(|word| word.starts_with("flux_"))
    }

    #[test]
    fn the_dashboard_the_alerts_and_the_documentation_name_metrics_that_exist() {
        let text = StatisticsReply { sums: Vec::new(), today: 0, tokens: 0 }.text(0, 0);
        let named: Vec<&str> =
            text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
        let exists = |name: &str| {
            let parts = ["_bucket", "_sum", "_count"].iter().filter_map(|part| name.strip_suffix(part));
            [name].into_iter().chain(parts).any(|name| named.contains(&name))
        };
        let dashboard = include_str!("../../../docs/grafana.json");
        let operations = include_str!("../../../docs/operations.md");
        let alerts = include_str!("../../../docs/alerts.yaml");
        for name in metrics_in(dashboard).chain(metrics_in(operations)).chain(metrics_in(alerts)) {
            assert!(exists(name), "{name}");
        }
        for name in named {
            assert!(operations.contains(&format!("`{name}`")), "docs/operations.md does not name {name}");
        }
    }

    #[test]
    fn the_dashboard_loads() {
        let dashboard: serde_json::Value = serde_json::from_str(include_str!("../../../docs/grafana.json")).unwrap();
        assert!(dashboard["schemaVersion"].is_number() && dashboard["title"].is_string());
        let panels = dashboard["panels"].as_array().unwrap();
        for (at, panel) in panels.iter().enumerate() {
            assert_eq!(panel["id"], at + 1, "ids are unique");
            assert_eq!(panel["datasource"]["uid"], "${datasource}", "{}", panel["title"]);
            let place = |name: &str| panel["gridPos"][name].as_u64().unwrap();
            assert!(place("x") + place("w") <= 24 && place("h") > 0, "{}", panel["title"]);
            assert!(panel["targets"].as_array().unwrap().iter().all(|target| target["expr"].is_string()));
        }
    }
}
