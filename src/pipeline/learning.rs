//! What a model is learned from beside the job's own data: a model that was saved, or pairs
//! that people have labelled.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use crate::compare::Side;
use crate::job::{Job, Role};
use crate::labels::{self, Label, LabelsError};
use crate::model::saved::Saved;
use crate::normalize::World;
use crate::progress::Progress;
use crate::report::Given;
use crate::resolve::{LabelledPair, Lesson};

/// What to learn from beside the data.
#[derive(Clone, Debug, Default)]
pub struct Learning {
    /// A model to use instead of training.
    pub model: Option<Saved>,
    /// Pairs that people have labelled.
    pub labels: Option<LabelFile>,
    /// Where the model was read from.
    pub model_path: Option<PathBuf>,
    /// Where the labels were read from.
    pub labels_path: Option<PathBuf>,
}

/// A file of labelled pairs.
#[derive(Clone, Debug)]
pub struct LabelFile {
    /// Its name, without the folder.
    pub file: String,
    /// BLAKE3 of its bytes.
    pub blake3: String,
    /// Its labels, in their order.
    pub labels: Vec<Label>,
}

impl LabelFile {
    /// Reads a file of labels.
    fn read(path: &Path) -> anyhow::Result<Self> {
        let unreadable = |source| LabelsError::Unreadable { path: path.to_owned(), source };
        // Read once: what is hashed is what is learned from.
        let bytes = std::fs::read(path).map_err(unreadable)?;
        let labels = labels::parse(path, &bytes)?;
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { file, blake3: blake3::hash(&bytes).to_hex().to_string(), labels })
    }
}

/// Why labels cannot be learned from. Messages name files, sources and rows.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LearningError {
    /// A label names a source that the job does not have, or not in this place.
    #[error(
        "{file}, row {label}: `{source_name}` is no {role} of the job\n  \
         hint: it has {}",
        known.join(", ")
    )]
    Source {
        /// The file.
        file: String,
        /// 0-based row of the label.
        label: usize,
        /// The name.
        source_name: String,
        /// What it should be.
        role: &'static str,
        /// The names that would do.
        known: Vec<String>,
    },
    /// A label names a row that is not there.
    #[error(
        "{file}, row {label}: `{source_name}` has no usable row {row}\n  \
         hint: rows count from 0, headings aside; rows that could not be read stand in the \
         rejected.csv of a run"
    )]
    Row {
        /// The file.
        file: String,
        /// 0-based row of the label.
        label: usize,
        /// The source.
        source_name: String,
        /// The row.
        row: u64,
    },
    /// A label compares a row with itself.
    #[error(
        "{file}, row {label}: both rows are row {row} of `{source_name}`\n  \
         hint: label two different rows"
    )]
    Itself {
        /// The file.
        file: String,
        /// 0-based row of the label.
        label: usize,
        /// The source.
        source_name: String,
        /// The row.
        row: u64,
    },
}

/// Labelled pairs by linkage.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Of the population with itself.
    pub(super) doubles: Vec<LabelledPair>,
    /// Of registers, by source.
    pub(super) registers: BTreeMap<usize, Vec<LabelledPair>>,
}

impl Learning {
    /// Reads a model, or pairs that people have labelled, or neither.
    ///
    /// # Errors
    /// A file cannot be read, or is none of its kind.
    pub fn open(model: Option<&Path>, labels: Option<&Path>) -> anyhow::Result<Self> {
        Ok(Self {
            model: model.map(Saved::read).transpose().map_err(anyhow::Error::from)?,
            labels: labels.map(LabelFile::read).transpose()?,
            model_path: model.map(Path::to_owned),
            labels_path: labels.map(Path::to_owned),
        })
    }

