//! What xlsx and ods have in common: sheets, the rows of a sheet, the search for headers.

use std::collections::BTreeSet;
use std::ops::{ControlFlow, Range};
use std::path::Path;

use super::collect::{Collector, Value};
use super::error::ExtractError;
use super::heading;
use super::limits::Limits;
use crate::job::Source;
use crate::quietly::quietly;

/// Runs a library's code on a file: a panic in it becomes an error.
pub(super) fn guard<T>(path: &Path, f: impl FnOnce() -> T) -> Result<T, ExtractError> {
    quietly(f).map_err(|_| ExtractError::Internal { file: path.into() })
}

/// A number as text: whole ones without a decimal point.
pub(super) fn number(value: f64) -> String {
    if value == 0.0 {
        // Not `-0`.
        "0".into()
    } else if value.fract() == 0.0 && value.abs() < 1e15 {
        format!("{value:.0}")
    } else {
        value.to_string()
    }
}

/// A date and time as ISO writes them, without a time of midnight.
pub(super) fn iso_moment(text: &str) -> &str {
    for midnight in ["T00:00:00Z", "T00:00:00.000000000", "T00:00:00.000", "T00:00:00", "T00:00"] {
        if let Some(date) = text.strip_suffix(midnight) {
            return date;
        }
    }
    text
}

/// A row with at least one cell that is not blank.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// 0-based row of the sheet.
    pub(super) index: u64,
    /// How many equal rows stand here.
    pub(super) repeats: u64,
    text: String,
    /// Columns, rising, and what stands there: a part of `text`, or a reason.
    cells: Vec<(usize, Result<Range<usize>, &'static str>)>,
}

impl Row {
    /// Makes it a row without cells.
    pub(super) fn reset(&mut self, index: u64) {
        self.index = index;
        self.repeats = 1;
        self.text.clear();
        self.cells.clear();
    }

    /// Adds a cell; blank ones are left out.
    pub(super) fn put(&mut self, column: usize, value: Value) {
        let cell = match value {
            Value::Text(text) if !text.trim().is_empty() => {
                let start = self.text.len();
                self.text.push_str(text);
                Ok(start..self.text.len())
            }
            Value::Bad(reason) => Err(reason),
            Value::Empty | Value::Text(_) => return,
        };
        if column < Limits::DEFAULT.columns {
            self.cells.push((column, cell));
        }
    }

    /// Puts the cells in the order of their columns, the last of several in one place.
    pub(super) fn settle(&mut self) {
        if !self.cells.is_sorted_by(|a, b| a.0 < b.0) {
            self.cells.reverse();
            self.cells.sort_by_key(|cell| cell.0);
            self.cells.dedup_by_key(|cell| cell.0);
        }
    }

    /// Whether no cell holds anything.
    pub(super) fn is_blank(&self) -> bool {
        self.cells.is_empty()
    }

    /// What stands in a column.
    pub(super) fn value(&self, column: usize) -> Value<'_> {
        match self.cells.binary_search_by_key(&column, |cell| cell.0).map(|i| &self.cells[i].1) {
            Ok(Ok(range)) => self.text.get(range.clone()).map_or(Value::Empty, Value::Text),
            Ok(Err(reason)) => Value::Bad(reason),
            Err(_) => Value::Empty,
        }
    }

    /// All columns as texts, unreadable ones empty.
    fn texts(&self) -> Vec<String> {
        let width = self.cells.last().map_or(0, |cell| cell.0 + 1);
        let text = |column| match self.value(column) {
            Value::Text(text) => text.to_string(),
            _ => String::new(),
        };
        (0..width).map(text).collect()
    }
}

/// The rows of a sheet that are not blank, from the top.
pub(super) trait SheetRows {
    /// The next row; false at the end of the sheet.
    fn next(&mut self, row: &mut Row) -> Result<bool, ExtractError>;
}

/// A workbook.
pub(super) trait Workbook {
    /// Its sheets, in order.
    fn sheets(&self) -> Vec<String>;
    /// The rows of a sheet; `None` if it is no sheet of cells, but a chart.
    fn rows<'a>(&'a mut self, sheet: &str)
    -> Result<Option<Box<dyn SheetRows + 'a>>, ExtractError>;
}

/// A sheet whose header was found.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    /// Its name.
    pub(super) name: String,
    /// Its headings, cleaned, by column; empty where a column has none.
    pub(super) header: Vec<String>,
    /// 0-based row of the header.
    row: u64,
}

