//! New blocks.

use super::person::{Person, check, check_answers};

#[test]
fn times() {
    check(
        || Person::new("Europe/Oslo"),
        &[
            ("Schedule workout tomorrow at 8am", &["+Workout Tue 3 Mar 08:00-09:00"]),
            ("schedule workout tomorrow at 8am.", &["+Workout Tue 3 Mar 08:00-09:00"]),
            ("Can you please schedule a workout for tomorrow at 8am?", &["+Workout Tue 3 Mar 08:00-09:00"]),
            ("tomorrow at 8am schedule workout", &["+Workout Tue 3 Mar 08:00-09:00"]),
            ("Tomorrow 8am workout", &["+Workout Tue 3 Mar 08:00-09:00"]),
            ("workout tomorrow 8am", &["+Workout Tue 3 Mar 08:00-09:00"]),
            ("at 8am tomorrow, workout", &["+Workout Tue 3 Mar 08:00-09:00"]),
            ("I need to work out tomorrow at 8am", &["+Work out Tue 3 Mar 08:00-09:00"]),
            ("shedule workout tommorow at 8am", &["+Workout Tue 3 Mar 08:00-09:00"]),
            ("Add dentist on Friday at 14:30", &["+Dentist Fri 6 Mar 14:30-15:30"]),
            ("Remind me to call mom at 6pm", &["+Call mom Mon 2 Mar 18:00-18:15 !0"]),
            ("remind me to buy milk in 2 hours", &["+Buy milk Mon 2 Mar 12:00-12:15 !0"]),
            ("remind me in 20 minutes to check the oven", &["+Check the oven Mon 2 Mar 10:20-10:35 !0"]),
            ("Plan dinner with Eva tonight at 7", &["+Dinner with Eva Mon 2 Mar 19:00-20:00"]),
            ("Book a meeting with Bob from 2 to 4pm tomorrow", &["+Meeting with Bob Tue 3 Mar 14:00-16:00"]),
            ("schedule deep work 9-11am on Wednesday", &["+Deep work Wed 4 Mar 09:00-11:00"]),
            ("Add yoga at 18:30 for 45 minutes", &["+Yoga Mon 2 Mar 18:30-19:15"]),
            ("Add a 30 minute walk at noon", &["+Walk Mon 2 Mar 12:00-12:30"]),
            ("schedule a 45-minute call with Sam on Thursday at 3pm", &["+Call with Sam Thu 5 Mar 15:00-15:45"]),
            ("schedule tax return on March 3rd at 10", &["+Tax return Tue 3 Mar 10:00-11:00"]),
            ("schedule conference on the 3rd of May 2027 at 9am", &["+Conference Mon 3 May 2027 09:00-10:00"]),
            ("put flight to Rome on 2026-04-10 at 06:45", &["+Flight to Rome Fri 10 Apr 06:45-07:45"]),
            ("Add review next Tuesday at 11", &["+Review Tue 10 Mar 11:00-12:00"]),
            ("book haircut next week on Thursday at 5pm", &["+Haircut Thu 12 Mar 17:00-18:00"]),
            ("schedule hike this weekend", &["+Hike Sat 7 Mar 10:00-11:00"]),
            ("Add brunch on Sunday at 11", &["+Brunch Sun 8 Mar 11:00-12:00"]),
            ("plan movie night on Saturday at 8", &["+Movie night Sat 7 Mar 20:00-21:00"]),
            ("schedule breakfast tomorrow at 7", &["+Breakfast Tue 3 Mar 07:00-08:00"]),
            ("add lunch with Tom tomorrow at noon", &["+Lunch with Tom Tue 3 Mar 12:00-13:00"]),
            ("schedule backup at midnight", &["+Backup Tue 3 Mar 00:00-01:00"]),
            ("remind me at half past 4 to water the plants", &["+Water the plants Mon 2 Mar 16:30-16:45 !0"]),
            ("schedule study session tomorrow from 18:00 until 20:30", &["+Study session Tue 3 Mar 18:00-20:30"]),
            ("block two hours for writing tomorrow at 1pm", &["+Writing Tue 3 Mar 13:00-15:00"]),
            ("reserve 90 minutes on Wednesday at 10 for planning", &["+Planning Wed 4 Mar 10:00-11:30"]),
            ("schedule standup tomorrow morning", &["+Standup Tue 3 Mar 09:00-10:00"]),
            ("add reading this evening", &["+Reading Mon 2 Mar 18:00-19:00"]),
            ("schedule a run tomorrow at 6 in the morning", &["+Run Tue 3 Mar 06:00-07:00"]),
            ("schedule drinks on Friday at 9 in the evening", &["+Drinks Fri 6 Mar 21:00-22:00"]),
            ("add pay rent on the 1st at 9am", &["+Pay rent Wed 1 Apr 09:00-10:00"]),
            ("schedule an interview in 3 days at 2pm", &["+Interview Thu 5 Mar 14:00-15:00"]),
            ("I have a doctor's appointment on Wednesday at 9:15", &["+Doctor's appointment Wed 4 Mar 09:15-10:15"]),
            ("dentist on 5/3 at 15:00", &["+Dentist Thu 5 Mar 15:00-16:00"]),
            ("submit report by Friday 5pm", &["+Submit report Fri 6 Mar 16:00-17:00"]),
            ("schedule gym at 7", &["+Gym Mon 2 Mar 19:00-20:00"]),
            ("schedule gym at 11", &["+Gym Mon 2 Mar 11:00-12:00"]),
            ("schedule gym at 9am", &["+Gym Tue 3 Mar 09:00-10:00"]),
            ("schedule sleep from 11pm to 7am tonight", &["+Sleep Mon 2 Mar 23:00-Tue 07:00"]),
            ("schedule nap for an hour and a half at 2pm", &["+Nap Mon 2 Mar 14:00-15:30"]),
            ("create an event called Launch party on March 20 at 7pm", &["+Launch party Fri 20 Mar 19:00-20:00"]),
            ("schedule \"Lunch and Learn\" on Tuesday at 12", &["+Lunch and Learn Tue 3 Mar 12:00-13:00"]),
            ("new task: clean the kitchen tomorrow at 10", &["+Clean the kitchen Tue 3 Mar 10:00-11:00"]),
            ("set up a call with Ana on Monday at 4pm", &["+Call with Ana Mon 9 Mar 16:00-16:30"]),
            ("let's do pizza night on Friday at 7pm", &["+Pizza night Fri 6 Mar 19:00-20:00"]),
            ("schedule meditation now for 10 minutes", &["+Meditation Mon 2 Mar 10:00-10:10"]),
            ("schedule piano lesson day after tomorrow at 17:00", &["+Piano lesson Wed 4 Mar 17:00-18:00"]),
            ("Schedule oil change a week from Friday at 8am", &["+Oil change Fri 13 Mar 08:00-09:00"]),
            ("finish the report on Friday at 10", &["+Finish the report Fri 6 Mar 10:00-11:00"]),
            ("night shift on Saturday from 22:00 to 6:00", &["+Night shift Sat 7 Mar 22:00-Sun 06:00"]),
            ("tea with grandma tomorrow, fiveish", &["+Tea with grandma Tue 3 Mar 17:00-18:00"]),
            ("retrospective on the last Friday of this month at 14:00", &["+Retrospective Fri 27 Mar 14:00-15:00"]),
            ("carol singing on Christmas Eve at 4pm", &["+Carol singing Thu 24 Dec 16:00-17:00"]),
            ("drop off the kids tomorrow at 8am", &["+Drop off the kids Tue 3 Mar 08:00-09:00"]),
        ],
    );
}

