//! Comparing two runs, or two contenders of one run, case by case: what got better, what got worse, and whether it may be chance.
//!
//! **The rule.** A case got better if a larger share of its attempts passed, and worse if a smaller share did. A case with the same
//! share does not count. With one attempt each, this is McNemar's test. With several attempts, it is the sign test on the cases'
//! shares, which has the same formula: repeats of a case are not independent, so they do not count as separate evidence. Attempts
//! that could not be made do not count.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::record::Record;
use crate::report::line::{Hue, Pen, cut, number_of};
use crate::report::{Trouble, Who, contenders};
use crate::stats::{McNemar, mcnemar};

/// From this p-value on, a difference may be chance (the usual bound).
const CHANCE: f64 = 0.05;

/// The comparison of a second contender with a first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The first contender.
    pub first: Vec<Who>,
    /// The second contender.
    pub second: Vec<Who>,
    /// Cases that both attempted.
    pub pairs: u64,
    /// Cases of these that always pass with both.
    pub both_pass: u64,
    /// Cases of these that never pass with either.
    pub neither_passes: u64,
    /// The test for whether the difference is chance.
    pub test: McNemar,
    /// Cases that got better, the largest difference first.
    pub better: Vec<Difference>,
    /// Cases that got worse, the largest difference first.
    pub worse: Vec<Difference>,
    /// Cases that only the first attempted.
    pub only_first: Vec<String>,
    /// Cases that only the second attempted.
    pub only_second: Vec<String>,
}

/// A case that got better or worse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The case.
    pub case: String,
    /// The result with the first.
    pub first: Tally,
    /// The result with the second.
    pub second: Tally,
    /// The first failure of the worse of the two: what was fixed if the case got better, and what broke if it got worse.
    pub trouble: Trouble,
}

/// The results of attempts at a case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Attempts that passed.
    pub passed: u64,
    /// Attempts that were made; at least 1.
    pub tries: u64,
}

impl Tally {
    /// By how much the pass rate of `other` is higher. The sign is exact.
    fn gain(self, other: Self) -> i128 {
        let scaled = |a: Self, b: Self| i128::from(a.passed) * i128::from(b.tries);
        scaled(other, self) - scaled(self, other)
    }
}

/// Pairs the attempts of `first` and `second` by case, for any contenders.
pub fn compare(first: &[Record], second: &[Record]) -> Comparison {
    let (before, now) = (tallied(first), tallied(second));
    let missing = |from: &BTreeMap<&str, Side>, other: &BTreeMap<&str, Side>| {
        from.keys().filter(|case| !other.contains_key(*case)).map(|case| (*case).to_owned()).collect()
    };
    let (mut better, mut worse) = (Vec::new(), Vec::new());
    let (mut pairs, mut both_pass, mut neither_passes) = (0, 0, 0);
    for (case, (old, old_trouble)) in &before {
        let Some((new, new_trouble)) = now.get(case) else { continue };
        pairs += 1;
        both_pass += u64::from(old.passed == old.tries && new.passed == new.tries);
        neither_passes += u64::from(old.passed == 0 && new.passed == 0);
        let difference = |trouble: &Option<Trouble>| {
            trouble.clone().map(|trouble| Difference { case: (*case).to_owned(), first: *old, second: *new, trouble })
        };
        match old.gain(*new) {
            0 => {}
            1.. => better.extend(difference(old_trouble)),
            _ => worse.extend(difference(new_trouble)),
        }
    }
    for list in [&mut better, &mut worse] {
        list.sort_by(|a, b| size(b).total_cmp(&size(a)).then_with(|| a.case.cmp(&b.case)));
    }
    Comparison {
        first: contenders(first),
        second: contenders(second),
        pairs,
        both_pass,
        neither_passes,
        test: mcnemar(better.len() as u64, worse.len() as u64),
        better,
        worse,
        only_first: missing(&before, &now),
        only_second: missing(&now, &before),
    }
}

/// The comparisons of two runs: if each has one contender, those two; otherwise each contender that is in both, with itself.
pub fn runs(first: &[Record], second: &[Record]) -> Vec<Comparison> {
    let (old, new) = (contenders(first), contenders(second));
    if old.len() == 1 && new.len() == 1 {
        return vec![compare(first, second)];
    }
    let both = old.iter().filter(|who| new.contains(who));
    both.map(|who| compare(&of(first, who), &of(second, who))).collect()
}

