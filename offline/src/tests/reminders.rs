//! Reminders: of new blocks, of blocks that exist, and those that are refused.

use super::person::{Person, check, check_answers};

fn busy() -> Person {
    Person::busy("Europe/Oslo")
}

/// Besides that with yoga on weekdays (B11 tomorrow, B12 on Wednesday …), a task in the inbox, and a reminder of the dentist (B6).
fn reminded() -> Person {
    let mut person = busy();
    for text in ["yoga every weekday at 7", "add water the basil", "remind me an hour before the dentist"] {
        let became = person.say(text);
        assert!(!became.effects.is_empty(), "{text}: {}", became.text);
    }
    person
}

#[test]
fn a_block_that_is_to_remind_does_so_at_its_start() {
    check(
        busy,
        &[
            ("remind me to buy milk at 5pm", &["+Buy milk Mon 2 Mar 17:00-17:15 !0"]),
            ("don't let me forget to lock up at 9pm", &["+Lock up Mon 2 Mar 21:00-21:15 !0"]),
            ("set a reminder to call Bob at 5pm", &["+Call Bob Mon 2 Mar 17:00-17:15 !0"]),
            ("add a reminder to call Bob at 5pm", &["+Call Bob Mon 2 Mar 17:00-17:15 !0"]),
            ("set an alarm for 6am", &["+Alarm Tue 3 Mar 06:00-06:15 !0"]),
            ("remind me about the rent tomorrow at 9", &["+Rent Tue 3 Mar 09:00-09:15 !0"]),
            ("Water the plants at 5pm, remind me", &["+Water the plants Mon 2 Mar 17:00-18:00 !0"]),
            ("call Bob at 5pm with a reminder", &["+Call Bob Mon 2 Mar 17:00-17:30 !0"]),
            ("remind me the day after tomorrow at 9 to pay the rent", &["+Pay the rent Wed 4 Mar 09:00-09:15 !0"]),
            ("remind me to ask when the shop opens at 5pm", &["+Ask when the shop opens Mon 2 Mar 17:00-17:15 !0"]),
            ("call with Alert Logic at 5pm", &["+Call with Alert Logic Mon 2 Mar 17:00-17:30"]),
            (
                "write a mail with a reminder about the rent at 5pm",
                &["+Write a mail with a reminder about the rent Mon 2 Mar 17:00-18:00"],
            ),
            ("remind me to leave on time", &["+Leave on time in the inbox 15 min"]),
            // Without a time, it has no start.
            ("remind me to buy milk", &["+Buy milk in the inbox 15 min"]),
            ("call Bob at 5pm", &["+Call Bob Mon 2 Mar 17:00-17:30"]),
        ],
    );
}

