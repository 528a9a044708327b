//! Export of everything as one JSON file, page by page, because a log can be larger than memory.

use chrono::{DateTime, Utc};
use flux_timeline::ReadHistory;
use serde_json::json;

use super::import::{FORMAT, VERSION};
use super::{Sql, Store, StoreError};

/// The number of rows that are read at a time.
const PAGE: u64 = 500;

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
    /// Deletes everything except who may use the object, and how much of the model they have used. Must run within [`Sql::transaction`].
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn reset(&self) -> Result<(), StoreError> {
        let owner = self.owner()?;
        // Not the tables of the engine, and not what a limit needs.
        let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'
                   AND substr(name, 1, 4) <> '_cf_' AND name NOT IN ('usage', 'accounts', 'credentials')";
        for row in self.query(sql, &[])? {
            self.query(&format!("DROP TABLE \"{}\"", row.text(0)?), &[])?;
        }
        super::migrations::create(&self.sql)?;
        self.forget_head();
        owner.map_or(Ok(()), |owner| self.claim(&owner))
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
                let next = (Part::Messages(0), "\n],\n\"messages\":[");
                self.list(sql, (after, self.last_event), Part::Events, next)
            }
            Part::Messages(after) => {
                let sql = "SELECT position, '{\"at\":\"' || strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch')
                        || '\",\"message\":' || json || '}'
                    FROM [messages] WHERE position > ?1 AND position <= ?2 ORDER BY position LIMIT ?3";
                let next = (Part::Causes(0), "\n],\n\"causes\":[");
                self.list(sql, (after, self.last_message), Part::Messages, next)
            }
            Part::Causes(after) => {
                let sql = "SELECT position, json_object(
                    'request', request, 'question', question, 'answer', answer, 'words', words)
                    FROM [causes] WHERE position > ?1 AND position <= ?2 ORDER BY position LIMIT ?3";
                self.list(sql, (after, self.last_cause), Part::Causes, (Part::End, "\n]}\n"))
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

    /// The next page of a list, or if there is none, the text before the next part.
    fn list(
        &mut self,
        sql: &str,
        (after, last): (u64, u64),
        part: fn(u64) -> Part,
        (next, text): (Part, &str),
    ) -> Option<Result<String, StoreError>> {
        let page = match self.page(sql, after, last) {
            Ok((last, page)) if !page.is_empty() => {
                self.part = part(last);
                Ok(page)
            }
            Ok(_) => {
                self.part = next;
                Ok(text.to_owned())
            }
            Err(error) => {
                self.part = Part::End;
                Err(error)
            }
        };
        Some(page)
    }
}
