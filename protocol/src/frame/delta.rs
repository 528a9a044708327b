//! What changed in a block, for a receiver that holds the block as it was. Pure.
//!
//! What frames do with it is in `events`.

use chrono::Datelike;
use flux_timeline::block::Part;
use flux_timeline::{Block, BlockId, clock, json};
use serde::Serialize;
use serde_json::{Map, Value};

/// The fields of a block that differ from an earlier version, which the receiver holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BlockDelta {
    /// The block.
    pub block: BlockId,
    /// The [`version`] of the block before the change.
    pub base: u32,
    /// The fields with other values, whole, as a JSON merge patch (RFC 7396): a field is null if the block no longer has it.
    /// Empty if the block was deleted.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub change: Map<String, Value>,
}

impl BlockDelta {
    /// The change from `before` to `after`. `None` if they are two blocks, or if something changed that no event changes.
    pub fn between(before: &Block, after: &Block) -> Option<Self> {
        // A field that is added to blocks does not compile until it is compared here.
        let Block {
            id,
            handle,
            plan,
            title,
            kind,
            description,
            span,
            days,
            minutes,
            due,
            not_before,
            priority,
            tags,
            completed_at,
            missed_at,
            worked,
            depends_on,
            reminders,
            series,
            goal,
            source,
        } = after;
        // These never change.
        if (before.id, before.handle, before.plan, before.goal, before.source) != (*id, *handle, *plan, *goal, *source)
        {
            return None;
        }
        let mut change = Map::new();
        add(&mut change, "title", &before.title, title);
        add(&mut change, "kind", &before.kind, kind);
        add(&mut change, "description", &before.description, description);
        add(&mut change, "span", &before.span, span);
        add(&mut change, "days", &before.days, days);
        add(&mut change, "minutes", &before.minutes, minutes);
        add(&mut change, "due", &before.due, due);
        add(&mut change, "notBefore", &before.not_before, not_before);
        add(&mut change, "priority", &before.priority, priority);
        add(&mut change, "tags", &before.tags, tags);
        add(&mut change, "completedAt", &before.completed_at, completed_at);
        add(&mut change, "missedAt", &before.missed_at, missed_at);
        add(&mut change, "worked", &before.worked, worked);
        add(&mut change, "dependsOn", &before.depends_on, depends_on);
        add(&mut change, "reminders", &before.reminders, reminders);
        add(&mut change, "series", &before.series, series);
        Some(Self { block: *id, base: version(before), change })
    }

    /// The deletion of a block.
    pub fn deletion(block: &Block) -> Self {
        Self { block: block.id, base: version(block), change: Map::new() }
    }

    /// Whether this is the version of the block that was changed.
    pub fn fits(&self, held: &Block) -> bool {
        held.id == self.block && version(held) == self.base
    }

    /// The block after the change, made from the version that [fits](Self::fits). `None` if a field cannot be read.
    pub fn apply(self, before: &Block) -> Option<Block> {
        let mut block = before.clone();
        for (name, value) in self.change {
            match name.as_str() {
                "title" => block.title = json::read(value).ok()?,
                "kind" => block.kind = json::read(value).ok()?,
                "description" => block.description = json::read(value).ok()?,
                "span" => block.span = json::read(value).ok()?,
                "days" => block.days = json::read(value).ok()?,
                "minutes" => block.minutes = json::read(value).ok()?,
                "due" => block.due = clock::optional_date(json::Reader(value)).ok()?,
                "notBefore" => block.not_before = clock::optional_date(json::Reader(value)).ok()?,
                "priority" => block.priority = json::read(value).ok()?,
                "tags" => block.tags = json::read(value).ok()?,
                "completedAt" => block.completed_at = clock::optional_instant(json::Reader(value)).ok()?,
                "missedAt" => block.missed_at = clock::optional_instant(json::Reader(value)).ok()?,
                "worked" => block.worked = json::read(value).ok()?,
                "dependsOn" => block.depends_on = json::read(value).ok()?,
                "reminders" => block.reminders = json::read(value).ok()?,
                "series" => block.series = json::read(value).ok()?,
                _ => return None,
            }
        }
        Some(block)
    }
}

fn add<T: PartialEq + Serialize>(change: &mut Map<String, Value>, name: &str, before: &T, after: &T) {
    if before != after {
        change.insert(name.to_owned(), json::value(after));
    }
}

