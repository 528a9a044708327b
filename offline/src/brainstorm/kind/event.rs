//! Parties, weddings, meetings: people who come together on a day.

use crate::brainstorm::step::{Kind, step};

pub(super) const EVENT: Kind = Kind {
    signs: &[
        "wedding|party|conference|meetup|meeting|birthday|event|reunion|ceremony|barbecue|bbq|workshop|hackathon|fundraiser|anniversary|baby-shower|gala|festival|dinner|celebration|retreat|funeral|concert|exhibition|tournament|offsite|webinar",
    ],
    units: "",
    leads: &["plan|organise|organize|host|throw|prepare|arrange|run|hold|celebrate|manage|have for?", "get ready for"],
    object: "the event",
    steps: &[
        step(
            "Agree on date, number of guests and budget for {object}",
            "Ask those who must be there first; write down what is fixed and what is a wish.",
            "Place, food and invitations all hang on it.",
        )
        .takes(60)
        .high(),
        step(
            "Compare three places for {object} and reserve one",
            "Size, price, the way there, what it brings along, and when it can still be cancelled.",
            "Good places are booked first.",
        )
        .takes(90)
        .high()
        .after(&[1]),
        step(
            "Write the guest list for {object} and invite",
            "Date, place, how to get there, and by when to answer.",
            "People need time to keep the day free.",
        )
        .takes(60)
        .high()
        .after(&[1, 2]),
        step(
            "Order food and drink for {object}",
            "Ask about allergies, get two offers, and plan a little too much water.",
            "Nobody remembers the tablecloth of a hungry evening.",
        )
        .takes(60)
        .after(&[2])
        .with_days(2),
        step(
            "Find music, speakers or helpers for {object}",
            "Who does what, from when, and whom they call if something goes wrong.",
            "Help that is asked early says yes.",
        )
        .takes(45)
        .after(&[2])
        .with_days(7),
        step(
            "Choose decoration, clothes and gifts for {object}",
            "Settle on one colour or theme, and order what has to be delivered.",
            "One idea looks better than five.",
        )
        .takes(60)
        .low()
        .after(&[1])
        .with_days(14),
        step(
            "Count the answers and seat the guests of {object}",
            "Remind those who have not answered, and give the number to place and kitchen.",
            "The number is what everything is ordered by.",
        )
        .takes(45)
        .after(&[3])
        .with_days(7),
        step(
            "Write the run of the day for {object}",
            "Hour by hour on one page, with a telephone number for each part.",
            "On the day nobody should have to ask you.",
        )
        .takes(45)
        .high()
        .after(&[3, 4, 5]),
        step(
            "Confirm everything for {object} and pack a box for emergencies",
            "Call place, food and helpers; tape, scissors, plasters, chargers, cash.",
            "One round of calls prevents most surprises.",
        )
        .after(&[7, 8]),
    ],
};
