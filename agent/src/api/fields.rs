//! Reads the arguments of calls that are not tools. An error names the field that does not fit.

use chrono::{DateTime, Utc};
use flux_timeline::view::BlockState;
use flux_timeline::{BlockPlace, PlanId, Priority, TxnId, limits};
use serde_json::Value;
use uuid::Uuid;

use super::error::{ApiError, misfit};

/// The fields of a call. A field that is missing or null is `None`.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub after: Option<u64>,
    pub before: Option<u64>,
    pub limit: Option<u64>,
    pub seq: Option<u64>,
    pub newest_first: bool,
    pub actor: Option<String>,
    /// `type` on the wire.
    pub name: Option<String>,
    pub about: Option<Uuid>,
    pub plan: Option<PlanId>,
    pub txn: Option<TxnId>,
    pub at: Option<DateTime<Utc>>,
    pub from: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
}

impl Fields {
    /// Reads an object. Fields other than `names` are an error.
    pub fn read(argument: &Value, names: &[&str]) -> Result<Self, ApiError> {
        let mut fields = Self::default();
        for (name, value) in given(argument, names)? {
            match name {
                "after" => fields.after = Some(number(name, value)?),
                "before" => fields.before = Some(number(name, value)?),
                "limit" => fields.limit = Some(number(name, value)?),
                "seq" => fields.seq = Some(number(name, value)?),
                "newestFirst" => {
                    fields.newest_first = value.as_bool().ok_or_else(|| misfit(name, "true or false", value))?;
                }
                "actor" => fields.actor = Some(text(name, value)?),
                "type" => fields.name = Some(text(name, value)?),
                "about" => fields.about = Some(id(name, value)?),
                "plan" => fields.plan = Some(PlanId::new(id(name, value)?)),
                "txn" => fields.txn = Some(TxnId::new(id(name, value)?)),
                "at" => fields.at = Some(instant(name, value)?),
                "from" => fields.from = Some(instant(name, value)?),
                _ => fields.until = Some(instant(name, value)?),
            }
        }
        Ok(fields)
    }
}

/// Reads the fields of `getMessages`: the id of a message, and the most messages to return.
pub(super) fn read_messages(argument: &Value) -> Result<(Option<String>, Option<u64>), ApiError> {
    let (mut before, mut limit) = (None, None);
    for (name, value) in given(argument, &["before", "limit"])? {
        match name {
            "before" => before = Some(text(name, value)?),
            _ => limit = Some(number(name, value)?),
        }
    }
    Ok((before, limit))
}

/// A question about blocks.
#[derive(Debug, Default)]
pub struct PageFields {
    /// The plan; all plans in use by default.
    pub plan: Option<PlanId>,
    /// Only blocks before this place.
    pub before: Option<BlockPlace>,
    /// Only blocks after this place.
    pub after: Option<BlockPlace>,
    /// Only blocks that end after this moment.
    pub from: Option<DateTime<Utc>>,
    /// Only blocks whose title has these words.
    pub text: Option<String>,
    /// Returns the tasks without a time, including completed ones, and no other blocks. Only the first page can be read.
    pub inbox: bool,
    /// Only blocks in this state.
    pub state: BlockState,
    /// Only blocks with this priority.
    pub priority: Option<Priority>,
    /// Most blocks to return.
    pub limit: Option<usize>,
}

impl PageFields {
    /// Reads an object. Other fields than these are an error, as is a limit above `limit`.
    pub(super) fn read(argument: &Value, limit: usize) -> Result<Self, ApiError> {
        let mut fields = Self::default();
        for (name, value) in
            given(argument, &["plan", "before", "after", "from", "text", "inbox", "state", "priority", "limit"])?
        {
            match name {
                "plan" => fields.plan = Some(PlanId::new(id(name, value)?)),
                "before" => fields.before = Some(place(name, value)?),
                "after" => fields.after = Some(place(name, value)?),
                "from" => fields.from = Some(instant(name, value)?),
                "text" => fields.text = Some(words(name, value)?),
                "inbox" => fields.inbox = value.as_bool().ok_or_else(|| misfit(name, "true or false", value))?,
                "state" => fields.state = state(name, value)?,
                "priority" => fields.priority = Some(priority(name, value)?),
                _ => {
                    let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
                    let fits = number.filter(|number| (1..=limit).contains(number));
                    fields.limit =
                        Some(fits.ok_or_else(|| misfit(name, &format!("a whole number from 1 to {limit}"), value))?);
                }
            }
        }
        Ok(fields)
    }
}

