//! The blocking rules.

use xxhash_rust::xxh3::xxh3_64;

use crate::compare::{Comparator, Comparison, Packed};
use crate::normalize::DocumentKind;

/// A blocking rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Name in the manifest and in `explain`.
    pub name: &'static str,
    /// Comparisons that the key fixes, wholly or nearly: never trained on pairs of this rule.
    pub fixes: &'static [Comparison],
    /// A wide net: cast only where the two sides are small enough for it, and not trained on.
    pub loose: bool,
    /// The key; 0 where the record lacks a part of it.
    key: fn(&Comparator, &Packed) -> u64,
    /// The second key of blocks that are too large.
    refine: fn(&Comparator, &Packed) -> u64,
}

impl Rule {
    /// The key of a record; 0 where the rule does not reach it.
    #[must_use]
    pub fn key(&self, comparator: &Comparator, record: &Packed) -> u64 {
        (self.key)(comparator, record)
    }

    /// The key of a record in a block that is too large.
    #[must_use]
    pub fn refined(&self, comparator: &Comparator, record: &Packed) -> u64 {
        match self.key(comparator, record) {
            0 => 0,
            key => mix(&[key, (self.refine)(comparator, record)]),
        }
    }
}

/// The rules, in the order in which they claim a pair: identifiers first, because their
/// blocks are small and their pairs mostly right.
pub const RULES: &[Rule] = &[
    Rule {
        name: "certificate",
        fixes: &[Comparison::Certificate],
        loose: false,
        // Digits alone: the letters of a series are mistyped too often to be part of a key.
        key: |_, r| {
            if r.certificate.kind == DocumentKind::BirthCertificate {
                join(&[1, u64::from(r.certificate.number) + 1])
            } else {
                0
            }
        },
        refine: |_, r| r.birth_date.into(),
    },
    Rule {
        name: "unzr",
        fixes: &[Comparison::Unzr, Comparison::BirthDate],
        loose: false,
        key: |_, r| join(&[2, r.unzr]),
        refine: |_, r| r.given_name.into(),
    },
    Rule {
        name: "rnokpp",
        fixes: &[Comparison::Rnokpp, Comparison::BirthDate, Comparison::Sex],
        loose: false,
        key: |_, r| join(&[3, r.rnokpp]),
        refine: |_, r| r.given_name.into(),
    },
    Rule {
        name: "document",
        fixes: &[Comparison::Document],
        loose: false,
        key: |_, r| {
            if r.document.is_missing() {
                return 0;
            }
            let letters = u64::from(u16::from_le_bytes(r.document.letters));
            join(&[4, r.document.kind as u64, letters + 1, u64::from(r.document.number) + 1])
        },
        refine: |_, r| r.birth_date.into(),
    },
    Rule {
        name: "birth_date+surname",
        fixes: &[Comparison::BirthDate, Comparison::Surname],
        loose: false,
        key: |c, r| join(&[5, r.birth_date.into(), c.surnames.sound(r.surname)]),
        refine: |c, r| c.given_names.first_letter(r.given_name),
    },
    Rule {
        name: "birth_date+given_name",
        fixes: &[Comparison::BirthDate, Comparison::GivenName, Comparison::Sex],
        loose: false,
        key: |c, r| join(&[6, r.birth_date.into(), c.given_names.sound(r.given_name)]),
        refine: |c, r| c.surnames.first_letter(r.surname),
    },
    Rule {
        name: "birth_date+patronymic+initial",
        fixes: &[Comparison::BirthDate, Comparison::Patronymic],
        loose: false,
        key: |c, r| {
            join(&[
                7,
                r.birth_date.into(),
                c.patronymics.sound(r.patronymic),
                c.surnames.first_letter(r.surname),
            ])
        },
        refine: |c, r| c.given_names.first_letter(r.given_name),
    },
    Rule {
        name: "names",
        fixes: &[
            Comparison::Surname,
            Comparison::GivenName,
            Comparison::Patronymic,
            Comparison::Sex,
        ],
        loose: false,
        key: |c, r| {
            join(&[
                8,
                c.surnames.sound(r.surname),
                c.given_names.sound(r.given_name),
                c.patronymics.sound(r.patronymic),
            ])
        },
        refine: |_, r| r.region.into(),
    },
    Rule {
        name: "surname+given_name+year",
        fixes: &[Comparison::Surname, Comparison::GivenName, Comparison::Sex],
        loose: false,
        key: |c, r| {
            let year = u64::from(c.dates.date(r.birth_date).year);
            join(&[9, c.surnames.sound(r.surname), c.given_names.sound(r.given_name), year])
        },
        refine: |c, r| u64::from(c.dates.date(r.birth_date).month),
    },
    Rule {
        name: "birth_date+swapped_names",
        fixes: &[Comparison::BirthDate, Comparison::Surname, Comparison::GivenName],
        loose: false,
        key: |c, r| {
            let (surname, given) = (c.surnames.sound(r.surname), c.given_names.sound(r.given_name));
            join(&[10, r.birth_date.into(), surname.min(given), surname.max(given)])
        },
        refine: |c, r| c.patronymics.first_letter(r.patronymic),
    },
    // A register of the dead or the sought is small and holds names alone, often miswritten:
    // there every pair of one birth date, or of one name, can be looked at.
    Rule {
        name: "birth_date",
        fixes: &[Comparison::BirthDate],
        loose: true,
        key: |_, r| join(&[11, r.birth_date.into()]),
        refine: |c, r| c.surnames.first_letter(r.surname),
    },
    Rule {
        name: "surname+given_name",
        fixes: &[Comparison::Surname, Comparison::GivenName, Comparison::Sex],
        loose: true,
        key: |c, r| join(&[12, c.surnames.sound(r.surname), c.given_names.sound(r.given_name)]),
        refine: |c, r| c.patronymics.first_letter(r.patronymic),
    },
];

/// A key of parts, the first of which is the rule's number; 0 where a part is missing.
fn join(parts: &[u64]) -> u64 {
    if parts.contains(&0) { 0 } else { mix(parts) }
}

fn mix(parts: &[u64]) -> u64 {
    let mut bytes = [0; 8 * 5];
    for (slot, part) in bytes.chunks_exact_mut(8).zip(parts) {
        slot.copy_from_slice(&part.to_le_bytes());
    }
    // 0 stands for no key.
    xxh3_64(&bytes).max(1)
}
