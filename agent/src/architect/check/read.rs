//! Reads the lists in a model's answer, and the fields of a task or session, under the names that models use for them.

use flux_timeline::Title;
use flux_timeline::free_time::Activity;
use flux_timeline::text::title_key;
use serde_json::Value;

use super::Flaw;
use flux_model::{json_within, repair_arguments};

/// The names that models use for each field. The one in the schema comes first.
pub(super) const TITLE: &[&str] = &["title", "name", "task"];
pub(super) const DESCRIPTION: &[&str] = &["description", "details"];
pub(super) const MINUTES: &[&str] =
    &["minutes", "durationMinutes", "duration_minutes", "estimated_minutes", "duration", "time"];
pub(super) const PRIORITY: &[&str] = &["priority"];
pub(super) const WHY: &[&str] = &["why", "reason", "rationale"];
pub(super) const AFTER_SESSIONS: &[&str] = &["after_sessions", "afterSessions"];
const DEPENDS_ON: &[&str] = &["depends_on", "dependsOn", "dependencies"];
const ACTIVITY: &[&str] = &["activity"];
/// The names that models use for the list of sessions.
const SESSIONS: &[&str] = &["sessions", "recurring_sessions", "phases"];
/// The names that models use for the list of tasks.
const LIST: &[&str] = &["tasks", "steps", "plan", "items"];

/// An answer as the model wrote it.
#[derive(Default)]
pub(super) struct Listed {
    /// The tasks.
    pub items: Vec<Value>,
    /// The last task or session if the text was cut off within it: it may be incomplete.
    pub cut: Option<Value>,
    /// The kind of activity, if it is a known one.
    pub activity: Option<Activity>,
    /// The sessions.
    pub sessions: Vec<Value>,
}

/// The lists in a model's answer. Text around the JSON is ignored, and common mistakes in it are repaired.
pub(super) fn listed(said: &str) -> Result<Listed, Flaw> {
    // JSON in a JSON string.
    let unwrapped = serde_json::from_str::<String>(said.trim());
    let said = unwrapped.as_deref().unwrap_or(said);
    // Objects first: a square bracket before an object is usually part of a remark.
    for bracket in ['{', '['] {
        let Some((text, is_open)) = json_within(said, bracket) else { continue };
        let is_cut = is_open && !ends_after_a_task(text);
        let text = if bracket == '[' { format!("{{\"tasks\": {text}}}") } else { text.to_owned() };
        let Ok(value) = repair_arguments(&text) else { continue };
        let mut listed = Listed::default();
        let Some(items) = list(&value, &mut listed) else { continue };
        listed.items = items;
        if is_cut {
            // The list that begins last is the one that was cut off.
            let begins = |names: &[&str]| names.iter().filter_map(|name| text.rfind(&format!("{name}\""))).max();
            let is_session = !listed.sessions.is_empty() && begins(SESSIONS) > begins(LIST);
            listed.cut = if is_session { listed.sessions.pop() } else { listed.items.pop() };
        }
        if listed.items.is_empty() && listed.sessions.is_empty() {
            return Err(Flaw::NoTask { is_cut });
        }
        return Ok(listed);
    }
    Err(Flaw::NoList { said: said.trim().to_owned() })
}

/// Whether an unfinished text lacks only brackets after its last task.
fn ends_after_a_task(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches(',');
    ["]", "}", "]}", "}}", "]}}"].iter().any(|rest| serde_json::from_str::<Value>(&format!("{text}{rest}")).is_ok())
}

