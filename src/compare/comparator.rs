//! The comparing of two records, field by field.

use super::certificates::certificate_level;
use super::{
    BirthDates, Comparison, MISSING, NameLevels, NameTable, Packed, Pattern, one_digit_slip,
};
use crate::normalize::{Document, DocumentKind, Further, Lexicon, Records, Sex};

/// Levels beside the shared ones of names, dates and certificates.
pub mod level {
    use super::NameLevels;

    /// Agreement of any comparison.
    pub const EXACT: u8 = 1;

    /// Levels of surnames. A part of a double surname stands in the place of a variant; an
    /// initial says too little to be counted at all.
    pub const SURNAME: NameLevels = NameLevels {
        relations: [2, 2, 3, 3],
        slip: 4,
        close: 5,
        near: 6,
        initial: super::MISSING,
        different: SURNAME_DIFFERENT,
    };
    /// One part of a double surname.
    pub const SURNAME_PART: u8 = 3;
    /// The surname changed places with another name.
    pub const SURNAME_SWAPPED: u8 = 7;
    /// Surname and patronymic are both others, as where fatherhood was recognised or the child
    /// adopted: one event, counted once.
    pub const SURNAME_CHANGED: u8 = 8;
    /// Disagreement of surnames.
    pub const SURNAME_DIFFERENT: u8 = 9;

    /// Levels of given names.
    pub const GIVEN: NameLevels = NameLevels {
        relations: [2, 3, 4, 5],
        slip: 6,
        close: 7,
        near: 8,
        initial: 9,
        different: GIVEN_DIFFERENT,
    };
    /// A short or pet form.
    pub const GIVEN_DIMINUTIVE: u8 = 5;
    /// Given name and patronymic changed places.
    pub const GIVEN_SWAPPED: u8 = 10;
    /// Disagreement of given names.
    pub const GIVEN_DIFFERENT: u8 = 11;

    /// Levels of patronymics. What the father's name is in another language or form makes
    /// another form of the patronymic.
    pub const PATRONYMIC: NameLevels = NameLevels {
        relations: [2, 3, 3, 3],
        slip: 4,
        close: 5,
        near: 6,
        initial: 7,
        different: PATRONYMIC_DIFFERENT,
    };
    /// Disagreement of patronymics.
    pub const PATRONYMIC_DIFFERENT: u8 = 8;

    /// Disagreement of sex, region or school.
    pub const DIFFERENT: u8 = 2;
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
    pub dates: BirthDates,
    further: Vec<Further>,
}

impl Comparator {
    /// A comparator for the values of a lexicon.
    #[must_use]
    pub fn new(lexicon: &Lexicon, dates: BirthDates) -> Self {
        Self {
            surnames: NameTable::new(&lexicon.surnames, level::SURNAME),
            given_names: NameTable::new(&lexicon.given_names, level::GIVEN),
            patronymics: NameTable::new(&lexicon.patronymics, level::PATRONYMIC),
            dates,
            further: lexicon.further.clone(),
        }
    }

    /// The code of the birth dates of a record.
    #[must_use]
    pub fn birth_date_code(&self, records: &Records, i: usize) -> u32 {
        let further = self.further.get(records.further[i] as usize);
        self.dates.code(records.birth_date[i], further.map_or(&[], |further| &further.birth_dates))
    }

    /// Where the further documents of a record stand; 0 where it has none.
    #[must_use]
    pub fn further_documents(&self, records: &Records, i: usize) -> u32 {
        let place = records.further[i];
        let has_documents = self.further.get(place as usize).is_some_and(|further| {
            !further.certificates.is_empty() || !further.documents.is_empty()
        });
        if has_documents { place } else { 0 }
    }

