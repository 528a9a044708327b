//! Typed ids. Callers generate them (UUID v7, RFC 9562 §5.7), because this crate has no randomness.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID inside.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

uuid_id!(
    /// A plan.
    PlanId
);
uuid_id!(
    /// A block.
    BlockId
);
uuid_id!(
    /// What repeats: a rule and its blocks.
    SeriesId
);
uuid_id!(
    /// An entry of the log.
    EventId
);
uuid_id!(
    /// A transaction: the events that are undone together.
    TxnId
);
uuid_id!(
    /// A run of the architect. The transaction in which it adds its tasks has the same UUID, see [`RunId::txn`].
    RunId
);

impl BlockId {
    /// The id of the block with this handle that a series or a run has made: that of the maker, with other random bits (`rand_b` in RFC 9562 §5.7),
    /// which follow from these and the handle by SplitMix64 (Steele, Lea and Flood 2014). A handle is never given twice, so neither is the id.
    pub fn made_by(maker: Uuid, handle: Handle) -> Self {
        const RANDOM: u64 = u64::MAX >> 2;
        let (high, low) = maker.as_u64_pair();
        let number = u64::from(handle.number());
        let mut bits = low.wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^= bits >> 31;
        Self::new(Uuid::from_u64_pair(high, (low & !RANDOM) | (bits & RANDOM)))
    }
}

impl RunId {
    /// The transaction in which the run adds its tasks. If the log contains it, they were added.
    pub const fn txn(self) -> TxnId {
        TxnId::new(self.uuid())
    }
}

/// A block's short name for people and models: `B1`, `B2` and so on. It is unique in an object and never reused, not even
/// after an undo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Handle(u32);

impl Handle {
    /// The first handle of an object.
    pub const FIRST: Self = Self(1);

    /// The handle with this number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The next one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "B{}", self.0)
    }
}

/// The text is not a handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a handle is a B and a number, such as B12")]
pub struct NotAHandle;

impl FromStr for Handle {
    type Err = NotAHandle;

    /// Reads `B12`, also `b12` and `#B12`, as models and people write it.
    fn from_str(text: &str) -> Result<Self, NotAHandle> {
        let text = text.trim();
        let text = text.strip_prefix('#').unwrap_or(text);
        let digits = text.strip_prefix(['B', 'b']).ok_or(NotAHandle)?;
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotAHandle);
        }
        digits.parse().map(Self).map_err(|_| NotAHandle)
    }
}

impl TryFrom<String> for Handle {
    type Error = NotAHandle;

    fn try_from(text: String) -> Result<Self, NotAHandle> {
        text.parse()
    }
}

impl From<Handle> for String {
    fn from(handle: Handle) -> Self {
        handle.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_read_as_people_write_it() {
        for text in ["B12", "b12", "#B12", " B12 "] {
            assert_eq!(text.parse(), Ok(Handle::new(12)), "{text}");
        }
        for text in ["", "B", "12", "B-1", "B1x", "Ben", "B99999999999", "B１"] {
            assert_eq!(text.parse::<Handle>(), Err(NotAHandle), "{text}");
        }
    }
}
