//! Files as people send them, and files that nobody should: what is read, what is
//! rejected, what is refused.

mod columnar;
mod text;
mod workbooks;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use arrow::array::{Array as _, AsArray as _};
use tempfile::TempDir;
use zvirka::extract::{self, Chunk, ExtractError, Extracted};
use zvirka::field::Field;
use zvirka::job::{Format, Role, Source};

/// A folder of files that goes away.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

const WANTED: [&str; 3] = ["Прізвище", "Ім'я", "Дата народження"];

fn source(files: &[PathBuf], format: Format) -> Source {
    let fields = [Field::Surname, Field::GivenName, Field::BirthDate];
    let columns = fields.into_iter().zip(WANTED).map(|(f, h)| (f, vec![h.to_string()])).collect();
    Source {
        name: "test".into(),
        role: Role::Population,
        files: files.to_vec(),
        format,
        encoding: None,
        delimiter: None,
        sheets: Vec::new(),
        columns,
        unique: false,
        evidence: None,
        scope: None,
        extracted: None,
    }
}

fn wanted() -> Vec<String> {
    WANTED.map(String::from).to_vec()
}

/// Rows by number, values joined by `|`, `-` for null.
type Rows = BTreeMap<u64, String>;

fn try_read(source: &Source, headings: &[String]) -> Result<(Extracted, Rows), ExtractError> {
    let mut rows = BTreeMap::new();
    let mut sink = |chunk: Chunk| {
        assert_eq!(chunk.rows.len(), chunk.batch.num_rows());
        for (i, row) in chunk.rows.iter().enumerate() {
            let cells = chunk.batch.columns().iter().map(|c| {
                let c = c.as_string::<i32>();
                if c.is_null(i) { "-".to_string() } else { c.value(i).to_string() }
            });
            let shown = cells.collect::<Vec<_>>().join("|");
            assert!(rows.insert(*row, shown).is_none(), "row {row} came twice");
        }
    };
    let extracted = extract::read(source, headings, &|done, all| assert!(done <= all), &mut sink)?;
    let lost = extracted.rejected.iter().filter(|r| r.whole_row).count() as u64;
    assert_eq!(extracted.rows, rows.len() as u64 + lost, "rows are delivered or rejected");
    assert_eq!(extracted.rows, extracted.files.iter().map(|f| f.rows).sum::<u64>());
    Ok((extracted, rows))
}

fn read(source: &Source) -> (Extracted, Rows) {
    try_read(source, &wanted()).unwrap_or_else(|e| panic!("{e}"))
}

/// The error for a file, by `read` and by `headings`; its text must bear file and remedy.
fn refused(source: &Source) -> ExtractError {
    let error = try_read(source, &wanted()).unwrap_err();
    let text = error.to_string();
    let file = source.files[0].file_name().unwrap().to_str().unwrap();
    assert!(text.contains(file), "no file in: {text}");
    assert!(text.contains("\nhint: "), "no remedy in: {text}");
    error
}

fn values(rows: &Rows) -> Vec<&str> {
    rows.values().map(String::as_str).collect()
}

const CSV: &str = "№;Прізвище;Ім’я;Дата народження;Школа\n\
    1;Вигадайло;Ївга;01.02.2012;\"ЗЗСО \"\"Мрія\"\"\"\n\
    2;Пробний;Єгор;03.04.2013;\"два\nрядки\"\n\
    \n\
    ;;;;\n\
    3;Ґудзик;;41000;x\n";
const CSV_ROWS: [&str; 3] =
    ["Вигадайло|Ївга|01.02.2012", "Пробний|Єгор|03.04.2013", "Ґудзик|-|41000"];

fn encode(text: &str, label: &str) -> Vec<u8> {
    match label {
        "utf-8" => text.as_bytes().to_vec(),
        "utf-8 with a mark" => format!("\u{feff}{text}").into_bytes(),
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "utf-16le with a mark" => encode(&format!("\u{feff}{text}"), "utf-16le"),
        "utf-16be with a mark" => encode(&format!("\u{feff}{text}"), "utf-16be"),
        other => {
            let encoding = encoding_rs::Encoding::for_label(other.as_bytes()).unwrap();
            let text = text.replace('’', "'").replace('№', "N");
            encoding.encode(&text).0.into_owned()
        }
    }
}
