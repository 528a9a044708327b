//! Export of everything as one JSON file, and import into an empty object, which then has the same log and timeline.
//!
//! A log can be larger than memory. It is exported page by page, and imported event by event in one transaction.

use std::fmt;

use chrono::{DateTime, Utc};
use flux_protocol::Message;
use flux_timeline::limits::RUNS_AT_ONCE;
use flux_timeline::{Actor, Event, EventKind, ReadHistory, ReadPlans, ReadRuns};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{CauseRecord, Sql, SqlError, Store, StoreError};
use crate::json::read_value;

/// The format name in the file.
const FORMAT: &str = "temporal-flux";
/// The version of the format. Files of later versions are refused.
const VERSION: u64 = 1;
/// The number of rows that are read at a time.
const PAGE: u64 = 500;

/// Why a file is not imported. Nothing is changed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The object is not empty.
    #[error(
        "There is something here already. Nothing was changed: a file is taken by an empty timeline only. Export what is \
         here and delete everything first."
    )]
    NotEmpty,
    /// The file is not an export, or it was changed.
    #[error("The file is not an export of Temporal Flux that can be read: {0}. Nothing was changed.")]
    File(String),
    /// The store failed.
    #[error("Something could not be saved. Nothing was changed; try again. ({0})")]
    Store(#[from] StoreError),
}

impl From<SqlError> for ImportError {
    fn from(error: SqlError) -> Self {
        Self::Store(error.into())
    }
}

/// What was imported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Events of the log.
    pub events: u64,
    /// Messages of the conversation.
    pub messages: u64,
}

/// A message, and when it was stored.
#[derive(Deserialize)]
struct Said {
    #[serde(deserialize_with = "flux_timeline::clock::instant")]
    at: DateTime<Utc>,
    message: Message,
}

/// The file in pieces, as of the start of the export.
pub struct Export<S> {
    store: Store<S>,
    part: Part,
    at: DateTime<Utc>,
    last_event: u64,
    last_message: u64,
    last_cause: u64,
}

enum Part {
    Head,
    Events(u64),
    Messages(u64),
    Causes(u64),
    End,
}

impl<S: Sql + Clone> Store<S> {
    /// The file.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn export(&self, at: DateTime<Utc>) -> Result<Export<S>, StoreError> {
        let last = |table: &str| {
            let rows = self.query(&format!("SELECT coalesce(max(position), 0) FROM [{table}]"), &[])?;
            rows.first().map_or(Ok(0), |row| row.count(0))
        };
        let (last_event, last_message, last_cause) = (self.last_seq()?, last("messages")?, last("causes")?);
        Ok(Export { store: self.clone(), part: Part::Head, at, last_event, last_message, last_cause })
    }
}

impl<S: Sql> Store<S> {
    /// Deletes everything except the owner. Must run within [`Sql::transaction`].
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn reset(&self) -> Result<(), StoreError> {
        let owner = self.owner()?;
        // Not the tables of the engine.
        let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'
                   AND substr(name, 1, 4) <> '_cf_'";
        for row in self.query(sql, &[])? {
            self.query(&format!("DROP TABLE \"{}\"", row.text(0)?), &[])?;
        }
        super::migrations::create(&self.sql)?;
        self.is_computed()?;
        owner.map_or(Ok(()), |owner| self.claim(&owner))
    }

    /// Imports a file.
    ///
    /// # Errors
    /// If the object is not empty or the file cannot be read. Nothing is changed then.
    pub fn import(&self, file: &str) -> Result<Imported, ImportError> {
        if !self.is_untouched()? {
            return Err(ImportError::NotEmpty);
        }
        self.sql.transaction(|| {
            self.reset()?;
            let mut import = Import { store: self, imported: Imported::default(), failure: None };
            let read = serde_json::Deserializer::from_str(file).deserialize_map(&mut import);
            match (import.failure, read) {
                (Some(failure), _) => Err(ImportError::Store(failure)),
                (None, Err(error)) => Err(ImportError::File(error.to_string())),
                (None, Ok(())) if self.active_plan()?.is_none() => {
                    Err(ImportError::File("no plan comes of its events".to_owned()))
                }
                (None, Ok(())) if self.running()?.len() > RUNS_AT_ONCE => {
                    Err(ImportError::File(format!("more than {RUNS_AT_ONCE} goals are under way in it")))
                }
                (None, Ok(())) => Ok(import.imported),
            }
        })
    }

    /// Whether the object is empty. The zone does not count, because a page reports it by itself, and a file brings its own
    /// settings.
    fn is_untouched(&self) -> Result<bool, StoreError> {
        let events = self.newest_events(PAGE)?;
        let is_ours =
            |event: &Event| event.actor == Actor::System || matches!(event.kind, EventKind::SettingsChanged { .. });
        let is_ours = events.len() < 10 && events.iter().all(is_ours);
        Ok(is_ours && self.messages(1)?.is_empty())
    }
}