/// The list of tasks in an object or in one within it. What else it says is noted in `listed`.
fn list(value: &Value, listed: &mut Listed) -> Option<Vec<Value>> {
    let word = text(value, ACTIVITY).map(|word| word.to_ascii_lowercase());
    listed.activity = word.and_then(|word| Activity::read(&word)).or(listed.activity);
    if let Some(Value::Array(sessions)) = field(value, SESSIONS) {
        listed.sessions.clone_from(sessions);
    }
    let named = LIST.iter().find_map(|name| value.get(*name));
    match named {
        Some(Value::Array(items)) => return Some(items.clone()),
        Some(within @ Value::Object(_)) => return list(within, listed),
        _ => {}
    }
    let fields = value.as_object()?;
    let other = fields.iter().find_map(|(name, field)| match field {
        Value::Array(items) if items.iter().any(Value::is_object) && !SESSIONS.contains(&name.as_str()) => {
            Some(items.clone())
        }
        _ => None,
    });
    // Sessions alone are an answer, too.
    other.or_else(|| (!listed.sessions.is_empty()).then(Vec::new))
}

/// A field of a task.
pub(super) fn field<'a>(item: &'a Value, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| item.get(*name)).filter(|value| !value.is_null())
}

/// A field as trimmed text. `None` if it is blank.
pub(super) fn text(item: &Value, names: &[&str]) -> Option<String> {
    let text = match field(item, names)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// How long a task takes, in minutes: a number, or `"90"`, `"1.5 hours"`, `"1h 30m"`.
pub(super) fn minutes(item: &Value) -> Option<f64> {
    match field(item, MINUTES)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => length(text),
        _ => None,
    }
}

/// Whether a field says yes: `true`, also as text.
pub(super) fn is_true(item: &Value, names: &[&str]) -> bool {
    match field(item, names) {
        Some(Value::Bool(is_true)) => *is_true,
        Some(Value::String(text)) => text.trim().eq_ignore_ascii_case("true"),
        _ => false,
    }
}

fn length(text: &str) -> Option<f64> {
    let mut rest = text.trim();
    let mut minutes = None;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(digits)?;
        let number = decimal(number)?;
        let after = after.trim_start();
        let unit = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(unit)?;
        // Not every word with an m: months are not a length.
        let unit = unit.to_ascii_lowercase();
        let factor = match unit.as_str() {
            "" | "m" | "mn" => 1.0,
            unit if unit.starts_with("min") => 1.0,
            unit if unit.starts_with('h') => 60.0,
            _ => return None,
        };
        minutes = Some(minutes.unwrap_or(0.0) + number * factor);
        rest = after.trim_start_matches([' ', ',', '.']);
    }
    minutes
}

/// `1.25` as a number, to hundredths. The standard library's parser for floats needs tables of about 10 kB.
fn decimal(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let hundredths: String = fraction.chars().chain("00".chars()).take(2).collect();
    Some(f64::from(whole.parse::<u32>().ok()?) + f64::from(hundredths.parse::<u32>().ok()?) / 100.0)
}

/// Whether a task depends on what has this title.
pub(super) fn depends_on_title(item: &Value, title: &Title) -> bool {
    let is_it = |value: &Value| value.as_str().is_some_and(|text| title_key(text) == title.key());
    match field(item, DEPENDS_ON) {
        Some(Value::Array(all)) => all.iter().any(is_it),
        Some(value) => is_it(value),
        None => false,
    }
}

/// The tasks that a task depends on, as indices into the list. Models are asked for numbers counted from 1, but also write titles.
pub(super) fn depends_on(item: &Value, titles: &[String]) -> Vec<usize> {
    let one = |value: &Value| match value {
        Value::Number(number) => usize::try_from(number.as_u64()?).ok()?.checked_sub(1),
        Value::String(text) => {
            let digits = text.trim().trim_start_matches(|c: char| !c.is_ascii_digit());
            let by_title = titles.iter().position(|title| title_key(title) == title_key(text));
            by_title.or_else(|| digits.parse::<usize>().ok()?.checked_sub(1))
        }
        _ => None,
    };
    match field(item, DEPENDS_ON) {
        Some(Value::Array(all)) => all.iter().filter_map(one).collect(),
        Some(value) => one(value).into_iter().collect(),
        None => Vec::new(),
    }
}