#[test]
fn a_new_block_and_its_reminder_are_one_request() {
    check(
        busy,
        &[
            ("physio tomorrow at 3pm, remind me 10 minutes before", &["+Physio Tue 3 Mar 15:00-16:00 !10"]),
            ("physio tomorrow at 3pm with a reminder an hour before", &["+Physio Tue 3 Mar 15:00-16:00 !60"]),
            ("physio tomorrow at 3pm and remind me 30 min before", &["+Physio Tue 3 Mar 15:00-16:00 !30"]),
            ("physio tomorrow at 3pm, remind me 1 day and 1 hour before", &["+Physio Tue 3 Mar 15:00-16:00 !1440 !60"]),
            ("physio tomorrow at 3pm. Remind me of it half an hour earlier.", &["+Physio Tue 3 Mar 15:00-16:00 !30"]),
            ("physio tomorrow at 3pm, reminder 15 minutes before", &["+Physio Tue 3 Mar 15:00-16:00 !15"]),
            ("physio tomorrow at 3pm with a 15-minute reminder", &["+Physio Tue 3 Mar 15:00-16:00 !15"]),
            ("physio tomorrow at 3pm and remind me an hour before the physio", &["+Physio Tue 3 Mar 15:00-16:00 !60"]),
            (
                "physio tomorrow at 3pm for 45 minutes, remind me 2 hours before and when it starts",
                &["+Physio Tue 3 Mar 15:00-15:45 !120 !0"],
            ),
            (
                "physio with two reminders, a day before and an hour before, tomorrow at 3pm",
                &["+Physio Tue 3 Mar 15:00-16:00 !1440 !60"],
            ),
            ("physio tomorrow at 3pm without a reminder", &["+Physio Tue 3 Mar 15:00-16:00 !never"]),
            ("physio tomorrow at 3pm, no reminder needed", &["+Physio Tue 3 Mar 15:00-16:00 !never"]),
            ("move the dentist to Friday at 10 without a reminder", &["B6 at Fri 6 Mar 10:00-11:00", "B6 with !never"]),
            ("Tomorrow: physio at 3pm, remind me 10 minutes before", &["+Physio Tue 3 Mar 15:00-16:00 !10"]),
            ("physio tomorrow at 3pm (remind me 10 minutes before)", &["+Physio Tue 3 Mar 15:00-16:00 !10"]),
            (
                "physio tomorrow at 3pm, note: without a reminder",
                &["+Physio Tue 3 Mar 15:00-16:00 (without a reminder)"],
            ),
            (
                "physio every Tuesday at 3pm, always remind me 10 minutes before",
                &["+Physio Tue 3 Mar 15:00-16:00 !10, every Tuesday"],
            ),
            ("physio tomorrow at 3pm, don't remind me", &["+Physio Tue 3 Mar 15:00-16:00 !never"]),
            (
                "In the Work plan, demo tomorrow at 3pm, remind me 10 minutes before",
                &["+Demo Tue 3 Mar 15:00-16:00 !10 in Work"],
            ),
            (
                "physio tomorrow at 3pm #health high priority, remind me 10 minutes before please",
                &["+Physio Tue 3 Mar 15:00-16:00 high #health !10"],
            ),
            (
                "physio tomorrow at 3pm, remind me 10 minutes before. Walk tomorrow at 5pm",
                &["+Physio Tue 3 Mar 15:00-16:00 !10", "+Walk Tue 3 Mar 17:00-18:00"],
            ),
            ("remind me to leave at 5pm 10 minutes before", &["+Leave Mon 2 Mar 17:00-17:15 !10"]),
            ("remind me 10 minutes before to leave at 5pm", &["+Leave Mon 2 Mar 17:00-17:15 !10"]),
            ("remind me to leave at 5pm and remind me 10 minutes before", &["+Leave Mon 2 Mar 17:00-17:15 !10 !0"]),
            (
                "every weekday at 7 yoga, remind me 10 minutes before",
                &["+Yoga Tue 3 Mar 07:00-08:00 !10, every weekday"],
            ),
            (
                "yoga every Tuesday at 18:00 with a reminder an hour before",
                &["+Yoga Tue 3 Mar 18:00-19:00 !60, every Tuesday"],
            ),
            (
                "move the dentist to Friday at 10 and remind me an hour before",
                &["B6 at Fri 6 Mar 10:00-11:00", "B6 with !60"],
            ),
        ],
    );
}

#[test]
fn a_block_that_exists_is_named_as_elsewhere() {
    check(
        busy,
        &[
            ("remind me 10 minutes before the dentist", &["B6 with !10"]),
            ("can you remind me ten minutes before the dentist?", &["B6 with !10"]),
            ("remind me about B3 an hour before", &["B3 with !60"]),
            ("remind me of lunch with Ana 15 minutes beforehand", &["B2 with !15"]),
            ("remind me of lunch with Ana 15 minutes earlier", &["B2 with !15"]),
            ("remind me 15 minutes before my 3pm meeting", &["B3 with !15"]),
            ("remind me 1 day, 2 hours before the dentist on Thursday", &["B6 with !1440 !120"]),
            ("remind me a day before and an hour before the dentist", &["B6 with !1440 !60"]),
            ("set a reminder for the dentist 30 minutes before", &["B6 with !30"]),
            ("set a reminder 30 minutes before the dentist", &["B6 with !30"]),
            ("set a 30 minute reminder for the dentist", &["B6 with !30"]),
            ("add a reminder to B6 10 minutes before", &["B6 with !10"]),
            ("reminder 10 minutes before the gym", &["B4 with #health !10"]),
            ("notify me 10 minutes before the gym", &["B4 with #health !10"]),
            ("remind me when the dentist starts", &["B6 with !0"]),
            ("remind me at the start of the dentist", &["B6 with !0"]),
            ("remind me 2 days before the team offsite", &["B9 with !2880"]),
        ],
    );
    check(
        reminded,
        &[
            ("don't remind me of the dentist", &["B6 with !never"]),
            ("no reminder for B6", &["B6 with !never"]),
            ("remove the reminder of B6", &["B6 with !never"]),
            ("turn off the reminders for the dentist", &["B6 with !never"]),
            ("stop reminding me of the dentist", &["B6 with !never"]),
            ("remind me 5 minutes before the dentist", &["B6 with !5"]),
            ("remind me an hour before B12", &["B12 with !60"]),
            // What repeats is one block, unless all are named.
            ("remind me an hour before tomorrow's yoga", &["B11 with !60"]),
        ],
    );
}

