//! New blocks that repeat: each is one call with a rule. What is not understood completely adds nothing.

use super::person::{Person, check, check_answers};

#[test]
fn how_often() {
    check(
        || Person::new("Europe/Oslo"),
        &[
            ("Gym every Tuesday at 18:00", &["+Gym Tue 3 Mar 18:00-19:00, every Tuesday"]),
            ("schedule gym every Tuesday at 6pm for 90 minutes", &["+Gym Tue 3 Mar 18:00-19:30, every Tuesday"]),
            ("every weekday at 7 jogging", &["+Jogging Tue 3 Mar 07:00-08:00, every weekday"]),
            ("standup weekdays 9:15", &["+Standup Tue 3 Mar 09:15-10:15, every weekday"]),
            ("standup every workday from 9:15 to 9:30", &["+Standup Tue 3 Mar 09:15-09:30, every weekday"]),
            ("standup every Monday to Friday at 9:15", &["+Standup Tue 3 Mar 09:15-10:15, every weekday"]),
            ("water the plants every 3 days at 8", &["+Water the plants Tue 3 Mar 08:00-09:00, every 3 days"]),
            ("remind me every day at 8 to take my pills", &["+Take my pills Tue 3 Mar 08:00-08:15 !0, every day"]),
            ("remind me to take my pills daily at 8pm", &["+Take my pills Mon 2 Mar 20:00-20:15 !0, every day"]),
            ("add reading every other day at 9pm", &["+Reading Mon 2 Mar 21:00-22:00, every other day"]),
            ("run every morning at 7", &["+Run Tue 3 Mar 07:00-08:00, every day"]),
            ("hike every weekend at 10", &["+Hike Sat 7 Mar 10:00-11:00, every Saturday and Sunday"]),
            ("choir every Monday and Thursday at 7pm", &["+Choir Mon 2 Mar 19:00-20:00, every Monday and Thursday"]),
            (
                "choir every Monday, Wednesday, and Friday at 7pm",
                &["+Choir Mon 2 Mar 19:00-20:00, every Monday, Wednesday and Friday"],
            ),
            ("choir on Mondays and Thursdays at 7pm", &["+Choir Mon 2 Mar 19:00-20:00, every Monday and Thursday"]),
            ("yoga Tuesdays at 6pm", &["+Yoga Tue 3 Mar 18:00-19:00, every Tuesday"]),
            ("yoga Tuesdays and Thursdays 6pm", &["+Yoga Tue 3 Mar 18:00-19:00, every Tuesday and Thursday"]),
            (
                "yoga every Tuesday at 18:00 and every Thursday at 19:00",
                &["+Yoga Tue 3 Mar 18:00-19:00, every Tuesday", "+Yoga Thu 5 Mar 19:00-20:00, every Thursday"],
            ),
            ("schedule swimming every other Tuesday at 6pm", &["+Swimming Tue 3 Mar 18:00-19:00, every other Tuesday"]),
            (
                "schedule swimming every second Tuesday at 6pm",
                &["+Swimming Tue 3 Mar 18:00-19:00, every other Tuesday"],
            ),
            ("weekly review on Friday at 16:00", &["+Review Fri 6 Mar 16:00-17:00, every Friday"]),
            ("add review every week on Friday at 4pm", &["+Review Fri 6 Mar 16:00-17:00, every Friday"]),
            ("biweekly retro on Mondays at 3pm", &["+Retro Mon 2 Mar 15:00-16:00, every other Monday"]),
            ("add retro every two weeks on Monday at 3pm", &["+Retro Mon 2 Mar 15:00-16:00, every other Monday"]),
            ("retro fortnightly from next Monday at 3pm", &["+Retro Mon 9 Mar 15:00-16:00, every other Monday"]),
            ("Friday drinks every Friday at 8pm", &["+Friday drinks Fri 6 Mar 20:00-21:00, every Friday"]),
        ],
    );
}

