//! Why a file could not be read, with the remedy. No text here holds a cell's value.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::job::Format;

/// Why a source could not be read. Every text names the file and ends with a
/// `hint:` line that says what to do.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ExtractError {
    /// There is no such file.
    #[error("{}: there is no such file\nhint: check `path` in the job; relative paths start at the job file", .file.display())]
    NotFound {
        /// The file.
        file: PathBuf,
    },
    /// The path is a directory.
    #[error("{}: this is a directory, not a file\nhint: name the file, or several with a pattern such as `*.csv`", .file.display())]
    Directory {
        /// The directory.
        file: PathBuf,
    },
    /// The system could not read the file.
    #[error("{}: it cannot be read: {source}\nhint: check the rights to the file and that no other program holds it open", .file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file has no content.
    #[error("{}: the file is empty\nhint: export it again; a source without rows still needs its headings", .file.display())]
    Empty {
        /// The file.
        file: PathBuf,
    },
    /// No row could be the header.
    #[error("{}{}: no row with headings was found\nhint: the headings must stand in one row near the top", .file.display(), InSheet(.sheet.as_deref()))]
    NoHeadings {
        /// The file.
        file: PathBuf,
        /// The sheet, for workbooks.
        sheet: Option<String>,
    },
    /// Headings that the job names are not in the file.
    #[error("{}{}: {}\nhint: correct the headings under `columns` and `evidence` in the job{}", .file.display(), InSheet(.sheet.as_deref()), MissingList(.missing), if .sheet.is_some() { ", or name the right sheets with `sheet = [...]`" } else { "" })]
    MissingHeadings {
        /// The file.
        file: PathBuf,
        /// The sheet, for workbooks.
        sheet: Option<String>,
        /// Each missing heading, with the nearest one that is there.
        missing: Vec<MissingHeading>,
    },
    /// A wanted heading stands over two columns.
    #[error("{}{}: the heading \"{heading}\" stands twice, over columns {} and {}\nhint: rename one of the two columns in the file", .file.display(), InSheet(.sheet.as_deref()), .columns.0, .columns.1)]
    DuplicateHeading {
        /// The file.
        file: PathBuf,
        /// The sheet, for workbooks.
        sheet: Option<String>,
        /// The heading.
        heading: String,
        /// 1-based numbers of the first two columns under it.
        columns: (usize, usize),
    },
    /// A sheet that the job names is not in the workbook.
    #[error("{}: there is no sheet \"{sheet}\"; there are: {}\nhint: correct `sheet` in the job, or leave it out to read every sheet that has the headings", .file.display(), .sheets.join(", "))]
    MissingSheet {
        /// The workbook.
        file: PathBuf,
        /// The sheet asked for.
        sheet: String,
        /// The sheets that are there.
        sheets: Vec<String>,
    },
    /// `encoding` names no encoding.
    #[error(
        "\"{label}\" is no encoding that is known\nhint: use utf-8, windows-1251, koi8-u, cp866, utf-16le or utf-16be, or leave `encoding` out"
    )]
    UnknownEncoding {
        /// The label.
        label: String,
    },
    /// `encoding` contradicts the file.
    #[error("{}: `encoding` says {label}, but the text is {found}\nhint: leave `encoding` out of the job, or set it to \"{found}\"", .file.display())]
    EncodingMismatch {
        /// The file.
        file: PathBuf,
        /// What the job says.
        label: String,
        /// What the file is.
        found: &'static str,
    },
    /// The file should be text and is not.
    #[error("{}: this is no text file{}\nhint: {}", .file.display(), LooksLike(.looks_like), .looks_like.map_or("export it again as csv, or set `format` in the job", Kind::remedy))]
    Binary {
        /// The file.
        file: PathBuf,
        /// What its first bytes look like.
        looks_like: Option<Kind>,
    },
    /// The file is not of the format it should be.
    #[error("{}: this is no {} file{}\nhint: {}", .file.display(), format_name(*.expected), LooksLike(.looks_like), .looks_like.map_or("export it again, or set `format` in the job", Kind::remedy))]
    WrongFormat {
        /// The file.
        file: PathBuf,
        /// What it should be.
        expected: Format,
        /// What its first bytes look like.
        looks_like: Option<Kind>,
    },
    /// The workbook is protected by a password.
    #[error("{}: the workbook is protected by a password\nhint: open it, save it without a password, and run again", .file.display())]
    Encrypted {
        /// The workbook.
        file: PathBuf,
    },
    /// The end of the file is missing, or its inside is broken.
    #[error("{}{}: the file is damaged or cut off ({what})\nhint: copy or export it again and compare the sizes", .file.display(), AtRow(*.row))]
    Damaged {
        /// The file.
        file: PathBuf,
        /// 0-based data row of the source at which it broke.
        row: Option<u64>,
        /// What is wrong.
        what: &'static str,
    },
    /// One record is longer than any record can be.
    #[error("{}{}, line {line}: the line is longer than {limit} bytes\nhint: the file has no line ends where they should be, or is no table; export it again", .file.display(), AtRow(*.row))]
    RecordTooLong {
        /// The file.
        file: PathBuf,
        /// 0-based data row of the source where it begins; `None` above the data.
        row: Option<u64>,
        /// 1-based line of the file where it begins.
        line: u64,
        /// The limit in bytes.
        limit: usize,
    },
    /// A limit of [`Limits`](super::Limits) is passed.
    #[error("{}: {what} is over the limit of {limit}\nhint: the file is broken or made to exhaust memory; split it or export it again", .file.display())]
    TooLarge {
        /// The file.
        file: PathBuf,
        /// What is too large.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// A wanted column holds lists, structs or other values that are no text.
    #[error("{}: column \"{column}\" holds {kind}, which cannot be read as text\nhint: {remedy}", .file.display())]
    NotText {
        /// The file.
        file: PathBuf,
        /// The column.
        column: String,
        /// The kind of its values.
        kind: String,
        /// What to do.
        remedy: &'static str,
    },
    /// A JSON file that is not one object a line.
    #[error("{}: this is one JSON value, not one object a line\nhint: convert it, for example with `jq -c '.[]' in.json > out.ndjson`", .file.display())]
    NotNdjson {
        /// The file.
        file: PathBuf,
    },
    /// More is unreadable than is worth listing.
    #[error("{}: more than {limit} rows or values cannot be read\nhint: encoding, delimiter or format are likely wrong; set them in the job", .file.display())]
    TooManyRejected {
        /// The file.
        file: PathBuf,
        /// The limit.
        limit: usize,
    },
    /// A library failed on the file in a way that it should not.
    #[error("{}: reading the file failed inside the reader\nhint: the file is likely damaged; open and save it again, or convert it to csv", .file.display())]
    Internal {
        /// The file.
        file: PathBuf,
    },
}

