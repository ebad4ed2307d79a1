//! The rules against the tables of names.

use std::collections::BTreeMap;

use super::super::data;
use super::super::records::{Relation, relation};
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
            assert_eq!(latin.sounds[0], cyrillic.sounds[0], "{text}");
        }
        assert_eq!(masculine.sounds[0] == feminine.sounds[0], row[0] != "Злий", "{}", row[0]);
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
        sounds += u32::from(cyrillic.sounds[0] == latin.sounds[0]);
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
            assert_ne!(boy.sounds[0], girl.sounds[0], "{} {}", boy.canonical, girl.canonical);
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
    for table in [data::FIRST_MALE, data::FIRST_FEMALE, data::PATRONYMICS_UK_RU] {
        let mut forms: BTreeMap<String, &str> = BTreeMap::new();
        // One name stands there twice, with two kinds of apostrophe; one has a remark.
        for row in data::rows(table).filter(|row| !row[0].contains(['ʼ', '('])) {
            assert!(forms.insert(canonical(row[0]), row[0]).is_none(), "{}", row[0]);
        }
    }
}

#[test]
fn an_initial_is_no_name() {
    let initial = name(Kind::Given, "О.");
    assert!(initial.initial && initial.bases.len() == 1 && initial.bases[0].hash == initial.fold);
    assert!(!name(Kind::Given, "Оля").initial);
    assert_eq!(name(Kind::Given, ""), Name::default());
}

fn related(kind: Kind, one: &str, other: &str) -> Option<Relation> {
    relation(&name(kind, one).bases, &name(kind, other).bases)
}

#[test]
fn how_given_names_are_related() {
    use Relation::{Diminutive, Spelling, Translation, Variant};
    for (one, other, expected) in [
        ("Олена", "Елена", Some(Translation)),
        ("Микола", "Николай", Some(Translation)),
        // Наталья, the Russian name of both, folds as Наталя.
        ("Наталія", "Наталя", Some(Translation)),
        ("Наталія", "Наталья", Some(Translation)),
        ("Анна", "Ганна", Some(Translation)),
        ("Данило", "Даниїл", Some(Translation)),
        ("Данило", "Данил", Some(Translation)),
        ("Юрій", "Георгій", Some(Variant)),
        ("Юрій", "Єгор", Some(Variant)),
        ("Георгій", "Єгор", Some(Variant)),
        ("Оксана", "Ксенія", Some(Variant)),
        ("Дарина", "Дар'я", Some(Variant)),
        ("Дарина", "Одарка", Some(Variant)),
        ("Йосип", "Осип", Some(Variant)),
        ("Яків", "Яков", Some(Translation)),
        ("Гнат", "Ігнат", Some(Translation)),
        ("Артем", "Артемій", Some(Variant)),
        ("Матвій", "Матфей", Some(Variant)),
        ("Дмитро", "Дмитрій", Some(Translation)),
        ("Микита", "Нікіта", Some(Translation)),
        ("Кирило", "Кіріл", Some(Translation)),
        ("Єлизавета", "Єлізавета", Some(Spelling)),
        ("Христина", "Крістіна", Some(Translation)),
        ("Саша", "Олександр", Some(Diminutive)),
        ("Саша", "Олександра", Some(Diminutive)),
        ("Катя", "Катерина", Some(Diminutive)),
        ("Oleksandr", "Олександр", Some(Spelling)),
        ("Aleksandr", "Олександр", Some(Translation)),
        ("Alexander", "Олександр", Some(Translation)),
        ("Paul", "Павло", Some(Translation)),
        ("Peter", "Петро", Some(Translation)),
        ("Helena", "Олена", Some(Translation)),
        ("Nicholas", "Микола", Some(Translation)),
        ("Elisabeth", "Єлизавета", Some(Translation)),
        ("Tatiana", "Тетяна", Some(Translation)),
        ("Julia", "Юлія", Some(Spelling)),
        ("Michael", "Михайло", Some(Translation)),
        ("Mary", "Марія", Some(Translation)),
        // Orders and certificates.
        ("Петру", "Петро", Some(Spelling)),
        ("Андрія", "Андрій", Some(Spelling)),
        ("Марії", "Марія", Some(Spelling)),
        ("Ользі", "Ольга", Some(Spelling)),
        ("Ігоря", "Ігор", Some(Spelling)),
        // Slips of the Russian layout, and Russian spelling.
        ("Сергый", "Сергій", Some(Spelling)),
        ("Мария", "Марія", Some(Spelling)),
        ("Эвген", "Євген", Some(Spelling)),
        ("Раъса", "Раїса", Some(Spelling)),
        ("Марёяна", "Мар'яна", Some(Spelling)),
        ("Артём", "Артем", Some(Spelling)),
        ("Тетяна", "Таїсія", None),
        ("Олександр", "Олександра", None),
        ("Роман", "Романа", None),
        ("Марія", "Марина", None),
        ("Валентин", "Валентина", None),
        ("Євген", "Євгена", None),
        ("Юліан", "Юлія", None),
    ] {
        assert_eq!(related(Kind::Given, one, other), expected, "{one} {other}");
        assert_eq!(related(Kind::Given, other, one), expected, "{other} {one}");
    }
}

