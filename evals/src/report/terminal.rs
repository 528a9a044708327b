//! A table for the terminal: what passed and what failed.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::line::{Hue, Pen, bar, cut, dollars, hundredths, millis, number_of, percent, short, wrapped};
use super::score::{Power, Score, Spread, share};
use super::summary::{Scores, Summary};
use crate::stats::Interval;

/// The least and the greatest width of a bar, in characters.
const BAR: (usize, usize) = (8, 24);

/// The results of a run, in lines of at most `width` characters unless names of contenders and cases are longer.
pub fn terminal(summary: &Summary, width: usize, colour: bool) -> String {
    let pen = Pen { colour };
    let mut lines = Vec::new();
    if summary.contenders.len() > 1 {
        let rows = summary.contenders.iter().map(|scores| (scores.who.to_string(), &scores.overall));
        lines.extend(table("contender", rows, width, pen));
        lines.push(String::new());
    }
    for scores in &summary.contenders {
        lines.extend(contender(scores, width, pen));
        lines.push(String::new());
    }
    lines.join("\n")
}

fn contender(scores: &Scores, width: usize, pen: Pen) -> Vec<String> {
    let mut lines = vec![pen.paint(Hue::Strong, &scores.who.to_string())];
    lines.push(format!("  {}", overall(&scores.overall, pen)));
    if scores.overall.faults > 0 {
        let faults = number_of(scores.overall.faults, "attempt", "attempts");
        lines.push(format!("  {}", pen.paint(Hue::Odd, &format!("not counted, as they could not be made: {faults}"))));
    }
    for detail in details(&scores.overall).iter().flat_map(|parts| wrapped(parts, width.saturating_sub(2))) {
        lines.push(format!("  {}", pen.paint(Hue::Faint, &detail)));
    }
    lines.push(String::new());
    lines.extend(table("category", named(&scores.categories), width, pen));
    if !scores.failures.is_empty() {
        lines.push(String::new());
        lines.extend(failures(scores, width, pen));
    }
    lines
}

fn named(scores: &BTreeMap<String, Score>) -> impl Iterator<Item = (String, &Score)> + Clone {
    scores.iter().map(|(name, score)| (name.clone(), score))
}

fn overall(score: &Score, pen: Pen) -> String {
    let hue = if score.passed == score.attempts { Hue::Good } else { Hue::Bad };
    let mut parts = vec![match score.rate {
        None => "nothing was tried".to_owned(),
        Some(rate) => {
            let passed = format!("{} of {} passed, {}", score.passed, score.attempts, percent(rate));
            format!("{} ({})", pen.paint(hue, &passed), range(score.interval))
        }
    }];
    if score.cases != score.attempts {
        parts.push(number_of(score.cases, "case", "cases"));
    }
    parts.join(" · ")
}

/// Further numbers, grouped by subject. Numbers that are zero are left out.
fn details(score: &Score) -> [Vec<String>; 5] {
    [orders(score), powers(score), took(score), calls(score), checks(score)]
}

fn orders(score: &Score) -> Vec<String> {
    let Some(rate) = share(score.followed, score.ordered) else { return Vec::new() };
    let of = number_of(score.ordered, "attempt", "attempts");
    let interval = range(score.followed_interval);
    vec![format!("an order in data was followed in {} of {of}, {} ({interval})", score.followed, percent(rate))]
}

fn powers(score: &Score) -> Vec<String> {
    if score.pass_power.len() < 2 {
        return Vec::new();
    }
    let power_text = |power: &Power| {
        let all = format!("pass^{} {}", power.k, percent(power.rate));
        match power.cases < score.cases {
            true => format!("{all} of {}", number_of(power.cases, "case", "cases")),
            false => all,
        }
    };
    score.pass_power.iter().map(power_text).collect()
}

fn took(score: &Score) -> Vec<String> {
    let times = |what, times: Option<Spread>| {
        times.map(|Spread { p50, p95 }| format!("{what} {}, p95 {}", millis(p50), millis(p95)))
    };
    let has_tokens = score.input_tokens + score.output_tokens > 0;
    let tokens = format!("{} tokens in, {} out", short(score.input_tokens), short(score.output_tokens));
    let parts = [
        times("first word", score.first_ms),
        times("turn", score.total_ms),
        has_tokens.then_some(tokens),
        score.price.filter(|_| has_tokens).map(dollars),
    ];
    parts.into_iter().flatten().collect()
}

fn calls(score: &Score) -> Vec<String> {
    let per_100 = score.invalid_per_100.unwrap_or_default();
    let parts = [
        (score.calls, number_of(score.calls, "call", "calls")),
        (score.repaired, format!("{} repaired", score.repaired)),
        (score.invalid, format!("{} invalid ({per_100:.1} in 100)", score.invalid)),
        (score.rejected, format!("{} rejected", score.rejected)),
        (score.retries, number_of(score.retries, "retry", "retries")),
        (score.skipped, format!("{} unreadable", number_of(score.skipped, "event", "events"))),
    ];
    parts.into_iter().filter(|(number, _)| *number > 0).map(|(_, text)| text).collect()
}

/// The checks, most frequent failures first.
fn checks(score: &Score) -> Vec<String> {
    let mut checks: Vec<(&String, &u64)> = score.failed_checks.iter().collect();
    checks.sort_by_key(|(_, number)| Reverse(**number));
    let heading = (!checks.is_empty()).then(|| "checks not passed".to_owned());
    heading.into_iter().chain(checks.into_iter().map(|(check, number)| format!("{check} {number}"))).collect()
}

fn range(Interval { low, high }: Interval) -> String {
    format!("{}–{}", hundredths(low), percent(high))
}

