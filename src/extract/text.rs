//! Delimited text: encoding, delimiter and header are found, rows checked one by one.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::rc::Rc;

use encoding_rs::UTF_8;

use super::charset::{self, Charset, Decoding, Sample};
use super::collect::{Collector, Counting, Progress, Value};
use super::error::ExtractError;
use super::format::kind_of;
use super::heading;
use super::limits::Limits;
use super::lines::{Record, Records};
use crate::job::{Format, Source};

/// Delimiters that are looked for, the commonest first.
const DELIMITERS: [u8; 4] = [b';', b'\t', b',', b'|'];
/// Records by which a delimiter is judged.
const JUDGED: usize = 100;

/// What is known of a text file before its rows are read.
pub(super) struct Shape {
    pub(super) charset: Charset,
    /// Last byte of a line.
    pub(super) line_end: u8,
}

/// A text file as UTF-8, and how many of its bytes were read.
pub(super) type Opened = (Box<dyn BufRead>, Rc<Cell<u64>>);

/// Finds encoding and line ends.
pub(super) fn shape(path: &Path, encoding: Option<&str>) -> Result<Shape, ExtractError> {
    let sample = Sample::of(path)?;
    if sample.head.is_empty() {
        return Err(ExtractError::Empty { file: path.into() });
    }
    let looks_like = kind_of(&sample.head).filter(|kind| !kind.is_text());
    let charset = charset::detect(&sample, encoding, path)?;
    if looks_like.is_some() || sample.is_binary(charset) {
        return Err(ExtractError::Binary { file: path.into(), looks_like });
    }
    let mut head = String::new();
    // Reading from memory does not fail.
    let _ = Decoding::new(&sample.head[charset.mark..], charset).read_to_string(&mut head);
    if head.trim().is_empty() && sample.is_all() {
        return Err(ExtractError::Empty { file: path.into() });
    }
    let line_end = if head.contains('\r') && !head.contains('\n') { b'\r' } else { b'\n' };
    Ok(Shape { charset, line_end })
}

/// Opens a text file after its byte-order mark.
pub(super) fn open(path: &Path, charset: Charset) -> Result<Opened, ExtractError> {
    let file = File::open(path).map_err(|e| ExtractError::io(path, e))?;
    let (counting, read) = Counting::new(file);
    let mut bytes = BufReader::with_capacity(256 << 10, counting);
    io::copy(&mut bytes.by_ref().take(charset.mark as u64), &mut io::sink())
        .map_err(|e| ExtractError::io(path, e))?;
    // UTF-8 is passed through, so that a row with bad bytes can be told from others.
    let text: Box<dyn BufRead> = if charset.encoding == UTF_8 {
        Box::new(bytes)
    } else {
        Box::new(Decoding::new(bytes, charset))
    };
    Ok((text, read))
}

/// Why a row of bytes is no text.
pub(super) fn bad_text(charset: Charset) -> String {
    format!("it has bytes that are no text in {}", charset.label())
}

/// A delimited file whose header was found.
pub(super) struct Table {
    pub(super) charset: Charset,
    pub(super) delimiter: u8,
    /// The headings, cleaned; empty ones included.
    pub(super) header: Vec<String>,
    line_end: u8,
    /// Records before the header, blank and broken ones included.
    above: usize,
}

/// Finds encoding, delimiter and header of a file.
pub(super) fn table(
    path: &Path,
    source: &Source,
    hints: &BTreeSet<String>,
) -> Result<Table, ExtractError> {
    let Shape { charset, line_end } = shape(path, source.encoding.as_deref())?;
    let candidates = source.delimiter.map_or_else(|| DELIMITERS.to_vec(), |set| vec![set]);
    let mut best: Option<(u64, u8, Preview)> = None;
    for delimiter in candidates {
        let (text, _) = open(path, charset)?;
        let preview = preview(path, Records::new(text, line_end, delimiter, Limits::DEFAULT))?;
        let mut score = consistency(&preview.rows);
        if source.format == Format::Tsv && delimiter == b'\t' {
            score *= 4;
        }
        // Headings that the job names are the best sign of all.
        let named = preview.rows.iter().take(Limits::DEFAULT.header_rows);
        let named = named.map(|row| heading::hits(row.iter().map(String::as_str), hints)).max();
        score += 1_000_000 * named.unwrap_or(0) as u64;
        if best.as_ref().is_none_or(|(most, ..)| score > *most) {
            best = Some((score, delimiter, preview));
        }
    }
    let no_headings = || ExtractError::NoHeadings { file: path.into(), sheet: None };
    let (score, delimiter, Preview { rows, places }) = best.ok_or_else(no_headings)?;
    let delimiter = match source.delimiter {
        None if score == 0 && source.format == Format::Csv => b',',
        _ => delimiter,
    };
    let top = &rows[..rows.len().min(Limits::DEFAULT.header_rows)];
    let header = heading::find_header(top, hints).ok_or_else(no_headings)?;
    let above = places[header];
    let header = rows[header].iter().map(|cell| heading::clean(cell)).collect();
    Ok(Table { charset, delimiter, header, line_end, above })
}

/// The first records of a file that are not blank.
#[derive(Default)]
struct Preview {
    rows: Vec<Vec<String>>,
    /// How many records stand before each, blank and broken ones included.
    places: Vec<usize>,
}

