//! The first thing that went wrong with an attempt: what one line of a report can tell of it.

use std::fmt;

use serde::Serialize;

use crate::record::Record;

/// The first thing that went wrong with an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// In which turn, from 1 on; none where there is only one, or where the attempt could not be made.
    pub turn: Option<usize>,
    /// The check that did not pass, or `fault`.
    pub check: String,
    /// What it compared, or why the attempt could not be made.
    pub compared: String,
}

impl Trouble {
    /// Of an attempt; none where it passed.
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
    fn it_names_the_turn_only_where_there_are_several() {
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