/// Identifies what a block contains: FNV-1a with 32 bits (draft-eastlake-fnv) of all its fields. Two versions of a block have the
/// same number with a probability of one in four billion.
pub fn version(block: &Block) -> u32 {
    let Block {
        id,
        handle,
        plan,
        title,
        kind,
        description,
        span,
        days,
        minutes,
        due,
        not_before,
        priority,
        tags,
        completed_at,
        missed_at,
        worked,
        depends_on,
        reminders,
        series,
        goal,
        source,
    } = block;
    let mut hash = Hash(0x811C_9DC5);
    hash.add(id.uuid().as_bytes());
    hash.add(&handle.number().to_le_bytes());
    hash.add(plan.uuid().as_bytes());
    hash.add(title.as_str().as_bytes());
    hash.add(description.as_ref().map_or("", |text| text.as_str()).as_bytes());
    if let Some(span) = span {
        hash.add(&span.start().timestamp_millis().to_le_bytes());
        hash.add(&span.end().timestamp_millis().to_le_bytes());
    }
    hash.add(priority.as_str().as_bytes());
    hash.add(&[u8::from(completed_at.is_some())]);
    hash.add(&completed_at.map_or(0, |at| at.timestamp_millis()).to_le_bytes());
    hash.add(&[*source as u8]);
    tags.iter().for_each(|tag| hash.add(tag.as_str().as_bytes()));
    depends_on.iter().for_each(|id| hash.add(id.uuid().as_bytes()));
    // A page of an earlier version knows tasks only, and computes the same number for them.
    if !kind.is_task() {
        hash.add(&missed_at.map_or(0, |at| at.timestamp_millis() + 1).to_le_bytes());
        hash.add(kind.as_str().as_bytes());
    }
    if !worked.is_nothing() {
        hash.add(&worked.ms.to_le_bytes());
        hash.add(&worked.since.map_or(0, |at| at.timestamp_millis() + 1).to_le_bytes());
    }
    if minutes.is_some() || due.or(*not_before).is_some() {
        hash.add(&minutes.map_or(0, |minutes| minutes + 1).to_le_bytes());
        for day in [due, not_before] {
            hash.add(&day.map_or(0, |day| day.num_days_from_ce()).to_le_bytes());
        }
    }
    if let Some(days) = days {
        hash.add(b"days");
        for day in [days.first(), days.last()] {
            hash.add(&day.num_days_from_ce().to_le_bytes());
        }
    }
    if let Some(reminders) = reminders {
        hash.add(b"reminders");
        reminders.minutes().iter().for_each(|minutes| hash.add(&minutes.to_le_bytes()));
    }
    if let Some(place) = series {
        hash.add(place.series.uuid().as_bytes());
        hash.add(&place.start.and_utc().timestamp().to_le_bytes());
    }
    if let Some(part) = goal {
        let (is_session, index) = match part.part {
            Part::Task(index) => (0, index),
            Part::Session(index) => (1, index),
        };
        hash.add(part.goal.uuid().as_bytes());
        hash.add(&[is_session]);
        hash.add(&(index as u64).to_le_bytes());
    }
    hash.0
}

struct Hash(u32);

