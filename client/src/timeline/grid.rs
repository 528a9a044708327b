//! The week, one column per day. Blocks are dragged with the pointer, or moved with keys while they have the focus.

use chrono::{NaiveDate, TimeDelta};
use dioxus::html::input_data::MouseButton;
use dioxus::prelude::*;
use flux_protocol::frame::PreviewPart;
use flux_timeline::{Block, BlockId, BlockPlace, Distance, Span, When, clock};

use super::add::AddButton;
use super::all_day::AllDayRow;
use super::card::on_key;
use super::drawn::{Drawn, MINUTE, THRESHOLD, minute_at, start_of};
use super::form::Form;
use super::moving::{Grip, SNAP_MINUTES, pulled};
use super::week::{self, DAY_MINUTES, Placed};
use super::{Jump, Mode, words};
use crate::calls::{BlockPage, Mutation};
use crate::goals::WeekGhost;
use crate::platform;
use crate::store::{Store, use_store};

/// The element that scrolls.
pub const GRID: &str = "week";
/// The element whose width the columns share.
const COLUMNS: &str = "week-columns";
/// Within this distance of an edge, the pointer grabs the edge instead of the block, in CSS pixels.
const EDGE: f64 = 8.0;
/// The same for a finger, which is less exact.
const TOUCH_EDGE: f64 = 12.0;
/// How far a finger may move during a long press, in CSS pixels. A longer movement scrolls the week.
const UNREST: f64 = 10.0;
/// How long a finger rests on a block until it holds it, in ms. Shorter than the browser's long press that opens a menu.
const REST_MS: u32 = 400;
/// So much of the time before the first block is seen at first, in minutes.
const BEFORE_FIRST: i64 = 30;
/// A block that is shorter has no room for its time, in minutes.
const ROOM_FOR_TIME: i64 = 45;

/// The block being dragged.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Held {
    id: BlockId,
    span: Span,
    grip: Grip,
    /// Where the drag began.
    x: f64,
    y: f64,
    /// How wide a day is, in CSS pixels.
    day_width: f64,
    /// By a finger, which scrolls the week unless it has rested on the block.
    is_touch: bool,
    is_moving: bool,
    pull: Distance,
}

