//! Counts the instructions of the programs in `bench/src` with Valgrind's callgrind.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail};

use crate::process;
use crate::setup::valgrind;
use crate::workspace::Workspace;

/// The function that is counted, with all that it calls.
const REGION: &str = "--toggle-collect=instructions::counted_region";

/// The C library chooses functions such as `memcpy` by what the processor can do. These are all that it looks at, so that it chooses
/// the same everywhere. Without it, counts differ by up to 1.8 %.
const SAME_EVERYWHERE: (&str, &str) = (
    "GLIBC_TUNABLES",
    "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX512BW,-AVX2,-AVX,-BMI2,-ERMS,-FSRM,-RTM,-SSE4_2,-SSE4_1,-SSSE3,-LZCNT,-MOVBE",
);

/// The compilers of what is counted.
///
/// # Errors
/// If one of them is missing.
pub fn toolchain() -> Result<String> {
    let version = |program: &str| {
        let text =
            process::answer(Command::new(program).arg("--version")).with_context(|| format!("{program} is missing"))?;
        Ok::<_, anyhow::Error>(text.lines().next().unwrap_or_default().to_owned())
    };
    Ok(format!("{}, {}", version("rustc")?, version("cc")?))
}

/// The instructions of each work.
///
/// # Errors
/// If a program cannot be built or fails.
pub fn count(workspace: &Workspace) -> Result<Vec<(String, u64)>> {
    let valgrind = valgrind::prepare(workspace)?;
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--quiet", "--package", "flux-bench", "--message-format", "json"]);
    let output = cargo.current_dir(workspace.root()).stderr(Stdio::inherit()).output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!("bench/src does not compile");
    }
    let program =
        executable(&String::from_utf8_lossy(&output.stdout)).context("cargo names no program of bench/src")?;
    let names =
        process::answer(Command::new(&program).arg("list")).context("the program of bench/src does not start")?;
    names.split_whitespace().map(|name| Ok((name.to_owned(), count_one(&valgrind, &program, name)?))).collect()
}

fn count_one(valgrind: &Path, program: &str, name: &str) -> Result<u64> {
    let mut command = Command::new(valgrind);
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no", REGION, program, name]);
    command.env(SAME_EVERYWHERE.0, SAME_EVERYWHERE.1).stdin(Stdio::null());
    let output = command.output().context("cannot start valgrind")?;
    let text = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("counting “{name}” failed:\n{text}");
    }
    collected(&text).filter(|count| *count > 0).ok_or_else(|| anyhow!("callgrind counted nothing of “{name}”:\n{text}"))
}

/// The program in cargo's messages.
fn executable(messages: &str) -> Option<String> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    messages.filter_map(|message| message["executable"].as_str().map(str::to_owned)).next_back()
}

/// The count in callgrind's closing lines: `==1234== Collected : 7049666`.
fn collected(text: &str) -> Option<u64> {
    text.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_found_in_what_callgrind_says() {
        let text = "==9== Events    : Ir\n==9== Collected : 7049666\n==9== \n==9== I   refs:      7,049,666\n";
        assert_eq!(collected(text), Some(7_049_666));
        assert_eq!(collected("==9== nothing"), None);
    }

    #[test]
    fn the_program_is_the_last_that_cargo_names() {
        let messages = "{\"reason\":\"compiler-artifact\",\"executable\":null}\n\
                        {\"reason\":\"compiler-artifact\",\"executable\":\"/target/release/instructions\"}\n{\"reason\":\"build-finished\"}";
        assert_eq!(executable(messages).as_deref(), Some("/target/release/instructions"));
        assert_eq!(executable(""), None);
    }
}