impl Hash {
    /// Adds a field and its length, so that no two lists of fields are the same bytes.
    fn add(&mut self, field: &[u8]) {
        let length = u32::try_from(field.len()).unwrap_or(u32::MAX).to_le_bytes();
        for byte in field.iter().chain(&length) {
            self.0 = (self.0 ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate, TimeDelta};
    use flux_timeline::block::GoalPart;
    use flux_timeline::{
        Days, Description, Handle, Kind, Occurrence, PlanId, Priority, Reminders, RunId, SeriesId, Source, Span, Tag,
        Title, Worked,
    };
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn block() -> impl Strategy<Value = Block> {
        let ids = || prop::collection::vec(0u128..3, 0..3);
        let text = "[a-c\"\\\\ü]{1,3}";
        (
            (0u32..3, 0u128..2, text, prop::option::of(text), 0i64..3, 1i64..3, 0u8..3),
            (prop::collection::vec("[a-c]{1,2}", 0..3), prop::option::of(0i64..3), ids(), 0u8..3),
            (any::<bool>(), prop::option::of(0i64..3), 0u64..3, prop::option::of(0i64..3)),
            (
                any::<bool>(),
                prop::option::of((0u64..3, 1i64..3)),
                prop::option::of(0u32..3),
                prop::option::of(0i32..3),
                prop::option::of(0i32..3),
            ),
            (
                prop::option::of((0u128..2, 0i64..3)),
                prop::option::of(prop::collection::vec(0u32..2, 0..3)),
                prop::option::of((0u128..2, 0usize..2)),
            ),
        )
            .prop_map(
                |(
                    (handle, plan, title, description, start, minutes, priority),
                    (tags, completed, ids, source),
                    (is_task, missed, ms, since),
                    (has_time, days, estimate, due, not_before),
                    (series, reminders, goal),
                )| {
                    let date = |days| NaiveDate::default().checked_add_days(chrono::Days::new(days));
                    let at = |ms| DateTime::UNIX_EPOCH + TimeDelta::milliseconds(ms);
                    Block {
                        id: BlockId::new(Uuid::from_u128(7)),
                        handle: Handle::new(handle),
                        plan: PlanId::new(Uuid::from_u128(plan)),
                        title: Title::new(&title).unwrap(),
                        kind: if is_task { Kind::Task } else { Kind::Appointment },
                        description: description.and_then(|text| Description::optional(&text).unwrap()),
                        span: Span::starting(at(start), TimeDelta::minutes(minutes)).ok().filter(|_| has_time),
                        days: days.and_then(|(first, count)| Days::starting(date(first)?, count).ok()),
                        minutes: estimate,
                        due: due.and_then(NaiveDate::from_num_days_from_ce_opt),
                        not_before: not_before.and_then(NaiveDate::from_num_days_from_ce_opt),
                        priority: [Priority::High, Priority::Medium, Priority::Low][usize::from(priority)],
                        tags: Tag::list(&tags).unwrap(),
                        completed_at: completed.map(at),
                        missed_at: missed.filter(|_| !is_task).map(at),
                        worked: Worked { ms, since: since.map(at) },
                        depends_on: ids.into_iter().map(|id| BlockId::new(Uuid::from_u128(id))).collect(),
                        reminders: reminders.map(|minutes| Reminders::new(&minutes).unwrap()),
                        series: series.map(|(id, minutes)| Occurrence {
                            series: SeriesId::new(Uuid::from_u128(id)),
                            start: (DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)).naive_utc(),
                        }),
                        goal: goal.map(|(id, task)| GoalPart {
                            goal: RunId::new(Uuid::from_u128(id)),
                            part: if is_task { Part::Task(task) } else { Part::Session(task) },
                        }),
                        source: [Source::User, Source::Assistant, Source::Architect][usize::from(source)],
                    }
                },
            )
    }

    proptest! {
        #[test]
        fn a_delta_makes_the_block_after_from_the_block_before_and_fits_no_other(
            before in block(), after in block(), other in block(),
        ) {
            let fixed = |block: &Block| (block.handle, block.plan, block.goal, block.source);
            prop_assert_eq!(BlockDelta::between(&before, &other).is_some(), fixed(&before) == fixed(&other));
            let after =
                Block { handle: before.handle, plan: before.plan, goal: before.goal, source: before.source, ..after };
            let delta = BlockDelta::between(&before, &after).unwrap();
            prop_assert_eq!(delta.fits(&other), other == before);
            prop_assert_eq!(delta.change.is_empty(), before == after);
            prop_assert_eq!(delta.apply(&before), Some(after));
        }

        #[test]
        fn a_field_that_is_not_known_is_not_left_out(block in block()) {
            let change = serde_json::json!({"colour": "red"}).as_object().cloned().unwrap();
            let delta = BlockDelta { change, ..BlockDelta::deletion(&block) };
            prop_assert!(delta.fits(&block));
            prop_assert_eq!(delta.apply(&block), None, "a page of an earlier version asks for the block");
        }

        #[test]
        fn two_blocks_have_no_delta(block in block()) {
            let other = Block { id: BlockId::new(Uuid::from_u128(8)), ..block.clone() };
            prop_assert_eq!(BlockDelta::between(&block, &other), None);
            prop_assert!(!BlockDelta::deletion(&block).fits(&other));
        }
    }
}
