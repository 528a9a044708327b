//! Compiles `goals.yaml` in as statics, so that the interpreter carries no parser. A mistake in the file fails the build.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use goal_file::{GoalFile, Kind, Phase, Step};

#[path = "build/goal_file.rs"]
mod goal_file;

const FILE: &str = "goals.yaml";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("offline/{FILE}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={FILE}");
    println!("cargo::rerun-if-changed=build/goal_file.rs");
    let text = fs::read_to_string(Path::new(&env::var("CARGO_MANIFEST_DIR")?).join(FILE))?;
    let code = statics(&goal_file::parse(&text)?)?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("goals.rs"), code)?;
    Ok(())
}

/// The source of `UNITS`, `KINDS` and `ANY_OTHER`, in terms of `offline/src/brainstorm/kind.rs`.
fn statics(file: &GoalFile) -> Result<String, Box<dyn Error>> {
    let mut code = String::from("pub(super) const UNITS: &[(&str, &str)] = &[\n");
    for (name, words) in &file.units.0 {
        writeln!(code, "    ({:?}, {name:?}),", words.join(" "))?;
    }
    code += "];\n";
    let ((_, any_other), others) = file.kinds.0.split_last().ok_or("there is no kind")?;
    writeln!(code, "const ANY_OTHER: Kind = {};", kind_value(any_other)?)?;
    code += "const KINDS: &[Kind] = &[\n";
    for (_, kind) in others {
        writeln!(code, "    {},", kind_value(kind)?)?;
    }
    code += "];\n";
    Ok(code)
}

/// A `Kind` as an expression.
fn kind_value(kind: &Kind) -> Result<String, Box<dyn Error>> {
    // One pattern for all words is smaller than one for each.
    let words = Some(kind.words.join("|")).filter(|words| !words.is_empty());
    let signs: Vec<&String> = words.iter().chain(&kind.patterns).collect();
    let mut code = format!(
        "Kind {{ signs: &{signs:?}, units: {:?}, leads: &{:?}, object: {:?}, steps: &[\n",
        kind.units.join(" "),
        kind.leads,
        kind.object
    );
    for step in &kind.steps {
        let Step { title, description, why, minutes, after, min_days, topics, .. } = step;
        let priority = step.priority.name();
        let counted_title = step.counted_title.as_deref().unwrap_or_default();
        writeln!(
            code,
            "        Step {{ title: {title:?}, description: {description:?}, why: {why:?}, minutes: {minutes}, \
             priority: {priority:?}, after: &{after:?}, min_days: {min_days}, topics: &{topics:?}, \
             counted_title: {counted_title:?} }},"
        )?;
    }
    writeln!(code, "    ], activity: {:?}, sessions: &[", kind.activity)?;
    for phase in &kind.sessions {
        let Phase { title, description, minutes, per_week, weeks, milestone, counted_milestone } = phase;
        writeln!(
            code,
            "        Phase {{ title: {title:?}, description: {description:?}, minutes: {minutes}, per_week: {per_week}, \
             weeks: {weeks}, milestone: {milestone:?}, counted_milestone: {counted_milestone:?} }},"
        )?;
    }
    code += "    ] }";
    Ok(code)
}
