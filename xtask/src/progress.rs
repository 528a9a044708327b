//! One line per step on the terminal: what, and how long it took. Several steps may run at once.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The steps that run now, in the order in which they began.
static RUNNING: Mutex<Vec<(String, Instant)>> = Mutex::new(Vec::new());

/// How much of a line a terminal is sure to show. A longer one would wrap, and could then not be written over.
const WIDTH: usize = 79;

/// Runs `work` and prints one line for it when it is done. While it runs, the last line of a terminal shows it and the time so
/// far, beside the other steps that run; a log file, where a line cannot be written over, shows that it began.
pub fn step<T, E>(label: &str, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    timed(label, work, |_| "")
}

fn timed<T, E>(
    label: &str,
    work: impl FnOnce() -> Result<T, E>,
    remark: impl FnOnce(&T) -> &'static str,
) -> Result<T, E> {
    let started = Instant::now();
    let result = if io::stdout().is_terminal() {
        ticking(label, started, work)
    } else {
        say(&format!("· {label} …"));
        work()
    };
    let (mark, remark) = result.as_ref().map_or((cross(), ""), |value| (tick(), remark(value)));
    say(&format!("{mark} {label} … {}{remark}", duration(started.elapsed())));
    result
}

/// Whether a step found something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// It made its output again.
    Made,
    /// Its output was up to date.
    Unchanged,
}

/// Like [`step`], for work that finds out itself whether there is anything to do.
pub fn update<E>(label: &str, work: impl FnOnce() -> Result<Freshness, E>) -> Result<(), E> {
    timed(label, work, |freshness| if *freshness == Freshness::Unchanged { " (unchanged)" } else { "" }).map(drop)
}

/// Prints the line of a step that had nothing to do, and why: `cached`, `unchanged`.
pub fn skipped(label: &str, why: &str) {
    say(&format!("{} {label} ({why})", tick()));
}

/// Prints a line, above that of the steps that run. Unlike `println!` it does not panic when nobody reads any more
/// (`cargo xtask … | head`).
pub fn say(line: &str) {
    draw(&running(), &format!("{line}\n"));
}

/// The mark of what went well.
pub fn tick() -> &'static str {
    if io::stdout().is_terminal() { "\x1b[32m✓\x1b[0m" } else { "✓" }
}

/// The mark of what failed.
pub fn cross() -> &'static str {
    if io::stdout().is_terminal() { "\x1b[31m✗\x1b[0m" } else { "✗" }
}

fn running() -> MutexGuard<'static, Vec<(String, Instant)>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes `lines` in place of the line of running steps, and that line below them.
fn draw(running: &[(String, Instant)], lines: &str) {
    let mut out = io::stdout().lock();
    if running.is_empty() {
        let _ = write!(out, "{lines}");
        return;
    }
    let _ = write!(out, "\r\x1b[2K{lines}{}", status(running)).and_then(|()| out.flush());
}

/// One line for all steps that run. Where there is not enough room, the last ones are cut off.
fn status(running: &[(String, Instant)]) -> String {
    let steps = running.iter().map(|(label, started)| format!("· {label} … {} s", started.elapsed().as_secs()));
    steps.collect::<Vec<_>>().join("  ").chars().take(WIDTH).collect()
}

fn ticking<T>(label: &str, started: Instant, work: impl FnOnce() -> T) -> T {
    running().push((label.to_owned(), started));
    thread::scope(|scope| {
        let (finish, finished) = mpsc::channel::<()>();
        scope.spawn(move || {
            loop {
                draw(&running(), "");
                if finished.recv_timeout(Duration::from_secs(1)) != Err(RecvTimeoutError::Timeout) {
                    break;
                }
            }
            let mut running = running();
            running.retain(|step| *step != (label.to_owned(), started));
            // Also where it was the last: its line must not stay.
            let _ = write!(io::stdout().lock(), "\r\x1b[2K");
        });
        let result = work();
        drop(finish);
        result
    })
}

/// A duration as a person reads it: `0.4 s`, `34.9 s`, `2 min 05 s`.
pub fn duration(elapsed: Duration) -> String {
    let tenths = (elapsed.as_millis() + 50) / 100;
    if tenths < 600 {
        return format!("{}.{} s", tenths / 10, tenths % 10);
    }
    let seconds = (elapsed.as_millis() + 500) / 1000;
    format!("{} min {:02} s", seconds / 60, seconds % 60)
}

/// A size in kB (1000 bytes, the unit of Cloudflare's limits): `118.9 kB`.
pub fn size(bytes: usize) -> String {
    let tenths = (bytes + 50) / 100;
    format!("{}.{} kB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        let cases = [
            (0, "0.0 s"),
            (349, "0.3 s"),
            (34_921, "34.9 s"),
            (59_949, "59.9 s"),
            (59_950, "1 min 00 s"),
            (125_400, "2 min 05 s"),
        ];
        for (millis, expected) in cases {
            assert_eq!(duration(Duration::from_millis(millis)), expected);
        }
    }

    #[test]
    fn sizes_read_well() {
        assert_eq!(size(118_907), "118.9 kB");
        assert_eq!(size(0), "0.0 kB");
        assert_eq!(size(450_049), "450.0 kB");
    }

    #[test]
    fn steps_at_the_same_time_share_one_line() {
        let started = Instant::now();
        let line = status(&[("one".to_owned(), started), ("two".to_owned(), started)]);
        assert_eq!(line, "· one … 0 s  · two … 0 s");
        assert_eq!(status(&[("x".repeat(200), started)]).chars().count(), WIDTH);
    }

    #[test]
    fn a_step_hands_on_its_result() {
        assert_eq!(step::<_, ()>("step", || Ok(7)), Ok(7));
        assert_eq!(step::<(), _>("step", || Err("no")), Err("no"));
    }
}
