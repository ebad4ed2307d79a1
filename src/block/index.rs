//! Keys, sorted, and the blocks found in them.

use rayon::prelude::*;

use super::RULES;
use crate::compare::{Comparator, Side};

/// Pairs that one block may cost before it is refined by its rule's second key.
const BLOCK_CAP: u64 = 1_000_000;

/// Pairs per record of both sides that a loose rule may cost; one that costs more is left out.
const LOOSE_BUDGET: u64 = 10;

/// The keys of one side, by rule.
#[derive(Debug)]
pub struct Keys {
    by_rule: Vec<Vec<u64>>,
}

impl Keys {
    /// The keys of a side under every rule of [`RULES`].
    #[must_use]
    pub fn new(comparator: &Comparator, side: &Side) -> Self {
        let by_rule = RULES
            .iter()
            .map(|rule| side.packed.par_iter().map(|record| rule.key(comparator, record)).collect())
            .collect();
        Self { by_rule }
    }
}

/// The blocks of a linkage.
#[derive(Debug)]
pub struct Blocker {
    left: Keys,
    right: Keys,
    indexes: Vec<Index>,
    /// Blocks that were refined, by rule.
    refined: Vec<u64>,
    /// Both sides are one: a pair is handed on once, the smaller id first.
    same_side: bool,
}

impl Blocker {
    /// Blocks of two sides.
    #[must_use]
    pub fn new(comparator: &Comparator, left: &Side, right: &Side) -> Self {
        Self::build(comparator, left, right, false)
    }

    /// Blocks of a side with itself.
    #[must_use]
    pub fn within(comparator: &Comparator, side: &Side) -> Self {
        Self::build(comparator, side, side, true)
    }

    fn build(comparator: &Comparator, left: &Side, right: &Side, same_side: bool) -> Self {
        let (mut left_keys, mut right_keys) =
            (Keys::new(comparator, left), Keys::new(comparator, right));
        let mut refined = Vec::new();
        let mut indexes = Vec::new();
        for (i, rule) in RULES.iter().enumerate() {
            let mut index = Index::new(&right_keys.by_rule[i]);
            let budget = LOOSE_BUDGET * (left.len() + right.len()) as u64;
            if rule.loose && index.cost(&left_keys.by_rule[i]) > budget {
                for keys in [&mut left_keys, &mut right_keys] {
                    keys.by_rule[i].fill(0);
                }
                index = Index::new(&[]);
            }
            let costly = index.costly(&left_keys.by_rule[i], BLOCK_CAP);
            if !costly.is_empty() {
                for (keys, side) in [(&mut left_keys, left), (&mut right_keys, right)] {
                    for (key, record) in keys.by_rule[i].iter_mut().zip(&side.packed) {
                        if costly.binary_search(key).is_ok() {
                            *key = rule.refined(comparator, record);
                        }
                    }
                }
                index = Index::new(&right_keys.by_rule[i]);
            }
            refined.push(costly.len() as u64);
            indexes.push(index);
        }
        Self { left: left_keys, right: right_keys, indexes, refined, same_side }
    }

