//! The blocking rules.

use super::facets::Facet;
use crate::compare::Comparison;
use crate::normalize::DocumentKind;

/// What a rule goes by: rules of different grounds fail nearly independently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grounds {
    /// A number that is one person's.
    Identifier,
    /// The whole birth date and a part of the name.
    BirthDate,
    /// Names, without the whole date.
    Names,
    /// Whatever left-over records offer.
    Leftover,
}

/// A blocking rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Name in the manifest and in `explain`.
    pub name: &'static str,
    /// Comparisons that the key fixes, wholly or nearly: never trained on pairs of this rule.
    pub fixes: &'static [Comparison],
    /// What the rule goes by.
    pub grounds: Grounds,
    /// A wide net: cast only where the two sides are small enough for it, and not trained on.
    pub loose: bool,
    /// The key; 0 where the facet lacks a part of it.
    key: fn(&Facet) -> u64,
    /// The second key of blocks that are too large.
    refine: fn(&Facet) -> u64,
    /// The keys of a rule for left-over records, which has no other.
    keys: fn(&Facet, &mut dyn FnMut(u64)),
}

/// The further keys of a rule that is cast for all records alike.
const FOR_ALL: fn(&Facet, &mut dyn FnMut(u64)) = |_, _| {};
/// The key for all records of a rule for left-over ones.
const NONE: fn(&Facet) -> u64 = |_| 0;

impl Rule {
    /// The key of one facet of a record; 0 where the rule does not reach it.
    #[must_use]
    pub fn key(&self, facet: &Facet) -> u64 {
        (self.key)(facet)
    }

    /// Hands on the keys of a facet under a rule for left-over records; 0 where a part is missing.
    pub(super) fn left_over(&self, facet: &Facet, hand_on: &mut dyn FnMut(u64)) {
        (self.keys)(facet, hand_on);
    }

    /// The key of a facet in a block that is too large and has `key`.
    pub(super) fn refined(&self, key: u64, facet: &Facet) -> u64 {
        mix(&[key, (self.refine)(facet)])
    }
}

/// What refines a block that its rule's second key leaves too large: one after another, the
/// values that errors spare most first.
pub(super) const REFINEMENTS: &[fn(&Facet) -> u64] = &[
    |f| f.first_letters[1],
    |f| f.first_letters[0],
    |f| f.first_letters[2],
    |f| f.born.year.into(),
    |f| f.birth_date.into(),
    |f| f.region.into(),
    |f| f.sounds[1],
    |f| f.sounds[0],
    |f| f.sounds[2],
    |f| f.certificate.number.into(),
    |f| f.document.number.into(),
    |f| f.unzr,
    |f| f.rnokpp,
];

/// The rules, in the order in which they claim a pair: identifiers first, because their
/// blocks are small and their pairs mostly right.
pub const RULES: &[Rule] = &[
    Rule {
        name: "certificate",
        grounds: Grounds::Identifier,
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
        keys: FOR_ALL,
    },
    Rule {
        name: "unzr",
        grounds: Grounds::Identifier,
        fixes: &[Comparison::Unzr, Comparison::BirthDate],
        loose: false,
        key: |f| join(&[2, f.unzr]),
        refine: |f| f.first_letters[1],
        keys: FOR_ALL,
    },
    Rule {
        name: "rnokpp",
        grounds: Grounds::Identifier,
        fixes: &[Comparison::Rnokpp, Comparison::BirthDate, Comparison::Sex],
        loose: false,
        key: |f| join(&[3, f.rnokpp]),
        refine: |f| f.first_letters[1],
        keys: FOR_ALL,
    },
    Rule {
        name: "document",
        grounds: Grounds::Identifier,
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
        keys: FOR_ALL,
    },
    Rule {
        name: "birth_date+surname",
        grounds: Grounds::BirthDate,
        fixes: &[Comparison::BirthDate, Comparison::Surname],
        loose: false,
        key: |f| join(&[5, f.birth_date.into(), f.sounds[0]]),
        refine: |f| f.first_letters[1],
        keys: FOR_ALL,
    },
    Rule {
        name: "birth_date+given_name",
        grounds: Grounds::BirthDate,
        fixes: &[Comparison::BirthDate, Comparison::GivenName, Comparison::Sex],
        loose: false,
        key: |f| join(&[6, f.birth_date.into(), f.sounds[1]]),
        refine: |f| f.first_letters[0],
        keys: FOR_ALL,
    },
    Rule {
        name: "birth_date+patronymic+initial",
        grounds: Grounds::BirthDate,
        // Of the surname the first letter alone, but no other surname is then left than those
        // that begin so.
        fixes: &[Comparison::BirthDate, Comparison::Patronymic, Comparison::Surname],
        loose: false,
        key: |f| join(&[7, f.birth_date.into(), f.sounds[2], f.first_letters[0]]),
        refine: |f| f.first_letters[1],
        keys: FOR_ALL,
    },
    Rule {
        name: "names",
        grounds: Grounds::Names,
        fixes: &[
            Comparison::Surname,
            Comparison::GivenName,
            Comparison::Patronymic,
            Comparison::Sex,
        ],
        loose: false,
        key: |f| join(&[8, f.sounds[0], f.sounds[1], f.sounds[2]]),
        refine: |f| f.region.into(),
        keys: FOR_ALL,
    },
    Rule {
        name: "surname+given_name+year",
        grounds: Grounds::Names,
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
        keys: FOR_ALL,
    },
    Rule {
        name: "birth_date+swapped_names",
        grounds: Grounds::BirthDate,
        fixes: &[Comparison::BirthDate, Comparison::Surname, Comparison::GivenName],
        loose: false,
        key: |f| {
            let (surname, given) = (f.sounds[0], f.sounds[1]);
            join(&[10, f.birth_date.into(), surname.min(given), surname.max(given)])
        },
        refine: |f| f.first_letters[2],
        keys: FOR_ALL,
    },
    // A register of the dead or the sought is small and holds names alone, often miswritten:
    // there every pair of one birth date, or of one name, can be looked at.
    Rule {
        name: "birth_date",
        grounds: Grounds::BirthDate,
        fixes: &[Comparison::BirthDate],
        loose: true,
        key: |f| join(&[11, f.birth_date.into()]),
        refine: |f| f.first_letters[0],
        keys: FOR_ALL,
    },
    Rule {
        name: "surname+given_name",
        grounds: Grounds::Names,
        fixes: &[Comparison::Surname, Comparison::GivenName, Comparison::Sex],
        loose: true,
        key: |f| join(&[12, f.sounds[0], f.sounds[1]]),
        refine: |f| f.first_letters[2],
        keys: FOR_ALL,
    },
    // For left-over records alone: several errors at once.
    left_over("certificate_slip", &[Comparison::Certificate], |f, hand_on| {
        if f.certificate.kind == DocumentKind::BirthCertificate {
            slips(f.certificate.number, hand_on);
        }
    }),
    left_over(
        "part_of_date+given_name+initial",
        &[Comparison::BirthDate, Comparison::GivenName, Comparison::Sex],
        |f, hand_on| {
            parts_of_date(f, |part| hand_on(join(&[14, part, f.sounds[1], f.first_letters[0]])));
        },
    ),
    left_over(
        "part_of_date+surname+initial",
        &[Comparison::BirthDate, Comparison::Surname],
        |f, hand_on| {
            parts_of_date(f, |part| hand_on(join(&[15, part, f.sounds[0], f.first_letters[1]])));
        },
    ),
    left_over(
        "given_name+patronymic+year",
        &[Comparison::BirthDate, Comparison::GivenName, Comparison::Patronymic, Comparison::Sex],
        |f, hand_on| hand_on(join(&[16, f.sounds[1], f.sounds[2], f.born.year.into()])),
    ),
    left_over(
        "birth_date+initials",
        &[Comparison::BirthDate, Comparison::Surname, Comparison::GivenName],
        |f, hand_on| {
            let (surname, given) = (f.first_letters[0], f.first_letters[1]);
            hand_on(join(&[17, f.birth_date.into(), surname.min(given), surname.max(given)]));
        },
    ),
    left_over(
        "two_names",
        &[Comparison::Surname, Comparison::GivenName, Comparison::Sex],
        |f, hand_on| {
            let (surname, given) = (f.sounds[0], f.sounds[1]);
            hand_on(join(&[18, surname.min(given), surname.max(given)]));
        },
    ),
];

