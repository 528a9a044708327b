//! Goals in words. Pure.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use flux_protocol::frame::GoalSummary;
use flux_timeline::progress::Progress;
use flux_timeline::{Activity, GoalStatus, Run, RunStatus, Settings, Span, clock};

use super::look::Looking;
use crate::timeline::words::{Times, day_name};

/// For this long a goal is shown on the timeline after it failed.
const FAILED_SHOWN: TimeDelta = TimeDelta::hours(24);

/// The status of a goal, as the style sheets name it.
pub fn kind(status: RunStatus) -> &'static str {
    status.as_str()
}

/// The label above the goal.
pub fn label(run: &Run) -> &'static str {
    match run.state.status {
        RunStatus::Running => "Planning",
        RunStatus::Completed => "Planned",
        RunStatus::Failed => "Not planned",
        RunStatus::Cancelled => "Cancelled",
    }
}

/// What went wrong, if that helps the person: why the goal is tried again, or why it failed.
pub fn trouble(run: &Run) -> Option<&str> {
    let is_told = matches!(run.state.status, RunStatus::Running | RunStatus::Failed);
    run.state.error.as_deref().filter(|_| is_told)
}

/// Whether a goal is shown on the timeline: while it is worked on, and for a day where it failed.
pub fn is_shown(run: &Run, now: DateTime<Utc>) -> bool {
    match run.state.status {
        RunStatus::Running => true,
        RunStatus::Failed => now - run.changed_at() < FAILED_SHOWN,
        RunStatus::Completed | RunStatus::Cancelled => false,
    }
}

/// The label above a goal that is proposed or lives.
pub fn standing(goal: &GoalSummary) -> &'static str {
    match goal.state.status {
        GoalStatus::Proposed => "Proposed",
        GoalStatus::Active if goal.state.behind_since.is_some() => "Behind by a week",
        GoalStatus::Active => "On track",
        GoalStatus::Paused => "Paused",
        GoalStatus::Ended => "Ended",
    }
}

/// How much of a goal is done, in percent of its minutes.
pub fn percent(progress: &Progress) -> u32 {
    let Progress { sessions_done, sessions, tasks_done, tasks, .. } = *progress;
    ((sessions_done + tasks_done) * 100).checked_div(sessions + tasks).unwrap_or_default()
}

/// `4 of 20 sessions and 1 of 2 tasks done, 6 h spent, 1 missed`.
pub fn done(progress: &Progress) -> String {
    let counted = |done: u32, all: u32, word: &str| (all > 0).then(|| format!("{done} of {all} {word}"));
    let parts = [
        counted(progress.sessions_done, progress.sessions, "sessions"),
        counted(progress.tasks_done, progress.tasks, "tasks"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        return "Nothing of it is planned.".to_owned();
    }
    let mut text = format!("{} done", parts.join(" and "));
    if progress.minutes_done > 0 {
        text += &format!(", {} spent", clock::length(TimeDelta::minutes(progress.minutes_done.into())));
    }
    if progress.sessions_missed > 0 {
        text += &format!(", {} missed", progress.sessions_missed);
    }
    text
}

/// `4 sessions and 1 task done so far, 6 h spent`.
pub fn done_so_far(progress: &Progress) -> String {
    let parts = [counted(progress.sessions_done, "session"), counted(progress.tasks_done, "task")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        return "Nothing is done yet.".to_owned();
    }
    let spent = clock::length(TimeDelta::minutes(progress.minutes_done.into()));
    format!("{} done so far, {spent} spent", parts.join(" and "))
}

/// `1 session`, `2 sessions`; nothing for 0.
fn counted(count: u32, one: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {one}s")),
    }
}

/// `Tomorrow, 18:30–20:00`.
pub fn when(span: Span, times: Times, today: NaiveDate) -> String {
    let date = times.date(span.start());
    format!("{}, {}", day_of(date, today), times.range(span, date))
}

/// `Tomorrow`, `Tue 24 Nov`.
pub fn day(at: DateTime<Utc>, times: Times, today: NaiveDate) -> String {
    day_of(times.date(at), today)
}

fn day_of(date: NaiveDate, today: NaiveDate) -> String {
    if (date - today).num_days().abs() < 2 { day_name(date, today) } else { clock::day(date, today) }
}

/// `14 sessions and 2 tasks, Tomorrow – Tue 24 Nov.`
pub fn planned(looking: &Looking, times: Times, today: NaiveDate) -> String {
    let count = |is_session: bool| {
        u32::try_from(looking.kept().filter(|part| part.session == is_session).count()).unwrap_or(u32::MAX)
    };
    let (sessions, tasks) = (count(true), count(false));
    let replaced = looking.preview.as_ref().map_or(0, |preview| preview.replaced);
    let replaces = if replaced > 0 { format!(" It replaces {replaced} that are planned now.") } else { String::new() };
    let has_parts = looking.preview.as_ref().is_some_and(|preview| !preview.parts.is_empty());
    let parts: Vec<String> = [counted(sessions, "session"), counted(tasks, "task")].into_iter().flatten().collect();
    let days = looking.kept().next().zip(looking.kept().last());
    match days {
        Some((first, last)) => {
            let [first, last] = [first, last].map(|part| day(part.span.start(), times, today));
            let days = if first == last { first } else { format!("{first} – {last}") };
            format!("{}, {days}. What is dashed is not on the timeline yet.{replaces}", parts.join(" and "))
        }
        None if has_parts => "All of it is left out.".to_owned(),
        None => "Nothing of it finds a time, or nothing remains. Choose other hours or a later date.".to_owned(),
    }
}

