//! The command line.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `run` | `evals run`: attempts, with a progress bar, and their reports |
//! | `cases` | `evals list`, `validate`, `schema`: the cases themselves |
//! | `results` | `evals report`, `compare`: runs that were made before |

mod cases;
mod results;
mod run;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

/// Runs the agent of production against any model and scores what became of the timeline.
#[derive(Parser)]
#[command(name = "evals")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Try the cases, and report
    Run(Box<run::Options>),
    /// Pair two runs case by case: what got better, what got worse, and whether that is chance
    Compare(results::CompareOptions),
    /// Write the reports of a run anew
    Report(results::ReportOptions),
    /// Name the cases
    List(cases::Options),
    /// Tell whether the cases themselves are sound
    Validate(cases::ValidateOptions),
    /// Print the JSON Schema of suites
    Schema,
}

/// Where the cases are, and which of them are meant.
#[derive(Args, Clone)]
pub(crate) struct Cases {
    /// The folder with `suites`, `starts` and `results`
    #[arg(long, value_name = "FOLDER", default_value = "evals")]
    folder: PathBuf,
    /// Only this suite; may be given more than once
    #[arg(long = "suite", value_name = "NAME")]
    suites: Vec<String>,
    /// Only cases with this in their id or category
    #[arg(long, value_name = "PART")]
    filter: Option<String>,
    /// Only cases with this tag; may be given more than once, and one of them is enough
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
}

/// Writes a line to the person. Whoever has read enough (`evals list | head`) is told no more.
pub(crate) fn tell(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Runs the command that the arguments name.
pub(crate) fn main() -> ExitCode {
    match dispatch(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn dispatch(command: Command) -> Result<ExitCode> {
    match command {
        Command::Run(options) => run::run(&options),
        Command::Compare(options) => results::compare(&options),
        Command::Report(options) => results::report(&options),
        Command::List(options) => cases::list(&options),
        Command::Validate(options) => cases::validate(&options),
        Command::Schema => cases::schema(),
    }
}
