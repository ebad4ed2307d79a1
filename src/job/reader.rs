//! Reads a TOML tree table by table and goes on after a mistake, so that every
//! mistake of a job is found in one go.
//!
//! serde stops at its first error. Here a table is asked for each key it may hold;
//! a value of the wrong type becomes a problem and an absent value, and whatever
//! was not asked for is an unknown key.

use std::cell::RefCell;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::near::did_you_mean;
use super::problem::{Problem, Severity};

/// A value, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct At<T> {
    /// The value.
    pub(super) value: T,
    /// Line of the job file, from 1.
    pub(super) line: usize,
}

impl<T: JsonSchema> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// Lines of the text and the problems found so far.
#[derive(Debug)]
pub(super) struct Notes {
    starts: Vec<usize>,
    problems: RefCell<Vec<Problem>>,
}

impl Notes {
    pub(super) fn new(text: &str) -> Self {
        let starts = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1))
            .collect();
        Self { starts, problems: RefCell::default() }
    }

    /// Line of a byte, from 1.
    pub(super) fn line(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte)
    }

    pub(super) fn error(
        &self,
        line: usize,
        key: &str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.push(Severity::Error, line, key, message.into(), hint.into());
    }

    pub(super) fn warn(
        &self,
        line: usize,
        key: &str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.push(Severity::Warning, line, key, message.into(), hint.into());
    }

    fn push(&self, severity: Severity, line: usize, key: &str, message: String, hint: String) {
        let problem = Problem { severity, line, column: None, key: key.to_owned(), message, hint };
        self.problems.borrow_mut().push(problem);
    }

    /// Whether `key` itself is known to be wrong.
    pub(super) fn has_error(&self, key: &str) -> bool {
        self.problems.borrow().iter().any(|p| p.severity == Severity::Error && p.key == key)
    }

    /// Whether `key`, or a key under it, is known to be wrong.
    pub(super) fn has_error_under(&self, key: &str) -> bool {
        let under = format!("{key}.");
        let problems = self.problems.borrow();
        problems
            .iter()
            .filter(|p| p.severity == Severity::Error)
            .any(|p| p.key == key || p.key.starts_with(&under))
    }

    /// Whether anything is known to be wrong.
    pub(super) fn has_errors(&self) -> bool {
        self.problems.borrow().iter().any(|p| p.severity == Severity::Error)
    }

    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems.into_inner()
    }
}

/// A key and its value.
pub(super) type Entry<'t, 'i> = (&'t Spanned<DeString<'i>>, &'t Spanned<DeValue<'i>>);

/// A table that is being read.
#[derive(Debug)]
pub(super) struct Reader<'t, 'i> {
    table: &'t DeTable<'i>,
    /// Key of the table itself, such as `registry[border].evidence`; empty for the root.
    pub(super) key: String,
    /// Line of the table's header.
    pub(super) line: usize,
    asked: Vec<&'static str>,
    notes: &'t Notes,
}

impl<'t, 'i> Reader<'t, 'i> {
    pub(super) fn new(table: &'t DeTable<'i>, key: String, line: usize, notes: &'t Notes) -> Self {
        Self { table, key, line, asked: Vec::new(), notes }
    }