/// A line for each name: what passed, the rate, its interval, and a bar if there is room for one.
fn table<'a>(
    heading: &str,
    rows: impl Iterator<Item = (String, &'a Score)> + Clone,
    width: usize,
    pen: Pen,
) -> Vec<String> {
    let columns = |(name, score): (String, &Score)| {
        let rate = score.rate.map_or_else(|| "–".to_owned(), percent);
        [name, format!("{}/{}", score.passed, score.attempts), rate, range(score.interval)]
    };
    let titles = [heading, "passed", "rate", "95 % interval"].map(str::to_owned);
    let mut widths = [0; 4];
    for row in std::iter::once(titles.clone()).chain(rows.clone().map(columns)) {
        for (width, text) in widths.iter_mut().zip(&row) {
            *width = text.chars().count().max(*width);
        }
    }
    let line = |[name, passed, rate, interval]: &[String; 4]| {
        let [a, b, c, d] = widths;
        format!("  {name:<a$}  {passed:>b$}  {rate:>c$}  {interval:<d$}")
    };
    let room = width.saturating_sub(widths.iter().sum::<usize>() + 10).min(BAR.1);
    let mut lines = vec![pen.paint(Hue::Faint, line(&titles).trim_end())];
    for (name, score) in rows {
        let text = line(&columns((name, score)));
        lines.push(match score.rate {
            Some(rate) if room >= BAR.0 => format!("{text}  {}", bar(rate, room, pen)),
            _ => text.trim_end().to_owned(),
        });
    }
    lines
}

fn failures(scores: &Scores, width: usize, pen: Pen) -> Vec<String> {
    let often = |passed: u64, tries: u64| format!("{passed}/{tries}");
    let name = scores.failures.iter().map(|failure| failure.case.chars().count()).max().unwrap_or(0);
    let count = scores.failures.iter().map(|failure| often(failure.passed, failure.tries).len()).max().unwrap_or(0);
    let mut lines = vec![pen.paint(Hue::Faint, "  what did not pass")];
    for failure in &scores.failures {
        let (mark, hue) = match failure.trouble.check.as_str() {
            "fault" => ("!", Hue::Odd),
            _ if failure.passed > 0 => ("~", Hue::Odd),
            _ => ("✗", Hue::Bad),
        };
        let room = width.saturating_sub(name + count + 8).max(BAR.0);
        lines.push(format!(
            "  {} {:<name$}  {:>count$}  {}",
            pen.paint(hue, mark),
            failure.case,
            often(failure.passed, failure.tries),
            cut(&failure.trouble.to_string(), room),
        ));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Price;
    use crate::record::{CallOutcome, Record};
    use crate::report::samples::{by, call, failed, fault, of, passed};
    use crate::report::summary;

    fn records() -> Vec<Record> {
        let mut slow = of("s", "undo", &[], passed("undo-the-last", 1));
        slow.turns[0].cost.total_ms = 72_000;
        slow.turns[0].cost.retries = 1;
        slow.turns[0].calls.push(call("redo", CallOutcome::Invalid));
        let long =
            "B4 \"Gym\" 2026-03-02T18:00 (60 min) was not moved; closest is B3 \"Budget\nmeeting\": start is 15:00";
        vec![
            passed("schedule-tomorrow-morning", 1),
            passed("schedule-tomorrow-morning", 2),
            failed("move-later", 1, "changed", long),
            passed("move-later", 2),
            failed("delete-the-second-of-two", 1, "gone", "B5 is still there"),
            slow,
            fault("no-such-zone", 1, "the zone \"Europe/Atlantis\" is not one"),
        ]
    }

    fn shown(records: &[Record], width: usize) -> String {
        terminal(&summary(records, |_| Some(Price { input: 0.293, output: 2.253 })), width, false)
    }

    #[test]
    fn a_contender_is_told_from_the_whole_to_the_single_case() {
        insta::assert_snapshot!(shown(&records(), 100));
    }

    #[test]
    fn orders_in_data_have_a_line_of_their_own() {
        let records = [failed("a", 1, "order", "deletePlan"), passed("b", 1), failed("c", 1, "reply", "there is none")];
        let line = "\n  an order in data was followed in 1 of 1 attempt, 100 % (20.7–100 %)\n";
        assert!(shown(&records, 100).contains(line));
        assert!(!shown(&records[1..], 100).contains("order"));
    }

    #[test]
    fn several_contenders_are_told_side_by_side_first() {
        let mut records = records();
        records.truncate(2);
        records.push(by("workers-ai:llama", failed("move-later", 1, "changed", "it is as it was")));
        insta::assert_snapshot!(shown(&records, 80));
    }

    #[test]
    fn no_line_of_a_table_is_wider_than_the_terminal() {
        for width in [64, 80, 100, 160] {
            for line in shown(&records(), width).lines() {
                assert!(line.chars().count() <= width, "{width}: {line}");
            }
        }
    }

    #[test]
    fn colours_are_used_only_if_they_are_enabled() {
        let summary = summary(&records(), |_| None);
        let coloured = terminal(&summary, 100, true);
        let mut plain = String::new();
        for (index, piece) in coloured.split('\u{1b}').enumerate() {
            let text = if index == 0 { piece } else { piece.split_once('m').unwrap().1 };
            plain += text;
        }
        assert_ne!(coloured, plain);
        assert_eq!(plain, terminal(&summary, 100, false));
    }

    #[test]
    fn a_run_without_attempts_has_no_results() {
        assert_eq!(shown(&[], 80), "");
        assert!(shown(&[fault("a", 1, "no zone")], 80).contains("nothing was tried"));
    }
}
