//! m by expectation–maximisation over counts of patterns.
//!
//! Each blocking rule gives one set of training pairs. What the rule's key fixes is left
//! out of that set's likelihood, since it agrees there whether or not the pair is one
//! child. u stays as counted; three classes are mixed (one child, kin, unrelated), of which
//! only the first has m to be learned. The expected counts of all rules are added and
//! smoothed by a Dirichlet prior. Winkler, "Using the EM algorithm for weight computation in
//! the Fellegi–Sunter model of record linkage" (1988) gives the method for two classes.

use std::collections::BTreeMap;

use serde::Serialize;

use super::kin::Kinship;
use super::{Dependence, LEVELS, Levels, independent, prior, without};
use crate::block::RULES;
use crate::compare::{Comparison, MISSING, Pattern, certificate, level, name};

/// Counts of patterns among the training pairs of each blocking rule.
pub type PatternCounts = Vec<BTreeMap<Pattern, u64>>;

/// The least number of pairs from which a rule's set is trained on.
const LEAST_PAIRS: u64 = 30;
/// Rounds of one start.
const ROUNDS: usize = 200;
/// A change of m below this ends the rounds.
const TOLERANCE: f64 = 1e-6;
/// Kin are at most this share of the training pairs.
const MOST_KIN: f64 = 0.25;
/// Starts: the share of pairs of one child among the training pairs.
const STARTS: [f64; 3] = [0.02, 0.4, 0.95];

/// What training found.
#[derive(Clone, Debug)]
pub struct Trained {
    /// m by comparison and level; level 0 is unused.
    pub m: Levels,
    /// What each rule's pairs said.
    pub sets: Vec<TrainingSet>,
    /// What comparisons have in common.
    pub dependence: Dependence,
}

/// One rule's part in the training.
#[derive(Clone, Debug, Serialize)]
pub struct TrainingSet {
    /// The blocking rule.
    pub rule: &'static str,
    /// Pairs.
    pub pairs: u64,
    /// Distinct patterns.
    pub patterns: usize,
    /// Share of pairs of one child.
    pub lambda: f64,
    /// Share of pairs of kin.
    pub kin: f64,
    /// Rounds until m stood still.
    pub rounds: usize,
    /// Log-likelihood (natural) reached by each start.
    pub log_likelihood: Vec<f64>,
}

/// Learns m from pattern counts; `u` is known.
#[must_use]
pub fn train(counts: &PatternCounts, u: &Levels) -> Trained {
    let prior: Levels = std::array::from_fn(|c| prior::m(Comparison::ALL[c]));
    let mut expected = [[0.0; LEVELS]; Comparison::COUNT];
    let mut sets = Vec::new();
    for (rule, counts) in RULES.iter().zip(counts) {
        let patterns = collapse(counts, rule.fixes);
        let pairs: u64 = patterns.iter().map(|&(_, n)| n).sum();
        if pairs < LEAST_PAIRS {
            continue;
        }
        let runs: Vec<Run> =
            STARTS.iter().map(|&start| run(&patterns, rule.fixes, &prior, u, start)).collect();
        let log_likelihood = runs.iter().map(|run| run.log_likelihood).collect();
        // The first of equals: starts are in a fixed order.
        let Some(best) = runs
            .into_iter()
            .reduce(|best, run| if run.log_likelihood > best.log_likelihood { run } else { best })
        else {
            continue;
        };
        for (sum, part) in expected.iter_mut().flatten().zip(best.expected.iter().flatten()) {
            *sum += part;
        }
        sets.push(TrainingSet {
            rule: rule.name,
            pairs,
            patterns: patterns.len(),
            lambda: best.shares[0],
            kin: best.shares[1] + best.shares[2],
            rounds: best.rounds,
            log_likelihood,
        });
    }
    let mut m = estimate(&expected, &prior);
    for (comparison, levels) in Comparison::ALL.into_iter().zip(&mut m) {
        settle(comparison, levels, &u[comparison as usize]);
    }
    let mut trained = Trained { m, sets, dependence: Dependence::default() };
    trained.dependence = Dependence::learn(counts, &trained, u);
    trained
}