#[test]
fn how_patronymics_are_related() {
    use Relation::{Spelling, Translation, Variant};
    for (one, other, expected) in [
        ("Миколайович", "Миколович", Some(Spelling)),
        ("Миколайович", "Николаевич", Some(Translation)),
        ("Ігорьович", "Ігорович", Some(Spelling)),
        ("Ігоревич", "Ігорович", Some(Spelling)),
        ("Ілліч", "Ильич", Some(Spelling)),
        ("Саввич", "Савич", Some(Spelling)),
        ("Лукич", "Лукович", Some(Spelling)),
        ("Борисивич", "Борисович", Some(Spelling)),
        ("Аббас-огли", "Аббасоглы", Some(Spelling)),
        ("Олександрович", "Олександра", None),
        ("Олександр", "Олександрович", Some(Variant)),
        ("Олександр", "Олександрівна", Some(Variant)),
        ("Микола", "Миколаївна", Some(Variant)),
        ("Олександр", "Олексійович", None),
        ("Олексійович", "Олександрович", None),
    ] {
        assert_eq!(related(Kind::Patronymic, one, other), expected, "{one} {other}");
    }
}

#[test]
fn how_surnames_are_related() {
    use Relation::{Spelling, Variant};
    for (one, other, expected) in [
        ("Коваль-Петренко", "Петренко-Коваль", Some(Spelling)),
        ("Нечуй-Левицький", "Левицька-Нечуй", Some(Spelling)),
        ("Коваль-Петренко", "Ковальпетренко", Some(Spelling)),
        ("Коваль-Петренко", "Коваль", Some(Variant)),
        ("Коваль-Петренко", "Коваль-Бойко", Some(Variant)),
        ("фон-Берг", "Берг", Some(Variant)),
        ("фон-Берг", "фон-Краль", None),
        ("аль-Хасан", "аль-Юсуф", None),
        ("Мамед-заде", "Аліз-заде", None),
        ("Ковальський", "Ковальської", Some(Spelling)),
        ("Мельник", "Мельничук", None),
        ("Гнатюк", "Гнатук", None),
    ] {
        assert_eq!(related(Kind::Surname, one, other), expected, "{one} {other}");
    }
}

#[test]
fn different_names_in_use_are_rarely_one_spelling() {
    let mut found = Vec::new();
    for table in [data::FIRST_MALE, data::FIRST_FEMALE] {
        let common: Vec<Name> = data::rows(table)
            .filter(|row| row[1].parse::<f64>().is_ok_and(|w| w >= 1.0))
            .map(|row| name(Kind::Given, row[0]))
            .collect();
        for (i, one) in common.iter().enumerate() {
            for other in &common[i + 1..] {
                if relation(&one.bases, &other.bases) == Some(Relation::Spelling) {
                    found.push(format!("{} {}", one.canonical, other.canonical));
                }
            }
        }
    }
    // Readings of one Russian name: two legal names that no letter fold can tell.
    let expected = [
        "даниїл даніїл",
        "даниїл данил",
        "даниїл данііл",
        "даніїл данил",
        "даніїл данііл",
        "данил данііл",
        "єлизавета єлізавета",
        "каріна карина",
        "кристина крістіна",
    ];
    assert_eq!(found, expected);
}
