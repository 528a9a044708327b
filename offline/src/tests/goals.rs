//! Long goals: given to the architect, listed, cancelled and tried again.

use super::person::{Person, check, check_answers};

#[test]
fn goals_go_to_the_architect() {
    check(
        || Person::new("Europe/Oslo"),
        &[
            ("I want to learn German", &["+goal Learn German"]),
            ("learn German", &["+goal Learn German"]),
            ("I'd like to learn to play the guitar by June", &["+goal Learn to play the guitar by 2026-06-01T00:00"]),
            ("help me prepare for the AWS exam by 15 March", &["+goal Prepare for the AWS exam by 2026-03-16T00:00"]),
            (
                "Can you help me prepare for the AWS exam by Friday 5pm?",
                &["+goal Prepare for the AWS exam by 2026-03-06T17:00"],
            ),
            ("plan my move to Berlin", &["+goal Plan my move to Berlin"]),
            ("I want to move to Berlin in 3 months", &["+goal Move to Berlin by 2026-06-03T00:00"]),
            ("I want to launch a landing page using Cloudflare", &["+goal Launch a landing page using Cloudflare"]),
            (
                "I want to run a marathon in October, 5 hours a week",
                &["+goal Run a marathon by 2026-11-01T00:00 300 min a week"],
            ),
            ("use the architect to organise my sister's wedding", &["+goal Organise my sister's wedding"]),
            ("Use the architect: tidy the garage this year", &["+goal Tidy the garage by 2027-01-01T00:00"]),
            ("break down writing my thesis into tasks", &["+goal Write my thesis"]),
            ("break \"Launch my site\" into smaller tasks", &["+goal “Launch my site”"]),
            ("make me a plan for learning Rust, 3 hours a week", &["+goal Learn Rust 180 min a week"]),
            ("create a plan to learn Rust, 3h/week", &["+goal Learn Rust 180 min a week"]),
            ("I want to get fit, 30 minutes a day", &["+goal Get fit 210 min a week"]),
            (
                "my goal is to become fluent in Spanish by the end of June",
                &["+goal Become fluent in Spanish by 2026-07-01T00:00"],
            ),
            ("I am planning to write a novel", &["+goal Write a novel"]),
            ("I want to read 12 books this year", &["+goal Read 12 books by 2027-01-01T00:00"]),
            ("Build a fitness routine for the next 30 days", &["+goal Build a fitness routine by 2026-04-01T00:00"]),
            ("By Christmas I want to learn to juggle", &["+goal Learn to juggle by 2026-12-25T00:00"]),
            ("plan a trip to Japan", &["+goal Plan a trip to Japan"]),
            ("I want to stop smoking", &["+goal Stop smoking"]),
            ("I want to quit sugar, please", &["+goal Quit sugar"]),
            ("I want to get my driving licence", &["+goal Get my driving licence"]),
            ("I want to start a podcast by 2026-05-01", &["+goal Start a podcast by 2026-05-02T00:00"]),
            ("I want to meditate every day", &["+goal Meditate every day"]),
            (
                "help me pass the bar exam within 6 weeks, 10 hours per week",
                &["+goal Pass the bar exam by 2026-04-14T00:00 600 min a week"],
            ),
            ("I want to learn C++ & SQL", &["+goal Learn C++ & SQL"]),
            ("learn German, deadline: 1 June", &["+goal Learn German by 2026-06-02T00:00"]),
            (
                "I want to learn German. I have 3 hours a week and my exam is on 15 June.",
                &["+goal Learn German by 2026-06-16T00:00 180 min a week"],
            ),
            (
                "Goal: launch a podcast\nDeadline: 1 June\n2 hours a week",
                &["+goal Launch a podcast by 2026-06-02T00:00 120 min a week"],
            ),
            (
                "I want to learn German by June and schedule gym tomorrow at 7am",
                &["+Gym Tue 3 Mar 07:00-08:00", "+goal Learn German by 2026-06-01T00:00"],
            ),
            ("plan a two week trip to Japan", &["+goal Plan a two week trip to Japan"]),
            ("finish my thesis by June", &["+goal Finish my thesis by 2026-06-01T00:00"]),
            ("I want to pass the AWS exam", &["+goal Pass the AWS exam"]),
            ("I want to get better at chess", &["+goal Get better at chess"]),
            ("create a website for my band", &["+goal Create a website for my band"]),
            ("use the architect to make a plan for learning Rust", &["+goal Learn Rust"]),
            ("have the architect plan my move", &["+goal Plan my move"]),
        ],
    );
    check(
        || Person::busy("Europe/Oslo"),
        &[("I want to learn German in my Work plan", &["+goal Learn German in Work"])],
    );
}

