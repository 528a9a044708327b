//! Which part of the timeline is shown, and edits made directly on it.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use dioxus::prelude::*;
use flux_timeline::command::{BlockUpdate, Scope};
use flux_timeline::{Block, BlockId, PlanId, When, limits};
use uuid::Uuid;

use super::{Store, View};
use crate::calls::{BlockPage, Mutation};
use crate::timeline::agenda::Agenda;
use crate::timeline::form::{Form, Timing};
use crate::timeline::series::DELETE_DIALOG;
use crate::timeline::{Jump, Mode, grid, list, moving, week};
use crate::toast::toasts::Kind;
use crate::{plans, platform};

/// Storage key of the timeline's mode.
const MODE_KEY: &str = "flux.mode";
/// Where the tab keeps the ids of the plans that it hides.
const HIDDEN_KEY: &str = "flux.hidden-plans";
/// The hour at which a new block starts on a day other than today. Today it starts at the next full hour.
const MORNING: u32 = 9;
/// How many days a large screen shows.
const WEEK: usize = 7;
/// How many days a small screen shows.
const FEW_DAYS: usize = 3;

impl Store {
    /// Restores the mode in which the timeline was last shown, and which plans this tab hides.
    pub fn restore_mode(&mut self) {
        let hidden = platform::kept_for_tab(HIDDEN_KEY).unwrap_or_default();
        self.hidden.set(hidden.split(' ').filter_map(|id| id.parse().ok()).map(PlanId::new).collect());
        if platform::stored(MODE_KEY).as_deref() == Some("week") {
            self.mode.set(Mode::Week);
        }
    }

    /// Shows the timeline as an agenda or as a week.
    pub fn show_as(&mut self, mode: Mode) {
        self.mode.set(mode);
        platform::store(MODE_KEY, (mode == Mode::Week).then_some("week"));
        self.view.set(if *self.view.peek() == View::History { View::History } else { View::Timeline });
    }

    /// The moment that is shown: now, or the selected moment in the past.
    pub fn moment(&self) -> DateTime<Utc> {
        self.past.read().as_ref().and_then(|past| past.at).unwrap_or(*self.now.read())
    }

    /// Today in the user's time zone. While the past is shown, the day of that moment.
    pub fn today(&self) -> NaiveDate {
        self.projection.read().times().date(self.moment())
    }

    /// The day that is shown.
    pub fn day_shown(&self) -> NaiveDate {
        let anchor = *self.anchor.read();
        anchor.map_or_else(|| self.today(), |anchor| self.projection.read().times().date(anchor))
    }

    /// How many days are shown; depends on the width of the screen.
    pub fn days_shown(&self) -> usize {
        if *self.is_narrow.read() { FEW_DAYS } else { WEEK }
    }

    /// The first of the days that are shown.
    pub fn first_day_shown(&self) -> NaiveDate {
        let day = self.day_shown();
        if self.days_shown() < WEEK { day } else { week::first_day(day, self.projection.read().settings().week_start) }
    }

    /// Measures the width of the page, which changes when a device is rotated or a window is resized.
    pub fn measure(&mut self) {
        let is_narrow = platform::is_narrow();
        if *self.is_narrow.peek() != is_narrow {
            self.is_narrow.set(is_narrow);
        }
    }

    /// Moves by whole pages of days; negative is backwards.
    pub fn turn_page(&mut self, by: i32) {
        let days = TimeDelta::days(i64::try_from(self.days_shown()).unwrap_or(0));
        if let Some(day) = self.day_shown().checked_add_signed(days * by) {
            self.go_to(Jump::Day(day));
        }
    }

