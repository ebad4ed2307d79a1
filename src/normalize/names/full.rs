//! Several names in one cell: which word is what.
//!
//! The usual order is surname, given name, patronymic; foreign lists and forms put
//! the given name first. Patronymics give themselves away by their endings, given
//! names by the tables; surnames do neither (Антонович, Роман), so they are what is
//! left.

use std::ops::Range;

use super::alternatives::is_surname;
use super::canonical::words;
use super::fold::{fold, patronymic_stem};
use super::remarks::is_remark;
use super::{Kind, is_initial, known};

/// The names found in one cell, canonical; empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Surname, its parts joined by hyphens.
    pub surname: String,
    /// Given name, two given names joined by a hyphen.
    pub given_name: String,
    /// Patronymic, a particle joined by a hyphen.
    pub patronymic: String,
}

/// What can be told of a word by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
// Independent observations, not a state.
#[allow(clippy::struct_excessive_bools)]
pub struct Class {
    /// Ends like a patronymic (as surnames do, too: Антонович).
    pub patronymic: bool,
    /// Is a given name of the tables.
    pub given: bool,
    /// Is one letter.
    pub initial: bool,
    /// Is the огли or кизи that follows a father's name.
    pub particle: bool,
    /// Is the фон or аль that belongs to the surname behind it.
    pub prefix: bool,
    /// Is a remark of a clerk and no name of the tables: "вибула".
    pub remark: bool,
}

impl Class {
    /// Looks at a canonical word.
    #[must_use]
    pub fn of(word: &str) -> Self {
        let particle = is_particle(word);
        Self {
            patronymic: !particle && is_patronymic(word),
            given: known::is_given_name(word),
            initial: is_initial(word),
            particle,
            prefix: is_prefix(word),
            remark: is_remark(word) && !known::is_given_name(word) && !is_surname(word),
        }
    }
}

/// Words before a surname that are part of it.
fn is_prefix(word: &str) -> bool {
    matches!(
        word,
        "де" | "ді"
            | "дю"
            | "да"
            | "дос"
            | "ла"
            | "ле"
            | "ель"
            | "аль"
            | "ван"
            | "ван-дер"
            | "дер"
            | "ден"
            | "фон"
            | "цу"
            | "ібн"
            | "бен"
            | "бін"
            | "бінт"
            | "абу"
            | "сен"
            | "сан"
            | "de"
            | "di"
            | "du"
            | "da"
            | "dos"
            | "la"
            | "le"
            | "el"
            | "al"
            | "van"
            | "der"
            | "den"
            | "von"
            | "zu"
            | "ibn"
            | "ben"
            | "bin"
            | "abu"
            | "san"
            | "del"
            | "della"
    )
}

/// Whether a part of a surname is shared by many: a prefix, or заде, огли, бей.
pub(super) fn is_surname_particle(part: &str) -> bool {
    is_prefix(part)
        || is_particle(part)
        || matches!(part, "заде" | "бей" | "бек" | "паша" | "хан" | "zade" | "bey" | "bek" | "khan")
}

fn is_particle(word: &str) -> bool {
    matches!(
        word,
        "огли"
            | "оглы"
            | "оглу"
            | "кизи"
            | "кызы"
            | "гизи"
            | "ohly"
            | "ogly"
            | "oglu"
            | "kyzy"
            | "kizi"
            | "gizi"
    )
}

/// Whether a canonical word ends like a patronymic.
#[must_use]
pub fn is_patronymic(word: &str) -> bool {
    // Folding as a given name only folds letters.
    let folded = fold(Kind::Given, word);
    patronymic_stem(&folded).is_some()
        && !folded.ends_with("огл")
        // Short words in -ич are surnames (Кулич, Білич) unless the tables know the father.
        && (!(folded.ends_with("ич") || folded.ends_with("iq"))
            || ["вич", "лич", "мич", "кич", "тич", "viq"].iter().any(|e| folded.ends_with(e)))
        && (!(folded.ends_with("ича") || folded.ends_with("ичу"))
            || ["вич", "лич", "мич", "кич", "тич"]
                .iter()
                .any(|e| folded.strip_suffix(['а', 'у']).is_some_and(|f| f.ends_with(e))))
}

