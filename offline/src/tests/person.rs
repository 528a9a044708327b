//! A person with a timeline, who says something and sees how the timeline changes.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use flux_model::{ModelCall, ModelMessage};
use flux_timeline::command::SettingsUpdate;
use flux_timeline::decide::{Context, DecideError, Decision, decide};
use flux_timeline::run::Run;
use flux_timeline::{
    Actor, Block, BlockQuery, Command, EventId, HourFormat, Moment, Plan, PlanId, ReadBlocks, ReadPlans, ReadRuns,
    ReadSeries, Reminders, Series, Session, Source, Status, Title, TxnId, When, Zone, query,
};
use flux_tools::context::{self, Facts};
use flux_tools::report::Report;
use flux_tools::tool::{Action, ToolCall, ToolContext};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Answer, answer};

/// Monday, ten in the morning, in all zones that the tests use.
pub const NOW: &str = "2026-03-02T10:00:00";

/// A person with a timeline of their own.
pub struct Person {
    session: RefCell<Session>,
    zone: Zone,
    now: DateTime<Utc>,
    ids: Cell<u128>,
    messages: Vec<ModelMessage>,
    /// The blocks whose reminders have come and wait.
    waiting: RefCell<Vec<Block>>,
}

/// The result of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Became {
    /// The changes of the timeline, one line each.
    pub effects: Vec<String>,
    /// The text of the answer, of all steps together.
    pub text: String,
}

impl Person {
    /// With an empty timeline, on the usual morning.
    pub fn new(zone: &str) -> Self {
        Self::at(zone, NOW)
    }

    /// With an empty timeline, at a wall-clock time.
    pub fn at(zone: &str, now: &str) -> Self {
        let zone = Zone::new(zone).unwrap();
        let now = zone.instant(now.parse().unwrap());
        let person = Self {
            session: RefCell::default(),
            zone,
            now,
            ids: Cell::new(0),
            messages: Vec::new(),
            waiting: RefCell::default(),
        };
        let title = Title::new("My plan").unwrap();
        person.run(&Command::OpenTimeline { id: PlanId::new(person.id()), title });
        // Nobody here wants breaks, so that free time begins when a block ends.
        person.run(&Command::ChangeSettings(SettingsUpdate {
            time_zone: Some(zone),
            break_minutes: Some(0),
            ..SettingsUpdate::default()
        }));
        person
    }

    /// With the blocks that the tests use.
    pub fn busy(zone: &str) -> Self {
        let person = Self::new(zone);
        for (title, start, minutes) in [
            ("Standup", "2026-03-02T11:00", 15),
            ("Lunch with Ana", "2026-03-02T12:30", 60),
            ("Budget meeting", "2026-03-02T15:00", 60),
            ("Gym", "2026-03-02T18:00", 60),
            ("Standup", "2026-03-03T09:00", 15),
            ("Dentist", "2026-03-05T14:00", 60),
            ("Write report", "2026-02-27T10:00", 120),
            ("Call mom", "2026-03-01T17:00", 30),
            ("Team offsite", "2026-03-20T09:00", 480),
        ] {
            person.tool("scheduleBlock", json!({"title": title, "startTime": start, "durationMinutes": minutes}));
        }
        person.tool("completeBlock", json!({"id": "B8"}));
        person.tool("updateBlock", json!({"id": "B4", "updates": {"tags": ["health"]}}));
        person.tool("createPlan", json!({"title": "Work"}));
        person.tool("scheduleBlock", json!({"title": "Review", "startTime": "2026-03-03T10:00"}));
        person.tool("switchPlan", json!({"id": "My plan"}));
        person
    }

    /// The same, with a plan in the archive.
    pub fn tidy(zone: &str) -> Self {
        let person = Self::busy(zone);
        person.tool("createPlan", json!({"title": "Old job"}));
        person.tool("archivePlan", json!({"id": "Old job"}));
        person.tool("switchPlan", json!({"id": "My plan"}));
        person
    }

    /// Like [`Person::busy`], with times in 12-hour format.
    pub fn by_twelve(zone: &str) -> Self {
        let person = Self::busy(zone);
        let hour_format = Some(HourFormat::Hours12);
        person.run(&Command::ChangeSettings(SettingsUpdate { hour_format, ..SettingsUpdate::default() }));
        person
    }

