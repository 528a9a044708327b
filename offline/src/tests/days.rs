//! What is all day: new blocks, changes of their days, and questions about them.

use super::person::{Person, check, check_answers};

/// A busy person with a conference on Thursday (B11) and a trip from 9 to 13 March (B12), both all day.
fn traveller() -> Person {
    let mut person = Person::busy("Europe/Oslo");
    person.say("Rust conference on Thursday all day");
    person.say("trip to Rome from 9 to 13 March");
    person
}

#[test]
fn new_blocks() {
    check(
        || Person::new("Europe/Oslo"),
        &[
            ("holiday tomorrow all day", &["+Holiday Tue 3 Mar all day"]),
            ("schedule workshop tomorrow all day", &["+Workshop Tue 3 Mar all day"]),
            ("all day Friday: conference", &["+Conference Fri 6 Mar all day"]),
            ("All day tomorrow: clean the garage", &["+Clean the garage Tue 3 Mar all day"]),
            ("block out next Tuesday, all day, offsite", &["+Offsite Tue 10 Mar all day"]),
            ("add an all-day event on Friday called Spring cleaning", &["+Spring cleaning Fri 6 Mar all day"]),
            (
                "schedule inventory all day on Monday and Tuesday",
                &["+Inventory Tue 3 Mar all day", "+Inventory Mon 9 Mar all day"],
            ),
            ("vacation from Monday to Friday", &["+Vacation Mon 9 Mar-Fri 13 Mar all day"]),
            ("vacation from March 10 to March 14", &["+Vacation Tue 10 Mar-Sat 14 Mar all day"]),
            ("trip to Rome 3 to 7 May", &["+Trip to Rome Sun 3 May-Thu 7 May all day"]),
            ("Trip to Rome, May 3-7", &["+Trip to Rome Sun 3 May-Thu 7 May all day"]),
            ("add ski trip 28 December to 3 January", &["+Ski trip Mon 28 Dec-Sun 3 Jan 2027 all day"]),
            ("Rust conference from 3 to 5 May in Oslo", &["+Rust conference in Oslo Sun 3 May-Tue 5 May all day"]),
            ("deep work from Wednesday to Friday, all day", &["+Deep work Wed 4 Mar-Fri 6 Mar all day"]),
            ("trip to Bergen on Friday for 3 days", &["+Trip to Bergen Fri 6 Mar-Sun 8 Mar all day"]),
            ("vacation for 5 days from Monday", &["+Vacation Mon 9 Mar-Fri 13 Mar all day"]),
            ("trip to Bergen this weekend", &["+Trip to Bergen Sat 7 Mar-Sun 8 Mar all day"]),
            ("vacation next week", &["+Vacation Mon 9 Mar-Sun 15 Mar all day"]),
            ("Mom's birthday on May 3", &["+Mom's birthday Sun 3 May all day"]),
            ("add day off on Friday #rest", &["+Day off Fri 6 Mar all day #rest"]),
            ("Ana's birthday in 3 days", &["+Ana's birthday Thu 5 Mar all day"]),
            ("holiday tomorrow, remind me a day before", &["+Holiday Tue 3 Mar all day !1440"]),
            ("Holiday tomorrow. Gym on Friday at 6pm.", &["+Holiday Tue 3 Mar all day", "+Gym Fri 6 Mar 18:00-19:00"]),
        ],
    );
}

#[test]
fn what_has_a_time_is_not_all_day() {
    check(
        || Person::new("Europe/Oslo"),
        &[
            ("Mom's birthday on May 3 at 4pm", &["+Mom's birthday Sun 3 May 16:00-17:00"]),
            ("birthday party on Friday at 7pm", &["+Birthday party Fri 6 Mar 19:00-20:00"]),
            ("buy a birthday present tomorrow", &["+Buy a birthday present Tue 3 Mar 09:00-10:00"]),
            ("trip to the museum tomorrow for 3 hours", &["+Trip to the museum Tue 3 Mar 09:00-12:00"]),
            (
                "gym Monday to Wednesday at 6pm",
                &["+Gym Mon 9 Mar 18:00-19:00", "+Gym Tue 10 Mar 18:00-19:00", "+Gym Wed 11 Mar 18:00-19:00"],
            ),
        ],
    );
}

#[test]
fn what_repeats() {
    check(
        || Person::new("Europe/Oslo"),
        &[
            ("Mom's birthday every year on May 3", &["+Mom's birthday Sun 3 May all day, every year on 3 May"]),
            ("offsite every Friday all day", &["+Offsite Fri 6 Mar all day, every Friday"]),
            (
                "day off every other Friday until 3 April",
                &["+Day off Fri 6 Mar all day, every other Friday until 3 April 2026"],
            ),
            (
                "inventory all day every Friday in March",
                &[
                    "+Inventory Fri 6 Mar all day",
                    "+Inventory Fri 13 Mar all day",
                    "+Inventory Fri 20 Mar all day",
                    "+Inventory Fri 27 Mar all day",
                ],
            ),
        ],
    );
}

