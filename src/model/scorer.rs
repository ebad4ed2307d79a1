//! A pattern and the values behind it → match weight, kinship weight, and the part of each
//! comparison.

use serde_json::{Value, json};

use super::kin::Kinship;
use super::{Frequencies, LEVELS, Levels, Trained, independent};
use crate::compare::{Comparator, Comparison, MISSING, Packed, Pattern, level};

/// Scores the pairs of one linkage.
#[derive(Debug)]
pub struct Scorer {
    frequencies: Frequencies,
    trained: Trained,
    /// By kind of kinship: of any sex, of one sex.
    kin: [[Levels; 2]; 2],
    /// log2 of the expected number of relatives of each kind per right record.
    kin_prior: [f64; 2],
}

/// The weights of a pair, in log2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// One child against unrelated children: the match weight.
    pub weight: f64,
    /// Kin against unrelated children, how rare kin are included.
    pub kin: f64,
}

impl Score {
    /// The score where a child is in the register with probability `coverage`, and its kin
    /// are no rarer there than children: twice as common, since what brings one child into a
    /// register brings the others.
    #[must_use]
    pub fn covered(self, coverage: f64) -> Self {
        Self { kin: self.kin + (2.0 * coverage).min(1.0).log2(), ..self }
    }

    /// The match weight against everything else, kin included: log2 of the likelihood of
    /// one child over that of unrelated children or kin.
    #[must_use]
    pub fn effective(&self) -> f64 {
        self.weight - self.kin.exp2().ln_1p() / std::f64::consts::LN_2
    }
}

impl Scorer {
    /// A scorer for a linkage with `right` records. Every relative is taken to be among
    /// them; [`Score::covered`] says how many are.
    #[must_use]
    pub fn new(frequencies: Frequencies, trained: Trained, right: usize) -> Self {
        let kin = Kinship::ALL.map(|kinship| {
            [false, true].map(|same_sex| {
                std::array::from_fn(|c| {
                    let (m, u) = (&trained.m[c], &frequencies.u[c]);
                    kinship.levels(Comparison::ALL[c], m, u, same_sex)
                })
            })
        });
        let kin_prior =
            Kinship::ALL.map(|kinship| (kinship.relatives() / right.max(1) as f64).log2());
        Self { frequencies, trained, kin, kin_prior }
    }

    /// The weights of a pair.
    #[must_use]
    pub fn score(&self, comparator: &Comparator, left: &Packed, pattern: Pattern) -> Score {
        let mut weight = 0.0;
        let mut kin = self.kin_prior;
        let counted = independent(pattern);
        let same_sex = usize::from(pattern.level(Comparison::Sex) == level::EXACT);
        for comparison in Comparison::ALL {
            let at = counted.level(comparison);
            if at == MISSING {
                continue;
            }
            weight += self.part(comparison, comparator, left, at);
            for (sum, levels) in kin.iter_mut().zip(&self.kin) {
                *sum += self.kin_part(&levels[same_sex], comparison, comparator, left, at);
            }
        }
        let kin = (kin[0].exp2() + kin[1].exp2()).log2();
        Score { weight, kin }
    }

    /// The part of the match weight that each comparison gives.
    #[must_use]
    pub fn parts(
        &self,
        comparator: &Comparator,
        left: &Packed,
        pattern: Pattern,
    ) -> [f64; Comparison::COUNT] {
        let counted = independent(pattern);
        std::array::from_fn(|c| {
            let comparison = Comparison::ALL[c];
            match counted.level(comparison) {
                MISSING => 0.0,
                at => self.part(comparison, comparator, left, at),
            }
        })
    }

    fn part(&self, comparison: Comparison, comparator: &Comparator, left: &Packed, at: u8) -> f64 {
        let m = self.trained.m[comparison as usize][usize::from(at)];
        (m / self.frequencies.chance(comparison, comparator, left, at)).log2()
    }

    /// As [`Self::part`], for kin. What kin share is as rare as the child's own value; what
    /// they agree on by chance is not made rarer by the value.
    fn kin_part(
        &self,
        levels: &Levels,
        comparison: Comparison,
        comparator: &Comparator,
        left: &Packed,
        at: u8,
    ) -> f64 {
        let (c, l) = (comparison as usize, usize::from(at));
        let average = self.frequencies.u[c][l];
        let chance = self.frequencies.chance(comparison, comparator, left, at);
        let m = self.trained.m[c][l];
        // `levels` mixes shares of m and u; where it is not above u, it moves with u. So do given
        // names, which kin do not share: a name that sounds like many others is as likely a
        // sibling's as a stranger's.
        let moves = levels[c][l] <= average || m <= average || comparison == Comparison::GivenName;
        let probability = if moves { levels[c][l] * chance / average } else { levels[c][l] };
        (probability / chance).log2()
    }

    /// The pattern and weights of a record compared with its own perfect copy in this
    /// register, as far as the register's columns go: what it could reach at best.
    #[must_use]
    pub fn best_possible(&self, comparator: &Comparator, left: &Packed, itself: Pattern) -> Score {
        let reachable = Comparison::ALL.into_iter().fold(itself, |pattern, comparison| {
            // A column that is hardly ever filled in cannot be counted on.
            if self.frequencies.filled[comparison as usize] < 0.05 {
                super::without(pattern, comparison)
            } else {
                pattern
            }
        });
        self.score(comparator, left, reachable)
    }

    /// What was learned, for `model.json`.
    #[must_use]
    pub fn describe(&self) -> Value {
        let comparisons: Vec<Value> = Comparison::ALL
            .into_iter()
            .map(|comparison| {
                let levels: Vec<Value> = comparison
                    .levels()
                    .iter()
                    .enumerate()
                    .map(|(i, name)| {
                        let m = self.trained.m[comparison as usize][i + 1];
                        let u = self.frequencies.u[comparison as usize][i + 1];
                        json!({ "name": name, "m": m, "u": u, "weight": (m / u).log2() })
                    })
                    .collect();
                json!({
                    "key": comparison.key(),
                    "filled": self.frequencies.filled[comparison as usize],
                    "levels": levels,
                })
            })
            .collect();
        json!({ "comparisons": comparisons, "training": self.trained.sets })
    }
}

const _: () = assert!(LEVELS <= 16, "a pattern has four bits a comparison");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kin_take_from_the_weight_only_where_they_are_likely() {
        let unlikely = Score { weight: 20.0, kin: -30.0 };
        assert!((unlikely.effective() - 20.0).abs() < 1e-6);
        let likely = Score { weight: 20.0, kin: 12.0 };
        assert!((likely.effective() - 8.0).abs() < 0.01);
        let even = Score { weight: 20.0, kin: 0.0 };
        assert!((even.effective() - 19.0).abs() < 1e-9);
    }
}
