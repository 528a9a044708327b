//! Any other goal.

use crate::brainstorm::step::{Kind, step};

pub(super) const GENERAL: Kind = Kind {
    signs: &[],
    units: "",
    leads: &[],
    object: "the goal",
    steps: &[
        step(
            "Describe the result of “{goal}”",
            "Write two or three sentences on how you will see that it is done.",
            "It tells when to stop.",
        )
        .high(),
        step(
            "List everything that “{goal}” takes",
            "Steps, things, people and money; mark what is missing and what worries you.",
            "What is on a list no longer goes round in the head.",
        )
        .takes(45)
        .after(&[1]),
        step(
            "Get what is missing for “{goal}”",
            "Buy, borrow or ask for what the list marks, the slowest thing first.",
            "Waiting for things is what delays most.",
        )
        .takes(45)
        .after(&[2])
        .with_days(2),
        step(
            "{goal}: {topic}",
            "Take it from the list, set a clock, and stop at a point from which it is easy to go on.",
            "A bounded sitting is easier to begin.",
        )
        .takes(75)
        .high()
        .after(&[2, 3])
        .topics(&[
            "begin with what takes longest",
            "what others depend on",
            "what you would rather put off",
            "the loose ends",
        ]),
        step(
            "Ask somebody to look at “{goal}”",
            "Show what is done and ask what is missing.",
            "Others see what you pass over.",
        )
        .after(&[4])
        .with_days(21),
        step(
            "Check the result of “{goal}” and finish it",
            "Compare with the sentences from the beginning, tidy up, and tell those who wait for it.",
            "Done is what is closed.",
        )
        .after(&[4, 5]),
    ],
};
