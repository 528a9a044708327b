//! Patterns: what a title, a time, a block or an argument may be.

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::WallClock;
use crate::world::BlockLine;

/// A text that must be contained, without regard to case; of several one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Text {
    /// It must be contained.
    One(String),
    /// One of them must be contained.
    Any(Vec<String>),
}

impl Text {
    /// Whether a text has it.
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

/// As texts are compared: small letters, plain blanks, quotes and hyphens. Models write these in many ways, and people do not see
/// the difference.
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

/// A moment, or several of which one, or from one to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Time {
    /// Just this, within the tolerance.
    At(WallClock),
    /// One of these, within the tolerance.
    Any(Vec<WallClock>),
    /// Between these, both included.
    Between {
        /// Not before.
        from: WallClock,
        /// Not after.
        to: WallClock,
    },
}

impl Time {
    /// Whether a moment is meant; `tolerance` in minutes either way.
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

/// What a block must be. Whatever is not said can be anything.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BlockPattern {
    /// Its handle, e.g. B4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
    /// What its title contains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// When it starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Time>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Time>,
    /// How long it is, in minutes; of several one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<OneOrMore>,
    /// By how many minutes `start`, `end` and `minutes` may be off; 0 where not said.
    #[serde(skip_serializing_if = "is_zero")]
    pub tolerance: u32,
    /// `high`, `medium` or `low`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// Tags that it has; others may be there, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// What its description contains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// Whether it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<bool>,
    /// What the title of its plan contains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Text>,
    /// The handles of the blocks that must be done before, all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Vec<String>>,
}

/// A number, or several of which one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMore {
    /// Just this.
    One(i64),
    /// One of these.
    Any(Vec<i64>),
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl BlockPattern {
    /// What of a block is not as it must be, a phrase each; none where it fits.
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
        if let Some(start) = &self.start {
            check(start.has(block.start, self.tolerance), "the start", start.to_string(), block.start.to_string());
        }
        if let Some(end) = &self.end {
            check(end.has(block.end, self.tolerance), "the end", end.to_string(), block.end.to_string());
        }
        if let Some(minutes) = &self.minutes {
            let length = block.minutes;
            let near = |wanted: &i64| (length - wanted).abs() <= i64::from(self.tolerance);
            let (fits, wanted) = match minutes {
                OneOrMore::One(one) => (near(one), one.to_string()),
                OneOrMore::Any(many) => (many.iter().any(near), format!("one of {many:?}")),
            };
            check(fits, "the length", format!("{wanted} min"), format!("{length} min"));
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
        if let Some(plan) = &self.plan {
            check(plan.is_in(&block.plan), "the plan", plan.to_string(), format!("{:?}", block.plan));
        }
        if let Some(after) = &self.after {
            let fits = after.len() == block.after.len() && after.iter().all(|handle| block.after.contains(handle));
            check(fits, "the list of what comes before", format!("{after:?}"), format!("{:?}", block.after));
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

/// What an argument of a call must be: a value, or `{contains: …}`, `{any: […]}`, `{absent: true}`.
pub type Argument = Value;

/// Whether an argument is as it must be. Texts are compared without regard to case, numbers by their value.
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
