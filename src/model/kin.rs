//! The third hypothesis: the two records are of siblings.
//!
//! Siblings share surname, patronymic and home; twins also the birth date, and their
//! certificates bear numbers that follow each other. An ordinary linker takes such a pair
//! for one child with a wrong given name. Here every pair is also scored under two kinds
//! of kinship, relative to unrelated children, and a match has to beat them too.
//!
//! The probabilities are set by hand from what the domain says (twin births about 9 in
//! 1,000 deliveries, so 18 in 1,000 children; under two children a family); they are
//! deliberately generous to siblings, because a link lost to a sibling's shadow costs a
//! look and a sibling taken for the child hides a child.

use super::LEVELS;
use crate::compare::{CERTIFICATE_NEIGHBOURHOOD, Comparison, certificate, date, level, name};

/// How much rarer than by chance siblings bear one given name.
const COPIED: f64 = 0.005;

/// Kinds of kinship.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kinship {
    /// Born together.
    Twin,
    /// Born apart.
    Sibling,
}

impl Kinship {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Twin, Self::Sibling];

    /// How many such relatives of school age a child has, on average.
    #[must_use]
    pub const fn relatives(self) -> f64 {
        match self {
            Self::Twin => 0.018,
            Self::Sibling => 0.8,
        }
    }

    /// Probabilities of the levels of a comparison for two children so related; `same_sex` where
    /// they are known to be brothers, or sisters.
    ///
    /// What kin share, they share as well as one child's records do (m); what they do not,
    /// agrees by chance (u).
    #[must_use]
    pub fn levels(
        self,
        comparison: Comparison,
        m: &[f64; LEVELS],
        u: &[f64; LEVELS],
        same_sex: bool,
    ) -> [f64; LEVELS] {
        let shared = |share: f64| std::array::from_fn(|l| share * m[l] + (1.0 - share) * u[l]);
        let twin = self == Self::Twin;
        let mut levels = match comparison {
            Comparison::Surname => shared(if twin { 0.97 } else { 0.93 }),
            Comparison::Patronymic | Comparison::Region => shared(if twin { 0.97 } else { 0.90 }),
            Comparison::School => shared(if twin { 0.90 } else { 0.60 }),
            Comparison::BirthDate => shared(if twin { 0.98 } else { 0.0 }),
            Comparison::GivenName
            | Comparison::Sex
            | Comparison::Certificate
            | Comparison::Document
            | Comparison::Unzr
            | Comparison::Rnokpp => *u,
        };
        match comparison {
            // Brother and sister: the same surname and patronymic in another form.
            Comparison::Surname if !same_sex => raise(&mut levels, name::SPELLING, 0.10),
            Comparison::Patronymic if !same_sex => raise(&mut levels, name::SPELLING, 0.40),
            // Parents do not give a name twice: it agrees where a clerk copied it from the other
            // child's row, and as a variant or short form (Саша) more often than exactly. Names
            // that sound alike they do like.
            Comparison::GivenName => {
                let at = usize::from;
                levels[at(name::EXACT)] *= COPIED;
                levels[at(name::SPELLING)] *= 0.1;
                for related in name::SPELLING + 1..level::GIVEN.slip {
                    levels[at(related)] *= 0.1;
                }
                levels[at(level::GIVEN.slip)] *= 2.0;
                levels[at(level::GIVEN.close)] *= 2.0;
                levels[at(level::GIVEN.near)] *= 1.5;
            }
            // A date copied from the other child's row.
            Comparison::BirthDate if !twin => {
                levels[usize::from(date::EXACT)] = levels[usize::from(date::EXACT)].max(0.001);
            }
            Comparison::Certificate => {
                // One child's certificate entered for both.
                raise(&mut levels, certificate::EXACT, 0.001);
                raise(&mut levels, certificate::LETTERS, 0.001);
                let together = if twin { 0.8 } else { 0.02 };
                raise(&mut levels, certificate::NEIGHBOUR, together);
                // Numbers issued on one day that lie further apart look like a slip.
                let apart = if twin { 0.05 } else { 0.002 };
                raise(&mut levels, certificate::SLIP, apart);
                raise(&mut levels, certificate::DIGIT, apart);
            }
            Comparison::Document => raise(&mut levels, level::EXACT, 0.001),
            Comparison::Unzr | Comparison::Rnokpp => {
                raise(&mut levels, level::EXACT, 0.000_01);
                // Twins share the digits of the birth date; some of the rest agree by chance.
                raise(&mut levels, level::IDENTIFIER_SLIP, if twin { 0.02 } else { 0.0 });
            }
            _ => {}
        }
        levels
    }
}

fn raise(levels: &mut [f64; LEVELS], level: u8, least: f64) {
    let slot = &mut levels[usize::from(level)];
    *slot = slot.max(least);
}

// The neighbourhood that the comparison calls `neighbour` is the one meant here.
const _: () = assert!(CERTIFICATE_NEIGHBOURHOOD >= 1);

#[cfg(test)]
mod tests {
    use super::super::prior;
    use super::*;

    fn ratio(kinship: Kinship, comparison: Comparison, level: u8) -> f64 {
        let m = prior::m(comparison);
        let mut u = [0.01; LEVELS];
        u[comparison.levels().len()] = 0.95;
        let levels = kinship.levels(comparison, &m, &u, false);
        levels[usize::from(level)] / m[usize::from(level)]
    }

    #[test]
    fn only_brother_and_sister_bear_two_forms_of_one_name() {
        let m = prior::m(Comparison::Patronymic);
        let u = [0.01; LEVELS];
        let at = usize::from(name::SPELLING);
        let of = |same_sex| Kinship::Twin.levels(Comparison::Patronymic, &m, &u, same_sex)[at];
        assert!(of(false) >= 0.4 && of(true) <= m[at]);
    }

    #[test]
    fn what_tells_twins_from_one_child_tells_them() {
        use Comparison::{BirthDate, Certificate, GivenName, Surname};
        // Shared: hardly any evidence either way.
        assert!(ratio(Kinship::Twin, Surname, level::EXACT) > 0.9);
        assert!(ratio(Kinship::Twin, BirthDate, date::EXACT) > 0.9);
        // Not shared: strong evidence for one child where it agrees, for twins where not.
        assert!(ratio(Kinship::Twin, GivenName, name::EXACT) < 0.01);
        assert!(ratio(Kinship::Twin, GivenName, level::GIVEN_DIFFERENT) > 10.0);
        assert!(ratio(Kinship::Twin, Certificate, level::EXACT) < 0.02);
        assert!(ratio(Kinship::Twin, Certificate, certificate::NEIGHBOUR) > 100.0);
        assert!(ratio(Kinship::Sibling, BirthDate, date::EXACT) < 0.02);
    }
}
