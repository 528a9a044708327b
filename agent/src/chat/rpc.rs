//! Calls from clients: every tool by its name, for edits without a model, and questions about what is stored.

use flux_protocol::ServerFrame;
use flux_protocol::frame::RpcResponse;
use flux_timeline::command::SettingsUpdate;
use flux_timeline::free_time::WorkingHours;
use flux_timeline::{Actor, BlockId, Command, HourFormat, Rejection, RunId, TimelineView, TxnId, Zone};
use flux_tools::report::Report;
use flux_tools::tool::{ToolCall, definitions};
use serde_json::{Value, json};
use uuid::Uuid;

use super::fields::{Fields, misfit};
use super::{ChatAgent, SHOWN_MESSAGES};
use crate::action::{self, Author, Done};
use crate::host::{Connection, Host};
use crate::json::{read_value, value};
use crate::shown;
use crate::store::StoreError;

/// What must be said to delete everything.
const CONFIRMATION: &str = "everything";

/// Why a call fails. `Display` is what the client is told.
#[derive(Debug, thiserror::Error)]
pub(super) enum RpcError {
    /// There is no such method.
    #[error("Method {0} does not exist")]
    Unknown(String),
    /// The arguments do not fit.
    #[error("{0}")]
    Arguments(String),
    /// The wish was not granted.
    #[error("{}", .0.error.as_deref().unwrap_or_default())]
    Refused(Box<Report>),
    /// A setting has a value that there is not.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The store failed.
    #[error("Something could not be saved or read. Nothing of it was kept; try again. ({0})")]
    Store(#[from] StoreError),
}

impl<H: Host> ChatAgent<H> {
    /// Answers a call. What it changes is told to everyone, the caller included, before the call is answered.
    pub(super) fn rpc(&self, connection: &H::Connection, id: &str, method: &str, args: &[Value]) {
        let response = match self.call(id, method, args) {
            Ok(result) => RpcResponse::done(id, result),
            Err(error) => RpcResponse::failed(id, error.to_string()),
        };
        connection.send(&ServerFrame::Rpc(response).to_text());
    }

    fn call(&self, id: &str, method: &str, args: &[Value]) -> Result<Value, RpcError> {
        let nothing = json!({});
        let argument = args.first().filter(|argument| !argument.is_null()).unwrap_or(&nothing);
        match method {
            "getTimeline" => Ok(value(&self.snapshot()?)),
            "getTimelineAt" => self.timeline_at(argument),
            "restoreTimeline" => self.restore(id, argument),
            "deleteEverything" => self.delete(argument),
            "getEvents" => self.events(argument),
            "getBlocks" => self.blocks(argument),
            "getCounts" => {
                Fields::read(argument, &[])?;
                Ok(value(&self.0.store.counts()?))
            }
            // The tool takes back the last change; a person can point at any.
            "undo" if argument.get("txn").is_some() => self.undo_one(id, argument),
            "getMessages" => Ok(value(&self.0.store.messages(SHOWN_MESSAGES)?)),
            "getSettings" => Ok(value(&self.0.store.settings()?)),
            "setSettings" => self.set_settings(id, argument),
            _ if definitions().iter().any(|tool| tool.name == method) => self.tool(id, method, argument),
            _ => Err(RpcError::Unknown(method.chars().take(80).collect())),
        }
    }

    fn tool(&self, id: &str, name: &str, argument: &Value) -> Result<Value, RpcError> {
        let call = ToolCall::parse(name, argument).map_err(|error| RpcError::Arguments(error.to_string()))?;
        let (host, store) = (&self.0.host, &self.0.store);
        self.edit(id, |author| {
            // A new block has the id of its call, so that a client which has not heard of it yet can go on editing it.
            let block = BlockId::new(author.txn.uuid());
            let is_free = matches!(call, ToolCall::ScheduleBlock(_)) && store.stored_block(block)?.is_none();
            let made = if is_free { block.uuid() } else { host.uuid() };
            action::call(store, &call, author, host.now(), (made, &|| host.uuid()), |_| Ok(()))
        })
    }

    fn command(&self, id: &str, command: &Command) -> Result<Value, RpcError> {
        let host = &self.0.host;
        self.edit(id, |author| action::command(&self.0.store, command, author, host.now(), &|| host.uuid()))
    }

    fn edit(&self, id: &str, edit: impl FnOnce(&Author) -> Result<Done, StoreError>) -> Result<Value, RpcError> {
        let Some(author) = self.author(id)? else {
            return Ok(json!({"ok": true, "summary": "This was done before.", "repeated": true}));
        };
        let Done { report, events } = edit(&author)?;
        self.publish(&events);
        if report.ok { Ok(value(&report)) } else { Err(RpcError::Refused(Box::new(report))) }
    }