#[test]
fn details() {
    check(
        || Person::new("Europe/Oslo"),
        &[
            ("Schedule workout tomorrow at 8am #health", &["+Workout Tue 3 Mar 08:00-09:00 #health"]),
            ("schedule pay taxes tomorrow at 9 high priority", &["+Pay taxes Tue 3 Mar 09:00-10:00 high"]),
            ("urgent: call the bank tomorrow at 9am", &["+Call the bank Tue 3 Mar 09:00-09:30 high"]),
            ("add low priority sort photos on Sunday at 3pm", &["+Sort photos Sun 8 Mar 15:00-16:00 low"]),
            ("schedule gym at 6pm #health #fun for 90 min", &["+Gym Mon 2 Mar 18:00-19:30 #health #fun"]),
            (
                "add dentist tomorrow at 3pm note: bring the insurance card",
                &["+Dentist Tue 3 Mar 15:00-16:00 (bring the insurance card)"],
            ),
            ("add review tomorrow at 3pm (room 4)", &["+Review Tue 3 Mar 15:00-16:00 (room 4)"]),
            ("schedule demo tomorrow at 2pm tagged work", &["+Demo Tue 3 Mar 14:00-15:00 #work"]),
            ("schedule rehearsal tomorrow at 2pm !!", &["+Rehearsal Tue 3 Mar 14:00-15:00 high"]),
            ("add 'Read War & Peace' tomorrow at 9pm", &["+Read War & Peace Tue 3 Mar 21:00-22:00"]),
            ("add lunch to my calendar tomorrow at 1pm", &["+Lunch Tue 3 Mar 13:00-14:00"]),
            ("schedule cleaning tomorrow at 3pm p1", &["+Cleaning Tue 3 Mar 15:00-16:00 high"]),
        ],
    );
}

