//! Markdown, as models write it, as elements. The text never becomes markup: see [`tree`].
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`tree`], [`link`] | what can be shown, and which addresses can be opened (pure) |
//! | [`partial`] | what is still being written (pure) |
//! | [`render`] | the elements |

pub mod link;
pub mod partial;
pub mod render;
#[cfg(test)]
mod tests;
pub mod tree;

pub use render::Markdown;
