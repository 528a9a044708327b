//! What is still to be done for a goal, with times in the timeline as it is.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::block::{Block, GoalPart, Part, Source};
use crate::goal::{Goal, GoalStatus};
use crate::id::{BlockId, Handle};
use crate::limits;
use crate::moment::Moment;
use crate::outline::{
    self, Done, Outline, Phase, PhaseDone, Proposal, RemainingPhase, SESSION_TAG, numbered, propose, remaining,
};
use crate::place::{Horizon, SHORTEST_TASK};
use crate::run::LeftOut;
use crate::settings::Settings;
use crate::span::Span;
use crate::text::{Description, Tag, Title};
use crate::view::{BlockQuery, ReadBlocks, ReadGoals, ReadPlans};

/// The tag of every block that belongs to a goal.
const TAG: &str = "architect";

/// What is still to be done for a goal, with times in the timeline as it is now.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The open blocks of the goal that this replaces.
    pub replaced: Vec<Block>,
    goal: Goal,
    /// What remains, with parts of tasks that are too long for the person's hours.
    outline: Outline,
    /// For each task of the outline, the part of the goal that it is.
    tasks: Vec<Part>,
    /// For each phase of the outline, where it comes from.
    phases: Vec<RemainingPhase>,
    proposal: Proposal,
    horizon: Horizon,
    moment: Moment,
}

/// Plans what is still to be done for a goal, by its wishes and the person's settings: see [`propose`].
///
/// A proposal stays where it was proposed as long as nothing in the way was added and its first block has not begun, because the same input
/// gives the same times. What a goal that is under way has planned already is not in the way: it is replaced.
///
/// # Errors
/// The errors of the view.
pub fn draft<V: ReadPlans + ReadBlocks>(view: &V, goal: &Goal, now: DateTime<Utc>) -> Result<Draft, V::Error> {
    let settings = view.settings()?;
    let own = if goal.state.status == GoalStatus::Proposed { Vec::new() } else { blocks_of(view, goal)? };
    let (outline, done) = done(goal, &own);
    let remaining = remaining(&outline, &done, goal.state.wishes.deadline);
    let replaced: Vec<Block> = own.into_iter().filter(Block::is_open).collect();
    let fitted = remaining.outline.fitted(&horizon(&settings, goal, now));
    let plan = |not_before| {
        let horizon = horizon(&settings, goal, not_before);
        let busy = busy(view, &fitted.outline, &horizon, &replaced)?;
        Ok((propose(&fitted.outline, &busy, &horizon), horizon))
    };
    let not_before = if goal.state.status == GoalStatus::Proposed { goal.proposed_at } else { now };
    let (mut proposal, mut horizon) = plan(not_before)?;
    if not_before < now && proposal.first_start().is_none_or(|first| first < now) {
        (proposal, horizon) = plan(now)?;
    }
    let moment = Moment::new(now, &settings);
    let old = |task: usize| remaining.tasks.get(task).copied().unwrap_or(task);
    let tasks = fitted.tasks.into_iter().map(|task| Part::Task(old(task))).collect();
    let phases = remaining.phases;
    Ok(Draft { replaced, goal: goal.clone(), outline: fitted.outline, tasks, phases, proposal, horizon, moment })
}

/// All blocks of a goal, by start.
///
/// # Errors
/// The errors of the view.
pub fn blocks_of<V: ReadBlocks>(view: &V, goal: &Goal) -> Result<Vec<Block>, V::Error> {
    view.blocks(&BlockQuery { plan: Some(goal.plan), goal: Some(goal.id), ..BlockQuery::default() })
}

/// The goals by id, without those of deleted plans, which are hidden.
///
/// # Errors
/// The errors of the view.
pub fn visible_goals<V: ReadPlans + ReadGoals>(view: &V) -> Result<Vec<Goal>, V::Error> {
    let mut goals = view.goals()?;
    if !goals.is_empty() {
        let plans = view.plans()?;
        goals.retain(|goal| plans.iter().any(|plan| plan.id == goal.plan));
    }
    Ok(goals)
}

