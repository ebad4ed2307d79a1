//! What a measurement gives.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::calibration::Calibration;
use super::intervals::{Estimate, Share};
use super::stated::StatedErrors;
use super::worst::FalseLink;

/// Figures of one run against the truth. Serialises to the JSON that `--json` writes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// Name of the job.
    pub job: String,
    /// The day for which statuses are stated.
    pub as_of: Date,
    /// The first day whose evidence counts.
    pub evidence_since: Date,
    /// One a register that has truth, in the order of the job.
    pub registers: Vec<RegisterFigures>,
    /// The children and their statuses.
    pub children: ChildFigures,
    /// Registers without truth: not measured.
    pub skipped: Vec<String>,
    /// Files of the truth that are of no source of the run.
    pub unused_files: Vec<String>,
}

/// True pairs of one register that blocking lost, as the caller counted them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LostPairs {
    /// True pairs that were looked for.
    pub true_pairs: u64,
    /// Those of them that no blocking rule brought together.
    pub never_compared: u64,
}

/// Links of one register.
///
/// A pair is a school record and a record of the register; it is true if both are of one
/// person. A person with two school records and two records of the register makes four.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RegisterFigures {
    /// The register.
    pub register: String,
    /// Rows whose person is known.
    pub rows_judged: u64,
    /// True pairs.
    pub true_pairs: u64,
    /// Accepted links (`link`) whose truth is known.
    pub links: u64,
    /// Accepted links that are true.
    pub true_positives: u64,
    /// Accepted links that are false.
    pub false_positives: u64,
    /// True pairs that were not accepted.
    pub missed: u64,
    /// Accepted or possible links of which a row has no known person.
    pub unjudged: u64,
    /// True share of the accepted links.
    pub precision: Option<Share>,
    /// Share of the true pairs that were accepted.
    pub recall: Option<Share>,
    /// Harmonic mean of the two.
    pub f1: Option<Estimate>,
    /// Best recall at which a given precision is kept.
    pub recall_at: Vec<RecallAt>,
    /// The threshold that gives the best F1.
    pub best_f1: Option<BestF1>,
    /// Possible links (`review`).
    pub review: ReviewFigures,
    /// What became of the true pairs that were neither accepted nor sent to review.
    pub lost: Option<LostFigures>,
    /// Precision and recall as the threshold falls.
    pub curve: Vec<CurvePoint>,
    /// Whether stated probabilities are true.
    pub calibration: Calibration,
    /// False links that were held surest, at most ten.
    pub worst: Vec<FalseLink>,
    /// What the run itself estimated.
    pub stated: Vec<StatedErrors>,
}

/// Recall over the ranking of all accepted and possible links by probability, then
/// weight; links that tie in both are taken together. The threshold is chosen on the
/// same pairs, so the figure leans to the bright side.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RecallAt {
    /// The precision to keep.
    pub precision: f64,
    /// The best recall; absent where no threshold keeps that precision.
    pub recall: Option<Share>,
    /// Probability of the last link taken.
    pub probability: Option<f64>,
    /// Weight of the last link taken.
    pub weight: Option<f64>,
}

/// The threshold with the best F1, on the same ranking.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BestF1 {
    /// F1 there.
    pub f1: Estimate,
    /// Precision there.
    pub precision: f64,
    /// Recall there.
    pub recall: f64,
    /// Probability of the last link taken.
    pub probability: f64,
    /// Weight of the last link taken.
    pub weight: f64,
}

/// Pairs that people are to look at.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ReviewFigures {
    /// How many whose truth is known.
    pub pairs: u64,
    /// True share of them.
    pub true_share: Option<Share>,
}

/// True pairs that appear nowhere in the run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LostFigures {
    /// True pairs that no blocking rule brought together, of those looked for.
    pub never_compared: Option<Share>,
    /// True pairs that were compared and fell below the review threshold, or gave way to
    /// a better link.
    pub compared_below: u64,
}

/// A point of the precision–recall curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CurvePoint {
    /// Links from here up are taken.
    pub probability: f64,
    /// Weight of the last of them.
    pub weight: f64,
    /// Recall of all links taken.
    pub recall: f64,
    /// Precision of all links taken.
    pub precision: f64,
}

