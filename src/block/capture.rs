//! How many true pairs no blocking rule brought together, estimated without labels.
//!
//! Every blocking rule is a list of the true pairs that it catches, as a trap is of animals.
//! How many all lists missed follows from how they overlap: if half of what one list holds
//! stands in another that knows nothing of it, the other holds about half of all. Rules that
//! use the same field fail together, so they count as one list: the rules by identifiers, by
//! the birth date, and by names without the whole date ([`Grounds`]).
//!
//! With `z` pairs that stand in list i alone and `f2` that stand in just two, the pairs in none are
//! estimated as `Σ z_i z_j / (f2 + 1)` over i < j. For two lists that is the estimator of
//! Chapman (1951), `(n1 + 1)(n2 + 1) / (m + 1) − 1` less those seen; for three that of Chao (1989) for
//! lists of unequal reach, a form of her lower bound (1987) that is exact where lists are independent.
//! Bounds are of 95 % for a logarithm that is as good as normal (Chao 1987), the variance by
//! the delta method of counts as good as Poisson, that of the unseen number itself included.
//! Where it cannot be had, because nothing stands in one list alone, a count of 0 may have been
//! up to 3 (Poisson).
//!
//! **Assumption**: that a pair escapes one list says nothing about whether it escapes another. It is
//! not wholly true: whoever mistypes a certificate mistypes the name as well, and a record
//! that lacks a certificate often lacks more. Such pairs are likelier to escape everything, so
//! **the estimate is too low rather than too high**, by several times where a few records are
//! bad in everything, and the bounds are those of chance alone.
//! A pair that lacks what a list looks for is as if missed by it. Only pairs that were compared
//! and believed are counted; true pairs that were compared and rejected are no part of the unseen.
//! What rules for left-over records found beside all lists has been seen, and is taken off.
//!
//! - D. G. Chapman (1951), Some properties of the hypergeometric distribution with
//!   applications to zoological sample censuses. Univ. Calif. Publ. Statist. 1, 131–160.
//! - A. Chao (1987), Estimating the population size for capture–recapture data with unequal
//!   catchability. Biometrics 43, 783–791.
//! - A. Chao (1989), Estimating population size for sparse data in capture–recapture
//!   experiments. Biometrics 45, 427–438.

use std::collections::BTreeMap;

use super::RULES;
use super::rules::Grounds;

/// Lists of rules.
const LISTS: usize = 3;
/// The normal quantile of two-sided bounds of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// The 95 % upper bound of a Poisson mean of which nothing was counted.
const MAY_HAVE_BEEN: f64 = 2.995_732_273_553_991;

/// True pairs that were never compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unseen {
    /// Their estimated number: too low rather than too high.
    pub estimate: f64,
    /// Lower 95 % bound.
    pub low: f64,
    /// Upper 95 % bound, if the lists are independent.
    pub high: f64,
    /// The estimator: `chapman` or `chao`.
    pub method: &'static str,
}

/// Estimates the true pairs that no rule brought together. `masks` has, by mask of rules as
/// [`super::Blocker::rules_of`] gives it, the sum of the probabilities of the accepted
/// pairs. `None` where fewer than two lists caught anything, or no pair is in two lists: then
/// nothing is known of what they missed.
#[must_use]
pub fn never_compared(masks: &BTreeMap<u32, f64>) -> Option<Unseen> {
    let mut by_lists = [0.0; 1 << LISTS];
    for (&mask, &pairs) in masks {
        if pairs.is_finite() && pairs > 0.0 {
            by_lists[lists_of(mask)] += pairs;
        }
    }
    unseen(&by_lists)
}

/// The lists that hold a pair, as bits.
fn lists_of(mask: u32) -> usize {
    let fired = RULES.iter().enumerate().filter(|(rule, _)| mask >> rule & 1 == 1);
    fired.fold(0, |lists, (_, rule)| {
        lists
            | match rule.grounds {
                Grounds::Identifier => 1,
                Grounds::BirthDate => 2,
                Grounds::Names => 4,
                Grounds::Leftover => 0,
            }
    })
}

