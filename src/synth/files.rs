//! Rows into files: a workbook, delimited text, Parquet. Every byte follows from the rows.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, RecordBatch, StringArray, UInt64Array};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook};

use super::SynthError;
use super::days::{Day, civil};
use super::profile::Source;

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Empty,
    Text(String),
    Day(Day),
    Number(u32),
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// A row of a source and the person whom it is truly about.
pub(super) struct Row {
    pub(super) person: u64,
    pub(super) cells: Vec<Cell>,
}

/// What kind of file a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Workbook,
    /// windows-1251, `;`, CRLF.
    Windows1251,
    /// utf-8, `,`.
    Utf8,
    Parquet,
}

/// The shape of a source's file.
pub(super) struct Layout {
    pub(super) source: Source,
    pub(super) file: &'static str,
    pub(super) kind: Kind,
    pub(super) columns: &'static [&'static str],
    /// Columns of days; in Parquet they are dates.
    pub(super) days: &'static [&'static str],
    /// How days are written in text.
    pub(super) date: &'static str,
}

/// Data rows on one sheet of a workbook.
pub(super) const SHEET_ROWS: u32 = 1_000_000;
/// Rows above the first data row: a merged title in two rows, a remark, the headings.
const HEAD_ROWS: u32 = 4;

/// Writes the file of one source, and its truth.
pub(super) struct Sink {
    layout: &'static Layout,
    path: PathBuf,
    body: Body,
    truth: Truth,
    rows: u64,
}

enum Body {
    Workbook(Box<Sheets>),
    Text { out: Box<csv::Writer<Encoder>>, date: &'static str },
    Parquet(Box<ParquetBody>),
}

impl Sink {
    /// Creates the file of `layout` in `folder`.
    pub(super) fn create(
        layout: &'static Layout,
        folder: &Path,
        sheet_rows: u32,
    ) -> Result<Self, SynthError> {
        let path = folder.join(layout.file);
        let body = match layout.kind {
            Kind::Workbook => Body::Workbook(Box::new(Sheets::create(layout, folder, sheet_rows)?)),
            Kind::Parquet => Body::Parquet(Box::new(ParquetBody::create(layout, &path)?)),
            Kind::Windows1251 | Kind::Utf8 => {
                let legacy = layout.kind == Kind::Windows1251;
                let (delimiter, end) = if legacy {
                    (b';', csv::Terminator::CRLF)
                } else {
                    (b',', csv::Terminator::Any(b'\n'))
                };
                let out = BufWriter::new(create(&path)?);
                let mut out = csv::WriterBuilder::new()
                    .delimiter(delimiter)
                    .terminator(end)
                    .from_writer(Encoder { out, legacy, rest: Vec::new() });
                out.write_record(layout.columns).map_err(|e| text_error(&path, e))?;
                Body::Text { out: Box::new(out), date: layout.date }
            }
        };
        let truth = Truth::create(folder, layout.source.key(), None)?;
        Ok(Self { layout, path, body, truth, rows: 0 })
    }

    /// Appends rows.
    pub(super) fn write(&mut self, rows: &[Row]) -> Result<(), SynthError> {
        match &mut self.body {
            Body::Workbook(sheets) => sheets.write(rows),
            Body::Parquet(parquet) => parquet.write(self.layout, &self.path, rows),
            Body::Text { out, date } => rows
                .iter()
                .try_for_each(|row| {
                    out.write_record(row.cells.iter().map(|cell| match cell {
                        Cell::Empty => String::new(),
                        Cell::Text(text) => text.clone(),
                        Cell::Day(day) => civil(*day).strftime(*date).to_string(),
                        Cell::Number(number) => number.to_string(),
                    }))
                })
                .map_err(|e| text_error(&self.path, e)),
        }?;
        let first = self.rows;
        self.rows += rows.len() as u64;
        self.truth.write(
            (first..self.rows).collect(),
            rows.iter().map(|row| row.person).collect(),
            None,
        )
    }