#[test]
fn several_at_once() {
    check(
        || Person::new("Europe/Oslo"),
        &[
            (
                "Schedule gym tomorrow at 7 and dinner at 8pm",
                &["+Gym Tue 3 Mar 07:00-08:00", "+Dinner Tue 3 Mar 20:00-21:00"],
            ),
            (
                "add gym at 6pm and remind me to buy milk at 8pm",
                &["+Gym Mon 2 Mar 18:00-19:00", "+Buy milk Mon 2 Mar 20:00-20:15 !0"],
            ),
            ("buy milk and eggs tomorrow at 5pm", &["+Buy milk and eggs Tue 3 Mar 17:00-18:00"]),
            (
                "tomorrow: gym at 7, standup at 9, lunch at noon",
                &["+Gym Tue 3 Mar 07:00-08:00", "+Standup Tue 3 Mar 09:00-10:00", "+Lunch Tue 3 Mar 12:00-13:00"],
            ),
            (
                "Schedule workout tomorrow at 8am. Then add lunch at noon tomorrow.",
                &["+Workout Tue 3 Mar 08:00-09:00", "+Lunch Tue 3 Mar 12:00-13:00"],
            ),
            (
                "- gym tomorrow at 7\n- dentist on Friday at 9",
                &["+Gym Tue 3 Mar 07:00-08:00", "+Dentist Fri 6 Mar 09:00-10:00"],
            ),
            (
                "schedule gym on Tuesday and Thursday at 7am",
                &["+Gym Tue 3 Mar 07:00-08:00", "+Gym Thu 5 Mar 07:00-08:00"],
            ),
            (
                "schedule gym on Monday at 7am and on Wednesday at 8am",
                &["+Gym Wed 4 Mar 08:00-09:00", "+Gym Mon 9 Mar 07:00-08:00"],
            ),
            (
                "add run every day this week at 7pm",
                &[
                    "+Run Mon 2 Mar 19:00-20:00",
                    "+Run Tue 3 Mar 19:00-20:00",
                    "+Run Wed 4 Mar 19:00-20:00",
                    "+Run Thu 5 Mar 19:00-20:00",
                    "+Run Fri 6 Mar 19:00-20:00",
                    "+Run Sat 7 Mar 19:00-20:00",
                    "+Run Sun 8 Mar 19:00-20:00",
                ],
            ),
            (
                "create a plan called Fitness and schedule gym tomorrow at 7",
                &["+plan Fitness", "+Gym Tue 3 Mar 07:00-08:00 in Fitness"],
            ),
            ("schedule gym tomorrow at 7am and then move it to 8am", &["+Gym Tue 3 Mar 08:00-09:00"]),
            ("schedule gym tomorrow at 7am and make it high priority", &["+Gym Tue 3 Mar 07:00-08:00 high"]),
        ],
    );
}

