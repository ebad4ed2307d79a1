//! What is known of all distinct values of a job before any pair of records is compared.
//!
//! Values are few, pairs of records many: [`Similar`] holds the level of every two names that
//! agree at all, so that [`Similar::pattern`] looks levels up instead of comparing letters.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::names::{NameTable, Shape};
use super::{BirthDates, Comparator, MISSING, Neighbours, Packed, Pattern, date};

/// Neighbours of the names and dates of a comparator: the same for every register.
#[derive(Debug)]
pub struct Similar {
    /// Of surnames.
    pub surnames: Neighbours,
    /// Of given names.
    pub given_names: Neighbours,
    /// Of patronymics.
    pub patronymics: Neighbours,
    /// For each date the dates that agree with it better than by the year alone, itself
    /// included, ascending.
    pub dates: Vec<Vec<(u32, u8)>>,
    /// What tells at a glance that names of two fields have nothing in common.
    shapes: [Vec<Shape>; 3],
}

impl Similar {
    /// Finds the neighbours of every distinct name and date.
    #[must_use]
    pub fn new(comparator: &Comparator) -> Self {
        let shapes = |table: &NameTable| (0..).take(table.len()).map(|c| table.shape(c)).collect();
        Self {
            surnames: Neighbours::new(&comparator.surnames),
            given_names: Neighbours::new(&comparator.given_names),
            patronymics: Neighbours::new(&comparator.patronymics),
            dates: date_neighbours(&comparator.dates),
            shapes: [
                shapes(&comparator.surnames),
                shapes(&comparator.given_names),
                shapes(&comparator.patronymics),
            ],
        }
    }

    /// The agreement pattern of two records: that of [`Comparator::pattern`], several times faster.
    #[must_use]
    pub fn pattern(&self, comparator: &Comparator, a: &Packed, b: &Packed) -> Pattern {
        let level = |names: &Neighbours, x: u32, y: u32| {
            if x == 0 || y == 0 { MISSING } else { names.level(x, y) }
        };
        let names = [
            level(&self.surnames, a.surname, b.surname),
            level(&self.given_names, a.given_name, b.given_name),
            level(&self.patronymics, a.patronymic, b.patronymic),
        ];
        comparator.pattern_of(a, b, names, |i, x, j, y| {
            let (x, y) = (self.shapes[i].get(x as usize), self.shapes[j].get(y as usize));
            x.zip(y).is_none_or(|(x, y)| x.may_agree(*y))
        })
    }
}

/// For each date the dates that agree with it better than by the year alone, itself
/// included.
fn date_neighbours(dates: &BirthDates) -> Vec<Vec<(u32, u8)>> {
    // Whole dates agree better than by the year alone only within a year, or on one day of
    // several years; what is no whole date, or several, is compared with everything.
    let mut by_year = FxHashMap::<u16, Vec<u32>>::default();
    let mut by_day = FxHashMap::<(u8, u8), Vec<u32>>::default();
    let mut odd = Vec::new();
    // Distinct dates are a few thousand.
    #[allow(clippy::cast_possible_truncation)]
    let codes = 1..dates.len().max(1) as u32;
    for code in codes.clone() {
        let date = dates.date(code);
        if date.is_full() && !dates.is_set(code) {
            by_year.entry(date.year).or_default().push(code);
            by_day.entry((date.month, date.day)).or_default().push(code);
        } else {
            odd.push(code);
        }
    }
    let of = |a: u32| -> Vec<(u32, u8)> {
        let level = |b: u32| (b, dates.level(a, b));
        let near = |&(_, at): &(u32, u8)| at < date::YEAR;
        if a == 0 {
            return Vec::new();
        }
        if odd.binary_search(&a).is_ok() {
            return codes.clone().map(level).filter(near).collect();
        }
        let day = dates.date(a);
        let years = by_year.get(&day.year).into_iter().flatten();
        let days = by_day.get(&(day.month, day.day)).into_iter().flatten();
        let others = days.filter(|&&b| dates.date(b).year != day.year);
        let all = years.chain(others).chain(&odd);
        let mut found: Vec<(u32, u8)> = all.copied().map(level).filter(near).collect();
        found.sort_unstable();
        found
    };
    let all = std::iter::once(0).chain(codes.clone());
    all.collect::<Vec<_>>().into_par_iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::normalize::names::{Kind, build};
    use crate::normalize::{Lexicon, Name, PartialDate};

    fn lexicon(words: &[&str]) -> Lexicon {
        let table = |kind| {
            let missing = std::iter::once(Name::default());
            let names: Vec<Name> =
                missing.chain(words.iter().map(|word| build(kind, word))).collect();
            names
        };
        let mut surnames = table(Kind::Surname);
        // Names that leave a choice, one of them of an initial.
        let choice = |forms: Vec<u32>, names: &[Name]| {
            let main = names[forms[0] as usize].clone();
            Name { forms, ..main }
        };
        surnames.push(choice(vec![1, 5], &surnames));
        surnames.push(choice(vec![2, 11], &surnames));
        Lexicon {
            surnames,
            given_names: table(Kind::Given),
            patronymics: table(Kind::Patronymic),
            ..Lexicon::default()
        }
    }

    const WORDS: [&str; 16] = [
        "роман",
        "романов",
        "романович",
        "іван",
        "іванович",
        "иванович",
        "шевченко",
        "шевчинко",
        "shevchenko",
        "ivan",
        "р",
        "анна-марія",
        "анна",
        "олександр",
        "олександра",
        "іваненко-роман",
    ];

    proptest! {
        #[test]
        fn patterns_are_looked_up_as_they_would_be_compared(
            left in proptest::array::uniform3(0_u32..17),
            right in proptest::array::uniform3(0_u32..17),
            choice in 0_u32..6,
        ) {
            let lexicon = lexicon(&WORDS);
            let comparator = Comparator::new(&lexicon, BirthDates::new(std::iter::empty()));
            let similar = Similar::new(&comparator);
            let record = |names: [u32; 3], choice: bool| Packed {
                surname: if choice { 17 + names[0] % 2 } else { names[0] },
                given_name: names[1],
                patronymic: names[2],
                ..Packed::default()
            };
            let (a, b) = (record(left, choice == 0), record(right, choice == 1));
            prop_assert_eq!(similar.pattern(&comparator, &a, &b), comparator.pattern(&a, &b));
        }

        #[test]
        fn near_dates_are_all_that_agree_better_than_by_the_year(
            drawn in proptest::collection::vec((2008_u16..2011, 0_u8..14, 0_u8..33), 1..40),
        ) {
            let drawn = drawn.into_iter().map(|(year, month, day)| PartialDate {
                year,
                month,
                day: if month == 0 { 0 } else { day },
            });
            let dates = BirthDates::new(drawn);
            let near = date_neighbours(&dates);
            prop_assert_eq!(near.len(), dates.len());
            for (a, near) in (0..).zip(&near).skip(1) {
                let all = (1..).take(dates.len() - 1).map(|b| (b, dates.level(a, b)));
                let expected: Vec<_> = all.filter(|&(_, at)| at < date::YEAR).collect();
                prop_assert_eq!(near, &expected);
            }
        }
    }
}
