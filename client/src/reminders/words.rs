//! When a block begins, for its reminder. Pure.

use chrono::{DateTime, Utc};
use flux_timeline::{Block, clock};

use crate::timeline::words::{Times, all_day};

/// `In 10 min, 12:00–12:30`; `Now`, or how long ago it began, as soon as it has begun. `All day`, or the days of an all-day block.
pub fn when(block: &Block, times: Times, now: DateTime<Utc>) -> String {
    if let Some(days) = block.days {
        return all_day(days, times.date(now));
    }
    let Some(span) = block.span else { return String::new() };
    let range = times.range(span, times.date(now));
    let minutes = clock::minutes_up(span.start() - now);
    let distance = match minutes {
        1.. => format!("In {}", clock::length(chrono::TimeDelta::minutes(minutes))),
        0 => "Now".to_owned(),
        _ => format!("Began {} ago", clock::length(now - span.start())),
    };
    format!("{distance}, {range}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::testing::{at, block};
    use flux_timeline::Settings;

    #[test]
    fn it_says_how_long_it_is_until_the_block_begins() {
        let block = block(1, "2026-11-24T12:00:00Z", "2026-11-24T12:30:00Z", true);
        let times = Times::new(&Settings::default());
        for (now, words) in [
            ("2026-11-24T11:50:00Z", "In 10 min, 12:00–12:30"),
            ("2026-11-24T11:50:01Z", "In 10 min, 12:00–12:30"),
            ("2026-11-24T10:00:00Z", "In 2 h, 12:00–12:30"),
            ("2026-11-24T12:00:00Z", "Now, 12:00–12:30"),
            ("2026-11-24T12:05:00Z", "Began 5 min ago, 12:00–12:30"),
            ("2026-11-23T12:00:00Z", "In 1 day, Tue 24 Nov 12:00 – Tue 24 Nov 12:30"),
        ] {
            assert_eq!(when(&block, times, at(now)), words, "{now}");
        }
    }
}
