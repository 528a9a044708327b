//! The database fails once, at every statement of every scenario. Whoever asked for something is told what became of it, exactly once;
//! what was confirmed is there, and what was refused is not; the projection is that of the log; and the next request succeeds.

use serde_json::json;

use super::scenario::{FILE, Run, Step};
use super::world::gym;
use Step::{Answer, Call, Connect, Frame, Import, ModelAnswers, ModelCalls, Panic, Pass, Ring, Say, Wait};

/// What happens before the database fails, and what happens while it does.
struct Scenario {
    name: &'static str,
    before: Vec<Step>,
    steps: Vec<Step>,
}

fn scenarios() -> Vec<Scenario> {
    let blocks = || vec![Call("scheduleBlock", gym(3)), Call("scheduleBlock", gym(4))];
    let weekly = || json!({"title": "Gym", "startTime": "2026-03-03T18:00", "repeat": "every tuesday"});
    let shift = json!({"after": "2026-03-03T00:00", "byMinutes": 30});
    let asked = || {
        vec![
            Call("createPlan", json!({"title": "Old"})),
            Say("Delete the old plan"),
            ModelCalls("deletePlan", json!({"id": "Old"})),
        ]
    };
    vec![
        Scenario { name: "a block is scheduled", before: vec![], steps: blocks() },
        Scenario {
            name: "a block is changed",
            before: blocks(),
            steps: vec![
                Call("updateBlock", json!({"id": "B1", "updates": {"title": "Swim"}})),
                Call("completeBlock", json!({"id": "B1"})),
                Call("uncompleteBlock", json!({"id": "B1"})),
                Call("deleteBlock", json!({"id": "B2"})),
            ],
        },
        Scenario {
            name: "changes are undone and redone",
            before: blocks(),
            steps: vec![
                Call("shiftTimeline", shift),
                Call("undo", json!({})),
                Call("redo", json!({})),
                Call("undo", json!({})),
                Call("scheduleBlock", gym(5)),
                Call("restoreTimeline", json!({"seq": 3})),
            ],
        },
        Scenario {
            name: "what repeats",
            before: vec![Call("scheduleBlock", weekly())],
            steps: vec![
                Call("updateBlock", json!({"id": "B2", "updates": {"title": "Swim"}, "scope": "following"})),
                Call("deleteBlock", json!({"id": "B3"})),
                Call("deleteBlock", json!({"id": "B4", "scope": "all"})),
                Call("undo", json!({})),
                Pass(40 * 86_400_000),
                Ring,
                Call("undo", json!({})),
                Call("scheduleBlock", weekly()),
            ],
        },
        Scenario {
            name: "plans and settings",
            before: blocks(),
            steps: vec![
                Call("createPlan", json!({"title": "Work"})),
                Call("switchPlan", json!({"id": "Work"})),
                Call("renamePlan", json!({"id": "Work", "title": "Office"})),
                Call("colorPlan", json!({"id": "Office", "color": "pink"})),
                Call("archivePlan", json!({"id": "Office"})),
                Call("unarchivePlan", json!({"id": "Office"})),
                Call("setSettings", json!({"hourFormat": "12"})),
                Call("deletePlan", json!({"id": "Office"})),
                Call("undo", json!({})),
            ],
        },
        Scenario {
            name: "a message is answered with calls",
            before: blocks(),
            steps: vec![
                Say("Schedule gym"),
                ModelCalls("scheduleBlock", gym(6)),
                ModelAnswers("Done."),
                Say("And again"),
                ModelCalls("scheduleBlock", gym(7)),
                ModelAnswers("Done again."),
            ],
        },
        Scenario {
            name: "a person agrees to a call",
            before: asked(),
            steps: vec![Answer(true), Wait, ModelAnswers("It is gone.")],
        },
        Scenario {
            name: "a person declines a call",
            before: asked(),
            steps: vec![Answer(false), Wait, ModelAnswers("It stays.")],
        },
        Scenario {
            name: "a person asks something else instead of agreeing",
            before: asked(),
            steps: vec![Say("Hello"), ModelAnswers("Hello.")],
        },
        Scenario {
            name: "a message waits for an answer that is stopped",
            before: vec![],
            steps: vec![
                Say("One"),
                Say("Two"),
                Frame(json!({"type": "cf_agent_chat_request_cancel", "id": "r1"})),
                ModelAnswers("Two."),
            ],
        },
        Scenario {
            name: "a goal is started, cancelled and tried again",
            before: vec![],
            steps: vec![
                Call("useArchitect", json!({"goal": "Learn German"})),
                Call("cancelRun", json!({})),
                Call("retryRun", json!({})),
                Call("undo", json!({})),
            ],
        },
        Scenario {
            name: "the conversation is cleared, and everything deleted",
            before: vec![Say("Hello"), ModelAnswers("Hello.")],
            steps: vec![
                Frame(json!({"type": "cf_agent_chat_clear"})),
                Connect,
                Call("deleteEverything", json!({"confirm": "everything"})),
                Call("scheduleBlock", gym(3)),
            ],
        },
        Scenario {
            name: "overdue tasks get new times in the morning",
            before: blocks(),
            steps: vec![
                Call("setSettings", json!({"rescheduleOverdue": true})),
                Pass(7 * 86_400_000),
                Ring,
                Call("undo", json!({})),
                Call("rescheduleOverdue", json!({})),
            ],
        },
        Scenario {
            name: "times are suggested for a task and taken",
            before: vec![Call("scheduleBlock", json!({"title": "Buy milk"}))],
            steps: vec![
                Call("suggestTimes", json!({"blocks": ["B1"]})),
                // The task has the id of the first call.
                Call(
                    "placeTasks",
                    json!({"times": [{"id": "00000000-0000-0001-0000-000000000000", "start": "2026-03-03T09:00:00Z"}]}),
                ),
            ],
        },
        Scenario {
            name: "a reminder comes, is put off, comes again, and is dealt with",
            before: vec![Call(
                "scheduleBlock",
                json!({"title": "Dentist", "startTime": "2026-03-02T12:00", "remindMinutesBefore": [30]}),
            )],
            steps: vec![
                Call("setSettings", json!({"remindMinutes": 10})),
                Ring,
                // The block has the id of the first call.
                Call("snoozeReminder", json!({"id": "00000000-0000-0001-0000-000000000000", "minutes": 5})),
                Ring,
                Connect,
                Call("dismissReminder", json!({"id": "00000000-0000-0001-0000-000000000000"})),
            ],
        },
        Scenario {
            name: "the program panics in the middle of an answer",
            before: vec![Say("Hello")],
            steps: vec![Panic, Say("And again"), ModelAnswers("Hello again.")],
        },
        Scenario { name: "a file is imported", before: vec![], steps: vec![Import(FILE), Import(FILE)] },
        Scenario {
            name: "the past is looked at",
            before: blocks(),
            steps: vec![
                Connect,
                Call("getTimelineAt", json!({"seq": 3})),
                Call("getEvents", json!({})),
                Call("getBlocks", json!({})),
                Call("getCounts", json!({})),
            ],
        },
    ]
}

#[test]
fn every_statement_of_every_scenario_can_fail_once() {
    for Scenario { name, before, steps } in scenarios() {
        let mut run = Run::new();
        run.go(&before);
        run.world.statements.asked();
        run.go(&steps);
        let statements = run.world.statements.asked();
        assert!(statements > 5, "{name}: {statements}");
        for number in 1..=statements {
            let mut run = Run::new();
            run.go(&before);
            run.world.statements.fail_at(number);
            run.go(&steps);
            assert!(!run.world.statements.is_to_fail(), "{name}: there is no statement {number}");
            run.settle();
            let case = std::panic::AssertUnwindSafe(|| {
                run.check();
                run.check_use();
                run.check_projection();
            });
            if std::panic::catch_unwind(case).is_err() {
                panic!("{name}: statement {number} of {statements} failed");
            }
        }
    }
}
