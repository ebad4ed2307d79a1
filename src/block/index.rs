//! Keys, sorted, and the blocks found in them.

use rayon::prelude::*;

use super::facets::{Facet, Facets, facets};
use super::refine::{BLOCK_CAP, Costly, costly};
use super::{Grounds, RULES, Rule, leftover};
use crate::compare::{Comparator, Side};

/// Records whose keys are made in one task.
pub(super) const CHUNK: usize = 8_192;

/// Pairs per record of both sides that a loose rule may cost; one that costs more is left out.
const LOOSE_BUDGET: u64 = 10;

/// The keys of one side, by rule.
#[derive(Debug)]
pub struct Keys {
    by_rule: Vec<RuleKeys>,
}

/// The keys of one side under one rule.
#[derive(Debug, Default)]
pub(super) struct RuleKeys {
    /// By record; 0 where the rule does not reach it.
    first: Vec<u64>,
    /// Further keys of records that leave a choice, sorted by record, each once.
    further: Vec<(u32, u64)>,
    /// Where the further keys of each record start, and the last end; empty where there are none.
    starts: Vec<u32>,
}

impl RuleKeys {
    /// Notes where the further keys of each record start.
    fn note(&mut self, records: usize) {
        self.starts.clear();
        if self.further.is_empty() {
            return;
        }
        self.starts.resize(records + 1, 0);
        for &(id, _) in &self.further {
            self.starts[id as usize + 1] += 1;
        }
        for i in 1..self.starts.len() {
            self.starts[i] += self.starts[i - 1];
        }
    }

