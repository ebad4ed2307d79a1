use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::field::Field;

const EXAMPLE: &str = include_str!("../../tests/it/fixtures/job.example.toml");

/// The files of the example job: name, headings. Each heading also comes with ` 2`, so
/// that a changed heading can be found.
const FILES: &[(&str, &str)] = &[
    (
        "aikom.csv",
        "ID запису;Прізвище;Ім’я;По батькові;Дата народження;Стать;Серія свідоцтва;\
         Номер свідоцтва;УНЗР;РНОКПП;ЄДРПОУ закладу;Область;Клас;Переміщення;Втрачено контакт;\
         Оновлено",
    ),
    (
        "kurs.csv",
        "ПІБ учня;Свідоцтво про народження;Дата нар.;Ст.;Код школи;Клас;Категорія;Контакт втрачено",
    ),
    (
        "drats.parquet",
        "surname;given_name;patronymic;birth_date;sex;series;number;mother;father;region",
    ),
    (
        "ehealth.parquet",
        "last_name;first_name;second_name;birth_date;gender;document;unzr;tax_id;last_encounter",
    ),
    ("border.csv", "SURNAME;GIVEN_NAME;DOB;SEX;DOC;CROSSED;DIRECTION"),
    ("missing.csv", "Прізвище;Ім'я;По батькові;Дата народження;Дата зникнення;Статус"),
    ("deaths.csv", "surname;given_name;patronymic;birth_date;series;number;death_date"),
    ("vpo.csv", "Прізвище;Ім'я;По батькові;Дата народження;Документ;РНОКПП;Дата довідки"),
];

/// A folder with the example's files, and others of the same headings named `2-…`.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, _) in FILES {
        std::fs::write(folder.path().join(name), "").unwrap();
        std::fs::write(folder.path().join(format!("2-{name}")), "").unwrap();
    }
    folder
}

/// The headings of one of [`FILES`].
fn file_headings(source: &Source) -> Result<Vec<String>, String> {
    let name = source.files[0].file_name().unwrap().to_str().unwrap().trim_start_matches("2-");
    let (_, headings) = FILES.iter().find(|(file, _)| *file == name).ok_or("no such file")?;
    let headings = headings.split(';').map(str::trim);
    Ok(headings.flat_map(|heading| [heading.to_owned(), format!("{heading} 2")]).collect())
}

fn open_in(folder: &Path, text: &str) -> Result<(Job, Problems), Problems> {
    syntax::parse(text, &folder.join("job.toml"))?.resolve(&file_headings)
}

/// All problems of `text`, one a paragraph, without the folder.
fn problems(folder: &Path, text: &str) -> String {
    let problems = match open_in(folder, text) {
        Ok((_, warnings)) => warnings,
        Err(problems) => problems,
    };
    let text = problems.to_string().replace(&format!("{}/", folder.display()), "");
    text.replace(&folder.display().to_string(), "FOLDER")
}

#[test]
fn the_example_loads_whole() {
    let folder = folder();
    let (job, warnings) = open_in(folder.path(), EXAMPLE).unwrap();
    assert!(warnings.is_empty(), "{warnings}");
    let mut shown = format!("{job:#?}");
    shown = shown.replace(&folder.path().display().to_string(), "FOLDER");
    insta::assert_snapshot!(shown);
}

/// Every path of keys to a value in `table`.
fn leaves(value: &toml::Value, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                path.push(key.clone());
                leaves(value, path, found);
                path.pop();
            }
        }
        toml::Value::Array(items) if items.iter().all(toml::Value::is_table) => {
            for (index, value) in items.iter().enumerate() {
                path.push(index.to_string());
                leaves(value, path, found);
                path.pop();
            }
        }
        _ => found.push(path.clone()),
    }
}

fn at<'v>(root: &'v mut toml::Value, path: &[String]) -> &'v mut toml::Value {
    path.iter().fold(root, |value, key| match key.parse::<usize>() {
        Ok(index) if value.is_array() => &mut value[index],
        _ => &mut value[key.as_str()],
    })
}

