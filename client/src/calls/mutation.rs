//! The requests that the page sends to the service without involving a model. Pure.

use chrono::{DateTime, NaiveDate, Utc};
use flux_timeline::command::{BlockUpdate, Locale, NewBlock, Repeat, Scope};
use flux_timeline::reference::PlanRef;
use flux_timeline::view::BlockState;
use flux_timeline::{Block, BlockId, BlockPlace, Days, PlanColor, PlanId, RunId, TxnId, clock};
use serde_json::{Map, Value, json};

use crate::history::LogQuery;
use crate::timeline::filter::Filter;

/// How many events of the log are loaded at a time.
pub const LOG_PAGE: usize = 50;
/// How many missed events are loaded at a time.
const MISSED_PAGE: usize = 500;
/// How many earlier messages are loaded at a time.
const MESSAGE_PAGE: usize = 50;
/// How many blocks are loaded at a time.
pub const BLOCK_PAGE: usize = 500;

/// A request to the service. The `Load…` variants only read.
#[derive(Debug, Clone, PartialEq)]
pub enum Mutation {
    /// Mark a block as done.
    Complete(BlockId),
    /// Mark a block as not done.
    Reopen(BlockId),
    /// Change a block.
    Update(BlockId, Box<BlockUpdate>),
    /// Add a block to the timeline. The service uses the call's id as the block's id, and so does the client.
    Schedule(Box<NewBlock>),
    /// Delete a block.
    Delete {
        /// The block's id.
        id: BlockId,
        /// Its title, for the note that confirms the deletion.
        title: String,
        /// How much of its series to delete with it.
        scope: Scope,
    },
    /// Find times for these tasks, which are overdue or have none.
    Reschedule(Vec<BlockId>),
    /// Find new times for all overdue tasks.
    RescheduleAll,
    /// Give these tasks the starts that were suggested for them.
    Place(Vec<(BlockId, DateTime<Utc>)>),
    /// Snoozes the reminder of a block for so many minutes, or dismisses it.
    Remind(BlockId, Option<u32>),
    /// Undo the last change.
    Undo,
    /// Undo this change.
    UndoOne(TxnId),
    /// Redo the last undone change.
    Redo,
    /// Switch to another plan.
    SwitchPlan(PlanId),
    /// Create a plan and switch to it.
    CreatePlan(String),
    /// Change a plan.
    ChangePlan(PlanId, PlanChange),
    /// Plan a goal.
    StartGoal(NewGoal),
    /// Stop planning a goal.
    CancelGoal(RunId),
    /// Retry a goal that could not be planned.
    RetryGoal(RunId),
    /// Report to the service where the browser is.
    ReportLocale(Locale),
    /// Change these settings. Keys are the names on the wire; other settings stay as they are.
    ChangeSettings(Map<String, Value>),
    /// Get the timeline.
    LoadTimeline,
    /// Get more blocks of the plans in use.
    LoadBlocks(BlockPage),
    /// Get events of the log, newest first.
    LoadLog {
        /// Only events before this one. `None` starts with the newest.
        before: Option<u64>,
        /// Filters the events.
        query: LogQuery,
    },
    /// Get an event as the log stores it.
    LoadEvent(u64),
    /// Get the events after this one, whole, because a block that one of them changes is not held.
    LoadMissed(u64),
    /// Get the messages before the one with this id; `None` gets the newest.
    LoadMessages(Option<String>),
    /// Get the number of records.
    LoadCounts,
    /// Get the timeline at a moment in the past.
    LoadPast(PastMoment),
    /// Restore the timeline to its state after an event.
    Restore(u64),
    /// Delete everything.
    DeleteEverything,
    /// A request that was pending before the page was reloaded: its method and its argument.
    Restored(String, Value),
}

/// A change of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanChange {
    /// Give it another title.
    Rename(String),
    /// Give it another color.
    Recolor(PlanColor),
    /// Archive it. Contains the title, for the note that confirms it.
    Archive(String),
    /// Move it out of the archive.
    Unarchive,
    /// Delete it. Contains the title, for the note that confirms it.
    Delete(String),
}

/// A moment in the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PastMoment {
    /// After an event.
    After(u64),
    /// At a moment.
    At(DateTime<Utc>),
    /// Reload the past that is shown, after this event and from this moment on. Needed when the present has changed,
    /// because the differences change with it, and when the user looks at another day.
    Still(u64, Option<DateTime<Utc>>),
}

