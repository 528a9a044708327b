//! Reads a change of the settings.

use flux_timeline::command::{Locale, SettingsUpdate};
use flux_timeline::free_time::Activity;
use flux_timeline::{HourFormat, QuietHours, Rejection, Zone};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::{ApiError, misfit};
use super::fields::whole;
use crate::json::read_value;

/// Reads the settings to change. Settings that are not named stay as they are.
pub(super) fn read(arguments: &Value) -> Result<SettingsUpdate, ApiError> {
    let Value::Object(fields) = arguments else {
        return Err(ApiError::Arguments(format!("expected an object, got {arguments}")));
    };
    let mut update = SettingsUpdate::default();
    for (name, given) in fields {
        match (name.as_str(), given) {
            ("timeZone", Value::String(zone)) => update.time_zone = Some(Zone::new(zone).map_err(Rejection::from)?),
            ("timeZone", _) => return Err(misfit(name, "a string", given)),
            ("workingHours", Value::Object(_)) => update.working_hours = Some(read_hours(name, given)?),
            ("workingHours", _) => {
                let form = r#"{"days": ["Mon", …], "from": "09:00", "to": "18:00"}"#;
                return Err(misfit(name, form, given));
            }
            ("breakMinutes", _) => {
                update.break_minutes =
                    Some(whole(given).ok_or_else(|| misfit(name, "a whole number from 0 on", given))?);
            }
            ("weekStart", _) => {
                let day = given.as_str().and_then(|day| day.parse().ok());
                update.week_start =
                    Some(day.ok_or_else(|| misfit(name, "a day of the week such as Mon or Sun", given))?);
            }
            ("hourFormat", _) => {
                let format = given.as_str().and_then(HourFormat::read);
                update.hour_format = Some(format.ok_or_else(|| misfit(name, "24h or 12h", given))?);
            }
            ("rescheduleOverdue", _) => {
                update.reschedule_overdue = Some(given.as_bool().ok_or_else(|| misfit(name, "true or false", given))?);
            }
            ("acceptGoals", _) => {
                update.accept_goals = Some(given.as_bool().ok_or_else(|| misfit(name, "true or false", given))?);
            }
            ("activityHours", Value::Object(activities)) => {
                for (activity, hours) in activities {
                    let name = format!("{name}/{activity}");
                    let activity = Activity::read(activity)
                        .ok_or_else(|| misfit(&name, "one of training, study, work, other", hours))?;
                    let hours = if hours.is_null() { None } else { Some(read_hours(&name, hours)?) };
                    update.activity_hours.push((activity, hours));
                }
            }
            ("activityHours", _) => {
                return Err(misfit(name, r#"{"study": {"parts": ["evening", "weekend"]}}"#, given));
            }
            ("remindMinutes", Value::Null) => update.remind_minutes = Some(None),
            ("remindMinutes", _) => {
                let form = "a number of minutes before the start, or null for no reminder";
                update.remind_minutes = Some(Some(whole(given).ok_or_else(|| misfit(name, form, given))?));
            }
            ("quietHours", Value::Null) => update.quiet_hours = Some(None),
            ("quietHours", Value::Object(_)) => {
                let QuietHours { from, to } = read_hours(name, given)?;
                update.quiet_hours = Some(Some(QuietHours::new(from, to).map_err(Rejection::from)?));
            }
            ("quietHours", _) => return Err(misfit(name, r#"{"from": "22:00", "to": "07:00"}, or null"#, given)),
            _ => {
                let name: String = name.chars().take(80).collect();
                return Err(ApiError::Arguments(format!("There is no setting “{name}”. Nothing was changed.")));
            }
        }
    }
    Ok(update)
}

/// Reads the zone that a client reports and, if it says so, how times are written and which day weeks begin on.
pub(super) fn read_locale(arguments: &Value) -> Result<Locale, ApiError> {
    let missing = || misfit("timeZone", "a string", arguments.get("timeZone").unwrap_or(&Value::Null));
    let SettingsUpdate { time_zone, hour_format, week_start, .. } = read(arguments)?;
    Ok(Locale { zone: time_zone.ok_or_else(missing)?, hour_format, week_start })
}

fn read_hours<T: DeserializeOwned>(name: &str, given: &Value) -> Result<T, ApiError> {
    read_value(given.clone()).map_err(|error| ApiError::Arguments(format!("/{name}: {error} Nothing was changed.")))
}
