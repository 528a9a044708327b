//! A model under watch: it is asked through here, and what each answer took is written down. The agent's own clock stands still
//! and could not tell.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use flux_agent::assistant::Assistant;
use flux_model::{ChatRequest, ModelCall, ModelError, ModelEvent, ModelId, Usage};
use flux_tools::context::Facts;
use futures::StreamExt;
use futures::stream::LocalBoxStream;

/// One answer of the model.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// Until the first piece of text or the first call.
    pub first: Option<Duration>,
    /// Until its end.
    pub total: Duration,
    /// Tokens, where the provider told them.
    pub usage: Option<Usage>,
    /// Attempts after the first one.
    pub retries: u32,
    /// Events of the stream that could not be read.
    pub skipped: u32,
    /// The calls, as the model wrote them.
    pub calls: Vec<ModelCall>,
    /// Whether it was asked for the tasks of a goal.
    pub is_for_goal: bool,
    /// Why there was none.
    pub error: Option<String>,
}

/// A model under watch.
#[derive(Clone)]
pub struct Watched {
    model: Rc<dyn Assistant>,
    answers: Rc<RefCell<Vec<Rc<RefCell<Answer>>>>>,
}

impl Watched {
    /// Watches a model.
    pub fn new(model: Rc<dyn Assistant>) -> Self {
        Self { model, answers: Rc::default() }
    }

    /// Watches another one with it: what both answer is told together.
    pub fn beside(&self, model: Rc<dyn Assistant>) -> Self {
        Self { model, answers: Rc::clone(&self.answers) }
    }

    /// The answers since it was last asked for them.
    pub fn answers(&self) -> Vec<Answer> {
        self.answers.take().iter().map(|answer| answer.borrow().clone()).collect()
    }
}

impl Assistant for Watched {
    fn answer(&self, request: ChatRequest, facts: Facts) -> LocalBoxStream<'static, Result<ModelEvent, ModelError>> {
        let is_for_goal = matches!(facts, Facts::Goal(_));
        let answer = Rc::new(RefCell::new(Answer { is_for_goal, ..Answer::default() }));
        self.answers.borrow_mut().push(Rc::clone(&answer));
        let began = Instant::now();
        let watched = self.model.answer(request, facts).inspect(move |event| {
            let mut answer = answer.borrow_mut();
            answer.total = began.elapsed();
            match event {
                Ok(ModelEvent::Text(_) | ModelEvent::CallStarted { .. }) => {
                    answer.first.get_or_insert_with(|| began.elapsed());
                }
                Ok(ModelEvent::CallFinished(call)) => answer.calls.push(call.clone()),
                Ok(ModelEvent::Usage(usage)) => answer.usage = Some(*usage),
                Ok(ModelEvent::Retried { .. }) => answer.retries += 1,
                Ok(ModelEvent::Skipped { .. }) => answer.skipped += 1,
                Ok(_) => {}
                Err(error) => answer.error = Some(error.to_string()),
            }
        });
        Box::pin(watched)
    }

    fn id(&self) -> ModelId {
        self.model.id()
    }
}
