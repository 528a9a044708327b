//! Everything that a person has: exported, imported, and deleted.

use super::error::ApiError;
use super::outcome::{Answer, Change, Outcome};
use super::{Api, permit};
use crate::host::WorkflowId;
use crate::identity::{Principal, Scope};
use crate::json::value;
use crate::store::{Export, ImportError, Sql, StoreError};

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

impl<S: Sql> Api<'_, S> {
    pub(super) fn import(&self, file: &str) -> Result<Outcome, ApiError> {
        if self.is_answering {
            return Err(ImportError::NotEmpty.into());
        }
        let imported = self.store.import(file)?;
        let change = Change::Everything { orphans: Vec::new() };
        Ok(Outcome { answer: Answer::Value(value(&imported)), change })
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
