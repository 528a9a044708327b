//! The form for editing a block, in place of its card or in a dialog.

use dioxus::prelude::*;
use flux_timeline::{BlockId, Kind, PlanId, Priority};

use super::form::{Form, Timing};
use super::projection::Projection;
use super::remind_field::RemindField;
use super::repeat_fields::RepeatFields;
use super::timer;
use super::{Jump, Mode};
use crate::calls::Mutation;
use crate::history::LogQuery;
use crate::platform;
use crate::store::{Store, View, use_store};

const DIALOG: &str = "block-dialog";

/// The dialog. It is open while a block is edited that has no card on the page.
#[component]
pub fn EditorDialog() -> Element {
    let mut store = use_store();
    let is_open = use_memo(move || store.editing.read().as_ref().is_some_and(|form| !is_inline(store, form)));
    use_effect(move || if is_open() { platform::open_dialog(DIALOG) } else { platform::close_dialog(DIALOG) });
    rsx! {
        dialog {
            id: DIALOG,
            class: "dialog editor-dialog",
            aria_label: "Block",
            oncancel: move |_| store.end_writing(),
            if is_open() {
                Editor {}
            }
        }
    }
}

/// Whether a block is edited in place of its card.
pub fn is_inline(store: Store, form: &Form) -> bool {
    // If its row is not shown, because the block was deleted, its plan is hidden or archived, or it does not match the filter, the
    // dialog keeps the input.
    let exists = form.block().is_some_and(|id| store.projection.read().block(id).is_some());
    exists
        && form.plan.is_some_and(|plan| store.is_shown(plan))
        && *store.mode.read() == Mode::Agenda
        && store.filter.read().is_off()
        && store.past.read().is_none()
}

