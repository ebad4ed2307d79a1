//! Input that links to nothing, or to everything, whatever is done with it.
//!
//! A register whose dates are lost settles nobody, and the list is long for no reason; a default
//! birth date on every row, or a model that knows no difference, settles everybody, and the list
//! hides children. Neither shows in the number of rows, so a run looks for both: at what was
//! read before it links, and at the links before it writes. What it finds ends the run before
//! anything is written, unless the kind is allowed.
//!
//! Small samples are not judged: a share of fewer than [`LEAST`] rows says nothing, and a
//! register of missing persons may rightly hold a dozen.
//!
//! | kind | found where |
//! | --- | --- |
//! | `undated` | of the rows of a register whose evidence needs a day, nine in ten have none |
//! | `unfilled` | a mapped name or birth date is missing on nine rows in ten |
//! | `constant` | nine in ten of the birth dates or names of a source are one value |
//! | `links_everything` | the weights tell nothing apart, or the links are more, weaker or falser than links can be |
//! | `empty` | a list of pupils has no usable row, or one and the same row throughout |

mod words;

use std::collections::BTreeSet;

use super::{Linked, Register};
use crate::field::Field;
use crate::job::{Job, Kind, Role, Source};
use crate::model::saved::Entry;
use crate::normalize::{Records, World};
use crate::report::Warning;
use crate::report::words::Lang;

/// Rows, filled values or links from which a share is judged.
pub const LEAST: usize = 50;

/// From this share on a column is as good as empty, or as good as constant.
const MOST: f64 = 0.9;

/// Bits that the weights of a pair of one child must come to at least, on average and in all: two
/// questions of yes and no. With less, no register can be searched. Names alone give about ten,
/// names and a birth date about thirty.
const LEAST_BITS: f64 = 2.0;

/// Levels whose chance is below this do not occur among unrelated pairs, so that m there says
/// nothing about how well pairs are told apart.
const NEVER: f64 = 1e-8;

/// From this share of false links on, links are no links.
const FALSE: f64 = 0.1;

/// From this share of links on that a stranger fits as well, or of records that are one child's.
const HALF: f64 = 0.5;

/// A way to be degenerate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Degenerate {
    /// Evidence without days.
    Undated,
    /// A mapped field without values.
    Unfilled,
    /// A field with one value.
    Constant,
    /// Weights or links that tell nothing apart.
    LinksEverything,
    /// Nobody asked about, or nobody in a register.
    Empty,
}

impl Degenerate {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Undated, Self::Unfilled, Self::Constant, Self::LinksEverything, Self::Empty];

    /// The name in arguments and outputs.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Undated => "undated",
            Self::Unfilled => "unfilled",
            Self::Constant => "constant",
            Self::LinksEverything => "links_everything",
            Self::Empty => "empty",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// The kinds that a run lets pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allow(BTreeSet<Degenerate>);

impl Allow {
    /// Reads `undated,constant` or `all`.
    ///
    /// # Errors
    /// Which names would do.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut kinds = BTreeSet::new();
        for word in text.split(',').map(str::trim) {
            if word == "all" {
                kinds.extend(Degenerate::ALL);
            } else if let Some(kind) = Degenerate::from_key(word) {
                kinds.insert(kind);
            } else {
                let known = Degenerate::ALL.map(Degenerate::key).join(", ");
                return Err(format!("write all, or some of {known}, with commas between"));
            }
        }
        Ok(Self(kinds))
    }

    /// These, and those of another.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.0.extend(&other.0);
        self
    }

    /// Whether a kind may pass.
    #[must_use]
    pub fn has(&self, kind: Degenerate) -> bool {
        self.0.contains(&kind)
    }

    /// Their names, in order.
    #[must_use]
    pub fn keys(&self) -> Vec<&'static str> {
        self.0.iter().map(|kind| kind.key()).collect()
    }
}

/// One finding. Names the source and the field, never a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    source: String,
    what: What,
}

