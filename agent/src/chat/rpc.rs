//! Calls from clients: every tool by its name, for edits without a model, and questions about what is stored.

use flux_protocol::ServerFrame;
use flux_protocol::frame::RpcResponse;
use flux_tools::command::SettingsUpdate;
use flux_tools::place::WorkingHours;
use flux_tools::report::Report;
use flux_tools::tool::{ToolCall, definitions};
use flux_tools::{Actor, Command, Rejection, TimelineView, TxnId, Zone};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ChatAgent, SHOWN_MESSAGES};
use crate::action::{self, Author, Done};
use crate::host::{Connection, Host};
use crate::json::{read_value, value};
use crate::store::StoreError;

/// Most events that one call gives.
const EVENTS: u64 = 1_000;

/// Why a call fails. `Display` is what the client is told.
#[derive(Debug, thiserror::Error)]
enum RpcError {
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
            "getEvents" => self.events(argument),
            "getMessages" => Ok(value(&self.0.store.messages(SHOWN_MESSAGES)?)),
            "getSettings" => Ok(value(&self.0.store.settings()?)),
            "setSettings" => self.set_settings(id, argument),
            _ if definitions().iter().any(|tool| tool.name == method) => self.tool(id, method, argument),
            _ => Err(RpcError::Unknown(method.chars().take(80).collect())),
        }
    }

    fn tool(&self, id: &str, name: &str, argument: &Value) -> Result<Value, RpcError> {
        let call = ToolCall::parse(name, argument).map_err(|error| RpcError::Arguments(error.to_string()))?;
        let Some(author) = self.author(id)? else {
            return Ok(json!({"ok": true, "summary": "This was done before.", "repeated": true}));
        };
        let host = &self.0.host;
        let Done { report, events } =
            action::call(&self.0.store, &call, &author, host.now(), &|| host.uuid(), |_| Ok(()))?;
        self.publish(&events);
        if report.ok { Ok(value(&report)) } else { Err(RpcError::Refused(Box::new(report))) }
    }

    /// The person, and the transaction of this call. A call's id, where it is a UUID, becomes the transaction's: if the
    /// log has it, the call was carried out before, its answer was lost, and doing it again would do it twice.
    fn author(&self, id: &str) -> Result<Option<Author>, StoreError> {
        let txn = Uuid::parse_str(id).map_or_else(|_| TxnId::new(self.0.host.uuid()), TxnId::new);
        let is_new = self.0.store.transaction(txn)?.is_empty();
        Ok(is_new.then_some(Author { actor: Actor::User, txn }))
    }

    fn events(&self, argument: &Value) -> Result<Value, RpcError> {
        let number = |name: &str, default| match argument.get(name) {
            None | Some(Value::Null) => Ok(default),
            Some(given) => given
                .as_u64()
                .ok_or_else(|| RpcError::Arguments(format!("/{name}: expected a whole number from 0 on, got {given}"))),
        };
        let limit = number("limit", 100)?.clamp(1, EVENTS);
        let events = self.0.store.events_after(number("after", 0)?, limit)?;
        Ok(json!({ "events": events, "last": self.0.store.last_seq()? }))
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

fn misfit(name: &str, expected: &str, given: &Value) -> RpcError {
    let given: String = given.to_string().chars().take(120).collect();
    RpcError::Arguments(format!("/{name}: expected {expected}, got {given}. Nothing was changed."))
}

fn working_hours(given: &Value) -> Result<WorkingHours, RpcError> {
    read_value(given.clone())
        .map_err(|error| RpcError::Arguments(format!("/workingHours: {error} Nothing was changed.")))
}
