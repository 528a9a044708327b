//! The examples of RFC 5545, section 3.8.5.3, as far as we support their parts. Ends in UTC are written in local time.

use chrono::NaiveDateTime;
use flux_timeline::clock;

use crate::{at, rule};

/// Reads days such as `1997-09: 2 9, 1997-10: 7`. Each is at 09:00.
fn days(text: &str) -> Vec<NaiveDateTime> {
    let month = |text: &str| {
        let (month, days) = text.split_once(": ").unwrap();
        let day = |day: &str| clock::read_wall(&format!("{month}-{day:0>2}T09:00")).unwrap();
        days.split(' ').map(day).collect::<Vec<_>>()
    };
    text.split(", ").flat_map(month).collect()
}

/// Checks all occurrences of a rule with an end, and otherwise the first ones.
fn check(start: &str, text: &str, expected: &str) {
    let expected = days(expected);
    let more = usize::from(text.contains("COUNT") || text.contains("UNTIL"));
    let occurrences: Vec<_> = rule(text).occurrences(at(start)).take(expected.len() + more).collect();
    assert_eq!(occurrences, expected, "{text}");
}

fn count(start: &str, text: &str) -> usize {
    rule(text).occurrences(at(start)).count()
}

#[test]
fn daily() {
    check("19970902", "FREQ=DAILY;COUNT=10", "1997-09: 2 3 4 5 6 7 8 9 10 11");
    assert_eq!(count("19970902", "FREQ=DAILY;UNTIL=19971223T200000"), 29 + 31 + 30 + 23);
    check("19970902", "FREQ=DAILY;INTERVAL=2", "1997-09: 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30, 1997-10: 2 4 6");
    check("19970902", "FREQ=DAILY;INTERVAL=10;COUNT=5", "1997-09: 2 12 22, 1997-10: 2 12");
}

#[test]
fn each_day_of_january_can_be_written_in_two_ways() {
    let yearly = rule("FREQ=YEARLY;UNTIL=20000131T090000;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA");
    let daily = rule("FREQ=DAILY;UNTIL=20000131T090000;BYMONTH=1");
    let occurrences: Vec<_> = yearly.occurrences(at("19980101")).collect();
    assert_eq!(occurrences.len(), 3 * 31);
    assert!(daily.occurrences(at("19980101")).eq(occurrences));
}

