//! The time of a block.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::invalid::InvalidValue;
use crate::limits;

/// The time from `start` to `end` (exclusive), in whole milliseconds. `end` is always after `start`. A span is at most 14
/// days long and lies within the years 1970–2200 (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Bounds", into = "Bounds")]
pub struct Span {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

/// The JSON form of a span: `{start, end}`, as in RFC 3339.
#[derive(Serialize, Deserialize)]
struct Bounds {
    #[serde(deserialize_with = "clock::instant")]
    start: DateTime<Utc>,
    #[serde(deserialize_with = "clock::instant")]
    end: DateTime<Utc>,
}

impl Span {
    /// The span between two instants, cut to milliseconds.
    ///
    /// # Errors
    /// [`InvalidValue::EndNotAfterStart`], [`InvalidValue::BlockTooLong`], [`InvalidValue::DateOutOfRange`].
    pub fn new(start: DateTime<Utc>, end: DateTime<Utc>) -> Result<Self, InvalidValue> {
        let (start, end) = (to_millis(start), to_millis(end));
        if end <= start {
            return Err(InvalidValue::EndNotAfterStart);
        }
        if end - start > limits::LONGEST_BLOCK {
            return Err(InvalidValue::BlockTooLong);
        }
        let years = limits::FIRST_YEAR..=limits::LAST_YEAR;
        if !years.contains(&start.year()) || !years.contains(&end.year()) {
            return Err(InvalidValue::DateOutOfRange);
        }
        Ok(Self { start, end })
    }

    /// The span with this start and length.
    ///
    /// # Errors
    /// As [`Span::new`].
    pub fn starting(start: DateTime<Utc>, length: TimeDelta) -> Result<Self, InvalidValue> {
        let end = start.checked_add_signed(length).ok_or(InvalidValue::DateOutOfRange)?;
        Self::new(start, end)
    }

    /// The span moved by `by`, with the same length.
    ///
    /// # Errors
    /// [`InvalidValue::DateOutOfRange`].
    pub fn shifted(self, by: TimeDelta) -> Result<Self, InvalidValue> {
        let start = self.start.checked_add_signed(by).ok_or(InvalidValue::DateOutOfRange)?;
        Self::starting(start, self.length())
    }

    /// When it starts.
    pub fn start(self) -> DateTime<Utc> {
        self.start
    }

    /// When it ends.
    pub fn end(self) -> DateTime<Utc> {
        self.end
    }

    /// How long it is.
    pub fn length(self) -> TimeDelta {
        self.end - self.start
    }

    /// Whether the two have a moment in common. Spans that only touch do not.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// The instant cut to whole milliseconds, the precision of the store.
pub fn to_millis(instant: DateTime<Utc>) -> DateTime<Utc> {
    let nanos = instant.nanosecond();
    instant.with_nanosecond(nanos - nanos % 1_000_000).unwrap_or(instant)
}

impl TryFrom<Bounds> for Span {
    type Error = InvalidValue;

    fn try_from(bounds: Bounds) -> Result<Self, InvalidValue> {
        Self::new(bounds.start, bounds.end)
    }
}

impl From<Span> for Bounds {
    fn from(span: Span) -> Self {
        Self { start: span.start, end: span.end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_span_keeps_to_its_limits() {
        let start = at("2026-03-02T10:00:00Z");
        assert_eq!(Span::new(start, start), Err(InvalidValue::EndNotAfterStart));
        assert!(Span::starting(start, TimeDelta::days(14)).is_ok());
        assert_eq!(
            Span::starting(start, TimeDelta::days(14) + TimeDelta::milliseconds(1)),
            Err(InvalidValue::BlockTooLong)
        );
        for (from, to) in
            [("1969-12-31T23:59:00Z", "1970-01-01T00:30:00Z"), ("2200-12-31T23:59:00Z", "2201-01-01T00:00:00Z")]
        {
            assert_eq!(Span::new(at(from), at(to)), Err(InvalidValue::DateOutOfRange), "{from}");
        }
        assert_eq!(Span::starting(start, TimeDelta::MAX), Err(InvalidValue::DateOutOfRange));
    }

    #[test]
    fn touching_spans_do_not_overlap() {
        let first = Span::new(at("2026-03-02T10:00:00Z"), at("2026-03-02T11:00:00Z")).unwrap();
        let next = first.shifted(TimeDelta::hours(1)).unwrap();
        assert!(!first.overlaps(next) && !next.overlaps(first));
        assert!(first.overlaps(first.shifted(TimeDelta::minutes(59)).unwrap()));
    }
}
