//! What repeats, as rows. Each version of a series is kept, so the series at any moment of the past can be read.

use flux_timeline::{Series, SeriesId};

use super::{Row, Sql, Store, StoreError, Value, json, parse};

impl<S: Sql> Store<S> {
    pub(super) fn series_now(&self) -> Result<Vec<Series>, StoreError> {
        let sql = "SELECT json FROM [series] WHERE until IS NULL ORDER BY id";
        self.query(sql, &[])?.iter().map(series).collect()
    }

    pub(super) fn series_of(&self, id: SeriesId) -> Result<Option<Series>, StoreError> {
        let sql = "SELECT json FROM [series] WHERE id = ? AND until IS NULL";
        self.query(sql, &[id.to_string().into()])?.first().map(series).transpose()
    }

    pub(super) fn past_series(&self, seq: u64) -> Result<Vec<Series>, StoreError> {
        let sql = "SELECT json FROM [series] WHERE since <= ?1 AND (until IS NULL OR until > ?1) ORDER BY id";
        self.query(sql, &[seq.into()])?.iter().map(series).collect()
    }

    /// Stores a series that is new or brought back with event `seq`.
    pub(super) fn put_series(&self, seq: u64, series: &Series) -> Result<(), StoreError> {
        let sql = "INSERT INTO [series] (id, since, json) VALUES (?, ?, ?)";
        self.execute(sql, &[series.id.to_string().into(), seq.into(), json("series", series)?])
    }

    /// Changes a series with event `seq`, if it exists.
    pub(super) fn change_series(&self, seq: u64, after: &Series) -> Result<(), StoreError> {
        if self.series_of(after.id)?.is_none() {
            return Ok(());
        }
        self.end_series(seq, after.id)?;
        self.put_series(seq, after)
    }

    /// Ends a series with event `seq`.
    pub(super) fn end_series(&self, seq: u64, id: SeriesId) -> Result<(), StoreError> {
        let params: [Value; 2] = [seq.into(), id.to_string().into()];
        self.execute("UPDATE [series] SET until = ? WHERE id = ? AND until IS NULL", &params)
    }
}

fn series(row: &Row) -> Result<Series, StoreError> {
    parse("series", &row.text(0)?)
}
