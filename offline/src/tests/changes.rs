//! Changes to existing blocks and plans.

use super::person::{Person, check, check_answers};

#[test]
fn moves() {
    check(
        || Person::busy("Europe/Oslo"),
        &[
            ("Move gym to 7pm", &["B4 at Mon 2 Mar 19:00-20:00"]),
            ("move the gym to 7", &["B4 at Mon 2 Mar 19:00-20:00"]),
            ("move my 3pm meeting to 4pm", &["B3 at Mon 2 Mar 16:00-17:00"]),
            ("change my 3pm meeting to 4:30pm", &["B3 at Mon 2 Mar 16:30-17:30"]),
            ("reschedule the dentist to Friday at 10", &["B6 at Fri 6 Mar 10:00-11:00"]),
            ("reschedule dentist for Friday at 10am", &["B6 at Fri 6 Mar 10:00-11:00"]),
            ("move dentist to Friday", &["B6 at Fri 6 Mar 14:00-15:00"]),
            ("push the dentist to next week", &["B6 at Thu 12 Mar 14:00-15:00"]),
            ("postpone gym by an hour", &["B4 at Mon 2 Mar 19:00-20:00"]),
            ("push gym back 30 minutes", &["B4 at Mon 2 Mar 18:30-19:30"]),
            ("move gym an hour earlier", &["B4 at Mon 2 Mar 17:00-18:00"]),
            ("bring the dentist forward by two hours", &["B6 at Thu 5 Mar 12:00-13:00"]),
            ("delay B3 by 15 minutes", &["B3 at Mon 2 Mar 15:15-16:15"]),
            ("move B6 to tomorrow at 9am", &["B6 at Tue 3 Mar 09:00-10:00"]),
            ("move tomorrow's standup to 9:30", &["B5 at Tue 3 Mar 09:30-09:45"]),
            ("move the dentist to Thursday from 3 to 5pm", &["B6 at Thu 5 Mar 15:00-17:00"]),
            ("can you move lunch with Ana to 1pm please", &["B2 at Mon 2 Mar 13:00-14:00"]),
            ("move lunch to tomorrow", &["B2 at Tue 3 Mar 12:30-13:30"]),
            ("postpone the budget meeting until Wednesday at 11", &["B3 at Wed 4 Mar 11:00-12:00"]),
            ("move the report to tomorrow at 2pm", &["B7 at Tue 3 Mar 14:00-16:00"]),
            ("move gym two days later", &["B4 at Wed 4 Mar 18:00-19:00"]),
            ("put off the dentist by a week", &["B6 at Thu 12 Mar 14:00-15:00"]),
            ("move the team offsite to March 27", &["B9 at Fri 27 Mar 09:00-17:00"]),
            ("B6 to Friday, 11 o'clock", &["B6 at Fri 6 Mar 11:00-12:00"]),
            ("gym to 7pm, dentist to 3pm", &["B4 at Mon 2 Mar 19:00-20:00", "B6 at Thu 5 Mar 15:00-16:00"]),
            ("budget meeting moves to 17:00", &["B3 at Mon 2 Mar 17:00-18:00"]),
            ("the gym has to wait an hour", &["B4 at Mon 2 Mar 19:00-20:00"]),
            ("the dentist needs to move to Friday", &["B6 at Fri 6 Mar 14:00-15:00"]),
            ("move gym to 7pm and the dentist to 3pm", &["B4 at Mon 2 Mar 19:00-20:00", "B6 at Thu 5 Mar 15:00-16:00"]),
        ],
    );
}

#[test]
fn new_times_for_overdue_tasks() {
    let new: &[&str] = &["+Pay overdue invoices Tue 3 Mar 09:00-10:00"];
    check(|| Person::busy("Europe/Oslo"), &[("schedule pay overdue invoices tomorrow at 9", new)]);
    let again = [
        "reschedule my overdue tasks",
        "Please place everything overdue again",
        "move what is overdue to free slots",
        "find a new time for the report",
        "find me another slot for B7",
        "find new times for all overdue tasks",
    ];
    let changes: &[&str] = &["B7 at Mon 2 Mar 16:00-18:00"];
    check(|| Person::busy("Europe/Oslo"), &again.map(|said| (said, changes)));
}

#[test]
fn timers() {
    let report = || Person::busy("Europe/Oslo");
    let starts: &[&str] = &["B7 with a timer that runs"];
    check(
        report,
        &["start the timer for the report", "Please start a timer on B7", "resume my timer of write report"]
            .map(|said| (said, starts)),
    );
    check(report, &[("start the timer", &[]), ("stop the timer", &[]), ("start a timer for the sauna", &[])]);
    let mut person = report();
    person.say("start the timer for the report");
    for said in ["stop the timer", "Pause my timer."] {
        assert_eq!(person.say(said).effects, ["B7 with a timer that is paused"]);
        person.say("start the timer for the report");
    }
    person.say("start the timer for the gym");
    assert_eq!(person.say("stop the timer").effects, [""; 0]);
    assert_eq!(person.say("stop the timer for the report").effects, ["B7 with a timer that is paused"]);
}

