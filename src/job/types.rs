//! What a checked job is made of. Every path is absolute or relative to the
//! working directory, every default filled in.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::field::Field;
use crate::verdict::Costs;

/// A job whose settings have been checked.
#[derive(Clone, Debug)]
pub struct Job {
    /// The job file itself.
    pub path: PathBuf,
    /// Name of the job, shown in the reports.
    pub name: String,
    /// The day for which statuses are stated; later evidence is not counted.
    pub as_of: Date,
    /// Older evidence proves existence only.
    pub evidence_since: Date,
    /// The run's folder unless `--out` names another.
    pub output: PathBuf,
    /// Share of a source's rows that may be rejected before the run ends with exit code 3.
    pub max_rejected_share: f64,
    /// Costs from which the thresholds follow.
    pub decision: DecisionSettings,
    /// Who is looked for first.
    pub priority: PrioritySettings,
    /// How lists are written.
    pub report: ReportSettings,
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
    /// What a look costs, in needless cases.
    pub look_cost: f64,
    /// What it costs, in needless cases, to keep a child whom links settle on the list until
    /// somebody has looked; 1 holds nobody back, `look_cost` as many as people can look at.
    pub held_cost: f64,
}

impl DecisionSettings {
    /// The costs of the decisions.
    #[must_use]
    pub const fn costs(&self) -> Costs {
        Costs { hidden: self.hidden_child_cost, look: self.look_cost, held: self.held_cost }
    }
}

impl Default for DecisionSettings {
    fn default() -> Self {
        Self {
            hidden_child_cost: 10_000.0,
            review_capacity: 2_000,
            look_cost: 0.02,
            held_cost: 1.0,
        }
    }
}

/// `[priority]`: points that place a child on the candidate list, 0 (last) to 1000 (first).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PrioritySettings {
    /// A register holds the child as sought.
    pub reported_missing: i32,
    /// Nothing that counts was found.
    pub unconfirmed: i32,
    /// Too few fields to be found anywhere.
    pub not_assessable: i32,
    /// A person has to look.
    pub review: i32,
    /// The school lost contact with the pupil or the family.
    pub contact_lost: i32,
    /// The school marks the child as displaced.
    pub displaced: i32,
    /// No register holds the child at all, not even to prove identity.
    pub no_trace: i32,
    /// The school's word that the child attends nowhere, moved where nobody finds it, died or
    /// left for good, without a register that says so.
    pub school_says: i32,
    /// The child stands in an earlier extract, and in no school of the latest.
    pub vanished: i32,
    /// A brother or sister is sought as missing.
    pub sibling_missing: i32,
    /// A year of age below 18.
    pub year_younger: i32,
    /// A year since the latest evidence of any age; at most five count.
    pub year_unseen: i32,
    /// Another school record may be of this child.
    pub possible_double: i32,
    /// The pupil finished school.
    pub finished: i32,
    /// Regions (as the job names them) → points.
    pub regions: BTreeMap<String, i32>,
}

impl Default for PrioritySettings {
    fn default() -> Self {
        Self {
            reported_missing: 600,
            unconfirmed: 350,
            not_assessable: 300,
            review: 150,
            contact_lost: 150,
            displaced: 50,
            no_trace: 50,
            school_says: 60,
            vanished: 80,
            sibling_missing: 120,
            year_younger: 3,
            year_unseen: 5,
            possible_double: -50,
            finished: -100,
            regions: BTreeMap::new(),
        }
    }
}

impl PrioritySettings {
    /// The points by the names of their keys, regions aside, in the order of the rule.
    #[must_use]
    pub const fn points(&self) -> [(&'static str, i32); 14] {
        [
            ("reported_missing", self.reported_missing),
            ("unconfirmed", self.unconfirmed),
            ("not_assessable", self.not_assessable),
            ("review", self.review),
            ("contact_lost", self.contact_lost),
            ("displaced", self.displaced),
            ("no_trace", self.no_trace),
            ("school_says", self.school_says),
            ("vanished", self.vanished),
            ("sibling_missing", self.sibling_missing),
            ("year_younger", self.year_younger),
            ("year_unseen", self.year_unseen),
            ("possible_double", self.possible_double),
            ("finished", self.finished),
        ]
    }

    /// The points of a key, to be set.
    pub(super) fn point_mut(&mut self, key: &str) -> Option<&mut i32> {
        Some(match key {
            "reported_missing" => &mut self.reported_missing,
            "unconfirmed" => &mut self.unconfirmed,
            "not_assessable" => &mut self.not_assessable,
            "review" => &mut self.review,
            "contact_lost" => &mut self.contact_lost,
            "displaced" => &mut self.displaced,
            "no_trace" => &mut self.no_trace,
            "school_says" => &mut self.school_says,
            "vanished" => &mut self.vanished,
            "sibling_missing" => &mut self.sibling_missing,
            "year_younger" => &mut self.year_younger,
            "year_unseen" => &mut self.year_unseen,
            "possible_double" => &mut self.possible_double,
            "finished" => &mut self.finished,
            _ => return None,
        })
    }
}

/// `[report]`: how lists are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportSettings {
    /// Language of the lists that schools and auditors read.
    pub lang: Language,
    /// What the workbook of candidates has a sheet for each of; one list where absent.
    pub sheets_by: Option<SheetsBy>,
}

/// A language of outputs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Ukrainian.
    #[default]
    Uk,
    /// English.
    En,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::Uk, Self::En];

    /// The name in job files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Uk => "uk",
            Self::En => "en",
        }
    }
}

/// What the workbook of candidates has a sheet for each of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SheetsBy {
    /// Education office.
    Office,
    /// Region.
    Region,
    /// School.
    School,
}

impl SheetsBy {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Office, Self::Region, Self::School];

    /// The name in job files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Office => "office",
            Self::Region => "region",
            Self::School => "school",
        }
    }

    /// The field of it.
    #[must_use]
    pub const fn field(self) -> Field {
        match self {
            Self::Office => Field::Office,
            Self::Region => Field::Region,
            Self::School => Field::School,
        }
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
    /// A register: for whom it is complete; absence elsewhere says nothing. A population:
    /// whose status is asked.
    pub scope: Option<Scope>,
    /// A population: the day of the extract. Children who stand in earlier extracts only have
    /// vanished from the schools, or left them.
    pub extracted: Option<Date>,
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
    /// The day of evidence that bears none of its own, such as that of the extract.
    pub dated: Option<Date>,
    /// The first day that counts in this register, instead of the job's.
    pub since: Option<Date>,
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Regions covered; all where empty.
    pub regions: Vec<String>,
    /// First birth year covered.
    pub born_from: Option<i16>,
    /// Last birth year covered.
    pub born_to: Option<i16>,
    /// First day of the events that the register holds.
    pub events_from: Option<Date>,
    /// Last day of the events that the register holds.
    pub events_to: Option<Date>,
}
