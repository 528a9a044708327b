//! Training: for a race, or to get fit.

use crate::brainstorm::step::{Kind, step};

pub(super) const RACE: Kind = Kind {
    signs: &[
        "marathon|half-marathon|ultramarathon|triathlon|ironman|duathlon|10k|5k|10km|5km|21k|42k|race|parkrun",
        "train|training for a|an|the|my? run|ride|swim|hike|climb|match|season|tournament",
    ],
    units: "km miles",
    leads: &[
        "train|training|prepare|ready|practise|practice for",
        "run|swim|cycle|ride|bike|hike|walk|row|finish|complete|do|race",
    ],
    object: "the race",
    steps: &[
        step(
            "Check health, shoes and gear before training for {object}",
            "See a doctor if you have not trained for a while, and replace what is worn out.",
            "Most injuries begin with what could be seen before.",
        )
        .takes(60)
        .high(),
        step(
            "Write the training plan for {object}",
            "Three sessions a week: one easy, one quick, one long; every fourth week lighter.",
            "Going up slowly keeps you healthy.",
        )
        .takes(45)
        .high()
        .after(&[1]),
        step(
            "Sign up for {object} and book the way there",
            "Registration, travel, and a bed if it is far.",
            "A date that is paid for gets trained for.",
        )
        .after(&[2])
        .with_days(14),
        step(
            "Training for {object}: {topic}",
            "Ten minutes to warm up, ten to wind down, and a line in the log on how it felt.",
            "Each session builds on the one before.",
        )
        .takes(60)
        .after(&[2])
        .topics(&[
            "an easy session at a pace to talk at",
            "the first long session, slow",
            "intervals, six times three minutes quick",
            "hills, or against resistance",
            "the longest session before the day",
            "half the distance at the pace of the day",
            "a short and light one, to be rested",
        ])
        .counted("Training for {object}: {end} {unit} at an easy pace"),
        step(
            "Try food, drink and clothes for {object} in a session",
            "Eat and wear what you will on the day, and change what chafes.",
            "Nothing on the day should be new.",
        )
        .takes(45)
        .after(&[4])
        .with_days(21),
        step(
            "Read the training log and set a target time for {object}",
            "Take the last long session as the measure, and plan the pace for each third.",
            "Starting too fast costs most.",
        )
        .after(&[4])
        .with_days(7),
        step(
            "Lay out everything for {object}",
            "Number, shoes, food, warm clothes for afterwards, the way to the start.",
            "It leaves the morning for calm.",
        )
        .high()
        .after(&[4, 5, 6]),
    ],
};

pub(super) const FITNESS: Kind = Kind {
    signs: &[
        "fit|fitter|fitness|workout|workouts|gym|muscle|muscles|stronger|strength|abs|cardio|exercise|exercising|flexible|mobility|stamina",
        "lose weight|kg|kilos|pounds",
        "pull-ups|pullups|push-ups|pushups|pull-up|push-up|squats|plank",
        "in shape",
        "run|jog|running|jogging|swim|swimming|cycle|cycling|work more|every|daily|regularly|faster|longer|again|out",
        "start running|jogging|swimming|cycling|lifting",
    ],
    units: "kg",
    leads: &[
        "build|create|make|start|establish|follow|plan|do|develop|design up?",
        "get|become|be|stay back? into?",
        "train for",
    ],
    object: "training",
    steps: &[
        step(
            "Measure where you start: {goal}",
            "Note resting pulse, push-ups in a row, minutes of running without a break, and weight if it matters.",
            "Only what was measured can be seen to change.",
        )
        .high(),
        step(
            "Fix days, place and clothes for “{goal}”",
            "Choose three days a week, at home, outside or in a gym, and lay the clothes out the evening before.",
            "The fewer decisions on the day, the better.",
        )
        .high()
        .after(&[1]),
        step(
            "Workout: {topic}",
            "Warm up, three rounds, one minute of rest between them; write down the numbers.",
            "Small and regular steps make the difference.",
        )
        .takes(45)
        .after(&[2])
        .topics(&[
            "whole body, easy, to learn the movements",
            "legs and core",
            "endurance, 30 minutes at a pace to talk at",
            "arms, back and shoulders",
            "intervals, eight times one minute hard",
            "whole body, one more round than at first",
            "mobility, and stretching all that is sore",
        ]),
        step(
            "Plan meals and sleep for the training weeks",
            "Two breakfasts and three dinners that are quick to make, and a fixed time for bed.",
            "The body gets stronger at rest.",
        )
        .takes(45)
        .after(&[1])
        .with_days(7),
        step(
            "Measure again and set the next mark",
            "The same numbers as at the start; keep what worked, change one thing.",
            "Progress that is seen keeps you going.",
        )
        .after(&[3]),
    ],
};
