//! Makes a compiled module usable from JavaScript: `flux-bindings worker|client MODULE FOLDER`.
//!
//! It calls the libraries behind the commands `wasm-bindgen` and `wasm-split-cli`. Built as one program they share most of
//! their dependencies, and the web server and test runner of the commands are not compiled at all.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use walrus::Module;
use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli::Splitter;

/// In the names of the functions through which JavaScript calls Rust's closures.
const INVOKE: &str = "_ZN12wasm_bindgen7convert8closures";
/// How the exports begin that are for the splitter alone. `xtask/src/build/unreachable.rs` removes them.
const KEPT: &str = "__kept_";

fn main() -> Result<()> {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    match arguments.as_slice() {
        [product, module, folder] if product == Path::new("worker") => worker(module, folder),
        [product, module, folder] if product == Path::new("client") => client(module, folder),
        _ => bail!("usage: flux-bindings worker|client MODULE FOLDER"),
    }
}

/// Writes `index.js` and `index_bg.wasm` for workerd.
fn worker(module: &Path, folder: &Path) -> Result<()> {
    Bindgen::new()
        .module(true)?
        .input_path(module)
        .out_name("index")
        .typescript(false)
        // `agent/shim.mjs` needs both to start the program anew after a panic.
        .reset_state_function(true)
        .force_enable_abort_handler(true)
        .generate(folder)
}

/// Writes `app.js`, `app_bg.wasm` with what the first picture needs, and `extras.wasm` with the rest.
fn client(module: &Path, folder: &Path) -> Result<()> {
    Bindgen::new()
        .web(true)?
        .input_path(module)
        .out_name("app")
        .typescript(false)
        .omit_default_module_path(false)
        // wasm-split compares the modules before and after this step by the names of functions, so they must stay.
        .demangle(false)
        .keep_debug(true)
        .keep_lld_exports(true)
        .generate(folder)?;
    let read = |path: &Path| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    let write = |name: &str, content: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))
    };
    let (before, after) = (read(module)?, keep_closures(&read(&folder.join("app_bg.wasm"))?)?);
    let parts = Splitter::new(&before, &after)?.emit()?;
    let [extras] = parts.modules.as_slice() else {
        bail!("the client is split in {} places instead of one", parts.modules.len())
    };
    write("app_bg.wasm", &parts.main.bytes)?;
    write("extras.wasm", &extras.bytes)
}

/// Exports the functions through which JavaScript calls closures.
///
/// All of them are in the module's table, also those for functions of JavaScript that nothing calls. The splitter does not see that
/// the first part needs what such a function calls, and fails if it has moved that to the later part. What is exported stays.
fn keep_closures(module: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::from_buffer(module)?;
    let is_invoke = |name: &Option<String>| name.as_ref().is_some_and(|name| name.starts_with(INVOKE));
    let kept: Vec<_> = module.funcs.iter().filter(|function| is_invoke(&function.name)).map(|it| it.id()).collect();
    for (number, function) in kept.into_iter().enumerate() {
        module.exports.add(&format!("{KEPT}{number}"), function);
    }
    Ok(module.emit_wasm())
}
