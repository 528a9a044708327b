//! The agenda as a list of days. Only rows near the visible area are in the page; [`rows`](super::rows) decides which.
//!
//! Rows above can change their height when they come into view, and earlier days can be loaded. The row at the upper edge
//! keeps its position then.

use chrono::NaiveDate;
use dioxus::prelude::*;
use flux_timeline::Block;

use super::Jump;
use super::add::AddButton;
use super::agenda::{Agenda, Entry, INBOX_SHOWN, Row, Section, SectionKey};
use super::card::Card;
use super::rows::{Heights, Layout, Near, Window, heading_id, row_id};
use crate::calls::{BlockPage, Mutation, PastMoment};
use crate::extras::{Extra, Part};
use crate::platform::{self, RowId};
use crate::store::{Store, use_store};

/// The element that scrolls.
pub const LIST: &str = "days";
/// How much is drawn above and below the visible area, in CSS pixels.
const MARGIN: f64 = 600.0;
/// The drawn rows change after scrolling this far, in CSS pixels.
const STEP: f64 = 200.0;

/// The visible part of the list.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Seen {
    /// In steps.
    top: f64,
    height: f64,
}

/// The list.
#[component]
pub fn AgendaList(agenda: Memo<Agenda>) -> Element {
    let mut store = use_store();
    let mut seen = use_signal(|| Seen { top: 0.0, height: 1_000.0 });
    let mut heights = use_signal(Heights::default);
    let mut edge = use_signal(|| None::<(RowId, f64)>);
    // How far this code scrolled the list. The browser reports that too, but later, when the rows may have moved already.
    let mut placed = use_signal(|| None::<f64>);
    // How long the list was when it last asked for more, in CSS pixels.
    let loaded_at = use_signal(|| None::<f64>);
    let layout = use_memo(move || Layout::new(&agenda.read(), &heights.read()));
    let window = use_memo(move || {
        let Seen { top, height } = seen();
        layout.read().window(top - MARGIN, top + height + MARGIN)
    });
    // After each drawing: measure what is new, and keep or bring in place what is to be seen.
    use_effect(move || {
        let layout = layout.read();
        let _ = window.read();
        let _ = store.editing.read();
        // On a small screen the chat may be shown instead: then nothing has a height.
        if platform::height(LIST) < 1.0 {
            return;
        }
        let measured = platform::row_heights(LIST);
        if heights.read().would_change(&measured) {
            heights.write().measured(&measured);
            return;
        }
        let is_settled = store.projection.peek().is_loaded()
            && !store.calls.read().any(|mutation| {
                matches!(
                    mutation,
                    Mutation::LoadTimeline | Mutation::LoadBlocks(..) | Mutation::LoadPast(PastMoment::Still(..))
                )
            });
        let jump = store.jump.read().filter(|_| is_settled);
        if let Some(jump) = jump {
            let row = place_of(&agenda.peek(), jump, store);
            let is_drawn = row.is_some_and(|row| is_drawn(&window.peek(), &agenda.peek(), row));
            match (jump, row.and_then(|row| layout.top_of(row))) {
                // The browser brings into view what gets the focus, and leaves alone what is in view.
                (Jump::Block(id), Some(_)) if is_drawn => {
                    platform::focus_row(LIST, id.uuid().as_u128());
                    edge.set(edge_of(&layout, store));
                    store.jump.set(None);
                }
                (jump, Some(top)) => {
                    platform::scroll_to(LIST, top);
                    edge.set(edge_of(&layout, store));
                    if !matches!(jump, Jump::Block(_)) {
                        store.jump.set(None);
                    }
                }
                (_, None) => store.jump.set(None),
            }
        } else if let Some((row, below)) = *edge.peek()
            && let Some(top) = layout.top_of(row)
            && (top + below - platform::scroll_top(LIST)).abs() > 1.0
        {
            platform::scroll_to(LIST, top + below);
            placed.set(Some(platform::scroll_top(LIST)));
        }
        load_more(store, &layout, seen(), loaded_at);
    });
    let note_scroll = move || {
        let top = platform::scroll_top(LIST);
        let (stepped, height) = ((top / STEP).floor() * STEP, platform::height(LIST).max(STEP));
        if *seen.peek() != (Seen { top: stepped, height }) {
            seen.set(Seen { top: stepped, height });
        }
        if *placed.peek() != Some(top) {
            placed.set(None);
            edge.set(edge_of(&layout.peek(), store));
        }
    };
    let is_empty = use_memo(move || agenda.read().is_empty());
    rsx! {
        div {
            id: LIST,
            class: "days",
            role: "region",
            aria_label: "Agenda",
            tabindex: "0",
            ..platform::on("onscroll", note_scroll),
            ..platform::on("onresize", note_scroll),
            div { height: "{window.read().above}px" }
            Sections { agenda, window }
            div { height: "{window.read().below}px" }
            if is_empty() {
                Extra { part: Part::Empty }
            }
            Extra { part: Part::More }
        }
    }
}

