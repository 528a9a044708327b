//! Patterns for titles, times, blocks and arguments.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use flux_timeline::Kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::days::CaseDays;
use crate::picture::BlockLine;
use crate::wall_clock::WallClock;

/// A text that must be contained, ignoring case, or alternatives of which one must be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Text {
    /// A text.
    One(String),
    /// Alternatives.
    Any(Vec<String>),
}

impl Text {
    /// Whether `text` contains it.
    pub fn is_in(&self, text: &str) -> bool {
        let text = folded(text);
        match self {
            Self::One(part) => text.contains(&folded(part)),
            Self::Any(parts) => parts.iter().any(|part| text.contains(&folded(part))),
        }
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::One(part) => write!(f, "{part:?}"),
            Self::Any(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| format!("{part:?}")).collect();
                write!(f, "{}", parts.join(" or "))
            }
        }
    }
}

/// A text in the form in which texts are compared: in lower case, with plain spaces, quotation marks and hyphens. Models write these in
/// many ways that people do not notice.
pub fn folded(text: &str) -> String {
    let plain = |c: char| match c {
        '’' | '‘' | 'ʼ' => '\'',
        '“' | '”' | '„' => '"',
        '‐' | '‑' | '–' | '—' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    };
    text.chars().map(plain).flat_map(char::to_lowercase).collect()
}

/// A moment, alternatives, or a range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Time {
    /// This moment, within the tolerance.
    At(WallClock),
    /// One of these moments, within the tolerance.
    Any(Vec<WallClock>),
    /// A moment between these two, inclusive.
    Between {
        /// The earliest moment.
        from: WallClock,
        /// The latest moment.
        to: WallClock,
    },
}

impl Time {
    /// Whether a moment matches. `tolerance` is in minutes, in both directions.
    pub fn has(&self, moment: WallClock, tolerance: u32) -> bool {
        let tolerance = TimeDelta::minutes(tolerance.into());
        let near = |time: &WallClock| (moment.0 - time.0).abs() <= tolerance;
        match self {
            Self::At(time) => near(time),
            Self::Any(times) => times.iter().any(near),
            Self::Between { from, to } => from.0 - tolerance <= moment.0 && moment.0 <= to.0 + tolerance,
        }
    }
}

impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::At(time) => write!(f, "{time}"),
            Self::Any(times) => {
                let times: Vec<String> = times.iter().map(ToString::to_string).collect();
                write!(f, "{}", times.join(" or "))
            }
            Self::Between { from, to } => write!(f, "{from} to {to}"),
        }
    }
}

/// A pattern for a block. Fields that are not given can be anything.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BlockPattern {
    /// Its handle, e.g. B4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
    /// A text that its title contains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// When it starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Time>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Time>,
    /// Its first and its last day, if it is all day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<CaseDays>,
    /// Whether it is a task without a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inbox: Option<bool>,
    /// The last day for a task, e.g. 2026-03-06; empty for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// The first day for a task; empty for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earliest: Option<String>,
    /// Its length in minutes, or alternatives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<OneOrMore>,
    /// By how many minutes `start`, `end` and `minutes` may differ. The default is 0.
    #[serde(skip_serializing_if = "is_zero")]
    pub tolerance: u32,
    /// `high`, `medium` or `low`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// Tags that it has. It may have others, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// A text that its description contains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// `task` or `appointment`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Whether it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<bool>,
    /// Whether it is an appointment that was missed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missed: Option<bool>,
    /// Whether the timer of the task runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub working: Option<bool>,
    /// The minutes that were spent on it until the timer was last paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worked: Option<u64>,
    /// A text that the title of its plan contains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Text>,
    /// The handles of all blocks that it depends on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Vec<String>>,
    /// All of its own reminders in minutes before the start, in any order; an empty list if it must never remind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminders: Option<Vec<u32>>,
    /// Whether it must have no reminders of its own, so that the person's settings apply.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_reminder: bool,
}

/// How own reminders differ from those that a pattern wants: what they must be, and what they are. `None` if they do not. A repeated one
/// counts once, and the order does not matter.
pub(super) fn reminder_misfit(wanted: Option<&[u32]>, none: bool, is: Option<&[u32]>) -> Option<(String, String)> {
    let set = |minutes: &[u32]| minutes.iter().copied().collect::<BTreeSet<u32>>();
    let is_wrong = wanted.is_some_and(|wanted| is.map(set) != Some(set(wanted))) || none && is.is_some();
    let words = |minutes: Option<&[u32]>| {
        minutes.map_or_else(|| "as the settings say".to_owned(), |minutes| format!("{minutes:?}"))
    };
    is_wrong.then(|| (words(wanted), words(is)))
}

/// A number, or alternatives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMore {
    /// This number.
    One(i64),
    /// One of these numbers.
    Any(Vec<i64>),
}

impl OneOrMore {
    /// Whether a number is one of these, or differs by at most `tolerance`.
    pub fn has(&self, number: i64, tolerance: u32) -> bool {
        let near = |wanted: &i64| (number - wanted).abs() <= i64::from(tolerance);
        match self {
            Self::One(one) => near(one),
            Self::Any(many) => many.iter().any(near),
        }
    }
}

