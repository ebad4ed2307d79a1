//! How many twins and siblings a child has, counted in the population itself.
//!
//! Two children of one school who share surname and patronymic, but not the given name, are
//! brothers and sisters, or share both names by chance; how often chance has it, the
//! frequencies of names say. What is left over tells how many relatives a child has. Twins are
//! born on one day.

use rayon::prelude::*;
use serde::Serialize;

use super::kin::Kinship;
use crate::compare::{Comparator, MISSING, Packed, Side, date, level, name};

/// Relatives of school age that a child has, on average.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Family {
    /// Born on the same day.
    pub twins: f64,
    /// Born on another.
    pub siblings: f64,
}

/// Children whose school is looked through; chosen by content, not by position.
const SAMPLE: usize = 20_000;
/// Children of one school that a child is compared with: a default value is no school.
const MOST_SCHOOL: usize = 5_000;
/// Children that what is expected of families counts for.
const STRENGTH: f64 = 2_000.0;
/// What is counted may be at most so many times more, or less, than what is expected.
const MOST_APART: f64 = 4.0;
/// Shares of twins, and of siblings, who go to one school and bear the same names; as in [`Kinship::levels`].
const TWINS_SEEN: f64 = 0.90 * 0.97 * 0.97;
const SIBLINGS_SEEN: f64 = 0.60 * 0.93 * 0.90;

impl Family {
    /// What is expected where nothing can be counted.
    #[must_use]
    pub const fn expected() -> Self {
        Self { twins: Kinship::Twin.relatives(), siblings: Kinship::Sibling.relatives() }
    }

    /// Relatives of a kind.
    #[must_use]
    pub const fn of(self, kinship: Kinship) -> f64 {
        match kinship {
            Kinship::Twin => self.twins,
            Kinship::Sibling => self.siblings,
        }
    }

    /// Counts relatives among children, each given by the places of its records in `side`.
    #[must_use]
    pub fn count(comparator: &Comparator, side: &Side, children: &[Vec<u32>]) -> Self {
        // Of a child's records one: the same whatever their order.
        let one = |records: &Vec<u32>| {
            records.iter().copied().min_by_key(|&id| side.content[id as usize])
        };
        let mut pupils: Vec<(u32, u64, &Packed)> = children
            .iter()
            .filter_map(one)
            .map(|id| (side.content[id as usize], &side.packed[id as usize]))
            .filter(|(_, r)| {
                [r.school, r.surname, r.given_name, r.patronymic, r.birth_date]
                    .iter()
                    .all(|&c| c != 0)
            })
            .map(|(content, record)| (record.school, content, record))
            .collect();
        pupils.par_sort_unstable_by_key(|&(school, content, _)| (school, content));
        let schools: Vec<&[(u32, u64, &Packed)]> = pupils
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|pupils| pupils.len() <= MOST_SCHOOL)
            .collect();
        let step = pupils.len().div_ceil(SAMPLE).max(1) as u64;
        let seen = schools
            .par_iter()
            .flat_map_iter(|school| {
                let chosen = school.iter().filter(move |(_, content, _)| content % step == 0);
                chosen.map(move |&(_, content, a)| (school, content, a))
            })
            .map(|(school, content, a)| {
                let mut seen = Seen { children: 1, ..Seen::default() };
                for &(_, other, b) in school.iter().filter(|&&(_, other, _)| other != content) {
                    seen.add(comparator, a, b);
                    debug_assert_ne!(other, content);
                }
                seen
            })
            .reduce(Seen::default, Seen::plus);
        seen.family()
    }
}

/// Pairs of two children of one school.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    children: u64,
    pairs: u64,
    surnames: u64,
    patronymics: u64,
    days: u64,
    twins: u64,
    siblings: u64,
}

impl Seen {
    fn add(&mut self, comparator: &Comparator, a: &Packed, b: &Packed) {
        let same = |at: u8| matches!(at, name::EXACT | name::SPELLING);
        let given_name = comparator.given_names.level(a.given_name, b.given_name);
        if given_name == MISSING || given_name != level::GIVEN_DIFFERENT {
            // One name: the child itself on another list, or a namesake; a like one: unclear.
            return;
        }
        let surname = same(comparator.surnames.level(a.surname, b.surname));
        let patronymic = same(comparator.patronymics.level(a.patronymic, b.patronymic));
        let day = comparator.dates.level(a.birth_date, b.birth_date) == date::EXACT;
        self.pairs += 1;
        self.surnames += u64::from(surname);
        self.patronymics += u64::from(patronymic);
        self.days += u64::from(day);
        self.twins += u64::from(surname && patronymic && day);
        self.siblings += u64::from(surname && patronymic && !day);
    }

    fn plus(self, other: Self) -> Self {
        Self {
            children: self.children + other.children,
            pairs: self.pairs + other.pairs,
            surnames: self.surnames + other.surnames,
            patronymics: self.patronymics + other.patronymics,
            days: self.days + other.days,
            twins: self.twins + other.twins,
            siblings: self.siblings + other.siblings,
        }
    }

    fn family(self) -> Family {
        let expected = Family::expected();
        let pairs = self.pairs.max(1) as f64;
        let share = |n: u64| n as f64 / pairs;
        // Both names by chance: as often as each by itself.
        let strangers = pairs * share(self.surnames) * share(self.patronymics);
        let children = self.children as f64;
        let shrunk = |seen: u64, chance: f64, visible: f64, expected: f64| {
            let found = (seen as f64 - chance).max(0.0) / visible;
            let relatives = (found + STRENGTH * expected) / (children + STRENGTH);
            relatives.clamp(expected / MOST_APART, expected * MOST_APART)
        };
        Family {
            twins: shrunk(self.twins, strangers * share(self.days), TWINS_SEEN, expected.twins),
            siblings: shrunk(self.siblings, strangers, SIBLINGS_SEEN, expected.siblings),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relatives_are_what_chance_does_not_explain() {
        // 10,000 children, 300 others each; surnames meet by 1 in 500, patronymics by 1 in 20.
        let pairs = 3_000_000;
        let chance = pairs / 500 / 20;
        let seen = Seen {
            children: 10_000,
            pairs,
            surnames: pairs / 500,
            patronymics: pairs / 20,
            days: pairs / 3_000,
            twins: 152,
            siblings: chance + 2_511,
        };
        let family = seen.family();
        // 0.5 siblings a child were counted, and 0.8 expected with the weight of 2,000 children.
        let siblings = (10_000.0 * 0.5 + 2_000.0 * 0.8) / 12_000.0;
        assert!((family.siblings - siblings).abs() < 0.01, "{}", family.siblings);
        let twins = (152.0 / TWINS_SEEN + 2_000.0 * 0.018) / 12_000.0;
        assert!((family.twins - twins).abs() < 0.001, "{}", family.twins);
    }

    #[test]
    fn where_nothing_is_seen_expectation_stands() {
        assert_eq!(Seen::default().family(), Family::expected());
        let none = Seen { children: 1_000_000, pairs: 1_000_000, ..Seen::default() }.family();
        assert!((none.twins - Family::expected().twins / MOST_APART).abs() < 1e-12);
    }
}
