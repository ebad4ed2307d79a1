//! Numbers that stand on the records of many different children are nobody's: test values,
//! defaults of a form, the number of the school or of a clerk. Which they are, only a whole
//! source tells.

use rustc_hash::{FxHashMap, FxHashSet};

use super::records::{Document, DocumentKind, Further, PartialDate, Records};
use crate::extract::Rejected;
use crate::field::Field;

/// Records, and different children among them, from which on a value is nobody's. Of
/// quintuplets none have one number, and a register of events repeats one child's dates.
const MANY: usize = 5;

/// Numbers of six digits without a series: how many there are to be alike by chance.
const BARE_NUMBERS: f64 = 1_000_000.0;

/// Takes from the records of one source each certificate, document, УНЗР and РНОКПП that at
/// least five records with five different birth dates have in common (without dates: with
/// five different names), and says so, in the order of the rows. A bare number of six
/// digits, of which a large source holds several by chance, has to be commoner than that.
pub fn drop_defaults(records: &mut Records, further: &mut [Further]) -> Vec<Rejected> {
    let mut rejected = Vec::new();
    let mut reject = |row: u64, field: Field| {
        rejected.push(Rejected {
            row: Some(row),
            field: field.key().to_owned(),
            reason: "one value on many records of different children".to_owned(),
            whole_row: false,
        });
    };

    let bare = records.certificate.iter().filter(|document| is_bare(**document)).count();
    let bare_many = more_than_chance(bare);
    let without_roman = |document: Document| Document { roman: 0, ..document };
    let certificates = shared(records, |i, add| {
        let further = further_of(records, further, i);
        let further = further.map(|further| &further.certificates);
        for &document in
            std::iter::once(&records.certificate[i]).chain(further.into_iter().flatten())
        {
            add(without_roman(document), if is_bare(document) { bare_many } else { MANY });
        }
    });
    let documents = shared(records, |i, add| {
        let further = further_of(records, further, i);
        let further = further.map(|further| &further.documents);
        for &document in std::iter::once(&records.document[i]).chain(further.into_iter().flatten())
        {
            add(document, MANY);
        }
    });
    let unzr = shared(records, |i, add| add(records.unzr[i], MANY));
    let rnokpp = shared(records, |i, add| add(records.rnokpp[i], MANY));

    for i in 0..records.len() {
        let row = records.row[i];
        let mut none = Further::default();
        let place = (records.further[i] as usize).checked_sub(1);
        let further = place.and_then(|place| further.get_mut(place)).unwrap_or(&mut none);
        let is_default = |document: Document| certificates.contains(&without_roman(document));
        if forget(&mut records.certificate[i], &mut further.certificates, is_default) {
            reject(row, Field::CertificateNumber);
        }
        let is_default = |document: Document| documents.contains(&document);
        if forget(&mut records.document[i], &mut further.documents, is_default) {
            reject(row, Field::Document);
        }
        if unzr.contains(&records.unzr[i]) {
            records.unzr[i] = 0;
            reject(row, Field::Unzr);
        }
        if rnokpp.contains(&records.rnokpp[i]) {
            records.rnokpp[i] = 0;
            reject(row, Field::Rnokpp);
        }
    }
    rejected.sort();
    rejected
}

/// What a record holds beside its first values.
fn further_of<'a>(records: &Records, further: &'a [Further], i: usize) -> Option<&'a Further> {
    further.get((records.further[i] as usize).checked_sub(1)?)
}

/// Takes the documents that are nobody's from a record; a further one becomes the first.
/// Whether there were any.
fn forget(
    first: &mut Document,
    further: &mut Vec<Document>,
    is_default: impl Fn(Document) -> bool,
) -> bool {
    let before = further.len();
    further.retain(|&document| !is_default(document));
    let mut found = further.len() < before;
    if !first.is_missing() && is_default(*first) {
        *first = if further.is_empty() { Document::MISSING } else { further.remove(0) };
        found = true;
    }
    found
}

