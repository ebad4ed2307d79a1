use super::*;
use crate::normalize::{data, names};

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

/// Share of `part` in `all`.
fn ratio(part: usize, all: usize) -> f64 {
    part as f64 / all as f64
}

#[test]
fn the_listed_spellings_of_given_names() {
    let (mut plain, mut shared, mut tables, mut by_table) = (0, 0, 0, 0);
    let rows: Vec<_> = data::rows(data::LATIN_VARIANTS).collect();
    for row in &rows {
        let (name, latin) = (names::canonical(row[0]), names::canonical(row[1]));
        let agree = share(&name, &latin);
        plain += usize::from(skeleton(&name) == skeleton(&latin));
        shared += usize::from(agree);
        if row[2].contains("UK:") {
            tables += 1;
            by_table += usize::from(agree);
            if !agree {
                println!("{name} {latin} {} {:?} {:?}", row[2], shown(&name), shown(&latin));
            }
        }
    }
    println!("{plain} {shared} {} by table {by_table} {tables}", rows.len());
}

/// Tables of names.md §1.2, written down once more: what differs from the first.
/// In each, what stands at the start of a word follows a colon.
const TABLES: [(&str, &str); 9] = [
    (
        "2010",
        "а=a б=b в=v г=h ґ=g д=d е=e є=ie:ye ж=zh з=z и=y і=i ї=i:yi й=i:y к=k л=l м=m н=n о=o п=p \
         р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ю=iu:yu я=ia:ya",
    ),
    ("2007", "г=g є=ie ї=i й=i ю=iu я=ia"),
    ("1996", "щ=sch"),
    ("bgn", "є=ye ї=yi й=y ю=yu я=ya"),
    ("german", "в=w є=je ж=sh з=s ї=ji й=j х=ch ц=z ч=tsch ш=sch щ=schtsch ю=ju я=ja"),
    ("french", "ж=j є=ie ї=ï й=y у=ou ц=ts ч=tch ш=ch щ=chtch ю=iou я=ia"),
    ("iso9", "г=g є=ê ж=ž і=ì ї=ï й=j х=h ц=c ч=č ш=š щ=ŝ ю=û я=â"),
    ("scholarly", "є=je ж=ž ї=ji й=j х=x ц=c ч=č ш=š щ=šč ю=ju я=ja"),
    ("polish", "в=w є=je ж=ż ї=ji й=j х=ch ц=c ч=cz ш=sz щ=szcz ю=ju я=ja"),
];

fn written(table: &str, name: &str) -> String {
    let cell = |letter: char| {
        [table, TABLES[0].1].into_iter().find_map(|rows| {
            rows.split_whitespace().find_map(|row| row.strip_prefix(letter)?.strip_prefix('='))
        })
    };
    let mut out = String::new();
    let mut start = true;
    for letter in name.chars() {
        match letter {
            'ь' | '\'' => continue,
            '-' => out.push('-'),
            _ => {
                let text = cell(letter).unwrap_or("");
                let (inside, first) = text.split_once(':').unwrap_or((text, text));
                out.push_str(if start { first } else { inside });
            }
        }
        start = letter == '-';
    }
    out
}

fn surnames(count: usize) -> Vec<(String, f64)> {
    data::rows(data::SURNAMES)
        .take(count)
        .map(|row| (names::canonical(row[0]), row[4].parse().unwrap()))
        .collect()
}

#[test]
fn surnames_by_every_table() {
    let surnames = surnames(20_000);
    for (label, table) in TABLES {
        let (mut plain, mut shared) = (0, 0);
        let mut missed = Vec::new();
        for (name, _) in &surnames {
            let latin = written(table, name);
            plain += usize::from(skeleton(name) == skeleton(&latin));
            let agree = share(name, &latin);
            shared += usize::from(agree);
            if !agree {
                missed.push(format!("{name}/{latin}"));
            }
        }
        println!(
            "{label} {:.4} {:.4} {:?}",
            ratio(plain, surnames.len()),
            ratio(shared, surnames.len()),
            &missed[..missed.len().min(12)]
        );
    }
}

/// The chance that two persons with different surnames agree, by `agree`.
fn chance(groups: &[(Vec<Vec<u8>>, f64)], others: &[(Vec<Vec<u8>>, f64)]) -> f64 {
    let mut by_reading: std::collections::BTreeMap<&[u8], Vec<usize>> =
        std::collections::BTreeMap::new();
    for (i, (all, _)) in others.iter().enumerate() {
        for reading in all {
            by_reading.entry(reading).or_default().push(i);
        }
    }
    let mut sum = 0.0;
    for (all, weight) in groups {
        let mut met: Vec<usize> = all
            .iter()
            .flat_map(|r| by_reading.get(r.as_slice()).cloned().unwrap_or_default())
            .collect();
        met.sort_unstable();
        met.dedup();
        sum += weight * met.iter().map(|&i| others[i].1).sum::<f64>();
    }
    sum
}

#[test]
fn chance_agreement_hardly_grows() {
    let surnames = surnames(2_000);
    let all = |make: &dyn Fn(&str) -> Vec<Vec<u8>>| -> Vec<(Vec<Vec<u8>>, f64)> {
        surnames.iter().map(|(name, weight)| (make(name), *weight)).collect()
    };
    let plain = all(&|name| vec![skeleton(name)]);
    let cyrillic = all(&readings);
    println!("cyr {}", chance(&cyrillic, &cyrillic) / chance(&plain, &plain));
    for (label, table) in TABLES {
        let latin = all(&|name| readings(&written(table, name)));
        let latin_plain = all(&|name| vec![skeleton(&written(table, name))]);
        println!(
            "{label} {} {} plain {} latin-latin {}",
            chance(&cyrillic, &latin) / chance(&plain, &plain),
            chance(&cyrillic, &latin) / chance(&plain, &latin_plain),
            chance(&plain, &latin_plain) / chance(&plain, &plain),
            chance(&latin, &latin) / chance(&latin_plain, &latin_plain)
        );
    }
}

/// Given names of weight 1 at least that share a reading, in Cyrillic or with a Latin
/// spelling by any table, while their skeletons differ.
#[test]
fn given_names_that_share_a_reading() {
    let mut found = std::collections::BTreeSet::new();
    for table in [data::FIRST_MALE, data::FIRST_FEMALE] {
        let given: Vec<String> = data::rows(table)
            .filter(|row| {
                row[1].parse::<f64>().unwrap() >= 1.0 || row[2].parse::<f64>().unwrap() >= 1.0
            })
            .map(|row| names::canonical(row[0]))
            .collect();
        for a in &given {
            for b in given.iter().filter(|b| *b != a && skeleton(a) != skeleton(b)) {
                if share(a, b) {
                    found.insert(format!("{a} {b}"));
                }
                for (label, table) in TABLES {
                    if share(a, &written(table, b)) {
                        found.insert(format!("{a} {b} {label}"));
                    }
                }
            }
        }
        println!("{}", given.len());
    }
    println!("{found:#?}");
}