/// The same type, another value that makes sense for `path`.
fn changed(path: &[String], value: &toml::Value) -> toml::Value {
    let key = path.last().unwrap().as_str();
    match value {
        toml::Value::Boolean(yes) => toml::Value::Boolean(!yes),
        toml::Value::Integer(number) => toml::Value::Integer(number + 1),
        toml::Value::Datetime(_) => toml::Value::Datetime("2023-01-02".parse().unwrap()),
        toml::Value::String(text) => toml::Value::String(match key {
            "path" => format!("2-{text}"),
            "encoding" => "koi8-u".to_owned(),
            "profile" if text == "aikom" => "kurs_shkola".to_owned(),
            "profile" => "aikom".to_owned(),
            "kind" | "OUT" | "IN" | "розшукується" | "повернено" => {
                "displaced".to_owned()
            }
            _ => format!("{text} 2"),
        }),
        other => panic!("{other}"),
    }
}

#[test]
fn every_key_of_the_example_is_read() {
    let folder = folder();
    let base = format!("{:?}", open_in(folder.path(), EXAMPLE).unwrap().0);
    let mut paths = Vec::new();
    let tree = toml::Value::Table(EXAMPLE.parse().unwrap());
    leaves(&tree, &mut Vec::new(), &mut paths);
    assert!(paths.len() > 80);
    for path in paths {
        let mut tree = tree.clone();
        let leaf = at(&mut tree, &path);
        *leaf = changed(&path, leaf);
        if path.last().unwrap() == "name" && path.len() > 2 {
            // Names of sources hold no space.
            *leaf = toml::Value::String("other".to_owned());
        }
        if path.last().unwrap() == "kind" && leaf.as_str() == Some("displaced") && path[1] == "5" {
            *leaf = toml::Value::String("present".to_owned());
        }
        if path.last().unwrap() == "profile" {
            // Both profiles know the same headings, and every field is mapped: what can be
            // seen is that the key is looked at.
            *leaf = toml::Value::String("nonsense".to_owned());
        }
        let text = toml::to_string(&tree).unwrap();
        match open_in(folder.path(), &text) {
            Ok((job, _)) => assert_ne!(format!("{job:?}"), base, "{path:?} changes nothing"),
            Err(problems) => {
                assert_eq!(path.last().unwrap(), "profile", "{path:?}: {problems}");
                assert!(problems.to_string().contains("unknown profile"));
            }
        }
    }
}

#[test]
fn keys_beyond_the_example_are_read() {
    let folder = folder();
    let head = "[job]\nas_of = 2023-07-05\nevidence_since = 2022-02-24\n";
    let pupils = "[[population]]\nname = \"a\"\npath = \"aikom.csv\"\nprofile = \"aikom\"\n";
    let (job, _) = open_in(folder.path(), &format!("{head}{pupils}")).unwrap();
    assert_eq!(job.name, "job");
    assert!((job.max_rejected_share - 0.05).abs() < 1e-12);
    assert_eq!(job.output, folder.path().join("out"));
    assert_eq!(job.decision, DecisionSettings::default());
    let source = &job.sources[0];
    assert!(!source.unique);
    assert_eq!(source.columns[&Field::GivenName], ["Ім’я"], "the file's own apostrophe");
    assert_eq!(source.evidence, None, "a population vouches only if told so");

    let more = "max_rejected_share = 0.5\n";
    let births = "[[registry]]\nname = \"b\"\npath = [\"vpo.csv\", \"2-vpo.csv\"]\nprofile = \"vpo\"\n\
        format = \"csv\"\ndelimiter = \"tab\"\nencoding = \"cp866\"\n\
        [registry.columns]\nsurname = [\"Прізвище\", \"Прізвище 2\"]\nrnokpp = []\n\
        [registry.scope]\nregions = [\"Чернівецька\"]\nborn_from = 2004\nborn_to = 2020\n";
    let vouch = "[population.evidence]\nkind = \"present\"\ndate = \"Оновлено\"\n";
    let (job, warnings) =
        open_in(folder.path(), &format!("{head}{more}{pupils}{vouch}{births}")).unwrap();
    assert!(warnings.is_empty(), "{warnings}");
    assert!((job.max_rejected_share - 0.5).abs() < 1e-12);
    assert_eq!(job.sources[0].evidence.as_ref().unwrap().witness, "a");
    let source = &job.sources[1];
    assert_eq!(source.delimiter, Some(b'\t'));
    assert_eq!(source.encoding.as_deref(), Some("ibm866"));
    assert_eq!(source.files.len(), 2);
    assert!(!source.unique, "the profile knows that people are displaced more than once");
    assert_eq!(source.columns[&Field::Surname], ["Прізвище", "Прізвище 2"]);
    assert_eq!(source.columns[&Field::Document], ["Документ"]);
    assert!(!source.columns.contains_key(&Field::Rnokpp), "an empty list switches a field off");
    let evidence = source.evidence.as_ref().unwrap();
    assert_eq!(evidence.kind, KindRule::Fixed(Kind::Displaced));
    assert_eq!(evidence.date.as_deref(), Some("Дата довідки"));
    assert_eq!(evidence.witness, "vpo");
    let scope = source.scope.as_ref().unwrap();
    assert_eq!((scope.regions.len(), scope.born_from, scope.born_to), (1, Some(2004), Some(2020)));
}