#[test]
fn what_is_not_certain_adds_nothing() {
    let which_day = &["On which days", "added nothing"][..];
    let each_day = &["at a time on each of those days", "added nothing"][..];
    let both = &["all day or at a time", "added nothing"][..];
    check_answers(
        || Person::new("Europe/Oslo"),
        &[
            ("schedule workshop all day", which_day),
            ("Mom's birthday in May", which_day),
            ("Mom's birthday next week", which_day),
            ("schedule training all day next month", which_day),
            ("gym from Monday to Friday", each_day),
            ("schedule writing Monday to Friday", each_day),
            ("vacation from Monday to Friday at 9", each_day),
            ("workshop all day tomorrow at 9", both),
            ("remind me all day tomorrow to drink", both),
            ("vacation from Monday to Friday for 3 days", which_day),
            ("birthday on 29 February every year", &["added nothing"]),
            ("vacation until Friday", &["added nothing"]),
        ],
    );
}

#[test]
fn changes() {
    check(
        traveller,
        &[
            ("move the conference to Friday", &["B11 at Fri 6 Mar all day"]),
            ("move the trip to 16 March", &["B12 at Mon 16 Mar-Fri 20 Mar all day"]),
            ("move the trip to 16-18 March", &["B12 at Mon 16 Mar-Wed 18 Mar all day"]),
            ("postpone the trip by a week", &["B12 at Mon 16 Mar-Fri 20 Mar all day"]),
            ("move the conference a day earlier", &["B11 at Wed 4 Mar all day"]),
            ("push the conference to next week", &["B11 at Thu 12 Mar all day"]),
            ("move the conference to Friday at 3pm", &["B11 at Fri 6 Mar 15:00-16:00"]),
            ("move the conference to Friday at 3", &["B11 at Fri 6 Mar 15:00-16:00"]),
            ("move the conference to Friday from 9 to 17:00", &["B11 at Fri 6 Mar 09:00-17:00"]),
            ("make the dentist all day", &["B6 at Thu 5 Mar all day"]),
            ("make B4 all day", &["B4 at Mon 2 Mar all day"]),
            ("turn the gym into an all-day event on Friday", &["B4 at Fri 6 Mar all day"]),
            ("make a picnic all day tomorrow", &["+Picnic Tue 3 Mar all day"]),
            ("the trip lasts until Sunday", &["B12 at Mon 9 Mar-Sun 15 Mar all day"]),
            ("the trip now goes until Sunday", &["B12 at Mon 9 Mar-Sun 15 Mar all day"]),
            ("extend the trip to Sunday", &["B12 at Mon 9 Mar-Sun 15 Mar all day"]),
            ("extend the trip until 20 March", &["B12 at Mon 9 Mar-Fri 20 Mar all day"]),
            ("shorten the trip to Wednesday", &["B12 at Mon 9 Mar-Wed 11 Mar all day"]),
            ("the conference goes through Saturday", &["B11 at Thu 5 Mar-Sat 7 Mar all day"]),
            ("extend the trip by 2 days", &["B12 at Mon 9 Mar-Sun 15 Mar all day"]),
            ("make the trip 3 days long", &["B12 at Mon 9 Mar-Wed 11 Mar all day"]),
            ("make the conference high priority", &["B11 with high"]),
            ("rename the trip to Holidays in Rome", &["B12 is Holidays in Rome"]),
            ("remind me a day before the trip", &["B12 with !1440"]),
            ("delete the conference", &["-B11 Rust conference"]),
            ("cancel the trip on 11 March", &["-B12 Trip to Rome"]),
        ],
    );
}

#[test]
fn what_no_change_can_be_is_said() {
    let whole_days = &["has no time, so I changed nothing"][..];
    check_answers(
        traveller,
        &[
            ("make the trip 30 minutes longer", whole_days),
            ("extend the trip by half a day", whole_days),
            ("postpone the conference by an hour", whole_days),
            ("the trip is half a day longer", &["did not understand"]),
            ("shorten the conference by a day", &["leave no day", "changed nothing"]),
            ("extend the trip to 11 March", &["would not become longer", "changed nothing"]),
            ("shorten the trip to 20 March", &["would not become shorter", "changed nothing"]),
            ("extend the gym to Friday", &["is not all day, so I changed nothing"]),
            ("make the conference all day", &["is all day already"]),
            ("make the party all day", &["found no block"]),
            ("make B99 all day", &["on which day that block is"]),
            ("move the trip to May", &["when exactly", "changed nothing"]),
            ("move the gym to 16-18 March", &["when exactly", "changed nothing"]),
            ("delete my 12 o'clock meeting", &["found no block"]),
        ],
    );
}

#[test]
fn questions() {
    check_answers(
        traveller,
        &[
            ("what's on Thursday?", &["- All day: Rust conference (B11)", "14:00–15:00 Dentist"]),
            ("what's on Thursday afternoon?", &["- All day: Rust conference (B11)", "Dentist"]),
            ("what is on 11 March?", &["- All day, until Fri 13 Mar: Trip to Rome (B12)"]),
            ("when is the trip?", &["Mon 9 Mar – Fri 13 Mar, all day (5 days)"]),
            ("am I free on 11 March at 10?", &["free"]),
        ],
    );
}

/// A part of a day gives free time, which an all-day block does not take up.
#[test]
fn all_day_blocks_leave_the_time_of_their_days_free() {
    let mut person = traveller();
    assert_eq!(person.say("schedule reading on 11 March in the morning").effects, ["+Reading Wed 11 Mar 09:00-10:00"]);
    assert_eq!(person.say("move the conference to 12 March in the morning").effects, ["B11 at Thu 12 Mar 09:00-10:00"]);
}
