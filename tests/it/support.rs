//! What the tests of whole runs share: folders of files, the program's answers, and
//! its outputs read back without the program's own readers.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};

use arrow::array::{Array as _, RecordBatch};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use calamine::{Data, Reader as _, Xlsx};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;

use crate::cli::zvirka;

/// The names of the sources of the sample, populations first.
pub(crate) const SOURCES: [&str; 8] =
    ["aikom", "kurs", "births", "ehealth", "border", "missing", "deaths", "idp"];

/// The checked-in sample.
pub(crate) fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/chernivtsi").join(name)
}

/// A copy of the sample's job and inputs, without the truth.
pub(crate) fn sample_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "job.toml",
        "aikom.xlsx",
        "kurs.csv",
        "drats.parquet",
        "ehealth.parquet",
        "border.csv",
        "missing.csv",
        "deaths.csv",
        "vpo.csv",
    ] {
        fs::copy(sample(name), folder.path().join(name)).unwrap();
    }
    folder
}

/// A folder of invented registers and the job about them.
pub(crate) fn small_folder(children: u64) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let profile = zvirka::synth::Profile::default();
    let out = folder.path().to_path_buf();
    let options =
        zvirka::synth::Options { children, seed: 5, out, profile, force: true, progress: None };
    zvirka::synth::generate(&options).unwrap();
    fs::remove_dir_all(folder.path().join("truth")).unwrap();
    folder
}

/// What the program answered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Told {
    /// Both streams and the code, with the folder's own name taken out.
    pub(crate) fn shown(&self, folder: &Path) -> String {
        let text = format!("exit: {}\n--- stdout\n{}--- stderr\n{}", self.code, self.out, self.err);
        text.replace(folder.to_str().unwrap(), "[folder]")
    }

    /// The first line of the summary, its spaces plain.
    pub(crate) fn headline(&self) -> String {
        self.out.lines().next().unwrap_or_default().replace('\u{a0}', " ")
    }

    /// Everything said.
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

/// Calls the program in `folder`.
pub(crate) fn tell(folder: &Path, arguments: &[&str]) -> Told {
    let output = zvirka().current_dir(folder).args(arguments).output().unwrap();
    Told {
        code: output.status.code().expect("it ends by itself"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// `zvirka run job.toml --out out` in `folder`, which has to end well.
pub(crate) fn run(folder: &Path) -> Told {
    let told = tell(folder, &["run", "job.toml", "--out", "out"]);
    assert_eq!(told.code, 0, "{}", told.shown(folder));
    told
}

/// Every file of a folder and of the folders in it, with its bytes.
pub(crate) fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            for (inner, bytes) in contents(&entry.path()) {
                found.insert(format!("{name}/{inner}"), bytes);
            }
        } else {
            found.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    found
}

/// The files of a run that have to be the same from run to run.
pub(crate) fn lasting(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = contents(out);
    files.remove("timings.json").expect("every run writes timings.json");
    files
}

/// Fails with the names alone: the bytes would fill the screen.
pub(crate) fn assert_same(left: &BTreeMap<String, Vec<u8>>, right: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(left.keys().collect::<Vec<_>>(), right.keys().collect::<Vec<_>>());
    let differ: Vec<_> = left.iter().filter(|(name, bytes)| right[*name] != **bytes).collect();
    let names: Vec<_> = differ.iter().map(|(name, _)| name).collect();
    assert!(names.is_empty(), "they differ: {names:?}");
}

/// A row of a table: column → value as text; null is absent. Floats are told apart to the
/// last bit.
pub(crate) type Row = BTreeMap<String, String>;

/// All batches of a Parquet file as one.
pub(crate) fn batch(path: &Path) -> RecordBatch {
    let file = fs::File::open(path).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let schema = builder.schema().clone();
    let batches: Vec<RecordBatch> = builder.build().unwrap().map(Result::unwrap).collect();
    arrow::compute::concat_batches(&schema, &batches).unwrap()
}

/// The rows of a Parquet file.
pub(crate) fn table(path: &Path) -> Vec<Row> {
    let batch = batch(path);
    let options = FormatOptions::default();
    let mut rows = vec![Row::new(); batch.num_rows()];
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        let shown = ArrayFormatter::try_new(column, &options).unwrap();
        for (i, row) in rows.iter_mut().enumerate() {
            if column.is_valid(i) {
                row.insert(field.name().clone(), shown.value(i).to_string());
            }
        }
    }
    rows
}

/// The columns of a Parquet file with their types.
pub(crate) fn columns(path: &Path) -> BTreeMap<String, String> {
    let schema = batch(path).schema();
    let fields = schema.fields().iter();
    fields.map(|field| (field.name().clone(), field.data_type().to_string())).collect()
}

/// A number of a row.
pub(crate) fn number(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column}: {}", row[column]))
}