#[test]
fn profiles_find_what_the_example_names() {
    let folder = folder();
    let names: BTreeMap<&str, &str> = [
        ("aikom.csv", "aikom"),
        ("kurs.csv", "kurs_shkola"),
        ("drats.parquet", "drats"),
        ("ehealth.parquet", "ehealth"),
        ("border.csv", "border"),
        ("missing.csv", "missing"),
        ("deaths.csv", "deaths"),
        ("vpo.csv", "idp"),
    ]
    .into();
    let mut text = "[job]\nas_of = 2023-07-05\nevidence_since = 2022-02-24\n".to_owned();
    for (file, profile) in &names {
        let role =
            if ["aikom", "kurs_shkola"].contains(profile) { "population" } else { "registry" };
        let name = file.split('.').next().unwrap();
        let source =
            format!("[[{role}]]\nname = \"{name}\"\npath = \"{file}\"\nprofile = \"{profile}\"\n");
        text.push_str(&source);
    }
    let (job, warnings) = open_in(folder.path(), &text).unwrap();
    assert!(warnings.is_empty(), "{warnings}");
    let (example, _) = open_in(folder.path(), EXAMPLE).unwrap();
    for wanted in &example.sources {
        let found = job.sources.iter().find(|source| source.files == wanted.files).unwrap();
        assert_eq!(found.columns, wanted.columns, "{}", wanted.name);
        // People are displaced and go missing more than once; the profiles know, the default
        // of a registry does not.
        let more_than_once = ["missing", "idp"].contains(&wanted.name.as_str());
        assert_eq!(found.unique, wanted.unique && !more_than_once, "{}", wanted.name);
        let (found, wanted) = (found.evidence.as_ref(), wanted.evidence.as_ref());
        assert_eq!(found.map(|e| &e.date), wanted.map(|e| &e.date));
        if let (
            Some(KindRule::Column { kinds, .. }),
            Some(KindRule::Column { kinds: wanted, .. }),
        ) = (found.map(|e| &e.kind), wanted.map(|e| &e.kind))
        {
            assert!(wanted.iter().all(|(word, kind)| kinds.get(word) == Some(kind)));
        } else {
            assert_eq!(found.map(|e| &e.kind), wanted.map(|e| &e.kind));
        }
    }
}