    /// Completes the file; gives the number of its rows.
    pub(super) fn finish(self) -> Result<u64, SynthError> {
        let path = self.path;
        match self.body {
            Body::Workbook(mut sheets) => {
                sheets.book.save(&path).map_err(|e| book_error(&path, &e))
            }
            Body::Parquet(body) => body.finish(&path),
            Body::Text { out, .. } => out
                .into_inner()
                .map_err(csv::IntoInnerError::into_error)
                .and_then(|mut encoder| encoder.out.flush())
                .map_err(|e| SynthError::Write { path: path.clone(), source: e.into() }),
        }?;
        self.truth.finish()?;
        Ok(self.rows)
    }
}

fn create(path: &Path) -> Result<File, SynthError> {
    File::create(path).map_err(|e| SynthError::Write { path: path.to_path_buf(), source: e.into() })
}

fn text_error(path: &Path, error: csv::Error) -> SynthError {
    SynthError::Write { path: path.to_path_buf(), source: error.into() }
}

fn book_error(path: &Path, error: &rust_xlsxwriter::XlsxError) -> SynthError {
    // Its texts name files and limits, never cells.
    SynthError::Write { path: path.to_path_buf(), source: error.to_string().into() }
}

fn parquet_error(path: &Path, error: impl std::error::Error + Send + Sync + 'static) -> SynthError {
    SynthError::Write { path: path.to_path_buf(), source: Box::new(error) }
}

/// Passes utf-8 on, or turns it into windows-1251.
struct Encoder {
    out: BufWriter<File>,
    legacy: bool,
    /// The beginning of a character whose end is still to come.
    rest: Vec<u8>,
}

impl Write for Encoder {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if !self.legacy {
            self.out.write_all(bytes)?;
            return Ok(bytes.len());
        }
        self.rest.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.rest) {
            Ok(text) => text.len(),
            Err(error) => error.valid_up_to(),
        };
        let text = String::from_utf8_lossy(self.rest.get(..whole).unwrap_or(&[])).into_owned();
        let mut letter = [0; 4];
        for one in text.chars() {
            let (encoded, _, lost) = encoding_rs::WINDOWS_1251.encode(one.encode_utf8(&mut letter));
            // What old systems do with a sign they do not know.
            self.out.write_all(if lost { b"?" } else { &encoded })?;
        }
        self.rest.drain(..whole);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

/// A workbook that grows sheet by sheet and keeps no rows in memory.
struct Sheets {
    book: Workbook,
    columns: &'static [&'static str],
    /// Data rows a sheet takes.
    capacity: u32,
    /// Sheets so far, and data rows on the last one.
    count: usize,
    filled: u32,
    date: Format,
    title: Format,
    heading: Format,
    path: PathBuf,
}

impl Sheets {
    fn create(layout: &Layout, folder: &Path, capacity: u32) -> Result<Self, SynthError> {
        let path = folder.join(layout.file);
        let mut book = Workbook::new();
        book.set_tempdir(folder).map_err(|e| book_error(&path, &e))?;
        let created = ExcelDateTime::from_ymd(2023, 7, 5).map_err(|e| book_error(&path, &e))?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&created));
        let mut sheets = Self {
            book,
            columns: layout.columns,
            capacity: capacity.clamp(1, SHEET_ROWS),
            count: 0,
            filled: 0,
            date: Format::new().set_num_format("dd.mm.yyyy"),
            title: Format::new().set_bold().set_align(FormatAlign::Center),
            heading: Format::new().set_bold(),
            path,
        };
        sheets.add().map_err(|e| book_error(&sheets.path, &e))?;
        Ok(sheets)
    }

    /// A new sheet with its title and headings.
    fn add(&mut self) -> Result<(), rust_xlsxwriter::XlsxError> {
        self.count += 1;
        self.filled = 0;
        let last = u16::try_from(self.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name(format!("Учні {}", self.count))?;
        sheet.merge_range(0, 0, 0, last, "Відомості про здобувачів освіти", &self.title)?;
        sheet.merge_range(1, 0, 1, last, "Вигадані дані. Станом на 05.07.2023", &self.title)?;
        for (column, heading) in (0_u16..).zip(self.columns) {
            sheet.write_string_with_format(HEAD_ROWS - 1, column, *heading, &self.heading)?;
        }
        Ok(())
    }

    fn write(&mut self, rows: &[Row]) -> Result<(), SynthError> {
        rows.iter().try_for_each(|row| self.row(row)).map_err(|e| book_error(&self.path, &e))
    }

    fn row(&mut self, row: &Row) -> Result<(), rust_xlsxwriter::XlsxError> {
        if self.filled == self.capacity {
            self.add()?;
        }
        let at = HEAD_ROWS + self.filled;
        self.filled += 1;
        let sheet = self.book.worksheet_from_index(self.count - 1)?;
        for (column, cell) in (0_u16..).zip(&row.cells) {
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => {
                    sheet.write_string(at, column, text)?;
                }
                Cell::Number(number) => {
                    sheet.write_number(at, column, *number)?;
                }
                Cell::Day(day) => {
                    // Day 0 of the workbook's calendar is 30 December 1899.
                    let serial = f64::from(*day) + 25_569.0;
                    sheet.write_number_with_format(at, column, serial, &self.date)?;
                }
            }
        }
        Ok(())
    }
}

