//! A job whose settings are checked, before the files' headings are known; and the
//! step from there to a [`Job`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::civil::Date;

use super::evidence;
use super::headings::Headings;
use super::problem::Problems;
use super::profiles::Profile;
use super::raw::SourceTable;
use super::reader::Notes;
use super::types::{
    DecisionSettings, Format, Job, PrioritySettings, ReportSettings, Role, Scope, Source,
};
use crate::field::Field;

/// A job file that was read and checked as far as that goes without its files' headings.
#[derive(Debug)]
pub struct Draft {
    pub(super) path: PathBuf,
    pub(super) name: String,
    pub(super) as_of: Option<Date>,
    pub(super) evidence_since: Option<Date>,
    pub(super) output: PathBuf,
    pub(super) max_rejected_share: f64,
    pub(super) decision: DecisionSettings,
    pub(super) priority: PrioritySettings,
    pub(super) report: ReportSettings,
    pub(super) sources: Vec<DraftSource>,
    pub(super) notes: Notes,
}

/// A source of a draft.
#[derive(Debug)]
pub(super) struct DraftSource {
    pub(super) role: Role,
    pub(super) name: Option<String>,
    /// Such as `registry[border]`.
    pub(super) key: String,
    /// Line of its header.
    pub(super) line: usize,
    /// Its files, if they were found.
    pub(super) files: Option<Vec<PathBuf>>,
    pub(super) format: Option<Format>,
    pub(super) encoding: Option<String>,
    pub(super) profile: Option<&'static Profile>,
    pub(super) scope: Option<Scope>,
    pub(super) raw: SourceTable,
}

impl Draft {
    /// Whether the settings alone make the job impossible.
    pub(super) fn has_errors(&self) -> bool {
        self.notes.has_errors()
    }

    /// What is wrong so far.
    pub(super) fn into_problems(self) -> Problems {
        Problems::new(&self.path, self.notes.into_problems())
    }

    /// Finds every field's headings in the files, applies profiles, and checks what is
    /// left to check. `headings` gives the headings of a source's files, or says why it
    /// cannot; the source it is given holds every heading that may be wanted.
    ///
    /// # Errors
    /// Every problem of the job, those of the settings included. On success the problems
    /// beside the job are warnings.
    pub fn resolve(
        self,
        headings: &dyn Fn(&Source) -> Result<Vec<String>, String>,
    ) -> Result<(Job, Problems), Problems> {
        let mut resolved = Vec::new();
        for source in &self.sources {
            resolved.push(source.resolve(headings, &self.notes));
        }
        self.compare_fields(&resolved);
        let Self { path, notes, .. } = self;
        let failed = notes.has_errors();
        let problems = Problems::new(&path, notes.into_problems());
        let sources: Option<Vec<Source>> = resolved.into_iter().map(|one| one.source).collect();
        match (sources, self.as_of, self.evidence_since) {
            (Some(sources), Some(as_of), Some(evidence_since)) if !failed => {
                let job = Job {
                    path,
                    name: self.name,
                    as_of,
                    evidence_since,
                    output: self.output,
                    max_rejected_share: self.max_rejected_share,
                    decision: self.decision,
                    priority: self.priority,
                    report: self.report,
                    sources,
                };
                Ok((job, problems))
            }
            // Whatever is absent here was reported where it was found absent.
            _ => Err(problems),
        }
    }

    /// A register that has nothing in common with any population finds nobody.
    fn compare_fields(&self, resolved: &[Resolved]) {
        let mut asked = BTreeSet::new();
        for (source, found) in self.sources.iter().zip(resolved) {
            match (&found.fields, source.role) {
                (Some(fields), Role::Population) => asked.extend(clues(fields)),
                // What this population has is not known, so nothing can be said.
                (None, Role::Population) => return,
                _ => {}
            }
        }
        for (source, found) in self.sources.iter().zip(resolved) {
            let Some(fields) = found.fields.as_ref().filter(|_| source.role == Role::Registry)
            else {
                continue;
            };
            let clues = clues(fields);
            if !clues.is_empty() && clues.is_disjoint(&asked) && !asked.is_empty() {
                self.notes.error(
                    source.line,
                    &source.key,
                    "it shares no name, certificate or number with any population",
                    "map a field that a population has too",
                );
            }
        }
    }
}

