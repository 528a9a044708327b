//! Compiles the prompts into the service. A prompt that is invalid, or that uses an unknown placeholder, fails the build instead of
//! the first conversation.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use file::{PromptFile, ROLES};

#[path = "src/prompt/file.rs"]
mod file;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../prompts");
    println!("cargo::rerun-if-changed={}", folder.display());
    println!("cargo::rerun-if-changed=src/prompt/file.rs");
    let mut files: Vec<_> = fs::read_dir(&folder)?.collect::<Result<Vec<_>, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);

    let mut current = Vec::new();
    let mut others = Vec::new();
    let mut versions = BTreeSet::new();
    for path in files.iter().map(fs::DirEntry::path) {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if stem == "README" || path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let failed = |error: String| format!("{}: {error}", path.display());
        let prompt = file::parse(&fs::read_to_string(&path)?).map_err(failed)?;
        if !versions.insert((prompt.front.name.clone(), prompt.front.version)) {
            return Err(failed("there is another file with the same name and version".to_owned()).into());
        }
        let list = if file::is_current(stem, &prompt.front).map_err(failed)? { &mut current } else { &mut others };
        list.push(prompt);
    }

    let is_worker = env::var("CARGO_CFG_TARGET_ARCH")? == "wasm32";
    others.retain(|prompt| prompt.front.candidate || !is_worker);
    let code = code(&current, &others)?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("prompts.rs"), code)?;
    Ok(())
}

/// Rust code with the list of all prompts and the current one of each name.
fn code(current: &[PromptFile], others: &[PromptFile]) -> Result<String, Box<dyn Error>> {
    let mut code = String::from("const ALL: &[Prompt] = &[\n");
    for PromptFile { front, body, context } in current.iter().chain(others) {
        writeln!(
            code,
            "    Prompt {{ name: {:?}, version: {}, temperature: {:?}, max_output_tokens: {}, \
             body: {body:?}, context: {context:?} }},",
            front.name, front.version, front.temperature, front.max_output_tokens,
        )?;
    }
    code += "];\nconst CURRENT: Prompts = Prompts {\n";
    for (name, _) in ROLES {
        let at = current.iter().position(|prompt| prompt.front.name == name);
        let at = at.ok_or_else(|| format!("prompts/{name}.md is missing"))?;
        let field = if name == "architect-mend" { "repair" } else { name };
        writeln!(code, "    {field}: &ALL[{at}],")?;
    }
    code += "};\n";
    Ok(code)
}
