//! Parquet.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray,
    Float64Array, Int32Array, Int64Array, LargeStringArray, ListArray, RecordBatch, StringArray,
    StringViewArray, TimestampMicrosecondArray,
};
use arrow::datatypes::Int32Type;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use zvirka::extract::{self, ExtractError};
use zvirka::job::Format;

use super::{Files, WANTED, read, refused, source, try_read, values, wanted};

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
fn a_small_file_of_long_values_does_not_fill_memory() {
    let files = Files::new();
    let path = files.path("a.parquet");
    // One value of a megabyte and a bit, in every row: a gigabyte and more as text.
    let text = "а".repeat(600_000);
    let keys = Int32Array::from(vec![0; 2_000]);
    let values: ArrayRef = Arc::new(StringArray::from(vec![text.as_str()]));
    let long: ArrayRef = Arc::new(DictionaryArray::<Int32Type>::new(keys, values));
    let short: ArrayRef = Arc::new(StringArray::from(vec!["а"; 2_000]));
    let columns = [(WANTED[0], short.clone()), (WANTED[1], long), (WANTED[2], short)];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = WriterProperties::builder()
        .set_dictionary_page_size_limit(8 << 20)
        .set_statistics_enabled(EnabledStatistics::None)
        .build();
    let file = fs::File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    assert!(fs::metadata(&path).unwrap().len() < 8 << 20);
    let (seen, rows) = read(&source(&[path], Format::Parquet));
    assert_eq!((rows.len(), seen.rejected.len()), (2_000, 2_000));
    assert_eq!(rows[&7], "а|-|а");
    assert_eq!(seen.rejected[0].reason, "it is longer than any value can be");
}
