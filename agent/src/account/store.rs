//! The database of a subject's object: which timelines they have, and their passkeys.

use chrono::{DateTime, Utc};

use crate::json;
use crate::store::{Row, Sql, SqlError, StoreError, migrate};
use flux_identity::ObjectId;
use flux_identity::passkey::Passkey;
use flux_identity::request::{SubjectReply, SubjectRequest};

/// Most timelines of one subject. One more is not added, and stays with its guest.
const TIMELINES: u64 = 20;

/// The versions of the database.
const MIGRATIONS: &[&[&str]] = &[&[
    "CREATE TABLE timelines (object TEXT PRIMARY KEY, added_ms INTEGER NOT NULL, shown INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE passkeys (id TEXT PRIMARY KEY, json TEXT NOT NULL, added_ms INTEGER NOT NULL, used_ms INTEGER) WITHOUT ROWID",
    "CREATE TABLE challenges (challenge TEXT PRIMARY KEY, until_ms INTEGER NOT NULL) WITHOUT ROWID",
]];

/// What is known about a subject.
#[derive(Debug, Clone)]
pub struct SubjectStore<S> {
    sql: S,
}

/// The reply to a request about a subject of whom nothing is known, if the request makes nothing.
pub fn reply_of_nobody(request: &SubjectRequest) -> Option<SubjectReply> {
    match request {
        SubjectRequest::Timelines => Some(SubjectReply::Timelines { all: Vec::new(), shown: None }),
        SubjectRequest::Passkey => Some(SubjectReply::Passkey { passkey: None }),
        SubjectRequest::Remove { .. } | SubjectRequest::Show { .. } | SubjectRequest::UsePasskey { .. } => {
            Some(SubjectReply::Done { done: false })
        }
        SubjectRequest::Add { .. } | SubjectRequest::AddFirst { .. } | SubjectRequest::AddPasskey { .. } => None,
    }
}

impl<S: Sql> SubjectStore<S> {
    /// Opens the database and brings it to the current version.
    ///
    /// # Errors
    /// The errors of the engine, or [`StoreError::Corrupt`] when a newer version wrote it.
    pub fn open(sql: S) -> Result<Self, StoreError> {
        migrate(&sql, MIGRATIONS)?;
        Ok(Self { sql })
    }

    /// Answers a request. What it changes is one transaction.
    ///
    /// # Errors
    /// When the store fails. Nothing is changed then.
    pub fn answer(&self, request: SubjectRequest, now: DateTime<Utc>) -> Result<SubjectReply, StoreError> {
        self.sql.transaction(|| match request {
            SubjectRequest::Timelines => self.timelines(),
            SubjectRequest::Add { object } => self.add(&object, now),
            SubjectRequest::AddFirst { object } => {
                if let SubjectReply::Timelines { shown: None, .. } = self.timelines()? {
                    self.add(&object, now)?;
                }
                self.timelines()
            }
            SubjectRequest::Remove { object } => self.remove(&object),
            SubjectRequest::Show { object } => self.show(&object),
            SubjectRequest::AddPasskey { passkey } => self.add_passkey(&passkey, now),
            SubjectRequest::Passkey => Ok(SubjectReply::Passkey { passkey: self.passkey()? }),
            SubjectRequest::UsePasskey { counter, challenge, until } => {
                self.use_passkey(counter, &challenge, until, now)
            }
        })
    }

    fn timelines(&self) -> Result<SubjectReply, StoreError> {
        let rows = self.sql.query("SELECT object, shown FROM timelines ORDER BY added_ms, object", &[])?;
        let name = |row: &Row| Ok::<_, SqlError>(ObjectId::from(row.text(0)?.as_str()));
        let all = rows.iter().map(name).collect::<Result<_, _>>()?;
        let shown = rows.iter().find(|row| row.integer(1) == Ok(1)).map(name).transpose()?;
        Ok(SubjectReply::Timelines { all, shown })
    }

    fn add(&self, object: &ObjectId, now: DateTime<Utc>) -> Result<SubjectReply, StoreError> {
        let sql = "INSERT OR IGNORE INTO timelines (object, added_ms, shown)
                   SELECT ?1, ?2, NOT EXISTS (SELECT 1 FROM timelines WHERE shown = 1)
                   WHERE (SELECT count(*) FROM timelines) < ?3";
        self.sql.query(sql, &[object.name().into(), now.timestamp_millis().into(), TIMELINES.into()])?;
        let rows = self.sql.query("SELECT 1 FROM timelines WHERE object = ?", &[object.name().into()])?;
        Ok(SubjectReply::Done { done: !rows.is_empty() })
    }

    fn remove(&self, object: &ObjectId) -> Result<SubjectReply, StoreError> {
        let gone = self.sql.query("DELETE FROM timelines WHERE object = ? RETURNING shown", &[object.name().into()])?;
        if gone.first().is_some_and(|row| row.integer(0) == Ok(1)) {
            let sql = "UPDATE timelines SET shown = 1
                       WHERE object = (SELECT object FROM timelines ORDER BY added_ms, object LIMIT 1)";
            self.sql.query(sql, &[])?;
        }
        Ok(SubjectReply::Done { done: !gone.is_empty() })
    }

    fn show(&self, object: &ObjectId) -> Result<SubjectReply, StoreError> {
        let rows = self.sql.query("SELECT 1 FROM timelines WHERE object = ?", &[object.name().into()])?;
        let done = !rows.is_empty();
        if done {
            self.sql.query("UPDATE timelines SET shown = (object = ?)", &[object.name().into()])?;
        }
        Ok(SubjectReply::Done { done })
    }

