//! The candidate list as Parquet for programs, CSV for anything, XLSX for people.
//!
//! Parquet and CSV have the keys of fields and statuses, XLSX has words in the language of the
//! lists, as all sentences have. Lists stay lists in Parquet; elsewhere their items are parted
//! by `; `.
//!
//! A spreadsheet takes a cell of a CSV file that begins like a formula for one. Such a
//! cell is written with an apostrophe before it ([`guard`]); nothing else is changed, and
//! taking one apostrophe away from what begins with apostrophes and then a formula gives
//! back the value. Parquet and XLSX hold text as text and need no guard.

mod about;
mod list;
mod names;

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

use crate::quietly::quietly;
use crate::verdict::Status;

use super::candidates::{Candidate, Candidates};
use super::folder::{Fault, Sink};
use super::tables::{BATCH, append_texts, parquet_writer, text, texts};

/// Characters that fit a cell, in UTF-16 units.
const CELL_UNITS: usize = 32_767;

pub(super) use list::xlsx;

/// A column of the list: key, Ukrainian and English heading, width in characters.
type ListColumn = (&'static str, (&'static str, &'static str), u8);

/// Columns before the fields of the school record.
const BEFORE: [ListColumn; 4] = [
    ("rank", ("№", "No."), 7),
    ("child", ("Дитина", "Child"), 22),
    ("status", ("Статус", "Status"), 20),
    ("priority", ("Пріоритет", "Priority"), 11),
];

/// Columns after them.
const AFTER: [ListColumn; 8] = [
    ("statement", ("Висновок", "Finding"), 40),
    ("what_would_settle", ("Що з’ясувати", "What would settle it"), 70),
    ("searched", ("Де шукали", "Where it was searched"), 60),
    ("reasons", ("Підстави", "Reasons"), 70),
    ("possible_links", ("Можливі збіги", "Possible links"), 60),
    ("records", ("Шкільні записи", "School records"), 22),
    ("reason_codes", ("Коди підстав", "Codes of reasons"), 30),
    ("settle_code", ("Коди кроків", "Codes of steps"), 30),
];

/// Guards a cell of a CSV file against being read as a formula.
pub(crate) fn guard(cell: &str) -> Cow<'_, str> {
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
fn texts_after(row: &Candidate<'_>) -> [String; AFTER.len()] {
    [
        row.statement.clone(),
        row.what_would_settle.clone(),
        row.searched.join("; "),
        row.reasons.join("; "),
        row.links.join("; "),
        row.records.join("; "),
        row.codes.join("; "),
        row.settle_codes.join("; "),
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
    columns.extend(["statement", "what_would_settle"].map(|name| text(name, false)));
    columns.extend(AFTER[2..].iter().map(|(name, ..)| texts(name)));
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
    let mut sentences: [StringBuilder; 2] = Default::default();
    let mut lists: Vec<_> =
        AFTER[2..].iter().map(|_| ListBuilder::new(StringBuilder::new())).collect();
    for row in rows {
        ranks.append_value(row.rank);
        children.append_value(&row.child.id);
        statuses.append_value(row.child.status.key());
        priorities.append_value(row.child.priority);
        for (column, value) in values.iter_mut().zip(&row.values) {
            column.append_option(value.as_deref());
        }
        let [statement, settle] = &mut sentences;
        statement.append_value(&row.statement);
        settle.append_value(&row.what_would_settle);
        let own =
            [&row.searched, &row.reasons, &row.links, &row.records, &row.codes, &row.settle_codes];
        for (column, texts) in lists.iter_mut().zip(own) {
            append_texts(column, texts);
        }
    }
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(ranks.finish()),
        Arc::new(children.finish()),
        Arc::new(statuses.finish()),
        Arc::new(priorities.finish()),
    ];
    columns.extend(values.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef));
    columns.extend(sentences.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef));
    columns.extend(lists.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef));
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
    use proptest::prelude::*;

    use super::*;

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
}
