//! Import of an exported file into an object in which nobody has done anything yet.
//!
//! A file can be larger than memory, and checking it can take longer than one event of a Durable Object may. So its parts are
//! stored as they arrive, and are then checked a slice at a time: every event by the rules of a live one. What was checked is
//! written to tables of its own ([`schema`]), which replace those of the object in one transaction at the end. Until then, and if
//! something is wrong with the file, nothing changes for the person.

mod reader;
mod slice;

use flux_protocol::frame::{ImportProgress, ImportState};
use flux_timeline::{Actor, Event, EventKind};

use super::{Row, Sql, SqlError, Store, StoreError, json, parse, schema};
use reader::Reader;

pub(super) use slice::{FORMAT, VERSION};

/// The largest file, in bytes. An object can store 10 GB, and an imported file takes about twice its size.
pub const IMPORT_BYTES: u64 = 1 << 30;
/// The number of rows that one event of a Durable Object imports, about. It takes less than 3 s of CPU in the Worker.
pub const IMPORT_ROWS: u64 = 1_000;
/// The size of the rows in which a file is stored, in bytes.
const TEXT_BYTES: usize = 1 << 20;

/// A part of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportPart {
    /// The number of the part: 0, 1, 2 and so on. Part 0 begins an import.
    pub number: u64,
    /// The text of the part.
    pub text: String,
    /// Whether it is the last one. The file is checked then.
    pub is_last: bool,
}

impl ImportPart {
    /// A file in one part.
    pub fn whole(file: impl Into<String>) -> Self {
        Self { number: 0, text: file.into(), is_last: true }
    }
}

/// Why a file is not imported. Nothing is changed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The object is not empty.
    #[error(
        "There is something here already. Nothing was changed: a file is taken by an empty timeline only. Export what is \
         here and delete everything first."
    )]
    NotEmpty,
    /// The file is too large.
    #[error("The file has more than {IMPORT_BYTES} bytes. Nothing was changed.")]
    TooLarge,
    /// A part arrives that is not the next one.
    #[error(
        "Part {given} of the file was sent, but part {next} is the next one. Nothing was changed; send the file again."
    )]
    Part {
        /// The part that was sent.
        given: u64,
        /// The part that is expected.
        next: u64,
    },
    /// The file is not an export, or it was changed.
    #[error("The file is not an export of Temporal Flux that can be read: {0}. Nothing was changed.")]
    File(String),
    /// The file was found to be wrong. The text is a whole sentence.
    #[error("{0}")]
    Failed(String),
    /// The store failed.
    #[error("Something could not be saved. Nothing was changed; try again.")]
    Store(#[from] StoreError),
}

impl From<SqlError> for ImportError {
    fn from(error: SqlError) -> Self {
        Self::Store(error.into())
    }
}

/// The row of the import.
struct Record {
    state: ImportState,
    parts: u64,
    bytes: u64,
    checked: u64,
    events: u64,
    messages: u64,
    position: u64,
    offset: u64,
    reader: Reader,
    head: Head,
    problem: Option<String>,
}

/// The fields at the beginning of a file.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
struct Head {
    format: serde_json::Value,
    version: serde_json::Value,
}

const COLUMNS: &str = "state, parts, bytes, checked, events, messages, position, byte_offset, reader, head, problem";

impl Record {
    fn progress(&self) -> ImportProgress {
        ImportProgress {
            state: self.state,
            bytes: self.bytes,
            checked: self.checked,
            events: self.events,
            messages: self.messages,
            problem: self.problem.clone(),
        }
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            state: parse("imports", &format!("\"{}\"", row.text(0)?))?,
            parts: row.count(1)?,
            bytes: row.count(2)?,
            checked: row.count(3)?,
            events: row.count(4)?,
            messages: row.count(5)?,
            position: row.count(6)?,
            offset: row.count(7)?,
            reader: parse("imports", &row.text(8)?)?,
            head: parse("imports", &row.text(9)?)?,
            problem: row.optional_text(10)?,
        })
    }
}