/// The comparisons within a run: each other contender with the first.
pub fn within(records: &[Record]) -> Vec<Comparison> {
    let all = contenders(records);
    let Some((first, others)) = all.split_first() else { return Vec::new() };
    let base = of(records, first);
    others.iter().map(|who| compare(&base, &of(records, who))).collect()
}

/// The attempts of one contender.
pub fn of(records: &[Record], who: &Who) -> Vec<Record> {
    records.iter().filter(|record| who.made(record)).cloned().collect()
}

/// The results of a case, and its first failure.
type Side = (Tally, Option<Trouble>);

fn tallied(records: &[Record]) -> BTreeMap<&str, Side> {
    let mut cases: BTreeMap<&str, Side> = BTreeMap::new();
    for record in records.iter().filter(|record| record.fault.is_none()) {
        let (tally, trouble) = cases.entry(&record.id.case).or_default();
        tally.tries += 1;
        tally.passed += u64::from(record.passed);
        *trouble = trouble.take().or_else(|| Trouble::of(record));
    }
    cases
}

/// The difference of the two shares.
fn size(difference: &Difference) -> f64 {
    #[expect(clippy::cast_precision_loss)]
    let share = |tally: Tally| tally.passed as f64 / tally.tries as f64;
    (share(difference.first) - share(difference.second)).abs()
}

/// A comparison for the terminal, in lines of at most `width` characters unless names of cases are longer.
pub fn terminal(comparison: &Comparison, width: usize, colour: bool) -> String {
    let pen = Pen { colour };
    let named = |who: &[Who]| who.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let (first, second) = (named(&comparison.first), named(&comparison.second));
    let title = match first == second {
        true => format!("{first}, then and now"),
        false => format!("{first} → {second}"),
    };
    let mut lines = vec![pen.paint(Hue::Strong, &title), format!("  {}", verdict(comparison, pen))];
    let same = format!(
        "  {} compared · {} always pass with both · {} never pass with either",
        number_of(comparison.pairs, "case", "cases"),
        comparison.both_pass,
        comparison.neither_passes
    );
    lines.push(pen.paint(Hue::Faint, &same));
    for (heading, mark, hue, list) in [
        ("worse, and what is wrong now", "✗", Hue::Bad, &comparison.worse),
        ("better, and what was wrong before", "✓", Hue::Good, &comparison.better),
    ] {
        lines.extend(listed(heading, &pen.paint(hue, mark), list, width, pen));
    }
    for (who, cases) in [("first", &comparison.only_first), ("second", &comparison.only_second)] {
        if !cases.is_empty() {
            let text = format!("only tried by the {who} ({}): {}", cases.len(), cases.join(", "));
            lines.push(String::new());
            lines.push(format!("  {}", pen.paint(Hue::Faint, &cut(&text, width.saturating_sub(2)))));
        }
    }
    lines.join("\n") + "\n"
}

fn verdict(comparison: &Comparison, pen: Pen) -> String {
    let McNemar { better, worse, p } = comparison.test;
    if better + worse == 0 {
        return "no case got better or worse".to_owned();
    }
    let hue = match better.cmp(&worse) {
        _ if p >= CHANCE => Hue::Odd,
        std::cmp::Ordering::Less => Hue::Bad,
        _ => Hue::Good,
    };
    let certainty = if p < CHANCE { "hardly by chance" } else { "which may be chance" };
    let counts = format!("{} better, {worse} worse", number_of(better, "case", "cases"));
    let p = if p < 0.0005 { "p < 0.0005".to_owned() } else { format!("p = {p:.3}") };
    format!("{}, {certainty} ({p}, McNemar, exact)", pen.paint(hue, &counts))
}

fn listed(heading: &str, mark: &str, list: &[Difference], width: usize, pen: Pen) -> Vec<String> {
    if list.is_empty() {
        return Vec::new();
    }
    let share = |tally: &Tally| format!("{}/{}", tally.passed, tally.tries);
    let change = |difference: &Difference| format!("{} → {}", share(&difference.first), share(&difference.second));
    let name = list.iter().map(|difference| difference.case.chars().count()).max().unwrap_or(0);
    let count = list.iter().map(|difference| change(difference).chars().count()).max().unwrap_or(0);
    let mut lines = vec![String::new(), pen.paint(Hue::Faint, &format!("  {heading}"))];
    for difference in list {
        let room = width.saturating_sub(name + count + 8).max(8);
        let trouble = cut(&difference.trouble.to_string(), room);
        lines.push(format!("  {mark} {:<name$}  {:>count$}  {trouble}", difference.case, change(difference)));
    }
    lines
}

#[cfg(test)]
mod tests;