/// Which blocks to load; at most [`BLOCK_PAGE`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockPage {
    /// Blocks before a position, nearest first.
    Before(BlockPlace),
    /// Blocks after a position.
    After(BlockPlace),
    /// Blocks that end after a moment.
    From(DateTime<Utc>),
    /// Blocks that match a filter.
    With(Filter),
}

impl BlockPage {
    fn argument(&self) -> Value {
        let (name, value) = match self {
            Self::Before(position) => ("before", place(*position)),
            Self::After(position) => ("after", place(*position)),
            Self::From(moment) => ("from", json!(moment)),
            Self::With(Filter { words, state, priority }) => {
                let state = match state {
                    BlockState::Any => Value::Null,
                    BlockState::Open => json!("open"),
                    BlockState::ToDo => json!("todo"),
                    BlockState::Done => json!("done"),
                };
                return json!({ "limit": BLOCK_PAGE, "text": words, "state": state, "priority": priority });
            }
        };
        json!({ "limit": BLOCK_PAGE, name: value })
    }
}

fn place(place: BlockPlace) -> Value {
    json!({ "start": place.start(), "handle": place.handle() })
}

/// A goal to plan.
#[derive(Debug, Clone, PartialEq)]
pub struct NewGoal {
    goal: String,
    deadline: Option<String>,
    hours_per_week: Option<f64>,
}

impl NewGoal {
    /// Reads the fields of the form. Returns `None` if the goal is empty. Ignores hours that are not a number.
    pub fn new(goal: &str, deadline: &str, hours_per_week: &str) -> Option<Self> {
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let goal = filled(goal)?;
        Some(Self {
            goal,
            deadline: filled(deadline),
            hours_per_week: serde_json::from_str(hours_per_week.trim()).ok(),
        })
    }

    fn argument(&self) -> Value {
        let mut fields = json!({ "goal": self.goal });
        if let Some(deadline) = &self.deadline {
            fields["deadline"] = json!(deadline);
        }
        if let Some(hours) = self.hours_per_week {
            fields["hoursPerWeek"] = json!(hours);
        }
        fields
    }
}

impl Mutation {
    /// The request to delete this block, and more of its series.
    pub fn delete(block: &Block, scope: Scope) -> Self {
        Self::Delete { id: block.id, title: block.title.to_string(), scope }
    }

    /// Its method on the wire.
    pub fn method(&self) -> &str {
        match self {
            Self::Restored(method, _) => method,
            Self::Complete(_) => "completeBlock",
            Self::Reopen(_) => "uncompleteBlock",
            Self::Update(..) => "updateBlock",
            Self::Schedule(_) => "scheduleBlock",
            Self::Delete { .. } => "deleteBlock",
            Self::Reschedule(_) | Self::RescheduleAll => "rescheduleOverdue",
            Self::Place(_) => "placeTasks",
            Self::Remind(_, Some(_)) => "snoozeReminder",
            Self::Remind(_, None) => "dismissReminder",
            Self::Undo | Self::UndoOne(_) => "undo",
            Self::Redo => "redo",
            Self::SwitchPlan(_) => "switchPlan",
            Self::CreatePlan(_) => "createPlan",
            Self::ChangePlan(_, PlanChange::Rename(_)) => "renamePlan",
            Self::ChangePlan(_, PlanChange::Recolor(_)) => "colorPlan",
            Self::ChangePlan(_, PlanChange::Archive(_)) => "archivePlan",
            Self::ChangePlan(_, PlanChange::Unarchive) => "unarchivePlan",
            Self::ChangePlan(_, PlanChange::Delete(_)) => "deletePlan",
            Self::StartGoal(_) => "useArchitect",
            Self::CancelGoal(_) => "cancelRun",
            Self::RetryGoal(_) => "retryRun",
            Self::ReportLocale(_) => "reportTimeZone",
            Self::ChangeSettings(_) => "setSettings",
            Self::LoadTimeline => "getTimeline",
            Self::LoadBlocks(..) => "getBlocks",
            Self::LoadLog { .. } | Self::LoadEvent(_) | Self::LoadMissed(_) => "getEvents",
            Self::LoadMessages(_) => "getMessages",
            Self::LoadCounts => "getCounts",
            Self::LoadPast(_) => "getTimelineAt",
            Self::Restore(_) => "restoreTimeline",
            Self::DeleteEverything => "deleteEverything",
        }
    }