/// What of the outline of a goal has been done, and the outline with what is left of tasks that were done in part.
fn done(goal: &Goal, own: &[Block]) -> (Outline, Done) {
    let mut outline = goal.outline.clone();
    let mut done = Done { tasks: Vec::new(), phases: vec![PhaseDone::default(); outline.phases.len()] };
    let is_of = |block: &Block, part| block.goal.is_some_and(|own| own.part == part);
    for (index, task) in outline.tasks.iter_mut().enumerate() {
        let over = own.iter().filter(|block| is_of(block, Part::Task(index)) && block.completed_at.is_some());
        let spent: u32 = over.clone().map(minutes).sum();
        // A part has another title than its task. One that is not split is done with its block, however long that took.
        done.tasks.push(spent >= task.minutes || over.clone().any(|block| block.title == task.title));
        task.minutes = task.minutes.saturating_sub(spent).max(SHORTEST_TASK.min(task.minutes));
    }
    for (index, phase) in done.phases.iter_mut().enumerate() {
        let over = own.iter().filter(|block| is_of(block, Part::Session(index)) && block.completed_at.is_some());
        for block in over {
            phase.sessions += 1;
            phase.minutes = phase.minutes.saturating_add(minutes(block));
        }
    }
    (outline, done)
}

/// How long a block takes, in whole minutes.
pub(crate) fn minutes(block: &Block) -> u32 {
    block.length().map_or(0, |length| u32::try_from(length.num_minutes()).unwrap_or_default())
}

/// The person's time for a goal, from this moment on.
pub(crate) fn horizon(settings: &Settings, goal: &Goal, not_before: DateTime<Utc>) -> Horizon {
    let wishes = &goal.state.wishes;
    Horizon {
        hours: settings.working_hours,
        activity: goal.outline.activity,
        activity_hours: Some(goal.hours(settings)),
        break_minutes: settings.break_minutes,
        deadline: wishes.deadline,
        minutes_per_week: wishes.minutes_per_week,
        session_minutes: wishes.session_minutes,
        ..Horizon::new(settings.zone(), not_before)
    }
}

/// What takes up time before the goal can be reached, without the blocks that are replaced.
fn busy<V: ReadBlocks>(
    view: &V,
    outline: &Outline,
    horizon: &Horizon,
    replaced: &[Block],
) -> Result<Vec<Span>, V::Error> {
    let pause = TimeDelta::minutes(horizon.break_minutes.into());
    let mut busy = view.busy(horizon.not_before - pause, outline.reach(horizon) + pause)?;
    for span in replaced.iter().filter_map(|block| block.span) {
        // Something else can be planned at the same time, and stays.
        if let Some(at) = busy.iter().position(|other| *other == span) {
            busy.swap_remove(at);
        }
    }
    Ok(busy)
}

impl Draft {
    /// How many tasks and sessions have a time, and how many have none.
    pub fn counts(&self) -> (usize, usize) {
        let Proposal { tasks, sessions, missed, .. } = &self.proposal;
        (tasks.placed.len() + sessions.len(), tasks.unplaced.len() + missed.iter().sum::<u32>() as usize)
    }

    /// Whether nothing has a time.
    pub fn is_empty(&self) -> bool {
        self.proposal.is_empty()
    }

    /// Keeps what starts at these moments, and nothing else. Returns whether there is something that starts at each.
    pub fn keep(&mut self, starts: &[DateTime<Utc>]) -> bool {
        let is_kept = |span: Span| starts.contains(&span.start());
        self.proposal.tasks.placed.retain(|placed| is_kept(placed.span));
        self.proposal.sessions.retain(|session| is_kept(session.span));
        let tasks = self.proposal.tasks.placed.iter().map(|placed| placed.span);
        let mut kept = tasks.chain(self.proposal.sessions.iter().map(|session| session.span));
        starts.iter().all(|start| kept.clone().any(|span| span.start() == *start)) && kept.next().is_some()
    }

