//! Markdown from models, as elements. The text never becomes markup: see [`tree`].
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`tree`], [`link`] | the parsed tree, and which addresses may be opened (pure) |
//! | [`partial`] | text that is still streaming (pure) |
//! | [`render`] | the elements |

pub mod link;
pub mod partial;
pub mod render;
#[cfg(test)]
mod tests;
pub mod tree;

pub use render::Markdown;
