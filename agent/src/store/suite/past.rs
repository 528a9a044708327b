//! The past, as rows.

use std::rc::Rc;

use flux_protocol::frame::BlockPair;
use flux_timeline::timeline::Content;
use flux_timeline::view::BlockDifference;
use flux_timeline::{Block, BlockPlace, BlockQuery, Kind, ReadBlocks, ReadHistory, ReadPlans, ReadRuns, Session, Zone};

use super::random::{Chance, step};
use super::{Twins, moment, said};
use crate::store::{EventQuery, MIGRATIONS, REBUILD_ROWS, Sql, Store, StoreError, migrate};

/// A history with everything in it that there can be.
pub(super) fn eventful<S: Sql + Clone>(sql: S) -> Result<Twins<S>, String> {
    let mut twins = Twins::new(sql)?;
    let mut chance = Chance(0x0123_4567_89AB_CDEF);
    for _ in 0..400 {
        step(&mut twins, &mut chance)?;
    }
    Ok(twins)
}

/// What a client sees of a timeline: not the blocks of deleted plans, and no runs.
fn seen(content: Content) -> Content {
    let Content { settings, plans, active_plan, mut blocks, .. } = content;
    blocks.retain(|block| plans.iter().any(|plan| plan.id == block.plan));
    Content { settings, plans, active_plan, blocks, ..Content::default() }
}

fn agree<S: Sql>(store: &Store<S>, session: &Session) -> Result<(), String> {
    let last = said(store.last_seq())?;
    check!(last > 200, "only {last} events");
    (0..=last).step_by(7).try_for_each(|seq| agree_at(store, session, seq))
}

/// Whether the rows say of the moment after event `seq` what memory says.
pub(super) fn agree_at<S: Sql>(store: &Store<S>, session: &Session, seq: u64) -> Result<(), String> {
    let memory = session.content_at(seq);
    let in_rows = said(store.plans_at(seq))?;
    let Ok(in_memory) = session.plans_at(seq);
    check!(in_rows == in_memory, "after {seq}: {in_rows:?} in rows, {in_memory:?} in memory");
    let series = said(store.series_at(seq))?;
    check!(series == memory.series, "after {seq}: {series:?} in rows, {:?} in memory", memory.series);
    let rows = said(store.differences(seq))?;
    let Ok(differences) = session.differences(seq);
    check!(rows == differences, "since {seq}: {rows:?} in rows, {differences:?} in memory");
    let mut plans: Vec<_> = memory.plans.iter().map(|plan| plan.id).collect();
    plans.extend(said(store.plans())?.iter().map(|plan| plan.id));
    let named = said(store.differences_in(seq, &plans, 1_000))?;
    let pairs = differences.into_iter().filter(|block| plans.contains(&block.plan()));
    let (mut counts, mut expected) = ((0, 0, 0), Vec::new());
    for difference in pairs {
        let (count, then, now) = match difference {
            BlockDifference::Added(now) => (&mut counts.0, None, Some(now)),
            BlockDifference::Removed(then) => (&mut counts.1, Some(then), None),
            BlockDifference::Changed { then, now } => (&mut counts.2, Some(then), Some(now)),
        };
        *count += 1;
        expected.push(BlockPair { then, now });
    }
    let order = |pair: &BlockPair| {
        let block = pair.then.as_ref().or(pair.now.as_ref());
        (pair.then.is_none(), block.map(|block| (BlockPlace::of(block), block.handle)))
    };
    expected.sort_by_key(order);
    check!((named.added, named.removed, named.changed) == counts, "since {seq}: {named:?} and not {counts:?}");
    check!(named.blocks == expected, "since {seq}: {named:?} and not {expected:?}");
    let each = memory.plans.iter().map(|plan| vec![plan.id]);
    let in_use = memory.plans.iter().filter(|plan| plan.is_in_use()).map(|plan| plan.id).collect();
    for plans in each.chain([in_use]) {
        let begin = moment(i64::try_from(seq * 37 % 20_000).unwrap_or_default() - 10_000);
        let (rows, count) = said(store.shown_at(seq, &plans, begin, (3, 5, 30)))?;
        let all = |query: &BlockQuery| -> Vec<Block> {
            let fits = |block: &&Block| plans.contains(&block.plan) && query.matches(block, Zone::UTC);
            memory.blocks.iter().filter(fits).cloned().collect()
        };
        let has_ended = |block: &Block| block.when().is_some_and(|when| when.bounds().1 <= begin);
        let (overdue, later): (Vec<Block>, Vec<Block>) =
            all(&BlockQuery { has_time: Some(true), ..BlockQuery::default() }).into_iter().partition(has_ended);
        let overdue = overdue.into_iter().filter(Block::is_to_do);
        let inbox = all(&BlockQuery::inbox(None));
        let timed = all(&BlockQuery { has_time: Some(true), ..BlockQuery::default() });
        let newest = inbox.len().saturating_sub(3);
        let inbox = inbox.into_iter().skip(newest);
        let expected: Vec<_> = inbox.chain(overdue.take(5)).chain(later).take(30).collect();
        check!(rows == expected, "after {seq}: {rows:?} in rows, {expected:?} in memory");
        check!(count == timed.len() as u64, "after {seq}: {count} and not {} blocks", timed.len());
    }
    Ok(())
}

pub(super) fn agrees_with_memory<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let twins = eventful(sql)?;
    agree(&twins.store, &twins.session)?;
    for event in said(twins.store.events_after(0, 10_000))? {
        let seq = said(twins.store.seq_at(event.at))?;
        check!(seq >= event.seq, "{seq} is the last event at the time of {}", event.seq);
    }
    Ok(())
}

