//! Moving house, and trips.

use crate::brainstorm::step::{Kind, step};

pub(super) const MOVE: Kind = Kind {
    signs: &[
        "move|moving to|into|in|out|house|home|flat|flats|apartment|apartments|abroad",
        "my|our|the|a move",
        "relocate|relocating|relocation|emigrate|emigrating|emigration",
    ],
    units: "",
    leads: &[
        "move|moving|relocate|relocating|emigrate|emigrating|relocation to|into",
        "move|moving in|out|house|home with|of?",
        "move|moving",
    ],
    object: "the new home",
    steps: &[
        step(
            "Reckon what moving to {object} costs, and fix a date",
            "Deposit, movers or van, double rent, new furniture, and a reserve.",
            "Date and budget decide all the rest.",
        )
        .takes(60)
        .high(),
        step(
            "Compare three places to live {in}",
            "Rent, way to work, noise, and what is near; ask for a viewing of the best two.",
            "Comparing three shows what the money buys.",
        )
        .takes(90)
        .high()
        .after(&[1]),
        step(
            "Give notice and check the contracts that end with the move",
            "Rent, electricity, internet, insurance, gym: note each date.",
            "Notice given a day late costs a month.",
        )
        .takes(45)
        .high()
        .after(&[1]),
        step(
            "Book movers or a van for the move to {object}",
            "Ask two firms for an offer, or friends for a day, and reserve parking at both ends.",
            "Good dates are gone first.",
        )
        .after(&[1])
        .with_days(5),
        step(
            "Sort out what does not come along",
            "Room by room: keep, sell, give away, throw away.",
            "What is gone need not be carried.",
        )
        .takes(120)
        .after(&[3])
        .with_days(7),
        step(
            "Change the address to {object}",
            "Post, bank, employer, doctor, insurance, subscriptions, and the office of registration.",
            "Letters that get lost make trouble later.",
        )
        .takes(45)
        .after(&[2])
        .with_days(3),
        step(
            "Pack all but what is needed daily",
            "Write room and contents on two sides of each box; heavy things in small boxes.",
            "It makes the day of the move short.",
        )
        .takes(180)
        .after(&[4, 5]),
        step(
            "Hand over the old home and read the meters",
            "Clean, photograph every room, write down the meters, and have the keys signed for.",
            "Photographs get the deposit back.",
        )
        .takes(90)
        .high()
        .after(&[7]),
        step(
            "Set up beds, internet and kitchen in the new home",
            "What you need for the first night first, all the rest in peace.",
            "One good night makes it a home.",
        )
        .takes(120)
        .after(&[7]),
    ],
};

pub(super) const TRAVEL: Kind = Kind {
    signs: &[
        "trip|holiday|holidays|vacation|journey|honeymoon|travel|travelling|traveling|backpack|backpacking|roadtrip|road-trip|cruise|safari|getaway|city-break|weekend-trip|interrail",
        "visit",
        "road trip",
    ],
    units: "",
    leads: &[
        "trip|holiday|holidays|vacation|journey|honeymoon|travel|travelling|traveling|cruise|getaway|backpacking|safari|roadtrip alone|together? to|in|through|around|across",
        "travel|visit",
        "plan|organise|organize|arrange|prepare|take|do|go on? for?",
    ],
    object: "the trip",
    steps: &[
        step(
            "Fix dates and budget for {object}",
            "Days off, school holidays, weather, and what it may cost in all.",
            "Everything that is booked depends on it.",
        )
        .takes(45)
        .high(),
        step(
            "Check passport, visa and vaccinations for {object}",
            "Look at the foreign office's page and at the date on which the passport ends.",
            "Papers take longest.",
        )
        .high()
        .after(&[1]),
        step(
            "Book flights or trains {to}",
            "Compare three connections by price, changes and time of arrival.",
            "Fares go up as the date comes near.",
        )
        .takes(60)
        .high()
        .after(&[1]),
        step(
            "Compare three places to stay {in}",
            "By place, reviews and cancellation; book the one that can be cancelled longest.",
            "Where you sleep decides how you get around.",
        )
        .takes(60)
        .after(&[3]),
        step(
            "Collect what to see {in}",
            "Ask two people who were there, mark ten places on a map, and star three of them.",
            "Three good days beat ten stops.",
        )
        .takes(60)
        .after(&[1])
        .with_days(5),
        step(
            "Outline the days {in}",
            "One main thing a day, with a plan for rain, and one free day.",
            "Rest is part of it.",
        )
        .takes(60)
        .after(&[4, 5])
        .with_days(7),
        step(
            "Reserve tickets and tables {in} that sell out",
            "Museums, trains with seats, the one restaurant.",
            "Some doors open only with a reservation.",
        )
        .after(&[6])
        .with_days(14),
        step(
            "Arrange home for the time away",
            "Plants, post, pets, a key with somebody, and a note on who is where.",
            "It leaves the head free.",
        )
        .low()
        .after(&[3])
        .with_days(5),
        step(
            "Pack for {object}",
            "Look at the weather, lay everything out, and take a third away; copies of papers go in the hand luggage.",
            "A light bag is a better day.",
        )
        .takes(60)
        .after(&[2, 3, 4]),
    ],
};
