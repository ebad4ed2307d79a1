//! A look into a zip container before a parser of workbooks sees it.
//!
//! Parsers hold an entry's text in memory and believe what it claims. So every XML entry
//! is inflated once, counted and thrown away; what is declared about sizes is not asked.

use std::fs::File;
use std::io::{BufReader, Read, Seek as _};
use std::path::Path;

use zip::ZipArchive;

use super::error::{ExtractError, Kind};
use super::format::kind_of;
use super::grid;
use super::limits::Limits;
use crate::job::Format;

/// Opens a workbook's file after checking what it costs to read.
pub(super) fn open_checked(path: &Path, expected: Format) -> Result<File, ExtractError> {
    let io = |e| ExtractError::io(path, e);
    let mut file = File::open(path).map_err(io)?;
    let mut head = Vec::new();
    file.by_ref().take(4_096).read_to_end(&mut head).map_err(io)?;
    if head.is_empty() {
        return Err(ExtractError::Empty { file: path.into() });
    }
    match kind_of(&head) {
        Some(Kind::Xlsx | Kind::Ods | Kind::Zip) => {}
        Some(Kind::OldExcel) if is_encrypted(&mut file).map_err(io)? => {
            return Err(ExtractError::Encrypted { file: path.into() });
        }
        looks_like => {
            return Err(ExtractError::WrongFormat { file: path.into(), expected, looks_like });
        }
    }
    file.rewind().map_err(io)?;
    let archive = grid::guard(path, || ZipArchive::new(BufReader::new(&file)))?;
    let mut archive =
        archive.map_err(|_| ExtractError::damaged(path, None, "its end is missing"))?;
    check(path, expected, &mut archive, &Limits::DEFAULT)?;
    drop(archive);
    file.rewind().map_err(io)?;
    Ok(file)
}

/// A workbook with a password is a container of the old kind with this stream in it.
fn is_encrypted(file: &mut File) -> std::io::Result<bool> {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    file.rewind()?;
    let (mut block, mut kept) = (Vec::new(), 0);
    loop {
        block.drain(..block.len() - kept);
        if file.by_ref().take(1 << 20).read_to_end(&mut block)? == 0 {
            return Ok(false);
        }
        if block.windows(name.len()).any(|window| window == name) {
            return Ok(true);
        }
        kept = block.len().min(name.len());
    }
}

fn check<R: Read + std::io::Seek>(
    path: &Path,
    expected: Format,
    archive: &mut ZipArchive<R>,
    limits: &Limits,
) -> Result<(), ExtractError> {
    let broken = || ExtractError::damaged(path, None, "a part of it cannot be unpacked");
    if archive.len() > limits.zip_entries {
        return Err(ExtractError::too_large(
            path,
            "the number of parts",
            limits.zip_entries as u64,
        ));
    }
    let (mut inflated, mut has_content, mut is_xlsx) = (0, false, false);
    for i in 0..archive.len() {
        let mut entry = match archive.by_index(i) {
            Ok(entry) => entry,
            // What is packed in a way that no workbook is.
            Err(zip::result::ZipError::UnsupportedArchive(what)) if what.contains("assword") => {
                return Err(ExtractError::Encrypted { file: path.into() });
            }
            Err(_) => return Err(broken()),
        };
        if entry.encrypted() {
            return Err(ExtractError::Encrypted { file: path.into() });
        }
        let name = String::from_utf8_lossy(entry.name_raw()).to_lowercase();
        is_xlsx |= name.contains("worksheets/");
        let extension = name.rsplit('.').next().unwrap_or_default();
        let part = match (expected, extension) {
            (Format::Ods, "xml") if name == "content.xml" => Part::Cells,
            (Format::Xlsx, "xml") if name.contains("worksheets/") => Part::Cells,
            (_, "xml") if name.ends_with("/sharedstrings.xml") => Part::Strings,
            (_, "xml" | "rels") => Part::Other,
            _ => continue,
        };
        has_content |= part == Part::Cells;

        let stored = entry.compressed_size().max(1);
        let mut scan = Scan { part, limits, run: 0, cell: 0, name: Vec::new(), in_name: false };
        let mut start = Vec::new();
        let (mut bytes, mut block) = (0u64, vec![0; 64 << 10]);
        loop {
            let n = entry.read(&mut block).map_err(|_| broken())?;
            if n == 0 {
                break;
            }
            bytes += n as u64;
            inflated += n as u64;
            if start.len() < 64 << 10 {
                start.extend_from_slice(&block[..n]);
            }
            if inflated > limits.inflated_bytes {
                return Err(ExtractError::too_large(
                    path,
                    "its unpacked size",
                    limits.inflated_bytes,
                ));
            }
            if part != Part::Cells && bytes > limits.held_bytes {
                let what = "the unpacked size of a part";
                return Err(ExtractError::too_large(path, what, limits.held_bytes));
            }
            if bytes > limits.ratio_from && bytes / stored > limits.ratio {
                let what = "the ratio of unpacked to packed size";
                return Err(ExtractError::too_large(path, what, limits.ratio));
            }
            if !scan.pass(&block[..n]) {
                return Err(ExtractError::too_large(path, "the size of a cell", limits.cell_bytes));
            }
        }
        if part == Part::Strings && !counts_truly(&start, bytes) {
            return Err(ExtractError::damaged(
                path,
                None,
                "its table of texts lies about its size",
            ));
        }
        if expected == Format::Ods && name == "meta-inf/manifest.xml" {
            let encrypted = start.windows(15).any(|window| window == b"encryption-data");
            if encrypted {
                return Err(ExtractError::Encrypted { file: path.into() });
            }
        }
    }
    if !has_content {
        return Err(ExtractError::WrongFormat {
            file: path.into(),
            expected,
            looks_like: Some(if is_xlsx { Kind::Xlsx } else { Kind::Zip }),
        });
    }
    Ok(())
}

