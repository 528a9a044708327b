//! A prompt file: Markdown with YAML front matter. It is read at build time (`agent/build.rs` includes this file) and, natively, at
//! run time. The Worker contains no parser.

use serde::Deserialize;

/// All prompts by name, with their placeholders.
pub const ROLES: [(&str, &[&str]); 5] = [
    ("system", &["now", "zone", "timeline"]),
    ("architect", &["now", "deadline", "weekly", "longest"]),
    ("architect-mend", &["problems"]),
    ("report", &[]),
    ("title", &[]),
];

/// The line after which the text stands that goes in front of the person's newest message.
pub const WITH_NEWEST: &str = "=== with the newest message ===";

/// The contents of a prompt file.
#[derive(Debug, Clone, PartialEq)]
pub struct PromptFile {
    /// Its front matter.
    pub front: FrontMatter,
    /// The text, with `{{placeholders}}`, up to [`WITH_NEWEST`]. Without placeholders if there is such a line.
    pub body: String,
    /// The text after that line, with `{{placeholders}}`. Empty if there is no such line.
    pub context: String,
}

/// The YAML front matter of a prompt file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontMatter {
    /// One of [`ROLES`].
    pub name: String,
    /// Counted from 1. A text that was used to answer people keeps its number for ever.
    pub version: u32,
    /// What the prompt is for. Only for readers, but required.
    pub purpose: String,
    /// The sampling temperature that it was evaluated with, 0.0–2.0.
    pub temperature: f32,
    /// The maximum length of the answer, in tokens.
    pub max_output_tokens: u32,
    /// The placeholders in the text: exactly those that it uses.
    pub placeholders: Vec<String>,
    /// Whether a deployed Worker contains it besides the current version, so that it can get a share of turns.
    #[serde(default)]
    pub candidate: bool,
    /// What was tried, with the results. Only for readers.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// Reads a prompt file.
///
/// # Errors
/// A sentence about what is wrong with it: no front matter, an unknown prompt, an unknown placeholder.
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
    let Some((fixed, context)) = body.split_once(WITH_NEWEST) else {
        return Ok(PromptFile { body: body.trim().to_owned(), context: String::new(), front });
    };
    if fixed.contains("{{") {
        return Err(format!("the text before “{WITH_NEWEST}” is the same in every turn, so it has no placeholders"));
    }
    Ok(PromptFile { body: fixed.trim().to_owned(), context: context.trim().to_owned(), front })
}

/// Whether a file with this name (without `.md`) contains the current version. Files of other versions have the version in their
/// names.
///
/// # Errors
/// A sentence, if the name does not fit the front matter.
pub fn is_current(stem: &str, front: &FrontMatter) -> Result<bool, String> {
    let FrontMatter { name, version, candidate, .. } = front;
    if stem == format!("{name}@{version}") {
        return Ok(false);
    }
    if stem != name {
        return Err(format!("it is version {version} of {name:?}, so its name is {name}.md or {name}@{version}.md"));
    }
    if *candidate {
        return Err("the current version cannot be a candidate".to_owned());
    }
    Ok(true)
}