/// The unseen, by the pairs that stand in each combination of lists.
fn unseen(by_lists: &[f64; 1 << LISTS]) -> Option<Unseen> {
    let sum = |which: &dyn Fn(usize) -> bool| -> f64 {
        (0..by_lists.len()).filter(|&lists| which(lists)).map(|lists| by_lists[lists]).sum()
    };
    // A list that holds nothing looks for what the register does not have.
    let used: Vec<usize> =
        (0..LISTS).filter(|&list| sum(&|lists| lists >> list & 1 == 1) > 0.0).collect();
    let method = match used.len() {
        2 => "chapman",
        3 => "chao",
        _ => return None,
    };
    if sum(&|lists| lists.count_ones() > 1) <= 0.0 {
        return None;
    }
    let alone: Vec<f64> = used.iter().map(|&list| by_lists[1 << list]).collect();
    let twice = sum(&|lists| lists.count_ones() == 2);
    let all: f64 = alone.iter().sum();
    let of = |alone: &[f64]| {
        let all: f64 = alone.iter().sum();
        let squares: f64 = alone.iter().map(|z| z * z).sum();
        ((all * all - squares) / 2.0).max(0.0) / (twice + 1.0)
    };
    let estimate = of(&alone);
    let (low, high) = if estimate > 0.0 {
        let by_alone: f64 = alone.iter().map(|z| ((all - z) / (twice + 1.0)).powi(2) * z).sum();
        let by_twice = (estimate / (twice + 1.0)).powi(2) * twice;
        let variance = by_alone + by_twice + estimate;
        let factor = (Z * (variance / estimate.powi(2)).ln_1p().sqrt()).exp();
        (estimate / factor, estimate * factor)
    } else {
        let raised: Vec<f64> = alone.iter().map(|z| z.max(MAY_HAVE_BEEN)).collect();
        (0.0, of(&raised).max(MAY_HAVE_BEEN))
    };
    let found = by_lists[0];
    let [estimate, low, high] = [estimate, low, high].map(|unseen| (unseen - found).max(0.0));
    Some(Unseen { estimate, low, high, method })
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9 * b.abs().max(1.0), "{a} is not {b}");
    }

    fn mask(names: &[&str]) -> u32 {
        let fired = RULES.iter().enumerate().filter(|(_, rule)| names.contains(&rule.name));
        fired.fold(0, |mask, (i, _)| mask | 1 << i)
    }

    #[test]
    fn every_rule_stands_in_one_list() {
        assert_eq!(lists_of(mask(&["certificate", "document", "unzr", "rnokpp"])), 1);
        let by_date = ["birth_date+surname", "birth_date+swapped_names", "birth_date"];
        assert_eq!(lists_of(mask(&by_date)), 2);
        assert_eq!(lists_of(mask(&["names", "surname+given_name+year"])), 4);
        assert_eq!(lists_of(mask(&["rnokpp", "names"])), 5);
        assert_eq!(lists_of(0), 0);
        assert_eq!(lists_of(u32::MAX), 7);
    }

    #[test]
    fn two_lists_give_chapmans_estimate() {
        // 90 in the first, 60 in the second, 50 in both: 91 · 61 / 51 − 1 = 107.84 in all,
        // of which 100 were seen.
        let masks = BTreeMap::from([
            (mask(&["certificate"]), 40.0),
            (mask(&["names"]), 10.0),
            (mask(&["certificate", "names"]), 50.0),
        ]);
        let unseen = never_compared(&masks).unwrap();
        assert_eq!(unseen.method, "chapman");
        close(unseen.estimate, 91.0 * 61.0 / 51.0 - 1.0 - 100.0);
        assert!(unseen.low > 0.0 && unseen.low < unseen.estimate);
        assert!(unseen.high > unseen.estimate);
    }

    #[test]
    fn three_lists_of_unequal_reach_give_what_independence_says() {
        // 100,000 pairs; the lists reach 60 %, 90 % and 95 %: 0.4 · 0.1 · 0.05 of them are unseen.
        let reach = [0.6, 0.9, 0.95];
        let mut by_lists = [0.0; 8];
        for (lists, pairs) in by_lists.iter_mut().enumerate().skip(1) {
            let parts = (0..3).map(|i| if lists >> i & 1 == 1 { reach[i] } else { 1.0 - reach[i] });
            *pairs = 100_000.0 * parts.product::<f64>();
        }
        let found = unseen(&by_lists).unwrap();
        assert_eq!(found.method, "chao");
        assert!((found.estimate - 200.0).abs() < 0.1, "{found:?}");
        // What left-over records found has been seen.
        by_lists[0] = 150.0;
        assert!((unseen(&by_lists).unwrap().estimate - 50.0).abs() < 0.1);
        by_lists[0] = 1e6;
        close(unseen(&by_lists).unwrap().high, 0.0);
    }

    /// Pairs by the lists that caught them: `(pairs, reach of each list)` for each kind of pair.
    fn simulate(kinds: &[(u32, [f64; 3])], seed: u64) -> [f64; 8] {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let mut by_lists = [0.0; 8];
        for &(pairs, reach) in kinds {
            for _ in 0..pairs {
                let caught = (0..3).filter(|&i| dice.random_bool(reach[i]));
                by_lists[caught.fold(0, |lists, i| lists | 1 << i)] += 1.0;
            }
        }
        by_lists
    }

    #[test]
    fn bounds_hold_the_truth_nineteen_times_in_twenty() {
        let kinds = [(5_000, [0.7, 0.9, 0.85])];
        let mut held = 0;
        for seed in 0..200 {
            let mut by_lists = simulate(&kinds, seed);
            let truth = std::mem::take(&mut by_lists[0]);
            let found = unseen(&by_lists).unwrap();
            held += u32::from(found.low <= truth && truth <= found.high);
        }
        assert!((182..=199).contains(&held), "{held} of 200");
    }

    #[test]
    fn hard_pairs_make_the_estimate_too_low_not_too_high() {
        // One pair in twenty was written by a careless hand, and escapes every list more often.
        let kinds = [(19_000, [0.8, 0.97, 0.95]), (1_000, [0.4, 0.5, 0.5])];
        let (mut estimates, mut truths) = (0.0, 0.0);
        for seed in 0..20 {
            let mut by_lists = simulate(&kinds, seed);
            truths += std::mem::take(&mut by_lists[0]);
            estimates += unseen(&by_lists).unwrap().estimate;
        }
        assert!(estimates < truths, "{estimates} {truths}");
        // By how much, the lists cannot tell: here nearly five times.
        assert!(estimates > 0.15 * truths, "{estimates} {truths}");
    }

    #[test]
    fn what_says_nothing_gives_nothing() {
        assert_eq!(never_compared(&BTreeMap::new()), None);
        let certificate = mask(&["certificate"]);
        assert_eq!(never_compared(&BTreeMap::from([(certificate, 9.0)])), None);
        // Two lists without a pair in common.
        let apart = BTreeMap::from([(certificate, 9.0), (mask(&["names"]), 9.0)]);
        assert_eq!(never_compared(&apart), None);
        // Sums that are no numbers are left out.
        assert_eq!(never_compared(&BTreeMap::from([(certificate, f64::NAN)])), None);
        // Nothing escaped the one list but not the other: up to 3 may have escaped both.
        let all = BTreeMap::from([(mask(&["certificate", "names"]), 500.0)]);
        let found = never_compared(&all).unwrap();
        assert_eq!((found.estimate, found.low), (0.0, 0.0));
        close(found.high, MAY_HAVE_BEEN);
    }
}
