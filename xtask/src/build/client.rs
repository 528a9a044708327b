//! The client: `client/` compiled, bound to JavaScript, and laid out as a folder of static assets.
//!
//! Scripts, wasm and style sheet get the hash of their content into their names and lie in `dist/assets/`, where they may
//! be cached for ever; `index.html` names them through placeholders (see [`page`](super::page)). Everything else in
//! `client/public/` is copied as it is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::page::{Assets, FIRST, REST, REST_STYLE};
use super::stamp::Stamp;
use super::{
    Products, backtraces, esbuild, names, optimize, page, segments, tool_versions, unreachable, write_changed,
};
use crate::process::{self, side_by_side};
use crate::progress::Freshness;
use crate::setup::{Toolbox, remove_folder};
use crate::workspace::Workspace;

/// The crate that is the client.
pub const PACKAGE: &str = "flux-client";

/// Starts the program as soon as the script is read, so that the page needs no script of its own and can forbid them.
const START: &str = "import start from \"./app.js\"; start();\n";

/// Cloudflare's file for response headers of assets. What has a hash in its name never changes; all else is asked for
/// again each time, with an ETag, so that a deployment is seen at once.
const HEADERS: &str = "/assets/*\n  Cache-Control: public, max-age=31536000, immutable\n";

type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Makes the folder of static assets of what was compiled.
pub fn build(workspace: &Workspace, toolbox: &Toolbox, products: &Products, output: &str) -> Result<Freshness> {
    let module = products.module(workspace, PACKAGE);
    let style = style_sheet(&workspace.path("client/styles"))?;
    let rest_style = style_sheet(&workspace.path("client/styles/extras"))?;
    let public = files_below(&workspace.path("client/public"))?;
    let early = workspace.read("client/early.js")?;
    let loader = workspace.read("client/extras.js")?;

    let code = fs::read(&module).with_context(|| format!("cannot read {}", module.display()))?;
    let mut inputs = vec![
        code,
        early.clone().into_bytes(),
        loader.clone().into_bytes(),
        style.clone().into_bytes(),
        rest_style.clone().into_bytes(),
        tool_versions(workspace)?.into_bytes(),
    ];
    for (path, content) in &public {
        inputs.extend([path.to_string_lossy().into_owned().into_bytes(), content.clone()]);
    }
    let key = Stamp::key(inputs);
    let stamp = Products::stamp(workspace, output);
    let output = workspace.path(output);
    if stamp.matches(&key) && output.join("index.html").is_file() {
        return Ok(Freshness::Unchanged);
    }
    let draft = products.draft(workspace, "client");
    remove_folder(&draft)?;
    process::run_quiet(Command::new(&toolbox.bindings).arg("client").arg(&module).arg(&draft))?;
    if products.optimized {
        clean_up(toolbox, &draft.join(FIRST), &draft.join(REST))?;
    }
    let sources = [("early.js", &early), ("extras.js", &loader), ("app.css", &style), (REST_STYLE, &rest_style)];
    let files = lay_out(toolbox, &draft, &sources, public, products.optimized)?;
    synchronize(&output, &files)?;
    stamp.write(&key)?;
    Ok(Freshness::Made)
}

/// Makes both parts small.
fn clean_up(toolbox: &Toolbox, first: &Path, rest: &Path) -> Result<()> {
    let read = |module: &Path| fs::read(module).with_context(|| format!("cannot read {}", module.display()));
    let write = |module: &Path, content: &[u8]| {
        fs::write(module, content).with_context(|| format!("cannot write {}", module.display()))
    };
    let without_backtraces = backtraces::removed(&read(first)?)?;
    write(first, &unreachable::removed(&without_backtraces, &read(rest)?)?)?;
    side_by_side(|| optimize(toolbox, first), || optimize(toolbox, rest))?;
    let (first_content, rest_content) = (read(first)?, read(rest)?);
    write(rest, &segments::joined(&rest_content, Some(&first_content))?)?;
    write(first, &segments::joined(&first_content, None)?)
}