#[test]
fn a_task_without_a_time_goes_to_the_inbox() {
    check(
        || Person::busy("Europe/Oslo"),
        &[
            ("add buy stamps", &["+Buy stamps in the inbox"]),
            ("remind me to buy milk", &["+Buy milk in the inbox 15 min"]),
            ("Buy milk", &["+Buy milk in the inbox"]),
            ("call mom", &["+Call mom in the inbox 30 min"]),
            ("schedule a 20 minute walk #health", &["+Walk in the inbox 20 min #health"]),
            ("add buy stamps to my inbox", &["+Buy stamps in the inbox"]),
            ("put buy stamps in the inbox", &["+Buy stamps in the inbox"]),
            ("put buy stamps in the inbox, I can start on Monday", &[]),
            // An appointment has a time, which is not guessed.
            ("schedule lunch", &[]),
            ("add a meeting with Bob", &[]),
            ("make the report recurring", &[]),
            ("schedule 5", &[]),
            ("milk", &[]),
            ("can you read my calendar", &[]),
            ("fix my schedule", &[]),
            ("call me Bob", &[]),
            ("pick another time for gym", &[]),
            ("clean up overdue tasks", &[]),
            ("buy stamps and make it high priority", &["+Buy stamps in the inbox high"]),
            ("buy", &[]),
            ("should I call mom?", &[]),
        ],
    );
}

/// With tasks of one and of three hours in the inbox (B11, B12). For the longer one there is room only tomorrow, after 11:00.
fn hours_in_the_inbox() -> Person {
    let mut person = Person::busy("Europe/Oslo");
    person.say("buy milk");
    person.say("add clean the garage");
    assert_eq!(person.say("make clean the garage 3 hours").effects, ["B12 with 180 min"]);
    person
}

#[test]
fn tasks_of_the_inbox_get_times_until_a_last_day() {
    let today: &[&str] = &["B11 at Mon 2 Mar 10:00-11:00"];
    let both: &[&str] = &["B11 at Mon 2 Mar 10:00-11:00", "B12 at Tue 3 Mar 11:00-14:00", "B12 with"];
    let report: &[&str] = &["B7 at Mon 2 Mar 16:00-18:00"];
    check(
        hours_in_the_inbox,
        &[
            ("find time for my inbox this week", both),
            ("find time for everything in my inbox by Friday", both),
            ("find time for my inbox before Wednesday", both),
            ("find time for my inbox until the end of the week", both),
            ("this week find time for my inbox", both),
            ("find time for my inbox tomorrow", both),
            ("find time for my inbox today", today),
            ("find time for my inbox before tomorrow", today),
            ("find a time for the milk by tomorrow", today),
            ("find new times for my overdue tasks by Wednesday", report),
            ("reschedule my overdue tasks this week", report),
            ("find a new time for the report before Wednesday", report),
            // These also say the first day.
            ("find time for my inbox next week", &[]),
            ("find time for my inbox on Friday", &[]),
        ],
    );
    let said = |text| hours_in_the_inbox().say(text).text;
    let left = "“Clean the garage” found no time: There is no room for it by Mon 2 Mar.";
    assert!(said("find time for my inbox today").contains(left));
    assert!(said("find time for my inbox tomorrow").contains("until tomorrow, so some can be earlier"));
    assert!(said("find time for my inbox by yesterday").contains("This deadline is over already. Nothing was changed"));
}

