//! `model.json`: what was learned, for people to read and for another run to use.
//!
//! [`Document`] is what is written: every m with its u, weight, prior and the pairs behind it,
//! and every set of training pairs with its rounds. [`Saved`] is what is read again: m and the
//! rest of [`Trained`]; u is counted anew from the data of every run. Numbers keep all their
//! digits both ways, so that a run with the model that it would have trained gives the same
//! bytes. A new field of [`Trained`] is written and read without a word here.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::em::{LEAST_PAIRS, MOST_KIN, ROUNDS, STARTS, TOLERANCE};
use super::{Family, LEVELS, Levels, Scorer, Shares, Trained, prior};
use crate::compare::Comparison;

/// Version of the file's form: 2 since `prior`, `pairs` and `history` are in it.
pub const VERSION: u64 = 2;

/// A model larger than this is none.
const LARGEST: u64 = 256 << 20;

/// By how much the m of one comparison may miss 1 in sum: what rounding by hand leaves.
const SUM_SLACK: f64 = 1e-3;

/// u of a level that no two values reach, or not much above it.
const NEVER: f64 = 2e-9;

/// All that a job has learned.
#[derive(Clone, Debug, Serialize)]
pub struct Document {
    version: u64,
    settings: Settings,
    /// Relatives that a child has, as counted in the population; a run counts its own.
    family: Family,
    registries: Vec<Entry>,
    population: Entry,
}

/// The constants of training.
#[derive(Clone, Debug, Serialize)]
struct Settings {
    prior_strength: f64,
    least_pairs: u64,
    rounds: usize,
    tolerance: f64,
    most_kin: f64,
    level_floor: f64,
    different_floor: f64,
    starts: Vec<Value>,
}

/// What one linkage has learned.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// The register, or `population`.
    pub name: String,
    /// Records on the right.
    pub records: u64,
    /// Estimated pairs of one child.
    pub matches: f64,
    /// Their share of all pairs of a school record and a record on the right.
    pub lambda: f64,
    /// Share of the school records that have a record on the right.
    pub coverage: f64,
    /// The comparisons, in their order.
    pub comparisons: Vec<ComparisonEntry>,
    /// How common the classes of pairs of one child are by source of schools.
    pub hands: Vec<SourceHands>,
    /// The rest.
    #[serde(flatten)]
    pub trained: Trained,
}

/// How careful the hands of one source of schools are.
#[derive(Clone, Debug, Serialize)]
pub struct SourceHands {
    /// The source.
    pub source: String,
    /// Shares of the classes of [`Dependence`](super::Dependence).
    pub shares: Shares,
}

/// One comparison of an [`Entry`].
#[derive(Clone, Debug, Serialize)]
pub struct ComparisonEntry {
    /// [`Comparison::key`].
    pub key: &'static str,
    /// Share of the records on the right that have a value.
    pub filled: f64,
    /// The levels, best first.
    pub levels: Vec<LevelEntry>,
}

/// One level of a [`ComparisonEntry`].
#[derive(Clone, Copy, Debug, Serialize)]
pub struct LevelEntry {
    /// Its name.
    pub name: &'static str,
    /// Its chance for two records of one child.
    pub m: f64,
    /// Its chance for records of unrelated children, on average over values.
    pub u: f64,
    /// log2(m / u).
    pub weight: f64,
    /// m before any pair was seen.
    pub prior: f64,
    /// Training pairs of one child at this level, as expected.
    pub pairs: f64,
}

impl LevelEntry {
    /// Whether the level can be met among these records: an initial cannot where all names are
    /// whole.
    #[must_use]
    pub fn occurs(&self) -> bool {
        self.pairs > 0.0 || self.u > NEVER
    }
}

impl Document {
    /// A model of registers and of the population with itself.
    #[must_use]
    pub fn new(registries: Vec<Entry>, population: Entry, family: Family) -> Self {
        let starts = STARTS
            .iter()
            .map(|&(lambda, blur)| serde_json::json!({ "lambda": lambda, "blur": blur }));
        let settings = Settings {
            prior_strength: prior::STRENGTH,
            least_pairs: LEAST_PAIRS,
            rounds: ROUNDS,
            tolerance: TOLERANCE,
            most_kin: MOST_KIN,
            level_floor: prior::LEVEL_FLOOR,
            different_floor: prior::DIFFERENT_FLOOR,
            starts: starts.collect(),
        };
        Self { version: VERSION, settings, family, registries, population }
    }

    /// The registers, in the order of the job.
    #[must_use]
    pub fn registries(&self) -> &[Entry] {
        &self.registries
    }

