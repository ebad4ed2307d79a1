//! What differs between two runs as wholes, by their manifests.

use serde::Serialize;

use super::types::RecordView;
use crate::run_folder::{InputFile, Manifest, ManifestSource, ManifestThresholds};

/// What happened to a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceChange {
    /// The same bytes.
    Same,
    /// Other files.
    Differs,
    /// Not in the old run.
    Added,
    /// Not in the new run.
    Removed,
}

/// A setting of the job that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// Its key in the job.
    pub key: &'static str,
    /// As it was.
    pub old: String,
    /// As it is.
    pub new: String,
}

/// What differs between two runs as wholes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "each says of another thing whether it differs")]
pub struct Runs {
    /// The sources of both, in the order of the new run, then those of the old alone.
    pub names: Vec<String>,
    /// What happened to each.
    pub sources: Vec<SourceChange>,
    /// Whether rows have kept their numbers: the same files in the same order.
    #[serde(skip)]
    pub same_rows: Vec<bool>,
    /// Whether the job files differ.
    pub job: bool,
    /// The settings that are known to differ; others may.
    pub settings: Vec<Setting>,
    /// Whether `model.json` differs.
    pub model: bool,
    /// Whether another model was given, or one where none was.
    pub given_model: bool,
    /// Whether other labels were given.
    pub labels: bool,
    /// Whether decisions of people differ.
    pub decisions: bool,
    /// The versions, where they differ.
    pub versions: Option<(String, String)>,
    /// Whether the program differs, be it of one version.
    pub program: bool,
    /// The manifests, for what is looked up of them.
    #[serde(skip)]
    pub manifests: [Manifest; 2],
}

impl Runs {
    /// Compares two manifests.
    pub(super) fn of(old: Manifest, new: Manifest) -> Self {
        let mut names: Vec<String> = new.names().map(str::to_owned).collect();
        let gone: Vec<String> =
            old.names().filter(|name| new.source(name).is_none()).map(str::to_owned).collect();
        names.extend(gone);
        let change = |name: &String| match (old.source(name), new.source(name)) {
            (None, _) => SourceChange::Added,
            (_, None) => SourceChange::Removed,
            (Some(a), Some(b)) if sorted_hashes(a) == sorted_hashes(b) => SourceChange::Same,
            _ => SourceChange::Differs,
        };
        let sources = names.iter().map(change).collect();
        let same_rows = names.iter().map(|name| {
            let (old, new) = (old.source(name), new.source(name));
            old.zip(new).is_some_and(|(a, b)| a.rows == b.rows && hashes(a).eq(hashes(b)))
        });
        let same_rows = same_rows.collect();
        let settings = settings(&old, &new);
        let model = |manifest: &Manifest| {
            let file = manifest.outputs.iter().find(|file| file.name == "model.json");
            file.map(|file| file.blake3.clone())
        };
        let version = |manifest: &Manifest| manifest.zvirka.clone().unwrap_or_default();
        let versions = (old.zvirka != new.zvirka).then(|| (version(&old), version(&new)));
        // A system that does not show the program says nothing about it.
        let binary = |manifest: &Manifest| manifest.binary.as_ref().map(|file| file.blake3.clone());
        let binaries = binary(&old).zip(binary(&new));
        Self {
            sources,
            same_rows,
            job: old.job.blake3 != new.job.blake3 || !settings.is_empty(),
            settings,
            model: model(&old) != model(&new),
            given_model: given(old.model.as_ref()) != given(new.model.as_ref()),
            labels: given(old.labels.as_ref()) != given(new.labels.as_ref()),
            decisions: old.decisions != new.decisions,
            program: versions.is_some() || binaries.is_some_and(|(a, b)| a != b),
            versions,
            names,
            manifests: [old, new],
        }
    }

    /// The place of a source.
    pub(super) fn place(&self, name: &str) -> Option<u16> {
        let place = self.names.iter().position(|known| known == name)?;
        u16::try_from(place).ok()
    }

    /// The name of a source.
    #[must_use]
    pub fn name(&self, source: u16) -> &str {
        self.names.get(usize::from(source)).map_or("?", String::as_str)
    }

