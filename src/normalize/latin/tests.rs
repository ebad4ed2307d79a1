use super::*;

fn skeleton_text(name: &str) -> String {
    String::from_utf8(skeleton(&name.to_lowercase())).unwrap()
}

#[test]
fn spellings_of_one_name_share_the_skeleton() {
    for spellings in [
        &["Єлизавета", "Yelyzaveta", "Ielyzaveta", "Elizaveta", "Êlizaveta", "Yelizaveta"][..],
        &["Юрій", "Yurii", "Yuriy", "Iurii", "Jurij", "Ûrìj", "Yuri", "Юрий"],
        &["Григорій", "Hryhorii", "Hryhoriy", "Grigorii", "Grygorij"],
        &["Щербак", "Shcherbak", "Scherbak", "Šcherbak", "Szczerbak"],
        &["Шевченко", "Shevchenko", "Szewczenko", "Schewtschenko", "Ševčenko"],
        &["Наталія", "Nataliia", "Natalia", "Nataliya", "Natalija", "Наталья"],
        &["Соловйов", "Soloviov", "Solovyov", "Solovyev", "Solovjov"],
        &["Ковальський", "Kovalskyi", "Kovalskiy", "Kowalski", "Kovalskyy", "Kovalskij"],
        &["Хоменко", "Khomenko"],
        &["Кравець", "Kravets", "Kravec"],
        &["Олександр", "Oleksandr", "Olexandr"],
        &["Згурський", "Zghurskyi", "Zgurskij"],
        &["Дяченко", "Д'яченко", "Diachenko", "Dyachenko", "Djačenko"],
        &["Гринішчак", "Грініщак", "Hrynishchak"],
    ] {
        for other in &spellings[1..] {
            assert_eq!(skeleton_text(other), skeleton_text(spellings[0]), "{other}");
        }
    }
}

#[test]
fn far_spellings_are_one_edit_away() {
    for (one, other) in [
        ("Олександр", "Aleksandr"),
        ("Єлизавета", "Jelisaweta"),
        ("Михайло", "Myhailo"),
        ("Христина", "Hrystyna"),
        ("Тетяна", "Tatiana"),
        ("Жанна", "Janna"),
        ("Корольов", "Korolev"),
        ("Катерина", "Kateryna"),
    ] {
        let distance = strsim::levenshtein(&skeleton_text(one), &skeleton_text(other));
        assert!(distance <= 1, "{one} {other} {distance}");
    }
}

#[test]
fn different_names_stay_apart() {
    assert_ne!(skeleton_text("Анна"), skeleton_text("Аліна"));
    assert_ne!(skeleton_text("Іван"), skeleton_text("Інна"));
    assert_ne!(skeleton("李"), skeleton("王"));
    assert!(!skeleton("θ").is_empty());
}
