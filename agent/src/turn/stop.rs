//! Stopping: a request is cancelled, or the conversation is cleared. When that is acknowledged, the turn has ended: its future
//! is not polled again.

use flux_protocol::ServerFrame;
use flux_protocol::frame::TurnOutcome;

use super::consent::close_calls;
use super::frames::ended_unanswered;
use super::lifecycle::Ended;
use uuid::Uuid;

use crate::account::may_go_on;
use crate::agent::ChatAgent;
use crate::connections::push::To;
use crate::host::{Connection, Host};
use crate::store::{RequestEnd, StoreError, TurnRecord, TurnState};

impl<H: Host> ChatAgent<H> {
    /// Stops a request, whoever sent it. An unknown id, or that of a request that has ended, is ignored.
    pub(crate) fn cancel(&self, id: &str, connection: &H::Connection) -> Result<(), StoreError> {
        let is_live = self.0.live.borrow().as_ref().is_some_and(|live| live.request() == id);
        if is_live {
            if !self.end(&Ended::Stopped(connection.info().id)) {
                self.start_next();
            }
            return Ok(());
        }
        match self.0.store.turn_of_request(id)?.filter(|turn| turn.state == TurnState::Queued) {
            Some(turn) => self.cancel_queued(&turn),
            None => Ok(()),
        }
    }

    /// Stops what was asked by those who may no longer use the timeline.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn stop_ended(&self) -> Result<(), StoreError> {
        let now = self.0.host.now();
        self.cancel_ended(&mut self.0.store.turns(TurnState::Queued)?)?;
        let live = self.0.live.borrow().as_ref().map(|live| live.turn.request.principal.clone());
        let is_over = live.map_or(Ok(false), |principal| may_go_on(&self.0.store, &principal, now).map(|may| !may))?;
        if is_over {
            self.stop_live();
        }
        Ok(())
    }

    /// Stops the turn that is under way. No connection has asked for it.
    pub(crate) fn stop_live(&self) {
        if !self.end(&Ended::Stopped(Uuid::nil())) {
            self.start_next();
        }
    }

    /// Cancels requests that wait of those who may no longer use the timeline, and removes them from the list.
    pub(super) fn cancel_ended(&self, open: &mut Vec<TurnRecord>) -> Result<(), StoreError> {
        let now = self.0.host.now();
        let mut kept = Vec::with_capacity(open.len());
        for turn in open.drain(..) {
            if turn.state != TurnState::Queued || may_go_on(&self.0.store, &turn.request.principal, now)? {
                kept.push(turn);
            } else {
                self.cancel_queued(&turn)?;
            }
        }
        *open = kept;
        Ok(())
    }

    fn cancel_queued(&self, turn: &TurnRecord) -> Result<(), StoreError> {
        let (now, end) = (self.0.host.now(), RequestEnd { outcome: TurnOutcome::Aborted, error: None });
        let updated = self.0.store.sql_transaction(|store| {
            store.end_request(&turn.id, TurnState::Ended, &end, now)?;
            store.put_retention_job(now)?;
            store.delete_turns_job_if_idle()?;
            // A continuation that has not begun: the call that was approved is not carried out.
            let Some(question) = store.question_of(&turn.id)? else { return Ok(None) };
            store.delete_question(&question.tool_call)?;
            let Some(mut message) = store.message(&turn.id)? else { return Ok(None) };
            close_calls(&mut message, "You stopped this before it was carried out.");
            store.put_message(&message, now)?;
            Ok(Some(message))
        })?;
        if let Some(message) = updated {
            self.broadcast(&ServerFrame::CfAgentMessageUpdated { message }, To::All, None);
        }
        self.broadcast(&ended_unanswered(&turn.request, TurnOutcome::Aborted), To::Chat, None);
        Ok(())
    }

    /// Empties the conversation. Requests that wait end first, then the one that is being answered, whose text is dropped.
    pub(crate) fn clear(&self, connection: &H::Connection) -> Result<(), StoreError> {
        let waiting = self.0.store.sql_transaction(|store| {
            let waiting = store.turns(TurnState::Queued)?;
            store.clear_messages()?;
            store.delete_turns_job_if_idle()?;
            Ok(waiting)
        })?;
        for turn in waiting {
            let frame = ended_unanswered(&turn.request, TurnOutcome::Skipped).to_text();
            let connections = self.0.host.connections();
            if let Some(sender) = connections.iter().find(|other| other.info().id == turn.request.sender) {
                sender.send(&frame);
            }
        }
        self.drop_live();
        self.broadcast(&ServerFrame::CfAgentChatClear, To::All, Some(connection.info().id));
        self.set_alarm();
        Ok(())
    }

    /// Ends the turn that streams, of which nothing is kept.
    fn drop_live(&self) {
        let Some(live) = self.0.live.borrow_mut().take() else { return };
        live.abort.abort();
        let cost = live.meter.read(self.0.host.now());
        self.turn_ended(&live.turn, &live.prompt.to_string(), TurnOutcome::Aborted, &cost);
        self.finish(&live.turn, &RequestEnd { outcome: TurnOutcome::Aborted, error: None });
    }
}
