//! Lines and delimited records of a text, each of bounded size.
//!
//! The csv grammar is forgiving: one quote too many, and the rest of a file becomes
//! one field. Here a record that spans lines is believed only if it looks like one row;
//! otherwise its first line alone is given up and reading goes on with the second.

use std::io::{self, BufRead, Read as _};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

use super::limits::Limits;

/// What [`Lines::next`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A line, without its end.
    Whole,
    /// A line longer than a record may be.
    TooLong,
    /// The end of the text.
    End,
}

/// Splits a text at line ends.
pub(super) struct Lines<R> {
    from: R,
    end: u8,
    limit: usize,
    /// Lines read.
    count: u64,
}

impl<R: BufRead> Lines<R> {
    /// `end` is the last byte of a line: `\n`, or `\r` in files that know no other.
    pub(super) fn new(from: R, end: u8, limit: usize) -> Self {
        Self { from, end, limit, count: 0 }
    }

    /// 1-based number of the line read last.
    pub(super) fn number(&self) -> u64 {
        self.count
    }

    /// Appends the next line to `into`, without its end.
    pub(super) fn next(&mut self, into: &mut Vec<u8>) -> io::Result<Line> {
        let start = into.len();
        let room = self.limit as u64 + 1;
        if self.from.by_ref().take(room).read_until(self.end, into)? == 0 {
            return Ok(Line::End);
        }
        self.count += 1;
        if into.last() == Some(&self.end) {
            into.pop();
            if self.end == b'\n' && into.len() > start && into.last() == Some(&b'\r') {
                into.pop();
            }
        } else if into.len() - start > self.limit {
            return Ok(Line::TooLong);
        }
        Ok(Line::Whole)
    }
}

/// What [`Records::next`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Record {
    /// A record; its fields are in [`Records::field`].
    Fields,
    /// A line without anything in it.
    Blank,
    /// A line that opens a quote that nothing closes.
    OpenQuote,
    /// A record longer than it may be begins at this 1-based line.
    TooLong(u64),
    /// The end of the text.
    End,
}

/// Splits a text into delimited records.
pub(super) struct Records<R> {
    lines: Lines<R>,
    limits: Limits,
    delimiter: u8,
    /// Fields that a row has; 0 where that is not known yet.
    width: usize,
    parser: Reader,
    /// Lines that were read and given back, each ending in `\n`.
    held: Vec<u8>,
    held_at: usize,
    held_lines: u64,
    /// The lines of the record, each ending in `\n`.
    raw: Vec<u8>,
    text: Vec<u8>,
    /// Bytes of `text` that are used.
    used: usize,
    ends: Vec<usize>,
    fields: usize,
}

impl<R: BufRead> Records<R> {
    pub(super) fn new(from: R, end: u8, delimiter: u8, limits: Limits) -> Self {
        let mut builder = ReaderBuilder::new();
        let parser = builder.delimiter(delimiter).terminator(Terminator::Any(b'\n')).build();
        Self {
            lines: Lines::new(from, end, limits.record_bytes),
            limits,
            delimiter,
            width: 0,
            parser,
            held: Vec::new(),
            held_at: 0,
            held_lines: 0,
            raw: Vec::new(),
            text: Vec::new(),
            used: 0,
            ends: vec![0; 64],
            fields: 0,
        }
    }

    /// Records have `fields` fields from here on.
    pub(super) fn expect(&mut self, fields: usize) {
        self.width = fields;
    }

    /// Fields of the record read last.
    pub(super) fn len(&self) -> usize {
        self.fields
    }

    /// A field of the record read last; empty beyond its end.
    pub(super) fn field(&self, i: usize) -> &[u8] {
        if i >= self.fields {
            return &[];
        }
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        &self.text[start..self.ends[i]]
    }

    /// The fields of the record read last, one after another, if they are UTF-8 each.
    pub(super) fn as_text(&self) -> Option<&str> {
        let text = std::str::from_utf8(&self.text[..self.used]).ok()?;
        self.ends[..self.fields].iter().all(|end| text.is_char_boundary(*end)).then_some(text)
    }