    /// Scrolls to something. Loads the blocks around it if they are not loaded yet.
    pub fn go_to(&mut self, jump: Jump) {
        let day = match jump {
            Jump::Day(day) => day,
            Jump::Today | Jump::Inbox | Jump::Block(_) => self.today(),
        };
        let is_today = day == self.today();
        let (start, is_known) = {
            let projection = self.projection.peek();
            let start = projection.zone().day_start(day);
            let end = day.succ_opt().map_or(start, |next| projection.zone().day_start(next));
            (start, projection.coverage().covers(start, end))
        };
        self.anchor.set((!is_today).then_some(start));
        if day < self.today() {
            self.with_earlier.set(true);
        }
        let is_cut = self.past.peek().as_ref().is_some_and(|past| !past.complete);
        if is_cut {
            self.renew_past();
        }
        if !is_known && self.past.peek().is_none() {
            self.submit(Mutation::LoadBlocks(BlockPage::From(start)));
        }
        self.jump.set(Some(jump));
    }

    /// Shows a block of the present on the timeline, and gives it the focus.
    pub fn reveal(&mut self, block: &Block) {
        self.leave_past();
        self.show_plan(block.plan);
        if *self.is_narrow.peek() {
            self.show(View::Timeline);
        }
        let zone = self.projection.peek().zone();
        let day = block.in_zone(zone).map(|(start, _)| zone.wall(start).date());
        if let Some(day) = day.filter(|day| *day != self.today()) {
            self.go_to(Jump::Day(day));
        }
        self.jump.set(Some(Jump::Block(block.id)));
    }

    /// Shows or hides the days before today.
    pub fn show_earlier(&mut self, shown: bool) {
        self.with_earlier.set(shown);
        self.jump.set(Some(Jump::Today));
    }

    /// Searches the whole timeline on the service if the page has loaded only part of it.
    pub fn search_all(&mut self) {
        let filter = self.filter.peek().clone();
        if !self.projection.peek().is_whole() && !filter.is_off() {
            self.submit(Mutation::LoadBlocks(BlockPage::With(filter)));
        }
    }

    /// Shows these plans and no others in this tab. Which plan new blocks go to is another matter.
    pub fn hide_plans(&mut self, hidden: Vec<PlanId>) {
        let names: Vec<String> = hidden.iter().map(ToString::to_string).collect();
        platform::keep_for_tab(HIDDEN_KEY, &names.join(" "));
        self.hidden.set(hidden);
    }

    /// Whether this tab shows the blocks of a plan.
    pub fn is_shown(&self, plan: PlanId) -> bool {
        self.projection.read().is_in_use(plan) && !self.hidden.read().contains(&plan)
    }

    /// Whether this tab hides a plan that is in use.
    pub fn hides_plans(&self) -> bool {
        let projection = self.projection.read();
        self.hidden.read().iter().any(|plan| projection.is_in_use(*plan))
    }

    /// Shows a plan in this tab.
    pub fn show_plan(&mut self, plan: PlanId) {
        let hidden = self.hidden.peek().clone();
        if hidden.contains(&plan) {
            self.hide_plans(hidden.into_iter().filter(|hidden| *hidden != plan).collect());
        }
    }

    /// Closes the menu of plans.
    pub fn close_plans(&mut self) {
        self.plans_open.set(false);
        platform::focus(plans::BUTTON);
    }

    /// Opens the form for a new block on this day. Without a day, or for today, it starts at the next full hour.
    pub fn begin_block(&mut self, day: Option<NaiveDate>) {
        let times = self.projection.peek().times();
        let now = times.wall(*self.now.peek());
        let next_hour = now.date().and_hms_opt(chrono::Timelike::hour(&now), 0, 0).unwrap_or(now) + TimeDelta::hours(1);
        let start = match day.filter(|day| *day != now.date()) {
            Some(day) => day.and_hms_opt(MORNING, 0, 0).unwrap_or(next_hour),
            None => next_hour,
        };
        let plan = self.projection.peek().active_plan().map(|plan| plan.id);
        self.write_block(Form::new(times.zone.instant(start), plan, times.zone));
    }

    /// Opens the form for a new task without a time.
    pub fn begin_task(&mut self) {
        let plan = self.projection.peek().active_plan().map(|plan| plan.id);
        let (now, zone) = (*self.now.peek(), self.projection.peek().zone());
        self.write_block(Form { timing: Timing::None, ..Form::new(now, plan, zone) });
    }

