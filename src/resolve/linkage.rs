//! One linkage: two sides blocked, the model trained on their pairs, every pair scored.

use std::collections::BTreeMap;

use petgraph::unionfind::UnionFind;
use rayon::prelude::*;

use super::one_person;
use crate::block::{Blocker, RULES};
use crate::compare::{Comparator, Pattern, Side, Similar};
use crate::model::{
    Frequencies, Hands, Labelled, PatternCounts, Reference, Score, Scorer, Trained, train,
};

/// Left records whose pairs are trained on; chosen by content, not by position.
const TRAINING_RECORDS: usize = 100_000;
/// Left records that one task takes.
const TASK: usize = 2_048;
/// Records that fit one child up to which copies are looked for among them.
const MOST_COPIES: usize = 32;
/// By how many bits a record may fall short of being as likely the child's as not, and still be
/// looked at as a copy of another.
const COPIES_SLACK: f64 = 4.0;
/// log2 odds below which a pair is not kept.
const FLOOR: f64 = -8.0;

/// A pair that may be one child.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// Id in the left side.
    pub left: u32,
    /// Id in the right side.
    pub right: u32,
    /// Levels of all comparisons.
    pub pattern: Pattern,
    /// Weights.
    pub score: Score,
    /// Match weight against all else, kin included.
    pub effective: f64,
}

/// Scored pairs, with what their prior needs.
#[derive(Clone, Debug)]
pub struct Pairs {
    /// Pairs above the floor, sorted by left, then right id.
    pub candidates: Vec<Candidate>,
    /// Estimated pairs of one child.
    pub matches: f64,
    /// Records on each side.
    pub sizes: (usize, usize),
    /// Share of the left records that have a record on the right, as kin were scored.
    pub coverage: f64,
    /// Right records that are of one person, each with what stands for all of them.
    pub copies: BTreeMap<u32, u32>,
}

impl Pairs {
    /// What stands for the person whom a right record is of: of several records one.
    #[must_use]
    pub fn person(&self, right: u32) -> u32 {
        self.copies.get(&right).copied().unwrap_or(right)
    }
}

/// Where a linkage has its m from.
#[derive(Clone, Copy, Debug)]
pub enum Lesson<'a> {
    /// From its own pairs, and what people have said of some.
    Pairs(&'a [LabelledPair]),
    /// From a model that was saved.
    Saved(&'a Trained),
}

/// What a person has said of a pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelledPair {
    /// Id in the left side.
    pub left: u32,
    /// Id in the right side.
    pub right: u32,
    /// Whether they are one child.
    pub same: bool,
    /// For how many pairs it stands.
    pub weight: f64,
}

/// Two sides, linked.
#[derive(Debug)]
pub struct Linkage {
    /// The scored pairs.
    pub pairs: Pairs,
    /// Pairs compared.
    pub compared: u64,
    /// The blocks.
    pub blocker: Blocker,
    /// The trained model.
    pub scorer: Scorer,
    /// How careful each school is.
    pub hands: Hands,
}