/// What an entry is to the reader of the workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Cells, read as a stream.
    Cells,
    /// Shared strings, held in memory.
    Strings,
    /// Anything else.
    Other,
}

/// Watches for text that a parser would have to hold: runs without a tag, and text in
/// many runs that belongs to one cell.
struct Scan<'a> {
    part: Part,
    limits: &'a Limits,
    run: u64,
    cell: u64,
    name: Vec<u8>,
    in_name: bool,
}

impl Scan<'_> {
    /// Whether the bytes keep within the limits.
    fn pass(&mut self, mut bytes: &[u8]) -> bool {
        loop {
            // What is no name of a tag is only counted, up to the next tag.
            if !self.in_name {
                let text = memchr::memchr(b'<', bytes).unwrap_or(bytes.len());
                self.run += text as u64;
                self.cell += text as u64;
                let long = self.run > self.limits.cell_bytes || self.is_long_cell();
                if text > 0 && long {
                    return false;
                }
                bytes = &bytes[text..];
            }
            let Some((&byte, rest)) = bytes.split_first() else { return true };
            bytes = rest;
            self.run += 1;
            self.cell += 1;
            if byte == b'<' {
                self.run = 0;
                self.name.clear();
                self.in_name = true;
            } else if matches!(byte, b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n')
                && !self.name.is_empty()
            {
                self.in_name = false;
                if self.is_boundary() {
                    self.cell = 0;
                }
            } else if self.name.len() < 40 {
                self.name.push(byte);
            }
            if self.is_long_cell() {
                return false;
            }
        }
    }

    fn is_long_cell(&self) -> bool {
        self.cell > self.limits.cell_bytes && self.part != Part::Other
    }

    /// Whether a tag stands outside the text of one cell.
    fn is_boundary(&self) -> bool {
        let local = self.name.rsplit(|b| *b == b':').next().unwrap_or_default();
        !matches!(
            local.strip_prefix(b"/").unwrap_or(local),
            b"t" | b"r"
                | b"v"
                | b"f"
                | b"is"
                | b"rPr"
                | b"rFont"
                | b"sz"
                | b"color"
                | b"b"
                | b"i"
                | b"u"
                | b"family"
                | b"scheme"
                | b"charset"
                | b"vertAlign"
                | b"rPh"
                | b"phoneticPr"
                | b"strike"
                | b"p"
                | b"span"
                | b"s"
                | b"tab"
                | b"line-break"
                | b"a"
        )
    }
}

