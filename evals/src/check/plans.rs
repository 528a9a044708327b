//! Changes of plans.

use super::verdict;
use crate::case::{PlansExpect, folded};
use crate::picture::{BlockLine, Change, Picture, PlanLine};
use crate::record::Verdict;
use crate::world::Observed;

pub(super) fn check(
    expect: Option<&PlansExpect>,
    seen: &Observed,
    rest: &mut Vec<&Change>,
    verdicts: &mut Vec<Verdict>,
) {
    let Some(expect) = expect else { return };
    let mut wrong = Vec::new();
    let mut explained: Vec<&str> = Vec::new();
    for title in &expect.added {
        let new = seen.changes.iter().find_map(|change| match change {
            Change::PlanAdded { now } if title.is_in(&now.title) && !explained.contains(&now.id.as_str()) => Some(now),
            _ => None,
        });
        match new {
            Some(plan) => explained.push(&plan.id),
            None => wrong.push(format!("no plan {title} was added")),
        }
    }
    let mut turned = |title: &String, what: &str, holds: &dyn Fn(&PlanLine, Option<&PlanLine>) -> bool| {
        let Some(before) = named(&seen.before, title) else {
            wrong.push(format!("there was no plan {title:?} before"));
            return;
        };
        explained.push(&before.id);
        if !holds(before, seen.now.plans.iter().find(|plan| plan.id == before.id)) {
            wrong.push(format!("the plan {title:?} {what}"));
        }
    };
    for title in &expect.gone {
        turned(title, "is still there", &|_, now| now.is_none());
    }
    for title in &expect.archived {
        turned(title, "was not archived", &|before, now| !before.archived && now.is_some_and(|now| now.archived));
    }
    for title in &expect.restored {
        turned(title, "is not in use", &|before, now| before.archived && now.is_some_and(|now| !now.archived));
    }
    for renamed in &expect.renamed {
        let what = format!("is not named {}", renamed.to);
        turned(&renamed.from, &what, &|_, now| now.is_some_and(|now| renamed.to.is_in(&now.title)));
    }
    for recolored in &expect.recolored {
        let what = format!("is not {}", recolored.color.as_str());
        turned(&recolored.plan, &what, &|_, now| now.is_some_and(|now| now.color == Some(recolored.color)));
    }
    if let Some(title) = &expect.active {
        let active = seen.now.active().map(|plan| plan.title.clone()).unwrap_or_default();
        if !title.is_in(&active) {
            wrong.push(format!("the active plan is {active:?}, not {title}"));
        }
    }
    // Becoming active or inactive does not count as another change of a plan.
    let others_may_take_over =
        expect.active.is_some() || !expect.added.is_empty() || !expect.gone.is_empty() || !expect.archived.is_empty();
    let takes_over = |before: &PlanLine, now: &PlanLine| {
        others_may_take_over && before.active != now.active && PlanLine { active: now.active, ..before.clone() } == *now
    };
    rest.retain(|change| match change {
        Change::PlanAdded { now } => !explained.contains(&now.id.as_str()),
        Change::PlanGone { before } => !explained.contains(&before.id.as_str()),
        Change::PlanChanged { before, now } => !(explained.contains(&before.id.as_str()) || takes_over(before, now)),
        // Renaming a plan changes its blocks, and deleting it removes them.
        Change::BlockChanged { before, now } => {
            let renamed = expect.renamed.iter().any(|renamed| folded(&renamed.from) == folded(&before.plan));
            !(renamed && BlockLine { plan: now.plan.clone(), ..before.clone() } == *now)
        }
        Change::BlockGone { before } => !expect.gone.iter().any(|title| folded(title) == folded(&before.plan)),
        _ => true,
    });
    let compared = match wrong.is_empty() {
        true => format!("the plans are: {}", listed(&seen.now)),
        false => format!("{}; the plans are: {}", wrong.join(", "), listed(&seen.now)),
    };
    verdicts.push(verdict("plans", wrong.is_empty(), compared));
}

fn named<'a>(picture: &'a Picture, title: &str) -> Option<&'a PlanLine> {
    picture.plans.iter().find(|plan| folded(&plan.title) == folded(title))
}

fn listed(picture: &Picture) -> String {
    let plans: Vec<String> = picture.plans.iter().map(ToString::to_string).collect();
    plans.join("; ")
}
