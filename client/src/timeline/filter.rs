//! The filter for blocks. Pure.

use flux_timeline::view::{BlockState, TitleMatch};
use flux_timeline::{BlockQuery, Priority};

/// Which blocks to show; all by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Search words. Each must occur in the title, description, tags or handle.
    pub words: String,
    /// Open ones, done ones, or both.
    pub state: BlockState,
    /// Only blocks of this priority.
    pub priority: Option<Priority>,
}

impl Filter {
    /// Whether all blocks are shown.
    pub fn is_off(&self) -> bool {
        *self == Self { words: self.words.clone(), ..Self::default() } && self.words.trim().is_empty()
    }

    /// The filter as a query that can be applied to many blocks, with the same rules as the service.
    pub fn query(&self) -> BlockQuery {
        let words = TitleMatch::words(&self.words);
        BlockQuery { words, state: self.state, priority: self.priority, ..BlockQuery::default() }
    }
}

#[cfg(test)]
mod tests {
    use flux_timeline::Zone;

    use super::super::testing::block;
    use super::*;

    #[test]
    fn words_are_searched_in_all_texts_of_a_block() {
        let mut block = block(12, "2026-11-24T08:00:00Z", "2026-11-24T09:00:00Z", true);
        block.title = flux_timeline::Title::new("Team meeting").unwrap();
        block.tags = flux_timeline::Tag::list(&["Work"]).unwrap();
        let fits =
            |words: &str| Filter { words: words.to_owned(), ..Filter::default() }.query().matches(&block, Zone::UTC);
        for words in ["", "  ", "MEETING", "meet team", "#work", "b12", "work meeting"] {
            assert!(fits(words), "{words}");
        }
        assert!(!fits("meeting home"));
    }

    #[test]
    fn state_and_priority_narrow_down() {
        let open = block(1, "2026-11-24T08:00:00Z", "2026-11-24T09:00:00Z", true);
        let filter = Filter { state: BlockState::Done, ..Filter::default() };
        assert!(!filter.is_off() && !filter.query().matches(&open, Zone::UTC));
        let filter = Filter { priority: Some(Priority::Medium), ..Filter::default() };
        assert!(filter.query().matches(&open, Zone::UTC));
        assert!(Filter { words: " ".into(), ..Filter::default() }.is_off());
    }
}