/// The row at the upper edge, which should keep its position. `None` at the very top, so that new rows above are seen, unless
/// earlier days are shown, which are loaded above page by page.
fn edge_of(layout: &Layout, store: Store) -> Option<(RowId, f64)> {
    let top = platform::scroll_top(LIST);
    layout.row_at(top).filter(|_| top >= 1.0 || *store.with_earlier.peek())
}

/// Loads the next part of a long plan when the end of the loaded part is near.
fn load_more(mut store: Store, layout: &Layout, seen: Seen, mut loaded_at: Signal<Option<f64>>) {
    let anchor = store.anchor.peek().unwrap_or(*store.now.peek());
    let Some(stretch) = store.projection.peek().coverage().around(anchor) else { return };
    // Where a page had only blocks of hidden plans, the list is no longer than before, and would load page after page.
    if store.hides_plans() && *loaded_at.peek() == Some(layout.height()) {
        return;
    }
    let is_idle = !store.calls.peek().any(|mutation| matches!(mutation, Mutation::LoadBlocks(..)));
    if !is_idle || *store.cannot_load.read() || store.past.peek().is_some() || !store.filter.peek().is_off() {
        return;
    }
    let page = if stretch.has_later() && seen.top + seen.height + 2.0 * MARGIN > layout.height() {
        BlockPage::After(stretch.until)
    } else if stretch.has_earlier() && *store.with_earlier.peek() && seen.top < MARGIN {
        BlockPage::Before(stretch.from)
    } else {
        return;
    };
    loaded_at.set(Some(layout.height()));
    store.submit(Mutation::LoadBlocks(page));
}

/// The row to scroll to.
fn place_of(agenda: &Agenda, jump: Jump, store: Store) -> Option<RowId> {
    let day = |date: NaiveDate| {
        let next = |section: &&Section| matches!(section.key, SectionKey::Day(day) if day >= date);
        agenda.sections.iter().find(next).or(agenda.sections.last()).map(|section| heading_id(section.key))
    };
    match jump {
        Jump::Block(id) => Some(id.uuid().as_u128()),
        Jump::Inbox => Some(heading_id(SectionKey::Inbox)),
        Jump::Day(date) => day(date),
        Jump::Today => {
            let first = agenda.sections.iter().find(|section| !matches!(section.key, SectionKey::Day(_)));
            first.map(|section| heading_id(section.key)).or_else(|| day(store.today()))
        }
    }
}

fn is_drawn(window: &Window, agenda: &Agenda, id: RowId) -> bool {
    window.near.iter().any(|near| {
        let rows = agenda.sections.get(near.section).and_then(|section| section.rows.get(near.rows.clone()));
        rows.is_some_and(|rows| rows.iter().any(|row| row_id(row) == id))
    })
}

/// The rows of a section that are near the visible area.
#[derive(Debug, Clone, PartialEq)]
struct Shown {
    key: SectionKey,
    name: String,
    note: String,
    rows: Vec<(Row, Option<Block>)>,
    before: f64,
    after: f64,
}

