//! The tokens of an answer: as the provider reports them, or an estimate when it does not.

use std::ops::Add;

use crate::{ChatRequest, ModelError, ModelEvent, ModelMessage, ToolSpec, Usage};

/// A rough estimate of the number of tokens of a text, on the high side: a tokenizer needs about one token for 4 bytes of English
/// (<https://platform.openai.com/tokenizer>; Llama's is alike), and for 2–3 bytes of JSON and of other scripts.
pub const fn estimated_tokens(bytes: usize) -> usize {
    bytes.div_ceil(3)
}

impl Usage {
    /// Tokens read and written.
    pub const fn total(self) -> u64 {
        self.input_tokens + self.output_tokens
    }

    /// An estimate, by the bytes that were read and written. See [`estimated_tokens`].
    pub const fn estimated(input_bytes: usize, output_bytes: usize) -> Self {
        Self {
            input_tokens: estimated_tokens(input_bytes) as u64,
            output_tokens: estimated_tokens(output_bytes) as u64,
        }
    }
}

impl Add for Usage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            input_tokens: self.input_tokens + other.input_tokens,
            output_tokens: self.output_tokens + other.output_tokens,
        }
    }
}

impl ChatRequest {
    /// The bytes that the model reads, without its tools: the size of their schemas is known only when they are written out. See
    /// [`ToolSpec::bytes`].
    pub fn bytes_without_tools(&self) -> usize {
        let schema = self.response_schema.as_ref().map_or(0, |schema| schema.to_string().len());
        let messages: usize = self.messages.iter().map(ModelMessage::bytes).sum();
        self.system.len() + self.context.len() + messages + schema
    }
}

impl ToolSpec {
    /// The bytes that the model reads.
    pub fn bytes(&self) -> usize {
        self.name.len() + self.description.len() + self.parameters.to_string().len()
    }
}

impl ModelMessage {
    /// The bytes that the model reads.
    pub fn bytes(&self) -> usize {
        match self {
            Self::User { text } => text.len(),
            Self::Assistant { text, calls } => {
                text.len() + calls.iter().map(|call| call.name.len() + call.arguments.len()).sum::<usize>()
            }
            Self::Tool { name, content, .. } => name.len() + content.len(),
        }
    }
}

/// Counts the tokens of one request to a model, while its answer arrives. It can be read at any time, because an answer can be stopped at
/// any time.
///
/// What the provider reports counts. Providers report at the end of an answer, and some never do; until then, the estimate counts. An
/// attempt that the provider refused counts nothing. One that failed later counts as an estimate.
#[derive(Debug, Clone, Copy, Default)]
pub struct TokenCount {
    /// Bytes of the prompt; `None` if nothing is estimated.
    prompt: Option<usize>,
    /// Bytes of the answer so far.
    arrived: usize,
    reported: Option<Usage>,
    /// Whether the provider refused the last attempt.
    is_refused: bool,
    /// Tokens of attempts that were repeated.
    before: Usage,
    /// Whether a part of those is estimated.
    is_estimated: bool,
}

impl TokenCount {
    /// Counts for a prompt of so many bytes. [`TokenCount::default`] counts only what is reported.
    pub fn new(prompt_bytes: usize) -> Self {
        Self { prompt: Some(prompt_bytes), ..Self::default() }
    }

    /// Takes the next part of the answer.
    pub fn take(&mut self, event: &Result<ModelEvent, ModelError>) {
        match event {
            Ok(
                ModelEvent::Text(piece) | ModelEvent::Reasoning(piece) | ModelEvent::CallArguments { delta: piece, .. },
            ) => {
                self.arrived += piece.len();
            }
            Ok(ModelEvent::CallStarted { name, .. }) => self.arrived += name.len(),
            // No prompt has no tokens: some servers fill the field with zeros.
            Ok(ModelEvent::Usage(usage)) if *usage != Usage::default() => self.reported = Some(*usage),
            Ok(ModelEvent::Retried { reason, .. }) => {
                self.fail(reason);
                self.is_estimated = self.is_estimated();
                self.before = self.before + self.of_attempt();
                (self.arrived, self.is_refused, self.reported) = (0, false, None);
            }
            Err(error) => self.fail(error),
            Ok(_) => {}
        }
    }

