//! Checks and stores a slice of an imported file.

use chrono::{DateTime, TimeDelta, Utc};
use flux_protocol::frame::{ImportProgress, ImportState};
use flux_protocol::{Message, Role};
use flux_timeline::{Event, ReadPlans, VerifyError, verify};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::super::rebuild::Rows;
use super::super::{CauseRecord, Sql, Store, StoreError, schema};
use super::reader::{List, Token};
use super::{ImportError, Record};
use crate::json;

/// The format name in the file.
pub(crate) const FORMAT: &str = "temporal-flux";
/// The version of the format. Files of later versions are refused.
pub(crate) const VERSION: u64 = 1;
/// The most rows of text that are read in one slice, also if there is no item in them.
const TEXTS: u64 = 8;

/// The longest id of a message, in bytes. Earlier versions did not limit it.
const ID_BYTES: usize = 256;

/// A message, and when it was stored.
#[derive(Deserialize)]
struct Said {
    #[serde(deserialize_with = "flux_timeline::clock::instant")]
    at: DateTime<Utc>,
    message: Message,
}

/// The state of a slice.
struct Slice<'a, S> {
    /// The tables of the import.
    new: Store<S>,
    record: &'a mut Record,
    now: DateTime<Utc>,
    /// The event that was imported last.
    previous: Option<Event>,
    /// The number of rows that were changed, about.
    rows: u64,
}

impl<S: Sql + Clone> Store<S> {
    /// Checks and stores about `rows` rows of a file that was received. After the last ones, the object has the timeline and the
    /// conversation of the file.
    ///
    /// If something is wrong with the file, the import has failed: its progress says why, and what was stored of it is deleted.
    ///
    /// # Errors
    /// The errors of the engine. The import can go on then.
    pub fn import_slice(&self, now: DateTime<Utc>, rows: u64) -> Result<Option<ImportProgress>, StoreError> {
        let slice = self.transaction(|store| store.import_within(now, rows));
        match slice {
            Ok(progress) => Ok(progress),
            Err(ImportError::Store(error)) => Err(error),
            Err(error) => self.sql_transaction(|store| {
                let record = store.import_record()?.unwrap_or_default();
                store.drop_import()?;
                let record = Record { state: ImportState::Failed, problem: Some(error.to_string()), ..record };
                store.put_import(&record)?;
                Ok(Some(record.progress()))
            }),
        }
    }

    fn import_within(&self, now: DateTime<Utc>, rows: u64) -> Result<Option<ImportProgress>, ImportError> {
        let record = self.import_record()?.filter(|record| record.state == ImportState::Checking);
        let Some(mut record) = record else { return Ok(self.import_progress()?) };
        let generation = self.next_generation()?;
        let new = self.shadow(generation);
        let previous = new.newest_events(1)?.pop();
        let mut slice = Slice { new, record: &mut record, now, previous, rows: 0 };
        let is_read = slice.go_on(self, rows)?;
        slice.new.store_head()?;
        if is_read {
            slice.finish()?;
            if !self.is_untouched()? {
                return Err(ImportError::NotEmpty);
            }
            self.swap_in(generation, &[schema::RECORDED, schema::COMPUTED])?;
            self.query("DELETE FROM import_texts", &[])?;
            record.state = ImportState::Done;
        }
        self.put_import(&record)?;
        Ok(Some(record.progress()))
    }
}

