//! The page's icons: lines of one width on a grid of 24.

use dioxus::prelude::*;

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// An arrow back.
    Undo,
    /// An arrow forth.
    Redo,
    /// A bin.
    Bin,
    /// A point downwards.
    Down,
    /// An arrow upwards.
    Up,
    /// A square.
    Stop,
    /// A cross.
    Cross,
    /// A plus.
    Plus,
    /// A tick.
    Tick,
    /// A speech bubble.
    Bubble,
    /// Lines beside a rail.
    Timeline,
    /// A warning.
    Warning,
    /// A pen on paper.
    Pen,
    /// Two overlapping squares.
    Overlap,
    /// A question mark.
    Question,
    /// A bar across a circle.
    Denied,
    /// A clock.
    Clock,
    /// A microphone.
    Microphone,
    /// A point to the left.
    Left,
    /// A point to the right.
    Right,
    /// A magnifying glass.
    Search,
    /// A wheel with teeth.
    Gear,
    /// A box with a lid.
    Box,
    /// Three quarters of a circle.
    Spinner,
}

impl Shape {
    const fn path(self) -> &'static str {
        match self {
            Self::Undo => "M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
            Self::Redo => "m15 14 5-5-5-5M20 9H10a6 6 0 0 0 0 12h3",
            Self::Bin => "M4 7h16M10 11v6M14 11v6M6 7l1 12a2 2 0 0 0 2 2h6a2 2 0 0 0 2-2l1-12M9 7V4h6v3",
            Self::Down => "m6 9 6 6 6-6",
            Self::Up => "M12 19V5M5 12l7-7 7 7",
            Self::Stop => "M7 7h10v10H7z",
            Self::Cross => "M6 6l12 12M18 6 6 18",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Tick => "m5 12 5 5L20 7",
            Self::Bubble => "M21 12a8 8 0 0 1-8 8H4l2-3a8 8 0 1 1 15-5z",
            Self::Timeline => "M5 4v16M9 7h11M9 12h7M9 17h9",
            Self::Warning => {
                "M12 9v4M12 17h.01M10.3 4 2.6 17.5A2 2 0 0 0 4.3 20.5h15.4a2 2 0 0 0 1.7-3L13.7 4a2 2 0 0 0-3.4 0z"
            }
            Self::Pen => "M12 20h9M16.5 3.5a2.1 2.1 0 0 1 3 3L7 19l-4 1 1-4z",
            Self::Overlap => "M9 9h11v11H9zM15 9V4H4v11h5",
            Self::Question => "M9 9a3 3 0 1 1 4 2.8c-.7.3-1 .8-1 1.7M12 17h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
            Self::Denied => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM5.7 5.7l12.6 12.6",
            Self::Clock => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2",
            Self::Microphone => "M12 15a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v6a3 3 0 0 0 3 3zM6 11a6 6 0 0 0 12 0M12 17v4",
            Self::Left => "m15 6-6 6 6 6",
            Self::Right => "m9 6 6 6-6 6",
            Self::Search => "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4",
            Self::Gear => {
                "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M18.4 5.6l-2.2 2.2M7.8 16.2l-2.2 2.2"
            }
            Self::Box => "M4 5h16v4H4zM5 9v10h14V9M10 13h4",
            Self::Spinner => "M12 3a9 9 0 1 0 9 9",
        }
    }
}

/// An icon. Its meaning is in the text beside it or in the label of its button.
#[component]
pub fn Icon(shape: Shape) -> Element {
    rsx! {
        svg {
            class: if shape == Shape::Spinner { "icon spinner" } else { "icon" },
            view_box: "0 0 24 24",
            "aria-hidden": "true",
            "focusable": "false",
            path { d: shape.path() }
        }
    }
}
