//! Prices of models.

use serde::{Deserialize, Serialize};

/// The price of a model, in US dollars per million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Price {
    /// The price of prompts.
    pub input: f64,
    /// The price of answers.
    pub output: f64,
}

impl Price {
    /// The cost of these tokens, in US dollars.
    pub fn of(self, input_tokens: u64, output_tokens: u64) -> f64 {
        // Exact up to 2^53 tokens.
        #[expect(clippy::cast_precision_loss)]
        let millions = |tokens: u64| tokens as f64 / 1e6;
        self.input * millions(input_tokens) + self.output * millions(output_tokens)
    }
}

/// The price of a model of Workers AI, from <https://developers.cloudflare.com/workers-ai/platform/pricing/>. `None` if it is
/// not listed here.
pub fn price_of(model: &str) -> Option<Price> {
    let price = |input, output| Some(Price { input, output });
    match model.strip_prefix("workers-ai:")? {
        "@cf/meta/llama-3.3-70b-instruct-fp8-fast" => price(0.293, 2.253),
        _ => None,
    }
}