impl<S: Sql + Clone> Slice<'_, S> {
    /// Reads on until about `rows` rows were changed. Returns whether the file was read to its end.
    fn go_on(&mut self, store: &Store<S>, rows: u64) -> Result<bool, ImportError> {
        for _ in 0..TEXTS {
            let sql = "SELECT position, text FROM import_texts WHERE position > ? ORDER BY position LIMIT 1";
            let found = store.query(sql, &[self.record.position.into()])?;
            let Some(found) = found.first() else { return Ok(true) };
            let (position, text) = (found.count(0)?, found.text(1)?);
            let offset = usize::try_from(self.record.offset).unwrap_or(usize::MAX);
            let mut input = text.get(offset..).unwrap_or_default();
            while self.rows < rows {
                let before = input.len();
                let token = self.record.reader.next(&mut input).map_err(|problem| self.in_item(&problem))?;
                let read = (before - input.len()) as u64;
                self.record.offset += read;
                self.record.checked += read;
                match token {
                    Some(token) => self.take(token)?,
                    None => break,
                }
            }
            if !input.is_empty() {
                return Ok(false);
            }
            self.record.position = position;
            self.record.offset = 0;
        }
        Ok(false)
    }

    /// An error of the reader, with the item that it was reading.
    fn in_item(&self, problem: &str) -> ImportError {
        let item = match self.record.reader.list() {
            Some(List::Events) => format!("event {}: ", self.record.events + 1),
            Some(List::Messages) => format!("message {}: ", self.record.messages + 1),
            Some(List::Causes) | None => String::new(),
        };
        ImportError::File(format!("{item}{problem}"))
    }

    fn take(&mut self, token: Token) -> Result<(), ImportError> {
        match token {
            Token::Field(name, value) => {
                let file = |error: serde_json::Error| ImportError::File(format!("“{name}”: {error}"));
                match name.as_str() {
                    "format" => self.record.head.format = serde_json::from_str(&value).map_err(file)?,
                    "version" => self.record.head.version = serde_json::from_str(&value).map_err(file)?,
                    _ => {
                        serde_json::from_str::<IgnoredAny>(&value).map_err(file)?;
                    }
                }
                Ok(())
            }
            Token::List(_) if self.record.head.format == FORMAT && self.record.head.version == VERSION => Ok(()),
            Token::List(_) => {
                Err(ImportError::File(format!("it does not begin with “format”: “{FORMAT}” and “version”: {VERSION}")))
            }
            Token::Item(List::Events, text) => self.event(&text),
            Token::Item(List::Messages, text) => self.message(&text),
            Token::Item(List::Causes, text) => {
                let cause: CauseRecord = read("cause", None, &text)?;
                self.rows += 1;
                self.new.take_cause(&cause)?;
                Ok(())
            }
        }
    }

    fn event(&mut self, text: &str) -> Result<(), ImportError> {
        let number = self.record.events + 1;
        let event: Event = read("event", Some(number), text)?;
        let misfit = |why: String| ImportError::File(format!("event {number}: {why}"));
        match verify(&self.new, self.previous.as_ref(), &event, self.now) {
            Ok(()) => {}
            Err(VerifyError::Misfit(why)) => return Err(misfit(why.to_string())),
            Err(VerifyError::View(error)) => return Err(error.into()),
        }
        // The database refuses an id that is used twice. Asking it before each event would cost as much as storing it.
        self.new.insert(&event).or_else(|error| match self.new.repeats_id(&event)? {
            true => Err(misfit(format!("its id {} is that of an earlier event", event.id))),
            false => Err(error.into()),
        })?;
        self.record.events = number;
        self.rows += event.kind.rows();
        self.previous = Some(event);
        Ok(())
    }

    fn message(&mut self, text: &str) -> Result<(), ImportError> {
        let number = self.record.messages + 1;
        let Said { at, message } = read("message", Some(number), text)?;
        let misfit = |why: &str| ImportError::File(format!("message {number}: {why}"));
        if message.role == Role::System {
            return Err(misfit("its role is neither “user” nor “assistant”"));
        }
        if message.id.is_empty() || message.id.len() > ID_BYTES {
            return Err(misfit("it has no usable id"));
        }
        if at > self.now + TimeDelta::days(1) {
            return Err(misfit("it is in the future"));
        }
        if self.new.message(&message.id)?.is_some() {
            return Err(misfit("its id is that of an earlier message"));
        }
        // A message of an earlier version that is too large is shortened, as a live one is.
        self.new.put_message(&message, at)?;
        self.record.messages = number;
        self.rows += 1;
        Ok(())
    }

    /// Checks what the whole file has to fulfil.
    fn finish(&self) -> Result<(), ImportError> {
        if !self.record.reader.is_at_end() {
            return Err(self.in_item("the file ends too early"));
        }
        if self.new.active_plan()?.is_none() {
            return Err(ImportError::File("its events create no plan".to_owned()));
        }
        Ok(())
    }
}

/// Reads an item. `number` is its place in its list.
fn read<T: DeserializeOwned>(what: &str, number: Option<u64>, text: &str) -> Result<T, ImportError> {
    json::read(text).map_err(|error| {
        let number = number.map(|number| format!(" {number}")).unwrap_or_default();
        // Values that are not valid say what was not changed and what to do, for another occasion.
        let error = error.to_string();
        let reason = error.split(" Nothing was ").next().unwrap_or_default().trim_end_matches('.');
        ImportError::File(format!("{what}{number}: {reason}"))
    })
}
