//! The candidate list as Parquet for programs, CSV for anything, XLSX for people.
//!
//! Parquet and CSV have the keys of fields and statuses, XLSX has Ukrainian words. Lists
//! stay lists in Parquet; elsewhere their items are parted by `; `.
//!
//! A spreadsheet takes a cell of a CSV file that begins like a formula for one. Such a
//! cell is written with an apostrophe before it ([`guard`]); nothing else is changed, and
//! taking one apostrophe away from what begins with apostrophes and then a formula gives
//! back the value. Parquet and XLSX hold text as text and need no guard.

use std::borrow::Cow;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, ListBuilder, StringBuilder, UInt16Builder, UInt64Builder};
use arrow::datatypes::{DataType, Field as Column, Schema};
use arrow::record_batch::RecordBatch;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};

use crate::field::Field;
use crate::quietly::quietly;
use crate::verdict::Status;

use super::candidates::{Candidate, Candidates};
use super::folder::{Fault, Sink};
use super::tables::{BATCH, append_texts, parquet_writer, text, texts};
use super::words::{self, Lang};

/// Rows of data that fit a sheet under its heading.
const SHEET_ROWS: usize = 1_048_575;

/// Characters that fit a cell, in UTF-16 units.
const CELL_UNITS: usize = 32_767;

/// Columns before the fields, and after them: key, Ukrainian heading, width in characters.
const BEFORE: [(&str, &str, u8); 4] = [
    ("rank", "№", 7),
    ("child", "Дитина", 22),
    ("status", "Статус", 20),
    ("priority", "Пріоритет", 11),
];
const AFTER: [(&str, &str, u8); 5] = [
    ("records", "Шкільні записи", 22),
    ("reasons", "Підстави", 70),
    ("reason_codes", "Коди підстав", 30),
    ("possible_links", "Можливі збіги", 60),
    ("what_would_settle", "Що з’ясувати", 70),
];

/// Guards a cell of a CSV file against being read as a formula.
pub(super) fn guard(cell: &str) -> Cow<'_, str> {
    let bare = cell.trim_start_matches('\'');
    let formula = bare.starts_with(['\t', '\r', '\n'])
        || bare
            .trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0')
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if formula { format!("'{cell}").into() } else { cell.into() }
}

/// Writes `candidates.csv`: UTF-8 with a byte-order mark, RFC 4180.
pub(super) fn csv(list: &Candidates<'_>, sink: &mut Sink) -> Result<(), Fault> {
    sink.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(sink);
    let keys = BEFORE.iter().map(|column| column.0);
    let fields = list.fields.iter().map(|field| field.key());
    writer.write_record(keys.chain(fields).chain(AFTER.iter().map(|column| column.0)))?;
    for row in list.rows() {
        writer.write_field(row.rank.to_string())?;
        writer.write_field(&*guard(&row.child.id))?;
        writer.write_field(row.child.status.key())?;
        writer.write_field(row.child.priority.to_string())?;
        for value in &row.values {
            writer.write_field(&*guard(value.as_deref().unwrap_or_default()))?;
        }
        for cell in texts_after(&row) {
            writer.write_field(&*guard(&cell))?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()?;
    Ok(())
}

/// The cells of [`AFTER`].
fn texts_after(row: &Candidate<'_>) -> [String; 5] {
    [
        row.records.join("; "),
        row.reasons.join("; "),
        row.codes.join("; "),
        row.links.join("; "),
        row.what_would_settle.clone(),
    ]
}

/// Writes `candidates.parquet`.
pub(super) fn parquet(list: &Candidates<'_>, sink: &mut Sink) -> Result<(), Fault> {
    let mut columns = vec![
        Column::new("rank", DataType::UInt64, false),
        text("child", false),
        text("status", false),
        Column::new("priority", DataType::UInt16, false),
    ];
    columns.extend(list.fields.iter().map(|field| text(field.key(), true)));
    columns.extend(["records", "reasons", "reason_codes", "possible_links"].map(texts));
    columns.push(text("what_would_settle", false));
    let schema = Arc::new(Schema::new(columns));
    let mut writer = parquet_writer(sink, schema.clone())?;
    let mut rows = list.rows().peekable();
    while rows.peek().is_some() {
        let columns = batch_columns(list.fields.len(), rows.by_ref().take(BATCH));
        writer.write(&RecordBatch::try_new(schema.clone(), columns)?)?;
    }
    writer.close()?;
    Ok(())
}

fn batch_columns<'a>(fields: usize, rows: impl Iterator<Item = Candidate<'a>>) -> Vec<ArrayRef> {
    let mut ranks = UInt64Builder::new();
    let mut children = StringBuilder::new();
    let mut statuses = StringBuilder::new();
    let mut priorities = UInt16Builder::new();
    let mut values: Vec<StringBuilder> = (0..fields).map(|_| StringBuilder::new()).collect();
    let list = || ListBuilder::new(StringBuilder::new());
    let (mut records, mut reasons, mut codes, mut links) = (list(), list(), list(), list());
    let mut settle = StringBuilder::new();
    for row in rows {
        ranks.append_value(row.rank);
        children.append_value(&row.child.id);
        statuses.append_value(row.child.status.key());
        priorities.append_value(row.child.priority);
        for (column, value) in values.iter_mut().zip(&row.values) {
            column.append_option(value.as_deref());
        }
        append_texts(&mut records, &row.records);
        append_texts(&mut reasons, &row.reasons);
        append_texts(&mut codes, &row.codes);
        append_texts(&mut links, &row.links);
        settle.append_value(&row.what_would_settle);
    }
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(ranks.finish()),
        Arc::new(children.finish()),
        Arc::new(statuses.finish()),
        Arc::new(priorities.finish()),
    ];
    columns.extend(values.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef));
    for mut column in [records, reasons, codes, links] {
        columns.push(Arc::new(column.finish()));
    }
    columns.push(Arc::new(settle.finish()));
    columns
}

