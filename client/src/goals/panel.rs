//! A goal that is proposed or lives: its progress, what is planned for it, and what can be done with it.

use dioxus::prelude::*;
use flux_protocol::frame::GoalSummary;
use flux_timeline::GoalStatus;
use flux_timeline::progress::Progress;

use super::act::panel_id;
use super::adjust::Adjust;
use super::words;
use crate::extras;
use crate::shell::icon::{Icon, Shape};
use crate::store::{Store, use_store};
use crate::timeline::Jump;

/// The goal.
#[component]
pub fn GoalPanel(goal: GoalSummary) -> Element {
    let store = use_store();
    let status = goal.state.status;
    let is_looked_at = store.looking.read().as_ref().is_some_and(|looking| looking.goal == goal.id);
    let (label, name) = (words::standing(&goal), goal.name().to_owned());
    rsx! {
        div {
            id: panel_id(goal.id),
            class: "goal",
            tabindex: "-1",
            "data-goal": status.as_str(),
            "data-behind": goal.state.behind_since.is_some(),
            role: "group",
            aria_label: "{name}, {label}",
            div { class: "goal-head",
                span { class: "goal-mark", aria_hidden: "true", Icon { shape: shape(&goal) } }
                div { class: "goal-title",
                    span { class: "goal-label", {label} }
                    p { title: "{goal.text}", "{name}" }
                }
                Actions { goal: goal.clone(), is_looked_at }
            }
            if status != GoalStatus::Proposed {
                Course { goal: goal.clone() }
            }
            if is_looked_at {
                Look { goal: goal.clone() }
            }
        }
    }
}

#[component]
fn Actions(goal: GoalSummary, is_looked_at: bool) -> Element {
    let mut store = use_store();
    let mut is_ending = use_signal(|| false);
    let id = goal.id;
    let name = goal.name().to_owned();
    let status = goal.state.status;
    let button = |label: &'static str, request: &'static str| {
        let name = name.clone();
        rsx! {
            button {
                class: "button quiet",
                r#type: "button",
                aria_label: "{label} {name}",
                disabled: *store.is_goal_busy.read(),
                onclick: move |_| store.request_goal(id, request),
                {label}
            }
        }
    };
    let look = |label: &'static str, adjusts: bool| {
        let (goal, name) = (goal.clone(), name.clone());
        rsx! {
            button {
                class: "button quiet",
                r#type: "button",
                aria_expanded: is_looked_at,
                aria_label: "{label} {name}",
                onclick: move |_| {
                    if is_looked_at { store.looking.set(None) } else { store.look_at_goal(&goal, adjusts) }
                },
                if is_looked_at { "Close" } else { {label} }
            }
        }
    };
    rsx! {
        div { class: "goal-actions",
            match status {
                GoalStatus::Proposed => rsx! {
                    {look("Look at it", false)}
                    {button("Dismiss", "end")}
                },
                GoalStatus::Active => rsx! {
                    {look("Change", true)}
                    {button("Pause", "pause")}
                    if is_ending() {
                        span { class: "goal-sure", role: "status", "End it?" }
                        {button("Yes, end", "end")}
                        button { class: "button quiet", r#type: "button", onclick: move |_| is_ending.set(false), "No" }
                    } else {
                        button {
                            class: "button quiet",
                            r#type: "button",
                            aria_label: "End {name}",
                            onclick: move |_| is_ending.set(true),
                            "End"
                        }
                    }
                },
                GoalStatus::Paused => rsx! {
                    {button("Resume", "resume")}
                    {button("End", "end")}
                },
                GoalStatus::Ended => rsx! {
                    {button("Resume", "resume")}
                    {button("Remove", "remove")}
                },
            }
        }
    }
}