    /// The blocks of the tasks and sessions, by start. The first one gets the handle `next`.
    pub fn blocks(&self, next: Handle) -> Vec<Block> {
        let Self { outline, tasks: parts, phases: origins, .. } = self;
        let tagged = |tags: &[&str]| Tag::list(tags).unwrap_or_default();
        let (tags, session_tags) = (tagged(&[TAG]), tagged(&[TAG, SESSION_TAG]));
        // They get ids and handles when all are in order.
        let block = |title: Title, span: Span, part: Part| Block {
            span: Some(span),
            tags: session_tags.clone(),
            goal: Some(GoalPart { goal: self.goal.id, part }),
            ..Block::new(BlockId::new(Uuid::nil()), next, self.goal.plan, title, Source::Architect)
        };
        // Each with the index of its task.
        let mut blocks: Vec<(Option<usize>, Block)> = Vec::new();
        for placed in &self.proposal.tasks.placed {
            let (Some(task), Some(part)) = (outline.tasks.get(placed.task), parts.get(placed.task)) else { continue };
            let base = block(task.title.clone(), placed.span, *part);
            let block =
                Block { description: task.description.clone(), priority: task.priority, tags: tags.clone(), ..base };
            insert(&mut blocks, Some(placed.task), block);
        }
        for ((index, phase), origin) in outline.phases.iter().enumerate().zip(origins) {
            let of_phase = self.proposal.sessions.iter().filter(|session| session.phase == index);
            let sessions = || of_phase.clone().map(|session| session.span);
            let done = origin.sessions_done as usize;
            let (count, last) = (done + sessions().count(), sessions().next_back());
            let description = last.and_then(|last| description(phase, &self.moment.day(last.start())));
            for (number, span) in (done + 1..).zip(sessions()) {
                let base = block(numbered(&phase.title, number, count), span, Part::Session(origin.phase));
                insert(&mut blocks, None, Block { description: description.clone(), ..base });
            }
        }
        let mut ids = Vec::new();
        let mut handle = next;
        for (task, block) in &mut blocks {
            (block.id, block.handle) = (BlockId::made_by(self.goal.id.uuid(), handle), handle);
            ids.extend(task.map(|task| (task, block.id)));
            handle = handle.next();
        }
        let id_of = |task: &usize| ids.iter().find(|(other, _)| other == task).map(|(_, id)| *id);
        let with_dependencies = blocks.into_iter().map(|(task, mut block)| {
            let task = task.and_then(|task| outline.tasks.get(task));
            block.depends_on = task.into_iter().flat_map(|task| &task.depends_on).filter_map(id_of).collect();
            block.depends_on.truncate(limits::DEPENDENCIES);
            block
        });
        with_dependencies.collect()
    }

    /// What the person is told about the sessions, each as a paragraph: see [`outline::notes`].
    pub fn notes(&self) -> Vec<String> {
        outline::notes(&self.outline, &self.proposal, &self.horizon, &self.moment)
    }

    /// The tasks that have no time.
    pub fn tasks_left_out(&self) -> Vec<LeftOut> {
        let title = |task: usize| self.outline.tasks.get(task).map(|task| task.title.clone());
        let left = self.proposal.tasks.unplaced.iter();
        left.filter_map(|left| Some(LeftOut { title: title(left.task)?, why: left.why.to_string() })).collect()
    }

    /// The hours in which it is planned, in words: `in the evening and at weekends`.
    pub fn hours(&self) -> String {
        self.outline.hours(&self.horizon).words(self.moment.format())
    }

    /// The tasks and the phases that have no time, or not enough.
    pub fn left_out(&self) -> Vec<LeftOut> {
        let mut left_out = self.tasks_left_out();
        left_out.extend(self.sessions_left_out());
        left_out
    }

    /// The phases of which sessions have no time.
    pub fn sessions_left_out(&self) -> Vec<LeftOut> {
        outline::left_out(&self.outline, &self.proposal)
    }
}

/// Keeps blocks in the order of their times. Sorting would make the Worker larger.
fn insert(blocks: &mut Vec<(Option<usize>, Block)>, task: Option<usize>, block: Block) {
    let at = blocks.partition_point(|(_, other)| other.span <= block.span);
    blocks.insert(at, (task, block));
}

/// How a session is done, and what can be done at the end of its phase.
fn description(phase: &Phase, last: &str) -> Option<Description> {
    let milestone = phase.milestone.as_ref().map(|milestone| format!("Milestone, {last}: {milestone}"));
    let own = phase.description.as_ref().map(|own| own.as_str().to_owned());
    let text = own.into_iter().chain(milestone).collect::<Vec<_>>().join("\n\n");
    Description::optional(&text).ok().flatten().or_else(|| phase.description.clone())
}