#[test]
fn what_has_a_time_or_is_small_is_no_goal() {
    check(
        || Person::new("Europe/Oslo"),
        &[
            ("Schedule workout tomorrow at 8am", &["+Workout Tue 3 Mar 08:00-09:00"]),
            ("I want to call Ann at 3pm", &["+Call Ann Mon 2 Mar 15:00-15:30"]),
            ("plan a meeting tomorrow at 10", &["+Meeting Tue 3 Mar 10:00-11:00"]),
            ("learn German tomorrow at 9", &["+Learn German Tue 3 Mar 09:00-10:00"]),
            ("prepare for the exam on Friday at 10", &["+Prepare for the exam Fri 6 Mar 10:00-11:00"]),
            ("plan a party on Saturday at 8pm", &["+Party Sat 7 Mar 20:00-21:00"]),
            ("create a new plan for my Summer Vacation", &["+plan Summer Vacation"]),
            ("create a plan called Learning German", &["+plan Learning German"]),
            ("new plan: Trip to Rome", &["+plan Trip to Rome"]),
            ("I want to buy milk", &["+Buy milk in the inbox"]),
            ("study for 2 hours", &[]),
            ("get better headphones", &[]),
            ("pass the keys to Ann", &[]),
            ("open the app", &[]),
            ("make me a plan for tomorrow", &["+Plan Tue 3 Mar 09:00-10:00"]),
            ("organise lunch with Bob", &[]),
            ("do not learn German", &[]),
            ("should I learn German?", &[]),
            ("I want a pony", &[]),
            ("add write report", &["+Write report in the inbox"]),
            ("schedule learn German", &["+Learn German in the inbox"]),
        ],
    );
}

#[test]
fn goals_are_listed() {
    let mut person = Person::new("Europe/Oslo");
    assert!(person.say("what are you working on?").text.contains("not working on any goal"));
    let said = person.say("I want to learn German by June, 3 hours a week").text;
    assert!(said.contains("Started to plan “Learn German”"), "{said}");
    person.say("plan my move to Berlin");
    for question in [
        "what are you working on?",
        "how far is the German plan?",
        "list the runs",
        "list my goals",
        "How is the German goal going?",
        "what is the architect doing",
        "status of the German goal",
    ] {
        let said = person.say(question);
        assert_eq!(said.effects, [""; 0], "{question}");
        for part in ["Your goals:\n", "- Learn German: running, 0%. Starting.", "- Plan my move to Berlin: running"] {
            assert!(said.text.contains(part), "{question}: {}", said.text);
        }
    }
}