    fn undo_one(&self, id: &str, argument: &Value) -> Result<Value, RpcError> {
        let Fields { txn, .. } = Fields::read(argument, &["txn"])?;
        self.command(id, &Command::Undo { txn })
    }

    fn restore(&self, id: &str, argument: &Value) -> Result<Value, RpcError> {
        let Fields { seq, .. } = Fields::read(argument, &["seq"])?;
        let seq = seq.ok_or_else(|| RpcError::Arguments("/seq: is missing. Nothing was changed.".to_owned()))?;
        self.command(id, &Command::Restore { seq })
    }

    /// Asks for a word, so that no slip of a program deletes everything.
    fn delete(&self, argument: &Value) -> Result<Value, RpcError> {
        if argument.get("confirm").and_then(Value::as_str) != Some(CONFIRMATION) {
            let error = format!("Nothing was deleted: call it with {{\"confirm\": \"{CONFIRMATION}\"}}.");
            return Err(RpcError::Arguments(error));
        }
        if self.is_busy() {
            let error = "Nothing was deleted: an answer is being written. Stop it first.".to_owned();
            return Err(RpcError::Arguments(error));
        }
        self.delete_everything()?;
        Ok(json!({"ok": true, "summary": "Everything was deleted."}))
    }

    fn timeline_at(&self, argument: &Value) -> Result<Value, RpcError> {
        let Fields { seq, at, from, .. } = Fields::read(argument, &["seq", "at", "from"])?;
        let seq = match (seq, at) {
            (Some(seq), None) => seq,
            (None, Some(at)) => self.0.store.seq_at(at)?,
            _ => return Err(RpcError::Arguments("give either “seq” or “at”".to_owned())),
        };
        Ok(value(&shown::at(&self.0.store, seq, from)?))
    }

    /// The person, and the transaction of this call. A call's id, where it is a UUID, becomes the transaction's: if the
    /// log has it, the call was carried out before, its answer was lost, and doing it again would do it twice.
    ///
    /// An id of a goal is refused: the goal's tasks are its transaction, and would count as added.
    fn author(&self, id: &str) -> Result<Option<Author>, RpcError> {
        let id = Uuid::parse_str(id).unwrap_or_else(|_| self.0.host.uuid());
        if self.0.store.run(RunId::new(id))?.is_some() {
            let error = "The id of this call is that of a goal. Nothing was changed; give each call an id of its own.";
            return Err(RpcError::Arguments(error.to_owned()));
        }
        let txn = TxnId::new(id);
        let is_new = self.0.store.transaction(txn)?.is_empty();
        Ok(is_new.then_some(Author { actor: Actor::User, txn }))
    }

    fn set_settings(&self, id: &str, argument: &Value) -> Result<Value, RpcError> {
        let Value::Object(fields) = argument else {
            return Err(RpcError::Arguments(format!("expected an object, got {argument}")));
        };
        let mut update = SettingsUpdate::default();
        for (name, given) in fields {
            match (name.as_str(), given) {
                ("timeZone", Value::String(zone)) => update.time_zone = Some(Zone::new(zone)?),
                ("timeZone", _) => return Err(misfit(name, "a string", given)),
                ("workingHours", Value::Object(_)) => update.working_hours = Some(working_hours(given)?),
                ("workingHours", _) => {
                    let form = r#"{"days": ["Mon", …], "from": "09:00", "to": "18:00"}"#;
                    return Err(misfit(name, form, given));
                }
                ("breakMinutes", _) => {
                    let minutes = given.as_u64().and_then(|minutes| u32::try_from(minutes).ok());
                    update.break_minutes =
                        Some(minutes.ok_or_else(|| misfit(name, "a whole number from 0 on", given))?);
                }
                ("weekStart", _) => {
                    let day = given.as_str().and_then(|day| day.parse().ok());
                    update.week_start =
                        Some(day.ok_or_else(|| misfit(name, "a day of the week such as Mon or Sun", given))?);
                }
                ("hourFormat", _) => {
                    let format = given.as_str().and_then(HourFormat::read);
                    update.hour_format = Some(format.ok_or_else(|| misfit(name, "24h or 12h", given))?);
                }
                _ => {
                    let name: String = name.chars().take(80).collect();
                    return Err(RpcError::Arguments(format!("There is no setting “{name}”. Nothing was changed.")));
                }
            }
        }
        if let Some(author) = self.author(id)? {
            let host = &self.0.host;
            let command = Command::ChangeSettings(update);
            let Done { report, events } =
                action::command(&self.0.store, &command, &author, host.now(), &|| host.uuid())?;
            self.publish(&events);
            if !report.ok {
                return Err(RpcError::Refused(Box::new(report)));
            }
        }
        Ok(value(&self.0.store.settings()?))
    }
}

fn working_hours(given: &Value) -> Result<WorkingHours, RpcError> {
    read_value(given.clone())
        .map_err(|error| RpcError::Arguments(format!("/workingHours: {error} Nothing was changed.")))
}
