//! `evals`: the prompt evaluation harness as a command. What it does is in the library; here is how it is asked for.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
