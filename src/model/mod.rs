//! Patterns → m and u probabilities, term frequencies, match weights.
//!
//! The model is that of Fellegi and Sunter (1969) with levels: the weight of a level is
//! `log2(m / u)`, m its probability among pairs of one child, u among unrelated pairs.
//! u comes from the frequencies of values, exactly ([`Frequencies`]); m from
//! expectation–maximisation over counts of patterns ([`train`]). Siblings and twins are a
//! third hypothesis beside the two ([`kin`]), because they agree on nearly everything and
//! are neither. What comparisons of one child's records have in common beside the child, such as
//! the hand that wrote them, is an interaction term ([`Dependence`]). [`Scorer`] turns a
//! pattern and the values behind it into weights; [`Weigher`] does so for millions of pairs, by
//! looking up what the scorer says of every value.

mod dependence;
mod em;
mod family;
mod frequencies;
mod identifiers;
pub mod kin;
mod order;
mod prior;
pub mod saved;
mod scorer;
pub mod warnings;
mod weigher;

pub use dependence::{CLASSES, Dependence, Hands, MOST_TOGETHER, Shares};
pub use em::{Labelled, Labels, PatternCounts, Round, Trained, TrainingSet, train};
pub use family::Family;
pub use frequencies::{Frequencies, Levels, Reference};
pub(crate) use kin::Kinship;
pub use scorer::{Score, Scorer};
pub use weigher::{Known, Weigher};

use crate::compare::{Comparison, Pattern, certificate, level, name};

/// The pattern without what other levels already say: counting one fact twice would make
/// pairs surer than they are.
///
/// - Sex follows from an exactly equal given name or patronymic, which have a sex.
/// - УНЗР and РНОКПП hold the birth date.
/// - The certificate's letters name the region of birth.
/// - Neighbouring numbers of certificates tell of children registered together, which children of
///   one given name are not: then they are a slip or a chance, and say nothing.
#[must_use]
pub fn independent(pattern: Pattern) -> Pattern {
    let exact = |comparison| pattern.level(comparison) == level::EXACT;
    let mut kept = pattern;
    let mut drop = |comparison: Comparison| kept = without(kept, comparison);
    if exact(Comparison::GivenName) || exact(Comparison::Patronymic) {
        drop(Comparison::Sex);
    }
    if exact(Comparison::Unzr) || exact(Comparison::Rnokpp) {
        drop(Comparison::BirthDate);
    }
    if exact(Comparison::Certificate) {
        drop(Comparison::Region);
    }
    if pattern.level(Comparison::Certificate) == certificate::NEIGHBOUR
        && matches!(pattern.level(Comparison::GivenName), name::EXACT | name::SPELLING)
    {
        drop(Comparison::Certificate);
    }
    kept
}

/// The pattern with one comparison set to [`MISSING`](crate::compare::MISSING).
#[must_use]
pub fn without(pattern: Pattern, comparison: Comparison) -> Pattern {
    let level = u64::from(pattern.level(comparison));
    Pattern(pattern.0 & !(level << (4 * comparison as u8)))
}

/// Most levels that a comparison has, [`MISSING`](crate::compare::MISSING) included.
pub const LEVELS: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::MISSING;

    #[test]
    fn what_follows_from_another_level_is_not_counted_again() {
        let pattern = Pattern::default()
            .with(Comparison::GivenName, level::EXACT)
            .with(Comparison::Sex, level::EXACT)
            .with(Comparison::BirthDate, level::EXACT)
            .with(Comparison::Unzr, level::EXACT)
            .with(Comparison::Region, level::DIFFERENT);
        let kept = independent(pattern);
        assert_eq!(kept.level(Comparison::Sex), MISSING);
        assert_eq!(kept.level(Comparison::BirthDate), MISSING);
        assert_eq!(kept.level(Comparison::GivenName), level::EXACT);
        assert_eq!(kept.level(Comparison::Region), level::DIFFERENT);
    }

    #[test]
    fn neighbouring_numbers_speak_of_kin_and_not_of_one_name() {
        let pattern = |given| {
            let pattern = Pattern::default().with(Comparison::GivenName, given);
            pattern.with(Comparison::Certificate, certificate::NEIGHBOUR)
        };
        for given in [name::EXACT, name::SPELLING] {
            assert_eq!(independent(pattern(given)).level(Comparison::Certificate), MISSING);
        }
        for given in [MISSING, level::GIVEN.slip, level::GIVEN_DIFFERENT] {
            let kept = independent(pattern(given)).level(Comparison::Certificate);
            assert_eq!(kept, certificate::NEIGHBOUR);
        }
    }
}
