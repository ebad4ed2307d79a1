use std::path::Path;

use super::*;
use crate::field::Field;
use crate::job::{Job, Kind, KindRule, Problems, Role, Source};

/// Made-up extracts: name, text.
const FILES: &[(&str, &str)] = &[
    (
        "aikom.csv",
        "ID запису;Прізвище;Ім'я;По батькові;Дата народження;Стать;Серія свідоцтва;Номер свідоцтва;Клас;Втрачено контакт;Телефон матері;Оновлено\n\
         1;Пробенко;Марія;Тестівна;01.02.2012;ж;І-МИ;000001;5-А;ні;-;2023-06-20\n\
         2;Зразко;Іван;Тестович;03.04.2010;ч;І-МИ;000002;7-Б;ні;-;2023-06-30\n\
         3;Тестюк;Софія;;05.06.2011;ж;І-СГ;000003;6-А;так;-;2203-06-30\n",
    ),
    (
        "учні.csv",
        "ПІБ учня;Свідоцтво;Дата народж.;Клас\n\
         Пробенко Марія Тестівна;І-МИ 000001;01.02.2012;5\n\
         Зразко Іван Тестович;І-МИ № 000002;03.04.2010;7\n",
    ),
    (
        "drats_1.csv",
        "surname,given_name,patronymic,birth_date,series,number,mother\nПробенко,Марія,Тестівна,2012-02-01,І-МИ,000001,Ніна\n",
    ),
    (
        "drats_2.csv",
        "surname,given_name,patronymic,birth_date,series,number,mother\nЗразко,Іван,Тестович,2010-04-03,І-МИ,000002,Ніна\n",
    ),
    (
        "border.csv",
        "SURNAME,GIVEN_NAME,DOB,SEX,DOC,CROSSED,DIRECTION\nPROBENKO,MARIIA,2012-02-01,F,XX000001,2022-03-05,OUT\nPROBENKO,MARIIA,2012-02-01,F,XX000001,2023-05-05,IN\n",
    ),
    (
        "health.csv",
        "last_name,first_name,birth_date,tax_id,last_encounter\nПробенко,Марія,2012-02-01,,2023-01-05\n",
    ),
    (
        "strange.csv",
        "A,B,C,D,E\nПробенко,Марія,01.02.2012,4170901236,x\nЗразко,Іван,03.04.2010,4030045681,x\n\
         Тестюк,Софія,05.06.2011,4565699990,x\nТестюк,Софія,05.06.2009,,x\nТестюк,Софія,05.06.2008,,x\n\
         Тестюк,Софія,05.06.2007,,x\n",
    ),
    ("empty.csv", "X,Y\n1,2\n"),
];

fn proposed(names: &[&str]) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> = names
        .iter()
        .map(|name| {
            let (_, text) = FILES.iter().find(|(file, _)| file == name).unwrap();
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        })
        .collect();
    let text = propose(&files, &folder.path().join("job.toml")).unwrap();
    (folder, text)
}

fn opened(folder: &Path, text: &str) -> Result<(Job, Problems), Problems> {
    crate::job::open_text(text, &folder.join("job.toml"))
}

fn source<'j>(job: &'j Job, name: &str) -> &'j Source {
    job.sources.iter().find(|source| source.name == name).unwrap()
}

#[test]
fn known_extracts_become_a_job_that_loads() {
    let names: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
    let (folder, text) = proposed(&names);
    insta::assert_snapshot!(text);
    let (job, warnings) = opened(folder.path(), &text).unwrap();
    assert!(warnings.is_empty(), "{warnings}");
    assert_eq!(job.populations().count(), 2);
    let aikom = source(&job, "aikom");
    assert_eq!(aikom.role, Role::Population);
    assert!(!aikom.columns.contains_key(&Field::MotherGivenName));
    assert_eq!(source(&job, "births").files.len(), 2, "parts of one extract are one source");
    let border = source(&job, "border").evidence.as_ref().unwrap();
    let KindRule::Column { kinds, .. } = &border.kind else { panic!() };
    assert_eq!(kinds.len(), 2);
    assert_eq!(kinds["OUT"], Kind::Abroad);
    let strange = source(&job, "strange");
    assert_eq!(strange.evidence.as_ref().unwrap().kind, KindRule::Fixed(Kind::Identity));
    assert_eq!(strange.columns[&Field::BirthDate], ["C"]);
    assert_eq!(strange.columns[&Field::Rnokpp], ["D"]);
    // A day far in the future is a slip, not the day of the extract.
    assert_eq!(job.as_of.to_string(), "2023-06-30");
}

#[test]
fn an_unknown_list_alone_is_taken_for_the_pupils_and_confirms_nobody() {
    let (folder, text) = proposed(&["strange.csv"]);
    let (job, warnings) = opened(folder.path(), &text).unwrap();
    assert!(warnings.to_string().contains("no registry"));
    assert_eq!(job.populations().count(), 1);
    assert_eq!(job.as_of, job.evidence_since);
    assert!(text.contains("NOT KNOWN"));
}

#[test]
fn without_pupils_the_job_says_what_it_lacks() {
    let (folder, text) = proposed(&["border.csv"]);
    let problems = opened(folder.path(), &text).unwrap_err();
    assert!(problems.to_string().contains("no population"));
}

#[test]
fn the_order_of_files_changes_nothing() {
    let (folder, text) = proposed(&["aikom.csv", "border.csv", "drats_1.csv"]);
    let files =
        ["drats_1.csv", "aikom.csv", "border.csv", "aikom.csv"].map(|f| folder.path().join(f));
    assert_eq!(propose(&files, &folder.path().join("job.toml")).unwrap(), text);
}

#[test]
fn unreadable_files_are_all_named() {
    let failures =
        propose(&["no.csv".into(), "nope.csv".into()], Path::new("job.toml")).unwrap_err();
    assert_eq!(failures.len(), 2);
}

proptest::proptest! {
    /// Whatever stands in a header, the text is TOML and holds no foreign line.
    #[test]
    fn any_headings_make_a_readable_job(
        headings in proptest::collection::vec("(?s).{0,20}|Прізвище|Ім'я|Дата народження|ПІБ", 1..8),
        values in proptest::collection::vec("(?s).{0,12}", 0..24),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "").unwrap();
        let sample = values.chunks(headings.len())
            .map(|row| row.iter().map(|value| Some(value.clone())).collect())
            .collect();
        let look = Look {
            path,
            format: Format::Csv,
            encoding: None,
            delimiter: Some('\u{1}'),
            sheets: vec!["\"\n[x]".to_owned()],
            headings,
            sample,
        };
        let text = compose(vec![look], &folder.path().join("job.toml"));
        let tree: Result<toml::Table, _> = text.parse();
        proptest::prop_assert!(tree.is_ok(), "{text}");
    }
}