impl Linkage {
    /// Links `left` with `right`, or with itself where that is `None`. `advance` is called
    /// with numbers of left records done.
    ///
    /// Within one side, the left record of a labelled pair is the one with the lower id.
    #[must_use]
    pub fn new(
        comparator: &Comparator,
        similar: &Similar,
        reference: &Reference,
        left: &Side,
        right: Option<&Side>,
        lesson: Lesson<'_>,
        advance: &(dyn Fn(u64) + Sync),
    ) -> Self {
        let blocker = match right {
            Some(right) => Blocker::new(comparator, left, right),
            None => Blocker::within(comparator, left),
        };
        let same_side = right.is_none();
        let right = right.unwrap_or(left);
        let frequencies = Frequencies::new(comparator, similar, reference, left, right);
        let trained = match lesson {
            Lesson::Saved(trained) => trained.clone().fitted(&frequencies.u),
            Lesson::Pairs(pairs) => {
                let counts = training_counts(comparator, &blocker, left, right);
                let labelled = labelled(comparator, &blocker, left, right, pairs);
                train(&counts, &labelled, &frequencies.u)
            }
        };
        let scorer = Scorer::new(frequencies, trained, right.len(), reference.family);

        let floor = (right.len().max(1) as f64).log2() + FLOOR;
        let tasks: Vec<(Vec<Candidate>, u64)> = tasks(left.len())
            .into_par_iter()
            .map(|ids| {
                let records = u64::from(ids.end - ids.start);
                let mut kept = Vec::new();
                let mut compared = 0;
                for l in ids {
                    let a = &left.packed[l as usize];
                    let start = kept.len();
                    blocker.candidates(l, |r, _| {
                        compared += 1;
                        let pattern = comparator.pattern(a, &right.packed[r as usize]);
                        let Some(score) = scorer.score_above(comparator, a, pattern, floor) else {
                            return;
                        };
                        let effective = score.effective();
                        if effective >= floor {
                            kept.push(Candidate { left: l, right: r, pattern, score, effective });
                        }
                    });
                    kept[start..].sort_unstable_by_key(|candidate| candidate.right);
                }
                advance(records);
                (kept, compared)
            })
            .collect();
        let compared = tasks.iter().map(|&(_, n)| n).sum();
        let mut candidates: Vec<Candidate> = tasks.into_iter().flat_map(|(kept, _)| kept).collect();
        let sizes = (left.len(), right.len());
        // Kin are as rare in a small register as children are; how rare, the first estimate
        // tells, which took all kin to be there.
        // Within one side a pair is met once.
        let halves = if same_side { 0.5 } else { 1.0 };
        let pairs = (sizes.0.max(1) as f64) * (sizes.1.max(1) as f64) * halves;
        let first = estimate_matches(&candidates, sizes, pairs);
        let coverage = (first / left.len().max(1) as f64).clamp(1e-9, 1.0);
        let even = |matches: f64| (pairs / matches.max(1.0)).log2();
        let hands = hands(&scorer, left, &candidates, even(first));
        for candidate in &mut candidates {
            let shares = hands.shares(scorer.dependence(), place(left, candidate.left));
            let own = scorer.together(candidate.pattern, &shares);
            let common = scorer.together(candidate.pattern, &scorer.dependence().shares);
            candidate.score.weight += own - common;
            candidate.score = candidate.score.covered(coverage);
            candidate.effective = candidate.score.effective();
        }
        let matches = estimate_matches(&candidates, sizes, pairs);
        let copies = copies(comparator, right, &candidates, even(matches) - COPIES_SLACK);
        let kept = Pairs { candidates, matches, sizes, coverage, copies };
        Self { pairs: kept, compared, blocker, scorer, hands }
    }

    /// The pairs of further left records with the right side, scored as the linkage's own were;
    /// their left ids start at `first`.
    #[must_use]
    pub(crate) fn further(
        &self,
        comparator: &Comparator,
        left: &Side,
        right: &Side,
        first: u32,
    ) -> Vec<Candidate> {
        let blocker = Blocker::new(comparator, left, right);
        let floor = (right.len().max(1) as f64).log2() + FLOOR;
        let dependence = self.scorer.dependence();
        let tasks: Vec<Vec<Candidate>> = tasks(left.len())
            .into_par_iter()
            .map(|ids| {
                let mut kept = Vec::new();
                for l in ids {
                    let a = &left.packed[l as usize];
                    let shares = self.hands.shares(dependence, place(left, l));
                    let start = kept.len();
                    blocker.candidates(l, |r, _| {
                        let pattern = comparator.pattern(a, &right.packed[r as usize]);
                        let Some(mut score) =
                            self.scorer.score_above(comparator, a, pattern, floor)
                        else {
                            return;
                        };
                        if score.effective() < floor {
                            return;
                        }
                        score.weight += self.scorer.together(pattern, &shares)
                            - self.scorer.together(pattern, &dependence.shares);
                        let score = score.covered(self.pairs.coverage);
                        let effective = score.effective();
                        kept.push(Candidate {
                            left: first + l,
                            right: r,
                            pattern,
                            score,
                            effective,
                        });
                    });
                    kept[start..].sort_unstable_by_key(|candidate| candidate.right);
                }
                kept
            })
            .collect();
        tasks.into_iter().flatten().collect()
    }

