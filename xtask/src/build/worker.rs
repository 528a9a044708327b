//! The Worker: bindings of `agent/` and the shim around them (`agent/shim.mjs`), as one script and one module.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::stamp::Stamp;
use super::{Products, esbuild, names, optimize, tool_versions, write_changed};
use crate::process;
use crate::progress::Freshness;
use crate::setup::{Toolbox, remove_folder};
use crate::workspace::Workspace;

/// The crate that is the Worker.
pub const PACKAGE: &str = "flux-agent";

/// What the entry imports. The script comes last: wrangler reloads when it changes.
pub const OUTPUT: [&str; 2] = ["index_bg.wasm", "index.js"];

/// Makes the Worker of what was compiled.
pub fn build(workspace: &Workspace, toolbox: &Toolbox, products: &Products) -> Result<Freshness> {
    let module = products.module(workspace, PACKAGE);
    let content = fs::read(&module).with_context(|| format!("cannot read {}", module.display()))?;
    let shim = workspace.read("agent/shim.mjs")?;
    let key = Stamp::key([content.as_slice(), shim.as_bytes(), tool_versions(workspace)?.as_bytes()]);
    let stamp = Products::stamp(workspace, products.worker);
    let output = workspace.path(products.worker);
    if stamp.matches(&key) && OUTPUT.iter().all(|file| output.join(file).is_file()) {
        return Ok(Freshness::Unchanged);
    }
    let draft = products.draft(workspace, "worker");
    remove_folder(&draft)?;
    process::run_quiet(Command::new(&toolbox.bindings).arg("worker").arg(&module).arg(&draft))?;
    bundle(toolbox, &draft, shim, names::arguments(products.optimized))?;
    if products.optimized {
        let module = draft.join("index_bg.wasm");
        optimize(toolbox, &module)?;
        names::shorten(&module)?;
    }
    // Generated, and so not for version control, wherever the checkout's own list stands.
    write_changed(&output.join(".gitignore"), b"*\n")?;
    for file in OUTPUT {
        let path = draft.join(file);
        let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        write_changed(&output.join(file), &content)?;
    }
    stamp.write(&key)?;
    Ok(Freshness::Made)
}

/// Puts the shim around the bindings, and makes `index.js` of both.
fn bundle(toolbox: &Toolbox, draft: &Path, mut shim: String, more: &[&str]) -> Result<()> {
    let script = draft.join("index.js");
    let bindings = fs::read_to_string(&script).with_context(|| format!("cannot read {}", script.display()))?;
    for class in classes(&bindings) {
        let _ = writeln!(shim, "export const {class} = restartable(exports.{class});");
    }
    fs::write(draft.join("shim.js"), shim).with_context(|| format!("cannot write the shim in {}", draft.display()))?;
    let arguments = ["shim.js", "--bundle", "--format=esm", "--outfile=index.js", "--allow-overwrite"];
    esbuild(
        toolbox,
        draft,
        &[&arguments[..], &["--external:./index_bg.wasm", "--external:cloudflare:*"], more].concat(),
    )?;
    // wasm-bindgen imports the module by a syntax that wrangler does not know. Without it wrangler does the same.
    let bundled = fs::read_to_string(&script).with_context(|| format!("cannot read {}", script.display()))?;
    if !bundled.contains("import source ") {
        bail!("the Worker's script does not import its module: has wasm-bindgen changed how it does that?");
    }
    let bundled = bundled.replace("import source ", "import ");
    fs::write(&script, bundled).with_context(|| format!("cannot write {}", script.display()))
}

/// The classes that wasm-bindgen's script exports.
fn classes(bindings: &str) -> impl Iterator<Item = &str> {
    bindings.lines().filter_map(|line| line.strip_prefix("export class ")?.split_whitespace().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exported_classes_are_found_by_name() {
        let bindings = "class Hidden {\n}\nexport class Chat {\n  fetch() {}\n}\nexport function fetch(a) {\n}\nexport class Run {}\n";
        assert_eq!(classes(bindings).collect::<Vec<_>>(), ["Chat", "Run"]);
    }
}