#[test]
fn a_block_reminds_as_the_settings_say_again() {
    let usual: &[&str] = &["B6 with"];
    let said = [
        "remind me of the dentist as usual",
        "use the default reminders for the dentist",
        "reset the reminders of B6",
        "reset the reminder for the dentist to the default",
        "set the reminders of the dentist to the default",
        "remind me about the dentist as my settings say",
    ];
    check(reminded, &said.map(|said| (said, usual)));
    check_answers(
        reminded,
        &[
            ("remind me of the sauna as usual", &["found no block"]),
            ("stop reminding me by default", &["changed nothing"]),
        ],
    );
}

#[test]
fn a_reminder_that_has_come_is_snoozed() {
    let one = || {
        let person = reminded();
        person.remind(&["B6"]);
        person
    };
    let two = || {
        let person = reminded();
        person.remind(&["B6", "B4"]);
        person
    };
    let until = |time: &str| format!("The reminder of “Dentist” (B6) comes again {time}.");
    for (text, time) in [
        ("snooze the reminder", "Mon 2 Mar, 10:10"),
        ("snooze", "Mon 2 Mar, 10:10"),
        ("Snooze it, please", "Mon 2 Mar, 10:10"),
        ("snooze for an hour", "Mon 2 Mar, 11:00"),
        ("snooze it for another half an hour", "Mon 2 Mar, 10:30"),
        ("snooze the reminder by 15 minutes", "Mon 2 Mar, 10:15"),
        ("snooze B6 for an hour", "Mon 2 Mar, 11:00"),
        ("snooze the reminder of the dentist for 2 days", "Wed 4 Mar, 10:00"),
        ("postpone the reminder by 20 minutes", "Mon 2 Mar, 10:20"),
        ("remind me again in 10 minutes", "Mon 2 Mar, 10:10"),
        ("remind me in an hour again", "Mon 2 Mar, 11:00"),
        ("remind me again later", "Mon 2 Mar, 10:10"),
        ("remind me again about the dentist in 2 hours", "Mon 2 Mar, 12:00"),
        ("remind me of the dentist again in 2 hours", "Mon 2 Mar, 12:00"),
    ] {
        let became = one().say(text);
        assert_eq!((became.text, became.effects), (until(time), vec![]), "{text}");
    }
    let mut person = two();
    assert!(person.say("snooze the reminder").text.starts_with("Several reminders wait: “Gym” (B4), “Dentist” (B6)."));
    assert_eq!(person.say("snooze the dentist for 5 minutes").text, until("Mon 2 Mar, 10:05"));
    check_answers(
        reminded,
        &[
            ("snooze the reminder", &["No such reminder waits. Nothing was changed."]),
            ("remind me again in 10 minutes", &["No such reminder waits."]),
            ("snooze the gym for an hour", &["No such reminder waits."]),
            ("snooze the sauna", &["found no block"]),
            ("snooze it until 3pm", &["For how long", "changed nothing"]),
            ("snooze the dentist for 3 weeks", &["at most a week", "changed nothing"]),
        ],
    );
}

#[test]
fn every_block_of_what_repeats_can_remind() {
    for (text, reminders) in [
        ("always remind me 10 minutes before yoga", " !10"),
        ("remind me 10 minutes before every yoga", " !10"),
        ("remind me of yoga, always 10 minutes before", " !10"),
        ("never remind me of yoga", " !never"),
    ] {
        let became = reminded().say(text);
        assert!(became.effects.len() > 10, "{text}: {:?} {}", became.effects, became.text);
        assert!(
            became.effects.iter().all(|effect| effect.ends_with(&format!(" with{reminders}"))),
            "{text}: {:?}",
            became.effects
        );
    }
}

