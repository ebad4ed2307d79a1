//! One linkage: two sides blocked, the model trained on their pairs, every pair scored.

use std::collections::BTreeMap;

use petgraph::unionfind::UnionFind;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::one_person;
use crate::block::{Blocker, RULES};
use crate::compare::{Comparator, Packed, Pattern, Side, Similar};
use crate::model::{
    Frequencies, Hands, Known, Labelled, PatternCounts, Reference, Score, Scorer, Trained, Weigher,
    train,
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
        let compared = Compared { comparator, similar, left, right };
        let frequencies = Frequencies::new(comparator, similar, reference, left, right);
        let trained = match lesson {
            Lesson::Saved(trained) => trained.clone().fitted(&frequencies.u),
            Lesson::Pairs(pairs) => {
                let counts = training_counts(&compared, &blocker);
                let labelled = labelled(&compared, &blocker, pairs);
                train(&counts, &labelled, &frequencies.u)
            }
        };
        let scorer = Scorer::new(frequencies, trained, right.len(), reference.family);

        let floor = (right.len().max(1) as f64).log2() + FLOOR;
        let weigher = Weigher::new(&scorer, comparator);
        let (mut candidates, met) = compared.score(&blocker, &weigher, floor, advance);
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
        by_hand(&mut candidates, left, &hands, (&scorer, &weigher), coverage);
        drop(weigher);
        let matches = estimate_matches(&candidates, sizes, pairs);
        let copies = copies(comparator, right, &candidates, even(matches) - COPIES_SLACK);
        let kept = Pairs { candidates, matches, sizes, coverage, copies };
        Self { pairs: kept, compared: met, blocker, scorer, hands }
    }

    /// The pairs of further left records with the right side, scored as the linkage's own were;
    /// their left ids start at `first`.
    #[must_use]
    pub(crate) fn further(
        &self,
        comparator: &Comparator,
        similar: &Similar,
        (left, right): (&Side, &Side),
        first: u32,
    ) -> Vec<Candidate> {
        let blocker = Blocker::new(comparator, left, right);
        let floor = (right.len().max(1) as f64).log2() + FLOOR;
        let weigher = Weigher::new(&self.scorer, comparator);
        let compared = Compared { comparator, similar, left, right };
        let (mut candidates, _) = compared.score(&blocker, &weigher, floor, &|_| {});
        let (scorer, coverage) = (&self.scorer, self.pairs.coverage);
        by_hand(&mut candidates, left, &self.hands, (scorer, &weigher), coverage);
        for candidate in &mut candidates {
            candidate.left += first;
        }
        candidates
    }

    /// What the levels of a pair say together, beside what each says by itself, in log2.
    #[must_use]
    pub fn together(&self, left: &Side, id: u32, pattern: Pattern) -> f64 {
        let shares = self.hands.shares(self.scorer.dependence(), place(left, id));
        self.scorer.together(pattern, &shares)
    }
}

