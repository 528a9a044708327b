//! Messages and streams are stored as they were sent.

use flux_protocol::frame::TurnOutcome;
use flux_protocol::{Message, Role};

use super::{moment, said};
use crate::store::{Row, Sql, Store, StoreError, StreamEnd, Value};

fn message(id: &str, role: Role, text: &str) -> Message {
    let part = flux_protocol::message::TextPart { text: text.to_owned(), state: None };
    Message { parts: vec![flux_protocol::Part::Text(part)], ..Message::new(id, role) }
}

pub(super) fn messages_are_merged<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let store = said(Store::open(sql))?;
    let list =
        [message("u1", Role::User, "one"), message("a1", Role::Assistant, "answer"), message("u2", Role::User, "two")];
    said(store.merge_messages(&list, moment(0)))?;
    let ids =
        |store: &Store<S>| said(store.messages(10)).map(|all| all.iter().map(|m| m.id.clone()).collect::<Vec<_>>());
    check!(ids(&store)? == ["u1", "a1", "u2"], "{:?}", ids(&store)?);

    let behind = [message("a1", Role::Assistant, "ans"), message("u3", Role::User, "three")];
    said(store.merge_messages(&behind, moment(1)))?;
    check!(ids(&store)? == ["u1", "a1", "u2", "u3"], "a new message deleted others: {:?}", ids(&store)?);
    let kept = said(store.message("a1"))?.map(|message| message.text());
    check!(kept.as_deref() == Some("answer"), "an answer was shortened to {kept:?}");

    said(store.merge_messages(&[message("a1", Role::Assistant, ""), message("u2", Role::User, "two!")], moment(2)))?;
    check!(ids(&store)? == ["u1", "a1", "u2"], "cut short: {:?}", ids(&store)?);
    let edited = said(store.message("u2"))?.map(|message| message.text());
    check!(edited.as_deref() == Some("two!"), "an edit was lost: {edited:?}");
    check!(said(store.messages(2))?.len() == 2, "the limit does not hold");
    said(store.merge_messages(&[], moment(3)))?;
    check!(ids(&store)?.len() == 3, "an empty list deleted");
    said(store.clear_messages())?;
    check!(ids(&store)?.is_empty(), "messages were left");
    Ok(())
}

pub(super) fn streams_are_kept<S: Sql + Clone>(sql: S) -> Result<(), String> {
    let store = said(Store::open(sql))?;
    check!(said(store.last_stream())?.is_none(), "a stream that nobody began");
    said(store.begin_stream("r1", "m1", false, "system@1", moment(0)))?;
    let chunks: Vec<String> = (0..100).map(|n| format!("{{\"n\":{n}}}")).collect();
    for (index, batch) in chunks.chunks(32).enumerate() {
        said(store.add_chunks("r1", (index * 32) as u64, batch))?;
    }
    check!(said(store.chunks("r1"))? == chunks, "the chunks changed");
    let under_way = said(store.last_stream())?;
    check!(under_way.as_ref().is_some_and(|stream| stream.end.is_none()), "{under_way:?}");
    let end = StreamEnd { outcome: TurnOutcome::Error, error: Some("It broke.".to_owned()) };
    said(store.end_stream("r1", &end))?;
    let ended = said(store.last_stream())?;
    check!(ended.as_ref().is_some_and(|stream| stream.end.as_ref() == Some(&end)), "{ended:?}");
    said(store.begin_stream("r2", "m2", true, "system@1", moment(1)))?;
    check!(said(store.chunks("r1"))?.is_empty(), "chunks of an earlier stream were left");
    check!(said(store.last_stream())?.is_some_and(|stream| stream.continuation), "the continuation is not marked");
    let null = said(store.sql().query("SELECT outcome FROM streams", &[]).map_err(StoreError::from))?;
    check!(null.first().is_some_and(|row| *row == Row::new(vec![Value::Null])), "{null:?}");
    Ok(())
}