/// The fields.
#[component]
pub fn Editor() -> Element {
    let mut store = use_store();
    let mut problem = use_signal(|| None::<String>);
    use_effect(|| platform::focus("block-title"));
    let Some(form) = store.editing.read().clone() else { return rsx! {} };
    let set = move |change: &dyn Fn(&mut Form)| store.edit(change);
    let heading = if form.block().is_some() { "Edit" } else { "New block" };
    let submit = move |event: FormEvent| {
        event.prevent_default();
        problem.set(save(store).err());
    };
    rsx! {
        form {
            class: "editor",
            aria_label: heading,
            onsubmit: submit,
            onkeydown: move |event| {
                event.stop_propagation();
                if event.key() == Key::Escape {
                    event.prevent_default();
                    store.end_writing();
                }
            },
            label { class: "field",
                span { "Title" }
                input {
                    id: "block-title",
                    r#type: "text",
                    required: true,
                    maxlength: "200",
                    autocomplete: "off",
                    value: "{form.title}",
                    oninput: move |event| set(&|form| form.title = event.value()),
                }
            }
            div { class: "fields",
                label { class: "choice",
                    input {
                        r#type: "checkbox",
                        checked: form.timing == Timing::AllDay,
                        onchange: move |event| set(&|form| form.set_all_day(event.checked())),
                    }
                    "All day"
                }
                if form.kind == Kind::Task {
                    label { class: "choice",
                        input {
                            r#type: "checkbox",
                            checked: form.timing == Timing::None,
                            onchange: move |event| set(&|form| form.timing = if event.checked() { Timing::None } else { Timing::Time }),
                        }
                        "No time yet"
                    }
                }
            }
            if form.block().is_none() {
                PlanField { plan: form.plan }
            }
            if form.timing == Timing::AllDay {
                div { class: "fields",
                    DateField { name: "First day", value: form.first_day.clone(), required: true, oninput: move |day: String| set(&|form| form.set_first_day(day.clone())) }
                    DateField { name: "Last day", value: form.last_day.clone(), required: true, oninput: move |day: String| set(&|form| form.last_day = day.clone()) }
                }
            } else if !form.is_for_inbox() {
                div { class: "fields",
                    label { class: "field",
                        span { "Start" }
                        input {
                            r#type: "datetime-local",
                            required: true,
                            value: "{form.start}",
                            oninput: move |event| set(&|form| form.set_start(event.value())),
                        }
                    }
                    label { class: "field",
                        span { "End" }
                        input {
                            r#type: "datetime-local",
                            required: true,
                            value: "{form.end}",
                            oninput: move |event| set(&|form| form.end = event.value()),
                        }
                    }
                }
            }
            if form.has_days() {
                Days { form: form.clone() }
            }
            RepeatFields { form: form.clone() }
            div { class: "fields",
                if !form.is_for_inbox() {
                    RemindField { form: form.clone() }
                }
                label { class: "field",
                    span { "Kind" }
                    select {
                        onchange: move |event| {
                            let kind = if event.value() == "appointment" { Kind::Appointment } else { Kind::Task };
                            set(&|form| form.kind = kind);
                        },
                        option { value: "task", selected: form.kind == Kind::Task, "Task" }
                        option { value: "appointment", selected: form.kind == Kind::Appointment, "Appointment" }
                    }
                }
                label { class: "field",
                    span { "Priority" }
                    select {
                        onchange: move |event| set(&|form| form.priority = priority(&event.value())),
                        for choice in [Priority::High, Priority::Medium, Priority::Low] {
                            option { value: choice.as_str(), selected: choice == form.priority, {label(choice)} }
                        }
                    }
                }
                label { class: "field",
                    span { "Tags, between commas" }
                    input {
                        r#type: "text",
                        autocomplete: "off",
                        value: "{form.tags}",
                        oninput: move |event| set(&|form| form.tags = event.value()),
                    }
                }
            }
            if let Some(id) = form.block().filter(|_| form.kind == Kind::Task) {
                TimeSpent { id }
            }
            label { class: "field",
                span { "Description" }
                textarea {
                    rows: "3",
                    maxlength: "4000",
                    value: "{form.description}",
                    oninput: move |event| set(&|form| form.description = event.value()),
                }
            }
            if let Some(problem) = problem() {
                p { class: "field-problem", role: "alert", "{problem}" }
            }
            div { class: "dialog-buttons",
                if let Some(id) = form.block() {
                    button { class: "button danger", r#type: "button", onclick: move |_| delete(store, id), "Delete" }
                    button { class: "button quiet", r#type: "button", onclick: move |_| show_history(store, id), "History" }
                    StateButton { id }
                }
                div { class: "spacer" }
                button { class: "button", r#type: "button", onclick: move |_| store.end_writing(), "Cancel" }
                button { class: "button primary", r#type: "submit", "Save" }
            }
        }
    }
}

/// The plan of a new block, where there are several to choose from.
#[component]
fn PlanField(plan: Option<PlanId>) -> Element {
    let store = use_store();
    let plans = store.projection.read().plans_in_use();
    if plans.len() < 2 {
        return rsx! {};
    }
    let plan = plan_of_new(&store.projection.read(), plan);
    rsx! {
        label { class: "field",
            span { "Plan" }
            select {
                onchange: move |event| {
                    if let Ok(id) = event.value().parse() {
                        store.edit(&|form| form.plan = Some(PlanId::new(id)));
                    }
                },
                for choice in plans {
                    option { value: "{choice.id}", selected: plan == Some(choice.id), "{choice.title}" }
                }
            }
        }
    }
}

/// The plan that a new block goes to: the one that was chosen, or the active one if that was archived or deleted in the meantime.
fn plan_of_new(projection: &Projection, chosen: Option<PlanId>) -> Option<PlanId> {
    chosen.filter(|plan| projection.is_in_use(*plan)).or(projection.active_plan().map(|plan| plan.id))
}

/// How long a task without a time will take, and the days on which a task can be done.
#[component]
fn Days(form: Form) -> Element {
    let store = use_store();
    let set = move |change: &dyn Fn(&mut Form)| store.edit(change);
    rsx! {
        div { class: "fields",
            if form.is_for_inbox() {
                label { class: "field",
                    span { "Minutes it takes" }
                    input {
                        r#type: "number",
                        min: "1",
                        max: "20160",
                        value: "{form.minutes}",
                        oninput: move |event| set(&|form| form.minutes = event.value()),
                    }
                }
            }
            DateField { name: "Not before", value: form.first, oninput: move |day: String| set(&|form| form.first = day.clone()) }
            DateField { name: "Due", value: form.due, oninput: move |day: String| set(&|form| form.due = day.clone()) }
        }
    }
}

/// A calendar date of the form.
#[component]
fn DateField(
    name: &'static str,
    value: String,
    #[props(default)] required: bool,
    oninput: EventHandler<String>,
) -> Element {
    rsx! {
        label { class: "field",
            span { {name} }
            input {
                r#type: "date",
                required,
                value: "{value}",
                oninput: move |event: FormEvent| oninput.call(event.value()),
            }
        }
    }
}

/// The timer of the task as it is now, and the minutes that were spent on it. They can be corrected while it is paused.
#[component]
fn TimeSpent(id: BlockId) -> Element {
    let mut store = use_store();
    let Some(block) = store.projection.read().block(id).cloned() else { return rsx! {} };
    let runs = block.worked.is_running();
    let spent = store.editing.read().as_ref().map(|form| form.spent_now(&block)).unwrap_or_default();
    rsx! {
        div { class: "fields timer",
            if block.worked.is_running() {
                p { class: "mark running", {timer::spent(store, &block)} }
            } else {
                label { class: "field",
                    span { "Minutes spent" }
                    input {
                        r#type: "number",
                        min: "0",
                        max: "600000",
                        value: "{spent}",
                        oninput: move |event| store.edit(&|form| form.spent = event.value()),
                    }
                }
            }
            if block.is_to_do() {
                button {
                    class: "button quiet",
                    r#type: "button",
                    aria_label: "{timer::verb(&block)} of {block.title}",
                    onclick: move |_| store.work_on(id, !runs),
                    {timer::verb(&block)}
                }
            }
        }
    }
}

/// Marks the task as done, or the appointment that has begun as missed, or takes that back. A card has its own way to do that; the
/// week view has none.
#[component]
fn StateButton(id: BlockId) -> Element {
    let mut store = use_store();
    let block = store.projection.read().block(id).cloned();
    let Some(block) = block.filter(|_| *store.mode.read() == Mode::Week) else { return rsx! {} };
    let is_appointment = block.kind == Kind::Appointment && block.completed_at.is_none();
    if is_appointment && block.is_open() && block.has_to_begin(*store.now.read(), store.projection.read().zone()) {
        return rsx! {};
    }
    let is_open = block.is_open();
    let mark = move |_| {
        // Other edits in the form are kept.
        if !store.is_half_written() {
            store.end_writing();
        }
        if is_appointment { store.mark_missed(id, is_open) } else { store.mark(id, is_open, false) }
    };
    let label = match (is_open, is_appointment) {
        (true, false) => "Mark as done",
        (true, true) => "Mark as missed",
        (false, _) => "Reopen",
    };
    rsx! {
        button { class: "button quiet", r#type: "button", onclick: mark, {label} }
    }
}

fn save(mut store: Store) -> Result<(), String> {
    let Some(mut form) = store.editing.peek().clone() else { return Ok(()) };
    if form.block().is_none() {
        form.plan = plan_of_new(&store.projection.peek(), form.plan);
    }
    let (is_gone, zone) = {
        let projection = store.projection.peek();
        // A block that was scrolled to may have been forgotten since. Then the service knows whether it exists.
        let is_gone = projection.is_whole() && form.block().is_some_and(|id| projection.block(id).is_none());
        (is_gone, projection.zone())
    };
    if is_gone {
        return Err("This block was deleted meanwhile. What you wrote is still here; copy it, or cancel.".to_owned());
    }
    // A new block has the id of the call that makes it.
    let call = platform::uuid();
    let id = BlockId::new(call);
    let mutation = form.mutation(zone, id)?;
    store.end_writing();
    if let Some(mutation) = mutation {
        if matches!(mutation, Mutation::Schedule(_)) {
            form.plan.into_iter().for_each(|plan| store.show_plan(plan));
            // A new task without a time is below the first few.
            store.with_inbox.set(*store.with_inbox.peek() || form.is_for_inbox());
            store.jump.set(Some(Jump::Block(id)));
        }
        store.submit_as(call, mutation);
    }
    Ok(())
}

fn delete(mut store: Store, id: BlockId) {
    let block = store.projection.peek().block(id).cloned();
    // Close it now: nothing behind an open dialog can take the focus.
    platform::close_dialog(DIALOG);
    store.editing.set(None);
    if let Some(block) = block {
        store.delete_block(&block);
    }
}

/// Shows what happened to the block.
fn show_history(mut store: Store, id: BlockId) {
    let title = store.projection.peek().block(id).map(|block| block.title.to_string());
    store.editing.set(None);
    store.show_log(LogQuery { block: title.map(|title| (id, title)), ..LogQuery::default() });
    store.show(View::History);
}

const fn label(priority: Priority) -> &'static str {
    match priority {
        Priority::High => "High",
        Priority::Medium => "Medium",
        Priority::Low => "Low",
    }
}

fn priority(name: &str) -> Priority {
    let all = [Priority::High, Priority::Medium, Priority::Low];
    all.into_iter().find(|priority| priority.as_str() == name).unwrap_or_default()
}