#[component]
fn Sections(agenda: Memo<Agenda>, window: Memo<Window>) -> Element {
    let store = use_store();
    let shown = use_memo(move || {
        let (agenda, projection, past) = (agenda.read(), store.projection.read(), store.past.read());
        let block = |entry: &Entry| match past.as_ref() {
            Some(past) => past.timeline.blocks.iter().find(|block| block.id == entry.id).cloned(),
            None => projection.block(entry.id).cloned(),
        };
        let row = |row: &Row| match row {
            Row::Block(entry) => (row.clone(), block(entry)),
            Row::Proposed(..) | Row::Now | Row::Free => (row.clone(), None),
        };
        let near = |near: &Near| {
            let section = agenda.sections.get(near.section)?;
            let rows = section.rows.get(near.rows.clone()).unwrap_or_default();
            let (name, note) = (section.name.clone(), section.note.clone());
            let rows = rows.iter().map(row).collect();
            Some(Shown { key: section.key, name, note, rows, before: near.before, after: near.after })
        };
        window.read().near.iter().filter_map(near).collect::<Vec<Shown>>()
    });
    rsx! {
        for section in shown() {
            SectionView { key: "{heading_id(section.key)}", section, agenda }
        }
    }
}

#[component]
fn SectionView(section: Shown, agenda: Memo<Agenda>) -> Element {
    let mut store = use_store();
    let is_placing = use_memo(move || {
        store.calls.read().any(|mutation| matches!(mutation, Mutation::RescheduleAll | Mutation::Reschedule(_)))
    });
    let is_inbox = section.key == SectionKey::Inbox;
    let (waiting, is_whole) = (agenda.read().inbox.len(), *store.with_inbox.read());
    let id = heading_id(section.key);
    let (class, date) = match section.key {
        SectionKey::Overdue => ("day overdue", None),
        SectionKey::Inbox => ("day inbox", None),
        SectionKey::Day(date) => ("day", Some(date)),
    };
    let is_today = section.rows.iter().any(|(row, _)| *row == Row::Now);
    rsx! {
        section { class, aria_labelledby: "heading-{id}", aria_current: if is_today { "date" },
            h3 { id: "heading-{id}", class: "day-head", "data-row": "{id}",
                span { class: "day-name", "{section.name}" }
                span { class: "day-date", "{section.note}" }
                if store.past.read().is_none() {
                    if is_inbox && waiting > INBOX_SHOWN && store.filter.read().is_off() {
                        button {
                            class: "text-button",
                            r#type: "button",
                            aria_pressed: is_whole,
                            onclick: move |_| store.with_inbox.set(!is_whole),
                            if is_whole { "Show fewer" } else { "Show all" }
                        }
                    }
                    // They are about all of the section's tasks, so no other may be hidden by the filter.
                    if is_inbox && store.filter.read().is_off() {
                        Extra { part: Part::FindTimes { inbox: agenda.read().inbox.clone() } }
                    }
                    if section.key == SectionKey::Overdue && store.filter.read().is_off() {
                        button {
                            class: "text-button",
                            r#type: "button",
                            disabled: is_placing(),
                            onclick: move |_| store.reschedule_overdue(&agenda.peek()),
                            "Find new times"
                        }
                    }
                    if date.is_some() || is_inbox {
                        AddButton { date, day: "{section.name}, {section.note}" }
                    }
                }
            }
            ol { class: "cards", padding_top: "{section.before}px", padding_bottom: "{section.after}px",
                for (row , block) in section.rows {
                    RowView { key: "{row_id(&row)}", row, block }
                }
            }
        }
    }
}

#[component]
fn RowView(row: Row, block: Option<Block>) -> Element {
    let store = use_store();
    let id = row_id(&row);
    match (row, block) {
        (Row::Block(entry), Some(block)) => {
            let is_edited = store.editing.read().as_ref().is_some_and(|form| form.block() == Some(block.id))
                && store.past.read().is_none();
            if is_edited {
                return rsx! {
                    li { class: "card editing", "data-row": "{id}", Extra { part: Part::Editor } }
                };
            }
            rsx! { Card { entry, block } }
        }
        (Row::Proposed(index, start), _) => rsx! { Extra { part: Part::Ghost { index, start } } },
        (Row::Now, _) => rsx! { NowLine {} },
        (Row::Free, _) => rsx! { li { class: "free", "data-row": "{id}", "Nothing planned for today." } },
        (Row::Block(_), None) => rsx! {},
    }
}

#[component]
fn NowLine() -> Element {
    let store = use_store();
    let time = store.projection.read().times().time(store.moment());
    let word = if store.past.read().is_some() { "Then" } else { "Now" };
    rsx! {
        li { class: "now-line", "data-row": "{row_id(&Row::Now)}",
            span { class: "now-time", "{word}, {time}" }
        }
    }
}
