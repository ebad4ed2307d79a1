//! m by expectation–maximisation over counts of patterns.
//!
//! Each blocking rule gives one set of training pairs. What the rule's key fixes is left
//! out of that set's likelihood, since it agrees there whether or not the pair is one
//! child. u stays as counted; four classes are mixed (one child, twins, siblings, unrelated),
//! and within a set m is learned from the first, and from what the next two share as one child's
//! records do ([`kin`](super::kin)); of a set only the expected pairs of one child go on. The
//! expected counts of all sets are added and smoothed. Winkler, "Using the EM algorithm for weight computation in the
//! Fellegi–Sunter model of record linkage" (1988) gives the method for two classes. A Dirichlet
//! prior makes it the search for the mode of the posterior: Dempster, Laird and Rubin,
//! "Maximum likelihood from incomplete data via the EM algorithm" (1977), section 3. No round
//! lowers the likelihood penalised by that prior.
//!
//! Pairs that a person has labelled are observed members of their class, beside pairs whose
//! class is unknown: Larsen and Rubin, "Iterative automated record linkage using mixture
//! models" (2001).

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::kin::Kinship;
use super::order::{reorder, settle};
use super::{Dependence, LEVELS, Levels, independent, prior, without};
use crate::block::RULES;
use crate::compare::{Comparison, MISSING, Pattern};

#[cfg(test)]
mod tests;

/// Counts of patterns among the training pairs of each blocking rule.
pub type PatternCounts = Vec<BTreeMap<Pattern, u64>>;

/// The least number of pairs from which a rule's set is trained on.
pub(super) const LEAST_PAIRS: u64 = 30;
/// Rounds of one start.
pub(super) const ROUNDS: usize = 500;
/// A change of m below this ends the rounds.
pub(super) const TOLERANCE: f64 = 1e-6;
/// Twins are at most this share of the training pairs, and so are siblings.
pub(super) const MOST_KIN: f64 = 0.25;
/// Starts: the share of pairs of one child among the training pairs, and how far m starts from
/// its prior towards levels that are all alike.
pub(super) const STARTS: [(f64, f64); 4] = [(0.02, 0.0), (0.4, 0.0), (0.95, 0.0), (0.4, 0.5)];
/// Rounds of the history that are all kept, and how many of the later ones are.
const HISTORY: (usize, usize) = (20, 10);

/// What training found.
///
/// What is here is what `model.json` keeps of each register: m and the pairs behind it by level
/// (see [`saved`](super::saved)), all other fields as `serde` writes them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trained {
    /// m by comparison and level; level 0 is unused.
    #[serde(skip)]
    pub m: Levels,
    /// Pairs of one child at each level, as expected by training; 0 where m is the prior's.
    #[serde(skip)]
    pub seen: Levels,
    /// What each rule's pairs said.
    #[serde(rename = "training")]
    pub sets: Vec<TrainingSet>,
    /// Labelled pairs that were learned from.
    #[serde(default, skip_serializing_if = "Labels::is_none")]
    pub labels: Labels,
    /// What comparisons have in common.
    pub dependence: Dependence,
}

/// Sums of the weights of labelled pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Labels {
    /// Labelled one child.
    pub same: f64,
    /// Labelled two.
    pub different: f64,
}

impl Trained {
    /// This, for records among which agreement is otherwise common than where it was learned:
    /// better agreement never weighs less there, either.
    #[must_use]
    pub fn fitted(mut self, u: &Levels) -> Self {
        for (comparison, levels) in Comparison::ALL.into_iter().zip(&mut self.m) {
            reorder(comparison, levels, &u[comparison as usize]);
        }
        self
    }
}

impl Labels {
    /// Whether nothing was labelled.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.same + self.different <= 0.0
    }
}

/// One rule's part in the training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingSet {
    /// The blocking rule.
    pub rule: String,
    /// Pairs.
    pub pairs: u64,
    /// Distinct patterns.
    pub patterns: usize,
    /// Share of pairs of one child.
    pub lambda: f64,
    /// Share of pairs of kin.
    pub kin: f64,
    /// Rounds until m stood still; [`Self::settled`] says whether it did.
    pub rounds: usize,
    /// Whether m stood still before the rounds were used up.
    pub settled: bool,
    /// The best of the starts, counted from 0.
    pub best: usize,
    /// Log-likelihood (natural) reached by each start.
    pub log_likelihood: Vec<f64>,
    /// The same, penalised by the prior: what the best start is best in.
    pub penalised: Vec<f64>,
    /// Rounds of the best start: the first ones, then every tenth, and the last.
    pub history: Vec<Round>,
}

impl TrainingSet {
    /// Nats between the highest and the lowest summit that its starts reached.
    #[must_use]
    pub fn apart(&self) -> f64 {
        let highest = self.penalised.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let lowest = self.penalised.iter().copied().fold(f64::INFINITY, f64::min);
        (highest - lowest).max(0.0)
    }
}

