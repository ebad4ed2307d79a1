//! The only place where this room looks at files, through `extract`.

use std::path::Path;

use super::init::Look;
use super::types::{Format, Source};

/// Format of a file, by its name.
pub(super) fn format_of(path: &Path) -> Option<Format> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    match extension.as_str() {
        "csv" | "txt" => Some(Format::Csv),
        "tsv" | "tab" => Some(Format::Tsv),
        "xlsx" | "xlsm" => Some(Format::Xlsx),
        "ods" => Some(Format::Ods),
        "parquet" | "pq" => Some(Format::Parquet),
        "ndjson" | "jsonl" => Some(Format::Ndjson),
        _ => None,
    }
}

/// Headings of a source.
pub(super) fn headings(source: &Source) -> Result<Vec<String>, String> {
    let Some(path) = source.files.first() else { return Ok(Vec::new()) };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let failed = |error: &dyn std::fmt::Display| format!("`{name}` cannot be read: {error}");
    let file = std::fs::File::open(path).map_err(|error| failed(&error))?;
    if source.format == Format::Parquet {
        use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
        let reader =
            ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| failed(&error))?;
        return Ok(reader.schema().fields().iter().map(|f| f.name().clone()).collect());
    }
    let mut line = Vec::new();
    let mut reader = std::io::BufReader::new(std::io::Read::take(file, 1 << 20));
    std::io::BufRead::read_until(&mut reader, b'\n', &mut line).map_err(|error| failed(&error))?;
    let label = source.encoding.as_deref().unwrap_or("utf-8");
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap_or(encoding_rs::UTF_8);
    let text = encoding.decode(&line).0.into_owned();
    let delimiter = source.delimiter.map_or_else(
        || *[';', '\t', ','].iter().find(|d| text.contains(**d)).unwrap_or(&','),
        char::from,
    );
    Ok(text.trim_end().split(delimiter).map(|h| h.trim_matches('"').to_owned()).collect())
}

/// Looks at one file: how it is written, its headings and its first `rows` rows.
pub(super) fn look(path: &Path, rows: usize) -> Result<Look, String> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let failed = |error: &dyn std::fmt::Display| format!("`{name}` cannot be read: {error}");
    let bytes = std::fs::read(path).map_err(|error| failed(&error))?;
    let text = String::from_utf8_lossy(&bytes);
    let first = text.lines().next().unwrap_or_default();
    let delimiter = *[';', '\t', ','].iter().find(|d| first.contains(**d)).unwrap_or(&',');
    let split = |line: &str| line.split(delimiter).map(str::to_owned).collect::<Vec<_>>();
    let sample = text.lines().skip(1).take(rows).map(|line| {
        split(line).into_iter().map(|value| Some(value).filter(|v| !v.is_empty())).collect()
    });
    Ok(Look {
        path: path.to_owned(),
        format: format_of(path).unwrap_or(Format::Csv),
        encoding: Some("utf-8".to_owned()),
        delimiter: Some(delimiter),
        sheets: Vec::new(),
        headings: split(first),
        sample: sample.collect(),
    })
}