/// What was found. Shares are of 1.
#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    /// Of so many rows whose evidence needs a day, this share has none.
    Undated { share: f64, rows: usize },
    /// Of so many rows this share has no value of the field.
    Unfilled { field: Field, share: f64, rows: usize },
    /// Of so many values this share is one value.
    Constant { field: Field, share: f64, filled: usize },
    /// All comparisons together give this many bits for a pair of one child.
    Blind { bits: f64, rows: usize },
    /// More links than rows of a register of unique persons.
    MoreThanRows { links: usize, rows: usize },
    /// Of so many links this share weighs so little that a stranger is expected to fit as well.
    Weak { share: f64, links: usize },
    /// Of so many links this share is false, as far as can be told.
    False { share: f64, links: usize },
    /// Of so many school records this share is one child's.
    Joined { share: f64, records: usize },
    /// No usable row of a list of pupils, beside so many other rows.
    Nobody { beside: usize },
    /// So many rows of a list of pupils, and all the same.
    Identical { rows: usize },
    /// No usable row of a register.
    NoRegister,
}

impl Finding {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> Degenerate {
        match self.what {
            What::Undated { .. } => Degenerate::Undated,
            What::Unfilled { .. } => Degenerate::Unfilled,
            What::Constant { .. } => Degenerate::Constant,
            What::Blind { .. }
            | What::MoreThanRows { .. }
            | What::Weak { .. }
            | What::False { .. }
            | What::Joined { .. } => Degenerate::LinksEverything,
            What::Nobody { .. } | What::Identical { .. } | What::NoRegister => Degenerate::Empty,
        }
    }

    /// Whether it ends a run that does not allow its kind. An empty register does not: nobody has
    /// to be in it. Nor does an empty list in a job that is no more than a sample.
    #[must_use]
    pub const fn refuses(&self) -> bool {
        match self.what {
            What::NoRegister => false,
            What::Nobody { beside } => beside >= LEAST,
            _ => true,
        }
    }

    /// As it stands in the manifest.
    #[must_use]
    pub fn warning(&self) -> Warning {
        let (field, share, of) = match self.what {
            What::Undated { share, rows } => (Some("evidence.date"), share, rows),
            What::Unfilled { field, share, rows } => (Some(field.key()), share, rows),
            What::Constant { field, share, filled } => (Some(field.key()), share, filled),
            What::Blind { rows, .. } => (Some("weights"), 1.0, rows),
            What::MoreThanRows { links, rows } => {
                (Some("links"), links as f64 / rows.max(1) as f64, rows)
            }
            What::Weak { share, links } | What::False { share, links } => {
                (Some("links"), share, links)
            }
            What::Joined { share, records } => (Some("children"), share, records),
            What::Nobody { .. } | What::NoRegister => (None, 1.0, 0),
            What::Identical { rows } => (None, 1.0, rows),
        };
        let kind = self.kind().key();
        Warning { kind, source: self.source.clone(), field, share, of: of as u64 }
    }
}

/// Why a run was refused: all findings whose kind is not allowed.
#[derive(Clone, Debug)]
pub struct Refused {
    findings: Vec<Finding>,
    lang: Lang,
}

/// Parts findings into what ends the run and what it goes on in spite of.
///
/// # Errors
/// Findings that end it, if there are any.
pub fn judge(findings: Vec<Finding>, allow: &Allow, lang: Lang) -> Result<Vec<Finding>, Refused> {
    let (refused, passed): (Vec<_>, Vec<_>) =
        findings.into_iter().partition(|finding| finding.refuses() && !allow.has(finding.kind()));
    if refused.is_empty() { Ok(passed) } else { Err(Refused { findings: refused, lang }) }
}

