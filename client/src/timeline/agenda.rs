//! Blocks as a day-by-day agenda: earlier days, overdue blocks, tasks without a time, today with its now-line, later days. Pure.
//!
//! An agenda of thousands of blocks is rebuilt on every change, so it holds only the ids of blocks. The text of a block is
//! made when the block comes into view.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use flux_timeline::{Block, BlockId, Handle, PlanId, Span, When, Zone, clock};

use super::coverage::Stretch;
use super::filter::Filter;
use super::words::{self, Times};

/// The maximum number of other blocks that an overlap names.
const OVERLAPS_NAMED: usize = 3;

/// How many tasks without a time are shown before somebody wants to see all.
pub const INBOX_SHOWN: usize = 3;

/// What an agenda should show.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The present moment.
    pub now: DateTime<Utc>,
    /// The person's zone.
    pub zone: Zone,
    /// The part of the timeline that is known without gaps. Outside it, only overdue blocks and blocks that match a filter
    /// are shown.
    pub stretch: Option<Stretch>,
    /// Which blocks.
    pub filter: Filter,
    /// The plans that are not shown.
    pub hidden: Vec<PlanId>,
    /// Whether the days before today are also shown.
    pub with_earlier: bool,
    /// Whether all tasks without a time are shown, and not only the first few.
    pub with_inbox: bool,
    /// The times of what is proposed.
    pub proposed: Vec<Span>,
}

/// The blocks of the plans that are shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Agenda {
    /// Earlier days, overdue blocks, and the days from today on. Today is included even if it is empty.
    pub sections: Vec<Section>,
    /// Open blocks of today, without overdue tasks and appointments that are over.
    pub open_today: usize,
    /// Open blocks whose end has passed.
    pub overdue: usize,
    /// Blocks of days before today that are not shown.
    pub hidden: usize,
    /// The tasks without a time, in the order in which they are shown.
    pub inbox: Vec<BlockId>,
}

/// Blocks under a heading.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Which section it is.
    pub key: SectionKey,
    /// `Today`, `Wednesday`.
    pub name: String,
    /// `25 November`.
    pub note: String,
    /// Its rows, sorted by start.
    pub rows: Vec<Row>,
}

/// Which section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SectionKey {
    /// Overdue blocks.
    Overdue,
    /// Tasks without a time.
    Inbox,
    /// A day.
    Day(NaiveDate),
}

/// A row of a section.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// A block.
    Block(Entry),
    /// A part of a goal that is proposed, by its index, and its start in ms since 1970, which no other part has.
    Proposed(usize, i64),
    /// The present moment.
    Now,
    /// A note that there is nothing.
    Free,
}

/// A block in an agenda.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The block.
    pub id: BlockId,
    /// The day under which it is listed.
    pub day: NaiveDate,
    /// Handles of the first few blocks at the same time.
    pub overlaps: Vec<Handle>,
    /// Whether it is a task that is open, and its end has passed.
    pub is_overdue: bool,
    /// Whether it is an appointment that is over.
    pub is_over: bool,
    /// Whether it is going on.
    pub is_running: bool,
}

impl Entry {
    /// When the block takes place. An overdue block is not listed under the heading of its day, so its day is included.
    pub fn when(&self, times: Times, when: When, today: NaiveDate) -> String {
        match when {
            When::Days(days) if self.is_overdue => words::all_day(days, today),
            When::Span(span) if self.is_overdue && self.day != today => {
                format!("{}, {}", clock::day(self.day, today), times.range(span, self.day))
            }
            when => times.of(when, self.day),
        }
    }
}