    fn add_passkey(&self, passkey: &Passkey, now: DateTime<Utc>) -> Result<SubjectReply, StoreError> {
        let json = json::value(passkey).to_string();
        let row = [passkey.id.as_str().into(), json.into(), now.timestamp_millis().into()];
        // One for each subject: otherwise whoever gets hold of a challenge could add theirs.
        let sql = "INSERT OR IGNORE INTO passkeys (id, json, added_ms)
                   SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM passkeys) RETURNING 1";
        Ok(SubjectReply::Done { done: !self.sql.query(sql, &row)?.is_empty() })
    }

    fn passkey(&self) -> Result<Option<Passkey>, StoreError> {
        let rows = self.sql.query("SELECT json FROM passkeys LIMIT 1", &[])?;
        let read = |row: &Row| {
            json::read(&row.text(0)?)
                .map_err(|error| StoreError::Corrupt { table: "passkeys", cause: error.to_string() })
        };
        rows.first().map(read).transpose()
    }

    fn use_passkey(
        &self,
        counter: u32,
        challenge: &str,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<SubjectReply, StoreError> {
        let refused = Ok(SubjectReply::Done { done: false });
        let Some(passkey) = self.passkey()?.filter(|passkey| passkey.counts(counter)) else { return refused };
        let now = now.timestamp_millis();
        self.sql.query("DELETE FROM challenges WHERE until_ms <= ?", &[now.into()])?;
        let sql = "INSERT OR IGNORE INTO challenges (challenge, until_ms) VALUES (?, ?) RETURNING 1";
        if self.sql.query(sql, &[challenge.into(), until.timestamp_millis().into()])?.is_empty() {
            return refused;
        }
        let json = json::value(&Passkey { counter, ..passkey }).to_string();
        self.sql.query("UPDATE passkeys SET json = ?, used_ms = ?", &[json.into(), now.into()])?;
        Ok(SubjectReply::Done { done: true })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::native::Sqlite;

    fn store() -> SubjectStore<Sqlite> {
        SubjectStore::open(Sqlite::in_memory().unwrap()).unwrap()
    }

    fn now() -> DateTime<Utc> {
        "2026-03-02T10:00:00Z".parse().unwrap()
    }

    fn done(store: &SubjectStore<Sqlite>, request: SubjectRequest) -> bool {
        store.answer(request, now()) == Ok(SubjectReply::Done { done: true })
    }

    fn timelines(store: &SubjectStore<Sqlite>) -> (Vec<ObjectId>, Option<ObjectId>) {
        match store.answer(SubjectRequest::Timelines, now()).unwrap() {
            SubjectReply::Timelines { all, shown } => (all, shown),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_first_timeline_is_shown_until_another_is_chosen_or_it_is_removed() {
        let store = store();
        let [one, two, three] = ["u-1", "u-2", "u-3"].map(ObjectId::from);
        assert_eq!(timelines(&store), (vec![], None));
        for object in [&one, &two, &one] {
            assert!(done(&store, SubjectRequest::Add { object: object.clone() }));
        }
        assert_eq!(timelines(&store), (vec![one.clone(), two.clone()], Some(one.clone())));
        assert!(done(&store, SubjectRequest::Show { object: two.clone() }));
        assert!(!done(&store, SubjectRequest::Show { object: three.clone() }), "not theirs");
        assert_eq!(timelines(&store).1, Some(two.clone()));
        assert!(done(&store, SubjectRequest::Remove { object: two.clone() }));
        assert!(!done(&store, SubjectRequest::Remove { object: two }));
        assert_eq!(timelines(&store), (vec![one.clone()], Some(one)));
    }

    #[test]
    fn requests_that_come_together_find_the_same_first_timeline() {
        let store = store();
        let first =
            |name: &str| store.answer(SubjectRequest::AddFirst { object: ObjectId::from(name) }, now()).unwrap();
        let one = ObjectId::from("u-1");
        let expected = SubjectReply::Timelines { all: vec![one.clone()], shown: Some(one) };
        assert_eq!((first("u-1"), first("u-2")), (expected.clone(), expected));
    }

    #[test]
    fn there_is_a_bound_on_timelines() {
        let store = store();
        let add =
            |number: u64| done(&store, SubjectRequest::Add { object: ObjectId::from(format!("u-{number}").as_str()) });
        assert!((0..TIMELINES).all(add));
        assert!(!add(TIMELINES));
        assert!(add(0), "it is there");
    }

    #[test]
    fn a_passkey_signs_each_challenge_once_and_counts_up() {
        let store = store();
        let passkey = Passkey { id: "id".to_owned(), key: "key".to_owned(), algorithm: -7, counter: 5 };
        let add = |passkey: &Passkey| done(&store, SubjectRequest::AddPasskey { passkey: passkey.clone() });
        assert!(add(&passkey));
        assert!(!add(&Passkey { key: "other".to_owned(), ..passkey.clone() }), "a key is not replaced");
        assert!(!add(&Passkey { id: "another".to_owned(), ..passkey.clone() }), "there is one");
        let used = |counter, challenge: &str| {
            let until = now() + TimeDelta::minutes(5);
            done(&store, SubjectRequest::UsePasskey { counter, challenge: challenge.to_owned(), until })
        };
        assert!(used(6, "one"));
        assert!(!used(7, "one"), "the challenge was used");
        assert!(!used(6, "two"), "it was used so often before");
        assert!(used(8, "two"));
        let found = store.answer(SubjectRequest::Passkey, now());
        assert_eq!(found, Ok(SubjectReply::Passkey { passkey: Some(Passkey { counter: 8, ..passkey }) }));
    }
}
