//! What can be called, by name and arguments, and which scope each call needs.

use chrono::{DateTime, Utc};
use flux_timeline::command::{Locale, SettingsUpdate};
use flux_timeline::{BlockId, Command, Zone};
use flux_tools::tool::{Action, ToolCall, ToolContext, definitions};
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::ApiError;
use super::fields::{self, Fields, PageFields};
use super::goals::{self, PreviewCall};
use super::{reminders, settings, times};
use crate::account::AccountCall;
use crate::shown;
use crate::store::{EventQuery, ImportPart};
use flux_identity::Scope;

/// The word that confirms the deletion of everything.
const CONFIRMATION: &str = "everything";
/// Most events that one call returns.
const EVENTS: u64 = 1_000;
/// Events that a call returns when it names no limit.
const DEFAULT_EVENTS: u64 = 100;
/// Most blocks that one call returns.
const BLOCKS: usize = 1_000;
/// Longest part of an unknown method's name that an error repeats, in characters.
const NAME_CHARS: usize = 80;

/// A call whose arguments have been read.
#[derive(Debug)]
pub enum Call {
    /// A tool, as models and clients call it.
    Tool(ToolCall),
    /// A command that no tool offers.
    Command(Command),
    /// A change of the settings. It returns all settings.
    SetSettings(SettingsUpdate),
    /// A client reports its time zone and locale, which are taken if no zone is known. It returns all settings.
    ReportLocale(Locale),
    /// Deletes the log, the timeline, the conversation and all goals.
    DeleteEverything,
    /// Imports a part of an exported file into an object in which nobody has done anything yet. It returns how far the import is.
    Import(ImportPart),
    /// Ends an import.
    CancelImport,
    /// A question about what is stored.
    Ask(Question),
    /// Dismisses the reminder of a block.
    DismissReminder(BlockId),
    /// Who may use the timeline.
    Account(AccountCall),
}

/// A question about what is stored. It changes nothing.
#[derive(Debug)]
pub enum Question {
    /// The timeline as a page shows it first.
    Timeline,
    /// The timeline as it was.
    TimelineAt {
        /// When: right after an event, or at a moment.
        when: When,
        /// The start of the blocks to return; by default a week before.
        from: Option<DateTime<Utc>>,
    },
    /// Events of the log.
    Events(Box<EventQuery>),
    /// Blocks of a plan, or of all plans in use.
    Blocks(Box<PageFields>),
    /// The times that this command would give to tasks that are overdue or have none.
    Times(Box<Command>),
    /// The goals, and how far they have come.
    Goals,
    /// How a goal would be planned.
    Preview(Box<PreviewCall>),
    /// How much is stored.
    Counts,
    /// Messages of the conversation, oldest first: the newest, or the ones just before another one. An empty list means that
    /// there are none.
    Messages {
        /// The id of the message that follows them.
        before: Option<String>,
        /// Most messages to return.
        limit: u64,
    },
    /// The person's settings.
    Settings,
    /// How far the import of a file is.
    Import,
}

/// A point in the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Right after the event with this number.
    Seq(u64),
    /// At this moment.
    At(DateTime<Utc>),
}

impl Call {
    /// Whether it reads the past, for which rows may have to be made again.
    pub const fn looks_back(&self) -> bool {
        matches!(self, Self::Ask(Question::TimelineAt { .. }) | Self::Command(Command::Restore { .. }))
    }

    /// Reads a call by name. `arguments` is an object, or null for none.
    ///
    /// # Errors
    /// [`ApiError::Unknown`] when there is no such method, [`ApiError::Arguments`] and [`ApiError::Rejected`] when the
    /// arguments do not fit.
    pub fn parse(method: &str, arguments: &Value) -> Result<Self, ApiError> {
        let nothing = json!({});
        let arguments = if arguments.is_null() { &nothing } else { arguments };
        match method {
            "getTimeline" => Ok(Self::Ask(Question::Timeline)),
            "getTimelineAt" => timeline_at(arguments),
            "getEvents" => events(arguments),
            "getBlocks" => Ok(Self::Ask(Question::Blocks(Box::new(PageFields::read(arguments, BLOCKS)?)))),
            "suggestTimes" => times::read_tasks(arguments).map(|command| Self::Ask(Question::Times(Box::new(command)))),
            "getGoals" => Fields::read(arguments, &[]).map(|_| Self::Ask(Question::Goals)),
            "previewGoal" => PreviewCall::read(arguments).map(|call| Self::Ask(Question::Preview(Box::new(call)))),
            "acceptGoal" => goals::read_accept(arguments).map(Self::Command),
            "placeTasks" => times::read_starts(arguments).map(Self::Command),
            "getCounts" => Fields::read(arguments, &[]).map(|_| Self::Ask(Question::Counts)),
            "getMessages" => messages(arguments),
            "getSettings" => Ok(Self::Ask(Question::Settings)),
            "setSettings" => settings::read(arguments).map(Self::SetSettings),
            "reportTimeZone" => settings::read_locale(arguments).map(Self::ReportLocale),
            "dismissReminder" => reminders::read_dismissed(arguments).map(Self::DismissReminder),
            "restoreTimeline" => restore(arguments),
            "deleteEverything" => delete_everything(arguments),
            // The tool undoes the last change; a person can point at any.
            "undo" if arguments.get("txn").is_some() => {
                let Fields { txn, .. } = Fields::read(arguments, &["txn"])?;
                Ok(Self::Command(Command::Undo { txn }))
            }
            _ if definitions().iter().any(|tool| tool.name == method) => ToolCall::parse(method, arguments)
                .map(Self::Tool)
                .map_err(|error| ApiError::Arguments(error.to_string())),
            _ => match AccountCall::parse(method, arguments) {
                Some(call) => call.map(Self::Account),
                None => Err(ApiError::Unknown(method.chars().take(NAME_CHARS).collect())),
            },
        }
    }

