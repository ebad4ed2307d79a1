//! What a reader hands on.

use std::path::PathBuf;

use arrow::array::RecordBatch;

/// A run of rows of one source.
///
/// `batch` has one nullable `Utf8` column for each heading that was asked for, in
/// that order. Dates of typed cells are written `YYYY-MM-DD`, instants
/// `YYYY-MM-DDTHH:MM:SS`, whole numbers without a decimal point. Empty cells are
/// null.
#[derive(Debug)]
pub struct Chunk {
    /// 0-based data row of each row of the batch, numbered through all files of the
    /// source in order; blank rows are not counted, rejected ones are.
    pub rows: Vec<u64>,
    /// The values.
    pub batch: RecordBatch,
}

/// A row, or one value of a row, that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rejected {
    /// 0-based data row; `None` where the rest of a file could not be read.
    pub row: Option<u64>,
    /// Key of the field or heading of the column; empty where the whole row is lost.
    pub field: String,
    /// Why, without the value itself.
    pub reason: String,
    /// Whether the whole row is lost, or only this value.
    pub whole_row: bool,
}

/// What a source turned out to be.
#[derive(Clone, Debug, Default)]
pub struct Extracted {
    /// Data rows seen, rejected ones included.
    pub rows: u64,
    /// Blank rows passed over.
    pub blank: u64,
    /// Rows and values that could not be read.
    pub rejected: Vec<Rejected>,
    /// Each file, with what was found out about it.
    pub files: Vec<FileSeen>,
}

/// One file of a source, or one sheet of a workbook.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileSeen {
    /// The file.
    pub path: PathBuf,
    /// The sheet, for workbooks.
    pub sheet: Option<String>,
    /// Number of its first data row within the source.
    pub first_row: u64,
    /// Data rows in it.
    pub rows: u64,
    /// Encoding, for text.
    pub encoding: Option<String>,
    /// Delimiter, for text.
    pub delimiter: Option<char>,
}