/// Everything that is computed, as text.
fn computed<S: Sql>(store: &Store<S>) -> Result<String, String> {
    let content = said(store.content())?;
    let next = (said(store.undoable())?, said(store.redoable())?, said(store.next_handle())?);
    let counts = content.plans.iter().map(|plan| said(store.plan_counts(plan.id))).collect::<Result<Vec<_>, _>>()?;
    Ok(format!("{:?} {next:?} {counts:?}", seen(content)))
}

/// A store whose projection is complete. Opening computes one slice, and the events may change more rows than that.
fn opened_and_computed<S: Sql + Clone>(sql: S) -> Result<Store<S>, String> {
    let store = said(Store::open(sql))?;
    while said(store.rebuild())?.is_some() {
        said(store.rebuild_slice(REBUILD_ROWS))?;
    }
    Ok(store)
}

pub(super) fn is_computed_anew<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let twins = eventful(sql.clone())?;
    let before = computed(&twins.store)?;
    let counts = said(twins.store.counts())?;
    let runs = said(twins.store.runs(100))?;
    said(sql.query("UPDATE computed SET version = 0", &[]).map_err(StoreError::from))?;
    let store = opened_and_computed(sql)?;
    let after = computed(&store)?;
    check!(after == before, "{after} is computed anew, {before} was there");
    let counted = said(store.counts())?;
    check!(counted == counts, "{counted:?} are counted anew, {counts:?} were");
    check!(said(store.runs(100))? == runs, "runs are others");
    agree(&store, &twins.session)
}

/// A log that is too long to be computed anew at once: it is built a few rows at a time, over several openings of the object.
pub(super) fn is_computed_anew_in_parts<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let twins = eventful(sql.clone())?;
    let run = |statement: &str| said(sql.query(statement, &[]).map_err(StoreError::from));
    for version in 0..2 {
        // Rows of an earlier version, which can be told from new ones.
        run("UPDATE blocks SET json = json_set(json, '$.title', 'Old') WHERE handle % 2 = 0")?;
        let old = computed(&twins.store)?;
        run(&format!("UPDATE computed SET version = {version}"))?;
        let mut parts = 0;
        while let Some(rebuild) = said(twins.store.rebuild())? {
            check!(computed(&twins.store)? == old, "the old rows are not read while there are {rebuild:?}");
            said(twins.store.rebuild_slice(50))?;
            parts += 1;
        }
        check!(parts > 4, "it was done in {parts} parts");
        agree(&twins.store, &twins.session)?;
        let tables = run("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'g[0-9]*'")?;
        check!(tables.is_empty(), "{tables:?} are left");
    }
    // Triggers and indexes are those of the new tables.
    let mut twins = twins;
    twins.schedule("After it", Kind::Task, 40_000, 60)?;
    let is_there = said(twins.store.content())?.blocks.iter().any(|block| block.title.as_str() == "After it");
    check!(is_there, "a block that was added is missing");
    agree(&twins.store, &twins.session)?;
    let counted = said(twins.store.stored_blocks())?;
    check!(counted == twins.session.timeline().stored_blocks(), "{counted} blocks are counted");
    Ok(())
}

pub(super) fn is_there_after_a_migration<S: Sql + Clone>(sql: S) -> Result<(), String> {
    // The log of an eventful life, as the version before wrote it.
    let twins = eventful(sql.clone())?;
    let run = |statement: &str| said(sql.query(statement, &[]).map_err(StoreError::from));
    let columns = "seq, id, at_ms, txn, type, json";
    run(&format!("CREATE TABLE kept AS SELECT {columns} FROM events"))?;
    for table in TABLES {
        run(&format!("DROP TABLE {table}"))?;
    }
    said(migrate(&sql, MIGRATIONS.get(..2).unwrap_or_default()))?;
    run(&format!("INSERT INTO events ({columns}) SELECT {columns} FROM kept"))?;
    // A long log is read for a while before it is computed anew.
    said(migrate(&sql, MIGRATIONS))?;
    let waiting = Store { sql: sql.clone(), prefix: None, is_rebuilding: Rc::default(), head: Rc::default() };
    let (counts, expected) = (said(waiting.counts())?, said(twins.store.counts())?);
    check!(
        (&counts.by_type, &counts.by_actor) == (&expected.by_type, &expected.by_actor),
        "{counts:?} and not {expected:?}"
    );
    let query = EventQuery { actor: Some("user".to_owned()), limit: 1_000, ..EventQuery::default() };
    let found = said(waiting.events(&query))?;
    check!(found == said(twins.store.events(&query))?, "{} events of the person are found before", found.len());
    let store = opened_and_computed(sql)?;
    check!(computed(&store)? == computed(&twins.store)?, "another timeline came of the log");
    agree(&store, &twins.session)
}

/// All that the migrations make.
const TABLES: [&str; 27] = [
    "migrations",
    "events",
    "state",
    "plans",
    "blocks",
    "plan_counts",
    "series",
    "goals",
    "history",
    "messages",
    "turns",
    "traces",
    "reminders",
    "questions",
    "jobs",
    "chunks",
    "runs",
    "past_blocks",
    "past_frames",
    "subjects",
    "event_groups",
    "computed",
    "causes",
    "prompt_counts",
    "prompt_changes",
    "imports",
    "import_texts",
];
