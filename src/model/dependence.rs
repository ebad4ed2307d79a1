//! What one child's records have in common beside the child.
//!
//! Fellegi and Sunter take comparisons for independent among pairs of one child. They are not:
//! a clerk who spells by the Russian tables does so in surname, given name and patronymic; a
//! careless hand slips in several fields, a careful one in none. So pairs of one child are
//! taken for a mixture of a few classes, within which comparisons are independent (latent
//! classes; Larsen and Rubin, "Iterative automated record linkage using mixture models", 2001,
//! section 2). What the mixture says of a whole pattern, over what its levels say one by one, is
//! the interaction term: [`Dependence::together`], in log2, added to the match weight.
//!
//! A school is told from others by its mixture: where pairs of a school are careless more
//! often, a slip there says less against a pair ([`Hands`]). Shares are shrunk to those of the
//! school's source, and these to all, so that a small school is judged as its source is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{LEVELS, Levels, PatternCounts, Trained, independent, without};
use crate::block::RULES;
use crate::compare::{Comparison, MISSING, Pattern, level, name};

/// Classes of pairs of one child: careful, respelt, careless.
pub const CLASSES: usize = 3;

/// Shares of the classes.
pub type Shares = [f64; CLASSES];

/// Shares before any pair is seen.
const SHARES: Shares = [0.90, 0.03, 0.07];
/// Pairs that each class's prior counts for.
const STRENGTH: f64 = 30.0;
/// Rounds of expectation–maximisation.
const ROUNDS: usize = 100;
/// A change of m below this ends the rounds.
const TOLERANCE: f64 = 1e-5;
/// Expected pairs of one child from which the interaction is believed half.
const HALF_BELIEVED: f64 = 1_000.0;
/// Expected pairs of one child among the rules of identifiers from which only these are learned
/// from: what finds a pair by its names or dates has chosen those without errors there.
const IDENTIFIED: f64 = 2_000.0;
/// The interaction never speaks for a pair more loudly than this, in bits.
pub const MOST_TOGETHER: f64 = 6.0;
/// No level of a class is rarer than this.
const FLOOR: f64 = 1e-6;

/// The mixture of pairs of one child.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dependence {
    /// How common each class is.
    pub shares: Shares,
    /// m of each class, by comparison and level; level 0 is unused.
    pub m: [Levels; CLASSES],
    /// How far the interaction is believed, from 0 to 1.
    pub belief: f64,
}

impl Default for Dependence {
    /// No interaction.
    fn default() -> Self {
        Self { shares: SHARES, m: [[[1.0; LEVELS]; Comparison::COUNT]; CLASSES], belief: 0.0 }
    }
}

impl Dependence {
    /// Learns the classes from the patterns of training pairs, each as far as it is of one
    /// child.
    #[must_use]
    pub fn learn(counts: &PatternCounts, trained: &Trained, u: &Levels) -> Self {
        let by_rule = matched(counts, trained, u);
        let total = |identifiers_only: bool| -> f64 {
            let sets = by_rule.iter().filter(|set| set.identifier || !identifiers_only);
            sets.flat_map(|set| set.patterns.values()).sum()
        };
        let identifiers_only = total(true) >= IDENTIFIED;
        let mut patterns = BTreeMap::<Pattern, f64>::new();
        for set in by_rule.iter().filter(|set| set.identifier || !identifiers_only) {
            for (&pattern, n) in &set.patterns {
                *patterns.entry(pattern).or_default() += n;
            }
        }
        let pairs = total(identifiers_only);
        let mut learned = Self::fit(&patterns, &trained.m);
        learned.belief = pairs / (pairs + HALF_BELIEVED);
        learned
    }

    /// Expectation–maximisation over patterns of pairs of one child.
    fn fit(patterns: &BTreeMap<Pattern, f64>, m: &Levels) -> Self {
        let prior: [Levels; CLASSES] = [0, 1, 2].map(|class| template(class, m));
        let mut fitted = Self { shares: SHARES, m: prior, belief: 1.0 };
        for _ in 0..ROUNDS {
            let mut sums = SHARES.map(|share| share * STRENGTH);
            let mut expected: [Levels; CLASSES] = std::array::from_fn(|class| {
                std::array::from_fn(|c| prior[class][c].map(|p| p * STRENGTH))
            });
            for (&pattern, &n) in patterns {
                let shares = fitted.classes(pattern, &fitted.shares);
                for class in 0..CLASSES {
                    sums[class] += n * shares[class];
                    for comparison in Comparison::ALL {
                        let at = pattern.level(comparison);
                        if at != MISSING {
                            expected[class][comparison as usize][usize::from(at)] +=
                                n * shares[class];
                        }
                    }
                }
            }
            let all: f64 = sums.iter().sum();
            let shares = sums.map(|sum| sum / all);
            let m = expected.map(|levels| levels.map(normalised));
            let change = m.iter().flatten().flatten().zip(fitted.m.iter().flatten().flatten());
            let change = change.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            fitted = Self { shares, m, ..fitted };
            if change < TOLERANCE {
                break;
            }
        }
        fitted
    }