#[test]
fn every_problem_is_told_at_once() {
    let folder = folder();
    let text = r#"
job = 1
[decision]
hidden_child_cost = -1
review_capasity = 3
[[population]]
name = "a b"
path = "aikom.cvs"
profile = "aikon"
[population.columns]
patronimic = "По батькові"
"Прізвище" = "Прізвище"
sex = 5
[[population]]
path = "kurs.csv"
delimiter = ";;"
encoding = "windows-1215"
unique = false
[population.columns]
full_name = "ПІБ учні"
certificate = "Ст."
sex = "Ст."
[[registry]]
name = "border"
path = "border.csv"
[registry.columns]
surname = "SURNAME"
birth_date = "DOB"
[registry.evidence]
kind = "present"
kind_column = "DIRECTION"
[[registry]]
name = "Border"
path = "missing.csv"
sheet = "Аркуш1"
[registry.columns]
birth_date = "Дата народження"
[registry.evidence]
kind_column = "Стат"
[[registry]]
name = "deaths"
path = ["*.ods", ".", "deaths.csv"]
format = "exel"
[registry.evidence]
kind = "dead"
[registry.scope]
born_from = 2020
born_to = 2010
"#;
    insta::assert_snapshot!(problems(folder.path(), text));
}

#[test]
fn decisions_priorities_and_days_are_read_and_their_slips_told() {
    let folder = folder();
    let with = |from: &str, to: &str| {
        assert!(EXAMPLE.contains(from), "{from}");
        EXAMPLE.replacen(from, to, 1)
    };
    let border = "[registry.evidence]\ndate = \"CROSSED\"";
    let text = with(border, &border.replace("]\n", "]\nsince = 2022-03-01\ndated = 2023-07-01\n"));
    let text = text.replacen("[decision]", "[decision]\nlook_cost = 0.05\nheld_cost = 0.05", 1);
    let text = text.replacen("name = \"kurs\"", "name = \"kurs\"\nextracted = 2023-07-01", 1)
        + "\n[priority]\nfinished = -200\nregions = { \"Харківська\" = 40 }\n"
        + "\n[report]\nlang = \"en\"\nsheets_by = \"office\"\n";
    let (job, warnings) = open_in(folder.path(), &text).unwrap();
    assert!(warnings.is_empty(), "{warnings}");
    let costs = crate::verdict::Costs { hidden: 10_000.0, look: 0.05, held: 0.05 };
    assert_eq!(job.decision.costs(), costs);
    assert_eq!(job.priority.finished, -200);
    assert_eq!(job.priority.regions["Харківська"], 40);
    assert_eq!(job.report.lang, Language::En);
    assert_eq!(job.report.sheets_by, Some(SheetsBy::Office));
    let source = |name: &str| job.sources.iter().find(|source| source.name == name).unwrap();
    assert_eq!(source("kurs").extracted, Some(jiff::civil::date(2023, 7, 1)));
    let rule = source("border").evidence.as_ref().unwrap();
    assert_eq!(rule.since, Some(jiff::civil::date(2022, 3, 1)));
    assert_eq!(rule.dated, Some(jiff::civil::date(2023, 7, 1)));

    let slips = text
        .replacen("since = 2022-03-01", "since = 2024-03-01", 1)
        .replacen("look_cost = 0.05", "look_cost = 2", 1)
        .replacen("held_cost = 0.05", "held_cost = 0", 1)
        .replacen("extracted = 2023-07-01", "extracted = 2024-07-01", 1)
        .replacen("finished = -200", "finishd = -200\nunconfirmed = 5000", 1)
        .replacen("lang = \"en\"", "lang = \"fr\"", 1)
        .replacen("\"office\"", "\"town\"", 1)
        + "\n[population.scope]\nevents_from = 2023-01-01\n";
    let told = problems(folder.path(), &slips);
    for part in [
        "evidence.since: this day is after",
        "decision.look_cost: not above 0, or too much",
        "decision.held_cost: not above 0, or too much",
        "extracted: this day is after",
        "priority.finishd: unknown key",
        "did you mean `finished`",
        "priority.unconfirmed: too many points",
        "unknown language `fr`",
        "unknown choice `town`",
    ] {
        assert!(told.contains(part), "{part}\n{told}");
    }
}

#[test]
fn the_schema_is_fresh() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/job.schema.json");
    let fresh = schema();
    if std::env::var_os("ZVIRKA_UPDATE").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == fresh,
        "docs/job.schema.json is stale; renew it by `ZVIRKA_UPDATE=1 cargo test --lib the_schema_is_fresh`"
    );
}