    fn id(&self) -> Uuid {
        self.ids.set(self.ids.get() + 1);
        Uuid::from_u128(self.ids.get())
    }

    /// Carries out a command, which must not be rejected.
    fn run(&self, command: &Command) {
        self.decide(command, &Actor::System, TxnId::new(self.id())).unwrap();
    }

    fn decide(&self, command: &Command, actor: &Actor, txn: TxnId) -> Result<Decision, DecideError<Infallible>> {
        let decision = decide(&*self.session.borrow(), command, &Context { now: self.now, source: Source::User })?;
        self.session.borrow_mut().append(decision.events.clone(), self.now, actor, txn, || EventId::new(self.id()));
        Ok(decision)
    }

    /// Calls a tool; the call must fit its schema.
    fn tool(&self, name: &str, arguments: Value) -> Value {
        self.tool_of(TxnId::new(self.id()), name, arguments)
    }

    fn tool_of(&self, txn: TxnId, name: &str, arguments: Value) -> Value {
        let call = ToolCall::parse(name, &arguments).unwrap_or_else(|error| panic!("{name} {arguments}: {error}"));
        let context = ToolContext { now: self.now, zone: self.zone, new_id: self.id() };
        let settings = self.session.borrow().timeline().settings().clone();
        let moment = Moment::new(self.now, &settings);
        let report = match call.action(&context) {
            Err(error) => Report::of_tool_error(&error),
            Ok(Action::Snooze { block, minutes }) => {
                let mut waiting = self.waiting.borrow_mut();
                let is_meant = |known: &Block| block.as_ref().is_none_or(|block| block.fits(known));
                let meant: Vec<Block> = waiting.iter().filter(|known| is_meant(known)).cloned().collect();
                if meant.len() == 1 {
                    waiting.retain(|known| !is_meant(known));
                }
                Report::of_snoozed(&meant, self.now + TimeDelta::minutes(minutes.into()), &moment)
            }
            Ok(Action::Query(query)) => match query::answer(&*self.session.borrow(), &query) {
                Ok(answer) => Report::of_answer(&answer, &moment),
                Err(DecideError::Rejected(rejection)) => Report::of_rejection(&rejection, &moment),
            },
            Ok(Action::Command(command)) => match self.decide(&command, &Actor::User, txn) {
                Ok(decision) => Report::of_decision(&decision, &moment),
                Err(DecideError::Rejected(rejection)) => Report::of_rejection(&rejection, &moment),
            },
        };
        serde_json::to_value(report).unwrap()
    }

    /// Lets the reminders of these blocks come.
    pub fn remind(&self, handles: &[&str]) {
        let blocks = self.session.borrow().timeline().content().blocks;
        let is_meant = |block: &Block| handles.contains(&block.handle.to_string().as_str());
        self.waiting.borrow_mut().extend(blocks.into_iter().filter(is_meant));
    }

    /// Makes all goals in progress fail.
    pub fn fail_runs(&self) {
        let running = self.session.borrow().running().unwrap();
        for run in running {
            self.run(&Command::FailRun { run: run.id, error: "It broke.".to_owned() });
        }
    }

    /// Says something and lets the interpreter act.
    pub fn say(&mut self, text: &str) -> Became {
        let before = self.picture();
        self.messages.push(ModelMessage::User { text: text.to_owned() });
        let txn = TxnId::new(self.id());
        let mut said = Vec::new();
        for _ in 0..4 {
            let Answer { text, calls } = answer(&self.facts(), &self.messages);
            if !text.is_empty() {
                said.push(text.clone());
            }
            let calls: Vec<(ModelCall, Value)> = calls
                .into_iter()
                .map(|(name, arguments)| {
                    let call = ModelCall { id: self.id().to_string(), name, arguments: arguments.to_string() };
                    (call, arguments)
                })
                .collect();
            let made = calls.iter().map(|(call, _)| call.clone()).collect();
            self.messages.push(ModelMessage::Assistant { text, calls: made });
            if calls.is_empty() {
                let effects = differences(&before, &self.picture());
                return Became { effects, text: said.join("\n") };
            }
            for (call, arguments) in calls {
                let result = self.tool_of(txn, &call.name, arguments);
                self.messages.push(ModelMessage::Tool {
                    call_id: call.id,
                    name: call.name,
                    content: result.to_string(),
                });
            }
        }
        panic!("{text}: no end after four steps: {said:?}")
    }

