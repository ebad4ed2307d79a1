//! Which format a file is of, by its name and its first bytes.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::error::Kind;
use crate::job::Format;

/// Bytes at the start of a file by which its format is told.
const HEAD: u64 = 4_096;

/// The format of a file: by its extension, unless its first bytes say otherwise; by its
/// first bytes alone where the extension says nothing.
///
/// `None` where neither says anything, or the file is of a format that is not read.
pub fn format_of(path: &Path) -> Option<Format> {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
    let by_name = match extension.as_str() {
        "csv" | "txt" => Some(Format::Csv),
        "tsv" | "tab" => Some(Format::Tsv),
        "xlsx" | "xlsm" => Some(Format::Xlsx),
        "ods" => Some(Format::Ods),
        "parquet" | "pq" => Some(Format::Parquet),
        "ndjson" | "jsonl" => Some(Format::Ndjson),
        _ => None,
    };
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    match (read.ok().and_then(|_| kind_of(&head)), by_name) {
        (Some(Kind::Xlsx), _) => Some(Format::Xlsx),
        (Some(Kind::Ods), _) => Some(Format::Ods),
        (Some(Kind::Parquet), _) => Some(Format::Parquet),
        // A container whose first entries do not tell: the name knows better.
        (Some(Kind::Zip), Some(format @ (Format::Xlsx | Format::Ods))) => Some(format),
        (Some(Kind::Zip | Kind::Gzip | Kind::Pdf), _) => None,
        // The reader says what is wrong with it.
        (Some(Kind::OldExcel), by_name) => by_name,
        (_, Some(format)) => Some(format),
        (Some(Kind::Text), None) => {
            let text = head.trim_ascii_start();
            // An array of objects: the reader says what is wrong with it.
            let objects = text.strip_prefix(b"[").map_or(text, <[u8]>::trim_ascii_start);
            let json = objects.first() == Some(&b'{');
            Some(if json { Format::Ndjson } else { Format::Csv })
        }
        (_, None) => None,
    }
}

/// What the first bytes of a file say it is; `None` where they say nothing.
pub(super) fn kind_of(head: &[u8]) -> Option<Kind> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Some(kind_of_zip(head));
    }
    if head.starts_with(b"PAR1") || head.starts_with(b"PARE") {
        return Some(Kind::Parquet);
    }
    if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Some(Kind::OldExcel);
    }
    if head.starts_with(&[0x1F, 0x8B]) {
        return Some(Kind::Gzip);
    }
    if head.starts_with(b"%PDF-") {
        return Some(Kind::Pdf);
    }
    let start = head[..head.len().min(512)].to_ascii_lowercase();
    let start = start.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(&start).trim_ascii_start();
    if start.starts_with(b"<!doctype html") || start.starts_with(b"<html") {
        return Some(Kind::Html);
    }
    let is_utf16 = head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]);
    (!head.is_empty() && (is_utf16 || !head.contains(&0))).then_some(Kind::Text)
}

/// A container names its entries as it goes, so the first ones stand in the head.
fn kind_of_zip(head: &[u8]) -> Kind {
    let has = |name: &[u8]| head.windows(name.len()).any(|window| window == name);
    if has(b"application/vnd.oasis.opendocument.spreadsheet") {
        Kind::Ods
    } else if has(b"[Content_Types].xml") || has(b"xl/") {
        Kind::Xlsx
    } else {
        Kind::Zip
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_told_from_text_by_its_first_brackets() {
        let home = tempfile::tempdir().unwrap();
        for (text, format) in [
            ("{\"a\":1}\n", Format::Ndjson),
            (" [\n {\"a\":1}]", Format::Ndjson),
            ("[a];b\n1;2\n", Format::Csv),
            ("a;{b}\n1;2\n", Format::Csv),
        ] {
            let path = home.path().join("list.json");
            std::fs::write(&path, text).unwrap();
            assert_eq!(format_of(&path), Some(format), "{text}");
        }
    }
}
