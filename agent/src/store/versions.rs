//! What repeats, and goals, as rows. Each version of one is kept, so it can be read as it was at any moment of the past.

use flux_timeline::event::GoalChange;
use flux_timeline::{Goal, RunId, Series, SeriesId};
use serde::Serialize;

use super::{Row, Sql, Store, StoreError, Value, json, parse};

/// Something of which each version is a row.
trait Versioned: Serialize + Sized {
    /// The table, as statements name it.
    const TABLE: &'static str;

    /// Its id.
    fn id(&self) -> String;

    /// Reads it from a row.
    fn read(row: &Row) -> Result<Self, StoreError>;
}

impl Versioned for Series {
    const TABLE: &'static str = "[series]";

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        parse("series", &row.text(0)?)
    }
}

impl Versioned for Goal {
    const TABLE: &'static str = "[goals]";

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        parse("goals", &row.text(0)?)
    }
}

impl<S: Sql> Store<S> {
    /// All that there are, by id.
    fn versions<T: Versioned>(&self, condition: &str, params: &[Value]) -> Result<Vec<T>, StoreError> {
        let sql = format!("SELECT json FROM {} WHERE {condition} ORDER BY id", T::TABLE);
        self.query(&sql, params)?.iter().map(T::read).collect()
    }

    fn versions_now<T: Versioned>(&self) -> Result<Vec<T>, StoreError> {
        self.versions("until IS NULL", &[])
    }

    fn version<T: Versioned>(&self, id: String) -> Result<Option<T>, StoreError> {
        Ok(self.versions("id = ? AND until IS NULL", &[id.into()])?.pop())
    }

    fn versions_at<T: Versioned>(&self, seq: u64) -> Result<Vec<T>, StoreError> {
        self.versions("since <= ?1 AND (until IS NULL OR until > ?1)", &[seq.into()])
    }

    /// Stores one that is new or brought back with event `seq`.
    fn put_version<T: Versioned>(&self, seq: u64, version: &T) -> Result<(), StoreError> {
        let sql = format!("INSERT INTO {} (id, since, json) VALUES (?, ?, ?)", T::TABLE);
        self.execute(&sql, &[version.id().into(), seq.into(), json(T::TABLE, version)?])
    }

    /// Ends one with event `seq`.
    fn end_version<T: Versioned>(&self, seq: u64, id: String) -> Result<(), StoreError> {
        let sql = format!("UPDATE {} SET until = ? WHERE id = ? AND until IS NULL", T::TABLE);
        self.execute(&sql, &[seq.into(), id.into()])
    }

    /// Replaces one with event `seq`.
    fn replace_version<T: Versioned>(&self, seq: u64, version: &T) -> Result<(), StoreError> {
        self.end_version::<T>(seq, version.id())?;
        self.put_version(seq, version)
    }
}

impl<S: Sql> Store<S> {
    pub(super) fn series_now(&self) -> Result<Vec<Series>, StoreError> {
        self.versions_now()
    }

    pub(super) fn series_of(&self, id: SeriesId) -> Result<Option<Series>, StoreError> {
        self.version(id.to_string())
    }

    pub(super) fn past_series(&self, seq: u64) -> Result<Vec<Series>, StoreError> {
        self.versions_at(seq)
    }

    /// Stores a series that is new or brought back with event `seq`.
    pub(super) fn put_series(&self, seq: u64, series: &Series) -> Result<(), StoreError> {
        self.put_version(seq, series)
    }

    /// Changes a series with event `seq`, if it exists.
    pub(super) fn change_series(&self, seq: u64, after: &Series) -> Result<(), StoreError> {
        if self.series_of(after.id)?.is_some() { self.replace_version(seq, after) } else { Ok(()) }
    }

    /// Ends a series with event `seq`.
    pub(super) fn end_series(&self, seq: u64, id: SeriesId) -> Result<(), StoreError> {
        self.end_version::<Series>(seq, id.to_string())
    }

    pub(super) fn goals_now(&self) -> Result<Vec<Goal>, StoreError> {
        self.versions_now()
    }

    pub(super) fn goal_of(&self, id: RunId) -> Result<Option<Goal>, StoreError> {
        self.version(id.to_string())
    }

    pub(super) fn past_goals(&self, seq: u64) -> Result<Vec<Goal>, StoreError> {
        self.versions_at(seq)
    }

    /// Stores a goal that is new or brought back with event `seq`.
    pub(super) fn put_goal(&self, seq: u64, goal: &Goal) -> Result<(), StoreError> {
        self.put_version(seq, goal)
    }

    /// Changes a goal with event `seq`, if it exists.
    pub(super) fn change_goal(&self, seq: u64, change: &GoalChange) -> Result<(), StoreError> {
        match self.goal_of(change.goal)? {
            Some(goal) => self.replace_version(seq, &Goal { state: change.after.clone(), ..goal }),
            None => Ok(()),
        }
    }

    /// Deletes a goal with event `seq`.
    pub(super) fn end_goal(&self, seq: u64, id: RunId) -> Result<(), StoreError> {
        self.end_version::<Goal>(seq, id.to_string())
    }
}