    /// Whether every field of the record read last is blank.
    pub(super) fn is_blank(&self) -> bool {
        // 0x1A ends files of DOS.
        self.text[..self.used].iter().all(|b| b.is_ascii_whitespace() || *b == 0x1A)
    }

    /// 1-based number of the line read last, those given back not counted.
    fn line(&self) -> u64 {
        self.lines.number().saturating_sub(self.held_lines)
    }

    /// Reads the next record.
    pub(super) fn next(&mut self) -> io::Result<Record> {
        self.raw.clear();
        (self.used, self.fields) = (0, 0);
        match self.take_line()? {
            Line::End => return Ok(Record::End),
            Line::TooLong => return Ok(Record::TooLong(self.line())),
            Line::Whole if self.raw.len() == 1 => return Ok(Record::Blank),
            Line::Whole => {}
        }
        let (mut fed, mut lines) = (0, 1);
        loop {
            if self.parse(fed) {
                if lines > 1 && !self.is_one_row() {
                    return Ok(self.give_up_first_line());
                }
                return Ok(Record::Fields);
            }
            fed = self.raw.len();
            if lines >= self.limits.quoted_lines || fed > self.limits.quoted_bytes {
                return Ok(self.give_up_first_line());
            }
            lines += 1;
            match self.take_line()? {
                Line::Whole => {}
                Line::End => return Ok(self.give_up_first_line()),
                // The long line is for the next call to complain about.
                Line::TooLong => return Ok(Record::TooLong(self.line())),
            }
        }
    }

    /// Whether a record of several lines is one row: it has the fields of a row, and
    /// quoted line ends do not swallow as many delimiters as another row has.
    fn is_one_row(&self) -> bool {
        if self.width == 0 {
            return true;
        }
        let surplus = (self.width..self.fields).any(|i| !self.field(i).trim_ascii().is_empty());
        if self.fields < self.width || surplus {
            return false;
        }
        let delimiters = count(&self.raw, self.delimiter);
        self.width < 3 || delimiters < 2 * (self.width - 1)
    }

    fn give_up_first_line(&mut self) -> Record {
        let first = self.raw.iter().position(|b| *b == b'\n').map_or(self.raw.len(), |at| at + 1);
        let rest = &self.raw[first..];
        self.held_lines += count(rest, b'\n') as u64;
        self.held.splice(..self.held_at, rest.iter().copied());
        self.held_at = 0;
        self.parser.reset();
        (self.used, self.fields) = (0, 0);
        Record::OpenQuote
    }

    /// Parses `raw` from `fed` on; whether the record is complete.
    fn parse(&mut self, mut fed: usize) -> bool {
        while fed < self.raw.len() {
            let input = &self.raw[fed..];
            // What is unquoted is never longer than what is quoted.
            let room = self.used + input.len() + 8;
            if self.text.len() < room {
                self.text.resize(room.next_power_of_two(), 0);
            }
            if self.ends.len() < self.fields + 2 {
                self.ends.resize(2 * self.ends.len() + 2, 0);
            }
            let (result, read, written, ended) = self.parser.read_record(
                input,
                &mut self.text[self.used..],
                &mut self.ends[self.fields..],
            );
            fed += read;
            self.used += written;
            self.fields += ended;
            match result {
                ReadRecordResult::Record | ReadRecordResult::End => return true,
                // More room is made above; at the end of the input the loop ends.
                ReadRecordResult::OutputEndsFull
                | ReadRecordResult::OutputFull
                | ReadRecordResult::InputEmpty => {}
            }
        }
        false
    }

    /// Appends a line and `\n` to `raw`: one given back, or the next of the text.
    fn take_line(&mut self) -> io::Result<Line> {
        if let Some(rest) = self.held.get(self.held_at..).filter(|rest| !rest.is_empty()) {
            let end = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |at| at + 1);
            self.raw.extend_from_slice(&rest[..end]);
            self.held_at += end;
            self.held_lines = self.held_lines.saturating_sub(1);
            return Ok(Line::Whole);
        }
        self.held.clear();
        self.held_at = 0;
        let line = self.lines.next(&mut self.raw)?;
        if line == Line::Whole {
            self.raw.push(b'\n');
        }
        Ok(line)
    }
}