impl<S: Sql> Iterator for Export<S> {
    type Item = Result<String, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.part {
            Part::Head => {
                self.part = Part::Events(0);
                let head = json!({ "format": FORMAT, "version": VERSION, "exportedAt": self.at }).to_string();
                let head = head.strip_suffix('}').unwrap_or_default().to_owned();
                Some(Ok(format!("{head},\n\"events\":[")))
            }
            Part::Events(after) => {
                let sql = "SELECT seq, json FROM [events] WHERE seq > ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3";
                match self.page(sql, after, self.last_event) {
                    Ok((last, page)) if !page.is_empty() => {
                        self.part = Part::Events(last);
                        Some(Ok(page))
                    }
                    Ok(_) => {
                        self.part = Part::Messages(0);
                        Some(Ok("\n],\n\"messages\":[".to_owned()))
                    }
                    Err(error) => Some(self.fail(error)),
                }
            }
            Part::Messages(after) => {
                let sql = "SELECT position, '{\"at\":\"' || strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch')
                        || '\",\"message\":' || json || '}'
                    FROM [messages] WHERE position > ?1 AND position <= ?2 ORDER BY position LIMIT ?3";
                match self.page(sql, after, self.last_message) {
                    Ok((last, page)) if !page.is_empty() => {
                        self.part = Part::Messages(last);
                        Some(Ok(page))
                    }
                    Ok(_) => {
                        self.part = Part::Causes(0);
                        Some(Ok("\n],\n\"causes\":[".to_owned()))
                    }
                    Err(error) => Some(self.fail(error)),
                }
            }
            Part::Causes(after) => {
                let sql = "SELECT position, json_object(
                    'request', request, 'question', question, 'answer', answer, 'words', words)
                    FROM [causes] WHERE position > ?1 AND position <= ?2 ORDER BY position LIMIT ?3";
                match self.page(sql, after, self.last_cause) {
                    Ok((last, page)) if !page.is_empty() => {
                        self.part = Part::Causes(last);
                        Some(Ok(page))
                    }
                    Ok(_) => {
                        self.part = Part::End;
                        Some(Ok("\n]}\n".to_owned()))
                    }
                    Err(error) => Some(self.fail(error)),
                }
            }
            Part::End => None,
        }
    }
}

impl<S: Sql> Export<S> {
    /// Rows after a number, each on its own line, and the number of the last row.
    fn page(&self, sql: &str, after: u64, last: u64) -> Result<(u64, String), StoreError> {
        let mut page = (after, String::new());
        for row in self.store.query(sql, &[after.into(), last.into(), PAGE.into()])? {
            let comma = if after == 0 && page.1.is_empty() { "\n" } else { ",\n" };
            page = (row.count(0)?, page.1 + comma + &row.text(1)?);
        }
        Ok(page)
    }

    fn fail(&mut self, error: StoreError) -> Result<String, StoreError> {
        self.part = Part::End;
        Err(error)
    }
}

/// Imports the fields of the file as they are read.
struct Import<'a, S> {
    store: &'a Store<S>,
    imported: Imported,
    /// The error of the store, because an error of the reader can carry only text.
    failure: Option<StoreError>,
}

impl<'de, S: Sql> Visitor<'de> for &mut Import<'_, S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut format, mut version) = (Value::Null, Value::Null);
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "format" => format = map.next_value()?,
                "version" => version = map.next_value()?,
                "events" | "messages" | "causes" => {
                    if format != FORMAT || version != VERSION {
                        let what = format!("it does not begin with “format”: “{FORMAT}” and “version”: {VERSION}");
                        return Err(A::Error::custom(what));
                    }
                    let of = match name.as_str() {
                        "events" => Of::Events,
                        "messages" => Of::Messages,
                        _ => Of::Causes,
                    };
                    map.next_value_seed(List { import: self, of })?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

struct List<'a, 'b, S> {
    import: &'a mut Import<'b, S>,
    of: Of,
}

/// The kind of items in a list.
#[derive(Clone, Copy)]
enum Of {
    Events,
    Messages,
    Causes,
}

impl<'de, S: Sql> DeserializeSeed<'de> for List<'_, '_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, S: Sql> Visitor<'de> for List<'_, '_, S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(value) = list.next_element::<Value>()? {
            let taken = match self.of {
                Of::Events => self.import.event(value),
                Of::Messages => self.import.message(value),
                Of::Causes => self.import.cause(value),
            };
            taken.map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

impl<S: Sql> Import<'_, S> {
    fn event(&mut self, value: Value) -> Result<(), String> {
        let number = self.imported.events + 1;
        let event: Event = read_value(value).map_err(|error| format!("event {number}: {error}"))?;
        if event.seq != number {
            return Err(format!("event {number} has the number {}", event.seq));
        }
        self.imported.events = number;
        let stored = self.store.insert(&event);
        self.kept(stored)
    }

    fn message(&mut self, value: Value) -> Result<(), String> {
        let number = self.imported.messages + 1;
        let Said { at, message } = read_value(value).map_err(|error| format!("message {number}: {error}"))?;
        self.imported.messages = number;
        let stored = self.store.put_message(&message, at);
        self.kept(stored)
    }

    fn cause(&mut self, value: Value) -> Result<(), String> {
        let cause: CauseRecord = read_value(value).map_err(|error| format!("a cause: {error}"))?;
        let stored = self.store.take_cause(&cause);
        self.kept(stored)
    }

    fn kept(&mut self, stored: Result<(), StoreError>) -> Result<(), String> {
        stored.map_err(|error| {
            let words = error.to_string();
            self.failure = Some(error);
            words
        })
    }
}
