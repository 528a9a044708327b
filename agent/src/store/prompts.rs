//! Outcomes of turns by the version of the system prompt. They are counted when turns end, and kept when the conversation
//! is cleared, for a year ([`crate::lifetime::PROMPTS`]).

use chrono::{DateTime, Utc};
use flux_protocol::frame::{PromptCounts, TurnOutcome};
use flux_timeline::TxnId;

use super::{Sql, Store, StoreError, Value, millis};
use crate::turn::Cost;

impl<S: Sql> Store<S> {
    /// Counts a turn that has ended.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn count_turn(
        &self,
        prompt: &str,
        outcome: TurnOutcome,
        cost: &Cost,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let ended = |as_this: TurnOutcome| Value::from(i64::from(outcome == as_this));
        self.execute(
            "INSERT INTO prompt_counts VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (prompt) DO UPDATE SET
                turns = turns + 1,
                completed = completed + excluded.completed,
                failed = failed + excluded.failed,
                stopped = stopped + excluded.stopped,
                calls = calls + excluded.calls,
                invalid_calls = invalid_calls + excluded.invalid_calls,
                rejected_calls = rejected_calls + excluded.rejected_calls,
                retries = retries + excluded.retries,
                input_tokens = input_tokens + excluded.input_tokens,
                output_tokens = output_tokens + excluded.output_tokens,
                total_ms = total_ms + excluded.total_ms,
                last_ms = excluded.last_ms",
            &[
                prompt.into(),
                ended(TurnOutcome::Completed),
                ended(TurnOutcome::Error),
                ended(TurnOutcome::Aborted),
                i64::from(cost.calls).into(),
                i64::from(cost.invalid_calls).into(),
                i64::from(cost.rejected_calls).into(),
                i64::from(cost.retries).into(),
                cost.usage.input_tokens.into(),
                cost.usage.output_tokens.into(),
                cost.total_ms.into(),
                millis(at),
            ],
        )
    }

    /// Records which version of the prompt made a transaction.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn note_prompt(&self, txn: TxnId, prompt: &str) -> Result<(), StoreError> {
        let row = [txn.to_string().into(), prompt.into()];
        self.execute("INSERT OR REPLACE INTO prompt_changes VALUES (?, ?)", &row)
    }

    /// The version of the prompt that made a transaction, if a turn made it.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn prompt_of(&self, txn: TxnId) -> Result<Option<String>, StoreError> {
        let rows = self.query("SELECT prompt FROM prompt_changes WHERE txn = ?", &[txn.to_string().into()])?;
        Ok(rows.first().map(|row| row.text(0)).transpose()?)
    }

    /// Outcomes of turns by version.
    pub(super) fn prompt_counts(&self) -> Result<Vec<PromptCounts>, StoreError> {
        let rows = self.query(
            "SELECT *, (
                SELECT count(*) FROM [history] h JOIN prompt_changes c ON c.txn = h.txn
                WHERE h.undone <> 0 AND h.undone > 0 AND c.prompt = p.prompt
             ) FROM prompt_counts p ORDER BY prompt",
            &[],
        )?;
        let counts = rows.iter().map(|row| {
            Ok(PromptCounts {
                prompt: row.text(0)?,
                turns: row.count(1)?,
                completed: row.count(2)?,
                failed: row.count(3)?,
                stopped: row.count(4)?,
                calls: row.count(5)?,
                invalid_calls: row.count(6)?,
                rejected_calls: row.count(7)?,
                retries: row.count(8)?,
                input_tokens: row.count(9)?,
                output_tokens: row.count(10)?,
                total_ms: row.count(11)?,
                undone: row.count(13)?,
            })
        });
        counts.collect()
    }
}
