//! A person whose calls are carried out in memory.

use chrono::{DateTime, Utc};
use flux_timeline::command::SettingsUpdate;
use flux_timeline::decide::{self, DecideError, decide};
use flux_timeline::{Actor, Command, EventId, Moment, PlanId, Session, Source, Title, TxnId, Zone, query};
use flux_tools::report::Report;
use flux_tools::tool::{Action, ToolCall, ToolContext};
use serde_json::Value;
use uuid::Uuid;

pub const NOW: &str = "2026-03-02T09:00:00Z";

/// A person in Oslo on Monday 2 March 2026, 10:00.
pub struct Person {
    pub session: Session,
    ids: u128,
}

impl Person {
    pub fn new() -> Self {
        let mut person = Self { session: Session::default(), ids: 0 };
        let zone = Zone::new("Europe/Oslo").ok();
        person
            .run(&Command::OpenTimeline { id: PlanId::new(Uuid::from_u128(1)), title: Title::new("My plan").unwrap() });
        person.run(&Command::ChangeSettings(SettingsUpdate { time_zone: zone, ..Default::default() }));
        person
    }

    /// A person who wants no breaks.
    pub fn without_breaks() -> Self {
        let mut person = Self::new();
        person.run(&Command::ChangeSettings(SettingsUpdate { break_minutes: Some(0), ..Default::default() }));
        person
    }

    pub fn now() -> DateTime<Utc> {
        NOW.parse().unwrap()
    }

    pub fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(0x1000 + self.ids)
    }

    pub fn run(&mut self, command: &Command) -> Report {
        let moment = Moment::new(Self::now(), self.session.timeline().settings());
        match decide(&self.session, command, &decide::Context { now: Self::now(), source: Source::Assistant }) {
            Ok(decision) => {
                let report = Report::of_decision(&decision, &moment);
                let txn = TxnId::new(self.id());
                self.session.append(decision.events, Self::now(), &Actor::User, txn, || EventId::new(Uuid::nil()));
                report
            }
            Err(DecideError::Rejected(rejection)) => Report::of_rejection(&rejection, &moment),
            Err(DecideError::View(never)) => match never {},
        }
    }

    pub fn call(&mut self, name: &str, arguments: Value) -> Report {
        let zone = self.session.timeline().settings().zone();
        let context = ToolContext { now: Self::now(), zone, new_id: self.id() };
        let moment = Moment::new(Self::now(), self.session.timeline().settings());
        match ToolCall::parse(name, &arguments).and_then(|call| call.action(&context)) {
            Ok(Action::Command(command)) => self.run(&command),
            Ok(Action::Query(query)) => match query::answer(&self.session, &query) {
                Ok(answer) => Report::of_answer(&answer, &moment),
                Err(DecideError::Rejected(rejection)) => Report::of_rejection(&rejection, &moment),
                Err(DecideError::View(never)) => match never {},
            },
            Ok(Action::Snooze { .. }) => panic!("the timeline has no reminders that have come"),
            Err(error) => Report::of_tool_error(&error),
        }
    }

    pub fn says(&mut self, name: &str, arguments: Value) -> String {
        let report = self.call(name, arguments);
        report.summary.or(report.error).unwrap()
    }
}
