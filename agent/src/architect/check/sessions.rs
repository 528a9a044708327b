//! Reads sessions as phases.

use flux_timeline::limits::{DESCRIPTION_CHARS, TITLE_CHARS};
use flux_timeline::outline::{PHASES, Phase};
use flux_timeline::place::{LONGEST_TASK, SHORTEST_TASK};
use flux_timeline::{Description, LeftOut, Title};
use serde_json::Value;

use super::{clipped, not_taken, read};

const PER_WEEK: &[&str] = &["per_week", "perWeek", "times_per_week", "sessions_per_week", "frequency"];
const WEEKS: &[&str] = &["weeks", "duration_weeks"];
const MILESTONE: &[&str] = &["milestone", "goal"];

/// How long a session is if the model does not say it, in minutes.
const USUAL_MINUTES: u32 = 60;
/// How many sessions a week there are if the model does not say it.
const USUAL_PER_WEEK: u32 = 2;
/// The most weeks of a phase.
const MOST_WEEKS: u32 = 208;

/// The phases, at most [`PHASES`]. The others, and those without a title, are left out.
pub(super) fn phases(sessions: &[Value], left_out: &mut Vec<LeftOut>) -> Vec<Phase> {
    let mut phases = Vec::new();
    for (index, session) in sessions.iter().enumerate() {
        match phase(session) {
            Some(phase) if phases.len() < PHASES => phases.push(phase),
            Some(_) => left_out.extend(not_taken(session, index, "A plan has at most 4 kinds of sessions.")),
            None => left_out.extend(not_taken(session, index, "The model gave it no title.")),
        }
    }
    phases
}

fn phase(session: &Value) -> Option<Phase> {
    // A session may be its title alone.
    let title = read::text(session, read::TITLE).or_else(|| session.as_str().map(str::to_owned))?;
    let short = |text: String| Title::new(&clipped(&text, TITLE_CHARS)).ok();
    let description = read::text(session, read::DESCRIPTION).unwrap_or_default();
    let minutes = read::minutes(session).map_or(USUAL_MINUTES, super::whole);
    Some(Phase {
        title: short(title)?,
        description: Description::optional(&clipped(&description, DESCRIPTION_CHARS / 2)).ok().flatten(),
        minutes: minutes.clamp(SHORTEST_TASK, LONGEST_TASK),
        per_week: count(session, PER_WEEK).unwrap_or(USUAL_PER_WEEK).clamp(1, 7),
        weeks: count(session, WEEKS).filter(|weeks| *weeks > 0).map(|weeks| weeks.min(MOST_WEEKS)),
        milestone: read::text(session, MILESTONE).and_then(short),
    })
}

/// A number of times: a number, or text with one, such as `"3 times"`; `daily` is 7.
fn count(item: &Value, names: &[&str]) -> Option<u32> {
    match read::field(item, names)? {
        Value::Number(number) => number.as_f64().map(super::whole),
        Value::String(text) => {
            let text = text.trim();
            let digits = text.split(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty());
            let is_daily = text.eq_ignore_ascii_case("daily") || text.eq_ignore_ascii_case("every day");
            digits.and_then(|digits| digits.parse().ok()).or_else(|| is_daily.then_some(7))
        }
        _ => None,
    }
}
