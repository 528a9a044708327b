//! The choice of a version of each prompt.

use super::Prompt;
use crate::setting::{Lookup, number};
use crate::store::digest;

include!(concat!(env!("OUT_DIR"), "/prompts.rs"));

/// One prompt for each purpose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prompts {
    /// The system prompt of the chat agent.
    pub system: &'static Prompt,
    /// Asks for the tasks of a goal.
    pub architect: &'static Prompt,
    /// Sends the tasks back with what is wrong (`architect-mend`).
    pub repair: &'static Prompt,
    /// Asks for the report of a run.
    pub report: &'static Prompt,
    /// Asks for a short title of a goal.
    pub title: &'static Prompt,
}

impl Prompts {
    /// The current versions.
    pub const fn current() -> Self {
        CURRENT
    }

    /// Replaces the prompt with the same name.
    #[must_use]
    pub fn with(mut self, prompt: &'static Prompt) -> Self {
        for slot in [&mut self.system, &mut self.architect, &mut self.repair, &mut self.report, &mut self.title] {
            if slot.name == prompt.name {
                *slot = prompt;
            }
        }
        self
    }
}

impl Default for Prompts {
    fn default() -> Self {
        Self::current()
    }
}

/// A version of the system prompt that answers a share of the messages, for comparison with the current one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The version.
    pub prompt: &'static Prompt,
    /// Its share, 0–100 percent.
    pub percent: u64,
}

impl Candidate {
    /// Reads it from the variables `PROMPT_CANDIDATE`, e.g. `system@3`, and `PROMPT_CANDIDATE_SHARE`, as set in `wrangler.toml`.
    /// `None` if no version is named.
    ///
    /// # Errors
    /// A sentence about the first variable that is invalid.
    pub fn from_lookup(lookup: Lookup) -> Result<Option<Self>, String> {
        let percent = number(lookup, "PROMPT_CANDIDATE_SHARE", 0, 0..=100)?;
        let Some(name) = lookup("PROMPT_CANDIDATE") else { return Ok(None) };
        let prompt = ALL.iter().find(|prompt| prompt.name == CURRENT.system.name && prompt.to_string() == name);
        match prompt {
            Some(prompt) => Ok(Some(Self { prompt, percent })),
            None => {
                Err(format!("PROMPT_CANDIDATE is {name:?}, which is not a version of the system prompt in this build."))
            }
        }
    }

    /// Whether it answers the message with this id. The result is the same every time, and stays true when the share grows.
    pub fn takes(&self, message: &str) -> bool {
        digest(message).unsigned_abs() % 100 < self.percent
    }
}

/// All prompts that are compiled in: natively every version in `prompts/`, in the Worker the current ones and candidates.
pub const fn all() -> &'static [Prompt] {
    ALL
}