/// What is degenerate in what was read, source by source.
#[must_use]
pub fn of_world(job: &Job, world: &World) -> Vec<Finding> {
    let all: usize = world.sources.iter().map(Records::len).sum();
    let mut found = Vec::new();
    for (source, records) in job.sources.iter().zip(&world.sources) {
        let mut add = |what| found.push(Finding { source: source.name.clone(), what });
        if records.is_empty() {
            add(match source.role {
                Role::Population => What::Nobody { beside: all },
                Role::Registry => What::NoRegister,
            });
        }
        if records.len() < LEAST {
            continue;
        }
        if source.role == Role::Registry {
            undated(records).into_iter().for_each(&mut add);
        } else if identical(records) {
            add(What::Identical { rows: records.len() });
        }
        fields(source, records).into_iter().for_each(add);
    }
    found
}

/// Rows whose evidence is worth nothing without a day, and has none. A search without a day is a
/// search all the same.
fn undated(records: &Records) -> Option<What> {
    let needs = |kind: Kind| kind.settles() && kind != Kind::ReportedMissing;
    let dates = records.evidence_kind.iter().zip(&records.evidence_date);
    let dates: Vec<bool> =
        dates.filter(|(kind, _)| kind.is_some_and(needs)).map(|(_, day)| day.is_some()).collect();
    let rows = dates.len();
    let share = share(dates.iter().filter(|&&dated| !dated).count(), rows);
    (rows >= LEAST && share >= MOST).then_some(What::Undated { share, rows })
}

/// Whether no row differs from another in what tells people apart.
fn identical(records: &Records) -> bool {
    let person = |i: usize| {
        (
            (records.surname[i], records.given_name[i], records.patronymic[i]),
            (records.birth_date[i], records.certificate[i], records.document[i]),
            (records.unzr[i], records.rnokpp[i]),
        )
    };
    (1..records.len()).all(|i| person(i) == person(0))
}

/// Names and birth dates that are mapped, and are missing or all alike.
fn fields(source: &Source, records: &Records) -> Vec<What> {
    let mapped = |field: Field| source.columns.contains_key(&field);
    let code = |codes: &[u32]| -> Vec<Value> {
        let value = |&code: &u32| if code == 0 { Value::Missing } else { Value::Whole(code) };
        codes.iter().map(value).collect()
    };
    let mut columns: Vec<(Field, Vec<Value>)> = Vec::new();
    let whole = mapped(Field::FullName);
    if mapped(Field::Surname) || whole {
        let field = if mapped(Field::Surname) { Field::Surname } else { Field::FullName };
        columns.push((field, code(&records.surname)));
    }
    if mapped(Field::GivenName) || whole {
        let field = if mapped(Field::GivenName) { Field::GivenName } else { Field::FullName };
        columns.push((field, code(&records.given_name)));
    }
    if mapped(Field::BirthDate) {
        let days = records.birth_date.iter().map(|date| match date {
            date if date.is_missing() => Value::Missing,
            date if date.is_full() => Value::Whole(
                u32::from(date.year) << 16 | u32::from(date.month) << 8 | u32::from(date.day),
            ),
            _ => Value::Part,
        });
        columns.push((Field::BirthDate, days.collect()));
    }
    let mut found = Vec::new();
    for (field, values) in columns {
        let rows = values.len();
        let missing = share(values.iter().filter(|value| **value == Value::Missing).count(), rows);
        if missing >= MOST {
            found.push(What::Unfilled { field, share: missing, rows });
            continue;
        }
        let whole = |value: &Value| if let Value::Whole(code) = value { Some(*code) } else { None };
        let mut codes: Vec<u32> = values.iter().filter_map(whole).collect();
        codes.sort_unstable();
        let (filled, runs) = (codes.len(), codes.chunk_by(|a, b| a == b));
        let share = share(runs.map(<[u32]>::len).max().unwrap_or(0), filled);
        if filled >= LEAST && share >= MOST {
            found.push(What::Constant { field, share, filled });
        }
    }
    // A whole name stands for two columns, and is told of once.
    found.dedup();
    found
}