/// Bundles what wasm-bindgen wrote, and gives every file of `dist`.
fn lay_out(
    toolbox: &Toolbox,
    draft: &Path,
    sources: &[(&str, &String)],
    mut files: Files,
    optimized: bool,
) -> Result<Files> {
    let write = |name: &str, text: &str| {
        fs::write(draft.join(name), text).with_context(|| format!("cannot write {name} in {}", draft.display()))
    };
    let read = |name: &str| fs::read(draft.join(name)).with_context(|| format!("cannot read {name} of the client"));
    write("start.js", START)?;
    sources.iter().try_for_each(|(name, text)| write(name, text))?;
    // wasm-bindgen names the script that joins the modules once for each function that it takes from there.
    let script =
        ["start.js", "--bundle", "--format=esm", "--log-override:duplicate-object-key=silent", "--outfile=bundle.js"];
    esbuild(toolbox, draft, &[&script[..], names::arguments(optimized)].concat())?;
    if optimized {
        [FIRST, REST].iter().try_for_each(|module| names::shorten(&draft.join(module)))?;
    }
    esbuild(toolbox, draft, &["app.css", "--outfile=bundle.css"])?;
    esbuild(toolbox, draft, &[REST_STYLE, "--outfile=bundle-extras.css"])?;
    // A program of its own, not a module: it runs while the page is read. Its names stay its own.
    esbuild(toolbox, draft, &["early.js", "--format=iife", "--outfile=bundle-early.js"])?;

    let modules = [read(FIRST)?, read(REST)?];
    let styles = [read("bundle.css")?, read("bundle-extras.css")?];
    let assets = Assets::new(read("bundle-early.js")?, modules, &read("bundle.js")?, styles)?;
    let index = files.remove(Path::new("index.html")).context("client/public/index.html is missing")?;
    let index = String::from_utf8(index).context("client/public/index.html is not UTF-8")?;
    files.insert("index.html".into(), page::fill(&index, &assets)?.into_bytes());
    let headers = files.entry("_headers".into()).or_default();
    headers.splice(..0, HEADERS.bytes());
    for asset in assets.into_files() {
        files.insert(asset.path.trim_start_matches('/').into(), asset.content);
    }
    Ok(files)
}

/// All style sheets that lie in the folder itself, in the order of their names, as one.
fn style_sheet(folder: &Path) -> Result<String> {
    let mut sheets = files_below(folder)?;
    sheets.retain(|path, _| path.components().count() == 1 && path.extension().is_some_and(|it| it == "css"));
    let sheets = sheets.into_values().map(String::from_utf8).collect::<Result<Vec<_>, _>>();
    Ok(sheets.with_context(|| format!("a style sheet in {} is not UTF-8", folder.display()))?.join("\n"))
}

/// Every file below a folder, by its path in it. A folder that is not there has none.
fn files_below(folder: &Path) -> Result<Files> {
    let mut files = Files::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let Ok(entries) = fs::read_dir(&next) else { continue };
        for entry in entries {
            let path = entry.with_context(|| format!("cannot read {}", next.display()))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(relative) = path.strip_prefix(folder) {
                let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
                files.insert(relative.to_owned(), content);
            }
        }
    }
    Ok(files)
}

/// Makes a folder hold these files and no others. The page comes last and old assets go after it, so that a browser that
/// loads in between finds what its page names.
fn synchronize(folder: &Path, files: &Files) -> Result<()> {
    let index = Path::new("index.html");
    for (path, content) in files.iter().filter(|(path, _)| *path != index) {
        write_changed(&folder.join(path), content)?;
    }
    if let Some(content) = files.get(index) {
        write_changed(&folder.join(index), content)?;
    }
    for path in files_below(folder)?.into_keys().filter(|path| !files.contains_key(path)) {
        let path = folder.join(path);
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("flux-xtask-client-{name}-{}", std::process::id()));
        remove_folder(&folder).unwrap();
        folder
    }

    #[test]
    fn style_sheets_are_joined_in_the_order_of_their_names() {
        let folder = folder("styles");
        fs::create_dir_all(folder.join("extras")).unwrap();
        for (name, text) in [("20-b.css", "b"), ("10-a.css", "a"), ("notes.md", "x"), ("extras/15-c.css", "c")] {
            fs::write(folder.join(name), text).unwrap();
        }
        assert_eq!(style_sheet(&folder).unwrap(), "a\nb");
        remove_folder(&folder).unwrap();
    }

    #[test]
    fn synchronizing_leaves_exactly_the_files_given() {
        let folder = folder("dist");
        let files =
            |names: &[&str]| names.iter().map(|name| (name.into(), name.as_bytes().to_vec())).collect::<Files>();
        let first = files(&["index.html", "assets/app-1.js"]);
        synchronize(&folder, &first).unwrap();
        assert_eq!(files_below(&folder).unwrap(), first);
        let second = files(&["index.html", "assets/app-2.js", "icons/a.svg"]);
        synchronize(&folder, &second).unwrap();
        assert_eq!(files_below(&folder).unwrap(), second);
        remove_folder(&folder).unwrap();
    }
}
