//! What went into a run against its manifest: the job, its inputs, a model, labels, the ids of
//! the previous run.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;

use super::{Checked, State};
use crate::job::{self, Job, Severity};
use crate::run_folder::{InputFile, Manifest, ManifestSource, Places};

/// What went in.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Inputs {
    /// The job file; `None` where nobody knows where it is.
    pub job: Option<Checked>,
    /// What is wrong with the job as it is now, line by line.
    pub problems: Vec<String>,
    /// The files of the sources.
    pub inputs: Vec<CheckedInput>,
    /// The model that weighed.
    pub model: Option<Checked>,
    /// The pairs that people have judged.
    pub labels: Option<Checked>,
    /// The children of the previous run, whose ids were kept.
    pub previous: Option<Checked>,
}

/// A file of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckedInput {
    /// The source.
    pub source: String,
    /// The file.
    #[serde(flatten)]
    pub file: Checked,
}

/// What it takes to run a job again.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) job: Job,
    pub(super) model: Option<PathBuf>,
    pub(super) labels: Option<PathBuf>,
    /// The previous run's folder.
    pub(super) previous: Option<PathBuf>,
}

impl Inputs {
    /// Whether all that went in is there as it was.
    #[must_use]
    pub fn same(&self) -> bool {
        let given = [&self.model, &self.labels, &self.previous];
        self.job.as_ref().is_some_and(Checked::is_same)
            && self.problems.is_empty()
            && self.inputs.iter().all(|input| input.file.is_same())
            && given.into_iter().flatten().all(Checked::is_same)
    }
}

/// Hashes all that went in; the job where it can be run.
pub(super) fn check(
    manifest: &Manifest,
    places: &Places,
    path: Option<&Path>,
) -> (Inputs, Option<Ready>) {
    let folder = path.and_then(Path::parent);
    let model =
        manifest.model.as_ref().map(|file| given(file, places.model_path.as_deref(), folder));
    let labels =
        manifest.labels.as_ref().map(|file| given(file, places.labels_path.as_deref(), folder));
    let previous = manifest.previous.as_ref().map(|file| {
        let folder = places.previous_path.clone().unwrap_or_default();
        let children = folder.join("children.parquet");
        (Checked::against(&children, &file.name, &file.blake3), folder)
    });
    let mut inputs = Inputs {
        previous: previous.as_ref().map(|(checked, _)| checked.clone()),
        model: model.as_ref().map(|(checked, _)| checked.clone()),
        labels: labels.as_ref().map(|(checked, _)| checked.clone()),
        ..Inputs::default()
    };
    let Some(path) = path else { return (inputs, None) };
    // A manifest that hashes no job vouches for none.
    let blake3 = manifest.job.blake3.as_deref().unwrap_or_default();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    inputs.job = Some(Checked::against(path, &name, blake3));
    match job::open(path) {
        Ok(job) => {
            inputs.inputs = sources(manifest, &job);
            let place = |given: Option<(Checked, PathBuf)>| given.map(|(_, path)| path);
            let ready = Ready {
                job,
                model: place(model),
                labels: place(labels),
                previous: place(previous),
            };
            (inputs, Some(ready))
        }
        Err(problems) => {
            let errors = problems.shown().filter(|(severity, _)| *severity == Severity::Error);
            inputs.problems = errors.map(|(_, text)| text).collect();
            // The job cannot say where its inputs are: beside it, as a rule.
            let beside = |source: &ManifestSource, file: &InputFile| CheckedInput {
                source: source.name.clone(),
                file: Checked::against(
                    &folder.unwrap_or(Path::new("")).join(plain(&file.name)),
                    &file.name,
                    &file.blake3,
                ),
            };
            let files = manifest.sources.iter();
            inputs.inputs = files
                .flat_map(|source| source.files.iter().map(move |file| beside(source, file)))
                .collect();
            (inputs, None)
        }
    }
}

/// A name without whatever folders somebody wrote before it.
fn plain(name: &str) -> &Path {
    Path::new(name).file_name().map_or(Path::new(""), Path::new)
}

/// A file that was given beside the job, where it lay, or else beside the job.
fn given(file: &InputFile, place: Option<&Path>, folder: Option<&Path>) -> (Checked, PathBuf) {
    let beside = || folder.map(|folder| folder.join(plain(&file.name)));
    let place = place.filter(|place| place.exists()).map(Path::to_owned).or_else(beside);
    let place = place.unwrap_or_else(|| plain(&file.name).to_owned());
    (Checked::against(&place, &file.name, &file.blake3), place)
}

/// Every file of every source, as the manifest and as the job know them.
fn sources(manifest: &Manifest, job: &Job) -> Vec<CheckedInput> {
    let mut pairs: Vec<(&str, Option<&InputFile>, Option<&PathBuf>)> = Vec::new();
    for source in &manifest.sources {
        let now = job.sources.iter().find(|now| now.name == source.name);
        let files = now.map_or(&[][..], |now| &now.files);
        let mut left: Vec<&PathBuf> = files.iter().collect();
        for file in &source.files {
            let at =
                left.iter().position(|path| path.file_name() == Path::new(&file.name).file_name());
            pairs.push((&source.name, Some(file), at.map(|at| left.remove(at))));
        }
        pairs.extend(left.into_iter().map(|path| (source.name.as_str(), None, Some(path))));
    }
    for now in job.sources.iter().filter(|now| manifest.source(&now.name).is_none()) {
        pairs.extend(now.files.iter().map(|path| (now.name.as_str(), None, Some(path))));
    }
    let check = |(source, file, path): (&str, Option<&InputFile>, Option<&PathBuf>)| {
        let checked = match (file, path) {
            (Some(file), Some(path)) => Checked::against(path, &file.name, &file.blake3),
            (Some(file), None) => Checked { file: file.name.clone(), state: State::Missing },
            (None, path) => {
                let name = path.and_then(|path| path.file_name()).unwrap_or_default();
                Checked { file: name.to_string_lossy().into_owned(), state: State::Unknown }
            }
        };
        CheckedInput { source: source.to_owned(), file: checked }
    };
    pairs.into_par_iter().map(check).collect()
}
