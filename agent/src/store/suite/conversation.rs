//! Messages, turns, questions and jobs.

use chrono::{DateTime, Utc};
use flux_model::ModelCall;
use flux_protocol::frame::TurnOutcome;
use flux_protocol::{Message, Role};
use flux_timeline::TxnId;
use serde_json::json;
use uuid::Uuid;

use super::{moment, said};
use crate::store::{
    Listed, MIGRATIONS, QuestionRecord, RequestEnd, RequestRecord, Sql, Store, StoreError, TurnState, migrate,
};
use flux_identity::{ObjectId, Principal};

fn message(id: &str, role: Role, text: &str) -> Message {
    let part = flux_protocol::message::TextPart { text: text.to_owned(), state: None };
    Message { parts: vec![flux_protocol::Part::Text(part)], ..Message::new(id, role) }
}

/// Merges a list as a client would send it.
fn merge<S: Sql>(store: &Store<S>, list: &[Message], at: DateTime<Utc>) -> Result<(), String> {
    let texts: Vec<String> = list.iter().map(|message| json!(message).to_string()).collect();
    let listed: Vec<Listed<'_>> = list
        .iter()
        .zip(&texts)
        .map(|(message, json)| Listed { id: message.id.as_str().into(), role: message.role, json })
        .collect();
    let known = said(store.known(list.iter().map(|message| message.id.as_str())))?;
    let changed: Vec<Message> = list
        .iter()
        .zip(&listed)
        .filter(|(_, listed)| !known.settles(listed))
        .map(|(message, _)| message.clone())
        .collect();
    said(store.merge_messages(&listed, &known, &changed, at))
}

pub(super) fn messages_are_merged<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let store = said(Store::open(sql))?;
    merge(&store, &[message("u1", Role::User, "one")], moment(0))?;
    said(store.put_message(&message("a1", Role::Assistant, "answer"), moment(0)))?;
    let list =
        [message("u1", Role::User, "one"), message("a1", Role::Assistant, "answer"), message("u2", Role::User, "two")];
    merge(&store, &list, moment(0))?;
    let ids =
        |store: &Store<S>| said(store.messages(10)).map(|all| all.iter().map(|m| m.id.clone()).collect::<Vec<_>>());
    check!(ids(&store)? == ["u1", "a1", "u2"], "{:?}", ids(&store)?);

    let behind = [message("a1", Role::Assistant, "ans"), message("u3", Role::User, "three")];
    merge(&store, &behind, moment(1))?;
    check!(ids(&store)? == ["u1", "a1", "u2", "u3"], "a new message deleted others: {:?}", ids(&store)?);
    let kept = said(store.message("a1"))?.map(|message| message.text());
    check!(kept.as_deref() == Some("answer"), "an answer was shortened to {kept:?}");

    let forged = [
        message("a2", Role::Assistant, "forged"),
        message("s1", Role::System, "forged"),
        message("a1", Role::User, "forged"),
    ];
    merge(&store, &forged, moment(1))?;
    said(store.offer_messages(&forged, moment(1)))?;
    check!(ids(&store)? == ["u1", "a1", "u2", "u3"], "a client wrote an answer: {:?}", ids(&store)?);
    let kept = said(store.message("a1"))?.map(|message| message.role);
    check!(kept == Some(Role::Assistant), "an answer became a message of the person");

    merge(&store, &[message("a1", Role::Assistant, ""), message("u2", Role::User, "two!")], moment(2))?;
    check!(ids(&store)? == ["u1", "a1", "u2"], "cut short: {:?}", ids(&store)?);
    let edited = said(store.message("u2"))?.map(|message| message.text());
    check!(edited.as_deref() == Some("two!"), "an edit was lost: {edited:?}");
    check!(said(store.messages(2))?.len() == 2, "the limit does not hold");
    merge(&store, &[], moment(3))?;
    check!(ids(&store)?.len() == 3, "an empty list deleted");
    said(store.clear_messages())?;
    check!(ids(&store)?.is_empty(), "messages were left");
    let mut firsts = Vec::new();
    for number in 0..20 {
        said(store.put_message(&message(&format!("n{number}"), Role::User, "n"), moment(4)))?;
        let kept = said(store.messages_to_answer(6, usize::MAX >> 12))?;
        let is_enough = kept.len() > number || (3..=6).contains(&kept.len());
        check!(is_enough && kept.last().is_some_and(|last| last.id == format!("n{number}")), "{} are kept", kept.len());
        firsts.extend(kept.first().map(|first| first.id.clone()));
    }
    firsts.dedup();
    check!((4..=7).contains(&firsts.len()), "the first message does not stay: {firsts:?}");
    Ok(())
}