/// One round of expectation–maximisation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// Its number, from 1.
    pub round: usize,
    /// Log-likelihood (natural) before it.
    pub log_likelihood: f64,
    /// The same, penalised by the prior; never less than a round before.
    pub penalised: f64,
    /// Share of pairs of one child after it.
    pub lambda: f64,
    /// The largest change of an m.
    pub change: f64,
}

/// A pair whose class a person has told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Labelled {
    /// Its pattern.
    pub pattern: Pattern,
    /// Whether the two records are of one child.
    pub same: bool,
    /// For how many pairs it stands.
    pub weight: f64,
    /// The rules whose training pairs it is among: bit `i` is rule `i` of [`RULES`].
    pub rules: u32,
}

const _: () = assert!(RULES.len() <= 32, "a labelled pair has 32 bits for rules");

/// Learns m from pattern counts, and from pairs that a person has labelled; `u` is known.
///
/// `counts` has an entry a rule of [`RULES`], in their order; it may be shorter.
#[must_use]
pub fn train(counts: &PatternCounts, labelled: &[Labelled], u: &Levels) -> Trained {
    let prior: Levels = std::array::from_fn(|c| prior::m(Comparison::ALL[c]));
    // Sums of floats hang on their order: let it be that of content.
    let mut labelled = labelled.to_vec();
    labelled.retain(|pair| pair.weight > 0.0 && pair.weight.is_finite());
    labelled.sort_by(|a, b| {
        let key = |pair: &Labelled| (pair.pattern, pair.same, pair.rules);
        key(a).cmp(&key(b)).then(a.weight.total_cmp(&b.weight))
    });

    let sets: Vec<Set> = RULES
        .iter()
        .zip(counts)
        .enumerate()
        .filter(|(_, (_, counts))| counts.values().sum::<u64>() >= LEAST_PAIRS)
        .map(|(rule, (_, counts))| Set::new(rule, counts, &labelled))
        .collect();
    let mut runs: Vec<Vec<Run>> = Vec::new();
    let tasks: Vec<(&Set, (f64, f64))> =
        sets.iter().flat_map(|set| STARTS.iter().map(move |&start| (set, start))).collect();
    let done: Vec<Run> =
        tasks.into_par_iter().map(|(set, start)| set.run(&prior, u, start)).collect();
    let mut done = done.into_iter();
    for _ in &sets {
        runs.push(done.by_ref().take(STARTS.len()).collect());
    }

    let mut seen = [[0.0; LEVELS]; Comparison::COUNT];
    let mut told = Vec::new();
    for (set, runs) in sets.iter().zip(runs) {
        let log_likelihood = runs.iter().map(|run| run.log_likelihood).collect();
        let penalised: Vec<f64> = runs.iter().map(|run| run.penalised).collect();
        // The first of equals: starts are in a fixed order.
        let best = (1..runs.len()).fold(
            0,
            |best, at| {
                if penalised[at] > penalised[best] { at } else { best }
            },
        );
        let run = &runs[best];
        add(&mut seen, &run.matched);
        told.push(TrainingSet {
            rule: RULES[set.rule].name.to_owned(),
            pairs: set.pairs,
            patterns: set.cells.len(),
            lambda: run.shares[0],
            kin: run.shares[1] + run.shares[2],
            rounds: run.rounds,
            settled: run.settled,
            best,
            log_likelihood,
            penalised,
            history: thinned(&run.history),
        });
    }
    // What is labelled is known of every comparison, whatever rule found the pair.
    let mut labels = Labels::default();
    for pair in &labelled {
        if pair.same {
            labels.same += pair.weight;
            for (comparison, at) in cells(independent(pair.pattern)) {
                seen[comparison][at] += pair.weight;
            }
        } else {
            labels.different += pair.weight;
        }
    }
    let mut m = estimate(&seen, &prior);
    for (comparison, levels) in Comparison::ALL.into_iter().zip(&mut m) {
        settle(comparison, levels, &u[comparison as usize]);
    }
    let mut trained = Trained { m, seen, sets: told, labels, dependence: Dependence::default() };
    trained.dependence = Dependence::learn(counts, &trained, u);
    trained
}

/// The comparisons of a pattern that are not missing, with their levels.
fn cells(pattern: Pattern) -> Vec<(usize, usize)> {
    let levels = Comparison::ALL.into_iter().map(|c| (c as usize, usize::from(pattern.level(c))));
    levels.filter(|&(_, at)| at != usize::from(MISSING)).collect()
}

fn add(sum: &mut Levels, part: &Levels) {
    for (sum, part) in sum.iter_mut().flatten().zip(part.iter().flatten()) {
        *sum += part;
    }
}

