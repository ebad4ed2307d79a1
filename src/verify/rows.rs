//! How many rows of two tables differ: a number, and nothing of what they hold.

use std::path::Path;

use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use xxhash_rust::xxh3::xxh3_64;

use crate::quietly::quietly;

/// Rows that stand in one of two Parquet or csv files and not in the other, whatever their order;
/// the larger of both numbers. `None` for another file, or one that cannot be read.
pub(super) fn differing(a: &Path, b: &Path) -> Option<u64> {
    let hashes = |path: &Path| match path.extension()?.to_str()? {
        // A file that somebody has changed may be anything, and its readers may give up.
        "parquet" => quietly(|| parquet(path)).ok().flatten(),
        "csv" => csv(path),
        _ => None,
    };
    Some(unlike(hashes(a)?, hashes(b)?))
}

/// How many items of two lists have no equal in the other, each for one: the larger number.
fn unlike(mut a: Vec<u64>, mut b: Vec<u64>) -> u64 {
    a.sort_unstable();
    b.sort_unstable();
    let (mut i, mut j, mut common) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                (i, j) = (i + 1, j + 1);
                common += 1;
            }
        }
    }
    (a.len().max(b.len()) - common) as u64
}

fn csv(path: &Path) -> Option<Vec<u64>> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path).ok()?;
    let mut hashes = Vec::new();
    let mut row = csv::ByteRecord::new();
    let mut text = Vec::new();
    while reader.read_byte_record(&mut row).ok()? {
        text.clear();
        for cell in &row {
            add(&mut text, Some(cell));
        }
        hashes.push(xxh3_64(&text));
    }
    Some(hashes)
}

fn parquet(path: &Path) -> Option<Vec<u64>> {
    let file = std::fs::File::open(path).ok()?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).ok()?.build().ok()?;
    let options = FormatOptions::default();
    let mut hashes = Vec::new();
    for batch in reader {
        let batch = batch.ok()?;
        let shown: Result<Vec<_>, _> = batch
            .columns()
            .iter()
            .map(|column| ArrayFormatter::try_new(column.as_ref(), &options))
            .collect();
        let shown = shown.ok()?;
        let mut text = Vec::new();
        for row in 0..batch.num_rows() {
            text.clear();
            for (column, shown) in batch.columns().iter().zip(&shown) {
                let cell = column.is_valid(row).then(|| shown.value(row).try_to_string().ok());
                add(&mut text, cell.flatten().as_ref().map(String::as_bytes));
            }
            hashes.push(xxh3_64(&text));
        }
    }
    Some(hashes)
}

/// Adds a cell so that no two rows of cells look the same.
fn add(text: &mut Vec<u8>, cell: Option<&[u8]>) {
    let length = cell.map_or(u64::MAX, |cell| cell.len() as u64);
    text.extend_from_slice(&length.to_le_bytes());
    text.extend_from_slice(cell.unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;

    use ::parquet::arrow::ArrowWriter;
    use arrow::array::{ArrayRef, RecordBatch, StringArray, UInt64Array};
    use proptest::prelude::*;

    use super::*;

    fn put(folder: &Path, name: &str, rows: &[(u64, Option<&str>)]) -> std::path::PathBuf {
        let path = folder.join(name);
        if name.ends_with("csv") {
            let row = |(n, text): &(u64, Option<&str>)| format!("{n},{}\r\n", text.unwrap_or(""));
            fs::write(&path, rows.iter().map(row).collect::<String>()).unwrap();
        } else {
            let numbers = UInt64Array::from_iter_values(rows.iter().map(|row| row.0));
            let texts: StringArray = rows.iter().map(|row| row.1).collect();
            let columns: [(&str, ArrayRef); 2] =
                [("row", Arc::new(numbers)), ("text", Arc::new(texts))];
            let batch = RecordBatch::try_from_iter_with_nullable(
                columns.map(|(name, column)| (name, column, true)),
            )
            .unwrap();
            let file = fs::File::create(&path).unwrap();
            let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
            writer.write(&batch).unwrap();
            writer.close().unwrap();
        }
        path
    }

    #[test]
    fn rows_that_differ_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        let rows = [(1, Some("a")), (2, Some("b")), (2, Some("b")), (3, None)];
        for end in ["csv", "parquet"] {
            let count = |other: &[(u64, Option<&str>)]| {
                let a = put(folder.path(), &format!("a.{end}"), &rows);
                let b = put(folder.path(), &format!("b.{end}"), other);
                differing(&a, &b).unwrap()
            };
            assert_eq!(count(&rows), 0);
            let mut turned = rows;
            turned.reverse();
            assert_eq!(count(&turned), 0, "the order is no difference of rows");
            assert_eq!(count(&rows[1..]), 1);
            assert_eq!(count(&[(1, Some("a")), (2, Some("b")), (2, Some("x")), (3, None)]), 1);
            assert_eq!(count(&[(9, None); 6]), 6);
        }
        // An empty text and no text are two things where both can be written.
        let a = put(folder.path(), "a.parquet", &[(3, None)]);
        let b = put(folder.path(), "b.parquet", &[(3, Some(""))]);
        assert_eq!(differing(&a, &b), Some(1));
    }

    #[test]
    fn what_is_no_table_has_no_rows() {
        let folder = tempfile::tempdir().unwrap();
        let good = put(folder.path(), "a.parquet", &[(1, None)]);
        let bytes = fs::read(&good).unwrap();
        for (i, cut) in [bytes[..bytes.len() / 2].to_vec(), b"PAR1".to_vec(), Vec::new()]
            .into_iter()
            .enumerate()
        {
            let bad = folder.path().join(format!("{i}.parquet"));
            fs::write(&bad, cut).unwrap();
            assert_eq!(differing(&good, &bad), None);
        }
        assert_eq!(differing(&good, &folder.path().join("none.parquet")), None);
        assert_eq!(differing(Path::new("a.xlsx"), Path::new("b.xlsx")), None);
    }

    proptest! {
        #[test]
        fn unlike_is_what_a_naive_count_finds(
            a in prop::collection::vec(0_u64..6, 0..20),
            b in prop::collection::vec(0_u64..6, 0..20),
        ) {
            let mut rest = b.clone();
            let mut alone = 0;
            for item in &a {
                match rest.iter().position(|other| other == item) {
                    Some(at) => { rest.swap_remove(at); }
                    None => alone += 1,
                }
            }
            prop_assert_eq!(unlike(a, b), alone.max(rest.len()) as u64);
        }
    }
}
