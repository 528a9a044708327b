//! The command `evals`. It parses arguments; the work is done in the library.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
