//! The job: whose status is asked, where to look, and what counts as proof.
//!
//! `job.toml` → a checked [`Job`]. This room knows the settings and nothing of
//! what the files hold; where a check needs a file's headings, the caller hands
//! them in.
//!
//! The text is parsed into a tree; the tree is read table by table into the raw types,
//! which also make the JSON Schema; the raw types are checked into a [`Draft`]; and with
//! the files' headings, profiles applied, the draft becomes a [`Job`]. A mistake on the
//! way is noted and the way goes on, so that one look shows every mistake.

mod check;
mod draft;
mod evidence;
mod files;
mod files_seen;
mod headings;
pub mod init;
mod near;
mod problem;
pub mod profiles;
mod raw;
mod reader;
mod syntax;
mod types;

use std::path::Path;

pub use draft::Draft;
pub use problem::{Problem, Problems, Severity};
pub use types::*;

/// Name of the schema's copy that `zvirka init` puts beside a job file, for editors.
pub const SCHEMA_FILE: &str = "zvirka-job.schema.json";

/// Reads and checks a job file, all but the headings of its files.
///
/// # Errors
/// Every problem found. Warnings alone are no error; they wait in the draft.
pub fn load(path: &Path) -> Result<Draft, Problems> {
    let draft = syntax::read(path)?;
    if draft.has_errors() { Err(draft.into_problems()) } else { Ok(draft) }
}

/// Reads and checks a job file and the headings of its files.
///
/// # Errors
/// Every problem found, those of settings and of headings together.
pub fn open(path: &Path) -> Result<Job, Problems> {
    open_with_warnings(path).map(|(job, _)| job)
}

/// As [`open`], with the warnings, which may be none.
///
/// # Errors
/// Every problem found, those of settings and of headings together.
pub fn open_with_warnings(path: &Path) -> Result<(Job, Problems), Problems> {
    syntax::read(path)?.resolve(&files_seen::headings)
}

/// Reads and checks the text of a job that would stand at `path`.
///
/// # Errors
/// Every problem found, those of settings and of headings together.
pub fn open_text(text: &str, path: &Path) -> Result<(Job, Problems), Problems> {
    syntax::parse(text, path)?.resolve(&files_seen::headings)
}

impl Job {
    /// Why `out` cannot be the run's folder: it would swallow the job or an input.
    ///
    /// # Errors
    /// What is wrong, with the remedy.
    pub fn check_output(&self, out: &Path) -> Result<(), String> {
        let inputs = self.sources.iter().flat_map(|source| &source.files);
        match files::output_problem(out, &self.path, inputs) {
            None => Ok(()),
            Some((message, hint)) => Err(format!("{message}\n  hint: {hint}")),
        }
    }
}

/// The JSON Schema of job files, as `docs/job.schema.json` holds it.
#[must_use]
pub fn schema() -> String {
    let mut schema = schemars::schema_for!(raw::RawJob).to_value();
    tidy(&mut schema);
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

/// Takes out what a job file cannot hold: TOML knows no null, an absent key is simply
/// absent. Descriptions lose the line breaks of the source.
fn tidy(value: &mut serde_json::Value) {
    use serde_json::Value;
    match value {
        Value::Array(items) => items.iter_mut().for_each(tidy),
        Value::Object(map) => {
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|one| one != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    map.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(choices)) = map.get_mut("anyOf") {
                choices.retain(|one| one.get("type") != Some(&"null".into()));
                if let [Value::Object(only)] = choices.as_slice() {
                    let only = only.clone();
                    map.remove("anyOf");
                    map.extend(only);
                }
            }
            if let Some(Value::String(text)) = map.get_mut("description") {
                *text = text.replace('\n', " ");
            }
            if map.get("default") == Some(&Value::Null) {
                map.remove("default");
            }
            map.values_mut().for_each(tidy);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
