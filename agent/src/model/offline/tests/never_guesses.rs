//! What is unclear changes nothing, and is said.

use super::person::{Person, check_answers};

#[test]
fn what_is_not_understood_gets_two_examples() {
    check_answers(
        || Person::busy("Europe/Oslo"),
        &[
            (
                "I want a pony",
                &[
                    "did not understand",
                    "\n- Schedule workout tomorrow at 8am",
                    "\n- Move Write report to tomorrow at 3pm",
                ],
            ),
            ("What is the capital of France?", &["did not understand", "\n- "]),
            ("asdf qwer", &["did not understand"]),
            ("I am tired today", &["did not understand"]),
            ("the weather is nice tomorrow", &["did not understand"]),
            ("???", &["changed nothing"]),
            ("do not delete the gym", &["did not understand"]),
        ],
    );
    check_answers(
        || Person::new("Asia/Tokyo"),
        &[("blah", &["\n- Schedule workout tomorrow at 8am\n- What is on my timeline this week?"])],
    );
}

#[test]
fn a_deletion_is_never_guessed() {
    check_answers(
        || Person::busy("Europe/Oslo"),
        &[
            ("delete standup", &["Several blocks fit", "B1", "B5", "Which one?"]),
            ("delete gim", &["found no block"]),
            ("delete the meeting with Bob", &["found no block"]),
            ("delete it", &["do not know"]),
            ("delete", &["do not know"]),
            ("delete everything", &["not change everything at once"]),
            ("clear my calendar", &["do not know"]),
            ("delete B99", &["B99"]),
            ("cancel my 5pm meeting", &["found no block"]),
            ("delete plan Private", &["no plan “Private”"]),
            ("delete the plan", &["Which plan?"]),
            ("cancel tomorrow", &["delete only what is named"]),
            ("Schedule workout tomorrow at 25:00", &["no such time as “25:00”"]),
            ("Schedule workout on February 30 at 8am", &["no such time as “February 30”"]),
            ("schedule gym for 20 days starting tomorrow", &["at most 14 days"]),
            ("gym at 7 instead of 6", &["did not understand"]),
            ("cancel dentist tomorrow", &["found no block"]),
            ("remove swimming", &["found no block"]),
        ],
    );
}

#[test]
fn what_is_ambiguous_is_asked() {
    check_answers(
        || Person::busy("Europe/Oslo"),
        &[
            ("complete standup", &["Several blocks fit", "Which one?"]),
            ("move standup to 4pm", &["Several blocks fit", "B1", "B5"]),
            ("move it to 5pm", &["do not know"]),
            ("reopen gym", &["B4"]),
        ],
    );
}

/// Words that requests are made of, and some that none is made of.
const WORDS: &[&str] = &[
    "schedule",
    "delete",
    "move",
    "and",
    "then",
    "gym",
    "standup",
    "B3",
    "it",
    "tomorrow",
    "at",
    "8",
    "3pm",
    "to",
    "by",
    "after",
    "everything",
    "all",
    "30",
    "minutes",
    "an",
    "hour",
    "next",
    "week",
    "the",
    "my",
    "meeting",
    ",",
    ".",
    ":",
    "\"",
    "'",
    "#",
    "#x",
    "!",
    "?",
    "-",
    "\n",
    "(",
    ")",
    "plan",
    "rename",
    "is",
    "done",
    "not",
    "mark",
    "as",
    "high",
    "priority",
    "free",
    "when",
    "am",
    "I",
    "what",
    "on",
    "from",
    "until",
    "2-4pm",
    "half",
    "past",
    "every",
    "day",
    "Ünï",
    "🎉",
    "note",
    "undo",
    "Work",
    "first",
    "one",
    "25:99",
    "31",
    "February",
    "of",
    "2027",
    "99999",
];

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 300, failure_persistence: None, ..proptest::test_runner::Config::default() })]

    /// Whatever is said: an answer comes within four steps, every call fits its schema (both asserted by [`Person`]), and
    /// nothing is deleted unless a word that deletes was said.
    #[test]
    fn any_words_get_an_answer(picked in proptest::collection::vec(proptest::sample::select(WORDS), 0..14), twice: bool) {
        let text = picked.join(" ");
        let mut person = Person::busy("Europe/Oslo");
        let mut became = person.say(&text);
        if twice {
            became = person.say(&text);
        }
        proptest::prop_assert!(!became.text.is_empty(), "{text}: no answer");
        let deletes = ["delete", "undo"].iter().any(|word| picked.contains(word));
        proptest::prop_assert!(deletes || !became.effects.iter().any(|effect| effect.starts_with('-')), "{text}: {:?}", became.effects);
    }

    #[test]
    fn any_characters_get_an_answer(text in "\\PC{0,60}") {
        let became = Person::new("America/New_York").say(&text);
        proptest::prop_assert!(!became.text.is_empty(), "{text}: no answer");
    }
}