#[test]
fn so_long_after_it_was_done() {
    check(
        || Person::new("Europe/Oslo"),
        &[
            (
                "water the plants every 3 days after I did it",
                &["+Water the plants in the inbox, again 3 days after it was done"],
            ),
            (
                "water the plants tomorrow at 8 for 15 minutes, again 3 days after it's done",
                &["+Water the plants Tue 3 Mar 08:00-08:15, again 3 days after it was done"],
            ),
            (
                "Add vacuum the flat at 18:00 and then again a week after it was done",
                &["+Vacuum the flat Mon 2 Mar 18:00-19:00, again a week after it was done"],
            ),
            (
                "schedule descale the kettle on Friday at 9 every 2 months after I've done it",
                &["+Descale the kettle Fri 6 Mar 09:00-10:00, again 2 months after it was done"],
            ),
            (
                "remind me tomorrow at 9 to change the sheets every other week after completion",
                &["+Change the sheets Tue 3 Mar 09:00-09:15 !0, again 2 weeks after it was done"],
            ),
            // What is done is a task.
            ("haircut every 6 weeks after it's done", &["+Haircut in the inbox, again 6 weeks after it was done"]),
        ],
    );
    let cannot_repeat = &["cannot plan what repeats in that way", "added nothing"][..];
    check_answers(
        || Person::busy("Europe/Oslo"),
        &[
            ("water the plants every Tuesday after I did it", cannot_repeat),
            ("water the plants every few days after I did it", cannot_repeat),
            ("water the plants every day at 9, again 3 days after it's done", cannot_repeat),
            ("water the plants on Monday and Tuesday at 9, again 3 days after it's done", cannot_repeat),
            ("water the plants every 400 days after I did it", &["1 to 366 days"]),
        ],
    );
}

#[test]
fn months_and_years() {
    check(
        || Person::new("Europe/Oslo"),
        &[
            ("pay rent on the 1st of every month at 9", &["+Pay rent Wed 1 Apr 09:00-10:00, every month on the 1st"]),
            ("pay rent every month on the 15th at 9am", &["+Pay rent Sun 15 Mar 09:00-10:00, every month on the 15th"]),
            ("pay rent monthly on the 1st at 9am", &["+Pay rent Wed 1 Apr 09:00-10:00, every month on the 1st"]),
            // That time of today is over.
            ("pay rent monthly on the 2nd at 9am", &["+Pay rent Thu 2 Apr 09:00-10:00, every month on the 2nd"]),
            (
                "service the boiler every 6 months on the 5th at 9am",
                &["+Service the boiler Thu 5 Mar 09:00-10:00, every 6 months on the 5th"],
            ),
            (
                "remind me yearly on 24 December at 10am to call grandma",
                &["+Call grandma Thu 24 Dec 10:00-10:15 !0, every year on 24 December"],
            ),
            ("taxes every year on May 2 at 9am", &["+Taxes Sat 2 May 09:00-10:00, every year on 2 May"]),
        ],
    );
}

#[test]
fn from_when_and_until_when() {
    check(
        || Person::new("Europe/Oslo"),
        &[
            (
                "run every other Tuesday until June at 7am",
                &["+Run Tue 3 Mar 07:00-08:00, every other Tuesday until 31 May 2026"],
            ),
            ("gym every Tuesday at 6pm until 5 June", &["+Gym Tue 3 Mar 18:00-19:00, every Tuesday until 5 June 2026"]),
            (
                "gym every Tuesday at 6pm till December 24",
                &["+Gym Tue 3 Mar 18:00-19:00, every Tuesday until 24 December 2026"],
            ),
            (
                "schedule gym every Monday and Wednesday at 6pm until the end of March",
                &["+Gym Mon 2 Mar 18:00-19:00, every Monday and Wednesday until 31 March 2026"],
            ),
            ("gym every day at 6pm until Friday", &["+Gym Mon 2 Mar 18:00-19:00, every day until 6 March 2026"]),
            ("gym every Tuesday at 6pm for 10 weeks", &["+Gym Tue 3 Mar 18:00-19:00, every Tuesday until 11 May 2026"]),
            (
                "gym every Tuesday at 6pm for 45 minutes for 3 months",
                &["+Gym Tue 3 Mar 18:00-18:45, every Tuesday until 2 June 2026"],
            ),
            ("gym every weekday at 6pm for 5 days", &["+Gym Mon 2 Mar 18:00-19:00, every weekday until 6 March 2026"]),
            ("gym every Monday at 6pm starting in April", &["+Gym Mon 6 Apr 18:00-19:00, every Monday"]),
            (
                "gym every Monday at 6pm from next week until 20 April",
                &["+Gym Mon 9 Mar 18:00-19:00, every Monday until 20 April 2026"],
            ),
            (
                "add backup every other day this week at 22:00",
                &["+Backup Mon 2 Mar 22:00-23:00, every other day until 8 March 2026"],
            ),
            (
                "schedule meditation every day for the next 60 days at 6am",
                &["+Meditation Tue 3 Mar 06:00-07:00, every day until 30 April 2026"],
            ),
            (
                "gym every day at 7am and dinner at 8pm",
                &["+Dinner Mon 2 Mar 20:00-21:00, every day", "+Gym Tue 3 Mar 07:00-08:00, every day"],
            ),
        ],
    );
}

