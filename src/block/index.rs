//! Keys, sorted, and the blocks found in them.

use rayon::prelude::*;

use super::facets::{Facet, Facets, facets};
use super::{RULES, Rule};
use crate::compare::{Comparator, Side};

/// Records whose keys are made in one task.
const CHUNK: usize = 8_192;

/// Pairs that one block may cost before it is refined by its rule's second key.
const BLOCK_CAP: u64 = 1_000_000;

/// Pairs per record of both sides that a loose rule may cost; one that costs more is left out.
const LOOSE_BUDGET: u64 = 10;

/// The keys of one side, by rule.
#[derive(Debug)]
pub struct Keys {
    by_rule: Vec<RuleKeys>,
}

/// The keys of one side under one rule.
#[derive(Debug, Default)]
struct RuleKeys {
    /// By record; 0 where the rule does not reach it.
    first: Vec<u64>,
    /// Further keys of records that leave a choice, sorted by record, each once.
    further: Vec<(u32, u64)>,
    /// Where the further keys of each record start, and the last end; empty where there are none.
    starts: Vec<u32>,
}

impl RuleKeys {
    /// Notes where the further keys of each record start.
    fn note(&mut self) {
        self.starts.clear();
        if self.further.is_empty() {
            return;
        }
        self.starts.resize(self.first.len() + 1, 0);
        for &(id, _) in &self.further {
            self.starts[id as usize + 1] += 1;
        }
        for i in 1..self.starts.len() {
            self.starts[i] += self.starts[i - 1];
        }
    }

    /// Further keys of a record.
    fn further(&self, id: u32) -> &[(u32, u64)] {
        match self.starts.get(id as usize..id as usize + 2) {
            Some(&[start, end]) => &self.further[start as usize..end as usize],
            _ => &[],
        }
    }

    /// All keys of a record, none of them 0.
    fn of(&self, id: u32) -> impl Iterator<Item = u64> + Clone + '_ {
        let first = Some(self.first[id as usize]).filter(|&key| key != 0);
        first.into_iter().chain(self.further(id).iter().map(|&(_, key)| key))
    }

    /// All keys with their records.
    fn all(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        let first = self.first.iter().copied().zip(0_u32..).filter(|&(key, _)| key != 0);
        first.chain(self.further.iter().map(|&(id, key)| (key, id)))
    }

    fn clear(&mut self) {
        self.first.fill(0);
        self.further.clear();
        self.starts.clear();
    }
}

impl Keys {
    /// The keys of a side under every rule of [`RULES`].
    #[must_use]
    pub fn new(comparator: &Comparator, side: &Side) -> Self {
        let mut by_rule: Vec<RuleKeys> = RULES.iter().map(|_| RuleKeys::default()).collect();
        // In chunks, so that a record's facets are made once and not held for the whole side.
        let chunks: Vec<Vec<RuleKeys>> = side
            .packed
            .par_chunks(CHUNK)
            .enumerate()
            .map(|(chunk, records)| {
                let mut by_rule: Vec<RuleKeys> =
                    RULES.iter().map(|_| RuleKeys::default()).collect();
                for (i, record) in records.iter().enumerate() {
                    // Ids are 32 bits.
                    #[allow(clippy::cast_possible_truncation)]
                    let id = (chunk * CHUNK + i) as u32;
                    let facets = facets(comparator, record);
                    for (rule, keys) in RULES.iter().zip(&mut by_rule) {
                        keys.push(id, &facets, |facet| rule.key(facet));
                    }
                }
                by_rule
            })
            .collect();
        for chunk in chunks {
            for (all, mut part) in by_rule.iter_mut().zip(chunk) {
                all.first.append(&mut part.first);
                all.further.append(&mut part.further);
            }
        }
        by_rule.iter_mut().for_each(RuleKeys::note);
        Self { by_rule }
    }
}

impl RuleKeys {
    /// Appends the keys of the next record.
    fn push(&mut self, id: u32, facets: &Facets, key: impl Fn(&Facet) -> u64) {
        let mut keys = facets.iter().map(key);
        let first = keys.next().unwrap_or(0);
        self.first.push(first);
        let start = self.further.len();
        for key in keys {
            let known =
                key == first || self.further[start..].iter().any(|&(_, known)| known == key);
            if key != 0 && !known {
                self.further.push((id, key));
            }
        }
    }

