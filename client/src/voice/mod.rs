//! What the person says aloud, as text: the browser listens, where it can.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`heard`] | what becomes of what the browser hears (pure) |
//! | [`recognizer`] | the browser's Web Speech API |
//! | [`dictation`] | from the button to the draft |

pub mod dictation;
pub mod heard;
pub mod recognizer;

pub use dictation::{Dictation, VoiceButton, use_dictation};
