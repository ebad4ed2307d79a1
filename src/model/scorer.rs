//! A pattern and the values behind it → match weight, kinship weight, and the part of each
//! comparison.

use super::dependence::Shares;
use super::kin::Kinship;
use super::{Dependence, Family, Frequencies, LEVELS, Levels, Trained, independent, prior};
use crate::compare::{Comparator, Comparison, MISSING, Packed, Pattern, date, level};
use crate::normalize::dates::is_impossible;

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
    pub fn new(frequencies: Frequencies, trained: Trained, right: usize, family: Family) -> Self {
        let kin = Kinship::ALL.map(|kinship| {
            [false, true].map(|same_sex| {
                std::array::from_fn(|c| {
                    let (m, u) = (&trained.m[c], &frequencies.u[c]);
                    kinship.levels(Comparison::ALL[c], m, u, same_sex)
                })
            })
        });
        let kin_prior =
            Kinship::ALL.map(|kinship| (family.of(kinship) / right.max(1) as f64).log2());
        Self { frequencies, trained, kin, kin_prior }
    }

    /// The weights of a pair.
    #[must_use]
    pub fn score(&self, comparator: &Comparator, left: &Packed, pattern: Pattern) -> Score {
        let weight = self.parts(comparator, left, pattern).iter().sum();
        self.finish(comparator, left, pattern, weight)
    }

    fn finish(
        &self,
        comparator: &Comparator,
        left: &Packed,
        pattern: Pattern,
        weight: f64,
    ) -> Score {
        let dependence = &self.trained.dependence;
        let counted = independent(pattern);
        let together = dependence.together(counted, &dependence.shares);
        let kin = self.kin(comparator, left, pattern, dependence.shared_by_kin(counted));
        Score { weight: weight + together, kin }
    }

    /// Kin against unrelated children; `shared` is the interaction that kin share.
    pub(super) fn kin(
        &self,
        comparator: &Comparator,
        left: &Packed,
        pattern: Pattern,
        shared: f64,
    ) -> f64 {
        let mut kin = self.kin_prior;
        let counted = independent(pattern);
        let same_sex = usize::from(pattern.level(Comparison::Sex) == level::EXACT);
        for comparison in Comparison::ALL {
            let at = counted.level(comparison);
            if at == MISSING {
                continue;
            }
            for (sum, levels) in kin.iter_mut().zip(&self.kin) {
                *sum += self.kin_part(&levels[same_sex], comparison, comparator, left, at);
            }
        }
        (kin[0].exp2() + kin[1].exp2()).log2() + shared
    }

    /// What the levels of a pattern say together beside what they say one by one, in log2, where
    /// the classes of pairs are as common as `shares` says.
    #[must_use]
    pub fn together(&self, pattern: Pattern, shares: &Shares) -> f64 {
        self.trained.dependence.together(independent(pattern), shares)
    }

    /// The classes of pairs of one child.
    #[must_use]
    pub fn dependence(&self) -> &Dependence {
        &self.trained.dependence
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

    /// The part of one comparison at one level.
    pub(super) fn part(
        &self,
        comparison: Comparison,
        comparator: &Comparator,
        left: &Packed,
        at: u8,
    ) -> f64 {
        let m = self.m(comparison, comparator, left, at);
        (m / self.frequencies.chance(comparison, comparator, left, at)).log2()
    }

    /// The chance of a level for one child's records, given what the left value is. Training
    /// knows how often a year without a day agrees among all pairs; asked about such a year, it
    /// agrees nearly always, and the chance of agreeing by accident is asked about it, too.
    fn m(&self, comparison: Comparison, comparator: &Comparator, left: &Packed, at: u8) -> f64 {
        let trained = self.trained.m[comparison as usize][usize::from(at)];
        match comparison {
            Comparison::BirthDate => {
                let born = comparator.dates.date(left.birth_date);
                match at {
                    date::PARTIAL if !born.is_full() => prior::PARTIAL_AGREES,
                    date::IMPOSSIBLE if is_impossible(born) => prior::IMPOSSIBLE_AGREES,
                    _ => trained,
                }
            }
            Comparison::GivenName
                if at == level::GIVEN.initial
                    && comparator.given_names.is_initial(left.given_name) =>
            {
                prior::PARTIAL_AGREES
            }
            Comparison::Patronymic
                if at == level::PATRONYMIC.initial
                    && comparator.patronymics.is_initial(left.patronymic) =>
            {
                prior::PARTIAL_AGREES
            }
            _ => trained,
        }
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
        let unshared = levels[c][l] <= average || comparison == Comparison::GivenName;
        let own = self.m(comparison, comparator, left, at);
        let probability = if !unshared && own > m {
            // What is shared, is shared as this value is; never more than that.
            (levels[c][l] / m * own).min(own)
        } else if unshared || m <= average {
            levels[c][l] * chance / average
        } else {
            levels[c][l]
        };
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

    /// What was learned.
    #[must_use]
    pub fn trained(&self) -> &Trained {
        &self.trained
    }

    /// What was counted.
    #[must_use]
    pub fn frequencies(&self) -> &Frequencies {
        &self.frequencies
    }
}

const _: () = assert!(LEVELS <= 16, "a pattern has four bits a comparison");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_in_parts_and_one_that_cannot_be_speak_for_themselves() {
        use crate::compare::Similar;
        use crate::compare::{BirthDates, Side};
        use crate::model::{Reference, train};
        use crate::normalize::{Lexicon, Name, PartialDate};

        let day = |year, month, day| PartialDate { year, month, day };
        let (partial, impossible) = (day(2012, 0, 0), day(2012, 6, 31));
        let full =
            (2008..2016).flat_map(|y| (1..13).flat_map(move |m| [day(y, m, 1), day(y, m, 30)]));
        let full: Vec<PartialDate> = full.filter(|date| date.month != 2).collect();
        let dates = BirthDates::new(full.iter().copied().chain([partial, impossible]));
        let names = vec![Name::default()];
        let lexicon = Lexicon {
            surnames: names.clone(),
            given_names: names.clone(),
            patronymics: names,
            ..Lexicon::default()
        };
        let comparator = Comparator::new(&lexicon, dates);
        let born =
            |date| Packed { birth_date: comparator.dates.code(date, &[]), ..Packed::default() };
        let side = |dates: &[PartialDate]| Side {
            packed: dates.iter().map(|&date| born(date)).collect(),
            content: (0..dates.len() as u64).collect(),
            ..Side::default()
        };
        let right = side(&full);
        let left = side(&[full.clone(), vec![partial, impossible]].concat());
        let similar = Similar::new(&comparator);
        let reference = Reference::new(&comparator, &similar, &left, &[&left, &right]);
        let frequencies = Frequencies::new(&comparator, &similar, &reference, &left, &right);
        let trained = train(&vec![std::collections::BTreeMap::new(); 12], &[], &frequencies.u);
        let scorer = Scorer::new(frequencies, trained, right.len(), Family::expected());
        for (odd, other, at, least) in [
            // One of eight years; one of a few days.
            (partial, day(2012, 5, 30), date::PARTIAL, 2.0),
            (impossible, day(2012, 6, 30), date::IMPOSSIBLE, 3.0),
        ] {
            let left = born(odd);
            let pattern = comparator.pattern(&left, &born(other));
            assert_eq!(pattern.level(Comparison::BirthDate), at);
            let score = scorer.score(&comparator, &left, pattern);
            assert!(score.weight > least && score.weight < 7.0, "{}", score.weight);
            // Twins agree on it as well as one child does.
            let twins = Kinship::Twin.relatives() * score.weight.exp2();
            let siblings = Kinship::Sibling.relatives();
            let kin = ((twins + siblings) / right.len() as f64).log2();
            assert!((score.kin - kin).abs() < 0.1, "{} for {kin}", score.kin);
        }
    }

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