/// The words on the button that takes what is shown.
pub fn take(is_proposal: bool, kept: usize, all: usize) -> String {
    match (is_proposal, kept == all) {
        (true, true) => "Add to timeline".to_owned(),
        (true, false) => format!("Add {kept} of {all}"),
        (false, _) => "Plan the rest like this".to_owned(),
    }
}

/// `to study`.
pub fn activity(activity: Activity) -> &'static str {
    match activity {
        Activity::Training => "to train",
        Activity::Study => "to study",
        Activity::Work => "for such work",
        Activity::Other => "for this",
    }
}

/// Where tasks will be placed: `Mon–Fri, 09:00–18:00, breaks of 5 min`.
pub fn hours(settings: &Settings) -> String {
    let hours = settings.working_hours;
    let days: Vec<_> = hours.days().collect();
    let names: Vec<String> = days.iter().map(ToString::to_string).collect();
    let follow = days.windows(2).all(|pair| matches!(pair, [one, other] if one.succ() == *other));
    let days = match names.as_slice() {
        [first, .., last] if follow && names.len() > 2 => format!("{first}–{last}"),
        names => names.join(", "),
    };
    let [from, to] = [hours.from(), hours.to()].map(|at| at.words(settings.hour_format));
    format!("{days}, {from}–{to}, breaks of {} min", settings.break_minutes)
}

#[cfg(test)]
mod tests {
    use flux_timeline::{GoalText, HourFormat, PlanId, RunId, RunState, RunStep};
    use uuid::Uuid;

    use super::*;

    fn run(status: RunStatus, error: Option<&str>) -> Run {
        Run {
            id: RunId::new(Uuid::nil()),
            goal: GoalText::new("Learn German").unwrap(),
            plan: PlanId::new(Uuid::nil()),
            deadline: None,
            minutes_per_week: None,
            started_at: DateTime::UNIX_EPOCH,
            state: RunState {
                status,
                step: RunStep::Brainstorm,
                percent: 5,
                tries: 1,
                attempts: 2,
                message: "Thinking of the tasks.".to_owned(),
                title: None,
                error: error.map(str::to_owned),
                left_out: Vec::new(),
                notes: Vec::new(),
                changed_at: None,
            },
        }
    }

    #[test]
    fn a_goal_is_shown_while_it_is_worked_on_and_for_a_day_where_it_failed() {
        let later = |hours| DateTime::UNIX_EPOCH + TimeDelta::hours(hours);
        let cases = [
            (RunStatus::Running, 100, true),
            (RunStatus::Failed, 23, true),
            (RunStatus::Failed, 24, false),
            (RunStatus::Completed, 0, false),
            (RunStatus::Cancelled, 0, false),
        ];
        for (status, hours, shown) in cases {
            assert_eq!(is_shown(&run(status, None), later(hours)), shown, "{status:?} after {hours} h");
        }
    }

    #[test]
    fn a_goal_that_fails_when_it_is_tried_again_days_later_is_shown_for_a_day_from_then_on() {
        let later = |hours| DateTime::UNIX_EPOCH + TimeDelta::hours(hours);
        let mut run = run(RunStatus::Failed, Some("Down."));
        run.state.changed_at = Some(later(72));
        assert!(is_shown(&run, later(95)));
        assert!(!is_shown(&run, later(96)));
    }

    #[test]
    fn trouble_is_shown_while_it_matters() {
        assert_eq!(trouble(&run(RunStatus::Running, Some("Busy."))), Some("Busy."));
        assert_eq!(trouble(&run(RunStatus::Failed, Some("Down."))), Some("Down."));
        assert_eq!(trouble(&run(RunStatus::Completed, Some("Busy."))), None);
    }

    #[test]
    fn hours_are_shortened() {
        let with = |json: &str| Settings { working_hours: serde_json::from_str(json).unwrap(), ..Settings::default() };
        assert_eq!(hours(&Settings::default()), "Mon–Fri, 09:00–18:00, breaks of 5 min");
        let weekend = with(r#"{"days":["Sat","Sun"],"from":"10:00","to":"12:30"}"#);
        assert_eq!(hours(&weekend), "Sat, Sun, 10:00–12:30, breaks of 5 min");
        let some = with(r#"{"days":["Mon","Wed","Fri"],"from":"08:00","to":"24:00"}"#);
        assert_eq!(hours(&some), "Mon, Wed, Fri, 08:00–24:00, breaks of 5 min");
        let some = Settings { hour_format: HourFormat::Hours12, ..some };
        assert_eq!(hours(&some), "Mon, Wed, Fri, 8:00 AM–12:00 AM, breaks of 5 min");
    }
}
