//! Weighted pairs → links, and school records of one child → one child.
//!
//! [`Linkage`] runs one pair of sides through blocking, training and scoring and keeps the
//! pairs that may matter. [`join`] makes children of school records; [`compete`] gives every
//! pair of child and register record its probability against all rivals, and decides.
//! [`namesakes`] then weighs links by name and date against strangers of the same name and date
//! whom other registers hold.

mod assign;
mod children;
mod compete;
mod linkage;
mod namesakes;
mod types;

pub use children::{Children, complete, join};
pub use compete::{Contest, Possible, compete};
pub(crate) use compete::{alone, compete_beside, sum};
pub use linkage::{Candidate, LabelledPair, Lesson, Linkage, Pairs};
pub use namesakes::{Holder, namesakes};
pub use types::*;

use crate::compare::{Comparison, MISSING, Pattern, certificate, date, level, name};

/// Probability above which nothing is ever held more certain: no model is that good.
pub const SUREST: f64 = 1.0 - 1e-6;

/// Whether a pattern may be accepted without a person at all, however high its weight: the
/// given name must say which of the children it is, or two identifiers must agree exactly. Where
/// the certificates bear neighbouring numbers, as those of children registered together do, the
/// given name must be the same in full.
#[must_use]
pub fn may_link(pattern: Pattern) -> bool {
    let given_name = pattern.level(Comparison::GivenName);
    let swapped = pattern.level(Comparison::Surname) == level::SURNAME_SWAPPED
        || given_name == level::GIVEN_SWAPPED;
    let neighbours = pattern.level(Comparison::Certificate) == certificate::NEIGHBOUR;
    if neighbours && !matches!(given_name, name::EXACT | name::SPELLING) {
        return false;
    }
    let named = swapped || (given_name != MISSING && given_name <= level::GIVEN.near);
    named || exact_identifiers(pattern) >= 2
}

/// Identifiers, numbers that one person has, that agree letter by letter.
#[must_use]
pub fn exact_identifiers(pattern: Pattern) -> usize {
    [Comparison::Certificate, Comparison::Document, Comparison::Unzr, Comparison::Rnokpp]
        .into_iter()
        .filter(|&comparison| pattern.level(comparison) == level::EXACT)
        .count()
}

/// Whether two records say things that one child's records hardly say.
fn contradicts(pattern: Pattern) -> bool {
    let given_name = pattern.level(Comparison::GivenName);
    let birth_date = pattern.level(Comparison::BirthDate);
    given_name == level::GIVEN_DIFFERENT
        || birth_date >= date::YEAR
        || pattern.level(Comparison::Sex) == level::DIFFERENT
        || (given_name != name::EXACT
            && pattern.level(Comparison::Certificate) == certificate::NEIGHBOUR)
}

/// Whether two records of one register are of one person: an identifier is the same, and the
/// given name and the birth date are, or one of them nearly. Brothers entered in one document
/// have other names, and twins have.
fn one_person(pattern: Pattern) -> bool {
    let given_name = pattern.level(Comparison::GivenName);
    let birth_date = pattern.level(Comparison::BirthDate);
    let named = matches!(given_name, name::EXACT | name::SPELLING)
        || (given_name != MISSING && given_name <= level::GIVEN.near && birth_date == date::EXACT);
    exact_identifiers(pattern) >= 1 && named && !contradicts(pattern)
}

/// Whether an identifier, the given name and the birth date all agree exactly.
fn proven(pattern: Pattern) -> bool {
    let birth_date = pattern.level(Comparison::BirthDate);
    exact_identifiers(pattern) >= 1
        && pattern.level(Comparison::GivenName) == name::EXACT
        && (birth_date == date::EXACT || birth_date == MISSING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_certificates_need_the_given_name_in_full() {
        let pattern = |given| {
            Pattern::default()
                .with(Comparison::Surname, level::EXACT)
                .with(Comparison::GivenName, given)
                .with(Comparison::Certificate, certificate::NEIGHBOUR)
                .with(Comparison::Unzr, level::EXACT)
                .with(Comparison::Rnokpp, level::EXACT)
        };
        assert!(may_link(pattern(name::EXACT)) && may_link(pattern(name::SPELLING)));
        for given in [MISSING, level::GIVEN.slip, level::GIVEN.close, level::GIVEN_DIFFERENT] {
            assert!(!may_link(pattern(given)));
        }
    }

    #[test]
    fn a_missing_or_different_given_name_needs_two_identifiers() {
        let pattern = |given, certificate, unzr| {
            Pattern::default()
                .with(Comparison::Surname, level::EXACT)
                .with(Comparison::GivenName, given)
                .with(Comparison::Certificate, certificate)
                .with(Comparison::Unzr, unzr)
        };
        assert!(may_link(pattern(name::EXACT, MISSING, MISSING)));
        assert!(may_link(pattern(level::GIVEN.near, MISSING, MISSING)));
        for given in [MISSING, level::GIVEN.initial, level::GIVEN_DIFFERENT] {
            assert!(!may_link(pattern(given, level::EXACT, MISSING)));
            assert!(may_link(pattern(given, level::EXACT, level::EXACT)));
        }
    }

    #[test]
    fn one_document_is_one_person_only_where_the_names_are_the_same() {
        let pattern = |given, born, document| {
            Pattern::default()
                .with(Comparison::GivenName, given)
                .with(Comparison::BirthDate, born)
                .with(Comparison::Document, document)
        };
        assert!(one_person(pattern(name::EXACT, date::EXACT, level::EXACT)));
        assert!(one_person(pattern(name::EXACT, date::DIGIT, level::EXACT)));
        assert!(one_person(pattern(level::GIVEN.close, date::EXACT, level::EXACT)));
        // Twins, siblings, and whoever is not named stand in one family's document.
        assert!(!one_person(pattern(level::GIVEN_DIFFERENT, date::EXACT, level::EXACT)));
        assert!(!one_person(pattern(level::GIVEN.close, date::DIGIT, level::EXACT)));
        assert!(!one_person(pattern(MISSING, date::EXACT, level::EXACT)));
        assert!(!one_person(pattern(name::EXACT, date::EXACT, MISSING)));
        assert!(!one_person(pattern(name::EXACT, date::DIFFERENT, level::EXACT)));
    }
}