    pub(super) fn notes(&self) -> &'t Notes {
        self.notes
    }

    /// The key of `key` in this table.
    pub(super) fn key_of(&self, key: &str) -> String {
        if self.key.is_empty() { key.to_owned() } else { format!("{}.{key}", self.key) }
    }

    fn find(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'i>>> {
        self.asked.push(key);
        self.table.get(key)
    }

    /// The value of `key`, if it is there and of the right type.
    pub(super) fn get<T: FromToml>(&mut self, key: &'static str) -> Option<At<T>> {
        let value = self.find(key)?;
        read_value(value, &self.key_of(key), self.notes)
    }

    /// As [`Self::get`]; an absent key is a problem, `remedy` says what to write.
    pub(super) fn require<T: FromToml>(
        &mut self,
        key: &'static str,
        remedy: &str,
    ) -> Option<At<T>> {
        if !self.table.contains_key(key) {
            self.notes.error(self.line, &self.key_of(key), "missing key", remedy);
        }
        self.get(key)
    }

    /// The table `key`, if it is there, for `read` to read.
    pub(super) fn table<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(Reader<'t, 'i>) -> T,
    ) -> Option<At<T>> {
        let value = self.find(key)?;
        let line = self.notes.line(value.span().start);
        let path = self.key_of(key);
        if let DeValue::Table(table) = value.get_ref() {
            return Some(At { value: read(Reader::new(table, path, line, self.notes)), line });
        }
        let hint = if matches!(value.get_ref(), DeValue::Array(_)) {
            format!("write the heading with single brackets: [{key}]")
        } else {
            format!("write it as a table: [{key}]")
        };
        self.notes.error(
            line,
            &path,
            format!("expected a table, found {}", what(value.get_ref())),
            hint,
        );
        None
    }

    /// The tables `[[key]]`, each for `read` to read.
    pub(super) fn tables<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(Reader<'t, 'i>) -> T,
    ) -> Vec<At<T>> {
        let Some(value) = self.find(key) else { return Vec::new() };
        let path = self.key_of(key);
        let line = self.notes.line(value.span().start);
        let hint = format!("write one heading with double brackets for each: [[{key}]]");
        let items = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            // Read what stands there all the same: its mistakes are worth telling now.
            DeValue::Table(_) => {
                self.notes.error(
                    line,
                    &path,
                    "expected a list of tables, found one table",
                    hint.as_str(),
                );
                vec![value]
            }
            other => {
                let message = format!("expected a list of tables, found {}", what(other));
                self.notes.error(line, &path, message, hint.as_str());
                Vec::new()
            }
        };
        let mut tables = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            let line = self.notes.line(item.span().start);
            let DeValue::Table(table) = item.get_ref() else {
                let message = format!("expected a table, found {}", what(item.get_ref()));
                self.notes.error(line, &path, message, hint.as_str());
                continue;
            };
            let name = match table.get("name").map(Spanned::get_ref) {
                Some(DeValue::String(name)) if !name.trim().is_empty() => name.trim().to_owned(),
                _ => format!("#{}", index + 1),
            };
            let reader = Reader::new(table, format!("{path}[{name}]"), line, self.notes);
            tables.push(At { value: read(reader), line });
        }
        tables
    }

    /// Every entry of the table `key`, whose keys are the analyst's own words.
    pub(super) fn entries(&mut self, key: &'static str) -> Option<At<Vec<Entry<'t, 'i>>>> {
        let found = self.table(key, |reader| reader.table)?;
        Some(At { value: found.value.iter().collect(), line: found.line })
    }

    /// Reports every key that was not asked for. `known` may translate a stranger's word.
    pub(super) fn finish(self) {
        for (key, _) in self.table {
            if !self.asked.contains(&key.get_ref().as_ref()) {
                let line = self.notes.line(key.span().start);
                let path = self.key_of(key.get_ref());
                self.notes.error(
                    line,
                    &path,
                    "unknown key",
                    did_you_mean(key.get_ref(), &self.asked),
                );
            }
        }
    }
}