    /// The birth certificates of a record: at least one entry, which may be missing.
    pub fn certificates(&self, record: &Packed) -> impl Iterator<Item = Document> + Clone + '_ {
        let further = self.further_of(record).map_or(&[][..], |further| &further.certificates);
        std::iter::once(record.certificate).chain(further.iter().copied())
    }

    /// The other documents of a record, as [`Self::certificates`].
    pub fn documents(&self, record: &Packed) -> impl Iterator<Item = Document> + Clone + '_ {
        let further = self.further_of(record).map_or(&[][..], |further| &further.documents);
        std::iter::once(record.document).chain(further.iter().copied())
    }

    fn further_of(&self, record: &Packed) -> Option<&Further> {
        if record.further == 0 { None } else { self.further.get(record.further as usize) }
    }

    /// The agreement pattern of two records.
    #[must_use]
    pub fn pattern(&self, a: &Packed, b: &Packed) -> Pattern {
        let level = |table: &NameTable, x: u32, y: u32| {
            if x == 0 || y == 0 { MISSING } else { table.level(x, y) }
        };
        let names = [
            level(&self.surnames, a.surname, b.surname),
            level(&self.given_names, a.given_name, b.given_name),
            level(&self.patronymics, a.patronymic, b.patronymic),
        ];
        self.pattern_of(a, b, names, |_, _, _, _| true)
    }

    /// The pattern of two records whose names agree at these levels. `may_agree` says of two names
    /// by field and code whether they may; `false` is certain.
    pub(super) fn pattern_of(
        &self,
        a: &Packed,
        b: &Packed,
        names: [u8; 3],
        may_agree: impl Fn(usize, u32, usize, u32) -> bool,
    ) -> Pattern {
        let [surname, given_name, patronymic] = self.name_levels(a, b, names, may_agree);
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
            .with(Comparison::Certificate, self.certificate_level(a, b))
            .with(Comparison::Document, self.document_level(a, b))
            .with(Comparison::Unzr, identifier_level(a.unzr, b.unzr, 13))
            .with(Comparison::Rnokpp, identifier_level(a.rnokpp, b.rnokpp, 10))
            .with(Comparison::Region, equal(a.region, b.region))
            .with(Comparison::School, equal(a.school, b.school))
    }

    fn certificate_level(&self, a: &Packed, b: &Packed) -> u8 {
        if a.further == 0 && b.further == 0 {
            return certificate_level(a.certificate, b.certificate);
        }
        best(self.certificates(a), &self.certificates(b), certificate_level)
    }

    fn document_level(&self, a: &Packed, b: &Packed) -> u8 {
        if a.further == 0 && b.further == 0 {
            return document_level(a.document, b.document);
        }
        best(self.documents(a), &self.documents(b), document_level)
    }

    fn name_levels(
        &self,
        a: &Packed,
        b: &Packed,
        names: [u8; 3],
        may_agree: impl Fn(usize, u32, usize, u32) -> bool,
    ) -> [u8; 3] {
        let [surname, mut given_name, patronymic] = names;
        let surname_differs = surname == level::SURNAME_DIFFERENT;
        let given_differs = given_name == level::GIVEN_DIFFERENT;
        let patronymic_differs = patronymic == level::PATRONYMIC_DIFFERENT;
        if [surname_differs, given_differs, patronymic_differs].iter().filter(|&&d| d).count() > 1
            && let Some(levels) = self.moved(a, b, names, may_agree)
        {
            return levels;
        }
        if surname_differs && patronymic_differs {
            return [level::SURNAME_CHANGED, given_name, MISSING];
        }
        // A boy's and a girl's name one letter apart (Олександр, Олександра) are two names,
        // and twins bear them: no slip when the sexes differ too.
        if (level::GIVEN.slip..=level::GIVEN.near).contains(&given_name)
            && sex_level(a.sex, b.sex) == level::DIFFERENT
        {
            given_name = level::GIVEN_DIFFERENT;
        }
        [surname, given_name, patronymic]
    }

    /// The levels of names that changed places between the fields. It is one event, counted
    /// once: a name that moved along says no more than the move does.
    fn moved(
        &self,
        a: &Packed,
        b: &Packed,
        levels: [u8; 3],
        may_agree: impl Fn(usize, u32, usize, u32) -> bool,
    ) -> Option<[u8; 3]> {
        let tables = [&self.surnames, &self.given_names, &self.patronymics];
        let left = [a.surname, a.given_name, a.patronymic];
        let right = [b.surname, b.given_name, b.patronymic];
        let differ = [
            levels[0] == level::SURNAME_DIFFERENT,
            levels[1] == level::GIVEN_DIFFERENT,
            levels[2] == level::PATRONYMIC_DIFFERENT,
        ];
        // Whether the left name of one field is the right name of another.
        let fits = |i: usize, j: usize| {
            differ[i]
                && differ[j]
                && left[i] != 0
                && right[j] != 0
                && may_agree(i, left[i], j, right[j])
                && tables[i].level_across(left[i], tables[j], right[j]) <= tables[i].close()
        };
        let swapped = |i, j| fits(i, j) && fits(j, i);
        if swapped(0, 1) {
            Some([level::SURNAME_SWAPPED, MISSING, levels[2]])
        } else if swapped(1, 2) {
            Some([levels[0], level::GIVEN_SWAPPED, MISSING])
        } else if swapped(0, 2) {
            Some([level::SURNAME_SWAPPED, levels[1], MISSING])
        } else if (fits(0, 1) && fits(1, 2) && fits(2, 0))
            || (fits(0, 2) && fits(2, 1) && fits(1, 0))
        {
            // All three moved on by one: "name patronymic surname" in the columns of another
            // order.
            Some([level::SURNAME_SWAPPED, MISSING, MISSING])
        } else {
            None
        }
    }
}

