//! Answers of models that are asked for tasks, and how they are read.

use flux_timeline::Priority;
use flux_timeline::place::Task;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::stage::good;
use crate::architect::Plan;
use crate::architect::check::{Checked, outline};

fn titles(tasks: &[Task]) -> Vec<&str> {
    tasks.iter().map(|task| task.title.as_str()).collect()
}

fn item(title: &str, minutes: Value, depends_on: Value) -> Value {
    json!({"title": title, "description": "", "minutes": minutes, "priority": "low", "depends_on": depends_on, "why": ""})
}

fn three(first: Value) -> String {
    let tasks = [first, item("B", json!(30), json!([])), item("C", json!(30), json!([]))];
    json!({ "tasks": tasks }).to_string()
}

/// The one problem with an answer, in words.
fn problem(said: &str) -> String {
    let Checked { flaws, .. } = outline(said, 480);
    assert_eq!(flaws.len(), 1, "{said}: {flaws:?}");
    flaws[0].for_model()
}

#[test]
fn a_good_answer_is_used_unchanged() {
    let Checked { plan: Plan { tasks, left_out, .. }, flaws, .. } = outline(&good(), 480);
    assert_eq!(flaws, []);
    assert_eq!(left_out, []);
    assert_eq!(titles(&tasks), ["Choose a course", "First lesson", "Second lesson"]);
    assert_eq!(tasks.iter().map(|task| task.depends_on.clone()).collect::<Vec<_>>(), [vec![], vec![0], vec![1]]);
    assert_eq!(tasks[0].description.as_ref().unwrap().as_str(), "So.\n\nWhy: It helps.");
}

#[test]
fn text_and_mistakes_around_the_tasks_are_tolerated() {
    let json = good();
    let list = json.strip_prefix("{\"tasks\":").unwrap().strip_suffix('}').unwrap();
    for said in [
        format!("Here's the plan:\n```json\n{json}\n```\nLet's go!"),
        format!("{json}\nI hope that's what you wanted (it's a start)."),
        format!("[Note: three tasks] {json}"),
        list.to_owned(),
        format!("Sure!\n{list}"),
        json.replace('"', "'"),
        json.replace("\"}]}", "\",},]}"),
        json.replace("\"tasks\"", "\"steps\""),
        json.replace("\"minutes\"", "\"durationMinutes\"").replace("\"depends_on\"", "\"dependsOn\""),
        format!("{{\"plan\": {json}}}"),
        format!("{{\"goal\": \"Learn\", \"list\": {list}}}"),
        serde_json::to_string(&json).unwrap(),
    ] {
        let checked = outline(&said, 480);
        assert_eq!(checked.flaws, [], "{said}");
        assert_eq!(titles(&checked.plan.tasks), ["Choose a course", "First lesson", "Second lesson"], "{said}");
        assert_eq!(checked.plan.tasks[2].depends_on, [1], "{said}");
    }
}

#[test]
fn the_last_task_of_a_truncated_list_is_left_out() {
    let five: Vec<Value> = (1..=5).map(|n| item(&format!("Task {n}"), json!(30), json!([]))).collect();
    let whole = json!({ "tasks": five }).to_string();
    let within_fourth = whole.find("Task 4").unwrap() + 3;
    let checked = outline(&whole[..within_fourth], 480);
    assert_eq!((titles(&checked.plan.tasks), checked.flaws), (vec!["Task 1", "Task 2", "Task 3"], vec![]));
    let within_second = whole.find("Task 2").unwrap() + 3;
    assert_eq!(problem(&whole[..within_second]), "/tasks: expected at least 3 tasks, got 1");
}

#[test]
fn brackets_after_the_last_task_may_be_missing() {
    let three: Vec<Value> = (1..=3).map(|n| item(&format!("Task {n}"), json!(30), json!([1]))).collect();
    let list = serde_json::to_string(&three).unwrap();
    let open_list = list.strip_suffix(']').unwrap();
    for said in [
        format!("{{\"tasks\": {list}"),
        format!("{{\"tasks\": {open_list}"),
        format!("{{\"tasks\": {open_list},\n "),
        format!("{{\"plan\": {{\"tasks\": {open_list}"),
        open_list.to_owned(),
    ] {
        let Checked { plan, flaws, .. } = outline(&said, 480);
        assert_eq!((titles(&plan.tasks).len(), plan.left_out, flaws), (3, vec![], vec![]), "{said}");
    }
    let in_a_task = open_list.strip_suffix('}').unwrap();
    assert_eq!(outline(in_a_task, 480).plan.left_out.len(), 1);
}