    /// The population with itself.
    #[must_use]
    pub fn population(&self) -> &Entry {
        &self.population
    }

    /// As JSON.
    #[must_use]
    pub fn value(&self) -> Value {
        // Keys are strings and numbers are numbers: nothing of this can fail.
        serde_json::to_value(self).unwrap_or_default()
    }
}

impl Entry {
    /// What a linkage with `records` on the right has learned. Of all `pairs` there are,
    /// `matches` are of one child. Coverage and hands are to be filled in.
    #[must_use]
    pub fn new(name: &str, scorer: &Scorer, records: usize, pairs: f64, matches: f64) -> Self {
        let (trained, frequencies) = (scorer.trained(), scorer.frequencies());
        let comparisons = Comparison::ALL.into_iter().map(|comparison| {
            let c = comparison as usize;
            let prior = prior::m(comparison);
            let level = |(l, &name): (usize, &&'static str)| {
                let (m, u) = (trained.m[c][l], frequencies.u[c][l]);
                let pairs = trained.seen[c][l];
                LevelEntry { name, m, u, weight: (m / u).log2(), prior: prior[l], pairs }
            };
            ComparisonEntry {
                key: comparison.key(),
                filled: frequencies.filled[c],
                levels: (1..).zip(comparison.levels()).map(level).collect(),
            }
        });
        Self {
            name: name.to_owned(),
            records: records as u64,
            matches,
            lambda: matches / pairs.max(1.0),
            coverage: 0.0,
            comparisons: comparisons.collect(),
            hands: Vec::new(),
            trained: trained.clone(),
        }
    }
}

/// JSON with a line for each list or object that holds no other: long, and yet to be read.
#[must_use]
pub fn text(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, &mut text);
    text.push('\n');
    text
}

fn write(value: &Value, depth: usize, text: &mut String) {
    let nested = |value: &Value| value.is_array() || value.is_object();
    let line = |text: &mut String, depth: usize| {
        text.push('\n');
        text.extend(std::iter::repeat_n("  ", depth));
    };
    let (open, close, parts): (char, char, Vec<(Option<&String>, &Value)>) = match value {
        Value::Array(list) => ('[', ']', list.iter().map(|value| (None, value)).collect()),
        Value::Object(map) => {
            ('{', '}', map.iter().map(|(key, value)| (Some(key), value)).collect())
        }
        scalar => {
            let _ = write!(text, "{scalar}");
            return;
        }
    };
    let flat = !parts.iter().any(|&(_, value)| nested(value));
    text.push(open);
    for (i, (key, value)) in parts.iter().enumerate() {
        if i > 0 {
            text.push_str(if flat { ", " } else { "," });
        }
        if !flat {
            line(text, depth + 1);
        }
        if let Some(key) = key {
            let _ = write!(text, "{}: ", Value::from(key.as_str()));
        }
        write(value, depth + 1, text);
    }
    if !flat {
        line(text, depth);
    }
    text.push(close);
}

/// A model that was saved.
#[derive(Clone, Debug)]
pub struct Saved {
    /// Name of its file, without the folder.
    pub file: String,
    /// BLAKE3 of its bytes.
    pub blake3: String,
    registries: BTreeMap<String, Trained>,
    population: Option<Trained>,
}

/// Why a saved model cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SavedError {
    /// The file cannot be read.
    #[error(
        "the model {} cannot be read: {source}\n  hint: name a file that `zvirka train` or \
         `zvirka run` has written",
        path.display()
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// The file is no model.
    #[error(
        "{} is no model of zvirka: {what}\n  hint: name a file that `zvirka train` or \
         `zvirka run` has written",
        path.display()
    )]
    NotAModel {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// Another version has written it.
    #[error(
        "the model {} has version {found}, and this program reads version {VERSION}\n  \
         hint: train again with this program: zvirka train JOB -o NEW.json",
        path.display()
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u64,
    },
    /// It was learned for other levels of agreement.
    #[error(
        "the model {} does not fit this program: {register}, {what}\n  \
         hint: train again with this program: zvirka train JOB -o NEW.json",
        path.display()
    )]
    Levels {
        /// The file.
        path: PathBuf,
        /// The register.
        register: String,
        /// What does not fit.
        what: String,
    },
    /// A number in it is no probability.
    #[error(
        "the model {} holds what is no probability: {register}, {what}\n  \
         hint: each m lies above 0 and up to 1, and those of one comparison add up to 1",
        path.display()
    )]
    Probability {
        /// The file.
        path: PathBuf,
        /// The register.
        register: String,
        /// Comparison and level.
        what: String,
    },
}

