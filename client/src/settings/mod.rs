//! Settings: the person's, which the service keeps, and this browser's.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`form`], [`preferences`] | what stands in the fields; how this browser shows the page (pure) |
//! | [`dialog`], [`data`] | what is shown: settings; everything as a file, and its end |

pub mod data;
pub mod dialog;
pub mod form;
pub mod preferences;

pub use dialog::SettingsDialog;
pub use preferences::{Motion, Preferences, Theme};
