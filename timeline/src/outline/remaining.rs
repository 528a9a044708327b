//! What of an outline is still to be done, so that the rest of a goal can be planned again.

use chrono::{DateTime, Utc};

use super::phases::needed_by;
use super::{Outline, Phase};
use crate::place::Task;

/// What has been done of an outline. Where a list is shorter than that of the outline, nothing has been done of the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// For each task, whether it is done.
    pub tasks: Vec<bool>,
    /// What has been done of each phase.
    pub phases: Vec<PhaseDone>,
}

/// What has been done of a phase.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PhaseDone {
    /// The number of its sessions that are done.
    pub sessions: u32,
    /// How long these were together, in minutes.
    pub minutes: u32,
}

/// An outline of what is still to be done, and where its parts come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remaining {
    /// The tasks and phases that are not over.
    pub outline: Outline,
    /// For each task of [`outline`](Self::outline), its index in the original one, ascending.
    pub tasks: Vec<usize>,
    /// For each phase of [`outline`](Self::outline), its origin, ascending.
    pub phases: Vec<RemainingPhase>,
}

/// Where a phase comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemainingPhase {
    /// Its index in the original outline.
    pub phase: usize,
    /// How many of its sessions are done. The next one has the number after that.
    pub sessions_done: u32,
}

impl Remaining {
    /// Whether everything is done.
    pub fn is_empty(&self) -> bool {
        self.outline.tasks.is_empty() && self.outline.phases.is_empty()
    }
}

/// Leaves what is done out of an outline:
///
/// - Done tasks are gone, and no task depends on them any more.
/// - A phase is over when a later one has sessions that are done, or when all its minutes are done. With a deadline, the last phase goes on until
///   then in any case, as it does in a plan that is made in advance.
/// - A phase under way takes as many of its weeks as its minutes that are not done, at least one. One that does not say how many it takes stays
///   as it is.
pub fn remaining(outline: &Outline, done: &Done, deadline: Option<DateTime<Utc>>) -> Remaining {
    let is_done = |task: usize| done.tasks.get(task).copied().unwrap_or_default();
    let tasks: Vec<usize> = (0..outline.tasks.len()).filter(|task| !is_done(*task)).collect();
    let new_index = |task: &usize| tasks.binary_search(task).ok();
    let left = |(_, task): (usize, &Task)| Task {
        depends_on: task.depends_on.iter().filter_map(new_index).collect(),
        ..task.clone()
    };
    let left_tasks = outline.tasks.iter().enumerate().filter(|(index, _)| !is_done(*index)).map(left).collect();

    let done_of = |phase: usize| done.phases.get(phase).copied().unwrap_or_default();
    let last = outline.phases.len().saturating_sub(1);
    let current = (0..=last).rfind(|phase| done_of(*phase).sessions > 0).unwrap_or_default();
    let (mut phases, mut left_phases) = (Vec::new(), Vec::new());
    for (index, phase) in outline.phases.iter().enumerate().skip(current) {
        let PhaseDone { sessions, minutes } = done_of(index);
        let weeks = match (weeks_left(phase, minutes), phase.weeks) {
            (Some(0), _) if deadline.is_none() || index < last => continue,
            (left, said) => left.map(|left| left.max(1)).or(said),
        };
        phases.push(RemainingPhase { phase: index, sessions_done: sessions });
        left_phases.push(Phase { weeks, ..phase.clone() });
    }
    let outline = Outline { activity: outline.activity, tasks: left_tasks, phases: left_phases };
    Remaining { outline, tasks, phases }
}

