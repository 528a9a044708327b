//! What a model is told: the system prompt with a description of the timeline, and as much of the conversation as fits. The
//! versions of prompts to use are a value ([`Prompts`]) that callers pass on.

mod choice;
mod conversation;
#[cfg(not(target_arch = "wasm32"))]
pub mod file;
mod timeline;

pub use choice::{Candidate, Prompts, all, find};
pub use conversation::{conversation, estimate_tokens};
pub use timeline::describe;

use std::fmt;

use chrono::{Datelike, NaiveDateTime};
use flux_timeline::clock;

use flux_tools::context::TimelineContext;

/// A prompt, compiled in from `prompts/` or read from a file. It is displayed as in logs and metrics: `system@2`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prompt {
    /// Its name.
    pub name: &'static str,
    /// Its version, which is logged with every answer.
    pub version: u32,
    /// The sampling temperature that it was evaluated with.
    pub temperature: f32,
    /// The maximum length of the answer, in tokens.
    pub max_output_tokens: u32,
    /// The text, with `{{placeholders}}`.
    pub body: &'static str,
}

/// The system prompt, filled in.
pub fn render(prompt: &Prompt, context: &TimelineContext) -> String {
    prompt.fill(&|name| match name {
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

impl fmt::Display for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.name, self.version)
    }
}

impl Prompt {
    /// Reads a prompt that is not compiled in from the text of its file. Its memory is never freed.
    ///
    /// # Errors
    /// A sentence about what is wrong with it, the same as at build time.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn read(text: &str) -> Result<&'static Self, String> {
        let file::PromptFile { front, body } = file::parse(text)?;
        Ok(Box::leak(Box::new(Self {
            name: front.name.leak(),
            version: front.version,
            temperature: front.temperature,
            max_output_tokens: front.max_output_tokens,
            body: body.leak(),
        })))
    }

    /// The text with its placeholders replaced. A placeholder without a value is replaced by nothing.
    ///
    /// The template is read once: braces in a value stay unchanged.
    pub fn fill(&self, value: &dyn Fn(&str) -> Option<String>) -> String {
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
    use flux_tools::context::{BlockLine, PlanLine};

    fn some_context() -> TimelineContext {
        let at = |text: &str| text.parse().unwrap();
        TimelineContext {
            now: at("2026-03-02T10:00:00"),
            zone: "Europe/Oslo".into(),
            hour_format: flux_timeline::HourFormat::default(),
            plans: vec![
                PlanLine { title: "My plan".into(), active: true, archived: false, open_blocks: 3 },
                PlanLine { title: "Summer {{zone}}".into(), active: false, archived: false, open_blocks: 0 },
                PlanLine { title: "Old".into(), active: false, archived: true, open_blocks: 2 },
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
        insta::assert_snapshot!(render(Prompts::current().system, &some_context()));
    }

    #[test]
    fn an_empty_timeline_is_described_as_empty() {
        let context = TimelineContext { blocks: vec![], later_open: 0, done: 0, ..some_context() };
        assert!(describe(&context).contains("No blocks in the next 7 days."));
    }
}
