//! A client that reconnects in the middle of a stream gets all of it, once and in order. It is offered the stream, gets no
//! chat frames until it acknowledges, and then gets every chunk from the first.

use flux_protocol::ServerFrame;
use flux_protocol::frame::{ChatResponse, NoResume, TurnOutcome};
use uuid::Uuid;

use crate::agent::ChatAgent;
use crate::host::{Connection, Host};
use crate::store::{StoreError, TurnRecord};
use crate::turn::frames;

impl<H: Host> ChatAgent<H> {
    /// Offers the stream under way to a new connection.
    pub(crate) fn offer_stream(&self, connection: &H::Connection, connection_id: Uuid) {
        let id = self.0.live.borrow().as_ref().map(|live| live.request().to_owned());
        if let Some(id) = id {
            self.resumes(connection_id);
            connection.send(&ServerFrame::CfAgentStreamResuming { id, probe_id: None }.to_text());
        }
    }

    pub(super) fn resume_request(
        &self,
        connection: &H::Connection,
        probe_id: Option<String>,
    ) -> Result<(), StoreError> {
        let connection_id = connection.info().id;
        let streaming =
            self.0.live.borrow().as_ref().map(|live| (live.request().to_owned(), live.turn.request.continuation));
        let frame = match streaming {
            Some((_, true)) if self.continuation_belongs_to_another(connection_id) => {
                ServerFrame::CfAgentStreamResumeNone { reason: Some(NoResume::ContinuationOwned), probe_id }
            }
            Some((id, continuation)) => {
                if continuation {
                    self.own_continuation(connection_id);
                }
                self.resumes(connection_id);
                ServerFrame::CfAgentStreamResuming { id, probe_id }
            }
            None => match (self.scheduled_continuation()?, self.failed_turn()?) {
                (Some(id), _) => {
                    self.own_continuation(connection_id);
                    ServerFrame::CfAgentStreamPending { id: Some(id), probe_id }
                }
                (None, Some(failed)) => ServerFrame::CfAgentStreamResuming { id: failed.request.id, probe_id },
                (None, None) => ServerFrame::CfAgentStreamResumeNone { reason: Some(NoResume::Idle), probe_id },
            },
        };
        connection.send(&frame.to_text());
        Ok(())
    }

    /// Notes that a connection gets no chat frames until it acknowledges.
    fn resumes(&self, connection: Uuid) {
        let mut resuming = self.0.resuming.borrow_mut();
        if !resuming.contains(&connection) {
            resuming.push(connection);
        }
    }

    fn failed_turn(&self) -> Result<Option<TurnRecord>, StoreError> {
        let last = self.0.store.last_ended()?;
        Ok(last.filter(|turn| turn.end.as_ref().is_some_and(|end| end.error.is_some())))
    }

    /// Replays a stream. A second acknowledgement replays it again; clients recognise chunks by their `seq`.
    pub(super) fn resume_ack(&self, connection: &H::Connection, id: &str) -> Result<(), StoreError> {
        self.0.resuming.borrow_mut().retain(|id| *id != connection.info().id);
        let (streaming, frames) = {
            let live = self.0.live.borrow();
            let frames: Vec<ServerFrame> = match live.as_ref().filter(|live| live.request() == id) {
                Some(live) => (0..live.chunks.sent()).filter_map(|index| live.frame(index, true)).collect(),
                None => Vec::new(),
            };
            (live.as_ref().map(|live| (live.request() == id, live.turn.request.continuation)), frames)
        };
        match streaming {
            Some((true, continuation)) => {
                for frame in frames {
                    connection.send(&frame.to_text());
                }
                let complete = ServerFrame::CfAgentUseChatResponse(ChatResponse {
                    id: id.to_owned(),
                    continuation,
                    replay: true,
                    replay_complete: true,
                    ..ChatResponse::default()
                });
                connection.send(&complete.to_text());
                Ok(())
            }
            Some((false, _)) => Ok(()),
            None => self.replay_ended(connection, id),
        }
    }

    /// Replays a stream that has ended, with its final frame. For a stream that is no longer stored, the final frame is empty.
    fn replay_ended(&self, connection: &H::Connection, id: &str) -> Result<(), StoreError> {
        let ended = ChatResponse { id: id.to_owned(), done: true, replay: true, ..ChatResponse::default() };
        let Some(turn) = self.0.store.turn_of_request(id)?.filter(|turn| turn.end.is_some()) else {
            connection.send(&ServerFrame::CfAgentUseChatResponse(ended).to_text());
            return Ok(());
        };
        let continuation = turn.request.continuation;
        for (seq, body) in (0..).zip(self.0.store.chunks(id)?) {
            connection.send(&frames::chunk(&turn.request, seq, body, true).to_text());
        }
        let end = turn.end;
        let error = end.as_ref().and_then(|end| end.error.clone());
        let last = ChatResponse {
            continuation,
            error: error.is_some(),
            body: error.unwrap_or_default(),
            outcome: end.map(|end| end.outcome).filter(|outcome| *outcome != TurnOutcome::Completed),
            ..ended
        };
        connection.send(&ServerFrame::CfAgentUseChatResponse(last).to_text());
        Ok(())
    }
}