/// Where the names stand among the words; ranges do not overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrangement {
    /// Words of the surname.
    pub surname: Range<usize>,
    /// Words of the given name.
    pub given: Range<usize>,
    /// Words of the patronymic.
    pub patronymic: Range<usize>,
}

/// Finds the names among the words of a full name.
#[must_use]
pub fn arrange(words: &[Class]) -> Arrangement {
    // "Коваль Ольга вибула".
    let named = words.iter().rposition(|word| !word.remark).map_or(0, |last| last + 1);
    let words = if named > 1 { &words[..named] } else { words };
    // A particle belongs to the word before it, and makes it a patronymic.
    if let Some(at) = words.iter().rposition(|w| w.particle).filter(|&at| at > 0) {
        let mut names = before_patronymic(&words[..at - 1]);
        if names.surname.is_empty() {
            names.surname = at + 1..words.len();
        }
        return Arrangement { patronymic: at - 1..at + 1, ..names };
    }
    if let Some(names) = with_prefix(words) {
        return names;
    }
    let initial = |i: usize| words.get(i).is_some_and(|w| w.initial);
    match words {
        [] => Arrangement::default(),
        [_] => Arrangement { surname: 0..1, ..Default::default() },
        // "І. Петренко", "І. П. Петренко" against "Петренко І. П."
        [first, .., _] if first.initial => {
            let initials = words.iter().take_while(|w| w.initial).count();
            Arrangement {
                surname: initials..words.len(),
                given: 0..1,
                patronymic: if initials > 1 { 1..2 } else { 0..0 },
            }
        }
        _ if initial(words.len() - 1) => {
            let first = words.iter().position(|w| w.initial).unwrap_or(words.len() - 1);
            // "Петренко Іван П." or "Петренко І. П."
            if words.len() - first == 1 && first > 1 {
                Arrangement { patronymic: first..first + 1, ..two_names(words, first) }
            } else {
                let patronymic = if words.len() - first > 1 { first + 1..first + 2 } else { 0..0 };
                Arrangement { surname: 0..first, given: first..first + 1, patronymic }
            }
        }
        [first, second] => {
            if first.given && second.patronymic && !second.given {
                Arrangement { given: 0..1, patronymic: 1..2, ..Default::default() }
            } else {
                two_names(words, 2)
            }
        }
        _ => with_patronymic(words),
    }
}

/// "Іван фон Берг", "Аль Хасан Юсуф": a prefix and the word behind it are the surname.
fn with_prefix(words: &[Class]) -> Option<Arrangement> {
    let start = words.iter().position(|word| word.prefix)?;
    let end = start + words[start..].iter().take_while(|word| word.prefix).count() + 1;
    // Нгуєн Ван Хай: Ван is no prefix but behind a given name, nor where it may be one.
    let is_prefix = if start > 0 { words[0].given } else { !words[start].given };
    if end > words.len() || words.len() < 3 || !is_prefix {
        return None;
    }
    let surname = start..end;
    let (before, after) = (start, words.len() - end);
    Some(match (before, after) {
        (0, _) => Arrangement { surname, given: end..end + 1, patronymic: end + 1..words.len() },
        (1, 0) => Arrangement { surname, given: 0..1, patronymic: 0..0 },
        (_, 0) => {
            let patronymic = if words[before - 1].patronymic { before - 1 } else { before };
            Arrangement { surname, given: 0..patronymic, patronymic: patronymic..before }
        }
        _ => return None,
    })
}

/// Three words or more.
fn with_patronymic(words: &[Class]) -> Arrangement {
    let last = words.len() - 1;
    // "Іван Петрович Антонович": the second word is the patronymic if a given name stands
    // before it, and the last one is no given name's place.
    if words[1].patronymic && words[0].given && !words[1].given {
        return Arrangement { given: 0..1, patronymic: 1..2, surname: 2..words.len() };
    }
    if let Some(at) = words.iter().rposition(|w| w.patronymic).filter(|&at| at > 1) {
        return Arrangement { patronymic: at..at + 1, ..before_patronymic(&words[..at]) };
    }
    if words[1].patronymic && !words[last].patronymic && !words[last].given {
        return Arrangement { given: 0..1, patronymic: 1..2, surname: 2..words.len() };
    }
    two_names(words, words.len())
}

