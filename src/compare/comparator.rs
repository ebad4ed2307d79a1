//! The comparing of two records, field by field.

use super::names::level as name;
use super::{Comparison, Dates, MISSING, NameTable, Packed, Pattern, one_digit_slip};
use crate::normalize::{Document, DocumentKind, Lexicon, Sex};

/// Levels beside the shared ones of names and dates.
pub mod level {
    /// Agreement of any comparison.
    pub const EXACT: u8 = 1;
    /// Surname and given name changed places.
    pub const SURNAME_SWAPPED: u8 = 5;
    /// Disagreement of surnames.
    pub const SURNAME_DIFFERENT: u8 = 6;
    /// Given name and patronymic changed places.
    pub const GIVEN_SWAPPED: u8 = 6;
    /// Disagreement of given names.
    pub const GIVEN_DIFFERENT: u8 = 7;
    /// Disagreement of patronymics.
    pub const PATRONYMIC_DIFFERENT: u8 = 6;
    /// Disagreement of sex, region or school.
    pub const DIFFERENT: u8 = 2;
    /// The certificate's number agrees, its series does not or is unknown.
    pub const CERTIFICATE_DIGITS: u8 = 2;
    /// The certificate's number differs by one slip that is no neighbour.
    pub const CERTIFICATE_SLIP: u8 = 3;
    /// The numbers follow each other closely: siblings registered together.
    pub const CERTIFICATE_NEIGHBOUR: u8 = 4;
    /// Disagreement of certificates.
    pub const CERTIFICATE_DIFFERENT: u8 = 5;
    /// An identifier differs by one slip.
    pub const IDENTIFIER_SLIP: u8 = 2;
    /// Disagreement of identifiers.
    pub const IDENTIFIER_DIFFERENT: u8 = 3;
}

/// Certificates whose numbers are at most this far apart may have been issued together
/// to twins or siblings, so such a difference is never taken for a typing slip.
pub const CERTIFICATE_NEIGHBOURHOOD: u32 = 3;

/// Compares packed records.
#[derive(Debug)]
pub struct Comparator {
    /// Surnames.
    pub surnames: NameTable,
    /// Given names.
    pub given_names: NameTable,
    /// Patronymics.
    pub patronymics: NameTable,
    /// Birth dates.
    pub dates: Dates,
}

impl Comparator {
    /// A comparator for the values of a lexicon.
    #[must_use]
    pub fn new(lexicon: &Lexicon, dates: Dates) -> Self {
        Self {
            surnames: NameTable::new(&lexicon.surnames, level::SURNAME_DIFFERENT),
            given_names: NameTable::new(&lexicon.given_names, level::GIVEN_DIFFERENT),
            patronymics: NameTable::new(&lexicon.patronymics, level::PATRONYMIC_DIFFERENT),
            dates,
        }
    }

    /// The agreement pattern of two records.
    #[must_use]
    pub fn pattern(&self, a: &Packed, b: &Packed) -> Pattern {
        let [surname, given_name, patronymic] = self.name_levels(a, b);
        let both = |x: bool, y: bool, level: u8| if x && y { level } else { MISSING };
        let equal = |x: u32, y: u32| {
            both(x != 0, y != 0, if x == y { level::EXACT } else { level::DIFFERENT })
        };
        let birth_date = if a.birth_date == 0 || b.birth_date == 0 {
            MISSING
        } else {
            self.dates.level(a.birth_date, b.birth_date)
        };
        Pattern::default()
            .with(Comparison::Surname, surname)
            .with(Comparison::GivenName, given_name)
            .with(Comparison::Patronymic, patronymic)
            .with(Comparison::BirthDate, birth_date)
            .with(Comparison::Sex, sex_level(a.sex, b.sex))
            .with(Comparison::Certificate, certificate_level(a.certificate, b.certificate))
            .with(Comparison::Document, document_level(a.document, b.document))
            .with(Comparison::Unzr, identifier_level(a.unzr, b.unzr, 13))
            .with(Comparison::Rnokpp, identifier_level(a.rnokpp, b.rnokpp, 10))
            .with(Comparison::Region, equal(a.region, b.region))
            .with(Comparison::School, equal(a.school, b.school))
    }

