//! Files as people send them, and files that nobody should: what is read, what is
//! rejected, what is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    Array as _, ArrayRef, AsArray as _, BinaryArray, BooleanArray, Date32Array, Decimal128Array,
    DictionaryArray, Float64Array, Int32Array, Int64Array, LargeStringArray, ListArray,
    RecordBatch, StringArray, StringViewArray, TimestampMicrosecondArray,
};
use arrow::datatypes::Int32Type;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Workbook};
use tempfile::TempDir;
use zip::write::{SimpleFileOptions, ZipWriter};
use zvirka::extract::{self, Chunk, ExtractError, Extracted};
use zvirka::field::Field;
use zvirka::job::{Format, Role, Source};

/// A folder of files that goes away.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

const WANTED: [&str; 3] = ["Прізвище", "Ім'я", "Дата народження"];

fn source(files: &[PathBuf], format: Format) -> Source {
    let fields = [Field::Surname, Field::GivenName, Field::BirthDate];
    let columns = fields.into_iter().zip(WANTED).map(|(f, h)| (f, vec![h.to_string()])).collect();
    Source {
        name: "test".into(),
        role: Role::Population,
        files: files.to_vec(),
        format,
        encoding: None,
        delimiter: None,
        sheets: Vec::new(),
        columns,
        unique: false,
        evidence: None,
        scope: None,
    }
}

fn wanted() -> Vec<String> {
    WANTED.map(String::from).to_vec()
}

/// Rows by number, values joined by `|`, `-` for null.
type Rows = BTreeMap<u64, String>;

fn try_read(source: &Source, headings: &[String]) -> Result<(Extracted, Rows), ExtractError> {
    let mut rows = BTreeMap::new();
    let mut sink = |chunk: Chunk| {
        assert_eq!(chunk.rows.len(), chunk.batch.num_rows());
        for (i, row) in chunk.rows.iter().enumerate() {
            let cells = chunk.batch.columns().iter().map(|c| {
                let c = c.as_string::<i32>();
                if c.is_null(i) { "-".to_string() } else { c.value(i).to_string() }
            });
            let shown = cells.collect::<Vec<_>>().join("|");
            assert!(rows.insert(*row, shown).is_none(), "row {row} came twice");
        }
    };
    let extracted = extract::read(source, headings, &|done, all| assert!(done <= all), &mut sink)?;
    let lost = extracted.rejected.iter().filter(|r| r.whole_row).count() as u64;
    assert_eq!(extracted.rows, rows.len() as u64 + lost, "rows are delivered or rejected");
    assert_eq!(extracted.rows, extracted.files.iter().map(|f| f.rows).sum::<u64>());
    Ok((extracted, rows))
}

fn read(source: &Source) -> (Extracted, Rows) {
    try_read(source, &wanted()).unwrap_or_else(|e| panic!("{e}"))
}

/// The error for a file, by `read` and by `headings`; its text must bear file and remedy.
fn refused(source: &Source) -> ExtractError {
    let error = try_read(source, &wanted()).unwrap_err();
    let text = error.to_string();
    let file = source.files[0].file_name().unwrap().to_str().unwrap();
    assert!(text.contains(file), "no file in: {text}");
    assert!(text.contains("\nhint: "), "no remedy in: {text}");
    error
}

fn values(rows: &Rows) -> Vec<&str> {
    rows.values().map(String::as_str).collect()
}

const CSV: &str = "№;Прізвище;Ім’я;Дата народження;Школа\n\
    1;Вигадайло;Ївга;01.02.2012;\"ЗЗСО \"\"Мрія\"\"\"\n\
    2;Пробний;Єгор;03.04.2013;\"два\nрядки\"\n\
    \n\
    ;;;;\n\
    3;Ґудзик;;41000;x\n";
const CSV_ROWS: [&str; 3] =
    ["Вигадайло|Ївга|01.02.2012", "Пробний|Єгор|03.04.2013", "Ґудзик|-|41000"];

fn encode(text: &str, label: &str) -> Vec<u8> {
    match label {
        "utf-8" => text.as_bytes().to_vec(),
        "utf-8 with a mark" => format!("\u{feff}{text}").into_bytes(),
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "utf-16le with a mark" => encode(&format!("\u{feff}{text}"), "utf-16le"),
        "utf-16be with a mark" => encode(&format!("\u{feff}{text}"), "utf-16be"),
        other => {
            let encoding = encoding_rs::Encoding::for_label(other.as_bytes()).unwrap();
            let text = text.replace('’', "'").replace('№', "N");
            encoding.encode(&text).0.into_owned()
        }
    }
}

