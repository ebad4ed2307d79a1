//! The rules against the tables of names.

use std::collections::BTreeMap;

use super::super::data;
use super::super::records::relation;
use super::*;

fn name(kind: Kind, text: &str) -> Name {
    build(kind, &canonical(text))
}

fn share_a_base(a: &Name, b: &Name) -> bool {
    relation(&a.bases, &b.bases).is_some()
}

#[test]
fn surnames_survive_sex_and_romanisation() {
    let mut apart = Vec::new();
    let mut by_fold: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for row in data::rows(data::SURNAMES) {
        let [masculine, feminine] = [row[0], row[1]].map(|text| name(Kind::Surname, text));
        if masculine.canonical.is_empty() {
            // "Невідомий" is what foundlings and unknown ones are given.
            continue;
        }
        if masculine.fold != feminine.fold {
            apart.push(row[0]);
        }
        for (text, cyrillic) in [(row[0], &masculine), (row[1], &feminine)] {
            let latin = name(Kind::Surname, &latin::kmu55(text));
            assert_eq!(latin.script, Script::Latin);
            assert_eq!(latin.skeleton, cyrillic.skeleton, "{text}");
            assert_eq!(latin.sound, cyrillic.sound, "{text}");
        }
        assert_eq!(masculine.sound == feminine.sound, row[0] != "Злий", "{}", row[0]);
        by_fold.entry(masculine.fold).or_default().push(row[4].parse().unwrap());
    }
    // Two letters are too little to fold.
    assert_eq!(apart, ["Злий", "Ярий"]);
    // What folding costs: two strangers share a fold hardly more often than a surname.
    let squares = |weights: &[f64]| weights.iter().map(|w| w * w).sum::<f64>();
    let written: f64 = by_fold.values().map(|weights| squares(weights)).sum();
    let folded: f64 = by_fold.values().map(|weights| weights.iter().sum::<f64>().powi(2)).sum();
    assert!(folded / written < 1.06, "{}", folded / written);
}

#[test]
fn pairs_of_the_two_languages_share_a_base() {
    for row in data::rows(data::RU_UK_PAIRS) {
        let [uk, ru] = [row[0], row[1]].map(|text| name(Kind::Given, text));
        assert!(share_a_base(&uk, &ru), "{} {}", row[0], row[1]);
    }
}

#[test]
fn patronymics_share_the_father() {
    for row in data::rows(data::PATRONYMICS) {
        let father = name(Kind::Given, row[0]);
        for form in row[1].split('|').chain(row[2].split('|')) {
            let patronymic = name(Kind::Patronymic, form);
            assert!(
                patronymic.bases.iter().any(|base| base.hash == father.fold),
                "{} {form}",
                row[0]
            );
        }
    }
    let rows: Vec<_> = data::rows(data::PATRONYMICS_UK_RU).collect();
    let joined = rows.iter().filter(|row| {
        let [uk, ru] = [row[0], row[1]].map(|text| name(Kind::Patronymic, text));
        share_a_base(&uk, &ru)
    });
    let share = joined.count() as f64 / rows.len() as f64;
    assert!(share > 0.985, "{share}");
}

#[test]
fn latin_spellings_find_the_name() {
    let rows: Vec<_> = data::rows(data::LATIN_VARIANTS).collect();
    let (mut skeletons, mut sounds) = (0, 0);
    for row in &rows {
        let [cyrillic, latin] = [row[0], row[1]].map(|text| name(Kind::Given, text));
        assert!(share_a_base(&cyrillic, &latin), "{} {}", row[0], row[1]);
        skeletons += u32::from(cyrillic.skeleton == latin.skeleton);
        sounds += u32::from(cyrillic.sound == latin.sound);
    }
    // Without the table, for names that are not in it.
    assert!(f64::from(skeletons) / rows.len() as f64 > 0.83, "{skeletons}");
    assert!(f64::from(sounds) / rows.len() as f64 > 0.9, "{sounds}");
}