#[test]
fn what_is_not_understood_completely_adds_nothing() {
    let cannot_repeat = &["cannot plan what repeats in that way", "added nothing"][..];
    let needs_a_time = &["needs a time", "added nothing"][..];
    let needs_a_day = &["on which day", "added nothing"][..];
    let no_day_ahead = &["None of those days is ahead"][..];
    check_answers(
        || Person::busy("Europe/Oslo"),
        &[
            ("pay rent on the 1st of every month", needs_a_time),
            ("run every other Tuesday until June", needs_a_time),
            ("schedule reading every evening", needs_a_time),
            ("swimming every Tuesday for 10 weeks", needs_a_time),
            ("add reading every day until 10", needs_a_time),
            ("pay rent monthly", needs_a_day),
            ("pay rent monthly at 9", needs_a_day),
            ("gym every week in April at 6pm", needs_a_day),
            ("add biweekly review next month at 9", needs_a_day),
            ("dentist every year at 9", needs_a_day),
            ("remind me every hour to drink", cannot_repeat),
            ("last friday of every month team lunch at 12", cannot_repeat),
            ("first monday of every month team lunch at 12", cannot_repeat),
            ("team lunch every second Tuesday of the month at 12", cannot_repeat),
            ("team lunch every third Tuesday at 12", cannot_repeat),
            ("team lunch monthly on Friday at 12", cannot_repeat),
            ("pay rent on the 31st of every month at 9", cannot_repeat),
            ("pay rent on the 1st and 15th of every month at 9", cannot_repeat),
            ("party every Friday the 13th at 8pm", cannot_repeat),
            ("add yoga twice a week", cannot_repeat),
            ("add yoga three times a week at 6pm", cannot_repeat),
            ("yoga 3x per week at 6pm", cannot_repeat),
            ("call grandma every blue moon", cannot_repeat),
            ("gym every Tuesday and the first Friday at 6pm", cannot_repeat),
            ("gym every Tuesday at 6pm except in July", cannot_repeat),
            ("schedule gym every day at 6pm but not on Sundays", cannot_repeat),
            ("gym every Tuesday at 6pm 10 times", cannot_repeat),
            ("gym every Monday at 7 and Thursday at 8", cannot_repeat),
            ("remind me every day at 8am and at 8pm to take pills", cannot_repeat),
            ("remind me every day at 8 and 20 to take pills", cannot_repeat),
            ("gym every day at 6pm and every Monday", cannot_repeat),
            ("gym every day tomorrow at 6pm", cannot_repeat),
            ("gym every day at 6pm by Friday", cannot_repeat),
            ("gym every Tuesday at 6pm until the exam", cannot_repeat),
            ("gym every few days at 6pm", cannot_repeat),
            ("make gym repeat every Tuesday at 6pm", cannot_repeat),
            ("skiing every year on 5 March at 9am for a week", cannot_repeat),
            ("drinks every Friday night at 1", cannot_repeat),
            ("every week by February gym", cannot_repeat),
            ("birthday party every year on 29 February at 6pm", cannot_repeat),
            ("gym every day at 6pm until yesterday", no_day_ahead),
            ("work on the report at 9 until Friday", &["only for what repeats", "added nothing"]),
            ("I go to the gym every Tuesday at 18:00", &["did not understand"]),
            ("dance every blue moon", &["did not understand"]),
        ],
    );
}

#[test]
fn what_repeats_can_be_ended() {
    let with = |texts: &'static [&'static str]| {
        move || {
            let mut person = Person::busy("Europe/Oslo");
            for text in texts {
                person.say(text);
            }
            person
        }
    };
    let yoga = with(&["schedule yoga every Friday at 18:00 until 20 March"]);
    let gone = &["-B11 Yoga", "-B12 Yoga", "-B13 Yoga"][..];
    check(
        yoga,
        &[
            ("stop repeating yoga", gone),
            ("end the yoga series", gone),
            ("end the series B11", gone),
            ("cancel all future yogas", gone),
            ("delete all yoga sessions", gone),
            ("delete all my yogas.", gone),
            ("cancel yoga every week", gone),
            ("cancel yoga every Friday", gone),
            ("delete all yogas this week", &["-B11 Yoga"]),
            ("delete yoga on Friday", &["-B11 Yoga"]),
        ],
    );
    check_answers(
        yoga,
        &[
            ("delete yoga", &["Several blocks fit", "Which one?"]),
            ("cancel yoga every Monday", &["which series", "deleted nothing"]),
            ("stop repeating gym", &["nothing of that name that repeats", "deleted nothing"]),
            ("end the series B4", &["nothing of that name that repeats", "deleted nothing"]),
            ("stop repeating swimming", &["found no block"]),
            ("stop repeating", &["did not understand"]),
        ],
    );
    let twice = with(&["schedule yoga every Friday at 18:00 until 20 March", "yoga every Monday at 7 until 20 March"]);
    check_answers(twice, &[("stop repeating yoga", &["which series", "B11", "deleted nothing"])]);
}
