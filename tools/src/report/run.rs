//! Sentences about runs of the architect.

use super::Moment;
use crate::block::Block;
use crate::decide::Did;
use crate::plan::Plan;
use crate::run::{LeftOut, Run, RunStatus};

/// Tasks that a report lists, of those that were added and of those that were not.
const LISTED: usize = 12;

pub(super) fn sentence(did: Did, run: &Run) -> String {
    let goal = run.name();
    match (did, run.state.status) {
        (Did::Started, _) => format!(
            "Started to plan “{goal}”. It goes on in the background; the tasks come to the timeline by themselves."
        ),
        (Did::Retried, _) => format!("Trying “{goal}” again, from where it failed."),
        (Did::Cancelled, _) => format!("Cancelled “{goal}”. No tasks were added."),
        (Did::Nothing, RunStatus::Running) => format!("“{goal}” is being worked on already; nothing new was started."),
        (Did::Nothing, RunStatus::Completed) => {
            format!("“{goal}” was planned a moment ago; nothing new was started.")
        }
        (Did::Nothing, RunStatus::Cancelled) => format!("“{goal}” was cancelled already; nothing was changed."),
        _ => format!("“{goal}”: {}", run.state.message),
    }
}

impl Moment {
    /// What was placed, in a sentence or two: “Added 9 tasks, Tue 24 Nov – Fri 4 Dec. 2 were left out.”
    /// Those of an archived plan are not seen, and it is said how to.
    pub(crate) fn placed(&self, blocks: &[Block], left_out: usize, plan: &Plan) -> String {
        let mut sentences = vec![format!("Added {}{}.", tasks(blocks.len()), self.between(blocks))];
        match left_out {
            0 => {}
            1 => sentences.push("1 was left out.".to_owned()),
            more => sentences.push(format!("{more} were left out.")),
        }
        sentences.extend(put_away(plan));
        sentences.join(" ")
    }

    /// `, Tue 24 Nov – Fri 4 Dec`: the first and the last day of blocks, which are by start.
    fn between(&self, blocks: &[Block]) -> String {
        let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else { return String::new() };
        let (first, last) = (self.day(first.span.start()), self.day(last.span.start()));
        if first == last { format!(", {first}") } else { format!(", {first} – {last}") }
    }

    /// What the person is told in the chat when a run is over, in Markdown. `plan` is that of the blocks.
    pub fn run_report(&self, run: &Run, blocks: &[Block], plan: Option<&Plan>) -> String {
        if run.state.status == RunStatus::Failed {
            let why = run.state.error.as_deref().unwrap_or(&run.state.message);
            return format!("I could not plan “{}”. {why}\n\nNothing was added to the timeline.", run.name());
        }
        let mut parts = vec![format!("“{}” is planned: {}{}.", run.name(), tasks(blocks.len()), self.between(blocks))];
        parts.push(list(blocks, |block| format!("{}: {} ({})", self.span(block.span), block.title, block.handle)));
        if !run.state.left_out.is_empty() {
            parts.push("These were left out:".to_owned());
            parts.push(list(&run.state.left_out, |LeftOut { title, why }| format!("{title}: {why}")));
        }
        parts.extend(plan.and_then(put_away));
        parts.push("One undo takes all of it back.".to_owned());
        parts.join("\n\n")
    }
}

/// Where to find what was added to a plan that was archived meanwhile.
fn put_away(plan: &Plan) -> Option<String> {
    let title = &plan.title;
    (!plan.is_in_use())
        .then(|| format!("“{title}” was archived meanwhile, and they are in it; switch to it to see them."))
}

fn list<T>(items: &[T], line: impl Fn(&T) -> String) -> String {
    let mut lines: Vec<String> = items.iter().take(LISTED).map(|item| format!("- {}", line(item))).collect();
    if items.len() > LISTED {
        lines.push(format!("- and {} more", items.len() - LISTED));
    }
    lines.join("\n")
}

fn tasks(count: usize) -> String {
    if count == 1 { "1 task".to_owned() } else { format!("{count} tasks") }
}
