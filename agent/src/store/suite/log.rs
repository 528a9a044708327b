//! Reading the log by kind, actor and time, and its order.

use chrono::TimeDelta;
use flux_timeline::{Event, EventId, Kind};

use super::past::eventful;
use super::random::{Chance, step};
use super::{Twins, moment, said};
use crate::json;
use crate::store::{EventQuery, Sql, StoreError, Transaction};

/// Filters find what is in memory, in groups that are counted and after them.
pub(super) fn filters_find_events<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let mut twins = eventful(sql)?;
    let mut chance = Chance(7);
    for _ in 0..400 {
        step(&mut twins, &mut chance)?;
    }
    let log = twins.session.log();
    let last = log.last().map_or(0, |event| event.seq);
    check!(last > 520, "only {last} events");
    let (some, many) = (last / 3, last - 20);
    let at = |seq: u64| log.iter().find(|event| event.seq == seq).map(|event| event.at);
    let bounds = [
        EventQuery::default(),
        EventQuery { after: Some(some), before: Some(many), ..EventQuery::default() },
        EventQuery { from: at(some), until: at(many), ..EventQuery::default() },
        EventQuery { from: at(many), ..EventQuery::default() },
    ];
    let mut kinds: Vec<_> = log.iter().map(|event| event.kind.name()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let (mut found, mut empty) = (0, 0);
    for bound in bounds {
        for (name, actor) in kinds.iter().map(|kind| Some(*kind)).chain([None]).flat_map(|kind| {
            [None, Some("user"), Some("assistant"), Some("workflow"), Some("system")].map(|actor| (kind, actor))
        }) {
            for (newest_first, limit) in [(false, 7), (true, 7), (true, 10_000)] {
                let query = EventQuery {
                    name: name.map(str::to_owned),
                    actor: actor.map(str::to_owned),
                    newest_first,
                    limit,
                    ..bound.clone()
                };
                let rows = said(twins.store.events(&query))?;
                let expected = in_memory(log, &query);
                check!(rows == expected, "{query:?} finds {} events and not {}", rows.len(), expected.len());
                if rows.is_empty() { empty += 1 } else { found += 1 }
            }
        }
    }
    check!(found > 100 && empty > 100, "{found} queries found something, {empty} nothing");
    counts_agree(&twins)
}

fn in_memory(log: &[Event], query: &EventQuery) -> Vec<Event> {
    let matches = |event: &&Event| {
        query.after.is_none_or(|after| event.seq > after)
            && query.before.is_none_or(|before| event.seq < before)
            && query.from.is_none_or(|from| event.at >= from)
            && query.until.is_none_or(|until| event.at < until)
            && query.name.as_ref().is_none_or(|name| event.kind.name() == name)
            && query.actor.as_ref().is_none_or(|actor| json::value(&event.actor)["by"] == actor.as_str())
    };
    let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
    if query.newest_first {
        log.iter().rev().filter(matches).take(limit).cloned().collect()
    } else {
        log.iter().filter(matches).take(limit).cloned().collect()
    }
}

fn counts_agree<S: Sql + Clone>(twins: &Twins<S>) -> Result<(), String> {
    let counts = said(twins.store.counts())?;
    for event in twins.session.log() {
        let name = event.kind.name();
        let expected = twins.session.log().iter().filter(|other| other.kind.name() == name).count();
        let counted = counts.by_type.get(name).copied().unwrap_or(0);
        check!(counted == expected as u64, "{counted} and not {expected} events {name}");
    }
    check!(counts.by_actor.values().sum::<u64>() == counts.events, "{counts:?}");
    Ok(())
}

/// A clock that is set back does not set the log back.
pub(super) fn time_does_not_go_back<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let mut twins = Twins::new(sql)?;
    twins.schedule("Workout", Kind::Task, 0, 60)?;
    let Some(last) = twins.session.log().last().cloned() else { return Err("no events".to_owned()) };
    let early = Transaction {
        id: flux_timeline::TxnId::new(twins.id()),
        at: last.at - TimeDelta::hours(1),
        actor: last.actor.clone(),
        kinds: vec![last.kind.inverse().ok_or("an event that cannot be undone")?],
    };
    let id = twins.id();
    let events = said(twins.store.sql_transaction(|store| store.append(early, || EventId::new(id))))?;
    check!(events.iter().all(|event| event.at == last.at), "{events:?} are before {}", last.at);
    check!(said(twins.store.seq_at(last.at))? == last.seq + 1, "the last event is not the last one at its time");
    let none: Result<u64, StoreError> = twins.store.seq_at(moment(-100_000));
    check!(said(none)? == 0, "there is an event before the first one");
    Ok(())
}
