//! Dictation: speech as text, in browsers that support it.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`speech`] | processing the browser's speech events (pure) |
//! | [`recognizer`] | the browser's Web Speech API |
//! | [`dictation`] | the microphone button, and adding words to the draft |

pub mod dictation;
pub mod recognizer;
pub mod speech;

pub use dictation::{Dictation, VoiceButton, use_dictation};
