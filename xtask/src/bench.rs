//! `cargo xtask bench`: speed and cost of the deployed Worker beside the floor and a peer (`bench/README.md`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::setup::{Toolbox, WRANGLER_ENVIRONMENT, remove_folder};
use crate::workspace::Workspace;
use crate::{build, process, progress};

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// The number of rounds, each with fresh processes. One is a quick look, with fewer people and a shorter log
    #[arg(long, default_value = "3")]
    reps: u32,
    /// Only these scenarios, with commas between them: edit, pipelined, turns, crowd, first-visit, resume, prompt, rows, memory,
    /// import, past, architect
    #[arg(long)]
    only: Option<String>,
    /// The numbers of blocks in the timelines of edit, with commas between them
    #[arg(long)]
    sizes: Option<String>,
    /// What to measure, with commas between them; ratios are to the first
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["floor", "peer", "ours"])]
    targets: Vec<Target>,
    /// Two commits to compare in place of the targets
    #[arg(long, num_args = 2, value_names = ["A", "B"], conflicts_with = "targets")]
    compare: Option<Vec<String>>,
    /// The folder for results.json and results.html
    #[arg(long, default_value = "bench/results")]
    out: PathBuf,
    /// Print what an active person costs, from counts and published prices; with UPDATE_COST=1 also write it to docs/cost.md
    #[arg(long)]
    cost: bool,
}

/// What can be measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Target {
    /// A Durable Object in plain JavaScript that does the least
    Floor,
    /// The same agent on npm `agents` and `@cloudflare/ai-chat`
    Peer,
    /// This checkout, as it is deployed
    Ours,
}

/// How long building a commit may take.
const BUILD_LIMIT: Duration = Duration::from_secs(30 * 60);

/// The task.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    if std::env::consts::OS != "linux" {
        bail!("the benchmark reads CPU times from /proc, which only Linux has");
    }
    let toolbox = if options.compare.is_none() && (options.cost || options.targets.contains(&Target::Ours)) {
        build::make(workspace, &build::DEPLOYED)?
    } else {
        Toolbox::prepare(workspace)?
    };
    if options.cost {
        return drive(workspace, &toolbox, "cost.mjs", &[workspace.root().display().to_string()]);
    }
    let mut arguments = vec![format!("--reps={}", options.reps), format!("--out={}", options.out.display())];
    arguments.extend(options.only.as_ref().map(|only| format!("--only={only}")));
    arguments.extend(options.sizes.as_ref().map(|sizes| format!("--sizes={sizes}")));
    arguments.extend(targets(workspace, options)?.into_iter().map(|target| format!("--target={target}")));
    drive(workspace, &toolbox, "run.mjs", &arguments)
}

fn drive(workspace: &Workspace, toolbox: &Toolbox, script: &str, arguments: &[String]) -> Result<()> {
    let mut node = toolbox.node.command();
    node.arg(Path::new("bench/driver").join(script)).args(arguments).current_dir(workspace.root());
    process::run(node.envs(WRANGLER_ENVIRONMENT).env("WRANGLER_LOG", "error"))
}

/// The targets as the driver takes them: `name=kind:folder`.
fn targets(workspace: &Workspace, options: &Options) -> Result<Vec<String>> {
    if let Some(commits) = &options.compare {
        let all = commits.iter().map(|commit| {
            let (name, folder) = built(workspace, commit)?;
            Ok(format!("{name}=flux:{}", folder.display()))
        });
        return all.collect();
    }
    let folder = |target| match target {
        Target::Floor => ("floor=floor", workspace.path("bench/targets/floor")),
        Target::Peer => ("peer=peer", workspace.path("bench/targets/peer")),
        Target::Ours => ("ours=flux", workspace.root().to_owned()),
    };
    let all = options.targets.iter().map(|target| {
        let (name, folder) = folder(*target);
        format!("{name}:{}", folder.display())
    });
    Ok(all.collect())
}

/// Builds a commit in a folder of its own, by its own `cargo xtask build`, and gives its short name and the folder. What was built
/// before is kept there.
fn built(workspace: &Workspace, commit: &str) -> Result<(String, PathBuf)> {
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(arguments).current_dir(workspace.root());
        git
    };
    let full = process::answer(&mut git(&["rev-parse", "--verify", "--quiet", &format!("{commit}^{{commit}}")]))
        .with_context(|| format!("there is no commit {commit}"))?;
    let name = full.get(..10).unwrap_or(&full).to_owned();
    let folder = std::env::temp_dir().join("flux-bench").join(&name);
    if folder.join("agent/build/index.js").is_file() {
        progress::skipped(&format!("Commit {name}"), "built before");
        return Ok((name, folder));
    }
    progress::step(&format!("Building commit {name}"), || {
        remove_folder(&folder)?;
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let mut archive = git(&["archive", &full]);
        let mut archive = archive.stdout(Stdio::piped()).spawn().context("cannot start git")?;
        let files = archive.stdout.take().context("git writes nothing")?;
        let unpacked = Command::new("tar").arg("-x").arg("-C").arg(&folder).stdin(files).status();
        if !unpacked.context("cannot start tar")?.success() || !archive.wait().context("cannot wait for git")?.success()
        {
            bail!("cannot unpack the commit into {}", folder.display());
        }
        let mut cargo = Command::new("cargo");
        cargo.args(["xtask", "build"]).current_dir(&folder).env_remove("CARGO_MANIFEST_DIR");
        // One for all commits: most of what they are built from is the same.
        cargo.env("CARGO_TARGET_DIR", folder.with_file_name("target"));
        let log = workspace.logs().join(format!("bench-{name}.log"));
        process::run_logged_within(&mut cargo, &log, BUILD_LIMIT)?;
        // Most of what the folder takes, and only the build needs it.
        remove_folder(&folder.join("target-wasm"))
    })?;
    Ok((name, folder))
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
        Cli::try_parse_from([&["bench"], arguments].concat()).map(|cli| cli.options)
    }

    #[test]
    fn targets_are_told_to_the_driver_with_their_kinds_and_folders() {
        let workspace = Workspace::find().unwrap();
        let root = workspace.root().display();
        let all = targets(&workspace, &options(&[]).unwrap()).unwrap();
        let folder = |name: &str| format!("{root}/bench/targets/{name}");
        let ours = format!("ours=flux:{root}");
        assert_eq!(
            all,
            [format!("floor=floor:{}", folder("floor")), format!("peer=peer:{}", folder("peer")), ours.clone()]
        );
        assert_eq!(targets(&workspace, &options(&["--targets", "ours"]).unwrap()).unwrap(), [ours]);
    }

    #[test]
    fn commits_are_compared_in_place_of_targets() {
        assert!(options(&["--compare", "main", "HEAD", "--targets", "ours"]).is_err());
        assert!(options(&["--compare", "main"]).is_err());
        let workspace = Workspace::find().unwrap();
        let unknown = options(&["--compare", "no-such-commit", "HEAD"]).unwrap();
        assert!(targets(&workspace, &unknown).unwrap_err().to_string().contains("no-such-commit"));
    }
}