    /// The first key of a record; 0 where the rule does not reach it.
    fn first(&self, id: u32) -> u64 {
        // A rule for left-over records has but further keys.
        self.first.get(id as usize).copied().unwrap_or(0)
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
        let first = Some(self.first(id)).filter(|&key| key != 0);
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
        let for_all = RULES.iter().filter(|rule| rule.grounds != Grounds::Leftover).count();
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
                    for (rule, keys) in RULES.iter().zip(&mut by_rule).take(for_all) {
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
        for keys in &mut by_rule {
            keys.note(side.len());
        }
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

    /// Records that have one of some keys, in order.
    pub(super) fn records_with(&self, keys: &Costly) -> Vec<u32> {
        let mut ids: Vec<u32> =
            self.all().filter(|&(key, _)| keys.holds(key)).map(|(_, id)| id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The same keys, those of `costly` blocks refined.
    fn refine(&mut self, rule: &Rule, costly: &Costly, comparator: &Comparator, side: &Side) {
        let ids = self.records_with(costly);
        let keys: Vec<Self> = ids
            .par_chunks(CHUNK)
            .map(|ids| {
                let mut refined = Self::default();
                for &id in ids {
                    let facets = facets(comparator, &side.packed[id as usize]);
                    refined.push(id, &facets, |facet| costly.key(rule, facet));
                }
                refined
            })
            .collect();
        let first = keys.iter().flat_map(|keys| &keys.first);
        for (&id, &key) in ids.iter().zip(first) {
            self.first[id as usize] = key;
        }
        self.further.retain(|(id, _)| ids.binary_search(id).is_err());
        self.further.extend(keys.iter().flat_map(|keys| &keys.further));
        // A record's further keys are looked up together, in whatever order.
        self.further.sort_unstable();
        self.note(side.len());
    }
}

/// What a rule's blocks cost, known before any pair is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RulePlan {
    /// The rule's name.
    pub rule: &'static str,
    /// Keys of the records on both sides; one that several records have counts for each.
    pub keys: u64,
    /// Blocks: distinct keys that bring a pair together.
    pub blocks: u64,
    /// Pairs of the block that has most.
    pub largest: u64,
    /// Pairs that the rule alone would hand on; one that several keys bring together counts
    /// for each.
    pub pairs: u64,
    /// Blocks that were too large and were refined.
    pub refined: u64,
    /// Pairs that refined blocks lost because their records differ in what refined them, or
    /// because one of them lacks it.
    pub parted: u64,
    /// Pairs of blocks that nothing could refine, dropped: their records are told apart by
    /// nothing that a rule knows.
    pub dropped: u64,
    /// Whether the rule is cast: a loose one may cost too much, and one for left-over records is
    /// not for a side with itself.
    pub cast: bool,
}

/// The blocks of a linkage.
#[derive(Debug)]
pub struct Blocker {
    left: Keys,
    right: Keys,
    indexes: Vec<Index>,
    /// What each rule's blocks cost.
    plan: Vec<RulePlan>,
    /// Both sides are one: a pair is handed on once, the smaller id first.
    same_side: bool,
}

impl Blocker {
    /// Blocks of two sides.
    #[must_use]
    pub fn new(comparator: &Comparator, left: &Side, right: &Side) -> Self {
        Self::build(comparator, left, right, false, BLOCK_CAP)
    }

    /// Blocks of a side with itself.
    #[must_use]
    pub fn within(comparator: &Comparator, side: &Side) -> Self {
        Self::build(comparator, side, side, true, BLOCK_CAP)
    }

    fn build(
        comparator: &Comparator,
        left: &Side,
        right: &Side,
        same_side: bool,
        cap: u64,
    ) -> Self {
        let (mut left_keys, mut right_keys) =
            (Keys::new(comparator, left), Keys::new(comparator, right));
        let budget = LOOSE_BUDGET * (left.len() + right.len()) as u64;
        let mut plan = Vec::new();
        let mut indexes = Vec::new();
        for (i, rule) in RULES.iter().enumerate() {
            if rule.grounds == Grounds::Leftover {
                break;
            }
            let (left_keys, right_keys) = (&mut left_keys.by_rule[i], &mut right_keys.by_rule[i]);
            let mut index = Index::new(right_keys);
            let mut census = index.census(left_keys, same_side, cap);
            // Loose rules were always judged by all pairs of keys, equal records' own included.
            let cast = !rule.loose || index.cost(left_keys) <= budget;
            if !cast {
                left_keys.clear();
                right_keys.clear();
                index = Index::new(right_keys);
                census = Census::default();
            }
            let (before, first) = (census.pairs, std::mem::take(&mut census.costly));
            let sides = [(&*left_keys, left), (&*right_keys, right)];
            let (costly, refining) = costly(rule, first, comparator, sides, same_side, cap);
            if refining.refined > 0 {
                left_keys.refine(rule, &costly, comparator, left);
                right_keys.refine(rule, &costly, comparator, right);
                index = Index::new(right_keys);
                census = index.census(left_keys, same_side, cap);
            }
            plan.push(RulePlan {
                rule: rule.name,
                keys: (left_keys.all().count() + right_keys.all().count()) as u64,
                blocks: census.blocks,
                largest: census.largest,
                pairs: census.pairs,
                refined: refining.refined,
                parted: before.saturating_sub(census.pairs + refining.dropped),
                dropped: refining.dropped,
                cast,
            });
            indexes.push(index);
        }
        let mut blocker = Self { left: left_keys, right: right_keys, indexes, plan, same_side };
        blocker.cast_for_left_over(comparator, left, right);
        blocker
    }

    /// Casts the rules for records that no other rule convincingly reaches.
    fn cast_for_left_over(&mut self, comparator: &Comparator, left: &Side, right: &Side) {
        // Most records of a side have no counterpart there: nearly all would be left over.
        let [left_ids, right_ids] = if self.same_side {
            [vec![], vec![]]
        } else {
            leftover::left_over(self, left.len(), right.len())
        };
        for (i, rule) in RULES.iter().enumerate().skip(self.plan.len()) {
            let mut left_keys = leftover::keys(rule, &left_ids, comparator, left);
            let mut right_keys = leftover::keys(rule, &right_ids, comparator, right);
            let keys = (left_keys.len() + right_keys.len()) as u64;
            // What meets nobody, or too many, is not held.
            let flip = |keys: &[(u32, u64)]| keys.iter().map(|&(id, key)| (key, id)).collect();
            let all = Index::of(flip(&right_keys));
            left_keys.retain(|&(_, key)| (1..=leftover::MOST).contains(&all.block(key).len()));
            drop(all);
            let mut met: Vec<u64> = left_keys.iter().map(|&(_, key)| key).collect();
            met.sort_unstable();
            met.dedup();
            right_keys.retain(|(_, key)| met.binary_search(key).is_ok());
            left_keys.shrink_to_fit();
            right_keys.shrink_to_fit();
            let index = Index::of(flip(&right_keys));
            let sides = [left.len(), right.len()];
            let [left_keys, right_keys] =
                [(left_keys, sides[0]), (right_keys, sides[1])].map(|(further, records)| {
                    let mut keys = RuleKeys { further, ..RuleKeys::default() };
                    keys.note(records);
                    keys
                });
            let census = index.census(&left_keys, false, u64::MAX);
            self.plan.push(RulePlan {
                rule: rule.name,
                keys,
                blocks: census.blocks,
                largest: census.largest,
                pairs: census.pairs,
                refined: 0,
                parted: 0,
                dropped: 0,
                cast: !self.same_side,
            });
            self.left.by_rule[i] = left_keys;
            self.right.by_rule[i] = right_keys;
            self.indexes.push(index);
        }
    }

    /// Ids of the right side in the blocks of a left record under one rule, each once.
    pub fn block(&self, rule: usize, left: u32) -> impl Iterator<Item = u32> + '_ {
        let (left_keys, right_keys) = (&self.left.by_rule[rule], &self.right.by_rule[rule]);
        let first = self.indexes[rule].block(left_keys.first(left)).iter();
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

    pub(super) fn fires(&self, rule: usize, left: u32, right: u32) -> bool {
        let (left_keys, right_keys) = (&self.left.by_rule[rule], &self.right.by_rule[rule]);
        let (a, b) = (left_keys.first(left), right_keys.first(right));
        if a != 0 && a == b {
            return true;
        }
        if left_keys.further(left).is_empty() && right_keys.further(right).is_empty() {
            return false;
        }
        left_keys.of(left).any(|key| right_keys.of(right).any(|other| other == key))
    }

    /// What each rule's blocks cost, in the order of [`RULES`].
    #[must_use]
    pub fn plan(&self) -> &[RulePlan] {
        &self.plan
    }
}

/// What the blocks of an index and a left side are.
#[derive(Debug, Default)]
struct Census {
    blocks: u64,
    largest: u64,
    pairs: u64,
    /// Keys of blocks that cost more than the cap, sorted.
    costly: Vec<u64>,
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
        Self::of(keys.all().collect())
    }

    fn of(mut entries: Vec<(u64, u32)>) -> Self {
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

    /// The blocks that these left keys make.
    fn census(&self, left: &RuleKeys, same_side: bool, cap: u64) -> Census {
        let mut keys: Vec<u64> = left.all().map(|(key, _)| key).collect();
        keys.par_sort_unstable();
        let mut census = Census::default();
        for run in keys.chunk_by(|a, b| a == b) {
            let (n, met) = (run.len() as u64, self.block(run[0]).len() as u64);
            // Within a side every record meets itself, and every pair is met twice.
            let pairs = if same_side { n * (n - 1) / 2 } else { n * met };
            if pairs > 0 {
                census.blocks += 1;
                census.largest = census.largest.max(pairs);
                census.pairs += pairs;
            }
            if n * met > cap {
                census.costly.push(run[0]);
            }
        }
        census
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