    /// Whether the call changes the timeline on somebody's account, so that its idempotency key is looked up.
    pub(super) const fn has_author(&self) -> bool {
        matches!(self, Self::Tool(_) | Self::Command(_) | Self::SetSettings(_))
    }

    /// Whether the call makes the model plan a goal.
    pub(crate) fn asks_model(&self) -> bool {
        matches!(self, Self::Tool(ToolCall::UseArchitect(_) | ToolCall::RetryRun(_)))
    }

    /// Whether the call replaces all data.
    pub(crate) fn replaces_everything(&self) -> bool {
        matches!(self, Self::DeleteEverything | Self::Import(_))
    }

    /// The scope that the call needs.
    pub fn scope(&self) -> Scope {
        match self {
            Self::Ask(_) => Scope::Read,
            Self::Account(_) => Scope::Account,
            Self::Tool(tool) => tool_scope(tool),
            Self::Command(_)
            | Self::SetSettings(_)
            | Self::DismissReminder(_)
            | Self::ReportLocale(_)
            | Self::DeleteEverything
            | Self::Import(_)
            | Self::CancelImport => Scope::Write,
        }
    }
}

/// A tool that asks a question needs [`Scope::Read`], any other [`Scope::Write`]. Whether a tool asks or changes depends
/// neither on the moment nor on the zone.
pub(super) fn tool_scope(tool: &ToolCall) -> Scope {
    let context = ToolContext { now: DateTime::UNIX_EPOCH, zone: Zone::UTC, new_id: Uuid::nil() };
    match tool.action(&context) {
        Ok(Action::Query(_)) => Scope::Read,
        Ok(Action::Command(_) | Action::Snooze { .. }) | Err(_) => Scope::Write,
    }
}

fn timeline_at(arguments: &Value) -> Result<Call, ApiError> {
    let Fields { seq, at, from, .. } = Fields::read(arguments, &["seq", "at", "from"])?;
    let when = match (seq, at) {
        (Some(seq), None) => When::Seq(seq),
        (None, Some(at)) => When::At(at),
        _ => return Err(ApiError::Arguments("give either “seq” or “at”".to_owned())),
    };
    Ok(Call::Ask(Question::TimelineAt { when, from }))
}

fn events(arguments: &Value) -> Result<Call, ApiError> {
    let names = ["after", "before", "newestFirst", "limit", "actor", "type", "about", "plan", "txn", "from", "until"];
    let fields = Fields::read(arguments, &names)?;
    Ok(Call::Ask(Question::Events(Box::new(EventQuery {
        after: fields.after,
        before: fields.before,
        name: fields.name,
        actor: fields.actor,
        about: fields.about,
        plan: fields.plan,
        txn: fields.txn,
        from: fields.from,
        until: fields.until,
        newest_first: fields.newest_first,
        limit: fields.limit.unwrap_or(DEFAULT_EVENTS).clamp(1, EVENTS),
    }))))
}

fn messages(arguments: &Value) -> Result<Call, ApiError> {
    let (before, limit) = fields::read_messages(arguments)?;
    let limit = limit.unwrap_or(shown::MESSAGES).clamp(1, shown::MESSAGES);
    Ok(Call::Ask(Question::Messages { before, limit }))
}

fn restore(arguments: &Value) -> Result<Call, ApiError> {
    let Fields { seq, .. } = Fields::read(arguments, &["seq"])?;
    let seq = seq.ok_or_else(|| ApiError::Arguments("/seq: is missing. Nothing was changed.".to_owned()))?;
    Ok(Call::Command(Command::Restore { seq }))
}

/// Requires a confirmation, so that a program's mistake does not delete everything.
fn delete_everything(arguments: &Value) -> Result<Call, ApiError> {
    if arguments.get("confirm").and_then(Value::as_str) == Some(CONFIRMATION) {
        return Ok(Call::DeleteEverything);
    }
    let error = format!("Nothing was deleted: call it with {{\"confirm\": \"{CONFIRMATION}\"}}.");
    Err(ApiError::Arguments(error))
}
