//! Blocks as a week: one column per day, and the height of a block shows its length. Pure.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc, Weekday};
use flux_timeline::{Block, BlockId, Settings, Zone};

/// Minutes of a day, in wall-clock time.
pub const DAY_MINUTES: i64 = 1_440;
/// The minimum height of a block, in minutes: one line of text.
const LEAST_MINUTES: i64 = 30;

/// A day of the week.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The date.
    pub date: NaiveDate,
    /// Its blocks, by start.
    pub boxes: Vec<Placed>,
}

/// A block, or the part of it that lies in a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The block.
    pub id: BlockId,
    /// From when, in minutes of the day.
    pub from: i64,
    /// How long it is drawn, in minutes.
    pub minutes: i64,
    /// Which of the lanes side by side.
    pub lane: usize,
    /// How many lanes there are beside each other.
    pub lanes: usize,
    /// Whether it is a task that is open, and its end has passed.
    pub is_overdue: bool,
    /// Whether it is an appointment that is over.
    pub is_over: bool,
    /// Whether it begins and whether it ends on this day.
    pub has_ends: (bool, bool),
}

/// An all-day block, or the part of it that lies in the days that are shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// The block.
    pub id: BlockId,
    /// The first column in which it lies.
    pub column: usize,
    /// In how many columns it lies.
    pub columns: usize,
    /// Which of the lanes below each other.
    pub lane: usize,
    /// Whether it is a task that is open, and its last day has passed.
    pub is_overdue: bool,
    /// Whether it is an appointment that is over.
    pub is_over: bool,
}

/// The first day of the week in which a day lies.
pub fn first_day(date: NaiveDate, week_start: Weekday) -> NaiveDate {
    let back = date.weekday().days_since(week_start);
    date.checked_sub_signed(TimeDelta::days(back.into())).unwrap_or(date)
}

/// When the days begin and end.
pub fn bounds(first: NaiveDate, days: usize, zone: Zone) -> (DateTime<Utc>, DateTime<Utc>) {
    let end = first.checked_add_signed(TimeDelta::days(i64::try_from(days).unwrap_or(7))).unwrap_or(first);
    (zone.day_start(first), zone.day_start(end))
}

/// The days from `first` on with their blocks. `blocks` must be sorted by start.
pub fn columns<'a>(
    blocks: impl IntoIterator<Item = &'a Block>,
    first: NaiveDate,
    days: usize,
    now: DateTime<Utc>,
    zone: Zone,
) -> Vec<Column> {
    let dates = first.iter_days().take(days);
    let mut columns: Vec<Column> = dates.map(|date| Column { date, boxes: Vec::new() }).collect();
    for block in blocks {
        let Some(span) = block.span else { continue };
        let (start, end) = (zone.wall(span.start()), zone.wall(span.end()));
        for column in &mut columns {
            if let Some((from, until)) = part(start, end, column.date) {
                let minutes = (until - from).max(LEAST_MINUTES).min(DAY_MINUTES - from);
                let (is_overdue, is_over) = (block.is_overdue(now, zone), block.is_over(now, zone));
                let has_ends = (start.date() == column.date, part(start, end, plus(column.date)).is_none());
                column.boxes.push(Placed {
                    id: block.id,
                    from,
                    minutes,
                    lane: 0,
                    lanes: 1,
                    is_overdue,
                    is_over,
                    has_ends,
                });
            }
        }
    }
    columns.iter_mut().for_each(|column| share_lanes(&mut column.boxes));
    columns
}

/// The all-day blocks of the days from `first` on, each in the first free lane. `blocks` must be sorted by their first day.
pub fn bands<'a>(
    blocks: impl IntoIterator<Item = &'a Block>,
    first: NaiveDate,
    days: usize,
    now: DateTime<Utc>,
    zone: Zone,
) -> Vec<Band> {
    let column = |date: NaiveDate| usize::try_from((date - first).num_days()).unwrap_or(0);
    let mut ends: Vec<usize> = Vec::new();
    let mut bands = Vec::new();
    for block in blocks {
        let Some(all) = block.days.filter(|all| all.last() >= first && column(all.first()) < days) else { continue };
        let from = column(all.first());
        let until = column(all.last()).saturating_add(1).min(days);
        let lane = ends.iter().position(|end| *end <= from).unwrap_or(ends.len());
        match ends.get_mut(lane) {
            Some(end) => *end = until,
            None => ends.push(until),
        }
        let (is_overdue, is_over) = (block.is_overdue(now, zone), block.is_over(now, zone));
        bands.push(Band { id: block.id, column: from, columns: until - from, lane, is_overdue, is_over });
    }
    bands
}

fn plus(date: NaiveDate) -> NaiveDate {
    date.succ_opt().unwrap_or(date)
}

/// Which minutes of a day a block takes.
fn part(start: NaiveDateTime, end: NaiveDateTime, date: NaiveDate) -> Option<(i64, i64)> {
    let (first, last) = (start.date(), end.date());
    if date < first || date > last || (date == last && date > first && minute(end) == 0) {
        return None;
    }
    let from = if date == first { minute(start) } else { 0 };
    let until = if date == last { minute(end) } else { DAY_MINUTES };
    // Where the clocks are set back within a block it can end before it starts.
    Some((from, until.max(from)))
}

/// When the person's day begins, in minutes since midnight.
pub fn start_of_day(settings: &Settings) -> i64 {
    settings.working_hours.from().minutes().into()
}