    fn facts(&self) -> Facts {
        Facts::Timeline(context::timeline(&*self.session.borrow(), self.now).unwrap())
    }

    fn picture(&self) -> Picture {
        let session = self.session.borrow();
        let plans = session.plans().unwrap();
        // Including those of archived plans.
        let of_plan = |plan: &Plan| {
            session.blocks(&BlockQuery { plan: Some(plan.id), limit: 1_000, ..BlockQuery::default() }).unwrap()
        };
        let mut blocks: Vec<Block> = plans.iter().flat_map(of_plan).collect();
        blocks.sort_by_key(|block| (block.when().map(When::bounds), block.handle));
        let runs = session.runs(100).unwrap();
        let series = session.all_series().unwrap();
        Picture { series, zone: self.zone, active: session.active_plan().unwrap(), plans, blocks, runs }
    }
}

struct Picture {
    zone: Zone,
    active: Option<Plan>,
    plans: Vec<Plan>,
    blocks: Vec<Block>,
    runs: Vec<Run>,
    series: Vec<Series>,
}

impl Picture {
    fn time(&self, block: &Block) -> String {
        if let Some(days) = block.days {
            let day = |day: NaiveDate| day.format("%a %-d %b %Y").to_string().replace(" 2026", "");
            let last = if days.count() == 1 { String::new() } else { format!("-{}", day(days.last())) };
            return format!("{}{last} all day", day(days.first()));
        }
        let Some(span) = block.span else { return "in the inbox".to_owned() };
        let (start, end) = (self.zone.wall(span.start()), self.zone.wall(span.end()));
        let end_day = if start.date() == end.date() { String::new() } else { end.format("%a ").to_string() };
        format!("{}-{end_day}{}", start.format("%a %-d %b %Y %H:%M"), end.format("%H:%M")).replace(" 2026", "")
    }

    /// `, every Tuesday`, or `None` for any block of a series but its first one.
    fn repeats(&self, block: &Block) -> Option<String> {
        let Some(place) = block.series else { return Some(String::new()) };
        let series = self.series.iter().find(|series| series.id == place.series).unwrap();
        (series.start == place.start).then(|| format!(", {}", series.words()))
    }

    fn plan(&self, block: &Block) -> String {
        self.plan_of(block.plan)
    }

    fn plan_of(&self, id: PlanId) -> String {
        let plan = self.plans.iter().find(|plan| plan.id == id);
        plan.map(|plan| plan.title.to_string()).unwrap_or_default()
    }

    fn goal(&self, run: &Run) -> String {
        let mut text = run.goal.to_string();
        if let Some(deadline) = run.deadline {
            text.push_str(&format!(" by {}", self.zone.wall(deadline).format("%Y-%m-%dT%H:%M")));
        }
        if let Some(minutes) = run.minutes_per_week {
            text.push_str(&format!(" {minutes} min a week"));
        }
        let plan = self.plan_of(run.plan);
        if plan == "My plan" { text } else { format!("{text} in {plan}") }
    }

    /// ` 30 min high #health (Bring the card) !10`: estimate, priority, tags, note, and minutes before the start at which it reminds.
    fn details(&self, block: &Block) -> String {
        let mut text = String::new();
        if let Some(minutes) = block.minutes {
            text.push_str(&format!(" {minutes} min"));
        }
        if block.priority.as_str() != "medium" {
            text.push_str(&format!(" {}", block.priority.as_str()));
        }
        for tag in &block.tags {
            text.push_str(&format!(" #{tag}"));
        }
        if let Some(note) = &block.description {
            text.push_str(&format!(" ({note})"));
        }
        let reminders = block.reminders.as_ref().map(Reminders::minutes);
        if reminders == Some(&[]) {
            text.push_str(" !never");
        }
        for minutes in reminders.unwrap_or_default() {
            text.push_str(&format!(" !{minutes}"));
        }
        text
    }
}