fn preview<R: BufRead>(path: &Path, mut records: Records<R>) -> Result<Preview, ExtractError> {
    let Preview { mut rows, mut places } = Preview::default();
    // Ten times as many lines may be blank.
    for place in 0..10 * JUDGED {
        match records.next().map_err(|e| ExtractError::io(path, e))? {
            Record::Fields if !records.is_blank() => {
                let fields = 0..records.len().min(Limits::DEFAULT.columns);
                let cell = |i| String::from_utf8_lossy(records.field(i)).into_owned();
                rows.push(fields.map(cell).collect());
                places.push(place);
            }
            Record::Fields | Record::Blank | Record::OpenQuote => {}
            Record::TooLong(line) if rows.is_empty() => return Err(too_long(path, None, line)),
            // Reading on comes back to it.
            Record::TooLong(_) | Record::End => break,
        }
        if rows.len() >= JUDGED {
            break;
        }
    }
    Ok(Preview { rows, places })
}

/// How much the records look like one table: records of the commonest width, times the
/// delimiters in each.
fn consistency(rows: &[Vec<String>]) -> u64 {
    let mut widths: Vec<usize> = rows.iter().map(Vec::len).collect();
    widths.sort_unstable();
    widths
        .chunk_by(|a, b| a == b)
        .map(|same| same.len() as u64 * (same[0] as u64 - 1).min(64))
        .max()
        .unwrap_or(0)
}

fn too_long(path: &Path, row: Option<u64>, line: u64) -> ExtractError {
    ExtractError::RecordTooLong {
        file: path.into(),
        row,
        line,
        limit: Limits::DEFAULT.record_bytes,
    }
}

/// Reads the rows of a file.
pub(super) fn read(
    path: &Path,
    source: &Source,
    hints: &BTreeSet<String>,
    progress: &Progress,
    into: &mut Collector,
) -> Result<(), ExtractError> {
    let table = table(path, source, hints)?;
    let columns = heading::locate(&table.header, into.headings(), path, None)?;
    let seen = into.begin(path, None);
    seen.encoding = Some(table.charset.label().into());
    seen.delimiter = Some(char::from(table.delimiter));

    let (text, bytes) = open(path, table.charset)?;
    let mut records = Records::new(text, table.line_end, table.delimiter, Limits::DEFAULT);
    for _ in 0..=table.above {
        records.next().map_err(|e| ExtractError::io(path, e))?;
    }
    // Columns without a heading at the right end are no columns.
    let width = table.header.iter().rposition(|heading| !heading.is_empty()).map_or(0, |i| i + 1);
    records.expect(width);

    let mut rows = Rows { table: &table, columns: &columns, width };
    let mut open_quotes = 0;
    loop {
        let record = records.next().map_err(|e| ExtractError::io(path, e))?;
        let flow = match record {
            Record::End => break,
            Record::Blank => {
                into.blank(1);
                continue;
            }
            Record::TooLong(line) => return Err(too_long(path, Some(into.next_row()), line)),
            Record::OpenQuote => {
                open_quotes += 1;
                if open_quotes > Limits::DEFAULT.open_quotes {
                    let what = "the number of quotes that are never closed";
                    return Err(ExtractError::too_large(path, what, Limits::DEFAULT.open_quotes));
                }
                into.reject_row("a quote is opened that nothing closes")
            }
            Record::Fields => rows.take(&records, into),
        };
        if into.next_row().is_multiple_of(4_096) {
            progress.at(bytes.get());
            into.check(path)?;
        }
        if flow == ControlFlow::Break(()) {
            return Ok(());
        }
    }
    into.check(path)
}

/// Checks records and hands them on.
struct Rows<'a> {
    table: &'a Table,
    columns: &'a [usize],
    width: usize,
}

impl Rows<'_> {
    fn take<R: BufRead>(&mut self, record: &Records<R>, into: &mut Collector) -> ControlFlow<()> {
        if record.is_blank() {
            into.blank(1);
            return ControlFlow::Continue(());
        }
        let fields = record.len();
        if fields < self.width {
            let width = self.width;
            return into.reject_row(format!("it has {fields} fields where the header has {width}"));
        }
        let surplus = self.table.header.len().max(self.width);
        if (surplus..fields).any(|i| !record.field(i).trim_ascii().is_empty()) {
            return into
                .reject_row(format!("it has {fields} fields where the header has {surplus}"));
        }
        // Decoding puts U+FFFD for bytes that the encoding does not have.
        let decoded = self.table.charset.encoding != UTF_8;
        let is_damaged = record
            .as_text()
            .is_none_or(|text| text.contains('\0') || (decoded && text.contains('\u{fffd}')));
        if is_damaged {
            return into.reject_row(bad_text(self.table.charset));
        }
        let is_header = self.columns.iter().all(|&column| {
            let field = std::str::from_utf8(record.field(column)).unwrap_or_default();
            field.trim() == self.table.header[column]
        });
        if is_header && !self.columns.is_empty() {
            return into.reject_row("it repeats the headings");
        }
        into.row(|i| {
            let field = record.field(self.columns[i]);
            // Checked above.
            std::str::from_utf8(field).map_or(Value::Empty, Value::Text)
        })
    }
}
