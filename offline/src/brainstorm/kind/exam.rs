//! Passing a test: an exam, a certification, a licence.

use crate::brainstorm::step::{Kind, step};

pub(super) const EXAM: Kind = Kind {
    signs: &[
        "exam|exams|examination|certification|certificate|certified|licence|license|finals|midterm|midterms|quiz",
        "toefl|ielts|gmat|gre|sat|lsat|mcat|delf|dele|goethe-zertifikat|abitur|a-levels|cissp|cka",
        "pass",
        "driving|theory|citizenship|language|placement|school|aptitude|entrance|maths|math test",
        "study|prepare for my|the|a? test",
    ],
    units: "",
    leads: &[
        "prepare|study|revise|cram|ready|sit|register|learn myself? for",
        "pass|take|ace|sit|retake|obtain|earn|do|get",
        "become|get|be",
    ],
    object: "the exam",
    steps: &[
        step(
            "Find out what {object} asks for, and book a date",
            "Read the official outline: topics, their weight, the pass mark, fees and papers to bring.",
            "What is not tested need not be learned.",
        )
        .takes(45)
        .high(),
        step(
            "Take a practice test for {object} without preparing",
            "Under real conditions, with a clock; mark what you guessed.",
            "It shows where the time is best spent.",
        )
        .takes(60)
        .high()
        .after(&[1]),
        step(
            "Study for {object}: {topic}",
            "Take it from the outline, sum it up on one page, and answer 20 questions about it.",
            "Questions teach more than reading a second time.",
        )
        .takes(90)
        .after(&[2])
        .topics(&[
            "the topic with the most weight",
            "your weakest topic of the practice test",
            "the terms and rules to know by heart",
            "the second weakest topic",
            "the tasks that take longest",
            "what is still mixed up or guessed",
        ]),
        step(
            "Take a second practice test for {object}",
            "Compare it with the first, topic by topic.",
            "It shows whether the work goes to the right place.",
        )
        .takes(60)
        .after(&[3])
        .with_days(7),
        step(
            "Close the gaps for {object} from your list of mistakes",
            "Go through each question that went wrong until you can explain the answer.",
            "Mistakes of your own are the shortest list to learn.",
        )
        .takes(75)
        .high()
        .after(&[3, 4]),
        step(
            "Pack and plan the day of {object}",
            "Identity card, registration, way there, food, and an early night.",
            "Calm on the day is worth a few points.",
        )
        .after(&[5]),
    ],
};