#[test]
fn text_is_read_in_every_encoding_and_with_every_delimiter() {
    let files = Files::new();
    for label in [
        "utf-8",
        "utf-8 with a mark",
        "utf-16le",
        "utf-16be",
        "utf-16le with a mark",
        "utf-16be with a mark",
        "windows-1251",
        "koi8-u",
    ] {
        for (delimiter, ends) in [(';', "\n"), (',', "\r\n"), ('\t', "\n"), ('|', "\r\n")] {
            let text = CSV.replace(';', &delimiter.to_string()).replace('\n', ends);
            let file = files.put("a.csv", encode(&text, label));
            let (seen, rows) = read(&source(&[file], Format::Csv));
            assert_eq!(values(&rows), CSV_ROWS, "{label} {delimiter:?}");
            assert_eq!((seen.rows, seen.blank), (3, 2), "{label} {delimiter:?}");
            assert_eq!(seen.rejected, []);
            assert_eq!(seen.files[0].delimiter, Some(delimiter));
            assert_eq!(seen.files[0].encoding.as_deref(), label.split(' ').next());
        }
    }
}

#[test]
fn cp866_is_read_found_or_set() {
    let files = Files::new();
    // cp866 has neither і nor ґ: Latin letters stood in.
    let text =
        "Прiзвище;Iм'я;Дата народження\nВигадайло;Ївга;01.02.2012\nПробна;Олена;02.03.2011\n";
    let file = files.put("a.csv", encode(text, "ibm866"));
    let mut found = source(&[file], Format::Csv);
    found.columns = [(Field::Surname, vec!["Прiзвище".to_string()])].into();
    for encoding in [None, Some("cp866"), Some("dos")] {
        found.encoding = encoding.map(Into::into);
        let (seen, rows) = try_read(&found, &["Прiзвище".into(), "Iм'я".into()]).unwrap();
        assert_eq!(values(&rows), ["Вигадайло|Ївга", "Пробна|Олена"]);
        assert_eq!(seen.files[0].encoding.as_deref(), Some("cp866"));
    }
}

#[test]
fn old_mac_line_ends_are_line_ends() {
    let files = Files::new();
    let file = files.put("a.csv", "Прізвище;Ім'я;Дата народження\rА;Б;В\rГ;Д;Е");
    assert_eq!(values(&read(&source(&[file], Format::Csv)).1), ["А|Б|В", "Г|Д|Е"]);
}

#[test]
fn ragged_rows_are_rejected_unless_what_is_over_is_empty() {
    let files = Files::new();
    let text = "Прізвище;Ім'я;Дата народження\nА;Б;1\nА;Б\nА;Б;2;;\nА;Б;3;х\n А ;Б;4\n";
    let (seen, rows) = read(&source(&[files.put("a.csv", text)], Format::Csv));
    assert_eq!(rows.keys().copied().collect::<Vec<_>>(), [0, 2, 4]);
    let lost: Vec<_> = seen.rejected.iter().map(|r| (r.row.unwrap(), r.reason.as_str())).collect();
    assert_eq!(
        lost,
        [
            (1, "it has 2 fields where the header has 3"),
            (3, "it has 4 fields where the header has 3")
        ]
    );
}

#[test]
fn a_row_with_bad_bytes_is_lost_and_no_other() {
    let files = Files::new();
    let mut bytes = CSV.replace('\n', "\r\n").into_bytes();
    bytes.extend_from_slice(b"4;\xD0\xFF\xFE;x;y;z\r\n5;");
    bytes.extend_from_slice("Кінцевий;Ян;05.05.2010;\r\n".as_bytes());
    let (seen, rows) = read(&source(&[files.put("a.csv", bytes)], Format::Csv));
    assert_eq!((rows.len(), seen.rejected.len()), (4, 1));
    assert_eq!(seen.rejected[0].row, Some(3));
    assert_eq!(seen.rejected[0].reason, "it has bytes that are no text in utf-8");
    assert_eq!(rows[&4], "Кінцевий|Ян|05.05.2010");
    // windows-1251 has no letter at 0x98.
    let mut bytes = encode(CSV, "windows-1251");
    bytes.extend_from_slice(b"4;\x98;x;y;z\n");
    let (seen, rows) = read(&source(&[files.put("b.csv", bytes)], Format::Csv));
    assert_eq!((rows.len(), seen.rejected.len()), (3, 1));
}

#[test]
fn a_stray_quote_loses_its_row_and_no_other() {
    let files = Files::new();
    let mut text = String::from("Прізвище;Ім'я;Дата народження;Школа\n");
    for i in 0..3_000 {
        let school = if i == 700 { "\"Мрія" } else { "Мрія" };
        writeln!(text, "Тест{i};Ім;{i};{school}").unwrap();
    }
    let (seen, rows) = read(&source(&[files.put("a.csv", text)], Format::Csv));
    assert_eq!((seen.rows, rows.len()), (3_000, 2_999));
    assert_eq!(seen.rejected[0].row, Some(700));
    assert_eq!(rows[&2_999], "Тест2999|Ім|2999");
}

