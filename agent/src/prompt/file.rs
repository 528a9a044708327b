//! A prompt as it stands in a file: Markdown with YAML at its top. Read where the service is built (`agent/build.rs` shares
//! this file) and, natively, at run time. The Worker carries no parser.

use serde::Deserialize;

/// All prompts by name, with what is filled in for each.
pub const ROLES: [(&str, &[&str]); 5] = [
    ("system", &["now", "zone", "timeline"]),
    ("architect", &["now", "deadline", "weekly", "longest"]),
    ("architect-mend", &["problems"]),
    ("report", &[]),
    ("title", &[]),
];

/// A prompt's file.
#[derive(Debug, Clone, PartialEq)]
pub struct PromptFile {
    /// What it says of itself.
    pub front: FrontMatter,
    /// The text, with `{{placeholders}}`.
    pub body: String,
}

/// What a prompt says of itself, in the YAML at its top.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontMatter {
    /// One of [`ROLES`].
    pub name: String,
    /// From 1 on; a text that people were answered with keeps its number for ever.
    pub version: u32,
    /// What it is for, for readers; required so that no prompt goes without.
    pub purpose: String,
    /// Sampling temperature that it was tried with, 0.0–2.0.
    pub temperature: f32,
    /// Upper bound of the answer, in tokens.
    pub max_output_tokens: u32,
    /// What is filled in: all that the text names, and no more.
    pub placeholders: Vec<String>,
    /// Whether a deployed Worker carries it beside the current one, so that it can be given a share of turns.
    #[serde(default)]
    pub candidate: bool,
    /// What was tried, and what came of it, for readers.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// Reads a prompt's file.
///
/// # Errors
/// A sentence about what is wrong with it: no front matter, an unknown prompt, a placeholder that is not filled.
pub fn parse(text: &str) -> Result<PromptFile, String> {
    let rest = text.strip_prefix("---\n").ok_or("it does not begin with front matter (a line “---”)")?;
    let (front, body) = rest.split_once("\n---\n").ok_or("the front matter has no end (a line “---”)")?;
    let front: FrontMatter = serde_yaml_ng::from_str(front).map_err(|error| error.to_string())?;
    let Some((_, filled)) = ROLES.iter().find(|(name, _)| *name == front.name) else {
        let known: Vec<&str> = ROLES.iter().map(|(name, _)| *name).collect();
        return Err(format!("there is no prompt {:?}, only {}", front.name, known.join(", ")));
    };
    for name in &front.placeholders {
        if !filled.contains(&name.as_str()) {
            return Err(format!("nothing is filled in for {{{{{name}}}}}, only for {}", filled.join(", ")));
        }
        if !body.contains(&format!("{{{{{name}}}}}")) {
            return Err(format!("the placeholder {{{{{name}}}}} is declared and not used"));
        }
    }
    for (at, _) in body.match_indices("{{") {
        let name = body[at + 2..].split("}}").next().unwrap_or_default();
        if !front.placeholders.iter().any(|known| known == name) {
            return Err(format!("the placeholder {{{{{name}}}}} is used and not declared"));
        }
    }
    Ok(PromptFile { body: body.trim().to_owned(), front })
}

/// Whether a file of this name, without `.md`, is where the current version stands. The others stand beside it with their
/// version in the name.
///
/// # Errors
/// A sentence, where the name is neither.
pub fn is_current(stem: &str, front: &FrontMatter) -> Result<bool, String> {
    let FrontMatter { name, version, candidate, .. } = front;
    if stem == format!("{name}@{version}") {
        return Ok(false);
    }
    if stem != name {
        return Err(format!("it is version {version} of {name:?}, so its name is {name}.md or {name}@{version}.md"));
    }
    if *candidate {
        return Err("the current version is no candidate".to_owned());
    }
    Ok(true)
}
