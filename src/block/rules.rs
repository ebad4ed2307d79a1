//! The blocking rules.

use xxhash_rust::xxh3::xxh3_64;

use super::facets::Facet;
use crate::compare::Comparison;
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
    /// The key; 0 where the facet lacks a part of it.
    key: fn(&Facet) -> u64,
    /// The second key of blocks that are too large.
    refine: fn(&Facet) -> u64,
}

impl Rule {
    /// The key of one facet of a record; 0 where the rule does not reach it.
    #[must_use]
    pub fn key(&self, facet: &Facet) -> u64 {
        (self.key)(facet)
    }

    /// The key of a facet in a block that is too large.
    #[must_use]
    pub fn refined(&self, facet: &Facet) -> u64 {
        match self.key(facet) {
            0 => 0,
            key => mix(&[key, (self.refine)(facet)]),
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
        key: |f| {
            if f.certificate.kind == DocumentKind::BirthCertificate {
                join(&[1, u64::from(f.certificate.number) + 1])
            } else {
                0
            }
        },
        refine: |f| f.birth_date.into(),
    },
    Rule {
        name: "unzr",
        fixes: &[Comparison::Unzr, Comparison::BirthDate],
        loose: false,
        key: |f| join(&[2, f.unzr]),
        refine: |f| f.first_letters[1],
    },
    Rule {
        name: "rnokpp",
        fixes: &[Comparison::Rnokpp, Comparison::BirthDate, Comparison::Sex],
        loose: false,
        key: |f| join(&[3, f.rnokpp]),
        refine: |f| f.first_letters[1],
    },
    Rule {
        name: "document",
        fixes: &[Comparison::Document],
        loose: false,
        key: |f| {
            if f.document.is_missing() {
                return 0;
            }
            let letters = u64::from(u16::from_le_bytes(f.document.letters));
            join(&[4, f.document.kind as u64, letters + 1, u64::from(f.document.number) + 1])
        },
        refine: |f| f.birth_date.into(),
    },
    Rule {
        name: "birth_date+surname",
        fixes: &[Comparison::BirthDate, Comparison::Surname],
        loose: false,
        key: |f| join(&[5, f.birth_date.into(), f.sounds[0]]),
        refine: |f| f.first_letters[1],
    },
    Rule {
        name: "birth_date+given_name",
        fixes: &[Comparison::BirthDate, Comparison::GivenName, Comparison::Sex],
        loose: false,
        key: |f| join(&[6, f.birth_date.into(), f.sounds[1]]),
        refine: |f| f.first_letters[0],
    },
    Rule {
        name: "birth_date+patronymic+initial",
        // Of the surname the first letter alone, but no other surname is then left than those
        // that begin so.
        fixes: &[Comparison::BirthDate, Comparison::Patronymic, Comparison::Surname],
        loose: false,
        key: |f| join(&[7, f.birth_date.into(), f.sounds[2], f.first_letters[0]]),
        refine: |f| f.first_letters[1],
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
        key: |f| join(&[8, f.sounds[0], f.sounds[1], f.sounds[2]]),
        refine: |f| f.region.into(),
    },
    Rule {
        name: "surname+given_name+year",
        // The year alone, but of all other dates none is left that namesakes would have.
        fixes: &[
            Comparison::Surname,
            Comparison::GivenName,
            Comparison::Sex,
            Comparison::BirthDate,
        ],
        loose: false,
        key: |f| {
            let year = u64::from(f.born.year);
            join(&[9, f.sounds[0], f.sounds[1], year])
        },
        refine: |f| u64::from(f.born.month),
    },
    Rule {
        name: "birth_date+swapped_names",
        fixes: &[Comparison::BirthDate, Comparison::Surname, Comparison::GivenName],
        loose: false,
        key: |f| {
            let (surname, given) = (f.sounds[0], f.sounds[1]);
            join(&[10, f.birth_date.into(), surname.min(given), surname.max(given)])
        },
        refine: |f| f.first_letters[2],
    },
    // A register of the dead or the sought is small and holds names alone, often miswritten:
    // there every pair of one birth date, or of one name, can be looked at.
    Rule {
        name: "birth_date",
        fixes: &[Comparison::BirthDate],
        loose: true,
        key: |f| join(&[11, f.birth_date.into()]),
        refine: |f| f.first_letters[0],
    },
    Rule {
        name: "surname+given_name",
        fixes: &[Comparison::Surname, Comparison::GivenName, Comparison::Sex],
        loose: true,
        key: |f| join(&[12, f.sounds[0], f.sounds[1]]),
        refine: |f| f.first_letters[2],
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