    /// The files, for the manifest.
    pub(super) fn given(&self) -> Given<'_> {
        let model = self.model.as_ref().map(|model| (&*model.file, &*model.blake3));
        let labels = self.labels.as_ref().map(|labels| (&*labels.file, &*labels.blake3));
        Given { model, labels, previous: None }
    }

    /// The labels as pairs of ids.
    pub(super) fn told(
        &self,
        job: &Job,
        world: &World,
        population: &Side,
        registers: &[(usize, Side)],
    ) -> Result<Told, LearningError> {
        let mut told = Told::default();
        let Some(file) = self.labels.as_ref().filter(|file| !file.labels.is_empty()) else {
            return Ok(told);
        };
        let population = Places::new(world, population);
        let registers: BTreeMap<usize, Places> =
            registers.iter().map(|(source, side)| (*source, Places::new(world, side))).collect();
        for (label, at) in file.labels.iter().zip(0..) {
            let reader = Reader { job, file: &file.file, label: at };
            let school = reader.source(&label.source, Some(Role::Population))?;
            let other = reader.source(&label.registry, None)?;
            let left = reader.row(&population, school, label.row)?;
            let right = match registers.get(&other) {
                Some(places) => reader.row(places, other, label.registry_row)?,
                None => reader.row(&population, other, label.registry_row)?,
            };
            // Nobody knows: nothing is to be learned.
            let Some(same) = label.same else { continue };
            let weight = label.weight;
            if registers.contains_key(&other) {
                let pair = LabelledPair { left, right, same, weight };
                told.registers.entry(other).or_default().push(pair);
            } else if left == right {
                let (source_name, row) = (label.source.clone(), label.row);
                let file = file.file.clone();
                return Err(LearningError::Itself { file, label: at, source_name, row });
            } else {
                let (left, right) = (left.min(right), left.max(right));
                told.doubles.push(LabelledPair { left, right, same, weight });
            }
        }
        Ok(told)
    }

    /// Where a register has its m from, or the population with itself where `register` is
    /// `None`; says so where a model is given and lacks it.
    pub(super) fn lesson<'a>(
        &'a self,
        register: Option<&str>,
        labelled: &'a [LabelledPair],
        progress: &dyn Progress,
    ) -> Lesson<'a> {
        let Some(model) = &self.model else { return Lesson::Pairs(labelled) };
        let known = match register {
            Some(name) => model.register(name),
            None => model.population(),
        };
        if let Some(trained) = known {
            return Lesson::Saved(trained);
        }
        let name = register.unwrap_or("population");
        progress.message(&format!(
            "the model {} has nothing of `{name}`, which is trained from its own pairs",
            model.file
        ));
        Lesson::Pairs(labelled)
    }
}

/// Ids of the records of a side by source and row.
struct Places(FxHashMap<(usize, u64), u32>);

impl Places {
    fn new(world: &World, side: &Side) -> Self {
        let places = side.origin.iter().zip(0_u32..).map(|(&(source, i), id)| {
            let source = usize::from(source);
            ((source, world.sources[source].row[i as usize]), id)
        });
        Self(places.collect())
    }
}

/// What a label is about, for messages.
struct Reader<'a> {
    job: &'a Job,
    file: &'a str,
    label: usize,
}

impl Reader<'_> {
    /// The source of a name, with one role or any.
    fn source(&self, name: &str, role: Option<Role>) -> Result<usize, LearningError> {
        let fits = |at: &usize| role.is_none_or(|role| self.job.sources[*at].role == role);
        let sources = || (0..self.job.sources.len()).filter(fits);
        let name_of = |at: usize| self.job.sources[at].name.clone();
        sources().find(|&at| self.job.sources[at].name == name).ok_or_else(|| {
            LearningError::Source {
                file: self.file.to_owned(),
                label: self.label,
                source_name: name.to_owned(),
                role: if role.is_some() { "population" } else { "source" },
                known: sources().map(name_of).collect(),
            }
        })
    }

    fn row(&self, places: &Places, source: usize, row: u64) -> Result<u32, LearningError> {
        places.0.get(&(source, row)).copied().ok_or_else(|| LearningError::Row {
            file: self.file.to_owned(),
            label: self.label,
            source_name: self.job.sources[source].name.clone(),
            row,
        })
    }
}