#[test]
fn titles_above_and_headings_again_are_no_children() {
    let files = Files::new();
    let text = "Список учнів;;\n;станом на 01.09.2023;\n\nПрізвище;Ім'я;Дата народження\nА;Б;1\n\
        Прізвище;Ім'я;Дата народження\nВ;Г;2\n";
    let (seen, rows) = read(&source(&[files.put("a.csv", text)], Format::Csv));
    assert_eq!(values(&rows), ["А|Б|1", "В|Г|2"]);
    assert_eq!(seen.rejected[0].reason, "it repeats the headings");
}

#[test]
fn only_headings_is_a_source_without_rows() {
    let files = Files::new();
    let csv = files.put("a.csv", "Прізвище;Ім'я;Дата народження\n");
    let (seen, rows) = read(&source(&[csv], Format::Csv));
    assert_eq!((seen.rows, rows.len()), (0, 0));
    let book = files.path("a.xlsx");
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write_row(0, 0, WANTED).unwrap();
    workbook.save(&book).unwrap();
    assert_eq!(read(&source(&[book], Format::Xlsx)).0.rows, 0);
}

#[test]
fn what_is_no_table_is_refused_with_the_remedy() {
    let files = Files::new();
    let mut shown = String::new();
    let formats = [Format::Csv, Format::Xlsx, Format::Ods, Format::Parquet, Format::Ndjson];
    let png = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &[0, 1, 2, 3, 250, 251]].concat();
    let old = [&[0xD0, 0xCF, 0x11, 0xE0][..], &[0; 600]].concat();
    let mut locked = old.clone();
    locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    for (name, bytes) in [
        ("empty", &b""[..]),
        ("blank", b"\n \n"),
        ("binary", &png),
        ("old_excel", &old),
        ("locked", &locked),
        ("pdf", b"%PDF-1.7\n\0"),
        ("gzip", &[0x1F, 0x8B, 8, 0, 0]),
        ("zip", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
        ("page", b"<html><table><tr><td>1</td></tr></table></html>"),
        ("numbers", b"1;2\n3;4\n"),
        ("array", b"[{\"a\":1}]"),
    ] {
        for format in formats {
            let error = refused(&source(&[files.put(name, bytes)], format)).to_string();
            let error = error.replace(files.0.path().to_str().unwrap(), "");
            writeln!(shown, "[{name} as {format:?}]\n{error}").unwrap();
        }
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn a_directory_and_nothing_are_refused() {
    let files = Files::new();
    let folder = files.path("folder.csv");
    fs::create_dir(&folder).unwrap();
    for format in [Format::Csv, Format::Xlsx, Format::Parquet, Format::Ndjson, Format::Ods] {
        let error = refused(&source(std::slice::from_ref(&folder), format));
        assert!(matches!(error, ExtractError::Directory { .. }));
        let error = refused(&source(&[files.path("nothing")], format));
        assert!(matches!(error, ExtractError::NotFound { .. }));
        assert!(extract::sniff(&folder, 5).is_err());
    }
}

#[test]
fn an_endless_line_is_refused() {
    let files = Files::new();
    let mut text = String::from("Прізвище;Ім'я;Дата народження\nА;Б;1\n");
    text.push_str(&"а;".repeat(1 << 20));
    let error = refused(&source(&[files.put("a.csv", &text)], Format::Csv));
    assert!(matches!(error, ExtractError::RecordTooLong { row: Some(1), line: 3, .. }), "{error}");
    let error = refused(&source(&[files.put("a.ndjson", "x".repeat(2 << 20))], Format::Ndjson));
    assert!(matches!(error, ExtractError::RecordTooLong { .. }), "{error}");
    // A gigabyte of one letter, and of nothing at all.
    let path = files.put("b.csv", "Прізвище;Ім'я;Дата народження\n");
    let file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.set_len(1 << 30).unwrap();
    let error = refused(&source(&[path], Format::Csv));
    assert!(matches!(error, ExtractError::Binary { .. }), "{error}");
}

#[test]
fn missing_and_doubled_headings_are_named() {
    let files = Files::new();
    let error = refused(&source(&[files.put("a.csv", "Прізвіще;Імʼя;x\nА;Б;1\n")], Format::Csv));
    let ExtractError::MissingHeadings { missing, .. } = &error else { panic!("{error}") };
    assert_eq!(
        missing.iter().map(|m| m.heading.as_str()).collect::<Vec<_>>(),
        [WANTED[0], WANTED[2]]
    );
    assert!(error.to_string().contains("did you mean \"Прізвіще\"?"));
    let text = "Прізвище;Ім'я;Дата народження;ПРІЗВИЩЕ\nА;Б;1;В\n";
    let error = refused(&source(&[files.put("a.csv", text)], Format::Csv));
    assert!(matches!(error, ExtractError::DuplicateHeading { columns: (1, 4), .. }));
    // A file of several that lacks what others have.
    let good = files.put("b.csv", "Прізвище;Ім'я;Дата народження\nА;Б;1\n");
    let bad = files.put("c.csv", "Прізвище;Ім'я;ДН\nА;Б;1\n");
    let error = extract::headings(&source(&[good, bad], Format::Csv)).unwrap_err();
    assert!(error.to_string().contains("c.csv"), "{error}");
}

#[test]
fn rows_are_numbered_through_files_and_picked_by_number() {
    let files = Files::new();
    let a = files.put("a.csv", encode(CSV, "windows-1251"));
    let b = files.put("b.csv", "Дата народження,Прізвище,Ім'я\n1,А\n2,В,Г\n");
    let source = source(&[a, b], Format::Csv);
    let (seen, rows) = read(&source);
    assert_eq!(seen.files.iter().map(|f| f.first_row).collect::<Vec<_>>(), [0, 3]);
    assert_eq!(rows.keys().copied().collect::<Vec<_>>(), [0, 1, 2, 4]);
    let headings = vec!["Прізвище".to_string()];
    let picked = extract::pick(&source, &headings, &BTreeSet::from([1, 3, 4, 99])).unwrap();
    let expected = [(1, vec![Some("Пробний".to_string())]), (4, vec![Some("В".to_string())])];
    assert_eq!(picked, expected.into());
    assert!(extract::pick(&source, &headings, &BTreeSet::new()).unwrap().is_empty());
}

fn book(path: &Path) {
    let mut workbook = Workbook::new();
    let date = CellFormat::new().set_num_format("dd.mm.yyyy");
    let moment = CellFormat::new().set_num_format("dd.mm.yyyy hh:mm");
    let bold = CellFormat::new().set_bold();
    let sheet = workbook.add_worksheet().set_name("5-А").unwrap();
    sheet.merge_range(0, 0, 0, 4, "Список учнів", &bold).unwrap();
    sheet.write(1, 1, "Прізвище та інше див. нижче").unwrap();
    sheet
        .write_row(3, 1, ["Прізвище", "Ім’я\n(повне)", "Дата  народження", "Клас", "Так"])
        .unwrap();
    sheet.write(3, 2, "ІМ’Я").unwrap();
    sheet.write_row(4, 1, ["Вигадайло", "Ївга"]).unwrap();
    sheet.write_with_format(4, 3, ExcelDateTime::from_ymd(2012, 2, 1).unwrap(), &date).unwrap();
    sheet.write(4, 4, 5).unwrap();
    sheet.write(4, 5, true).unwrap();
    // A blank row, then a serial number, then text, a moment, an error.
    sheet.write_row(6, 1, ["Пробний", "Єгор"]).unwrap();
    sheet.write(6, 3, 41_000).unwrap();
    sheet.write(6, 4, 5.5).unwrap();
    sheet.write_row(7, 1, ["Третя", "Ґанна", "03.04.2013"]).unwrap();
    sheet.write_row(8, 1, ["Четвертий", "Юрій"]).unwrap();
    let noon = ExcelDateTime::from_ymd(2012, 2, 1).unwrap().and_hms(12, 30, 0).unwrap();
    sheet.write_with_format(8, 3, noon, &moment).unwrap();
    sheet.write_row(9, 1, ["П'ята", "Яна"]).unwrap();
    sheet.write_formula(9, 3, rust_xlsxwriter::Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    let other = workbook.add_worksheet().set_name("Довідник").unwrap();
    other.write_row(0, 0, ["Код", "Назва"]).unwrap();
    other.write_row(1, 0, ["1", "Мрія"]).unwrap();
    let third = workbook.add_worksheet().set_name("5-Б").unwrap();
    third.write_row(0, 0, ["Дата народження", "Ім'я", "Прізвище"]).unwrap();
    third.write_row(1, 0, ["2012-01-01", "Ян", "Шостий"]).unwrap();
    workbook.save(path).unwrap();
}

#[test]
fn a_workbook_with_titles_and_several_sheets_is_read() {
    let files = Files::new();
    let path = files.path("a.xlsx");
    book(&path);
    let mut source = source(&[path], Format::Xlsx);
    let (seen, rows) = read(&source);
    assert_eq!(
        values(&rows),
        [
            "Вигадайло|Ївга|2012-02-01",
            "Пробний|Єгор|41000",
            "Третя|Ґанна|03.04.2013",
            "Четвертий|Юрій|2012-02-01T12:30:00",
            "П'ята|Яна|-",
            "Шостий|Ян|2012-01-01",
        ]
    );
    assert_eq!((seen.rows, seen.blank, seen.rejected.len()), (6, 1, 1));
    let bad = &seen.rejected[0];
    assert_eq!((bad.row, bad.field.as_str(), bad.whole_row), (Some(4), "Дата народження", false));
    let sheets: Vec<_> =
        seen.files.iter().map(|f| (f.sheet.as_deref().unwrap(), f.first_row)).collect();
    assert_eq!(sheets, [("5-А", 0), ("5-Б", 5)]);
    let (_, typed) = try_read(&source, &["Прізвище".into(), "Ім'я".into()]).unwrap();
    assert_eq!(typed.len(), 6);
    let picked = extract::pick(&source, &["Прізвище".into()], &BTreeSet::from([5])).unwrap();
    assert_eq!(picked[&5], [Some("Шостий".to_string())]);

    source.sheets = vec!["5-Б".into()];
    assert_eq!(values(&read(&source).1), ["Шостий|Ян|2012-01-01"]);
    source.sheets = vec!["5-В".into()];
    let error = refused(&source);
    assert!(error.to_string().contains("5-А, Довідник, 5-Б"), "{error}");
}

#[test]
fn a_sheet_with_a_misspelt_heading_is_not_left_out_silently() {
    let files = Files::new();
    let path = files.path("a.xlsx");
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_row(0, 0, WANTED).unwrap();
    sheet.write_row(1, 0, ["А", "Б", "1"]).unwrap();
    let sheet = workbook.add_worksheet().set_name("друга").unwrap();
    sheet.write_row(0, 0, ["Прізвище", "Ім'я", "Дата нарадження"]).unwrap();
    sheet.write_row(1, 0, ["В", "Г", "2"]).unwrap();
    workbook.save(&path).unwrap();
    let error = refused(&source(&[path], Format::Xlsx)).to_string();
    assert!(error.contains("друга") && error.contains("Дата нарадження"), "{error}");
}

#[test]
fn damaged_workbooks_are_refused_wherever_they_are_cut_or_changed() {
    let files = Files::new();
    let path = files.path("a.xlsx");
    book(&path);
    let whole = fs::read(&path).unwrap();
    for cut in (1..whole.len()).step_by(97) {
        refused(&source(&[files.put("cut.xlsx", &whole[..cut])], Format::Xlsx));
    }
    for at in (0..whole.len()).step_by(61) {
        let mut changed = whole.clone();
        changed[at] ^= 0x55;
        // Read or refused, never a panic.
        let _ = try_read(&source(&[files.put("b.xlsx", changed)], Format::Xlsx), &wanted());
    }
}

fn zipped(path: &Path, parts: &[(&str, &str)]) {
    let mut zip = ZipWriter::new(fs::File::create(path).unwrap());
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
}

const ODS_KIND: &str = "application/vnd.oasis.opendocument.spreadsheet";

fn ods(path: &Path, table: &str) {
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet>\
         <table:table table:name=\"Довідник\"><table:table-row><table:table-cell \
         office:value-type=\"string\"><text:p>Код</text:p></table:table-cell></table:table-row></table:table>\
         <table:table table:name=\"Учні\">{table}</table:table>\
         </office:spreadsheet></office:body></office:document-content>"
    );
    zipped(path, &[("mimetype", ODS_KIND), ("content.xml", &content)]);
}

fn ods_row(cells: &[&str]) -> String {
    let cell = |text: &&str| {
        let text = format!("<text:p>{text}</text:p>");
        format!("<table:table-cell office:value-type=\"string\">{text}</table:table-cell>")
    };
    let cells = cells.iter().map(cell).collect::<Vec<_>>().concat();
    format!("<table:table-row>{cells}</table:table-row>")
}

#[test]
fn an_ods_is_read_with_types_repeats_and_notes() {
    let files = Files::new();
    let path = files.path("a.ods");
    let table = [
        ods_row(&["Список"]),
        "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell \
         table:number-columns-repeated=\"1024\"/></table:table-row>"
            .into(),
        ods_row(&["Прізвище", "Ім&apos;я", "Дата народження"]),
        "<table:table-row table:number-rows-repeated=\"2\">\
         <table:table-cell office:value-type=\"string\"><office:annotation><text:p>примітка</text:p>\
         </office:annotation><text:p>Ви<text:span>га</text:span>дайло</text:p><text:p>друга</text:p>\
         </table:table-cell><table:table-cell/>\
         <table:table-cell office:value-type=\"date\" office:date-value=\"2012-02-01\"><text:p>01.02.12</text:p>\
         </table:table-cell></table:table-row>"
            .into(),
        "<table:table-row table:number-rows-repeated=\"3\"><table:table-cell/></table:table-row>".into(),
        "<table:table-row><table:table-cell office:value-type=\"float\" office:value=\"7\" \
         table:number-columns-repeated=\"2\"/><table:table-cell office:value-type=\"string\" \
         calcext:value-type=\"error\"><text:p>#REF!</text:p></table:table-cell></table:table-row>"
            .into(),
        "<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell \
         table:number-columns-repeated=\"16384\"/></table:table-row>"
            .into(),
    ];
    ods(&path, &table.concat());
    let (seen, rows) = read(&source(&[path], Format::Ods));
    assert_eq!(
        values(&rows),
        ["Вигадайло\nдруга|-|2012-02-01", "Вигадайло\nдруга|-|2012-02-01", "7|7|-"]
    );
    assert_eq!((seen.blank, seen.rejected.len()), (3, 1));
    assert_eq!(seen.files[0].sheet.as_deref(), Some("Учні"));
}

#[test]
fn an_ods_that_is_cut_off_or_inflates_is_refused() {
    let files = Files::new();
    let path = files.path("a.ods");
    let header = ods_row(&WANTED.map(|h| h));
    zipped(
        &path,
        &[
            ("mimetype", ODS_KIND),
            ("content.xml", "<table:table table:name=\"a\"><table:table-row>"),
        ],
    );
    assert!(matches!(
        refused(&source(std::slice::from_ref(&path), Format::Ods)),
        ExtractError::Damaged { .. }
    ));
    let many = ods_row(&["А"])
        .replace("<table:table-row>", "<table:table-row table:number-rows-repeated=\"99999999\">");
    ods(&path, &(header.clone() + &many));
    assert!(matches!(
        refused(&source(std::slice::from_ref(&path), Format::Ods)),
        ExtractError::TooLarge { .. }
    ));
    ods(&path, &(header + &ods_row(&[&"а".repeat(40 << 20)])));
    assert!(matches!(
        refused(&source(std::slice::from_ref(&path), Format::Ods)),
        ExtractError::TooLarge { .. }
    ));
    let locked = "<manifest:encryption-data/>";
    zipped(
        &path,
        &[("mimetype", ODS_KIND), ("META-INF/manifest.xml", locked), ("content.xml", "x")],
    );
    assert!(matches!(refused(&source(&[path], Format::Ods)), ExtractError::Encrypted { .. }));
}

#[test]
fn an_xlsx_that_lies_or_inflates_is_refused() {
    let files = Files::new();
    let good = files.path("good.xlsx");
    book(&good);
    let with = |name: &str, change: &dyn Fn(&str, String) -> String| {
        let path = files.path(name);
        let mut archive = zip::ZipArchive::new(fs::File::open(&good).unwrap()).unwrap();
        let mut zip = ZipWriter::new(fs::File::create(&path).unwrap());
        for i in 0..archive.len() {
            let mut entry = archive.by_index(i).unwrap();
            let name = entry.name().unwrap().into_owned();
            let text = std::io::read_to_string(&mut entry).unwrap();
            zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
            zip.write_all(change(&name, text).as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        refused(&source(&[path], Format::Xlsx))
    };
    let error = with("bomb.xlsx", &|name, text| match name {
        "xl/worksheets/sheet1.xml" => {
            text.replace("<sheetData>", &format!("<sheetData>{}", " ".repeat(64 << 20)))
        }
        _ => text,
    });
    assert!(matches!(error, ExtractError::TooLarge { .. }), "{error}");
    let error = with("liar.xlsx", &|name, text| match name {
        "xl/worksheets/sheet1.xml" => text.replace("t=\"s\"", "t=\"s\" "),
        "xl/sharedStrings.xml" => "<sst uniqueCount=\"88888888888\"><si><t>a</t></si></sst>".into(),
        _ => text,
    });
    assert!(matches!(error, ExtractError::Damaged { .. }), "{error}");
    let error = with("order.xlsx", &|name, text| match name {
        "xl/worksheets/sheet1.xml" => {
            text.replace("<sheetData>", "<sheetData><row r=\"9\"><c r=\"A9\"><v>1</v></c></row>")
        }
        _ => text,
    });
    assert!(matches!(error, ExtractError::Damaged { .. }), "{error}");
}

fn parquet_file(path: &Path, columns: Vec<(&str, ArrayRef)>) {
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true)))
            .unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(2)).build();
    let file = fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn parquet_of_any_type_becomes_text() {
    let files = Files::new();
    let path = files.path("a.parquet");
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("large", Arc::new(LargeStringArray::from(vec![Some("Ївга"), None, Some(" ")]))),
        ("view", Arc::new(StringViewArray::from(vec!["а", "б", "дуже довге слово для подання"]))),
        ("dict", Arc::new(vec!["x", "y", "x"].into_iter().collect::<DictionaryArray<Int32Type>>())),
        ("bytes", Arc::new(BinaryArray::from_vec(vec!["є".as_bytes(), b"\xff", b"z"]))),
        ("int", Arc::new(Int64Array::from(vec![Some(9_007_199_254_740_993), None, Some(-1)]))),
        ("float", Arc::new(Float64Array::from(vec![12.0, f64::NAN, 0.5]))),
        ("bool", Arc::new(BooleanArray::from(vec![true, false, true]))),
        ("date", Arc::new(Date32Array::from(vec![Some(15_371), None, Some(i32::MAX)]))),
        (
            "stamp",
            Arc::new(TimestampMicrosecondArray::from(vec![
                1_328_054_400_000_000,
                1_328_054_401_500_000,
                i64::MAX,
            ])),
        ),
        (
            "kyiv",
            // Midnights in Kyiv: winter, summer.
            Arc::new(
                TimestampMicrosecondArray::from(vec![
                    1_328_047_200_000_000,
                    1_341_090_000_000_000,
                    0,
                ])
                .with_timezone("Europe/Kyiv"),
            ),
        ),
        (
            "decimal",
            Arc::new(
                Decimal128Array::from(vec![1200, 1250, -5])
                    .with_precision_and_scale(10, 2)
                    .unwrap(),
            ),
        ),
    ];
    let names: Vec<String> = columns.iter().rev().map(|(name, _)| (*name).to_string()).collect();
    parquet_file(&path, columns);
    let mut all = source(&[path], Format::Parquet);
    all.columns.clear();
    let (seen, rows) = try_read(&all, &names).unwrap();
    assert_eq!(
        values(&rows),
        [
            "12|2012-02-01|2012-02-01|2012-02-01|true|12|9007199254740993|є|x|а|Ївга",
            "12.5|2012-07-01|2012-02-01T00:00:01|-|false|-|-|-|y|б|-",
            "-0.05|1970-01-01T02:00:00|-|-|true|0.5|-1|z|x|дуже довге слово для подання|-",
        ]
    );
    let bad: Vec<_> = seen.rejected.iter().map(|r| (r.row, r.field.as_str())).collect();
    assert_eq!(bad, [(Some(1), "bytes"), (Some(2), "stamp"), (Some(2), "date")]);
    let picked = extract::pick(&all, &["view".into()], &BTreeSet::from([2])).unwrap();
    assert_eq!(picked[&2], [Some("дуже довге слово для подання".to_string())]);
}