/// Fields by which a person can be looked for, those of one meaning under one word.
fn clues(fields: &BTreeSet<Field>) -> BTreeSet<&'static str> {
    fields
        .iter()
        .filter_map(|field| match field {
            Field::Surname | Field::GivenName | Field::FullName => Some("name"),
            Field::Certificate | Field::CertificateNumber | Field::Document => Some("document"),
            Field::Unzr => Some("unzr"),
            Field::Rnokpp => Some("rnokpp"),
            _ => None,
        })
        .collect()
}

/// What became of a source.
struct Resolved {
    /// The source, unless something is wrong with it.
    source: Option<Source>,
    /// Its fields, as far as they can be known.
    fields: Option<BTreeSet<Field>>,
}

impl DraftSource {
    /// The line on which `columns`, or else the source, begins.
    fn columns_line(&self) -> usize {
        self.raw.columns.as_ref().map_or(self.line, |columns| columns.line)
    }

    fn resolve(
        &self,
        headings: &dyn Fn(&Source) -> Result<Vec<String>, String>,
        notes: &Notes,
    ) -> Resolved {
        let known = self.known_headings(headings, notes);
        let mut headings = Headings::new(known.as_deref());
        let columns = self.columns(&mut headings, notes);
        let evidence = evidence::resolve(self, &headings, &columns, notes);
        let fields = (known.is_some() || self.profile.is_none())
            .then(|| columns.keys().copied().collect::<BTreeSet<_>>());
        // A slip in a column is told once, not again as a lack of columns.
        let slips = notes.has_error_under(&format!("{}.columns", self.key))
            || notes.has_error(&format!("{}.profile", self.key));
        let fields = fields.filter(|_| !slips);
        if let Some(fields) = &fields {
            self.check_fields(fields, notes);
        }
        let source =
            known.and_then(|_| self.source(columns)).map(|source| Source { evidence, ..source });
        Resolved { source, fields }
    }

    /// The source with these columns, if enough of it is sound.
    fn source(&self, columns: BTreeMap<Field, Vec<String>>) -> Option<Source> {
        let unique = self.raw.unique.as_ref().map(|unique| unique.value);
        let usual = self.profile.map_or(self.role == Role::Registry, |profile| profile.unique);
        Some(Source {
            // A missing name was reported: the key stands in until the end.
            name: self.name.clone().unwrap_or_else(|| self.key.clone()),
            role: self.role,
            files: self.files.clone()?,
            format: self.format?,
            encoding: self.encoding.clone(),
            delimiter: self.raw.delimiter.as_ref().map(|delimiter| delimiter.value.0),
            sheets: self.raw.sheet.as_ref().map(|sheet| sheet.value.0.clone()).unwrap_or_default(),
            columns,
            unique: unique.unwrap_or(usual),
            evidence: None,
            scope: self.scope.clone(),
            extracted: self.raw.extracted.as_ref().map(|at| at.value),
        })
    }

    /// The headings that the files have.
    fn known_headings(
        &self,
        headings: &dyn Fn(&Source) -> Result<Vec<String>, String>,
        notes: &Notes,
    ) -> Option<Vec<String>> {
        // Readers find the row of headings by the headings that are wanted.
        let mut wanted: BTreeMap<Field, Vec<String>> = BTreeMap::new();
        for (field, at) in self.raw.columns.iter().flat_map(|columns| &columns.value.0) {
            wanted.insert(*field, at.value.0.clone());
        }
        for (field, aliases) in self.profile.iter().flat_map(|profile| profile.columns) {
            wanted
                .entry(*field)
                .or_default()
                .extend(aliases.iter().map(|alias| (*alias).to_owned()));
        }
        match headings(&self.source(wanted)?) {
            Ok(found) => Some(found),
            Err(message) => {
                let (message, hint) = message.split_once("hint:").unwrap_or((&message, ""));
                let line = self.raw.path.as_ref().map_or(self.line, |path| path.line);
                notes.error(line, &format!("{}.path", self.key), message.trim(), hint.trim());
                None
            }
        }
    }

