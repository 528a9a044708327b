//! What the service does most, each by itself, to count the instructions that it takes.
//!
//! `instructions NAME` prepares one of [`WORKS`] and does it once within [`counted_region`], which is all that Valgrind's callgrind
//! counts (`xtask/src/budget/instructions.rs`). `instructions list` prints the names. Counts do not depend on what else the machine does. They are those of the native
//! program, so they show a change and not what workerd takes.

mod life;
mod works;

use std::error::Error;
use std::process::ExitCode;

use works::{WORKS, Work};

/// What is counted. It is never inlined, so that callgrind finds it by its name.
#[inline(never)]
fn counted_region(work: &mut Work) -> Result<(), Box<dyn Error>> {
    work()
}

fn run(name: &str) -> Result<(), Box<dyn Error>> {
    let names = WORKS.map(|(name, _)| name).join(" ");
    if name == "list" {
        println!("{names}");
        return Ok(());
    }
    let Some((_, prepare)) = WORKS.iter().find(|(known, _)| *known == name) else {
        return Err(format!("there is no work “{name}”; there are {names}").into());
    };
    counted_region(&mut prepare()?)
}

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    match run(&name) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_work_can_be_done() {
        for (name, _) in WORKS {
            run(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }

    #[test]
    fn an_unknown_name_is_refused() {
        assert!(run("nothing").unwrap_err().to_string().contains("edit"));
    }
}
