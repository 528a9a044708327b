//! Reads the text in which the service reports its figures.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

/// Figures by metric.
#[derive(Debug, Default)]
pub struct Figures(Vec<Series>);

/// One series with its value.
#[derive(Debug)]
struct Series {
    name: String,
    labels: BTreeMap<String, String>,
    value: f64,
}

impl Figures {
    /// Reads the text format of Prometheus, as far as the service uses it: without timestamps.
    ///
    /// # Errors
    /// If a line is not in that format.
    pub fn read(text: &str) -> Result<Self> {
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let read = |line: &str| series(line).with_context(|| format!("this is no line of metrics: {line}"));
        let all: Vec<Series> = lines.map(read).collect::<Result<_>>()?;
        if all.is_empty() {
            bail!("the answer contains no metrics");
        }
        Ok(Self(all))
    }

    /// The sum of all series of a metric.
    pub fn total(&self, name: &str) -> f64 {
        // Not `sum`, which of nothing is -0.
        self.of(name).fold(0.0, |sum, series| sum + series.value)
    }

    /// The sums of a metric by one of its labels, the largest first.
    pub fn by(&self, name: &str, label: &str) -> Vec<(String, f64)> {
        let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
        for series in self.of(name) {
            *sums.entry(series.labels.get(label).map_or("", String::as_str)).or_default() += series.value;
        }
        let mut sums: Vec<_> = sums.into_iter().map(|(value, sum)| (value.to_owned(), sum)).collect();
        sums.sort_by(|one, other| other.1.total_cmp(&one.1));
        sums
    }

    /// The sum of the series of a metric whose label has this value.
    pub fn with(&self, name: &str, label: &str, value: &str) -> f64 {
        let fits = |series: &&Series| series.labels.get(label).is_some_and(|other| other == value);
        self.of(name).filter(fits).fold(0.0, |sum, series| sum + series.value)
    }

    /// The bound of the bucket in which a share of a histogram's values ends, in its unit. `None` without values, infinite above the
    /// last bound.
    pub fn quantile(&self, name: &str, share: f64) -> Option<f64> {
        let count = self.total(&format!("{name}_count"));
        let bucket = format!("{name}_bucket");
        let mut bounds: Vec<(f64, f64)> = self
            .of(&bucket)
            .filter_map(|series| Some((series.labels.get("le")?.parse().ok()?, series.value)))
            .collect();
        bounds.sort_by(|one, other| one.0.total_cmp(&other.0));
        bounds.iter().find(|(_, up_to)| count > 0.0 && *up_to >= share * count).map(|(bound, _)| *bound)
    }

    fn of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Series> {
        self.0.iter().filter(move |series| series.name == name)
    }
}

fn series(line: &str) -> Option<Series> {
    let (series, value) = line.rsplit_once(' ')?;
    let value = value.parse().ok()?;
    let Some((name, rest)) = series.split_once('{') else {
        return Some(Series { name: series.to_owned(), labels: BTreeMap::new(), value });
    };
    Some(Series { name: name.to_owned(), labels: labels(rest.strip_suffix('}')?)?, value })
}

fn labels(mut text: &str) -> Option<BTreeMap<String, String>> {
    let mut labels = BTreeMap::new();
    while !text.is_empty() {
        let (name, rest) = text.split_once("=\"")?;
        let (mut value, mut letters) = (String::new(), rest.char_indices());
        let end = loop {
            match letters.next()? {
                (at, '"') => break at + 1,
                (_, '\\') => match letters.next()?.1 {
                    'n' => value.push('\n'),
                    other => value.push(other),
                },
                (_, other) => value.push(other),
            }
        };
        labels.insert(name.to_owned(), value);
        let rest = rest.get(end..)?;
        text = rest.strip_prefix(',').unwrap_or(rest);
    }
    Some(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"# HELP flux_turns_total Turns that have ended.
# TYPE flux_turns_total counter
flux_turns_total{outcome="completed",model="one"} 7
flux_turns_total{outcome="error",model="one"} 1
flux_turns_total{outcome="completed",model="a\"b,c=\"d"} 2
flux_turn_seconds_bucket{le="0.5"} 1
flux_turn_seconds_bucket{le="2"} 9
flux_turn_seconds_bucket{le="+Inf"} 10
flux_turn_seconds_sum 12.5
flux_turn_seconds_count 10
flux_budget_tokens 1000
"#;

    #[test]
    fn sums_are_read_by_label() {
        let figures = Figures::read(TEXT).unwrap();
        assert!((figures.total("flux_turns_total") - 10.0).abs() < f64::EPSILON);
        let by = figures.by("flux_turns_total", "outcome");
        assert_eq!(by, [("completed".to_owned(), 9.0), ("error".to_owned(), 1.0)]);
        assert!((figures.with("flux_turns_total", "model", "a\"b,c=\"d") - 2.0).abs() < f64::EPSILON);
        assert!((figures.total("flux_budget_tokens") - 1_000.0).abs() < f64::EPSILON);
        assert!(figures.total("flux_limited_total").abs() < f64::EPSILON);
    }

    #[test]
    fn a_quantile_is_the_bound_of_its_bucket() {
        let figures = Figures::read(TEXT).unwrap();
        let quantile = |share| figures.quantile("flux_turn_seconds", share);
        assert_eq!([0.1, 0.5, 0.99].map(quantile), [Some(0.5), Some(2.0), Some(f64::INFINITY)]);
        assert_eq!(figures.quantile("flux_turn_first_token_seconds", 0.5), None);
    }

    #[test]
    fn anything_else_is_an_error() {
        for text in ["", "<html></html>", "flux_turns_total", "flux_turns_total{outcome=\"x} 1", "flux_turns_total x"] {
            assert!(Figures::read(text).is_err(), "{text}");
        }
    }
}
