//! Records of several values, one value at a time.
//!
//! A rule's key is made of single values. A record that leaves a choice (two surnames, two
//! birth dates, a repeat certificate, a Latin name that several languages may have spelt) is
//! therefore looked at as several facets, each with one value of every field, and has the
//! keys of all of them.

use crate::compare::{BlockName, Comparator, Packed};
use crate::normalize::{Document, PartialDate};

/// More facets of names than these are not looked at.
const MOST_FACETS: usize = 48;

/// A record with one value of every field.
#[derive(Clone, Copy, Debug)]
pub struct Facet {
    /// Keys of what surname, given name and patronymic sound like; 0 where missing.
    pub(super) sounds: [u64; 3],
    /// First letters of the three; 0 where missing.
    pub(super) first_letters: [u64; 3],
    /// Code of a single birth date.
    pub(super) birth_date: u32,
    /// That date.
    pub(super) born: PartialDate,
    /// Birth certificate.
    pub(super) certificate: Document,
    /// Any other document.
    pub(super) document: Document,
    /// УНЗР.
    pub(super) unzr: u64,
    /// РНОКПП.
    pub(super) rnokpp: u64,
    /// Code of the region.
    pub(super) region: u32,
}

/// The facets of a record: the one of its main values first. Most records have but that one,
/// for which nothing is allocated.
#[must_use]
pub fn facets(comparator: &Comparator, record: &Packed) -> Facets {
    let tables = [&comparator.surnames, &comparator.given_names, &comparator.patronymics];
    let codes = [record.surname, record.given_name, record.patronymic];
    let names: [BlockName; 3] = std::array::from_fn(|i| tables[i].block_name(codes[i]));
    let main = Facet {
        sounds: names.map(|name| name.sound),
        first_letters: names.map(|name| name.first_letter.into()),
        birth_date: comparator.dates.main(record.birth_date),
        born: comparator.dates.date(record.birth_date),
        certificate: record.certificate,
        document: record.document,
        unzr: record.unzr,
        rnokpp: record.rnokpp,
        region: record.region,
    };
    let one_of_each = record.further == 0
        && main.birth_date == record.birth_date
        && names.iter().all(|name| name.single);
    let further = if one_of_each { Vec::new() } else { further(comparator, record, &main) };
    Facets { main, further }
}

/// All facets of a record.
#[derive(Clone, Debug)]
pub struct Facets {
    main: Facet,
    further: Vec<Facet>,
}

impl Facets {
    /// The facets, that of the main values first.
    pub fn iter(&self) -> impl Iterator<Item = &Facet> {
        std::iter::once(&self.main).chain(&self.further)
    }
}

/// The facets beside the main one, which may come again.
fn further(comparator: &Comparator, record: &Packed, main: &Facet) -> Vec<Facet> {
    let tables = [&comparator.surnames, &comparator.given_names, &comparator.patronymics];
    let codes = [record.surname, record.given_name, record.patronymic];
    // What the three names may sound like, and begin with.
    let names: [Vec<(u64, u64)>; 3] = std::array::from_fn(|i| {
        let mut found: Vec<(u64, u64)> = Vec::with_capacity(1);
        for form in tables[i].forms(codes[i]) {
            let first = tables[i].first_letter(form);
            for &sound in tables[i].sounds(form) {
                if !found.iter().any(|&(known, _)| known == sound) {
                    found.push((sound, first));
                }
            }
        }
        if found.is_empty() {
            found.push((0, 0));
        }
        found
    });
    let mut facets = Vec::new();
    'all: for date in comparator.dates.forms(record.birth_date) {
        for &(surname, surname_first) in &names[0] {
            for &(given, given_first) in &names[1] {
                for &(patronymic, patronymic_first) in &names[2] {
                    if facets.len() == MOST_FACETS {
                        break 'all;
                    }
                    facets.push(Facet {
                        sounds: [surname, given, patronymic],
                        first_letters: [surname_first, given_first, patronymic_first],
                        birth_date: date,
                        born: comparator.dates.date(date),
                        ..*main
                    });
                }
            }
        }
    }
    if record.further != 0 {
        // No rule asks for a document and a name at once.
        let certificates = comparator.certificates(record).skip(1);
        facets.extend(certificates.map(|certificate| Facet { certificate, ..*main }));
        let documents = comparator.documents(record).skip(1);
        facets.extend(documents.map(|document| Facet { document, ..*main }));
    }
    facets
}