/// The sheets of a workbook that belong to a source, with their headers.
///
/// Those that the job names, or all that have every heading in `hints`. A sheet that has
/// most of them is used too, so that a misspelt heading is an error and not a sheet
/// silently left out.
pub(super) fn used_sheets(
    path: &Path,
    book: &mut dyn Workbook,
    source: &Source,
    hints: &BTreeSet<String>,
) -> Result<Vec<Sheet>, ExtractError> {
    let all = book.sheets();
    for sheet in &source.sheets {
        if !all.contains(sheet) {
            return Err(ExtractError::MissingSheet {
                file: path.into(),
                sheet: sheet.clone(),
                sheets: all,
            });
        }
    }
    let mut found = Vec::new();
    for name in all {
        let named = source.sheets.contains(&name);
        if !named && !source.sheets.is_empty() {
            continue;
        }
        match find_sheet(book, &name, hints)? {
            Some(sheet) => found.push(sheet),
            None if named => {
                return Err(ExtractError::NoHeadings { file: path.into(), sheet: Some(name) });
            }
            None => {}
        }
    }
    if !source.sheets.is_empty() {
        return Ok(found);
    }
    let hits = |sheet: &Sheet| heading::hits(sheet.header.iter().map(String::as_str), hints);
    let filled = |sheet: &Sheet| sheet.header.iter().filter(|heading| !heading.is_empty()).count();
    let best = found
        .iter()
        .reduce(|a, b| if (hits(b), filled(b)) > (hits(a), filled(a)) { b } else { a })
        .cloned()
        .ok_or(ExtractError::NoHeadings { file: path.into(), sheet: None })?;
    if hints.is_empty() {
        let own: BTreeSet<String> =
            best.header.iter().map(|heading| heading::fold(heading)).collect();
        found.retain(|sheet| {
            heading::hits(sheet.header.iter().map(String::as_str), &own) == own.len()
        });
    } else {
        let enough = hints.len().min(2).max(hints.len().div_ceil(2));
        found.retain(|sheet| hits(sheet) >= enough);
    }
    Ok(if found.is_empty() { vec![best] } else { found })
}

fn find_sheet(
    book: &mut dyn Workbook,
    name: &str,
    hints: &BTreeSet<String>,
) -> Result<Option<Sheet>, ExtractError> {
    let Some(mut rows) = book.rows(name)? else { return Ok(None) };
    let (mut top, mut indices, mut row) = (Vec::new(), Vec::new(), Row::default());
    while top.len() < Limits::DEFAULT.header_rows && rows.next(&mut row)? {
        top.push(row.texts());
        indices.push(row.index);
    }
    Ok(heading::find_header(&top, hints).map(|i| Sheet {
        name: name.into(),
        header: top[i].iter().map(|cell| heading::clean(cell)).collect(),
        row: indices[i],
    }))
}

/// Reads the rows of all sheets of a workbook that belong to a source.
pub(super) fn read(
    path: &Path,
    book: &mut dyn Workbook,
    source: &Source,
    hints: &BTreeSet<String>,
    tell: &dyn Fn(),
    into: &mut Collector,
) -> Result<(), ExtractError> {
    for sheet in used_sheets(path, book, source, hints)? {
        let columns = heading::locate(&sheet.header, into.headings(), path, Some(&sheet.name))?;
        into.begin(path, Some(&sheet.name));
        let Some(mut rows) = book.rows(&sheet.name)? else { continue };
        let (mut row, mut last) = (Row::default(), sheet.row);
        while rows.next(&mut row)? {
            if row.index <= sheet.row {
                continue;
            }
            into.blank(row.index.saturating_sub(last + 1));
            last = row.index + row.repeats - 1;
            for _ in 0..row.repeats {
                if take(&row, &sheet, &columns, into) == ControlFlow::Break(()) {
                    return Ok(());
                }
                if into.next_row().is_multiple_of(4_096) {
                    tell();
                    into.check(path)?;
                }
            }
        }
        into.check(path)?;
    }
    Ok(())
}

fn take(row: &Row, sheet: &Sheet, columns: &[usize], into: &mut Collector) -> ControlFlow<()> {
    let repeats_heading = |&column: &usize| match row.value(column) {
        Value::Text(text) => text.trim() == sheet.header[column],
        _ => false,
    };
    if !columns.is_empty() && columns.iter().all(repeats_heading) {
        return into.reject_row("it repeats the headings");
    }
    into.row(|i| row.value(columns[i]))
}