#[test]
fn weekly() {
    let ten = "1997-09: 2 9 16 23 30, 1997-10: 7 14 21 28, 1997-11: 4";
    check("19970902", "FREQ=WEEKLY;COUNT=10", ten);
    check("19970902", "FREQ=WEEKLY;UNTIL=19971223T200000", &format!("{ten} 11 18 25, 1997-12: 2 9 16 23"));
    check(
        "19970902",
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
        "1997-09: 2 16 30, 1997-10: 14 28, 1997-11: 11 25, 1997-12: 9 23, 1998-01: 6 20, 1998-02: 3 17",
    );
    let five_weeks = "1997-09: 2 4 9 11 16 18 23 25 30, 1997-10: 2";
    check("19970902", "FREQ=WEEKLY;UNTIL=19971006T200000;WKST=SU;BYDAY=TU,TH", five_weeks);
    check("19970902", "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", five_weeks);
    check(
        "19970901",
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971223T190000;WKST=SU;BYDAY=MO,WE,FR",
        "1997-09: 1 3 5 15 17 19 29, 1997-10: 1 3 13 15 17 27 29 31, 1997-11: 10 12 14 24 26 28, 1997-12: 8 10 12 22",
    );
    check("19970902", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", "1997-09: 2 4 16 18 30, 1997-10: 2 14 16");
}

#[test]
fn the_first_day_of_the_week_decides_which_weeks_count() {
    check("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08: 5 10 19 24");
    check("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08: 5 17 19 31");
}

#[test]
fn monthly_on_weekdays() {
    let fridays = "1997-09: 5, 1997-10: 3, 1997-11: 7, 1997-12: 5";
    let later = "1998-01: 2, 1998-02: 6, 1998-03: 6, 1998-04: 3, 1998-05: 1, 1998-06: 5";
    check("19970905", "FREQ=MONTHLY;COUNT=10;BYDAY=1FR", &format!("{fridays}, {later}"));
    check("19970905", "FREQ=MONTHLY;UNTIL=19971223T190000;BYDAY=1FR", fridays);
    check(
        "19970907",
        "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        "1997-09: 7 28, 1997-11: 2 30, 1998-01: 4 25, 1998-03: 1 29, 1998-05: 3 31",
    );
    check(
        "19970922",
        "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
        "1997-09: 22, 1997-10: 20, 1997-11: 17, 1997-12: 22, 1998-01: 19, 1998-02: 16",
    );
    check(
        "19970902",
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
        "1997-09: 2 9 16 23 30, 1997-11: 4 11 18 25, 1998-01: 6 13 20 27, 1998-03: 3 10 17 24 31",
    );
}

#[test]
fn monthly_on_days_of_the_month() {
    check(
        "19970928",
        "FREQ=MONTHLY;BYMONTHDAY=-3",
        "1997-09: 28, 1997-10: 29, 1997-11: 28, 1997-12: 29, 1998-01: 29, 1998-02: 26",
    );
    check(
        "19970902",
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
        "1997-09: 2 15, 1997-10: 2 15, 1997-11: 2 15, 1997-12: 2 15, 1998-01: 2 15",
    );
    check(
        "19970930",
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
        "1997-09: 30, 1997-10: 1 31, 1997-11: 1 30, 1997-12: 1 31, 1998-01: 1 31, 1998-02: 1",
    );
    check(
        "19970910",
        "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
        "1997-09: 10 11 12 13 14 15, 1999-03: 10 11 12 13",
    );
    check("20070115", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007-01: 15 30, 2007-02: 15, 2007-03: 15 30");
}

#[test]
fn monthly_on_days_of_the_month_that_are_certain_weekdays() {
    // The start is not a Friday the 13th. The RFC leaves it out by an EXDATE, which our rules do not need.
    check(
        "19970902",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "1998-02: 13, 1998-03: 13, 1998-11: 13, 1999-08: 13, 2000-10: 13",
    );
    check(
        "19970913",
        "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
        "1997-09: 13, 1997-10: 11, 1997-11: 8, 1997-12: 13, 1998-01: 10, 1998-02: 7, 1998-03: 7, 1998-04: 11, 1998-05: 9, \
         1998-06: 13",
    );
}

#[test]
fn positions_choose_from_the_days_of_a_month() {
    check("19970904", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09: 4, 1997-10: 7, 1997-11: 6");
    check(
        "19970929",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        "1997-09: 29, 1997-10: 30, 1997-11: 27, 1997-12: 30, 1998-01: 29, 1998-02: 26, 1998-03: 30",
    );
}

#[test]
fn yearly() {
    check(
        "19970610",
        "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
        "1997-06: 10, 1997-07: 10, 1998-06: 10, 1998-07: 10, 1999-06: 10, 1999-07: 10, 2000-06: 10, 2000-07: 10, \
         2001-06: 10, 2001-07: 10",
    );
    check(
        "19970310",
        "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
        "1997-03: 10, 1999-01: 10, 1999-02: 10, 1999-03: 10, 2001-01: 10, 2001-02: 10, 2001-03: 10, 2003-01: 10, \
         2003-02: 10, 2003-03: 10",
    );
    check("19970519", "FREQ=YEARLY;BYDAY=20MO", "1997-05: 19, 1998-05: 18, 1999-05: 17");
    check("19970313", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "1997-03: 13 20 27, 1998-03: 5 12 19 26, 1999-03: 4 11 18 25");
    check(
        "19970605",
        "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
        "1997-06: 5 12 19 26, 1997-07: 3 10 17 24 31, 1997-08: 7 14 21 28, 1998-06: 4 11 18 25, 1998-07: 2 9 16 23 30, \
         1998-08: 6 13 20 27",
    );
    check(
        "19961105",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "1996-11: 5, 2000-11: 7, 2004-11: 2",
    );
}

#[test]
fn a_start_that_does_not_match_is_not_an_occurrence_and_is_not_counted() {
    check("19970902", "FREQ=WEEKLY;COUNT=2;BYDAY=MO", "1997-09: 8 15");
    check("20240229", "FREQ=YEARLY;COUNT=2;BYMONTH=3", "2024-03: 29, 2025-03: 29");
}

#[test]
fn plain_and_numbered_weekdays_are_a_union() {
    check("19970901", "FREQ=MONTHLY;COUNT=6;BYDAY=MO,-1FR", "1997-09: 1 8 15 22 26 29");
}

#[test]
fn a_set_is_that_of_the_whole_period_even_if_it_began_before_the_start() {
    // In the week of Monday, 1 September, the first of the two days was before the start.
    check("19970903", "FREQ=WEEKLY;COUNT=2;BYDAY=TU,TH;BYSETPOS=1", "1997-09: 9 16");
}

#[test]
fn days_that_a_month_or_year_does_not_have_are_left_out() {
    check("19970131", "FREQ=MONTHLY;COUNT=3", "1997-01: 31, 1997-03: 31, 1997-05: 31");
    check("18960229", "FREQ=YEARLY;COUNT=2", "1896-02: 29, 1904-02: 29");
}

#[test]
fn occurrences_end_after_120_years_with_the_year_2200_and_with_the_rule() {
    assert_eq!(count("19970902", "FREQ=YEARLY"), 121);
    assert_eq!(count("21970902", "FREQ=YEARLY"), 4);
    assert_eq!(count("22010902", "FREQ=YEARLY"), 0);
    assert_eq!(count("19970902", "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"), 0);
    assert_eq!(count("19970902", "FREQ=DAILY;UNTIL=19970901"), 0);
    assert_eq!(count("19970902", "FREQ=DAILY;UNTIL=19970902T085959"), 0);
    assert_eq!(count("19970902", "FREQ=DAILY;UNTIL=19970902T090000"), 1);
    assert_eq!(rule("FREQ=WEEKLY").occurrences(NaiveDateTime::MAX).count(), 0);
    assert!(rule("FREQ=WEEKLY;WKST=SU").occurrences(NaiveDateTime::MIN).count() < 7_000);
}
