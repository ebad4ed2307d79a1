//! xlsx and ods.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Workbook};
use zip::write::{SimpleFileOptions, ZipWriter};
use zvirka::extract::{self, ExtractError};
use zvirka::job::Format;

use super::{Files, WANTED, read, refused, source, try_read, values, wanted};

pub(super) fn book(path: &Path) {
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
