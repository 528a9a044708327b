//! `cargo xtask soak`: the long form of a test that `cargo xtask test` runs for a minute (`e2e/workerd/soak.test.mjs`).

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::workspace::Workspace;
use crate::{build, process, test};

/// The test.
const FILE: &str = "e2e/workerd/soak.test.mjs";

/// How long, and with how many people. `FLUX_SEED` repeats what they did.
#[derive(Args)]
pub struct Options {
    /// How long people use it, in minutes
    #[arg(long, default_value = "30", value_parser = positive)]
    minutes: f64,
    /// The number of people
    #[arg(long, default_value = "50", value_parser = clap::value_parser!(u32).range(1..))]
    people: u32,
}

fn positive(text: &str) -> Result<f64, String> {
    let minutes = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.1..=100_000.0).contains(&minutes) { Ok(minutes) } else { Err("between 0.1 and 100000".to_owned()) }
}

/// The task. The exit code says whether the test has passed.
pub fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let toolbox = build::make(workspace, &build::DEPLOYED)?;
    let mut node = test::runner(workspace, &toolbox);
    node.arg(FILE);
    node.env("FLUX_SOAK_MINUTES", options.minutes.to_string()).env("FLUX_SOAK_PEOPLE", options.people.to_string());
    let passed = process::status(&mut node)?.success();
    if process::interrupted() {
        return Ok(ExitCode::from(process::EXIT_INTERRUPTED));
    }
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        options: Options,
    }

    fn options(arguments: &[&str]) -> Result<Options, clap::Error> {
        Cli::try_parse_from([&["soak"], arguments].concat()).map(|cli| cli.options)
    }

    #[test]
    fn the_test_that_it_runs_exists() {
        assert!(Workspace::find().unwrap().path(FILE).is_file());
    }

    #[test]
    fn a_soak_takes_half_an_hour_unless_told_otherwise() {
        let Options { minutes, people } = options(&[]).unwrap();
        assert_eq!((minutes, people), (30.0, 50));
        let Options { minutes, people } = options(&["--minutes", "0.5", "--people", "3"]).unwrap();
        assert_eq!((minutes, people), (0.5, 3));
        for wrong in [["--minutes", "0"], ["--minutes", "NaN"], ["--minutes", "long"], ["--people", "0"]] {
            assert!(options(&wrong).is_err(), "{wrong:?}");
        }
    }
}
