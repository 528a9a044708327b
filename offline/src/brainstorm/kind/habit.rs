//! Habits: to begin one, to end one.

use crate::brainstorm::step::{Kind, step};

pub(super) const QUIT: Kind = Kind {
    signs: &["stop|quit", "give up", "cut down|out", "less", "sober", "no more", "detox"],
    units: "",
    leads: &["stop|quit|avoid", "give up", "cut down|out on?", "get rid of", "less|no more"],
    object: "the old habit",
    steps: &[
        step(
            "Write down why and when you want to be done: {goal}",
            "Three reasons of your own, and a first day, on a card that you carry.",
            "In a weak minute the card answers for you.",
        )
        .high(),
        step(
            "Note for a day what sets it off: {object}",
            "Time, place, company and mood, each time that you feel the wish.",
            "What sets it off can be planned for.",
        )
        .after(&[1]),
        step(
            "Choose what you do instead of {object}",
            "One thing for each of the three strongest moments: water, a walk, a call.",
            "A gap gets filled; choose with what.",
        )
        .high()
        .after(&[2]),
        step(
            "Clear away what reminds you of {object}, and tell two people",
            "Throw away supplies, change the way home, and ask the two for a message every evening.",
            "It is easier where nothing tempts.",
        )
        .after(&[3]),
        step(
            "Without {object}: a plan for {topic}",
            "Think through what will happen, and write it as “If …, then I …”; say it aloud once.",
            "What is decided beforehand need not be decided in the weak minute.",
        )
        .takes(20)
        .high()
        .after(&[3, 4])
        .topics(&[
            "the first morning",
            "breaks and the way home",
            "an hour of stress",
            "a dull evening",
            "an evening with others who do it",
        ]),
        step(
            "Plan for a relapse: {goal}",
            "Write down whom you call and how you begin again the same day.",
            "One slip is no failure if the next step is known.",
        )
        .after(&[4])
        .with_days(7),
        step(
            "Look back on the first days: {goal}",
            "Reckon money, time and health won, change one plan that did not hold, and celebrate.",
            "What was won is worth keeping.",
        )
        .after(&[5, 6]),
    ],
};

pub(super) const HABIT: Kind = Kind {
    signs: &[
        "habit|habits|routine|daily|meditate|meditating|meditation|journal|journaling|floss|mindfulness|gratitude",
        "every|each day|morning|evening|night|weekday|week",
        "wake|get up earlier?",
        "sleep|drink more|better|earlier|enough",
    ],
    units: "",
    leads: &["build|create|start|establish|make|develop|get|keep into?", "a habit of"],
    object: "the habit",
    steps: &[
        step(
            "Make “{goal}” so small that it always fits",
            "Decide on a version of two minutes for bad days, and on what counts as done.",
            "Small enough to do tired is small enough to last.",
        )
        .high(),
        step(
            "Tie “{goal}” to something you do anyway",
            "After coffee, after brushing your teeth: same place, same time, everything laid out.",
            "The old habit reminds you of the new one.",
        )
        .high()
        .after(&[1]),
        step(
            "Put up a calendar to cross off: {goal}",
            "On paper, where you pass it; one cross a day, and never two days missed.",
            "A row of crosses is hard to break.",
        )
        .takes(15)
        .after(&[1]),
        step(
            "{goal}: {topic}",
            "Do it at the place and time you chose, cross it off, and note one word on how it was.",
            "Repeating in the same place makes it go by itself.",
        )
        .takes(25)
        .after(&[2, 3])
        .topics(&[
            "the first time, the small version",
            "again, at the same time and place",
            "a little longer than at first",
            "on a busy day, the small version",
            "with one thing changed that was in the way",
            "the full version",
        ]),
        step(
            "Look back on “{goal}” and adjust",
            "Count the crosses; change time, place or size if there are gaps, then go on.",
            "A habit that does not fit is changed, not dropped.",
        )
        .after(&[4]),
    ],
};
