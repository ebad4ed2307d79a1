//! Blocks that would cost too much: refined by one key after another, or dropped.
//!
//! A block of more pairs than [`BLOCK_CAP`] is refined by its rule's second key, and what is
//! still too large by every other value that a facet holds, coarse ones first, because an
//! error spares a first letter more often than a name. No row's position ever parts a block.
//! What agrees, or is missing, in everything is told apart by nothing: a pair from there
//! could never be accepted, since ties are refused. Such a block is dropped from its rule,
//! and its pairs are counted.
//!
//! A value that one record lacks parts it from those that have it: that costs pairs, which
//! are counted too, and leaves them to other rules.

use rayon::prelude::*;

use super::facets::facets;
use super::join::met;
use super::keys::RuleKeys;
use super::rules::{REFINEMENTS, mix};
use super::{Facet, Rule};
use crate::compare::{Comparator, Side};

/// Pairs that one block may cost before it is refined.
pub(super) const BLOCK_CAP: u64 = 1_000_000;

/// What refining did to the blocks of a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Refining {
    /// Blocks that were too large.
    pub(super) refined: u64,
    /// Pairs of blocks that nothing could refine any more, which the rule does not hand on.
    pub(super) dropped: u64,
}

/// Keys of the blocks that cost too much, sorted, at whatever depth of refinement.
#[derive(Debug, Default)]
pub(super) struct Costly(Vec<u64>);

impl Costly {
    pub(super) fn holds(&self, key: u64) -> bool {
        self.0.binary_search(&key).is_ok()
    }

    /// The key of a facet, refined until its block is small enough; 0 if none is.
    pub(super) fn key(&self, rule: &Rule, facet: &Facet) -> u64 {
        chain(rule, facet).find(|&key| !self.holds(key)).unwrap_or(0)
    }
}

/// The keys of a facet, each finer than the one before.
fn chain<'a>(rule: &'a Rule, facet: &'a Facet) -> impl Iterator<Item = u64> + 'a {
    let first = rule.key(facet);
    let rest = move |key: &mut u64, part: &fn(&Facet) -> u64| {
        *key = mix(&[*key, part(facet)]);
        Some(*key)
    };
    let second = rule.refined(first, facet);
    [first, second].into_iter().chain(REFINEMENTS.iter().scan(second, rest))
}

/// Which blocks of a rule have to be refined, how often, given `first`, those that are too
/// large as they stand, sorted.
pub(super) fn costly(
    rule: &Rule,
    first: Vec<u64>,
    comparator: &Comparator,
    sides: [(&RuleKeys, &Side); 2],
    same_side: bool,
    cap: u64,
) -> (Costly, Refining) {
    let mut refining = Refining { refined: first.len() as u64, dropped: 0 };
    let mut costly = Costly(first);
    if costly.0.is_empty() {
        return (costly, refining);
    }
    let ids = sides.map(|(keys, _)| keys.records_with(&costly));
    let keys = |costly: &Costly, of: &(dyn Fn(&Facet) -> u64 + Sync)| {
        [0, 1].map(|i| keys_of(rule, costly, comparator, &ids[i], sides[i].1, of))
    };

    // What even the finest key leaves too large is so at every step before.
    let [left, right] = keys(&costly, &|facet| chain(rule, facet).last().unwrap_or(0));
    let mut known = costly.0.clone();
    for (n, met, id) in blocks(&left, &right) {
        if n * met > cap {
            refining.dropped += if same_side { n * (n - 1) / 2 } else { n * met };
            let facets = facets(comparator, &sides[0].1.packed[id.1 as usize]);
            for facet in facets.iter().filter(|facet| costly.holds(rule.key(facet))) {
                if chain(rule, facet).last() == Some(id.0) {
                    known.extend(chain(rule, facet));
                }
            }
        }
    }
    known.sort_unstable();
    known.dedup();
    let first = std::mem::replace(&mut costly.0, known);
    let first = Costly(first);

    loop {
        let [left, right] = keys(&first, &|facet| costly.key(rule, facet));
        let large = blocks(&left, &right).filter(|&(n, met, _)| n * met > cap);
        let further: Vec<u64> = large.map(|(_, _, (key, _))| key).collect();
        if further.is_empty() {
            return (costly, refining);
        }
        costly.0.extend(further);
        costly.0.sort_unstable();
    }
}

/// Keys that two sides have in common: records of the left, of the right, and a left entry.
fn blocks<'a>(
    left: &'a [(u64, u32)],
    right: &'a [(u64, u32)],
) -> impl Iterator<Item = (u64, u64, (u64, u32))> + 'a {
    met(left, right)
        .map(|met| (met.left.len() as u64, met.right.len() as u64, left[met.left.start]))
}

/// The keys that `of` gives the facets of some records that are in `costly` blocks, sorted; of
/// each record every key once, and none that is 0.
fn keys_of(
    rule: &Rule,
    costly: &Costly,
    comparator: &Comparator,
    ids: &[u32],
    side: &Side,
    of: &(dyn Fn(&Facet) -> u64 + Sync),
) -> Vec<(u64, u32)> {
    let mut found: Vec<(u64, u32)> = ids
        .par_iter()
        .flat_map_iter(|&id| {
            let facets = facets(comparator, &side.packed[id as usize]);
            let facets = facets.iter().filter(|facet| costly.holds(rule.key(facet)));
            let mut keys: Vec<_> = facets.map(of).filter(|&key| key != 0).collect();
            keys.sort_unstable();
            keys.dedup();
            keys.into_iter().map(move |key| (key, id))
        })
        .collect();
    found.par_sort_unstable();
    found
}