    /// Whether an open form has unsaved changes.
    pub fn is_half_written(&self) -> bool {
        let zone = self.projection.peek().zone();
        self.editing.peek().as_ref().is_some_and(|open| *open != open.again(zone))
    }

    /// Opens a form, unless another one has unsaved changes.
    pub fn write_block(&mut self, form: Form) {
        if self.is_half_written() {
            self.toast("Save or cancel what you are writing first. Nothing of it is lost.", Kind::Problem);
            return;
        }
        self.editing.set(Some(form));
    }

    /// Changes the open form of a block.
    pub fn edit(mut self, change: &dyn Fn(&mut Form)) {
        if let Some(form) = self.editing.write().as_mut() {
            change(form);
        }
    }

    /// Closes the form of a block. If the block already existed, it gets the focus.
    pub fn end_writing(&mut self) {
        if let Some(id) = self.editing.take().and_then(|form| form.block()) {
            self.jump.set(Some(Jump::Block(id)));
        }
    }

    /// Deletes a block. The focus moves to the next block, or else to the previous one, so that keyboard use continues
    /// from there.
    ///
    /// Of what repeats, the page first asks how much.
    pub fn delete_block(&mut self, block: &Block) {
        if block.series.is_some() {
            self.deleting.set(Some(block.id));
            self.asked_dialog.set(Some(DELETE_DIALOG));
        } else {
            self.delete(block, Scope::One);
        }
    }

    /// Deletes a block, and as much of its series.
    pub fn delete(&mut self, block: &Block, scope: Scope) {
        self.focus_beside(block.id);
        self.submit(Mutation::delete(block, scope));
    }

    /// Marks a block as done, or as not done. If that moves it to another part of the agenda, the focus stays here.
    pub fn mark(&mut self, block: BlockId, is_done: bool, is_unplaced: bool) {
        if is_unplaced && is_done {
            self.focus_beside(block);
        }
        self.submit(if is_done { Mutation::Complete(block) } else { Mutation::Reopen(block) });
    }

    /// Marks an appointment as missed, or as not missed.
    pub fn mark_missed(&mut self, block: BlockId, is_missed: bool) {
        let changes = BlockUpdate { missed: Some(is_missed), ..BlockUpdate::default() };
        self.submit(Mutation::Update(block, Box::new(changes)));
    }

    /// Finds new times for all overdue tasks, or for those in the agenda if a plan is hidden.
    pub fn reschedule_overdue(&mut self, agenda: &Agenda) {
        if self.hides_plans() {
            return self.place(agenda.overdue_tasks());
        }
        self.focus_timeline();
        self.submit(Mutation::RescheduleAll);
    }

    /// Finds times for tasks that are overdue or have none.
    pub fn place(&mut self, mut blocks: Vec<BlockId>) {
        blocks.truncate(limits::RESCHEDULED_BLOCKS);
        match blocks.as_slice() {
            [block] => self.focus_beside(*block),
            _ => self.focus_timeline(),
        }
        self.submit(Mutation::Reschedule(blocks));
    }

    fn focus_beside(&mut self, block: BlockId) {
        match platform::row_beside(block.uuid().as_u128()) {
            Some(row) => self.jump.set(Some(Jump::Block(BlockId::new(Uuid::from_u128(row))))),
            None => self.focus_timeline(),
        }
    }

    /// Focuses the timeline. Used when the focused element has been removed.
    pub fn focus_timeline(&self) {
        platform::focus(if *self.mode.peek() == Mode::Week { grid::GRID } else { list::LIST });
    }

    /// Shows the present again.
    pub fn leave_past(&mut self) {
        self.past.set(None);
        self.preparing.set(None);
        self.focus_timeline();
    }

    /// Moves or resizes a block.
    pub fn move_block(&mut self, block: &Block, to: When) {
        if let Some(changes) = moving::move_to(block.when(), to) {
            self.submit(Mutation::Update(block.id, Box::new(changes)));
        }
    }
}
