//! Records that no other rule convincingly reaches, and what rules are cast for them alone.
//!
//! A record with several errors at once may share no key with its counterpart. For such
//! records wider rules are affordable: they hold for records on both sides that have no
//! convincing pair yet. A pair convinces if an identifier and another rule bring it together, or
//! the birth date, the given name and a third part of the name. That any pair at all is found would
//! be no sign: in a large register almost every record shares a birth date and a given name
//! with somebody.
//!
//! A pair of a left-over record and a convinced one is not looked at: that would find a second
//! mangled record of a child at a fifth more time for the whole run.
//!
//! What such a rule costs is bounded for every record: blocks of more than [`MOST`] records of a
//! register are of a value so common that it finds nobody, and are left out.

use rayon::prelude::*;

use super::facets::facets;
use super::index::Blocker;
use super::join::Sieve;
use super::keys::CHUNK;
use super::{Grounds, RULES, Rule};
use crate::compare::{Comparator, Side};

/// Records of the right side in a block of these rules, at the most.
pub(super) const MOST: usize = 32;

/// Ids of the left and of the right side without a convincing pair, in order.
pub(super) fn left_over(blocker: &Blocker, left: usize, right: usize) -> [Vec<u32>; 2] {
    let (left_ids, right_ids) = (ids(left), ids(right));
    let convincing = convincing();
    // All pairs of these rules are looked at: to stop at the first would ask where a row stands.
    let settled: Vec<Vec<(u32, u32)>> = left_ids
        .par_chunks(CHUNK)
        .map(|chunk| {
            let (mut settled, mut met) = (Vec::new(), Vec::new());
            for &id in chunk {
                for &(rule, helpers) in &convincing {
                    blocker.block(rule, id, &mut met);
                    let convinces =
                        |right: u32| helpers == 0 || blocker.rules_of(id, right) & helpers != 0;
                    let found = met.iter().filter(|&&right| convinces(right));
                    settled.extend(found.map(|&right| (id, right)));
                }
            }
            settled
        })
        .collect();
    let mut open = [vec![true; left], vec![true; right]];
    for (id, right) in settled.into_iter().flatten() {
        open[0][id as usize] = false;
        open[1][right as usize] = false;
    }
    let [left_open, right_open] = open;
    let keep =
        |ids: Vec<u32>, open: &[bool]| ids.into_iter().filter(|&id| open[id as usize]).collect();
    [keep(left_ids, &left_open), keep(right_ids, &right_open)]
}

fn ids(len: usize) -> Vec<u32> {
    // Ids are 32 bits.
    #[allow(clippy::cast_possible_truncation)]
    (0..len).map(|id| id as u32).collect()
}

/// Rules whose pairs convince, each with those of which one has to fire too, as bits; none where it
/// convinces alone.
fn convincing() -> Vec<(usize, u32)> {
    let tight = || RULES.iter().enumerate().filter(|(_, rule)| !rule.loose);
    let others = |of: &str, named: bool| {
        tight()
            .filter(|(_, rule)| rule.name != of)
            .filter(|(_, rule)| !named || rule.grounds != Grounds::Identifier)
            .fold(0, |bits, (i, _)| bits | 1 << i)
    };
    tight()
        .filter_map(|(i, rule)| match rule.name {
            // One person's by law.
            "unzr" | "rnokpp" => Some((i, 0)),
            // A number without its letters is many children's.
            "certificate" | "document" => Some((i, others(rule.name, false))),
            "birth_date+given_name" => Some((i, others(rule.name, true))),
            _ => None,
        })
        .collect()
}

/// The keys of some records under a rule for left-over ones that a sieve lets pass, by record,
/// each once; and how many there are in all.
pub(super) fn keys(
    rule: &Rule,
    ids: &[u32],
    (comparator, side): (&Comparator, &Side),
    sieve: &Sieve,
) -> (Vec<(u32, u64)>, u64) {
    let chunks: Vec<(Vec<(u32, u64)>, u64)> = ids
        .par_chunks(CHUNK)
        .map(|ids| {
            let (mut found, mut all, mut keys) = (Vec::new(), 0, Vec::new());
            for &id in ids {
                keys.clear();
                for facet in facets(comparator, &side.packed[id as usize]).iter() {
                    rule.left_over(facet, &mut |key| keys.push(key));
                }
                keys.sort_unstable();
                keys.dedup();
                let some = keys.iter().filter(|&&key| key != 0);
                all += some.clone().count() as u64;
                found.extend(some.filter(|&&key| sieve.passes(key)).map(|&key| (id, key)));
            }
            (found, all)
        })
        .collect();
    let all = chunks.iter().map(|&(_, all)| all).sum();
    (chunks.into_iter().flat_map(|(found, _)| found).collect(), all)
}
