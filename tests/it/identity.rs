//! One kind of trouble a child: a school's row and a register's row that differ by it have to
//! be found to be one child, by the level that names the trouble; relatives never confirm
//! each other. Everybody is invented.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::determinism::{assert_same_but_for_rows, shuffle_csv};
use crate::support::{Row, assert_same, contents, csv_table, lasting, run, table, tell, unpacked};

const JOB: &str = r#"
[job]
as_of = 2023-07-05
evidence_since = 2022-02-24

[[population]]
name = "pupils"
path = "pupils.csv"
[population.columns]
id = "Код"
surname = "Прізвище"
given_name = "Ім'я"
patronymic = "По батькові"
full_name = "ПІБ"
birth_date = "Дата народження"
sex = "Стать"
certificate = ["Свідоцтво", "Повторне свідоцтво"]

[[registry]]
name = "health"
path = "health.csv"
[registry.columns]
id = "id"
surname = "last_name"
given_name = "first_name"
patronymic = "second_name"
birth_date = "birth_date"
sex = "gender"
document = "document"
father_given_name = "father"
[registry.evidence]
kind = "present"
date = "last_visit"
"#;

/// What a school or a register knows of a child.
#[derive(Clone, Copy, Default)]
struct Person<'a> {
    surname: &'a str,
    given: &'a str,
    patronymic: &'a str,
    whole: &'a str,
    born: &'a str,
    sex: &'a str,
    certificate: &'a str,
    repeat: &'a str,
    father: &'a str,
}

/// The commonest form: names, birth date, certificate.
const fn person<'a>(names: [&'a str; 3], born: &'a str, certificate: &'a str) -> Person<'a> {
    let [surname, given, patronymic] = names;
    Person {
        surname,
        given,
        patronymic,
        whole: "",
        born,
        sex: "",
        certificate,
        repeat: "",
        father: "",
    }
}

/// A child of the crowd: somebody among whom the others have to be found.
struct Stranger {
    names: [String; 3],
    /// The names as the register writes them.
    seen: [String; 3],
    born: String,
    certificate: String,
    sex: &'static str,
}

const SURNAMES: [&str; 24] = [
    "Бондаренко",
    "Ткачук",
    "Кравець",
    "Олійник",
    "Лисенко",
    "Поліщук",
    "Гаврилюк",
    "Савчук",
    "Кузьменко",
    "Руденко",
    "Марченко",
    "Пономаренко",
    "Василенко",
    "Харченко",
    "Сидоренко",
    "Левченко",
    "Карпенко",
    "Мороз",
    "Гончар",
    "Клименко",
    "Павлюк",
    "Хоменко",
    "Зінченко",
    "Дяченко",
];
/// In Ukrainian and in Russian.
const BOYS: [[&str; 2]; 8] = [
    ["Андрій", "Андрей"],
    ["Максим", "Максим"],
    ["Артем", "Артём"],
    ["Олексій", "Алексей"],
    ["Богдан", "Богдан"],
    ["Дмитро", "Дмитрий"],
    ["Кирило", "Кирилл"],
    ["Роман", "Роман"],
];
const GIRLS: [[&str; 2]; 8] = [
    ["Анастасія", "Анастасия"],
    ["Вікторія", "Виктория"],
    ["Катерина", "Екатерина"],
    ["Христина", "Кристина"],
    ["Злата", "Злата"],
    ["Олена", "Елена"],
    ["Мілана", "Милана"],
    ["Єва", "Ева"],
];
/// Of a boy and of a girl, in Ukrainian and in Russian.
const FATHERS: [[[&str; 2]; 2]; 8] = [
    [["Андрійович", "Андреевич"], ["Андріївна", "Андреевна"]],
    [["Сергійович", "Сергеевич"], ["Сергіївна", "Сергеевна"]],
    [["Вікторович", "Викторович"], ["Вікторівна", "Викторовна"]],
    [["Миколайович", "Николаевич"], ["Миколаївна", "Николаевна"]],
    [["Юрійович", "Юрьевич"], ["Юріївна", "Юрьевна"]],
    [["Іванович", "Иванович"], ["Іванівна", "Ивановна"]],
    [["Володимирович", "Владимирович"], ["Володимирівна", "Владимировна"]],
    [["Олегович", "Олегович"], ["Олегівна", "Олеговна"]],
];

