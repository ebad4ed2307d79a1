//! The truth: which person each row is of, and each person's true status.
//!
//! For a source NAME there is `NAME.parquet` or `NAME.csv` with the columns `row`
//! (0-based data row) and `person` (text or whole number; `7` and 7 are one person).
//! Rows that are not in it are of nobody known: pairs with them are not judged.
//! `children.parquet` or `.csv` with `person` and `status` is optional.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::EvaluateError;
use crate::run_folder::table::{Table, TableError, text_at};
use crate::run_folder::{Manifest, ManifestSource};
use crate::verdict::Status;

/// Number of a person within a [`Truth`].
pub(super) type Person = u32;

/// The persons of one source's rows.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Row and person, by row.
    pairs: Vec<(u64, Person)>,
}

impl Rows {
    /// Whose row it is.
    pub(super) fn person(&self, row: u64) -> Option<Person> {
        let at = self.pairs.binary_search_by_key(&row, |pair| pair.0).ok()?;
        self.pairs.get(at).map(|pair| pair.1)
    }

    /// The person of every row that has one.
    pub(super) fn persons(&self) -> impl Iterator<Item = Person> {
        self.pairs.iter().map(|pair| pair.1)
    }

    /// Every row that has a person, with the person.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, Person)> {
        self.pairs.iter().copied()
    }

    /// How many rows have a person.
    pub(super) fn len(&self) -> u64 {
        self.pairs.len() as u64
    }
}

/// What is known of a job's sources.
#[derive(Debug)]
pub(super) struct Truth {
    /// One a source, in the manifest's order; absent where there is no file.
    pub(super) sources: Vec<Option<Rows>>,
    /// True status by person, where `children` is there.
    pub(super) statuses: Option<Vec<Option<Status>>>,
    /// Persons of groups that are counted apart, such as twins, where `groups` is there.
    pub(super) groups: BTreeMap<String, Vec<Person>>,
    /// How many persons there are.
    pub(super) persons: usize,
    /// Files that are of no source of the run.
    pub(super) unused: Vec<String>,
}

/// Numbers for the names of persons.
#[derive(Default)]
struct Persons(FxHashMap<Box<str>, Person>);

impl Persons {
    fn number(&mut self, name: &str) -> Option<Person> {
        if let Some(&person) = self.0.get(name) {
            return Some(person);
        }
        let person = Person::try_from(self.0.len()).ok()?;
        self.0.insert(name.into(), person);
        Some(person)
    }
}

impl Truth {
    /// Reads the files of `dir` for the sources of the run.
    pub(super) fn read(dir: &Path, manifest: &Manifest) -> Result<Self, EvaluateError> {
        let there = files(dir)?;
        let mut persons = Persons::default();
        let mut sources = Vec::new();
        for source in &manifest.sources {
            sources.push(match find(&there, dir, &source.name)? {
                Some(path) => Some(rows(&path, source, &mut persons)?),
                None => None,
            });
        }
        let statuses = match find(&there, dir, "children")? {
            // A source may bear that name; then the file is its truth.
            Some(path) if manifest.source("children").is_none() => Some(statuses(&path, &persons)?),
            _ => None,
        };
        let groups = match find(&there, dir, "groups")? {
            Some(path) if manifest.source("groups").is_none() => groups(&path, &persons)?,
            _ => BTreeMap::new(),
        };
        let known: BTreeSet<&str> = manifest.names().chain(["children", "groups"]).collect();
        let unused = there
            .into_iter()
            .filter(|file| stem(file).is_some_and(|stem| !known.contains(stem)))
            .collect();
        Ok(Self { sources, statuses, groups, persons: persons.0.len(), unused })
    }
}

/// Names of the files of the folder, sorted.
fn files(dir: &Path) -> Result<Vec<String>, EvaluateError> {
    let entries =
        std::fs::read_dir(dir).map_err(|_| EvaluateError::NoTruth { dir: dir.to_owned() })?;
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    Ok(names)
}

/// The name of the source that a truth file is of.
fn stem(file: &str) -> Option<&str> {
    file.strip_suffix(".parquet").or_else(|| file.strip_suffix(".csv"))
}

/// The one file of that name.
fn find(there: &[String], dir: &Path, name: &str) -> Result<Option<PathBuf>, EvaluateError> {
    let mut found = there.iter().filter(|file| stem(file) == Some(name));
    match (found.next(), found.next()) {
        (Some(_), Some(_)) => Err(EvaluateError::TwoFiles { name: name.to_owned() }),
        (first, _) => Ok(first.map(|file| dir.join(file))),
    }
}

/// Gets the 0-based number of a row in its file, and two of its values.
type Visit<'a> = dyn FnMut(u64, [Option<&str>; 2]) -> Result<(), EvaluateError> + 'a;

