//! A list of what the Worker and the page are compiled from, as a software bill of materials in the format of CycloneDX. It can have
//! a crate too many: features that another crate of the workspace asks for count, too.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::process;
use crate::setup::TARGET;
use crate::workspace::Workspace;

/// The crates that are deployed.
const DEPLOYED: [&str; 2] = ["flux-agent", "flux-client"];

/// Prints the list.
pub fn run(workspace: &Workspace) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--format-version", "1", "--locked", "--filter-platform", TARGET]);
    let metadata = process::answer(cargo.current_dir(workspace.root())).context("`cargo metadata` failed")?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let sums = checksums(&workspace.read("Cargo.lock")?);
    println!("{:#}", list(&metadata, &sums).context("`cargo metadata` has another form")?);
    Ok(())
}

/// The SHA-256 of each package in `Cargo.lock`, by name and version.
fn checksums(lock: &str) -> BTreeMap<(String, String), String> {
    let packages = lock.split("[[package]]").filter_map(|package| {
        let field = |name: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix("= "));
            line.map(|value| value.trim_matches('"').to_owned())
        };
        Some(((field("name")?, field("version")?), field("checksum")?))
    });
    packages.collect()
}

/// The list in the form of <https://cyclonedx.org/docs/1.6/json/>. It is the same each time: it has neither a date nor a random number.
fn list(metadata: &Value, sums: &BTreeMap<(String, String), String>) -> Option<Value> {
    let packages: BTreeMap<&str, &Value> = metadata["packages"]
        .as_array()?
        .iter()
        .filter_map(|package| Some((package["id"].as_str()?, package)))
        .collect();
    let nodes: BTreeMap<&str, &Value> =
        metadata["resolve"]["nodes"].as_array()?.iter().filter_map(|node| Some((node["id"].as_str()?, node))).collect();
    let mut open: Vec<&str> = packages
        .iter()
        .filter(|(_, package)| DEPLOYED.iter().any(|name| package["name"] == *name))
        .map(|(id, _)| *id)
        .collect();
    let mut seen = BTreeSet::new();
    let mut dependencies = Vec::new();
    while let Some(id) = open.pop() {
        // A procedural macro runs in the compiler, and so does what it needs.
        if is_macro(packages.get(id)?) || !seen.insert(id) {
            continue;
        }
        let needed: BTreeSet<&str> = compiled_in(nodes.get(id)?).collect();
        open.extend(&needed);
        let needed = needed.iter().filter_map(|id| packages.get(id)).filter(|package| !is_macro(package));
        let needed: Vec<String> = needed.filter_map(|package| reference(package)).collect();
        dependencies.push(json!({ "ref": reference(packages.get(id)?)?, "dependsOn": needed }));
    }
    let components: Vec<Value> = seen.iter().filter_map(|id| component(packages.get(id)?, sums)).collect();
    dependencies.sort_by_key(|dependency| dependency["ref"].to_string());
    let version = packages.values().find(|package| package["name"] == DEPLOYED[0])?["version"].clone();
    Some(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": { "type": "application", "name": "temporal-flux", "version": version } },
        "components": components,
        "dependencies": dependencies,
    }))
}

/// The packages that are compiled into another one, neither its build script's nor its tests'.
fn compiled_in(node: &Value) -> impl Iterator<Item = &str> {
    let dependencies = node["deps"].as_array().into_iter().flatten();
    let is_normal = |dependency: &&Value| {
        dependency["dep_kinds"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"].is_null()))
    };
    dependencies.filter(is_normal).filter_map(|dependency| dependency["pkg"].as_str())
}

fn is_macro(package: &Value) -> bool {
    let targets = package["targets"].as_array().into_iter().flatten();
    targets.filter_map(|target| target["kind"].as_array()).flatten().any(|kind| kind == "proc-macro")
}

fn component(package: &Value, sums: &BTreeMap<(String, String), String>) -> Option<Value> {
    let (name, version) = (package["name"].as_str()?, package["version"].as_str()?);
    let reference = reference(package)?;
    let mut component = json!({
        "type": "library",
        "bom-ref": reference,
        "name": name,
        "version": version,
        "purl": reference,
    });
    if let Some(license) = package["license"].as_str() {
        // Old packages write `MIT/Apache-2.0`.
        component["licenses"] = json!([{ "expression": license.replace('/', " OR ") }]);
    }
    if let Some(sum) = sums.get(&(name.to_owned(), version.to_owned())) {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": sum }]);
    }
    Some(component)
}

/// The package as a URL (<https://github.com/package-url/purl-spec>).
fn reference(package: &Value) -> Option<String> {
    Some(format!("pkg:cargo/{}@{}", package["name"].as_str()?, package["version"].as_str()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_read_from_the_lock_file() {
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nchecksum = \"ff\"\n\n[[package]]\nname = \"own\"\nversion = \"0.1.0\"\n";
        let sums = checksums(lock);
        assert_eq!(sums.into_iter().collect::<Vec<_>>(), [(("a".to_owned(), "1.0.0".to_owned()), "ff".to_owned())]);
    }

    #[test]
    fn the_list_has_what_is_compiled_in_and_nothing_else() {
        let package =
            |id: &str, name: &str| json!({"id": id, "name": name, "version": "1.0.0", "license": "MIT/Apache-2.0"});
        let needs = |id: &str, kind: Value| json!({"pkg": id, "dep_kinds": [{"kind": kind}]});
        let metadata = json!({
            "packages": [
                package("1", "flux-agent"), package("2", "flux-client"), package("3", "shared"), package("4", "tests"),
                package("5", "script"), package("6", "deep"),
            ],
            "resolve": {"nodes": [
                {"id": "1", "deps": [needs("3", Value::Null), needs("4", "dev".into()), needs("5", "build".into())]},
                {"id": "2", "deps": [needs("3", Value::Null)]},
                {"id": "3", "deps": [needs("6", Value::Null)]},
                {"id": "4", "deps": []}, {"id": "5", "deps": []}, {"id": "6", "deps": []},
            ]},
        });
        let list = list(&metadata, &BTreeMap::new()).unwrap();
        let names: Vec<_> =
            list["components"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["flux-agent", "flux-client", "shared", "deep"]);
        assert_eq!(list["components"][2]["licenses"], json!([{"expression": "MIT OR Apache-2.0"}]));
        let of = |name: &str| {
            let reference = format!("pkg:cargo/{name}@1.0.0");
            let all = list["dependencies"].as_array().unwrap();
            all.iter().find(|one| one["ref"] == reference).unwrap()["dependsOn"].clone()
        };
        assert_eq!(of("flux-agent"), json!(["pkg:cargo/shared@1.0.0"]));
        assert_eq!(of("shared"), json!(["pkg:cargo/deep@1.0.0"]));
    }
}
