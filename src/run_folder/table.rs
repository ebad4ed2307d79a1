//! A Parquet file read batch by batch, its columns asked for by name and cast to
//! the type that the caller needs, whatever text or integer type was written.

use std::fs::File;
use std::path::Path;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, ListArray, RecordBatch,
    StringArray, UInt64Array,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Field, Float64Type, UInt64Type};
use jiff::civil::Date;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// Rows in a batch.
const BATCH: usize = 8192;

/// Why a Parquet file could not be used. Names the file, never a value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// It cannot be opened.
    #[error("{file}: cannot be opened ({reason})")]
    Open {
        /// Name of the file.
        file: String,
        /// What the system said.
        reason: String,
    },
    /// It is no Parquet or CSV file, or a damaged one.
    #[error("{file}: cannot be read: {reason}")]
    Damaged {
        /// Name of the file.
        file: String,
        /// What the reader said.
        reason: String,
    },
    /// Columns are missing.
    #[error("{file}: no column `{}`{}", missing.join("`, `"), it_has(there))]
    Columns {
        /// Name of the file.
        file: String,
        /// The columns that were sought.
        missing: Vec<String>,
        /// The columns that are there; none where they may be values.
        there: Vec<String>,
    },
    /// A column holds another type, or a value that cannot be.
    #[error("{file}: column `{column}`{}: {reason}", at(*row))]
    Value {
        /// Name of the file.
        file: String,
        /// The column.
        column: String,
        /// 0-based row of the file, where one row is to blame.
        row: Option<u64>,
        /// What is wrong, without the value.
        reason: String,
    },
}

fn it_has(there: &[String]) -> String {
    if there.is_empty() { String::new() } else { format!("; it has: {}", there.join(", ")) }
}

/// The row part of a message.
pub(crate) fn at(row: Option<u64>) -> String {
    row.map_or_else(String::new, |row| format!(", row {row}"))
}

/// The name of a file for messages: no folders of the machine.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

fn broken(error: &dyn std::error::Error) -> String {
    format!("no whole Parquet file ({error})")
}

/// An open Parquet file whose columns are known.
#[derive(Debug)]
pub(crate) struct Table {
    file: String,
    builder: ParquetRecordBatchReaderBuilder<File>,
}

impl Table {
    /// Opens the file and reads its footer.
    pub(crate) fn open(path: &Path) -> Result<Self, TableError> {
        let name = file_name(path);
        let file = File::open(path).map_err(|error| TableError::Open {
            file: name.clone(),
            reason: error.kind().to_string(),
        })?;
        // A directory opens on Unix and fails only when read.
        if file.metadata().is_ok_and(|meta| meta.is_dir()) {
            return Err(TableError::Open { file: name, reason: "it is a folder".to_owned() });
        }
        let builder = ParquetRecordBatchReaderBuilder::try_new(file)
            .map_err(|error| TableError::Damaged { file: name.clone(), reason: broken(&error) })?;
        Ok(Self { file: name, builder })
    }

    /// Names of its columns, in order.
    pub(crate) fn columns(&self) -> Vec<String> {
        self.builder.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// Whether it has this column.
    pub(crate) fn has(&self, column: &str) -> bool {
        self.builder.schema().column_with_name(column).is_some()
    }

    /// The wanted columns, batch by batch. All must be there.
    pub(crate) fn batches(
        self,
        wanted: &[&str],
    ) -> Result<impl Iterator<Item = Result<Rows, TableError>>, TableError> {
        let there = self.columns();
        let missing: Vec<String> = wanted
            .iter()
            .filter(|name| !there.iter().any(|column| column == *name))
            .map(|name| (*name).to_owned())
            .collect();
        let file = self.file;
        if !missing.is_empty() {
            return Err(TableError::Columns { file, missing, there });
        }
        let roots: Vec<usize> =
            (0..there.len()).filter(|&i| wanted.contains(&there[i].as_str())).collect();
        let mask = ProjectionMask::roots(self.builder.parquet_schema(), roots);
        let reader =
            self.builder.with_projection(mask).with_batch_size(BATCH).build().map_err(|error| {
                TableError::Damaged { file: file.clone(), reason: broken(&error) }
            })?;
        let mut next = 0;
        Ok(reader.map(move |batch| {
            let batch = batch.map_err(|error| TableError::Damaged {
                file: file.clone(),
                reason: error.to_string(),
            })?;
            let first = next;
            next += batch.num_rows() as u64;
            Ok(Rows { file: file.clone(), first, batch })
        }))
    }
}

/// A batch of a [`Table`].
#[derive(Debug)]
pub(crate) struct Rows {
    file: String,
    /// 0-based row of the file with which the batch begins.
    pub(crate) first: u64,
    batch: RecordBatch,
}

impl Rows {
    /// How many rows.
    pub(crate) fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// An error about one value of this batch.
    pub(crate) fn bad(&self, column: &str, row: usize, reason: &str) -> TableError {
        TableError::Value {
            file: self.file.clone(),
            column: column.to_owned(),
            row: Some(self.first + row as u64),
            reason: reason.to_owned(),
        }
    }

