use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

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
        "Сергійович Serhiiovych Sergeevich Sergeyevich Sergejewitsch",
        "Васильович Vasylovych Vasilevich Vasilyevich Wassiljewitsch",
        "Сергіївна Serhiivna Sergeevna Sergejewna",
        "Іванівна Ivanivna Ivanovna Iwanowna",
        "Кузьма Kuzma Kusma Kuzjma",
        "Кузнецов Kuznetsov Kusnezow Kuznecov Kouznetsoff",
        "Пушкін Pushkin Puschkin Pouchkine Puszkin",
        "Мороз Moroz Moros",
        "Гоголь Hohol Gogol Gogolj",
        "Нечуй-Яценко Nechui-Yatsenko Netschuj-Jazenko Nieczuj-Jacenko",
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

#[test]
fn the_listed_spellings_of_given_names() {
    let rows: Vec<_> = data::rows(data::LATIN_VARIANTS).collect();
    let (mut plain, mut shared, mut by_table) = (0, 0, Vec::new());
    for row in &rows {
        let (name, latin) = (names::canonical(row[0]), names::canonical(row[1]));
        plain += usize::from(skeleton(&name) == skeleton(&latin));
        shared += usize::from(share(&name, &latin));
        if row[2].contains("UK:") && !share(&name, &latin) {
            by_table.push(format!("{name} {latin}"));
        }
    }
    assert_eq!(rows.len(), 1_488);
    // The rest are Russian and traditional names, which are other words.
    assert!(plain <= 1_250 && shared >= 1_345, "{plain} {shared}");
    // German with both s: з and с in one word.
    assert_eq!(by_table, ["сюзанна sjusanna"]);
}

/// Tables of names.md §1.2, written down once more: what differs from the first. After a
/// colon, what stands at the start of a word.
const TABLES: [(&str, f64, &str); 11] = [
    (
        "2010",
        0.9995,
        "а=a б=b в=v г=h ґ=g д=d е=e є=ie:ye ж=zh з=z и=y і=i ї=i:yi й=i:y к=k л=l м=m н=n о=o \
         п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ю=iu:yu я=ia:ya зг=zgh",
    ),
    ("2007", 0.9995, "г=g є=ie ї=i й=i ю=iu я=ia зг=zg"),
    ("2004", 0.999, "в=w г=g ґ=h ж=j к=c зг=zg"),
    ("1996", 0.9995, "щ=sch"),
    ("bgn", 0.9995, "є=ye ї=yi й=y ю=yu я=ya"),
    ("german", 0.991, "в=w є=je ж=sh з=s ї=ji й=j х=ch ц=z ч=tsch ш=sch щ=schtsch ю=ju я=ja зг=sh"),
    ("french", 0.999, "ж=j є=ie ї=ï й=y у=ou ц=ts ч=tch ш=ch щ=chtch ю=iou я=ia"),
    ("iso 9", 0.997, "г=g є=ê ж=ž і=ì ї=ï й=j х=h ц=c ч=č ш=š щ=ŝ ю=û я=â зг=zg"),
    ("scholarly", 0.997, "є=je ж=ž ї=ji й=j х=x ц=c ч=č ш=š щ=šč ю=ju я=ja зг=zh"),
    ("polish", 0.997, "в=w є=je ж=ż ї=ji й=j х=ch ц=c ч=cz ш=sz щ=szcz ю=ju я=ja зг=zh"),
    ("russian", 0.999, "г=g и=i й=i є=e ї=i ю=iu я=ia зг=zg ьо=e йо=e чо=che що=shche"),
];