    /// Whether most of the names counted by code are in Latin letters; false where the
    /// comparison is not of names.
    #[must_use]
    pub fn mostly_latin(&self, comparison: Comparison, counts: &[u64]) -> bool {
        let table = match comparison {
            Comparison::Surname => &self.surnames,
            Comparison::GivenName => &self.given_names,
            Comparison::Patronymic => &self.patronymics,
            _ => return false,
        };
        let named = || counts.iter().zip(0_u32..).skip(1);
        let all: u64 = named().map(|(&n, _)| n).sum();
        let latin: u64 = named().filter(|&(_, code)| table.is_latin(code)).map(|(&n, _)| n).sum();
        2 * latin > all
    }

    fn name_levels(&self, a: &Packed, b: &Packed) -> [u8; 3] {
        let levels = |table: &NameTable, x: u32, y: u32| {
            if x == 0 || y == 0 { MISSING } else { table.level(x, y) }
        };
        let surname = match levels(&self.surnames, a.surname, b.surname) {
            // An initial for a surname says too little to be counted.
            name::INITIAL => MISSING,
            level => level,
        };
        let mut given_name = levels(&self.given_names, a.given_name, b.given_name);
        let patronymic = levels(&self.patronymics, a.patronymic, b.patronymic);

        let surname_differs = surname == level::SURNAME_DIFFERENT;
        let given_differs = given_name == level::GIVEN_DIFFERENT;
        if surname_differs
            && given_differs
            && crossed(
                &self.surnames,
                [a.surname, b.surname],
                &self.given_names,
                [a.given_name, b.given_name],
            )
        {
            // One event, counted once: the given name says no more than the swap does.
            return [level::SURNAME_SWAPPED, MISSING, patronymic];
        }
        if given_differs
            && patronymic == level::PATRONYMIC_DIFFERENT
            && crossed(
                &self.given_names,
                [a.given_name, b.given_name],
                &self.patronymics,
                [a.patronymic, b.patronymic],
            )
        {
            return [surname, level::GIVEN_SWAPPED, MISSING];
        }
        // A boy's and a girl's name one letter apart (Олександр, Олександра) are two names,
        // and twins bear them: no slip when the sexes differ too.
        if matches!(given_name, name::CLOSE | name::NEAR)
            && sex_level(a.sex, b.sex) == level::DIFFERENT
        {
            given_name = level::GIVEN_DIFFERENT;
        }
        [surname, given_name, patronymic]
    }
}

/// Whether one record holds in its first field what the other holds in its second, and
/// the other way round.
fn crossed(
    first: &NameTable,
    [first_a, first_b]: [u32; 2],
    second: &NameTable,
    [second_a, second_b]: [u32; 2],
) -> bool {
    let fits = |x, y| first.level_across(x, second, y) <= name::CLOSE;
    fits(first_a, second_b) && fits(first_b, second_a)
}

fn sex_level(a: Sex, b: Sex) -> u8 {
    match (a, b) {
        (Sex::Missing, _) | (_, Sex::Missing) => MISSING,
        (a, b) if a == b => level::EXACT,
        _ => level::DIFFERENT,
    }
}

/// Digits first, letters as soft evidence: a letter wrong or missing still leaves the
/// number, and a letter slip usually names another valid series.
fn certificate_level(a: Document, b: Document) -> u8 {
    if a.kind != DocumentKind::BirthCertificate || b.kind != DocumentKind::BirthCertificate {
        return MISSING;
    }
    let letters_known = a.letters != [0; 2] && b.letters != [0; 2];
    let letters_agree = !letters_known || a.letters == b.letters;
    if a.number == b.number {
        return if letters_known && letters_agree {
            level::EXACT
        } else {
            level::CERTIFICATE_DIGITS
        };
    }
    if !letters_agree {
        return level::CERTIFICATE_DIFFERENT;
    }
    if a.number.abs_diff(b.number) <= CERTIFICATE_NEIGHBOURHOOD {
        level::CERTIFICATE_NEIGHBOUR
    } else if one_digit_slip(a.number.into(), b.number.into(), 6) {
        level::CERTIFICATE_SLIP
    } else {
        level::CERTIFICATE_DIFFERENT
    }
}

fn document_level(a: Document, b: Document) -> u8 {
    if a.is_missing() || b.is_missing() || a.kind != b.kind {
        return MISSING;
    }
    if a.number == b.number && a.letters == b.letters {
        return level::EXACT;
    }
    let digits = match a.kind {
        DocumentKind::IdCard => 9,
        DocumentKind::PassportBook | DocumentKind::TravelPassport => 6,
        // What is hashed has no digits to slip on.
        _ => return level::IDENTIFIER_DIFFERENT,
    };
    if a.letters == b.letters && one_digit_slip(a.number.into(), b.number.into(), digits) {
        level::IDENTIFIER_SLIP
    } else {
        level::IDENTIFIER_DIFFERENT
    }
}

