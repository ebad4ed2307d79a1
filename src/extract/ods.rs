//! `OpenDocument` spreadsheets, read as a stream: the library that reads xlsx holds an
//! ods file in memory whole.
//!
//! Source: OASIS Open Document Format 1.3, part 3, §9 (tables) and §6 (text content).

use std::cell::Cell;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::escape::{resolve_xml_entity, unescape};
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::collect::{Counting, Value};
use super::container;
use super::error::ExtractError;
use super::grid::{self, Row, SheetRows, Workbook};
use super::limits::Limits;
use crate::job::Format;

const BROKEN: &str = "its content is not as it should be";

/// An open spreadsheet.
pub(super) struct Book {
    path: PathBuf,
    archive: ZipArchive<BufReader<Counting<File>>>,
    sheets: Vec<String>,
    /// Bytes of the file read so far.
    pub(super) read: Rc<Cell<u64>>,
}

impl Book {
    pub(super) fn open(path: &Path) -> Result<Self, ExtractError> {
        let file = container::open_checked(path, Format::Ods)?;
        let (counting, read) = Counting::new(file);
        let archive = grid::guard(path, || ZipArchive::new(BufReader::new(counting)))?
            .map_err(|_| ExtractError::damaged(path, None, "its end is missing"))?;
        let mut book = Self { path: path.into(), archive, sheets: Vec::new(), read };
        let mut content = book.content()?;
        let mut sheets = Vec::new();
        while let Some(name) = content.next_table()? {
            sheets.push(name);
        }
        drop(content);
        book.sheets = sheets;
        Ok(book)
    }

    fn content(&mut self) -> Result<Content<'_>, ExtractError> {
        let path = &self.path;
        let entry = self
            .archive
            .by_name("content.xml")
            .map_err(|_| ExtractError::damaged(path, None, "a part of it is missing"))?;
        let mut xml = Reader::from_reader(Box::new(BufReader::new(entry)) as Box<dyn BufRead>);
        xml.config_mut().expand_empty_elements = true;
        Ok(Content { path, xml, buffer: Vec::new() })
    }
}

impl Workbook for Book {
    fn sheets(&self) -> Vec<String> {
        self.sheets.clone()
    }

    fn rows<'a>(
        &'a mut self,
        sheet: &str,
    ) -> Result<Option<Box<dyn SheetRows + 'a>>, ExtractError> {
        let mut content = self.content()?;
        while let Some(name) = content.next_table()? {
            if name == sheet {
                return Ok(Some(Box::new(Rows { content, next: 0, text: String::new() })));
            }
        }
        Ok(None)
    }
}

/// The content of a spreadsheet as a stream of XML events.
struct Content<'a> {
    path: &'a Path,
    xml: Reader<Box<dyn BufRead + 'a>>,
    buffer: Vec<u8>,
}

impl Content<'_> {
    fn event(&mut self) -> Result<Event<'_>, ExtractError> {
        self.buffer.clear();
        self.xml
            .read_event_into(&mut self.buffer)
            .map_err(|_| ExtractError::damaged(self.path, None, BROKEN))
    }

    /// Goes to the start of the next table; its name.
    fn next_table(&mut self) -> Result<Option<String>, ExtractError> {
        loop {
            match self.event()? {
                Event::Start(tag) if tag.name().as_ref() == "table:table" => {
                    return Ok(Some(attribute(&tag, "table:name").unwrap_or_default()));
                }
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    fn broken(&self) -> ExtractError {
        ExtractError::damaged(self.path, None, BROKEN)
    }
}

fn attribute(tag: &BytesStart, name: &str) -> Option<String> {
    let value = tag.try_get_attribute(name).ok()??;
    unescape(&value.value).ok().map(std::borrow::Cow::into_owned)
}

/// How often a row or cell stands there; at least once.
fn repeats(tag: &BytesStart, name: &str) -> u64 {
    attribute(tag, name).and_then(|n| n.parse().ok()).unwrap_or(1).max(1)
}

struct Rows<'a> {
    content: Content<'a>,
    /// Row of the sheet that comes next.
    next: u64,
    /// Text of the cell being read.
    text: String,
}

impl SheetRows for Rows<'_> {
    fn next(&mut self, row: &mut Row) -> Result<bool, ExtractError> {
        let path = self.content.path;
        grid::guard(path, || self.advance(row))?
    }
}