fn parquet_writer(path: &Path, schema: Arc<Schema>) -> Result<ArrowWriter<File>, SynthError> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3).unwrap_or_default()))
        .set_created_by("zvirka synth".to_owned())
        .set_max_row_group_row_count(Some(131_072))
        .build();
    ArrowWriter::try_new(create(path)?, schema, Some(properties))
        .map_err(|e| parquet_error(path, e))
}

struct ParquetBody {
    schema: Arc<Schema>,
    out: ArrowWriter<File>,
}

impl ParquetBody {
    fn create(layout: &Layout, path: &Path) -> Result<Self, SynthError> {
        let fields: Vec<Field> = layout
            .columns
            .iter()
            .map(|name| {
                let is_day = layout.days.contains(name);
                Field::new(*name, if is_day { DataType::Date32 } else { DataType::Utf8 }, true)
            })
            .collect();
        let schema = Arc::new(Schema::new(fields));
        Ok(Self { out: parquet_writer(path, schema.clone())?, schema })
    }

    fn write(&mut self, layout: &Layout, path: &Path, rows: &[Row]) -> Result<(), SynthError> {
        let columns = layout.columns.iter().enumerate().map(|(at, name)| -> ArrayRef {
            let cells = rows.iter().map(|row| row.cells.get(at));
            if layout.days.contains(name) {
                let days = cells.map(|cell| match cell {
                    Some(Cell::Day(day)) => Some(*day),
                    _ => None,
                });
                Arc::new(days.collect::<Date32Array>())
            } else {
                let texts = cells.map(|cell| match cell {
                    Some(Cell::Text(text)) => Some(text.clone()),
                    Some(Cell::Number(number)) => Some(number.to_string()),
                    Some(Cell::Day(day)) => Some(civil(*day).strftime(layout.date).to_string()),
                    _ => None,
                });
                Arc::new(texts.collect::<StringArray>())
            }
        });
        RecordBatch::try_new(self.schema.clone(), columns.collect())
            .map_err(|e| parquet_error(path, e))
            .and_then(|batch| self.out.write(&batch).map_err(|e| parquet_error(path, e)))
    }

    fn finish(self, path: &Path) -> Result<(), SynthError> {
        self.out.close().map(drop).map_err(|e| parquet_error(path, e))
    }
}

/// `truth/NAME.parquet`: numbers, then one text column where asked for.
pub(super) struct Truth {
    path: PathBuf,
    schema: Arc<Schema>,
    out: ArrowWriter<File>,
}

impl Truth {
    /// `row, person`; or `person` and the text column `text`.
    pub(super) fn create(
        folder: &Path,
        name: &str,
        text: Option<&str>,
    ) -> Result<Self, SynthError> {
        let path = folder.join("truth").join(format!("{name}.parquet"));
        let number = |name: &str| Field::new(name, DataType::UInt64, false);
        let schema = Arc::new(Schema::new(match text {
            None => vec![number("row"), number("person")],
            Some(text) => vec![number("person"), Field::new(text, DataType::Utf8, false)],
        }));
        Ok(Self { out: parquet_writer(&path, schema.clone())?, path, schema })
    }

    pub(super) fn write(
        &mut self,
        first: Vec<u64>,
        second: Vec<u64>,
        texts: Option<&[&str]>,
    ) -> Result<(), SynthError> {
        let second: ArrayRef = match texts {
            Some(texts) => Arc::new(StringArray::from_iter_values(texts)),
            None => Arc::new(UInt64Array::from(second)),
        };
        let columns: Vec<ArrayRef> = vec![Arc::new(UInt64Array::from(first)), second];
        RecordBatch::try_new(self.schema.clone(), columns)
            .map_err(|e| parquet_error(&self.path, e))
            .and_then(|batch| self.out.write(&batch).map_err(|e| parquet_error(&self.path, e)))
    }

    pub(super) fn finish(self) -> Result<(), SynthError> {
        self.out.close().map(drop).map_err(|e| parquet_error(&self.path, e))
    }
}