/// A certificate of which the number alone is known.
fn is_bare(document: Document) -> bool {
    document.kind == DocumentKind::BirthCertificate && document.letters == [0; 2]
}

/// How many of `n` bare numbers must be equal before it is no chance: five and six standard
/// deviations over what is expected of each.
fn more_than_chance(n: usize) -> usize {
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    {
        let expected = n as f64 / BARE_NUMBERS;
        MANY + (expected + 6.0 * expected.sqrt()).floor() as usize
    }
}

/// The values that many children share; `each` hands on the values of a record, with the number
/// of children that are many for each.
fn shared<K: Copy + Default + Eq + std::hash::Hash>(
    records: &Records,
    each: impl Fn(usize, &mut dyn FnMut(K, usize)),
) -> FxHashSet<K> {
    let mut bearers: FxHashMap<K, u32> = FxHashMap::default();
    for i in 0..records.len() {
        each(i, &mut |key, _| {
            if key != K::default() {
                *bearers.entry(key).or_default() += 1;
            }
        });
    }
    bearers.retain(|_, n| *n as usize >= MANY);
    let mut children: FxHashMap<K, (Children, usize)> = FxHashMap::default();
    if !bearers.is_empty() {
        for i in 0..records.len() {
            each(i, &mut |key, many| {
                if bearers.contains_key(&key) {
                    let (found, least) = children.entry(key).or_default();
                    found.add(records, i, many);
                    *least = many;
                }
            });
        }
    }
    children.retain(|_, (found, many)| found.are(*many));
    children.into_keys().collect()
}

/// The different children among the bearers of one value, counted no further than needed.
#[derive(Default)]
struct Children {
    dates: FxHashSet<PartialDate>,
    names: FxHashSet<(u32, u32)>,
}

impl Children {
    fn add(&mut self, records: &Records, i: usize, many: usize) {
        let date = records.birth_date[i];
        let name = (records.surname[i], records.given_name[i]);
        if date.is_missing() {
            if name.0 != 0 && name.1 != 0 && self.names.len() < many {
                self.names.insert(name);
            }
        } else if self.dates.len() < many {
            self.dates.insert(date);
        }
    }

