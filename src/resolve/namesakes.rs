//! Namesakes whom a register is known to hold: one more rival for a link by name and date.
//!
//! How likely a stranger shares a child's names and birth date is an average over all strangers.
//! Where a register of unique persons holds such a stranger, it is no longer a chance but a
//! person: a crossing of the border under this name and date is the stranger's as well as the
//! child's, though the stranger is in no school and so takes no part in the contest of
//! children. So every accepted link in which no identifier agrees is weighed against them.
//!
//! Let C be the child, X the record, and P a person of another register with the names and the
//! birth date of C, whom the contest there gave to C with probability q. P is another person with
//! probability 1 − q; then X is P's as much as C's, in the ratio r = 2^(w(P, X) − w(C, X)) of what
//! the two weights say: a link of probability p keeps p / (1 + p·Σ (1 − q)·r). Of several registers
//! the one with the strongest rivals counts: they may hold the same stranger.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Children, Possible, exact_identifiers};
use crate::compare::{Comparator, Packed, Side};
use crate::model::Scorer;
use crate::normalize::Lexicon;

/// A register as the others see it.
#[derive(Clone, Copy, Debug)]
pub struct Holder<'a> {
    /// Its records.
    pub side: &'a Side,
    /// What weighs its pairs.
    pub scorer: &'a Scorer,
    /// Its pairs with children, by child, then record.
    pub possible: &'a [Possible],
    /// One person, one record.
    pub unique: bool,
}

/// A namesake is never held more than so many bits likelier than the child.
const MOST_BITS: f64 = 10.0;

/// Names and birth date, as far as spelling leaves them one.
type Key = (u64, u64, u32);

/// The new probabilities of accepted links that namesakes put in doubt: for each register the
/// places in its list of pairs, ascending.
#[must_use]
pub fn namesakes(
    lexicon: &Lexicon,
    comparator: &Comparator,
    population: &Side,
    children: &Children,
    holders: &[Holder<'_>],
) -> Vec<Vec<(usize, f64)>> {
    let key = |record: &Packed| -> Option<Key> {
        let surname = lexicon.surnames.get(record.surname as usize)?.fold;
        let given_name = lexicon.given_names.get(record.given_name as usize)?.fold;
        let known = surname != 0 && given_name != 0 && record.birth_date != 0;
        known.then_some((surname, given_name, record.birth_date))
    };
    // Links in which no identifier agrees, and the keys of their children.
    let doubtful: Vec<Vec<usize>> = holders
        .iter()
        .map(|holder| {
            let by_name = |p: &Possible| {
                let left = &population.packed[p.left as usize];
                let right = &holder.side.packed[p.right as usize];
                exact_identifiers(comparator.pattern(left, right)) == 0
            };
            (0..holder.possible.len())
                .into_par_iter()
                .filter(|&i| holder.possible[i].link && by_name(&holder.possible[i]))
                .collect()
        })
        .collect();
    let wanted: FxHashSet<Key> = holders
        .iter()
        .zip(&doubtful)
        .flat_map(|(holder, links)| links.iter().map(|&i| holder.possible[i].child))
        .flat_map(|child| keys(population, children, child, key))
        .collect();
    let bearers: Vec<FxHashMap<Key, Vec<u32>>> =
        holders.par_iter().map(|holder| bearers(*holder, &wanted, key)).collect();

    holders
        .iter()
        .zip(&doubtful)
        .enumerate()
        .map(|(at, (holder, links))| {
            links
                .par_iter()
                .filter_map(|&i| {
                    let possible = &holder.possible[i];
                    let keys = keys(population, children, possible.child, key);
                    let strongest = holders
                        .iter()
                        .zip(&bearers)
                        .enumerate()
                        // A register weighs its own records against each other already.
                        .filter(|(other, _)| *other != at)
                        .map(|(_, (other, bearers))| {
                            let mut rivals: Vec<u32> = keys
                                .iter()
                                .filter_map(|key| bearers.get(key))
                                .flatten()
                                .copied()
                                .collect();
                            rivals.sort_unstable();
                            rivals.dedup();
                            strength(comparator, population, holder, possible, *other, &rivals)
                        })
                        .fold(0.0, f64::max);
                    let probability = shared(possible.probability, strongest);
                    (probability < possible.probability).then_some((i, probability))
                })
                .collect()
        })
        .collect()
}

/// The keys of a child, by its records.
fn keys(
    population: &Side,
    children: &Children,
    child: u32,
    key: impl Fn(&Packed) -> Option<Key>,
) -> Vec<Key> {
    let ids = &children.records[child as usize];
    let mut keys: Vec<Key> =
        ids.iter().filter_map(|&id| key(&population.packed[id as usize])).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The records of a register of unique persons that bear a wanted key.
fn bearers(
    holder: Holder<'_>,
    wanted: &FxHashSet<Key>,
    key: impl Fn(&Packed) -> Option<Key> + Sync,
) -> FxHashMap<Key, Vec<u32>> {
    let mut bearers: FxHashMap<Key, Vec<u32>> = FxHashMap::default();
    if holder.unique {
        for (id, record) in (0_u32..).zip(&holder.side.packed) {
            if let Some(key) = key(record).filter(|key| wanted.contains(key)) {
                bearers.entry(key).or_default().push(id);
            }
        }
    }
    bearers
}

/// How many times likelier than the child's the record of a link is a namesake's.
fn strength(
    comparator: &Comparator,
    population: &Side,
    holder: &Holder<'_>,
    link: &Possible,
    other: Holder<'_>,
    rivals: &[u32],
) -> f64 {
    let of_child = {
        let from = other.possible.partition_point(|p| p.child < link.child);
        other.possible[from..].iter().take_while(move |p| p.child == link.child)
    };
    let weight = |left: &Packed| {
        let pattern = comparator.pattern(left, &holder.side.packed[link.right as usize]);
        holder.scorer.parts(comparator, left, pattern).iter().sum::<f64>()
    };
    let own = weight(&population.packed[link.left as usize]);
    rivals
        .iter()
        .map(|&rival| {
            let same = of_child.clone().find(|p| p.right == rival);
            let other_person = match same {
                Some(p) if p.link => return 0.0,
                Some(p) => 1.0 - p.probability,
                None => 1.0,
            };
            other_person * (weight(&other.side.packed[rival as usize]) - own).min(MOST_BITS).exp2()
        })
        .sum()
}

/// What is left of a probability beside rivals who are `rivals` times as likely.
fn shared(probability: f64, rivals: f64) -> f64 {
    probability / (1.0 + probability * rivals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rival_takes_its_share() {
        assert!((shared(0.9999, 0.0) - 0.9999).abs() < 1e-12);
        // One namesake who fits as well leaves half.
        assert!((shared(1.0, 1.0) - 0.5).abs() < 1e-12);
        assert!((shared(1.0, 0.02) - 1.0 / 1.02).abs() < 1e-12);
        assert!((shared(0.5, 2.0) - 0.25).abs() < 1e-12);
    }
}
