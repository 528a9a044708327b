//! `cargo xtask`: everything a person or CI does with this repository, in one native program.
//!
//! It stands where other projects have shell scripts and task runners: the steps are typed, tested, and the same
//! on every machine. Start reading at [`Task`]; each task is a module of the same name. What a task needs from the
//! machine comes from [`setup`], what it makes is made by [`build`]. Children are always started through
//! [`process`], so that no task can leave one behind.

mod bench;
mod budget;
mod build;
mod clean;
mod deny;
mod deploy;
mod dev;
mod eval;
mod lint;
mod process;
mod progress;
mod rules;
mod sbom;
mod secrets;
mod setup;
mod soak;
mod status;
mod structure;
mod test;
mod version;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use setup::Toolbox;
use workspace::Workspace;

/// Tasks of Temporal Flux.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

/// One variant per task; its doc comment is what `--help` shows.
#[derive(Subcommand)]
enum Task {
    /// Set up what is missing, build, and serve the product on this machine
    Dev(dev::Options),
    /// Build Worker and client as they are deployed, and check their size
    Build,
    /// Run unit tests, then end-to-end tests in workerd and in a browser
    Test(test::Options),
    /// Let many people use the Worker for a long time over connections that break, and check that nothing is lost
    Soak(soak::Options),
    /// Measure prompts and models on the cases of evals/
    Eval(eval::Options),
    /// Measure speed and cost beside the floor and a peer: bench
    Bench(bench::Options),
    /// Check structure, format and lints, native and wasm32; warnings are errors
    Lint,
    /// Check licences, sources and advisories of all dependencies
    Deny(deny::Options),
    /// Print what is compiled into Worker and page, as a software bill of materials (CycloneDX)
    Sbom,
    /// Install and build the tools, and nothing else
    Setup,
    /// Remove build output and local data; cached tools are kept
    Clean,
    /// Build and deploy to Cloudflare
    Deploy,
    /// Print a deployment's turns, errors, tokens, cost and limits of a day
    Status(status::Options),
}

fn main() -> ExitCode {
    match run(Cli::parse().task) {
        Ok(code) => code,
        // The failure is then only the echo of the signal: nobody wants to read it.
        Err(_) if process::interrupted() => ExitCode::from(process::EXIT_INTERRUPTED),
        Err(error) => {
            eprintln!("\n{} {error:#}", progress::cross());
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<ExitCode> {
    process::forward_signals()?;
    let workspace = Workspace::find()?;
    match task {
        Task::Dev(options) => dev::run(&workspace, &options)?,
        Task::Build => build::run(&workspace)?,
        Task::Test(options) => return test::run(&workspace, &options),
        Task::Soak(options) => return soak::run(&workspace, &options),
        Task::Eval(options) => return eval::run(&workspace, &options),
        Task::Bench(options) => bench::run(&workspace, &options)?,
        Task::Lint => lint::run(&workspace)?,
        Task::Deny(options) => deny::run(&workspace, &options)?,
        Task::Sbom => sbom::run(&workspace)?,
        Task::Setup => {
            Toolbox::prepare(&workspace)?;
            setup::browser::prepare(&workspace)?;
        }
        Task::Clean => clean::run(&workspace)?,
        Task::Deploy => deploy::run(&workspace)?,
        Task::Status(options) => status::run(&workspace, &options)?,
    }
    Ok(ExitCode::SUCCESS)
}