/// The rows of a CSV file by the headings in its first row; empty is absent.
pub(crate) fn csv_table(path: &Path) -> Vec<Row> {
    let text = fs::read_to_string(path).unwrap();
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        let pairs = head.iter().zip(&record).filter(|(_, value)| !value.is_empty());
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// The sheets of a workbook: name and cells.
pub(crate) fn sheets(bytes: &[u8]) -> Vec<(String, Vec<Vec<Data>>)> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let names = book.sheet_names();
    names
        .into_iter()
        .map(|name| {
            let range = book.worksheet_range(&name).unwrap();
            let rows = range.rows().map(<[Data]>::to_vec).collect();
            (name, rows)
        })
        .collect()
}

/// All that is packed in a workbook, as one text.
pub(crate) fn unpacked(bytes: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut all = String::new();
    for i in 0..archive.len() {
        let mut part = Vec::new();
        let mut entry = archive.by_index(i).unwrap();
        all.push_str(&entry.name().unwrap());
        entry.read_to_end(&mut part).unwrap();
        all.push_str(&String::from_utf8_lossy(&part));
    }
    all
}

/// The manifest of a run.
pub(crate) fn manifest(out: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(out.join("manifest.json")).unwrap()).unwrap()
}

/// Text whose figures do not matter: a number becomes `#`, spaces become one, and a hash, which is
/// another with every build, becomes `[hash]`.
pub(crate) fn masked(text: &str) -> String {
    let is_hash = |word: &&str| word.len() == 64 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let hashes: Vec<&str> = text.split_whitespace().filter(is_hash).collect();
    let text = hashes.iter().fold(text.to_owned(), |text, hash| text.replace(*hash, "[hash]"));
    let letters: Vec<char> = text.chars().collect();
    let mut masked = String::new();
    for (i, &letter) in letters.iter().enumerate() {
        let digit = |i: usize| letters.get(i).is_some_and(char::is_ascii_digit);
        let inside =
            matches!(letter, ',' | '.' | '\u{a0}') && i > 0 && digit(i - 1) && digit(i + 1);
        let next = match letter {
            letter if letter.is_ascii_digit() || inside => '#',
            letter => letter,
        };
        if !(matches!(next, '#' | ' ') && masked.ends_with(next)) {
            masked.push(next);
        }
    }
    masked
}

/// Appends rows to a csv file, in the encoding it has.
pub(crate) fn append(path: &Path, encoding: &'static encoding_rs::Encoding, lines: &[&str]) {
    let mut bytes = fs::read(path).unwrap();
    for line in lines {
        bytes.extend_from_slice(&encoding.encode(line).0);
        bytes.push(b'\n');
    }
    fs::write(path, bytes).unwrap();
}

/// Children of nobody whom [`family_folder`] adds to `kurs`: where the first of them stands.
pub(crate) const FAMILY: u64 = 546;

/// The sample with five more children in `kurs`, from row [`FAMILY`] on: one whom the
/// displaced persons' register holds, one who is nowhere, twins of whom that register holds
/// one without a given name, and one whose identifier is the number of another's row.
pub(crate) fn family_folder() -> TempDir {
    let folder = sample_folder();
    append(
        &folder.path().join("kurs.csv"),
        encoding_rs::WINDOWS_1251,
        &[
            "т-1;Вигадайло Ївга Пробівна;І-МИ № 730144;14.05.2012;ж;20815247;5-А;ВПО;",
            "т-2;Небилиця Орест Примарович;І-МИ № 730159;21.10.2011;ч;20815247;6-А;;так",
            "т-3;Двійнюк Захар Уявович;І-МИ № 730201;03.09.2013;ч;20815247;4-А;;",
            "т-4;Двійнюк Назар Уявович;І-МИ № 730202;03.09.2013;ч;20815247;4-А;;",
            "548;Нумерко Гликерія Лічилівна;І-МИ № 730377;30.01.2014;ж;20815247;3-А;;",
        ],
    );
    append(
        &folder.path().join("vpo.csv"),
        encoding_rs::UTF_8,
        &[
            "1-т,Вигадайло,Ївга,Пробівна,14.05.2012,І-МИ № 730144,,10.03.2023",
            "2-т,Двійнюк,,Уявович,03.09.2013,І-МИ № 730201,,11.03.2023",
        ],
    );
    folder
}
