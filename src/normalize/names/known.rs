//! Names that are known: the other language's name, the full name of a short one,
//! the father in a patronymic, the usual Latin spellings.
//!
//! A *base* is the hash of a folded given name. Олена, Елена and Оленка have the base
//! Олена in common; Олександрович has the base of Олександр, so a patronymic can be
//! held against a father's name. Bases say "compatible", never "equal": Анна and
//! Ганна are two legal names in Ukrainian, and both Анна in Russian.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::records::{Base, Relation, Sex};
use super::super::{data, latin};
use super::canonical::canonical;
use super::cases::oblique;
use super::fold::{fold, is_latin};
use super::{Kind, hash, sorted};

/// Everything the tables say, keyed by hashes of folded forms.
struct Known {
    /// Folded given name → bases of its partners and full names.
    partners: FxHashMap<u64, Vec<Base>>,
    /// Folded given names that children bear, or that are short for one.
    given: FxHashSet<u64>,
    /// Folded patronymic → bases of the fathers.
    fathers: FxHashMap<u64, Vec<Base>>,
    /// Folded Latin spelling of a given name → bases.
    latin: FxHashMap<u64, Vec<Base>>,
    /// Folded Latin patronymic → bases of the fathers.
    latin_fathers: FxHashMap<u64, Vec<Base>>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(Known::from_tables);

impl Known {
    fn from_tables() -> Self {
        let mut known = Self {
            partners: FxHashMap::default(),
            given: FxHashSet::default(),
            fathers: FxHashMap::default(),
            latin: FxHashMap::default(),
            latin_fathers: FxHashMap::default(),
        };
        known.read_given_names();
        known.read_variants();
        known.read_cases();
        known.read_latin();
        known.read_patronymics();
        known
    }

    fn read_given_names(&mut self) {
        // Names that so many children bear officially that they are nobody's short form:
        // Віра is not taken for Вероніка, nor Яна for Мар'яна.
        let mut common = FxHashSet::default();
        for row in [data::FIRST_MALE, data::FIRST_FEMALE].into_iter().flat_map(data::rows) {
            let [name, weight, ..] = row.as_slice() else { continue };
            let name = canonical(name);
            self.given.insert(given_hash(&name));
            self.spell_in_latin(&name);
            if weight.parse().is_ok_and(|weight: f64| weight >= 1.0) {
                common.insert(given_hash(&name));
            }
        }
        for row in data::rows(data::RU_UK_PAIRS) {
            let [uk, ru, ..] = row.as_slice() else { continue };
            let (uk, ru) = (canonical(uk), canonical(ru));
            let (uk_base, ru_base) = (given_hash(&uk), given_hash(&ru));
            if uk_base != ru_base {
                add(&mut self.partners, uk_base, ru_base, Relation::Translation);
                add(&mut self.partners, ru_base, uk_base, Relation::Translation);
            }
            if self.given.contains(&uk_base) {
                self.given.insert(ru_base);
                self.spell_in_latin(&ru);
            }
        }
        for row in data::rows(data::DIMINUTIVES) {
            let [full, short, ..] = row.as_slice() else { continue };
            let (full, short) = (canonical(full), canonical(short));
            if !common.contains(&given_hash(&short)) {
                add(
                    &mut self.partners,
                    given_hash(&short),
                    given_hash(&full),
                    Relation::Diminutive,
                );
            }
            self.given.insert(given_hash(&short));
            self.spell_in_latin(&short);
        }
    }

    /// Legal names of their own that are mixed, in either direction, and what foreign
    /// documents traditionally write.
    fn read_variants(&mut self) {
        for row in data::rows(data::VARIANTS) {
            let [name, variant, _, kind] = row.as_slice() else { continue };
            let (name, variant) = (canonical(name), canonical(variant));
            let (base, other) = (given_hash(&name), given_hash(&variant));
            if is_latin(&variant) {
                add(&mut self.latin, other, base, Relation::Translation);
            } else if base != other {
                for (of, partner) in [(base, other), (other, base)] {
                    add(&mut self.partners, of, partner, Relation::Variant);
                    if *kind == "other" {
                        let bases = self.partners.get_mut(&of).into_iter().flatten();
                        let listed = bases.filter(|base| base.hash == partner);
                        listed.for_each(|base| base.relation = Relation::Variant);
                    }
                }
                for known in [name, variant] {
                    self.given.insert(given_hash(&known));
                    self.spell_in_latin(&known);
                }
            }
        }
    }

