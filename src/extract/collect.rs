//! Rows in, numbered and gathered into chunks.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatchOptions;

use super::error::ExtractError;
use super::limits::Limits;
use super::types::{Chunk, Extracted, FileSeen, Rejected};

/// Rows of a chunk.
pub(super) const CHUNK_ROWS: usize = 8_192;
/// Bytes of text after which a chunk is handed on with fewer rows.
const CHUNK_BYTES: usize = 32 << 20;

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// Nothing there.
    Empty,
    /// What is there.
    Text(&'a str),
    /// Something is there that cannot be read, for this reason.
    Bad(&'static str),
}

/// Numbers the rows of a source, gathers them into chunks and keeps the rejected ones.
pub(super) struct Collector<'a> {
    headings: &'a [String],
    schema: SchemaRef,
    only: Option<&'a BTreeSet<u64>>,
    sink: &'a mut dyn FnMut(Chunk),
    builders: Vec<StringBuilder>,
    rows: Vec<u64>,
    bytes: usize,
    seen: Extracted,
}

impl<'a> Collector<'a> {
    /// Hands chunks with the values of `headings` to `sink`; where `only` is given, those
    /// rows and no others.
    pub(super) fn new(
        headings: &'a [String],
        only: Option<&'a BTreeSet<u64>>,
        sink: &'a mut dyn FnMut(Chunk),
    ) -> Self {
        let fields: Vec<Field> =
            headings.iter().map(|heading| Field::new(heading, DataType::Utf8, true)).collect();
        Self {
            headings,
            schema: Arc::new(Schema::new(fields)),
            only,
            sink,
            builders: headings.iter().map(|_| StringBuilder::new()).collect(),
            rows: Vec::with_capacity(CHUNK_ROWS),
            bytes: 0,
            seen: Extracted::default(),
        }
    }

    /// The headings whose values are asked for.
    pub(super) fn headings(&self) -> &'a [String] {
        self.headings
    }

    /// The rows asked for; all where `None`.
    pub(super) fn only(&self) -> Option<&'a BTreeSet<u64>> {
        self.only
    }

    /// The number that the next row gets.
    pub(super) fn next_row(&self) -> u64 {
        self.seen.rows
    }

    /// Whether every row asked for has passed.
    pub(super) fn is_done(&self) -> bool {
        self.only.is_some_and(|only| only.last().is_none_or(|last| *last < self.seen.rows))
    }

    /// A new file, or a new sheet of it, begins.
    pub(super) fn begin(&mut self, path: &Path, sheet: Option<&str>) -> &mut FileSeen {
        self.seen.files.push(FileSeen {
            path: path.into(),
            sheet: sheet.map(Into::into),
            first_row: self.seen.rows,
            ..FileSeen::default()
        });
        let last = self.seen.files.len() - 1;
        &mut self.seen.files[last]
    }

    /// Blank rows were passed over.
    pub(super) fn blank(&mut self, rows: u64) {
        self.seen.blank += rows;
    }

    /// A row, `value` giving the cell under each heading by its index.
    pub(super) fn row<'v>(&mut self, value: impl Fn(usize) -> Value<'v>) -> ControlFlow<()> {
        let row = self.number();
        if self.only.is_none_or(|only| only.contains(&row)) {
            for (i, builder) in self.builders.iter_mut().enumerate() {
                let value = match value(i) {
                    Value::Text(text) if text.len() > Limits::DEFAULT.record_bytes => {
                        Value::Bad("it is longer than any value can be")
                    }
                    value => value,
                };
                match value {
                    Value::Text(text) if !text.trim().is_empty() => {
                        builder.append_value(text);
                        self.bytes += text.len();
                    }
                    Value::Empty | Value::Text(_) => builder.append_null(),
                    Value::Bad(reason) => {
                        builder.append_null();
                        self.seen.rejected.push(Rejected {
                            row: Some(row),
                            field: self.headings[i].clone(),
                            reason: reason.into(),
                            whole_row: false,
                        });
                    }
                }
            }
            self.rows.push(row);
            if self.rows.len() >= CHUNK_ROWS || self.bytes >= CHUNK_BYTES {
                self.flush();
            }
        }
        self.go_on()
    }

    /// A row that is lost.
    pub(super) fn reject_row(&mut self, reason: impl Into<String>) -> ControlFlow<()> {
        let row = self.number();
        self.seen.rejected.push(Rejected {
            row: Some(row),
            field: String::new(),
            reason: reason.into(),
            whole_row: true,
        });
        self.go_on()
    }

    /// Rows that were counted without being looked at.
    pub(super) fn skip(&mut self, rows: u64) {
        self.seen.rows += rows;
        if let Some(file) = self.seen.files.last_mut() {
            file.rows += rows;
        }
    }

    /// Stops a source of which nothing can be read.
    pub(super) fn check(&self, file: &Path) -> Result<(), ExtractError> {
        let limit = Limits::DEFAULT.rejected;
        if self.seen.rejected.len() > limit {
            return Err(ExtractError::TooManyRejected { file: file.into(), limit });
        }
        Ok(())
    }

    /// Hands on what is left and says what was seen.
    pub(super) fn finish(mut self) -> Extracted {
        self.flush();
        self.seen
    }

    fn number(&mut self) -> u64 {
        let row = self.seen.rows;
        self.skip(1);
        row
    }

    fn go_on(&self) -> ControlFlow<()> {
        if self.is_done() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn flush(&mut self) {
        if self.rows.is_empty() {
            return;
        }
        let columns: Vec<ArrayRef> =
            self.builders.iter_mut().map(|b| Arc::new(b.finish()) as ArrayRef).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows.len()));
        let batch = RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)
            .expect("one text column a heading, all of one length");
        self.bytes = 0;
        let rows = std::mem::replace(&mut self.rows, Vec::with_capacity(CHUNK_ROWS));
        (self.sink)(Chunk { rows, batch });
    }
}

/// How far the reading has come, in bytes of all files of a source.
pub(super) struct Progress<'a> {
    /// Bytes of the files before this one.
    pub(super) before: u64,
    /// Bytes of this file.
    pub(super) size: u64,
    /// Bytes of all files.
    pub(super) total: u64,
    /// Who wants to know.
    pub(super) tell: &'a dyn Fn(u64, u64),
}

impl Progress<'_> {
    /// `done` bytes of this file are read.
    pub(super) fn at(&self, done: u64) {
        (self.tell)(self.before + done.min(self.size), self.total);
    }
}

/// A file that counts how many of its bytes were read.
pub(super) struct Counting<R> {
    from: R,
    read: Rc<Cell<u64>>,
}

impl<R> Counting<R> {
    /// The file, and its count.
    pub(super) fn new(from: R) -> (Self, Rc<Cell<u64>>) {
        let read = Rc::new(Cell::new(0));
        (Self { from, read: Rc::clone(&read) }, read)
    }
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.from.read(into)?;
        self.read.set(self.read.get() + n as u64);
        Ok(n)
    }
}

impl<R: Seek> Seek for Counting<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.from.seek(to)
    }
}