#[derive(Deserialize)]
struct ReadDocument {
    registries: Vec<ReadEntry>,
    #[serde(default)]
    population: Option<ReadEntry>,
}

#[derive(Deserialize)]
struct ReadEntry {
    name: String,
    comparisons: Vec<ReadComparison>,
    #[serde(flatten)]
    trained: Trained,
}

#[derive(Deserialize)]
struct ReadComparison {
    key: String,
    levels: Vec<ReadLevel>,
}

#[derive(Deserialize)]
struct ReadLevel {
    name: String,
    m: f64,
    #[serde(default)]
    pairs: f64,
}

/// What is wrong and where, without a value: the file may be anything.
fn place(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let what = match error.classify() {
        Category::Io | Category::Syntax => "it is no JSON",
        Category::Eof => "it ends too early",
        Category::Data => "a value is missing, or of another kind than a model has",
    };
    format!("{what} (line {}, column {})", error.line(), error.column())
}

impl Saved {
    /// Reads a model.
    ///
    /// # Errors
    /// See [`SavedError`].
    pub fn read(path: &Path) -> Result<Self, SavedError> {
        let unreadable = |source| SavedError::Unreadable { path: path.to_owned(), source };
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(unreadable)?;
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > LARGEST {
            let what = format!("it is larger than {} MiB", LARGEST >> 20);
            return Err(SavedError::NotAModel { path: path.to_owned(), what });
        }
        Self::parse(path, &bytes)
    }

    fn parse(path: &Path, bytes: &[u8]) -> Result<Self, SavedError> {
        let none = |what: String| SavedError::NotAModel { path: path.to_owned(), what };
        let value: Value = serde_json::from_slice(bytes).map_err(|error| none(place(&error)))?;
        match value.get("version").and_then(Value::as_u64) {
            Some(VERSION) => {}
            Some(found) => return Err(SavedError::Version { path: path.to_owned(), found }),
            None => return Err(none("it has no `version`".to_owned())),
        }
        // From the text again: an error then says its line.
        let read: ReadDocument =
            serde_json::from_slice(bytes).map_err(|error| none(place(&error)))?;
        let mut registries = BTreeMap::new();
        for entry in read.registries {
            let name = entry.name.clone();
            if registries.insert(name.clone(), entry.trained(path)?).is_some() {
                return Err(none(format!("it names the register `{name}` twice")));
            }
        }
        Ok(Self {
            file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            blake3: blake3::hash(bytes).to_hex().to_string(),
            registries,
            population: read.population.map(|entry| entry.trained(path)).transpose()?,
        })
    }

    /// What was learned of a register.
    #[must_use]
    pub fn register(&self, name: &str) -> Option<&Trained> {
        self.registries.get(name)
    }

    /// What was learned of the population with itself.
    #[must_use]
    pub fn population(&self) -> Option<&Trained> {
        self.population.as_ref()
    }
}

impl ReadEntry {
    fn trained(self, path: &Path) -> Result<Trained, SavedError> {
        let register = self.name;
        let misfit =
            |what| SavedError::Levels { path: path.to_owned(), register: register.clone(), what };
        let improbable = |what| SavedError::Probability {
            path: path.to_owned(),
            register: register.clone(),
            what,
        };
        let (mut m, mut seen): (Levels, Levels) = Default::default();
        let mut found = [false; Comparison::COUNT];
        for read in self.comparisons {
            let Some(comparison) = Comparison::from_key(&read.key) else {
                return Err(misfit(format!("nothing compares `{}` here", read.key)));
            };
            let c = comparison as usize;
            if std::mem::replace(&mut found[c], true) {
                return Err(misfit(format!("`{}` stands there twice", read.key)));
            }
            let names: Vec<&str> = read.levels.iter().map(|level| level.name.as_str()).collect();
            if names != comparison.levels() {
                return Err(misfit(format!(
                    "the levels of `{}` are {} in it, and {} here",
                    read.key,
                    names.join(", "),
                    comparison.levels().join(", "),
                )));
            }
            for (l, level) in (1..LEVELS).zip(&read.levels) {
                if !(level.m > 0.0 && level.m <= 1.0) {
                    return Err(improbable(format!("m of `{}`, `{}`", read.key, level.name)));
                }
                (m[c][l], seen[c][l]) = (level.m, level.pairs);
            }
            let sum: f64 = m[c].iter().sum();
            if (sum - 1.0).abs() > SUM_SLACK {
                return Err(improbable(format!("m of `{}` add up to {sum:.4}", read.key)));
            }
        }
        if let Some(c) = found.iter().position(|found| !found) {
            return Err(misfit(format!("it lacks `{}`", Comparison::ALL[c].key())));
        }
        Ok(Trained { m, seen, ..self.trained })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Labelled, train};

