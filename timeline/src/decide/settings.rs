//! Decisions about settings.

use super::{Decided, Decision, Outcome, read};
use crate::command::{Locale, SettingsUpdate};
use crate::event::EventKind;
use crate::limits;
use crate::rejection::Rejection;
use crate::reminder::Reminders;
use crate::view::ReadPlans;

/// Takes the time zone of a client and the conventions of its locale, unless a zone is known.
pub(super) fn learn<V: ReadPlans>(view: &V, locale: Locale) -> Decided<V> {
    let Locale { zone, hour_format, week_start } = locale;
    let update = match read(view.settings())?.time_zone {
        Some(_) => SettingsUpdate::default(),
        None => SettingsUpdate { time_zone: Some(zone), hour_format, week_start, ..SettingsUpdate::default() },
    };
    change(view, &update)
}

pub(super) fn change<V: ReadPlans>(view: &V, update: &SettingsUpdate) -> Decided<V> {
    if update.break_minutes.is_some_and(|minutes| minutes > limits::BREAK_MINUTES) {
        return Err(Rejection::BreakTooLong.into());
    }
    if let Some(Some(minutes)) = update.remind_minutes {
        Reminders::new(&[minutes]).map_err(Rejection::from)?;
    }
    let before = read(view.settings())?;
    let mut after = before.clone();
    after.time_zone = update.time_zone.or(after.time_zone);
    after.working_hours = update.working_hours.unwrap_or(after.working_hours);
    after.break_minutes = update.break_minutes.unwrap_or(after.break_minutes);
    after.week_start = update.week_start.unwrap_or(after.week_start);
    after.hour_format = update.hour_format.unwrap_or(after.hour_format);
    after.reschedule_overdue = update.reschedule_overdue.unwrap_or(after.reschedule_overdue);
    after.remind_minutes = update.remind_minutes.unwrap_or(after.remind_minutes);
    after.quiet_hours = update.quiet_hours.unwrap_or(after.quiet_hours);
    after.accept_goals = update.accept_goals.unwrap_or(after.accept_goals);
    for (activity, hours) in &update.activity_hours {
        after.activity_hours.set(*activity, *hours);
    }
    let events =
        if after == before { Vec::new() } else { vec![EventKind::SettingsChanged { before, after: after.clone() }] };
    Ok(Decision { events, outcome: Outcome::Settings(after) })
}
