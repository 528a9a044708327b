//! References to earlier messages.

use super::person::Person;

fn conversation(lines: &[(&str, &[&str])]) {
    let mut person = Person::busy("Europe/Oslo");
    for (text, expected) in lines {
        let became = person.say(text);
        assert_eq!(became.effects, *expected, "{text}: {}", became.text);
    }
}

#[test]
fn pronouns() {
    conversation(&[
        ("Schedule workout tomorrow at 8am", &["+Workout Tue 3 Mar 08:00-09:00"]),
        ("move it to 9am", &["B11 at Tue 3 Mar 09:00-10:00"]),
        ("make it high priority", &["B11 with high"]),
        ("make it 30 minutes", &["B11 at Tue 3 Mar 09:00-09:30"]),
        ("rename it to Run", &["B11 is Run"]),
        ("mark it as done", &["B11 done"]),
        ("delete it", &["-B11 Run"]),
        ("undo", &["+Run Tue 3 Mar 09:00-09:30 high"]),
        ("redo", &["-B11 Run"]),
    ]);
}

#[test]
fn a_choice_answers_a_question() {
    conversation(&[
        ("delete standup", &[]),
        ("B5", &["-B5 Standup"]),
        ("undo that", &["+Standup Tue 3 Mar 09:00-09:15"]),
    ]);
    conversation(&[("delete standup", &[]), ("the second one", &["-B5 Standup"])]);
    conversation(&[("delete standup", &[]), ("tomorrow's", &["-B5 Standup"])]);
    conversation(&[("complete standup", &[]), ("both", &["B1 done", "B5 done"])]);
    conversation(&[("move standup to 4pm", &[]), ("the first", &["B1 at Mon 2 Mar 16:00-16:15"])]);
    conversation(&[("delete standup", &[]), ("never mind", &[])]);
}

#[test]
fn what_was_listed() {
    conversation(&[("what is on Thursday?", &[]), ("delete it", &["-B6 Dentist"])]);
    conversation(&[("what is on today?", &[]), ("complete the last one", &["B4 done"])]);
    conversation(&[("when is the dentist?", &[]), ("move it to Friday at 10", &["B6 at Fri 6 Mar 10:00-11:00"])]);
}

#[test]
fn undo_takes_a_whole_answer_back() {
    conversation(&[
        (
            "Schedule gym tomorrow at 7 and dinner at 8pm",
            &["+Gym Tue 3 Mar 07:00-08:00", "+Dinner Tue 3 Mar 20:00-21:00"],
        ),
        ("undo that please", &["-B11 Gym", "-B12 Dinner"]),
    ]);
}

#[test]
fn what_the_original_system_shows_as_examples() {
    let mut person = Person::busy("Europe/Oslo");
    for (text, expected) in [
        ("Schedule workout tomorrow at 8am", &["+Workout Tue 3 Mar 08:00-09:00"][..]),
        ("Remind me to buy milk at 6pm", &["+Buy milk Mon 2 Mar 18:00-18:15 !0"]),
        ("Change my 3pm meeting to be high priority", &["B3 with high"]),
        ("Mark the task 'Buy milk' as completed", &["B12 done"]),
        ("Mark the task 'Buy milk' as not completed", &["B12 open"]),
        ("schedule German grammar on Friday at 4pm", &["+German grammar Fri 6 Mar 16:00-17:00"]),
        ("Delete the task about German grammar", &["-B13 German grammar"]),
        ("Create a new plan for my Summer Vacation", &["+plan Summer Vacation"]),
        ("Create a plan called Project Alpha", &["+plan Project Alpha"]),
        ("Switch to my 'Summer Vacation' plan", &["in Summer Vacation"]),
    ] {
        let became = person.say(text);
        assert_eq!(became.effects, expected, "{text}: {}", became.text);
    }
    let listed = person.say("List all my active plans");
    assert!(listed.text.contains("Summer Vacation (active)"), "{}", listed.text);
}