    fn cast(&self, column: &str, to: &DataType) -> Result<ArrayRef, TableError> {
        let wrong = |reason: String| TableError::Value {
            file: self.file.clone(),
            column: column.to_owned(),
            row: None,
            reason,
        };
        let array = self.batch.column_by_name(column).ok_or_else(|| TableError::Columns {
            file: self.file.clone(),
            missing: vec![column.to_owned()],
            there: self.batch.schema().fields().iter().map(|f| f.name().clone()).collect(),
        })?;
        cast(array, to).map_err(|_| wrong(format!("holds {}, not {to}", array.data_type())))
    }

    /// The column as text.
    pub(crate) fn text(&self, column: &str) -> Result<StringArray, TableError> {
        Ok(self.cast(column, &DataType::Utf8)?.as_string::<i32>().clone())
    }

    /// The column as whole numbers, none missing.
    pub(crate) fn numbers(&self, column: &str) -> Result<UInt64Array, TableError> {
        let array = self.cast(column, &DataType::UInt64)?.as_primitive::<UInt64Type>().clone();
        match (0..array.len()).find(|&i| array.is_null(i)) {
            Some(i) => Err(self.bad(column, i, "empty, or no whole number from 0")),
            None => Ok(array),
        }
    }

    /// The column as floating-point numbers, none missing and none without a value.
    pub(crate) fn floats(&self, column: &str) -> Result<Float64Array, TableError> {
        let array = self.cast(column, &DataType::Float64)?.as_primitive::<Float64Type>().clone();
        match (0..array.len()).find(|&i| array.is_null(i) || array.value(i).is_nan()) {
            Some(i) => Err(self.bad(column, i, "empty, or no number")),
            None => Ok(array),
        }
    }

    /// The column as yes or no.
    pub(crate) fn flags(&self, column: &str) -> Result<BooleanArray, TableError> {
        Ok(self.cast(column, &DataType::Boolean)?.as_boolean().clone())
    }

    /// The column as days.
    pub(crate) fn dates(&self, column: &str) -> Result<Date32Array, TableError> {
        Ok(self.cast(column, &DataType::Date32)?.as_primitive::<Date32Type>().clone())
    }

    /// The column as lists of text.
    pub(crate) fn lists(&self, column: &str) -> Result<ListArray, TableError> {
        let item = Field::new_list_field(DataType::Utf8, true);
        Ok(self.cast(column, &DataType::List(item.into()))?.as_list::<i32>().clone())
    }
}

/// The text at `i`, absent where it is null.
pub(crate) fn text_at(array: &StringArray, i: usize) -> Option<&str> {
    array.is_valid(i).then(|| array.value(i))
}

/// The day at `i`, absent where it is null or beyond the calendar.
pub(crate) fn date_at(array: &Date32Array, i: usize) -> Option<Date> {
    let days = array.is_valid(i).then(|| array.value(i))?;
    Date::new(1970, 1, 1).ok()?.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// The texts of the list at `i`; empty where it is null.
pub(crate) fn list_at(array: &ListArray, i: usize) -> Vec<String> {
    if array.is_null(i) {
        return Vec::new();
    }
    let items = array.value(i);
    let items = items.as_string::<i32>();
    (0..items.len()).filter_map(|j| text_at(items, j).map(str::to_owned)).collect()
}

/// The texts of the list at `i`, borrowed; empty where it is null. `items` are the values of
/// `array` as text.
pub(crate) fn texts_at<'a>(
    array: &ListArray,
    items: &'a StringArray,
    i: usize,
) -> impl Iterator<Item = &'a str> + use<'a> {
    let offsets = array.value_offsets();
    let place = |i: usize| usize::try_from(offsets[i]).unwrap_or(0);
    let range = if array.is_null(i) { 0..0 } else { place(i)..place(i + 1) };
    range.filter_map(|j| text_at(items, j))
}