#[test]
fn what_is_in_the_inbox_can_be_named() {
    let inbox = || {
        let mut person = Person::busy("Europe/Oslo");
        person.say("buy milk");
        person.say("add buy stamps #home");
        person
    };
    check(
        inbox,
        &[
            ("move the milk to tomorrow at 9am", &["B11 at Tue 3 Mar 09:00-10:00"]),
            ("move it to tomorrow at 9am", &["B12 at Tue 3 Mar 09:00-10:00"]),
            ("I bought the milk, mark it as done", &[]),
            ("mark buy milk as done", &["B11 done"]),
            ("delete the stamps", &["-B12 Buy stamps"]),
            ("find a time for the milk", &["B11 at Mon 2 Mar 10:00-11:00"]),
            ("find time for everything in my inbox", &["B11 at Mon 2 Mar 10:00-11:00", "B12 at Mon 2 Mar 11:15-12:15"]),
            ("rename buy milk to buy bread", &["B11 is Buy bread"]),
            ("tag the stamps with urgent", &["B12 with #home #urgent"]),
            ("start the timer for the milk", &["B11 with a timer that runs"]),
            ("make the milk half an hour longer", &[]),
            // Which one, and to which time of day.
            ("mark buy as done", &[]),
            ("move the milk to tomorrow", &[]),
        ],
    );
    check_answers(
        inbox,
        &[
            ("what is in my inbox?", &["2 tasks without a time:", "- Buy milk (B11)", "- Buy stamps (B12)"]),
            ("when is buy milk?", &["“Buy milk” (B11), no time yet."]),
            ("find milk", &["B11 Buy milk, no time yet"]),
            ("find time for buy", &["Several tasks in the inbox fit:", "B11", "B12"]),
        ],
    );
    let bought = || {
        let mut person = inbox();
        person.say("mark buy milk as done");
        person.say("buy milk");
        person
    };
    check(bought, &[("delete buy milk", &["-B13 Buy milk"]), ("mark the milk as done", &["B13 done"])]);
    check_answers(|| Person::new("UTC"), &[("show my inbox", &["Your inbox is empty"])]);
}

#[test]
fn on_a_day_without_a_time_the_next_free_one_is_taken() {
    check(
        || Person::busy("Europe/Oslo"),
        &[
            ("schedule reading tomorrow", &["+Reading Tue 3 Mar 11:00-12:00"]),
            ("schedule a walk this afternoon", &["+Walk Mon 2 Mar 14:00-15:00"]),
        ],
    );
}

#[test]
fn unknown_days_are_looked_up_together() {
    check(
        || Person::busy("Europe/Oslo"),
        &[(
            "add reading every Monday in April",
            &[
                "+Reading Mon 6 Apr 09:00-10:00",
                "+Reading Mon 13 Apr 09:00-10:00",
                "+Reading Mon 20 Apr 09:00-10:00",
                "+Reading Mon 27 Apr 09:00-10:00",
            ],
        )],
    );
}

#[test]
fn zones_without_daylight_saving_and_over_its_change() {
    check(
        || Person::new("Asia/Tokyo"),
        &[
            ("Schedule workout tomorrow at 8am", &["+Workout Tue 3 Mar 08:00-09:00"]),
            ("remind me in 2 hours to stretch", &["+Stretch Mon 2 Mar 12:00-12:15 !0"]),
            ("meeting on 3/5 at 10:00", &["+Meeting Sun 3 May 10:00-11:00"]),
        ],
    );
    check(
        || Person::new("America/New_York"),
        &[
            ("meeting on 3/5 at 10:00", &["+Meeting Thu 5 Mar 10:00-11:00"]),
            ("schedule brunch on Sunday at 11am", &["+Brunch Sun 8 Mar 11:00-12:00"]),
            ("add call on March 9 at 8am for 30 minutes", &["+Call Mon 9 Mar 08:00-08:30"]),
        ],
    );
    check(
        || Person::at("Europe/Oslo", "2026-03-28T23:30:00"),
        &[
            ("remind me in 4 hours to feed the cat", &["+Feed the cat Sun 29 Mar 04:30-04:45 !0"]),
            ("schedule run tomorrow at 8am", &["+Run Sun 29 Mar 08:00-09:00"]),
        ],
    );
    check(
        || Person::at("Asia/Kolkata", "2026-03-02T23:50:00"),
        &[
            ("remind me to sleep in 20 minutes", &["+Sleep Tue 3 Mar 00:10-00:25 !0"]),
            ("schedule tea at 4", &["+Tea Tue 3 Mar 16:00-17:00"]),
        ],
    );
}