/// The words before a patronymic: surnames, then the given name.
fn before_patronymic(words: &[Class]) -> Arrangement {
    match words.len() {
        0 => Arrangement::default(),
        1 if words[0].given => Arrangement { given: 0..1, ..Default::default() },
        1 => Arrangement { surname: 0..1, ..Default::default() },
        // "Коваленко Анна Марія Петрівна".
        n if n > 2 && words[n - 1].given && words[n - 2].given && !words[n - 3].given => {
            Arrangement { surname: 0..n - 2, given: n - 2..n, ..Default::default() }
        }
        n => Arrangement { surname: 0..n - 1, given: n - 1..n, ..Default::default() },
    }
}

/// Surname and given name among the first `n` words, without a patronymic.
fn two_names(words: &[Class], n: usize) -> Arrangement {
    let given_first = words[0].given && !words[n - 1].given;
    if given_first {
        let given = if n > 2 && words[1].given { 2 } else { 1 };
        return Arrangement { given: 0..given, surname: given..n, ..Default::default() };
    }
    if n > 2 && !words[n - 1].given {
        // Nothing known at the end: the usual order, what follows is a patronymic of
        // another tradition.
        return Arrangement { surname: 0..1, given: 1..2, patronymic: 2..n };
    }
    if n > 2 && words[n - 2].given && !words[0].given {
        return Arrangement { surname: 0..n - 2, given: n - 2..n, ..Default::default() };
    }
    Arrangement { surname: 0..n - 1, given: n - 1..n, ..Default::default() }
}

/// Takes a cell with a whole name apart.
#[must_use]
pub fn full_name(cell: &str) -> Parts {
    let words = words(cell);
    let classes: Vec<Class> = words.iter().map(|word| Class::of(word)).collect();
    parts(&words, &arrange(&classes))
}

/// A given-name cell: a patronymic may have slipped into it.
#[must_use]
pub fn given_name(cell: &str) -> Parts {
    let words = words(cell);
    let classes: Vec<Class> = words.iter().map(|word| Class::of(word)).collect();
    parts(&words, &arrange_given(&classes))
}

/// Given name and patronymic in a cell for given names.
pub(crate) fn arrange_given(words: &[Class]) -> Arrangement {
    let n = words.len();
    let patronymic = match words {
        [_, .., last] if last.particle && n > 2 => n - 2..n,
        [first, .., last] if last.patronymic || first.initial => n - 1..n,
        _ => n..n,
    };
    Arrangement { surname: 0..0, given: 0..patronymic.start, patronymic }
}

