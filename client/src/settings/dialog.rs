//! The settings in a dialog.

use dioxus::prelude::*;
use flux_timeline::Activity;

use super::data::Data;
use super::form::{DAYS, Fields};
use super::preferences::{Motion, Preferences, Theme};
use crate::account::{AccountSection, Desk};
use crate::calls::Mutation;
use crate::platform;
use crate::reminders::permission::Allow;
use crate::store::use_store;
use crate::timeline::remind_field::{self, CHOICES};

/// Kinds of activity, and how they are called.
const ACTIVITIES: [(Activity, &str); 4] = [
    (Activity::Study, "Study"),
    (Activity::Training, "Training"),
    (Activity::Work, "Work on goals"),
    (Activity::Other, "Other goals"),
];

/// The id of the form that is saved.
const FORM: &str = "settings-form";
/// The id of the dialog, used to open it.
pub const DIALOG: &str = "settings-dialog";

/// The dialog. Its fields are there while it is open.
#[component]
pub fn SettingsDialog() -> Element {
    let mut store = use_store();
    let is_open = *store.settings_open.read();
    // Here and not in the section, so that a request goes on when the dialog is closed.
    Desk::provide();
    use_effect(move || {
        if *store.settings_open.read() {
            platform::open_dialog(DIALOG);
        } else {
            platform::close_dialog(DIALOG);
        }
    });
    rsx! {
        dialog {
            id: DIALOG,
            class: "dialog settings-dialog",
            aria_labelledby: "settings-title",
            oncancel: move |_| store.settings_open.set(false),
            if is_open {
                h2 { id: "settings-title", "Settings" }
                Personal {}
                Appearance {}
                AccountSection {}
                Data {}
                Foot {}
            }
        }
    }
}

/// When the person has time for what, as they have said at a goal.
#[component]
fn KnownHours() -> Element {
    let mut store = use_store();
    let settings = store.projection.read().settings();
    let known = ACTIVITIES
        .into_iter()
        .filter_map(|(activity, name)| Some((activity, name, settings.activity_hours.of(activity)?)));
    rsx! {
        for (activity , name , hours) in known {
            p { key: "{name}", class: "known-hours",
                "{name}: {hours.words(settings.hour_format)} "
                button {
                    class: "text-button",
                    r#type: "button",
                    aria_label: "Ask again when I have time for {name}",
                    onclick: move |_| store.ask_for_hours_again(activity),
                    "Ask again"
                }
            }
        }
    }
}

#[component]
fn Personal() -> Element {
    let mut store = use_store();
    let before = use_hook(|| Fields::of(&store.projection.peek().settings()));
    let mut fields = use_signal(|| before.clone());
    let mut problem = store.settings_problem;
    let shown = fields.read().clone();
    let save = move |event: FormEvent| {
        event.prevent_default();
        problem.set(None);
        match fields.peek().changes(&before) {
            Ok(changes) if changes.is_empty() => store.settings_open.set(false),
            Ok(changes) => store.change_settings(changes),
            Err(sentence) => problem.set(Some(sentence)),
        }
    };
    use_drop(move || problem.set(None));
    rsx! {
        form { id: FORM, onsubmit: save,
            fieldset {
                legend { "You" }
                div { class: "fields",
                    label { class: "field",
                        span { "Time zone" }
                        input {
                            r#type: "text",
                            required: true,
                            autocomplete: "off",
                            value: "{shown.time_zone}",
                            oninput: move |event| fields.write().time_zone = event.value(),
                        }
                    }
                    button {
                        class: "button quiet",
                        r#type: "button",
                        onclick: move |_| {
                            if let Some(zone) = platform::time_zone() {
                                fields.write().time_zone = zone;
                            }
                        },
                        "Use this browser’s"
                    }
                }
                div { class: "fields",
                    label { class: "field",
                        span { "Weeks begin on" }
                        select {
                            onchange: move |event| fields.write().week_start = event.value(),
                            for (name , day) in DAYS {
                                option { value: name, selected: name == shown.week_start, {day} }
                            }
                        }
                    }
                    label { class: "field",
                        span { "Times" }
                        select {
                            onchange: move |event| fields.write().hour_format = event.value(),
                            option { value: "24h", selected: shown.hour_format == "24h", "20:00" }
                            option { value: "12h", selected: shown.hour_format == "12h", "8:00 PM" }
                        }
                    }
                }
            }
            fieldset {
                legend { "When tasks are planned" }
                div { class: "day-choice", role: "group", aria_label: "Days",
                    for (place , (name , day)) in DAYS.into_iter().enumerate() {
                        label {
                            input {
                                r#type: "checkbox",
                                aria_label: day,
                                checked: shown.days[place],
                                onchange: move |event| fields.write().days[place] = event.checked(),
                            }
                            span { aria_hidden: "true", {name} }
                        }
                    }
                }
                div { class: "fields",
                    label { class: "field",
                        span { "From" }
                        input {
                            r#type: "time",
                            required: true,
                            value: "{shown.from}",
                            oninput: move |event| fields.write().from = event.value(),
                        }
                    }
                    label { class: "field",
                        span { "Until" }
                        input {
                            r#type: "time",
                            required: true,
                            value: "{shown.to}",
                            oninput: move |event| fields.write().to = event.value(),
                        }
                    }
                    label { class: "field",
                        span { "Break, minutes" }
                        input {
                            r#type: "number",
                            min: "0",
                            max: "240",
                            required: true,
                            value: "{shown.break_minutes}",
                            oninput: move |event| fields.write().break_minutes = event.value(),
                        }
                    }
                }
                label { class: "choice",
                    input {
                        r#type: "checkbox",
                        checked: shown.reschedule_overdue,
                        onchange: move |event| fields.write().reschedule_overdue = event.checked(),
                    }
                    "Each morning at five, find new times for overdue tasks"
                }
                label { class: "choice",
                    input {
                        r#type: "checkbox",
                        checked: shown.accept_goals,
                        onchange: move |event| fields.write().accept_goals = event.checked(),
                    }
                    "Add what is planned for a goal without asking"
                }
            }
            KnownHours {}
            ReminderFields { fields }
            if let Some(problem) = problem() {
                p { class: "field-problem", role: "alert", "{problem}" }
            }
        }
    }
}

