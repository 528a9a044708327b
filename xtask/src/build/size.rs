//! What a deployment weighs, and what it may weigh.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::{DEPLOYED, worker};
use crate::progress::{cross, say, size, tick};
use crate::workspace::Workspace;

/// The size up to which readable and fast code counts for more than small code. The platform's own limit is 3 MB on the free plan.
const WORKER_BUDGET: usize = 800_000;

/// What a phone on a slow line loads in about two seconds (2 Mbit/s).
const CLIENT_BUDGET: usize = 450_000;

/// How the names of assets begin that are loaded after the first picture.
const LATER: &str = "extras-";

/// A part of the product with its files and what they may weigh together, gzipped.
struct Part {
    /// In bench/budget.json.
    key: &'static str,
    name: &'static str,
    files: Vec<PathBuf>,
    budget: usize,
}

/// Prints the gzipped size of Worker and client; an error when one is over its budget.
pub fn check(workspace: &Workspace) -> Result<()> {
    let parts = parts(workspace)?;
    let mut too_heavy = Vec::new();
    for part in parts {
        let (total, details) = weigh(&part)?;
        let fits = total <= part.budget;
        let (mark, budget) = (if fits { tick() } else { cross() }, size(part.budget));
        say(&format!("{mark} {} weighs {} gzipped of {budget} ({details})", part.name, size(total)));
        if !fits {
            too_heavy.push(part.name);
        }
    }
    if !too_heavy.is_empty() {
        bail!("over its budget: {}. See what grew with `git stash && cargo xtask build`", too_heavy.join(", "));
    }
    Ok(())
}

/// The gzipped size of each part in bytes, by its short name.
///
/// # Errors
/// If something is not built.
pub fn weights(workspace: &Workspace) -> Result<Vec<(String, u64)>> {
    let parts = parts(workspace)?;
    parts.iter().map(|part| Ok((part.key.to_owned(), weigh(part)?.0 as u64))).collect()
}

fn parts(workspace: &Workspace) -> Result<[Part; 3]> {
    let worker = worker::OUTPUT.map(|file| workspace.path(DEPLOYED.worker).join(file)).to_vec();
    let assets = workspace.path(DEPLOYED.client.unwrap_or_default()).join("assets");
    let client = fs::read_dir(&assets).with_context(|| format!("cannot read {}", assets.display()))?;
    let client = client.flatten().map(|entry| entry.path());
    // What comes after the first picture keeps nobody waiting.
    let (later, client) =
        client.partition(|path| path.file_name().is_some_and(|it| it.to_string_lossy().starts_with(LATER)));
    Ok([
        Part { key: "worker", name: "Worker", files: worker, budget: WORKER_BUDGET },
        Part { key: "client, first", name: "Client, at first,", files: client, budget: CLIENT_BUDGET },
        Part { key: "client, later", name: "Client, after that,", files: later, budget: CLIENT_BUDGET },
    ])
}

fn weigh(part: &Part) -> Result<(usize, String)> {
    let (mut total, mut details) = (0, Vec::new());
    for file in &part.files {
        let content = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        let weight = gzipped(&content)?;
        total += weight;
        let kind = file.extension().unwrap_or_default().display();
        details.push(format!("{kind} {}", size(weight)));
    }
    details.sort();
    Ok((total, details.join(", ")))
}

fn gzipped(content: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).context("cannot compress")?;
    Ok(encoder.finish().context("cannot compress")?.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetition_weighs_little() {
        assert!(gzipped(&[7; 100_000]).unwrap() < 200);
    }
}
