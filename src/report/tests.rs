//! The folder as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Cursor;
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::UInt64Type;
use calamine::{Data, Reader, Xlsx};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

use super::testing::{Invented, entry};
use super::*;
use crate::compare::Comparison;

fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        files.insert(name, fs::read(entry.path()).unwrap());
    }
    files
}

/// Temporary folders that were left behind.
fn leftovers(home: &Path) -> usize {
    fs::read_dir(home)
        .unwrap()
        .filter(|entry| {
            entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".zvirka")
        })
        .count()
}

pub(super) fn batches(file: &Path) -> Vec<RecordBatch> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(file).unwrap()).unwrap();
    reader.build().unwrap().map(Result::unwrap).collect()
}

pub(super) fn column(batch: &RecordBatch, name: &str) -> Vec<Option<String>> {
    let column = batch.column_by_name(name).unwrap().as_string::<i32>();
    column.iter().map(|value| value.map(str::to_owned)).collect()
}

pub(super) fn list(batch: &RecordBatch, name: &str, row: usize) -> Vec<String> {
    let lists = batch.column_by_name(name).unwrap().as_list::<i32>();
    let values = lists.value(row);
    values.as_string::<i32>().iter().map(|value| value.unwrap().to_owned()).collect()
}

fn sheet(file: &[u8], name: &str) -> Vec<Vec<Data>> {
    let mut read: Xlsx<_> = Xlsx::new(Cursor::new(file)).unwrap();
    read.worksheet_range(name).unwrap().rows().map(<[Data]>::to_vec).collect()
}

#[test]
fn two_runs_of_the_same_inputs_give_the_same_bytes() {
    let mut invented = Invented::new();
    let (first, second) = (invented.home.path().join("one"), invented.home.path().join("two"));
    write(&invented.run(), &first).unwrap();
    invented.timings[0].seconds = 77.0;
    write(&invented.run(), &second).unwrap();
    let (mut first, mut second) = (contents(&first), contents(&second));
    assert_eq!(first.keys().map(String::as_str).collect::<BTreeSet<_>>(), folder::FILES.into());
    assert_ne!(first.remove("timings.json"), second.remove("timings.json"));
    for (name, bytes) in &first {
        assert!(second[name] == *bytes, "{name} differs");
    }
}

#[test]
fn nothing_but_timings_names_a_folder_of_the_machine() {
    let invented = Invented::new();
    let out = invented.home.path().join("out");
    write(&invented.run(), &out).unwrap();
    let home = invented.home.path().to_str().unwrap().as_bytes();
    for (name, bytes) in contents(&out) {
        let named = bytes.windows(home.len()).any(|window| window == home);
        assert_eq!(named, name == "timings.json", "{name}");
    }
}

#[test]
fn the_manifest_hashes_all_that_went_in_and_came_out() {
    let invented = Invented::new();
    let out = invented.home.path().join("out");
    let summary = write(&invented.run(), &out).unwrap();
    let files = contents(&out);
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    let hash = |bytes: &[u8]| blake3::hash(bytes).to_hex().to_string();

    let outputs = manifest["outputs"].as_array().unwrap();
    assert_eq!(outputs.len(), folder::FILES.len() - 2);
    for output in outputs {
        let bytes = &files[output["file"].as_str().unwrap()];
        assert_eq!(output["blake3"], hash(bytes));
        assert_eq!(output["bytes"], bytes.len());
    }
    for output in &summary.outputs {
        assert_eq!(output.blake3, hash(&files[output.file]), "{}", output.file);
    }
    for (at, source) in invented.job.sources.iter().enumerate() {
        let file = &manifest["inputs"][at]["files"][0];
        assert_eq!(file["blake3"], hash(&fs::read(&source.files[0]).unwrap()));
        assert_eq!(file["file"], format!("{}.csv", source.name));
    }
    assert_eq!(manifest["job"]["blake3"], hash(b"[job]\n"));
    assert!(manifest["binary"]["blake3"].is_string());
    assert_eq!(manifest["statuses"]["unconfirmed"], 2);
    assert_eq!(manifest["candidates"], 6);
    assert_eq!(manifest["inputs"][0]["rejected_rows"], 1);
    assert_eq!(manifest["inputs"][0]["rejected_values"], 3);
    assert_eq!(manifest["counts"]["pairs compared"], 1234);
    assert_eq!(summary.candidates, 6);
}

