//! The read traits for timelines in memory: [`Timeline`] itself, and every type that holds one.

use std::convert::Infallible;

use chrono::{DateTime, Utc};

use crate::block::Block;
use crate::goal::Goal;
use crate::id::{BlockId, Handle, PlanId, RunId, SeriesId};
use crate::plan::Plan;
use crate::run::Run;
use crate::series::Series;
use crate::settings::Settings;
use crate::span::Span;
use crate::timeline::Timeline;
use crate::view::{BlockQuery, PlanCounts, ReadBlocks, ReadGoals, ReadPlans, ReadRuns, ReadSeries, View};

impl AsRef<Self> for Timeline {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl<T: AsRef<Timeline>> View for T {
    type Error = Infallible;
}

impl<T: AsRef<Timeline>> ReadPlans for T {
    fn settings(&self) -> Result<Settings, Infallible> {
        Ok(self.as_ref().settings().clone())
    }

    fn active_plan(&self) -> Result<Option<Plan>, Infallible> {
        Ok(self.as_ref().active_plan().cloned())
    }

    fn plans(&self) -> Result<Vec<Plan>, Infallible> {
        Ok(self.as_ref().plans())
    }

    fn plan(&self, id: PlanId) -> Result<Option<Plan>, Infallible> {
        Ok(self.as_ref().plan(id).cloned())
    }

    fn plan_counts(&self, plan: PlanId) -> Result<PlanCounts, Infallible> {
        Ok(self.as_ref().plan_counts(plan))
    }
}

impl<T: AsRef<Timeline>> ReadBlocks for T {
    fn block(&self, id: BlockId) -> Result<Option<Block>, Infallible> {
        Ok(self.as_ref().block(id).cloned())
    }

    fn block_by_handle(&self, handle: Handle) -> Result<Option<Block>, Infallible> {
        Ok(self.as_ref().block_by_handle(handle).cloned())
    }

    fn blocks(&self, query: &BlockQuery) -> Result<Vec<Block>, Infallible> {
        Ok(self.as_ref().blocks(query).cloned().collect())
    }

    fn count_blocks(&self, query: &BlockQuery) -> Result<u64, Infallible> {
        Ok(self.as_ref().blocks(query).count() as u64)
    }

    fn busy(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Span>, Infallible> {
        Ok(self.as_ref().busy(from, to))
    }

    fn stored_block(&self, id: BlockId) -> Result<Option<Block>, Infallible> {
        Ok(self.as_ref().stored_block(id).cloned())
    }

    fn is_handle_used(&self, handle: Handle) -> Result<bool, Infallible> {
        Ok(self.as_ref().is_handle_used(handle))
    }

    fn stored_blocks(&self) -> Result<u64, Infallible> {
        Ok(self.as_ref().stored_blocks())
    }

    fn next_handle(&self) -> Result<Handle, Infallible> {
        Ok(self.as_ref().next_handle())
    }
}

impl<T: AsRef<Timeline>> ReadSeries for T {
    fn all_series(&self) -> Result<Vec<Series>, Infallible> {
        Ok(self.as_ref().series().to_vec())
    }

    fn series(&self, id: SeriesId) -> Result<Option<Series>, Infallible> {
        Ok(self.as_ref().series().iter().find(|series| series.id == id).cloned())
    }
}

impl<T: AsRef<Timeline>> ReadGoals for T {
    fn goals(&self) -> Result<Vec<Goal>, Infallible> {
        Ok(self.as_ref().goals().to_vec())
    }

    fn goal(&self, id: RunId) -> Result<Option<Goal>, Infallible> {
        Ok(self.as_ref().goals().iter().find(|goal| goal.id == id).cloned())
    }
}

impl<T: AsRef<Timeline>> ReadRuns for T {
    fn run(&self, id: RunId) -> Result<Option<Run>, Infallible> {
        Ok(self.as_ref().run(id).cloned())
    }

    fn runs(&self, limit: usize) -> Result<Vec<Run>, Infallible> {
        Ok(self.as_ref().runs(limit))
    }

    fn running(&self) -> Result<Vec<Run>, Infallible> {
        Ok(self.as_ref().running())
    }
}