/// Two text columns of a Parquet or CSV file, row by row.
fn two_columns(
    path: &Path,
    columns: [&'static str; 2],
    visit: &mut Visit<'_>,
) -> Result<(), EvaluateError> {
    if path.extension().is_some_and(|extension| extension == "parquet") {
        for rows in Table::open(path)?.batches(&columns)? {
            let rows = rows?;
            let (left, right) = (rows.text(columns[0])?, rows.text(columns[1])?);
            for i in 0..rows.len() {
                visit(rows.first + i as u64, [text_at(&left, i), text_at(&right, i)])?;
            }
        }
        return Ok(());
    }
    csv_columns(path, columns, visit)
}

fn csv_columns(
    path: &Path,
    columns: [&'static str; 2],
    visit: &mut Visit<'_>,
) -> Result<(), EvaluateError> {
    let file = crate::run_folder::table::file_name(path);
    let failed = |error: csv::Error| match error.kind() {
        csv::ErrorKind::Io(error) => {
            TableError::Open { file: file.clone(), reason: error.kind().to_string() }
        }
        csv::ErrorKind::Utf8 { pos, .. } => TableError::Damaged {
            file: file.clone(),
            reason: format!(
                "line {} is no UTF-8 text",
                pos.as_ref().map_or(0, csv::Position::line)
            ),
        },
        _ => TableError::Damaged {
            file: file.clone(),
            reason: format!(
                "line {} has more or fewer columns than the first",
                error.position().map_or(0, csv::Position::line)
            ),
        },
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(path))
        .trim(csv::Trim::All)
        .from_path(path)
        .map_err(failed)?;
    let headings = reader.headers().map_err(failed)?.clone();
    let mut places = [0; 2];
    let mut missing = Vec::new();
    for (place, column) in places.iter_mut().zip(columns) {
        // A byte-order mark belongs to the file, not to the first heading.
        match headings.iter().position(|h| h.trim_start_matches('\u{feff}') == column) {
            Some(at) => *place = at,
            None => missing.push(column.to_owned()),
        }
    }
    if !missing.is_empty() {
        // Where none of both is there, the first line may be a row like the others.
        let is_header = missing.len() < columns.len();
        let there = headings.iter().filter(|_| is_header).map(str::to_owned).collect();
        return Err(TableError::Columns { file, missing, there }.into());
    }
    let mut record = csv::StringRecord::new();
    let mut number = 0;
    while reader.read_record(&mut record).map_err(failed)? {
        let value = |place| record.get(place).filter(|value| !value.is_empty());
        visit(number, [value(places[0]), value(places[1])])?;
        number += 1;
    }
    Ok(())
}

/// `;` where the first line has one and no comma: what Excel writes in Ukraine.
fn delimiter(path: &Path) -> u8 {
    use std::io::Read as _;
    let mut head = [0; 512];
    let read = std::fs::File::open(path).and_then(|mut file| file.read(&mut head)).unwrap_or(0);
    let line = head[..read].split(|&byte| byte == b'\n').next().unwrap_or(&[]);
    if line.contains(&b';') && !line.contains(&b',') { b';' } else { b',' }
}

/// Reads the truth of one source.
fn rows(
    path: &Path,
    source: &ManifestSource,
    persons: &mut Persons,
) -> Result<Rows, EvaluateError> {
    let file = crate::run_folder::table::file_name(path);
    let wrong = |column: &str, row, reason: String| {
        EvaluateError::Truth(TableError::Value {
            file: file.clone(),
            column: column.to_owned(),
            row: Some(row),
            reason,
        })
    };
    let mut pairs = Vec::new();
    two_columns(path, ["row", "person"], &mut |at, [row, person]| {
        let row: u64 = row
            .and_then(|row| row.parse().ok())
            .ok_or_else(|| wrong("row", at, "empty, or no whole number from 0".to_owned()))?;
        if row >= source.rows {
            let (name, rows) = (&source.name, source.rows);
            return Err(wrong("row", at, format!("beyond the {rows} rows of `{name}` in the run")));
        }
        let person = person.ok_or_else(|| {
            wrong("person", at, "empty; leave out rows whose person is not known".to_owned())
        })?;
        let person = persons
            .number(person)
            .ok_or_else(|| wrong("person", at, "more persons than can be numbered".to_owned()))?;
        pairs.push((row, person));
        Ok(())
    })?;
    pairs.sort_unstable();
    match pairs.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        Some(pair) => Err(EvaluateError::RowTwice { file, row: pair[0].0 }),
        None => Ok(Rows { pairs }),
    }
}

/// Reads the true statuses.
fn statuses(path: &Path, persons: &Persons) -> Result<Vec<Option<Status>>, EvaluateError> {
    let file = crate::run_folder::table::file_name(path);
    let wrong = |column: &str, row, reason: &str| {
        EvaluateError::Truth(TableError::Value {
            file: file.clone(),
            column: column.to_owned(),
            row: Some(row),
            reason: reason.to_owned(),
        })
    };
    let mut statuses = vec![None; persons.0.len()];
    two_columns(path, ["person", "status"], &mut |at, [person, status]| {
        let person = person.ok_or_else(|| wrong("person", at, "empty"))?;
        let status = status
            .and_then(Status::from_key)
            .ok_or_else(|| wrong("status", at, &format!("none of {}", status_keys())))?;
        // Whoever has no row in any source has no part in the figures.
        if let Some(&person) = persons.0.get(person) {
            match statuses.get_mut(person as usize) {
                Some(slot @ None) => *slot = Some(status),
                _ => return Err(wrong("person", at, "the person has a status in an earlier row")),
            }
        }
        Ok(())
    })?;
    Ok(statuses)
}

/// Reads who is counted apart.
fn groups(path: &Path, persons: &Persons) -> Result<BTreeMap<String, Vec<Person>>, EvaluateError> {
    let file = crate::run_folder::table::file_name(path);
    let mut groups: BTreeMap<String, Vec<Person>> = BTreeMap::new();
    two_columns(path, ["person", "group"], &mut |at, [person, group]| {
        let (Some(person), Some(group)) = (person, group) else {
            return Err(EvaluateError::Truth(TableError::Value {
                file: file.clone(),
                column: if person.is_none() { "person" } else { "group" }.to_owned(),
                row: Some(at),
                reason: "empty".to_owned(),
            }));
        };
        if let Some(&person) = persons.0.get(person) {
            groups.entry(group.to_owned()).or_default().push(person);
        }
        Ok(())
    })?;
    for persons in groups.values_mut() {
        persons.sort_unstable();
        persons.dedup();
    }
    Ok(groups)
}

fn status_keys() -> String {
    Status::ALL.map(Status::key).join(", ")
}
