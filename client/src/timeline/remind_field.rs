//! The field of the form that says when a block reminds.

use dioxus::prelude::*;
use flux_timeline::Reminders;
use flux_timeline::reminder::ALL_DAY;

use super::form::{Form, Timing};
use crate::store::use_store;

/// Minutes before the start that can be chosen.
pub const CHOICES: [u32; 8] = [0, 5, 10, 15, 30, 60, 120, 1_440];

/// What chooses the reminders of the settings, and what chooses none.
const USUAL: &str = "usual";
const NEVER: &str = "never";

/// The field.
#[component]
pub fn RemindField(form: Form) -> Element {
    let store = use_store();
    let usual = store.projection.read().settings().remind_minutes;
    let own = form.reminders.clone();
    let morning = ALL_DAY.words(store.projection.read().times().hours);
    // Reminders that were given by other means, such as two of them.
    let other = own.clone().filter(|own| !matches!(own.minutes(), [] | [_]) || !is_listed(own));
    let was_never = form.before.as_ref().and_then(|block| block.reminders.as_ref()).is_some_and(is_never);
    let has_never = usual.is_some() || was_never;
    rsx! {
        label { class: "field",
            if form.timing == Timing::AllDay {
                span { "Remind me, counted from {morning} on the first day" }
            } else {
                span { "Remind me" }
            }
            select {
                onchange: move |event| {
                    let chosen = chosen(&event.value(), other.as_ref());
                    store.edit(&|form| form.reminders.clone_from(&chosen));
                },
                option { value: USUAL, selected: own.is_none(), {usually(usual, has_never)} }
                if has_never {
                    option { value: NEVER, selected: own.as_ref().is_some_and(is_never), "Never" }
                }
                if let Some(other) = &other {
                    option { value: "", selected: true, {other.words()} }
                }
                for minutes in CHOICES {
                    option {
                        value: "{minutes}",
                        selected: own.as_ref().is_some_and(|own| own.minutes() == [minutes]),
                        {words(minutes)}
                    }
                }
            }
        }
    }
}

/// `10 min before`, or `At the start`.
pub fn words(minutes: u32) -> String {
    if minutes == 0 {
        return "At the start".to_owned();
    }
    Reminders::new(&[minutes]).map(|reminders| reminders.words()).unwrap_or_default()
}

fn is_listed(reminders: &Reminders) -> bool {
    reminders.minutes().iter().all(|minutes| CHOICES.contains(minutes))
}

fn is_never(reminders: &Reminders) -> bool {
    reminders.minutes().is_empty()
}

/// What the settings say, as a choice beside `Never` or alone.
fn usually(minutes: Option<u32>, has_never: bool) -> String {
    match minutes {
        Some(minutes) => format!("{}, as usual", words(minutes)),
        None if has_never => "Never, as usual".to_owned(),
        None => "Never".to_owned(),
    }
}

fn chosen(value: &str, other: Option<&Reminders>) -> Option<Reminders> {
    match value {
        USUAL => None,
        NEVER => Reminders::new(&[]).ok(),
        _ => value.parse().ok().and_then(|minutes: u32| Reminders::new(&[minutes]).ok()).or_else(|| other.cloned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_one_reminder_none_or_what_there_was() {
        let two = Reminders::new(&[60, 10]).unwrap();
        assert_eq!(chosen(USUAL, Some(&two)), None);
        assert_eq!(chosen(NEVER, Some(&two)), Reminders::new(&[]).ok());
        assert_eq!(chosen("10", Some(&two)), Reminders::new(&[10]).ok());
        assert_eq!(chosen("", Some(&two)), Some(two));
        let usual = [usually(None, false), usually(None, true), usually(Some(0), true)];
        assert_eq!(usual, ["Never", "Never, as usual", "At the start, as usual"]);
    }
}