/// `name` by a table; spellings of two letters go first.
fn written(table: &str, name: &str) -> String {
    let cell = |letters: &str| {
        [table, TABLES[0].2].into_iter().find_map(|rows| {
            rows.split_whitespace().find_map(|row| row.strip_prefix(letters)?.strip_prefix('='))
        })
    };
    let mut out = String::new();
    let mut start = true;
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let two: String = rest.chars().take(2).collect();
        let (taken, text) = match cell(&two).filter(|_| two.chars().count() == 2) {
            Some(text) => (two.len(), text),
            None => (first.len_utf8(), cell(&rest[..first.len_utf8()]).unwrap_or("")),
        };
        let (inside, initial) = text.split_once(':').unwrap_or((text, text));
        out.push_str(if start { initial } else { inside });
        start = first == '-';
        if start {
            out.push('-');
        }
        rest = &rest[taken..];
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
fn surnames_by_every_table_are_found() {
    // One in five: the figures of all 20,000 stand at the head of the module.
    let surnames: Vec<_> = surnames(20_000).into_iter().step_by(5).collect();
    let mut readings_made = 0;
    for (label, least, table) in TABLES {
        let mut shared = 0_usize;
        for (name, _) in &surnames {
            let latin = written(table, name);
            let own = readings(name);
            let other = readings(&latin);
            readings_made += other.len();
            shared += usize::from(own.iter().any(|reading| other.contains(reading)));
        }
        let share = shared as f64 / surnames.len() as f64;
        assert!(share >= least, "{label} {share:.4}");
    }
    let mean = readings_made as f64 / (surnames.len() * TABLES.len()) as f64;
    assert!(mean < 2.5, "{mean:.2}");
}

type Set = BTreeSet<Vec<u8>>;
type Weighted = Vec<(Vec<Vec<u8>>, f64)>;

/// How often two persons, one of each side, agree; up to a factor.
fn chance(left: &Weighted, right: &Weighted) -> f64 {
    let mut by_reading: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for (i, (all, _)) in right.iter().enumerate() {
        for reading in all {
            by_reading.entry(reading).or_default().push(i);
        }
    }
    let mut sum = 0.0;
    for (all, weight) in left {
        let met: BTreeSet<usize> =
            all.iter().filter_map(|r| by_reading.get(r.as_slice())).flatten().copied().collect();
        sum += weight * met.into_iter().map(|i| right[i].1).sum::<f64>();
    }
    sum
}

#[test]
fn chance_agreement_hardly_grows() {
    let surnames = surnames(2_000);
    let all = |make: &dyn Fn(&str) -> Vec<Vec<u8>>| -> Weighted {
        surnames.iter().map(|(name, weight)| (make(name), *weight)).collect()
    };
    let plain = all(&|name| vec![skeleton(name)]);
    let cyrillic = all(&readings);
    let own: f64 = surnames.iter().map(|(_, weight)| weight * weight).sum();
    // Of people with different surnames, relative to equal skeletons.
    let before = chance(&plain, &plain) - own;
    assert!((chance(&cyrillic, &cyrillic) - own) / before < 1.06);
    for (label, _, table) in TABLES {
        let latin = all(&|name| readings(&written(table, name)));
        let across = (chance(&cyrillic, &latin) - own) / before;
        let within = (chance(&latin, &latin) - own) / before;
        assert!(across < 1.2 && within < 1.4, "{label} {across:.4} {within:.4}");
    }
}

/// Given names of weight 1 at least that share a reading, in Cyrillic or with a spelling
/// of the other by some table: those whose skeletons are one, and no others.
#[test]
fn given_names_that_share_a_reading() {
    let mut found = BTreeSet::new();
    for table in [data::FIRST_MALE, data::FIRST_FEMALE] {
        let given: Vec<String> = data::rows(table)
            .filter(|row| row[1..3].iter().any(|weight| weight.parse::<f64>().unwrap() >= 1.0))
            .map(|row| names::canonical(row[0]))
            .collect();
        assert!(given.len() > 90);
        let spelt: Vec<(Set, Set)> = given
            .iter()
            .map(|name| {
                let latin = TABLES.iter().flat_map(|row| readings(&written(row.2, name)));
                (readings(name).into_iter().collect(), latin.chain(readings(name)).collect())
            })
            .collect();
        for (i, (own, all)) in spelt.iter().enumerate() {
            for (j, (others, all_others)) in spelt[..i].iter().enumerate() {
                if own.iter().any(|r| all_others.contains(r))
                    || others.iter().any(|r| all.contains(r))
                {
                    found.insert(format!("{} {}", given[j], given[i]));
                }
            }
        }
    }
    let expected = [
        "данил данііл",
        "даниїл данил",
        "даниїл данііл",
        "даниїл даніїл",
        "даніїл данил",
        "даніїл данііл",
        "дар'я дарія",
        "каріна карина",
        "кристина крістіна",
        "наталія наталя",
        "єлизавета єлізавета",
    ];
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

proptest! {
    #[test]
    fn any_text_has_few_readings_and_the_same_ones(name in "[a-zäöüßšžčŝżłêâûïґєіїйьщжхцa-z' -]{0,40}") {
        let all = readings(&name);
        prop_assert_eq!(&all[0], &skeleton(&name));
        prop_assert!(all.len() <= MOST);
        prop_assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        prop_assert_eq!(readings(&name), all);
    }
}