/// Of eight children the register writes one in Russian, and one by the table of 2010.
fn crowd(n: usize) -> Vec<Stranger> {
    (0..n)
        .map(|i| {
            let girl = i % 2;
            let given = if girl == 1 { GIRLS } else { BOYS }[i / 2 % 8];
            let father = FATHERS[i / 3 % 8][girl];
            let names = [SURNAMES[i * 7 % 24], given[0], father[0]].map(str::to_owned);
            let seen = match i * 5 % 8 {
                0 => [SURNAMES[i * 7 % 24], given[1], father[1]].map(str::to_owned),
                1 => names.each_ref().map(|name| latin(name)),
                _ => names.clone(),
            };
            Stranger {
                names,
                seen,
                born: format!("{:02}.{:02}.{}", 1 + i * 11 % 28, 1 + i * 5 % 12, 2008 + i * 3 % 9),
                certificate: format!("І-МИ {}", 200_003 + i * 1_013),
                sex: ["ч", "ж"][girl],
            }
        })
        .collect()
}

/// By the table of the Cabinet's resolution 55.
fn latin(name: &str) -> String {
    zvirka::normalize::latin::kmu55(&name.to_lowercase()).to_uppercase()
}

/// A folder with the crowd on both sides and the persons on the sides where they stand.
fn folder(pupils: &[(&str, Person<'_>)], seen: &[(&str, Person<'_>)]) -> TempDir {
    let crowd = crowd(240);
    let all = |names: fn(&Stranger) -> &[String; 3],
               own: &[(&str, Person<'_>)],
               line: fn(&str, &Person<'_>) -> String|
     -> String {
        let strangers = crowd.iter().zip(0..).map(|(one, i)| {
            let known =
                person(names(one).each_ref().map(String::as_str), &one.born, &one.certificate);
            line(&format!("n-{i}"), &Person { sex: one.sex, ..known })
        });
        strangers.chain(own.iter().map(|(id, one)| line(id, one))).collect()
    };
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: String| fs::write(folder.path().join(name), text).unwrap();
    put("job.toml", JOB.to_owned());
    put(
        "pupils.csv",
        "Код;Прізвище;Ім'я;По батькові;ПІБ;Дата народження;Стать;Свідоцтво;Повторне свідоцтво\n"
            .to_owned()
            + &all(
                |one| &one.names,
                pupils,
                |id, p| {
                    let Person { surname, given, patronymic, whole, born, sex, .. } = p;
                    let Person { certificate, repeat, .. } = p;
                    format!(
                        "{id};{surname};{given};{patronymic};{whole};{born};{sex};{certificate};{repeat}\n"
                    )
                },
            ),
    );
    put(
        "health.csv",
        "id;last_name;first_name;second_name;birth_date;gender;document;father;last_visit\n"
            .to_owned()
            + &all(
                |one| &one.seen,
                seen,
                |id, p| {
                    let Person {
                        surname, given, patronymic, born, sex, certificate, father, ..
                    } = p;
                    format!(
                        "{id};{surname};{given};{patronymic};{born};{sex};{certificate};{father};2023-03-01\n"
                    )
                },
            ),
    );
    folder
}

/// Child by the identifier of its record.
fn children(folder: &Path) -> BTreeMap<String, Row> {
    let children = table(&folder.join("out/children.parquet"));
    children.into_iter().map(|child| (child["id"].clone(), child)).collect()
}

/// The accepted link between two identifiers.
fn link<'a>(links: &'a [Row], pupil: &str, registry: &str, seen: &str) -> Option<&'a Row> {
    links.iter().find(|link| {
        link.get("population_id").is_some_and(|id| id == pupil)
            && link.get("registry_id").is_some_and(|id| id == seen)
            && link["registry"] == registry
            && link["decision"] == "link"
    })
}

/// A trouble: the school's row, the register's row, and the levels that tell of it.
type Trouble<'a> = (&'a str, Person<'a>, Person<'a>, &'a [(&'a str, &'a str)]);

#[allow(clippy::too_many_lines, reason = "a table of cases")]
fn troubles() -> Vec<Trouble<'static>> {
    let clean = |names, born, certificate| person(names, born, certificate);
    vec![
        (
            "wrong-layout",
            clean(["Pfdsh.[f", "Cjkjvsz", "Nfhfcsdyf"], "04.03.2012", "І-МИ 700101"),
            clean(["Завірюха", "Соломія", "Тарасівна"], "04.03.2012", "І-МИ 700101"),
            &[("surname", "exact")],
        ),
        (
            "two-surnames",
            clean(["Жмурко (Вишнева)", "Меланія", "Денисівна"], "11.09.2011", "І-МИ 701202"),
            clean(["Вишнева", "Меланія", "Денисівна"], "11.09.2011", "І-МИ 701202"),
            &[("surname", "exact")],
        ),
        (
            "two-given-names",
            clean(["Скриньовська", "Олена / Альона", "Павлівна"], "23.06.2013", "І-МИ 702303"),
            clean(["Скриньовська", "Альона", "Павлівна"], "23.06.2013", "І-МИ 702303"),
            &[("given_name", "exact")],
        ),
        (
            "repeat-certificate",
            Person {
                repeat: "ІІ-БК 345671",
                ..clean(["Пугач", "Еміль", "Левкович"], "17.01.2010", "І-МИ 703404")
            },
            clean(["Пугач", "Еміль", "Левкович"], "17.01.2010", "ІІ-БК 345671"),
            &[("certificate", "exact")],
        ),
        (
            "two-certificates-in-a-cell",
            clean(["Горобчук", "Зорян", "Іларіонович"], "02.12.2009", "І-МИ 704505, І-СГ 118822"),
            clean(["Горобчук", "Зорян", "Іларіонович"], "02.12.2009", "І-СГ 118822"),
            &[("certificate", "exact")],
        ),
        (
            "two-dates-in-a-cell",
            clean(["Дзвінчук", "Мальва", "Юхимівна"], "12.05.2013 або 21.05.2013", "І-МИ 705606"),
            clean(["Дзвінчук", "Мальва", "Юхимівна"], "21.05.2013", "І-МИ 705606"),
            &[("birth_date", "exact")],
        ),
        (
            "date-in-the-name",
            Person {
                whole: "Шелестюк Любомир Гнатович 08.10.2014 р.н.",
                certificate: "І-МИ 706707",
                ..Person::default()
            },
            clean(["Шелестюк", "Любомир", "Гнатович"], "08.10.2014", "І-МИ 706707"),
            &[("birth_date", "exact"), ("surname", "exact"), ("given_name", "exact")],
        ),
        (
            "genitive",
            Person {
                whole: "Трумбинського Олександра Петровича",
                born: "19.02.2012",
                certificate: "І-МИ 707808",
                ..Person::default()
            },
            clean(["Трумбинський", "Олександр", "Петрович"], "19.02.2012", "І-МИ 707808"),
            &[("surname", "exact"), ("given_name", "exact"), ("patronymic", "exact")],
        ),
        (
            "polish",
            clean(["Щербанюк", "Юстина", "Яремівна"], "27.07.2011", "І-МИ 708909"),
            clean(["Szczerbaniuk", "Justyna", ""], "27.07.2011", "І-МИ 708909"),
            &[("surname", "spelling"), ("given_name", "spelling"), ("patronymic", "missing")],
        ),
        (
            "german",
            clean(["Жовтуха", "Юхим", "Захарович"], "30.08.2012", "І-МИ 710010"),
            clean(["Showtucha", "Juchym", ""], "30.08.2012", "І-МИ 710010"),
            &[("surname", "spelling"), ("given_name", "spelling")],
        ),
        (
            "father-instead-of-patronymic",
            clean(["Кульбабчук", "Зоряна", "Миронівна"], "05.05.2010", "І-МИ 711111"),
            Person {
                father: "Мирон",
                ..clean(["Кульбабчук", "Зоряна", ""], "05.05.2010", "І-МИ 711111")
            },
            &[("patronymic", "spelling")],
        ),
        (
            "impossible-date",
            clean(["Сойчук", "Устим", "Климович"], "31.06.2013", "І-МИ 712212"),
            clean(["Сойчук", "Устим", "Климович"], "30.06.2013", "І-МИ 712212"),
            &[("birth_date", "impossible")],
        ),
        (
            "swapped-date",
            clean(["Снігурчук", "Аврора", "Глібівна"], "04.11.2012", "І-МИ 713313"),
            clean(["Снігурчук", "Аврора", "Глібівна"], "11.04.2012", "І-МИ 713313"),
            &[("birth_date", "swapped")],
        ),
        (
            "other-spelling",
            clean(["Берізкін", "Юлія", "Орестівна"], "14.04.2011", "І-МИ 714414"),
            clean(["Березкин", "Юлия", "Орестовна"], "14.04.2011", "І-МИ 714414"),
            &[("given_name", "spelling"), ("patronymic", "spelling")],
        ),
        (
            "translation",
            clean(["Чубатюк", "Микола", "Пилипович"], "09.09.2009", "І-МИ 715515"),
            clean(["Чубатюк", "Николай", "Филиппович"], "09.09.2009", "І-МИ 715515"),
            &[("given_name", "translation")],
        ),
        (
            "variant",
            clean(["Очеретюк", "Георгій", "Северинович"], "28.02.2010", "І-МИ 716616"),
            clean(["Очеретюк", "Юрій", "Северинович"], "28.02.2010", "І-МИ 716616"),
            &[("given_name", "variant")],
        ),
        (
            "diminutive",
            clean(["Криничка", "Сашко", "Левович"], "15.03.2014", "І-МИ 717717"),
            clean(["Криничка", "Олександр", "Львович"], "15.03.2014", "І-МИ 717717"),
            &[("given_name", "diminutive"), ("patronymic", "spelling")],
        ),
        (
            "half-a-surname",
            clean(["Верба-Калинова", "Домініка", "Тихонівна"], "22.10.2012", "І-МИ 718818"),
            clean(["Калинова", "Домініка", "Тихонівна"], "22.10.2012", "І-МИ 718818"),
            &[("surname", "part")],
        ),
        (
            "changed-by-recognition",
            clean(["Бузько", "Радим", "Ничипорович"], "03.07.2011", "І-МИ 719919"),
            clean(["Лелечук", "Радим", "Євстахійович"], "03.07.2011", "І-МИ 719919"),
            &[("surname", "changed"), ("given_name", "exact"), ("patronymic", "missing")],
        ),
        (
            "certificate-without-letters",
            clean(["Дрімлюга", "Веремій", "Карпович"], "26.01.2013", "721020"),
            clean(["Дрімлюга", "Веремій", "Карпович"], "26.01.2013", "І-МИ 721020"),
            &[("certificate", "letters")],
        ),
        (
            "certificate-of-other-numeral",
            clean(["Клекотюк", "Тадей", "Лукич"], "18.06.2010", "ІІ-МИ 722121"),
            clean(["Клекотюк", "Тадей", "Лукич"], "18.06.2010", "І-МИ 722121"),
            &[("certificate", "roman")],
        ),
    ]
}