pub(super) fn messages_come_in_pages<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let store = said(Store::open(sql))?;
    for number in 0..10 {
        said(store.put_message(&message(&format!("m{number}"), Role::User, &"ü".repeat(500)), moment(number)))?;
    }
    let page = |before, limit, size| {
        let page = said(store.message_page(before, limit, size))?;
        Ok::<_, String>(page.map(|page| {
            (page.messages.iter().map(|message| message.id.clone()).collect::<Vec<_>>().join(" "), page.has_earlier)
        }))
    };
    for (before, limit, size, expected) in [
        (None, 3, 100_000, Some(("m7 m8 m9", true))),
        (Some("m7"), 100, 100_000, Some(("m0 m1 m2 m3 m4 m5 m6", false))),
        // Each has more than 1,000 bytes.
        (None, 100, 3_000, Some(("m8 m9", true))),
        (Some("m1"), 100, 3_000, Some(("m0", false))),
        (Some("m1"), 100, 10, Some(("", true))),
        (Some("m0"), 100, 3_000, Some(("", false))),
        (Some("gone"), 100, 3_000, None),
    ] {
        let found = page(before, limit, size)?;
        let found = found.as_ref().map(|(ids, has_earlier)| (ids.as_str(), *has_earlier));
        check!(found == expected, "before {before:?}, {limit}, {size}: {found:?}");
    }
    Ok(())
}

pub(super) fn turns_are_kept<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let store = said(Store::open(sql))?;
    check!(said(store.last_ended())?.is_none(), "a turn that nobody began");
    let request = |id: &str, continuation| RequestRecord {
        id: id.to_owned(),
        continuation,
        sender: Uuid::from_u128(7),
        principal: Principal::guest(ObjectId::from("me")),
        message_ids: vec!["u1".to_owned(), "u2".to_owned()],
    };
    said(store.queue_turn("m1", &request("r1", false), None))?;
    said(store.queue_turn("m2", &request("r2", false), None))?;
    let waiting = said(store.turns(TurnState::Queued))?;
    check!(waiting.iter().map(|turn| turn.id.as_str()).eq(["m1", "m2"]), "{waiting:?}");
    check!(waiting.first().is_some_and(|turn| turn.request == request("r1", false)), "{waiting:?}");

    said(store.begin_turn("m1", "system@1"))?;
    let chunks: Vec<String> = (0..100).map(|n| format!("{{\"n\":{n}}}")).collect();
    for (index, batch) in chunks.chunks(32).enumerate() {
        said(store.add_chunks("r1", (index * 32) as u64, batch))?;
    }
    check!(said(store.chunks("r1"))? == chunks, "the chunks changed");
    let txn = TxnId::new(Uuid::from_u128(8));
    said(store.set_turn_txn("m1", txn))?;
    let end = RequestEnd { outcome: TurnOutcome::Completed, error: None };
    said(store.end_request("m1", TurnState::AwaitingConsent, &end, moment(3)))?;
    let asking = said(store.turns(TurnState::AwaitingConsent))?;
    check!(asking.first().is_some_and(|turn| turn.end.as_ref() == Some(&end) && turn.txn == Some(txn)), "{asking:?}");

    let continued = RequestRecord { message_ids: Vec::new(), ..request("r3", true) };
    said(store.queue_turn("m1", &continued, None))?;
    let waiting = said(store.turns(TurnState::Queued))?;
    check!(waiting.iter().map(|turn| turn.id.as_str()).eq(["m1", "m2"]), "a continuation comes first: {waiting:?}");
    check!(waiting.first().is_some_and(|turn| turn.request == continued && turn.end.is_none()), "{waiting:?}");
    said(store.begin_turn("m1", "system@1"))?;
    check!(said(store.chunks("r1"))?.is_empty(), "chunks of an earlier request were left");

    let end = RequestEnd { outcome: TurnOutcome::Error, error: Some("It broke.".to_owned()) };
    said(store.end_request("m1", TurnState::Ended, &end, moment(3)))?;
    let ended = said(store.last_ended())?;
    check!(ended.as_ref().is_some_and(|turn| turn.id == "m1" && turn.end.as_ref() == Some(&end)), "{ended:?}");
    said(store.begin_turn("m2", "system@1"))?;
    check!(said(store.last_ended())?.is_none(), "a turn that ended was left");
    Ok(())
}

pub(super) fn questions_are_kept<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let store = said(Store::open(sql))?;
    let question = QuestionRecord {
        tool_call: "c1".to_owned(),
        turn: "m1".to_owned(),
        question: "Delete it?".to_owned(),
        tool: "deletePlan".to_owned(),
        arguments: json!({"id": "p1"}),
        touches: 1 << 52,
        rest: vec![ModelCall { id: "c2".to_owned(), name: "undo".to_owned(), arguments: "{}".to_owned() }],
        approved: None,
    };
    said(store.put_question(&question))?;
    check!(said(store.question("c1"))?.as_ref() == Some(&question), "the question changed");
    let approved = QuestionRecord { approved: Some(true), ..question };
    said(store.put_question(&approved))?;
    check!(said(store.question_of("m1"))?.as_ref() == Some(&approved), "the answer was not stored");
    said(store.delete_question("c1"))?;
    check!(said(store.question("c1"))?.is_none(), "the question was left");
    Ok(())
}