impl ExtractError {
    pub(super) fn io(file: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound => Self::NotFound { file: file.into() },
            io::ErrorKind::IsADirectory => Self::Directory { file: file.into() },
            _ => Self::Io { file: file.into(), source },
        }
    }

    pub(super) fn damaged(file: &Path, row: Option<u64>, what: &'static str) -> Self {
        Self::Damaged { file: file.into(), row, what }
    }

    pub(super) fn too_large(file: &Path, what: &'static str, limit: u64) -> Self {
        Self::TooLarge { file: file.into(), what, limit }
    }
}

/// A heading that a file lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingHeading {
    /// The heading that was asked for.
    pub heading: String,
    /// The heading of the file that is most like it.
    pub nearest: Option<String>,
}

/// What the first bytes of a file say it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A zip container with an Excel workbook.
    Xlsx,
    /// A zip container with an `OpenDocument` spreadsheet.
    Ods,
    /// Another zip container.
    Zip,
    /// Apache Parquet.
    Parquet,
    /// Excel of before 2007, or a workbook protected by a password.
    OldExcel,
    /// gzip.
    Gzip,
    /// PDF.
    Pdf,
    /// A web page, often named .xls by the program that wrote it.
    Html,
    /// Text.
    Text,
}

impl Kind {
    /// What a person calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Xlsx => "an xlsx workbook",
            Self::Ods => "an ods spreadsheet",
            Self::Zip => "a zip archive",
            Self::Parquet => "a parquet file",
            Self::OldExcel => "an old Excel workbook (.xls)",
            Self::Gzip => "a gzip archive",
            Self::Pdf => "a PDF",
            Self::Html => "a web page",
            Self::Text => "plain text",
        }
    }

    /// Whether it can be read as lines of text.
    pub(super) const fn is_text(self) -> bool {
        matches!(self, Self::Text)
    }

    const fn remedy(self) -> &'static str {
        match self {
            Self::Xlsx => "set `format = \"xlsx\"` in the job, or rename the file to .xlsx",
            Self::Ods => "set `format = \"ods\"` in the job, or rename the file to .ods",
            Self::Parquet => {
                "set `format = \"parquet\"` in the job, or rename the file to .parquet"
            }
            Self::Zip | Self::Gzip => "unpack it first",
            Self::OldExcel | Self::Html => "open it in a spreadsheet program and save it as .xlsx",
            Self::Pdf => "ask for the table itself: csv, xlsx or parquet",
            Self::Text => "set `format = \"csv\"` in the job, or rename the file to .csv",
        }
    }
}

/// The name of a format in job files.
pub(super) const fn format_name(format: Format) -> &'static str {
    match format {
        Format::Csv => "csv",
        Format::Tsv => "tsv",
        Format::Xlsx => "xlsx",
        Format::Ods => "ods",
        Format::Parquet => "parquet",
        Format::Ndjson => "ndjson",
    }
}

struct InSheet<'a>(Option<&'a str>);

impl fmt::Display for InSheet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |sheet| write!(f, ", sheet \"{sheet}\""))
    }
}

struct AtRow(Option<u64>);

impl fmt::Display for AtRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |row| write!(f, ", row {row}"))
    }
}

struct LooksLike<'a>(&'a Option<Kind>);

impl fmt::Display for LooksLike<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |kind| write!(f, ", but looks like {}", kind.name()))
    }
}

struct MissingList<'a>(&'a [MissingHeading]);

impl fmt::Display for MissingList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.len() == 1 { "no heading " } else { "no headings " })?;
        for (i, missing) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            write!(f, "\"{}\"", missing.heading)?;
            if let Some(nearest) = &missing.nearest {
                write!(f, " (did you mean \"{nearest}\"?)")?;
            }
        }
        Ok(())
    }
}