#[test]
fn shifts() {
    check(
        || Person::busy("Europe/Oslo"),
        &[
            (
                "push everything after 2pm by 30 minutes",
                &["B3 at Mon 2 Mar 15:30-16:30", "B4 at Mon 2 Mar 18:30-19:30"],
            ),
            // Those of all plans in use, because they are one person's time.
            (
                "push everything tomorrow after 8 by 15 minutes",
                &["B5 at Tue 3 Mar 09:15-09:30", "B10 at Tue 3 Mar 10:15-11:15"],
            ),
            ("push everything tomorrow in the Work plan by 15 minutes", &["B10 at Tue 3 Mar 10:15-11:15"]),
            (
                "move everything after lunch an hour later",
                &["B3 at Mon 2 Mar 16:00-17:00", "B4 at Mon 2 Mar 19:00-20:00"],
            ),
            ("shift everything after the dentist by 1 day", &["B9 at Sat 21 Mar 09:00-17:00"]),
            // The clocks go forward on 29 March, and a month is a month.
            ("shift everything after the dentist by 4 weeks", &["B9 at Fri 17 Apr 09:00-17:00"]),
            ("shift everything after the dentist by a month", &["B9 at Mon 20 Apr 09:00-17:00"]),
            (
                "move everything this afternoon an hour later",
                &["B2 at Mon 2 Mar 13:30-14:30", "B3 at Mon 2 Mar 16:00-17:00"],
            ),
            (
                "push all of tomorrow back by 15 minutes",
                &["B5 at Tue 3 Mar 09:15-09:30", "B10 at Tue 3 Mar 10:15-11:15"],
            ),
            (
                "shift everything after Wednesday by 2 hours earlier",
                &["B6 at Thu 5 Mar 12:00-13:00", "B9 at Fri 20 Mar 07:00-15:00"],
            ),
            (
                "reschedule all of today's meetings to tomorrow",
                &[
                    "B1 at Tue 3 Mar 11:00-11:15",
                    "B2 at Tue 3 Mar 12:30-13:30",
                    "B3 at Tue 3 Mar 15:00-16:00",
                    "B4 at Tue 3 Mar 18:00-19:00",
                ],
            ),
            ("delay my evening by 20 minutes", &["B4 at Mon 2 Mar 18:20-19:20"]),
        ],
    );
}

#[test]
fn what_else_a_block_has() {
    check(
        || Person::busy("Europe/Oslo"),
        &[
            ("rename gym to Swimming", &["B4 is Swimming"]),
            ("rename B4 to \"Leg day\"", &["B4 is Leg day"]),
            ("change the title of the dentist to Dr. Smith", &["B6 is Dr. Smith"]),
            ("rename my 3pm meeting to Budget review", &["B3 is Budget review"]),
            ("make gym high priority", &["B4 with high #health"]),
            ("mark the dentist as urgent", &["B6 with high"]),
            ("set the priority of B3 to low", &["B3 with low"]),
            ("change priority of gym to high", &["B4 with high #health"]),
            ("prioritize the dentist", &["B6 with high"]),
            ("make the gym 90 minutes", &["B4 at Mon 2 Mar 18:00-19:30"]),
            ("make my 3pm meeting 45 minutes long", &["B3 at Mon 2 Mar 15:00-15:45"]),
            ("extend gym by half an hour", &["B4 at Mon 2 Mar 18:00-19:30"]),
            ("shorten the budget meeting to 30 minutes", &["B3 at Mon 2 Mar 15:00-15:30"]),
            ("shorten the dentist by 15 minutes", &["B6 at Thu 5 Mar 14:00-14:45"]),
            ("change the duration of gym to 2 hours", &["B4 at Mon 2 Mar 18:00-20:00"]),
            ("gym should take 2 hours", &["B4 at Mon 2 Mar 18:00-20:00"]),
            ("tag the dentist with health", &["B6 with #health"]),
            ("add tag fun to gym", &["B4 with #health #fun"]),
            ("add #money to the budget meeting", &["B3 with #money"]),
            ("add a note to the dentist: bring the card", &["B6 with (bring the card)"]),
        ],
    );
}

#[test]
fn an_estimate_is_taken_away() {
    let estimated = || {
        let mut person = Person::busy("Europe/Oslo");
        assert_eq!(person.say("add a 20 minute walk").effects, ["+Walk in the inbox 20 min"]);
        person
    };
    let gone: &[&str] = &["B11 with"];
    check(
        estimated,
        &[
            "remove the estimate of the walk",
            "Please delete the estimate for B11",
            "no estimate for the walk",
            "forget how long the walk takes",
            "clear the estimate from the walk",
        ]
        .map(|said| (said, gone)),
    );
    // What has a time has a length.
    check_answers(estimated, &[("remove the estimate of the dentist", &["has a time, so it has a length"])]);
}

