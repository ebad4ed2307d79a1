//! A look at one file without a job.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::error::ExtractError;
use super::format::format_of;
use super::{columnar, grid, heading, headings, ods, pick, text, xlsx};
use crate::job::{Format, Role, Source};

/// What a file turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sniffed {
    /// The file.
    pub path: PathBuf,
    /// Its format.
    pub format: Format,
    /// Its encoding, for text.
    pub encoding: Option<String>,
    /// Its delimiter, for delimited text.
    pub delimiter: Option<char>,
    /// The sheets that would be read, for workbooks: those with the same headings.
    pub sheets: Vec<String>,
    /// Its headings, in order. A heading that stands twice stands here twice.
    pub headings: Vec<String>,
    /// The first rows, each with one value a heading; values under a heading that stands
    /// twice, or that are no text, are `None`.
    pub sample: Vec<Vec<Option<String>>>,
}

/// Looks at one file: its format, how it is written, its headings and its first
/// `sample_rows` rows.
///
/// # Errors
/// What [`headings`](super::headings) and [`read`](super::read) return; a file whose
/// format cannot be told is taken for csv, whose reader says what is wrong with it.
pub fn sniff(path: &Path, sample_rows: usize) -> Result<Sniffed, ExtractError> {
    let source = lone(path, format_of(path).unwrap_or(Format::Csv));
    let headings = headings(&source)?;

    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for heading in &headings {
        *counts.entry(heading::fold(heading)).or_default() += 1;
    }
    let readable: BTreeSet<String> = match source.format {
        Format::Parquet => columnar::readable(path)?.into_iter().collect(),
        _ => headings.iter().cloned().collect(),
    };
    let shown = |heading: &&String| {
        counts.get(&heading::fold(heading)) == Some(&1) && readable.contains(heading.as_str())
    };
    let unique: Vec<String> = headings.iter().filter(shown).cloned().collect();

    let rows: BTreeSet<u64> = (0..sample_rows as u64).collect();
    let picked = pick(&source, &unique, &rows)?;
    let written = written(path, &source)?;
    let place: BTreeMap<&str, usize> =
        unique.iter().enumerate().map(|(i, h)| (h.as_str(), i)).collect();
    let sample = picked
        .into_values()
        .map(|values| {
            let value =
                |h: &String| place.get(h.as_str()).and_then(|i| values.get(*i).cloned().flatten());
            headings.iter().map(value).collect()
        })
        .collect();
    Ok(Sniffed { headings, sample, ..written })
}

/// How a file is written; headings and sample are left empty.
fn written(path: &Path, source: &Source) -> Result<Sniffed, ExtractError> {
    let mut written = Sniffed {
        path: path.into(),
        format: source.format,
        encoding: None,
        delimiter: None,
        sheets: Vec::new(),
        headings: Vec::new(),
        sample: Vec::new(),
    };
    let none = BTreeSet::new();
    match source.format {
        Format::Csv | Format::Tsv => {
            let table = text::table(path, source, &none)?;
            written.encoding = Some(table.charset.label().into());
            written.delimiter = Some(char::from(table.delimiter));
        }
        Format::Ndjson => {
            written.encoding = Some(text::shape(path, None)?.charset.label().into());
        }
        Format::Xlsx => {
            let sheets = grid::used_sheets(path, &mut xlsx::Book::open(path)?, source, &none)?;
            written.sheets = sheets.into_iter().map(|sheet| sheet.name).collect();
        }
        Format::Ods => {
            let sheets = grid::used_sheets(path, &mut ods::Book::open(path)?, source, &none)?;
            written.sheets = sheets.into_iter().map(|sheet| sheet.name).collect();
        }
        Format::Parquet => {}
    }
    Ok(written)
}

/// A source of one file about which nothing is known.
pub(super) fn lone(path: &Path, format: Format) -> Source {
    Source {
        name: String::new(),
        role: Role::Registry,
        files: vec![path.into()],
        format,
        encoding: None,
        delimiter: None,
        sheets: Vec::new(),
        columns: BTreeMap::new(),
        unique: false,
        evidence: None,
        scope: None,
        extracted: None,
    }
}