    /// Field → headings of the file: those of `columns`, then those of the profile.
    fn columns(&self, headings: &mut Headings<'_>, notes: &Notes) -> BTreeMap<Field, Vec<String>> {
        let mut columns = BTreeMap::new();
        let own = self.raw.columns.as_ref().map(|columns| &columns.value.0);
        for (field, at) in own.into_iter().flatten() {
            let key = format!("{}.columns.{}", self.key, field.key());
            let mut found = Vec::new();
            for heading in &at.value.0 {
                match headings.claim(heading, *field) {
                    Ok(real) => found.push(real),
                    Err((message, hint)) => notes.error(at.line, &key, message, hint),
                }
            }
            if !found.is_empty() {
                columns.insert(*field, found);
            }
        }
        let switched = |field: &Field| own.is_some_and(|own| own.contains_key(field));
        for (field, aliases) in self.profile.iter().flat_map(|profile| profile.columns) {
            // The parts of a name or certificate are better than the whole: a column that
            // has to be taken apart is taken only where its parts are missing.
            let in_parts = match field {
                Field::FullName => columns.contains_key(&Field::Surname),
                Field::Certificate => columns.contains_key(&Field::CertificateNumber),
                Field::Surname | Field::GivenName | Field::Patronymic => {
                    own.is_some_and(|own| own.contains_key(&Field::FullName))
                }
                Field::CertificateSeries | Field::CertificateNumber => {
                    own.is_some_and(|own| own.contains_key(&Field::Certificate))
                }
                _ => false,
            };
            if switched(field) || in_parts {
                continue;
            }
            if let Some(real) =
                aliases.iter().find_map(|alias| headings.claim_quietly(alias, *field))
            {
                columns.insert(*field, vec![real]);
            }
        }
        columns
    }

    /// Whether people can be told apart by these fields.
    fn check_fields(&self, fields: &BTreeSet<Field>, notes: &Notes) {
        let has = |field: Field| fields.contains(&field);
        let key = format!("{}.columns", self.key);
        let line = self.columns_line();
        let named = has(Field::FullName) || (has(Field::Surname) && has(Field::GivenName));
        let numbered = has(Field::Certificate)
            || has(Field::CertificateNumber)
            || has(Field::Document)
            || has(Field::Unzr)
            || has(Field::Rnokpp);
        if fields.is_empty() {
            let hint = match self.profile {
                Some(profile) => format!("no heading of the profile `{}` stands in the file; name them in [columns]", profile.key),
                None => "say which heading holds which field, such as surname = \"Прізвище\", or set a profile".to_owned(),
            };
            notes.error(line, &key, "there is nothing to compare: no column is mapped", hint);
        } else if self.role == Role::Population && !named {
            let hint = "map full_name, or surname and given_name";
            notes.error(line, &key, "the children have no names", hint);
        } else if !named && !numbered && !has(Field::Surname) {
            let hint = "map a name, a certificate or a number: other fields fit too many people";
            notes.error(
                line,
                &key,
                "there is nothing to compare by which a person can be told",
                hint,
            );
        } else if !numbered && !has(Field::BirthDate) {
            let hint = "map birth_date, a certificate or a number";
            notes.warn(
                line,
                &key,
                "a name alone fits too many people: nothing can be linked surely",
                hint,
            );
        }
        if has(Field::CertificateSeries) && !has(Field::CertificateNumber) {
            let hint =
                "map certificate_number too, or use `certificate` for a column that holds both";
            notes.warn(line, &key, "a certificate's series says little without its number", hint);
        }
    }
}