pub(super) fn parts(words: &[String], found: &Arrangement) -> Parts {
    Parts {
        surname: words[found.surname.clone()].join("-"),
        given_name: words[found.given.clone()].join("-"),
        patronymic: words[found.patronymic.clone()].join("-"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cell: &str, surname: &str, given_name: &str, patronymic: &str) {
        let expected = Parts {
            surname: surname.into(),
            given_name: given_name.into(),
            patronymic: patronymic.into(),
        };
        assert_eq!(full_name(cell), expected, "{cell}");
    }

    #[test]
    fn orders() {
        check("Петренко Іван Олексійович", "петренко", "іван", "олексійович");
        check("ПЕТРЕНКО  ІВАН ОЛЕКСІЙОВИЧ", "петренко", "іван", "олексійович");
        check("Іван Олексійович Петренко", "петренко", "іван", "олексійович");
        check("Петренко, Іван Олексійович", "петренко", "іван", "олексійович");
        check("Антонович Іван Петрович", "антонович", "іван", "петрович");
        check("Іван Петрович Антонович", "антонович", "іван", "петрович");
        check("Роман Роман Романович", "роман", "роман", "романович");
        check("Петренко Марія", "петренко", "марія", "");
        check("Марія Петренко", "петренко", "марія", "");
        check("Марія Іванівна", "", "марія", "іванівна");
        check("Петренко", "петренко", "", "");
        check("KOVALENKO OLENA", "kovalenko", "olena", "");
        check("Olena Kovalenko", "kovalenko", "olena", "");
        check("", "", "", "");
    }

    #[test]
    fn initials() {
        check("Петренко І.П.", "петренко", "і", "п");
        check("Петренко І. П.", "петренко", "і", "п");
        check("Петренко І.", "петренко", "і", "");
        check("І. П. Петренко", "петренко", "і", "п");
        check("Петренко Іван П.", "петренко", "іван", "п");
        check("І. Петренко", "петренко", "і", "");
    }

    #[test]
    fn doubles_and_particles() {
        check("Нечуй - Левицька Анна Іванівна", "нечуй-левицька", "анна", "іванівна");
        check("Нечуй Левицька Анна Іванівна", "нечуй-левицька", "анна", "іванівна");
        check("Нечуй Левицька Анна", "нечуй-левицька", "анна", "");
        check("Петренко Анна Марія Іванівна", "петренко", "анна-марія", "іванівна");
        check("Мамедов Рустам Аббас огли", "мамедов", "рустам", "аббас-огли");
        check("Рустам Аббас огли Мамедов", "мамедов", "рустам", "аббас-огли");
        check("Мамедова Лейла Аббас кизи", "мамедова", "лейла", "аббас-кизи");
    }

    #[test]
    fn joined_fields_and_prefixes() {
        check("ПетренкоІван Олексійович", "петренко", "іван", "олексійович");
        check("ПетренкоІванОлексійович", "петренко", "іван", "олексійович");
        check("ПЕТРЕНКО ІванОлексійович", "петренко", "іван", "олексійович");
        check("ПЕТРЕНКОІван", "петренко", "іван", "");
        check("МакДональд Джон", "макдональд", "джон", "");
        check("ПЕтренко Іван", "петренко", "іван", "");
        check("Петренко,Іван,Олексійович", "петренко", "іван", "олексійович");
        check("фон Берг Іван Петрович", "фон-берг", "іван", "петрович");
        check("Іван фон Берг", "фон-берг", "іван", "");
        check("Іван Петрович фон Берг", "фон-берг", "іван", "петрович");
        check("аль Хасан Юсуф", "аль-хасан", "юсуф", "");
        check("Ван дер Берг Анна", "ван-дер-берг", "анна", "");
        check("Роман ді Капріо", "ді-капріо", "роман", "");
        check("Нгуєн Ван Хай", "нгуєн", "ван", "хай");
        check("Шевченку Олександру Петровичу", "шевченку", "олександру", "петровичу");
    }

    #[test]
    fn remarks_and_dates() {
        check("Петренко Іван Олексійович 12.03.2012 р.н.", "петренко", "іван", "олексійович");
        check("Петренко (Коваль) Іван Олексійович", "петренко", "іван", "олексійович");
        check("Петренко Іван (тимч.)", "петренко", "іван", "");
        check("Петренко Іван без по батькові", "петренко", "іван", "");
        check("Петренко Іван б/п", "петренко", "іван", "");
        check("Петренко немає немає", "петренко", "", "");
        check("12.03.2012 Петренко Іван", "петренко", "іван", "");
        check("Петренко Іван вибув", "петренко", "іван", "");
        check("Петренко Іван опіка тимчасово", "петренко", "іван", "");
        check("Іван Петрович Сирота", "сирота", "іван", "петрович");
        check("Іван Сирота", "сирота", "іван", "");
    }

    #[test]
    fn a_patronymic_in_the_given_name() {
        let split = given_name("Іван Петрович");
        assert_eq!((split.given_name.as_str(), split.patronymic.as_str()), ("іван", "петрович"));
        let double = given_name("Анна Марія");
        assert_eq!((double.given_name.as_str(), double.patronymic.as_str()), ("анна-марія", ""));
        let initials = given_name("О.П.");
        assert_eq!((initials.given_name.as_str(), initials.patronymic.as_str()), ("о", "п"));
        let turkic = given_name("Рустам Аббас огли");
        assert_eq!(
            (turkic.given_name.as_str(), turkic.patronymic.as_str()),
            ("рустам", "аббас-огли")
        );
    }
}
