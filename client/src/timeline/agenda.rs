//! Blocks as a day-by-day agenda: what is overdue, what was, today with its now-line, what comes. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use flux_tools::{Block, Handle, Zone, clock};

use super::words;

/// Most other blocks that an overlap names.
const OVERLAPS_NAMED: usize = 3;

/// The blocks of a plan as they are shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Agenda {
    /// Open blocks that should be over, oldest first.
    pub overdue: Vec<Entry>,
    /// Days before today, oldest first: what was done.
    pub earlier: Vec<Day>,
    /// Today, also where it is empty, and the days after it that have blocks.
    pub days: Vec<Day>,
}

/// A day with its blocks.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// Which.
    pub date: NaiveDate,
    /// `Today`, `Wednesday`.
    pub name: String,
    /// `25 November`.
    pub long_date: String,
    /// Its blocks, by start.
    pub entries: Vec<Entry>,
    /// Before which block the present moment lies. Only today has one.
    pub now_before: Option<usize>,
}

/// A block as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The block.
    pub block: Block,
    /// `08:00–09:00`.
    pub range: String,
    /// `1 h`.
    pub length: String,
    /// Handles of the first few blocks at the same time.
    pub overlaps: Vec<Handle>,
    /// Whether it is open and should be over.
    pub is_overdue: bool,
    /// Whether it is going on.
    pub is_running: bool,
}

impl Agenda {
    /// The agenda at a moment. `blocks` come by start.
    pub fn new<'a>(blocks: impl IntoIterator<Item = &'a Block>, now: DateTime<Utc>, zone: Zone) -> Self {
        let blocks: Vec<&Block> = blocks.into_iter().collect();
        let today = zone.wall(now).date();
        let overlaps = overlaps(&blocks);
        let mut overdue = Vec::new();
        let mut days: BTreeMap<NaiveDate, Vec<Entry>> = BTreeMap::from([(today, Vec::new())]);
        for (block, overlaps) in blocks.into_iter().zip(overlaps) {
            let is_overdue = block.is_open() && block.span.end() <= now;
            let is_running = block.span.start() <= now && now < block.span.end();
            let begins = zone.wall(block.span.start()).date();
            // What began before today and goes on is part of today.
            let day = if is_running { today } else { begins };
            let entry = Entry {
                range: words::range(block.span, day, zone),
                length: clock::length(block.span.length()),
                block: block.clone(),
                overlaps,
                is_overdue,
                is_running,
            };
            if is_overdue {
                let range = overdue_range(&entry, begins, today);
                overdue.push(Entry { range, ..entry });
            } else {
                days.entry(day).or_default().push(entry);
            }
        }
        let to_day = |(date, entries): (NaiveDate, Vec<Entry>)| Day {
            date,
            name: words::day_name(date, today),
            long_date: words::day_date(date, today),
            now_before: (date == today).then(|| now_before(&entries, now)),
            entries,
        };
        let coming = days.split_off(&today);
        Self {
            overdue,
            earlier: days.into_iter().map(to_day).collect(),
            days: coming.into_iter().map(to_day).collect(),
        }
    }

    /// Whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.overdue.is_empty() && self.earlier.is_empty() && self.days.iter().all(|day| day.entries.is_empty())
    }
}

/// An overdue block is not under the heading of its day, so it tells the day itself.
fn overdue_range(entry: &Entry, begins: NaiveDate, today: NaiveDate) -> String {
    if begins == today { entry.range.clone() } else { format!("{}, {}", clock::day(begins, today), entry.range) }
}

fn now_before(entries: &[Entry], now: DateTime<Utc>) -> usize {
    entries.iter().position(|entry| entry.block.span.start() > now).unwrap_or(entries.len())
}

/// For each block the blocks at the same time. A block that is done is in nobody's way.
fn overlaps(blocks: &[&Block]) -> Vec<Vec<Handle>> {
    let mut found: Vec<Vec<Handle>> = vec![Vec::new(); blocks.len()];
    let mut running: Vec<usize> = Vec::new();
    for (place, block) in blocks.iter().enumerate().filter(|(_, block)| block.is_open()) {
        running.retain(|other| blocks.get(*other).is_some_and(|other| other.span.end() > block.span.start()));
        for other in &running {
            for (of, with) in [(place, *other), (*other, place)] {
                if let (Some(list), Some(with)) = (found.get_mut(of), blocks.get(with))
                    && list.len() < OVERLAPS_NAMED
                {
                    list.push(with.handle);
                }
            }
        }
        running.push(place);
    }
    found
}

