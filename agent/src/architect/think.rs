//! Asking the model. While it answers, the object is told regularly that the run is alive. If the reply says that the person has
//! cancelled the run, the model is stopped at once.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use flux_timeline::{Title, clock};
use futures::StreamExt;
use futures::future::{Either, LocalBoxFuture, select};
use futures::stream::LocalBoxStream;
use uuid::Uuid;

use super::check::{Flaw, schema};
use super::words::title;
use super::{Architect, LONGEST_REST, Request, Spent, StepError, Stepped, WORDS_LIMIT};
use crate::prompt::{self, Prompt, Prompts};
use crate::telemetry::Asking;
use flux_model::{ChatRequest, FinishReason, ModelError, ModelEvent, ModelMessage, TokenCount};
use flux_tools::context::{Facts, GoalContext};

/// A goal with at most this many characters needs no title.
const SHORT_GOAL: usize = 40;
/// The most flaws that are listed for the model at a time.
const LISTED_FLAWS: usize = 12;

/// A request for the tasks of a goal.
pub(super) fn request(prompts: Prompts, goal: &GoalContext) -> ChatRequest {
    let prompt = prompts.architect;
    ChatRequest {
        system: prompt.fill(&|name| fact(goal, name)),
        context: String::new(),
        messages: vec![ModelMessage::User { text: goal.goal.clone() }],
        tools: Vec::new(),
        response_schema: Some(schema()),
        max_output_tokens: prompt.max_output_tokens,
        temperature: prompt.temperature,
        traceparent: None,
    }
}

/// A request to repair an answer, with what is wrong with it.
pub(super) fn repair(prompts: Prompts, goal: &GoalContext, said: &str, flaws: &[Flaw]) -> ChatRequest {
    let prompt = prompts.repair;
    let list: Vec<String> = flaws.iter().take(LISTED_FLAWS).map(|flaw| format!("- {}", flaw.for_model())).collect();
    let mut request = request(prompts, goal);
    request.messages.push(ModelMessage::Assistant { text: said.to_owned(), calls: Vec::new() });
    let text = prompt.fill(&|name| (name == "problems").then(|| list.join("\n")));
    request.messages.push(ModelMessage::User { text });
    request.temperature = prompt.temperature;
    request
}

fn fact(goal: &GoalContext, name: &str) -> Option<String> {
    Some(match name {
        "now" => prompt::moment(goal.now),
        "deadline" => match goal.deadline {
            Some(deadline) => format!("Everything should be done by {}.", prompt::moment(deadline)),
            None => "There is no deadline.".to_owned(),
        },
        "weekly" => match goal.minutes_per_week {
            Some(minutes) => {
                let length = clock::length(chrono::TimeDelta::minutes(minutes.into()));
                format!("The person has at most {length} a week for it.")
            }
            None => String::new(),
        },
        "longest" => goal.longest_minutes.to_string(),
        _ => return None,
    })
}