    /// Its argument on the wire.
    pub fn argument(&self) -> Value {
        match self {
            Self::Restored(_, argument) => argument.clone(),
            Self::Complete(id) | Self::Reopen(id) | Self::Remind(id, None) => json!({ "id": id }),
            Self::Delete { id, scope, .. } => with_scope(json!({ "id": id }), *scope),
            Self::Update(id, changes) => with_scope(json!({ "id": id, "updates": updates(changes) }), changes.scope),
            Self::Schedule(new) => new_block(new),
            Self::Reschedule(blocks) => json!({ "blocks": blocks }),
            Self::Place(starts) => {
                let times = starts.iter().map(|(id, start)| json!({ "id": id, "start": start }));
                json!({ "times": times.collect::<Vec<Value>>() })
            }
            Self::Remind(id, Some(minutes)) => json!({ "id": id, "minutes": minutes }),
            Self::SwitchPlan(id) => json!({ "id": id }),
            Self::ChangePlan(id, PlanChange::Rename(title)) => json!({ "id": id, "title": title }),
            Self::ChangePlan(id, PlanChange::Recolor(color)) => json!({ "id": id, "color": color }),
            Self::ChangePlan(id, _) => json!({ "id": id }),
            Self::StartGoal(goal) => goal.argument(),
            Self::CancelGoal(run) | Self::RetryGoal(run) => json!({ "id": run }),
            Self::CreatePlan(title) => json!({ "title": title }),
            Self::ReportLocale(place) => locale(*place),
            Self::ChangeSettings(settings) => Value::Object(settings.clone()),
            Self::UndoOne(txn) => json!({ "txn": txn }),
            Self::LoadBlocks(page) => page.argument(),
            Self::LoadLog { before, query } => query.argument(*before, LOG_PAGE),
            Self::LoadEvent(seq) => json!({ "after": seq.saturating_sub(1), "limit": 1 }),
            Self::LoadMissed(seq) => json!({ "after": seq, "limit": MISSED_PAGE }),
            Self::LoadMessages(before) => json!({ "before": before, "limit": MESSAGE_PAGE }),
            Self::LoadPast(PastMoment::At(at)) => json!({ "at": at }),
            Self::LoadPast(PastMoment::Still(seq, from)) => json!({ "seq": seq, "from": from }),
            Self::LoadPast(PastMoment::After(seq)) | Self::Restore(seq) => json!({ "seq": seq }),
            Self::DeleteEverything => json!({ "confirm": "everything" }),
            Self::RescheduleAll | Self::Undo | Self::Redo | Self::LoadTimeline | Self::LoadCounts => json!({}),
        }
    }

    /// Whether the user waits for the outcome. Requests of the page itself fail silently, because it tries them again.
    pub fn is_user_initiated(&self) -> bool {
        !matches!(
            self,
            Self::ReportLocale(_)
                | Self::LoadTimeline
                | Self::LoadBlocks(..)
                | Self::LoadMissed(_)
                | Self::LoadMessages(_)
                | Self::LoadCounts
                | Self::LoadPast(PastMoment::Still(..))
        )
    }

    /// Whether its response adds to the timeline that the page holds.
    pub fn loads_timeline(&self) -> bool {
        matches!(self, Self::LoadTimeline | Self::LoadBlocks(..) | Self::LoadMissed(_))
    }

    /// Whether it changes data and must not be lost. Excludes time-sensitive requests.
    pub fn is_edit(&self) -> bool {
        let is_background = matches!(
            self,
            Self::ReportLocale(_)
                | Self::LoadTimeline
                | Self::LoadBlocks(..)
                | Self::LoadLog { .. }
                | Self::LoadEvent(_)
                | Self::LoadMissed(_)
                | Self::LoadMessages(_)
                | Self::LoadCounts
                | Self::LoadPast(_)
        );
        !is_background && !self.is_time_sensitive()
    }

    /// Whether it must not be sent late, because it refers to the current state.
    pub fn is_time_sensitive(&self) -> bool {
        matches!(self, Self::DeleteEverything | Self::Undo | Self::Redo | Self::RescheduleAll | Self::Remind(..))
            || matches!(self, Self::Reschedule(blocks) if blocks.len() > 1)
    }

    /// Whether it changes the timeline and can be undone.
    pub fn can_be_undone(&self) -> bool {
        let is_about_a_plan = matches!(
            self.method(),
            "createPlan" | "renamePlan" | "colorPlan" | "archivePlan" | "unarchivePlan" | "deletePlan"
        );
        is_about_a_plan
            || matches!(self.method(), "scheduleBlock" | "rescheduleOverdue" | "placeTasks" | "restoreTimeline")
            || self.block().is_some()
    }