#[test]
fn children_and_links_keep_the_contract() {
    let invented = Invented::new();
    let out = invented.home.path().join("out");
    write(&invented.run(), &out).unwrap();

    let children = &batches(&out.join("children.parquet"))[0];
    assert_eq!(children.num_rows(), 7);
    assert_eq!(column(children, "child")[0].as_deref(), Some("aikom:A-1"));
    assert_eq!(column(children, "status")[3].as_deref(), Some("reported_missing"));
    assert_eq!(column(children, "id")[6], None);
    assert_eq!(list(children, "records", 0), ["aikom:0", "kurs:4"]);
    assert_eq!(
        list(children, "reason_codes", 0),
        ["too_old:ehealth", "not_found:missing", "contact_lost", "records_differ"]
    );
    let days = children.column_by_name("last_evidence").unwrap();
    let days = days.as_primitive::<arrow::datatypes::Date32Type>();
    assert_eq!(days.value_as_date(0).unwrap().to_string(), "2021-09-01");
    assert!(days.is_null(1));

    let links = &batches(&out.join("links.parquet"))[0];
    assert_eq!(links.num_rows(), invented.links.len());
    let rows = links.column_by_name("registry_row").unwrap().as_primitive::<UInt64Type>();
    assert_eq!(rows.values(), &[10, 11, 12, 13, 14, 15]);
    assert_eq!(column(links, "level_given_name")[1].as_deref(), Some("initial"));
    assert_eq!(column(links, "level_sex")[1].as_deref(), Some("missing"));
    assert_eq!(column(links, "child")[0].as_deref(), Some("aikom:A-6"));
    for name in Comparison::ALL.map(Comparison::key) {
        assert!(links.column_by_name(&format!("weight_{name}")).is_some());
    }
}

#[test]
fn the_list_is_ranked_and_the_same_in_three_forms() {
    let invented = Invented::new();
    let out = invented.home.path().join("out");
    write(&invented.run(), &out).unwrap();
    let files = contents(&out);
    let ranked = ["aikom:A-4", "aikom:A-1", "kurs:#00ff", "aikom:A-2", "aikom:A-3", "aikom:A-5"];

    let text = std::str::from_utf8(&files["candidates.csv"]).unwrap();
    insta::assert_snapshot!(text.replace('\r', ""));
    let text = text.strip_prefix('\u{feff}').unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.iter().map(|row| &row[1]).collect::<Vec<_>>(), ranked);
    assert_eq!(&rows[3][5], "'=HYPERLINK(\"x\")");

    let table = &batches(&out.join("candidates.parquet"))[0];
    let ids: Vec<_> = column(table, "child").into_iter().flatten().collect();
    assert_eq!(ids, ranked);
    assert_eq!(column(table, "surname")[3].as_deref(), Some("=HYPERLINK(\"x\")"));
    assert_eq!(column(table, "full_name")[2].as_deref(), Some("Небувалий Ян; \"Ясь\" Тестович"));
    // The best three of four, best first.
    let possible = list(table, "possible_links", 3);
    let records: Vec<_> = possible.iter().map(|link| link.split(' ').next().unwrap()).collect();
    assert_eq!(records, ["ehealth:12", "ehealth:11", "ehealth:13"]);

    let rows = sheet(&files["candidates.xlsx"], "Діти");
    assert_eq!(rows[4][5], Data::String("=HYPERLINK(\"x\")".to_owned()));
    assert_eq!(rows[1][0], Data::Float(1.0));
    // And one for notes.
    let width = reader.headers().unwrap().len() + 1;
    assert!(rows.iter().all(|row| row.len() == width));
}

/// What a hostile or broken cell may hold; all of it is text and stays so.
const HOSTILE: [&str; 16] = [
    "=1+1",
    "=HYPERLINK(\"http://x.invalid\",\"y\")",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "{=1}",
    "a\0b",
    "\u{1}\u{1f}\u{7f}",
    "_x000D_",
    "\u{feff}=1",
    "＝1",
    "https://x.invalid/",
    "\u{202e}gnirts",
    "007",
];

