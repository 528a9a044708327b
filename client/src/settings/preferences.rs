//! How this browser shows the page: kept here and not by the service, because it is about the device. Pure.

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system is.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How much animation to show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Motion {
    /// As the system is.
    #[default]
    System,
    /// As little as possible.
    Reduced,
}

/// Least width of a pane, in percent of both.
pub const NARROWEST: u8 = 28;
/// Width of the left pane, in percent, until the person chooses one.
const SPLIT: u8 = 45;

const NO_LETTERS: &str = "no-letters";
const DEBUG: &str = "debug";

/// How the page is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preferences {
    /// Light or dark.
    pub theme: Theme,
    /// How much moves.
    pub motion: Motion,
    /// Width of the left pane, in percent.
    pub split: u8,
    /// Whether a letter alone is a shortcut. Speech input can press letters by accident (WCAG 2.1.4).
    pub letter_keys: bool,
    /// Whether the page shows how Flux works: raw events, handles, calls, and what answers cost.
    pub debug: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { theme: Theme::System, motion: Motion::System, split: SPLIT, letter_keys: true, debug: false }
    }
}

impl Theme {
    /// Its name, as the browser keeps it and the style sheet reads it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Motion {
    /// Its name, as the browser keeps it and the style sheet reads it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Reduced => "reduced",
        }
    }
}

impl Preferences {
    /// Reads what the browser keeps: `dark reduced 40 no-letters debug`. Unknown values fall back to the default.
    pub fn read(text: &str) -> Self {
        text.split(' ').fold(Self::default(), |read, word| match word {
            "light" => Self { theme: Theme::Light, ..read },
            "dark" => Self { theme: Theme::Dark, ..read },
            "reduced" => Self { motion: Motion::Reduced, ..read },
            NO_LETTERS => Self { letter_keys: false, ..read },
            DEBUG => Self { debug: true, ..read },
            _ => word.parse().map_or(read, |split| read.with_split(split)),
        })
    }

    /// The text for the browser to keep.
    pub fn text(&self) -> String {
        let letters = if self.letter_keys { "" } else { NO_LETTERS };
        let debug = if self.debug { DEBUG } else { "" };
        format!("{} {} {} {letters} {debug}", self.theme.name(), self.motion.name(), self.split)
    }

    /// The same with another width of the left pane; neither gets too narrow.
    #[must_use]
    pub fn with_split(self, split: u8) -> Self {
        Self { split: split.clamp(NARROWEST, 100 - NARROWEST), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_survive_a_round_trip() {
        for theme in [Theme::System, Theme::Light, Theme::Dark] {
            for motion in [Motion::System, Motion::Reduced] {
                for flag in [false, true] {
                    let preferences = Preferences { theme, motion, split: 60, letter_keys: flag, debug: !flag };
                    assert_eq!(Preferences::read(&preferences.text()), preferences);
                }
            }
        }
    }

    #[test]
    fn unknown_values_fall_back_to_the_default() {
        for odd in ["", "blue", "999", "{}", "-4 dar k"] {
            assert_eq!(Preferences::read(odd), Preferences::default(), "{odd}");
        }
        assert_eq!(Preferences::read("7 dark").split, NARROWEST);
    }
}