impl Rows<'_> {
    fn advance(&mut self, row: &mut Row) -> Result<bool, ExtractError> {
        loop {
            let many = match self.content.event()? {
                Event::Start(tag) if tag.name().as_ref() == "table:table-row" => {
                    repeats(&tag, "table:number-rows-repeated")
                }
                Event::End(tag) if tag.name().as_ref() == "table:table" => return Ok(false),
                Event::Eof => return Err(self.content.broken()),
                _ => continue,
            };
            row.reset(self.next);
            self.read_cells(row)?;
            row.settle();
            let room = Limits::DEFAULT.sheet_rows.saturating_sub(self.next);
            self.next = self.next.saturating_add(many);
            if !row.is_blank() {
                if many > room {
                    let what = "the number of rows of a sheet";
                    return Err(ExtractError::too_large(
                        self.content.path,
                        what,
                        Limits::DEFAULT.sheet_rows,
                    ));
                }
                row.repeats = many;
                return Ok(true);
            }
        }
    }

    fn read_cells(&mut self, row: &mut Row) -> Result<(), ExtractError> {
        let mut column = 0usize;
        loop {
            let (many, typed) = match self.content.event()? {
                Event::Start(tag)
                    if matches!(
                        tag.name().as_ref(),
                        "table:table-cell" | "table:covered-table-cell"
                    ) =>
                {
                    (repeats(&tag, "table:number-columns-repeated"), typed_value(&tag))
                }
                Event::End(tag) if tag.name().as_ref() == "table:table-row" => return Ok(()),
                Event::Eof => return Err(self.content.broken()),
                _ => continue,
            };
            self.read_text()?;
            let value = match &typed {
                Typed::AsText if self.text.len() as u64 > Limits::DEFAULT.cell_bytes => {
                    Value::Bad("the cell holds more text than a cell can")
                }
                Typed::AsText => Value::Text(&self.text),
                Typed::Is(text) => Value::Text(text),
                Typed::Error => Value::Bad("the cell holds a formula's error"),
            };
            let many = usize::try_from(many).unwrap_or(usize::MAX);
            let end = column.saturating_add(many);
            let shown = end.min(Limits::DEFAULT.columns);
            let holds = !matches!(value, Value::Text(text) if text.trim().is_empty());
            // Repeated cells at the end of a row are nearly always empty.
            for place in column..if holds { shown } else { column } {
                row.put(place, value);
            }
            column = end;
        }
    }

    /// Reads to the end of a cell, its paragraphs into `text`.
    fn read_text(&mut self) -> Result<(), ExtractError> {
        self.text.clear();
        let (mut depth, mut notes, mut paragraphs) = (1usize, 0usize, 0usize);
        loop {
            let mut push = |part: &str| {
                // A little over the limit, so that it is seen to be passed.
                if notes == 0 && self.text.len() as u64 <= Limits::DEFAULT.cell_bytes {
                    self.text.push_str(part);
                }
            };
            self.content.buffer.clear();
            let event = self.content.xml.read_event_into(&mut self.content.buffer);
            match event.map_err(|_| ExtractError::damaged(self.content.path, None, BROKEN))? {
                Event::Start(tag) => {
                    depth += 1;
                    match tag.name().as_ref() {
                        "office:annotation" => notes += 1,
                        "text:p" if notes == 0 => {
                            if paragraphs > 0 {
                                push("\n");
                            }
                            paragraphs += 1;
                        }
                        "text:s" => {
                            let many = repeats(&tag, "text:c").min(1_000);
                            push(&" ".repeat(usize::try_from(many).unwrap_or(1)));
                        }
                        "text:tab" => push("\t"),
                        "text:line-break" => push("\n"),
                        _ => {}
                    }
                }
                Event::End(tag) => {
                    if tag.name().as_ref() == "office:annotation" {
                        notes = notes.saturating_sub(1);
                    }
                    depth -= 1;
                    if depth == 0 {
                        return Ok(());
                    }
                }
                // Text outside paragraphs is the layout of the file.
                Event::Text(text) if paragraphs > 0 => push(&text.xml10_content()),
                Event::CData(text) if paragraphs > 0 => push(&text.xml10_content()),
                Event::GeneralRef(reference) => {
                    let letter = reference.resolve_char_ref().ok().flatten();
                    if let Some(letter) = letter {
                        push(letter.encode_utf8(&mut [0; 4]));
                    } else if let Some(text) = resolve_xml_entity(&reference) {
                        push(text);
                    }
                }
                Event::Eof => return Err(ExtractError::damaged(self.content.path, None, BROKEN)),
                _ => {}
            }
        }
    }
}

/// What a cell's attributes say about its value.
enum Typed {
    /// The value is the cell's text.
    AsText,
    /// The value.
    Is(String),
    /// A formula failed.
    Error,
}

fn typed_value(tag: &BytesStart) -> Typed {
    if attribute(tag, "calcext:value-type").as_deref() == Some("error") {
        return Typed::Error;
    }
    let value = match attribute(tag, "office:value-type").as_deref() {
        Some("float" | "currency" | "percentage") => attribute(tag, "office:value")
            .and_then(|value| value.trim().parse::<f64>().ok())
            .map(grid::number),
        Some("date") => {
            attribute(tag, "office:date-value").map(|date| grid::iso_moment(&date).to_string())
        }
        Some("time") => attribute(tag, "office:time-value"),
        Some("boolean") => attribute(tag, "office:boolean-value").map(|value| value.to_lowercase()),
        Some("string") => attribute(tag, "office:string-value").filter(|text| !text.is_empty()),
        _ => None,
    };
    value.map_or(Typed::AsText, Typed::Is)
}