impl<S: Sql> Store<S> {
    /// The import that is under way, or the result of the last one.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn import_progress(&self) -> Result<Option<ImportProgress>, StoreError> {
        Ok(self.import_record()?.as_ref().map(Record::progress))
    }

    /// Deletes an import that is under way, or the result of the last one.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn cancel_import(&self) -> Result<(), StoreError> {
        self.sql_transaction(Self::drop_import)
    }

    fn import_record(&self) -> Result<Option<Record>, StoreError> {
        self.query(&format!("SELECT {COLUMNS} FROM imports"), &[])?.first().map(Record::read).transpose()
    }

    fn put_import(&self, record: &Record) -> Result<(), StoreError> {
        let sql =
            format!("INSERT OR REPLACE INTO imports (one, {COLUMNS}) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        let row = [
            record.state.as_str().into(),
            record.parts.into(),
            record.bytes.into(),
            record.checked.into(),
            record.events.into(),
            record.messages.into(),
            record.position.into(),
            record.offset.into(),
            json("imports", &record.reader)?,
            json("imports", &record.head)?,
            record.problem.as_deref().into(),
        ];
        self.execute(&sql, &row)
    }

    fn drop_import(&self) -> Result<(), StoreError> {
        self.drop_shadows(self.next_generation()?)?;
        self.query("DELETE FROM import_texts", &[])?;
        self.execute("DELETE FROM imports", &[])
    }

    /// Whether nobody has done anything here. The settings do not count, because a page reports the zone by itself, and a file
    /// brings its own.
    fn is_untouched(&self) -> Result<bool, StoreError> {
        let events = self.newest_events(10)?;
        let is_ours =
            |event: &Event| event.actor == Actor::System || matches!(event.kind, EventKind::SettingsChanged { .. });
        let is_ours = events.len() < 10 && events.iter().all(is_ours);
        Ok(is_ours && self.messages(1)?.is_empty())
    }
}

impl<S: Sql + Clone> Store<S> {
    /// Stores a part of a file. After the last one, the file waits to be checked by [`Store::import_slice`].
    ///
    /// # Errors
    /// [`ImportError`]; nothing is changed then, and other parts are kept.
    pub fn receive_import(&self, part: &ImportPart) -> Result<ImportProgress, ImportError> {
        if !self.is_untouched()? {
            return Err(ImportError::NotEmpty);
        }
        self.transaction(|_| {
            if part.number == 0 {
                self.drop_import()?;
                self.shadow(self.next_generation()?).create_person()?;
                self.put_import(&Record::default())?;
            }
            let record = self.import_record()?.filter(|record| record.state == ImportState::Receiving);
            let next = record.as_ref().map_or(0, |record| record.parts);
            let Some(mut record) = record.filter(|record| record.parts == part.number) else {
                return Err(ImportError::Part { given: part.number, next });
            };
            record.parts += 1;
            record.bytes += part.text.len() as u64;
            if record.bytes > IMPORT_BYTES {
                return Err(ImportError::TooLarge);
            }
            if part.is_last {
                record.state = ImportState::Checking;
            }
            let mut rest = part.text.as_str();
            while !rest.is_empty() {
                let (text, after) = rest.split_at(rest.floor_char_boundary(TEXT_BYTES));
                self.query("INSERT INTO import_texts (text) VALUES (?)", &[text.into()])?;
                rest = after;
            }
            self.put_import(&record)?;
            Ok(record.progress())
        })
    }

    fn create_person(&self) -> Result<(), StoreError> {
        self.create_tables(schema::RECORDED)?;
        self.create_tables(schema::COMPUTED)
    }
}

impl Default for Record {
    fn default() -> Self {
        Self {
            state: ImportState::Receiving,
            parts: 0,
            bytes: 0,
            checked: 0,
            events: 0,
            messages: 0,
            position: 0,
            offset: 0,
            reader: Reader::default(),
            head: Head::default(),
            problem: None,
        }
    }
}