    /// The same keys, those of `costly` blocks refined.
    fn refine(&mut self, rule: &Rule, costly: &[u64], comparator: &Comparator, side: &Side) {
        let is_costly = |key: u64| costly.binary_search(&key).is_ok();
        let mut ids: Vec<u32> =
            self.all().filter(|&(key, _)| is_costly(key)).map(|(_, id)| id).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut further = Vec::with_capacity(self.further.len());
        let old = std::mem::take(&mut self.further);
        let mut rest = old.as_slice();
        for id in ids {
            let before = rest.partition_point(|&(other, _)| other < id);
            further.extend_from_slice(&rest[..before]);
            rest = &rest[before..];
            rest = &rest[rest.partition_point(|&(other, _)| other == id)..];
            let mut refined = Self::default();
            let facets = facets(comparator, &side.packed[id as usize]);
            refined.push(id, &facets, |facet| match rule.key(facet) {
                key if is_costly(key) => rule.refined(facet),
                key => key,
            });
            self.first[id as usize] = refined.first[0];
            further.append(&mut refined.further);
        }
        further.extend_from_slice(rest);
        self.further = further;
        self.note();
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
                    keys.by_rule[i].clear();
                }
                index = Index::new(&RuleKeys::default());
            }
            let costly = index.costly(&left_keys.by_rule[i], BLOCK_CAP);
            if !costly.is_empty() {
                for (keys, side) in [(&mut left_keys, left), (&mut right_keys, right)] {
                    keys.by_rule[i].refine(rule, &costly, comparator, side);
                }
                index = Index::new(&right_keys.by_rule[i]);
            }
            refined.push(costly.len() as u64);
            indexes.push(index);
        }
        Self { left: left_keys, right: right_keys, indexes, refined, same_side }
    }

    /// Ids of the right side in the blocks of a left record under one rule, each once.
    pub fn block(&self, rule: usize, left: u32) -> impl Iterator<Item = u32> + '_ {
        let (left_keys, right_keys) = (&self.left.by_rule[rule], &self.right.by_rule[rule]);
        let first = self.indexes[rule].block(left_keys.first[left as usize]).iter();
        let further = left_keys.further(left).iter().flat_map(move |&(_, key)| {
            // What an earlier key of the left record has found already is left out.
            let found = move |right: u32| {
                left_keys
                    .of(left)
                    .take_while(move |&earlier| earlier != key)
                    .any(|earlier| right_keys.of(right).any(|other| other == earlier))
            };
            self.indexes[rule].block(key).iter().filter(move |&&(_, right)| !found(right))
        });
        let ids = first.chain(further).map(|&(_, right)| right);
        ids.filter(move |&right| !self.same_side || right > left)
    }

    /// Hands on every right record that some rule pairs with `left`, once, with the first
    /// rule that does.
    pub fn candidates(&self, left: u32, mut emit: impl FnMut(u32, usize)) {
        for rule in 0..RULES.len() {
            self.block(rule, left).for_each(|right| {
                if !(0..rule).any(|earlier| self.fires(earlier, left, right)) {
                    emit(right, rule);
                }
            });
        }
    }

    /// The first rule that pairs two records.
    #[must_use]
    pub fn reached_by(&self, left: u32, right: u32) -> Option<usize> {
        (0..RULES.len()).find(|&rule| self.fires(rule, left, right))
    }

    /// All rules that bring two records together, not the first alone: bit `i` stands for
    /// `RULES[i]`.
    #[must_use]
    pub fn rules_of(&self, left: u32, right: u32) -> u32 {
        let fire = (0..RULES.len()).filter(|&rule| self.fires(rule, left, right));
        fire.fold(0, |mask, rule| mask | 1 << rule)
    }

    fn fires(&self, rule: usize, left: u32, right: u32) -> bool {
        let (left_keys, right_keys) = (&self.left.by_rule[rule], &self.right.by_rule[rule]);
        let (a, b) = (left_keys.first[left as usize], right_keys.first[right as usize]);
        if a != 0 && a == b {
            return true;
        }
        if left_keys.further(left).is_empty() && right_keys.further(right).is_empty() {
            return false;
        }
        left_keys.of(left).any(|key| right_keys.of(right).any(|other| other == key))
    }

    /// Pairs that each rule alone would hand on; a pair that several keys bring together counts
    /// for each.
    #[must_use]
    pub fn cost(&self) -> Vec<u64> {
        (0..RULES.len())
            .map(|rule| {
                let keys = &self.left.by_rule[rule];
                let total = self.indexes[rule].cost(keys);
                // Within a side every record meets itself, and every pair is met twice.
                if self.same_side { (total - keys.all().count() as u64) / 2 } else { total }
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
    fn new(keys: &RuleKeys) -> Self {
        let mut entries: Vec<(u64, u32)> = keys.all().collect();
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
    fn cost(&self, left: &RuleKeys) -> u64 {
        let first: u64 = left.first.par_iter().map(|&key| self.block(key).len() as u64).sum();
        let further = left.further.iter().map(|&(_, key)| self.block(key).len() as u64);
        first + further.sum::<u64>()
    }

    /// Keys whose block costs more than `cap` pairs, sorted.
    fn costly(&self, left: &RuleKeys, cap: u64) -> Vec<u64> {
        let mut left: Vec<u64> = left.all().map(|(key, _)| key).collect();
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
    use crate::compare::{BirthDates, Packed};
    use crate::normalize::{Document, DocumentKind, Further, Letters, Lexicon, Name, PartialDate};

    fn certificate(number: u32) -> Document {
        Document { kind: DocumentKind::BirthCertificate, number, ..Document::MISSING }
    }

    /// Five names, the fourth of two sounds, and a choice between the first and the third; of
    /// further documents one certificate.
    fn comparator() -> Comparator {
        let names = || {
            let mut names = vec![Name::default()];
            names.extend((1..6_u8).map(|i| Name {
                letters: Letters::new(&[i, i + 1, i + 2]),
                skeleton: Letters::new(&[i, i + 1, i + 2]),
                fold: u64::from(i),
                sounds: if i == 4 { vec![4, 2] } else { vec![u64::from(i)] },
                ..Name::default()
            }));
            names.push(Name { forms: vec![1, 3], ..names[1].clone() });
            names
        };
        let further = Further { certificates: vec![certificate(2)], ..Further::default() };
        let lexicon = Lexicon {
            surnames: names(),
            given_names: names(),
            patronymics: names(),
            further: vec![Further::default(), further],
            ..Lexicon::default()
        };
        let dates = (1..5).map(|day| PartialDate { year: 2012, month: 1, day });
        Comparator::new(&lexicon, BirthDates::new(dates))
    }

    fn record() -> impl Strategy<Value = Packed> {
        (0_u32..7, 0_u32..7, 0_u32..7, 0_u32..5, 0_u32..4, 0_u64..3, 0_u32..2).prop_map(
            |(surname, given_name, patronymic, birth_date, number, unzr, further)| Packed {
                surname,
                given_name,
                patronymic,
                birth_date,
                unzr,
                further,
                certificate: if number == 0 { Document::MISSING } else { certificate(number) },
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
                        let keys = |record| {
                            {
                                let facets = facets(&comparator, record);
                                facets.iter().map(|f| rule.key(f)).collect::<Vec<_>>()
                            }
                        };
                        !rule.loose && keys(a).iter().any(|x| *x != 0 && keys(b).contains(x))
                    });
                    if let Some(rule) = first {
                        naive.insert((u32::try_from(l).unwrap(), u32::try_from(r).unwrap(), rule));
                    }
                }
            }
            for (l, a) in left.packed.iter().enumerate() {
                for (r, b) in right.packed.iter().enumerate() {
                    let (l, r) = (u32::try_from(l).unwrap(), u32::try_from(r).unwrap());
                    let [x, y] = [a, b].map(|record| facets(&comparator, record));
                    for (i, rule) in RULES.iter().enumerate().filter(|(_, rule)| !rule.loose) {
                        let shared = x.iter().map(|f| rule.key(f)).any(|key| {
                            key != 0 && y.iter().any(|f| rule.key(f) == key)
                        });
                        prop_assert_eq!(blocker.rules_of(l, r) >> i & 1 == 1, shared);
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
