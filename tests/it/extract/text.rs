//! Delimited text, ndjson, and what is no table at all.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use proptest::prelude::*;
use rust_xlsxwriter::Workbook;
use zvirka::extract::{self, ExtractError};
use zvirka::field::Field;
use zvirka::job::Format;

use super::workbooks::book;
use super::{
    CSV, CSV_ROWS, Files, WANTED, encode, read, refused, source, try_read, values, wanted,
};

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
fn the_end_mark_of_dos_is_no_row() {
    let files = Files::new();
    let file = files.put("a.csv", "Прізвище;Ім'я;Дата народження\r\nА;Б;В\r\n\u{1a}");
    let (seen, rows) = read(&source(&[file], Format::Csv));
    assert_eq!((values(&rows), seen.rejected.len()), (vec!["А|Б|В"], 0));
}

#[test]
fn a_file_without_a_header_does_not_leak_into_the_error() {
    let files = Files::new();
    let file = files.put("a.csv", "Прізвищенко;Імена;01.02.2012\nПрізвіщенко;Іменна;02.03.2011\n");
    let error = refused(&source(&[file], Format::Csv)).to_string();
    assert!(!error.contains("енко"), "{error}");
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