    /// Genitive and dative, as orders and certificates have them ("видане Петру"). A form
    /// that is a name itself stays that name: Олександра is not taken for Олександр.
    fn read_cases(&mut self) {
        for (table, sex) in [(data::FIRST_MALE, Sex::Male), (data::FIRST_FEMALE, Sex::Female)] {
            for row in data::rows(table) {
                let name = canonical(row.first().copied().unwrap_or_default());
                let base = given_hash(&name);
                for form in oblique(&name, sex) {
                    let form = given_hash(&form);
                    if !self.given.contains(&form) {
                        add(&mut self.partners, form, base, Relation::Spelling);
                    }
                }
            }
        }
    }

    /// The spellings of the table, and everything that has the skeleton of the name.
    fn spell_in_latin(&mut self, cyrillic: &str) {
        let spelling = fold(Kind::Given, &latin::kmu55(cyrillic));
        add(&mut self.latin, hash(spelling.as_bytes()), given_hash(cyrillic), Relation::Spelling);
    }

    fn read_latin(&mut self) {
        for row in data::rows(data::LATIN_VARIANTS) {
            let [uk, latin, systems] = row.as_slice() else { continue };
            let (uk, latin) = (canonical(uk), canonical(latin));
            if is_latin(&latin) {
                // From the Russian form, or what English has for it.
                let own = systems.split(',').any(|system| system.starts_with("UK:"));
                let relation = if own { Relation::Spelling } else { Relation::Translation };
                add(&mut self.latin, given_hash(&latin), given_hash(&uk), relation);
            }
        }
    }

    fn read_patronymics(&mut self) {
        for row in data::rows(data::PATRONYMICS) {
            let [father, masculine, feminine, ..] = row.as_slice() else { continue };
            let base = given_hash(&canonical(father));
            for form in masculine.split('|').chain(feminine.split('|')) {
                let form = canonical(form);
                add(&mut self.fathers, patronymic_hash(&form), base, Relation::Spelling);
                add(
                    &mut self.latin_fathers,
                    patronymic_hash(&latin::kmu55(&form)),
                    base,
                    Relation::Spelling,
                );
            }
        }
        // The Russian form stands for the father of the Ukrainian one.
        for row in data::rows(data::PATRONYMICS_UK_RU) {
            let [uk, ru, ..] = row.as_slice() else { continue };
            let (uk_key, ru) = (patronymic_hash(&canonical(uk)), canonical(ru));
            let Some(fathers) = self.fathers.get(&uk_key).cloned() else { continue };
            for base in fathers {
                add(&mut self.fathers, patronymic_hash(&ru), base.hash, Relation::Translation);
                add(
                    &mut self.latin_fathers,
                    patronymic_hash(&latin::kmu55(&ru)),
                    base.hash,
                    Relation::Translation,
                );
            }
        }
    }
}

/// The own base of a given name.
fn given_hash(canonical: &str) -> u64 {
    hash(fold(Kind::Given, canonical).as_bytes())
}

fn patronymic_hash(canonical: &str) -> u64 {
    hash(fold(Kind::Patronymic, canonical).as_bytes())
}

fn add(map: &mut FxHashMap<u64, Vec<Base>>, key: u64, hash: u64, relation: Relation) {
    let bases = map.entry(key).or_default();
    match bases.iter_mut().find(|base| base.hash == hash) {
        Some(base) => base.relation = base.relation.min(relation),
        None => bases.push(Base { hash, relation }),
    }
}

/// Whether a canonical word is a given name of the tables, in either script.
#[must_use]
pub fn is_given_name(canonical: &str) -> bool {
    let base = given_hash(canonical);
    if is_latin(canonical) { KNOWN.latin.contains_key(&base) } else { KNOWN.given.contains(&base) }
}

/// Bases of a given name whose folded form has hash `own`; sorted, without duplicates.
#[must_use]
pub fn given_bases(own: u64, latin: bool) -> Vec<Base> {
    let table = if latin { &KNOWN.latin } else { &KNOWN.partners };
    sorted(own, table.get(&own).into_iter().flatten().copied())
}

/// Bases of a patronymic whose folded form has hash `own`: the fathers, or where the
/// father's name is not known, what is left of it.
#[must_use]
pub fn patronymic_bases(own: u64, latin: bool) -> Vec<Base> {
    let table = if latin { &KNOWN.latin_fathers } else { &KNOWN.fathers };
    sorted(own, table.get(&own).into_iter().flatten().copied())
}
