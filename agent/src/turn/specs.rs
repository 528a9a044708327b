//! The tools in the form in which models get them. Their schemas are large, so they are made once and shared.

use flux_model::ToolSpec;
use flux_tools::tool::definitions;

thread_local! {
    static SPECS: Vec<ToolSpec> = definitions()
        .iter()
        .map(|tool| ToolSpec {
            name: tool.name.to_owned(),
            description: tool.description.to_owned(),
            parameters: tool.schema.clone().into(),
        })
        .collect();
    static BYTES: usize = SPECS.with(|specs| specs.iter().map(ToolSpec::bytes).sum());
}

/// All tools.
pub(super) fn all() -> Vec<ToolSpec> {
    SPECS.with(Clone::clone)
}

/// The bytes of all tools that a model reads.
pub(super) fn bytes() -> usize {
    BYTES.with(|bytes| *bytes)
}