impl Agenda {
    /// The agenda of these blocks, which must be sorted by start.
    pub fn new<'a>(blocks: impl IntoIterator<Item = &'a Block>, wanted: &Wanted) -> Self {
        let Wanted { now, zone, .. } = *wanted;
        let filter = wanted.filter.query();
        let is_filtered = !wanted.filter.is_off();
        let today = zone.wall(now).date();
        let (mut waiting, mut timed) = (Vec::new(), Vec::new());
        for block in blocks.into_iter().filter(|block| !wanted.hidden.contains(&block.plan)) {
            match block.in_zone(zone) {
                Some(bounds) => timed.push((block, bounds)),
                None if filter.matches(block, zone) && (is_filtered || block.is_to_do()) => waiting.push(block),
                None => {}
            }
        }
        let spans: Vec<(&Block, Span)> = timed.iter().filter_map(|(block, _)| Some((*block, block.span?))).collect();
        let mut overlaps = overlaps(&spans).into_iter();
        let mut agenda = Self::default();
        let mut overdue: Vec<Row> = Vec::new();
        let mut days: BTreeMap<NaiveDate, Vec<(DateTime<Utc>, Row)>> = BTreeMap::new();
        for (block, (start, end)) in timed {
            let overlaps = if block.span.is_some() { overlaps.next().unwrap_or_default() } else { Vec::new() };
            let (is_overdue, is_over) = (block.is_overdue(now, zone), block.is_over(now, zone));
            let is_running = start <= now && now < end;
            let begins = zone.wall(start).date();
            // A block that began before today and is still going on is part of today.
            let day = if is_running { today } else { begins };
            let is_known = wanted.stretch.is_some_and(|stretch| stretch.has(block));
            if !filter.matches(block, zone) || !(is_known || is_overdue || is_running || is_filtered) {
                continue;
            }
            agenda.overdue += usize::from(is_overdue);
            agenda.open_today += usize::from(day == today && block.is_open() && !is_overdue && !is_over);
            if day < today && !is_overdue && !wanted.with_earlier && !is_filtered {
                agenda.hidden += 1;
                continue;
            }
            let row = Row::Block(Entry { id: block.id, day, overlaps, is_overdue, is_over, is_running });
            if is_overdue {
                overdue.push(row);
            } else {
                days.entry(day).or_default().push((start, row));
            }
        }
        let shows_today = wanted.stretch.is_none_or(|stretch| stretch.holds(now));
        if shows_today && !is_filtered {
            let rows = days.entry(today).or_default();
            let place = rows.iter().position(|(start, _)| *start > now).unwrap_or(rows.len());
            if rows.is_empty() {
                rows.push((now, Row::Free));
            }
            rows.insert(place, (now, Row::Now));
        }
        // Where blocks are still to be loaded, a day with nothing but proposals would look free.
        let is_known = |start| wanted.stretch.is_some_and(|stretch| stretch.holds(start));
        let shown = wanted.proposed.iter().enumerate().filter(|(_, span)| !is_filtered && is_known(span.start()));
        for (index, span) in shown {
            let rows = days.entry(zone.wall(span.start()).date()).or_default();
            let place = rows.partition_point(|(start, _)| *start <= span.start());
            rows.insert(place, (span.start(), Row::Proposed(index, span.start().timestamp_millis())));
        }
        let to_section = |(date, rows): (NaiveDate, Vec<(DateTime<Utc>, Row)>)| Section {
            key: SectionKey::Day(date),
            name: words::day_name(date, today),
            note: words::day_date(date, today),
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        };
        let coming = days.split_off(&today);
        agenda.sections.extend(days.into_iter().map(to_section));
        if !overdue.is_empty() {
            agenda.sections.push(Section {
                key: SectionKey::Overdue,
                name: "Overdue".to_owned(),
                note: format!("{} open", overdue.len()),
                rows: overdue,
            });
        }
        agenda.add_inbox(&waiting, today, wanted.with_inbox || is_filtered);
        agenda.sections.extend(coming.into_iter().map(to_section));
        agenda
    }

    /// Adds the tasks without a time: those that are due first, and then in the order in which they were added.
    fn add_inbox(&mut self, waiting: &[&Block], today: NaiveDate, with_all: bool) {
        if waiting.is_empty() {
            return;
        }
        // They come by handle. Sorting would be 3 kB of code.
        let mut rows = Vec::with_capacity(waiting.len());
        let mut dues = Vec::with_capacity(waiting.len());
        for block in waiting {
            let due = block.due.unwrap_or(NaiveDate::MAX);
            let place = dues.partition_point(|other| *other <= due);
            dues.insert(place, due);
            self.inbox.insert(place, block.id);
            let (id, overlaps) = (block.id, Vec::new());
            let entry = Entry { id, day: today, overlaps, is_overdue: false, is_over: false, is_running: false };
            rows.insert(place, Row::Block(entry));
        }
        rows.truncate(if with_all { rows.len() } else { INBOX_SHOWN });
        let note = format!("{} without a time", waiting.len());
        self.sections.push(Section { key: SectionKey::Inbox, name: "Inbox".to_owned(), note, rows });
    }

    /// The overdue tasks in it.
    pub fn overdue_tasks(&self) -> Vec<BlockId> {
        let overdue = self.sections.iter().filter(|section| section.key == SectionKey::Overdue);
        let ids = overdue.flat_map(|section| &section.rows).filter_map(|row| match row {
            Row::Block(entry) => Some(entry.id),
            Row::Proposed(..) | Row::Now | Row::Free => None,
        });
        ids.collect()
    }

    /// Whether it has no block.
    pub fn is_empty(&self) -> bool {
        !self.sections.iter().flat_map(|section| &section.rows).any(|row| matches!(row, Row::Block(_)))
    }
}

