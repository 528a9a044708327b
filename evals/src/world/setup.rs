//! Setting up the timeline from which a case starts, with the calls that a client would make.

use flux_agent::host::Host;
use flux_agent::store::DueReminder;
use flux_protocol::frame::RpcResponse;
use flux_protocol::{ClientFrame, ServerFrame};
use flux_timeline::{BlockId, Kind, ReadBlocks, ReadPlans};
use serde_json::{Map, Value, json};

use super::{World, WorldError};
use crate::case::{Case, Filler, Start, StartBlock, StartChoice};
use crate::wall_clock::WallClock;

/// The plan that every person has.
const FIRST_PLAN: &str = "My plan";
/// The hours at which fillers start on each day.
const FILLER_HOURS: [u32; 8] = [8, 9, 10, 11, 13, 14, 15, 16];

impl World {
    pub(super) fn set_up(&mut self, case: &Case) -> Result<(), WorldError> {
        let mut settings = Map::new();
        settings.insert("timeZone".to_owned(), self.zone.name().into());
        let nothing = Start::default();
        let start = match &case.start {
            Some(StartChoice::Here(start)) => start.as_ref(),
            _ => &nothing,
        };
        // The checks look at what is on the timeline. A case can say that the person is asked.
        settings.insert("acceptGoals".to_owned(), true.into());
        settings.extend(start.settings.clone());
        self.call("setSettings", &Value::Object(settings))?;
        for plan in &start.plans {
            self.call("createPlan", &json!({"title": plan.title}))?;
        }
        let filler = start.filler.iter().flat_map(fillers);
        for block in start.blocks.iter().cloned().chain(filler) {
            let scheduled = self.call("scheduleBlock", &arguments(&block))?;
            if block.reminded {
                self.remind(&scheduled)?;
            }
            if block.done {
                self.call("completeBlock", &json!({"id": scheduled["block"]["id"]}))?;
            }
        }
        for plan in start.plans.iter().filter(|plan| plan.archived) {
            self.call("archivePlan", &json!({"id": plan.title}))?;
        }
        let active = start.active.as_deref().unwrap_or(FIRST_PLAN);
        if self.agent.store().active_plan()?.is_none_or(|plan| plan.title.as_str() != active) {
            self.call("switchPlan", &json!({"id": active}))?;
        }
        for goal in &start.goals {
            self.call("useArchitect", &json!({"goal": goal}))?;
        }
        self.host.launched();
        Ok(())
    }

    /// Lets a reminder of the block come that was scheduled.
    fn remind(&self, scheduled: &Value) -> Result<(), WorldError> {
        let id = scheduled["block"]["id"].as_str().and_then(|id| id.parse().ok()).map(BlockId::new);
        let store = self.agent.store();
        let block = id.map(|id| store.block(id)).transpose()?.flatten();
        let Some((block, span)) = block.and_then(|block| Some((block.id, block.span?))) else { return Ok(()) };
        Ok(store.put_reminder(DueReminder { block, start: span.start(), at: self.host.now() })?)
    }

    /// Makes a call. Returns its result.
    fn call(&mut self, method: &str, argument: &Value) -> Result<Value, WorldError> {
        self.requests += 1;
        let id = format!("setup-{}", self.requests);
        self.send(ClientFrame::Rpc { id, method: method.to_owned(), args: vec![argument.clone()], trace: None });
        // The response arrives before `send` returns, after any frames about what the call changed.
        let mut answer = Err("no answer".to_owned());
        while let Ok(frame) = self.frames.try_recv() {
            if let ServerFrame::Rpc(RpcResponse { success, result, error, .. }) = frame {
                answer = if success { Ok(result.unwrap_or_default()) } else { Err(error.unwrap_or_default()) };
            }
        }
        answer.map_err(|error| WorldError::Setup { method: method.to_owned(), arguments: argument.clone(), error })
    }
}

fn arguments(block: &StartBlock) -> Value {
    let mut arguments = json!({
        "title": block.title,
        "plan": block.plan.as_deref().unwrap_or(FIRST_PLAN),
        "kind": block.kind,
        "tags": block.tags,
    });
    if let Some(start) = block.start {
        arguments["startTime"] = json!(start);
    }
    if let Some(days) = block.days {
        arguments["firstDay"] = json!(days.first);
        arguments["lastDay"] = json!(days.last());
    }
    if let Some(minutes) = block.minutes.or(block.start.map(|_| 60)) {
        arguments["durationMinutes"] = json!(minutes);
    }
    if let Some(due) = &block.due {
        arguments["dueDate"] = json!(due);
    }
    if let Some(description) = &block.description {
        arguments["description"] = description.as_str().into();
    }
    if let Some(priority) = &block.priority {
        arguments["priority"] = priority.as_str().into();
    }
    if let Some(reminders) = &block.reminders {
        arguments["remindMinutesBefore"] = json!(reminders);
    }
    if let Some(repeat) = &block.repeat {
        arguments["repeat"] = json!(repeat);
    }
    arguments
}

fn fillers(filler: &Filler) -> impl Iterator<Item = StartBlock> + '_ {
    let per_day = FILLER_HOURS.len();
    (0..filler.count as usize).filter_map(move |index| {
        let day = filler.from.0.date() + chrono::Days::new((index / per_day) as u64);
        let start = day.and_hms_opt(*FILLER_HOURS.get(index % per_day)?, 0, 0)?;
        let title = filler.titles.get(index % filler.titles.len().max(1))?;
        Some(StartBlock {
            title: format!("{title} {}", index + 1),
            start: Some(WallClock(start)),
            days: None,
            due: None,
            minutes: Some(30),
            description: None,
            priority: None,
            tags: Vec::new(),
            kind: Kind::Task,
            repeat: None,
            reminders: None,
            reminded: false,
            done: false,
            plan: None,
        })
    })
}