/// Minutes since midnight.
pub fn minute(time: NaiveDateTime) -> i64 {
    i64::from(time.hour() * 60 + time.minute())
}

/// Puts blocks at the same time side by side, each in the first free lane.
fn share_lanes(boxes: &mut [Placed]) {
    let mut begin = 0;
    while begin < boxes.len() {
        let mut ends: Vec<i64> = Vec::new();
        let mut next = begin;
        let mut until = i64::MIN;
        while let Some(placed) = boxes.get_mut(next).filter(|placed| next == begin || placed.from < until) {
            let free = ends.iter().position(|end| *end <= placed.from);
            let lane = free.unwrap_or(ends.len());
            let end = placed.from + placed.minutes;
            match ends.get_mut(lane) {
                Some(taken) => *taken = end,
                None => ends.push(end),
            }
            placed.lane = lane;
            until = until.max(end);
            next += 1;
        }
        boxes.iter_mut().take(next).skip(begin).for_each(|placed| placed.lanes = ends.len());
        begin = next;
    }
}

#[cfg(test)]
mod tests {
    use flux_timeline::Days;

    use super::super::testing::{at, block};
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn week(blocks: &[Block], zone: &str) -> Vec<Column> {
        let now = at("2026-11-25T12:00:00Z");
        columns(blocks, date("2026-11-23"), 7, now, Zone::new(zone).unwrap())
    }

    /// Number, from, minutes, lane, lanes.
    fn boxes(column: &Column) -> Vec<(u128, i64, i64, usize, usize)> {
        column.boxes.iter().map(|it| (it.id.uuid().as_u128(), it.from, it.minutes, it.lane, it.lanes)).collect()
    }

    #[test]
    fn a_week_begins_on_the_day_set_by_the_person() {
        for (start, first) in [(Weekday::Mon, "2026-11-23"), (Weekday::Sun, "2026-11-22"), (Weekday::Sat, "2026-11-21")]
        {
            assert_eq!(first_day(date("2026-11-25"), start), date(first), "{start}");
            assert_eq!(first_day(date(first), start), date(first), "{start}");
        }
    }

    #[test]
    fn a_block_lies_in_each_day_that_it_touches() {
        let blocks = [
            block(1, "2026-11-23T22:00:00Z", "2026-11-24T06:00:00Z", true),
            block(2, "2026-11-24T23:00:00Z", "2026-11-25T00:00:00Z", true),
            block(3, "2026-11-26T10:00:00Z", "2026-11-26T10:05:00Z", true),
        ];
        let week = week(&blocks, "UTC");
        assert_eq!(boxes(&week[0]), [(1, 1_320, 120, 0, 1)]);
        assert_eq!(boxes(&week[1]), [(1, 0, 360, 0, 1), (2, 1_380, 60, 0, 1)]);
        assert_eq!(boxes(&week[2]), []);
        assert_eq!(boxes(&week[3]), [(3, 600, LEAST_MINUTES, 0, 1)]);
        assert!(week[0].boxes[0].is_overdue && !week[3].boxes[0].is_overdue);
        let ends: Vec<_> = week.iter().flat_map(|day| day.boxes.iter().map(|it| it.has_ends)).collect();
        assert_eq!(ends, [(true, false), (false, true), (true, true), (true, true)]);
    }

    #[test]
    fn blocks_at_the_same_time_are_side_by_side() {
        let blocks = [
            block(1, "2026-11-23T09:00:00Z", "2026-11-23T12:00:00Z", true),
            block(2, "2026-11-23T09:30:00Z", "2026-11-23T10:30:00Z", true),
            block(3, "2026-11-23T10:30:00Z", "2026-11-23T11:00:00Z", true),
            block(4, "2026-11-23T12:00:00Z", "2026-11-23T13:00:00Z", true),
        ];
        let lanes: Vec<_> = boxes(&week(&blocks, "UTC")[0]).iter().map(|it| (it.0, it.3, it.4)).collect();
        assert_eq!(lanes, [(1, 0, 2), (2, 1, 2), (3, 1, 2), (4, 0, 1)]);
    }

    #[test]
    fn all_day_blocks_are_bands_over_their_days_below_each_other() {
        let all_day = |number, first: &str, count| Block {
            span: None,
            days: Days::starting(date(first), count).ok(),
            ..block(number, "2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", true)
        };
        let blocks = [
            all_day(1, "2026-11-20", 3),
            all_day(2, "2026-11-20", 5),
            all_day(3, "2026-11-24", 1),
            all_day(4, "2026-11-25", 30),
            all_day(5, "2026-11-25", 1),
            all_day(6, "2026-11-30", 1),
        ];
        let bands = bands(&blocks, date("2026-11-23"), 7, at("2026-11-25T12:00:00Z"), Zone::UTC);
        let found: Vec<_> =
            bands.iter().map(|it| (it.id.uuid().as_u128(), it.column, it.columns, it.lane, it.is_overdue)).collect();
        assert_eq!(found, [(2, 0, 2, 0, true), (3, 1, 1, 1, true), (4, 2, 5, 0, false), (5, 2, 1, 1, false)]);
    }

    #[test]
    fn hours_keep_their_places_when_the_clocks_change() {
        let night = [block(1, "2026-10-25T00:30:00Z", "2026-10-25T01:15:00Z", true)];
        let column =
            &columns(&night, date("2026-10-25"), 1, at("2026-10-01T00:00:00Z"), Zone::new("Europe/Oslo").unwrap())[0];
        assert_eq!(boxes(column), [(1, 150, LEAST_MINUTES, 0, 1)]);
    }
}
