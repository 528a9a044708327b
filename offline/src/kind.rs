//! Tells appointments from tasks by their titles.

use flux_phrases::words::has_word;
use flux_timeline::Kind;

/// What takes place by itself.
const APPOINTMENTS: &str = "meeting meetings lunch dinner breakfast brunch coffee drinks appointment dentist doctor doctors vet physio therapist \
     haircut barber hairdresser interview standup stand-up sync retro retrospective demo kickoff 1:1 class lesson lecture seminar webinar \
     workshop course conference exam party wedding birthday funeral concert show theatre theater opera movie cinema game match date flight \
     train bus ferry trip holiday vacation visit checkup check-up massage church mass rehearsal ceremony";

/// What comes after the name of the thing: `lunch with Ana`, `meeting at the office`.
const AFTER_THE_NAME: &str = "with at in for on to of about and by from near";

/// First words that make it something to do, whatever follows: `prepare meeting`, `book dentist`.
const TO_DO: &str = "prepare plan book buy write make cook call ring phone email mail message text pay clean order send cancel find organise \
     organize pack read check fix arrange schedule finish review study revise practise practice do get bring pick return renew confirm \
     reschedule move wash bake invite ask tell remind draft edit print";

/// The kind of a block with this title: an appointment if the thing that it names, such as the `meeting` of “Team meeting with Ana”, is
/// one.
pub(super) fn kind(title: &str) -> Kind {
    let title = title.to_lowercase();
    let words: Vec<&str> =
        title.split_whitespace().map(|word| word.trim_matches(['.', ',', '!', '?', '“', '”'])).collect();
    let name = words.iter().take_while(|word| !has_word(AFTER_THE_NAME, word)).last();
    let is_appointment =
        name.is_some_and(|name| has_word(APPOINTMENTS, name.trim_end_matches("'s").trim_end_matches("’s")));
    let is_to_do = words.len() > 1 && words.first().is_some_and(|first| has_word(TO_DO, first));
    if is_appointment && !is_to_do { Kind::Appointment } else { Kind::Task }
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
}