#[test]
fn wrong_types_with_a_clear_meaning_are_accepted() {
    for (minutes, meant) in [
        (json!(45), 45),
        (json!("45"), 45),
        (json!(45.4), 45),
        (json!("45 min"), 45),
        (json!("1.5 hours"), 90),
        (json!("1h 30m"), 90),
        (json!("2 Hours, 15 minutes"), 135),
        (json!("30 Minuten"), 30),
        (json!(0), 5),
        (json!(1), 5),
        (json!(480), 480),
    ] {
        let checked = outline(&three(item("A", minutes.clone(), json!([]))), 480);
        assert_eq!(checked.flaws, [], "{minutes}");
        assert_eq!(checked.plan.tasks[0].minutes, meant, "{minutes}");
    }
    for (word, meant) in
        [("HIGH", Priority::High), ("urgent", Priority::High), (" low ", Priority::Low), ("so-so", Priority::Medium)]
    {
        let mut first = item("A", json!(30), json!([]));
        first["priority"] = json!(word);
        assert_eq!(outline(&three(first), 480).plan.tasks[0].priority, meant, "{word}");
    }
    for (on, meant) in [
        (json!([2]), vec![1]),
        (json!(["2", "c"]), vec![1, 2]),
        (json!("B"), vec![1]),
        (json!("Task 3"), vec![2]),
        (json!(2), vec![1]),
        (json!([0, 1, 9, -1, "Z", null, {}]), vec![]),
        (json!(null), vec![]),
    ] {
        let checked = outline(&three(item("A", json!(30), on.clone())), 480);
        assert_eq!((checked.flaws, &checked.plan.tasks[0].depends_on), (vec![], &meant), "{on}");
    }
}

#[test]
fn unusable_answers_are_described() {
    let cases = [
        (String::new(), "the answer: expected one JSON object with a list “tasks”"),
        ("I'm sorry, I can't help with that.".to_owned(), "the answer: expected one JSON object with a list “tasks”"),
        ("{}".to_owned(), "the answer: expected one JSON object with a list “tasks”"),
        (json!({"tasks": []}).to_string(), "/tasks: expected at least 3 tasks, got none"),
        (json!({"tasks": [item("A", json!(5), json!([]))]}).to_string(), "/tasks: expected at least 3 tasks, got 1"),
        (three(json!("Buy a book")), "/tasks/0: expected an object with title"),
        (three(item(" ", json!(30), json!([]))), "/tasks/0/title: expected a title, got nothing"),
        (three(item("A", json!("a while"), json!([]))), "/tasks/0/minutes: expected a number from 5 to 480, got"),
        (three(item("A", json!(null), json!([]))), "/tasks/0/minutes: expected a number from 5 to 480, got nothing"),
        (three(item("A", json!(9_000), json!([]))), "/tasks/0/minutes: expected a number from 5 to 480, got 9000"),
    ];
    for (said, words) in cases {
        let problem = problem(&said);
        assert!(problem.contains(words), "{said}: {problem}");
    }
}

#[test]
fn too_many_tasks_are_a_flaw_and_the_first_twelve_are_usable() {
    let many: Vec<Value> = (1..=20).map(|n| item(&format!("Task {n}"), json!(30), json!([n - 1, n + 1]))).collect();
    let checked = outline(&json!({ "tasks": many }).to_string(), 480);
    assert_eq!(checked.flaws[0].for_model(), "/tasks: expected at most 12 tasks, got 20");
    assert!(checked.is_usable());
    assert_eq!(checked.plan.tasks.len(), 12);
    assert_eq!(checked.plan.tasks[11].depends_on, [10], "13 is not among them");
}

#[test]
fn a_dependency_on_an_unusable_task_is_dropped() {
    let list = [
        json!("Rubbish"),
        item("B", json!(30), json!([1])),
        item("C", json!(30), json!([2])),
        item("D", json!(30), json!([3])),
    ];
    let checked = outline(&json!({ "tasks": list }).to_string(), 480);
    let on: Vec<_> = checked.plan.tasks.iter().map(|task| task.depends_on.clone()).collect();
    assert_eq!(on, [vec![], vec![0], vec![1]]);
}

#[test]
fn cycles_are_broken_at_forward_dependencies() {
    let list = [item("A", json!(30), json!([3])), item("B", json!(30), json!([1])), item("C", json!(30), json!([2]))];
    let checked = outline(&json!({ "tasks": list }).to_string(), 480);
    let on: Vec<_> = checked.plan.tasks.iter().map(|task| task.depends_on.clone()).collect();
    assert_eq!((checked.flaws, on), (vec![], vec![vec![], vec![0], vec![1]]));
}

