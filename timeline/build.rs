//! Packs the zone table of `chrono-tz`. With the table of that crate the Worker would be 129 kB larger, gzipped. The
//! packed table for 1970–2037 is less than a tenth of that.
//!
//! Times and offsets of changes are columns of their own, and zones with the same rules share them, which stand in the order of their first
//! changes: so gzip finds most of it repeated. `src/zone/table.rs` reads the columns.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Debug;
use std::path::Path;
use std::{env, fs};

use chrono::{NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};

/// The unit of the times of changes, in seconds.
const MINUTE: i64 = 60;

/// A zone's rules: the first offset in seconds, and for each change the minutes since 1970 and the new offset.
type Rules = (i32, Vec<(i64, i32)>);

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let rules = TZ_VARIANTS.iter().map(|zone| rules(*zone)).collect::<Result<Vec<Rules>, _>>()?;
    let known: Vec<&Rules> = BTreeSet::from_iter(&rules).into_iter().collect();
    let mut table = Table::default();
    known.iter().for_each(|rules| table.add(rules));
    let rules_of_zone: Vec<usize> = rules.iter().filter_map(|rules| known.binary_search(&rules).ok()).collect();

    let names: Vec<&str> = TZ_VARIANTS.iter().map(|zone| zone.name()).collect();
    let Table { firsts, ends, times, changes, offsets } = table;
    let code = [
        format!("/// Names of all zones, one on each line.\nconst NAMES: &str = {:?};\n", names.join("\n")),
        column("The number of the rules of each zone.", "RULES", "u16", &rules_of_zone),
        column("The offset in 1970 by each of the rules.", "FIRSTS", "u8", &firsts),
        column("Where the changes of each of the rules end.", "ENDS", "u16", &ends),
        column("The minutes from each change, or from 1970, to the next.", "TIMES", "u32", &times),
        column("The offset after each change.", "CHANGES", "u8", &changes),
        column("All offsets, in seconds.", "OFFSETS", "i32", &offsets),
    ];
    fs::write(Path::new(&env::var("OUT_DIR")?).join("zones.rs"), code.concat())?;
    Ok(())
}

/// The columns, and the offsets that they refer to.
#[derive(Default)]
struct Table {
    firsts: Vec<usize>,
    ends: Vec<usize>,
    times: Vec<i64>,
    changes: Vec<usize>,
    offsets: Vec<i32>,
}

impl Table {
    fn add(&mut self, (first, changes): &Rules) {
        let first = self.place(*first);
        self.firsts.push(first);
        let mut before = 0;
        for (time, offset) in changes {
            self.times.push(time - before);
            let offset = self.place(*offset);
            self.changes.push(offset);
            before = *time;
        }
        self.ends.push(self.times.len());
    }

    /// The index of an offset.
    fn place(&mut self, offset: i32) -> usize {
        self.offsets.iter().position(|known| *known == offset).unwrap_or_else(|| {
            self.offsets.push(offset);
            self.offsets.len() - 1
        })
    }
}

/// The code of a list of numbers.
fn column<N: Debug>(meaning: &str, name: &str, kind: &str, numbers: &[N]) -> String {
    format!("/// {meaning}\nstatic {name}: [{kind}; {}] = {numbers:?};\n", numbers.len())
}

fn rules(zone: Tz) -> Result<Rules, Box<dyn Error>> {
    let at =
        |year| NaiveDate::from_ymd_opt(year, 1, 1).and_then(|date| date.and_hms_opt(0, 0, 0)).ok_or("no such date");
    let offset = |time: NaiveDateTime| zone.offset_from_utc_datetime(&time).fix().local_minus_utc();
    let (mut time, end) = (at(1970)?, at(2038)?);
    let first = offset(time);
    let mut changes = Vec::new();
    let mut present = first;
    while time < end {
        let next = time + TimeDelta::days(1);
        let then = offset(next);
        if then != present {
            changes.push((change_between(time, next, &offset)?, then));
            present = then;
        }
        time = next;
    }
    Ok((first, changes))
}

/// The minute, since 1970, in which the offset changes.
fn change_between(
    before: NaiveDateTime,
    after: NaiveDateTime,
    offset: &impl Fn(NaiveDateTime) -> i32,
) -> Result<i64, Box<dyn Error>> {
    let (mut before, mut after) = (before.and_utc().timestamp(), after.and_utc().timestamp());
    let at = |seconds| chrono::DateTime::from_timestamp(seconds, 0).map(|time| time.naive_utc()).ok_or("no such time");
    let first = offset(at(before)?);
    while after - before > 1 {
        let middle = before.midpoint(after);
        if offset(at(middle)?) == first { before = middle } else { after = middle }
    }
    // Only Monrovia ever changed within a minute, in 1972. Rounding to the nearest minute is good enough for it.
    Ok((after + MINUTE / 2).div_euclid(MINUTE))
}
