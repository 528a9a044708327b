//! Reads and checks `goals.yaml`, whose first lines describe the format. Only the build script and the tests use this; the
//! interpreter gets the result as statics.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Placeholders that every text for the person can contain.
const PLACEHOLDERS: &[&str] = &["goal", "object", "to", "in", "level"];
/// Placeholders for a share of what the goal counts.
const SHARE_PLACEHOLDERS: &[&str] = &["number", "part", "end", "unit"];
/// The length of a task, in minutes.
const MINUTES: std::ops::RangeInclusive<u32> = 5..=480;
/// Placeholders for what the goal counts, in a milestone.
const COUNT_PLACEHOLDERS: &[&str] = &["number", "unit"];
/// The kinds of activities.
const ACTIVITIES: &[&str] = &["training", "study", "work", "other"];
/// The most phases of sessions.
const MOST_PHASES: usize = 4;
/// The most steps that fit into a plan.
const MOST_STEPS: usize = 12;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoalFile {
    /// The words for each unit.
    pub units: Named<Vec<String>>,
    /// The kinds of goals.
    pub kinds: Named<Kind>,
}

/// A kind of goal.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// Single words that are a sign of the kind.
    #[serde(default)]
    pub words: Vec<String>,
    /// Units that are a sign of the kind.
    #[serde(default)]
    pub units: Vec<String>,
    /// Patterns that are a sign of the kind.
    #[serde(default)]
    pub patterns: Vec<String>,
    /// Patterns for what stands before the object.
    #[serde(default)]
    pub leads: Vec<String>,
    /// The object of a goal that names none.
    pub object: String,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// What kind of activity the sessions are.
    #[serde(default)]
    pub activity: String,
    /// What is done regularly, in phases.
    #[serde(default)]
    pub sessions: Vec<Phase>,
}

/// Regular sessions of one kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// What is done in each session.
    pub title: String,
    /// How it is done.
    pub description: String,
    /// How long a session is, in minutes.
    pub minutes: u32,
    /// How many there are a week.
    pub per_week: u32,
    /// How many weeks the phase takes.
    pub weeks: u32,
    /// What can be done at its end.
    pub milestone: String,
    /// The milestone where the goal counts something.
    #[serde(default)]
    pub counted_milestone: String,
}

/// A step of a kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What to do.
    pub title: String,
    /// How to do it.
    pub description: String,
    /// What it is good for.
    pub why: String,
    /// Its usual length, in minutes.
    #[serde(default = "half_an_hour")]
    pub minutes: u32,
    /// How important it is.
    #[serde(default)]
    pub priority: Priority,
    /// The numbers of the steps before it, starting at 1.
    #[serde(default)]
    pub after: Vec<usize>,
    /// The fewest days until the deadline that leave room for it.
    #[serde(default)]
    pub min_days: u16,
    /// What each of its tasks is about.
    #[serde(default)]
    pub topics: Vec<String>,
    /// The title where the goal counts something.
    #[serde(default)]
    pub counted_title: Option<String>,
}

/// The priority of a step.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Must not be missed.
    High,
    /// The usual priority.
    #[default]
    Medium,
    /// Nice to have.
    Low,
}

impl Priority {
    /// The name that plans use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

const fn half_an_hour() -> u32 {
    30
}

/// A map in the order of the file. No name occurs twice.
#[derive(Debug)]
pub struct Named<T>(pub Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
            type Value = Named<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("a map of names")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named<T>, A::Error> {
                let mut entries: Vec<(String, T)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, T>()? {
                    if entries.iter().any(|(other, _)| *other == name) {
                        return Err(A::Error::custom(format!("there are two entries named `{name}`")));
                    }
                    entries.push((name, value));
                }
                Ok(Named(entries))
            }
        }

        deserializer.deserialize_map(InOrder(PhantomData))
    }
}

