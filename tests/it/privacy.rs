//! No child's data where they do not belong: values that stand in every field of every
//! source, in broken rows and broken files, are sought in all that the program says, and in
//! all that it writes but the lists of children.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, RecordBatch, StringArray, new_null_array};
use arrow::datatypes::DataType;
use calamine::Data;
use parquet::arrow::ArrowWriter;
use rust_xlsxwriter::{Format, Workbook};
use tempfile::TempDir;

use crate::support::{
    Told, append, batch, contents, sample, sample_folder, sheets, small_folder, table, tell,
    unpacked,
};

/// What nobody may see, in lower case. Parts of the planted values, so that a cut or
/// rewritten value is found as well.
const CANARIES: [&str; 13] = [
    "кенарищ",
    "щиглин",
    "снігурівн",
    "синичк",
    "дятлин",
    "kenaryshch",
    "shchyhlyn",
    "918273",
    "4159628730",
    "20131119",
    "2013-11-19",
    "19.11.2013",
    "прапапуг",
];

fn sought(place: &str, text: &str) {
    let text = text.to_lowercase();
    for canary in CANARIES {
        if let Some(at) = text.find(canary) {
            let from = (0..=at.saturating_sub(80)).rev().find(|&i| text.is_char_boundary(i));
            panic!("{place} tells {canary}: …{}", &text[from.unwrap_or(0)..at + canary.len()]);
        }
    }
}

/// Adds `times` rows to a Parquet file; columns that `values` does not name are empty.
fn grow_parquet(path: &Path, values: &[(&str, &str)], times: usize) {
    let old = batch(path);
    let columns: Vec<ArrayRef> = old
        .schema()
        .fields()
        .iter()
        .map(|field| -> ArrayRef {
            let value = values.iter().find(|(name, _)| name == field.name()).map(|(_, v)| *v);
            match (value, field.data_type()) {
                (Some(value), DataType::Date32) => {
                    Arc::new(Date32Array::from_iter_values(vec![value.parse().unwrap(); times]))
                }
                (Some(value), _) => Arc::new(StringArray::from_iter_values(vec![value; times])),
                (None, kind) => new_null_array(kind, times),
            }
        })
        .collect();
    let new = RecordBatch::try_new(old.schema(), columns).unwrap();
    let all = arrow::compute::concat_batches(&old.schema(), [&old, &new]).unwrap();
    let mut writer =
        ArrowWriter::try_new(fs::File::create(path).unwrap(), all.schema(), None).unwrap();
    writer.write(&all).unwrap();
    writer.close().unwrap();
}

/// Writes a sheet anew, with rows more; without the first `skip` rows.
fn grow_xlsx(path: &Path, skip: usize, more: &[[&str; 16]]) {
    let book = sheets(&fs::read(path).unwrap());
    let (name, cells) = &book[0];
    let mut written = Workbook::new();
    let day = Format::new().set_num_format("dd.mm.yyyy");
    let sheet = written.add_worksheet().set_name(name).unwrap();
    let new = more.iter().map(|row| row.map(|text| Data::String(text.to_owned())).to_vec());
    for (row, cells) in (0..).zip(cells.iter().cloned().chain(new).skip(skip)) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Data::DateTime(at) => sheet.write_with_format(row, column, at.as_f64(), &day),
                Data::Float(number) => sheet.write(row, column, number),
                Data::String(text) if !text.is_empty() => sheet.write(row, column, text),
                _ => continue,
            }
            .unwrap();
        }
    }
    written.save(path).unwrap();
}