#[test]
fn each_trouble_is_seen_through_and_named() {
    let troubles = troubles();
    let pupils: Vec<_> = troubles.iter().map(|(id, pupil, _, _)| (*id, *pupil)).collect();
    let seen: Vec<_> = troubles.iter().map(|(id, _, seen, _)| (*id, *seen)).collect();
    let folder = folder(&pupils, &seen);
    run(folder.path());
    let children = children(folder.path());
    let links = table(&folder.path().join("out/links.parquet"));
    let mut wrong = Vec::new();
    for (id, _, _, levels) in &troubles {
        if children[*id]["status"] != "confirmed" {
            wrong.push(format!(
                "{id}: {} {}",
                children[*id]["status"], children[*id]["reason_codes"]
            ));
            for l in links.iter().filter(|l| l.get("population_id").is_some_and(|x| x == id)) {
                wrong.push(format!("    {l:?}"));
            }
        }
        let Some(link) = link(&links, id, "health", id) else {
            wrong.push(format!("{id}: no link"));
            continue;
        };
        for (comparison, level) in *levels {
            let found = &link[&format!("level_{comparison}")];
            if found != level {
                wrong.push(format!("{id}: {comparison} is {found}, not {level}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A child whom no register holds, and the brother, sister or twin whom one does.
type Kin<'a> = (&'a str, Person<'a>, Person<'a>);

fn kin() -> Vec<Kin<'static>> {
    let of = |sex, names, born, certificate| Person { sex, ..person(names, born, certificate) };
    let boy = |names, born, certificate| of("ч", names, born, certificate);
    let girl = |names, born, certificate| of("ж", names, born, certificate);
    vec![
        (
            "brother-and-sister",
            boy(["Чапленко", "Данило", "Орестович"], "12.03.2012", "І-МИ 731001"),
            girl(["Чапленко", "Дана", "Орестівна"], "20.05.2014", "І-МИ 731002"),
        ),
        (
            "twins",
            boy(["Вільшанюк", "Захар", "Маркович"], "03.09.2013", "І-МИ 732001"),
            boy(["Вільшанюк", "Назар", "Маркович"], "03.09.2013", "І-МИ 732002"),
        ),
        (
            "twins-of-one-certificate",
            girl(["Гайдамачук", "Софія", "Іларіївна"], "04.10.2013", "І-МИ 733001"),
            girl(["Гайдамачук", "Соломія", "Іларіївна"], "04.10.2013", "І-МИ 733001"),
        ),
        (
            "boy-and-girl-of-one-name",
            boy(["Калинчук", "Олександр", "Юстинович"], "05.11.2013", "І-МИ 734001"),
            girl(["Калинчук", "Олександра", "Юстинівна"], "05.11.2013", "І-МИ 734002"),
        ),
        (
            "without-sex-and-patronymic",
            person(["Терновчук", "Валентин", ""], "06.12.2013", "І-МИ 735001"),
            person(["Терновчук", "Валентина", ""], "06.12.2013", "І-МИ 735002"),
        ),
        (
            "names-that-sound-alike",
            girl(["Ожинчук", "Марина", "Лесівна"], "07.01.2013", "І-МИ 736001"),
            girl(["Ожинчук", "Маріна-Аліна", "Лесівна"], "07.01.2013", "І-МИ 736002"),
        ),
        (
            "names-one-letter-apart",
            girl(["Смеречук", "Аліна", "Тихонівна"], "08.02.2013", ""),
            girl(["Смеречук", "Аріна", "Тихонівна"], "08.02.2013", ""),
        ),
        (
            "related-names",
            girl(["Глодчук", "Анна", "Касянівна"], "09.03.2013", "І-МИ 737001"),
            girl(["Глодчук", "Ганна", "Касянівна"], "09.03.2013", "І-МИ 737002"),
        ),
        (
            "nameless",
            boy(["Берестюк", "Лука", "Адамович"], "10.04.2013", "І-МИ 738001"),
            boy(["Берестюк", "", "Адамович"], "10.04.2013", "І-МИ 738002"),
        ),
        (
            "nameless-of-one-certificate",
            boy(["Маківчук", "Матвій", "Саввич"], "11.05.2013", "І-МИ 739001"),
            boy(["Маківчук", "", "Саввич"], "11.05.2013", "І-МИ 739001"),
        ),
        (
            "initial",
            boy(["Бобрівник", "Марко", "Федотович"], "12.06.2013", "І-МИ 740101"),
            boy(["Бобрівник", "М.", "Федотович"], "12.06.2013", "І-МИ 740102"),
        ),
        (
            "latin",
            boy(["Журавчук", "Денис", "Остапович"], "13.07.2013", "І-МИ 741101"),
            boy(["ZHURAVCHUK", "DANYLO", ""], "13.07.2013", ""),
        ),
        (
            "changed-places",
            boy(["Лозинчук", "Тимур", "Антонович"], "14.08.2013", "І-МИ 742101"),
            boy(["Антонович", "Роман", "Лозинчук"], "14.08.2013", "І-МИ 742102"),
        ),
        (
            "several-certificates",
            Person {
                repeat: "ІІ-МИ 118001",
                ..girl(["Горицвітюк", "Ніна", "Фоківна"], "15.09.2013", "І-МИ 743101")
            },
            girl(["Горицвітюк", "Інна", "Фоківна"], "15.09.2013", "І-МИ 743102, ІІ-МИ 118002"),
        ),
    ]
}

#[test]
fn no_child_is_confirmed_by_a_brother_a_sister_or_a_twin() {
    let kin = kin();
    let pupils: Vec<_> = kin.iter().map(|(id, pupil, _)| (*id, *pupil)).collect();
    let seen: Vec<_> = kin.iter().map(|(id, _, seen)| (*id, *seen)).collect();
    let folder = folder(&pupils, &seen);
    run(folder.path());
    let alone = children(folder.path());
    let settled = |child: &Row| child["status"] != "unconfirmed" && child["status"] != "review";
    let wrong: Vec<_> = kin.iter().filter(|(id, _, _)| settled(&alone[*id])).collect();
    assert!(wrong.is_empty(), "{:?}", wrong.iter().map(|(id, _, _)| id).collect::<Vec<_>>());

    // The same where the school knows both: it is the other one who was seen.
    let both: Vec<_> = kin
        .iter()
        .map(|(id, _, seen)| (format!("seen-{id}"), *seen))
        .filter(|(_, seen)| !seen.given.is_empty() && !seen.given.contains('.'))
        .collect();
    let both = both.iter().map(|(id, seen)| (id.as_str(), *seen));
    let pupils: Vec<_> = pupils.into_iter().chain(both).collect();
    let folder = self::folder(&pupils, &seen);
    run(folder.path());
    let together = children(folder.path());
    let mut found = 0;
    for (id, _, seen) in &kin {
        assert!(!settled(&together[*id]), "{id}: {}", together[*id]["status"]);
        if !seen.certificate.is_empty()
            && let Some(child) = together.get(&format!("seen-{id}"))
        {
            assert_eq!(child["status"], "confirmed", "the other of {id}");
            found += 1;
        }
    }
    assert_eq!(found, 9);
}

/// Default numbers of a form stand on many children.
#[test]
fn a_number_of_many_children_proves_nothing_and_is_told() {
    let default = "І-БК 480217";
    let surnames = ["Волошчук", "Терлецький", "Півникчук", "Журбенко", "Скибчук", "Довбишук"];
    let dates =
        ["01.02.2011", "02.03.2012", "03.04.2013", "04.05.2010", "05.06.2009", "06.07.2014"];
    let ids: Vec<String> = (0..6).map(|i| format!("default-{i}")).collect();
    let many: Vec<(&str, Person<'_>)> = ids
        .iter()
        .zip(surnames.iter().zip(dates))
        .map(|(id, (surname, born))| (id.as_str(), person([surname, "Марта", ""], born, default)))
        .collect();
    // One who is not in the register at all, but whose school has put the same number.
    let nobody = ("nobody", person(["Терлецька", "Марія", ""], "02.03.2013", default));
    let pupils: Vec<_> = [nobody].into_iter().chain(many.iter().copied()).collect();
    let folder = folder(&pupils, &many);
    run(folder.path());
    let rejected = csv_table(&folder.path().join("out/rejected.csv"));
    let told: Vec<_> = rejected
        .iter()
        .map(|row| (row["source"].as_str(), row["field"].as_str(), row["reason"].as_str()))
        .collect();
    let reason = "one value on many records of different children";
    for (source, times) in [("pupils", 7), ("health", 6)] {
        let here = told.iter().filter(|one| **one == (source, "certificate_number", reason));
        assert_eq!(here.count(), times, "{source}: {told:?}");
    }
    assert_eq!(told.len(), 13, "{told:?}");
    let children = children(folder.path());
    assert_eq!(children["nobody"]["status"], "unconfirmed");
    let links = table(&folder.path().join("out/links.parquet"));
    for link in links.iter().filter(|link| link["population_id"].starts_with("default-")) {
        assert_eq!(link["level_certificate"], "missing");
        assert_eq!(link["population_id"], link["registry_id"]);
    }
}

const BORDER: &str = r#"
[[registry]]
name = "border"
path = "border.csv"
unique = false
[registry.columns]
id = "Ключ"
surname = ["Прізвище", "Surname", "Фамилия"]
given_name = ["Ім'я", "Given name", "Имя"]
birth_date = "Born"
[registry.evidence]
kind = "abroad"
date = "Crossed"
"#;

/// A register with a column for each language: whichever it fills, the names are compared in
/// the language of the other side.
#[test]
fn a_field_of_several_headings_is_a_choice() {
    let children_there = [
        (
            "all-three",
            ["Гречанюк", "Олена"],
            ["Гречанюк", "Олена"],
            ["HRECHANIUK", "OLENA"],
            ["Гречанюк", "Елена"],
        ),
        (
            "foreign-only",
            ["Ластівчук", "Микита"],
            ["", ""],
            ["LASTIVCHUK", "MYKYTA"],
            ["Ластивчук", "Никита"],
        ),
        (
            "russian-pupil",
            ["Жайворончук", "Никита"],
            ["Жайворончук", "Микита"],
            ["ZHAIVORONCHUK", "MYKYTA"],
            ["Жайворончук", "Никита"],
        ),
    ];
    let born = "23.11.2012";
    let pupils: Vec<_> = children_there
        .iter()
        .map(|(id, [surname, given], ..)| (*id, person([surname, given, ""], born, "")))
        .collect();
    let folder = folder(&pupils, &[]);
    let mut lines = "Ключ;Прізвище;Ім'я;Surname;Given name;Фамилия;Имя;Born;Crossed\n".to_owned();
    for (id, _, uk, lat, ru) in &children_there {
        let names = [uk, lat, ru].map(|names| names.join(";")).join(";");
        lines += &format!("{id};{names};{born};2022-05-05\n");
    }
    for (i, one) in crowd(240).iter().enumerate().filter(|(i, _)| i % 2 == 0) {
        let [surname, given, _] = &one.names;
        let lat = [surname, given].map(|name| latin(name)).join(";");
        lines += &format!("n-{i};{surname};{given};{lat};;;{};2021-05-05\n", one.born);
    }
    fs::write(folder.path().join("border.csv"), lines).unwrap();
    fs::write(folder.path().join("job.toml"), JOB.to_owned() + BORDER).unwrap();
    run(folder.path());
    let links = table(&folder.path().join("out/links.parquet"));
    let levels = |id: &str| {
        let found = links.iter().find(|link| {
            link["registry"] == "border"
                && link.get("population_id").is_some_and(|there| there == id)
                && link.get("registry_id").is_some_and(|there| there == id)
        });
        found.map(|link| (link["level_surname"].as_str(), link["level_given_name"].as_str()))
    };
    assert_eq!(levels("all-three"), Some(("exact", "exact")));
    assert_eq!(levels("russian-pupil"), Some(("exact", "exact")));
    assert_eq!(levels("foreign-only"), Some(("spelling", "spelling")));
}

#[test]
fn explain_names_the_level_and_shows_both_sides() {
    let troubles = troubles();
    let pupils: Vec<_> = troubles.iter().map(|(id, pupil, _, _)| (*id, *pupil)).collect();
    let seen: Vec<_> = troubles.iter().map(|(id, _, seen, _)| (*id, *seen)).collect();
    let folder = folder(&pupils, &seen);
    run(folder.path());
    for (id, pupil, _, levels) in &troubles {
        let told = tell(folder.path(), &["explain", "out", &format!("pupils:{id}"), "--json"]);
        assert_eq!((told.code, told.err.as_str()), (0, ""), "{id}");
        let json: serde_json::Value = serde_json::from_str(&told.out).unwrap();
        assert_eq!(json["status"], "confirmed", "{id}");
        let compared = json["links"][0]["comparisons"].as_array().unwrap();
        for (comparison, level) in *levels {
            let found = compared.iter().find(|part| part["comparison"] == *comparison);
            assert_eq!(found.unwrap()["level"], *level, "{id}: {comparison}");
        }
        // As the school wrote it, whatever was made of it.
        let values = &json["records"][0]["values"];
        for (field, written) in
            [("surname", pupil.surname), ("full_name", pupil.whole), ("birth_date", pupil.born)]
        {
            if !written.is_empty() {
                assert_eq!(values[field], written, "{id}");
            }
        }
        // Words for the level in both languages.
        for lang in ["en", "uk"] {
            let told =
                tell(folder.path(), &["explain", "out", &format!("pupils:{id}"), "--lang", lang]);
            assert_eq!(told.code, 0, "{id}");
            assert!(!told.out.contains('?'), "{id}: {}", told.out);
        }
    }
}

/// All troubles and all kin in one folder.
fn everybody() -> TempDir {
    let (troubles, kin) = (troubles(), kin());
    let of_troubles = troubles.iter().map(|(id, pupil, seen, _)| (*id, *pupil, *seen));
    let all: Vec<_> = of_troubles.chain(kin.iter().copied()).collect();
    let pupils: Vec<_> = all.iter().map(|(id, pupil, _)| (*id, *pupil)).collect();
    let seen: Vec<_> = all.iter().map(|(id, _, seen)| (*id, *seen)).collect();
    folder(&pupils, &seen)
}

#[test]
fn sets_of_values_keep_runs_the_same() {
    let folder = everybody();
    run(folder.path());
    let before = folder.path().join("before");
    fs::rename(folder.path().join("out"), &before).unwrap();
    for threads in ["1", "2"] {
        let told =
            tell(folder.path(), &["run", "job.toml", "--out", "again", "--threads", threads, "-q"]);
        assert_eq!(told.code, 0, "{}", told.err);
        assert_same(&lasting(&before), &lasting(&folder.path().join("again")));
    }
    for seed in [11, 12] {
        let shuffled = everybody();
        let shuffles = BTreeMap::from([
            ("pupils", shuffle_csv(&shuffled.path().join("pupils.csv"), b';', seed)),
            ("health", shuffle_csv(&shuffled.path().join("health.csv"), b';', seed + 100)),
        ]);
        run(shuffled.path());
        assert_same_but_for_rows(&before, &shuffled.path().join("out"), &shuffles);
    }
}

/// No name, date or number of the new kinds where it does not belong.
#[test]
fn values_of_several_kinds_are_told_to_nobody() {
    let folder = everybody();
    let told = tell(folder.path(), &["run", "job.toml", "--out", "out", "-v"]);
    assert_eq!(told.code, 0, "{}", told.err);
    let mut places = vec![("messages".to_owned(), told.all())];
    for (name, bytes) in contents(&folder.path().join("out")) {
        let path = folder.path().join("out").join(&name);
        let text = match name.rsplit_once('.').unwrap().1 {
            _ if name.starts_with("candidates.") => continue,
            "xlsx" => unpacked(&bytes),
            "parquet" => format!("{:?}", table(&path)),
            _ => String::from_utf8(bytes).unwrap(),
        };
        places.push((name, text));
    }
    assert!(places.iter().any(|(name, text)| name == "rejected.csv" && text.contains("\npupils,")));
    let list = fs::read_to_string(folder.path().join("out/candidates.csv")).unwrap();
    let (troubles, kin) = (troubles(), kin());
    let persons = troubles.iter().flat_map(|(_, pupil, seen, _)| [pupil, seen]);
    let mut sought = 0;
    for person in persons.chain(kin.iter().flat_map(|(_, pupil, seen)| [pupil, seen])) {
        let Person { surname, given, patronymic, whole, born, certificate, repeat, .. } = person;
        for value in [surname, given, patronymic, whole, born, certificate, repeat]
            .into_iter()
            .flat_map(|value| value.split([' ', ',', '/', '(', ')']))
            .filter(|value| value.chars().count() > 4)
        {
            sought += 1;
            for (place, text) in &places {
                let text = text.to_lowercase();
                assert!(!text.contains(&value.to_lowercase()), "{place} tells a value: {value}");
            }
        }
    }
    assert!(sought > 200 && list.contains("Вільшанюк"), "{sought}");
}