/// Makes a workbook. Its library panics where a sheet's scratch file cannot be written:
/// that is a full disk, not a defect.
pub(super) fn on_disk(make: impl FnOnce() -> Result<(), Fault>) -> Result<(), Fault> {
    quietly(make).unwrap_or_else(|said| {
        Err(if said.starts_with("Couldn't write to xml file") {
            std::io::Error::from(std::io::ErrorKind::StorageFull).into()
        } else {
            "its writer failed".into()
        })
    })
}

/// Writes `candidates.xlsx`.
pub(super) fn xlsx(list: &Candidates<'_>, scratch: &Path, sink: &mut Sink) -> Result<(), Fault> {
    Ok(workbook(list, scratch, SHEET_ROWS)?.save_to_writer(sink)?)
}

/// The list as a workbook of as many sheets as its rows need.
fn workbook(
    list: &Candidates<'_>,
    scratch: &Path,
    sheet_rows: usize,
) -> Result<Workbook, XlsxError> {
    let mut headings: Vec<(&str, u8)> = BEFORE.map(|(_, name, width)| (name, width)).to_vec();
    for &field in &list.fields {
        headings.push((words::field(field, Lang::Uk), field_width(field)));
    }
    headings.extend(AFTER.map(|(_, name, width)| (name, width)));

    let mut workbook = new_workbook("Список дітей без підтвердженого статусу", scratch)?;
    let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let top = Format::new().set_align(FormatAlign::Top);
    let mut rows = list.rows();
    let mut left = list.len();
    let mut number = 1;
    loop {
        let here = left.min(sheet_rows);
        // Rows go to disk as they are written.
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(match number {
            1 => "Діти".to_owned(),
            n => format!("Діти {n}"),
        })?;
        head(sheet, &headings, u32::try_from(here).unwrap_or(u32::MAX))?;
        // The number, the child and the status stay in sight.
        sheet.set_freeze_panes(1, 3)?;
        sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
        for (at, row) in rows.by_ref().take(here).enumerate() {
            write_row(sheet, u32::try_from(at + 1).unwrap_or(u32::MAX), &row, &top, &wrap)?;
        }
        left -= here;
        number += 1;
        if left == 0 {
            return Ok(workbook);
        }
    }
}

fn write_row(
    sheet: &mut Worksheet,
    at: u32,
    row: &Candidate<'_>,
    top: &Format,
    wrap: &Format,
) -> Result<(), XlsxError> {
    // Numbers below 2^53 are exact in a cell.
    sheet.write_number_with_format(at, 0, row.rank as f64, top)?;
    sheet.write_string_with_format(at, 1, cell(&row.child.id), top)?;
    sheet.write_string_with_format(at, 2, words::status(row.child.status, Lang::Uk), top)?;
    sheet.write_number_with_format(at, 3, row.child.priority, top)?;
    let mut column = 4;
    for value in &row.values {
        if let Some(value) = value {
            sheet.write_string_with_format(at, column, cell(value), top)?;
        }
        column += 1;
    }
    for text in texts_after(row) {
        sheet.write_string_with_format(at, column, cell(&text), wrap)?;
        column += 1;
    }
    Ok(())
}

