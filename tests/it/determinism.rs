//! The same bytes for any number of threads; the same answers, row numbers aside, for
//! any order of rows and any cut of a source into files.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use arrow::array::UInt64Array;
use calamine::Data;
use parquet::arrow::ArrowWriter;
use rust_xlsxwriter::{Format, Workbook};

use crate::support::{
    Row, SOURCES, assert_same, batch, csv_table, lasting, manifest, run, sample_folder, sheets,
    table, tell,
};

#[test]
fn threads_and_repetition_change_no_byte() {
    let folder = sample_folder();
    let first = {
        run(folder.path());
        lasting(&folder.path().join("out"))
    };
    assert_eq!(first.len(), 11);
    for threads in ["1", "2", "8"] {
        let told =
            tell(folder.path(), &["run", "job.toml", "--out", "again", "--threads", threads, "-q"]);
        assert_eq!(told.code, 0);
        assert_same(&first, &lasting(&folder.path().join("again")));
    }
}

/// Place → the old place of the row that is there now.
pub(crate) type Shuffle = Vec<usize>;

/// A shuffle without chance.
fn shuffle(rows: usize, seed: u64) -> Shuffle {
    let mut places: Vec<usize> = (0..rows).collect();
    places.sort_by_key(|&i| xxhash_rust::xxh3::xxh3_64_with_seed(&i.to_le_bytes(), seed));
    assert!(rows < 3 || !places.is_sorted());
    places
}

/// Shuffles the rows of a delimited file, byte for byte.
pub(crate) fn shuffle_csv(path: &Path, delimiter: u8, seed: u64) -> Shuffle {
    let bytes = fs::read(path).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes.as_slice());
    let records: Vec<csv::ByteRecord> = reader.byte_records().map(Result::unwrap).collect();
    let (head, rows) = records.split_first().unwrap();
    let places = shuffle(rows.len(), seed);
    let mut writer =
        csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_path(path).unwrap();
    writer.write_byte_record(head).unwrap();
    for &place in &places {
        writer.write_byte_record(&rows[place]).unwrap();
    }
    writer.flush().unwrap();
    places
}

fn write_parquet(path: &Path, rows: &arrow::array::RecordBatch) {
    let file = fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, rows.schema(), None).unwrap();
    writer.write(rows).unwrap();
    writer.close().unwrap();
}

fn shuffle_parquet(path: &Path, seed: u64) -> Shuffle {
    let rows = batch(path);
    let places = shuffle(rows.num_rows(), seed);
    let taken = UInt64Array::from_iter_values(places.iter().map(|&place| place as u64));
    let shuffled = arrow::compute::take_record_batch(&rows, &taken).unwrap();
    write_parquet(path, &shuffled);
    places
}

/// Shuffles the rows below the headings of a workbook's first sheet.
fn shuffle_xlsx(path: &Path, seed: u64) -> Shuffle {
    let book = sheets(&fs::read(path).unwrap());
    let (name, cells) = &book[0];
    let is_head = |row: &Vec<Data>| row.contains(&Data::String("Прізвище".to_owned()));
    let above = cells.iter().position(is_head).unwrap() + 1;
    let places = shuffle(cells.len() - above, seed);
    let mut written = Workbook::new();
    let day = Format::new().set_num_format("dd.mm.yyyy");
    let sheet = written.add_worksheet().set_name(name).unwrap();
    let rows = (0..above).chain(places.iter().map(|place| above + place));
    for (to, from) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(&cells[from]) {
            match cell {
                Data::Empty => continue,
                Data::DateTime(at) => sheet.write_with_format(to, column, at.as_f64(), &day),
                Data::Float(number) => sheet.write(to, column, *number),
                Data::String(text) => sheet.write(to, column, text),
                other => panic!("the sample has no such cells: {other:?}"),
            }
            .unwrap();
        }
    }
    written.save(path).unwrap();
    places
}

/// Puts the old row numbers into texts that name records as `source:row`.
fn with_old_rows(text: &str, shuffles: &BTreeMap<&str, Shuffle>) -> String {
    let mut text = text.to_owned();
    for (source, places) in shuffles {
        let mut mapped = String::new();
        let mut rest = text.as_str();
        let mark = format!("{source}:");
        while let Some(at) = rest.find(&mark) {
            let (before, after) = rest.split_at(at + mark.len());
            mapped.push_str(before);
            let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            match after[..digits].parse::<usize>() {
                Ok(row) if row < places.len() => mapped.push_str(&places[row].to_string()),
                // An id of the source.
                _ => mapped.push_str(&after[..digits]),
            }
            rest = &after[digits..];
        }
        mapped.push_str(rest);
        text = mapped;
    }
    text
}

/// `[a, b]` with its items sorted: records of a child have no order of their own.
fn sorted_list(text: &str) -> String {
    let mut items: Vec<&str> = text.trim_matches(['[', ']']).split(", ").collect();
    items.sort_unstable();
    items.join(", ")
}

#[test]
fn the_order_of_rows_changes_nothing_but_row_numbers() {
    let folder = sample_folder();
    run(folder.path());
    let before = folder.path().join("before");
    fs::rename(folder.path().join("out"), &before).unwrap();

    let at = |name: &str| folder.path().join(name);
    let shuffles = BTreeMap::from([
        ("aikom", shuffle_xlsx(&at("aikom.xlsx"), 1)),
        ("kurs", shuffle_csv(&at("kurs.csv"), b';', 2)),
        ("births", shuffle_parquet(&at("drats.parquet"), 3)),
        ("ehealth", shuffle_parquet(&at("ehealth.parquet"), 4)),
        ("border", shuffle_csv(&at("border.csv"), b',', 5)),
        ("missing", shuffle_csv(&at("missing.csv"), b',', 6)),
        ("deaths", shuffle_csv(&at("deaths.csv"), b',', 7)),
        ("idp", shuffle_csv(&at("vpo.csv"), b',', 8)),
    ]);
    assert_eq!(shuffles.len(), SOURCES.len());
    run(folder.path());
    let after = folder.path().join("out");

    assert_same_but_for_rows(&before, &after, &shuffles);
}

