//! What a model costs, where that is known.

use serde::{Deserialize, Serialize};

/// Price of a model, in US dollars for a million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Price {
    /// Of the prompt.
    pub input: f64,
    /// Of the answer.
    pub output: f64,
}

impl Price {
    /// Of so many tokens, in US dollars.
    pub fn of(self, input_tokens: u64, output_tokens: u64) -> f64 {
        // Exact up to 2^53 tokens.
        #[expect(clippy::cast_precision_loss)]
        let millions = |tokens: u64| tokens as f64 / 1e6;
        self.input * millions(input_tokens) + self.output * millions(output_tokens)
    }
}

/// The price of a model of Workers AI, from <https://developers.cloudflare.com/workers-ai/platform/pricing/>; none where it is not
/// known here.
pub fn price_of(model: &str) -> Option<Price> {
    let price = |input, output| Some(Price { input, output });
    match model.strip_prefix("workers-ai:")? {
        "@cf/meta/llama-3.3-70b-instruct-fp8-fast" => price(0.293, 2.253),
        _ => None,
    }
}