#[test]
fn what_people_write_in_a_hurry() {
    check(
        || Person::new("Europe/Oslo"),
        &[
            ("dentist appointment next thursday 10am", &["+Dentist appointment Thu 12 Mar 10:00-11:00"]),
            (
                "can you put a 30 min call with Lisa on my calendar for tomorrow afternoon",
                &["+Call with Lisa Tue 3 Mar 14:00-14:30"],
            ),
            ("block 9-11 tomorrow for deep work", &["+Deep work Tue 3 Mar 09:00-11:00"]),
            ("meet john for coffee tomorrow 4", &["+Meet john for coffee Tue 3 Mar 16:00-17:00"]),
            (
                "remind me to call the bank tomorrow at 9:30 and then pick up the kids at 3",
                &["+Call the bank Tue 3 Mar 09:30-09:45 !0", "+Pick up the kids Tue 3 Mar 15:00-15:15 !0"],
            ),
            (
                "schedule a meeting with the marketing team on Monday from 10 to 11:30 about the Q3 budget",
                &["+Meeting with the marketing team about the Q3 budget Mon 9 Mar 10:00-11:30"],
            ),
            ("team sync every monday at 9", &["+Team sync Mon 9 Mar 09:00-10:00, every Monday"]),
            ("set an alarm for 6am", &["+Alarm Tue 3 Mar 06:00-06:15 !0"]),
            ("schedule vet for the cat on 12.03. at 14:00", &["+Vet for the cat Thu 12 Mar 14:00-15:00"]),
            ("add dentist on 2026-03-09T08:00", &["+Dentist Mon 9 Mar 08:00-09:00"]),
            ("schedule standup 9am mon-fri", &["+Standup Tue 3 Mar 09:00-10:00, every weekday"]),
            (
                "add gym tomorrow at 8am for half an hour, high priority, #health, note: leg day",
                &["+Gym Tue 3 Mar 08:00-08:30 high #health (leg day)"],
            ),
            ("schedule tomorrow's presentation prep at 4pm", &["+Presentation prep Tue 3 Mar 16:00-17:00"]),
            (
                "add dinner at 7 and movie at 9 tonight with Eva",
                &["+Dinner Mon 2 Mar 19:00-20:00", "+Movie with Eva Mon 2 Mar 21:00-22:00"],
            ),
            ("call 555-1234 at 3pm", &["+Call 555-1234 Mon 2 Mar 15:00-15:30"]),
            ("this friday drinks at 8", &["+Drinks Fri 6 Mar 20:00-21:00"]),
        ],
    );
}

#[test]
fn times_that_have_passed_today_are_tomorrow() {
    check(
        || Person::at("Europe/Oslo", "2026-03-02T18:43:00"),
        &[
            ("Remind me to buy milk at 6pm", &["+Buy milk Tue 3 Mar 18:00-18:15 !0"]),
            ("Remind me to buy milk at 6am", &["+Buy milk Tue 3 Mar 06:00-06:15 !0"]),
            ("call mom at 7", &["+Call mom Mon 2 Mar 19:00-19:30"]),
            ("schedule <b>x</b> tomorrow at 9", &["+<b>x</b> Tue 3 Mar 09:00-10:00"]),
        ],
    );
}

#[test]
fn in_the_night_a_time_of_today_is_in_its_morning() {
    check(
        || Person::at("Europe/Oslo", "2026-03-03T00:30:00"),
        &[("add jogging today at 6:30", &["+Jogging Tue 3 Mar 06:30-07:30"])],
    );
}
