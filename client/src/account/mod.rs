//! The account: how the person signs in, where they are signed in, and what programs may do in their name.
//!
//! All of it is loaded after the first render. What the types mean is in `flux_protocol::account`.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`words`] | ways to sign in, sessions, tokens, timelines and problems in words (pure) |
//! | [`ways`], [`hint`], [`outcome`], [`token_form`] | which ways to sign in this browser has; when a guest is told to sign in; what the address says after a sign-in; the fields of a new token (pure) |
//! | [`requests`] | the requests to the service |
//! | [`desk`] | what is loaded, and what is being done |
//! | [`section`] | the section of the settings |
//! | [`identity`], [`methods`], [`sessions`], [`tokens`], [`timelines`] | its parts |
//! | [`parts`] | what they share |
//! | [`notices`], [`shut`], [`check`] | notices about signing in; what takes the place of the timeline before; the check of a new guest |

pub mod check;
pub mod desk;
pub mod hint;
pub mod identity;
pub mod methods;
pub mod notices;
pub mod outcome;
pub mod parts;
pub mod requests;
pub mod section;
pub mod sessions;
pub mod shut;
pub mod timelines;
pub mod token_form;
pub mod tokens;
pub mod ways;
pub mod words;

pub use desk::Desk;
pub use notices::SignInNotices;
pub use section::AccountSection;
pub use shut::Shut;
