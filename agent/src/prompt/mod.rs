//! What a model is told: the system prompt with the timeline in words, and as much of the conversation as fits.

mod conversation;
mod timeline;

pub use conversation::{conversation, estimate_tokens};
pub use timeline::{context, describe};

use chrono::{Datelike, NaiveDateTime};
use flux_tools::clock;

use crate::model::TimelineContext;

/// A prompt of `prompts/`, compiled in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prompt {
    /// Its name.
    pub name: &'static str,
    /// Its version, which is logged with every answer.
    pub version: u32,
    /// Sampling temperature that it was tried with.
    pub temperature: f32,
    /// Upper bound of the answer, in tokens.
    pub max_output_tokens: u32,
    /// The text, with `{{placeholders}}`.
    pub body: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/prompts.rs"));

/// What is told where the prompt itself is missing, which the tests rule out.
const NONE: Prompt = Prompt { name: "none", version: 0, temperature: 0.2, max_output_tokens: 1024, body: "" };

/// The prompt of this name.
pub fn named(name: &str) -> &'static Prompt {
    PROMPTS.iter().find(|prompt| prompt.name == name).unwrap_or(&NONE)
}

/// The system prompt of the chat agent.
pub fn system() -> &'static Prompt {
    named("system")
}

/// The system prompt, filled in.
pub fn render(prompt: &Prompt, context: &TimelineContext) -> String {
    prompt.fill(|name| match name {
        "now" => Some(moment(context.now)),
        "zone" => Some(context.zone.clone()),
        "timeline" => Some(describe(context)),
        _ => None,
    })
}

/// `Monday 2 March 2026, 10:00`.
pub fn moment(wall: NaiveDateTime) -> String {
    let date = wall.date();
    let (weekday, month) = (clock::weekday(date), clock::month(date));
    format!("{weekday} {} {month} {}, {}", date.day(), date.year(), clock::hours(wall.time()))
}

impl Prompt {
    /// The text with its placeholders replaced; one for which there is nothing becomes nothing.
    ///
    /// One pass over the template: what is filled in may itself contain braces and stays as it is.
    pub fn fill(&self, value: impl Fn(&str) -> Option<String>) -> String {
        let mut text = String::with_capacity(self.body.len() + 4_096);
        let mut rest = self.body;
        while let Some((before, after)) = rest.split_once("{{") {
            text.push_str(before);
            let Some((name, after)) = after.split_once("}}") else { break };
            text.push_str(&value(name).unwrap_or_default());
            rest = after;
        }
        text.push_str(rest);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BlockLine, PlanLine};

    fn some_context() -> TimelineContext {
        let at = |text: &str| text.parse().unwrap();
        TimelineContext {
            now: at("2026-03-02T10:00:00"),
            zone: "Europe/Oslo".into(),
            plans: vec![
                PlanLine { title: "My plan".into(), active: true, open_blocks: 3 },
                PlanLine { title: "Summer {{zone}}".into(), active: false, open_blocks: 0 },
            ],
            blocks: vec![
                BlockLine {
                    handle: "B1".into(),
                    title: "Pay rent".into(),
                    start: at("2026-03-01T09:00:00"),
                    end: at("2026-03-01T09:15:00"),
                    priority: "high".into(),
                    tags: vec!["home".into()],
                    completed: false,
                },
                BlockLine {
                    handle: "B2".into(),
                    title: "Meeting".into(),
                    start: at("2026-03-02T15:00:00"),
                    end: at("2026-03-02T16:00:00"),
                    priority: "medium".into(),
                    tags: vec![],
                    completed: false,
                },
                BlockLine {
                    handle: "B3".into(),
                    title: "Night train".into(),
                    start: at("2026-03-03T22:00:00"),
                    end: at("2026-03-04T06:00:00"),
                    priority: "low".into(),
                    tags: vec![],
                    completed: true,
                },
            ],
            later_open: 12,
            done: 40,
        }
    }

    #[test]
    fn the_system_prompt_states_the_moment_and_the_timeline() {
        insta::assert_snapshot!(render(system(), &some_context()));
    }

    #[test]
    fn an_empty_timeline_is_said_to_be_empty() {
        let context = TimelineContext { blocks: vec![], later_open: 0, done: 0, ..some_context() };
        assert!(describe(&context).contains("No blocks in the next 7 days."));
    }
}