/// How often a byte stands in a few lines; too few for a crate.
#[allow(clippy::naive_bytecount)]
fn count(bytes: &[u8], byte: u8) -> usize {
    bytes.iter().filter(|b| **b == byte).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each record as its fields, or as what else it is.
    fn split(text: &str, width: usize) -> Vec<String> {
        let mut records = Records::new(text.as_bytes(), b'\n', b';', Limits::DEFAULT);
        records.expect(width);
        let mut all = Vec::new();
        loop {
            all.push(match records.next().unwrap() {
                Record::End => return all,
                Record::Fields => (0..records.len())
                    .map(|i| String::from_utf8_lossy(records.field(i)).into_owned())
                    .collect::<Vec<_>>()
                    .join("|"),
                other => format!("{other:?}"),
            });
        }
    }

    #[test]
    fn quoted_line_ends_and_delimiters_stay_in_their_field() {
        assert_eq!(split("a;\"b\r\nc;d\";e\r\nf;\"\"\"g\"\"\";h", 3), ["a|b\nc;d|e", "f|\"g\"|h"]);
        assert_eq!(split("\n a \n\n;\n", 1), ["Blank", " a ", "Blank", "|"]);
    }

    #[test]
    fn an_open_quote_costs_one_line() {
        assert_eq!(split("1;\"a;b\n2;c;d\n3;e;f\n", 3), ["OpenQuote", "2|c|d", "3|e|f"]);
        // The next quote of the file closes it, far into another row.
        let text = "1;\"a;b\n2;c;d\n3;\"e\";f\n4;g;h\n";
        assert_eq!(split(text, 3), ["OpenQuote", "2|c|d", "3|e|f", "4|g|h"]);
        // Even where the number of fields comes out right.
        let text = "\"a;1;2\nb\";3;4\nc;5;6\n";
        assert_eq!(split(text, 3)[0], "OpenQuote");
        assert_eq!(split(text, 3).last().unwrap(), "c|5|6");
    }

    #[test]
    fn an_open_quote_is_given_up_after_so_many_lines_or_bytes() {
        let rows = "x;y;z\n".repeat(5_000);
        let found = split(&format!("1;\"a;b\n{rows}"), 3);
        assert_eq!((found.len(), found[0].as_str()), (5_001, "OpenQuote"));
        let wide = format!("{};y;z\n", "x".repeat(40_000)).repeat(5);
        assert_eq!(split(&format!("1;\"a;b\n{wide}"), 3).len(), 6);
    }

    #[test]
    fn an_endless_line_is_refused_in_bounded_memory() {
        let mut lines = Lines::new(io::BufReader::new(io::repeat(b'a')), b'\n', 1 << 20);
        let mut line = Vec::new();
        assert_eq!(lines.next(&mut line).unwrap(), Line::TooLong);
        assert!(line.capacity() <= 4 << 20);
        let endless = io::BufReader::new(io::repeat(b'"'));
        let mut records = Records::new(endless, b'\n', b';', Limits::DEFAULT);
        assert_eq!(records.next().unwrap(), Record::TooLong(1));
    }

    #[test]
    fn a_letter_torn_by_a_delimiter_is_no_text() {
        for (text, good) in [(&b"\xD0\xB0;b"[..], true), (b"\xD0;\xB0", false), (b"a;\xFF", false)]
        {
            let mut records = Records::new(text, b'\n', b';', Limits::DEFAULT);
            records.next().unwrap();
            assert_eq!(records.as_text().is_some(), good);
        }
    }

    #[test]
    fn many_fields_fit() {
        let text = ";".repeat(100_000);
        let mut records = Records::new(text.as_bytes(), b'\n', b';', Limits::DEFAULT);
        assert_eq!(records.next().unwrap(), Record::Fields);
        assert_eq!(records.len(), 100_001);
        assert!(records.is_blank());
    }
}