    /// How likely each class is to have given this pattern, where classes are as common as
    /// `shares` says.
    fn classes(&self, pattern: Pattern, shares: &Shares) -> Shares {
        let joint: Shares =
            std::array::from_fn(|class| shares[class] * self.likelihood(class, pattern));
        let total: f64 = joint.iter().sum();
        if total > 0.0 { joint.map(|part| part / total) } else { *shares }
    }

    fn likelihood(&self, class: usize, pattern: Pattern) -> f64 {
        let levels = Comparison::ALL.into_iter().map(|comparison| {
            match usize::from(pattern.level(comparison)) {
                0 => 1.0,
                at => self.m[class][comparison as usize][at],
            }
        });
        levels.product()
    }

    /// The interaction term of a pattern in log2: by how much likelier its levels are together
    /// than one by one, where classes are as common as `shares` says. At most
    /// [`MOST_TOGETHER`]; 0 for a single level where `shares` are the common ones.
    ///
    /// The pattern is to be one of [`independent`] levels.
    #[must_use]
    pub fn together(&self, pattern: Pattern, shares: &Shares) -> f64 {
        if self.belief <= 0.0 {
            return 0.0;
        }
        let joint: f64 =
            (0..CLASSES).map(|class| shares[class] * self.likelihood(class, pattern)).sum();
        let apart: f64 = Comparison::ALL
            .into_iter()
            .map(|comparison| match usize::from(pattern.level(comparison)) {
                0 => 1.0,
                at => (0..CLASSES)
                    .map(|class| self.shares[class] * self.m[class][comparison as usize][at])
                    .sum(),
            })
            .product();
        let bits = (joint.max(f64::MIN_POSITIVE) / apart.max(f64::MIN_POSITIVE)).log2();
        (bits * self.belief).clamp(-MOST_TOGETHER, MOST_TOGETHER)
    }

    /// What kin share of the interaction: surname and patronymic are written by one hand for
    /// both. Never negative: a doubt about kin would speak for the match.
    #[must_use]
    pub fn shared_by_kin(&self, pattern: Pattern) -> f64 {
        let family = Comparison::ALL
            .into_iter()
            .filter(|c| !matches!(c, Comparison::Surname | Comparison::Patronymic))
            .fold(pattern, without);
        self.together(family, &self.shares).max(0.0)
    }
}

/// What a class's m is before any pair is seen.
fn template(class: usize, m: &Levels) -> Levels {
    std::array::from_fn(|c| {
        let comparison = Comparison::ALL[c];
        let mut levels = m[c];
        for (at, p) in levels.iter_mut().enumerate().skip(1) {
            let exact = at == usize::from(level::EXACT);
            let relation = match comparison {
                Comparison::Surname => at == usize::from(name::SPELLING),
                Comparison::GivenName => (2..=4).contains(&at),
                Comparison::Patronymic => (2..=3).contains(&at),
                _ => false,
            };
            *p *= match class {
                0 if !exact => 0.4,
                1 if relation => 20.0,
                2 if !exact && !matches!(comparison, Comparison::Region | Comparison::School) => {
                    6.0
                }
                _ => 1.0,
            };
        }
        normalised(levels)
    })
}

fn normalised(mut levels: [f64; LEVELS]) -> [f64; LEVELS] {
    levels[0] = 0.0;
    let total: f64 = levels.iter().sum();
    if total <= 0.0 {
        return levels;
    }
    for p in &mut levels[1..] {
        // A level that the comparison does not have stays at nothing.
        *p = if *p > 0.0 { (*p / total).max(FLOOR) } else { 0.0 };
    }
    levels
}

/// Training pairs of one rule as far as they are of one child.
struct Matched {
    patterns: BTreeMap<Pattern, f64>,
    /// The rule brings pairs together by an identifier alone.
    identifier: bool,
}