#[test]
fn parquet_files_of_one_source_may_differ_in_order_and_type() {
    let files = Files::new();
    let (a, b) = (files.path("a.parquet"), files.path("b.parquet"));
    let text = |v: Vec<&str>| Arc::new(StringArray::from(v)) as ArrayRef;
    let numbers = || Arc::new(Int32Array::from(vec![1, 2, 3])) as ArrayRef;
    let (left, right) = (text(vec!["а", "б", "в"]), text(vec!["г", "ґ", "д"]));
    let columns = [
        (WANTED[0], left.clone()),
        ("other", numbers()),
        (WANTED[1], right.clone()),
        (WANTED[2], numbers()),
    ];
    parquet_file(&a, columns.to_vec());
    parquet_file(&b, vec![(WANTED[2], left.clone()), (WANTED[1], left), ("ПРІЗВИЩЕ", right)]);
    let source = source(&[a, b], Format::Parquet);
    let (seen, rows) = read(&source);
    assert_eq!(values(&rows), ["а|г|1", "б|ґ|2", "в|д|3", "г|а|а", "ґ|б|б", "д|в|в"]);
    assert_eq!(seen.files[1].first_row, 3);
    let picked = extract::pick(&source, &wanted()[..1], &BTreeSet::from([1, 3, 5])).unwrap();
    let picked: Vec<_> =
        picked.into_iter().map(|(row, mut v)| (row, v.remove(0).unwrap())).collect();
    assert_eq!(picked, [(1, "б".into()), (3, "г".into()), (5, "д".into())]);
}

