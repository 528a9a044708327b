//! Deleting old rows of the past and making them again.

use chrono::{DateTime, TimeDelta, Utc};
use flux_timeline::{ReadHistory, Session};

use super::past::{agree_at, eventful};
use super::random::{Chance, step};
use super::said;
use crate::store::{PAST, Row, Sql, Store, StoreError};

/// The rows that are deleted or made again at once.
const SLICE: u64 = 30;

fn rows<S: Sql>(store: &Store<S>) -> Result<Vec<Row>, String> {
    let sql = "SELECT id, handle, plan, start_ms, end_ms, state, digest, since, until, json FROM past_blocks
               ORDER BY id, until";
    said(store.sql().query(sql, &[]).map_err(StoreError::from))
}

fn count<S: Sql>(store: &Store<S>, sql: &str) -> Result<u64, String> {
    let rows = said(store.sql().query(sql, &[]).map_err(StoreError::from))?;
    said(rows.first().map_or(Ok(0), |row| row.count(0)).map_err(StoreError::from))
}

fn is_planned<S: Sql>(store: &Store<S>) -> Result<bool, String> {
    Ok(said(store.jobs())?.iter().any(|job| job.kind == PAST))
}

/// Deletes the rows that ended by event `seq`. Returns the moment at which that happens.
fn delete<S: Sql>(store: &Store<S>, session: &Session, seq: u64) -> Result<DateTime<Utc>, String> {
    let at = session.log().iter().rfind(|event| event.seq <= seq).map(|event| event.at);
    let now = at.unwrap_or_default() + TimeDelta::days(90);
    // As if nobody had looked for a day.
    said(
        store
            .sql()
            .query("UPDATE computed SET past_looked_ms = NULL, past_wanted = NULL", &[])
            .map_err(StoreError::from),
    )?;
    said(store.tidy_within(now, SLICE))?;
    while is_planned(store)? {
        said(store.tidy_within(now, SLICE))?;
    }
    Ok(now)
}

/// Looks at an event as a client does, which asks again until the rows are there.
fn look<S: Sql>(store: &Store<S>, seq: u64, now: DateTime<Utc>) -> Result<u64, String> {
    let mut times = 0;
    while let Err(error) = store.look_within(seq, now, SLICE) {
        check!(matches!(error, StoreError::Preparing { .. }), "{error}");
        check!(is_planned(store)?, "nothing goes on with it");
        let early = store.differences(seq);
        check!(matches!(early, Err(StoreError::Preparing { .. })), "the past is read before it is complete: {early:?}");
        said(store.tidy_within(now, SLICE))?;
        times += 1;
    }
    check!(is_planned(store)?, "nothing deletes the rows later");
    Ok(times)
}

pub(super) fn rows_are_made_again<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let mut twins = eventful(sql)?;
    let mut chance = Chance(0x0F1E_2D3C_4B5A_6978);
    let (mut deleted, mut waited) = (0, 0);
    for round in 0..12 {
        let last = said(twins.store.last_seq())?;
        let before = count(&twins.store, "SELECT count(*) FROM past_blocks")?;
        let now = delete(&twins.store, &twins.session, chance.below(last + 1))?;
        let horizon = count(&twins.store, "SELECT past_from FROM computed")?;
        let old = count(&twins.store, &format!("SELECT count(*) FROM past_blocks WHERE until <= {horizon}"))?;
        check!(old == 0, "{old} rows that ended by {horizon} are left");
        deleted += before - count(&twins.store, "SELECT count(*) FROM past_blocks")?;
        for _ in 0..3 {
            let seq = chance.below(last + 1);
            if seq >= count(&twins.store, "SELECT past_from FROM computed")? {
                agree_at(&twins.store, &twins.session, seq)?;
                continue;
            }
            waited += look(&twins.store, seq, now)?;
            agree_at(&twins.store, &twins.session, seq)?;
        }
        if round % 3 == 2 {
            if count(&twins.store, "SELECT past_from FROM computed")? > 0 {
                look(&twins.store, 0, now)?;
            }
            let made = rows(&twins.store)?;
            said(twins.store.sql().query("UPDATE computed SET version = 0", &[]).map_err(StoreError::from))?;
            while said(twins.store.rebuild())?.is_some() {
                said(twins.store.rebuild_slice(1_000))?;
            }
            let computed = rows(&twins.store)?;
            check!(made == computed, "after {round} rounds, {made:?} are made again, {computed:?} are computed");
        }
        for _ in 0..10 {
            step(&mut twins, &mut chance)?;
        }
    }
    check!(deleted > 250 && waited > 10, "only {deleted} rows were deleted, and looks waited only {waited} times");
    Ok(())
}