impl Architect {
    /// The model's answer. `None` if the run ends before the answer does.
    pub(super) async fn think(&self, mut request: ChatRequest, facts: Facts) -> Stepped<String> {
        // The engine has already paused before this attempt. The pause that a busy model asked for happens here, so that signs
        // of life continue.
        if let Some(rest) = self.rest.take()
            && self.unless_over(self.clock.sleep(rest)).await.is_none()
        {
            return Ok(None);
        }
        let mut said = self.unless_over(self.ask(request.clone(), facts.clone())).await;
        if let Some(Err(ModelError::Refused { .. })) = said {
            // The usual reason is the schema, which not every model supports. The prompt describes the same format.
            request.response_schema = None;
            said = self.unless_over(self.ask(request, facts)).await;
        }
        // Before the answer is stored: an answer that is stored is not asked for again.
        self.report_spent().await;
        match said {
            None => Ok(None),
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(error)) => {
                if let ModelError::RateLimited { retry_after_ms: Some(asked) } = error {
                    self.rest.set(Some(Duration::from_millis(asked).min(LONGEST_REST)));
                }
                let why = error.cause();
                let error = if error.may_pass() { StepError::Again(why) } else { StepError::Final(why) };
                Err(self.failed(error).await)
            }
        }
    }

    /// A short title for a long goal, if the model gives one in time.
    pub(super) async fn title(&self, goal: &str) -> Option<Title> {
        if goal.chars().count() <= SHORT_GOAL {
            return None;
        }
        title(&self.words(self.prompts.title, goal.to_owned()).await?, goal)
    }

    /// The model's wording of a text that is also usable as it is, if the answer comes in time. The model is asked at most
    /// twice, and only once if it is busy.
    pub(super) async fn words(&self, prompt: &Prompt, text: String) -> Option<String> {
        let request = ChatRequest {
            system: prompt.body.to_owned(),
            context: String::new(),
            messages: vec![ModelMessage::User { text: text.clone() }],
            tools: Vec::new(),
            response_schema: None,
            max_output_tokens: prompt.max_output_tokens,
            temperature: prompt.temperature,
            traceparent: None,
        };
        let asking = async {
            let mut is_first = true;
            loop {
                match self.ask(request.clone(), Facts::Words(text.clone())).await {
                    Err(ModelError::RateLimited { .. }) => return None,
                    Err(error) if is_first && error.may_pass() => is_first = false,
                    said => return said.ok(),
                }
            }
        };
        let words = match select(Box::pin(asking), self.clock.sleep(WORDS_LIMIT)).await {
            Either::Left((words, _)) => words,
            Either::Right(((), asking)) => {
                // Its tokens are counted when it ends.
                drop(asking);
                None
            }
        };
        self.report_spent().await;
        words
    }

    /// Asks the model once, as a span of its own, and gives the text of its answer.
    ///
    /// When it ends, and also when it is dropped before, its tokens are noted for [`Architect::report_spent`].
    fn ask(&self, mut request: ChatRequest, facts: Facts) -> LocalBoxFuture<'_, Result<String, ModelError>> {
        // In a box, because it is part of three other futures, each of which would contain its code.
        Box::pin(async move {
            let span = self.new_span();
            request.traceparent = span.map(|span| span.trace().to_string());
            let now_ms = || self.now_ms();
            let mut asking = Asking::new(self.model.id(), span, &now_ms, &*self.log);
            let uses_tokens = self.model.uses_tokens();
            let tokens =
                if uses_tokens { TokenCount::new(request.bytes_without_tools()) } else { TokenCount::default() };
            let mut noted = Noted { answer: (self.new_id)(), tokens, spent: Rc::clone(&self.spent) };
            let said = text_of(self.model.answer(request, facts), &mut noted.tokens).await;
            asking.usage = noted.tokens.reported().unwrap_or_default();
            match &said {
                Ok(_) => asking.done(),
                Err(error) => asking.failed(error),
            }
            said
        })
    }

    /// Tells the object the tokens that it may not have counted. What it does not confirm is told again later: it counts each answer once.
    pub(super) async fn report_spent(&self) {
        let told = self.spent.borrow().clone();
        if !told.is_empty() && self.person.tell(Request::Count(told.clone())).await.is_ok() {
            self.spent.borrow_mut().retain(|spent| !told.contains(spent));
        }
    }

    /// The result of `work`, or `None` as soon as the object replies that the run is over.
    pub(super) async fn unless_over<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        match select(Box::pin(work), Box::pin(self.over())).await {
            Either::Left((output, _)) => Some(output),
            Either::Right(((), _)) => None,
        }
    }

    /// Resolves when the run is over. If the object cannot be reached, it is asked again later.
    async fn over(&self) {
        let person = Rc::clone(&self.person);
        loop {
            self.clock.sleep(self.limits.heartbeat()).await;
            if person.tell(Request::Alive).await.is_ok_and(|reply| reply.is_over) {
                return;
            }
        }
    }
}

/// The text of an answer, whose tokens are counted. An answer that was cut off at the token limit counts, because its beginning is usable.
async fn text_of(
    mut stream: LocalBoxStream<'static, Result<ModelEvent, ModelError>>,
    tokens: &mut TokenCount,
) -> Result<String, ModelError> {
    let mut text = String::new();
    while let Some(event) = stream.next().await {
        tokens.take(&event);
        match event? {
            ModelEvent::Text(piece) => text.push_str(&piece),
            ModelEvent::Finished(FinishReason::Error) => return Err(ModelError::Cut),
            _ => {}
        }
    }
    if text.trim().is_empty() { Err(ModelError::Empty) } else { Ok(text) }
}

/// The tokens of an answer, which are noted when it ends, however that comes about.
struct Noted {
    answer: Uuid,
    tokens: TokenCount,
    spent: Rc<RefCell<Vec<Spent>>>,
}

impl Drop for Noted {
    fn drop(&mut self) {
        let Self { answer, tokens, .. } = *self;
        if tokens.usage().total() > 0 {
            self.spent.borrow_mut().push(Spent { answer, usage: tokens.usage() });
        }
    }
}
