//! What a checked job is made of. Every path is absolute or relative to the
//! working directory, every default filled in.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::field::Field;

/// A job whose settings have been checked.
#[derive(Clone, Debug)]
pub struct Job {
    /// The job file itself.
    pub path: PathBuf,
    /// Name of the job, shown in the reports.
    pub name: String,
    /// The day for which statuses are stated; later evidence is not counted.
    pub as_of: Date,
    /// Older evidence proves existence, not safety.
    pub evidence_since: Date,
    /// The run's folder unless `--out` names another.
    pub output: PathBuf,
    /// Share of a source's rows that may be rejected before the run ends with exit code 3.
    pub max_rejected_share: f64,
    /// Costs from which the thresholds follow.
    pub decision: DecisionSettings,
    /// Populations first, then registries, each group in the order of the job file.
    pub sources: Vec<Source>,
}

impl Job {
    /// The sources whose children's status is asked.
    pub fn populations(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter().filter(|s| s.role == Role::Population)
    }

    /// The registers in which evidence is sought.
    pub fn registries(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter().filter(|s| s.role == Role::Registry)
    }
}

/// `[decision]`: what an error costs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DecisionSettings {
    /// One missing child wrongly confirmed costs as much as this many needless cases.
    pub hidden_child_cost: f64,
    /// Pairs that the auditors can look at.
    pub review_capacity: u64,
}

impl Default for DecisionSettings {
    fn default() -> Self {
        Self { hidden_child_cost: 10_000.0, review_capacity: 2_000 }
    }
}

/// Whether a source asks (population) or answers (registry).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Its rows are the children whose status is asked.
    Population,
    /// Its rows may prove something about them.
    Registry,
}

/// One population or registry.
#[derive(Clone, Debug)]
pub struct Source {
    /// Unique name within the job.
    pub name: String,
    /// Population or registry.
    pub role: Role,
    /// The files, sorted; at least one. Rows are numbered through all of them.
    pub files: Vec<PathBuf>,
    /// Format of the files.
    pub format: Format,
    /// Encoding label for text files; detected where absent.
    pub encoding: Option<String>,
    /// Delimiter of text files; detected where absent.
    pub delimiter: Option<u8>,
    /// Sheets of a workbook to read; every sheet that has the headings where empty.
    pub sheets: Vec<String>,
    /// Which headings hold which field. Every heading stands in the files.
    pub columns: BTreeMap<Field, Vec<String>>,
    /// One person, one record.
    pub unique: bool,
    /// What a link to this source proves; a registry without it proves identity.
    pub evidence: Option<EvidenceRule>,
    /// For whom the register is complete; absence elsewhere says nothing.
    pub scope: Option<Scope>,
}

/// File formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Delimited text; the delimiter is detected or set.
    Csv,
    /// Tab-separated text.
    Tsv,
    /// Excel workbook.
    Xlsx,
    /// `OpenDocument` spreadsheet.
    Ods,
    /// Apache Parquet.
    Parquet,
    /// One JSON object a line.
    Ndjson,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] =
        [Self::Csv, Self::Tsv, Self::Xlsx, Self::Ods, Self::Parquet, Self::Ndjson];

    /// The name in job files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Xlsx => "xlsx",
            Self::Ods => "ods",
            Self::Parquet => "parquet",
            Self::Ndjson => "ndjson",
        }
    }

    /// Whether files of this format are delimited text.
    #[must_use]
    pub const fn is_delimited(self) -> bool {
        matches!(self, Self::Csv | Self::Tsv)
    }

    /// Whether files of this format have sheets.
    #[must_use]
    pub const fn is_workbook(self) -> bool {
        matches!(self, Self::Xlsx | Self::Ods)
    }
}

/// What a link to a register's row proves.
#[derive(Clone, Debug, PartialEq)]
pub struct EvidenceRule {
    /// Where the kind comes from.
    pub kind: KindRule,
    /// Heading of the column that dates the evidence.
    pub date: Option<String>,
    /// Registers that copy each other name one witness and count once.
    pub witness: String,
}

/// Where the kind of evidence comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum KindRule {
    /// Every row proves the same.
    Fixed(Kind),
    /// A value of the row decides.
    Column {
        /// Heading of the deciding column.
        column: String,
        /// Value → kind; values are compared without case and surrounding space.
        kinds: BTreeMap<String, Kind>,
    },
}

/// Kinds of evidence.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Proves that the person exists; settles nothing.
    Identity,
    /// Seen in the country.
    Present,
    /// Seen in the country, away from home.
    Displaced,
    /// Left the country.
    Abroad,
    /// Died.
    Deceased,
    /// Sought as missing.
    ReportedMissing,
    /// Was missing or taken away and came back; counts as present.
    Returned,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Identity,
        Self::Present,
        Self::Displaced,
        Self::Abroad,
        Self::Deceased,
        Self::ReportedMissing,
        Self::Returned,
    ];

    /// The name in job files and outputs.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Present => "present",
            Self::Displaced => "displaced",
            Self::Abroad => "abroad",
            Self::Deceased => "deceased",
            Self::ReportedMissing => "reported_missing",
            Self::Returned => "returned",
        }
    }

    /// Whether evidence of this kind can settle a status, if it is dated.
    #[must_use]
    pub const fn settles(self) -> bool {
        !matches!(self, Self::Identity)
    }
}

/// For whom a register is complete.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Scope {
    /// Regions covered; all where empty.
    pub regions: Vec<String>,
    /// First birth year covered.
    pub born_from: Option<i16>,
    /// Last birth year covered.
    pub born_to: Option<i16>,
}
