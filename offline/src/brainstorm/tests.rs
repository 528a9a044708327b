//! Plans by rules: what they are about, that they hold together, and how three of them read.

use serde::Deserialize;

use super::tasks;
use flux_tools::context::GoalContext;

#[derive(Debug, Deserialize)]
struct Plan {
    #[serde(default)]
    activity: String,
    #[serde(default)]
    sessions: Vec<Phase>,
    tasks: Vec<Task>,
}

#[derive(Debug, Deserialize)]
struct Phase {
    title: String,
    description: String,
    minutes: u32,
    per_week: u32,
    weeks: u32,
    milestone: String,
}

#[derive(Debug, Deserialize)]
struct Task {
    title: String,
    description: String,
    minutes: u32,
    priority: String,
    depends_on: Vec<usize>,
    after_sessions: bool,
    why: String,
}

fn goal(text: &str) -> GoalContext {
    GoalContext {
        goal: text.to_owned(),
        now: "2026-03-02T10:00:00".parse().unwrap(),
        deadline: None,
        minutes_per_week: None,
        longest_minutes: 480,
    }
}

fn plan(goal: &GoalContext) -> Plan {
    serde_json::from_str(&tasks(goal)).unwrap()
}

/// What must hold for every plan; what is wrong with this one.
fn wrong(goal: &GoalContext, plan: &Plan) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut check = |holds: bool, what: String| {
        if !holds {
            wrong.push(what);
        }
    };
    check((3..=12).contains(&plan.tasks.len()), format!("{} tasks", plan.tasks.len()));
    check(plan.sessions.len() <= 4, format!("{} phases", plan.sessions.len()));
    check(plan.activity.is_empty() == plan.sessions.is_empty(), format!("activity {:?}", plan.activity));
    for Phase { title, description, minutes, per_week, weeks, milestone } in &plan.sessions {
        check((5..=goal.longest_minutes).contains(minutes), format!("{title}: {minutes} minutes"));
        check((1..=7).contains(per_week) && (1..=52).contains(weeks), format!("{title}: {per_week} for {weeks} weeks"));
        check((1..=80).contains(&title.chars().count()), format!("{title}: {} characters", title.chars().count()));
        check(description.ends_with("Planned by rules, without a language model."), format!("{title}: not marked"));
        check(!milestone.is_empty() && !milestone.contains("  "), format!("{title}: milestone {milestone:?}"));
    }
    let is_closing = |number: &usize| plan.tasks.get(number - 1).is_some_and(|task| task.after_sessions);
    for task in plan.tasks.iter().filter(|task| !task.after_sessions) {
        check(!task.depends_on.iter().any(is_closing), format!("{}: before what it depends on", task.title));
    }
    for (at, task) in plan.tasks.iter().enumerate() {
        let title = &task.title;
        check((5..=goal.longest_minutes).contains(&task.minutes), format!("{title}: {} minutes", task.minutes));
        check(
            task.minutes <= goal.minutes_per_week.unwrap_or(480).max(5),
            format!("{title}: longer than a week's limit"),
        );
        check((1..=80).contains(&title.chars().count()), format!("{title}: {} characters", title.chars().count()));
        check(title.trim() == title && !title.contains("  "), format!("{title}: blanks"));
        check(plan.tasks.iter().filter(|other| other.title == *title).count() == 1, format!("{title}: twice"));
        check(
            task.depends_on.iter().all(|on| (1..=at).contains(on)),
            format!("{title}: depends on {:?}", task.depends_on),
        );
        check(at == 0 || !task.depends_on.is_empty() || at < 3, format!("{title}: depends on nothing"));
        check(
            task.description.ends_with("Planned by rules, without a language model."),
            format!("{title}: not marked"),
        );
        check(["high", "medium", "low"].contains(&task.priority.as_str()), format!("{title}: {}", task.priority));
        check(task.why.ends_with('.'), format!("{title}: {}", task.why));
    }
    wrong
}

/// A goal, days until its deadline, minutes a week, and words that the titles must have together.
type Row<'a> = (&'a str, Option<i64>, Option<u32>, &'a [&'a str]);