#[test]
fn damaged_and_nested_parquet_is_refused() {
    let files = Files::new();
    let path = files.path("a.parquet");
    let text = || Arc::new(StringArray::from(vec!["а", "б", "в"])) as ArrayRef;
    parquet_file(&path, WANTED.map(|h| (h, text())).to_vec());
    let whole = fs::read(&path).unwrap();
    for cut in (1..whole.len()).step_by(31) {
        let error = refused(&source(&[files.put("cut.parquet", &whole[..cut])], Format::Parquet));
        assert!(matches!(error, ExtractError::Damaged { .. } | ExtractError::WrongFormat { .. }));
    }
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x55;
        let _ = try_read(&source(&[files.put("b.parquet", changed)], Format::Parquet), &wanted());
    }
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1)]); 3]);
    parquet_file(
        &path,
        vec![(WANTED[0], text()), (WANTED[1], Arc::new(list)), (WANTED[2], text())],
    );
    let error = refused(&source(std::slice::from_ref(&path), Format::Parquet));
    assert!(
        matches!(&error, ExtractError::NotText { column, .. } if column == WANTED[1]),
        "{error}"
    );
    let sniffed = extract::sniff(&path, 1).unwrap();
    assert_eq!(sniffed.headings, WANTED);
    assert_eq!(sniffed.sample, [vec![Some("а".to_string()), None, Some("а".into())]]);
}

