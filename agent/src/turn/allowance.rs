//! What a person may ask of the model: so many turns and goals an hour, and so many tokens a day; and nothing more when the tokens that
//! all people together may use in a day are used. The timeline never depends on it.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

use super::Cost;
use crate::agent::ChatAgent;
use crate::host::Host;
use crate::limits::in_words;
use crate::store::StoreError;
use flux_identity::Principal;

/// The share of a day's tokens at which the person is told, in percent.
const WARNED_PERCENT: u64 = 80;

/// Why the model is not asked.
pub(crate) struct Refusal {
    /// A sentence for the person.
    pub error: String,
    /// How long to wait, if that helps.
    pub retry_after: Option<TimeDelta>,
}

impl From<String> for Refusal {
    fn from(error: String) -> Self {
        Self { error, retry_after: None }
    }
}

impl<H: Host> ChatAgent<H> {
    /// Checks that a person may ask the model once more, and counts it. `not_done` is the beginning of the sentence that says what was
    /// not done otherwise.
    ///
    /// # Errors
    /// [`Refusal`] with the time to wait. `Err` of the outer result if the store fails.
    pub(crate) fn take_turn(&self, principal: &Principal, not_done: &str) -> Result<Result<(), Refusal>, StoreError> {
        let (limits, now) = (self.limits_of(principal), self.0.host.now());
        // It is the owner's, so it holds for everybody.
        if !self.0.host.budget_left() {
            self.limited("budget");
            let wait = until_midnight(now);
            return Ok(Err(Refusal {
                error: format!(
                    "The tokens of the model that everybody here shares are used for today. {not_done}; your timeline works as \
                     before. The model answers again in {}, at midnight UTC.",
                    in_words(wait)
                ),
                retry_after: Some(wait),
            }));
        }
        if !principal.limited {
            return Ok(Ok(()));
        }
        let most = limits.tokens_per_day;
        if most > 0 && self.0.store.tokens_used(now)? >= most {
            self.limited("tokens");
            let wait = until_midnight(now);
            return Ok(Err(Refusal {
                error: format!(
                    "You have used today's {most} tokens of the model. {not_done}; your timeline works as before. The model answers \
                     again in {}, at midnight UTC.",
                    in_words(wait)
                ),
                retry_after: Some(wait),
            }));
        }
        let taken = self.0.used.turn(limits, now).inspect_err(|_| self.limited("turns"));
        Ok(taken.map_err(|wait| Refusal {
            error: format!(
                "You have asked the model many times within an hour. {not_done}; try again in {}.",
                in_words(wait)
            ),
            retry_after: Some(wait),
        }))
    }

    /// What the person is told at the end of a turn about the tokens of the day: that most of them are used, or all.
    pub(super) fn notice(&self, principal: &Principal, cost: &Cost) -> Option<String> {
        let most = self.limits_of(principal).tokens_per_day;
        if !principal.limited || most == 0 {
            return None;
        }
        let now = self.0.host.now();
        // The answer is more important than the notice.
        let before = self.0.store.tokens_used(now).ok()?;
        let after = before + cost.usage.total();
        let reset = in_words(until_midnight(now));
        let crosses = |tokens| before < tokens && after >= tokens;
        if crosses(most) {
            return Some(format!(
                "Today's {most} tokens of the model are used. It answers again in {reset}, at midnight UTC."
            ));
        }
        let is_low = crosses((most * WARNED_PERCENT).div_ceil(100));
        is_low.then(|| {
            let left = most - after;
            format!("{WARNED_PERCENT} % of today's {most} tokens of the model are used; {left} are left. New ones come in {reset}, at midnight UTC.")
        })
    }
}

/// The time until the next day begins (UTC).
fn until_midnight(now: DateTime<Utc>) -> TimeDelta {
    now.date_naive().succ_opt().map_or(TimeDelta::days(1), |next| next.and_time(NaiveTime::MIN).and_utc() - now)
}