/// Patterns without what the rule fixes and what other levels already say, with counts.
fn collapse(counts: &BTreeMap<Pattern, u64>, fixes: &[Comparison]) -> Vec<(Pattern, u64)> {
    let mut collapsed = BTreeMap::<Pattern, u64>::new();
    for (&pattern, &n) in counts {
        let kept = fixes.iter().fold(independent(pattern), |p, &c| without(p, c));
        *collapsed.entry(kept).or_default() += n;
    }
    collapsed.into_iter().collect()
}

struct Run {
    expected: Levels,
    /// One child, twins, siblings, unrelated.
    shares: [f64; 4],
    rounds: usize,
    log_likelihood: f64,
}

fn run(
    patterns: &[(Pattern, u64)],
    fixes: &[Comparison],
    prior: &Levels,
    u: &Levels,
    start: f64,
) -> Run {
    let mut m = *prior;
    let mut shares = [start, (1.0 - start) * 0.02, (1.0 - start) * 0.02, (1.0 - start) * 0.96];
    let mut rounds = 0;
    loop {
        rounds += 1;
        let kin = Kinship::ALL.map(|kinship| {
            std::array::from_fn::<_, { Comparison::COUNT }, _>(|c| {
                kinship.levels(Comparison::ALL[c], &m[c], &u[c], false)
            })
        });
        let classes = [&m, &kin[0], &kin[1], u];
        let mut expected = [[0.0; LEVELS]; Comparison::COUNT];
        let mut sums = [0.0; 4];
        let mut log_likelihood = 0.0;
        for &(pattern, n) in patterns {
            let n = n as f64;
            let joint: [f64; 4] =
                std::array::from_fn(|class| shares[class] * likelihood(pattern, classes[class]));
            let total: f64 = joint.iter().sum::<f64>().max(f64::MIN_POSITIVE);
            log_likelihood += n * total.ln();
            for (sum, part) in sums.iter_mut().zip(joint) {
                *sum += n * part / total;
            }
            let one_child = n * joint[0] / total;
            for comparison in Comparison::ALL {
                let at = pattern.level(comparison);
                if at != MISSING && !fixes.contains(&comparison) {
                    expected[comparison as usize][usize::from(at)] += one_child;
                }
            }
        }
        let all: f64 = sums.iter().sum();
        let next = estimate(&expected, prior);
        let change = m
            .iter()
            .flatten()
            .zip(next.iter().flatten())
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        m = next;
        shares = sums.map(|sum| (sum / all).clamp(1e-9, 1.0));
        // Where no field tells twins from one child, they must not take its place.
        for kin in &mut shares[1..3] {
            *kin = kin.min(MOST_KIN);
        }
        if change < TOLERANCE || rounds == ROUNDS {
            return Run { expected, shares, rounds, log_likelihood };
        }
    }
}

fn likelihood(pattern: Pattern, levels: &Levels) -> f64 {
    Comparison::ALL
        .into_iter()
        .map(|comparison| match pattern.level(comparison) {
            MISSING => 1.0,
            at => levels[comparison as usize][usize::from(at)],
        })
        .product()
}

/// Expected counts and the prior → m.
fn estimate(expected: &Levels, prior: &Levels) -> Levels {
    std::array::from_fn(|c| {
        let total: f64 = expected[c].iter().sum::<f64>() + prior::STRENGTH;
        std::array::from_fn(|l| (expected[c][l] + prior::STRENGTH * prior[c][l]) / total)
    })
}

