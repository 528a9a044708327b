//! What follows from the response to a call: notes for the user, and what they asked to see. Part of the program that is loaded
//! after the first render; `receive` handles what the timeline waits for.

use dioxus::prelude::*;
use flux_protocol::frame::RpcResponse;
use flux_timeline::command::Scope;

use super::Store;
use crate::calls::{Answer, Call, LOG_PAGE, Mutation, PastMoment, PlanChange};
use crate::toast::toasts::Kind;
use crate::{chat, platform};

impl Store {
    /// Shows what the response says. Only [`extras`](crate::extras) may call this.
    pub fn show_outcome(&mut self, call: Call, response: RpcResponse) {
        let answer = Answer::new(&call.mutation, response);
        if let Mutation::LoadPast(moment) = call.mutation {
            match answer {
                Answer::Preparing(seconds) => return self.look_again(moment, seconds),
                _ if *self.preparing.peek() == Some(moment) => self.preparing.set(None),
                _ => {}
            }
        }
        match answer {
            Answer::Preparing(_) => {}
            Answer::Past(past) if matches!(call.mutation, Mutation::LoadPast(PastMoment::Still(..))) => {
                if self.past.peek().as_ref().is_some_and(|shown| shown.seq == past.seq) {
                    self.past.set(Some(*past));
                }
            }
            Answer::Past(past) => {
                self.past.set(Some(*past));
                self.show_past_if_narrow();
            }
            Answer::Event(text) => {
                if let Mutation::LoadEvent(seq) = call.mutation {
                    self.log.write().add_details(seq, text);
                }
            }
            Answer::Log(page) => {
                if let Mutation::LoadLog { before, query } = &call.mutation {
                    self.log.write().add_page(*page, *before, query, LOG_PAGE);
                }
            }
            Answer::Messages(list) => {
                if let Mutation::LoadMessages(before) = &call.mutation {
                    self.kept_distance.set(Some(platform::distance_from_end(chat::pane::LOG)));
                    self.conversation.write().add_earlier(before.as_deref(), list);
                }
            }
            Answer::Counts(counts) => self.counts.set(counts),
            Answer::Done { summary } => self.done(&call, summary),
            Answer::Failed(_) if self.is_gone(&call.mutation) => {
                self.toast(
                    "The block changed in the meantime, so your change was not made. Check the block and try again.",
                    Kind::Problem,
                );
            }
            Answer::Failed(sentence) if call.mutation.is_user_initiated() => self.failed(&[call], sentence),
            Answer::Failed(sentence) => platform::warn(&format!("flux: {sentence}")),
        }
    }

    /// Whether the block to change no longer exists. The service could name it only by its id.
    fn is_gone(&self, mutation: &Mutation) -> bool {
        mutation.block().is_some_and(|id| self.projection.peek().block(id).is_none())
    }

    /// Confirms a change that is not visible on the page or that the user may want to undo.
    fn done(&mut self, call: &Call, summary: Option<String>) {
        let undoable = Kind::Undoable(call.txn());
        match &call.mutation {
            Mutation::Delete { title, scope: Scope::One, .. } => self.toast(format!("Deleted “{title}”."), undoable),
            Mutation::Delete { .. } => summary.into_iter().for_each(|summary| self.toast(summary, undoable)),
            Mutation::Update(_, changes) if changes.scope != Scope::One || changes.repeat.is_some() => {
                summary.into_iter().for_each(|summary| self.toast(summary, undoable));
            }
            Mutation::ChangePlan(_, PlanChange::Archive(title)) => self.toast(format!("Archived “{title}”."), undoable),
            Mutation::ChangePlan(_, PlanChange::Delete(title)) => self.toast(format!("Deleted “{title}”."), undoable),
            Mutation::ChangeSettings(_) => {
                self.settings_open.set(false);
                self.toast("Your settings are saved.", Kind::Done);
            }
            mutation if matches!(mutation.method(), "rescheduleOverdue" | "placeTasks") => {
                if let Some(summary) = summary {
                    self.toast(summary, undoable);
                }
            }
            Mutation::Restore(_) => {
                self.leave_past();
                if let Some(summary) = summary {
                    self.toast(summary, undoable);
                }
            }
            Mutation::Undo
            | Mutation::UndoOne(_)
            | Mutation::Redo
            | Mutation::Restored(..)
            | Mutation::DeleteEverything => {
                if let Some(summary) = summary {
                    self.toast(summary, Kind::Done);
                }
            }
            _ => {}
        }
    }
}
