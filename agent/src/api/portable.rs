//! Everything that a person has: as a file, from a file, and gone.

use flux_protocol::ServerFrame;

use super::{ChatAgent, SHOWN_MESSAGES};
use crate::host::{Connection, Host};
use crate::store::{Export, ImportError, Imported, StoreError};

impl<H: Host> ChatAgent<H> {
    /// All that there is, as one file in pieces.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn export(&self) -> Result<Export<H::Sql>, StoreError> {
        self.0.store.export(self.0.host.now())
    }

    /// Takes a file in, where nobody has done anything yet, and shows it to every connection.
    ///
    /// # Errors
    /// Where something is here already, or the file cannot be read; nothing is changed then.
    pub fn import(&self, file: &str) -> Result<Imported, ImportError> {
        if self.is_busy() {
            return Err(ImportError::NotEmpty);
        }
        let imported = self.0.store.import(file)?;
        self.start_over();
        Ok(imported)
    }

    /// Whether an answer is being written, or waits for its turn.
    pub(super) fn is_busy(&self) -> bool {
        self.0.live.borrow().is_some() || !self.0.queue.borrow().is_empty()
    }

    /// Deletes the log, the timeline, the conversation and all goals. Not while an answer is being written.
    pub(super) fn delete_everything(&self) -> Result<(), StoreError> {
        let driven = self.0.store.driven_runs()?;
        let workflows: Vec<_> =
            driven.iter().map(|driven| self.newest_workflow(driven.run.id)).collect::<Result<_, _>>()?;
        self.0.store.sql_transaction(|store| store.reset())?;
        workflows.into_iter().for_each(|workflow| self.0.host.call_off(workflow));
        self.make_first_plan()?;
        self.start_over();
        Ok(())
    }

    /// Tells every connection what there is now: nothing of what it knew counts any more.
    fn start_over(&self) {
        self.0.resuming.borrow_mut().clear();
        self.watch_runs();
        if let Err(error) = self.tell_all() {
            // They come back, and get everything then.
            self.log(&format!("start over: {error}"));
            self.0.host.connections().iter().for_each(|connection| connection.close(1011, "Everything has changed."));
        }
    }

    fn tell_all(&self) -> Result<(), StoreError> {
        let snapshot = ServerFrame::FluxSnapshot(Box::new(self.snapshot()?)).to_text();
        let state = self.state_frame()?.to_text();
        let clear = ServerFrame::CfAgentChatClear.to_text();
        let messages = self.0.store.messages(SHOWN_MESSAGES)?;
        let messages = ServerFrame::CfAgentChatMessages { messages, connect: None }.to_text();
        for connection in self.0.host.connections() {
            connection.send(if connection.info().follows_events { &snapshot } else { &state });
            connection.send(&clear);
            connection.send(&messages);
        }
        Ok(())
    }
}