/// Whether the table of shared strings can hold as many as it claims: room for them is
/// made before they are read.
fn counts_truly(start: &[u8], bytes: u64) -> bool {
    let text = String::from_utf8_lossy(start);
    let Some(tag) = text.find("sst").and_then(|at| text.get(at..)) else { return false };
    let Some(tag) = tag.find('>').and_then(|end| tag.get(..end)) else { return false };
    let claims = |attribute: &str| {
        let value = tag.split(attribute).nth(1)?.trim_start().strip_prefix('=')?.trim_start();
        let digits: String = value.chars().skip(1).take_while(char::is_ascii_digit).collect();
        digits.parse::<u64>().ok().or(Some(u64::MAX))
    };
    // `<si/>` is the shortest string.
    claims("uniqueCount").is_none_or(|count| count <= bytes / 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(part: Part, text: &str) -> bool {
        let limits = Limits { cell_bytes: 100, ..Limits::DEFAULT };
        let mut scan =
            Scan { part, limits: &limits, run: 0, cell: 0, name: Vec::new(), in_name: false };
        // In pieces, as entries are inflated.
        text.as_bytes().chunks(7).all(|piece| scan.pass(piece))
    }

    #[test]
    fn a_cell_is_bounded_in_one_run_and_in_many() {
        assert!(passes(Part::Cells, &"<c r=\"A1\"><v>1</v></c>".repeat(50)));
        assert!(!passes(Part::Cells, &format!("<c><v>{}</v></c>", "1".repeat(101))));
        assert!(!passes(Part::Strings, &format!("<si>{}</si>", "<r><t>a</t></r>".repeat(10))));
        assert!(passes(Part::Other, &"<t>a</t>".repeat(50)));
        assert!(!passes(Part::Other, &"a".repeat(200)));
    }

    /// Byte by byte, as the rule reads.
    fn passes_slowly(part: Part, bytes: &[u8], limit: u64) -> bool {
        let limits = Limits { cell_bytes: limit, ..Limits::DEFAULT };
        let mut tag =
            Scan { part, limits: &limits, run: 0, cell: 0, name: Vec::new(), in_name: false };
        bytes.iter().all(|&byte| {
            tag.run += 1;
            tag.cell += 1;
            let mut text = false;
            if byte == b'<' {
                tag.run = 0;
                tag.name.clear();
                tag.in_name = true;
            } else if !tag.in_name {
                text = true;
            } else if b">/ \t\r\n".contains(&byte) && !tag.name.is_empty() {
                tag.in_name = false;
                if tag.is_boundary() {
                    tag.cell = 0;
                }
            } else if tag.name.len() < 40 {
                tag.name.push(byte);
            }
            !(text && tag.run > limit || part != Part::Other && tag.cell > limit)
        })
    }

    proptest::proptest! {
        #[test]
        fn leaps_to_the_next_tag_count_as_single_bytes_do(
            text in "(<|</|<t|<v|<c|<xx:row|>|/>| |a|aa|aaaaaaaaaa){0,40}",
            limit in 1u64..40,
            piece in 1usize..20,
            part in proptest::sample::select(vec![Part::Cells, Part::Strings, Part::Other]),
        ) {
            let limits = Limits { cell_bytes: limit, ..Limits::DEFAULT };
            let mut scan =
                Scan { part, limits: &limits, run: 0, cell: 0, name: Vec::new(), in_name: false };
            let passes = text.as_bytes().chunks(piece).all(|piece| scan.pass(piece));
            proptest::prop_assert_eq!(passes, passes_slowly(part, text.as_bytes(), limit));
        }
    }

    #[test]
    fn a_claimed_count_must_fit() {
        assert!(counts_truly(b"<sst count=\"3\" uniqueCount=\"3\"><si/>", 60));
        assert!(counts_truly(b"<x:sst>", 60));
        assert!(!counts_truly(b"<sst uniqueCount=\"99999999\">", 60));
        assert!(!counts_truly(b"<sst uniqueCount = '99999999999999999999999'>", 60));
        assert!(!counts_truly(b"<!-- padding", 60));
    }
}
