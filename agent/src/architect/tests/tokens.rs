//! The tokens of goals: each answer of the model is counted once, for the person's day and for the budget of the deployment.

use flux_timeline::RunStatus;

use super::stage::{Death, Stage, Stream, deaths, good, says};
use crate::architect::Request;
use flux_model::{FinishReason, ModelError, ModelEvent, Usage};

/// The tokens of an answer as the provider reports them.
const USAGE: Usage = Usage { input_tokens: 1_000, output_tokens: 100 };

/// A good answer with its tokens.
fn reported() -> Stream {
    vec![Ok(ModelEvent::Text(good())), Ok(ModelEvent::Usage(USAGE)), Ok(ModelEvent::Finished(FinishReason::Stop))]
}

/// What was counted for the person and for the budget, which must be the same.
fn counted(stage: &Stage) -> u64 {
    let world = stage.world.borrow();
    let used = world.agent.store().tokens_used(world.now()).unwrap();
    assert_eq!(used, world.spent());
    used
}

fn asked(stage: &Stage) -> u64 {
    stage.model.asked.borrow().len() as u64
}

#[test]
fn each_answer_counts_once_wherever_a_process_dies() {
    for death in deaths() {
        let stage = Stage::new().streams((0..10).map(|_| reported()));
        let workflow = stage.start("Learn German");
        stage.engine.death.set(Some(death));
        assert!(!stage.drive(workflow), "{death:?} did not happen");
        stage.engine.death.set(None);
        assert!(stage.drive(workflow), "{death:?}");
        assert_eq!(stage.run(workflow.0).state.status, RunStatus::Completed);
        // Only the process that died knew of the answer.
        let is_lost = matches!(death, Death::BeforeRequest(2 | 8));
        assert_eq!(counted(&stage), USAGE.total() * (asked(&stage) - u64::from(is_lost)), "{death:?}");
    }
}

#[test]
fn tokens_that_are_reported_twice_count_once_and_lost_ones_are_reported_again() {
    let stage = Stage::new().streams((0..10).map(|_| reported()));
    let workflow = stage.start("Learn German");
    *stage.on_request.borrow_mut() = Box::new(move |request, world| {
        world.agent.hear_for_test(workflow, request.clone());
    });
    assert!(stage.drive(workflow));
    assert_eq!((asked(&stage), counted(&stage)), (2, 2 * USAGE.total()));

    let stage = Stage::new().streams((0..10).map(|_| reported()));
    let workflow = stage.start("Learn German");
    stage.engine.unreachable.set(Some(("count", 1)));
    assert!(stage.drive(workflow));
    assert_eq!((asked(&stage), counted(&stage)), (2, 2 * USAGE.total()), "with those of the next answer");
}

#[test]
fn repairs_titles_and_failed_answers_count_and_refused_requests_do_not() {
    let goal = "I want to learn German until June so that I can talk to my grandparents";
    let broken = vec![Ok(ModelEvent::Text("?".to_owned())), Ok(ModelEvent::Usage(USAGE))];
    let broken = broken.into_iter().chain([Ok(ModelEvent::Finished(FinishReason::Stop))]).collect();
    let limited = vec![Err(ModelError::RateLimited { retry_after_ms: None })];
    let cut = vec![Ok(ModelEvent::Text("x".repeat(300))), Err(ModelError::Cut)];
    let stage = Stage::new().streams([limited, cut, broken, reported(), reported()]);
    *stage.model.titles.borrow_mut() = reported();
    let workflow = stage.start(goal);
    assert!(stage.drive(workflow));
    assert_eq!(stage.run(workflow.0).state.status, RunStatus::Completed);
    // The first request was refused. Of the second answer, only an estimate is known.
    let estimate = Usage::estimated(stage.model.asked.borrow()[1].bytes_without_tools(), 300).total();
    let whole = asked(&stage) - 2;
    assert_eq!((whole, counted(&stage)), (4, 4 * USAGE.total() + estimate));
}

#[test]
fn the_answer_that_a_cancel_stops_counts_although_the_run_is_over() {
    let stage = Stage::new();
    stage.model.is_mute.set(true);
    let workflow = stage.start("Learn German");
    *stage.on_request.borrow_mut() = Box::new(move |request, world| {
        if *request == Request::Alive {
            world.agent.change_for_test(&flux_timeline::Command::CancelRun { run: None });
        }
    });
    assert!(stage.drive(workflow));
    assert_eq!(stage.run(workflow.0).state.status, RunStatus::Cancelled);
    let prompt = stage.model.asked.borrow()[0].bytes_without_tools();
    assert_eq!(counted(&stage), Usage::estimated(prompt, 0).total());
}

#[test]
fn tokens_are_estimated_for_a_provider_that_does_not_report_them() {
    let stage = Stage::new().streams([says(good()), vec![Err(ModelError::Unconnected)]]);
    assert!(stage.drive(stage.start("Learn German")));
    let prompt = stage.model.asked.borrow()[0].bytes_without_tools();
    assert_eq!(counted(&stage), Usage::estimated(prompt, good().len()).total());
}