const fn field_width(field: Field) -> u8 {
    match field {
        Field::FullName => 36,
        Field::Surname | Field::Patronymic | Field::Certificate | Field::Document => 20,
        Field::School | Field::Region => 24,
        Field::Sex | Field::Grade => 9,
        _ => 16,
    }
}

/// A workbook without times; its sheets put their scratch files in `scratch`.
pub(super) fn new_workbook(title: &str, scratch: &Path) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_tempdir(scratch)?;
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(
        &DocProperties::new().set_title(title).set_author("zvirka").set_creation_datetime(&created),
    );
    Ok(workbook)
}

/// Headings in the first row, in sight when the rest scrolls, with filters; widths.
pub(super) fn head(
    sheet: &mut Worksheet,
    headings: &[(&str, u8)],
    rows: u32,
) -> Result<(), XlsxError> {
    let bold = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_background_color("#DCE6F1");
    let mut column = 0;
    for (name, width) in headings {
        sheet.set_column_width(column, *width)?;
        sheet.write_string_with_format(0, column, *name, &bold)?;
        column += 1;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofilter(0, 0, rows, column.saturating_sub(1))?;
    Ok(())
}

/// A text cut to what a cell holds.
pub(super) fn cell(text: &str) -> Cow<'_, str> {
    // UTF-8 never has fewer bytes than UTF-16 has units.
    if text.len() <= CELL_UNITS {
        return text.into();
    }
    let mut units = 0;
    for (at, letter) in text.char_indices() {
        units += letter.len_utf16();
        if units > CELL_UNITS {
            // Room for the mark is made by dropping one more letter.
            let kept = text[..at].char_indices().next_back().map_or(0, |(last, _)| last);
            return format!("{}…", &text[..kept]).into();
        }
    }
    text.into()
}

/// Statuses of the candidate list.
pub(super) fn candidate_statuses() -> impl Iterator<Item = Status> {
    Status::ALL.into_iter().filter(|status| status.is_candidate())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};
    use proptest::prelude::*;

    use super::*;
    use crate::report::testing::Invented;

    /// The other way, as documented.
    fn unguard(cell: &str) -> &str {
        match cell.strip_prefix('\'') {
            Some(rest) if guard(rest) != rest => rest,
            _ => cell,
        }
    }

    #[test]
    fn formulas_are_guarded() {
        for cell in [
            "=1+1",
            "+380",
            "-1",
            "@SUM(1)",
            "\tx",
            "\rx",
            "\nx",
            " =1",
            "＝1",
            "\u{feff}=1",
            "'=1",
            "\0=1",
        ] {
            assert_eq!(guard(cell), format!("'{cell}"), "{cell:?}");
        }
        for cell in ["", "Мар'яна", "'єднання", "І-МИ", "1-2", "a=b"] {
            assert_eq!(guard(cell), cell);
        }
    }

    proptest! {
        #[test]
        fn guarding_can_be_undone(cell in "['=+@\\-\t\r\n a＝\u{feff}]{0,6}") {
            let guarded = guard(&cell);
            prop_assert_eq!(unguard(&guarded), &cell);
            prop_assert!(!guarded.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝']));
        }

        #[test]
        fn cells_hold_what_fits(text in "(я|😀|a){0,40}", times in 1_usize..4000) {
            let text = text.repeat(times);
            let cut = cell(&text);
            prop_assert!(cut.encode_utf16().count() <= CELL_UNITS);
            if text.encode_utf16().count() <= CELL_UNITS {
                prop_assert_eq!(&*cut, text.as_str());
            } else {
                prop_assert!(cut.encode_utf16().count() >= CELL_UNITS - 3);
            }
        }
    }

    #[test]
    fn a_long_list_goes_on_on_the_next_sheet() {
        let invented = Invented::new();
        let run = invented.run();
        let list = Candidates::collect(&run).unwrap();
        assert!(list.len() > 3);
        let scratch = tempfile::tempdir().unwrap();
        let bytes = workbook(&list, scratch.path(), 3).unwrap().save_to_buffer().unwrap();
        let mut read: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let names = read.sheet_names();
        assert_eq!(names.len(), list.len().div_ceil(3));
        let mut ranks = Vec::new();
        for name in names {
            let range = read.worksheet_range(&name).unwrap();
            let mut rows = range.rows();
            assert_eq!(rows.next().unwrap()[0], Data::String("№".to_owned()));
            ranks.extend(rows.map(|row| row[0].clone()));
        }
        let wanted: Vec<_> = (1..=list.len()).map(|rank| Data::Float(rank as f64)).collect();
        assert_eq!(ranks, wanted);
    }
}
