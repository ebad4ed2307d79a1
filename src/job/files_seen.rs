//! The only place where this room looks at files, through `extract`.

use std::path::Path;

use super::init::Look;
use super::types::{Format, Source};
use crate::extract;

/// Format of a file.
pub(super) fn format_of(path: &Path) -> Option<Format> {
    extract::format_of(path)
}

/// Headings of a source.
pub(super) fn headings(source: &Source) -> Result<Vec<String>, String> {
    extract::headings(source).map_err(|error| error.to_string())
}

/// A file's first rows, and what was found out about it.
pub(super) fn look(path: &Path, rows: usize) -> Result<Look, String> {
    let seen = extract::sniff(path, rows).map_err(|error| error.to_string())?;
    Ok(Look {
        path: seen.path,
        format: seen.format,
        encoding: seen.encoding,
        delimiter: seen.delimiter,
        sheets: seen.sheets,
        headings: seen.headings,
        sample: seen.sample,
    })
}