fn identifier_level(a: u64, b: u64, digits: u32) -> u8 {
    if a == 0 || b == 0 {
        MISSING
    } else if a == b {
        level::EXACT
    } else if one_digit_slip(a, b, digits) {
        level::IDENTIFIER_SLIP
    } else {
        level::IDENTIFIER_DIFFERENT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(letters: [u8; 2], number: u32) -> Document {
        Document { kind: DocumentKind::BirthCertificate, roman: 1, letters, number }
    }

    #[test]
    fn a_number_one_apart_is_a_neighbour_and_no_slip() {
        let a = certificate([17, 11], 123_456);
        for (other, expected) in [
            (certificate([17, 11], 123_456), level::EXACT),
            (certificate([17, 12], 123_456), level::CERTIFICATE_DIGITS),
            (certificate([0, 0], 123_456), level::CERTIFICATE_DIGITS),
            (certificate([17, 11], 123_457), level::CERTIFICATE_NEIGHBOUR),
            (certificate([17, 11], 123_453), level::CERTIFICATE_NEIGHBOUR),
            (certificate([17, 11], 123_452), level::CERTIFICATE_SLIP),
            (certificate([17, 11], 132_456), level::CERTIFICATE_SLIP),
            (certificate([0, 0], 132_456), level::CERTIFICATE_SLIP),
            (certificate([17, 12], 132_456), level::CERTIFICATE_DIFFERENT),
            (certificate([17, 11], 654_321), level::CERTIFICATE_DIFFERENT),
            (Document::MISSING, MISSING),
        ] {
            assert_eq!(certificate_level(a, other), expected);
            assert_eq!(certificate_level(other, a), expected);
        }
    }

    #[test]
    fn documents_of_two_kinds_say_nothing() {
        let card = Document { kind: DocumentKind::IdCard, number: 1, ..Document::MISSING };
        let book = Document { kind: DocumentKind::PassportBook, number: 1, ..Document::MISSING };
        assert_eq!(document_level(card, book), MISSING);
        assert_eq!(document_level(card, card), level::EXACT);
    }

    #[test]
    fn a_missing_value_is_no_level() {
        let comparator = Comparator::new(
            &Lexicon {
                surnames: vec![crate::normalize::Name::default()],
                given_names: vec![crate::normalize::Name::default()],
                patronymics: vec![crate::normalize::Name::default()],
                labels: vec!["".into()],
            },
            Dates::new(std::iter::empty()),
        );
        assert_eq!(comparator.pattern(&Packed::default(), &Packed::default()), Pattern::default());
    }

    #[test]
    fn the_level_constants_name_the_levels() {
        for (comparison, level, name) in [
            (Comparison::Surname, name::NEAR, "near"),
            (Comparison::Surname, level::SURNAME_SWAPPED, "swapped_fields"),
            (Comparison::Surname, level::SURNAME_DIFFERENT, "different"),
            (Comparison::GivenName, name::INITIAL, "initial"),
            (Comparison::GivenName, level::GIVEN_SWAPPED, "swapped_fields"),
            (Comparison::GivenName, level::GIVEN_DIFFERENT, "different"),
            (Comparison::Patronymic, name::INITIAL, "initial"),
            (Comparison::Patronymic, level::PATRONYMIC_DIFFERENT, "different"),
            (Comparison::BirthDate, super::super::dates::level::ONE_SLIP, "one_slip"),
            (Comparison::BirthDate, super::super::dates::level::DIFFERENT, "different"),
            (Comparison::Sex, level::DIFFERENT, "different"),
            (Comparison::Certificate, level::CERTIFICATE_NEIGHBOUR, "neighbour"),
            (Comparison::Certificate, level::CERTIFICATE_DIFFERENT, "different"),
            (Comparison::Unzr, level::IDENTIFIER_SLIP, "slip"),
            (Comparison::Unzr, level::IDENTIFIER_DIFFERENT, "different"),
        ] {
            assert_eq!(Pattern::default().with(comparison, level).level_name(comparison), name);
        }
    }
}
