//! The keys of one side under one rule.

use rayon::prelude::*;

use super::Rule;
use super::facets::{Facet, Facets, facets};
use super::refine::Costly;
use crate::compare::{Comparator, Side};

/// Records whose keys are made in one task.
pub(super) const CHUNK: usize = 8_192;

/// The keys of one side under one rule.
#[derive(Debug, Default)]
pub(super) struct RuleKeys {
    /// By record; 0 where the rule does not reach it. Empty for a rule for left-over records,
    /// which has but further keys.
    pub(super) first: Vec<u64>,
    /// Further keys of records that leave a choice, sorted by record, each once.
    pub(super) further: Vec<(u32, u64)>,
}

impl RuleKeys {
    /// The keys of a side under a rule for all records.
    pub(super) fn new(rule: &Rule, comparator: &Comparator, side: &Side) -> Self {
        let chunks: Vec<Self> = side
            .packed
            .par_chunks(CHUNK)
            .enumerate()
            .map(|(chunk, records)| {
                let mut keys = Self::default();
                keys.first.reserve_exact(records.len());
                for (i, record) in records.iter().enumerate() {
                    // Ids are 32 bits.
                    #[allow(clippy::cast_possible_truncation)]
                    let id = (chunk * CHUNK + i) as u32;
                    keys.push(id, &facets(comparator, record), |facet| rule.key(facet));
                }
                keys
            })
            .collect();
        let mut all = Self::default();
        all.first.reserve_exact(side.len());
        for mut chunk in chunks {
            all.first.append(&mut chunk.first);
            all.further.append(&mut chunk.further);
        }
        all
    }

    /// The first key of a record; 0 where the rule does not reach it.
    pub(super) fn first(&self, id: u32) -> u64 {
        self.first.get(id as usize).copied().unwrap_or(0)
    }

    /// All keys with their records.
    pub(super) fn all(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        let first = self.first.iter().copied().zip(0_u32..).filter(|&(key, _)| key != 0);
        first.chain(self.further.iter().map(|&(id, key)| (key, id)))
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.first.par_iter().filter(|&&key| key != 0).count() + self.further.len()
    }

    pub(super) fn clear(&mut self) {
        self.first.fill(0);
        self.further.clear();
    }

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
    pub(super) fn refine(
        &mut self,
        rule: &Rule,
        costly: &Costly,
        comparator: &Comparator,
        side: &Side,
    ) {
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
        self.further.sort_unstable();
    }
}
