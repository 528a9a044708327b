//! What the object with the figures is asked, and what it answers.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::telemetry::{Sum, Tally, gauge};

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum StatisticsRequest {
    /// Adds sums, and tokens that count for the budget. Both may be nothing.
    Add {
        /// Sums by series.
        sums: Vec<Sum>,
        /// Tokens, as [`Budget::reported`](super::budget::Budget::reported) says.
        tokens: u64,
    },
    /// Asks for all sums.
    Read {
        /// The day (UTC) that they are asked for; `None` for all time.
        day: Option<NaiveDate>,
    },
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatisticsReply {
    /// The sums that were asked for.
    pub sums: Vec<Sum>,
    /// The day (UTC) of the next field: today, or the day that was asked for.
    pub day: NaiveDate,
    /// The tokens of that day that count for the budget.
    pub tokens: u64,
}

impl StatisticsReply {
    /// The text format of Prometheus, with the tokens that the budget allows each day.
    pub fn text(self, budget: u64) -> String {
        let mut text = self.sums.into_iter().collect::<Tally>().text();
        gauge(
            &mut text,
            "flux_budget_tokens",
            "Tokens that all people together may use each day (UTC); 0 without a budget.",
            budget,
        );
        gauge(
            &mut text,
            "flux_budget_used_tokens",
            "Tokens of the day (UTC) that count for the budget, estimated from a sample of the turns.",
            self.tokens,
        );
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_json_with_their_type() {
        let sums = vec![Sum("flux_turn_steps_total".to_owned(), String::new(), 1)];
        let json = r#"{"type":"add","sums":[["flux_turn_steps_total","",1]],"tokens":5}"#;
        let request = StatisticsRequest::Add { sums, tokens: 5 };
        assert_eq!(serde_json::to_string(&request).unwrap(), json);
        assert_eq!(crate::json::read::<StatisticsRequest>(json), Ok(request));
        let day = NaiveDate::from_ymd_opt(2026, 3, 2);
        let read = StatisticsRequest::Read { day };
        assert_eq!(crate::json::read(&serde_json::to_string(&read).unwrap()), Ok(read));
    }

    #[test]
    fn the_text_ends_with_the_budget() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        let text = StatisticsReply { sums: Vec::new(), day, tokens: 7 }.text(1_000);
        assert!(text.contains("\nflux_budget_tokens 1000\n"), "{text}");
        assert!(text.ends_with("\nflux_budget_used_tokens 7\n"), "{text}");
    }
}
