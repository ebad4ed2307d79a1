//! Excel workbooks, cell by cell.

use std::cell::Cell;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx, XlsxCellReader, XlsxError};

use super::collect::{Counting, Value};
use super::container;
use super::error::ExtractError;
use super::grid::{self, Row, SheetRows, Workbook};
use super::limits::Limits;
use crate::job::Format;

type Bytes = BufReader<Counting<File>>;

/// Serial day numbers from which on a date is beyond the year 9999.
const SERIAL_END: f64 = 2_958_466.0;

/// An open workbook.
pub(super) struct Book {
    path: PathBuf,
    inner: Xlsx<Bytes>,
    /// Bytes of the file read so far.
    pub(super) read: Rc<Cell<u64>>,
}

impl Book {
    pub(super) fn open(path: &Path) -> Result<Self, ExtractError> {
        let file = container::open_checked(path, Format::Xlsx)?;
        let (counting, read) = Counting::new(file);
        let inner = grid::guard(path, || Xlsx::new(BufReader::new(counting)))?
            .map_err(|e| explain(path, &e))?;
        Ok(Self { path: path.into(), inner, read })
    }
}

impl Workbook for Book {
    fn sheets(&self) -> Vec<String> {
        self.inner.sheet_names()
    }

    fn rows<'a>(
        &'a mut self,
        sheet: &str,
    ) -> Result<Option<Box<dyn SheetRows + 'a>>, ExtractError> {
        let Self { path, inner, .. } = self;
        match grid::guard(path, || inner.worksheet_cells_reader(sheet))? {
            Ok(cells) => {
                Ok(Some(Box::new(Rows { path, cells, ahead: None, ended: false, next: 0 })))
            }
            Err(XlsxError::NotAWorksheet(_)) => Ok(None),
            Err(error) => Err(explain(path, &error)),
        }
    }
}

/// The library's errors can quote a cell; ours do not.
fn explain(path: &Path, error: &XlsxError) -> ExtractError {
    match error {
        XlsxError::Password => ExtractError::Encrypted { file: path.into() },
        XlsxError::Zip(_) => ExtractError::damaged(path, None, "a part of it cannot be unpacked"),
        XlsxError::FileNotFound(_)
        | XlsxError::RelationshipNotFound
        | XlsxError::WorksheetNotFound(_) => {
            ExtractError::damaged(path, None, "a part of it is missing")
        }
        _ => ExtractError::damaged(path, None, "a part of it is not as it should be"),
    }
}

struct Rows<'a> {
    path: &'a Path,
    cells: XlsxCellReader<'a, Bytes>,
    /// The first cell of the next row.
    ahead: Option<calamine::Cell<DataRef<'a>>>,
    ended: bool,
    /// Rows before this one have passed.
    next: u64,
}

impl SheetRows for Rows<'_> {
    fn next(&mut self, row: &mut Row) -> Result<bool, ExtractError> {
        let path = self.path;
        grid::guard(path, || self.advance(row))?
    }
}

impl<'a> Rows<'a> {
    fn advance(&mut self, row: &mut Row) -> Result<bool, ExtractError> {
        loop {
            let Some(first) = self.take()? else { return Ok(false) };
            let index = first.get_position().0;
            if u64::from(index) < self.next || u64::from(index) >= Limits::DEFAULT.sheet_rows {
                return Err(ExtractError::damaged(self.path, None, "its rows are not in order"));
            }
            self.next = u64::from(index) + 1;
            row.reset(u64::from(index));
            put(row, &first);
            while let Some(cell) = self.take()? {
                if cell.get_position().0 != index {
                    self.ahead = Some(cell);
                    break;
                }
                put(row, &cell);
            }
            if !row.is_blank() {
                row.settle();
                return Ok(true);
            }
        }
    }

    fn take(&mut self) -> Result<Option<calamine::Cell<DataRef<'a>>>, ExtractError> {
        if self.ahead.is_some() {
            return Ok(self.ahead.take());
        }
        if self.ended {
            return Ok(None);
        }
        let cell = self.cells.next_cell().map_err(|e| explain(self.path, &e))?;
        self.ended = cell.is_none();
        Ok(cell)
    }
}

fn put(row: &mut Row, cell: &calamine::Cell<DataRef>) {
    let column = cell.get_position().1 as usize;
    match cell.get_value() {
        DataRef::Empty => {}
        DataRef::String(text) | DataRef::DurationIso(text) => row.put(column, Value::Text(text)),
        DataRef::SharedString(text) => row.put(column, Value::Text(text)),
        DataRef::Int(value) => row.put(column, Value::Text(&value.to_string())),
        DataRef::Float(value) => row.put(column, Value::Text(&grid::number(*value))),
        DataRef::Bool(value) => row.put(column, Value::Text(if *value { "true" } else { "false" })),
        DataRef::DateTime(moment) => match show(*moment) {
            Ok(text) => row.put(column, Value::Text(&text)),
            Err(reason) => row.put(column, Value::Bad(reason)),
        },
        DataRef::DateTimeIso(text) => row.put(column, Value::Text(grid::iso_moment(text))),
        DataRef::Error(_) => row.put(column, Value::Bad("the cell holds a formula's error")),
    }
}

/// A cell formatted as a date or time.
fn show(moment: ExcelDateTime) -> Result<String, &'static str> {
    let serial = moment.as_f64();
    if moment.is_duration() {
        return Ok(grid::number(serial));
    }
    if !(0.0..SERIAL_END).contains(&serial) {
        return Err("its date is out of range");
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    Ok(if serial < 1.0 {
        time
    } else if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{time}")
    })
}
