//! The zone table: the rules of `chrono-tz`, packed by `build.rs`, from 1970 to 2037.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

include!(concat!(env!("OUT_DIR"), "/zones.rs"));

/// The unit of the times of changes, in seconds.
const MINUTE: i64 = 60;
/// The last year in the table.
const LAST_YEAR: i32 = 2037;

/// The index of the zone with this name, in upper or lower case.
pub(super) fn find(name: &str) -> Option<u16> {
    let index = NAMES.lines().position(|known| known.eq_ignore_ascii_case(name))?;
    u16::try_from(index).ok()
}

/// The name of a zone.
pub(super) fn name(zone: u16) -> &'static str {
    NAMES.lines().nth(usize::from(zone)).unwrap_or("UTC")
}

/// The offset of a zone from UTC at an instant, in seconds.
///
/// After 2037 a year has the same changes as the latest year in the table with the same calendar. So rules such as "the
/// last Sunday of March" continue to hold.
pub(super) fn offset_seconds(zone: u16, instant: DateTime<Utc>) -> i32 {
    let instant = if instant.year() > LAST_YEAR { in_known_year(instant) } else { instant };
    let rules = RULES.get(usize::from(zone)).copied().map_or(0, usize::from);
    let end = |rules: usize| ENDS.get(rules).copied().map_or(0, usize::from);
    let changes = rules.checked_sub(1).map_or(0, end)..end(rules);
    let minute = instant.timestamp().div_euclid(MINUTE);
    let mut offset = FIRSTS.get(rules).copied().unwrap_or_default();
    let mut time = 0;
    for (minutes, next) in
        std::iter::zip(TIMES.get(changes.clone()).unwrap_or_default(), CHANGES.get(changes).unwrap_or_default())
    {
        time += i64::from(*minutes);
        if time > minute {
            break;
        }
        offset = *next;
    }
    OFFSETS.get(usize::from(offset)).copied().unwrap_or_default()
}

/// The same moment in the latest year up to 2037 that begins on the same weekday and has as many days.
fn in_known_year(instant: DateTime<Utc>) -> DateTime<Utc> {
    let calendar = |year| {
        let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
        Some((first.weekday(), first.leap_year()))
    };
    let wanted = calendar(instant.year());
    let year = (LAST_YEAR - 27..=LAST_YEAR).rev().find(|year| calendar(*year) == wanted);
    year.and_then(|year| instant.with_year(year)).unwrap_or(instant)
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDateTime, Offset, TimeDelta, TimeZone};
    use chrono_tz::TZ_VARIANTS;

    use super::*;

    #[test]
    fn the_packed_table_agrees_with_chrono_tz() {
        let begin: NaiveDateTime = "1970-01-01T00:00:00".parse().unwrap();
        let mut different = Vec::new();
        for (index, zone) in TZ_VARIANTS.iter().enumerate() {
            assert_eq!(find(zone.name()).map(usize::from), Some(index), "{zone}");
            // Steps of 487 hours reach every hour of the day and of the week.
            for step in 0..1_220 {
                let time = begin + TimeDelta::hours(487 * step);
                let expected = zone.offset_from_utc_datetime(&time).fix().local_minus_utc();
                let found = offset_seconds(u16::try_from(index).unwrap(), time.and_utc());
                if found != expected {
                    different.push(format!("{zone} at {time}: {found} and not {expected}"));
                }
            }
        }
        assert!(different.is_empty(), "{different:?}");
    }

    #[test]
    fn changes_are_to_the_second_and_go_on_after_2037() {
        let oslo = find("Europe/Oslo").unwrap();
        let at = |text: &str| offset_seconds(oslo, text.parse().unwrap());
        assert_eq!((at("2026-03-29T00:59:59Z"), at("2026-03-29T01:00:00Z")), (3_600, 7_200));
        assert_eq!((at("2026-10-25T00:59:59Z"), at("2026-10-25T01:00:00Z")), (7_200, 3_600));
        // The last Sunday of March 2199 is the 31st.
        assert_eq!((at("2199-03-31T00:59:59Z"), at("2199-03-31T01:00:00Z")), (3_600, 7_200));
        assert_eq!((at("2100-01-15T12:00:00Z"), at("2100-07-15T12:00:00Z")), (3_600, 7_200));
    }
}
