//! The changes as CSV for a spreadsheet: UTF-8 with a byte-order mark, RFC 4180, cells that
//! look like formulas guarded by an apostrophe, as in `candidates.csv`.

use std::io::{self, Write};

use super::types::{Cause, Change, Diff, Standing};
use super::words;
use crate::report::guard;
use crate::report::words::Lang;

const COLUMNS: [&str; 8] = [
    "child",
    "kind",
    "old_status",
    "new_status",
    "causes",
    "explanation",
    "old_record",
    "new_record",
];

impl Diff {
    /// Writes the changes as CSV, explanations in the given language.
    pub fn write_csv(&self, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        writer.write_record(COLUMNS)?;
        for change in &self.changes {
            let cells = self.cells(change, lang);
            writer.write_record(cells.iter().map(|cell| guard(cell).into_owned()))?;
        }
        writer.flush()
    }

    fn cells(&self, change: &Change, lang: Lang) -> [String; 8] {
        let status = |side: Option<&Standing>| {
            side.map_or_else(String::new, |standing| standing.status.key().to_owned())
        };
        let record = |side: Option<&Standing>| {
            side.map_or_else(String::new, |standing| {
                format!("{}:{}", self.runs.name(standing.source), standing.row)
            })
        };
        let (old, new) = (change.old.as_ref(), change.new.as_ref());
        let causes: Vec<&str> = change.causes().into_iter().map(Cause::key).collect();
        let told = change.differences.iter().map(|d| words::difference(d, &self.runs, lang));
        [
            change.child().to_owned(),
            change.kind.key().to_owned(),
            status(old),
            status(new),
            causes.join("; "),
            told.collect::<Vec<_>>().join("; "),
            record(old),
            record(new),
        ]
    }
}
