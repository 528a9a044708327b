//! Asking the model. Meanwhile the object hears that the run is alive, and says when the person does not want it any
//! more: the model is stopped then, in the middle of a word.

use std::rc::Rc;

use flux_tools::clock;
use flux_tools::tool::Problem;
use futures::StreamExt;
use futures::future::{Either, select};

use super::check::schema;
use super::{Architect, Request, StepError, Stepped};
use crate::model::{ChatRequest, Facts, FinishReason, GoalContext, ModelError, ModelEvent, ModelMessage};
use crate::prompt::{self, Prompt};

/// Most problems that the model is told of at a time.
const TOLD_PROBLEMS: usize = 12;

/// Asks for the tasks of a goal.
pub(super) fn request(goal: &GoalContext) -> ChatRequest {
    let prompt = prompt::named("architect");
    ChatRequest {
        system: prompt.fill(|name| fact(goal, name)),
        messages: vec![ModelMessage::User { text: goal.goal.clone() }],
        tools: Vec::new(),
        facts: Facts::Goal(goal.clone()),
        response_schema: Some(schema()),
        max_output_tokens: prompt.max_output_tokens,
        temperature: prompt.temperature,
    }
}

/// Asks for the same again, with what is wrong with the answer.
pub(super) fn mend(goal: &GoalContext, said: &str, problems: &[Problem]) -> ChatRequest {
    let prompt: &Prompt = prompt::named("architect-mend");
    let list: Vec<String> = problems.iter().take(TOLD_PROBLEMS).map(|problem| format!("- {problem}")).collect();
    let mut request = request(goal);
    request.messages.push(ModelMessage::Assistant { text: said.to_owned(), calls: Vec::new() });
    let text = prompt.fill(|name| (name == "problems").then(|| list.join("\n")));
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
    /// What the model says. `None` where the run is over before it has said it.
    pub(super) async fn think(&self, mut request: ChatRequest) -> Stepped<String> {
        let mut said = self.while_alive(request.clone()).await?;
        if let Some(Err(ModelError::Refused { .. })) = said {
            // Most often it is the schema that is refused: not every model can be held to one. The prompt says the same.
            request.response_schema = None;
            said = self.while_alive(request).await?;
        }
        match said {
            None => Ok(None),
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(error)) => {
                let why = error.to_string();
                let error = if error.may_pass() { StepError::Again(why) } else { StepError::Final(why) };
                Err(self.failed(error).await)
            }
        }
    }

    /// The model's answer, or `None` as soon as the object says that the run is over.
    async fn while_alive(&self, request: ChatRequest) -> Stepped<Result<String, ModelError>> {
        let answer = Box::pin(answer(self.model.stream(request)));
        let over = Box::pin(self.over());
        Ok(match select(answer, over).await {
            Either::Left((answer, _)) => Some(answer),
            Either::Right(((), _)) => None,
        })
    }

    /// Resolves when the run is over. An object that cannot be reached now is asked again later.
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

/// The text of an answer. One that the token limit cut is an answer too: what is there of it can be used.
async fn answer(
    mut stream: futures::stream::LocalBoxStream<'static, Result<ModelEvent, ModelError>>,
) -> Result<String, ModelError> {
    let mut text = String::new();
    while let Some(event) = stream.next().await {
        match event? {
            ModelEvent::Text(piece) => text.push_str(&piece),
            ModelEvent::Finished(FinishReason::Error) => return Err(ModelError::Cut),
            _ => {}
        }
    }
    if text.trim().is_empty() { Err(ModelError::Empty) } else { Ok(text) }
}