const AIKOM: [[&str; 16]; 3] = [
    [
        "77-1",
        "Кенарищук",
        "Щиглина",
        "Снігурівна",
        "19.11.2013",
        "ж",
        "I-МИ",
        "918273",
        "20131119-04711",
        "4159628730",
        "20815247",
        "Чернівецька",
        "4-А",
        "ні",
        "так",
        "2023-06-01",
    ],
    // Each value under a wrong heading.
    [
        "77-2",
        "19.11.2013",
        "918273",
        "4159628730",
        "Кенарищук",
        "Щиглина",
        "Снігурівна",
        "Кенарищук Щиглина",
        "Кенарищук",
        "Кенарищук",
        "20815247",
        "Чернівецька",
        "4-А",
        "Кенарищук",
        "Щиглина",
        "Снігурівна",
    ],
    [
        "77-3",
        "Кенарищук",
        "",
        "",
        "19.11.0204",
        "Щиглина",
        "Кенарищук",
        "II-Щиглина918273",
        "20131119-0471",
        "415962873",
        "",
        "",
        "",
        "19.11.2013",
        "19.11.2013",
        "19.11.2013х",
    ],
];
const KURS: [&str; 5] = [
    "77-4;Кенарищук Щиглина Снігурівна;І-МИ № 918273;19.11.2013;ж;20815247;4-А;ВПО;так",
    "77-5;19.11.2013;Кенарищук;Щиглина Снігурівна;Кенарищук;20815247;4-А;Кенарищук;Щиглина",
    "77-6;Кенарищук (Щиглина, мати Синичка) прапапуга;918273 918273;19.11.2013 чи 20131119;?;;;;",
    "Кенарищук;Щиглина;19.11.2013",
    "\"Кенарищук;Щиглина;І-МИ 918273;19.11.2013;4159628730;;;;",
];
const BORDER: [&str; 4] = [
    "77,KENARYSHCHUK,SHCHYHLYNA,2013-11-19,F,918273,2022-03-01,OUT",
    "78,2013-11-19,918273,KENARYSHCHUK,SHCHYHLYNA,KENARYSHCHUK,KENARYSHCHUK,KENARYSHCHUK",
    "79,KENARYSHCHUK,,19.11.0204,F,918273,2013-11-19x,SHCHYHLYNA",
    "KENARYSHCHUK,SHCHYHLYNA,2013-11-19",
];
const MISSING: [&str; 3] = [
    "77,Кенарищук,Щиглина,Снігурівна,19.11.2013,01.03.2023,розшукується",
    "78,19.11.2013,918273,Кенарищук,Щиглина,Кенарищук,Кенарищук",
    "Кенарищук,19.11.2013",
];
const DEATHS: [&str; 3] = [
    "77,Кенарищук,Щиглина,Снігурівна,2013-11-19,І-МИ,918273,",
    "78,918273,19.11.2013,Кенарищук,Щиглина,Кенарищук,Щиглина,Кенарищук",
    "Кенарищук,918273",
];
const VPO: [&str; 4] = [
    "77,Кенарищук,Щиглина,Снігурівна,19.11.2013,І-МИ 918273,4159628730,01.02.2023",
    "78,4159628730,19.11.2013,918273,Кенарищук,Щиглина,Кенарищук,Снігурівна",
    "79,Кенарищук,Щиглина,,19.11.0204,паспорт 918273,4159628731,Кенарищук",
    "Кенарищук,4159628730,19.11.2013,\"918273",
];

/// Such rows at the end of every source.
fn plant(folder: TempDir) -> TempDir {
    let at = |name: &str| folder.path().join(name);
    grow_xlsx(&at("aikom.xlsx"), 0, &AIKOM);
    append(&at("kurs.csv"), encoding_rs::WINDOWS_1251, &KURS);
    for (file, lines) in [
        ("border.csv", &BORDER[..]),
        ("missing.csv", &MISSING),
        ("deaths.csv", &DEATHS),
        ("vpo.csv", &VPO),
    ] {
        append(&at(file), encoding_rs::UTF_8, lines);
    }
    // Often enough to be noted as a common value.
    let births = [
        ("surname", "Кенарищук"),
        ("given_name", "Щиглина"),
        ("patronymic", "Снігурівна"),
        ("birth_date", "16028"),
        ("series", "І-МИ"),
        ("number", "918273"),
        ("mother", "Синичка"),
        ("father", "Дятлин"),
        ("region", "Чернівецька"),
    ];
    grow_parquet(&at("drats.parquet"), &births, 40);
    let health = [
        ("last_name", "Кенарищук"),
        ("first_name", "Щиглина"),
        ("second_name", "Снігурівна"),
        ("birth_date", "16028"),
        ("gender", "Кенарищук"),
        ("document", "І-МИ918273"),
        ("unzr", "20131119-04711"),
        ("tax_id", "4159628730"),
        ("last_encounter", "19300"),
    ];
    grow_parquet(&at("ehealth.parquet"), &health, 3);
    folder
}