#[test]
fn names_in_use_are_equivalent_only_where_they_should() {
    let common = |table| {
        data::rows(table)
            .filter(|row| row[1].parse::<f64>().is_ok_and(|weight| weight >= 1.0))
            .map(|row| name(Kind::Given, row[0]))
    };
    let boys: Vec<Name> = common(data::FIRST_MALE).collect();
    let girls: Vec<Name> = common(data::FIRST_FEMALE).collect();
    for boy in &boys {
        for girl in &girls {
            assert!(!share_a_base(boy, girl), "{} {}", boy.canonical, girl.canonical);
            assert_ne!(boy.sound, girl.sound, "{} {}", boy.canonical, girl.canonical);
        }
    }
    for (one, other) in [
        ("Анна", "Аліна"),
        ("Іван", "Інна"),
        ("Іван", "Ігор"),
        ("Олександр", "Олександра"),
        ("Віра", "Вероніка"),
        ("Яна", "Мар'яна"),
        ("Марія", "Марина"),
        ("Юлія", "Юліана"),
        ("Данило", "Давид"),
        ("Назар", "Захар"),
        ("Артем", "Артур"),
        ("Anna", "Аліна"),
        ("Oleksandr", "Олександра"),
        ("Ivan", "Інна"),
    ] {
        let [a, b] = [one, other].map(|text| name(Kind::Given, text));
        assert!(!share_a_base(&a, &b), "{one} {other}");
        assert_ne!(a.skeleton, b.skeleton, "{one} {other}");
    }
}

#[test]
fn names_that_stand_for_each_other() {
    for (one, other) in [
        ("Саша", "Олександр"),
        ("Саша", "Олександра"),
        ("Саша", "Александр"),
        ("Oleksandr", "Олександр"),
        ("Aleksandr", "Олександр"),
        ("Alexander", "Олександр"),
        ("Alexander", "Александр"),
        ("Николай", "Микола"),
        ("Елена", "Олена"),
        ("Анна", "Ганна"),
        ("Hanna", "Анна"),
        ("Elizaveta", "Єлизавета"),
        ("Ielyzaveta", "Елизавета"),
        ("Yurii", "Юрій"),
        ("Iurii", "Юрий"),
    ] {
        let [a, b] = [one, other].map(|text| name(Kind::Given, text));
        assert!(share_a_base(&a, &b), "{one} {other}");
    }
    let father = |text| name(Kind::Given, text);
    for (patronymic, given) in [
        ("Олександрович", "Олександр"),
        ("Александровна", "Олександр"),
        ("Миколаївна", "Микола"),
        ("Николаевич", "Микола"),
        ("Іллівна", "Ілля"),
        ("Яковлевич", "Яків"),
        ("Тигранович", "Тигран"),
        ("Oleksandrovych", "Олександр"),
        ("Serhiivna", "Сергій"),
    ] {
        assert!(share_a_base(&name(Kind::Patronymic, patronymic), &father(given)), "{patronymic}");
    }
    let double = name(Kind::Surname, "Нечуй-Левицька");
    assert!(share_a_base(&double, &name(Kind::Surname, "Левицький")));
    assert!(share_a_base(&double, &name(Kind::Surname, "Левицький-Нечуй")));
    assert!(!share_a_base(&double, &name(Kind::Surname, "Левченко")));
}

#[test]
fn canonical_forms_of_different_names_differ() {
    let mut forms: BTreeMap<String, &str> = BTreeMap::new();
    for row in data::rows(data::SURNAMES) {
        let form = canonical(row[0]);
        assert!(forms.insert(form, row[0]).is_none(), "{}", row[0]);
    }
}

#[test]
fn an_initial_is_no_name() {
    let initial = name(Kind::Given, "О.");
    assert!(initial.initial && initial.bases.len() == 1 && initial.bases[0].hash == initial.fold);
    assert!(!name(Kind::Given, "Оля").initial);
    assert_eq!(name(Kind::Given, ""), Name::default());
}
