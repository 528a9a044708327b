//! The command line.
//!
//! | module | contents |
//! | --- | --- |
//! | `run` | `evals run`: attempts, with a progress bar, and their reports |
//! | `cache` | `evals cache`: how much of a prompt a server evaluates anew in the next turn |
//! | `cases` | `evals list`, `validate`, `schema`: the cases themselves |
//! | `results` | `evals report`, `compare`: earlier runs |

mod cache;
mod cases;
mod results;
mod run;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

/// Runs the production agent against any model and scores its effect on the timeline.
#[derive(Parser)]
#[command(name = "evals")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Attempt the cases, and report
    Run(Box<run::Options>),
    /// Compare two runs case by case: what got better, what got worse, and whether it may be chance
    Compare(results::CompareOptions),
    /// Write the reports of a run again
    Report(results::ReportOptions),
    /// List the cases
    List(cases::Options),
    /// Check whether the cases are sound
    Validate(cases::ValidateOptions),
    /// Print the JSON Schema of suites
    Schema,
    /// Measure with llama.cpp's server how much of its prompt a second turn evaluates anew
    Cache(cache::Options),
}

/// Where the cases are, and which of them are selected.
#[derive(Args, Clone)]
pub(crate) struct Cases {
    /// The folder with `suites`, `starts` and `results`
    #[arg(long, value_name = "FOLDER", default_value = "evals")]
    folder: PathBuf,
    /// Only this suite; can be repeated
    #[arg(long = "suite", value_name = "NAME")]
    suites: Vec<String>,
    /// Only cases with this text in their id or category
    #[arg(long, value_name = "PART")]
    filter: Option<String>,
    /// Only cases with this tag; can be repeated, and one of the tags is enough
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
}

/// Writes a line to the standard output. Ignores that it was closed (`evals list | head`).
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
        Command::Cache(options) => cache::run(&options),
    }
}