/// The best level among the pairs of two records' values; missing where no pair says anything.
fn best<T: Copy>(
    a: impl Iterator<Item = T>,
    b: &(impl Iterator<Item = T> + Clone),
    level: impl Fn(T, T) -> u8,
) -> u8 {
    let levels = a.flat_map(|x| b.clone().map(move |y| (x, y))).map(|(x, y)| level(x, y));
    levels.filter(|&level| level != MISSING).min().unwrap_or(MISSING)
}

fn sex_level(a: Sex, b: Sex) -> u8 {
    match (a, b) {
        (Sex::Missing, _) | (_, Sex::Missing) => MISSING,
        (a, b) if a == b => level::EXACT,
        _ => level::DIFFERENT,
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
        // What is hashed has no digits to slip on, and may be of two kinds.
        _ => return MISSING,
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
                ..Lexicon::default()
            },
            BirthDates::new(std::iter::empty()),
        );
        assert_eq!(comparator.pattern(&Packed::default(), &Packed::default()), Pattern::default());
    }

    #[test]
    fn the_level_constants_name_the_levels() {
        use super::super::certificates::level as certificate;
        use super::super::dates::level as date;
        use super::super::names::level as name;
        for (comparison, level, name) in [
            (Comparison::Surname, name::SPELLING, "spelling"),
            (Comparison::Surname, level::SURNAME_PART, "part"),
            (Comparison::Surname, level::SURNAME.slip, "slip"),
            (Comparison::Surname, level::SURNAME.near, "near"),
            (Comparison::Surname, level::SURNAME_SWAPPED, "swapped_fields"),
            (Comparison::Surname, level::SURNAME_CHANGED, "changed"),
            (Comparison::Surname, level::SURNAME_DIFFERENT, "different"),
            (Comparison::GivenName, level::GIVEN.relations[1], "translation"),
            (Comparison::GivenName, level::GIVEN.relations[2], "variant"),
            (Comparison::GivenName, level::GIVEN_DIMINUTIVE, "diminutive"),
            (Comparison::GivenName, level::GIVEN.close, "close"),
            (Comparison::GivenName, level::GIVEN.initial, "initial"),
            (Comparison::GivenName, level::GIVEN_SWAPPED, "swapped_fields"),
            (Comparison::GivenName, level::GIVEN_DIFFERENT, "different"),
            (Comparison::Patronymic, level::PATRONYMIC.relations[1], "form"),
            (Comparison::Patronymic, level::PATRONYMIC.initial, "initial"),
            (Comparison::Patronymic, level::PATRONYMIC_DIFFERENT, "different"),
            (Comparison::BirthDate, date::ONE_SLIP, "one_slip"),
            (Comparison::BirthDate, date::DIFFERENT, "different"),
            (Comparison::Sex, level::DIFFERENT, "different"),
            (Comparison::Certificate, certificate::ROMAN, "roman"),
            (Comparison::Certificate, certificate::NEIGHBOUR, "neighbour"),
            (Comparison::Certificate, certificate::DIFFERENT, "different"),
            (Comparison::Unzr, level::IDENTIFIER_SLIP, "slip"),
            (Comparison::Unzr, level::IDENTIFIER_DIFFERENT, "different"),
        ] {
            assert_eq!(Pattern::default().with(comparison, level).level_name(comparison), name);
        }
    }
}