/// Reads the file.
///
/// # Errors
/// A message that names the kind and the field of the first mistake.
pub fn parse(text: &str) -> Result<GoalFile, String> {
    let file: GoalFile = serde_yaml_ng::from_str(text).map_err(|error| error.to_string())?;
    for (name, words) in &file.units.0 {
        check_words(words).map_err(|problem| format!("unit {name}: {problem}"))?;
    }
    let Some(((last_name, last), others)) = file.kinds.0.split_last() else {
        return Err("kinds: there is none".to_owned());
    };
    if last.has_signs() {
        return Err(format!("kind {last_name}: the last kind takes every goal, so it has no words, units or patterns"));
    }
    if let Some((name, _)) = others.iter().find(|(_, kind)| !kind.has_signs()) {
        return Err(format!("kind {name}: it needs words, units or patterns, because it is not the last kind"));
    }
    for (name, kind) in &file.kinds.0 {
        check_kind(kind, &file.units).map_err(|problem| format!("kind {name}, {problem}"))?;
    }
    Ok(file)
}

impl Kind {
    fn has_signs(&self) -> bool {
        !(self.words.is_empty() && self.units.is_empty() && self.patterns.is_empty())
    }
}

fn check_kind(kind: &Kind, units: &Named<Vec<String>>) -> Result<(), String> {
    if !kind.words.is_empty() {
        check_words(&kind.words).map_err(|problem| format!("words: {problem}"))?;
    }
    if let Some(unit) = kind.units.iter().find(|unit| units.0.iter().all(|(name, _)| name != *unit)) {
        return Err(format!("units: `{unit}` is not one of the units at the top of the file"));
    }
    for (field, patterns) in [("patterns", &kind.patterns), ("leads", &kind.leads)] {
        for pattern in patterns {
            check_pattern(pattern).map_err(|problem| format!("{field}: `{pattern}` {problem}"))?;
        }
    }
    check_text(&kind.object, &[]).map_err(|problem| format!("object: {problem}"))?;
    if kind.steps.is_empty() || kind.steps.len() > MOST_STEPS {
        return Err(format!("steps: there are {}, not 1 to {MOST_STEPS}", kind.steps.len()));
    }
    if kind.sessions.len() > MOST_PHASES {
        return Err(format!("sessions: there are {}, not at most {MOST_PHASES}", kind.sessions.len()));
    }
    if kind.sessions.is_empty() != kind.activity.is_empty()
        || !kind.activity.is_empty() && !ACTIVITIES.contains(&kind.activity.as_str())
    {
        return Err(format!("activity: `{}` is not one of {ACTIVITIES:?}, which sessions need", kind.activity));
    }
    for (index, phase) in kind.sessions.iter().enumerate() {
        check_phase(phase, kind).map_err(|problem| format!("session {}, {problem}", index + 1))?;
    }
    for (index, step) in kind.steps.iter().enumerate() {
        let number = index + 1;
        check_step(step, number, kind).map_err(|problem| format!("step {number}, {problem}"))?;
    }
    Ok(())
}

fn check_step(step: &Step, number: usize, kind: &Kind) -> Result<(), String> {
    let mut known = PLACEHOLDERS.to_vec();
    if !step.topics.is_empty() {
        known.push("topic");
    }
    check_text(&step.title, &known).map_err(|problem| format!("title: {problem}"))?;
    check_text(&step.description, &known).map_err(|problem| format!("description: {problem}"))?;
    check_text(&step.why, &[]).map_err(|problem| format!("why: {problem}"))?;
    for (field, text) in [("description", &step.description), ("why", &step.why)] {
        if !text.ends_with(['.', '?']) {
            return Err(format!("{field}: it is not a sentence with a full stop or a question mark at its end"));
        }
    }
    if !MINUTES.contains(&step.minutes) || !step.minutes.is_multiple_of(5) {
        return Err(format!("minutes: {} is not a multiple of 5 from {MINUTES:?}", step.minutes));
    }
    if !step.after.is_sorted_by(|one, next| one < next) || !step.after.iter().all(|before| (1..number).contains(before))
    {
        return Err(format!("after: {:?} is not an ascending list of earlier steps", step.after));
    }
    for topic in &step.topics {
        check_text(topic, &[]).map_err(|problem| format!("topics: {problem}"))?;
    }
    if !step.topics.is_empty() && !step.title.contains("{topic}") {
        return Err("title: a step with topics needs `{topic}` in its title".to_owned());
    }
    if let Some(title) = &step.counted_title {
        if step.topics.is_empty() || kind.units.is_empty() {
            return Err("counted_title: it needs topics, and units of the kind".to_owned());
        }
        known.extend(SHARE_PLACEHOLDERS);
        check_text(title, &known).map_err(|problem| format!("counted_title: {problem}"))?;
    }
    Ok(())
}