const GOALS: &[Row] = &[
    ("I want to learn German", None, None, &["dictionary app for German", "speak German with", "Test your German"]),
    ("become fluent in Spanish", Some(60), None, &["conversation in Spanish"]),
    (
        "reach B2 in French by June",
        Some(90),
        Some(180),
        &["French: conversations", "day in French", "Test your French"],
    ),
    ("reach B2 in French by June", Some(20), Some(180), &["Week 2: French: introduce", "Test your French"]),
    ("learn to play the guitar by June", Some(90), None, &["Get the guitar ready", "Practise the guitar: three songs"]),
    ("learn to play the guitar", Some(9), None, &["Practise the guitar: posture"]),
    ("learn Rust, 3 hours a week", None, Some(180), &["Rust: the basics", "something small: Rust"]),
    ("learn Rust, 3 hours a week", Some(20), Some(180), &["Week 1: Rust: the basic terms"]),
    ("learn to sing", None, None, &["How to sing: the basics"]),
    ("learn how to cook", None, None, &["main source: how to cook", "How to cook: the basics"]),
    ("get my driving licence", Some(60), None, &["what my driving licence asks for"]),
    ("pass the AWS exam", Some(20), None, &["practice test for the AWS exam"]),
    (
        "help me prepare for the bar exam",
        None,
        None,
        &["Study for the bar exam: one topic", "Every topic of the bar exam"],
    ),
    (
        "run a half marathon in May",
        Some(60),
        Some(300),
        &["Sign up for a half marathon", "Base training for a half marathon", "Rest before a half marathon"],
    ),
    ("run 10 km", None, None, &["Base training for the 10 km"]),
    ("run 10 km", Some(18), None, &["Training for the 10 km: 3 km", "10 km at an easy pace"]),
    ("run a 10k", None, None, &["Sign up for a 10k"]),
    ("get fit", Some(30), None, &["Measure where you start: Get fit", "Workout: the foundation"]),
    ("build a fitness routine for the next 30 days", Some(30), None, &["Workout: the build-up"]),
    ("build a fitness routine for the next 16 days", Some(16), None, &["Days 1–5: Workout", "–16: Workout"]),
    ("launch a SaaS landing page using Cloudflare", None, None, &["Launch a SaaS landing page using Cloudflare and"]),
    ("build my landing page using Cloudflare", Some(5), None, &["Sketch my landing page using Cloudflare"]),
    ("start a podcast", None, None, &["Choose name, domain and tools for a podcast"]),
    ("move to Berlin", None, None, &["moving to Berlin", "Change the address to Berlin"]),
    ("my move to a new flat", Some(40), None, &["moving to a new flat"]),
    (
        "plan a trip to Japan",
        Some(80),
        None,
        &["Book flights or trains to Japan", "Pack for Japan", "Compare three places to stay in Japan"],
    ),
    ("a two week holiday in Lisbon", None, None, &["Pack for Lisbon"]),
    ("organise my sister's wedding", Some(120), None, &["places for my sister's wedding"]),
    ("throw a birthday party for Ann", Some(2), None, &["a birthday party for Ann"]),
    ("write my thesis", Some(100), None, &["Outline my thesis"]),
    (
        "write 80,000 words of my novel",
        Some(20),
        None,
        &["Outline my novel", "Draft my novel: words 1–26,500 of 80,000", "–80,000 of"],
    ),
    ("write 80,000 words of my novel", None, None, &["Draft my novel", "All 80,000 words are drafted"]),
    ("write a blog post about tides", Some(4), None, &["what a blog post about tides is about"]),
    ("read Ulysses", None, None, &["Read Ulysses"]),
    ("read Ulysses", Some(6), None, &["Read Ulysses: the opening"]),
    ("read 12 books this year", Some(300), None, &["Read the 12 books", "12 books are read"]),
    ("read 3 books", Some(20), None, &["Read book 1 of 3", "Read book 3 of 3"]),
    ("meditate every day", Some(30), Some(70), &["Make “Meditate every day” so small", "day: the full version"]),
    ("stop smoking", None, None, &["instead of smoking", "Without smoking: a plan for the first morning"]),
    ("tidy the garage", Some(1), None, &["Describe the result of “Tidy the garage”"]),
    ("apprendre à nager", None, None, &["“Apprendre à nager”"]),
    ("学习弹琴", None, None, &["学习弹琴"]),
    ("🎉🎉", None, None, &["“The goal”"]),
    ("{object} {goal} \"quoted\" }{ \\ \n", None, None, &["{object} {goal}"]),
    ("?", None, None, &["“The goal”"]),
];

