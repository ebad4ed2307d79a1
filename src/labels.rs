//! Pairs that people have judged, as they come in a CSV file.
//!
//! Columns, in any order: `source`, `row`, `registry`, `registry_row` (0-based data rows, as in
//! `links.parquet`), `same` (yes, no, or empty where nobody can tell; also true and false, 1 and
//! 0, так and ні), and `weight` (for how many pairs the label stands; 1 where it is absent).
//! Further columns are passed over.

use std::io;
use std::path::{Path, PathBuf};

/// A pair that a person has labelled.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// The school's source.
    pub source: String,
    /// Its 0-based data row.
    pub row: u64,
    /// The register, or a source of schools.
    pub registry: String,
    /// Its 0-based data row.
    pub registry_row: u64,
    /// Whether both rows are one child; `None` where nobody can tell.
    pub same: Option<bool>,
    /// For how many pairs it stands.
    pub weight: f64,
}

/// Why labels cannot be read. Messages name files, rows and columns, never values.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LabelsError {
    /// The file cannot be read.
    #[error("the labels {} cannot be read: {source}\n  hint: name a csv file", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// The file is no CSV in UTF-8, or a row has more or fewer cells than the headings.
    #[error(
        "the labels {} are no csv: {what}\n  hint: save them as csv in UTF-8, with commas",
        path.display()
    )]
    NotCsv {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A heading is missing.
    #[error(
        "the labels {} have no column `{column}`\n  \
         hint: the columns are source, row, registry, registry_row, same and weight",
        path.display()
    )]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// The heading.
        column: &'static str,
    },
    /// A cell cannot be understood.
    #[error(
        "the labels {}, row {row}: `{column}` is not understood\n  hint: write {meant}",
        path.display()
    )]
    Cell {
        /// The file.
        path: PathBuf,
        /// 0-based data row.
        row: usize,
        /// The heading.
        column: &'static str,
        /// What could stand there.
        meant: &'static str,
    },
}

const NUMBER: &str = "a 0-based row number, as in links.parquet";
const ANSWER: &str = "yes or no, or leave it empty where nobody can tell";
const WEIGHT: &str = "a number above 0 and up to 1000000000";

/// Reads labels, one a row.
///
/// # Errors
/// See [`LabelsError`].
pub fn read(path: &Path) -> Result<Vec<Label>, LabelsError> {
    let bytes = std::fs::read(path)
        .map_err(|source| LabelsError::Unreadable { path: path.to_owned(), source })?;
    parse(path, &bytes)
}

/// Labels in bytes that were read; `path` is for messages.
///
/// # Errors
/// See [`LabelsError`].
pub fn parse(path: &Path, bytes: &[u8]) -> Result<Vec<Label>, LabelsError> {
    let not_csv = |what: String| LabelsError::NotCsv { path: path.to_owned(), what };
    let text = std::str::from_utf8(bytes).map_err(|_| not_csv("it is not UTF-8".to_owned()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let headings = reader.headers().map_err(|error| not_csv(error.to_string()))?.clone();
    let at = |column: &'static str| headings.iter().position(|heading| heading == column);
    let needed =
        |column| at(column).ok_or_else(|| LabelsError::NoColumn { path: path.to_owned(), column });
    let [source, row, registry, registry_row, same] =
        ["source", "row", "registry", "registry_row", "same"].map(needed);
    let (source, row, registry, registry_row, same) =
        (source?, row?, registry?, registry_row?, same?);
    let weight = at("weight");
    let mut labels = Vec::new();
    for (number, record) in reader.records().enumerate() {
        let record = record.map_err(|error| not_csv(error.to_string()))?;
        let cell = |column: usize| record.get(column).unwrap_or_default();
        let wrong =
            |column, meant| LabelsError::Cell { path: path.to_owned(), row: number, column, meant };
        let same = match cell(same).to_lowercase().as_str() {
            "" => None,
            "yes" | "true" | "1" | "так" => Some(true),
            "no" | "false" | "0" | "ні" => Some(false),
            _ => return Err(wrong("same", ANSWER)),
        };
        let weight = match weight.map(cell) {
            None | Some("") => 1.0,
            Some(text) => text
                .parse()
                .ok()
                .filter(|weight| (f64::MIN_POSITIVE..=1e9).contains(weight))
                .ok_or_else(|| wrong("weight", WEIGHT))?,
        };
        labels.push(Label {
            source: cell(source).to_owned(),
            row: cell(row).parse().map_err(|_| wrong("row", NUMBER))?,
            registry: cell(registry).to_owned(),
            registry_row: cell(registry_row).parse().map_err(|_| wrong("registry_row", NUMBER))?,
            same,
            weight,
        });
    }
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Vec<Label>, String> {
        parse(Path::new("labels.csv"), text.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn labels_are_read() {
        let text = "\u{feff}weight,same,source,row,registry,registry_row,who\n\
                    2.5,Так,aikom,17,births,3,x\n,no,aikom,0,kurs,18446744073709551615,\n\
                    1,,aikom,1,births,2,\n";
        let label = |row, registry: &str, registry_row, same, weight| Label {
            source: "aikom".to_owned(),
            row,
            registry: registry.to_owned(),
            registry_row,
            same,
            weight,
        };
        let expected = vec![
            label(17, "births", 3, Some(true), 2.5),
            label(0, "kurs", u64::MAX, Some(false), 1.0),
            label(1, "births", 2, None, 1.0),
        ];
        assert_eq!(of(text), Ok(expected));
    }

    #[test]
    fn what_is_wrong_is_told_by_row_and_column() {
        let head = "source,row,registry,registry_row,same,weight\n";
        for (text, told) in [
            ("source,row,registry,same\n", "no column `registry_row`"),
            (&*format!("{head}a,1,b,2,yes,1\na,-1,b,2,yes,1\n"), "row 1: `row`"),
            (&*format!("{head}a,1,b,x,yes,1\n"), "row 0: `registry_row`"),
            (&*format!("{head}a,1,b,2,perhaps,1\n"), "row 0: `same`"),
            (&*format!("{head}a,1,b,2,yes,NaN\n"), "row 0: `weight`"),
            (&*format!("{head}a,1,b,2,yes,0\n"), "row 0: `weight`"),
            (&*format!("{head}a,1,b,2,yes\n"), "no csv"),
        ] {
            let error = of(text).unwrap_err();
            assert!(error.contains(told) && error.contains("hint: "), "{error}");
        }
        assert!(parse(Path::new("x.csv"), b"\xff").unwrap_err().to_string().contains("UTF-8"));
    }
}