/// How far a goal has come.
#[component]
fn Course(goal: GoalSummary) -> Element {
    let mut store = use_store();
    if goal.state.status != GoalStatus::Active {
        // What is open is off the timeline, so nothing is known of it.
        return rsx! {
            p { class: "goal-message", {words::done_so_far(&goal.progress)} }
        };
    }
    let times = store.projection.read().times();
    let Progress { next, milestones, .. } = goal.progress.clone();
    let percent = words::percent(&goal.progress);
    let name = goal.name().to_owned();
    let today = store.today();
    rsx! {
        div {
            class: "goal-bar",
            role: "progressbar",
            aria_label: "Progress of {name}",
            aria_valuemin: "0",
            aria_valuemax: "100",
            aria_valuenow: "{percent}",
            div { width: "{percent}%" }
        }
        p { class: "goal-message", {words::done(&goal.progress)} }
        if let Some(next) = next {
            p { class: "goal-message",
                "Next: "
                button {
                    class: "text-button",
                    r#type: "button",
                    onclick: move |_| store.go_to(Jump::Day(times.date(next.span.start()))),
                    {words::when(next.span, times, today)}
                }
                ", {next.title}"
            }
        }
        if !milestones.is_empty() {
            ul { class: "goal-milestones", aria_label: "Milestones of {name}",
                for milestone in milestones {
                    li { "data-reached": milestone.reached,
                        Icon { shape: if milestone.reached { Shape::Tick } else { Shape::Clock } }
                        span {
                            if milestone.reached {
                                span { class: "visually-hidden", "Reached: " }
                            }
                            "{milestone.title}"
                            if let Some(at) = milestone.at {
                                span { class: "muted", ", {words::day(at, times, today)}" }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How the goal would be planned with the wishes in the fields.
#[component]
fn Look(goal: GoalSummary) -> Element {
    let mut store = use_store();
    let Some(looking) = store.looking.read().clone() else { return rsx! {} };
    let is_proposal = looking.is_proposal;
    let (kept, all) = (looking.kept().count(), looking.preview.as_ref().map_or(0, |preview| preview.parts.len()));
    let label = words::take(is_proposal, kept, all);
    let notes = looking.preview.as_ref().map(|preview| preview.notes.join("\n\n")).unwrap_or_default();
    let left_out = looking.preview.as_ref().map(|preview| preview.left_out.clone()).unwrap_or_default();
    let name = goal.name().to_owned();
    rsx! {
        div { class: "goal-look",
            p { class: "goal-message", role: "status",
                if let Some(problem) = looking.problem.as_ref() {
                    span { class: "goal-trouble", "{problem}" }
                } else if looking.preview.is_none() {
                    "Looking for times…"
                } else {
                    {words::planned(&looking, store.projection.read().times(), store.today())}
                }
            }
            if !notes.is_empty() {
                extras::Extra { part: extras::Part::Markdown { text: notes, is_partial: false } }
            }
            if !left_out.is_empty() {
                details { class: "goal-left-out",
                    summary { "Without a time: {left_out.len()}" }
                    ul {
                        for left in left_out {
                            li { "{left.title}: {left.why}" }
                        }
                    }
                }
            }
            if looking.adjusts {
                Adjust { name: name.clone() }
            }
            div { class: "goal-buttons",
                button {
                    class: "button primary",
                    r#type: "button",
                    disabled: kept == 0 || !looking.is_current() || *store.is_goal_busy.read(),
                    onclick: move |_| store.take_plan(),
                    {label}
                }
                if !looking.adjusts {
                    button {
                        class: "button",
                        r#type: "button",
                        onclick: move |_| adjust(store),
                        "Change hours or dates"
                    }
                }
            }
        }
    }
}

fn adjust(mut store: Store) {
    if let Some(looking) = store.looking.write().as_mut() {
        looking.adjusts = true;
    }
}

fn shape(goal: &GoalSummary) -> Shape {
    match goal.state.status {
        GoalStatus::Proposed => Shape::Question,
        GoalStatus::Active if goal.state.behind_since.is_some() => Shape::Warning,
        GoalStatus::Active => Shape::Clock,
        GoalStatus::Paused => Shape::Stop,
        GoalStatus::Ended => Shape::Tick,
    }
}
