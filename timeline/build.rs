//! Packs the zone table of `chrono-tz`. With the table of that crate the Worker would be 129 kB larger, gzipped. The
//! packed table for 1970–2037 takes 9 kB.
//!
//! `src/zone/table.rs` reads this format: the rules of a zone are the number of changes, the first offset, and then for
//! each change the minutes since the change before and the new offset. Numbers are LEB128. Offsets are indexes into a list.
//! Zones with the same rules share them.

use std::collections::BTreeMap;
use std::error::Error;
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
    let mut offsets: Vec<i32> = Vec::new();
    let mut known: BTreeMap<Rules, usize> = BTreeMap::new();
    let mut rules_of_zone = Vec::new();
    let mut packed = Vec::new();
    for zone in TZ_VARIANTS {
        let rules = rules(zone)?;
        let place = match known.get(&rules) {
            Some(place) => *place,
            None => {
                let place = packed.len();
                pack(&rules, &mut offsets, &mut packed);
                known.insert(rules, place);
                place
            }
        };
        rules_of_zone.push(place);
    }

    let names: Vec<&str> = TZ_VARIANTS.iter().map(|zone| zone.name()).collect();
    let code = format!(
        "/// Names of all zones.\nstatic NAMES: [&str; {}] = {names:?};\n\
         /// Where the rules of each zone begin in the table.\nstatic RULES: [u32; {}] = {rules_of_zone:?};\n\
         /// All offsets, in seconds.\nstatic OFFSETS: [i32; {}] = {offsets:?};\n",
        names.len(),
        names.len(),
        offsets.len(),
    );
    let folder = env::var("OUT_DIR")?;
    fs::write(Path::new(&folder).join("zones.bin"), packed)?;
    fs::write(Path::new(&folder).join("zones.rs"), code)?;
    Ok(())
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

fn pack((first, changes): &Rules, offsets: &mut Vec<i32>, packed: &mut Vec<u8>) {
    let mut index = |offset: i32| {
        offsets.iter().position(|known| *known == offset).unwrap_or_else(|| {
            offsets.push(offset);
            offsets.len() - 1
        })
    };
    leb128(packed, changes.len());
    leb128(packed, index(*first));
    let mut before = 0;
    for (time, offset) in changes {
        leb128(packed, usize::try_from(time - before).unwrap_or_default());
        leb128(packed, index(*offset));
        before = *time;
    }
}

fn leb128(into: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        into.push(u8::try_from(number & 0x7f).unwrap_or_default() | 0x80);
        number >>= 7;
    }
    into.push(u8::try_from(number).unwrap_or_default());
}
