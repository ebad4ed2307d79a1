use proptest::prelude::*;

use super::super::Neighbours;
use super::*;
use crate::normalize::names::{Kind, build};

const LEVELS: NameLevels = super::super::level::GIVEN;

/// A name as the normaliser would make it, with folds and bases chosen by the test.
fn name(script: Script, word: &[u8], fold: u64, bases: Vec<Base>, initial: bool) -> Name {
    let letters = Letters::new(word);
    Name {
        canonical: word.iter().map(|&l| char::from(b'a' + l)).collect(),
        script,
        initial,
        letters: if script == Script::Cyrillic { letters } else { Letters::default() },
        skeleton: letters,
        fold,
        readings: vec![xxh3_64_with_seed(word, 8), xxh3_64_with_seed(&word[1..], 8)],
        sounds: vec![xxh3_64_with_seed(&word[..word.len().min(2)], 9)],
        bases,
        forms: Vec::new(),
    }
}

fn bases(hashes: &[u64], relation: Relation) -> Vec<Base> {
    hashes.iter().map(|&hash| Base { hash, relation }).collect()
}

proptest! {
    #[test]
    fn neighbours_are_all_pairs_that_agree(
        words in proptest::collection::btree_set(
            (proptest::collection::vec(0_u8..3, 1..9), any::<bool>(), 0_u8..8),
            1..40,
        ),
        choices in proptest::collection::btree_set(
            proptest::collection::btree_set(0_usize..40, 2..4),
            0..6,
        ),
    ) {
        let mut names = vec![Name::default()];
        for (i, (word, latin, kind)) in words.into_iter().enumerate() {
            let script = if latin { Script::Latin } else { Script::Cyrillic };
            // Some share a fold, some a base, some are initials.
            let fold = if kind == 0 { 7 } else { 100 + i as u64 };
            let bases = if kind == 1 {
                bases(&[5, 11], Relation::Translation)
            } else {
                bases(&[200 + i as u64], Relation::Spelling)
            };
            names.push(name(script, &word, fold, bases, kind == 2));
        }
        // Some codes leave the choice between others.
        let single = names.len();
        for choice in choices {
            let forms: Vec<u32> = choice
                .into_iter()
                .map(|place| u32::try_from(1 + place % (single - 1)).unwrap())
                .collect();
            names.push(Name { forms: forms.clone(), ..names[forms[0] as usize].clone() });
        }
        let table = NameTable::new(&names, LEVELS);
        let neighbours = Neighbours::new(&table);
        let codes = 1..u32::try_from(names.len()).unwrap();
        for a in codes.clone() {
            let naive: Vec<_> = codes
                .clone()
                .filter(|&b| b != a || table.is_initial(a))
                .map(|b| (b, table.level(a, b)))
                .filter(|&(_, level)| level != LEVELS.different)
                .collect();
            prop_assert_eq!(neighbours.of(a).collect::<Vec<_>>(), naive);
            for b in codes.clone() {
                prop_assert_eq!(neighbours.level(a, b), table.level(a, b));
            }
            for b in codes.clone().filter(|&b| b != a) {
                // Of a choice the best pair, and no better.
                let pairs = table.forms(a).flat_map(|x| table.forms(b).map(move |y| (x, y)));
                let best = pairs.map(|(x, y)| table.level(x, y)).min().unwrap();
                prop_assert_eq!(table.level(a, b), best);
            }
        }
    }

    #[test]
    fn levels_are_symmetric(
        a in proptest::collection::vec(0_u8..4, 1..10),
        b in proptest::collection::vec(0_u8..4, 1..10),
        latin in any::<(bool, bool)>(),
    ) {
        let script = |latin| if latin { Script::Latin } else { Script::Cyrillic };
        let table = NameTable::new(
            &[
                Name::default(),
                name(script(latin.0), &a, 1, vec![], false),
                name(script(latin.1), &b, 2, vec![], false),
            ],
            LEVELS,
        );
        prop_assert_eq!(table.level(1, 2), table.level(2, 1));
    }
}

#[test]
fn relations_are_levels_of_their_own() {
    let relations =
        [Relation::Spelling, Relation::Translation, Relation::Variant, Relation::Diminutive];
    for (relation, level) in relations.into_iter().zip(LEVELS.relations) {
        let one = name(Script::Cyrillic, &[1, 2, 3, 4], 1, bases(&[9], relation), false);
        let other =
            name(Script::Cyrillic, &[5, 6, 7, 8], 2, bases(&[9], Relation::Spelling), false);
        let table = NameTable::new(&[Name::default(), one, other], LEVELS);
        assert_eq!(table.level(1, 2), level);
    }
}

#[test]
fn halves_of_double_names() {
    use crate::compare::level as field;
    let agree = |kind, levels, a: &str, b: &str| {
        let table = NameTable::new(&[Name::default(), build(kind, a), build(kind, b)], levels);
        assert_eq!(table.level(1, 2), table.level(2, 1), "{a} {b}");
        let near = Neighbours::new(&table).of(1).any(|(other, _)| other == 2);
        assert_eq!(near, table.level(1, 2) != levels.different, "{a} {b}");
        table.level(1, 2)
    };
    for (a, b, level) in [
        ("анна-марія", "анна", field::GIVEN_DIMINUTIVE),
        ("марія", "анна-марія", field::GIVEN_DIMINUTIVE),
        ("анна-марія", "mariia", field::GIVEN_DIMINUTIVE),
        ("anna-mariia", "марія", field::GIVEN_DIMINUTIVE),
        ("анна-марія", "марія-анна", level::SPELLING),
        ("анна-марія", "аннамарія", level::SPELLING),
        // Twins.
        ("анна-марія", "анна-софія", field::GIVEN_DIFFERENT),
        ("анна-марія", "софія", field::GIVEN_DIFFERENT),
    ] {
        assert_eq!(agree(Kind::Given, field::GIVEN, a, b), level, "{a} {b}");
    }
    for (a, b, level) in [
        ("петренко-коваль", "коваль", field::SURNAME_PART),
        ("петренко-коваль", "petrenko", field::SURNAME_PART),
        ("petrenko-koval", "коваль", field::SURNAME_PART),
        ("petrenko-koval", "коваль-петренко", field::SURNAME_PART),
        ("petrenko-koval", "петренко-бондар", field::SURNAME_PART),
        ("petrenko-koval", "бондар", field::SURNAME_DIFFERENT),
    ] {
        assert_eq!(agree(Kind::Surname, field::SURNAME, a, b), level, "{a} {b}");
    }
}

#[test]
fn short_names_are_not_close_by_one_letter() {
    let table = NameTable::new(
        &[
            Name::default(),
            name(Script::Cyrillic, &[1, 2], 1, vec![], false),
            name(Script::Cyrillic, &[1, 3], 2, vec![], false),
        ],
        LEVELS,
    );
    assert_eq!(table.level(1, 2), LEVELS.different);
}
