//! Sentences about runs of the architect.

use flux_timeline::block::Block;
use flux_timeline::decide::Did;
use flux_timeline::describe::{archived_meanwhile, counted_work};
use flux_timeline::free_time::ActivityHours;
use flux_timeline::moment::Moment;
use flux_timeline::plan::Plan;
use flux_timeline::run::{LeftOut, Run, RunStatus};

/// The most tasks in each list of a report: of tasks that were added, and of tasks that were not.
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

/// What a report says of a goal that is only proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposed {
    /// The hours in which it is planned, if the person has not said yet when they have time for it.
    pub assumed: Option<ActivityHours>,
}

/// The chat message that ends a run, in Markdown. `plan` is the plan of `blocks`, which are only `proposed`, or on the timeline.
pub fn run_report(
    moment: &Moment,
    run: &Run,
    blocks: &[Block],
    plan: Option<&Plan>,
    proposed: Option<Proposed>,
) -> String {
    if run.state.status == RunStatus::Failed {
        let why = run.state.error.as_deref().unwrap_or(&run.state.message);
        return format!("I could not plan “{}”. {why}\n\nNothing was added to the timeline.", run.name());
    }
    if blocks.is_empty() {
        return format!("“{}” was worked out. Nothing of it is on the timeline.", run.name());
    }
    let (what, when) = (counted_work(blocks), moment.days_of(blocks));
    let mut parts = vec![match proposed {
        Some(_) => format!("“{}” is worked out: {what}{when}. Nothing is on the timeline yet.", run.name()),
        None => format!("“{}” is planned: {what}{when}.", run.name()),
    }];
    parts.push(list(blocks, |block| match proposed {
        Some(_) => format!("{}: {}", moment.time_of(block), block.title),
        None => format!("{}: {} ({})", moment.time_of(block), block.title, block.handle),
    }));
    parts.extend(run.state.notes.iter().cloned());
    if !run.state.left_out.is_empty() {
        parts.push("These were left out:".to_owned());
        parts.push(list(&run.state.left_out, |LeftOut { title, why }| format!("{title}: {why}")));
    }
    let Some(proposed) = proposed else {
        parts.extend(plan.and_then(archived_meanwhile));
        parts.push("One undo takes all of it back.".to_owned());
        return parts.join("\n\n");
    };
    if let Some(hours) = proposed.assumed {
        parts.push(format!(
            "You have not told me yet when you have time for it, so these are times {}. Is that right?",
            hours.words(moment.format())
        ));
    }
    parts.push("Accept it, or change the hours, the days or the deadline first.".to_owned());
    parts.join("\n\n")
}

fn list<T>(items: &[T], line: impl Fn(&T) -> String) -> String {
    let mut lines: Vec<String> = items.iter().take(LISTED).map(|item| format!("- {}", line(item))).collect();
    if items.len() > LISTED {
        lines.push(format!("- and {} more", items.len() - LISTED));
    }
    lines.join("\n")
}