/// Keeps what training cannot know within reason: floors, and levels whose weights must
/// not stand in the wrong order.
fn settle(comparison: Comparison, m: &mut [f64; LEVELS], u: &[f64; LEVELS]) {
    let different = comparison.levels().len();
    for p in &mut m[1..different] {
        *p = p.max(prior::LEVEL_FLOOR);
    }
    m[different] = m[different].max(prior::DIFFERENT_FLOOR);
    // Better agreement never weighs less: levels in the wrong order are pooled.
    let graded = graded(comparison);
    for _ in graded {
        for pair in graded.windows(2) {
            let (better, worse) = (usize::from(pair[0]), usize::from(pair[1]));
            if m[better] * u[worse] < m[worse] * u[better] {
                let ratio = (m[better] + m[worse]) / (u[better] + u[worse]);
                (m[better], m[worse]) = (ratio * u[better], ratio * u[worse]);
            }
        }
    }
    if comparison == Comparison::Certificate {
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

/// Levels each of which is better agreement than the next.
fn graded(comparison: Comparison) -> &'static [u8] {
    use level::{GIVEN, PATRONYMIC, SURNAME};
    match comparison {
        Comparison::Surname => {
            &[name::EXACT, name::SPELLING, SURNAME.slip, SURNAME.close, SURNAME.near]
        }
        Comparison::GivenName => {
            &[name::EXACT, name::SPELLING, GIVEN.slip, GIVEN.close, GIVEN.near]
        }
        Comparison::Patronymic => {
            &[name::EXACT, name::SPELLING, PATRONYMIC.slip, PATRONYMIC.close, PATRONYMIC.near]
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
    use super::*;

    /// Pairs drawn from known classes: the shares of patterns, not a random sample.
    fn mixture(m: &Levels, u: &Levels, share: f64, fields: &[Comparison]) -> PatternCounts {
        let mut patterns = vec![(Pattern::default(), 1.0_f64, 1.0_f64)];
        for &field in fields {
            patterns = patterns
                .into_iter()
                .flat_map(|(pattern, pm, pu)| {
                    (1..=field.levels().len()).map(move |at| {
                        let level = u8::try_from(at).unwrap();
                        (
                            pattern.with(field, level),
                            pm * m[field as usize][at],
                            pu * u[field as usize][at],
                        )
                    })
                })
                .collect();
        }
        let mut counts = vec![BTreeMap::new(); RULES.len()];
        for (pattern, pm, pu) in patterns {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let n = (1e7 * (share * pm + (1.0 - share) * pu)).round() as u64;
            counts[0].insert(pattern, n);
        }
        counts
    }

    fn spread(comparison: Comparison, exact: f64) -> [f64; LEVELS] {
        let n = comparison.levels().len();
        let mut levels = [0.0; LEVELS];
        for level in &mut levels[1..=n] {
            *level = (1.0 - exact) / (n - 1) as f64;
        }
        levels[1] = exact;
        levels
    }

    #[test]
    fn m_of_a_known_mixture_is_found_again() {
        let fields = [Comparison::Surname, Comparison::GivenName, Comparison::BirthDate];
        let mut m: Levels = std::array::from_fn(|c| prior::m(Comparison::ALL[c]));
        m[Comparison::Surname as usize] = spread(Comparison::Surname, 0.75);
        m[Comparison::GivenName as usize] = spread(Comparison::GivenName, 0.80);
        m[Comparison::BirthDate as usize] = spread(Comparison::BirthDate, 0.90);
        let mut u: Levels = std::array::from_fn(|_| [0.0; LEVELS]);
        for field in Comparison::ALL {
            let n = field.levels().len();
            u[field as usize][1..n].fill(0.002);
            u[field as usize][n] = 1.0 - 0.002 * (n - 1) as f64;
        }
        let counts = mixture(&m, &u, 0.3, &fields);
        let trained = train(&counts, &u);
        assert_eq!(trained.sets.len(), 1);
        assert!((trained.sets[0].lambda - 0.3).abs() < 0.02, "{}", trained.sets[0].lambda);
        for field in fields {
            let found = trained.m[field as usize][1];
            let true_m = m[field as usize][1];
            assert!((found - true_m).abs() < 0.03, "{field:?}: {found} for {true_m}");
        }
    }

    #[test]
    fn few_pairs_leave_the_prior() {
        let u: Levels = std::array::from_fn(|c| {
            let n = Comparison::ALL[c].levels().len();
            let mut levels = [0.0; LEVELS];
            levels[1..n].fill(0.001);
            levels[n] = 1.0 - 0.001 * (n - 1) as f64;
            levels
        });
        let trained = train(&vec![BTreeMap::new(); RULES.len()], &u);
        assert!(trained.sets.is_empty());
        for comparison in Comparison::ALL {
            let expected = prior::m(comparison)[1];
            assert!((trained.m[comparison as usize][1] - expected).abs() < 0.02);
        }
    }

    #[test]
    fn better_agreement_never_weighs_less_and_a_neighbour_counts_as_different() {
        let chances = |comparison: Comparison, agreeing: &[f64]| {
            let mut u = [0.0; LEVELS];
            u[1..=agreeing.len()].copy_from_slice(agreeing);
            u[comparison.levels().len()] = 1.0 - agreeing.iter().sum::<f64>();
            u
        };
        let ratio = |m: &[f64; LEVELS], u: &[f64; LEVELS], l: usize| m[l] / u[l];
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
}
