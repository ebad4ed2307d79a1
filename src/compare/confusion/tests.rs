use proptest::prelude::*;

use super::*;
use crate::normalize::{data, latin, names};

fn word(text: &str) -> Letters {
    letters::encode(text)
}

fn sounds(text: &str) -> Letters {
    let codes: Vec<u8> = latin::skeleton(text).iter().map(|s| (s - b'a' + 1).min(63)).collect();
    Letters::new(&codes)
}

const fn bytes(alphabet: Alphabet) -> &'static str {
    match alphabet {
        Alphabet::Cyrillic => "абвгґеєзиіїйжоёпстфхцчшщьъюяну",
        Alphabet::Sounds => "abcdefgijkoqsuvwxz",
    }
}

/// A word in which the rules have something to do.
fn some_word(alphabet: Alphabet, most: usize) -> impl Strategy<Value = Letters> {
    let letters: Vec<u8> = match alphabet {
        Alphabet::Cyrillic => word(bytes(alphabet)).as_slice().to_vec(),
        Alphabet::Sounds => bytes(alphabet).bytes().map(|l| l - b'a' + 1).collect(),
    };
    proptest::collection::vec(proptest::sample::select(letters), 0..=most)
        .prop_map(|letters| Letters::new(&letters))
}

/// The whole table by its definition, without bands and bounds.
fn naive(a: &[u8], b: &[u8], model: &Model) -> u32 {
    let mut table = vec![vec![u32::MAX; b.len() + 1]; a.len() + 1];
    table[0][0] = 0;
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            let mut steps = Vec::new();
            if i > 0 {
                steps.push((i - 1, j, model.lone(a, i - 1)));
            }
            if j > 0 {
                steps.push((i, j - 1, model.lone(b, j - 1)));
            }
            if i > 0 && j > 0 {
                steps.push((i - 1, j - 1, model.swapped(a, i - 1, b, j - 1)));
            }
            let pair = |word: &[u8], at: usize| {
                model.pairs[usize::from(word[at - 2])][usize::from(word[at - 1])]
            };
            if i > 1 && j > 0 {
                steps.push((i - 2, j - 1, model.joined(pair(a, i), b[j - 1])));
            }
            if i > 0 && j > 1 {
                steps.push((i - 1, j - 2, model.joined(pair(b, j), a[i - 1])));
            }
            if i > 1 && j > 1 && a[i - 2] == b[j - 1] && a[i - 1] == b[j - 2] {
                steps.push((i - 2, j - 2, SWAP));
            }
            for (x, y, step) in steps.into_iter().filter(|step| step.2 < u8::MAX) {
                table[i][j] = table[i][j].min(table[x][y] + u32::from(step));
            }
        }
    }
    table[a.len()][b.len()]
}

fn holds(a: &Letters, b: &Letters, alphabet: Alphabet) -> Result<(), TestCaseError> {
    let model = match alphabet {
        Alphabet::Cyrillic => &*CYRILLIC_MODEL,
        Alphabet::Sounds => &*SOUND_MODEL,
    };
    let known = cost(a, b, alphabet);
    prop_assert_eq!(known, naive(a.as_slice(), b.as_slice(), model));
    prop_assert_eq!(known, cost(b, a, alphabet));
    prop_assert_eq!(known == 0, a == b);
    prop_assert!(known <= 4 * crate::compare::osa(a, b));
    for limit in 0..=12 {
        let expected = (known <= limit).then_some(known);
        prop_assert_eq!(cost_at_most(a, b, alphabet, limit), expected);
    }
    Ok(())
}

