//! A [`BlockQuery`] as SQL.
//!
//! A row has the [bounds](flux_timeline::When::bounds) of its block as `start_ms` and `end_ms`. For a block with a time these are its
//! start and end. Those of an all-day block are further apart than its days are in any one zone, so that its row need not change when
//! the person travels. Which days are meant by a moment is therefore computed here, from the zone, and compared with the bounds of days.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use flux_timeline::days::{WIDENED, first_begin, last_end};
use flux_timeline::limits;
use flux_timeline::view::{BlockState, TitleMatch};
use flux_timeline::{BlockQuery, Zone};

use super::{Value, millis};

/// Blocks of deleted plans stay stored but hidden; the join leaves them out.
const FROM: &str = "FROM [blocks] b JOIN [plans] p ON p.id = b.plan WHERE";

/// Whether a block is not all day. The bounds of an all-day block are at least 52 hours apart, so the text of few rows is read.
const TIMED: &str = "(b.end_ms - b.start_ms < 187200000 OR json_extract(b.json, '$.days') IS NULL)";

/// The greatest distance between the bounds of a block that is not long: all day for as many days as a block with a time can last.
const LONGEST: TimeDelta = TimeDelta::hours(limits::BLOCK_DAYS * 24 + WIDENED.num_hours());

/// Whether the bounds of a block are further apart than [`LONGEST`]: the condition of an index.
const LONG: &str = "b.end_ms - b.start_ms > 1310400000";

/// A statement and its parameters.
pub(super) struct Statement {
    pub sql: String,
    pub params: Vec<Value>,
}

/// The texts of the blocks that fit, in order, or in reverse order if the last ones are asked for.
pub(super) fn blocks(query: &BlockQuery, zone: Zone) -> Statement {
    let order = if query.last { "b.start_ms DESC, b.handle DESC" } else { "b.start_ms, b.handle" };
    let limit = Value::Integer(i64::try_from(query.limit).unwrap_or(i64::MAX).min(1 << 31));
    let select = |Statement { sql, mut params }: Statement| {
        params.push(limit.clone());
        Statement { sql: format!("SELECT b.json {FROM} {sql} ORDER BY {order} LIMIT ?"), params }
    };
    let others = select(conditions(query, zone));
    let Some(long) = long_blocks(query, zone).map(select) else { return others };
    // All long ones begin before the others.
    let (first, then) = if query.last { (others, long) } else { (long, others) };
    Statement {
        sql: format!("SELECT * FROM ({}) UNION ALL SELECT * FROM ({}) LIMIT ?", first.sql, then.sql),
        params: first.params.into_iter().chain(then.params).chain([limit]).collect(),
    }
}

/// The number of blocks that fit, without `limit`.
pub(super) fn count(query: &BlockQuery, zone: Zone) -> Statement {
    let Statement { sql, mut params } = conditions(query, zone);
    let mut sql = format!("(SELECT count(*) {FROM} {sql})");
    if let Some(long) = long_blocks(query, zone) {
        sql = format!("{sql} + (SELECT count(*) {FROM} {})", long.sql);
        params.extend(long.params);
    }
    Statement { sql: format!("SELECT {sql}"), params }
}

/// Start and end of the open blocks that take up time between two moments.
pub(super) fn busy(from: DateTime<Utc>, to: DateTime<Utc>, zone: Zone) -> Statement {
    let query = BlockQuery { state: BlockState::Open, all_day: Some(false), ..BlockQuery::overlapping(from, to) };
    let Statement { sql, params } = conditions(&query, zone);
    Statement { sql: format!("SELECT b.start_ms, b.end_ms {FROM} {sql}"), params }
}

/// Conditions that are all met.
struct Conditions(Statement);

impl Conditions {
    fn add(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        let Statement { sql, params } = &mut self.0;
        if !sql.is_empty() {
            sql.push_str(" AND ");
        }
        sql.push_str(condition);
        params.extend(values);
    }
}

/// The long blocks that fit, if there can be any which [`conditions`] leave out: they began so long before a bound on their end that an index
/// on the start would be of no use.
fn long_blocks(query: &BlockQuery, zone: Zone) -> Option<Statement> {
    let from = query.earliest_start(LONGEST).filter(|_| query.ends_after.is_some() && query.all_day != Some(false))?;
    if query.after.is_some_and(|after| after.start() >= from) {
        return None;
    }
    let mut conditions = Conditions(Statement { sql: LONG.to_owned(), params: Vec::new() });
    conditions.add("b.start_ms < ?", [millis(from)]);
    // The plus keeps SQLite from the index on the plan.
    add_conditions(&mut conditions, query, zone, "+b.plan = ?");
    Some(conditions.0)
}

/// A [`BlockQuery`] as a condition, without `limit`. It leaves out [`long_blocks`].
fn conditions(query: &BlockQuery, zone: Zone) -> Statement {
    let mut conditions = Conditions(Statement { sql: String::new(), params: Vec::new() });
    add_conditions(&mut conditions, query, zone, "b.plan = ?");
    if let Some(from) = query.earliest_start(LONGEST) {
        conditions.add("b.start_ms >= ?", [millis(from)]);
    }
    conditions.0
}

