//! Blocks for tests.

use chrono::{DateTime, Utc};
use flux_timeline::{Block, BlockId, Handle, PlanId, Source, Span, Title};
use uuid::Uuid;

/// A moment.
pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A block with this number.
pub fn block(number: u32, start: &str, end: &str, is_open: bool) -> Block {
    let id = BlockId::new(Uuid::from_u128(number.into()));
    let title = Title::new(&format!("Block {number}")).unwrap();
    Block {
        span: Span::new(at(start), at(end)).ok(),
        completed_at: (!is_open).then(|| at(end)),
        ..Block::new(id, Handle::new(number), PlanId::new(Uuid::nil()), title, Source::User)
    }
}