    fn fail(&mut self, error: &ModelError) {
        let has_begun = matches!(error, ModelError::TimedOut { .. } | ModelError::Cut | ModelError::Empty);
        self.is_refused = self.arrived == 0 && !has_begun;
    }

    /// What the provider reported for the last attempt, if it did.
    pub const fn reported(&self) -> Option<Usage> {
        self.reported
    }

    /// The tokens so far.
    pub fn usage(&self) -> Usage {
        self.before + self.of_attempt()
    }

    /// Whether a part of them is estimated.
    pub fn is_estimated(&self) -> bool {
        self.is_estimated || (self.reported.is_none() && self.of_attempt() != Usage::default())
    }

    fn of_attempt(&self) -> Usage {
        match (self.reported, self.prompt) {
            (Some(reported), _) => reported,
            (None, Some(prompt)) if !self.is_refused => Usage::estimated(prompt, self.arrived),
            _ => Usage::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(words: &str) -> Result<ModelEvent, ModelError> {
        Ok(ModelEvent::Text(words.to_owned()))
    }

    fn reported(input_tokens: u64, output_tokens: u64) -> Result<ModelEvent, ModelError> {
        Ok(ModelEvent::Usage(Usage { input_tokens, output_tokens }))
    }

    fn retried(reason: ModelError) -> Result<ModelEvent, ModelError> {
        Ok(ModelEvent::Retried { attempt: 2, after_ms: 1, reason })
    }

    #[test]
    fn what_is_reported_counts_and_otherwise_an_estimate_unless_the_provider_refused() {
        let limited = || ModelError::RateLimited { retry_after_ms: None };
        let call = || {
            let arguments = ModelEvent::CallArguments { id: "c".to_owned(), delta: "{\"a\":1}".to_owned() };
            [Ok(ModelEvent::CallStarted { id: "c".to_owned(), name: "undo".to_owned() }), Ok(arguments)]
        };
        for (what, events, tokens, is_estimated) in [
            ("stopped before the first word", vec![], (10, 0), true),
            ("stopped later", vec![text("Hello."), Ok(ModelEvent::Reasoning("Hm.".to_owned()))], (10, 3), true),
            ("a call", call().into(), (10, 4), true),
            ("reported", vec![text("Hello."), reported(7, 1), reported(8, 2)], (8, 2), false),
            ("reported as nothing", vec![text("Hello."), reported(0, 0)], (10, 2), true),
            ("refused", vec![Err(limited())], (0, 0), false),
            ("cut off", vec![text("Hello."), Err(ModelError::Cut)], (10, 2), true),
            ("failed in the middle", vec![text("Hello."), Err(limited())], (10, 2), true),
            ("too slow", vec![Err(ModelError::TimedOut { seconds: 1 })], (10, 0), true),
            ("refused at first", vec![retried(limited()), reported(8, 2)], (8, 2), false),
            ("empty at first", vec![retried(ModelError::Empty), reported(8, 2)], (18, 2), true),
            ("reported at first", vec![reported(8, 2), retried(limited()), Err(limited())], (8, 2), false),
            ("refused in the end", vec![retried(ModelError::Empty), Err(limited())], (10, 0), true),
        ] {
            let mut count = TokenCount::new(30);
            events.iter().for_each(|event| count.take(event));
            let Usage { input_tokens, output_tokens } = count.usage();
            assert_eq!(((input_tokens, output_tokens), count.is_estimated()), (tokens, is_estimated), "{what}");
        }
        let mut count = TokenCount::default();
        count.take(&text("Hello."));
        assert_eq!((count.usage(), count.is_estimated()), (Usage::default(), false), "of a model without tokens");
    }

    #[test]
    fn all_that_the_model_reads_is_counted() {
        let request = crate::testing::request();
        let whole = ChatRequest { context: "12345".to_owned(), response_schema: Some("1".into()), ..request.clone() };
        assert_eq!(whole.bytes_without_tools(), request.bytes_without_tools() + 8);
        let written = serde_json::to_string(&request.messages).unwrap();
        let read: usize = request.messages.iter().map(ModelMessage::bytes).sum();
        assert!(read > 0 && read <= written.len());
    }
}