#[test]
fn hostile_cells_stay_text() {
    let mut invented = Invented::new();
    invented.pick = Box::new(|_, headings, rows| {
        let row = |&row: &u64| {
            let from = if row % 2 == 0 { 0 } else { 8 };
            let value = |at: usize| HOSTILE[(at + from) % HOSTILE.len()];
            (row, (0..headings.len()).map(|at| Some(value(at).to_owned())).collect())
        };
        Ok(rows.iter().map(row).collect())
    });
    let out = invented.home.path().join("out");
    write(&invented.run(), &out).unwrap();
    let files = contents(&out);

    let mut seen = BTreeSet::new();
    let table = &batches(&out.join("candidates.parquet"))[0];
    for field in table.schema().fields() {
        if Field::from_key(field.name()).is_some() {
            seen.extend(column(table, field.name()).into_iter().flatten());
        }
    }
    assert!(HOSTILE.iter().all(|cell| seen.contains(*cell)), "Parquet keeps what was written");

    let mut zip = zip::ZipArchive::new(Cursor::new(&files["candidates.xlsx"])).unwrap();
    for at in 0..zip.len() {
        let part = std::io::read_to_string(zip.by_index(at).unwrap()).unwrap();
        assert!(!part.contains("<f>") && !part.contains("<f ") && !part.contains("<hyperlink"));
    }
    let rows = sheet(&files["candidates.xlsx"], "Діти");
    for text in ["=1+1", "007", "https://x.invalid/", "_x000D_", "{=1}"] {
        let text = Data::String(text.to_owned());
        assert!(rows.iter().flatten().any(|cell| *cell == text), "{text}");
    }

    let begins = ['=', '+', '-', '@', '\t', '\r', '＝'];
    let mut reader = csv::Reader::from_reader(&files["candidates.csv"][..]);
    for row in reader.records() {
        for cell in &row.unwrap() {
            assert!(!cell.trim_start_matches('\u{feff}').starts_with(begins), "{cell:?}");
        }
    }
}

#[test]
fn rejected_rows_stand_in_order() {
    let invented = Invented::new();
    let out = invented.home.path().join("out");
    write(&invented.run(), &out).unwrap();
    let text = fs::read_to_string(out.join("rejected.csv")).unwrap();
    insta::assert_snapshot!(text.replace('\r', ""));
}

#[test]
fn quality_has_its_views() {
    let invented = Invented::new();
    let out = invented.home.path().join("out");
    write(&invented.run(), &out).unwrap();
    let file = fs::read(out.join("quality.xlsx")).unwrap();
    let text = |value: &str| Data::String(value.to_owned());

    assert_eq!(sheet(&file, "Огляд")[2][..2], [text("Не підтверджено"), Data::Float(2.0)]);
    assert_eq!(
        sheet(&file, "Реєстри")[1][..3],
        [text("ehealth"), Data::Float(1.0), Data::Float(5.0)]
    );
    let schools = sheet(&file, "Заклади");
    assert_eq!(schools[1][..2], [text("Ліцей другий"), Data::Float(3.0)]);
    assert_eq!(schools[2][..2], [text("Школа № 1"), Data::Float(2.0)]);
    assert_eq!(schools[3][..2], [text("(не вказано)"), Data::Float(1.0)]);
    let regions = sheet(&file, "Області");
    assert_eq!(regions[1][..2], [text("Київська"), Data::Float(4.0)]);
    assert_eq!(regions.len(), 3);
    assert_eq!(sheet(&file, "Органи управління").len(), 2);
    let fields = sheet(&file, "Поля");
    let birth_date = fields.iter().find(|row| row[2] == text("Дата народження")).unwrap();
    assert_eq!(birth_date[4..7], [Data::Float(5.0), Data::Float(4.0), Data::Float(0.8)]);
    assert_eq!(sheet(&file, "Відхилено").len(), 5);
}

/// Sheets as text: names, and the cells of the first rows.
fn shown(file: &[u8], rows: usize) -> String {
    let names = Xlsx::<_>::new(Cursor::new(file)).unwrap().sheet_names();
    let mut text = String::new();
    for name in names {
        text.extend(["[", &*name, "]\n"]);
        for row in sheet(file, &name).iter().take(rows) {
            let cells: Vec<_> = row.iter().map(ToString::to_string).collect();
            text.push_str(cells.join(" | ").trim_end_matches([' ', '|']));
            text.push('\n');
        }
    }
    text
}

#[test]
fn the_lists_in_both_languages() {
    let mut invented = Invented::new();
    for lang in [Lang::Uk, Lang::En] {
        invented.job.report.lang = lang;
        let out = invented.home.path().join(lang.key());
        write(&invented.run(), &out).unwrap();
        let list = shown(&fs::read(out.join("candidates.xlsx")).unwrap(), 9);
        let (_, list) = list.split_once(lang.of("[Діти]", "[Children]")).unwrap();
        let quality = shown(&fs::read(out.join("quality.xlsx")).unwrap(), 5);
        insta::assert_snapshot!(format!("lists_{}", lang.key()), format!("{list}\n{quality}"));
    }
}

