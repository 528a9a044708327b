//! The first failure of an attempt, for one line of a report.

use std::fmt;

use serde::Serialize;

use crate::record::Record;

/// The first failure of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// The number of the turn, starting at 1. `None` if there is only one turn, or if the attempt could not be made.
    pub turn: Option<usize>,
    /// The failed check, or `fault`.
    pub check: String,
    /// The comparison in words, or why the attempt could not be made.
    pub compared: String,
}

impl Trouble {
    /// The first failure of an attempt. `None` if it passed.
    pub fn of(record: &Record) -> Option<Self> {
        if let Some(fault) = &record.fault {
            return Some(Self { turn: None, check: "fault".to_owned(), compared: fault.clone() });
        }
        let (turn, verdict) = record.failures().next()?;
        let turn = (record.turns.len() > 1).then_some(turn);
        Some(Self { turn, check: verdict.check.clone(), compared: verdict.compared.clone() })
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(turn) = self.turn {
            write!(f, "turn {turn}, ")?;
        }
        write!(f, "{}: {}", self.check, self.compared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{failed, fault, passed, turn};

    #[test]
    fn it_names_the_turn_only_if_there_are_several() {
        let one = failed("a", 1, "added", "nothing was");
        assert_eq!(Trouble::of(&one).unwrap().to_string(), "added: nothing was");
        let mut two = one.clone();
        two.turns.insert(0, turn());
        assert_eq!(Trouble::of(&two).unwrap().to_string(), "turn 2, added: nothing was");
    }

    #[test]
    fn a_fault_comes_before_everything_else() {
        assert_eq!(Trouble::of(&passed("a", 1)), None);
        assert_eq!(Trouble::of(&fault("a", 1, "no zone")).unwrap().to_string(), "fault: no zone");
    }
}