#[test]
fn goals_are_ended_and_tried_again() {
    let mut person = Person::busy("Europe/Oslo");
    for (text, expected) in [
        ("I want to learn German", &["+goal Learn German"][..]),
        ("plan my move to Berlin", &["+goal Plan my move to Berlin"]),
        ("cancel the goal", &[]),
        ("cancel the German goal", &["goal Learn German cancelled"]),
        ("learn German", &["+goal Learn German"]),
        ("stop planning German", &["goal Learn German cancelled"]),
        ("cancel the architect", &["goal Plan my move to Berlin cancelled"]),
        ("retry", &[]),
        ("I want to launch a podcast", &["+goal Launch a podcast"]),
        ("cancel my 3pm meeting", &["-B3 Budget meeting"]),
        ("schedule German grammar on Friday at 4pm", &["+German grammar Fri 6 Mar 16:00-17:00"]),
        ("delete the task about German grammar", &["-B11 German grammar"]),
        ("schedule goal review tomorrow at 4pm", &["+Goal review Tue 3 Mar 16:00-17:00"]),
        ("is the goal review tomorrow?", &[]),
        ("schedule stretch goal tomorrow at 5pm", &["+Stretch goal Tue 3 Mar 17:00-18:00"]),
        ("cancel the stretch goal", &["-B13 Stretch goal"]),
    ] {
        let became = person.say(text);
        assert_eq!(became.effects, expected, "{text}: {}", became.text);
    }
    person.fail_runs();
    for (text, expected) in [
        ("try the podcast goal again", &["goal Launch a podcast running"][..]),
        ("what are you working on?", &[]),
        ("retry", &[]),
    ] {
        let became = person.say(text);
        assert_eq!(became.effects, expected, "{text}: {}", became.text);
    }
    person.fail_runs();
    let told = person.say("what are my goals?");
    assert!(
        told.text.contains("Launch a podcast: failed. It could not be planned. Nothing was added. It broke."),
        "{}",
        told.text
    );
    assert_eq!(person.say("retry").effects, ["goal Launch a podcast running"]);
}

#[test]
fn a_problem_with_a_goal_is_reported() {
    let mut person = Person::new("Europe/Oslo");
    for goal in ["learn German", "learn French", "learn Dutch"] {
        person.say(goal);
    }
    let fourth = person.say("learn Danish");
    assert_eq!(fourth.effects, [""; 0]);
    assert!(fourth.text.contains("Learn German"), "{}", fourth.text);
    check_answers(
        || Person::new("Europe/Oslo"),
        &[
            ("use the architect", &["What do you want to reach?"]),
            ("cancel the goal", &["being worked on"]),
            ("retry", &["failed"]),
            ("help", &["I want to learn German by June"]),
        ],
    );
}

/// Words of goals, and words beside them.
const WORDS: &[&str] = &[
    "I",
    "want",
    "to",
    "learn",
    "German",
    "by",
    "June",
    "in",
    "30",
    "days",
    "3",
    "hours",
    "a",
    "week",
    "use",
    "the",
    "architect",
    "break",
    "down",
    "into",
    "tasks",
    "make",
    "me",
    "plan",
    "for",
    "cancel",
    "stop",
    "planning",
    "goal",
    "retry",
    "try",
    "again",
    "move",
    "Berlin",
    "my",
    "trip",
    "deadline",
    "is",
    ":",
    ",",
    ".",
    "?",
    "how",
    "far",
    "what",
    "are",
    "you",
    "working",
    "on",
    "tomorrow",
    "at",
    "9",
    "per",
    "/",
    "3h/week",
    "0",
    "99999",
    "minutes",
    "day",
    "year",
    "this",
    "end",
    "of",
    "\"",
    "{",
    "ß",
];

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..proptest::test_runner::Config::default() })]

    /// Every call fits its schema (asserted by [`Person`]), and no block is deleted.
    #[test]
    fn any_words_about_goals_get_an_answer(picked in proptest::collection::vec(proptest::sample::select(WORDS), 0..16)) {
        let text = picked.join(" ");
        let became = Person::busy("Europe/Oslo").say(&text);
        proptest::prop_assert!(!became.text.is_empty(), "{text}: no answer");
        let deletes = picked.contains(&"cancel");
        proptest::prop_assert!(deletes || !became.effects.iter().any(|effect| effect.starts_with('-')), "{text}: {:?}", became.effects);
    }
}