proptest! {
    #[test]
    fn cyrillic_costs_are_those_of_the_whole_table(
        a in some_word(Alphabet::Cyrillic, 31),
        b in some_word(Alphabet::Cyrillic, 31),
    ) {
        holds(&a, &b, Alphabet::Cyrillic)?;
    }

    #[test]
    fn short_words_too(
        a in some_word(Alphabet::Cyrillic, 5),
        b in some_word(Alphabet::Cyrillic, 5),
        x in some_word(Alphabet::Sounds, 5),
        y in some_word(Alphabet::Sounds, 5),
    ) {
        holds(&a, &b, Alphabet::Cyrillic)?;
        holds(&x, &y, Alphabet::Sounds)?;
    }

    /// One slip of a finger: another key beside it, neighbours swapped, a letter lost or
    /// doubled.
    #[test]
    fn one_slip_is_at_most_one_edit(
        a in some_word(Alphabet::Cyrillic, 12),
        at in 0_usize..12,
        kind in 0..4,
    ) {
        let mut slipped = a.as_slice().to_vec();
        prop_assume!(slipped.len() > 1);
        let at = at % (slipped.len() - 1);
        let most = match kind {
            0 => { slipped.swap(at, at + 1); 2 }
            1 => { slipped.insert(at, slipped[at]); 1 }
            2 => { slipped.remove(at); 4 }
            _ => {
                let key = letters::letter(slipped[at]).unwrap();
                let row: Vec<char> = ROWS.iter().find(|row| row.contains(key))
                    .map_or(Vec::new(), |row| row.chars().collect());
                prop_assume!(row.len() > 1);
                let place = row.iter().position(|&k| k == key).unwrap();
                let beside = row.get(place + 1).unwrap_or(&row[place.max(1) - 1]);
                slipped[at] = letters::code(*beside).unwrap();
                3
            }
        };
        prop_assert!(cost(&a, &Letters::new(&slipped), Alphabet::Cyrillic) <= most);
    }
}

#[test]
fn what_clerks_confuse() {
    for (one, other, expected) in [
        ("нікіта", "никита", 2),
        ("мельник", "мельнік", 1),
        ("єгор", "егор", 1),
        ("семенов", "семёнов", 1),
        ("гнат", "ґнат", 1),
        ("коваль", "ковал", 1),
        ("геннадій", "генадій", 1),
        ("ілля", "іля", 1),
        ("соловйов", "соловьов", 1),
        ("соловйов", "соловёв", 1),
        ("соловйов", "соловєв", 2),
        ("гринішчак", "гриніщак", 1),
        ("братський", "брацький", 1),
        ("хвилиненко", "филиненко", 1),
        ("андрій", "андрі", 1),
        ("лук'яненко", "лукёяненко", 1),
        ("лук'яненко", "лукъяненко", 1),
        ("дяченко", "дьяченко", 1),
        ("олександр", "александр", 2),
        ("федоров", "федаров", 2),
        ("федір", "федор", 2),
        ("вкраїнець", "українець", 2),
        ("гарбуз", "гарбус", 2),
        ("горобець", "горопець", 3),
        ("шевченко", "щевченко", 2),
        ("бондаренко", "бодначенко", 6),
        ("шевченко", "шевчекно", 2),
        ("павло", "петро", 11),
        ("", "я", 4),
    ] {
        let found = cost(&word(one), &word(other), Alphabet::Cyrillic);
        assert_eq!(found, expected, "{one} {other}");
    }
    for (one, other, expected) in [
        ("шевченко", "sevcenko", 2),
        ("жанна", "shanna", 1),
        ("христина", "krystyna", 1),
        ("зубченко", "subchenko", 1),
        ("цимбал", "zymbal", 1),
        ("тетяна", "tatiana", 2),
        ("корольов", "korolev", 2),
        ("петро", "peter", 8),
    ] {
        let found = cost(&sounds(one), &sounds(other), Alphabet::Sounds);
        assert_eq!(found, expected, "{one} {other}");
    }
}

