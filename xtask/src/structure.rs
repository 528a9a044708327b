//! The dependency rules of the workspace, as a lint.
//!
//! The crates form layers, and the domain is at the bottom: a crate may depend only on the crates that [`ALLOWED`] names for it.
//! ARCHITECTURE.md explains the layers. Third-party crates are not checked here.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process;
use crate::workspace::Workspace;

/// For each crate of the workspace, the crates of the workspace that it may depend on. Dependencies for tests alone do not
/// count, since they are not in what is built.
const ALLOWED: [(&str, &[&str]); 12] = [
    ("flux-timeline", &[]),
    ("flux-tools", &["flux-timeline"]),
    ("flux-protocol", &["flux-timeline"]),
    ("flux-identity", &["flux-timeline", "flux-protocol"]),
    ("flux-model", &[]),
    ("flux-phrases", &["flux-timeline"]),
    ("flux-offline", &["flux-timeline", "flux-tools", "flux-model", "flux-phrases"]),
    (
        "flux-agent",
        &["flux-timeline", "flux-tools", "flux-protocol", "flux-identity", "flux-model", "flux-phrases", OPTIONAL],
    ),
    ("flux-client", &["flux-timeline", "flux-tools", "flux-protocol", "flux-phrases"]),
    (
        "flux-evals",
        &["flux-timeline", "flux-tools", "flux-protocol", "flux-identity", "flux-model", "flux-offline", "flux-agent"],
    ),
    ("flux-bench", &["flux-timeline", "flux-tools", "flux-protocol", "flux-model", "flux-agent"]),
    ("flux-xtask", &[]),
];

/// The interpreter. The service may depend on it only as a feature, because a deployed Worker is built without it.
const OPTIONAL: &str = "flux-offline";

/// The only folder that knows Cloudflare, and the file that may declare it.
const EDGE: &str = "agent/src/edge";
const EDGE_PARENT: &str = "agent/src/lib.rs";

/// Checks the dependencies of every crate, and that nothing outside `edge/` imports it.
///
/// # Errors
/// If a rule is broken. The error lists every place.
pub fn check(workspace: &Workspace) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(workspace.root());
    let metadata = process::answer(&mut cargo).context("cargo metadata failed")?;
    let metadata: Value = serde_json::from_str(&metadata).context("cargo metadata did not write JSON")?;
    let mut problems = forbidden_dependencies(&metadata);
    problems.extend(imports_of_edge(workspace)?);
    if problems.is_empty() {
        return Ok(());
    }
    bail!("the structure of the workspace is broken:\n  {}", problems.join("\n  "))
}

/// Describes each dependency in the output of `cargo metadata` that [`ALLOWED`] does not name.
fn forbidden_dependencies(metadata: &Value) -> Vec<String> {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.into_iter().collect();
    let mut problems = Vec::new();
    for package in list(metadata, "packages") {
        let name = text(package, "name");
        let Some(allowed) = allowed.get(name) else {
            problems.push(format!("{name} is not in the table of xtask/src/structure.rs"));
            continue;
        };
        for dependency in list(package, "dependencies") {
            let on = text(dependency, "name");
            let is_ours = dependency.get("path").is_some_and(Value::is_string);
            if !is_ours || dependency["kind"] == "dev" {
                continue;
            }
            if !allowed.contains(&on) {
                problems.push(format!("{name} must not depend on {on}"));
            } else if name == "flux-agent" && on == OPTIONAL && dependency["optional"] != true {
                problems.push(format!("{name} may depend on {on} only as an optional feature"));
            }
        }
    }
    problems
}

fn list<'a>(value: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    value.get(field).and_then(Value::as_array).into_iter().flatten()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// Names each line outside `edge/` that imports something from it.
fn imports_of_edge(workspace: &Workspace) -> Result<Vec<String>> {
    let edge = workspace.path(EDGE);
    let mut problems = Vec::new();
    for file in rust_files(&workspace.path("agent/src"))?.into_iter().filter(|file| !file.starts_with(&edge)) {
        let code = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let name = file.strip_prefix(workspace.root()).unwrap_or(&file).display().to_string();
        for (number, line) in code.lines().enumerate() {
            if names_edge(line) && !(name == EDGE_PARENT && line.trim() == "mod edge;") {
                problems.push(format!("{name}:{} imports from {EDGE}", number + 1));
            }
        }
    }
    Ok(problems)
}

/// Whether a line of code names the module `edge`. Comments may.
fn names_edge(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    code.contains("edge::") || code.trim().ends_with("mod edge;") || code.contains("::edge")
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn package(name: &str, on: &str, kind: Option<&str>, optional: bool) -> Value {
        let dependency = json!({"name": on, "path": format!("/x/{on}"), "kind": kind, "optional": optional});
        json!({"packages": [{"name": name, "dependencies": [dependency]}]})
    }

    #[test]
    fn a_dependency_that_the_table_does_not_name_is_a_problem() {
        let cases = [
            ("flux-tools", "flux-timeline", None, false, 0),
            ("flux-timeline", "flux-tools", None, false, 1),
            ("flux-timeline", "flux-tools", Some("build"), false, 1),
            ("flux-model", "flux-tools", Some("dev"), false, 0),
            ("flux-client", "flux-agent", None, false, 1),
            ("flux-agent", "flux-offline", None, true, 0),
            ("flux-agent", "flux-offline", None, false, 1),
            ("flux-new", "flux-timeline", None, false, 1),
        ];
        for (name, on, kind, optional, count) in cases {
            let problems = forbidden_dependencies(&package(name, on, kind, optional));
            assert_eq!(problems.len(), count, "{name} on {on}: {problems:?}");
        }
    }

    #[test]
    fn third_party_crates_are_not_checked() {
        let serde = json!({"name": "serde", "path": null, "kind": null, "optional": false});
        let metadata = json!({"packages": [{"name": "flux-timeline", "dependencies": [serde]}]});
        assert!(forbidden_dependencies(&metadata).is_empty());
    }

    #[test]
    fn a_line_names_the_edge_in_code_but_not_in_a_comment() {
        for line in ["use crate::edge::Chat;", "pub mod edge;", "use super::edge;", "edge::run()"] {
            assert!(names_edge(line), "{line}");
        }
        for line in ["// what edge::Chat does", "let knowledge = 1;", "use flux_timeline::Event;"] {
            assert!(!names_edge(line), "{line}");
        }
    }
}