/// Everything that a run wrote and that is no list of children.
fn sought_in_outputs(out: &Path) {
    let files = contents(out);
    for (name, bytes) in &files {
        sought("a file's name", name);
        if name.starts_with("candidates.") {
            continue;
        }
        let text = match name.rsplit_once('.').unwrap().1 {
            "xlsx" => unpacked(bytes),
            "parquet" => format!("{:?}", table(&out.join(name))),
            _ => String::from_utf8(bytes.clone()).unwrap(),
        };
        sought(name, &text);
    }
}

#[test]
fn a_run_tells_of_no_child_but_on_the_list() {
    let folder = plant(sample_folder());
    let told = tell(folder.path(), &["run", "job.toml", "--out", "out", "-v"]);
    assert!([0, 3].contains(&told.code), "{}", told.err);
    sought("the run", &told.all());
    let out = folder.path().join("out");
    sought_in_outputs(&out);
    // The canaries live: they stand where they belong, and were rejected where they should.
    let list = fs::read_to_string(out.join("candidates.csv")).unwrap();
    assert!(list.contains("Щиглина"));
    let rejected = fs::read_to_string(out.join("rejected.csv")).unwrap();
    for source in crate::support::SOURCES.into_iter().filter(|name| *name != "births") {
        assert!(rejected.contains(&format!("\n{source},")), "nothing rejected in {source}");
    }

    let lang = tell(folder.path(), &["run", "job.toml", "--out", "out", "--lang", "uk"]);
    sought("the run", &lang.all());
    for record in
        ["kurs:Кенарищук", "kurs:918273", "Кенарищук:1", "idp:4159628730", "aikom:id:19.11.2013"]
    {
        let told = tell(folder.path(), &["explain", "out", record]);
        assert_eq!((told.code, told.out.as_str()), (1, ""), "{record}");
        sought(record, &told.err);
    }

    // Truths as people mix them up.
    let truth = folder.path().join("truth");
    fs::create_dir(&truth).unwrap();
    for text in [
        "row,person\nКенарищук,19.11.2013\n",
        "row,person\n0,Кенарищук\n0,Щиглина\n",
        "row,person\n0,Кенарищук,918273\n",
        "Кенарищук;Щиглина;19.11.2013\n918273;;\n",
    ] {
        fs::write(truth.join("aikom.csv"), text).unwrap();
        fs::write(truth.join("kurs.csv"), "row,person\n").unwrap();
        fs::write(truth.join("children.csv"), "person,status\nКенарищук,Щиглина\n").unwrap();
        let told = tell(folder.path(), &["evaluate", "out", "--truth", "truth"]);
        assert_eq!(told.code, 1, "{text}: {}", told.out);
        sought("evaluate", &told.all());
    }
}

/// The program's answer where one file is spoiled; the file is put back.
fn spoiled(folder: &Path, file: &str, spoil: &dyn Fn(&[u8]) -> Vec<u8>) -> Told {
    let path = folder.join(file);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, spoil(&whole)).unwrap();
    let told = tell(folder, &["run", "job.toml", "--out", "spoiled", "-v"]);
    sought(file, &told.all());
    let init = tell(folder, &["init", file, "-o", "-"]);
    sought(file, &init.err);
    fs::write(&path, whole).unwrap();
    told
}