/// The schema of a table; `job` is defined in place.
fn schema_table<'s>(
    schema: &'s serde_json::Value,
    definition: Option<&str>,
) -> &'s serde_json::Value {
    match definition {
        None => schema,
        Some("JobTable") => &schema["properties"]["job"],
        Some(name) => &schema["$defs"][name],
    }
}

/// Every `properties` of a definition of the schema.
fn schema_keys(schema: &serde_json::Value, definition: Option<&str>) -> Vec<String> {
    schema_table(schema, definition)["properties"].as_object().unwrap().keys().cloned().collect()
}

#[test]
fn the_schema_knows_what_the_reader_reads_and_describes_it() {
    let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
    let folder = folder();
    // A stranger's key makes the reader say what it knows.
    let text = "\"☂\" = 1\n[job]\n\"☂\" = 1\n[decision]\n\"☂\" = 1\n[[population]]\n\"☂\" = 1\n\
                [population.columns]\n\"☂\" = 1\n[population.evidence]\n\"☂\" = 1\n\
                [population.scope]\n\"☂\" = 1\n";
    let said = open_in(folder.path(), text).unwrap_err();
    for (key, definition) in [
        ("☂", None),
        ("job.☂", Some("JobTable")),
        ("decision.☂", Some("DecisionTable")),
        ("population[#1].☂", Some("SourceTable")),
        ("population[#1].columns.☂", Some("Columns")),
        ("population[#1].evidence.☂", Some("EvidenceTable")),
        ("population[#1].scope.☂", Some("ScopeTable")),
    ] {
        let problem = said.list().iter().find(|problem| problem.key == key).unwrap();
        let mut known: Vec<&str> = problem.hint.split('`').skip(1).step_by(2).collect();
        let mut keys = schema_keys(&schema, definition);
        known.sort_unstable();
        keys.sort_unstable();
        assert_eq!(known, keys, "{key}");
        let table = schema_table(&schema, definition);
        assert_eq!(table["additionalProperties"], false, "{key}");
        for (name, property) in table["properties"].as_object().unwrap() {
            let text = property["description"].as_str().unwrap_or_default();
            assert!(text.len() > 2, "{key}: {name} is not described");
        }
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "(?s).{0,200}") {
        let _ = open_in(Path::new("nowhere"), &text);
    }

    /// Lines of the example, left out, doubled or cut, are told or taken, never a panic.
    #[test]
    fn no_mangled_job_makes_the_reader_panic(cuts in proptest::collection::vec((0usize..140, 0usize..40), 1..8)) {
        let mut lines: Vec<String> = EXAMPLE.lines().map(str::to_owned).collect();
        for (line, cut) in cuts {
            let at = line % lines.len();
            match cut {
                0 => { lines.remove(at); }
                1 => lines.insert(at, lines[at].clone()),
                _ => lines[at] = lines[at].chars().take(cut).collect(),
            }
        }
        if let Err(problems) = open_in(Path::new("nowhere"), &lines.join("\n")) {
            prop_assert!(problems.has_errors());
            for problem in problems.list() {
                prop_assert!(!problem.message.is_empty() && !problem.hint.is_empty(), "{problem:?}");
            }
        }
    }
}

#[test]
fn the_guide_names_everything() {
    let guide = include_str!("../../docs/job.md");
    let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
    let mut words: Vec<String> = profiles::keys().into_iter().map(str::to_owned).collect();
    words.extend(Kind::ALL.map(|kind| kind.key().to_owned()));
    words.extend(Format::ALL.map(|format| format.key().to_owned()));
    for table in [
        "JobTable",
        "DecisionTable",
        "PriorityTable",
        "ReportTable",
        "SourceTable",
        "Columns",
        "EvidenceTable",
        "ScopeTable",
    ] {
        words.extend(schema_keys(&schema, Some(table)));
    }
    for word in words {
        let told = [format!("`{word}`"), format!("\n{word} = ")].iter().any(|w| guide.contains(w));
        assert!(told, "docs/job.md does not tell of `{word}`");
    }
}