/// A whole number from 0 on, if the value is one.
pub(super) fn whole(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|number| u32::try_from(number).ok())
}

/// The fields of an object that are not null. Fields other than `names` are an error.
pub(crate) fn given<'a>(argument: &'a Value, names: &[&str]) -> Result<Vec<(&'a str, &'a Value)>, ApiError> {
    let Value::Object(given) = argument else { return Err(misfit("", "an object", argument)) };
    let unknown = given.iter().find(|(name, value)| !value.is_null() && !names.contains(&name.as_str()));
    if let Some((name, value)) = unknown {
        return Err(misfit(name, &one_of(names), value));
    }
    Ok(given.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.as_str(), value)).collect())
}

fn one_of(names: &[&str]) -> String {
    if names.is_empty() { "no fields at all".to_owned() } else { format!("one of the fields {}", names.join(", ")) }
}

fn place(name: &str, value: &Value) -> Result<BlockPlace, ApiError> {
    let form = r#"a place such as {"start": "2026-11-24T08:00:00Z", "handle": "B12"}"#;
    let field = |field: &str| value.get(field).and_then(Value::as_str);
    let start = field("start").and_then(flux_timeline::clock::read_instant);
    let handle = field("handle").and_then(|handle| handle.parse().ok());
    start.zip(handle).map(|(start, handle)| BlockPlace::new(start, handle)).ok_or_else(|| misfit(name, form, value))
}

fn state(name: &str, value: &Value) -> Result<BlockState, ApiError> {
    match value.as_str() {
        Some("open") => Ok(BlockState::Open),
        Some("todo") => Ok(BlockState::ToDo),
        Some("done") => Ok(BlockState::Done),
        _ => Err(misfit(name, "open, todo or done", value)),
    }
}

fn priority(name: &str, value: &Value) -> Result<Priority, ApiError> {
    let all = [Priority::High, Priority::Medium, Priority::Low];
    let priority = all.into_iter().find(|priority| value.as_str() == Some(priority.as_str()));
    priority.ok_or_else(|| misfit(name, "high, medium or low", value))
}

/// Words to search for. Their length is bounded because the search goes over many blocks.
fn words(name: &str, value: &Value) -> Result<String, ApiError> {
    let fits = value.as_str().filter(|text| text.chars().count() <= limits::TITLE_CHARS);
    let expected = || format!("a string of at most {} characters", limits::TITLE_CHARS);
    fits.map(str::to_owned).ok_or_else(|| misfit(name, &expected(), value))
}

fn number(name: &str, value: &Value) -> Result<u64, ApiError> {
    value.as_u64().ok_or_else(|| misfit(name, "a whole number from 0 on", value))
}

fn text(name: &str, value: &Value) -> Result<String, ApiError> {
    value.as_str().map(str::to_owned).ok_or_else(|| misfit(name, "a string", value))
}

pub(super) fn id(name: &str, value: &Value) -> Result<Uuid, ApiError> {
    let id = value.as_str().and_then(|text| Uuid::parse_str(text).ok());
    id.ok_or_else(|| misfit(name, "a UUID", value))
}

pub(super) fn instant(name: &str, value: &Value) -> Result<DateTime<Utc>, ApiError> {
    let instant = value.as_str().and_then(flux_timeline::clock::read_instant);
    instant.ok_or_else(|| misfit(name, "a moment such as 2026-11-24T08:00:00Z", value))
}
