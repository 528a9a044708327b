//! Sums of metrics, and the text in which Prometheus reads them.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::{Kind, LogRecord, METRICS, Metric, Sample};

/// Most series in one tally. Labels have few values, so only a bug comes so far; what is beyond is dropped.
const SERIES: usize = 500;

/// The media type of [`Tally::text`].
pub const TEXT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The sum of a series: the name of a sample, its labels as Prometheus writes them without the braces, and the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum(pub String, pub String, pub u64);

/// Sums by name and labels, in order. Histograms are kept as their parts: the count of each bucket alone (Prometheus wants the sum up to it), the number
/// of values, and their sum in ms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(Vec<Sum>);

impl Tally {
    /// Adds what a record adds to the metrics.
    pub fn count(&mut self, record: &LogRecord<'_>) {
        record.samples(&mut |sample| self.add_sample(&sample));
    }

    fn add_sample(&mut self, sample: &Sample<'_>) {
        let Metric { name, labels, kind, .. } = sample.metric;
        let mut written = String::new();
        for (label, value) in labels.iter().zip(sample.labels) {
            write_label(&mut written, label, value);
        }
        let Kind::Histogram(bounds) = kind else {
            return self.add(Sum((*name).to_owned(), written, sample.value));
        };
        if let Some(bound) = bounds.iter().find(|bound| sample.value <= **bound) {
            self.add(Sum(format!("{name}_bucket"), with_bound(&written, *bound), 1));
        }
        self.add(Sum(format!("{name}_sum"), written.clone(), sample.value));
        self.add(Sum(format!("{name}_count"), written, 1));
    }

    /// Adds the sum of a series.
    pub fn add(&mut self, sum: Sum) {
        match self.place(&sum.0, &sum.1) {
            Ok(place) => {
                if let Some(Sum(.., value)) = self.0.get_mut(place) {
                    *value = value.saturating_add(sum.2);
                }
            }
            Err(place) if self.0.len() < SERIES => self.0.insert(place, sum),
            Err(_) => {}
        }
    }

    /// Where a series is, or where it belongs.
    fn place(&self, name: &str, labels: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|Sum(other, others, _)| (other.as_str(), others.as_str()).cmp(&(name, labels)))
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All sums, by name and labels.
    pub fn into_sums(self) -> Vec<Sum> {
        self.0
    }

    /// The text format of Prometheus, version 0.0.4
    /// (<https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>). Series of metrics that this version does not
    /// know are left out.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for metric in METRICS {
            match metric.kind {
                Kind::Counter => {
                    head(&mut text, metric.name, metric.help, "counter");
                    for (labels, value) in self.series(metric.name) {
                        line(&mut text, metric.name, labels, value);
                    }
                }
                Kind::Histogram(bounds) => {
                    head(&mut text, metric.name, metric.help, "histogram");
                    self.histogram(&mut text, metric.name, bounds);
                }
            }
        }
        text
    }

    fn histogram(&self, text: &mut String, name: &str, bounds: &[u64]) {
        let [bucket, sum, count] = ["bucket", "sum", "count"].map(|part| format!("{name}_{part}"));
        for (labels, number) in self.series(&count) {
            let mut up_to = 0;
            for bound in bounds {
                let labels = with_bound(labels, *bound);
                up_to += self.value(&bucket, &labels);
                line(text, &bucket, &labels, up_to);
            }
            let mut infinite = labels.to_owned();
            write_label(&mut infinite, "le", "+Inf");
            line(text, &bucket, &infinite, number);
            line(text, &sum, labels, seconds(self.value(&sum, labels)));
            line(text, &count, labels, number);
        }
    }

    fn series<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a str, u64)> {
        let (Ok(from) | Err(from)) = self.place(name, "");
        let from = self.0.iter().skip(from).take_while(move |Sum(other, ..)| other == name);
        from.map(|Sum(_, labels, value)| (labels.as_str(), *value))
    }

    fn value(&self, name: &str, labels: &str) -> u64 {
        let sum = self.place(name, labels).ok().and_then(|place| self.0.get(place));
        sum.map(|Sum(.., value)| *value).unwrap_or_default()
    }
}

impl FromIterator<Sum> for Tally {
    fn from_iter<I: IntoIterator<Item = Sum>>(sums: I) -> Self {
        let mut tally = Self::default();
        sums.into_iter().for_each(|sum| tally.add(sum));
        tally
    }
}

/// A value that is not summed, in the text format of Prometheus.
pub fn gauge(text: &mut String, name: &str, help: &str, value: u64) {
    head(text, name, help, "gauge");
    line(text, name, "", value);
}

fn head(text: &mut String, name: &str, help: &str, kind: &str) {
    // Writing to a text never fails.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(text: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    let _ = match labels {
        "" => writeln!(text, "{name} {value}"),
        _ => writeln!(text, "{name}{{{labels}}} {value}"),
    };
}