/// How many weeks a phase still takes after so many minutes, rounded up. `None` if nothing is done of it, or if it does not say how many it takes.
fn weeks_left(phase: &Phase, minutes: u32) -> Option<u32> {
    let (weeks, needed) = (u64::from(phase.weeks?), u64::from(needed_by(phase)?));
    let left = needed.saturating_sub(minutes.into());
    if minutes == 0 { None } else { u32::try_from((weeks * left).div_ceil(needed.max(1))).ok() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::block::Priority;
    use crate::free_time::Activity;
    use crate::text::Title;

    fn title(text: &str) -> Title {
        Title::new(text).unwrap()
    }

    fn task(text: &str, depends_on: &[usize]) -> Task {
        Task {
            title: title(text),
            description: None,
            minutes: 30,
            priority: Priority::Medium,
            depends_on: depends_on.to_vec(),
            after_sessions: false,
        }
    }

    /// Two sessions of an hour a week.
    fn phase(text: &str, weeks: Option<u32>) -> Phase {
        Phase { title: title(text), description: None, minutes: 60, per_week: 2, weeks, milestone: None }
    }

    fn hours(sessions: u32) -> PhaseDone {
        PhaseDone { sessions, minutes: sessions * 60 }
    }

    const DEADLINE: Option<DateTime<Utc>> = Some(DateTime::UNIX_EPOCH);

    #[test]
    fn done_tasks_are_gone_and_nothing_waits_for_them() {
        let tasks = vec![task("A", &[]), task("B", &[0]), task("C", &[0, 1]), task("D", &[2, 1])];
        let outline = Outline { activity: Activity::Study, tasks, phases: vec![] };
        let done = Done { tasks: vec![true, false, true], phases: vec![] };
        let left = remaining(&outline, &done, None);
        assert_eq!(left.outline.tasks, [task("B", &[]), task("D", &[0])]);
        assert_eq!(left.tasks, [1, 3]);
        let all = Done { tasks: vec![true; 4], phases: vec![] };
        assert!(remaining(&outline, &all, DEADLINE).is_empty());
    }

    #[test]
    fn a_phase_takes_the_weeks_that_are_left_of_it() {
        let phases = vec![phase("Base", Some(8)), phase("Build", Some(4)), phase("Taper", None)];
        let outline = Outline { phases, ..Outline::default() };
        for (done, deadline, expected, why) in [
            (vec![], None, vec![(0, 0, Some(8)), (1, 0, Some(4)), (2, 0, None)], "nothing is done"),
            (vec![hours(1)], None, vec![(0, 1, Some(8)), (1, 0, Some(4)), (2, 0, None)], "rounded up"),
            (vec![hours(6)], None, vec![(0, 6, Some(5)), (1, 0, Some(4)), (2, 0, None)], "five of eight"),
            (vec![hours(15)], None, vec![(0, 15, Some(1)), (1, 0, Some(4)), (2, 0, None)], "the last session"),
            (vec![hours(16)], None, vec![(1, 0, Some(4)), (2, 0, None)], "all minutes are done"),
            (vec![hours(3), hours(1)], None, vec![(1, 1, Some(4)), (2, 0, None)], "the next one has begun"),
            (vec![hours(3), hours(8)], None, vec![(2, 0, None)], "and is over, too"),
            (vec![hours(0), hours(0), hours(50)], None, vec![(2, 50, None)], "nobody knows how long it takes"),
        ] {
            let left = remaining(&outline, &Done { tasks: vec![], phases: done }, deadline);
            let phases = left.phases.iter().zip(&left.outline.phases);
            let found: Vec<_> = phases.map(|(from, phase)| (from.phase, from.sessions_done, phase.weeks)).collect();
            assert_eq!(found, expected, "{why}");
        }
    }

    #[test]
    fn the_last_phase_goes_on_until_the_deadline() {
        let outline = Outline { phases: vec![phase("Lesson", Some(4)), phase("Talk", Some(2))], ..Outline::default() };
        let done = Done { tasks: vec![], phases: vec![hours(8), hours(4)] };
        assert!(remaining(&outline, &done, None).is_empty());
        let left = remaining(&outline, &done, DEADLINE);
        assert_eq!(left.phases, [RemainingPhase { phase: 1, sessions_done: 4 }]);
        assert_eq!(left.outline.phases, [phase("Talk", Some(1))]);
    }

    fn outlines() -> impl Strategy<Value = Outline> {
        let tasks = prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 0..4), 0..8);
        let phases = prop::collection::vec((0u32..=480, 0u32..=7, prop::option::of(0u32..300)), 0..4);
        (tasks, phases).prop_map(|(tasks, phases)| {
            let made = tasks.iter().enumerate().map(|(index, on)| {
                let on: Vec<usize> = on.iter().filter(|_| index > 0).map(|on| on.index(index)).collect();
                task(&format!("Task {index}"), &on)
            });
            let of = |(index, (minutes, per_week, weeks)): (usize, &(u32, u32, Option<u32>))| Phase {
                minutes: *minutes,
                per_week: *per_week,
                ..phase(&format!("Phase {index}"), *weeks)
            };
            Outline {
                activity: Activity::Other,
                tasks: made.collect(),
                phases: phases.iter().enumerate().map(of).collect(),
            }
        })
    }

    fn done() -> impl Strategy<Value = Done> {
        let phase = (0u32..20, 0u32..3_000).prop_map(|(sessions, minutes)| PhaseDone { sessions, minutes });
        (prop::collection::vec(any::<bool>(), 0..10), prop::collection::vec(phase, 0..5))
            .prop_map(|(tasks, phases)| Done { tasks, phases })
    }

    proptest! {
        #[test]
        fn if_nothing_is_done_everything_remains(outline in outlines(), deadline in any::<bool>()) {
            let left = remaining(&outline, &Done::default(), DEADLINE.filter(|_| deadline));
            prop_assert_eq!(&left.outline, &outline);
            prop_assert!(left.tasks.into_iter().eq(0..outline.tasks.len()));
            prop_assert!(left.phases.into_iter().map(|from| from.phase).eq(0..outline.phases.len()));
        }

        #[test]
        fn what_remains_is_part_of_the_outline(outline in outlines(), done in done(), deadline in any::<bool>()) {
            let Remaining { outline: left, tasks, phases } = remaining(&outline, &done, DEADLINE.filter(|_| deadline));
            prop_assert_eq!((left.tasks.len(), left.phases.len()), (tasks.len(), phases.len()));
            prop_assert!(tasks.is_sorted_by(|one, other| one < other));
            prop_assert!(phases.is_sorted_by(|one, other| one.phase < other.phase));
            for (index, (task, from)) in left.tasks.iter().zip(&tasks).enumerate() {
                prop_assert_eq!(&task.title, &outline.tasks[*from].title);
                prop_assert!(!done.tasks.get(*from).copied().unwrap_or_default());
                prop_assert!(task.depends_on.iter().all(|on| *on < index), "nothing later and nothing that is missing");
                let open = |on: &usize| !done.tasks.get(*on).copied().unwrap_or_default();
                let before: Vec<usize> = outline.tasks[*from].depends_on.iter().copied().filter(open).collect();
                let after: Vec<usize> = task.depends_on.iter().map(|on| tasks[*on]).collect();
                prop_assert_eq!(before, after, "the same tasks");
            }
            for (phase, from) in left.phases.iter().zip(&phases) {
                let original = &outline.phases[from.phase];
                prop_assert_eq!(&Phase { weeks: original.weeks, ..phase.clone() }, original);
                prop_assert!(phase.weeks.unwrap_or_default() <= original.weeks.unwrap_or_default().max(1));
                let later = done.phases.iter().take(outline.phases.len()).skip(from.phase + 1);
                prop_assert!(later.map(|later| later.sessions).sum::<u32>() == 0);
            }
        }
    }
}
