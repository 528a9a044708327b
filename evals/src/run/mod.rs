//! A run: every case with every model and every choice of prompts, repeated as often as requested, in parallel. Attempts are stored as
//! they end.

mod journal;
mod plan;

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::sync::watch;
use tokio::task::LocalSet;

use crate::attempt::attempt;
use crate::record::Record;

pub use journal::{Journal, JournalError, Manifest, manifest, records};
pub use plan::{Contender, Job, Plan, Selection};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Every attempt was made.
    Complete,
    /// It was interrupted. The attempts that had ended are stored.
    Interrupted,
}

/// Makes every attempt of `plan` that is not in `journal`, on `jobs` threads, writes each to the journal as it ends, and then calls
/// `on_end`. Once `stop` is true, no more attempts are started, and running ones are abandoned.
///
/// # Errors
/// If the journal cannot be written. No more attempts are started then.
pub fn run(
    plan: &Plan,
    journal: &Journal,
    jobs: usize,
    stop: &watch::Receiver<bool>,
    on_end: &(dyn Fn(&Record) + Sync),
) -> Result<Ended, JournalError> {
    let queue: Mutex<VecDeque<Job>> = Mutex::new(plan.jobs().filter(|job| !journal.has(&job.id)).collect());
    let failure: Mutex<Option<JournalError>> = Mutex::new(None);
    thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                if let Err(error) = work(plan, &queue, journal, stop.clone(), on_end) {
                    held(&queue).clear();
                    held(&failure).get_or_insert(error);
                }
            });
        }
    });
    match held(&failure).take() {
        Some(error) => Err(error),
        None if *stop.borrow() => Ok(Ended::Interrupted),
        None => Ok(Ended::Complete),
    }
}

/// A thread's work: one attempt after another.
fn work(
    plan: &Plan,
    queue: &Mutex<VecDeque<Job>>,
    journal: &Journal,
    mut stop: watch::Receiver<bool>,
    on_end: &(dyn Fn(&Record) + Sync),
) -> Result<(), JournalError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| JournalError::Thread { error })?;
    while !*stop.borrow() {
        let Some(job) = held(queue).pop_front() else { return Ok(()) };
        let (suite, case) = plan.case(&job);
        let contender = plan.contender(&job);
        let asked = (contender.source.open(case), contender.prompts);
        let judge = plan.judge.as_ref().map(|judge| judge.open(case).chat);
        // A separate task set for each attempt, so that what it spawned ends with it.
        let record = LocalSet::new().block_on(&runtime, async {
            tokio::select! {
                record = attempt(suite, case, job.id.clone(), asked, judge.as_deref()) => Some(record),
                // If the sender of `stop` is gone, the attempt continues to its end.
                Ok(_) = stop.wait_for(|stopped| *stopped) => None,
            }
        });
        let Some(mut record) = record else { return Ok(()) };
        if contender.source.is_recorded() {
            // A recorded answer arrives as a whole, so the time of its first word is unknown.
            record.turns.iter_mut().for_each(|turn| turn.cost.first_ms = None);
        }
        journal.keep(&record)?;
        on_end(&record);
    }
    Ok(())
}

/// The contents of a lock. They are consistent even if a thread panicked while holding it, because each change is a single step.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
