//! What can be asked of a timeline, by a model, a page or a program: the tools, and their results in words.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`tool`] | the tools, one file each: arguments, schema, description, and the command or query that a call becomes |
//! | [`report`] | the result of a call: a sentence for people and data for models |
//! | [`context`] | what an assistant is told about a timeline before it answers |

pub mod context;
pub mod report;
pub mod tool;
