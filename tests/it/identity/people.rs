//! Invented people: a crowd, children with one trouble each, and children with kin.

use std::fs;

use tempfile::TempDir;

pub(super) const JOB: &str = r#"
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
pub(super) struct Person<'a> {
    pub(super) surname: &'a str,
    pub(super) given: &'a str,
    pub(super) patronymic: &'a str,
    pub(super) whole: &'a str,
    pub(super) born: &'a str,
    pub(super) sex: &'a str,
    pub(super) certificate: &'a str,
    pub(super) repeat: &'a str,
    pub(super) father: &'a str,
}

/// The commonest form: names, birth date, certificate.
pub(super) const fn person<'a>(
    names: [&'a str; 3],
    born: &'a str,
    certificate: &'a str,
) -> Person<'a> {
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
pub(super) struct Stranger {
    pub(super) names: [String; 3],
    /// The names as the register writes them.
    seen: [String; 3],
    pub(super) born: String,
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
pub(super) fn crowd(n: usize) -> Vec<Stranger> {
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
pub(super) fn latin(name: &str) -> String {
    zvirka::normalize::latin::kmu55(&name.to_lowercase()).to_uppercase()
}

/// A folder with the crowd on both sides and the persons on the sides where they stand.
pub(super) fn folder(pupils: &[(&str, Person<'_>)], seen: &[(&str, Person<'_>)]) -> TempDir {
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

/// A trouble: the school's row, the register's row, and the levels that tell of it.
pub(super) type Trouble<'a> = (&'a str, Person<'a>, Person<'a>, &'a [(&'a str, &'a str)]);

#[allow(clippy::too_many_lines, reason = "a table of cases")]
pub(super) fn troubles() -> Vec<Trouble<'static>> {
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
            &[("surname", "exact"), ("given_name", "exact"), ("patronymic", "missing")],
        ),
        (
            "german",
            clean(["Жовтуха", "Юхим", "Захарович"], "30.08.2012", "І-МИ 710010"),
            clean(["Showtucha", "Juchym", ""], "30.08.2012", "І-МИ 710010"),
            &[("surname", "exact"), ("given_name", "exact")],
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

/// A child whom no register holds, and the brother, sister or twin whom one does.
pub(super) type Kin<'a> = (&'a str, Person<'a>, Person<'a>);

pub(super) fn kin() -> Vec<Kin<'static>> {
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

/// All troubles and all kin in one folder.
pub(super) fn everybody() -> TempDir {
    let (troubles, kin) = (troubles(), kin());
    let of_troubles = troubles.iter().map(|(id, pupil, seen, _)| (*id, *pupil, *seen));
    let all: Vec<_> = of_troubles.chain(kin.iter().copied()).collect();
    let pupils: Vec<_> = all.iter().map(|(id, pupil, _)| (*id, *pupil)).collect();
    let seen: Vec<_> = all.iter().map(|(id, _, seen)| (*id, *seen)).collect();
    folder(&pupils, &seen)
}
