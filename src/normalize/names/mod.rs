//! Names: from a cell to something that can be compared.
//!
//! [`mod@canonical`] gives every cell one spelling, [`full`] finds surname, given name
//! and patronymic among several words, [`fold`] says what spellings of one name have
//! in common, and [`known`] which names stand for each other. [`build`] puts the
//! results into a [`Name`]; it runs once a distinct name.
//!
//! Beside the main reading of a cell, [`mod@alternatives`] finds the other names in it, and
//! [`cases`] turns the names of orders and certificates back to the nominative.

pub mod alternatives;
pub mod canonical;
pub mod cases;
mod decoded;
pub mod fold;
pub mod full;
mod joined;
pub mod known;
mod layout;
mod remarks;

use xxhash_rust::xxh3::xxh3_64;

use super::records::{Base, Letters, Name, Relation, Script};
use super::{latin, letters};

pub use alternatives::{
    alternatives, date_in_name, full_alternatives, full_name_alternatives, has_alternatives,
    is_surname,
};
pub use canonical::{canonical, says_nothing};
pub use cases::{nominative, sex_of_patronymic};
pub use full::{Parts, full_name, given_name};

/// What a name is: endings mean different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Surname.
    Surname,
    /// Given name, the child's or a parent's.
    Given,
    /// Patronymic.
    Patronymic,
}

/// A canonical name with all that comparing needs. The empty name is missing.
#[must_use]
pub fn build(kind: Kind, canonical: &str) -> Name {
    if canonical.is_empty() {
        return Name::default();
    }
    if let Some(father) = canonical.strip_prefix(FATHER) {
        return from_father(canonical, father);
    }
    let latin_script = fold::is_latin(canonical);
    let readings = latin::readings(canonical);
    let skeleton = readings.first().cloned().unwrap_or_default();
    let own = match kind {
        Kind::Surname if canonical.contains('-') => double_surname(canonical),
        _ => hash(fold::fold(kind, canonical).as_bytes()),
    };
    let bases = match kind {
        _ if is_initial(canonical) => vec![Base { hash: own, relation: Relation::Spelling }],
        Kind::Given if canonical.contains('-') => double_given_bases(own, canonical),
        Kind::Given => known::given_bases(own, latin_script),
        // The father's bare name where the patronymic should be.
        Kind::Patronymic if known::is_given_name(canonical) && !full::is_patronymic(canonical) => {
            vec![Base { hash: own, relation: Relation::Variant }]
        }
        Kind::Patronymic => known::patronymic_bases(own, latin_script),
        Kind::Surname => surname_bases(own, canonical),
    };
    Name {
        canonical: canonical.into(),
        script: if latin_script { Script::Latin } else { Script::Cyrillic },
        initial: is_initial(canonical),
        letters: if latin_script { Letters::default() } else { letters::encode(canonical) },
        skeleton: skeleton_letters(&skeleton),
        fold: own,
        readings: distinct(readings.iter().map(|reading| hash(reading))),
        sounds: distinct(readings.iter().map(|reading| hash(&fold::sound(kind, reading)))),
        bases,
        forms: Vec::new(),
    }
}

/// Stands before a father's given name in place of the patronymic it makes; no canonical name
/// has it.
pub(super) const FATHER: char = '=';

/// A father's given name as a patronymic: it has the father's bases, and no letters that could
/// be one edit away from a patronymic's.
fn from_father(marked: &str, father: &str) -> Name {
    let given = build(Kind::Given, father);
    Name {
        canonical: marked.into(),
        letters: Letters::default(),
        skeleton: Letters::default(),
        fold: hash(marked.as_bytes()),
        readings: Vec::new(),
        sounds: distinct(
            latin::readings(father).iter().map(|r| hash(&fold::sound(Kind::Patronymic, r))),
        ),
        ..given
    }
}

/// The values, each once, in the order in which they come first.
fn distinct(values: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut distinct = Vec::with_capacity(1);
    for value in values {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    distinct
}

/// Whether a canonical name is but its first letter.
#[must_use]
pub fn is_initial(canonical: &str) -> bool {
    let mut letters = canonical.chars();
    letters.next().is_some() && letters.next().is_none()
}

/// The fold of a double surname: its parts in any order (Family Code, article 35: the
/// couple agrees on it).
fn double_surname(canonical: &str) -> u64 {
    let mut parts: Vec<String> =
        canonical.split('-').map(|part| fold::fold(Kind::Surname, part)).collect();
    parts.sort_unstable();
    hash(parts.concat().as_bytes())
}

/// A double given name (two at most, Civil Code, article 28) is called by either, as by a
/// short form: Анна-Марія is Анна at school. The order of the two says nothing.
fn double_given_bases(own: u64, canonical: &str) -> Vec<Base> {
    let latin = fold::is_latin(canonical);
    let mut parts: Vec<String> =
        canonical.split('-').map(|part| fold::fold(Kind::Given, part)).collect();
    let called = canonical.split('-').zip(&parts).filter(|(part, _)| known::is_given_name(part));
    let mut bases: Vec<Base> = called
        .flat_map(|(_, fold)| known::given_bases(hash(fold.as_bytes()), latin))
        .filter(|base| base.relation == Relation::Spelling)
        .map(|base| Base { relation: Relation::Diminutive, ..base })
        .collect();
    bases.extend(known::given_bases(own, latin));
    parts.sort_unstable();
    bases.push(Base { hash: hash(parts.concat().as_bytes()), relation: Relation::Spelling });
    sorted(own, bases)
}

/// A double surname stands for either part, and for both written as one word; the parts also
/// by their readings, for the other script.
fn surname_bases(own: u64, canonical: &str) -> Vec<Base> {
    let mut parts = Vec::new();
    if canonical.contains('-') {
        let joined = hash(fold::fold(Kind::Surname, canonical).as_bytes());
        parts.push(Base { hash: joined, relation: Relation::Spelling });
        // What many surnames share is no part that two persons agree by.
        let telling = canonical
            .split('-')
            .filter(|part| part.chars().nth(2).is_some() && !full::is_surname_particle(part));
        for part in telling {
            let fold = hash(fold::fold(Kind::Surname, part).as_bytes());
            let readings = latin::readings(part);
            let hashes = std::iter::once(fold).chain(readings.iter().map(|reading| hash(reading)));
            parts.extend(hashes.map(|hash| Base { hash, relation: Relation::Variant }));
        }
    }
    sorted(own, parts)
}

/// The bases of a name whose own is `own`, the nearest relation to each.
fn sorted(own: u64, others: impl IntoIterator<Item = Base>) -> Vec<Base> {
    let mut bases = vec![Base { hash: own, relation: Relation::Spelling }];
    bases.extend(others);
    bases.sort_unstable();
    bases.dedup_by_key(|base| base.hash);
    bases
}

/// A skeleton's sounds as one-byte letters: `a..=z` are 1..=26, others above.
fn skeleton_letters(skeleton: &[u8]) -> Letters {
    let codes: Vec<u8> = skeleton
        .iter()
        .take(Letters::CAPACITY)
        .map(|&sound| sound.wrapping_sub(b'a').wrapping_add(1).min(letters::OTHER))
        .collect();
    Letters::new(&codes)
}

/// A hash that is never 0, which stands for a missing name.
fn hash(text: &[u8]) -> u64 {
    xxh3_64(text).max(1)
}

#[cfg(test)]
mod tests;