/// For each block with a time, the first few others at the same time. `blocks` must be sorted by start. Done blocks do not overlap.
fn overlaps(blocks: &[(&Block, Span)]) -> Vec<Vec<Handle>> {
    let mut found: Vec<Vec<Handle>> = vec![Vec::new(); blocks.len()];
    let open: Vec<(usize, Handle, Span)> = blocks
        .iter()
        .enumerate()
        .filter(|(_, (block, _))| block.is_open())
        .map(|(place, (block, span))| (place, block.handle, *span))
        .collect();
    // The first few earlier blocks that are still going on. A block that is over at one start is over at all later starts, so
    // each block is examined once here, however many there are at the same time.
    let mut running: Vec<(Handle, Span)> = Vec::new();
    let mut next = 0;
    let others = || open.iter().map(|(_, handle, span)| (*handle, *span));
    for (passed, (place, _, span)) in open.iter().enumerate() {
        running.retain(|(_, other)| other.end() > span.start());
        while running.len() < OVERLAPS_NAMED && next < passed {
            running.extend(others().nth(next).filter(|(_, other)| other.end() > span.start()));
            next += 1;
        }
        let after = others().skip(passed + 1).take_while(|(_, other)| other.start() < span.end());
        if let Some(list) = found.get_mut(*place) {
            list.extend(running.iter().copied().chain(after).take(OVERLAPS_NAMED).map(|(handle, _)| handle));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use flux_timeline::{BlockPlace, Days, HourFormat};

    use super::super::coverage::place_at;
    use super::super::testing::{at, block};
    use super::*;

    fn wanted(now: &str, zone: &str) -> Wanted {
        Wanted {
            now: at(now),
            zone: Zone::new(zone).unwrap(),
            stretch: Some(Stretch::all()),
            filter: Filter::default(),
            hidden: Vec::new(),
            with_earlier: false,
            with_inbox: false,
            proposed: Vec::new(),
        }
    }

    /// Names of sections and numbers of their blocks; 0 is the now-line.
    fn shown(agenda: &Agenda) -> Vec<(&str, Vec<u128>)> {
        let number = |row: &Row| match row {
            Row::Block(entry) => Some(entry.id.uuid().as_u128()),
            Row::Now => Some(0),
            Row::Proposed(..) | Row::Free => None,
        };
        let section = |section: &'_ Section| section.rows.iter().filter_map(number).collect();
        agenda.sections.iter().map(|it| (it.name.as_str(), section(it))).collect()
    }

    fn week() -> [Block; 7] {
        [
            block(1, "2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z", true),
            block(2, "2026-11-21T09:00:00Z", "2026-11-21T10:00:00Z", false),
            block(3, "2026-11-22T22:00:00Z", "2026-11-23T11:00:00Z", true),
            block(4, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z", false),
            block(5, "2026-11-23T09:00:00Z", "2026-11-23T09:30:00Z", true),
            block(6, "2026-11-23T15:00:00Z", "2026-11-23T16:00:00Z", true),
            // 00:30 of the next day in Oslo.
            block(7, "2026-11-23T23:30:00Z", "2026-11-24T00:30:00Z", true),
        ]
    }

    #[test]
    fn blocks_are_sorted_into_overdue_and_days_of_the_persons_zone() {
        let agenda = Agenda::new(&week(), &wanted("2026-11-23T10:00:00Z", "Europe/Oslo"));
        let days = [("Overdue", vec![1, 5]), ("Today", vec![3, 4, 0, 6]), ("Tomorrow", vec![7])];
        assert_eq!(shown(&agenda), days);
        assert_eq!((agenda.overdue, agenda.open_today, agenda.hidden), (2, 2, 1));
    }

    #[test]
    fn an_appointment_is_never_overdue() {
        let mut blocks = week();
        for block in &mut blocks {
            block.kind = flux_timeline::Kind::Appointment;
        }
        let agenda = Agenda::new(&blocks, &wanted("2026-11-23T10:00:00Z", "Europe/Oslo"));
        assert_eq!(agenda.overdue, 0);
        assert!(shown(&agenda).iter().all(|(name, _)| *name != "Overdue"));
        assert_eq!(agenda.open_today, 2, "those that are over are not counted");
    }

    #[test]
    fn earlier_days_come_before_overdue_blocks() {
        let wanted = Wanted { with_earlier: true, ..wanted("2026-11-23T10:00:00Z", "Europe/Oslo") };
        let agenda = Agenda::new(&week(), &wanted);
        assert_eq!(shown(&agenda)[..2], [("Saturday", vec![2]), ("Overdue", vec![1, 5])]);
        assert_eq!(agenda.hidden, 0);
    }

    #[test]
    fn tasks_without_a_time_come_before_today_and_the_due_ones_first() {
        let mut blocks = week();
        for (block, due) in blocks.iter_mut().zip([None, Some("2026-11-27"), None, Some("2026-11-25"), None]) {
            block.span = None;
            block.due = due.and_then(|due| due.parse().ok());
        }
        let wanted = wanted("2026-11-23T10:00:00Z", "Europe/Oslo");
        let agenda = Agenda::new(&blocks, &wanted);
        assert_eq!(shown(&agenda), [("Inbox", vec![1, 3, 5]), ("Today", vec![0, 6]), ("Tomorrow", vec![7])]);
        assert_eq!((agenda.overdue, agenda.inbox.len(), agenda.sections[0].note.as_str()), (0, 3, "3 without a time"));
        for (block, is_open) in blocks.iter_mut().zip([true; 5]) {
            block.completed_at = (!is_open).then_some(wanted.now);
        }
        assert_eq!(shown(&Agenda::new(&blocks, &wanted))[0].1, [4, 2, 1], "the first few");
        let all = Wanted { with_inbox: true, proposed: Vec::new(), ..wanted.clone() };
        assert_eq!(shown(&Agenda::new(&blocks, &all))[0].1, [4, 2, 1, 3, 5]);
        let found = Wanted { filter: Filter { words: "block 5".into(), ..Filter::default() }, ..wanted };
        assert_eq!(shown(&Agenda::new(&blocks, &found)), [("Inbox", vec![5])]);
    }

    #[test]
    fn a_filter_searches_all_days_and_hides_empty_ones() {
        let filter = Filter { words: "block 2".into(), ..Filter::default() };
        let wanted = Wanted { filter, stretch: None, ..wanted("2026-11-23T10:00:00Z", "Europe/Oslo") };
        assert_eq!(shown(&Agenda::new(&week(), &wanted)), [("Saturday", vec![2])]);
    }

    #[test]
    fn outside_the_known_part_only_overdue_and_current_blocks_are_shown() {
        let stretch =
            Stretch { from: place_at(at("2026-11-23T00:00:00Z")), until: place_at(at("2026-11-23T16:00:00Z")) };
        let wanted = Wanted { stretch: Some(stretch), ..wanted("2026-11-23T10:00:00Z", "UTC") };
        let agenda = Agenda::new(&week(), &wanted);
        assert_eq!(shown(&agenda), [("Overdue", vec![1, 5]), ("Today", vec![3, 4, 0, 6])]);
    }

    #[test]
    fn today_is_shown_even_if_nothing_is_planned() {
        let agenda = Agenda::new([], &wanted("2026-11-23T10:00:00Z", "UTC"));
        assert!(agenda.is_empty());
        assert_eq!(agenda.sections.len(), 1);
        assert_eq!(agenda.sections[0].rows, [Row::Now, Row::Free]);
    }

    #[test]
    fn what_is_proposed_is_among_the_blocks_of_its_day_and_makes_days_of_its_own() {
        let span = |start: &str, end: &str| Span::new(at(start), at(end)).unwrap();
        let proposed = vec![
            span("2026-11-23T14:00:00Z", "2026-11-23T15:00:00Z"),
            span("2026-12-24T14:00:00Z", "2026-12-24T15:00:00Z"),
        ];
        let wanted = Wanted { proposed, ..wanted("2026-11-23T10:00:00Z", "UTC") };
        let agenda = Agenda::new(&[block(1, "2026-11-23T16:00:00Z", "2026-11-23T17:00:00Z", true)], &wanted);
        let rows: Vec<_> = agenda.sections.iter().map(|section| section.rows.clone()).collect();
        assert!(matches!(rows[0][..2], [Row::Now, Row::Proposed(0, _)]), "{rows:?}");
        assert!(rows[0].len() == 3 && matches!(rows[1][..], [Row::Proposed(1, _)]), "{rows:?}");
        let found = Wanted { filter: Filter { words: "gym".into(), ..Filter::default() }, ..wanted.clone() };
        assert_eq!(Agenda::new([], &found).sections, [], "a search is for what is on the timeline");
        let until = place_at(at("2026-12-01T00:00:00Z"));
        let loaded = Wanted { stretch: Some(Stretch { until, ..Stretch::all() }), ..wanted };
        let days: Vec<_> = Agenda::new([], &loaded).sections.into_iter().map(|section| section.name).collect();
        assert_eq!(days, ["Today"], "a day whose blocks are not loaded would look free");
    }

    #[test]
    fn overlaps_are_mutual_and_exclude_done_blocks() {
        let blocks = [
            block(1, "2026-11-23T10:00:00Z", "2026-11-23T12:00:00Z", true),
            block(2, "2026-11-23T11:00:00Z", "2026-11-23T11:30:00Z", true),
            block(3, "2026-11-23T11:10:00Z", "2026-11-23T11:20:00Z", false),
            block(4, "2026-11-23T12:00:00Z", "2026-11-23T13:00:00Z", true),
        ];
        let agenda = Agenda::new(&blocks, &wanted("2026-11-23T09:00:00Z", "UTC"));
        let handles = |row: &Row| match row {
            Row::Block(entry) => Some(entry.overlaps.iter().map(|handle| handle.number()).collect()),
            _ => None,
        };
        let found: Vec<Vec<u32>> = agenda.sections[0].rows.iter().filter_map(handles).collect();
        assert_eq!(found, [vec![2], vec![1], vec![], vec![]]);
    }

    #[test]
    fn what_is_all_day_comes_first_on_its_first_day_or_today_and_overlaps_nothing() {
        let all_day = |number, first: &str, last: &str, kind| Block {
            span: None,
            days: Some(Days::new(first.parse().unwrap(), last.parse().unwrap()).unwrap()),
            kind,
            ..block(number, "2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", true)
        };
        use flux_timeline::Kind::{Appointment, Task};
        let mut blocks = vec![
            all_day(1, "2026-11-20", "2026-11-21", Task),
            all_day(2, "2026-11-22", "2026-11-24", Appointment),
            all_day(3, "2026-11-24", "2026-11-24", Task),
            // 00:15 in Oslo.
            block(4, "2026-11-23T23:15:00Z", "2026-11-24T10:00:00Z", true),
        ];
        blocks.sort_by_key(BlockPlace::of);
        let agenda = Agenda::new(&blocks, &wanted("2026-11-23T10:00:00Z", "Europe/Oslo"));
        let days = [("Overdue", vec![1]), ("Today", vec![2, 0]), ("Tomorrow", vec![3, 4])];
        assert_eq!((shown(&agenda), agenda.open_today, agenda.overdue), (days.to_vec(), 1, 1));
        let rows = agenda.sections.iter().flat_map(|section| &section.rows);
        assert!(rows.into_iter().all(|row| !matches!(row, Row::Block(entry) if !entry.overlaps.is_empty())));
    }

    #[test]
    fn an_overlap_of_many_blocks_names_the_first_few() {
        let mut seed = 7_u64;
        let mut below = |limit: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % limit
        };
        for _ in 0..200 {
            let minute =
                |minutes: u64| at("2026-11-23T00:00:00Z") + TimeDelta::minutes(i64::try_from(minutes).unwrap());
            let mut blocks: Vec<Block> = (1..=40)
                .map(|number| {
                    let from = below(60);
                    let is_open = below(5) > 0;
                    let span = Span::new(minute(from), minute(from + 1 + below(30))).unwrap();
                    Block { span: Some(span), ..block(number, "2026-11-23T00:00:00Z", "2026-11-23T00:01:00Z", is_open) }
                })
                .collect();
            blocks.sort_unstable_by_key(|block| (block.span, block.handle));
            let blocks: Vec<(&Block, Span)> = blocks.iter().map(|block| (block, block.span.unwrap())).collect();
            let meets = |one: (&Block, Span), other: (&Block, Span)| {
                one.0.id != other.0.id && one.0.is_open() && other.0.is_open() && one.1.overlaps(other.1)
            };
            let of = |one: &(&Block, Span)| {
                let meeting = blocks.iter().filter(|other| meets(*one, **other)).take(OVERLAPS_NAMED);
                meeting.map(|(it, _)| it.handle).collect()
            };
            let expected: Vec<Vec<Handle>> = blocks.iter().map(of).collect();
            assert_eq!(overlaps(&blocks), expected);
        }
    }

    #[test]
    fn a_block_overdue_since_another_day_includes_the_day() {
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        let times = Times { zone: Zone::UTC, hours: HourFormat::Hours12 };
        let span = When::Span(Span::new(at("2026-11-23T08:00:00Z"), at("2026-11-23T21:00:00Z")).unwrap());
        let id = flux_timeline::BlockId::new(uuid::Uuid::nil());
        let (day, overlaps) = (date("2026-11-23"), Vec::new());
        let entry = Entry { id, day, overlaps, is_overdue: true, is_over: false, is_running: false };
        assert_eq!(entry.when(times, span, date("2026-11-24")), "Mon 23 Nov, 8:00 AM–9:00 PM");
        assert_eq!(entry.when(times, span, date("2026-11-23")), "8:00 AM–9:00 PM");
        let days = |last| When::Days(Days::new(day, date(last)).unwrap());
        assert_eq!(entry.when(times, days("2026-11-23"), date("2026-11-24")), "Mon 23 Nov, all day");
        let entry = Entry { is_overdue: false, ..entry };
        assert_eq!(entry.when(times, days("2026-11-23"), date("2026-11-24")), "All day");
        assert_eq!(entry.when(times, days("2026-11-25"), date("2026-11-24")), "All day until Wed 25 Nov");
        let entry = Entry { day: date("2026-11-24"), ..entry };
        assert_eq!(entry.when(times, days("2026-11-25"), date("2026-11-24")), "Mon 23 Nov – Wed 25 Nov, all day");
    }
}
