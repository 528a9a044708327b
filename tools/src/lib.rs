//! The tools with which a model, the page or a program reads and changes a timeline, and their results in words.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`tool`] | the tools, one file each: arguments, schema, description, and the command or query that a call becomes |
//! | [`report`] | the result of a call: a sentence for people and data for models |
//! | [`context`] | the facts about a timeline that an assistant gets before it answers |

pub mod context;
pub mod report;
pub mod tool;
