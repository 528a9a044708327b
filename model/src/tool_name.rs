//! Finds the tool that a model meant by the name that it wrote.

/// The tool of `names` that `said` means: an exact match first, then the one whose normal form is the same.
///
/// The normal form ignores case, spaces, `-` and `_`, a namespace before `.`, `::` or `/`, an index after `:` and
/// trailing parentheses, because models write `functions.scheduleBlock`, `schedule_block` or `scheduleBlock:0`. If two
/// tools share a normal form, neither is meant.
///
/// ```
/// use flux_model::resolve_tool_name;
///
/// let tools = ["scheduleBlock", "undo"];
/// assert_eq!(resolve_tool_name(" functions.schedule_block ", &tools), Some("scheduleBlock"));
/// assert_eq!(resolve_tool_name("reschedule", &tools), None);
/// ```
pub fn resolve_tool_name<'a, S: AsRef<str>>(said: &str, names: &'a [S]) -> Option<&'a str> {
    let said = said.trim();
    let all = || names.iter().map(AsRef::as_ref);
    if let Some(exact) = all().find(|name| *name == said) {
        return Some(exact);
    }
    let wanted = normal_form(said);
    let mut alike = all().filter(|name| !wanted.is_empty() && normal_form(name) == wanted);
    match (alike.next(), alike.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// See [`resolve_tool_name`].
pub(super) fn normal_form(name: &str) -> String {
    let name = name.trim().trim_end_matches("()");
    let name = match name.rsplit_once(':') {
        Some((before, index)) if index.chars().all(|c| c.is_ascii_digit()) => before,
        _ => name,
    };
    let last = name.rsplit(['.', ':', '/']).next().unwrap_or(name);
    last.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_' | '"' | '\'' | '`'))
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOOLS: [&str; 4] = ["scheduleBlock", "listPlans", "undo", "Undo"];

    #[test]
    fn an_exact_match_comes_first() {
        assert_eq!(resolve_tool_name("undo", &TOOLS), Some("undo"));
        assert_eq!(resolve_tool_name("Undo", &TOOLS), Some("Undo"));
    }

    #[test]
    fn case_blanks_separators_namespace_and_index_are_forgiven() {
        for said in [
            " scheduleBlock ",
            "ScheduleBlock",
            "schedule_block",
            "schedule-block",
            "schedule block",
            "functions.scheduleBlock",
            "functions.scheduleBlock:0",
            "default_api::scheduleBlock",
            "tools/scheduleBlock",
            "scheduleBlock()",
            "\"scheduleBlock\"",
        ] {
            assert_eq!(resolve_tool_name(said, &TOOLS), Some("scheduleBlock"), "{said}");
        }
    }

    #[test]
    fn an_ambiguous_or_unknown_name_means_no_tool() {
        for said in ["UNDO", "schedule", "scheduleBlocks", "", "   ", ".", "functions."] {
            assert_eq!(resolve_tool_name(said, &TOOLS), None, "{said}");
        }
    }
}