#[test]
fn done_and_open_again() {
    check(
        || Person::busy("Europe/Oslo"),
        &[
            ("complete gym", &["B4 done"]),
            ("mark gym as done", &["B4 done"]),
            ("mark the dentist complete", &["B6 done"]),
            ("I finished the report", &["B7 done"]),
            ("gym is done", &["B4 done"]),
            ("done with lunch", &["B2 done"]),
            ("check off B3", &["B3 done"]),
            ("my 3pm meeting is done", &["B3 done"]),
            ("complete gym and the dentist", &["B4 done", "B6 done"]),
            ("I did the gym", &["B4 done"]),
            ("reopen call mom", &["B8 open"]),
            ("mark call mom as not done", &["B8 open"]),
            ("uncomplete B8", &["B8 open"]),
            ("call mom is not done", &["B8 open"]),
        ],
    );
}

#[test]
fn deletions() {
    check(
        || Person::busy("Europe/Oslo"),
        &[
            ("delete gym", &["-B4 Gym"]),
            ("cancel my 3pm meeting", &["-B3 Budget meeting"]),
            ("cancel the dentist on Thursday", &["-B6 Dentist"]),
            ("remove B3", &["-B3 Budget meeting"]),
            ("delete tomorrow's standup", &["-B5 Standup"]),
            ("delete standup tomorrow", &["-B5 Standup"]),
            ("get rid of the gym", &["-B4 Gym"]),
            ("remove gym from my calendar", &["-B4 Gym"]),
            ("delete gym and dentist", &["-B4 Gym", "-B6 Dentist"]),
            ("delete B3 and B4", &["-B3 Budget meeting", "-B4 Gym"]),
            ("delete everything tomorrow", &["-B5 Standup"]),
            ("delete the team offsite", &["-B9 Team offsite"]),
            ("cancel lunch with Ana and move gym to 7pm", &["B4 at Mon 2 Mar 19:00-20:00", "-B2 Lunch with Ana"]),
            ("delete “Lunch with Ana”", &["-B2 Lunch with Ana"]),
            ("delte gym", &["-B4 Gym"]),
            ("I won't make it to the dentist, cancel it", &["-B6 Dentist"]),
        ],
    );
}

#[test]
fn plans() {
    check(
        || Person::busy("Europe/Oslo"),
        &[
            ("create a plan called Fitness", &["+plan Fitness"]),
            ("new plan: Holiday in Rome", &["+plan Holiday in Rome"]),
            ("make a new plan \"Side project\"", &["+plan Side project"]),
            ("create a Fitness plan", &["+plan Fitness"]),
            ("switch to Work", &["in Work"]),
            ("switch to the Work plan", &["in Work"]),
            ("go to plan Work", &["in Work"]),
            ("open the work plan", &["in Work"]),
            ("rename plan Work to Office", &["plan Work is Office"]),
            ("rename the Work plan to Job", &["plan Work is Job"]),
            ("rename Work to Office and home", &["plan Work is Office and home"]),
            ("Add a code review to Work, tomorrow 2pm", &["+Code review Tue 3 Mar 14:00-15:00 in Work"]),
            ("rename my plan to Home", &["plan My plan is Home"]),
            ("delete plan Work", &["-plan Work", "-B10 Review"]),
            ("delete the Work plan", &["-plan Work", "-B10 Review"]),
            ("schedule sync tomorrow at 4pm in the Work plan", &["+Sync Tue 3 Mar 16:00-17:00 in Work"]),
        ],
    );
}

#[test]
fn plans_are_archived_and_taken_back() {
    check(
        || Person::tidy("Europe/Oslo"),
        &[
            ("archive the plan Work", &["plan Work archived"]),
            ("archive the Work plan", &["plan Work archived"]),
            ("please archive Work", &["plan Work archived"]),
            ("winter is not over, archive the work plan for now", &["plan Work archived"]),
            ("archive this plan", &["plan My plan archived", "in Work"]),
            ("archive my current plan", &["plan My plan archived", "in Work"]),
            ("unarchive Old job", &["plan Old job in use"]),
            ("unarchive the plan “Old job”", &["plan Old job in use"]),
            ("unarchive the old job plan", &["plan Old job in use"]),
            ("take the plan Old job out of the archive", &["plan Old job in use"]),
            ("bring the archived plan Old job back", &["plan Old job in use"]),
            ("switch to the Old job plan", &["plan Old job in use", "in Old job"]),
            ("archive the plan Old job", &[]),
            ("unarchive Work", &[]),
        ],
    );
    check_answers(
        || Person::tidy("Europe/Oslo"),
        &[
            ("archive the plan", &["Which plan?"]),
            ("archive", &["Which plan?"]),
            ("unarchive", &["Which plan?"]),
            ("archive gym", &["Which plan?"]),
            ("unarchive the plan Private", &["no plan “Private”"]),
        ],
    );
    check_answers(
        || Person::tidy("Europe/Oslo"),
        &[("list my plans", &["- My plan (active)", "- Old job (archived): 0 open"])],
    );
}