#[test]
fn a_run_that_fails_tells_no_value() {
    // Few children: many runs.
    let folder = plant(small_folder(100));
    let files = [
        "aikom.xlsx",
        "kurs.csv",
        "drats.parquet",
        "ehealth.parquet",
        "border.csv",
        "missing.csv",
        "deaths.csv",
        "vpo.csv",
    ];
    for file in files {
        for share in [3, 2] {
            spoiled(folder.path(), file, &|bytes| {
                bytes[..bytes.len() * (share - 1) / share].to_vec()
            });
        }
        spoiled(folder.path(), file, &|bytes| {
            let mut bytes = bytes.to_vec();
            let middle = bytes.len() / 2;
            bytes[middle..middle + 100].fill(0xC3);
            bytes
        });
    }
    // Without a header the first row is a child, and must not be taken for headings.
    for (file, row) in [
        ("kurs.csv", KURS[0]),
        ("kurs.csv", KURS[1]),
        ("border.csv", BORDER[0]),
        ("missing.csv", MISSING[0]),
        ("deaths.csv", DEATHS[0]),
        ("vpo.csv", VPO[0]),
        ("vpo.csv", VPO[1]),
    ] {
        for rows in [1, 20] {
            let told = spoiled(folder.path(), file, &|_| {
                let text = format!("{row}\n").repeat(rows);
                if file == "kurs.csv" {
                    encoding_rs::WINDOWS_1251.encode(&text).0.into_owned()
                } else {
                    text.into_bytes()
                }
            });
            assert_eq!(told.code, 2, "{file}: {}", told.err);
            assert!(told.err.contains("hint: "), "{}", told.err);
        }
    }
    let whole = fs::read(folder.path().join("aikom.xlsx")).unwrap();
    let rows = sheets(&whole)[0].1.len();
    grow_xlsx(&folder.path().join("aikom.xlsx"), rows - AIKOM.len(), &[]);
    let told = tell(folder.path(), &["run", "job.toml", "-v"]);
    assert_eq!(told.code, 2, "{}", told.err);
    sought("aikom.xlsx without headings", &told.all());
    fs::write(folder.path().join("aikom.xlsx"), whole).unwrap();

    // Headings that the job has and the files do not: all of them, and every second.
    let job = fs::read_to_string(sample("job.toml")).unwrap();
    for each in [1, 2] {
        let mut heading = 0;
        let wrong = job.lines().map(|line| {
            let named =
                line.contains(" = \"") && !line.contains("path") && !line.contains("name =");
            heading += usize::from(named);
            match line.split_once(" = \"") {
                Some((key, rest)) if named && heading % each == 0 => format!("{key} = \"Х{rest}\n"),
                _ => format!("{line}\n"),
            }
        });
        fs::write(folder.path().join("job.toml"), wrong.collect::<String>()).unwrap();
        let told = tell(folder.path(), &["run", "job.toml", "-v", "--out", "wrong"]);
        assert_eq!(told.code, 2, "{}", told.err);
        sought("wrong headings", &told.all());
    }
}

/// Surnames that are like headings: `Шкода` and `Школа`, `Стась` and `Стать`.
#[test]
fn a_row_of_names_like_headings_is_not_proposed_as_headings() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pupils.csv"), "Шкода;Стась;Класов;Номерко\n").unwrap();
    let columns = BTreeMap::from([
        ("surname", "Призвисько"),
        ("given_name", "Номер"),
        ("sex", "Стать"),
        ("school", "Школа"),
        ("grade", "Класс"),
    ]);
    let columns: String =
        columns.iter().map(|(key, name)| format!("{key} = \"{name}\"\n")).collect();
    let job = format!(
        "[job]\nas_of = 2023-07-05\nevidence_since = 2022-02-24\n[[population]]\nname = \"pupils\"\n\
         path = \"pupils.csv\"\n[population.columns]\n{columns}"
    );
    fs::write(folder.path().join("job.toml"), job).unwrap();
    let told = tell(folder.path(), &["run", "job.toml", "-v"]);
    assert_eq!(told.code, 2, "{}", told.err);
    for name in ["Шкода", "Стась", "Класов", "Номерко"] {
        assert!(!told.err.contains(name), "{}", told.err);
    }
}

#[test]
fn a_job_written_from_such_files_holds_no_value() {
    let folder = plant(sample_folder());
    let told = tell(
        folder.path(),
        &[
            "init",
            "aikom.xlsx",
            "kurs.csv",
            "drats.parquet",
            "ehealth.parquet",
            "border.csv",
            "missing.csv",
            "deaths.csv",
            "vpo.csv",
            "-o",
            "written.toml",
            "-v",
        ],
    );
    assert_eq!(told.code, 0, "{}", told.err);
    sought("init", &told.all());
    sought("written.toml", &fs::read_to_string(folder.path().join("written.toml")).unwrap());
    // What it wrote is a job that runs.
    let told = tell(folder.path(), &["run", "written.toml", "--out", "out"]);
    assert!([0, 3].contains(&told.code), "{}", told.err);
    sought_in_outputs(&folder.path().join("out"));
}
