//! Weights of many pairs: looked up where [`Scorer`] would work them out.
//!
//! The weight of a level depends on the left value alone, and values are few; what a pattern's
//! levels say together depends on the pattern alone, and patterns are few. Both are worked
//! out once. Every figure is bit for bit the scorer's.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::dependence::MOST_TOGETHER;
use super::frequencies::{same_number, value_of};
use super::identifiers::IDENTIFIERS;
use super::{LEVELS, Score, Scorer, independent};
use crate::compare::{Comparator, Comparison, MISSING, Packed, Pattern};

/// Parts of the match weight by level, in log2.
type Parts = [f64; LEVELS];

/// Weighs the pairs of one linkage.
#[derive(Debug)]
pub struct Weigher<'a> {
    scorer: &'a Scorer,
    comparator: &'a Comparator,
    /// By comparison, then left code; empty for identifiers.
    by_code: [Vec<Parts>; Comparison::COUNT],
    /// By comparison, where the left value does not matter.
    common: [Parts; Comparison::COUNT],
}

/// What was found of patterns so far; one for each thread.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// By pattern of independent levels: the interaction, and what of it kin share.
    interactions: FxHashMap<u64, (f64, f64)>,
}

impl<'a> Weigher<'a> {
    /// Works out the weights of all values of the left side that `scorer` tells apart.
    #[must_use]
    pub fn new(scorer: &'a Scorer, comparator: &'a Comparator) -> Self {
        let parts = |comparison: Comparison, left: &Packed| -> Parts {
            std::array::from_fn(|at| match u8::try_from(at) {
                Ok(at) if at != MISSING && usize::from(at) <= comparison.levels().len() => {
                    scorer.part(comparison, comparator, left, at)
                }
                _ => 0.0,
            })
        };
        let by_code = Comparison::ALL.map(|comparison| {
            let codes = scorer.frequencies().codes(comparison);
            let of = |code: u32| match record_of(comparison, code) {
                Some(left) => parts(comparison, &left),
                None => [0.0; LEVELS],
            };
            (0..codes).into_par_iter().map(of).collect()
        });
        let common = Comparison::ALL.map(|comparison| parts(comparison, &Packed::default()));
        Self { scorer, comparator, by_code, common }
    }

    fn part(&self, comparison: Comparison, left: &Packed, at: u8) -> f64 {
        if IDENTIFIERS.contains(&comparison) {
            // How many bear the very number matters only where it agrees.
            return if same_number(comparison, at) {
                self.scorer.part(comparison, self.comparator, left, at)
            } else {
                self.common[comparison as usize][usize::from(at)]
            };
        }
        let code = value_of(comparison)(left);
        let parts = self.by_code[comparison as usize].get(code as usize);
        parts.map_or_else(
            || self.scorer.part(comparison, self.comparator, left, at),
            |parts| parts[usize::from(at)],
        )
    }

    /// The weights of a pair, unless it is clear that its match weight against all else is less
    /// than `floor`, in log2: most pairs of a block are far from it.
    #[must_use]
    pub fn score_above(
        &self,
        left: &Packed,
        pattern: Pattern,
        floor: f64,
        known: &mut Known,
    ) -> Option<Score> {
        let counted = independent(pattern);
        let mut weight = 0.0;
        for comparison in Comparison::ALL {
            let at = counted.level(comparison);
            if at != MISSING {
                weight += self.part(comparison, left, at);
            }
        }
        if weight + MOST_TOGETHER < floor {
            return None;
        }
        let &mut (together, shared) =
            known.interactions.entry(counted.0).or_insert_with(|| self.interaction(counted));
        let weight = weight + together;
        // Kin can only take from it.
        if weight < floor {
            return None;
        }
        let kin = self.scorer.kin(self.comparator, left, pattern, shared);
        Some(Score { weight, kin })
    }

    /// The interaction of a pattern where classes of pairs are as common as in all.
    pub fn together(&self, pattern: Pattern, known: &mut Known) -> f64 {
        let counted = independent(pattern);
        known.interactions.entry(counted.0).or_insert_with(|| self.interaction(counted)).0
    }

    fn interaction(&self, counted: Pattern) -> (f64, f64) {
        let dependence = self.scorer.dependence();
        (dependence.together(counted, &dependence.shares), dependence.shared_by_kin(counted))
    }
}

/// A record of which one value is known.
fn record_of(comparison: Comparison, code: u32) -> Option<Packed> {
    use crate::normalize::Sex;
    let none = Packed::default();
    Some(match comparison {
        Comparison::Surname => Packed { surname: code, ..none },
        Comparison::GivenName => Packed { given_name: code, ..none },
        Comparison::Patronymic => Packed { patronymic: code, ..none },
        Comparison::BirthDate => Packed { birth_date: code, ..none },
        Comparison::Region => Packed { region: code, ..none },
        Comparison::School => Packed { school: code, ..none },
        Comparison::Sex => {
            let of = [Sex::Missing, Sex::Male, Sex::Female];
            Packed { sex: of.into_iter().find(|&sex| sex as u32 == code)?, ..none }
        }
        Comparison::Certificate | Comparison::Document | Comparison::Unzr | Comparison::Rnokpp => {
            return None;
        }
    })
}