fn with_bound(labels: &str, bound_ms: u64) -> String {
    let mut labels = labels.to_owned();
    write_label(&mut labels, "le", &seconds(bound_ms));
    labels
}

/// Adds a label with its value in quotes. In names there is nothing to escape, but a mistake must not break the whole text.
fn write_label(labels: &mut String, name: &str, value: &str) {
    if !labels.is_empty() {
        labels.push(',');
    }
    labels.push_str(name);
    labels.push_str("=\"");
    for letter in value.chars() {
        match letter {
            '\n' => labels.push_str("\\n"),
            '"' | '\\' => labels.extend(['\\', letter]),
            _ => labels.push(letter),
        }
    }
    labels.push('"');
}

/// Milliseconds as seconds, without what floating-point numbers add.
fn seconds(ms: u64) -> String {
    match (ms / 1_000, ms % 1_000) {
        (whole, 0) => whole.to_string(),
        (whole, rest) => format!("{whole}.{rest:03}").trim_end_matches('0').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use flux_model::Usage;
    use flux_protocol::frame::TurnOutcome;

    use super::super::Label;
    use super::*;
    use crate::turn::Cost;

    fn turn(tally: &mut Tally, model: &str, first_ms: Option<i64>) {
        let usage = Usage { input_tokens: 100, output_tokens: 20 };
        let cost = Cost { usage, steps: 1, first_ms, total_ms: 1_500, ..Cost::default() };
        let (prompt, model) = (Label::new("system@5"), Label::new(model));
        tally.count(&LogRecord::Turn { prompt, model, outcome: TurnOutcome::Completed, cost: &cost });
    }

    /// The lines with values.
    fn lines(text: &str) -> Vec<&str> {
        text.lines().filter(|line| !line.starts_with('#')).collect()
    }

    #[test]
    fn the_text_has_every_metric_with_its_help_and_type() {
        let text = Tally::default().text();
        for metric in METRICS {
            let kind = if metric.kind == Kind::Counter { "counter" } else { "histogram" };
            let Metric { name, help, .. } = metric;
            assert!(text.contains(&format!("# HELP {name} {help}\n# TYPE {name} {kind}\n")), "{name}");
        }
        assert_eq!(lines(&text), Vec::<&str>::new());
    }

    #[test]
    fn series_are_summed_and_a_histogram_counts_up_to_each_bound() {
        let mut tally = Tally::default();
        for first_ms in [Some(250), Some(251), Some(3_000), Some(99_000), None] {
            turn(&mut tally, "llama", first_ms);
        }
        turn(&mut tally, "a\"b", None);
        let text = tally.text();
        let lines = lines(&text);
        for expected in [
            r#"flux_turns_total{outcome="completed",model="llama"} 5"#,
            r#"flux_turns_total{outcome="completed",model="other"} 1"#,
            r#"flux_tokens_total{direction="input",model="llama"} 500"#,
            "flux_turn_seconds_sum 9",
            "flux_turn_steps_total 6",
        ] {
            assert!(lines.contains(&expected), "{expected} in {text}");
        }
        let first = lines.iter().filter_map(|line| line.strip_prefix("flux_turn_first_token_seconds_"));
        let expected = [
            r#"bucket{le="0.25"} 1"#,
            r#"bucket{le="0.5"} 2"#,
            r#"bucket{le="1"} 2"#,
            r#"bucket{le="2"} 2"#,
            r#"bucket{le="4"} 3"#,
            r#"bucket{le="8"} 3"#,
            r#"bucket{le="16"} 3"#,
            r#"bucket{le="32"} 3"#,
            r#"bucket{le="+Inf"} 4"#,
            "sum 102.501",
            "count 4",
        ];
        assert_eq!(first.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn sums_survive_as_json_and_are_added_up() {
        let mut tally = Tally::default();
        turn(&mut tally, "llama", Some(10));
        let json = serde_json::to_string(&tally.clone().into_sums()).unwrap();
        let read: Vec<Sum> = serde_json::from_str(&json).unwrap();
        assert_eq!(read.iter().cloned().collect::<Tally>(), tally);
        let twice: Tally = read.iter().chain(&read).cloned().collect();
        assert_eq!(twice.value("flux_turn_steps_total", ""), 2);
    }

    #[test]
    fn values_of_labels_are_escaped() {
        let mut labels = String::new();
        write_label(&mut labels, "one", "a\\b");
        write_label(&mut labels, "two", "\"\n");
        assert_eq!(labels, r#"one="a\\b",two="\"\n""#);
    }

    #[test]
    fn the_number_of_series_has_a_bound() {
        let sum = |number: usize| Sum("flux_faults_total".to_owned(), format!("at=\"{number}\""), 1);
        let tally: Tally = (0..2 * SERIES).map(sum).chain([sum(0)]).collect();
        assert_eq!(tally.0.len(), SERIES);
        assert_eq!(tally.value("flux_faults_total", "at=\"0\""), 2);
    }
}