/// The prompt with this name and version, if it is compiled in.
pub fn find(name: &str, version: u32) -> Option<&'static Prompt> {
    ALL.iter().find(|prompt| prompt.name == name && prompt.version == version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prompt::file::{self, ROLES};

    const OTHER: &str = "---\nname: architect-mend\nversion: 900\npurpose: A test.\ntemperature: 0.5\n\
        max_output_tokens: 10\nplaceholders: [problems]\n---\n\nMend: {{problems}}\n";

    #[test]
    fn each_prompt_has_one_current_version_and_is_found_by_version() {
        let Prompts { system, architect, repair, report, title } = Prompts::current();
        let current = [system, architect, repair, report, title];
        assert_eq!(current.map(|prompt| prompt.name), ROLES.map(|(name, _)| name));
        for prompt in all() {
            assert_eq!(find(prompt.name, prompt.version), Some(prompt));
        }
        assert_eq!(find("system", 0), None);
        assert_eq!(find("nothing", 1), None);
    }

    #[test]
    fn a_prompt_from_a_file_replaces_only_the_one_with_its_name() {
        let other = Prompt::read(OTHER).unwrap();
        assert_eq!((other.to_string().as_str(), other.body), ("architect-mend@900", "Mend: {{problems}}"));
        let (current, with) = (Prompts::current(), Prompts::current().with(other));
        assert_eq!(with.repair, other);
        assert_eq!(Prompts { repair: current.repair, ..with }, current);
    }

    #[test]
    fn a_candidate_is_read_from_variables_or_refused_with_a_reason() {
        let read = |name: &'static str, share: &'static str| {
            Candidate::from_lookup(&|variable| match variable {
                "PROMPT_CANDIDATE" => Some(name.to_owned()).filter(|name| !name.is_empty()),
                "PROMPT_CANDIDATE_SHARE" => Some(share.to_owned()).filter(|share| !share.is_empty()),
                _ => None,
            })
        };
        let current = Prompts::current().system.to_string().leak();
        assert_eq!(read("", ""), Ok(None));
        assert_eq!(read(current, ""), Ok(Some(Candidate { prompt: Prompts::current().system, percent: 0 })));
        assert_eq!(read(current, " 100 ").map(|candidate| candidate.map(|it| it.percent)), Ok(Some(100)));
        for share in ["101", "-1", "half", "1.5"] {
            let why = format!("PROMPT_CANDIDATE_SHARE is {share:?}; it must be a whole number from 0 to 100.");
            assert_eq!(read(current, share), Err(why));
        }
        for name in ["system@900", "system", "architect@2", "SYSTEM@2"] {
            let error = read(name, "5").unwrap_err();
            assert_eq!(
                error,
                format!("PROMPT_CANDIDATE is {name:?}, which is not a version of the system prompt in this build.")
            );
        }
    }

    #[test]
    fn a_candidate_gets_its_share_of_messages_and_keeps_them_when_the_share_grows() {
        let ids: Vec<String> = (0..2_000).map(|number| uuid::Uuid::from_u128(number * 0x9E37).to_string()).collect();
        let taken = |percent| {
            let candidate = Candidate { prompt: Prompts::current().system, percent };
            ids.iter().map(|id| candidate.takes(id)).collect::<Vec<_>>()
        };
        let count = |taken: &[bool]| taken.iter().filter(|taken| **taken).count();
        assert_eq!((count(&taken(0)), count(&taken(100))), (0, 2_000));
        let (few, more) = (taken(10), taken(30));
        assert!(
            (140..=260).contains(&count(&few)) && (520..=680).contains(&count(&more)),
            "{} {}",
            count(&few),
            count(&more)
        );
        assert!(few.iter().zip(&more).all(|(few, more)| *more || !*few));
    }

    #[test]
    fn an_invalid_file_is_refused_with_a_reason() {
        for (change, to, why) in [
            ("---\nname", "name", "it does not begin with front matter (a line “---”)"),
            ("\n---\n\n", "\n", "the front matter has no end (a line “---”)"),
            ("architect-mend", "poem", "there is no prompt \"poem\", only system, architect"),
            ("[problems]", "[problems, now]", "nothing is filled in for {{now}}, only for problems"),
            ("Mend: {{problems}}", "Mend.", "the placeholder {{problems}} is declared and not used"),
            ("[problems]", "[]", "the placeholder {{problems}} is used and not declared"),
            ("purpose: A test.\n", "", "missing field `purpose`"),
            ("version", "verison", "unknown field `verison`"),
        ] {
            let error = Prompt::read(&OTHER.replacen(change, to, 1)).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn a_file_name_contains_the_version_unless_it_is_current() {
        let front = file::parse(OTHER).unwrap().front;
        let candidate = file::FrontMatter { candidate: true, ..front.clone() };
        assert_eq!(file::is_current("architect-mend", &front), Ok(true));
        assert_eq!(file::is_current("architect-mend@900", &candidate), Ok(false));
        for (stem, front) in [("architect-mend@9", &front), ("system", &front), ("architect-mend", &candidate)] {
            assert!(file::is_current(stem, front).is_err(), "{stem}");
        }
    }
}