/// The end of the dialog, which stays in view. What needs no Save has taken effect already.
#[component]
fn Foot() -> Element {
    let mut store = use_store();
    let is_saving = store.calls.read().any(|mutation| matches!(mutation, Mutation::ChangeSettings(_)));
    rsx! {
        div { class: "dialog-buttons dialog-foot",
            button { class: "button", r#type: "button", onclick: move |_| store.settings_open.set(false), "Close" }
            button { class: "button primary", r#type: "submit", form: FORM, disabled: is_saving, "Save" }
        }
    }
}

/// When blocks remind, and when reminders wait.
#[component]
fn ReminderFields(fields: Signal<Fields>) -> Element {
    let mut fields = fields;
    let shown = fields.read().clone();
    // A value that was set by other means, such as 45 minutes.
    let other = shown.remind_minutes.parse().ok().filter(|minutes| !CHOICES.contains(minutes));
    rsx! {
        fieldset {
            legend { "Reminders" }
            div { class: "fields",
                label { class: "field",
                    span { "Remind me of each block" }
                    select {
                        onchange: move |event| fields.write().remind_minutes = event.value(),
                        option { value: "", selected: shown.remind_minutes.is_empty(), "Never" }
                        for minutes in CHOICES.into_iter().chain(other) {
                            option {
                                value: "{minutes}",
                                selected: shown.remind_minutes == minutes.to_string(),
                                {remind_field::words(minutes)}
                            }
                        }
                    }
                }
            }
            label { class: "choice",
                input {
                    r#type: "checkbox",
                    checked: shown.has_quiet_hours,
                    onchange: move |event| fields.write().has_quiet_hours = event.checked(),
                }
                "Quiet hours: delay reminders that can wait"
            }
            if shown.has_quiet_hours {
                div { class: "fields",
                    label { class: "field",
                        span { "Quiet from" }
                        input {
                            r#type: "time",
                            required: true,
                            value: "{shown.quiet_from}",
                            oninput: move |event| fields.write().quiet_from = event.value(),
                        }
                    }
                    label { class: "field",
                        span { "Quiet until" }
                        input {
                            r#type: "time",
                            required: true,
                            value: "{shown.quiet_to}",
                            oninput: move |event| fields.write().quiet_to = event.value(),
                        }
                    }
                }
            }
            Allow { only: None }
        }
    }
}

/// Settings of this browser, which take effect at once.
#[component]
fn Appearance() -> Element {
    let mut store = use_store();
    let Preferences { theme, motion, letter_keys, debug, .. } = *store.preferences.read();
    rsx! {
        fieldset {
            legend { "This browser" }
            div { class: "fields",
                label { class: "field",
                    span { "Theme" }
                    select {
                        onchange: move |event| {
                            let all = [Theme::System, Theme::Light, Theme::Dark];
                            let theme = all.into_iter().find(|theme| theme.name() == event.value()).unwrap_or_default();
                            store.prefer(|preferences| preferences.theme = theme);
                        },
                        option { value: "system", selected: theme == Theme::System, "As the system" }
                        option { value: "light", selected: theme == Theme::Light, "Light" }
                        option { value: "dark", selected: theme == Theme::Dark, "Dark" }
                    }
                }
                label { class: "field",
                    span { "Motion" }
                    select {
                        onchange: move |event| {
                            let is_reduced = event.value() == Motion::Reduced.name();
                            let motion = if is_reduced { Motion::Reduced } else { Motion::System };
                            store.prefer(|preferences| preferences.motion = motion);
                        },
                        option { value: "system", selected: motion == Motion::System, "As the system" }
                        option { value: "reduced", selected: motion == Motion::Reduced, "Reduced" }
                    }
                }
            }
            label { class: "choice",
                input {
                    r#type: "checkbox",
                    checked: letter_keys,
                    onchange: move |event| store.prefer(|preferences| preferences.letter_keys = event.checked()),
                }
                "Use single-letter shortcuts, such as N for a new block"
            }
            label { class: "choice",
                input {
                    r#type: "checkbox",
                    checked: debug,
                    onchange: move |event| store.prefer(|preferences| preferences.debug = event.checked()),
                }
                "Debug mode: show events, calls and what answers cost"
            }
        }
    }
}