#[test]
fn the_block_that_was_spoken_of_needs_no_name() {
    let talk = |lines: &[(&str, &[&str])]| {
        let mut person = busy();
        for (text, expected) in lines {
            let became = person.say(text);
            assert_eq!(became.effects, *expected, "{text}: {}", became.text);
        }
    };
    talk(&[
        ("physio tomorrow at 3pm", &["+Physio Tue 3 Mar 15:00-16:00"]),
        ("remind me 10 minutes before", &["B11 with !10"]),
        ("remind me an hour before it", &["B11 with !60"]),
        ("don't remind me", &["B11 with !never"]),
    ]);
    talk(&[("when is the dentist?", &[]), ("remind me of it 10 minutes before", &["B6 with !10"])]);
    talk(&[
        ("make the gym high priority", &["B4 with high #health"]),
        ("when is the dentist? Remind me 10 minutes before", &[]),
        ("complete B7. Remind me 10 minutes before the gym", &["B7 done", "B4 with high #health !10"]),
        (
            "make the dentist low priority. Then move it to Friday at 10",
            &["B6 at Fri 6 Mar 10:00-11:00", "B6 with low"],
        ),
    ]);
}

#[test]
fn what_is_not_understood_completely_sets_no_reminder() {
    check_answers(busy, &[("remind me 10 minutes before", &["do not know what you mean"])]);
    let unread = &["only a length of time before", "changed nothing"][..];
    check_answers(
        reminded,
        &[
            ("remind me the evening before", unread),
            ("remind me of the dentist the evening before", unread),
            ("remind me the day before the dentist", unread),
            ("remind me when I get home", unread),
            ("remind me to call Bob when I get home", unread),
            ("remind me at home to water the plants", unread),
            ("remind me after the meeting to call Bob", unread),
            ("remind me as soon as it rains", unread),
            ("remind me later", unread),
            ("remind me 30 seconds before the dentist", unread),
            ("physio tomorrow at 3pm with a reminder the evening before", unread),
            ("nag me until I call the bank", &["do not repeat it", "changed nothing"]),
            ("keep reminding me to drink", &["do not repeat it"]),
            ("remind me 3 weeks before the dentist", &["up to a week before", "Nothing was changed"]),
            ("physio tomorrow at 3pm, remind me 3 weeks before", &["up to a week before"]),
            ("remind me 1 hour and 15 minutes before the dentist", &["one reminder or two"]),
            ("remind me a few minutes before the dentist", &["with a number"]),
            // That of all blocks is a setting. Yoga is all that repeats here.
            ("always remind me 15 minutes before appointments", &["one of your settings", "changed nothing"]),
            ("remind me 15 minutes before every meeting", &["one of your settings", "changed nothing"]),
            ("also remind me an hour before the dentist", &["all reminders of a block at once"]),
            ("set another reminder an hour before the dentist", &["all reminders of a block at once"]),
            ("remind me of the dentist", &["How long before"]),
            ("remind me 10 minutes before yoga", &["Several blocks fit"]),
            ("remind me 10 minutes before swimming", &["found no block"]),
            ("remind me an hour before all meetings", &["means several blocks"]),
            ("remind me 10 minutes before water the basil", &["has no time", "changed nothing"]),
            ("buy stamps, remind me 10 minutes before", &["has no time"]),
            ("remind me an hour before write report", &["has begun already"]),
            ("always remind me an hour before the dentist", &["that repeats"]),
            ("push everything after 2pm by an hour and remind me 10 minutes before", &["of which block"]),
            ("physio tomorrow at 3pm, remind me 10 minutes before each", &["of which block"]),
            ("move the dentist to Friday at 10 and remind me", &["How long before"]),
            ("don't remind me on Sundays", &["did not understand"]),
            ("delete dentist reminder", &["or only stop its reminder"]),
            ("delete the dentist reminder", &["or only stop its reminder"]),
            ("Remind me an hour before the dentist to brush my teeth", &["cannot reckon", "hour before the"]),
            ("physio tomorrow at 25:00, remind me 10 minutes before", &["no such time", "no reminder either"]),
            ("blorb blorb, remind me 10 minutes before", &["did not understand"]),
            ("remind me every 10 minutes until I call Bob", &["changed nothing"]),
        ],
    );
}