#[test]
fn a_run_of_nothing_is_written_too() {
    let mut invented = Invented::new();
    invented.children.clear();
    invented.links.clear();
    invented.rejected.clear();
    invented.fills.clear();
    invented.extracted.clear();
    invented.model = Document::new(
        Vec::new(),
        entry("population", Vec::new()),
        crate::model::Family::expected(),
    );
    let mut run = invented.run();
    run.wrong = ErrorEstimate { expected: f64::NAN, upper: f64::INFINITY };
    run.thresholds = Thresholds { confirm: f64::NAN, review: 1.0 };
    let out = invented.home.path().join("out");
    let summary = write(&run, &out).unwrap();
    assert_eq!((summary.children, summary.candidates), (0, 0));
    assert_eq!(batches(&out.join("children.parquet")).len(), 0);
    assert!(
        summary_lines(&run, Lang::En)
            .iter()
            .any(|line| line.contains("0 children") || line.contains("0\u{a0}children"))
    );
}

#[test]
fn indices_that_lead_nowhere_do_no_harm() {
    let mut invented = Invented::new();
    for link in &mut invented.links {
        link.child = 99;
        link.registry.source = 99;
        link.probability = f64::NAN;
    }
    invented.children[5].main.source = 99;
    invented.children[5].reasons[0].source = Some(99);
    write(&invented.run(), &invented.home.path().join("out")).unwrap();
}