fn matched(counts: &PatternCounts, trained: &Trained, u: &Levels) -> Vec<Matched> {
    let sets = RULES.iter().zip(counts).filter_map(|(rule, counts)| {
        let set = trained.sets.iter().find(|set| set.rule == rule.name)?;
        let mut patterns = BTreeMap::<Pattern, f64>::new();
        for (&pattern, &n) in counts {
            let kept = rule.fixes.iter().fold(independent(pattern), |p, &c| without(p, c));
            let ratio: f64 = Comparison::ALL
                .into_iter()
                .map(|comparison| match usize::from(kept.level(comparison)) {
                    0 => 1.0,
                    at => trained.m[comparison as usize][at] / u[comparison as usize][at],
                })
                .product();
            let odds = set.lambda * ratio / (1.0 - set.lambda).max(1e-9);
            *patterns.entry(kept).or_default() += n as f64 * odds / (1.0 + odds);
        }
        let identifier = matches!(
            rule.fixes.first(),
            Some(
                Comparison::Certificate
                    | Comparison::Document
                    | Comparison::Unzr
                    | Comparison::Rnokpp
            )
        );
        Some(Matched { patterns, identifier })
    });
    sets.collect()
}

/// How careful the hands are that wrote the records of each school.
#[derive(Clone, Debug, Default)]
pub struct Hands {
    by_school: BTreeMap<(u16, u32), Shares>,
    by_source: BTreeMap<u16, Shares>,
}

/// Pairs that the shares of a source count for against those of a school.
const SCHOOL_STRENGTH: f64 = 100.0;
/// Pairs that the common shares count for against those of a source.
const SOURCE_STRENGTH: f64 = 1_000.0;
/// Rounds in which shares are found.
const HANDS_ROUNDS: usize = 4;
/// One pair, in the integers in which pairs are added up: their order changes no sum.
const UNIT: f64 = 1_048_576.0;

impl Hands {
    /// Shares by source and school, of pairs that are surely of one child: source and school of
    /// the left record, and the pattern.
    #[must_use]
    pub fn new(dependence: &Dependence, pairs: &[((u16, u32), Pattern)]) -> Self {
        let mut hands = Self::default();
        if dependence.belief <= 0.0 {
            return hands;
        }
        // Patterns are few, pairs many.
        let mut counts = BTreeMap::<((u16, u32), Pattern), u64>::new();
        for &(place, pattern) in pairs {
            *counts.entry((place, independent(pattern))).or_default() += 1;
        }
        for _ in 0..HANDS_ROUNDS {
            let mut schools = BTreeMap::<(u16, u32), [u64; CLASSES]>::new();
            let mut sources = BTreeMap::<u16, [u64; CLASSES]>::new();
            for (&(place, pattern), &n) in &counts {
                let classes = dependence.classes(pattern, &hands.shares(dependence, place));
                let of_school = schools.entry(place).or_default();
                let of_source = sources.entry(place.0).or_default();
                for class in 0..CLASSES {
                    // Shares are below 1, and pairs fewer than 2^32.
                    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                    let part = (classes[class] * UNIT).round() as u64 * n;
                    of_school[class] += part;
                    of_source[class] += part;
                }
            }
            let shrunk = |sums: &[u64; CLASSES], to: &Shares, strength: f64| -> Shares {
                let all = sums.iter().sum::<u64>() as f64 / UNIT + strength;
                std::array::from_fn(|c| (sums[c] as f64 / UNIT + strength * to[c]) / all)
            };
            hands.by_source = sources
                .iter()
                .map(|(&source, sums)| (source, shrunk(sums, &dependence.shares, SOURCE_STRENGTH)))
                .collect();
            hands.by_school = schools
                .iter()
                .map(|(&place, sums)| {
                    (place, shrunk(sums, &hands.by_source[&place.0], SCHOOL_STRENGTH))
                })
                .collect();
        }
        hands
    }

    /// The shares of a school's pairs; of a school without pairs its source's.
    #[must_use]
    pub fn shares(&self, dependence: &Dependence, place: (u16, u32)) -> Shares {
        let known = self.by_school.get(&place).or_else(|| self.by_source.get(&place.0));
        known.copied().unwrap_or(dependence.shares)
    }

    /// Shares by source, for `model.json`.
    pub fn sources(&self) -> impl Iterator<Item = (u16, Shares)> + '_ {
        self.by_source.iter().map(|(&source, &shares)| (source, shares))
    }
}

#[cfg(test)]
mod tests {
    use super::super::prior;
    use super::*;

    const NAMES: [Comparison; 3] =
        [Comparison::Surname, Comparison::GivenName, Comparison::Patronymic];