/// The week.
#[component]
pub fn WeekGrid() -> Element {
    let mut store = use_store();
    let mut drawn = use_signal(|| None::<Drawn>);
    let mut held = use_signal(|| None::<Held>);
    let mut was_pulled = use_signal(|| false);
    let days = use_memo(move || store.days_shown());
    let first = use_memo(move || store.first_day_shown());
    let moment = use_memo(move || store.projection.read().times().wall(store.moment()));
    let columns = use_memo(move || {
        let (projection, now) = (store.projection.read(), store.moment());
        let (zone, past) = (projection.zone(), store.past.read());
        let filter = store.filter.read();
        let filter = filter.query();
        let (held, hidden) = (held(), store.hidden.read());
        let blocks: Vec<Block> = match past.as_ref() {
            Some(past) => past.timeline.blocks.clone(),
            None => projection.blocks_between(week::bounds(first(), days(), zone)),
        };
        // The dragged block is shown where it would be dropped.
        let place = |mut block: Block| {
            if let Some(held) = held.filter(|held| held.id == block.id) {
                block.span = Some(pulled(held.span, held.grip, held.pull, zone));
            }
            block
        };
        let mut blocks: Vec<Block> = blocks
            .into_iter()
            .filter(|block| filter.matches(block, zone) && !hidden.contains(&block.plan))
            .map(place)
            .collect();
        blocks.sort_unstable_by_key(BlockPlace::of);
        let columns = week::columns(&blocks, first(), days(), now, zone);
        let bands = week::bands(&blocks, first(), days(), now, zone);
        (columns, bands, blocks)
    });
    // Load the part of the week that is not known.
    use_effect(move || {
        let projection = store.projection.read();
        let (from, until) = week::bounds(first(), days(), projection.zone());
        let is_idle = !store.calls.read().any(|mutation| matches!(mutation, Mutation::LoadBlocks(..)));
        let can_load = projection.is_loaded() && is_idle && store.past.peek().is_none() && !*store.cannot_load.read();
        if can_load && !projection.coverage().covers(from, until) {
            // If the start of the week is known, load what follows the known part.
            let known = projection.coverage().around(from).filter(|stretch| stretch.holds(from));
            let page = known.map_or(BlockPage::From(from), |stretch| BlockPage::After(stretch.until));
            drop(projection);
            store.submit(Mutation::LoadBlocks(page));
        }
    });
    use_effect(move || {
        let Some(jump) = *store.jump.read() else { return };
        let Jump::Block(id) = jump else { return store.jump.set(None) };
        let start = {
            let projection = store.projection.read();
            projection.block(id).and_then(|block| block.in_zone(projection.zone())).map(|(start, _)| start)
        };
        let is_shown = {
            let (columns, bands, _) = &*columns.read();
            let timed = columns.iter().flat_map(|column| &column.boxes).map(|placed| placed.id);
            timed.chain(bands.iter().map(|band| band.id)).any(|shown| shown == id)
        };
        if start.is_none() || is_shown || *store.anchor.peek() == start {
            platform::focus_row(GRID, id.uuid().as_u128());
            store.jump.set(None);
        } else {
            // It lies in another week.
            store.anchor.set(start);
        }
    });
    let mut is_placed = use_signal(|| false);
    use_effect(move || {
        let projection = store.projection.read();
        let (from, until) = week::bounds(*first.peek(), *days.peek(), projection.zone());
        let is_known = projection.coverage().covers(from, until) || store.past.peek().is_some();
        if is_known && !is_placed.replace(true) {
            let (columns, ..) = &*columns.peek();
            let blocks = columns.iter().flat_map(|column| &column.boxes).map(|placed| placed.from);
            let first = blocks.chain([week::start_of_day(&projection.settings())]).min().unwrap_or_default();
            platform::scroll_to(GRID, px((first - BEFORE_FIRST).max(0)));
        }
    });
    let times = store.projection.read().times();
    let (today, now_minute) = (moment().date(), week::minute(moment()));
    let (columns, bands, blocks) = &*columns.read();
    // What is proposed, with the day and the minute on which it starts. Where blocks are still to be loaded, a day with nothing but
    // proposals would look free.
    let projection = store.projection.read();
    let place = |(index, part): (usize, PreviewPart)| (index, times.wall(part.span.start()), part.span);
    let is_known = |(_, part): &(usize, PreviewPart)| projection.coverage().holds(part.span.start());
    let shown = store.looked_at().enumerate().filter(is_known);
    let ghosts: Vec<_> = if store.past.read().is_none() { shown.map(place).collect() } else { Vec::new() };
    drop(projection);
    let waiting = if store.past.read().is_none() { store.projection.read().waiting(&store.hidden.read()) } else { 0 };
    let is_empty = bands.is_empty() && columns.iter().all(|column| column.boxes.is_empty());
    rsx! {
        if is_empty && !store.filter.read().is_off() {
            p { class: "week-hint", role: "status", "Nothing fits the search in these days." }
        }
        // The week has no place for them.
        if waiting > 0 {
            button {
                class: "earlier",
                r#type: "button",
                onclick: move |_| {
                    store.show_as(Mode::Agenda);
                    store.jump.set(Some(Jump::Inbox));
                },
                "{waiting} in the inbox"
            }
        }
        div {
            id: GRID,
            class: "week",
            role: "region",
            aria_label: "Week",
            tabindex: "0",
            onpointerdown: move |_| was_pulled.set(false),
            onpointermove: move |event| {
                let at = event.client_coordinates();
                let begun = *drawn.peek();
                if let Some(before) = begun {
                    let after = before.follow(at.y);
                    if event.held_buttons().is_empty() {
                        drawn.set(None);
                    } else if after != before {
                        if after.is_moving && !before.is_moving {
                            take(event.pointer_id());
                        }
                        drawn.set(Some(after));
                    }
                }
                let Some(before) = *held.peek() else { return };
                if event.held_buttons().is_empty() {
                    // Released outside the element.
                    return held.set(None);
                }
                let after = follow(before, at.x, at.y);
                if after != Some(before) {
                    if after.is_some() && !before.is_moving {
                        take(event.pointer_id());
                    }
                    held.set(after);
                }
            },
            onpointerup: move |_| {
                if let Some(drawn) = drawn.take().filter(|drawn| drawn.is_moving) {
                    was_pulled.set(true);
                    let (from, until) = drawn.range();
                    begin(store, drawn.date, from, Some(until));
                }
                if let Some(held) = held.take() {
                    was_pulled.set(held.is_moving);
                    put_down(store, held);
                }
            },
            onpointercancel: move |_| {
                held.set(None);
                drawn.set(None);
            },
            oncontextmenu: move |event| {
                // Some browsers open the context menu on a long press and then cancel the touch.
                if held.peek().is_some() {
                    event.prevent_default();
                }
            },
            onkeydown: move |event| {
                if event.key() == Key::Escape {
                    held.set(None);
                    drawn.set(None);
                }
            },
            div { class: "week-top",
                div { class: "week-head",
                    for column in columns.iter() {
                        DayHead { key: "{column.date}", date: column.date, is_today: column.date == today }
                    }
                }
                AllDayRow { bands: bands.clone(), blocks: blocks.clone(), days: columns.len() }
            }
            div { class: "week-body", height: "{px(DAY_MINUTES)}px",
                ol { class: "week-hours", aria_hidden: "true",
                    for hour in 1..24 {
                        li { key: "{hour}", top: "{px(i64::from(hour) * 60)}px", {times.hour(hour)} }
                    }
                }
                div { id: COLUMNS, class: "week-columns",
                    for column in columns.iter() {
                        div {
                            key: "{column.date}",
                            class: "week-day",
                            role: "list",
                            aria_label: words::day_name(column.date, today),
                            "data-today": column.date == today,
                            onpointerdown: {
                                let date = column.date;
                                move |event: PointerEvent| {
                                    // A finger scrolls. What lies on the day is not empty space.
                                    let is_mouse = event.trigger_button() == Some(MouseButton::Primary) && event.pointer_type() != "touch";
                                    if is_mouse && store.past.peek().is_none() && held.peek().is_none() {
                                        let pressed = minute_at(event.element_coordinates().y);
                                        let y = event.client_coordinates().y;
                                        drawn.set(Some(Drawn { date, pressed, y, at: pressed, is_moving: false }));
                                    }
                                }
                            },
                            onclick: {
                                let date = column.date;
                                move |event: MouseEvent| {
                                    if store.past.peek().is_none() && !was_pulled() {
                                        begin_at(store, date, event.element_coordinates().y);
                                    }
                                }
                            },
                            if let Some(drawn) = drawn().filter(|drawn| drawn.is_moving && drawn.date == column.date) {
                                div {
                                    class: "week-drawn",
                                    aria_hidden: "true",
                                    top: "{px(drawn.range().0)}px",
                                    height: "{px(drawn.range().1 - drawn.range().0)}px",
                                    {drawn.words(times)}
                                }
                            }
                            if column.date == today {
                                div { class: "week-now", top: "{px(now_minute)}px" }
                            }
                            for (index , start , span) in ghosts.iter().filter(|(_, start, _)| start.date() == column.date) {
                                div {
                                    key: "ghost-{start}",
                                    class: "week-item of-ghost",
                                    role: "listitem",
                                    top: "{px(week::minute(*start))}px",
                                    height: "{px(span.length().num_minutes())}px",
                                    WeekGhost { index: *index }
                                }
                            }
                            for placed in column.boxes.iter() {
                                if let Some(block) = blocks.iter().find(|block| block.id == placed.id) {
                                    BlockBox { key: "{placed.id}", placed: placed.clone(), block: block.clone(), held, was_pulled }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[component]
fn DayHead(date: NaiveDate, is_today: bool) -> Element {
    let store = use_store();
    let day = clock::weekday(date);
    let note = words::short_date(date);
    rsx! {
        div { class: "week-day-head", "data-today": is_today,
            span { class: "week-day-name", {day.get(..3).unwrap_or(day)} }
            span { class: "week-day-date", {note.clone()} }
            if store.past.read().is_none() {
                AddButton { date: Some(date), day: "{day}, {note}" }
            }
        }
    }
}

#[component]
fn BlockBox(placed: Placed, block: Block, held: Signal<Option<Held>>, was_pulled: Signal<bool>) -> Element {
    let mut store = use_store();
    // What has no time is not in the week.
    let Some(span) = block.span else { return rsx! {} };
    let times = store.projection.read().times();
    let zone = times.zone;
    let is_past = store.past.read().is_some();
    let is_held = held.read().is_some_and(|held| held.id == block.id && held.is_moving);
    let is_done = !block.is_open();
    let state = words::spoken(block.status());
    let day = zone.wall(span.start()).date();
    let range = times.range(span, day);
    let width = 100.0 / count(placed.lanes);
    let (top, height, has_ends) = (px(placed.from), px(placed.minutes), placed.has_ends);
    let plan = store.projection.read().plan_mark(block.plan);
    let named = plan.as_ref().map(|plan| format!(", {}", plan.title)).unwrap_or_default();
    let (keyed, edited, taken) = (block.clone(), block.clone(), block.clone());
    let weekday = clock::weekday(day);
    let row = block.id.uuid().as_u128();
    use_effect(move || platform::stay_while_held(row));
    rsx! {
        div {
            class: "week-item",
            role: "listitem",
            "data-row": "{row}",
            top: "{top}px",
            height: "{height}px",
            left: "{width * count(placed.lane)}%",
            width: "{width}%",
            button {
                class: "week-block",
                r#type: "button",
                "data-priority": block.priority.as_str(),
                "data-done": is_done,
                "data-overdue": placed.is_overdue,
                "data-over": placed.is_over,
                "data-held": is_held,
                "data-color": plan.map(|plan| plan.color),
                "data-begins": has_ends.0,
                "data-ends": has_ends.1,
                "data-lines": lines(height),
                aria_label: "{block.title} {range}, {weekday}{state}{named}",
                "aria-keyshortcuts": "Alt+ArrowUp Alt+ArrowDown Alt+ArrowLeft Alt+ArrowRight Alt+Shift+ArrowDown Delete",
                onpointerdown: move |event| {
                    if !is_past && event.trigger_button() == Some(MouseButton::Primary) {
                        let at = event.client_coordinates();
                        let is_touch = event.pointer_type() == "touch";
                        let touched = Held {
                            id: taken.id,
                            span,
                            grip: grip_at(event.element_coordinates().y, height, if is_touch { TOUCH_EDGE } else { EDGE }, has_ends),
                            x: at.x,
                            y: at.y,
                            day_width: platform::width(COLUMNS) / count(store.days_shown()),
                            is_touch,
                            is_moving: false,
                            pull: Distance::default(),
                        };
                        held.set(Some(touched));
                        if is_touch {
                            spawn(take_at_rest(held, touched, event.pointer_id()));
                        }
                    }
                },
                onclick: move |event| {
                    event.stop_propagation();
                    if !is_past && !was_pulled() {
                        store.write_block(Form::of(&edited, zone));
                    }
                },
                ..platform::on_key(move |press| {
                    if !is_past {
                        on_key(store, &keyed, press);
                    }
                }),
                span { class: "week-title", "{block.title}" }
                " "
                if placed.minutes >= ROOM_FOR_TIME {
                    // The accessible name includes it, with the day.
                    span { class: "week-time", aria_hidden: "true", "{range}" }
                }
            }
        }
    }
}

/// The nearby edge, or else the whole block. A block has no edge where it continues from or into another day.
fn grip_at(y: f64, height: f64, edge: f64, (begins, ends): (bool, bool)) -> Grip {
    // On a short block, the edges would leave no room for the middle.
    let edge = edge.min(height / 4.0);
    match y {
        y if begins && y < edge => Grip::Start,
        y if ends && y > height - edge => Grip::End,
        _ => Grip::Whole,
    }
}

/// Starts dragging a block after a long press.
async fn take_at_rest(mut held: Signal<Option<Held>>, touched: Held, pointer: i32) {
    platform::sleep_ms(REST_MS).await;
    if *held.peek() == Some(touched) {
        take(pointer);
        held.set(Some(Held { is_moving: true, ..touched }));
    }
}

/// The pointer may leave the week, and keys find what is held: on another day the block is another element.
fn take(pointer: i32) {
    platform::capture_pointer(GRID, pointer);
    platform::focus(GRID);
}

/// What is held, with the pointer here. Nothing where a finger scrolls.
fn follow(held: Held, x: f64, y: f64) -> Option<Held> {
    let way = (x - held.x).abs().max((y - held.y).abs());
    if !held.is_moving && held.is_touch {
        return Some(held).filter(|_| way <= UNREST);
    }
    if !held.is_moving && way <= THRESHOLD {
        return Some(held);
    }
    #[expect(clippy::cast_possible_truncation, reason = "as far as a screen is wide and high")]
    let whole = |steps: f64| steps.round() as i64;
    let minutes = whole((y - held.y) / MINUTE);
    // In steps from its current place, so that the pointer need not be exact.
    let minutes = (minutes + minutes.signum() * SNAP_MINUTES / 2) / SNAP_MINUTES * SNAP_MINUTES;
    let across = if held.grip == Grip::Whole { whole((x - held.x) / held.day_width.max(1.0)) } else { 0 };
    Some(Held { is_moving: true, pull: Distance { days: across, minutes }, ..held })
}

fn put_down(mut store: Store, held: Held) {
    let zone = store.projection.peek().zone();
    let block = store.projection.peek().block(held.id).cloned();
    if let Some(block) = block.filter(|_| held.is_moving) {
        store.move_block(&block, When::Span(pulled(held.span, held.grip, held.pull, zone)));
        store.jump.set(Some(Jump::Block(held.id)));
    }
}

/// Begins a block where there is room for one.
fn begin_at(store: Store, date: NaiveDate, y: f64) {
    let minute = minute_at(y).clamp(0, DAY_MINUTES - 1) / (2 * SNAP_MINUTES) * (2 * SNAP_MINUTES);
    begin(store, date, minute, None);
}

/// Begins a block at these minutes of a day. Without an end it has the usual length.
fn begin(mut store: Store, date: NaiveDate, from: i64, until: Option<i64>) {
    let zone = store.projection.peek().zone();
    let at = |minute| zone.instant(start_of(date) + TimeDelta::minutes(minute));
    let plan = store.projection.peek().active_plan().map(|plan| plan.id);
    let form = Form::new(at(from), plan, zone);
    store.write_block(match until {
        Some(until) => form.until(at(until), zone),
        None => form,
    });
}

/// How many whole lines of a title fit, at most 4.
fn lines(height: f64) -> u8 {
    match height {
        height if height < 34.0 => 1,
        height if height < 64.0 => 2,
        height if height < 80.0 => 3,
        _ => 4,
    }
}

#[expect(clippy::cast_precision_loss, reason = "minutes of a day")]
fn px(minutes: i64) -> f64 {
    minutes as f64 * MINUTE
}

#[expect(clippy::cast_precision_loss, reason = "a handful")]
fn count(number: usize) -> f64 {
    number as f64
}
