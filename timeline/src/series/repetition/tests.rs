//! What is said, and the rule that it means.

use super::*;

fn rule(text: &str) -> String {
    let read = Repetition::read(text).unwrap_or_else(|why| panic!("{text}: {why}"));
    format!("{}{}", read.rule, if read.after_done { " after done" } else { "" })
}

#[test]
fn what_people_say_is_read() {
    for (text, expected) in [
        ("every day", "FREQ=DAILY"),
        ("daily", "FREQ=DAILY"),
        ("Every other day", "FREQ=DAILY;INTERVAL=2"),
        ("every second day", "FREQ=DAILY;INTERVAL=2"),
        ("every three days", "FREQ=DAILY;INTERVAL=3"),
        ("every weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("weekdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("daily on weekdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("every Monday to Friday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("every weekend", "FREQ=WEEKLY;BYDAY=SA,SU"),
        ("every morning", "FREQ=DAILY"),
        ("every monday morning", "FREQ=WEEKLY;BYDAY=MO"),
        ("every weekday in the evening", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("monday and friday every 2 weeks", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR"),
        ("every week", "FREQ=WEEKLY"),
        ("once a week", "FREQ=WEEKLY"),
        ("once every 2 weeks", "FREQ=WEEKLY;INTERVAL=2"),
        ("fortnightly on Friday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"),
        ("every tuesday", "FREQ=WEEKLY;BYDAY=TU"),
        ("tuesdays and Thurs", "FREQ=WEEKLY;BYDAY=TU,TH"),
        ("every Tue, Thu & Sat", "FREQ=WEEKLY;BYDAY=TU,TH,SA"),
        ("every day on monday and friday", "FREQ=WEEKLY;BYDAY=MO,FR"),
        ("every tuesday at 18:00", "FREQ=WEEKLY;BYDAY=TU"),
        ("every tuesday at 6 pm from 2026-03-03", "FREQ=WEEKLY;BYDAY=TU"),
        ("every other tuesday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("every other Tuesday and Thursday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH"),
        ("every second tuesday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("every second tuesday until 5 June 2026", "FREQ=WEEKLY;INTERVAL=2;UNTIL=20260605;BYDAY=TU"),
        ("every 3 weeks on tuesday", "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU"),
        ("every month", "FREQ=MONTHLY"),
        ("quarterly", "FREQ=MONTHLY;INTERVAL=3"),
        ("every month on the 1st", "FREQ=MONTHLY;BYMONTHDAY=1"),
        ("on the 1st of every month", "FREQ=MONTHLY;BYMONTHDAY=1"),
        ("every month on 15", "FREQ=MONTHLY;BYMONTHDAY=15"),
        ("every month on day 15", "FREQ=MONTHLY;BYMONTHDAY=15"),
        ("every 15th", "FREQ=MONTHLY;BYMONTHDAY=15"),
        ("monthly on the 1st and 15th", "FREQ=MONTHLY;BYMONTHDAY=1,15"),
        ("every month on the last day", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("every first day of the month", "FREQ=MONTHLY;BYMONTHDAY=1"),
        ("the second to last day of each month", "FREQ=MONTHLY;BYMONTHDAY=-2"),
        ("every month on the last friday", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("every last friday of the month", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("every second tuesday of the month", "FREQ=MONTHLY;BYDAY=2TU"),
        ("every month on the first and third monday", "FREQ=MONTHLY;BYDAY=1MO,3MO"),
        ("every month on the 1st and last friday", "FREQ=MONTHLY;BYDAY=1FR,-1FR"),
        ("every 2 months on the 2nd tuesday", "FREQ=MONTHLY;INTERVAL=2;BYDAY=2TU"),
        ("every month on the last weekday", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
        ("every year", "FREQ=YEARLY"),
        ("annually on December 24", "FREQ=YEARLY;BYMONTHDAY=24;BYMONTH=12"),
        ("every 24th of December", "FREQ=YEARLY;BYMONTHDAY=24;BYMONTH=12"),
        ("every June", "FREQ=YEARLY;BYMONTH=6"),
        ("every Monday in June and July", "FREQ=WEEKLY;BYDAY=MO;BYMONTH=6,7"),
        ("every fourth thursday of november", "FREQ=YEARLY;BYDAY=4TH;BYMONTH=11"),
        ("every week until 2026-06-30", "FREQ=WEEKLY;UNTIL=20260630"),
        ("every week until June 30, 2026", "FREQ=WEEKLY;UNTIL=20260630"),
        ("every week until the 30th of June 2026", "FREQ=WEEKLY;UNTIL=20260630"),
        ("every day, 10 times", "FREQ=DAILY;COUNT=10"),
        ("every day, once", "FREQ=DAILY;COUNT=1"),
        ("every monday and friday for 6 weeks", "FREQ=WEEKLY;COUNT=12;BYDAY=MO,FR"),
        ("every other day for 2 weeks", "FREQ=DAILY;INTERVAL=2;COUNT=7"),
        ("again 3 days after it was done", "FREQ=DAILY;INTERVAL=3 after done"),
        ("every week after completion", "FREQ=WEEKLY after done"),
        ("2 weeks after I did it, until 2026-06-30", "FREQ=WEEKLY;INTERVAL=2;UNTIL=20260630 after done"),
        ("a month after it's done", "FREQ=MONTHLY after done"),
        ("FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;BYDAY=TU"),
        ("rrule:freq=daily;interval=3 after it was done", "FREQ=DAILY;INTERVAL=3 after done"),
    ] {
        assert_eq!(rule(text), expected, "{text}");
    }
}

#[test]
fn what_is_not_understood_completely_is_refused_with_a_sentence() {
    for (text, sentence) in [
        ("", "It does not say how often."),
        ("every", "It does not say how often."),
        ("jeden Dienstag", "“jeden” is not understood here."),
        ("every tuesday except in june", "“except” is not understood here."),
        ("every tuesday after lunch", "“after” is not understood here."),
        ("every month on the 1st, if that is a Friday", "“if” is not understood here."),
        ("every tuesday at noon", "“at” is not understood here."),
        (
            "every third tuesday",
            "Say “every 3 weeks on tuesday” or “every month on the third tuesday”, whichever is meant.",
        ),
        ("3 times a week", "Say on which days: “every monday, wednesday and friday”."),
        ("every month on monday", "Say which one of the month: “every month on the first monday”."),
        ("every 2 days on monday", "Days of the week go with weeks: “every 2 weeks on monday”."),
        ("every week on the 15th", "Numbered days go with months: “every month on the 15th”."),
        ("every year on the first monday", "Say in which month: “every year on 24 december”."),
        ("every year on 24 March and 5 June", "Two different days of a year are two series."),
        ("every week until June", "A last day is said in full, such as “until 2026-12-31”."),
        ("every week until 2026-02-30", "A last day is said in full, such as “until 2026-12-31”."),
        ("every week until 30 February 2026", "There is no such date."),
        (
            "every day until 2026-06-30, 10 times",
            "It can end in one way only: on a last day, or after a number of times.",
        ),
        ("every day every month", "It says in two ways how often."),
        ("every 2 weeks on monday and every friday", "It says in two ways how often."),
        ("every 1001 days", "The number after “every” is 1 to 1000."),
        ("every day, 1001 times", "“COUNT=1001” is not valid: it needs a whole number from 1 to 1000."),
        ("every month on the 32nd", "“BYMONTHDAY=32” is not valid: it needs days from 1 to 31, or -1 for the last."),
        ("every day for 3 months", "Say until which day, such as “until 2026-12-31”, or how many times."),
        ("FREQ=HOURLY", "“FREQ=HOURLY” is more often than daily, which is not possible."),
    ] {
        assert_eq!(Repetition::read(text).unwrap_err().to_string(), sentence, "{text}");
    }
    assert!(Repetition::read(&"every day ".repeat(51)).is_err());
}