    fn are(&self, many: usize) -> bool {
        self.dates.len() >= many || self.names.len() >= many
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn records(n: usize) -> Records {
        Records {
            row: (0..n as u64).collect(),
            content: vec![0; n],
            surname: vec![0; n],
            given_name: vec![0; n],
            birth_date: vec![PartialDate::MISSING; n],
            certificate: vec![Document::MISSING; n],
            document: vec![Document::MISSING; n],
            further: vec![0; n],
            unzr: vec![0; n],
            rnokpp: vec![0; n],
            ..Records::default()
        }
    }

    fn born(day: usize) -> PartialDate {
        PartialDate { year: 2012, month: 3, day: u8::try_from(day).unwrap() }
    }

    fn certificate(text: &str) -> Document {
        super::super::certificates::parse("", text).unwrap()
    }

    #[test]
    fn a_number_on_many_children_is_nobodys() {
        let mut all = records(8);
        for i in 0..6 {
            all.birth_date[i] = born(1 + i);
            all.rnokpp[i] = 4_170_901_236;
            all.unzr[i] = if i < 4 { 2_018_031_201_233 } else { 0 };
            // The numeral is no part of the number.
            let text = if i % 2 == 0 { "І-МИ 345678" } else { "МИ 345678" };
            all.certificate[i] = certificate(text);
        }
        all.certificate[6] = certificate("І-БК 345678");
        all.rnokpp[7] = 4_030_045_681;
        let rejected = drop_defaults(&mut all, &mut []);
        assert_eq!(rejected.len(), 12);
        assert!(rejected.is_sorted());
        assert_eq!(rejected[0].field, "certificate_number");
        assert_eq!(rejected[1].field, "rnokpp");
        assert!(rejected.iter().all(|one| !one.reason.contains(char::is_numeric)));
        assert!(all.certificate[..6].iter().all(|document| document.is_missing()));
        assert_eq!(all.certificate[6], certificate("І-БК 345678"));
        assert_eq!((all.rnokpp[5], all.rnokpp[7]), (0, 4_030_045_681));
        // Four bearers are too few.
        assert_eq!(all.unzr[3], 2_018_031_201_233);
        assert_eq!(drop_defaults(&mut all, &mut []), []);
    }

    #[test]
    fn a_default_beside_the_childs_own_number_goes_alone() {
        let mut all = records(6);
        let own = |i: usize| certificate(&format!("І-МИ 70310{i}"));
        let default = certificate("І-БК 480217");
        let mut further = vec![];
        for i in 0..6 {
            all.birth_date[i] = born(1 + i);
            // Written first or second.
            let (first, second) = if i == 0 { (default, own(i)) } else { (own(i), default) };
            all.certificate[i] = first;
            further.push(Further { certificates: vec![second], ..Further::default() });
            all.further[i] = u32::try_from(i + 1).unwrap();
        }
        assert_eq!(drop_defaults(&mut all, &mut further).len(), 6);
        assert!((0..6).all(|i| all.certificate[i] == own(i)));
        assert!(further.iter().all(Further::is_empty));
    }

    #[test]
    fn one_child_on_many_rows_keeps_its_number() {
        let mut all = records(9);
        for i in 0..9 {
            all.birth_date[i] = born(5 + i % 2);
            all.rnokpp[i] = 4_170_901_236;
            all.surname[i] = 1 + u32::try_from(i).unwrap();
            all.given_name[i] = 1;
        }
        assert_eq!(drop_defaults(&mut all, &mut []), []);
        // Without dates, names tell.
        all.birth_date.fill(PartialDate::MISSING);
        all.surname.fill(1);
        assert_eq!(drop_defaults(&mut all, &mut []), []);
        for (i, surname) in (1..).zip(&mut all.surname) {
            *surname = i;
        }
        assert_eq!(drop_defaults(&mut all, &mut []).len(), 9);
        assert_eq!(all.rnokpp, [0; 9]);
    }

    #[test]
    fn bare_numbers_are_alike_by_chance() {
        assert_eq!(more_than_chance(0), 5);
        assert_eq!(more_than_chance(10_000), 5);
        assert_eq!(more_than_chance(1_000_000), 12);
        assert_eq!(more_than_chance(4_000_000), 21);
    }

    proptest! {
        #[test]
        fn dropped_is_what_a_naive_count_drops(
            rows in proptest::collection::vec((0_u64..4, 0_usize..7, 0_u32..7), 0..60),
        ) {
            let mut all = records(rows.len());
            for (i, &(number, day, name)) in rows.iter().enumerate() {
                all.rnokpp[i] = number;
                all.birth_date[i] = if day == 0 { PartialDate::MISSING } else { born(day) };
                (all.surname[i], all.given_name[i]) = (name, 1);
            }
            let expected: Vec<u64> = rows
                .iter()
                .map(|&(number, ..)| {
                    let bearers = || rows.iter().filter(|row| row.0 == number);
                    let different = |of: Vec<u32>| {
                        of.into_iter().filter(|&n| n != 0).collect::<std::collections::BTreeSet<_>>().len()
                    };
                    let dates = different(bearers().map(|row| u32::try_from(row.1).unwrap()).collect());
                    let names = different(bearers().filter(|row| row.1 == 0).map(|row| row.2).collect());
                    if dates >= 5 || names >= 5 { 0 } else { number }
                })
                .collect();
            let dropped = drop_defaults(&mut all, &mut []);
            let gone = rows.iter().zip(&expected).filter(|(row, now)| row.0 != **now).count();
            prop_assert_eq!(dropped.len(), gone);
            prop_assert_eq!(all.rnokpp, expected);
        }
    }
}