#[cfg(test)]
mod tests {
    use flux_tools::{BlockId, PlanId, Priority, Source, Span, Title};
    use uuid::Uuid;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn block(number: u32, start: &str, end: &str, is_open: bool) -> Block {
        Block {
            id: BlockId::new(Uuid::from_u128(number.into())),
            handle: Handle::new(number),
            plan: PlanId::new(Uuid::nil()),
            title: Title::new(&format!("Block {number}")).unwrap(),
            description: None,
            span: Span::new(at(start), at(end)).unwrap(),
            priority: Priority::Medium,
            tags: Vec::new(),
            completed_at: (!is_open).then(|| at(end)),
            depends_on: Vec::new(),
            source: Source::User,
        }
    }

    fn handles(entries: &[Entry]) -> Vec<u32> {
        entries.iter().map(|entry| entry.block.handle.number()).collect()
    }

    #[test]
    fn blocks_are_sorted_into_overdue_earlier_and_days_of_the_persons_zone() {
        let zone = Zone::new("Europe/Oslo").unwrap();
        let blocks = [
            block(1, "2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z", true),
            block(2, "2026-11-21T09:00:00Z", "2026-11-21T10:00:00Z", false),
            block(3, "2026-11-22T22:00:00Z", "2026-11-23T11:00:00Z", true),
            block(4, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z", false),
            block(5, "2026-11-23T09:00:00Z", "2026-11-23T09:30:00Z", true),
            block(6, "2026-11-23T15:00:00Z", "2026-11-23T16:00:00Z", true),
            // 00:30 of the next day in Oslo.
            block(7, "2026-11-23T23:30:00Z", "2026-11-24T00:30:00Z", true),
        ];
        let agenda = Agenda::new(&blocks, at("2026-11-23T10:00:00Z"), zone);
        assert_eq!(handles(&agenda.overdue), [1, 5]);
        assert_eq!(agenda.overdue[0].range, "Fri 20 Nov, 10:00–11:00");
        assert_eq!(agenda.overdue[1].range, "10:00–10:30");
        assert_eq!(agenda.earlier.iter().map(|day| handles(&day.entries)).collect::<Vec<_>>(), [[2]]);
        let days: Vec<_> = agenda.days.iter().map(|day| (day.name.as_str(), handles(&day.entries))).collect();
        assert_eq!(days, [("Today", vec![3, 4, 6]), ("Tomorrow", vec![7])]);
        assert_eq!(agenda.days[0].now_before, Some(2));
        assert_eq!(agenda.days[1].now_before, None);
        assert!(agenda.days[0].entries[0].is_running);
        assert_eq!(agenda.days[0].entries[0].range, "Sun 22 Nov 23:00 – 12:00");
    }

    #[test]
    fn today_is_there_also_when_nothing_is_planned() {
        let agenda = Agenda::new([], at("2026-11-23T10:00:00Z"), Zone::UTC);
        assert!(agenda.is_empty());
        assert_eq!(agenda.days.len(), 1);
        assert_eq!(agenda.days[0].now_before, Some(0));
    }

    #[test]
    fn overlaps_are_mutual_and_leave_out_what_is_done() {
        let blocks = [
            block(1, "2026-11-23T10:00:00Z", "2026-11-23T12:00:00Z", true),
            block(2, "2026-11-23T11:00:00Z", "2026-11-23T11:30:00Z", true),
            block(3, "2026-11-23T11:10:00Z", "2026-11-23T11:20:00Z", false),
            block(4, "2026-11-23T12:00:00Z", "2026-11-23T13:00:00Z", true),
        ];
        let agenda = Agenda::new(&blocks, at("2026-11-23T09:00:00Z"), Zone::UTC);
        let found: Vec<Vec<u32>> = agenda.days[0]
            .entries
            .iter()
            .map(|entry| entry.overlaps.iter().map(|handle| handle.number()).collect())
            .collect();
        assert_eq!(found, [vec![2], vec![1], vec![], vec![]]);
    }
}