/// A rule for left-over records.
const fn left_over(
    name: &'static str,
    fixes: &'static [Comparison],
    keys: fn(&Facet, &mut dyn FnMut(u64)),
) -> Rule {
    Rule { name, fixes, grounds: Grounds::Leftover, loose: true, key: NONE, refine: NONE, keys }
}

/// What is left of a birth date if the year, the month or the day is wrong, or month and day
/// changed places.
fn parts_of_date(facet: &Facet, mut hand_on: impl FnMut(u64)) {
    let (year, month, day) =
        (u64::from(facet.born.year), u64::from(facet.born.month), u64::from(facet.born.day));
    if day > 0 {
        hand_on(mix(&[1, month, day]));
        hand_on(mix(&[2, year, month]));
        hand_on(mix(&[3, year, day]));
        hand_on(mix(&[4, year, month.min(day), month.max(day)]));
    }
}

/// Keys that a certificate's number has in common with every other that is one replaced digit,
/// one swap of neighbours or one lost digit away.
fn slips(number: u32, mut hand_on: impl FnMut(u64)) {
    let number = u64::from(number);
    for place in (0..6).map(|place| 10_u64.pow(place)) {
        let digit = number / place % 10;
        hand_on(mix(&[13, 1, place, number - digit * place]));
        let (low, high) = (digit, number / (place * 10) % 10);
        if place < 100_000 && low != high {
            let rest = number - low * place - high * place * 10;
            hand_on(mix(&[
                13,
                2,
                place,
                rest + low.min(high) * place + low.max(high) * place * 10,
            ]));
        }
        if number >= 100_000 {
            hand_on(mix(&[13, 3, number / (place * 10) * place + number % place]));
        }
    }
    if number < 100_000 {
        hand_on(mix(&[13, 3, number]));
    }
}

/// A key of parts, the first of which is the rule's number; 0 where a part is missing.
fn join(parts: &[u64]) -> u64 {
    if parts.contains(&0) { 0 } else { mix(parts) }
}

/// Five parts at the most, each in a place of its own, as one number that is never 0.
///
/// Multiplied and folded as wyhash does it: parts differ in every bit of the key.
pub(super) fn mix(parts: &[u64]) -> u64 {
    const SECRETS: [u64; 2] = [0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db];
    let fold = |a: u64, b: u64| {
        let product = u128::from(a) * u128::from(b);
        // The two halves.
        #[allow(clippy::cast_possible_truncation)]
        let (low, high) = (product as u64, (product >> 64) as u64);
        low ^ high
    };
    let start = SECRETS[0] ^ parts.len() as u64;
    let key =
        parts.iter().fold(start, |key, &part| fold(key ^ part, SECRETS[1]) ^ part.rotate_left(32));
    // 0 stands for no key.
    fold(key, SECRETS[0]).max(1)
}
