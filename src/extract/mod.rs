//! Files in: csv, tsv, xlsx, ods, parquet and ndjson become Arrow batches of
//! text, one column for each heading asked for, and a list of rejected rows.
//! Nothing here knows Ukrainian but the encodings it is written in, and no file is held
//! in memory whole.
//!
//! A file goes through these hands:
//!
//! 1. [`format_of`] tells its format by name and first bytes.
//! 2. `charset` finds the encoding of a text, `lines` cuts it into records of bounded
//!    size; `container` inflates and counts a workbook before a parser sees it; Parquet
//!    footers are checked against the same [`Limits`].
//! 3. `heading` finds the header, under titles if need be, and the columns that are
//!    wanted, by the headings that the job names.
//! 4. `text`, `xlsx`, `ods`, `columnar` and `ndjson` read rows. What cannot be read is
//!    one row or one value lost, with the reason; what makes the rest of a file
//!    doubtful is an [`ExtractError`]. Rows are never left out silently.
//! 5. `collect` numbers the rows through all files and sheets and hands on [`Chunk`]s.
//!
//! Numbers of rows follow from the files and the settings of the [`Source`] alone, not
//! from the headings asked for, so that [`pick`] finds what [`read`] has numbered. Blank
//! rows have no number, save in Parquet, where every row has one.

mod charset;
mod collect;
mod columnar;
mod container;
mod error;
mod format;
mod grid;
mod heading;
mod limits;
mod lines;
mod ndjson;
mod ods;
mod sniff;
mod text;
mod types;
mod xlsx;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use arrow::array::{Array as _, AsArray};

use crate::job::{Format, Source};
use collect::{Collector, Progress};

pub use error::{ExtractError, Kind, MissingHeading};
pub use format::format_of;
pub use limits::Limits;
pub use sniff::{Sniffed, sniff};
pub use types::*;

/// The headings of a source, in the order of its files; those of the first file and
/// sheet first.
///
/// Headings that the source's settings name are checked against every file and sheet
/// that is used: one that some have and others lack is an error. One that none has is
/// left to the caller, who knows where it is set.
///
/// # Errors
/// What makes a file unreadable, no header, or [`ExtractError::MissingHeadings`].
pub fn headings(source: &Source) -> Result<Vec<String>, ExtractError> {
    let hints = heading::folded_names(source);
    let named = heading::named_by(source);
    let mut tables: Vec<(&Path, Option<String>, Vec<String>)> = Vec::new();
    for file in &source.files {
        file_size(file)?;
        match source.format {
            Format::Csv | Format::Tsv => {
                tables.push((file, None, text::table(file, source, &hints)?.header));
            }
            Format::Ndjson => tables.push((file, None, ndjson::headings(file, source)?)),
            Format::Parquet => tables.push((file, None, columnar::headings(file)?)),
            Format::Xlsx | Format::Ods => {
                let sheets = match source.format {
                    Format::Xlsx => {
                        grid::used_sheets(file, &mut xlsx::Book::open(file)?, source, &hints)?
                    }
                    _ => grid::used_sheets(file, &mut ods::Book::open(file)?, source, &hints)?,
                };
                tables.extend(
                    sheets
                        .into_iter()
                        .map(|sheet| (file.as_path(), Some(sheet.name), sheet.header)),
                );
            }
        }
    }
    let mut all: Vec<String> = Vec::new();
    let mut known = BTreeSet::new();
    for (_, _, header) in &tables {
        // A heading that stands twice in one file is shown twice.
        let new: Vec<&String> =
            header.iter().filter(|h| !h.is_empty() && !known.contains(&heading::fold(h))).collect();
        all.extend(new.iter().map(ToString::to_string));
        known.extend(new.iter().map(|h| heading::fold(h)));
    }
    let somewhere: Vec<String> =
        named.into_iter().filter(|heading| known.contains(&heading::fold(heading))).collect();
    for (file, sheet, header) in &tables {
        heading::locate(header, &somewhere, file, sheet.as_deref())?;
    }
    Ok(all)
}

/// Hands the values of `headings` to `sink`, some thousands of rows at a time.
///
/// `progress` is told from time to time how many bytes of all files are done, and of how
/// many.
///
/// # Errors
/// What makes a file, or the rest of it, unreadable. Chunks that were handed on before
/// must then be thrown away. A file with headings and no rows is no error.
pub fn read(
    source: &Source,
    headings: &[String],
    progress: &dyn Fn(u64, u64),
    sink: &mut dyn FnMut(Chunk),
) -> Result<Extracted, ExtractError> {
    collect(source, progress, Collector::new(headings, None, sink))
}

/// The values of `headings` in some rows, in the order of `headings`. Reading stops after
/// the last of them; rows that do not exist or are rejected are left out.
///
/// # Errors
/// As [`read`].
pub fn pick(
    source: &Source,
    headings: &[String],
    rows: &BTreeSet<u64>,
) -> Result<BTreeMap<u64, Vec<Option<String>>>, ExtractError> {
    let mut picked = BTreeMap::new();
    let mut sink = |chunk: Chunk| {
        let columns: Vec<_> = chunk.batch.columns().iter().map(AsArray::as_string::<i32>).collect();
        for (i, row) in chunk.rows.iter().enumerate() {
            let value =
                |c: &&arrow::array::StringArray| c.is_valid(i).then(|| c.value(i).to_string());
            picked.insert(*row, columns.iter().map(value).collect());
        }
    };
    collect(source, &|_, _| {}, Collector::new(headings, Some(rows), &mut sink))?;
    Ok(picked)
}

fn collect(
    source: &Source,
    tell: &dyn Fn(u64, u64),
    mut into: Collector,
) -> Result<Extracted, ExtractError> {
    let hints = heading::folded_names(source);
    let sizes = source.files.iter().map(|file| file_size(file)).collect::<Result<Vec<_>, _>>()?;
    let total = sizes.iter().sum();
    let mut before = 0;
    for (file, size) in source.files.iter().zip(sizes) {
        if into.is_done() {
            break;
        }
        let progress = Progress { before, size, total, tell };
        match source.format {
            Format::Csv | Format::Tsv => text::read(file, source, &hints, &progress, &mut into)?,
            Format::Ndjson => ndjson::read(file, source, &progress, &mut into)?,
            Format::Parquet => columnar::read(file, &progress, &mut into)?,
            Format::Xlsx => {
                let mut book = xlsx::Book::open(file)?;
                let read = book.read.clone();
                let tell = || progress.at(read.get());
                grid::read(file, &mut book, source, &hints, &tell, &mut into)?;
            }
            Format::Ods => {
                let mut book = ods::Book::open(file)?;
                let read = book.read.clone();
                let tell = || progress.at(read.get());
                grid::read(file, &mut book, source, &hints, &tell, &mut into)?;
            }
        }
        progress.at(size);
        before += size;
    }
    Ok(into.finish())
}

/// Size of a file in bytes, if it is one.
fn file_size(file: &Path) -> Result<u64, ExtractError> {
    let metadata = fs::metadata(file).map_err(|e| ExtractError::io(file, e))?;
    if metadata.is_dir() {
        return Err(ExtractError::Directory { file: file.into() });
    }
    if !metadata.is_file() {
        // A pipe is read once, and we look at the start of a file before its rows.
        let source = io::Error::new(io::ErrorKind::Unsupported, "it is no regular file");
        return Err(ExtractError::Io { file: file.into(), source });
    }
    Ok(metadata.len())
}
