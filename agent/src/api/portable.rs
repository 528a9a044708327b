//! Everything that a person has: exported, imported, and deleted.

use flux_protocol::frame::ImportState;

use super::error::ApiError;
use super::outcome::{Answer, Change, Outcome};
use super::{Api, permit};
use crate::host::WorkflowId;
use crate::identity::{Principal, Scope};
use crate::json::value;
use crate::store::{Export, IMPORT_ROWS, ImportError, ImportPart, Sql, StoreError};

impl<S: Sql + Clone> Api<'_, S> {
    /// Exports everything as one file, which is read in pieces. Only this call returns a stream.
    ///
    /// # Errors
    /// [`ApiError::Forbidden`] without [`Scope::Read`], and [`ApiError::Store`].
    pub fn export(&self, principal: &Principal) -> Result<Export<S>, ApiError> {
        permit(principal, Scope::Read)?;
        Ok(self.store.export(self.now)?)
    }
}

impl<S: Sql + Clone> Api<'_, S> {
    /// Takes a part of a file. After the last one, a short file is imported at once. A longer one is checked by a job.
    pub(super) fn import(&self, part: &ImportPart) -> Result<Outcome, ApiError> {
        if self.is_answering {
            return Err(ImportError::NotEmpty.into());
        }
        let mut progress = self.store.receive_import(part)?;
        if part.is_last {
            progress = self.store.import_slice(self.now, IMPORT_ROWS)?.unwrap_or(progress);
        }
        let change = match progress.state {
            ImportState::Failed => return Err(ImportError::Failed(progress.problem.unwrap_or_default()).into()),
            ImportState::Done => Change::Everything { orphans: Vec::new() },
            ImportState::Receiving | ImportState::Checking => Change::Events(Vec::new()),
        };
        Ok(Outcome { answer: Answer::Value(value(&progress)), change })
    }

    pub(super) fn cancel_import(&self) -> Result<Outcome, ApiError> {
        self.store.cancel_import()?;
        Ok(Outcome::of(serde_json::json!({"ok": true, "summary": "The import was cancelled. Nothing was changed."})))
    }

    pub(super) fn delete_everything(&self) -> Result<Outcome, ApiError> {
        if self.is_answering {
            return Err(ApiError::Busy);
        }
        // Read first: the reset deletes what their names are made of.
        let driven = self.store.driven_runs()?;
        let orphans: Result<Vec<WorkflowId>, StoreError> =
            driven.iter().map(|driven| WorkflowId::newest(self.store, driven.run.id)).collect();
        let change = Change::Everything { orphans: orphans? };
        self.store.sql_transaction(|store| store.reset())?;
        let answer = serde_json::json!({"ok": true, "summary": "Everything was deleted."});
        Ok(Outcome { answer: Answer::Value(answer), change })
    }
}