/// Patterns without what the rule fixes and what other levels already say.
fn collapse(pattern: Pattern, fixes: &[Comparison]) -> Pattern {
    fixes.iter().fold(independent(pattern), |p, &c| without(p, c))
}

/// What is known of the pairs of one pattern.
#[derive(Clone, Debug, Default)]
struct Cell {
    /// Comparison and level of all that is not missing.
    levels: Vec<(usize, usize)>,
    /// Pairs of unknown class.
    unknown: f64,
    /// Pairs of the block labelled one child.
    same: f64,
    /// Pairs labelled one child that the block does not hold: they tell of m, not of λ.
    same_elsewhere: f64,
    /// Pairs of the block labelled two children.
    different: f64,
}

/// The pairs of one rule, collapsed.
struct Set {
    /// Its number.
    rule: usize,
    pairs: u64,
    cells: Vec<Cell>,
}

/// One child, twins, siblings, unrelated.
type Shares = [f64; 4];

struct Run {
    /// Expected pairs of one child by level, without those labelled.
    matched: Levels,
    shares: Shares,
    rounds: usize,
    settled: bool,
    log_likelihood: f64,
    penalised: f64,
    history: Vec<Round>,
}

impl Set {
    fn new(rule: usize, counts: &BTreeMap<Pattern, u64>, labelled: &[Labelled]) -> Self {
        let fixes = RULES[rule].fixes;
        let mut collapsed = BTreeMap::<Pattern, Cell>::new();
        for (&pattern, &n) in counts {
            collapsed.entry(collapse(pattern, fixes)).or_default().unknown += n as f64;
        }
        let pairs = counts.values().sum();
        for pair in labelled {
            let inside = pair.rules >> rule & 1 == 1;
            if !inside && !pair.same {
                continue;
            }
            let cell = collapsed.entry(collapse(pair.pattern, fixes)).or_default();
            if inside {
                // It stood among the unknown ones.
                cell.unknown = (cell.unknown - pair.weight).max(0.0);
            }
            match (pair.same, inside) {
                (true, true) => cell.same += pair.weight,
                (true, false) => cell.same_elsewhere += pair.weight,
                (false, _) => cell.different += pair.weight,
            }
        }
        let cells = collapsed
            .into_iter()
            .map(|(pattern, cell)| Cell { levels: cells(pattern), ..cell })
            .collect();
        Self { rule, pairs, cells }
    }

    fn run(&self, prior: &Levels, u: &Levels, (start, blur): (f64, f64)) -> Run {
        let mut m = *prior;
        for (comparison, levels) in Comparison::ALL.into_iter().zip(&mut m) {
            let n = comparison.levels().len();
            for p in &mut levels[1..=n] {
                *p = (1.0 - blur) * *p + blur / n as f64;
            }
        }
        let mut shares = [start, (1.0 - start) * 0.02, (1.0 - start) * 0.02, (1.0 - start) * 0.96];
        let mut history = Vec::new();
        loop {
            let classes = Classes::new(&m, u);
            let step = self.expect(&classes, &shares);
            let penalised = step.log_likelihood + penalty(&m, prior);
            let next = estimate(&step.informing, prior);
            let change = m
                .iter()
                .flatten()
                .zip(next.iter().flatten())
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f64::max);
            m = next;
            shares = capped(step.sums);
            history.push(Round {
                round: history.len() + 1,
                log_likelihood: step.log_likelihood,
                penalised,
                lambda: shares[0],
                change,
            });
            let settled = change < TOLERANCE;
            if settled || history.len() == ROUNDS {
                return Run {
                    matched: step.matched,
                    shares,
                    rounds: history.len(),
                    settled,
                    log_likelihood: step.log_likelihood,
                    penalised,
                    history,
                };
            }
        }
    }

    /// The classes of all pairs as they are to be expected.
    fn expect(&self, classes: &Classes, shares: &Shares) -> Step {
        let mut step = Step {
            matched: [[0.0; LEVELS]; Comparison::COUNT],
            informing: [[0.0; LEVELS]; Comparison::COUNT],
            sums: [0.0; 4],
            log_likelihood: 0.0,
        };
        for cell in &self.cells {
            let likelihood: Shares = std::array::from_fn(|k| {
                cell.levels.iter().map(|&(c, l)| classes.levels[k][c][l]).product()
            });
            let joint: Shares = std::array::from_fn(|k| shares[k] * likelihood[k]);
            let all = joint.iter().sum::<f64>().max(f64::MIN_POSITIVE);
            let unmatched = joint[1..].iter().sum::<f64>().max(f64::MIN_POSITIVE);
            let mut pairs = joint.map(|part| cell.unknown * part / all);
            for k in 1..4 {
                pairs[k] += cell.different * joint[k] / unmatched;
            }
            step.log_likelihood += cell.unknown * all.ln() + cell.different * unmatched.ln();
            let labelled = cell.same + cell.same_elsewhere;
            if labelled > 0.0 {
                step.log_likelihood += labelled * likelihood[0].max(f64::MIN_POSITIVE).ln();
                step.log_likelihood += cell.same * shares[0].max(f64::MIN_POSITIVE).ln();
            }
            for &(c, l) in &cell.levels {
                step.matched[c][l] += pairs[0];
                step.informing[c][l] += labelled
                    + pairs[0]
                    + pairs[1] * classes.shared[0][c][l]
                    + pairs[2] * classes.shared[1][c][l];
            }
            pairs[0] += cell.same;
            for (sum, pairs) in step.sums.iter_mut().zip(pairs) {
                *sum += pairs;
            }
        }
        step
    }
}