/// What a value is, in the words of TOML.
pub(super) fn what(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text in quotes",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// Reads `value`; a wrong type or value becomes a problem and `None`.
pub(super) fn read_value<T: FromToml>(
    value: &Spanned<DeValue<'_>>,
    key: &str,
    notes: &Notes,
) -> Option<At<T>> {
    let line = notes.line(value.span().start);
    match T::from_toml(value.get_ref()) {
        Ok(value) => Some(At { value, line }),
        Err(Wrong::Type(expected)) => {
            let message = format!("expected {expected}, found {}", what(value.get_ref()));
            notes.error(line, key, message, T::EXAMPLE);
            None
        }
        Err(Wrong::Value { message, hint }) => {
            notes.error(line, key, message, hint);
            None
        }
    }
}

/// Why a value could not be taken.
#[derive(Debug)]
pub(super) enum Wrong {
    /// It is of another type than the one named.
    Type(&'static str),
    /// It is of the right type and yet wrong.
    Value {
        /// What is wrong.
        message: String,
        /// What to write.
        hint: String,
    },
}

/// Types that a value of a job file can be.
pub(super) trait FromToml: Sized {
    /// How to write such a value.
    const EXAMPLE: &'static str;
    /// Takes the value.
    fn from_toml(value: &DeValue<'_>) -> Result<Self, Wrong>;
}

impl FromToml for String {
    const EXAMPLE: &'static str = "write it in quotes, such as \"text\"";

    fn from_toml(value: &DeValue<'_>) -> Result<Self, Wrong> {
        let text = value.as_str().ok_or(Wrong::Type("a text in quotes"))?.trim();
        if text.is_empty() {
            return Err(Wrong::Value {
                message: "the text is empty".to_owned(),
                hint: "write a value or remove the key".to_owned(),
            });
        }
        Ok(text.to_owned())
    }
}

impl FromToml for bool {
    const EXAMPLE: &'static str = "write true or false, without quotes";

    fn from_toml(value: &DeValue<'_>) -> Result<Self, Wrong> {
        value.as_bool().ok_or(Wrong::Type("true or false"))
    }
}

impl FromToml for f64 {
    const EXAMPLE: &'static str = "write a number without quotes, such as 0.05";

    fn from_toml(value: &DeValue<'_>) -> Result<Self, Wrong> {
        let parsed = match value {
            DeValue::Integer(number) => integer(number.as_str(), number.radix()).map(|n| n as f64),
            DeValue::Float(number) => number.as_str().replace('_', "").parse().ok(),
            _ => return Err(Wrong::Type("a number")),
        };
        parsed.filter(|n: &f64| n.is_finite()).ok_or_else(|| Wrong::Value {
            message: "not a finite number".to_owned(),
            hint: Self::EXAMPLE.to_owned(),
        })
    }
}

impl FromToml for i64 {
    const EXAMPLE: &'static str = "write a whole number without quotes, such as 2000";

    fn from_toml(value: &DeValue<'_>) -> Result<Self, Wrong> {
        let number = value.as_integer().ok_or(Wrong::Type("a whole number"))?;
        integer(number.as_str(), number.radix()).ok_or_else(|| Wrong::Value {
            message: "the number is too large".to_owned(),
            hint: Self::EXAMPLE.to_owned(),
        })
    }
}

fn integer(text: &str, radix: u32) -> Option<i64> {
    i64::from_str_radix(&text.replace('_', ""), radix).ok()
}

impl FromToml for Date {
    const EXAMPLE: &'static str = "write year-month-day without quotes, such as 2023-07-05";

    fn from_toml(value: &DeValue<'_>) -> Result<Self, Wrong> {
        let moment = value.as_datetime().ok_or(Wrong::Type("a date"))?;
        let Some(date) = moment.date.filter(|_| moment.time.is_none() && moment.offset.is_none())
        else {
            return Err(Wrong::Value {
                message: "a time of day has no meaning here".to_owned(),
                hint: Self::EXAMPLE.to_owned(),
            });
        };
        let parts = (i16::try_from(date.year), i8::try_from(date.month), i8::try_from(date.day));
        let (Ok(year), Ok(month), Ok(day)) = parts else { return Err(Wrong::Type("a date")) };
        Self::new(year, month, day).map_err(|_| Wrong::Value {
            message: "there is no such day".to_owned(),
            hint: Self::EXAMPLE.to_owned(),
        })
    }
}

/// One text, or a list of texts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OneOrMany(pub(super) Vec<String>);

impl FromToml for OneOrMany {
    const EXAMPLE: &'static str = "write one text in quotes, or a list such as [\"one\", \"two\"]";

    fn from_toml(value: &DeValue<'_>) -> Result<Self, Wrong> {
        let Some(items) = value.as_array() else {
            return match value {
                DeValue::String(_) => Ok(Self(vec![String::from_toml(value)?])),
                _ => Err(Wrong::Type("a text in quotes or a list of them")),
            };
        };
        let texts = items.iter().map(|item| match String::from_toml(item.get_ref()) {
            Err(Wrong::Type(_)) => Err(Wrong::Value {
                message: format!("expected a list of texts, found {} in it", what(item.get_ref())),
                hint: Self::EXAMPLE.to_owned(),
            }),
            other => other,
        });
        Ok(Self(texts.collect::<Result<_, _>>()?))
    }
}

impl JsonSchema for OneOrMany {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OneOrMany".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "anyOf": [
                { "type": "string", "minLength": 1 },
                { "type": "array", "items": { "type": "string", "minLength": 1 } },
            ]
        })
    }
}