fn check_phase(phase: &Phase, kind: &Kind) -> Result<(), String> {
    check_text(&phase.title, PLACEHOLDERS).map_err(|problem| format!("title: {problem}"))?;
    check_text(&phase.description, PLACEHOLDERS).map_err(|problem| format!("description: {problem}"))?;
    if !phase.description.ends_with('.') {
        return Err("description: it is not a sentence with a full stop at its end".to_owned());
    }
    check_text(&phase.milestone, PLACEHOLDERS).map_err(|problem| format!("milestone: {problem}"))?;
    if !phase.counted_milestone.is_empty() {
        if kind.units.is_empty() {
            return Err("counted_milestone: it needs units of the kind".to_owned());
        }
        let known = [PLACEHOLDERS, COUNT_PLACEHOLDERS].concat();
        check_text(&phase.counted_milestone, &known).map_err(|problem| format!("counted_milestone: {problem}"))?;
    }
    for (field, value, most) in [("per_week", phase.per_week, 7), ("weeks", phase.weeks, 52)] {
        if !(1..=most).contains(&value) {
            return Err(format!("{field}: {value} is not 1 to {most}"));
        }
    }
    if MINUTES.contains(&phase.minutes) && phase.minutes.is_multiple_of(5) {
        Ok(())
    } else {
        Err(format!("minutes: {} is not a multiple of 5 from {MINUTES:?}", phase.minutes))
    }
}

/// A text that is not blank, with these placeholders at most.
fn check_text(text: &str, known: &[&str]) -> Result<(), String> {
    if text.is_empty() || text.trim() != text || text.contains("  ") || text.contains('\n') {
        return Err(format!("{text:?} is empty or has stray spaces"));
    }
    let mut pieces = text.split('{');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once('}').ok_or_else(|| format!("`{text}` has a `{{` without a `}}`"))?;
        if !known.contains(&name) {
            return Err(format!("`{{{name}}}` is not a placeholder that this text can contain"));
        }
        plain.push_str(rest);
    }
    if plain.contains('}') { Err(format!("`{text}` has a `}}` without a `{{`")) } else { Ok(()) }
}

fn check_words(words: &[String]) -> Result<(), String> {
    if words.is_empty() {
        return Err("there are no words".to_owned());
    }
    match words.iter().find(|word| !is_word(word)) {
        Some(word) => Err(format!("`{word}` is not a single word in lower case")),
        None => Ok(()),
    }
}

fn check_pattern(pattern: &str) -> Result<(), String> {
    let mut needs_a_word = false;
    for piece in pattern.split(' ') {
        let choice = piece.strip_suffix('?').unwrap_or(piece);
        needs_a_word |= choice == piece;
        if !choice.split('|').all(is_word) {
            return Err("is not a list of words in lower case, separated by single spaces".to_owned());
        }
    }
    if needs_a_word { Ok(()) } else { Err("fits anything, because all of its words are optional".to_owned()) }
}

fn is_word(word: &str) -> bool {
    !word.is_empty() && !word.contains(['|', '?', ' ', '{', '}']) && word.to_lowercase() == word
}
