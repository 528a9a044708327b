//! One line per step on the terminal: what, and how long it took.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// Runs `work` and prints one line for it when it is done. While it runs, a terminal shows the time so far; a log file,
/// where a line cannot be written over, shows that it began.
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
    /// It made its output anew.
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

/// Prints a line. Unlike `println!` it does not panic when nobody reads any more (`cargo xtask … | head`).
pub fn say(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// The mark of what went well.
pub fn tick() -> &'static str {
    if io::stdout().is_terminal() { "\x1b[32m✓\x1b[0m" } else { "✓" }
}

/// The mark of what failed.
pub fn cross() -> &'static str {
    if io::stdout().is_terminal() { "\x1b[31m✗\x1b[0m" } else { "✗" }
}

fn ticking<T>(label: &str, started: Instant, work: impl FnOnce() -> T) -> T {
    const CLEAR_LINE: &str = "\r\x1b[2K";
    let draw = |text: &str| {
        let mut out = io::stdout().lock();
        let _ = write!(out, "{CLEAR_LINE}{text}").and_then(|()| out.flush());
    };
    thread::scope(|scope| {
        let (finish, finished) = mpsc::channel::<()>();
        scope.spawn(move || {
            draw(&format!("· {label} …"));
            while finished.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
                draw(&format!("· {label} … {} s", started.elapsed().as_secs()));
            }
            draw("");
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
    fn a_step_hands_on_its_result() {
        assert_eq!(step::<_, ()>("step", || Ok(7)), Ok(7));
        assert_eq!(step::<(), _>("step", || Err("no")), Err("no"));
    }
}