/// That two runs, the second after the shuffles, say the same of the same rows.
pub(crate) fn assert_same_but_for_rows(
    before: &Path,
    after: &Path,
    shuffles: &BTreeMap<&str, Shuffle>,
) {
    let old_row = |row: &mut Row, source: &str, column: &str| {
        let places = &shuffles[row[source].as_str()];
        let old = places[row[column].parse::<usize>().unwrap()];
        row.insert(column.to_owned(), old.to_string());
    };
    // Children: the same ids in the same order, and every value to the last bit.
    let [old, new] = [before, after].map(|out| table(&out.join("children.parquet")));
    assert_eq!(old.len(), new.len());
    for (mut old, mut new) in old.into_iter().zip(new) {
        old_row(&mut new, "source", "row");
        let records = sorted_list(&with_old_rows(&new["records"], shuffles));
        new.insert("records".to_owned(), records);
        let records = sorted_list(&old["records"]);
        old.insert("records".to_owned(), records);
        assert_eq!(old, new);
    }
    // Links: the same pairs with the same weights, level by level.
    let [old, new] = [before, after].map(|out| table(&out.join("links.parquet")));
    let mut new: Vec<Row> = new;
    for link in &mut new {
        old_row(link, "population_source", "population_row");
        old_row(link, "registry", "registry_row");
    }
    let by_pair = |rows: Vec<Row>| {
        let mut pairs = BTreeMap::new();
        for row in rows {
            let pair = ["population_source", "population_row", "registry", "registry_row"]
                .map(|column| row[column].clone());
            assert!(pairs.insert(pair, row).is_none());
        }
        pairs
    };
    let (old, new) = (by_pair(old), by_pair(new));
    assert_eq!(old.keys().collect::<Vec<_>>(), new.keys().collect::<Vec<_>>());
    for (pair, old) in &old {
        assert_eq!(old, &new[pair]);
    }
    // The list, in its order, in all its forms.
    for file in ["candidates.parquet", "candidates.csv"] {
        let read = |out: &Path| {
            let path = out.join(file);
            if path.extension().is_some_and(|end| end == "csv") {
                csv_table(&path)
            } else {
                table(&path)
            }
        };
        let (old, mut new) = (read(before), read(after));
        assert_eq!(old.len(), new.len());
        for (old, new) in old.iter().zip(&mut new) {
            for column in ["possible_links", "what_would_settle", "records", "settle_code"] {
                if let Some(value) = new.get_mut(column) {
                    *value = with_old_rows(value, shuffles);
                }
            }
            assert_eq!(old, new, "{file}");
        }
    }
    let [mut old, mut new] = [before, after].map(|out| csv_table(&out.join("rejected.csv")));
    for row in &mut new {
        old_row(row, "source", "row");
    }
    let key = |row: &Row| format!("{row:?}");
    old.sort_by_key(key);
    new.sort_by_key(key);
    assert_eq!(old, new);

    let [old, new] = [before, after].map(lasting);
    for file in ["model.json", "report.html"] {
        assert!(old[file] == new[file], "{file} differs");
    }
    assert_eq!(sheets(&old["quality.xlsx"]).len(), sheets(&new["quality.xlsx"]).len());
    let [old, new] = [before, after].map(manifest);
    for key in [
        "counts",
        "thresholds",
        "children",
        "candidates",
        "statuses",
        "registers",
        "wrongly_confirmed",
    ] {
        assert_eq!(old[key], new[key], "{key}");
    }
}

#[test]
fn a_source_may_come_in_several_files() {
    let folder = sample_folder();
    run(folder.path());
    let before = folder.path().join("before");
    fs::rename(folder.path().join("out"), &before).unwrap();

    let kurs = fs::read(folder.path().join("kurs.csv")).unwrap();
    let ends: Vec<usize> =
        kurs.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(i, _)| i + 1).collect();
    let (head, cut) = (ends[0], ends[200]);
    fs::write(folder.path().join("kurs-1.csv"), &kurs[..cut]).unwrap();
    fs::write(folder.path().join("kurs-2.csv"), [&kurs[..head], &kurs[cut..]].concat()).unwrap();
    let births = batch(&folder.path().join("drats.parquet"));
    let (first, rest) = (births.slice(0, 777), births.slice(777, births.num_rows() - 777));
    write_parquet(&folder.path().join("drats-1.parquet"), &first);
    write_parquet(&folder.path().join("drats-2.parquet"), &rest);
    for whole in ["kurs.csv", "drats.parquet"] {
        fs::remove_file(folder.path().join(whole)).unwrap();
    }
    let job = fs::read_to_string(folder.path().join("job.toml")).unwrap();
    let job = job
        .replace("path = \"kurs.csv\"", "path = \"kurs-*.csv\"")
        .replace("path = \"drats.parquet\"", "path = [\"drats-2.parquet\", \"drats-1.parquet\"]");
    fs::write(folder.path().join("job.toml"), job).unwrap();
    run(folder.path());

    let (mut old, mut new) = (lasting(&before), lasting(&folder.path().join("out")));
    // It names the files.
    old.remove("manifest.json");
    new.remove("manifest.json");
    assert_same(&old, &new);
}
