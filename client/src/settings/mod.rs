//! Settings: the person's, which the service keeps, and this browser's.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`form`], [`preferences`] | the values of the fields; how this browser shows the page (pure) |
//! | [`dialog`], [`data`] | the dialog; export, import and deletion of everything |
//! | [`import`](mod@import) | sends a file in parts and follows how it is checked |

pub mod data;
pub mod dialog;
pub mod form;
pub mod import;
pub mod preferences;

pub use dialog::SettingsDialog;
pub use preferences::{Motion, Preferences, Theme};