/// The differences, one line each.
fn differences(before: &Picture, after: &Picture) -> Vec<String> {
    let mut lines = Vec::new();
    for plan in &after.plans {
        match before.plans.iter().find(|old| old.id == plan.id) {
            None => lines.push(format!("+plan {}", plan.title)),
            Some(old) if old.title != plan.title => lines.push(format!("plan {} is {}", old.title, plan.title)),
            Some(old) if old.is_in_use() && !plan.is_in_use() => lines.push(format!("plan {} archived", old.title)),
            Some(old) if !old.is_in_use() && plan.is_in_use() => lines.push(format!("plan {} in use", old.title)),
            Some(_) => {}
        }
    }
    lines.extend(
        before
            .plans
            .iter()
            .filter(|old| !after.plans.iter().any(|plan| plan.id == old.id))
            .map(|old| format!("-plan {}", old.title)),
    );
    let active = |picture: &Picture| picture.active.as_ref().map(|plan| plan.id);
    if active(before) != active(after) && before.plans.len() == after.plans.len() {
        lines.push(format!("in {}", after.active.as_ref().map_or("no plan", |plan| plan.title.as_str())));
    }
    for block in &after.blocks {
        let Some(old) = before.blocks.iter().find(|old| old.id == block.id) else {
            let Some(repeats) = after.repeats(block) else { continue };
            let plan = after.plan(block);
            let plan = if plan == "My plan" { String::new() } else { format!(" in {plan}") };
            lines.push(format!("+{} {}{}{plan}{repeats}", block.title, after.time(block), after.details(block)));
            continue;
        };
        let mut change = |what: String| lines.push(format!("{} {what}", old.handle));
        if old.title != block.title {
            change(format!("is {}", block.title));
        }
        if old.when() != block.when() {
            change(format!("at {}", after.time(block)));
        }
        if old.status() != block.status() {
            let state = match block.status() {
                Status::Open => "open",
                Status::Completed => "done",
                Status::Missed => "missed",
            };
            change(state.to_owned());
        }
        if old.worked.is_running() != block.worked.is_running() {
            change(
                if block.worked.is_running() { "with a timer that runs" } else { "with a timer that is paused" }
                    .to_owned(),
            );
        }
        if before.details(old) != after.details(block) {
            change(format!("with{}", after.details(block)));
        }
    }
    for run in &after.runs {
        match before.runs.iter().find(|old| old.id == run.id) {
            None => lines.push(format!("+goal {}", after.goal(run))),
            Some(old) if old.state.status != run.state.status => {
                lines.push(format!("goal {} {}", run.goal, run.state.status.as_str()));
            }
            Some(_) => {}
        }
    }
    lines.extend(
        before
            .blocks
            .iter()
            .filter(|old| !after.blocks.iter().any(|block| block.id == old.id))
            .map(|old| format!("-{} {}", old.handle, old.title)),
    );
    lines
}

/// For each line of a table, a new person says it. Compares the changes of the timeline.
pub fn check(person: impl Fn() -> Person, table: &[(&str, &[&str])]) {
    let mut wrong = Vec::new();
    for (text, expected) in table {
        let became = person().say(text);
        if became.effects != *expected {
            wrong.push(format!(
                "{text}\n  expected {expected:?}\n  became   {:?}\n  said     {:?}",
                became.effects, became.text
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} went wrong:\n{}", wrong.len(), table.len(), wrong.join("\n"));
}

/// The same for questions: nothing changes, and the answer contains each of the words.
pub fn check_answers(person: impl Fn() -> Person, table: &[(&str, &[&str])]) {
    let mut wrong = Vec::new();
    for (text, expected) in table {
        let became = person().say(text);
        if !became.effects.is_empty() || !expected.iter().all(|part| became.text.contains(part)) {
            wrong.push(format!(
                "{text}\n  expected {expected:?}\n  said {:?}\n  became {:?}",
                became.text, became.effects
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} went wrong:\n{}", wrong.len(), table.len(), wrong.join("\n"));
}
