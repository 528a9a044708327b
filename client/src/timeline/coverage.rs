//! Which parts of a long timeline a page holds. Pure.

use chrono::{DateTime, Utc};
use flux_timeline::{Block, BlockPlace, Handle};

/// Before all blocks that start at this moment or later.
pub fn place_at(start: DateTime<Utc>) -> BlockPlace {
    BlockPlace::new(start, Handle::new(0))
}

/// Before all blocks.
pub fn first_place() -> BlockPlace {
    place_at(DateTime::<Utc>::MIN_UTC)
}

/// After all blocks.
pub fn last_place() -> BlockPlace {
    BlockPlace::new(DateTime::<Utc>::MAX_UTC, Handle::new(u32::MAX))
}

/// A stretch of the timeline, both ends within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Its first place.
    pub from: BlockPlace,
    /// Its last place.
    pub until: BlockPlace,
}

impl Stretch {
    /// All of it.
    pub fn all() -> Self {
        Self { from: first_place(), until: last_place() }
    }

    /// Whether a block is in it.
    pub fn has(&self, block: &Block) -> bool {
        BlockPlace::of(block).is_some_and(|place| self.from <= place && place <= self.until)
    }

    /// Whether it contains this moment.
    pub fn holds(&self, moment: DateTime<Utc>) -> bool {
        let place = place_at(moment);
        self.from <= place && place <= self.until
    }

    /// Whether the timeline goes on before it.
    pub fn has_earlier(&self) -> bool {
        self.from > first_place()
    }

    /// Whether the timeline goes on after it.
    pub fn has_later(&self) -> bool {
        self.until < last_place()
    }
}

/// Which stretches of the timeline are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage(Vec<Stretch>);

impl Coverage {
    /// Adds a stretch and merges it with the stretches that it touches.
    pub fn add(&mut self, mut added: Stretch) {
        self.0.retain(|known| {
            let meets = known.from <= added.until && added.from <= known.until;
            if meets {
                added.from = added.from.min(known.from);
                added.until = added.until.max(known.until);
            }
            !meets
        });
        self.0.push(added);
        self.0.sort_unstable_by_key(|stretch| stretch.from);
    }

    /// The stretch that contains this moment. If there is none, the next stretch, or else the last one before it.
    pub fn around(&self, moment: DateTime<Utc>) -> Option<Stretch> {
        let place = place_at(moment);
        self.0.iter().find(|stretch| place <= stretch.until).or(self.0.last()).copied()
    }

    /// Whether all blocks that start between two moments are known.
    pub fn covers(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> bool {
        let (from, until) = (place_at(from), place_at(until));
        self.0.iter().any(|stretch| stretch.from <= from && until <= stretch.until)
    }

    /// Whether the blocks at this moment are known.
    pub fn holds(&self, moment: DateTime<Utc>) -> bool {
        self.0.iter().any(|stretch| stretch.holds(moment))
    }

    /// Whether all blocks that have a time are known.
    pub fn is_complete(&self) -> bool {
        self.0.first() == Some(&Stretch::all())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-11-24T{hour:02}:00:00Z").parse().unwrap()
    }

    fn stretch(from: u32, until: u32) -> Stretch {
        Stretch { from: place_at(at(from)), until: place_at(at(until)) }
    }

    #[test]
    fn stretches_that_touch_are_merged() {
        let mut known = Coverage::default();
        for (from, until) in [(10, 12), (2, 4), (6, 8)] {
            known.add(stretch(from, until));
        }
        assert_eq!(known.0, [stretch(2, 4), stretch(6, 8), stretch(10, 12)]);
        known.add(stretch(8, 10));
        assert_eq!(known.0, [stretch(2, 4), stretch(6, 12)]);
        known.add(Stretch { from: first_place(), until: place_at(at(7)) });
        known.add(Stretch { from: place_at(at(12)), until: last_place() });
        assert!(known.is_complete() && known.covers(at(0), at(23)));
    }

    #[test]
    fn a_moment_is_in_a_stretch_or_near_one() {
        let mut known = Coverage::default();
        assert_eq!(known.around(at(5)), None);
        known.add(stretch(2, 4));
        known.add(stretch(10, 12));
        for (moment, found) in [(3, (2, 4)), (1, (2, 4)), (5, (10, 12)), (11, (10, 12)), (20, (10, 12))] {
            assert_eq!(known.around(at(moment)), Some(stretch(found.0, found.1)), "{moment}");
        }
        assert!(known.covers(at(2), at(4)) && !known.covers(at(2), at(5)));
    }
}
