//! Tells appointments from tasks by their titles.

use flux_phrases::words::has_word;
use flux_timeline::Kind;

/// What takes place by itself.
const APPOINTMENTS: &str = "meeting meetings lunch dinner breakfast brunch coffee drinks appointment dentist doctor doctors vet physio therapist \
     haircut barber hairdresser interview standup stand-up sync retro retrospective demo kickoff 1:1 class lesson lecture seminar webinar \
     workshop course conference exam party wedding birthday funeral concert show theatre theater opera movie cinema game match date flight \
     train bus ferry trip trips holiday holidays vacation vacations anniversary off offsite visit checkup check-up massage church mass rehearsal ceremony";

/// What is all day if no time is said.
const ALL_DAY: &str = "birthday birthdays anniversary anniversaries holiday holidays vacation vacations trip trips off";

/// What is all day if it is from one day to another one.
const FOR_DAYS: &str = "conference congress convention course workshop seminar festival fair camp retreat offsite visit training cruise tour \
     hackathon exhibition";

/// What comes after the name of the thing: `lunch with Ana`, `meeting at the office`.
const AFTER_THE_NAME: &str = "with at in for on to of about and by from near";

/// First words that make it something to do, whatever follows: `prepare meeting`, `book dentist`.
const TO_DO: &str = "prepare plan book buy write make cook call ring phone email mail message text pay clean order send cancel find organise \
     organize pack read check fix arrange schedule finish review study revise practise practice do get bring pick return renew confirm \
     reschedule move wash bake invite ask tell remind draft edit print";

/// The kind of a block with this title: an appointment if the thing that it names, such as the `meeting` of “Team meeting with Ana”, is
/// one.
pub(super) fn kind(title: &str) -> Kind {
    if names_one_of(APPOINTMENTS, title) { Kind::Appointment } else { Kind::Task }
}

/// Whether a block with this title is all day if no time is said: a birthday, a holiday, a trip.
pub(super) fn is_all_day(title: &str) -> bool {
    names_one_of(ALL_DAY, title)
}

/// Whether a block with this title is all day if it is from one day to another one: also a conference.
pub(super) fn is_for_days(title: &str) -> bool {
    is_all_day(title) || names_one_of(FOR_DAYS, title)
}

/// Whether a block with this title takes all of a week that is named for it.
pub(super) fn is_for_weeks(title: &str) -> bool {
    names_one_of("holiday holidays vacation vacations off", title)
}

/// Whether the thing that a title names is one of these, and not something to be done for it.
fn names_one_of(things: &str, title: &str) -> bool {
    let title = title.to_lowercase();
    let words: Vec<&str> =
        title.split_whitespace().map(|word| word.trim_matches(['.', ',', '!', '?', '“', '”'])).collect();
    let of_name: Vec<&str> = words.iter().copied().take_while(|word| !has_word(AFTER_THE_NAME, word)).collect();
    let named = match of_name.as_slice() {
        [.., "day" | "days" | "time", "off"] => has_word(things, "off"),
        [.., "off"] | [] => false,
        [.., name] => has_word(things, name.trim_end_matches("'s").trim_end_matches("’s")),
    };
    let is_to_do = words.len() > 1 && words.first().is_some_and(|first| has_word(TO_DO, first));
    named && !is_to_do
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_place_by_itself_is_an_appointment_and_the_rest_is_a_task() {
        for title in [
            "Lunch with Ana",
            "Team meeting",
            "Dentist",
            "Mum's birthday",
            "Standup",
            "Flight to Oslo",
            "Dinner and a walk",
        ] {
            assert_eq!(kind(title), Kind::Appointment, "{title}");
        }
        for title in [
            "Buy milk",
            "Write report",
            "Prepare meeting",
            "Book dentist",
            "Cook dinner",
            "Report for the meeting",
            "Call mom",
            "",
        ] {
            assert_eq!(kind(title), Kind::Task, "{title}");
        }
    }

    #[test]
    fn what_is_all_day_if_no_time_is_said() {
        for title in ["Mom's birthday", "Holiday", "Trip to Rome", "Day off", "Summer vacation", "Wedding anniversary"]
        {
            assert!(is_all_day(title) && is_for_days(title), "{title}");
            assert_eq!(kind(title), Kind::Appointment, "{title}");
        }
        assert!(is_for_days("Rust conference in Oslo") && !is_all_day("Rust conference in Oslo"));
        for title in
            ["Birthday party", "Buy a birthday cake", "Book trip", "Take off", "Off", "Call about the holiday", ""]
        {
            assert!(!is_all_day(title) && !is_for_days(title), "{title}");
        }
    }
}
