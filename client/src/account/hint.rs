//! When a guest is told that only this browser has their timeline. Pure.

/// What the page knows about itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Facts {
    /// Whether the person does not want to be told again.
    pub is_dismissed: bool,
    /// Whether there is something to lose: a block, or an answered message.
    pub has_content: bool,
    /// Whether a change or an answer is under way.
    pub is_under_way: bool,
    /// Whether the person is writing a message or a block.
    pub is_writing: bool,
    /// Whether the settings cover the page.
    pub is_covered: bool,
}

impl Facts {
    /// Whether a guest is told now. They are not interrupted, and their first change is confirmed before.
    pub const fn is_good_moment(self) -> bool {
        let is_busy = self.is_under_way || self.is_writing || self.is_covered;
        self.has_content && !self.is_dismissed && !is_busy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_is_told_after_the_first_change_and_not_while_busy() {
        let calm = Facts { has_content: true, ..Facts::default() };
        assert!(calm.is_good_moment());
        let others = [
            Facts::default(),
            Facts { is_dismissed: true, ..calm },
            Facts { is_under_way: true, ..calm },
            Facts { is_writing: true, ..calm },
            Facts { is_covered: true, ..calm },
        ];
        for facts in others {
            assert!(!facts.is_good_moment(), "{facts:?}");
        }
    }
}
