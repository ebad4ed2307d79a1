//! From the bytes of a job file to a draft; mistakes of TOML itself are told here.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use toml::de::DeTable;

use super::check::check;
use super::draft::Draft;
use super::problem::{Problem, Problems, Severity};
use super::raw::RawJob;
use super::reader::{Notes, Reader};

/// A job file is a page or two: what is longer is something else.
const LONGEST_BYTES: u64 = 1 << 20;

/// Mistakes of syntax beyond this many are consequences of the first ones.
const MOST_SYNTAX_ERRORS: usize = 10;

/// Reads and checks the job file at `path`.
pub(super) fn read(path: &Path) -> Result<Draft, Problems> {
    let bytes = read_bytes(path)?;
    match bytes.as_slice() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            let hint = "save it as UTF-8 in your editor";
            return Err(Problems::of_file(path, "the job file is UTF-16".to_owned(), hint));
        }
        _ => {}
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) => parse(text, path),
        Err(wrong) => {
            let line = bytes.iter().take(wrong.valid_up_to()).filter(|b| **b == b'\n').count() + 1;
            let message = "the job file is not UTF-8 from this line on".to_owned();
            let hint = "save it as UTF-8 in your editor".to_owned();
            let key = String::new();
            let severity = Severity::Error;
            Err(Problems::new(
                path,
                vec![Problem { severity, line, column: None, key, message, hint }],
            ))
        }
    }
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, Problems> {
    let wrong = |message: &str, hint: &str| Problems::of_file(path, message.to_owned(), hint);
    if path.is_dir() {
        return Err(wrong("this is a directory", "name the job file in it, such as job.toml"));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LONGEST_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => {
                wrong("there is no such file", "write one by `zvirka init FILE... -o job.toml`")
            }
            kind => wrong(&format!("the file cannot be read: {kind}"), "check its permissions"),
        })?;
    if bytes.len() as u64 > LONGEST_BYTES {
        return Err(wrong(
            "the file is longer than a job file can be",
            "name a job file, not a list",
        ));
    }
    if bytes.contains(&0) && !bytes.starts_with(&[0xff, 0xfe]) && !bytes.starts_with(&[0xfe, 0xff])
    {
        return Err(wrong("this is no text", "name a job file, not a list"));
    }
    Ok(bytes)
}

/// Reads and checks the text of a job file at `path`.
pub(super) fn parse(text: &str, path: &Path) -> Result<Draft, Problems> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let notes = Notes::new(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let problems =
            errors.iter().take(MOST_SYNTAX_ERRORS).map(|error| problem(error, text, &notes));
        return Err(Problems::new(path, problems.collect()));
    }
    let raw = RawJob::read(Reader::new(table.get_ref(), String::new(), 1, &notes));
    Ok(check(path, raw, notes))
}

/// An error of the TOML parser with its place and a remedy.
fn problem(error: &toml::de::Error, text: &str, notes: &Notes) -> Problem {
    let start = error.span().map_or(0, |span| span.start.min(text.len()));
    let line = notes.line(start);
    let content = text.lines().nth(line - 1).unwrap_or_default();
    let column = text
        .get(..start)
        .map(|before| before.rsplit('\n').next().unwrap_or_default().chars().count() + 1);
    let message = error.message().lines().next().unwrap_or("it cannot be read").to_owned();
    let hint = remedy(&message, content);
    let key = String::new();
    Problem {
        severity: Severity::Error,
        line,
        column,
        key,
        message: format!("this is no TOML: {message}"),
        hint,
    }
}

/// The usual cause of a mistake on this line.
fn remedy(message: &str, line: &str) -> String {
    let key = line.split('=').next().unwrap_or_default().trim();
    let hint = if message.contains("duplicate") {
        "remove or rename one of the two; several sources are written [[population]] or [[registry]]"
    } else if message.contains("date") || message.contains("time") {
        "write a day that there is, as year-month-day without quotes: 2023-07-05"
    } else if line.contains('\\') {
        "write paths with / or in single quotes: 'C:\\data\\list.csv'"
    } else if line.contains(['“', '”', '„', '«', '»', '‘', '’']) && !line.contains('"')
    {
        "write straight quotes: \"…\""
    } else if !key.is_ascii() && !key.starts_with(['"', '\'', '#', '[']) {
        "put keys that are not plain Latin letters in quotes: \"Ключ\" = …"
    } else if line.contains('=') {
        "write key = \"text\"; numbers, dates and true or false stand without quotes"
    } else {
        "write key = value, or a heading such as [job] or [[registry]]"
    };
    hint.to_owned()
}
