//! Questions: nothing changes, and the answer is right.

use super::person::{Person, check_answers};

#[test]
fn what_is_on() {
    check_answers(
        || Person::busy("Europe/Oslo"),
        &[
            ("What's on my timeline today?", &["11:00–11:15 Standup (B1)", "18:00–19:00 Gym (B4)", "#health"]),
            ("what do I have today", &["Standup", "Budget meeting"]),
            ("show me my schedule for tomorrow", &["09:00–09:15 Standup (B5)"]),
            ("what is on my calendar this week?", &["Gym (B4)", "Dentist (B6)"]),
            ("what's on next week", &["Nothing is on your timeline from Mon 9 Mar to Sun 15 Mar"]),
            ("do I have anything on Friday?", &["Nothing is on your timeline on Fri 6 Mar"]),
            ("what's next?", &["Next: “Standup” (B1)"]),
            ("what am I doing on Thursday", &["14:00–15:00 Dentist (B6)"]),
            ("how many things do I have today?", &["4 blocks"]),
            ("what is overdue?", &["Write report (B7)"]),
            ("when is the dentist?", &["“Dentist” (B6), Thu 5 Mar, 14:00–15:00"]),
            ("when is my next gym", &["“Gym” (B4)"]),
            ("what time is lunch with Ana", &["12:30–13:30"]),
            ("when is the team offsite?", &["“Team offsite” (B9), Fri 20 Mar"]),
            ("how long is the budget meeting?", &["(1 h)"]),
            ("what is on March 20?", &["Team offsite (B9)"]),
            ("what did I do yesterday?", &["Call mom (B8)", "done"]),
            ("show me everything tagged #health", &["Gym (B4)"]),
            ("find dentist", &["B6 Dentist"]),
            ("agenda", &["Standup"]),
            ("what's happening this afternoon?", &["Budget meeting"]),
            ("anything planned tonight?", &["Gym (B4)"]),
            ("list my tasks", &["Dentist (B6)"]),
            ("what's left today?", &["Gym (B4)"]),
            ("What does my week look like?", &["Dentist (B6)"]),
        ],
    );
}

#[test]
fn when_there_is_time() {
    check_answers(
        || Person::busy("Europe/Oslo"),
        &[
            ("when am I free tomorrow?", &["Tomorrow, Tue 3 Mar, 08:00–09:00 (1 h)", "11:00–22:00"]),
            ("When am I free for 2 hours this week?", &["You are free"]),
            ("am I free tomorrow at 3pm?", &["Yes, tomorrow at 15:00 is free"]),
            ("am I free tomorrow at 10:15?", &["No, tomorrow at 10:15 is taken", "Review"]),
            ("give me a quick run-down of this week", &["On your timeline"]),
            ("am I free today at 3pm?", &["No, today at 15:00 is taken", "Budget meeting"]),
            ("find me a free slot of 30 minutes tomorrow afternoon", &["12:00–"]),
            ("do I have time on Thursday?", &["Thu 5 Mar"]),
            ("find an hour of free time on Friday", &["Fri 6 Mar"]),
        ],
    );
}

#[test]
fn times_follow_the_format_of_the_person() {
    check_answers(
        || Person::by_twelve("Europe/Oslo"),
        &[
            ("What's on my timeline today?", &["- 11:00 AM–11:15 AM Standup (B1)", "- 6:00 PM–7:00 PM Gym (B4)"]),
            ("when is the dentist?", &["“Dentist” (B6), Thu 5 Mar, 2:00 PM–3:00 PM"]),
            ("am I free tomorrow at 3pm?", &["Yes, tomorrow at 3:00 PM is free"]),
            ("when am I free tomorrow?", &["Tomorrow, Tue 3 Mar, 8:00 AM–9:00 AM (1 h)"]),
            ("find me a free slot of 13 hours tomorrow", &["between 8:00 AM and 10:00 PM"]),
            ("what time is it?", &["It is Monday, 2 March 2026, 10:00 AM."]),
        ],
    );
}

#[test]
fn plans_and_talk() {
    check_answers(
        || Person::busy("Europe/Oslo"),
        &[
            ("list my plans", &["My plan (active)", "Work"]),
            ("which plans do I have?", &["Work"]),
            ("help", &["Schedule workout tomorrow at 8am"]),
            ("what can you do?", &["Undo"]),
            ("hello", &["Hello"]),
            ("thanks!", &["welcome"]),
            ("who are you?", &["offline interpreter"]),
            ("good morning", &["Hello"]),
        ],
    );
}

#[test]
fn plans_are_layers() {
    check_answers(
        || Person::busy("Europe/Oslo"),
        &[
            ("show me my schedule for tomorrow", &["Standup (B5)", "10:00–11:00 Review (B10) · in “Work”"]),
            ("find review", &["B10 Review"]),
            ("when is the review?", &["“Review” (B10), Tue 3 Mar, 10:00–11:00"]),
        ],
    );
    // It is known from the context, and found again by a look-up.
    let taken = Person::busy("Europe/Oslo").say("am I free tomorrow at 10:15?").text;
    assert_eq!(taken.matches("Review").count(), 1, "{taken}");
    let mut person = Person::busy("Europe/Oslo");
    let deleted = person.say("Delete the review");
    assert_eq!(deleted.effects.len(), 1, "{}", deleted.text);
}