#[test]
fn ndjson_is_read_line_by_line() {
    let files = Files::new();
    let text = "{\"Прізвище\":\"А\",\"Ім'я\":\"Б\",\"n\":1}\n\
        \n\
        {\"ім'я\":null,\"Дата народження\":20120201,\"Прізвище\":\"В\"}\n\
        {\"Прізвище\":[1],\"Ім'я\":2.0,\"Дата народження\":true}\n\
        {\"Прізвище\":\n[1,2]\n{}\nсміття\n{\"Прізвище\":1,\"ПРІЗВИЩЕ\":2}\n";
    let source = source(&[files.put("a.ndjson", text)], Format::Ndjson);
    let (seen, rows) = read(&source);
    assert_eq!(values(&rows), ["А|Б|-", "В|-|20120201", "-|2|true", "-|-|-"]);
    let bad: Vec<_> = seen.rejected.iter().map(|r| (r.row.unwrap(), r.reason.as_str())).collect();
    assert_eq!(
        bad,
        [
            (2, "it is a list or an object, not one value"),
            (3, "the JSON object is cut off"),
            (4, "it is JSON, but no object"),
            (6, "it is no JSON"),
            (7, "two of its keys are one heading"),
        ]
    );
    assert_eq!(seen.blank, 1);
    let headings = extract::headings(&source).unwrap();
    assert_eq!(headings, ["Прізвище", "Ім'я", "n", "Дата народження"]);
}

