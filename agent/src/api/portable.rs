//! Everything that a person has: exported, imported, and deleted.

use chrono::Datelike;
use flux_protocol::frame::ImportState;
use flux_timeline::clock;
use serde_json::json;

use super::action;
use super::error::ApiError;
use super::outcome::{Answer, Change, Outcome};
use super::{Api, permit};
use crate::host::WorkflowId;
use crate::json::value;
use crate::lifetime;
use crate::store::{Export, IMPORT_ROWS, ImportError, ImportPart, Sql, Store, StoreError};
use flux_identity::{Principal, Scope};

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
            let slice = self.store.import_slice(self.now, IMPORT_ROWS);
            if slice.is_err() {
                // The caller is told that nothing was kept.
                self.store.cancel_import()?;
            }
            progress = slice?.unwrap_or(progress);
        }
        let change = match progress.state {
            ImportState::Failed => return Err(ImportError::Failed(progress.problem.unwrap_or_default()).into()),
            ImportState::Done => Change::Everything,
            ImportState::Receiving | ImportState::Checking => Change::Events(Vec::new()),
        };
        Ok(Outcome { answer: Answer::Value(value(&progress)), change })
    }

    pub(super) fn cancel_import(&self) -> Result<Outcome, ApiError> {
        self.store.cancel_import()?;
        Ok(Outcome::of(json!({"ok": true, "summary": "The import was cancelled. Nothing was changed."})))
    }

    pub(super) fn delete_everything(&self) -> Result<Outcome, ApiError> {
        if self.is_answering {
            return Err(ApiError::Busy);
        }
        self.store.sql_transaction(|store| {
            // Read first: the reset deletes what their names are made of.
            let workflows = self.stored_workflows(store)?;
            store.reset()?;
            action::open_timeline_within(store, self.now, self.new_id)?;
            store.put_discard_job(&workflows, self.now)
        })?;
        let until = self.now + lifetime::BACKUPS;
        let answer = json!({
            "ok": true,
            "summary": "Everything was deleted.",
            "remains": [
                {"what": "Backups of the database that Cloudflare keeps for the operator of this service.", "until": until},
                {"what": "What Cloudflare Workflows stored of your goals, if it could not be deleted at once.", "until": until},
                {"what": "Your identity, a random name, so that this timeline stays yours.", "until": null},
            ],
            "note": format!(
                "Cloudflare's backups can contain it until {} {} {}.",
                until.day(),
                clock::month(until.date_naive()),
                until.year(),
            ),
        });
        Ok(Outcome { answer: Answer::Value(answer), change: Change::Everything })
    }

    /// The names of all workflows that may still have something stored, and of those that wait to be deleted.
    fn stored_workflows(&self, store: &Store<S>) -> Result<Vec<String>, StoreError> {
        let (nonce, mut names) = (store.nonce()?, store.discarded()?);
        for (run, launches) in store.launched_since(self.now - lifetime::BACKUPS)? {
            let workflow = |number| WorkflowId { nonce: nonce.clone(), run, number }.to_string();
            names.extend((1..=launches).map(workflow));
        }
        Ok(names)
    }
}
