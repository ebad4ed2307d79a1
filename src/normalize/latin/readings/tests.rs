use super::*;

fn shown(name: &str) -> Vec<String> {
    readings(name).into_iter().map(|r| String::from_utf8_lossy(&r).into_owned()).collect()
}

#[test]
fn foreign_spellings_share_a_reading_with_the_name() {
    for row in [
        "Єлизавета Yelyzaveta Elizaveta Jelisaweta Elisaveta Êlizaveta Yelizaveta",
        "Шевченко Schewtschenko Szewczenko Chevtchenko Shevchenko Ševčenko Ŝevčenko Șevčenko",
        "Христина Khrystyna Hrystyna Christina Chrystyna Xrystyna",
        "Жанна Zhanna Janna Žanna Schanna Żanna",
        "Михайло Mykhailo Mykhaylo Myhailo Michajlo Mychajlo Myxajlo",
        "Григорій Hryhorii Grygoriy Grigori Hryhorij",
        "Юрій Yurii Iurii Jurij Yuriy Youri Iouri Ûrìj",
        "Володимир Volodymyr Wolodymyr Volodimir",
        "Сергій Serhii Sergiy Serhij Serguei Sergey",
        "Ковальський Kovalskyi Kowalski Kovalsky",
        "Щербак Shcherbak Schtscherbak Szczerbak Chtcherbak Ŝerbak",
        "Цимбалюк Tsymbaliuk Cymbaluk Zymbaljuk Cimbalûk",
        "Зубченко Zubchenko Subtschenko Zoubtchenko",
        "Ющенко Yushchenko Juschtschenko Iouchtchenko Juszczenko",
        "Кирило Kyrylo Kirilo",
        "Олександр Oleksandr Olexandr Olecsandr",
        "Висоцький Vysotskyi Wysocki Wyssozkyj",
        "Ковальов Kovalov Kovalev Kovalyov Kowaljow Kovaliov",
        "Горбачов Horbachov Gorbachev Gorbatschow Gorbatchev",
        "Михайленко Mihajlenko Mykhailenko Michailenko",
        "Черненко Chernenko Tschernenko Tchernenko Czernenko Csernenko",
        "Хоменко Khomenko Homenko Chomenko",
        "Жук Zhuk Schuk Jouk Żuk Zsuk",
    ] {
        let names: Vec<String> = row.split(' ').map(str::to_lowercase).collect();
        for name in &names[1..] {
            let (own, other) = (shown(&names[0]), shown(name));
            assert!(share(&names[0], name), "{own:?} {name} {other:?}");
        }
    }
}

#[test]
fn other_names_stay_apart() {
    for (one, other) in [
        ("анна", "аліна"),
        ("анна", "ганна"),
        ("анна", "hanna"),
        ("жанна", "jeanne"),
        ("марія", "maryna"),
        ("іван", "ivanna"),
        ("шевчук", "shevchenko"),
        ("zhuk", "shuk"),
        ("ковальчук", "kovalenko"),
    ] {
        assert!(!share(one, other), "{one} {other}");
    }
}

#[test]
fn the_ordinary_reading_comes_first_and_none_twice() {
    for name in ["schewtschenko", "христина", "", "ь", "李", "jelisaweta-schanna", "cchhxsschjsz"]
    {
        let all = readings(name);
        assert_eq!(all[0], skeleton(name));
        assert!(all.len() <= MOST, "{name}");
        for (i, reading) in all.iter().enumerate() {
            assert!(!all[..i].contains(reading), "{name}");
        }
    }
}

#[test]
fn zz_measure() {
    use crate::normalize::{data, names};
    let mut hit = 0;
    let mut all = 0;
    let mut plain = 0;
    let mut sys: std::collections::BTreeMap<&str, (u32, u32)> = Default::default();
    for row in data::rows(data::LATIN_VARIANTS) {
        let (uk, lat) = (names::canonical(row[0]), names::canonical(row[1]));
        all += 1;
        let s = share(&uk, &lat);
        hit += u32::from(s);
        plain += u32::from(skeleton(&uk) == skeleton(&lat));
        for name in row[2].split(',') {
            let e = sys.entry(name).or_default();
            e.1 += 1;
            e.0 += u32::from(s);
            if !s && name.starts_with("UK:") {
                println!("{uk} {lat} {name} {:?} {:?}", shown(&uk), shown(&lat));
            }
        }
    }
    println!("{plain} {hit} of {all}");
    for (k, v) in sys {
        println!("{k} {v:?}");
    }
}
