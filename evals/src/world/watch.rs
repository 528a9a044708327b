//! A wrapper of a model that records what each answer cost. The agent cannot measure time, because its clock stands still.

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
    /// Time until the first text or call.
    pub first: Option<Duration>,
    /// Time until the end.
    pub total: Duration,
    /// Tokens, if the provider reported them.
    pub usage: Option<Usage>,
    /// Retries.
    pub retries: u32,
    /// Events of the stream that could not be read.
    pub skipped: u32,
    /// The calls, as the model wrote them.
    pub calls: Vec<ModelCall>,
    /// Whether it is the answer to a request for the tasks of a goal.
    pub is_for_goal: bool,
    /// Why the answer failed.
    pub error: Option<String>,
}

/// A model whose answers are recorded.
#[derive(Clone)]
pub struct Watched {
    model: Rc<dyn Assistant>,
    answers: Rc<RefCell<Vec<Rc<RefCell<Answer>>>>>,
}

impl Watched {
    /// Wraps a model.
    pub fn new(model: Rc<dyn Assistant>) -> Self {
        Self { model, answers: Rc::default() }
    }

    /// Wraps another model and records its answers in the same list.
    pub fn beside(&self, model: Rc<dyn Assistant>) -> Self {
        Self { model, answers: Rc::clone(&self.answers) }
    }

    /// The answers since the last call.
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