#[test]
fn long_tasks_are_split_into_consecutive_parts() {
    let list = [
        item("Write", json!(500), json!([])),
        item("Send", json!(10), json!([1])),
        item("Celebrate", json!(60), json!([2])),
    ];
    let checked = outline(&json!({ "tasks": list }).to_string(), 480);
    let shown: Vec<_> =
        checked.plan.tasks.iter().map(|task| (task.title.as_str(), task.minutes, task.depends_on.clone())).collect();
    let expected = [
        ("Write (1/2)", 250, vec![]),
        ("Write (2/2)", 250, vec![0]),
        ("Send", 10, vec![1]),
        ("Celebrate", 60, vec![2]),
    ];
    assert_eq!(shown, expected);
    let checked = outline(&json!({ "tasks": list }).to_string(), 120);
    assert_eq!(
        titles(&checked.plan.tasks)[..5],
        ["Write (1/5)", "Write (2/5)", "Write (3/5)", "Write (4/5)", "Write (5/5)"]
    );
    assert_eq!(checked.plan.tasks[0].minutes, 100);
}

#[test]
fn too_many_parts_are_a_flaw() {
    let list: Vec<Value> = (1..=12).map(|n| item(&format!("Task {n}"), json!(2_400), json!([]))).collect();
    let checked = outline(&json!({ "tasks": list }).to_string(), 30);
    assert!(checked.flaws[0].for_model().contains("got 960 parts"), "{:?}", checked.flaws);
    assert!(!checked.is_usable());
}

#[test]
fn long_titles_and_descriptions_are_shortened() {
    let mut first = item(&"x".repeat(500), json!(1_000), json!([]));
    first["description"] = json!("y".repeat(9_000));
    let checked = outline(&three(first), 480);
    assert_eq!(checked.flaws, []);
    assert!(checked.plan.tasks[0].title.as_str().ends_with("… (1/3)"), "{}", checked.plan.tasks[0].title);
    assert!(checked.plan.tasks[0].title.as_str().chars().count() <= 200);
}

proptest! {
    #[test]
    fn tasks_of_any_answer_are_within_bounds(
        said in r#"(\{"tasks":)?[\[\]{}"',:a-z0-9 \\\n-]{0,200}"#, longest in 1u32..600
    ) {
        check(&outline(&said, longest), longest);
    }

    #[test]
    fn tasks_with_any_numbers_are_within_bounds(
        numbers in prop::collection::vec((0u32..3_000, prop::collection::vec(0usize..16, 0..5)), 0..16), longest in 1u32..600
    ) {
        let list: Vec<Value> = numbers.iter().map(|(minutes, on)| item("Task", json!(minutes), json!(on))).collect();
        check(&outline(&json!({ "tasks": list }).to_string(), longest), longest);
    }
}

fn check(checked: &Checked, longest: u32) {
    assert!(!checked.plan.tasks.is_empty() || !checked.flaws.is_empty(), "neither tasks nor flaws");
    for (index, task) in checked.plan.tasks.iter().enumerate() {
        assert!((5..=longest.clamp(5, 480)).contains(&task.minutes), "{} minutes of at most {longest}", task.minutes);
        assert!(task.depends_on.iter().all(|on| *on < checked.plan.tasks.len() && *on != index), "{task:?}");
    }
}

#[test]
fn tasks_that_are_left_out_are_named_with_their_reasons() {
    let whole: Vec<Value> = (1..=14).map(|n| item(&format!("Task {n}"), json!(30), json!([]))).collect();
    let mut flawed = whole.clone();
    flawed[0] = json!("Buy a book");
    flawed[1]["title"] = json!("");
    flawed[2]["minutes"] = json!(null);
    flawed[3]["minutes"] = json!("a while");
    let said = json!({ "tasks": flawed }).to_string();
    let left_out = |said: &str| -> Vec<(String, String)> {
        outline(said, 480).plan.left_out.into_iter().map(|left| (left.title.to_string(), left.why)).collect()
    };
    let expected = [
        ("Buy a book", "The model gave no details of it."),
        ("Task 2", "The model gave it no title."),
        ("Task 3", "The model did not say how long it takes."),
        ("Task 4", "The model did not say clearly how long it takes."),
        ("Task 13", "A plan has at most 12 tasks."),
        ("Task 14", "A plan has at most 12 tasks."),
    ];
    assert_eq!(left_out(&said), expected.map(|(title, why)| (title.to_owned(), why.to_owned())));

    let whole = json!({ "tasks": whole[..4] }).to_string();
    let cut = whole.find("Task 4").unwrap() + 6;
    let expected = ("Task 4".to_owned(), "The model's answer was cut off within this task.".to_owned());
    assert_eq!(left_out(&whole[..cut]), [expected]);
}