/// Weighs pairs by how careful the hand is that wrote the left record, and by how many kin are in
/// the register.
fn by_hand(
    candidates: &mut [Candidate],
    left: &Side,
    hands: &Hands,
    (scorer, weigher): (&Scorer, &Weigher<'_>),
    coverage: f64,
) {
    candidates.par_chunks_mut(TASK).for_each_init(Known::default, |known, candidates| {
        for candidate in candidates {
            let shares = hands.shares(scorer.dependence(), place(left, candidate.left));
            let own = scorer.together(candidate.pattern, &shares);
            let common = weigher.together(candidate.pattern, known);
            candidate.score.weight += own - common;
            candidate.score = candidate.score.covered(coverage);
            candidate.effective = candidate.score.effective();
        }
    });
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

/// Two sides to be compared.
#[derive(Clone, Copy)]
struct Compared<'a> {
    comparator: &'a Comparator,
    similar: &'a Similar,
    left: &'a Side,
    right: &'a Side,
}

impl Compared<'_> {
    fn pattern(&self, left: u32, right: u32) -> Pattern {
        let (a, b) = (&self.left.packed[left as usize], &self.right.packed[right as usize]);
        self.similar.pattern(self.comparator, a, b)
    }

    /// The pairs whose weight against all else is at least `floor`, by left, then right id; and how
    /// many were compared.
    fn score(
        &self,
        blocker: &Blocker,
        weigher: &Weigher<'_>,
        floor: f64,
        advance: &(dyn Fn(u64) + Sync),
    ) -> (Vec<Candidate>, u64) {
        let tasks: Vec<(Vec<Candidate>, u64)> = tasks(self.left.len())
            .into_par_iter()
            .map_init(<(Known, Vec<u32>, Vec<Packed>)>::default, |(known, rights, records), ids| {
                let done = u64::from(ids.end - ids.start);
                let (mut kept, mut compared) = (Vec::new(), 0);
                for left in ids {
                    let a = &self.left.packed[left as usize];
                    blocker.candidates(left, rights);
                    compared += rights.len() as u64;
                    // Fetched together: copies do not wait for one another, as comparisons do.
                    records.clear();
                    records.extend(rights.iter().map(|&right| self.right.packed[right as usize]));
                    for (&right, b) in rights.iter().zip(&*records) {
                        let pattern = self.similar.pattern(self.comparator, a, b);
                        let Some(score) = weigher.score_above(a, pattern, floor, known) else {
                            continue;
                        };
                        let effective = score.effective();
                        if effective >= floor {
                            kept.push(Candidate { left, right, pattern, score, effective });
                        }
                    }
                }
                advance(done);
                (kept, compared)
            })
            .collect();
        let compared = tasks.iter().map(|&(_, n)| n).sum();
        (tasks.into_iter().flat_map(|(kept, _)| kept).collect(), compared)
    }
}

/// Labelled pairs as training takes them: their patterns, and which rules' counts hold them.
fn labelled(compared: &Compared<'_>, blocker: &Blocker, pairs: &[LabelledPair]) -> Vec<Labelled> {
    let step = training_step(compared.left);
    let labelled = |pair: &LabelledPair| {
        let (l, r) = (pair.left, pair.right);
        let chosen = compared.left.content[l as usize].is_multiple_of(step);
        Labelled {
            pattern: compared.pattern(l, r),
            same: pair.same,
            weight: pair.weight,
            rules: if chosen { blocker.rules_of(l, r) & tight() } else { 0 },
        }
    };
    pairs.iter().map(labelled).collect()
}

/// The rules whose pairs are trained on, as bits.
fn tight() -> u32 {
    let tight = RULES.iter().enumerate().filter(|(_, rule)| !rule.loose);
    tight.fold(0, |bits, (rule, _)| bits | 1 << rule)
}

/// Counts of patterns among all pairs of each rule, for the left records chosen.
fn training_counts(compared: &Compared<'_>, blocker: &Blocker) -> PatternCounts {
    type Counts = FxHashMap<(u8, Pattern), u64>;
    let step = training_step(compared.left);
    let tight = tight();
    let counts = tasks(compared.left.len())
        .into_par_iter()
        .fold(<(Counts, Vec<u32>)>::default, |(mut counts, mut rights), ids| {
            let content = &compared.left.content;
            for left in ids.filter(|&left| content[left as usize].is_multiple_of(step)) {
                blocker.candidates(left, &mut rights);
                for &right in &rights {
                    let mut rules = blocker.rules_of(left, right) & tight;
                    if rules == 0 {
                        continue;
                    }
                    let pattern = compared.pattern(left, right);
                    while rules != 0 {
                        // Rules are fewer than 32.
                        #[allow(clippy::cast_possible_truncation)]
                        let rule = rules.trailing_zeros() as u8;
                        *counts.entry((rule, pattern)).or_default() += 1;
                        rules &= rules - 1;
                    }
                }
            }
            (counts, rights)
        })
        .map(|(counts, _)| counts.into_iter().collect::<Vec<_>>())
        .reduce(Vec::new, |mut all, mut part| {
            all.append(&mut part);
            all
        });
    let mut by_rule = vec![BTreeMap::new(); RULES.len()];
    for ((rule, pattern), n) in counts {
        *by_rule[usize::from(rule)].entry(pattern).or_default() += n;
    }
    by_rule
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
        let sum: u128 = candidates.par_iter().with_min_len(TASK).map(share).sum();
        let next = sum as f64 / UNIT;
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
