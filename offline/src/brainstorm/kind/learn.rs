//! Learning: a language, an instrument, any other skill or subject.

use crate::brainstorm::step::{Kind, step};

const LANGUAGES: &str = "learn|study|practise|practice|improve|master|speak|refresh|understand|relearn how? to? to|my|some|basic|more|conversational|business|the? speak|understand? basic|good|better? german|spanish|french|italian|english|portuguese|dutch|norwegian|swedish|danish|finnish|icelandic|polish|czech|russian|ukrainian|greek|turkish|arabic|hebrew|hindi|chinese|mandarin|cantonese|japanese|korean|thai|vietnamese|latin|esperanto|irish|welsh|catalan|hungarian|romanian|swahili|persian|indonesian|klingon";

pub(super) const LANGUAGE: Kind = Kind {
    signs: &[LANGUAGES, "fluent in?", "conversational in", "a1|a2|b1|b2|c1|c2 in|level", "sign language"],
    units: "",
    leads: &[
        "learn|study|practise|practice|improve|master|speak|refresh|understand|relearn my|some|more|the?",
        "learn how? to speak|understand",
        "fluent|conversational in?",
        "a1|a2|b1|b2|c1|c2 level? in|of",
    ],
    object: "the language",
    steps: &[
        step(
            "Choose one course and one dictionary app for {object}",
            "Try the first lesson of two courses for {level} and keep the one that you would open again tomorrow.",
            "One course saves choosing anew each day.",
        )
        .takes(45)
        .high(),
        step(
            "Learn the sounds of {object} and the 50 words used most",
            "Listen, say each word aloud, and put it on a flash card.",
            "The most common words are half of what you hear.",
        )
        .takes(60)
        .high()
        .after(&[1]),
        step(
            "{object}: {topic}",
            "Do the lesson on this, write ten sentences of your own with it, and read them aloud.",
            "Sentences of your own stay longer than those of a book.",
        )
        .takes(60)
        .after(&[2])
        .topics(&[
            "introduce yourself and ask simple questions",
            "numbers, time and making appointments",
            "food, shopping and prices",
            "ways, trains and tickets",
            "tell what you did last week",
            "work, home and family",
            "give an opinion and a reason for it",
        ]),
        step(
            "Find a partner to speak {object} with",
            "Ask in a tandem exchange or book a tutor for half an hour.",
            "Speaking needs somebody who answers.",
        )
        .after(&[2])
        .with_days(10),
        step(
            "Hold a first conversation in {object}",
            "Talk for half an hour and note the words that were missing.",
            "It shows what to learn next.",
        )
        .takes(45)
        .high()
        .after(&[3, 4])
        .with_days(10),
        step(
            "Test your {object} and decide what is next",
            "Take a free placement test for {level}, and note what was easy and what was not.",
            "A test shows what the practice brought.",
        )
        .takes(45)
        .after(&[3, 5]),
    ],
};

pub(super) const INSTRUMENT: Kind = Kind {
    signs: &[
        "guitar|piano|violin|viola|cello|drums|drum|ukulele|flute|saxophone|trumpet|clarinet|harp|banjo|keyboard|accordion|harmonica|trombone|oboe|bass|mandolin|organ",
        "instrument",
    ],
    units: "",
    leads: &[
        "learn|study|practise|practice|master how? to? play?",
        "play",
        "take lessons in",
        "better at? playing?",
        "learn how? to",
    ],
    object: "the instrument",
    steps: &[
        step(
            "Get {object} ready and set up a place to practise",
            "Buy, borrow or tune what is needed, and put it where you see it every day.",
            "What stands ready is played more often.",
        )
        .takes(60)
        .high(),
        step(
            "Choose a teacher or a course for {object}, and three songs",
            "Watch two first lessons and take the one that you can follow; pick songs that you love.",
            "Songs that you love carry you through the scales.",
        )
        .takes(45)
        .high(),
        step(
            "Practise {object}: {topic}",
            "Ten minutes to warm up, then slowly and in small pieces, and once through at the end.",
            "Short and regular beats long and rare.",
        )
        .takes(45)
        .after(&[1, 2])
        .topics(&[
            "posture, tuning and the first notes",
            "a steady rhythm with a metronome",
            "the first four chords or positions",
            "the first song, slowly",
            "changes between chords or positions",
            "the second song, with its rhythm",
            "the third song, from beginning to end",
        ]),
        step(
            "Record one song with {object} and listen to it",
            "Note two things that went well and one to work on.",
            "You hear more in a recording than while you play.",
        )
        .after(&[3])
        .with_days(7),
        step(
            "Play {object} for somebody",
            "Play one song for a friend, mistakes and all, and choose the next one together.",
            "An audience of one is a goal worth practising for.",
        )
        .after(&[3, 4]),
    ],
};

pub(super) const SKILL: Kind = Kind {
    signs: &[
        "learn|study|studying|learning|master|relearn",
        "understand|practise|practice",
        "speaking|skill|skills|sing|singing",
        "better at",
        "good at",
        "expert in|on",
        "become a|an",
        "take|finish|complete a|an|my|the course",
    ],
    units: "",
    leads: &[
        "learn|study|studying|learning|master|relearn everything? about?",
        "understand|practise|practice",
        "get|become|be? better|good at",
        "become a|an? expert in|on",
        "become a? better?",
        "take|finish|complete",
    ],
    object: "the subject",
    steps: &[
        step(
            "Name three things to be able to do: {object}",
            "Things that you cannot do now and will do at the end, each in a sentence.",
            "It tells what to leave out.",
        )
        .high(),
        step(
            "Choose one main source: {object}",
            "Compare a book, a course and a person to ask, by their first chapter or lesson.",
            "One good source beats five bookmarks.",
        )
        .takes(45)
        .high()
        .after(&[1]),
        step(
            "{object}: {topic}",
            "Work through it with notes by hand, and stop at something that you can try at once.",
            "Trying it shows what was really understood.",
        )
        .takes(75)
        .after(&[2])
        .topics(&[
            "the basic terms, and how they hang together",
            "follow one example from beginning to end",
            "repeat the example without looking",
            "the most common mistakes",
            "change the example to something of your own",
            "a harder exercise",
            "explain it on one page",
        ]),
        step(
            "Try it on something small: {object}",
            "Pick a project that fits into one sitting and finish it, however plain.",
            "A small result shows the gaps.",
        )
        .takes(120)
        .high()
        .after(&[3])
        .with_days(5),
        step(
            "Show somebody what you can do: {object}",
            "Choose somebody who knows it well, and ask what to improve first.",
            "Another pair of eyes sees what you do not.",
        )
        .after(&[4])
        .with_days(14),
        step(
            "Look back and choose the next step: {object}",
            "Compare with the three things from the beginning: what can you do now?",
            "It turns practice into a direction.",
        )
        .after(&[3, 4, 5]),
    ],
};