impl std::fmt::Display for OneOrMore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::One(one) => write!(f, "{one}"),
            Self::Any(many) => write!(f, "one of {many:?}"),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl BlockPattern {
    /// The differences of a block from the pattern, one phrase each. Empty if it matches.
    pub fn misfits(&self, block: &BlockLine) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut check = |fits: bool, what: &str, wanted: String, is: String| {
            if !fits {
                wrong.push(format!("{what} is {is}, not {wanted}"));
            }
        };
        if let Some(handle) = &self.block {
            check(*handle == block.handle, "the handle", handle.clone(), block.handle.clone());
        }
        if let Some(title) = &self.title {
            check(title.is_in(&block.title), "the title", title.to_string(), format!("{:?}", block.title));
        }
        for (wanted, is, what) in [(&self.start, block.start, "the start"), (&self.end, block.end, "the end")] {
            if let Some(wanted) = wanted {
                let fits = is.is_some_and(|time| wanted.has(time, self.tolerance));
                check(fits, what, wanted.to_string(), is.map_or_else(|| "none".to_owned(), |time| time.to_string()));
            }
        }
        if let Some(days) = self.days {
            let is = block.days.map(|is| CaseDays { first: is.first(), last: Some(is.last()) });
            let fits = block.days.is_some_and(|is| days.are(is));
            check(
                fits,
                "when it is",
                days.to_string(),
                is.map_or_else(|| "not all day".to_owned(), |is| is.to_string()),
            );
        }
        if let Some(inbox) = self.inbox {
            check(inbox == block.is_untimed(), "inbox", inbox.to_string(), block.is_untimed().to_string());
        }
        for (wanted, is, what) in
            [(&self.due, &block.due, "the last day"), (&self.earliest, &block.earliest, "the first day")]
        {
            if let Some(wanted) = wanted {
                let is = is.clone().unwrap_or_default();
                check(*wanted == is, what, wanted.clone(), is);
            }
        }
        if let Some(minutes) = &self.minutes {
            let length = block.minutes.unwrap_or_default();
            let fits = minutes.has(length, self.tolerance);
            check(fits, "the length", format!("{minutes} min"), format!("{length} min"));
        }
        if let Some(priority) = &self.priority {
            check(*priority == block.priority, "the priority", priority.clone(), block.priority.clone());
        }
        if let Some(tags) = &self.tags {
            let has = |tag: &String| block.tags.iter().any(|other| folded(other) == folded(tag));
            check(tags.iter().all(has), "the list of tags", format!("with {tags:?}"), format!("{:?}", block.tags));
        }
        if let Some(description) = &self.description {
            let is = block.description.as_deref().unwrap_or_default();
            check(description.is_in(is), "the description", description.to_string(), format!("{is:?}"));
        }
        if let Some(done) = self.done {
            check(done == block.done, "done", done.to_string(), block.done.to_string());
        }
        if let Some(kind) = self.kind {
            check(kind == block.kind, "the kind", kind.as_str().to_owned(), block.kind.as_str().to_owned());
        }
        if let Some(missed) = self.missed {
            check(missed == block.missed, "missed", missed.to_string(), block.missed.to_string());
        }
        if let Some(working) = self.working {
            check(working == block.working, "working", working.to_string(), block.working.to_string());
        }
        if let Some(minutes) = self.worked {
            check(minutes == block.worked_minutes, "worked", minutes.to_string(), block.worked_minutes.to_string());
        }
        if let Some(plan) = &self.plan {
            check(plan.is_in(&block.plan), "the plan", plan.to_string(), format!("{:?}", block.plan));
        }
        if let Some(after) = &self.after {
            let fits = after.len() == block.after.len() && after.iter().all(|handle| block.after.contains(handle));
            check(fits, "the list of what comes before", format!("{after:?}"), format!("{:?}", block.after));
        }
        let reminders = reminder_misfit(self.reminders.as_deref(), self.no_reminder, block.reminders.as_deref());
        if let Some((wanted, is)) = reminders {
            check(false, "the list of reminders", wanted, is);
        }
        wrong
    }
}

impl std::fmt::Display for BlockPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = serde_json::to_string(self).map_err(|_| std::fmt::Error)?;
        write!(f, "{text}")
    }
}

/// A pattern for an argument of a call: a value, or `{contains: …}`, `{any: […]}`, `{absent: true}`.
pub type Argument = Value;

/// Whether an argument matches. Texts are compared ignoring case, numbers by value.
pub fn argument_fits(wanted: &Argument, is: Option<&Value>) -> bool {
    if let Value::Object(fields) = wanted {
        let only = |name: &str| if fields.len() == 1 { fields.get(name) } else { None };
        if let Some(parts) = only("contains") {
            let text = is.map(|is| is.as_str().map_or_else(|| is.to_string(), str::to_owned)).unwrap_or_default();
            return match parts {
                Value::Array(parts) => parts.iter().all(|part| has(&text, part)),
                part => has(&text, part),
            };
        }
        if let Some(choices) = only("any").and_then(Value::as_array) {
            return choices.iter().any(|choice| argument_fits(choice, is));
        }
        if let Some(absent) = only("absent").and_then(Value::as_bool) {
            return absent == is.is_none_or(Value::is_null);
        }
    }
    match (wanted, is) {
        (_, None) => false,
        (Value::String(wanted), Some(Value::String(is))) => folded(wanted) == folded(is),
        (Value::Number(wanted), Some(Value::Number(is))) => wanted.as_f64() == is.as_f64(),
        (Value::Object(wanted), Some(is)) => wanted.iter().all(|(name, wanted)| argument_fits(wanted, is.get(name))),
        (Value::Array(wanted), Some(Value::Array(is))) => {
            wanted.len() == is.len() && wanted.iter().zip(is).all(|(wanted, is)| argument_fits(wanted, Some(is)))
        }
        (wanted, Some(is)) => wanted == is,
    }
}

fn has(text: &str, part: &Value) -> bool {
    part.as_str().is_some_and(|part| folded(text).contains(&folded(part)))
}