    /// The existing block that it changes, if any.
    pub fn block(&self) -> Option<BlockId> {
        match self {
            Self::Complete(id) | Self::Reopen(id) | Self::Update(id, _) | Self::Delete { id, .. } => Some(*id),
            Self::Reschedule(blocks) => match blocks.as_slice() {
                [block] => Some(*block),
                _ => None,
            },
            Self::Restored(method, argument) if method.ends_with("Block") => {
                argument.get("id")?.as_str()?.parse().ok().map(BlockId::new)
            }
            Self::Restored(method, argument) if method == "rescheduleOverdue" => {
                argument.get("blocks")?.get(0)?.as_str()?.parse().ok().map(BlockId::new)
            }
            _ => None,
        }
    }
}

/// The fields of `updateBlock`. Times are instants, so they need no time zone.
fn updates(changes: &BlockUpdate) -> Value {
    let mut fields = Map::new();
    let mut add = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    };
    add("title", changes.title.as_ref().map(|title| json!(title)));
    add("kind", changes.kind.map(|kind| json!(kind)));
    // An empty description removes it.
    add("description", changes.description.as_ref().map(|text| text.as_ref().map_or(json!(""), |text| json!(text))));
    add("priority", changes.priority.map(|priority| json!(priority)));
    add("tags", changes.tags.as_ref().map(|tags| json!(tags)));
    add("startTime", changes.start.map(|start| json!(start)));
    add("endTime", changes.end.map(|end| json!(end)));
    add("firstDay", changes.first_day.map(|day| json!(clock::iso_date(day))));
    add("lastDay", changes.last_day.map(|day| json!(clock::iso_date(day))));
    add("inbox", changes.unschedule.then_some(Value::Bool(true)));
    // An empty day removes it.
    let day = |day: Option<NaiveDate>| json!(day.map(clock::iso_date).unwrap_or_default());
    add("dueDate", changes.due.map(day));
    add("earliestDate", changes.not_before.map(day));
    // No minutes remove the estimate.
    add("durationMinutes", changes.length.map(|length| json!(length.map_or(0, |length| length.num_minutes()))));
    add("completed", changes.completed.map(|completed| json!(completed)));
    add("missed", changes.missed.map(|missed| json!(missed)));
    add("working", changes.working.map(|working| json!(working)));
    add("workedMinutes", changes.worked.map(|worked| json!(worked.num_minutes())));
    match &changes.reminders {
        Some(None) => add("usualReminders", Some(Value::Bool(true))),
        own => add("remindMinutesBefore", own.as_ref().map(|own| json!(own))),
    }
    add("repeat", changes.repeat.as_ref().map(words));
    Value::Object(fields)
}

/// The argument with a scope. A service of an earlier version knows none, so a change of one block has none.
fn with_scope(mut argument: Value, scope: Scope) -> Value {
    match scope {
        Scope::One => {}
        Scope::Following(_) => argument["scope"] = json!("following"),
        Scope::All => argument["scope"] = json!("all"),
    }
    argument
}

/// Where the browser is. What it does not say is left out.
fn locale(locale: Locale) -> Value {
    let mut argument = json!({ "timeZone": locale.zone.name() });
    if let Some(format) = locale.hour_format {
        argument["hourFormat"] = json!(format);
    }
    if let Some(day) = locale.week_start {
        argument["weekStart"] = json!(day.to_string());
    }
    argument
}

/// How something repeats, as the service reads it.
fn words(repeat: &Repeat) -> Value {
    let after_done = if repeat.after_done { " after it was done" } else { "" };
    json!(format!("{}{after_done}", repeat.rule))
}

fn new_block(new: &NewBlock) -> Value {
    let mut fields = json!({
        "title": new.title,
        "kind": new.kind,
        "priority": new.priority,
        "tags": new.tags,
    });
    if let Some(span) = new.span {
        fields["startTime"] = json!(span.start());
        fields["endTime"] = json!(span.end());
    } else if let Some(minutes) = new.minutes {
        fields["durationMinutes"] = json!(minutes);
    }
    let (first, last) = (new.days.map(Days::first), new.days.map(Days::last));
    let days = [("firstDay", first), ("lastDay", last), ("dueDate", new.due), ("earliestDate", new.not_before)];
    for (name, day) in days {
        if let Some(day) = day {
            fields[name] = json!(clock::iso_date(day));
        }
    }
    if let Some(PlanRef::Id(plan)) = &new.plan {
        fields["plan"] = json!(plan);
    }
    if let Some(description) = &new.description {
        fields["description"] = json!(description);
    }
    if let Some(reminders) = &new.reminders {
        fields["remindMinutesBefore"] = json!(reminders);
    }
    if let Some(repeat) = &new.repeat {
        fields["repeat"] = words(repeat);
    }
    fields
}

#[cfg(test)]
mod tests;