#[test]
fn plans_speak_of_the_goal_in_its_own_words() {
    let mut all = Vec::new();
    for (text, days, minutes_per_week, expected) in GOALS {
        let mut goal = GoalContext { minutes_per_week: *minutes_per_week, ..goal(text) };
        goal.deadline = days.map(|days| goal.now + chrono::TimeDelta::days(days));
        let plan = plan(&goal);
        let phases = plan.sessions.iter().flat_map(|phase| [phase.title.as_str(), phase.milestone.as_str()]);
        let titles: Vec<&str> = plan.tasks.iter().map(|task| task.title.as_str()).chain(phases).collect();
        let mut found = wrong(&goal, &plan);
        let missing = expected.iter().filter(|part| !titles.join("\n").contains(**part));
        found.extend(missing.map(|part| format!("misses {part:?}")));
        if !found.is_empty() {
            all.push(format!("{text}: {found:#?}\n  {}", titles.join("\n  ")));
        }
    }
    assert!(all.is_empty(), "{} of {} went wrong:\n{}", all.len(), GOALS.len(), all.join("\n"));
}

#[test]
fn a_near_deadline_gives_fewer_and_shorter_tasks() {
    let until = |days: i64| {
        let goal = goal("learn German");
        plan(&GoalContext { deadline: Some(goal.now + chrono::TimeDelta::days(days)), ..goal })
    };
    let minutes = |plan: &Plan| plan.tasks.iter().map(|task| task.minutes).sum::<u32>();
    let plans: Vec<(usize, u32)> =
        [1, 5, 14].into_iter().map(until).map(|plan| (plan.tasks.len(), minutes(&plan))).collect();
    assert!(plans.is_sorted_by(|nearer, farther| nearer < farther), "{plans:?}");
}

#[test]
fn the_hours_a_week_bound_the_whole() {
    let goal = goal("write my thesis");
    let goal =
        GoalContext { deadline: Some(goal.now + chrono::TimeDelta::days(20)), minutes_per_week: Some(90), ..goal };
    let total: u32 = plan(&goal).tasks.iter().map(|task| task.minutes).sum();
    assert!(total <= 3 * 90, "{total} minutes in three weeks of 90");
}

fn told(text: &str, days: i64, minutes_per_week: Option<u32>) -> String {
    let goal = GoalContext { minutes_per_week, ..goal(text) };
    let plan = plan(&GoalContext { deadline: Some(goal.now + chrono::TimeDelta::days(days)), ..goal });
    let mut told = format!("{text} ({days} days, {minutes_per_week:?} minutes a week)\n");
    for (at, task) in plan.tasks.iter().enumerate() {
        let Task { title, description, minutes, priority, depends_on, after_sessions, why } = task;
        let end = if *after_sessions { ", after all sessions" } else { "" };
        told.push_str(&format!(
            "\n{}. {title} [{minutes} min, {priority}, after {depends_on:?}{end}]\n   {description}\n   {why}\n",
            at + 1
        ));
    }
    for Phase { title, description, minutes, per_week, weeks, milestone } in &plan.sessions {
        told.push_str(&format!(
            "\n{title} [{per_week} × {minutes} min a week for {weeks} weeks, {}]\n   {description}\n   {milestone}\n",
            plan.activity
        ));
    }
    told
}

#[test]
fn how_plans_read() {
    insta::assert_snapshot!("a_language", told("learn German by June, 3 hours a week", 90, Some(180)));
    insta::assert_snapshot!("a_launch", told("launch a landing page using Cloudflare in 30 days", 30, None));
    insta::assert_snapshot!("a_trip", told("plan a trip to Lisbon", 45, None));
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..proptest::test_runner::Config::default() })]

    #[test]
    fn any_goal_gets_a_plan_that_holds_together(
        words in proptest::collection::vec(proptest::sample::select(GOALS), 0..4),
        noise in "\\PC{0,40}",
        repeated in 1usize..12,
        days in proptest::option::of(0i64..2_000),
        longest_minutes in 5u32..=480,
        minutes_per_week in proptest::option::of(15u32..=10_080),
    ) {
        let text: Vec<&str> = words.iter().map(|row| row.0).chain([noise.as_str()]).collect();
        let text: String = text.join(" ").repeat(repeated).chars().take(500).collect();
        let mut goal = GoalContext { longest_minutes, minutes_per_week, ..goal(&text) };
        goal.deadline = days.map(|days| goal.now + chrono::TimeDelta::days(days));
        let wrong = wrong(&goal, &plan(&goal));
        proptest::prop_assert!(wrong.is_empty(), "{text}: {wrong:#?}");
    }
}