/// A value of a column, as far as it bears on whether the column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    Missing,
    /// A year without a day: many children have one year, and it is no default.
    Part,
    /// A code, or a day.
    Whole(u32),
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// What is degenerate in the links, register by register; `entries` are the registers of the
/// model, in their order.
#[must_use]
pub fn of_links(job: &Job, linked: &Linked, entries: &[Entry]) -> Vec<Finding> {
    let mut found = Vec::new();
    let records = linked.population.len();
    let largest = linked.children.records.iter().map(Vec::len).max().unwrap_or(0);
    let joined = share(largest, records);
    if records >= LEAST && joined > HALF {
        let what = What::Joined { share: joined, records };
        found.push(Finding { source: "population".to_owned(), what });
    }
    for (register, entry) in linked.registers.iter().zip(entries) {
        let source = &job.sources[register.source];
        let links = Links {
            unique: source.unique,
            rows: register.side.len(),
            pupils: records,
            bits: bits(entry),
            weights: weights(register),
            expected_false: expected_false(register),
        };
        let found_here = links.findings().into_iter();
        found.extend(found_here.map(|what| Finding { source: source.name.clone(), what }));
    }
    found
}

/// The accepted links of a register, as far as they are judged.
#[derive(Debug)]
struct Links {
    unique: bool,
    /// Rows of the register.
    rows: usize,
    /// School records.
    pupils: usize,
    /// Bits that a pair of one child gains on average.
    bits: f64,
    /// Match weights of the accepted pairs of child and record.
    weights: Vec<f64>,
    /// How many of them are false.
    expected_false: f64,
}

impl Links {
    fn findings(&self) -> Vec<What> {
        let mut found = Vec::new();
        if self.rows < LEAST || self.pupils < LEAST {
            return found;
        }
        if self.bits < LEAST_BITS {
            found.push(What::Blind { bits: self.bits.max(0.0), rows: self.rows });
        }
        let links = self.weights.len();
        // A record is of one child; children that may be one share some, never so many.
        if self.unique && links > self.rows {
            found.push(What::MoreThanRows { links, rows: self.rows });
        }
        if links < LEAST {
            return found;
        }
        // Two strangers agree as well with a chance of 2^-weight at the most, so that below
        // log2 of the rows one of them is expected to.
        let enough = (self.rows as f64).log2();
        let weak = share(self.weights.iter().filter(|&&weight| weight < enough).count(), links);
        if weak > HALF {
            found.push(What::Weak { share: weak, links });
        }
        let false_share = self.expected_false / links as f64;
        if false_share >= FALSE {
            found.push(What::False { share: false_share.min(1.0), links });
        }
        found
    }
}

/// What a pair of one child gains on average: the sum over comparisons that the register fills of
/// Σ m·log2(m/u), the divergence of one child's levels from strangers'.
fn bits(entry: &Entry) -> f64 {
    let filled = entry.comparisons.iter().filter(|comparison| comparison.filled > 0.0);
    let levels = filled.flat_map(|comparison| &comparison.levels);
    levels
        .filter(|level| level.u > NEVER && level.m > 0.0)
        .map(|level| level.m * (level.m / level.u).log2())
        .sum()
}

fn weights(register: &Register) -> Vec<f64> {
    let candidates = &register.linkage.pairs.candidates;
    let weight = |left: u32, right: u32| {
        let found = candidates.binary_search_by_key(&(left, right), |c| (c.left, c.right));
        found.ok().map(|at| candidates[at].score.weight)
    };
    let accepted = register.possible.iter().filter(|possible| possible.link);
    // Every possible pair was a candidate; one that were not would be weak.
    accepted.map(|p| weight(p.left, p.right).unwrap_or(f64::NEG_INFINITY)).collect()
}

/// How many accepted links are false: by the model, and where no threshold was raised for it
/// since, at least by the methods that do not believe the model.
fn expected_false(register: &Register) -> f64 {
    let accepted = register.possible.iter().filter(|possible| possible.link);
    let model: f64 = accepted.map(|possible| 1.0 - possible.probability).sum();
    if register.errors.offset_bits > 0.0 {
        return model;
    }
    register
        .errors
        .methods
        .iter()
        .filter(|m| m.method != "model")
        .map(|m| m.low)
        .fold(model, f64::max)
}

#[cfg(test)]
mod tests;