/// No bound or place is met by a block without a time, whose start and end are `NULL`.
fn add_conditions(all: &mut Conditions, query: &BlockQuery, zone: Zone, in_plan: &str) {
    match query.plan {
        Some(plan) => all.add(in_plan, [plan.to_string().into()]),
        None => all.add("p.archived = 0", []),
    }
    if let Some(id) = query.series {
        all.add("b.series = ?", [id.to_string().into()]);
    }
    if let Some(id) = query.goal {
        all.add("b.goal = ?", [id.to_string().into()]);
    }
    if let Some(id) = query.except {
        all.add("b.id <> ?", [id.to_string().into()]);
    }
    match query.has_time {
        Some(true) => all.add("b.start_ms IS NOT NULL", []),
        Some(false) => all.add("b.start_ms IS NULL", []),
        None => {}
    }
    match query.all_day {
        Some(true) => all.add(&format!("NOT {TIMED}"), []),
        Some(false) => all.add(TIMED, []),
        None => {}
    }
    for (condition, place) in
        [("(b.start_ms, b.handle) > (?, ?)", query.after), ("(b.start_ms, b.handle) < (?, ?)", query.before)]
    {
        if let Some(place) = place {
            all.add(condition, [millis(place.start()), Value::Integer(place.handle().number().into())]);
        }
    }
    add_bounds(all, query, zone);
    match query.state {
        BlockState::Any => {}
        BlockState::Open => all.add("b.state IN (0, 2)", []),
        BlockState::ToDo => all.add("b.state = 0", []),
        BlockState::Done => all.add("b.state = 1", []),
    }
    if let Some(priority) = query.priority {
        all.add("json_extract(b.json, '$.priority') = ?", [priority.as_str().into()]);
    }
    match &query.title {
        None => {}
        Some(TitleMatch::Is(key)) => all.add("b.title_key = ?", [key.as_str().into()]),
        Some(TitleMatch::Contains(words)) => all.add(&has_words("b.title_key"), [list(words)]),
    }
    if !query.words.is_empty() {
        all.add(&has_words("b.title_key || ' ' || b.details_key"), [list(&query.words)]);
    }
}

/// The bounds of a query: on the moments of a block with a time, and on the days of an all-day block. Both bounds of an all-day block are
/// outside of its days in the zone, so two of these hold for it, too, and let an index be used.
fn add_bounds(all: &mut Conditions, query: &BlockQuery, zone: Zone) {
    let first_from = |bound| first_begin(day_from(zone, |start| start >= bound, bound));
    if let Some(bound) = query.starts_from {
        all.add(&format!("b.start_ms >= iif({TIMED}, ?, ?)"), [millis_up(bound), millis(first_from(bound))]);
    }
    if let Some(bound) = query.starts_before {
        all.add("b.start_ms < ?", [millis_up(bound)]);
        all.add(&format!("({TIMED} OR b.start_ms < ?)"), [millis(first_from(bound))]);
    }
    // A block ends when the day after its last one begins.
    let end_after = |bound| last_end(day_from(zone, |start| start > bound, bound) - TimeDelta::days(1));
    if let Some(bound) = query.ends_after {
        all.add("b.end_ms > ?", [millis(bound)]);
        all.add(&format!("({TIMED} OR b.end_ms >= ?)"), [millis(end_after(bound))]);
    }
    if let Some(bound) = query.ends_by {
        let end = end_after(bound) - TimeDelta::milliseconds(1);
        all.add(&format!("b.end_ms <= iif({TIMED}, ?, ?)"), [millis(bound), millis(end)]);
    }
}

/// The first day whose start in the zone fits, of those near a moment; the days of blocks are between the years 1970 and 2200.
fn day_from(zone: Zone, fits: impl Fn(DateTime<Utc>) -> bool, near: DateTime<Utc>) -> NaiveDate {
    let year = |year| NaiveDate::from_yo_opt(year, 1).unwrap_or_default().and_time(chrono::NaiveTime::MIN).and_utc();
    let near = near.clamp(year(limits::FIRST_YEAR - 1), year(limits::LAST_YEAR + 2));
    let day = zone.wall(near).date() - TimeDelta::days(1);
    (0..3)
        .map(|days| day + TimeDelta::days(days))
        .find(|day| fits(zone.day_start(*day)))
        .unwrap_or(day + TimeDelta::days(3))
}

/// The condition that each word of a [`list`] is in a text. All words are one parameter, because a statement can have at most
/// a hundred parameters.
fn has_words(text: &str) -> String {
    format!("NOT EXISTS (SELECT 1 FROM json_each(?) WHERE instr({text}, value) = 0)")
}

fn list(words: &[String]) -> Value {
    serde_json::Value::from(words).to_string().into()
}

/// Bounds can be finer than a millisecond, blocks are not: "before 10:00:00.0004" includes 10:00:00.000.
fn millis_up(bound: DateTime<Utc>) -> Value {
    let whole = bound.timestamp_millis();
    Value::Integer(if bound.timestamp_subsec_nanos().is_multiple_of(1_000_000) { whole } else { whole + 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_in_sql_are_those_of_the_domain() {
        let day = TimeDelta::days(1) + WIDENED;
        assert!(TIMED.contains(&format!("< {} ", day.num_milliseconds())), "{TIMED}");
        assert!(LONG.ends_with(&format!("> {}", LONGEST.num_milliseconds())), "{LONG}");
    }
}
