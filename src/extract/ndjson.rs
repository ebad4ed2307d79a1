//! One JSON object a line.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::BufRead;
use std::ops::ControlFlow;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};

use super::collect::{Collector, Progress, Value};
use super::error::ExtractError;
use super::heading;
use super::limits::Limits;
use super::lines::{Line, Lines};
use super::text::{self, Shape};
use crate::job::Source;

/// Objects whose keys are the headings of a file; keys that come later are not known.
const KEYED: usize = 1_000;

/// The keys of the first objects, in the order in which they appear; of several that are
/// one heading, the first.
pub(super) fn headings(path: &Path, source: &Source) -> Result<Vec<String>, ExtractError> {
    let Shape { charset, line_end } = text::shape(path, source.encoding.as_deref())?;
    let (text, _) = text::open(path, charset)?;
    let mut lines = Lines::new(text, line_end, Limits::DEFAULT.record_bytes);
    let (mut keys, mut known, mut line) = (Vec::new(), BTreeSet::new(), Vec::new());
    let mut objects = 0;
    while objects < KEYED {
        line.clear();
        match next(path, &mut lines, &mut line, None)? {
            Line::End | Line::TooLong => break,
            Line::Whole if line.trim_ascii().is_empty() => continue,
            Line::Whole => objects += 1,
        }
        let text = trimmed(&line);
        if objects == 1 && text.first() == Some(&b'[') {
            return Err(ExtractError::NotNdjson { file: path.into() });
        }
        if let Ok(Keys(of_line)) = serde_json::from_slice(text) {
            for key in of_line {
                if keys.len() < Limits::DEFAULT.columns && known.insert(heading::fold(&key)) {
                    keys.push(key);
                }
            }
        }
    }
    if keys.is_empty() {
        return Err(ExtractError::NoHeadings { file: path.into(), sheet: None });
    }
    Ok(keys)
}

/// Reads the rows of a file.
pub(super) fn read(
    path: &Path,
    source: &Source,
    progress: &Progress,
    into: &mut Collector,
) -> Result<(), ExtractError> {
    let keys = headings(path, source)?;
    heading::locate(&keys, into.headings(), path, None)?;
    let Shape { charset, line_end } = text::shape(path, source.encoding.as_deref())?;
    into.begin(path, None).encoding = Some(charset.label().into());

    // A heading may be asked for twice: each distinct one has a slot.
    let mut slots: BTreeMap<String, usize> = BTreeMap::new();
    let mut places = Vec::with_capacity(into.headings().len());
    for heading in into.headings() {
        let new = slots.len();
        places.push(*slots.entry(heading::fold(heading)).or_insert(new));
    }
    // Keys as they are spelt, and the slot of each, if any.
    let mut spelt: BTreeMap<String, Option<usize>> = BTreeMap::new();

    let (text, bytes) = text::open(path, charset)?;
    let mut lines = Lines::new(text, line_end, Limits::DEFAULT.record_bytes);
    let mut line = Vec::new();
    let mut cells: Vec<Option<Json>> = vec![None; slots.len()];
    loop {
        line.clear();
        match next(path, &mut lines, &mut line, Some(into.next_row()))? {
            Line::End => break,
            Line::Whole if trimmed(&line).is_empty() => {
                into.blank(1);
                continue;
            }
            Line::Whole | Line::TooLong => {}
        }
        cells.fill(None);
        let flow = match serde_json::from_slice::<Map<String, Json>>(trimmed(&line)) {
            Ok(object) => {
                let mut doubled = false;
                for (key, value) in object {
                    let slot = if let Some(slot) = spelt.get(&key) {
                        *slot
                    } else {
                        let slot = slots.get(&heading::fold(&key)).copied();
                        if spelt.len() < Limits::DEFAULT.columns {
                            spelt.insert(key, slot);
                        }
                        slot
                    };
                    if let Some(cell) = slot.and_then(|slot| cells.get_mut(slot)) {
                        doubled |= cell.replace(value).is_some();
                    }
                }
                let texts: Vec<Option<Result<String, &str>>> =
                    cells.iter_mut().map(|cell| cell.take().and_then(to_text)).collect();
                if doubled {
                    into.reject_row("two of its keys are one heading")
                } else {
                    into.row(|i| match &texts[places[i]] {
                        None => Value::Empty,
                        Some(Ok(text)) => Value::Text(text),
                        Some(Err(reason)) => Value::Bad(reason),
                    })
                }
            }
            Err(_) if std::str::from_utf8(&line).is_err() => {
                into.reject_row(text::bad_text(charset))
            }
            Err(error) => into.reject_row(complaint(&error)),
        };
        if into.next_row().is_multiple_of(4_096) {
            progress.at(bytes.get());
            into.check(path)?;
        }
        if flow == ControlFlow::Break(()) {
            return Ok(());
        }
    }
    into.check(path)
}

/// What is wrong with a line; the library's own words could quote it.
fn complaint(error: &serde_json::Error) -> &'static str {
    if error.is_eof() {
        "the JSON object is cut off"
    } else if error.is_data() {
        "it is JSON, but no object"
    } else {
        "it is no JSON"
    }
}

/// A value as text; `None` where there is none, a reason where it is no single value.
fn to_text(value: Json) -> Option<Result<String, &'static str>> {
    match value {
        Json::Null => None,
        Json::Bool(value) => Some(Ok(value.to_string())),
        Json::String(text) => Some(Ok(text)),
        Json::Number(number) => {
            Some(Ok(match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (None, None, Some(float)) => super::grid::number(float),
                _ => number.to_string(),
            }))
        }
        Json::Array(_) | Json::Object(_) => Some(Err("it is a list or an object, not one value")),
    }
}

fn trimmed(line: &[u8]) -> &[u8] {
    // A mark may stand at the start of a file that was put together from several.
    line.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(line).trim_ascii()
}

fn next<R: BufRead>(
    path: &Path,
    lines: &mut Lines<R>,
    line: &mut Vec<u8>,
    row: Option<u64>,
) -> Result<Line, ExtractError> {
    match lines.next(line).map_err(|e| ExtractError::io(path, e))? {
        Line::TooLong => Err(ExtractError::RecordTooLong {
            file: path.into(),
            row,
            line: lines.number(),
            limit: Limits::DEFAULT.record_bytes,
        }),
        found => Ok(found),
    }
}

/// The keys of an object, in order, their values passed over.
struct Keys(Vec<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(KeysVisitor)
    }
}

struct KeysVisitor;

impl<'de> Visitor<'de> for KeysVisitor {
    type Value = Keys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
        let mut keys = Vec::new();
        while let Some((key, IgnoredAny)) = map.next_entry::<String, IgnoredAny>()? {
            keys.push(key);
        }
        Ok(Keys(keys))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Keys, A::Error> {
        Ok(Keys(Vec::new()))
    }
}
