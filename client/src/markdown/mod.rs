//! Markdown, as models write it, as elements. The text never becomes markup: see [`tree`].

pub mod link;
pub mod render;
#[cfg(test)]
mod tests;
pub mod tree;

pub use render::Markdown;
