//! A run: every case, by every model, with every choice of prompts, as often as is wanted; side by side, and kept as they end.

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
    /// It was interrupted; what had ended by then is kept.
    Interrupted,
}

/// Makes every attempt of `plan` that `journal` does not have, on `jobs` threads, and writes each into it as it ends. `told` hears of
/// each then; once `stop` is true no more are begun, and those under way are given up.
///
/// # Errors
/// Where the journal cannot be written. No more attempts are begun then.
pub fn run(
    plan: &Plan,
    journal: &Journal,
    jobs: usize,
    stop: &watch::Receiver<bool>,
    told: &(dyn Fn(&Record) + Sync),
) -> Result<Ended, JournalError> {
    let queue: Mutex<VecDeque<Job>> = Mutex::new(plan.jobs().filter(|job| !journal.has(&job.id)).collect());
    let failure: Mutex<Option<JournalError>> = Mutex::new(None);
    thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                if let Err(error) = work(plan, &queue, journal, stop.clone(), told) {
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
    told: &(dyn Fn(&Record) + Sync),
) -> Result<(), JournalError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| JournalError::Thread { error })?;
    while !*stop.borrow() {
        let Some(job) = held(queue).pop_front() else { return Ok(()) };
        let (suite, case) = plan.case(&job);
        let contender = plan.contender(&job);
        let asked = (contender.source.open(case), contender.prompts);
        let judge = plan.judge.as_ref().map(|judge| judge.open(case).chat);
        // A world of its own: what an attempt has spawned ends with it.
        let record = LocalSet::new().block_on(&runtime, async {
            tokio::select! {
                record = attempt(suite, case, job.id.clone(), asked, judge.as_deref()) => Some(record),
                // Where nobody can stop it any more, it goes on to its end.
                Ok(_) = stop.wait_for(|stopped| *stopped) => None,
            }
        });
        let Some(mut record) = record else { return Ok(()) };
        if contender.source.is_recorded() {
            // An answer that is recorded comes whole: when its first word came is not known.
            record.turns.iter_mut().for_each(|turn| turn.cost.first_ms = None);
        }
        journal.keep(&record)?;
        told(&record);
    }
    Ok(())
}

/// What a lock holds. A thread that failed while it held one has left whole values: each is changed in one step.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