/// Children of the run against the persons of the population.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChildFigures {
    /// Children of the run.
    pub children: u64,
    /// Children none of whose records has a known person.
    pub unjudged: u64,
    /// Persons of the population.
    pub persons: u64,
    /// Children that hold school records of two or more persons.
    pub wrongly_joined: Option<Share>,
    /// Persons whose school records are spread over several children.
    pub split: Option<Share>,
    /// Statuses, where the truth tells them.
    pub statuses: Option<StatusFigures>,
}

/// Statuses against true statuses, person by person. Of a person who is spread over
/// several children the status that stands first on the candidate list is taken.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StatusFigures {
    /// Persons of the population whose true status is known.
    pub persons: u64,
    /// Persons of the population whose true status the truth leaves out.
    pub without_status: u64,
    /// Share of the persons truly on the candidate list who are on it.
    pub list_recall: Option<Share>,
    /// Share of the children on the candidate list of whom one person is truly on it.
    pub list_precision: Option<Share>,
    /// True status against status found.
    pub confusion: Vec<ConfusionRow>,
    /// The same for groups that the truth tells apart, such as twins.
    pub groups: Vec<GroupFigures>,
    /// Persons without settled status who are not on the list.
    pub hidden: HiddenFigures,
    /// Children on the list none of whose persons belongs there, by status found.
    pub needless: BTreeMap<&'static str, u64>,
}

/// Persons of a group that the truth tells apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupFigures {
    /// Its name in the truth.
    pub group: String,
    /// Persons of it in the population whose true status is known.
    pub persons: u64,
    /// Those truly on the candidate list who are on it, of all who truly are.
    pub list_recall: Option<Share>,
}

/// A row of the confusion matrix.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConfusionRow {
    /// True status.
    pub truth: &'static str,
    /// Persons by status found.
    pub found: BTreeMap<&'static str, u64>,
    /// Persons none of whose records is in the run.
    pub not_in_run: u64,
}

/// Persons who truly belong on the candidate list and are not on it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HiddenFigures {
    /// How many.
    pub persons: u64,
    /// Of how many who truly belong there.
    pub of: u64,
    /// How many in 10,000 persons of the population, with the exact interval.
    pub per_10_000: Option<Estimate>,
    /// Why. One person may have several causes, so these may add up to more.
    pub causes: Vec<CauseCount>,
    /// Whom to explain: up to [`EXAMPLES`], by child.
    pub examples: Vec<HiddenExample>,
}

/// How many hidden children are named.
pub const EXAMPLES: usize = 100;

/// How often a cause hid a child.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CauseCount {
    /// The cause.
    pub cause: Cause,
    /// The register, where the cause lies in one.
    pub register: Option<String>,
    /// Persons it hid.
    pub persons: u64,
    /// Those of them where twins or siblings explain it: the false link bears a twin
    /// risk, or agrees in surname and birth date.
    pub twins: u64,
}

/// Why a child is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// An accepted link to another person's record settled the status.
    FalseLink,
    /// The records were joined with another child's, whose evidence settled the status.
    Joined,
    /// A true link settled the status, though by the truth its evidence does not.
    TrueLink,
    /// The school vouched for the child.
    SchoolVouches,
    /// None of the records is in the run; they were rejected.
    NotInRun,
    /// No link and no reason in the run's folder explains it.
    Unexplained,
}

impl Cause {
    /// Its name in JSON.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::FalseLink => "false_link",
            Self::Joined => "joined",
            Self::TrueLink => "true_link",
            Self::SchoolVouches => "school_vouches",
            Self::NotInRun => "not_in_run",
            Self::Unexplained => "unexplained",
        }
    }
}

/// A hidden child of the run, for `zvirka explain`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct HiddenExample {
    /// The child.
    pub child: String,
    /// Status found.
    pub status: &'static str,
    /// True status.
    pub truth: &'static str,
    /// Registers whose false links settled it.
    pub false_links: Vec<String>,
}
