//! What training cannot know, kept within reason: floors, and levels whose weights must not
//! stand in the wrong order.

use super::{LEVELS, prior};
use crate::compare::{Comparison, certificate, level, name};

/// How far two weights may stand in the wrong order and still count as equal.
const SLACK: f64 = 1e-9;

/// Puts floors under m, and its levels in their order.
pub(super) fn settle(comparison: Comparison, m: &mut [f64; LEVELS], u: &[f64; LEVELS]) {
    let different = comparison.levels().len();
    for p in &mut m[1..different] {
        *p = p.max(prior::LEVEL_FLOOR);
    }
    m[different] = m[different].max(prior::DIFFERENT_FLOOR);
    put_in_order(comparison, m, u);
}

/// As [`settle`], for m that was learned with another u: nothing changes where the order is
/// right already.
pub(super) fn reorder(comparison: Comparison, m: &mut [f64; LEVELS], u: &[f64; LEVELS]) {
    let mut ordered = *m;
    put_in_order(comparison, &mut ordered, u);
    let moved = m.iter().zip(&ordered).any(|(before, after)| (before - after).abs() > SLACK);
    if moved {
        *m = ordered;
    }
}

fn put_in_order(comparison: Comparison, m: &mut [f64; LEVELS], u: &[f64; LEVELS]) {
    // Better agreement never weighs less: levels in the wrong order are pooled.
    pool(m, u, graded(comparison));
    if comparison == Comparison::Certificate {
        let different = comparison.levels().len();
        let at = |level: u8| usize::from(level);
        // Another series is worth no more than an unclear one.
        let (digits, letters) = (at(certificate::DIGITS), at(certificate::LETTERS));
        m[digits] = m[digits].min(u[digits] * m[letters] / u[letters]);
        // A number that follows the other closely is the mark of children registered together:
        // to this child it is worth what any other number is.
        let neighbour = at(certificate::NEIGHBOUR);
        m[neighbour] = m[neighbour].min(u[neighbour] * m[different] / u[different]);
    }
    let total: f64 = m.iter().sum();
    for p in m {
        *p /= total;
    }
}

/// Makes m / u fall along `levels`, by giving neighbours in the wrong order one ratio: pool
/// adjacent violators, Ayer et al., "An empirical distribution function for sampling with
/// incomplete information" (1955). Every pool keeps its mass.
fn pool(m: &mut [f64; LEVELS], u: &[f64; LEVELS], levels: &[u8]) {
    // (m, u, number of levels)
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for &level in levels {
        let at = usize::from(level);
        pools.push((m[at], u[at], 1));
        while let [.., better, worse] = pools[..] {
            if better.0 * worse.1 >= worse.0 * better.1 {
                break;
            }
            pools.truncate(pools.len() - 2);
            pools.push((better.0 + worse.0, better.1 + worse.1, better.2 + worse.2));
        }
    }
    let mut levels = levels.iter().map(|&level| usize::from(level));
    for (mass, chance, n) in pools {
        for at in levels.by_ref().take(n) {
            if n > 1 {
                m[at] = mass / chance * u[at];
            }
        }
    }
}

