//! Writing and reading.

use crate::brainstorm::step::{Kind, step};

pub(super) const WRITE: Kind = Kind {
    signs: &[
        "write|writing|draft|drafting|author|coauthor",
        "thesis|dissertation|novel|memoir|manuscript|screenplay|essay",
        "publish|finish a|an|my|the|our? book|article|paper|story|post",
    ],
    units: "words",
    leads: &["write|writing|draft|drafting|author|publish|finish|complete|submit", "work on"],
    object: "the text",
    steps: &[
        step(
            "Say in one sentence what {object} is about, and for whom",
            "Write ten such sentences and keep the best one in sight.",
            "It decides what belongs in and what does not.",
        )
        .high(),
        step(
            "Collect the material for {object}",
            "Notes, sources, examples and quotations in one place, each with where it is from.",
            "Drafting is quicker when nothing has to be looked up.",
        )
        .takes(90)
        .after(&[1]),
        step(
            "Outline {object}",
            "One line for each section: what it says, and what it leads to.",
            "An outline is cheaper to change than pages.",
        )
        .takes(60)
        .high()
        .after(&[1, 2]),
        step(
            "Draft {object}: {topic}",
            "Write without correcting, and leave a mark where something is missing.",
            "A rough draft can be mended, an empty page cannot.",
        )
        .takes(90)
        .after(&[3])
        .topics(&[
            "the part that is clearest in your head",
            "the opening",
            "the main argument or turn",
            "what supports it, with examples",
            "objections, or the hardest passage",
            "the ending",
        ])
        .counted("Draft {object}: {unit} {part} of {number}"),
        step(
            "Read {object} aloud and revise it",
            "First the order of the parts, then the sentences; cut what is said twice.",
            "The ear finds what the eye skips.",
        )
        .takes(90)
        .high()
        .after(&[4]),
        step(
            "Ask a reader what is unclear in {object}",
            "Give two questions along: where did you stop, and what was missing?",
            "You know too well what you meant.",
        )
        .after(&[5])
        .with_days(10),
        step(
            "Proofread {object} and hand it in",
            "Spelling, sources, headings and the form that is asked for; then send or publish it.",
            "It is only finished when it is out.",
        )
        .takes(60)
        .high()
        .after(&[5, 6]),
    ],
};

pub(super) const READ: Kind = Kind {
    signs: &["read|reading|reread"],
    units: "books pages chapters",
    leads: &["read|reading|reread through?", "finish|start"],
    object: "the book",
    steps: &[
        step(
            "Get {object} and choose a place to read",
            "Order, borrow or download what you need, and put it where you sit in the evening.",
            "A book within reach gets read.",
        )
        .high(),
        step(
            "Look through {object}: contents, first lines, how long it takes",
            "Read three pages with a clock, and reckon how much a sitting brings.",
            "Knowing the pace makes the rest a plan.",
        )
        .after(&[1])
        .with_days(5),
        step(
            "Read {object}: {topic}",
            "Phone away, pencil at hand, and a line about what stayed with you.",
            "A fixed sitting beats waiting for a quiet evening.",
        )
        .takes(60)
        .after(&[1, 2])
        .topics(&[
            "the opening, until you know who and what",
            "the first quarter",
            "up to the middle",
            "the middle, with a page of notes",
            "up to the last quarter",
            "the end",
        ])
        .counted("Read {unit} {part} of {number}"),
        step(
            "Write down what stays of {object}",
            "Three sentences: what it says, what you doubt, what you will use.",
            "What is written down is remembered.",
        )
        .after(&[3]),
    ],
};
