//! Takes the client's module apart: what is needed for the first picture, and the rest (`client/src/extras`).
//!
//! wasm-split finds out who calls whom from the relocations that the linker was asked to keep (`client/build.rs`) and the
//! names of functions, which wasm-bindgen must therefore leave as they are. There is one cut, and so one module beside the
//! first.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::optimize;
use crate::process;
use crate::setup::Toolbox;

/// Loads the rest: the other side of `client/src/extras/split.rs`. The two modules share everything that the first exports.
pub const SCRIPT: &str = r#"import { initSync } from "./app.js";
let loading;
async function load_rest() {
  const first = initSync();
  const imports = { env: { memory: first.memory }, __wasm_split: { ...first } };
  await WebAssembly.instantiateStreaming(fetch(new URL("extras.wasm", import.meta.url)), imports);
}
export function load(loaded, sender) {
  loading ??= load_rest();
  const tell = (is_there) => initSync().__indirect_function_table.get(loaded)(sender, is_there);
  loading.then(() => tell(true), (error) => {
    console.error("flux: a part of the page could not be loaded", error);
    loading = undefined;
    tell(false);
  });
}
"#;

/// The name that the script has for the rest.
pub const REST: &str = "extras.wasm";

/// Splits what wasm-bindgen has made of `module` in `draft` into `app_bg.wasm` and `extras.wasm`, each as small as it can be,
/// and writes the script that joins them.
pub fn split(toolbox: &Toolbox, module: &Path, draft: &Path) -> Result<()> {
    let bound = draft.join("app_bg.wasm");
    let parts = draft.join("split");
    process::run_quiet(Command::new(&toolbox.wasm_split).arg("split").arg(module).arg(&bound).arg(&parts))?;
    let mut rest = Vec::new();
    for entry in fs::read_dir(&parts).with_context(|| format!("cannot read {}", parts.display()))? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("module_")) {
            rest.push(path);
        }
    }
    let [rest] = rest.as_slice() else { bail!("the client is taken apart at {} places, and not at one", rest.len()) };
    for (from, to) in [(&parts.join("main.wasm"), &bound), (rest, &draft.join(REST))] {
        fs::rename(from, to).with_context(|| format!("cannot move {}", from.display()))?;
        optimize(toolbox, to)?;
    }
    let script = draft.join("extras.js");
    fs::write(&script, SCRIPT).with_context(|| format!("cannot write {}", script.display()))
}