struct Step {
    /// Expected pairs of one child by level, without those labelled.
    matched: Levels,
    /// Expected pairs that tell of m: these, those labelled, and kin as far as they share.
    informing: Levels,
    /// Expected pairs of each class.
    sums: Shares,
    log_likelihood: f64,
}

/// The probabilities of levels by class.
struct Classes {
    /// One child, twins, siblings, unrelated.
    levels: [Levels; 4],
    /// Of twins and siblings: what part of a level's probability is that of sharing the value,
    /// which then is written as one child's records are.
    shared: [Levels; 2],
}

impl Classes {
    fn new(m: &Levels, u: &Levels) -> Self {
        // A step of m that changes no digit but the exponent's.
        const STEP: f64 = 1.0 / 1024.0;
        let kin = |m: &Levels| {
            Kinship::ALL.map(|kinship| {
                std::array::from_fn::<_, { Comparison::COUNT }, _>(|c| {
                    kinship.levels(Comparison::ALL[c], &m[c], &u[c], false)
                })
            })
        };
        let [twins, siblings] = kin(m);
        // A level is m times its slope, and a rest that m does not move.
        let less = kin(&m.map(|levels| levels.map(|p| p * (1.0 - STEP))));
        let shared = std::array::from_fn(|k| {
            let whole: &Levels = [&twins, &siblings][k];
            std::array::from_fn(|c| {
                std::array::from_fn(|l| match whole[c][l] {
                    p if p > 0.0 => ((p - less[k][c][l]) / STEP / p).clamp(0.0, 1.0),
                    _ => 0.0,
                })
            })
        });
        Self { levels: [*m, twins, siblings, *u], shared }
    }
}

/// Expected pairs of each class → shares, the likeliest of those that let twins and siblings
/// be no more than they can be: where no field tells them from one child, they must not take
/// its place.
fn capped(sums: Shares) -> Shares {
    let mut shares = sums;
    let mut held = [false; 4];
    loop {
        let free: f64 = (0..4).filter(|&k| !held[k]).map(|k| sums[k]).sum();
        let left = 1.0 - MOST_KIN * held.iter().filter(|&&held| held).count() as f64;
        for k in 0..4 {
            shares[k] = match (held[k], free > 0.0) {
                (true, _) => MOST_KIN,
                (false, true) => left * sums[k] / free,
                // Kin alone: whoever else there is, is unrelated.
                (false, false) => left * f64::from(u8::from(k == 3)),
            };
        }
        match (1..3).find(|&k| shares[k] > MOST_KIN) {
            Some(k) => held[k] = true,
            None => return shares,
        }
    }
}

/// Expected counts and the prior → m.
fn estimate(expected: &Levels, prior: &Levels) -> Levels {
    std::array::from_fn(|c| {
        let total: f64 = expected[c].iter().sum::<f64>() + prior::STRENGTH;
        std::array::from_fn(|l| (expected[c][l] + prior::STRENGTH * prior[c][l]) / total)
    })
}

/// The logarithm of the prior's density, up to a constant.
fn penalty(m: &Levels, prior: &Levels) -> f64 {
    let levels = m.iter().flatten().zip(prior.iter().flatten());
    levels
        .filter(|&(_, &prior)| prior > 0.0)
        .map(|(m, prior)| prior::STRENGTH * prior * m.ln())
        .sum()
}

/// The rounds worth keeping.
fn thinned(history: &[Round]) -> Vec<Round> {
    let (first, every) = HISTORY;
    let kept = |round: &&Round| {
        round.round <= first || round.round.is_multiple_of(every) || round.round == history.len()
    };
    let short = |round: &Round| Round {
        log_likelihood: rounded(round.log_likelihood, 6),
        penalised: rounded(round.penalised, 6),
        lambda: rounded(round.lambda, 9),
        change: rounded(round.change, 9),
        ..*round
    };
    history.iter().filter(kept).map(short).collect()
}

/// What a person reads needs no more digits.
fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}
