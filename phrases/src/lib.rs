//! Dates, times and durations in English words, read into values. Pure: the current day and the zone are arguments.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`words`], [`spelling`] | text as a list of tokens, with common spelling mistakes corrected |
//! | [`number`], [`duration`] | numbers and lengths of time |
//! | [`time`] | days, periods and times of day, and the moment that they mean |

pub mod duration;
pub mod number;
pub mod spelling;
pub mod time;
pub mod words;
