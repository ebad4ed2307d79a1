//! Interning of names and labels, and the reading of name cells into codes.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::builder::Cache;
use super::names::canonical::canonical;
use super::names::full::{self, Arrangement, Class};

/// Distinct texts of one source; code 0 is the empty one.
pub(super) struct Pool {
    codes: FxHashMap<Box<str>, u32>,
    texts: Vec<Box<str>>,
    /// What can be told of a name by itself, once it was asked for.
    classes: Vec<Option<Class>>,
}

impl Default for Pool {
    fn default() -> Self {
        Self { codes: FxHashMap::default(), texts: vec!["".into()], classes: vec![None] }
    }
}

impl Pool {
    /// The code of a text.
    pub(super) fn intern(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        if let Some(&code) = self.codes.get(text) {
            return code;
        }
        // Four billion distinct names would not fit into memory either.
        let code = u32::try_from(self.texts.len()).unwrap_or(0);
        self.codes.insert(text.into(), code);
        self.texts.push(text.into());
        self.classes.push(None);
        code
    }

    /// The texts by code.
    pub(super) fn into_texts(self) -> Vec<Box<str>> {
        self.texts
    }

    fn class(&mut self, code: u32) -> Class {
        let code = code as usize;
        match self.classes[code] {
            Some(class) => class,
            None => *self.classes[code].insert(Class::of(&self.texts[code])),
        }
    }

    /// Puts a patronymic that stands where the given name should into its place. Two names
    /// are swapped only where both are certain: the one by its ending, the other by the
    /// tables.
    pub(super) fn sort_out(&mut self, names: Triple) -> Triple {
        let Triple { surname, given, patronymic } = names;
        if given == 0 {
            return names;
        }
        let class = self.class(given);
        if !class.patronymic || class.given {
            return names;
        }
        if patronymic == 0 {
            return Triple { surname, given: 0, patronymic: given };
        }
        let other = self.class(patronymic);
        if other.given && !other.patronymic {
            return Triple { surname, given: patronymic, patronymic: given };
        }
        names
    }

    /// One code for the words of a range, joined by hyphens.
    fn joined(&mut self, words: &[u32], range: Range<usize>) -> u32 {
        match words.get(range) {
            None | Some([]) => 0,
            Some([one]) => *one,
            Some(several) => {
                let texts: Vec<&str> =
                    several.iter().map(|&code| &*self.texts[code as usize]).collect();
                self.intern(&texts.join("-"))
            }
        }
    }
}

/// Codes of surname, given name and patronymic; 0 where missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Triple {
    /// Surname.
    pub(super) surname: u32,
    /// Given name.
    pub(super) given: u32,
    /// Patronymic.
    pub(super) patronymic: u32,
}

impl Triple {
    /// These names, the missing ones from `other`.
    pub(super) const fn or(self, other: Self) -> Self {
        const fn first(a: u32, b: u32) -> u32 {
            if a == 0 { b } else { a }
        }
        Self {
            surname: first(self.surname, other.surname),
            given: first(self.given, other.given),
            patronymic: first(self.patronymic, other.patronymic),
        }
    }
}

/// Reads name cells, each distinct one once.
#[derive(Default)]
pub(super) struct NameCells {
    surnames: Cache<Triple>,
    given: Cache<Triple>,
    patronymics: Cache<u32>,
    parents: Cache<u32>,
    /// Words of the cell at hand.
    words: Vec<u32>,
    classes: Vec<Class>,
}

impl NameCells {
    /// A surname cell; a whole name there is taken apart.
    pub(super) fn surname(&mut self, pool: &mut Pool, cell: &str) -> Triple {
        let Self { surnames, words, classes, .. } = self;
        surnames.get(cell, |cell| {
            read_words(pool, cell, words, classes);
            let whole = words.len() > 2
                && classes.last().is_some_and(|last| last.patronymic || last.particle)
                && classes.iter().any(|class| class.given);
            if whole {
                return triple(pool, words, &full::arrange(classes));
            }
            let surname = 0..words.len();
            triple(pool, words, &Arrangement { surname, ..Arrangement::default() })
        })
    }

    /// A given-name cell; a patronymic there is split off.
    pub(super) fn given(&mut self, pool: &mut Pool, cell: &str) -> Triple {
        let Self { given, words, classes, .. } = self;
        given.get(cell, |cell| {
            read_words(pool, cell, words, classes);
            triple(pool, words, &full::arrange_given(classes))
        })
    }

    /// A patronymic cell.
    pub(super) fn patronymic(&mut self, pool: &mut Pool, cell: &str) -> u32 {
        let Self { patronymics, words, classes, .. } = self;
        patronymics.get(cell, |cell| {
            read_words(pool, cell, words, classes);
            pool.joined(words, 0..words.len())
        })
    }

    /// The given name in a cell for a parent's, which may hold the whole name.
    pub(super) fn parent(&mut self, pool: &mut Pool, cell: &str) -> u32 {
        let Self { parents, words, classes, .. } = self;
        parents.get(cell, |cell| {
            read_words(pool, cell, words, classes);
            let found = match classes.as_slice() {
                [_, _, _, ..] => full::arrange(classes),
                [first, second] if second.given && !first.given => full::arrange(classes),
                _ => full::arrange_given(classes),
            };
            triple(pool, words, &found).given
        })
    }

    /// A cell with a whole name. Such cells hardly repeat, so only their words are kept.
    pub(super) fn full(&mut self, pool: &mut Pool, cell: &str) -> Triple {
        read_words(pool, cell, &mut self.words, &mut self.classes);
        triple(pool, &self.words, &full::arrange(&self.classes))
    }
}

fn read_words(pool: &mut Pool, cell: &str, words: &mut Vec<u32>, classes: &mut Vec<Class>) {
    words.clear();
    classes.clear();
    // More words are a text, not a name.
    for word in canonical(cell).split(' ').filter(|word| !word.is_empty()).take(12) {
        let code = pool.intern(word);
        words.push(code);
        classes.push(pool.class(code));
    }
}

fn triple(pool: &mut Pool, words: &[u32], found: &Arrangement) -> Triple {
    Triple {
        surname: pool.joined(words, found.surname.clone()),
        given: pool.joined(words, found.given.clone()),
        patronymic: pool.joined(words, found.patronymic.clone()),
    }
}