#[test]
fn sniffing_tells_how_a_file_is_written() {
    let files = Files::new();
    let path = files.put("data.bin", encode(CSV, "windows-1251"));
    let sniffed = extract::sniff(&path, 2).unwrap();
    assert_eq!((sniffed.format, sniffed.delimiter), (Format::Csv, Some(';')));
    assert_eq!(sniffed.encoding.as_deref(), Some("windows-1251"));
    assert_eq!(sniffed.headings, ["N", "Прізвище", "Ім'я", "Дата народження", "Школа"]);
    assert_eq!(sniffed.sample.len(), 2);
    assert_eq!(sniffed.sample[0][4].as_deref(), Some("ЗЗСО \"Мрія\""));
    // A workbook under a wrong name.
    let path = files.path("wrong.csv");
    book(&files.path("a.xlsx"));
    fs::rename(files.path("a.xlsx"), &path).unwrap();
    let sniffed = extract::sniff(&path, 1).unwrap();
    assert_eq!((sniffed.format, sniffed.sheets), (Format::Xlsx, vec!["5-А".to_string()]));
    let error = refused(&source(&[path], Format::Csv));
    assert!(error.to_string().contains("format = \"xlsx\""), "{error}");
}

#[test]
fn a_source_of_nothing_but_rubbish_is_refused() {
    let files = Files::new();
    let text = String::from("Прізвище;Ім'я;Дата народження\n") + &"x\n".repeat(1_005_000);
    let error = refused(&source(&[files.put("a.csv", text)], Format::Csv));
    assert!(matches!(error, ExtractError::TooManyRejected { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..4_000), ndjson: bool) {
        let files = Files::new();
        let mut text = b"\xD0\x9F\xD1\x80\xD1\x96\xD0\xB7\xD0\xB2\xD0\xB8\xD1\x89\xD0\xB5;x\n".to_vec();
        text.extend_from_slice(&bytes);
        let headings = ["Прізвище".to_string()];
        for (name, bytes) in [("a", &bytes), ("b", &text)] {
            let format = if ndjson { Format::Ndjson } else { Format::Csv };
            let source = source(&[files.put(name, bytes)], format);
            // Rows = delivered + rejected is checked inside.
            let _ = try_read(&source, &headings);
            let _ = extract::sniff(&source.files[0], 3);
        }
    }

    #[test]
    fn any_delimited_soup_loses_no_row(text in "[ab\";\r\n \u{456}]{0,400}") {
        let files = Files::new();
        let source = source(&[files.put("a.csv", format!("Прізвище;Ім'я;Дата народження\n{text}"))], Format::Csv);
        let (_, _) = try_read(&source, &wanted()).unwrap();
    }

    #[test]
    fn what_the_csv_crate_writes_comes_back(
        rows in proptest::collection::vec(
            proptest::array::uniform3("[а-яіїєґ'\"; a-z0-9\n]{0,12}"), 1..40),
        delimiter in prop::sample::select(vec![b';', b',', b'\t', b'|']),
    ) {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(WANTED).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let files = Files::new();
        let source = source(&[files.put("a.csv", writer.into_inner().unwrap())], Format::Csv);
        let (seen, found) = read(&source);
        let shown = |row: &[String; 3]| {
            row.each_ref().map(|v| if v.trim().is_empty() { "-" } else { v.as_str() }).join("|")
        };
        // Rows that quote as many delimiters as a row has, over several lines, are doubted.
        let doubted = |row: &[String; 3]| {
            let text = row.concat();
            text.contains('\n') && text.bytes().filter(|b| *b == delimiter).count() >= 2
        };
        prop_assume!(!rows.iter().any(doubted));
        let expected: Vec<String> =
            rows.iter().filter(|r| r.iter().any(|v| !v.trim().is_empty())).map(shown).collect();
        prop_assert_eq!(found.into_values().collect::<Vec<_>>(), expected);
        prop_assert_eq!(seen.rejected, vec![]);
    }
}
