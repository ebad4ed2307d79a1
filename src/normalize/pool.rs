//! Interning of names and labels, and the reading of name cells into codes.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::builder::Cache;
use super::names::full::{self, Arrangement, Class};
use super::names::{self, FATHER, Kind, Parts, alternatives, full_alternatives};
use super::records::relation;

/// Stands between the names that a cell leaves open; no canonical name has it.
pub(super) const FORMS: char = '|';

/// More names than these are not kept of one cell or one field.
const MOST_FORMS: usize = 4;

/// Distinct texts of one source; code 0 is the empty one.
pub(super) struct Pool {
    codes: FxHashMap<Box<str>, u32>,
    texts: Vec<Box<str>>,
    /// What can be told of a name by itself, once it was asked for.
    classes: Vec<Option<Class>>,
    /// By patronymic and father's given name: the patronymic with what the father adds to it.
    fathers: FxHashMap<(u32, u32), u32>,
}

impl Default for Pool {
    fn default() -> Self {
        Self {
            codes: FxHashMap::default(),
            texts: vec!["".into()],
            classes: vec![None],
            fathers: FxHashMap::default(),
        }
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
            None => *self.classes[code].insert(Class::of(main_form(&self.texts[code]))),
        }
    }

    /// Whether a name is a given name of the tables.
    pub(super) fn is_given(&mut self, code: u32) -> bool {
        self.class(code).given
    }

    /// The main name of a code.
    pub(super) fn main(&self, code: u32) -> &str {
        main_form(&self.texts[code as usize])
    }

    /// One code for a name that is `a` or `b`; either may be missing or leave names open
    /// itself. An initial adds nothing to a name.
    pub(super) fn either(&mut self, a: u32, b: u32) -> u32 {
        if a == b || b == 0 {
            return a;
        }
        if a == 0 {
            return b;
        }
        let (first, second) = (&self.texts[a as usize], &self.texts[b as usize]);
        let mut forms: Vec<&str> = Vec::new();
        for form in first.split(FORMS).chain(second.split(FORMS)) {
            if !forms.contains(&form) && forms.len() < MOST_FORMS {
                forms.push(form);
            }
        }
        if forms.iter().any(|form| !names::is_initial(form)) {
            forms.retain(|form| !names::is_initial(form));
        }
        let joined = forms.join(&FORMS.to_string());
        self.intern(&joined)
    }

    /// The patronymic with the one that the father's given name makes beside it, where that
    /// is another; the latter alone where there is no patronymic.
    pub(super) fn with_father(&mut self, patronymic: u32, father: u32) -> u32 {
        if father == 0 {
            return patronymic;
        }
        if let Some(&known) = self.fathers.get(&(patronymic, father)) {
            return known;
        }
        let given = names::build(Kind::Given, self.main(father));
        let agrees = |form: &str| {
            relation(&names::build(Kind::Patronymic, form).bases, &given.bases).is_some()
        };
        let told = !given.initial && !self.texts[patronymic as usize].split(FORMS).any(agrees);
        let code = if told {
            let derived = format!("{FATHER}{}", self.main(father));
            let derived = self.intern(&derived);
            self.either(patronymic, derived)
        } else {
            patronymic
        };
        self.fathers.insert((patronymic, father), code);
        code
    }

    /// Puts names into their places, where it is certain that they stand in another's: by the
    /// endings of patronymics and by the tables. Then brings names of an order or a certificate
    /// ("видане Шевченку Олександру Петровичу") to the nominative.
    ///
    /// Names left in the wrong places would be so rare there that two such records would seem
    /// to be of one child.
    pub(super) fn sort_out(&mut self, names: Triple) -> Triple {
        let names = self.patronymic_in_its_place(names);
        let names = self.surname_in_its_place(names);
        self.nominative(names)
    }

    /// A given name before a surname that is no given name.
    fn surname_in_its_place(&mut self, names: Triple) -> Triple {
        let Triple { surname, given, .. } = names;
        if surname == 0 || given == 0 {
            return names;
        }
        let (first, second) = (self.class(surname), self.class(given));
        let certain = first.given
            && !second.given
            && !second.patronymic
            && !second.initial
            && (!names::is_surname(self.main(surname)) || names::is_surname(self.main(given)));
        if certain { Triple { surname: given, given: surname, ..names } } else { names }
    }

    /// A patronymic in the place of the given name or of the surname, by what stands in the
    /// other two.
    fn patronymic_in_its_place(&mut self, names: Triple) -> Triple {
        let Triple { surname, given, patronymic } = names;
        if given == 0 {
            return names;
        }
        let [first, second, third] = [surname, given, patronymic].map(|code| self.class(code));
        let surely = |of: u32, rather: u32| {
            !names::is_surname(self.main(of)) || names::is_surname(self.main(rather))
        };
        if second.patronymic && !second.given {
            if patronymic == 0 {
                return Triple { surname, given: 0, patronymic: given };
            }
            if third.given && !third.patronymic {
                return Triple { surname, given: patronymic, patronymic: given };
            }
            // "Іван Петрович Коваль".
            if first.given && !third.patronymic && surely(surname, patronymic) {
                return Triple { surname: patronymic, given: surname, patronymic: given };
            }
        } else if first.patronymic && !first.given && patronymic != 0 && !third.patronymic {
            if third.given && !second.given {
                // "Петрович Коваль Іван".
                return Triple { surname: given, given: patronymic, patronymic: surname };
            }
            if second.given && !third.given && surely(surname, patronymic) {
                return Triple { surname: patronymic, given, patronymic: surname };
            }
        }
        names
    }

    /// "Петренко Іванівна" in the column of surnames, where no other column has a patronymic.
    pub(super) fn patronymic_behind_surname(&mut self, names: Triple) -> Triple {
        let text = &*self.texts[names.surname as usize];
        let Some((surname, last)) = text.rsplit_once('-').filter(|_| names.patronymic == 0) else {
            return names;
        };
        if text.contains(FORMS) || !full::is_patronymic(last) {
            return names;
        }
        let (surname, last) = (surname.to_owned(), last.to_owned());
        Triple { surname: self.intern(&surname), patronymic: self.intern(&last), ..names }
    }

    /// The names in the nominative, where the patronymic is in another case; names that leave
    /// a choice are left alone.
    fn nominative(&mut self, names: Triple) -> Triple {
        let text = |code: u32| &*self.texts[code as usize];
        let Triple { surname, given, patronymic } = names;
        // Other cases end in -а, -у, -и, -і; of the nominative only -вна ends like one.
        let ending = text(patronymic).chars().next_back();
        if !matches!(ending, Some('а' | 'у' | 'и' | 'і')) || text(patronymic).ends_with("вна")
        {
            return names;
        }
        if [surname, given, patronymic].iter().any(|&code| text(code).contains(FORMS)) {
            return names;
        }
        let parts = Parts {
            surname: text(surname).to_owned(),
            given_name: text(given).to_owned(),
            patronymic: text(patronymic).to_owned(),
        };
        match names::nominative(&parts) {
            Some(parts) => Triple {
                surname: self.intern(&parts.surname),
                given: self.intern(&parts.given_name),
                patronymic: self.intern(&parts.patronymic),
            },
            None => names,
        }
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

/// The first of the names that a text leaves open.
fn main_form(text: &str) -> &str {
    text.split(FORMS).next().unwrap_or_default()
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

impl Triple {
    /// Names each of which is this one or that of `other`.
    pub(super) fn either(self, other: Self, pool: &mut Pool) -> Self {
        Self {
            surname: pool.either(self.surname, other.surname),
            given: pool.either(self.given, other.given),
            patronymic: pool.either(self.patronymic, other.patronymic),
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
            readings(pool, &alternatives(cell), words, classes, |words, classes| {
                let whole = words.len() > 2
                    && classes.last().is_some_and(|last| last.patronymic || last.particle)
                    && classes.iter().any(|class| class.given);
                if whole {
                    return full::arrange(classes);
                }
                // "Коваль вибув".
                let named = classes.iter().rposition(|class| !class.remark);
                let end = named.map_or(words.len(), |last| last + 1);
                Arrangement { surname: 0..end, ..Arrangement::default() }
            })
        })
    }

    /// A given-name cell; a patronymic there is split off.
    pub(super) fn given(&mut self, pool: &mut Pool, cell: &str) -> Triple {
        let Self { given, words, classes, .. } = self;
        given.get(cell, |cell| {
            readings(pool, &alternatives(cell), words, classes, |_, classes| {
                full::arrange_given(classes)
            })
        })
    }

    /// A patronymic cell.
    pub(super) fn patronymic(&mut self, pool: &mut Pool, cell: &str) -> u32 {
        let Self { patronymics, words, classes, .. } = self;
        patronymics.get(cell, |cell| {
            let whole = |words: &[u32], _: &[Class]| Arrangement {
                patronymic: 0..words.len(),
                ..Arrangement::default()
            };
            readings(pool, &alternatives(cell), words, classes, whole).patronymic
        })
    }

    /// The given name in a cell for a parent's, which may hold the whole name.
    pub(super) fn parent(&mut self, pool: &mut Pool, cell: &str) -> u32 {
        let Self { parents, words, classes, .. } = self;
        parents.get(cell, |cell| {
            let find = |_: &[u32], classes: &[Class]| match classes {
                [_, _, _, ..] => full::arrange(classes),
                [first, second] if second.given && !first.given => full::arrange(classes),
                _ => full::arrange_given(classes),
            };
            readings(pool, &alternatives(cell), words, classes, find).given
        })
    }

    /// A cell with a whole name. Such cells hardly repeat, so only their words are kept.
    pub(super) fn full(&mut self, pool: &mut Pool, cell: &str) -> Triple {
        let Self { words, classes, .. } = self;
        readings(pool, &full_alternatives(cell), words, classes, |_, classes| {
            full::arrange(classes)
        })
    }
}

/// The names that the readings of a cell leave open, each reading taken apart by `find`.
fn readings(
    pool: &mut Pool,
    texts: &[String],
    words: &mut Vec<u32>,
    classes: &mut Vec<Class>,
    find: impl Fn(&[u32], &[Class]) -> Arrangement,
) -> Triple {
    let mut names = Triple::default();
    for text in texts {
        words.clear();
        classes.clear();
        // More words are a text, not a name.
        for word in text.split(' ').filter(|word| !word.is_empty()).take(12) {
            let code = pool.intern(word);
            words.push(code);
            classes.push(pool.class(code));
        }
        let found = find(words, classes);
        let reading = Triple {
            surname: pool.joined(words, found.surname.clone()),
            given: pool.joined(words, found.given.clone()),
            patronymic: pool.joined(words, found.patronymic),
        };
        names = names.either(reading, pool);
    }
    names
}
