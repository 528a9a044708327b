//! Phases in time: when they end, and how many weeks each of them has.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Outline, Phase};
use crate::place::Horizon;

/// The number of weeks that are planned if there is no deadline and the outline does not say how long it takes.
const USUAL_WEEKS: u32 = 12;
/// The most weeks that are planned without a deadline: half a year.
const MOST_WEEKS: u32 = 26;
/// The most days that are looked at: four years. With one session a week, that is as much as a run adds.
const MOST_DAYS: u32 = 4 * 365;

/// How many weeks a phase takes, if it is known: at most those of [`MOST_DAYS`].
fn said(phase: &Phase) -> Option<u32> {
    phase.weeks.map(|weeks| weeks.min(MOST_DAYS / 7))
}

/// When the sessions must have ended: at the deadline. Without one, after as many weeks as they take at the person's hours, at least one and at
/// most [`MOST_WEEKS`], or after [`USUAL_WEEKS`] if that is not known.
pub(super) fn end(outline: &Outline, horizon: &Horizon) -> DateTime<Utc> {
    let weeks = match (needed_minutes(&outline.phases), horizon.minutes_per_week) {
        (None, _) => USUAL_WEEKS,
        // Each phase has a week, however short it is.
        (Some(needed), Some(weekly)) => {
            needed.div_ceil(weekly.max(1)).max(u32::try_from(outline.phases.len()).unwrap_or(u32::MAX))
        }
        (Some(_), None) => outline.phases.iter().filter_map(|phase| weeks_of(phase, horizon)).sum(),
    };
    let end = horizon.not_before + TimeDelta::weeks(weeks.clamp(1, MOST_WEEKS).into());
    horizon.deadline.unwrap_or(end).min(horizon.not_before + TimeDelta::days(MOST_DAYS.into()))
}

/// How many weeks a phase takes with sessions as long as the person wants them, at least one.
fn weeks_of(phase: &Phase, horizon: &Horizon) -> Option<u32> {
    needed_by(phase).map(|needed| needed.div_ceil(phase.weekly_minutes(horizon).max(1)).max(1))
}

/// How many minutes all sessions take together, if the outline says how many weeks each phase takes.
pub(super) fn needed_minutes(phases: &[Phase]) -> Option<u32> {
    phases.iter().try_fold(0u32, |sum, phase| Some(sum.saturating_add(needed_by(phase)?)))
}

/// How many minutes the sessions of a phase take together, if it is known how many weeks it takes.
pub(super) fn needed_by(phase: &Phase) -> Option<u32> {
    Some(said(phase)?.saturating_mul(phase.per_week).saturating_mul(phase.minutes))
}

/// For each phase, the number of the week, counted from 0, before which it ends. The weeks are divided in proportion to those that the phases take;
/// a phase that does not say it counts like the others on average. Each has at least one week while there are enough; otherwise the first
/// phases have one each.
pub(super) fn ends(phases: &[Phase], weeks: u32) -> Vec<u32> {
    let known: Vec<u32> = phases.iter().filter_map(said).collect();
    let count = u32::try_from(known.len()).unwrap_or(u32::MAX);
    let average = known.iter().sum::<u32>().checked_div(count).unwrap_or(1);
    let share = |phase: &Phase| said(phase).unwrap_or(average).max(1);
    let all: u32 = phases.iter().map(share).sum::<u32>().max(1);
    let (mut sum, mut last) = (0, 0);
    let mut following = u32::try_from(phases.len()).unwrap_or(u32::MAX);
    let mut ends = Vec::with_capacity(phases.len());
    for phase in phases {
        sum += share(phase);
        following -= 1;
        let end = (sum.saturating_mul(weeks) + all / 2) / all;
        last = end.max(last + 1).min(weeks.saturating_sub(following).max(last + 1)).min(weeks);
        ends.push(last);
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Title;

    #[test]
    fn weeks_are_divided_in_proportion_and_each_phase_has_one() {
        let phases = |weeks: &[Option<u32>]| -> Vec<Phase> {
            let title = Title::new("Run").unwrap();
            let phase = |weeks: &Option<u32>| Phase {
                title: title.clone(),
                description: None,
                minutes: 60,
                per_week: 2,
                weeks: *weeks,
                milestone: None,
            };
            weeks.iter().map(phase).collect()
        };
        for (said, weeks, expected) in [
            (vec![Some(8), Some(6), Some(2)], 16, vec![8, 14, 16]),
            (vec![Some(8), Some(6), Some(2)], 8, vec![4, 7, 8]),
            (vec![Some(8), Some(6), Some(2)], 32, vec![16, 28, 32]),
            (vec![Some(20), Some(1), Some(1)], 4, vec![2, 3, 4]),
            (vec![Some(1), Some(1), Some(20)], 4, vec![1, 2, 4]),
            (vec![None, None], 5, vec![3, 5]),
            (vec![Some(4), None, Some(8)], 18, vec![4, 10, 18]),
            (vec![None], 1, vec![1]),
            (vec![None, None, None], 2, vec![1, 2, 2]),
            (vec![], 3, vec![]),
        ] {
            assert_eq!(ends(&phases(&said), weeks), expected, "{said:?} in {weeks}");
        }
    }
}