#[test]
fn summary_for_the_terminal() {
    let invented = Invented::new();
    let run = invented.run();
    let lines = [summary_lines(&run, Lang::Uk), summary_lines(&run, Lang::En)].concat();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn an_earlier_run_is_replaced_and_what_people_laid_there_stays() {
    let mut invented = Invented::new();
    let out = invented.home.path().join("deep/er/out");
    write(&invented.run(), &out).unwrap();
    fs::create_dir(out.join("decisions")).unwrap();
    fs::write(out.join("decisions/ledger"), "kept").unwrap();
    fs::write(out.join("quality.xlsx"), "spoilt").unwrap();
    invented.children.truncate(2);
    check_output(&out).unwrap();
    write(&invented.run(), &out).unwrap();
    assert_eq!(fs::read_to_string(out.join("decisions/ledger")).unwrap(), "kept");
    assert_ne!(fs::read(out.join("quality.xlsx")).unwrap(), b"spoilt");
    assert_eq!(batches(&out.join("children.parquet"))[0].num_rows(), 2);
    assert_eq!(leftovers(out.parent().unwrap()), 0);
}

#[test]
fn what_no_run_wrote_is_left_alone() {
    let invented = Invented::new();
    let home = invented.home.path();
    let out = home.join("mine");
    fs::create_dir(&out).unwrap();
    check_output(&out).unwrap();
    fs::write(out.join("manifest.json"), r#"{"name": "a browser's extension"}"#).unwrap();
    for result in [check_output(&out), write(&invented.run(), &out).map(drop)] {
        let error = result.unwrap_err();
        assert!(matches!(error, ReportError::Occupied { .. }));
        assert!(error.to_string().contains("hint: "), "{error}");
    }
    assert_eq!(contents(&out).len(), 1);

    let file = home.join("file");
    fs::write(&file, "mine").unwrap();
    assert!(matches!(check_output(&file), Err(ReportError::NotAFolder { .. })));
    assert!(check_output(&file.join("below")).is_err());
    assert!(matches!(check_output(Path::new("/")), Err(ReportError::OwnFileSystem { .. })));
    assert!(matches!(check_output(&home.join("absent/..")), Err(ReportError::NotAFolder { .. })));
    assert_eq!(leftovers(home), 0);
}

#[test]
fn a_failed_run_leaves_no_trace() {
    let mut invented = Invented::new();
    let out = invented.home.path().join("out");
    write(&invented.run(), &out).unwrap();
    let before = contents(&out);

    invented.pick = Box::new(|_, _, _| Err("the disk is gone".into()));
    let error = write(&invented.run(), &out).unwrap_err();
    assert!(matches!(&error, ReportError::Pick { name, .. } if name == "aikom"));
    invented.pick = Box::new(|_, _, _| Ok(BTreeMap::new()));
    let error = write(&invented.run(), &out).unwrap_err();
    assert!(matches!(&error, ReportError::RowGone { name, row: 0 } if name == "aikom"));

    invented.pick = Invented::new().pick;
    invented.job.sources[2].files[0] = invented.home.path().join("gone.csv");
    let error = write(&invented.run(), &out).unwrap_err();
    assert!(matches!(&error, ReportError::Input { file, .. } if file == "gone.csv"));

    assert!(contents(&out) == before);
    assert_eq!(leftovers(invented.home.path()), 0);
}

#[test]
fn the_disks_own_error_comes_through_a_writer() {
    let home = tempfile::tempdir().unwrap();
    let folder = Folder::start(&home.path().join("out")).unwrap();
    let result = folder.file("model.json", |_| Err("any fault".into()));
    assert!(matches!(result, Err(ReportError::Make { .. })));
    // A file that is there is never written over.
    let result = folder.file("model.json", |_| Ok(()));
    assert!(matches!(result, Err(ReportError::Write { file: "model.json", .. })));
    drop(folder);
    assert_eq!(leftovers(home.path()), 0);
}

#[cfg(unix)]
#[test]
fn a_new_folder_is_its_owners_and_an_old_one_stays_as_it_was() {
    use std::os::unix::fs::PermissionsExt;
    let invented = Invented::new();
    let out = invented.home.path().join("out");
    let mode = || fs::metadata(&out).unwrap().permissions().mode() & 0o777;
    write(&invented.run(), &out).unwrap();
    assert_eq!(mode(), 0o700);
    fs::set_permissions(&out, fs::Permissions::from_mode(0o750)).unwrap();
    write(&invented.run(), &out).unwrap();
    assert_eq!(mode(), 0o750);

    // A link to a folder is followed, not replaced.
    let link = invented.home.path().join("latest");
    std::os::unix::fs::symlink(&out, &link).unwrap();
    write(&invented.run(), &link).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(leftovers(invented.home.path()), 0);
}

/// Where nobody, root neither, can make a folder.
#[cfg(target_os = "linux")]
#[test]
fn a_parent_that_cannot_be_written_to_is_found_beforehand() {
    let invented = Invented::new();
    for out in ["/proc/zvirka", "/proc/deep/er/zvirka"].map(Path::new) {
        for result in [check_output(out), write(&invented.run(), out).map(drop)] {
            let error = result.unwrap_err();
            assert!(matches!(error, ReportError::Parent { .. }), "{error}");
            assert!(error.to_string().contains("hint: "));
        }
    }
    assert!(matches!(check_output(Path::new("/proc")), Err(ReportError::OwnFileSystem { .. })));
}

#[test]
fn one_file_is_replaced_whole() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("job.toml");
    replace_file(&file, b"one").unwrap();
    replace_file(&file, b"two").unwrap();
    assert_eq!(fs::read(&file).unwrap(), b"two");
    assert!(replace_file(&home.path().join("absent/job.toml"), b"x").is_err());
    assert_eq!(leftovers(home.path()), 0);
}

#[test]
fn what_killed_runs_left_is_removed() {
    let home = tempfile::tempdir().unwrap();
    let lay = |folder: &str, files: &[&str]| {
        let folder = home.path().join(folder);
        fs::create_dir(&folder).unwrap();
        for file in files {
            fs::write(folder.join(file), "x").unwrap();
        }
        folder
    };
    let dead = lay(".zvirka-dead", &["candidates.csv", "children.parquet"]);
    // Somebody's decisions lie in it; not locked yet; no folder of ours.
    let stays = [
        lay(".zvirka-theirs", &["candidates.csv", "decisions.csv"]),
        lay(".zvirka-new", &[]),
        lay("other", &["candidates.csv"]),
    ];
    let busy = folder::Folder::start(&home.path().join("one")).unwrap();
    busy.file("rejected.csv", |_| Ok(())).unwrap();
    assert!(!dead.exists());
    let second = folder::Folder::start(&home.path().join("two")).unwrap();
    for folder in stays {
        assert!(folder.exists());
    }
    assert!(busy.scratch().join("rejected.csv").exists());
    drop((busy, second));
    assert_eq!(leftovers(home.path()), 2);
}

#[test]
fn the_trained_model_is_a_table_in_both_languages() {
    let invented = Invented::new();
    for lang in [Lang::Uk, Lang::En] {
        let name = format!("the_model_{lang:?}").to_lowercase();
        insta::assert_snapshot!(name, learned::table(&invented.model, lang));
    }
}
