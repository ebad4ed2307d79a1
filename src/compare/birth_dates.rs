//! Birth dates of a job, by code: single ones, and sets of dates between which a record
//! leaves the choice.

use rustc_hash::FxHashMap;

use super::{Dates, MISSING};
use crate::normalize::{PartialDate, World};

/// The distinct birth dates of a job, and the distinct sets of several.
#[derive(Debug, Default)]
pub struct BirthDates {
    single: Dates,
    /// Codes of single dates, the main one first; the sets are in the order of these.
    several: Vec<Vec<u32>>,
    codes: FxHashMap<Vec<u32>, u32>,
}

impl BirthDates {
    /// The birth dates of all records.
    #[must_use]
    pub fn of(world: &World) -> Self {
        let stated = world.sources.iter().flat_map(|source| source.birth_date.iter().copied());
        let further = world.lexicon.further.iter().flat_map(|f| f.birth_dates.iter().copied());
        let single = Dates::new(stated.chain(further));
        let mut several: Vec<Vec<u32>> = Vec::new();
        for source in &world.sources {
            for (&date, &place) in source.birth_date.iter().zip(&source.further) {
                let further = &world.lexicon.further[place as usize].birth_dates;
                if !further.is_empty() {
                    several.push(Self::set(&single, date, further));
                }
            }
        }
        several.sort_unstable();
        several.dedup();
        let first = u32::try_from(single.len()).unwrap_or(u32::MAX);
        let codes = several.iter().cloned().zip(first..).collect();
        Self { single, several, codes }
    }

    /// Single dates alone.
    #[must_use]
    pub fn new(dates: impl Iterator<Item = PartialDate>) -> Self {
        Self { single: Dates::new(dates), ..Self::default() }
    }

    fn set(single: &Dates, date: PartialDate, further: &[PartialDate]) -> Vec<u32> {
        std::iter::once(&date).chain(further).map(|&date| single.code(date)).collect()
    }

    /// The code of a date and the further ones beside it; 0 where it is missing or was not
    /// among the dates.
    #[must_use]
    pub fn code(&self, date: PartialDate, further: &[PartialDate]) -> u32 {
        if further.is_empty() {
            return self.single.code(date);
        }
        self.codes.get(&Self::set(&self.single, date, further)).copied().unwrap_or_default()
    }

    /// The code of the single date that a code stands for; of several the main one.
    #[must_use]
    pub fn main(&self, code: u32) -> u32 {
        self.several(code).first().copied().unwrap_or(code)
    }

    /// The date of a code; of several the main one.
    #[must_use]
    pub fn date(&self, code: u32) -> PartialDate {
        self.single.date(self.main(code))
    }

    /// The single dates that a code stands for.
    pub fn forms(&self, code: u32) -> impl Iterator<Item = u32> + Clone + '_ {
        let several = self.several(code);
        std::iter::once(code).filter(|_| several.is_empty()).chain(several.iter().copied())
    }

    /// Whether a code leaves the choice between several dates.
    #[must_use]
    pub fn is_set(&self, code: u32) -> bool {
        !self.several(code).is_empty()
    }

    fn several(&self, code: u32) -> &[u32] {
        let place = (code as usize).checked_sub(self.single.len());
        place.and_then(|place| self.several.get(place)).map_or(&[], Vec::as_slice)
    }

    /// Number of codes, that of the missing date included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.single.len() + self.several.len()
    }

    /// Whether no date is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.single.is_empty()
    }

    /// The level at which two dates, neither missing, agree: of several, the pair that agrees
    /// best.
    #[must_use]
    pub fn level(&self, a: u32, b: u32) -> u8 {
        if self.several(a).is_empty() && self.several(b).is_empty() {
            return self.single.level(a, b);
        }
        let pairs = self.forms(a).flat_map(|x| self.forms(b).map(move |y| (x, y)));
        pairs.map(|(x, y)| self.single.level(x, y)).min().unwrap_or(MISSING)
    }
}

#[cfg(test)]
mod tests {
    use super::super::date;
    use super::*;
    use crate::normalize::{Further, Lexicon, Records};

    fn day(day: u8) -> PartialDate {
        PartialDate { year: 2012, month: 5, day }
    }

    #[test]
    fn the_pair_that_agrees_best_counts() {
        let records = Records {
            birth_date: vec![day(1), day(9), day(17)],
            further: vec![0, 1, 2],
            ..Records::default()
        };
        let further = [vec![], vec![day(1)], vec![day(23), day(9)]];
        let lexicon = Lexicon {
            further: further
                .iter()
                .map(|dates| Further { birth_dates: dates.clone(), ..Further::default() })
                .collect(),
            ..Lexicon::default()
        };
        let dates = BirthDates::of(&World { lexicon, sources: vec![records] });
        let (one, two, three) = (
            dates.code(day(1), &[]),
            dates.code(day(9), &[day(1)]),
            dates.code(day(17), &[day(23), day(9)]),
        );
        assert_eq!(dates.len(), 7);
        assert_eq!(dates.level(one, two), date::EXACT);
        assert_eq!(dates.level(two, three), date::EXACT);
        assert_eq!(dates.level(one, three), dates.level(three, one));
        assert_ne!(dates.level(one, three), date::EXACT);
        assert_eq!(dates.date(three), day(17));
        assert_eq!(dates.forms(one).collect::<Vec<_>>(), [one]);
        assert_eq!(dates.forms(three).count(), 3);
        // A choice that no record leaves has no code.
        assert_eq!(dates.code(day(1), &[day(23)]), 0);
    }
}
