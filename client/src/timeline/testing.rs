//! Blocks for tests.

use chrono::{DateTime, Utc};
use flux_timeline::{Block, BlockId, Handle, Kind, PlanId, Priority, Source, Span, Title, Worked};
use uuid::Uuid;

/// A moment.
pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A block with this number.
pub fn block(number: u32, start: &str, end: &str, is_open: bool) -> Block {
    Block {
        id: BlockId::new(Uuid::from_u128(number.into())),
        handle: Handle::new(number),
        plan: PlanId::new(Uuid::nil()),
        title: Title::new(&format!("Block {number}")).unwrap(),
        kind: Kind::Task,
        description: None,
        span: Span::new(at(start), at(end)).ok(),
        minutes: None,
        due: None,
        not_before: None,
        priority: Priority::Medium,
        tags: Vec::new(),
        completed_at: (!is_open).then(|| at(end)),
        missed_at: None,
        worked: Worked::default(),
        depends_on: Vec::new(),
        reminders: None,
        series: None,
        source: Source::User,
    }
}
