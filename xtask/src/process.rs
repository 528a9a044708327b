//! Child processes that never outlive this program.
//!
//! Each child leads a process group of its own, because tools start tools (cargo → rustc, wrangler → node → workerd).
//! Children are registered while they live. SIGINT, SIGTERM and SIGHUP are passed on to each leader, which then ends its
//! own in good order; when it is gone, or did not listen, what is left of its group is killed.

use std::fs::{self, File};
use std::io::{IsTerminal, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

/// What a shell reports for a program that SIGINT ended (128 + 2).
pub const EXIT_INTERRUPTED: u8 = 130;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static LEADERS: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

fn leaders() -> MutexGuard<'static, Vec<Pid>> {
    LEADERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Passes signals that ask this program to end on to its children: politely the first time, by force the second.
pub fn forward_signals() -> Result<()> {
    ctrlc::set_handler(|| {
        let again = INTERRUPTED.swap(true, Ordering::SeqCst);
        for leader in leaders().iter() {
            let _ = if again { killpg(*leader, Signal::SIGKILL) } else { kill(*leader, Signal::SIGTERM) };
        }
    })
    .context("cannot install the signal handler")
}

/// Whether this program was asked to end.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// A running child and all that it started.
pub struct Child {
    inner: std::process::Child,
    /// Its process id, which is that of its group.
    leader: Pid,
}

impl Child {
    /// Starts `command` in a group of its own, without input: a background group that reads the terminal is stopped by it.
    pub fn spawn(command: &mut Command) -> Result<Self> {
        if interrupted() {
            bail!("interrupted");
        }
        let inner = command
            .process_group(0)
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let leader = Pid::from_raw(inner.id().cast_signed());
        leaders().push(leader);
        if interrupted() {
            // The signal came before the child was registered.
            let _ = kill(leader, Signal::SIGTERM);
        }
        Ok(Self { inner, leader })
    }

    /// Waits for the end, then ends what the child left behind.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        let status = self.inner.wait().context("cannot wait for a child")?;
        self.kill_group();
        Ok(status)
    }

    /// Waits at most `limit`; `None` when the child still runs then.
    pub fn wait_at_most(&mut self, limit: Duration) -> Result<Option<ExitStatus>> {
        let deadline = Instant::now() + limit;
        loop {
            if let Some(status) = self.inner.try_wait().context("cannot wait for a child")? {
                self.kill_group();
                return Ok(Some(status));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            thread::sleep(left.min(Duration::from_millis(20)));
        }
    }

    /// Asks the child to end (unless the signal to this program has done so), and ends it if it has not within `grace`.
    pub fn stop(&mut self, grace: Duration) -> Result<()> {
        if !interrupted() {
            let _ = kill(self.leader, Signal::SIGTERM);
        }
        if self.wait_at_most(grace)?.is_none() {
            self.kill_group();
            self.wait()?;
        }
        Ok(())
    }

    /// The child's piped output, once.
    pub fn take_output(&mut self) -> (Option<ChildStdout>, Option<ChildStderr>) {
        (self.inner.stdout.take(), self.inner.stderr.take())
    }

    fn kill_group(&self) {
        // Fails only when nobody is left in the group, which is what the caller wants.
        let _ = killpg(self.leader, Signal::SIGKILL);
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill_group();
        let _ = self.inner.wait();
        leaders().retain(|leader| *leader != self.leader);
    }
}

/// Runs a command whose output the person wants to see.
pub fn status(command: &mut Command) -> Result<ExitStatus> {
    Child::spawn(command)?.wait()
}

/// Like [`status`], and anything but success is an error that names the command.
pub fn run(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}

/// Runs a command with its output in `log`; an error shows the end of it.
pub fn run_logged(command: &mut Command, log: &Path) -> Result<()> {
    run_logged_within(command, log, Duration::MAX)
}

/// Like [`run_logged`], and ends the command when it takes longer than `limit`.
pub fn run_logged_within(command: &mut Command, log: &Path, limit: Duration) -> Result<()> {
    if let Some(folder) = log.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    let mut file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    writeln!(file, "$ {}", line(command)).with_context(|| format!("cannot write {}", log.display()))?;
    let output = file.try_clone().context("cannot share the log file")?;
    let mut child = Child::spawn(command.stdout(output).stderr(file))?;
    let status = if limit == Duration::MAX { Some(child.wait()?) } else { child.wait_at_most(limit)? };
    match status {
        Some(status) if status.success() => Ok(()),
        Some(status) => {
            let text = String::from_utf8_lossy(&fs::read(log).unwrap_or_default()).into_owned();
            bail!(
                "`{}` failed ({status}); its output ends with\n\n{}\n\nAll of it is in {}",
                line(command),
                last_lines(&text, 30),
                log.display()
            )
        }
        None => bail!("`{}` took longer than {} s and was ended", line(command), limit.as_secs()),
    }
}

/// Runs a command that prints only problems, such as a compiler with `--quiet`. Its output is shown
/// after the command's end, so that it cannot run into the line of a step.
pub fn run_quiet(command: &mut Command) -> Result<()> {
    // One pipe for both streams, or diagnostics would be out of order.
    let (mut reader, writer) = std::io::pipe().context("cannot make a pipe")?;
    let copy = writer.try_clone().context("cannot share a pipe")?;
    if std::io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    let mut child = Child::spawn(command.stdout(copy).stderr(writer))?;
    // The command still holds the pipe's other end, and the reader would wait for it for ever.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut output = Vec::new();
    let _ = reader.read_to_end(&mut output);
    let status = child.wait()?;
    let output = String::from_utf8_lossy(&output);
    if !status.success() {
        bail!(
            "`{}` failed ({status})

{}",
            line(command),
            output.trim_end()
        );
    }
    if !output.trim().is_empty() {
        eprintln!("\n{}", output.trim_end());
    }
    Ok(())
}

/// Does both at the same time and waits for both. Where both fail, the error is that of the first.
pub fn side_by_side<A: Send, B>(
    first: impl FnOnce() -> Result<A> + Send,
    second: impl FnOnce() -> Result<B>,
) -> Result<(A, B)> {
    thread::scope(|scope| {
        let first = scope.spawn(first);
        let second = second();
        let first = first.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        Ok((first, second?))
    })
}

/// The standard output of a command that answers at once; `None` when it cannot be started or fails.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A command as a person would type it: program and arguments, without the folders of the program.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut text = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_end_of_an_output() {
        assert_eq!(last_lines("a\nb\nc\n\n", 2), "b\nc");
        assert_eq!(last_lines("a", 5), "a");
        assert_eq!(last_lines("", 5), "");
    }

    #[test]
    fn names_a_command_without_its_folders() {
        assert_eq!(line(Command::new("/usr/bin/cargo").args(["build", "--release"])), "cargo build --release");
    }

    #[test]
    fn stopping_a_child_ends_what_it_started() {
        // The grandchild ignores SIGTERM, as a hung tool would; its process id comes over the pipe.
        let script = "sh -c 'trap \"\" TERM; echo $$; exec sleep 60' & wait";
        let mut child = Child::spawn(Command::new("sh").args(["-c", script]).stdout(Stdio::piped())).unwrap();
        let (stdout, _) = child.take_output();
        let mut text = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout.unwrap()), &mut text).unwrap();
        let grandchild = Pid::from_raw(text.trim().parse().unwrap());

        child.stop(Duration::from_secs(5)).unwrap();

        let deadline = Instant::now() + Duration::from_secs(5);
        while is_running(grandchild) {
            assert!(Instant::now() < deadline, "the grandchild {grandchild} is still there");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Not gone and not a zombie: who inherits an orphan may be slow to reap it, or never do it (a container's PID 1).
    fn is_running(pid: Pid) -> bool {
        let ps = Command::new("ps").args(["-o", "stat=", "-p", &pid.to_string()]).output().unwrap();
        let state = String::from_utf8_lossy(&ps.stdout).trim().to_owned();
        !state.is_empty() && !state.starts_with('Z')
    }

    #[test]
    fn a_command_that_hangs_is_ended() {
        let log = std::env::temp_dir().join(format!("flux-xtask-{}.log", std::process::id()));
        let started = Instant::now();
        let result = run_logged_within(Command::new("sleep").arg("60"), &log, Duration::from_millis(50));
        assert!(result.unwrap_err().to_string().contains("took longer"));
        assert!(started.elapsed() < Duration::from_secs(30));
        let _ = fs::remove_file(log);
    }
}