    /// Ids of the right side in the block of a left record under one rule.
    pub fn block(&self, rule: usize, left: u32) -> impl Iterator<Item = u32> + '_ {
        let key = self.left.by_rule[rule][left as usize];
        self.indexes[rule]
            .block(key)
            .iter()
            .map(|&(_, right)| right)
            .filter(move |&right| !self.same_side || right > left)
    }

    /// Hands on every right record that some rule pairs with `left`, once, with the first
    /// rule that does.
    pub fn candidates(&self, left: u32, mut emit: impl FnMut(u32, usize)) {
        for rule in 0..RULES.len() {
            for right in self.block(rule, left) {
                if !(0..rule).any(|earlier| self.fires(earlier, left, right)) {
                    emit(right, rule);
                }
            }
        }
    }

    /// The first rule that pairs two records.
    #[must_use]
    pub fn reached_by(&self, left: u32, right: u32) -> Option<usize> {
        (0..RULES.len()).find(|&rule| self.fires(rule, left, right))
    }

    fn fires(&self, rule: usize, left: u32, right: u32) -> bool {
        let key = self.left.by_rule[rule][left as usize];
        key != 0 && key == self.right.by_rule[rule][right as usize]
    }

    /// Pairs that each rule alone would hand on.
    #[must_use]
    pub fn cost(&self) -> Vec<u64> {
        (0..RULES.len())
            .map(|rule| {
                let total = self.indexes[rule].cost(&self.left.by_rule[rule]);
                // Within a side every record meets itself, and every pair is met twice.
                let reached = self.left.by_rule[rule].iter().filter(|&&key| key != 0).count();
                if self.same_side { (total - reached as u64) / 2 } else { total }
            })
            .collect()
    }

    /// Blocks that were too large and were refined, by rule.
    #[must_use]
    pub fn refined(&self) -> &[u64] {
        &self.refined
    }
}

/// The keys of one rule, sorted, with a table of where each leading bit pattern starts.
#[derive(Debug)]
struct Index {
    entries: Vec<(u64, u32)>,
    starts: Vec<u32>,
    shift: u32,
}