    /// What the levels of a pair say together, beside what each says by itself, in log2.
    #[must_use]
    pub fn together(&self, left: &Side, id: u32, pattern: Pattern) -> f64 {
        let shares = self.hands.shares(self.scorer.dependence(), place(left, id));
        self.scorer.together(pattern, &shares)
    }
}

/// Source and school of a left record.
fn place(left: &Side, id: u32) -> (u16, u32) {
    let source = left.origin.get(id as usize).map_or(0, |&(source, _)| source);
    (source, left.packed[id as usize].school)
}

/// How careful the schools are, by the best pair of each of their records that is surely one
/// child; `even` is the weight at which a pair is as likely as not.
fn hands(scorer: &Scorer, left: &Side, candidates: &[Candidate], even: f64) -> Hands {
    let by_record = candidates.chunk_by(|a, b| a.left == b.left);
    let best = by_record.filter_map(|pairs| {
        let best = pairs
            .iter()
            .max_by(|a, b| a.effective.total_cmp(&b.effective).then(a.pattern.cmp(&b.pattern)))?;
        // 1 in 1,000 of them is another's.
        (best.effective >= even + 10.0).then(|| (place(left, best.left), best.pattern))
    });
    Hands::new(scorer.dependence(), &best.collect::<Vec<_>>())
}

/// Left ids, cut into tasks.
fn tasks(len: usize) -> Vec<std::ops::Range<u32>> {
    // Ids are 32 bits.
    #[allow(clippy::cast_possible_truncation)]
    (0..len).step_by(TASK).map(|start| start as u32..(start + TASK).min(len) as u32).collect()
}

/// Of the left records every so many-th by content is trained on: the same ones whatever their
/// order.
fn training_step(left: &Side) -> u64 {
    left.len().div_ceil(TRAINING_RECORDS).max(1) as u64
}

/// Labelled pairs as training takes them: their patterns, and which rules' counts hold them.
fn labelled(
    comparator: &Comparator,
    blocker: &Blocker,
    left: &Side,
    right: &Side,
    pairs: &[LabelledPair],
) -> Vec<Labelled> {
    let step = training_step(left);
    let labelled = |pair: &LabelledPair| {
        let (l, r) = (pair.left, pair.right);
        let chosen = left.content[l as usize].is_multiple_of(step);
        let holds = |rule: &usize| !RULES[*rule].loose && blocker.block(*rule, l).any(|id| id == r);
        let rules = (0..RULES.len()).filter(|rule| chosen && holds(rule));
        Labelled {
            pattern: comparator.pattern(&left.packed[l as usize], &right.packed[r as usize]),
            same: pair.same,
            weight: pair.weight,
            rules: rules.fold(0, |bits, rule| bits | 1 << rule),
        }
    };
    pairs.iter().map(labelled).collect()
}