    fn entry(name: &str, trained: Trained) -> Entry {
        let comparisons = Comparison::ALL.into_iter().map(|comparison| {
            let c = comparison as usize;
            let levels = (1..).zip(comparison.levels()).map(|(l, &name)| LevelEntry {
                name,
                m: trained.m[c][l],
                u: 0.01,
                weight: (trained.m[c][l] / 0.01).log2(),
                prior: prior::m(comparison)[l],
                pairs: trained.seen[c][l],
            });
            ComparisonEntry { key: comparison.key(), filled: 1.0, levels: levels.collect() }
        });
        Entry {
            name: name.to_owned(),
            records: 3,
            matches: 2.0,
            lambda: 0.1,
            coverage: 0.5,
            comparisons: comparisons.collect(),
            hands: Vec::new(),
            trained,
        }
    }

    /// A model whose numbers have as many digits as numbers have.
    fn learned() -> Trained {
        use crate::compare::{Pattern, level};
        let pattern = |at| Pattern::default().with(Comparison::GivenName, at);
        let mut counts = vec![BTreeMap::new(); crate::block::RULES.len()];
        counts[0] = BTreeMap::from([(pattern(level::EXACT), 701), (pattern(7), 13)]);
        let label = Labelled { pattern: pattern(9), same: true, weight: 1.0 / 3.0, rules: 0 };
        let u: Levels = std::array::from_fn(|_| std::array::from_fn(|l| 0.3 / (l + 1) as f64));
        train(&counts, &[label], &u)
    }

    fn document() -> Value {
        Document::new(
            vec![entry("births", learned())],
            entry("population", learned()),
            Family::expected(),
        )
        .value()
    }

    fn parse(value: &Value) -> Result<Saved, SavedError> {
        Saved::parse(Path::new("some/model.json"), text(value).as_bytes())
    }

    #[test]
    fn what_is_saved_is_read_again_to_the_last_bit() {
        let trained = learned();
        assert!(trained.sets[0].history.len() > 1 && !trained.labels.is_none());
        let saved = parse(&document()).unwrap();
        assert_eq!(saved.file, "model.json");
        assert_eq!(saved.register("births"), Some(&trained));
        assert_eq!(saved.population(), Some(&trained));
        assert_eq!(saved.register("deaths"), None);
        let bits = |levels: &Levels| levels.map(|levels| levels.map(f64::to_bits));
        assert_eq!(bits(&saved.register("births").unwrap().m), bits(&trained.m));
    }

    #[test]
    fn a_level_is_a_line() {
        let text = text(&document());
        assert!(text.contains("\n          {\"name\": \"exact\", \"m\": 0.9"), "{text}");
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value, document());
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let change = |pointer: &str, new: Value| {
            let mut value = document();
            *value.pointer_mut(pointer).unwrap() = new;
            parse(&value).unwrap_err().to_string()
        };
        let surname = "/registries/0/comparisons/0";
        let texts = [
            change("/version", 1.into()),
            change(&format!("{surname}/key"), "nickname".into()),
            change(&format!("{surname}/key"), "sex".into()),
            change(&format!("{surname}/levels/1/name"), "sound".into()),
            change(&format!("{surname}/levels/0/m"), 0.0.into()),
            change(&format!("{surname}/levels/0/m"), 0.1.into()),
            change(&format!("{surname}/levels/0/m"), Value::Null),
            change("/population/comparisons", Value::Array(Vec::new())),
            change("/registries", 3.into()),
        ];
        insta::assert_snapshot!(texts.join("\n"));
        let mut twice = document();
        let first = twice["registries"][0].clone();
        twice["registries"].as_array_mut().unwrap().push(first);
        assert!(parse(&twice).unwrap_err().to_string().contains("`births` twice"));
        for bytes in [&b""[..], b"{", b"[]", b"{\"zvirka\": 1}", b"\xff"] {
            let error = Saved::parse(Path::new("x.json"), bytes).unwrap_err();
            assert!(matches!(error, SavedError::NotAModel { .. }), "{error}");
        }
        let absent = Saved::read(Path::new("nowhere.json")).unwrap_err();
        assert!(absent.to_string().contains("hint: "), "{absent}");
    }
}