impl Index {
    fn new(keys: &[u64]) -> Self {
        let mut entries: Vec<(u64, u32)> = keys
            .iter()
            .zip(0_u32..)
            .filter(|&(&key, _)| key != 0)
            .map(|(&key, id)| (key, id))
            .collect();
        entries.par_sort_unstable();
        // About one entry a bucket: keys are hashes, spread evenly.
        let bits = entries.len().max(2).ilog2();
        let shift = 64 - bits;
        let mut starts = vec![0_u32; (1 << bits) + 1];
        for &(key, _) in &entries {
            // At most `bits` bits are left.
            #[allow(clippy::cast_possible_truncation)]
            let bucket = (key >> shift) as usize;
            starts[bucket + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        Self { entries, starts, shift }
    }

    fn block(&self, key: u64) -> &[(u64, u32)] {
        if key == 0 {
            return &[];
        }
        #[allow(clippy::cast_possible_truncation)]
        let bucket = (key >> self.shift) as usize;
        let run = &self.entries[self.starts[bucket] as usize..self.starts[bucket + 1] as usize];
        let start = run.partition_point(|&(other, _)| other < key);
        let end = start + run[start..].partition_point(|&(other, _)| other == key);
        &run[start..end]
    }

    /// Pairs of these left keys with the right ones.
    fn cost(&self, left: &[u64]) -> u64 {
        left.par_iter().map(|&key| self.block(key).len() as u64).sum()
    }

    /// Keys whose block costs more than `cap` pairs, sorted.
    fn costly(&self, left: &[u64], cap: u64) -> Vec<u64> {
        let mut left: Vec<u64> = left.iter().copied().filter(|&key| key != 0).collect();
        left.par_sort_unstable();
        left.chunk_by(|a, b| a == b)
            .filter(|run| run.len() as u64 * self.block(run[0]).len() as u64 > cap)
            .map(|run| run[0])
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::compare::{Dates, Packed};
    use crate::normalize::{Document, DocumentKind, Letters, Lexicon, Name, PartialDate};

    fn comparator() -> Comparator {
        let names = || {
            let mut names = vec![Name::default()];
            names.extend((1..6_u8).map(|i| Name {
                letters: Letters::new(&[i, i + 1, i + 2]),
                skeleton: Letters::new(&[i, i + 1, i + 2]),
                fold: u64::from(i),
                sound: u64::from(i),
                ..Name::default()
            }));
            names
        };
        let lexicon = Lexicon {
            surnames: names(),
            given_names: names(),
            patronymics: names(),
            labels: Vec::new(),
        };
        let dates = (1..5).map(|day| PartialDate { year: 2012, month: 1, day });
        Comparator::new(&lexicon, Dates::new(dates))
    }

    fn record() -> impl Strategy<Value = Packed> {
        (0_u32..6, 0_u32..6, 0_u32..6, 0_u32..5, 0_u32..4, 0_u64..3).prop_map(
            |(surname, given_name, patronymic, birth_date, number, unzr)| Packed {
                surname,
                given_name,
                patronymic,
                birth_date,
                unzr,
                certificate: if number == 0 {
                    Document::MISSING
                } else {
                    Document { kind: DocumentKind::BirthCertificate, number, ..Document::MISSING }
                },
                ..Packed::default()
            },
        )
    }

    fn side(packed: Vec<Packed>) -> Side {
        Side { packed, ..Side::default() }
    }

    proptest! {
        #[test]
        fn candidates_are_the_pairs_that_share_a_key_each_once(
            left in proptest::collection::vec(record(), 0..30),
            right in proptest::collection::vec(record(), 0..30),
        ) {
            let comparator = comparator();
            let (left, right) = (side(left), side(right));
            let blocker = Blocker::new(&comparator, &left, &right);
            let mut found = Vec::new();
            for l in 0..u32::try_from(left.len()).unwrap() {
                blocker.candidates(l, |r, rule| {
                    if !RULES[rule].loose {
                        found.push((l, r, rule));
                    }
                });
            }
            let mut naive = BTreeSet::new();
            for (l, a) in left.packed.iter().enumerate() {
                for (r, b) in right.packed.iter().enumerate() {
                    // Loose rules are tested by themselves: which are cast depends on the costs.
                    let first = RULES.iter().position(|rule| {
                        let key = rule.key(&comparator, a);
                        !rule.loose && key != 0 && key == rule.key(&comparator, b)
                    });
                    if let Some(rule) = first {
                        naive.insert((u32::try_from(l).unwrap(), u32::try_from(r).unwrap(), rule));
                    }
                }
            }
            prop_assert_eq!(found.len(), naive.len());
            prop_assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), naive);
        }

        #[test]
        fn within_a_side_no_record_meets_itself(
            records in proptest::collection::vec(record(), 0..30),
        ) {
            let comparator = comparator();
            let side = side(records);
            let blocker = Blocker::within(&comparator, &side);
            let mut seen = BTreeSet::new();
            for l in 0..u32::try_from(side.len()).unwrap() {
                blocker.candidates(l, |r, _| {
                    assert!(l < r);
                    assert!(seen.insert((l, r)));
                });
            }
            let alone: u64 = blocker.cost().iter().sum();
            prop_assert!(seen.len() as u64 <= alone);
        }
    }

    #[test]
    fn a_costly_block_is_refined_and_keeps_pairs_that_agree_there_too() {
        let comparator = comparator();
        let twelve_hundred = |given_name| {
            vec![Packed { surname: 1, birth_date: 1, given_name, ..Packed::default() }; 1_200]
        };
        let mut left = twelve_hundred(1);
        left.push(Packed { surname: 1, birth_date: 1, given_name: 2, ..Packed::default() });
        let right = twelve_hundred(2);
        let blocker = Blocker::new(&comparator, &side(left), &side(right));
        let rule = RULES.iter().position(|rule| rule.name == "birth_date+surname").unwrap();
        assert_eq!(blocker.refined()[rule], 1);
        assert_eq!(blocker.block(rule, 0).count(), 0);
        assert_eq!(blocker.block(rule, 1_200).count(), 1_200);
    }

    #[test]
    fn a_loose_rule_is_cast_only_where_it_is_cheap() {
        let comparator = comparator();
        let born = |n: usize| side(vec![Packed { birth_date: 1, ..Packed::default() }; n]);
        let loose = RULES.iter().position(|rule| rule.name == "birth_date").unwrap();
        let few = Blocker::new(&comparator, &born(100), &born(5));
        assert_eq!(few.cost()[loose], 500);
        let many = Blocker::new(&comparator, &born(100), &born(100));
        assert_eq!(many.cost()[loose], 0);
        assert_eq!(many.reached_by(0, 0), None);
    }
}