/// Counts of patterns among all pairs of each rule, for the left records chosen.
fn training_counts(
    comparator: &Comparator,
    blocker: &Blocker,
    left: &Side,
    right: &Side,
) -> PatternCounts {
    let step = training_step(left);
    let merge = |mut all: PatternCounts, part: PatternCounts| {
        for (sum, counts) in all.iter_mut().zip(part) {
            for (pattern, n) in counts {
                *sum.entry(pattern).or_default() += n;
            }
        }
        all
    };
    let none = || vec![BTreeMap::new(); RULES.len()];
    tasks(left.len())
        .into_par_iter()
        .map(|ids| {
            let mut counts = none();
            let tight = counts.iter_mut().enumerate().filter(|(rule, _)| !RULES[*rule].loose);
            for (rule, counts) in tight {
                let mut patterns: Vec<Pattern> = Vec::new();
                for l in ids.clone().filter(|&l| left.content[l as usize].is_multiple_of(step)) {
                    let a = &left.packed[l as usize];
                    patterns.extend(
                        blocker
                            .block(rule, l)
                            .map(|r| comparator.pattern(a, &right.packed[r as usize])),
                    );
                }
                patterns.sort_unstable();
                for run in patterns.chunk_by(|a, b| a == b) {
                    counts.insert(run[0], run.len() as u64);
                }
            }
            counts
        })
        .reduce(none, merge)
}

/// Right records of one person: of those that fit one left record, two that an identifier and
/// their names and dates show to be the same. `least` is the weight from which a pair fits.
fn copies(
    comparator: &Comparator,
    right: &Side,
    candidates: &[Candidate],
    least: f64,
) -> BTreeMap<u32, u32> {
    let mut sets = UnionFind::<u32>::new(right.len());
    let mut found = Vec::new();
    for fitting in candidates.chunk_by(|a, b| a.left == b.left) {
        let fitting = fitting.iter().filter(|c| c.effective >= least).map(|c| c.right);
        // Where more records fit than these, none is taken for another's copy.
        let fitting: Vec<u32> = fitting.take(MOST_COPIES + 1).collect();
        if fitting.len() < 2 || fitting.len() > MOST_COPIES {
            continue;
        }
        for (i, &a) in fitting.iter().enumerate() {
            for &b in &fitting[i + 1..] {
                let [left, right] = [a, b].map(|id| &right.packed[id as usize]);
                if one_person(comparator.pattern(left, right)) {
                    sets.union(a, b);
                    found.extend([a, b]);
                }
            }
        }
    }
    found.into_iter().map(|id| (id, sets.find(id))).collect()
}

/// How many pairs are of one child: the number that the pairs' probabilities add up to
/// when it is itself the prior.
fn estimate_matches(candidates: &[Candidate], (left, right): (usize, usize), pairs: f64) -> f64 {
    const ROUNDS: usize = 60;
    const UNIT: f64 = (1_u64 << 48) as f64;
    let mut matches = left.min(right) as f64 * 0.5;
    for _ in 0..ROUNDS {
        let prior = (matches.max(1e-3) / pairs).log2();
        // In integers: floats would add up otherwise in another order of rows.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let share = |c: &Candidate| (UNIT / (1.0 + (-(c.effective + prior)).exp2())) as u128;
        let next = candidates.iter().map(share).sum::<u128>() as f64 / UNIT;
        if (next - matches).abs() < 1e-6 * matches {
            return next;
        }
        matches = next;
    }
    matches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_matches_is_found_from_the_weights() {
        // 300 clear matches, and many pairs that are clearly none.
        let candidate = |effective| Candidate {
            left: 0,
            right: 0,
            pattern: Pattern::default(),
            score: Score { weight: effective, kin: -50.0 },
            effective,
        };
        let mut candidates = vec![candidate(40.0); 300];
        candidates.extend(vec![candidate(4.0); 5_000]);
        let matches = estimate_matches(&candidates, (1_000, 1_000), 1e6);
        assert!((matches - 300.0).abs() < 30.0, "{matches}");
        assert!(estimate_matches(&[], (10, 10), 100.0).abs() < 1e-3);
    }

    #[test]
    fn tasks_cover_every_record_once() {
        for len in [0, 1, TASK, TASK + 1, 3 * TASK] {
            let ids: Vec<u32> = tasks(len).into_iter().flatten().collect();
            assert_eq!(ids.len(), len);
            assert!(ids.iter().zip(0..).all(|(&id, i)| id == i));
        }
    }
}
