//! Dates, times and durations in English words, read into values.
//!
//! The crate is pure: the present moment and the time zone are arguments. It does not know what a text is about, so it has no
//! place for the requests of a person, tools or models.
//!
//! [`words::tokens`] cuts a text into tokens. All other functions take the tokens and a position, and return what begins at
//! that position, usually with the number of tokens that it takes.
//!
//! ```
//! use flux_phrases::duration::{self, Length};
//! use flux_phrases::time::{Style, Timing, Today, expressions};
//! use flux_phrases::words::tokens;
//!
//! let text = tokens("call Ana tomorow at 6pm for an hour and a half");
//! // A Monday. The missing letter of "tomorow" is corrected.
//! let today = Today { now: "2026-03-02T10:00:00".parse()?, month_first: false };
//! let timing = Timing::of(&expressions(&text, today, Style::Plain));
//!
//! assert_eq!(timing.dates(today.now.date()), ["2026-03-03".parse()?]);
//! assert_eq!(timing.start.map(|time| time.hour), Some(18));
//! assert_eq!(timing.length, Some(Length::minutes(90)));
//!
//! // The same length, read where it begins: after "for".
//! assert_eq!(duration::length(&text, 6), Some((Length::minutes(90), 5)));
//! # Ok::<(), chrono::ParseError>(())
//! ```
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`words`] | text as a list of tokens, and patterns of words |
//! | [`spelling`] | common spelling mistakes |
//! | [`number`], [`duration`] | numbers and lengths of time |
//! | [`time`] | days, periods and times of day, and the moments that they mean |

pub mod duration;
pub mod number;
pub mod spelling;
pub mod time;
mod word_list;
pub mod words;