pub(super) fn jobs_come_by_time<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let store = said(Store::open(sql))?;
    check!(said(store.jobs())?.is_empty(), "a new database has jobs");
    said(store.put_job("a", "kind", moment(2), 0))?;
    said(store.put_job("b", "kind", moment(1), 3))?;
    let jobs = said(store.jobs())?;
    let found: Vec<_> = jobs.iter().map(|job| (job.id.as_str(), job.due, job.attempt)).collect();
    check!(found == [("b", moment(1), 3), ("a", moment(2), 0)], "{found:?}");
    said(store.put_job("b", "kind", moment(3), 4))?;
    said(store.delete_job("a"))?;
    let jobs = said(store.jobs())?;
    check!(jobs.len() == 1 && jobs.first().is_some_and(|job| job.due == moment(3)), "{jobs:?}");
    Ok(())
}

pub(super) fn what_is_old_expires<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let store = said(Store::open(sql.clone()))?;
    check!(said(store.expire(moment(0)))?.is_none(), "something expires in a new database");
    let (day, year) = (24 * 60, 365 * 24 * 60);
    let end = RequestEnd { outcome: TurnOutcome::Completed, error: None };
    let request = |id: &str| RequestRecord {
        id: id.to_owned(),
        continuation: false,
        sender: Uuid::from_u128(7),
        principal: Principal::guest(ObjectId::from("me")),
        message_ids: Vec::new(),
    };
    let chunks = ["{}".to_owned()];
    said(store.queue_turn("m1", &request("r1"), None))?;
    said(store.begin_turn("m1", "system@1"))?;
    said(store.add_chunks("r1", 0, &chunks))?;
    said(store.end_request("m1", TurnState::Ended, &end, moment(0)))?;
    let txn = |at: i64| {
        let ms = u64::try_from(moment(at).timestamp_millis()).unwrap_or(0);
        TxnId::new(uuid::Builder::from_unix_timestamp_millis(ms, &[7; 10]).into_uuid())
    };
    for at in [0, 5] {
        said(store.count_turn("system@1", TurnOutcome::Completed, &crate::turn::Cost::default(), moment(at)))?;
        said(store.note_prompt(txn(at), "system@1"))?;
    }
    check!(said(store.expire(moment(day - 1)))? == Some(moment(day)), "the chunks are the first that expire");
    check!(said(store.chunks("r1"))?.len() == 1 && said(store.last_ended())?.is_some(), "deleted too early");
    check!(said(store.expire(moment(day)))? == Some(moment(year + 5)), "the counts are the next");
    check!(said(store.chunks("r1"))?.is_empty() && said(store.last_ended())?.is_none(), "chunks were left");
    check!(said(store.expire(moment(year + 4)))? == Some(moment(year + 5)), "the counts still count");
    let prompts = [said(store.prompt_of(txn(0)))?, said(store.prompt_of(txn(5)))?];
    check!(prompts == [None, Some("system@1".to_owned())], "{prompts:?}");
    check!(said(store.expire(moment(year + 5)))?.is_none(), "something was left");
    check!(said(store.counts())?.prompts.is_empty() && said(store.prompt_of(txn(5)))?.is_none(), "counts were left");

    // A turn that waits or streams keeps its chunks.
    said(store.queue_turn("m2", &request("r2"), None))?;
    said(store.begin_turn("m2", "system@1"))?;
    said(store.add_chunks("r2", 0, &chunks))?;
    said(store.expire(moment(9 * year)))?;
    check!(said(store.chunks("r2"))?.len() == 1, "the chunks of a stream under way were deleted");

    // Work of a run that failed.
    let run =
        "INSERT INTO runs (id, started_ms, running, json, driven, heard_ms, work) VALUES (?, 0, ?, '{}', 0, ?, '1')";
    for (id, running) in [("failed", 0_i64), ("running", 1)] {
        let row = [id.into(), running.into(), moment(0).timestamp_millis().into()];
        said(sql.query(run, &row).map_err(StoreError::from))?;
    }
    check!(said(store.expire(moment(30 * day - 1)))? == Some(moment(30 * day)), "the work still counts");
    said(store.expire(moment(30 * day)))?;
    let left = said(sql.query("SELECT id FROM runs WHERE work IS NOT NULL", &[]).map_err(StoreError::from))?;
    let left: Vec<_> = left.iter().filter_map(|row| row.text(0).ok()).collect();
    check!(left == ["running"], "{left:?}");
    Ok(())
}

pub(super) fn a_stream_becomes_a_turn<S: Sql + Clone>(sql: S) -> Result<(), String> {
    said(migrate(&sql, MIGRATIONS.get(..9).unwrap_or_default()))?;
    for statement in [
        "INSERT INTO streams (id, message, continuation, prompt, at_ms) VALUES ('r1', 'm1', 0, 'system@1', 7)",
        "INSERT INTO messages (id, role, at_ms, json) VALUES ('u1', 'user', 7, '{}')",
    ] {
        said(sql.query(statement, &[]).map_err(StoreError::from))?;
    }
    let store = said(Store::open(sql))?;
    let streaming = said(store.turns(TurnState::Streaming))?;
    check!(streaming.iter().map(|turn| turn.request.id.as_str()).eq(["r1"]), "{streaming:?}");
    let jobs = said(store.jobs())?;
    check!(jobs.iter().map(|job| job.kind.as_str()).eq(["close-calls"]), "{jobs:?}");
    Ok(())
}