/// Levels each of which is better agreement than the next.
pub(super) fn graded(comparison: Comparison) -> &'static [u8] {
    use level::{GIVEN, PATRONYMIC, SURNAME};
    match comparison {
        Comparison::Surname => {
            &[name::EXACT, name::SPELLING, SURNAME.slip, SURNAME.close, SURNAME.near]
        }
        Comparison::GivenName => {
            &[name::EXACT, name::SPELLING, GIVEN.slip, GIVEN.close, GIVEN.near]
        }
        // Another spelling stands apart: a son's and a daughter's form are one, so it is as
        // common by chance as agreement, and a slip of the very form may be worth more.
        Comparison::Patronymic => {
            &[name::EXACT, PATRONYMIC.slip, PATRONYMIC.close, PATRONYMIC.near]
        }
        Comparison::BirthDate => &[],
        Comparison::Certificate => &[
            certificate::EXACT,
            certificate::ROMAN,
            certificate::LETTERS,
            certificate::SLIP,
            certificate::DIGIT,
        ],
        Comparison::Document | Comparison::Unzr | Comparison::Rnokpp => &[1, 2, 3],
        Comparison::Sex | Comparison::Region | Comparison::School => &[1, 2],
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chances(comparison: Comparison, agreeing: &[f64]) -> [f64; LEVELS] {
        let mut u = [0.0; LEVELS];
        u[1..=agreeing.len()].copy_from_slice(agreeing);
        u[comparison.levels().len()] = 1.0 - agreeing.iter().sum::<f64>();
        u
    }

    fn ratio(m: &[f64; LEVELS], u: &[f64; LEVELS], l: usize) -> f64 {
        m[l] / u[l]
    }

    #[test]
    fn better_agreement_never_weighs_less_and_a_neighbour_counts_as_different() {
        let u = chances(Comparison::Surname, &[0.01, 0.001, 0.02, 0.001, 0.02, 0.02, 1e-6, 1e-6]);
        let mut m = prior::m(Comparison::Surname);
        settle(Comparison::Surname, &mut m, &u);
        for pair in graded(Comparison::Surname).windows(2) {
            let [better, worse] = [pair[0], pair[1]].map(usize::from);
            assert!(ratio(&m, &u, better) >= ratio(&m, &u, worse) * (1.0 - 1e-9), "{worse}");
        }

        let agreeing = [1e-6, 1e-7, 1e-6, 1e-6, 1e-5, 2e-5, 3e-6];
        let u = chances(Comparison::Certificate, &agreeing);
        let mut m = prior::m(Comparison::Certificate);
        let [neighbour, different] =
            [certificate::NEIGHBOUR, certificate::DIFFERENT].map(usize::from);
        m[neighbour] = 0.05;
        settle(Comparison::Certificate, &mut m, &u);
        assert!(ratio(&m, &u, neighbour) <= ratio(&m, &u, different) * (1.0 + 1e-9));
    }

    #[test]
    fn levels_wholly_upside_down_are_one_pool() {
        let mut m = [0.0; LEVELS];
        m[1..6].copy_from_slice(&[0.1, 0.2, 0.3, 0.4, 0.5]);
        let mut u = [0.0; LEVELS];
        u[1..6].fill(0.1);
        pool(&mut m, &u, &[1, 2, 3, 4, 5]);
        for p in &m[1..6] {
            assert!((p - 0.3).abs() < 1e-12, "{p}");
        }
    }

    proptest! {
        /// The ratios that pooling gives are those of Robertson, Wright and Dykstra's min-max
        /// formula: min over beginnings up to here of the max over ends from here.
        #[test]
        fn pools_are_those_of_the_min_max_formula(
            ms in proptest::array::uniform5(0.001_f64..1.0),
            us in proptest::array::uniform5(0.001_f64..1.0),
        ) {
            let (mut m, mut u) = ([0.0; LEVELS], [0.0; LEVELS]);
            m[1..6].copy_from_slice(&ms);
            u[1..6].copy_from_slice(&us);
            pool(&mut m, &u, &[1, 2, 3, 4, 5]);
            for l in 0..5 {
                let expected = (0..=l)
                    .map(|from| {
                        (l..5)
                            .map(|to| {
                                ms[from..=to].iter().sum::<f64>() / us[from..=to].iter().sum::<f64>()
                            })
                            .fold(f64::NEG_INFINITY, f64::max)
                    })
                    .fold(f64::INFINITY, f64::min);
                prop_assert!((ratio(&m, &u, l + 1) - expected).abs() < 1e-9 * expected);
            }
            prop_assert!((m.iter().sum::<f64>() - ms.iter().sum::<f64>()).abs() < 1e-9);
        }

        #[test]
        fn what_is_in_order_stays_as_it_is(
            which in 0..Comparison::COUNT,
            raw in proptest::array::uniform12(0.001_f64..1.0),
            chance in proptest::array::uniform12(0.001_f64..1.0),
        ) {
            let comparison = Comparison::ALL[which];
            let n = comparison.levels().len();
            let (mut m, mut u) = ([0.0; LEVELS], [0.0; LEVELS]);
            m[1..=n].copy_from_slice(&raw[1..=n]);
            u[1..=n].copy_from_slice(&chance[1..=n]);
            settle(comparison, &mut m, &u);
            let mut again = m;
            reorder(comparison, &mut again, &u);
            prop_assert_eq!(again.map(f64::to_bits), m.map(f64::to_bits));
        }
    }
}
