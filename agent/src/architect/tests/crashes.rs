//! Processes that die. Wherever it happens, the run ends with exactly one set of tasks and one report.

use flux_timeline::{RunId, RunStatus};
use serde_json::json;

use super::stage::{Death, Stage, deaths};

/// Rings the alarm until a workflow is started or no alarm is set. Returns the workflows that were started.
fn watched(stage: &Stage) -> Vec<(RunId, u64)> {
    let world = stage.world.borrow();
    // The first alarm can come before the silence has lasted long enough.
    while world.alarm().is_some() {
        world.ring();
        let launched = world.launched();
        if !launched.is_empty() {
            return launched;
        }
    }
    Vec::new()
}

fn ends_well(stage: &Stage, run: RunId, how: &str) {
    assert_eq!(stage.run(run).state.status, RunStatus::Completed, "{how}");
    assert_eq!(stage.blocks().len(), 3, "{how}");
    assert_eq!(stage.said().len(), 1, "{how}: {:?}", stage.said());
    assert_eq!(stage.world.borrow().agent.store().driven_runs().unwrap(), [], "{how}");
}

#[test]
fn an_engine_that_resumes_ends_the_run_once() {
    for death in deaths() {
        let stage = Stage::new();
        let workflow = stage.start("Learn German");
        stage.engine.death.set(Some(death));
        assert!(!stage.drive(workflow), "{death:?} did not happen");
        stage.engine.death.set(None);
        assert!(stage.drive(workflow), "{death:?}");
        ends_well(&stage, workflow.0, &format!("{death:?}"));
    }
}

#[test]
fn if_no_engine_resumes_a_new_workflow_ends_the_run_once() {
    for death in deaths() {
        let mut stage = Stage::new();
        let (run, first) = stage.start("Learn German");
        stage.engine.death.set(Some(death));
        assert!(!stage.drive((run, first)));
        stage.forget();
        for workflow in watched(&stage) {
            assert_eq!(workflow, (run, first + 1), "{death:?}");
            assert!(stage.drive(workflow), "{death:?}");
        }
        ends_well(&stage, run, &format!("{death:?}"));
        assert!(stage.thought() <= 2, "{death:?}: a stored answer is asked for again");
    }
}

#[test]
fn repairs_before_a_death_are_not_repeated() {
    let broken = |title: &str| Ok(format!("{{\"tasks\": [{{\"title\": \"{title}\"}}]}}"));
    // The requests are: begin, count, keep, begin, and a count and a keep after each repair. The process dies before and after each of these.
    for death in (4..=8).flat_map(|number| [Death::BeforeRequest(number), Death::AfterRequest(number)]) {
        let mut stage = Stage::new().answers([broken("A"), broken("B"), broken("C")]);
        let (run, first) = stage.start("Learn German");
        stage.engine.death.set(Some(death));
        assert!(!stage.drive((run, first)), "{death:?} did not happen");
        stage.forget();
        // An answer that was not stored is lost and asked for again.
        let is_lost = matches!(death, Death::BeforeRequest(5..=8) | Death::AfterRequest(5 | 7));
        for workflow in watched(&stage) {
            assert!(stage.drive(workflow), "{death:?}");
        }
        assert_eq!(stage.thought(), if is_lost { 4 } else { 3 }, "{death:?}");
        let ended = if is_lost { RunStatus::Completed } else { RunStatus::Failed };
        assert_eq!(stage.run(run).state.status, ended, "{death:?}");
    }
}

#[test]
fn a_workflow_that_resumes_late_ends_because_another_one_drives_the_run() {
    for death in deaths() {
        let mut stage = Stage::new();
        let (run, first) = stage.start("Learn German");
        stage.engine.death.set(Some(death));
        assert!(!stage.drive((run, first)));
        let engine = std::rc::Rc::clone(&stage.engine);
        engine.death.set(None);
        let launched = watched(&stage);
        // The old one continues first, then the new one, then the old one again.
        assert!(stage.drive((run, first)), "{death:?}");
        stage.forget();
        for workflow in launched {
            assert!(stage.drive(workflow), "{death:?}");
        }
        assert!(stage.drive((run, first)), "{death:?}");
        ends_well(&stage, run, &format!("{death:?}"));
    }
}

#[test]
fn a_run_whose_workflows_stay_silent_fails() {
    let stage = Stage::new();
    let (run, _) = stage.start("Learn German");
    let mut launched = 0;
    while stage.run(run).is_running() {
        stage.world.borrow().ring();
        launched += stage.world.borrow().launched().len();
        assert!(launched < 20, "for ever");
    }
    assert_eq!(launched, 4, "after the first one");
    assert!(stage.said()[0].contains("The service could not begin to work on it."), "{:?}", stage.said());
    assert_eq!(stage.world.borrow().alarm(), None, "no run is left to watch");
}

#[test]
fn a_run_that_kills_every_process_fails() {
    let mut stage = Stage::new();
    let (run, launch) = stage.start("Learn German");
    let mut workflows = vec![(run, launch)];
    let mut died = 0;
    while let Some(workflow) = workflows.pop() {
        stage.forget();
        stage.engine.death.set(Some(Death::Before("commit")));
        assert!(!stage.drive(workflow));
        died += 1;
        assert!(died < 30, "for ever");
        workflows.extend(watched(&stage));
    }
    assert_eq!(died, 18);
    assert!(stage.said()[0].contains("The service broke off at it again and again."), "{:?}", stage.said());
    assert_eq!(stage.model.asked.borrow().len(), 1, "a stored answer is not asked for again");
    let state = stage.run(run).state;
    assert_eq!((state.step.as_str(), state.percent), ("place", 75), "it never went back");
}

#[test]
fn a_workflow_with_regular_signs_of_life_is_not_replaced() {
    let stage = Stage::new();
    let workflow = stage.start("Learn German");
    let first = stage.world.borrow().alarm().unwrap();
    let alive = crate::architect::Request::Alive;
    for _ in 0..20 {
        stage.world.borrow().pass(20_000);
        let reply = stage.world.borrow().agent.hear_for_test(workflow, alive.clone());
        assert!(!reply.is_over);
    }
    stage.world.borrow().ring();
    assert_eq!(stage.world.borrow().launched(), []);
    assert!(stage.world.borrow().alarm().unwrap() > first);
}

#[test]
fn an_object_that_starts_again_watches_its_runs() {
    let stage = Stage::new();
    let workflow = stage.start("Learn German");
    let sql = stage.world.borrow().sql.clone();
    let world = crate::tests::world::World::on(sql);
    assert!(world.alarm().is_some());
    world.ring();
    assert_eq!(world.launched(), [(workflow.0, 2)]);
}

#[test]
fn two_deliveries_of_every_request_change_nothing() {
    let stage = Stage::new();
    let workflow = stage.start("Learn German");
    *stage.on_request.borrow_mut() = Box::new(move |request, world| {
        world.agent.hear_for_test(workflow, request.clone());
    });
    assert!(stage.drive(workflow));
    ends_well(&stage, workflow.0, "twice");
    stage.call("undo", json!({}));
    assert_eq!(stage.blocks(), []);
}