    /// All patterns of the three names with how many pairs a mixture gives them.
    fn patterns(shares: Shares, m: &[Levels; CLASSES], pairs: f64) -> BTreeMap<Pattern, f64> {
        let mut all = vec![(Pattern::default(), shares)];
        for field in NAMES {
            all = all
                .into_iter()
                .flat_map(|(pattern, joint)| {
                    (1..=field.levels().len()).map(move |at| {
                        let part = |class: usize| joint[class] * m[class][field as usize][at];
                        (pattern.with(field, u8::try_from(at).unwrap()), [0, 1, 2].map(part))
                    })
                })
                .collect();
        }
        all.into_iter().map(|(p, joint)| (p, pairs * joint.iter().sum::<f64>())).collect()
    }

    fn priors() -> Levels {
        std::array::from_fn(|c| prior::m(Comparison::ALL[c]))
    }

    fn names(levels: [u8; 3]) -> Pattern {
        NAMES.into_iter().zip(levels).fold(Pattern::default(), |p, (field, at)| p.with(field, at))
    }

    #[test]
    fn one_hand_that_respells_is_found_and_one_level_says_nothing() {
        let m = priors();
        let classes = [template(0, &m), template(1, &m), template(2, &m)];
        let shares = [0.85, 0.10, 0.05];
        let found = Dependence::fit(&patterns(shares, &classes, 200_000.0), &m);
        let of = |model: &Dependence, levels| model.together(names(levels), &model.shares);
        let truth = Dependence { shares, m: classes, belief: 1.0 };
        for levels in [[2, 2, 2], [2, 2, 1], [1, 1, 1], [4, 1, 4], [9, 1, 8]] {
            let (found, truth) = (of(&found, levels), of(&truth, levels));
            assert!((found - truth).abs() < 0.5, "{levels:?}: {found} for {truth}");
        }
        assert!(of(&found, [2, 2, 2]) > 2.0);
        for field in NAMES {
            let alone = Pattern::default().with(field, name::SPELLING);
            assert!(found.together(alone, &found.shares).abs() < 1e-9);
        }
        assert!(of(&found, [0, 0, 0]).abs() < 1e-9);
    }

    #[test]
    fn independent_comparisons_hardly_speak_together() {
        let m = priors();
        let alike = [m, m, m];
        let found = Dependence::fit(&patterns(SHARES, &alike, 200_000.0), &m);
        for levels in [[1, 1, 1], [2, 2, 1], [4, 1, 1], [2, 2, 2]] {
            let together = found.together(names(levels), &found.shares);
            assert!(together.abs() < 1.0, "{levels:?}: {together}");
        }
    }

    #[test]
    fn the_interaction_is_bounded_and_no_belief_is_none() {
        let m = priors();
        let mut extreme = Dependence { shares: SHARES, m: [m, m, m], belief: 1.0 };
        for field in NAMES {
            extreme.m[1][field as usize] = [1e-6; LEVELS];
            extreme.m[1][field as usize][2] = 1.0;
        }
        let together = extreme.together(names([2, 2, 2]), &extreme.shares);
        assert!((together - MOST_TOGETHER).abs() < 1e-9);
        extreme.belief = 0.0;
        assert!(extreme.together(names([2, 2, 2]), &extreme.shares).abs() < 1e-12);
        assert!(Dependence::default().together(names([2, 2, 2]), &SHARES).abs() < 1e-12);
    }

    #[test]
    fn a_careless_school_is_told_from_its_source_and_a_small_one_is_not() {
        let m = priors();
        let model = Dependence {
            shares: SHARES,
            m: [template(0, &m), template(1, &m), template(2, &m)],
            belief: 1.0,
        };
        let (clean, careless) = (names([1, 1, 1]), names([4, 1, 4]));
        let mut pairs = Vec::new();
        for i in 0..3_000 {
            pairs.push(((0, 1), clean));
            pairs.push(((0, 2), if i % 3 == 0 { careless } else { clean }));
        }
        pairs.push(((0, 3), careless));
        let hands = Hands::new(&model, &pairs);
        let careless_share = |school| hands.shares(&model, (0, school))[2];
        assert!(careless_share(2) > 0.25 && careless_share(1) < 0.05);
        // One pair moves a school by hardly anything, and an unknown one is as its source.
        assert!((careless_share(3) - careless_share(9)).abs() < 0.02);
        // A slip of a careless school says less against a pair.
        let at = |school| model.together(careless, &hands.shares(&model, (0, school)));
        assert!(at(2) > at(1) + 1.0);
        pairs.reverse();
        let again = Hands::new(&model, &pairs);
        assert_eq!(
            format!("{:?}", again.shares(&model, (0, 2))),
            format!("{:?}", hands.shares(&model, (0, 2)))
        );
    }
}
