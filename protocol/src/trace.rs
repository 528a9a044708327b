//! Trace ids, as in W3C Trace Context (<https://www.w3.org/TR/trace-context/#traceparent-header>): they lead from what a person sends
//! to everything in the log that came of it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use uuid::Uuid;

/// The name of the header, and of the field of a frame.
pub const TRACEPARENT: &str = "traceparent";

/// A trace, and a span of it.
///
/// ```
/// use flux_protocol::Trace;
///
/// let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
/// assert_eq!(Trace::read(text).map(|trace| trace.to_string()).as_deref(), Some(text));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    id: u128,
    span: u64,
    is_sampled: bool,
}

impl Trace {
    /// A trace with a span. Zero, which is not an id, becomes one.
    pub fn new(id: Uuid, span: u64) -> Self {
        Self { id: id.as_u128().max(1), span: span.max(1), is_sampled: true }
    }

    /// Reads the value of a header of version 00. `None` for anything else. Of the flags only “sampled” is kept, as the specification
    /// demands of who does not know the others.
    pub fn read(text: &str) -> Option<Self> {
        let text: &[u8; 55] = text.as_bytes().try_into().ok()?;
        let (b'0', b'0', b'-', b'-', b'-') = (text[0], text[1], text[2], text[35], text[52]) else { return None };
        let id = digits(&text[3..35])?;
        let span = u64::try_from(digits(&text[36..52])?).ok()?;
        let flags = digits(&text[53..])?;
        (id != 0 && span != 0).then_some(Self { id, span, is_sampled: flags & 1 == 1 })
    }

    /// Another span of the same trace.
    #[must_use]
    pub fn at(self, span: u64) -> Self {
        Self { span: span.max(1), ..self }
    }

    /// The trace's id as 32 digits.
    pub fn id(&self) -> String {
        format!("{:032x}", self.id)
    }

    /// The number of the span.
    pub const fn span(&self) -> u64 {
        self.span
    }
}

/// The id of a span from a new UUID: its second half, which is random in versions 4 and 7.
pub fn span_id(id: Uuid) -> u64 {
    id.as_u64_pair().1
}

/// Reads lower-case hexadecimal digits, at most 32.
fn digits(text: &[u8]) -> Option<u128> {
    text.iter().try_fold(0, |sum, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(sum << 4 | u128::from(value))
    })
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.id, self.span, u8::from(self.is_sampled))
    }
}

impl Serialize for Trace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads the field of a frame. Anything that is not a trace counts as none, so that no frame fails because of it.
pub(crate) fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Trace>, D::Error> {
    Ok(Value::deserialize(deserializer)?.as_str().and_then(Trace::read))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_of_version_00_is_read_and_anything_else_is_none() {
        const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
        const SPAN: &str = "00f067aa0ba902b7";
        let good = format!("00-{ID}-{SPAN}-01");
        let trace = Trace::read(&good).unwrap();
        assert_eq!((trace.id(), trace.span(), trace.to_string()), (ID.to_owned(), 0x00f0_67aa_0ba9_02b7, good.clone()));
        for (flags, kept) in [("00", "00"), ("01", "01"), ("03", "01"), ("02", "00"), ("ff", "01")] {
            let read = Trace::read(&format!("00-{ID}-{SPAN}-{flags}")).map(|trace| trace.to_string());
            assert_eq!(read, Some(format!("00-{ID}-{SPAN}-{kept}")), "unknown flags are not passed on");
        }
        for bad in [
            String::new(),
            format!("01-{ID}-{SPAN}-01"),
            format!("ff-{ID}-{SPAN}-01"),
            format!("00-{}-{SPAN}-01", "0".repeat(32)),
            format!("00-{ID}-{}-01", "0".repeat(16)),
            format!("00-{}-{SPAN}-01", ID.to_uppercase()),
            format!("00-{ID}-{SPAN}-0F"),
            format!("00-{ID}-{SPAN}-0g"),
            format!("00_{ID}-{SPAN}-01"),
            format!("00-{ID}_{SPAN}-01"),
            format!("00-{ID}-{SPAN}_01"),
            format!("00-{ID}-{SPAN}"),
            format!("00-{}-{SPAN}-01", &ID[1..]),
            format!("00-{ID}-{}-01", &SPAN[1..]),
            format!("{good}-"),
            format!("{good}-00"),
            format!(" {good}"),
            format!("{good}\n"),
            good.replace("-01", "\n01"),
            good.replace("4b", "ü"),
            good.replace("4bf", "+bf"),
            "0".repeat(1 << 20),
        ] {
            assert_eq!(Trace::read(&bad), None, "{}", bad.get(..80).unwrap_or(&bad));
        }
    }

    #[test]
    fn a_new_trace_has_ids_that_are_not_zero() {
        let trace = Trace::new(Uuid::nil(), 0);
        assert_eq!(Trace::read(&trace.to_string()), Some(trace));
        assert_eq!(Trace::read(&trace.at(0).to_string()), Some(trace));
        assert_eq!(trace.at(u64::MAX).to_string(), format!("00-{}1-{}-01", "0".repeat(31), "f".repeat(16)));
    }
}