#[test]
fn a_boy_and_a_girl_are_a_whole_edit_apart() {
    for (boy, girl) in [
        ("олександр", "олександра"),
        ("іван", "іванна"),
        ("іван", "івана"),
        ("богдан", "богдана"),
        ("євген", "євгена"),
        ("євгеній", "євгенія"),
        ("валентин", "валентина"),
        ("валерій", "валерія"),
        ("ярослав", "ярослава"),
        ("марко", "марта"),
    ] {
        for (a, b, alphabet) in [
            (word(boy), word(girl), Alphabet::Cyrillic),
            (sounds(boy), sounds(girl), Alphabet::Sounds),
        ] {
            assert!(!is_typical(&a, &b, alphabet), "{boy} {girl}");
            assert!(cost(&a, &b, alphabet) >= 4, "{boy} {girl}");
        }
    }
}

#[test]
fn how_far_is_typical_depends_on_the_length() {
    for (one, other, expected) in [
        ("ілля", "іля", true),
        ("єва", "ева", true),
        ("ян", "їн", false),
        ("інна", "ніна", false),
        ("бойко", "байко", false),
        ("ковальчук", "кавальчук", true),
        ("степан", "стипан", true),
        ("коваленко", "коваденко", true),
        ("мороз", "морос", false),
        ("мельник", "меленик", false),
        ("бондаренко", "бондаренка", true),
        ("шевченко", "шевчук", false),
    ] {
        let found = is_typical(&word(one), &word(other), Alphabet::Cyrillic);
        assert_eq!(found, expected, "{one} {other}");
    }
}

/// Names of either sex and weight 1 at least: those that confusions turn into each other
/// are spellings of one name.
#[test]
fn no_two_children_s_names_are_a_typical_confusion() {
    let given: Vec<String> = [data::FIRST_MALE, data::FIRST_FEMALE]
        .into_iter()
        .flat_map(data::rows)
        .filter(|row| row[1..3].iter().any(|weight| weight.parse::<f64>().unwrap() >= 1.0))
        .map(|row| names::canonical(row[0]))
        .collect();
    let (mut written, mut spoken) = (Vec::new(), Vec::new());
    for (i, a) in given.iter().enumerate() {
        for b in &given[..i] {
            if is_typical(&word(a), &word(b), Alphabet::Cyrillic) {
                written.push(format!("{b} {a}"));
            }
            let (x, y) = (sounds(a), sounds(b));
            if x != y && is_typical(&x, &y, Alphabet::Sounds) {
                spoken.push(format!("{b} {a}"));
            }
        }
    }
    let expected = [
        "даниїл даніїл",
        "даниїл данил",
        "даниїл данііл",
        "даніїл данііл",
        "каріна карина",
        "дар'я дарія",
        "єлизавета єлізавета",
        "кристина крістіна",
        "наталія наталя",
    ];
    assert_eq!(written, expected);
    // One name in two forms: Христина, Кристина.
    assert_eq!(spoken, ["христина кристина", "христина крістіна"]);
}

#[test]
fn typical_confusions_of_surnames_are_few() {
    let chances = |alphabet, encode: fn(&str) -> Letters| {
        let surnames: Vec<(Letters, f64)> = data::rows(data::SURNAMES)
            .take(1_000)
            .map(|row| (encode(&names::canonical(row[0])), row[4].parse().unwrap()))
            .collect();
        let (mut same, mut typical, mut one_edit) = (0.0, 0.0, 0.0);
        for (i, (a, weight)) in surnames.iter().enumerate() {
            same += weight * weight;
            for (b, other) in &surnames[..i] {
                if is_typical(a, b, alphabet) {
                    typical += 2.0 * weight * other;
                }
                if crate::compare::osa_at_most(a, b, 1).is_some() {
                    one_edit += 2.0 * weight * other;
                }
            }
        }
        (typical / same, one_edit / same)
    };
    let (typical, one_edit) = chances(Alphabet::Cyrillic, word);
    assert!(typical < 0.03 && typical < one_edit / 5.0, "{typical} {one_edit}");
    let (typical, one_edit) = chances(Alphabet::Sounds, sounds);
    assert!(typical < 0.04 && typical < one_edit / 5.0, "{typical} {one_edit}");
}
