//! Making something and bringing it to people: a site, a product, a business.

use crate::brainstorm::step::{Kind, step};

pub(super) const LAUNCH: Kind = Kind {
    signs: &[
        "launch|release|ship",
        "landing|website|webpage|webshop|homepage|shop|store|app|apps|application|product|saas|startup|start-up|business|company|podcast|newsletter|youtube|blog|service|mvp|prototype|game|plugin|api|portfolio|agency|brand|cafe|café|restaurant|bakery|bot|software|side-project",
    ],
    units: "",
    leads: &[
        "launch|build|create|ship|start|make|develop|release|open|found|publish|design|code|deploy|run|finish",
        "set up",
        "put up",
    ],
    object: "the product",
    steps: &[
        step(
            "Say in one sentence whom {object} helps, and how",
            "Ask three people who could use it what they do today, before anything is built.",
            "It keeps you from building what nobody asked for.",
        )
        .takes(60)
        .high(),
        step(
            "List what {object} needs first, and strike half",
            "Keep only what the one sentence promises; the rest goes on a list for later.",
            "A small first version is out sooner.",
        )
        .takes(45)
        .high()
        .after(&[1]),
        step(
            "Choose name, domain and tools for {object}",
            "Take what you know already; check that the name is free, and open the accounts.",
            "New tools cost more days than they save.",
        )
        .takes(60)
        .after(&[2]),
        step(
            "Sketch {object} on paper",
            "Every screen or step from first look to finished, and show it to one person.",
            "Paper is the cheapest thing to change.",
        )
        .takes(60)
        .after(&[2])
        .with_days(3),
        step(
            "Write the words for {object}",
            "Headline, what it does, price, one call to act, and the legal pages.",
            "Words sell before looks do.",
        )
        .takes(60)
        .after(&[1])
        .with_days(2),
        step(
            "Build {object}: {topic}",
            "Finish it until you could show it, and note what you leave for later.",
            "Something that works every day shows where you stand.",
        )
        .takes(120)
        .high()
        .after(&[3, 4])
        .topics(&["the core, end to end", "what people see first", "what is stored or sent"]),
        step(
            "Let five people try {object} while you watch",
            "Give one task and say nothing; write down where they stop.",
            "Five people find most of what is wrong.",
        )
        .takes(75)
        .after(&[5, 6])
        .with_days(7),
        step(
            "Mend what stopped people at {object}",
            "The three worst things only; then count visits and sign-ups.",
            "Without a number a launch is only a feeling.",
        )
        .takes(90)
        .after(&[6, 7])
        .with_days(3),
        step(
            "Launch {object} and tell people about it",
            "Go live in the morning, write to everybody who helped, and post where your people read.",
            "It is launched when others know of it.",
        )
        .takes(60)
        .high()
        .after(&[5, 6, 8]),
        step(
            "Read the first answers to {object}",
            "What did people use, ask and leave? Pick one thing to improve.",
            "The first users show the way.",
        )
        .after(&[9])
        .with_days(5),
    ],
};