    /// Whether a record's key is the hash of its values: `source:#` and 16 digits.
    pub(super) fn is_hash(&self, record: &RecordView) -> bool {
        let own = record.key.strip_prefix(self.name(record.source));
        own.and_then(|own| own.strip_prefix(":#"))
            .is_some_and(|hash| hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()))
    }

    /// What happened to a source.
    #[must_use]
    pub fn source(&self, source: u16) -> SourceChange {
        self.sources.get(usize::from(source)).copied().unwrap_or(SourceChange::Differs)
    }

    /// Whether rows of a source have kept their numbers.
    pub(super) fn same_rows(&self, source: u16) -> bool {
        self.same_rows.get(usize::from(source)).copied().unwrap_or(false)
    }

    /// Whether any input differs.
    #[must_use]
    pub fn data(&self) -> bool {
        self.sources.iter().any(|change| *change != SourceChange::Same)
    }

    /// Whether a setting from which thresholds follow differs.
    pub(super) fn costs(&self) -> bool {
        self.settings
            .iter()
            .any(|setting| matches!(setting.key, "hidden_child_cost" | "review_capacity"))
    }

    /// The probability from which a link of a register was accepted in one of the runs.
    pub(super) fn confirm(&self, run: usize, register: u16) -> Option<f64> {
        let manifest = self.manifests.get(run)?;
        let confirm = manifest.thresholds?.confirm;
        let name = self.name(register);
        let raised = manifest.registers.iter().find(|register| register.name == name);
        let raised = raised.map_or(0.0, |register| register.offset_bits);
        let odds = confirm / (1.0 - confirm).max(f64::MIN_POSITIVE) * raised.exp2();
        Some(if odds.is_finite() { odds / (1.0 + odds) } else { 1.0 })
    }

    /// The probability from which a link was possible in one of the runs.
    pub(super) fn review(&self, run: usize) -> Option<f64> {
        Some(self.manifests.get(run)?.thresholds?.review)
    }

    /// The thresholds of both, where they differ.
    #[must_use]
    pub fn thresholds(&self) -> Option<(ManifestThresholds, ManifestThresholds)> {
        let [old, new] = &self.manifests;
        old.thresholds.zip(new.thresholds).filter(|(old, new)| old != new)
    }
}

fn given(file: Option<&InputFile>) -> Option<&str> {
    file.map(|file| file.blake3.as_str())
}

fn hashes(source: &ManifestSource) -> impl Iterator<Item = &str> {
    source.files.iter().map(|file| file.blake3.as_str())
}

fn sorted_hashes(source: &ManifestSource) -> Vec<&str> {
    let mut all: Vec<&str> = hashes(source).collect();
    all.sort_unstable();
    all
}

/// The first digits of a hash.
fn short(hash: Option<&str>) -> String {
    hash.map_or_else(|| "?".to_owned(), |hash| format!("{}…", hash.get(..8).unwrap_or(hash)))
}

fn settings(old: &Manifest, new: &Manifest) -> Vec<Setting> {
    let (a, b) = (&old.job, &new.job);
    let number = |n: Option<f64>| n.map_or_else(|| "?".to_owned(), |n| n.to_string());
    let count = |n: Option<u64>| n.map_or_else(|| "?".to_owned(), |n| n.to_string());
    let all = [
        ("as_of", a.as_of.to_string(), b.as_of.to_string()),
        ("evidence_since", a.evidence_since.to_string(), b.evidence_since.to_string()),
        ("hidden_child_cost", number(a.hidden_child_cost), number(b.hidden_child_cost)),
        ("review_capacity", count(a.review_capacity), count(b.review_capacity)),
        // The keys above are but the best known: whatever else differs shows in the file's hash.
        ("the job file (hash)", short(a.blake3.as_deref()), short(b.blake3.as_deref())),
    ];
    let differing = all.into_iter().filter(|(_, old, new)| old != new);
    differing.map(|(key, old, new)| Setting { key, old, new }).collect()
}
