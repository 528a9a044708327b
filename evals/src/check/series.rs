//! What repeats, and the changes of its blocks that follow from its rule.

use flux_timeline::Days;

use super::{matched, verdict};
use crate::case::{Expect, SeriesPattern};
use crate::picture::{BlockLine, Change, SeriesLine};
use crate::record::Verdict;
use crate::world::Observed;

const MINUTES_A_DAY: i64 = 24 * 60;

pub(super) fn check(expect: &Expect, seen: &Observed, rest: &mut Vec<&Change>, verdicts: &mut Vec<Verdict>) {
    let matches = matched(&expect.series, &seen.now.series, |pattern, series| pattern.misfits(series).is_empty());
    let mut known = Vec::new();
    for (pattern, found) in expect.series.iter().zip(matches) {
        let series = found.map(|index| &seen.now.series[index]);
        let compared = match series {
            Some(series) => format!("{pattern} repeats: {series}"),
            None => format!("{pattern} does not repeat; {}", closest(pattern, &seen.now.series)),
        };
        verdicts.push(verdict("series", series.is_some(), compared));
        known.extend(series.map(|series| Expected { pattern, series }));
    }
    let is_now = |series: &SeriesLine| seen.now.series.iter().any(|now| now.id == series.id);
    let mut gone: Vec<&str> = Vec::new();
    for title in &expect.series_gone {
        let mut named = seen.before.series.iter().filter(|series| title.is_in(&series.title));
        let found = named.find(|series| !is_now(series) && !gone.contains(&series.id.as_str()));
        let compared = match found {
            Some(series) => format!("{series} no longer repeats"),
            None => format!("{title} did not stop repeating"),
        };
        verdicts.push(verdict("series-gone", found.is_some(), compared));
        gone.extend(found.map(|series| series.id.as_str()));
    }
    rest.retain(|change| match change {
        Change::SeriesAdded { now } => !known.iter().any(|known| known.series.id == now.id),
        // The block that is left out by an exception is gone, which is a change of its own.
        Change::SeriesChanged { before, now } => {
            let is_about_exceptions = SeriesLine { except: now.except.clone(), ..before.clone() } == *now;
            !is_about_exceptions && !known.iter().any(|known| known.series.id == now.id)
        }
        Change::SeriesGone { before } => !gone.contains(&before.id.as_str()),
        Change::BlockAdded { now } => !known.iter().any(|known| known.has_made(now)),
        Change::BlockChanged { before, now } => !known.iter().any(|known| known.has_changed(before, now)),
        Change::BlockGone { before } => {
            let is_of = |id: &str| before.series.as_deref() == Some(id);
            !gone.iter().any(|id| is_of(id))
                && !known.iter().any(|known| is_of(&known.series.id) && !known.starts_with(before))
        }
        _ => true,
    });
}

/// A series as the case expects it.
struct Expected<'a> {
    pattern: &'a SeriesPattern,
    series: &'a SeriesLine,
}

impl Expected<'_> {
    /// Whether a block is at one of its starts, of those that were compared.
    fn starts_with(&self, block: &BlockLine) -> bool {
        if self.series.untimed {
            return block.begins().is_none();
        }
        block.begins().is_some_and(|start| self.series.starts(self.pattern.from()).contains(&start))
    }

    /// Whether a new block is as the series says.
    fn has_made(&self, block: &BlockLine) -> bool {
        let as_planned = self.planned(block);
        *block == as_planned && self.starts_with(block)
    }

    /// Whether a block has changed as the series has: each field is as it was, or as the series says.
    fn has_changed(&self, before: &BlockLine, now: &BlockLine) -> bool {
        let mut wanted = self.planned(now);
        let has_stayed = before.begins() == now.begins() && before.minutes == now.minutes && before.days == now.days;
        if !(has_stayed || self.starts_with(now)) {
            return false;
        }
        if before.minutes == now.minutes {
            wanted.minutes = before.minutes;
        }
        if before.title == now.title {
            wanted.title.clone_from(&before.title);
        }
        if before.kind == now.kind {
            wanted.kind = before.kind;
        }
        if before.priority == now.priority {
            wanted.priority.clone_from(&before.priority);
        }
        if before.tags == now.tags {
            wanted.tags.clone_from(&before.tags);
        }
        if before.description == now.description {
            wanted.description.clone_from(&before.description);
        }
        if before.reminders == now.reminders {
            wanted.reminders.clone_from(&before.reminders);
        }
        let is_as_far = before.done == now.done && before.missed == now.missed && before.working == now.working;
        *now == wanted && is_as_far && before.worked_minutes == now.worked_minutes
    }

    /// The block with all fields that it has from the series. Its handle, its time and how far it is are its own.
    fn planned(&self, block: &BlockLine) -> BlockLine {
        let series = self.series;
        let count = series.minutes / MINUTES_A_DAY;
        BlockLine {
            title: series.title.clone(),
            minutes: Some(series.minutes).filter(|minutes| *minutes > 0 && !series.all_day),
            days: block
                .begins()
                .filter(|_| series.all_day)
                .and_then(|start| Days::starting(start.0.date(), count).ok()),
            priority: series.priority.clone(),
            tags: series.tags.clone(),
            description: series.description.clone(),
            kind: series.kind,
            reminders: series.reminders.clone(),
            plan: series.plan.clone(),
            series: Some(series.id.clone()),
            ..block.clone()
        }
    }
}

/// The series that is closest to a pattern, and its differences.
fn closest(pattern: &SeriesPattern, all: &[SeriesLine]) -> String {
    let scored = all.iter().map(|series| (pattern.misfits(series), series));
    match scored.min_by_key(|(wrong, _)| wrong.len()) {
        None => "nothing does".to_owned(),
        Some((wrong, series)) => format!("closest is {series}: {}", wrong.join(", ")),
    }
}
