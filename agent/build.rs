//! Compiles the prompts in. A prompt that cannot be read, or that names a placeholder which the code does not fill, fails
//! the build and not the first conversation.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use serde::Deserialize;

/// What a prompt says of itself, in the YAML at its top.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    name: String,
    version: u32,
    #[expect(dead_code, reason = "for readers; required so that no prompt goes without")]
    purpose: String,
    temperature: f32,
    max_output_tokens: u32,
    placeholders: Vec<String>,
    #[serde(default)]
    #[expect(dead_code, reason = "for readers")]
    notes: Vec<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../prompts");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<_> = fs::read_dir(&folder)?.collect::<Result<Vec<_>, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);

    let mut code = String::from("/// All prompts, by name.\npub const PROMPTS: &[Prompt] = &[\n");
    for file in files {
        let path = file.path();
        let is_prompt = path.extension().is_some_and(|extension| extension == "md")
            && path.file_stem().is_some_and(|stem| stem != "README");
        if is_prompt {
            let text = fs::read_to_string(&path)?;
            code += &prompt(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    code += "];\n";
    fs::write(Path::new(&env::var("OUT_DIR")?).join("prompts.rs"), code)?;
    Ok(())
}

fn prompt(text: &str) -> Result<String, Box<dyn Error>> {
    let rest = text.strip_prefix("---\n").ok_or("does not begin with front matter (a line “---”)")?;
    let (front, body) = rest.split_once("\n---\n").ok_or("the front matter has no end (a line “---”)")?;
    let front: FrontMatter = serde_yaml_ng::from_str(front)?;
    for name in &front.placeholders {
        if !body.contains(&format!("{{{{{name}}}}}")) {
            return Err(format!("the placeholder {{{{{name}}}}} is declared and not used").into());
        }
    }
    for (at, _) in body.match_indices("{{") {
        let name = body[at + 2..].split("}}").next().unwrap_or_default();
        if !front.placeholders.iter().any(|known| known == name) {
            return Err(format!("the placeholder {{{{{name}}}}} is used and not declared").into());
        }
    }
    let mut code = String::new();
    writeln!(
        code,
        "    Prompt {{ name: {:?}, version: {}, temperature: {:?}, max_output_tokens: {}, body: {:?} }},",
        front.name,
        front.version,
        front.temperature,
        front.max_output_tokens,
        body.trim(),
    )?;
    Ok(code)
}
