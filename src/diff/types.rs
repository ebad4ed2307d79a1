//! What is found out about two runs.

use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use super::runs::Runs;
use crate::job::Kind as EvidenceKind;
use crate::resolve::Decision;
use crate::run_folder::Mark;
use crate::verdict::{ReasonCode, Status, Tier};

/// What happened to a child between two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It was on the list, and is not.
    Left,
    /// It is in the old run alone.
    Gone,
    /// Its records are another child's in the new run.
    Merged,
    /// It was not on the list, and is.
    Entered,
    /// It is in the new run alone.
    New,
    /// Its records were another child's in the old run.
    Split,
    /// Its status differs, and it is on the list in both runs or in neither.
    Status,
    /// Its status is the same, its reasons or its tier differ.
    Reasons,
}

impl Kind {
    /// Every kind, in the order in which they are told.
    pub const ALL: [Self; 8] = [
        Self::Left,
        Self::Gone,
        Self::Merged,
        Self::Entered,
        Self::New,
        Self::Split,
        Self::Status,
        Self::Reasons,
    ];

    /// The name in outputs.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Gone => "gone",
            Self::Merged => "merged",
            Self::Entered => "entered",
            Self::New => "new",
            Self::Split => "split",
            Self::Status => "status",
            Self::Reasons => "reasons",
        }
    }
}

/// What a change comes from; the main cause of several is the first in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A record that touches the child came, went or changed.
    Data,
    /// People decided otherwise.
    Decision,
    /// The settings of the job say otherwise.
    Rule,
    /// The same rows are weighed otherwise: by the model, or by the rest of the lists and registers.
    Model,
    /// Another program.
    Program,
}

impl Cause {
    /// Every cause, in their order.
    pub const ALL: [Self; 5] = [Self::Data, Self::Decision, Self::Rule, Self::Model, Self::Program];

    /// The name in outputs.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Decision => "decision",
            Self::Rule => "rule",
            Self::Model => "model",
            Self::Program => "program",
        }
    }
}

/// A school record: what names it from run to run, its source, its row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordView {
    /// `source:id`, or `source:#hash`.
    pub key: Box<str>,
    /// Place of the source in [`Runs::names`].
    pub source: u16,
    /// Its row.
    pub row: u64,
}

/// A register's row, and how it was linked.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkView {
    /// Place of the register in [`Runs::names`].
    pub registry: u16,
    /// Its row.
    pub row: u64,
    /// The register's own id.
    pub id: Option<Box<str>>,
    /// What the row proves.
    pub kind: Option<EvidenceKind>,
    /// The day of it.
    pub date: Option<Date>,
    /// Accepted or possible.
    pub decision: Decision,
    /// Probability that the row is this child's.
    pub probability: f64,
}

/// Why evidence of a link does not count; `None` where it does.
pub type Objection = Option<ReasonCode>;

/// One thing that differs for a child.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A school record is new.
    RecordCame(RecordView),
    /// A school record is gone.
    RecordWent(RecordView),
    /// The values of a school record differ.
    RecordChanged(RecordView, RecordView),
    /// The list differs, and the folders do not tell whether this record does.
    RecordUnknown(RecordView),
    /// A school record was another child's.
    RecordJoined(RecordView),
    /// A school record is another child's now.
    RecordParted(RecordView),
    /// What the school says beside differs.
    Marks(Vec<Mark>),
    /// A register's row came.
    RowCame(LinkView),
    /// A register's row went.
    RowWent(LinkView),
    /// The values of a register's row differ.
    RowChanged(LinkView, LinkView),
    /// The row is the same and proves something else.
    Proves(LinkView, LinkView),
    /// The row is the same, the decision about the link is not.
    Judged(LinkView, LinkView),
    /// The row was there, and is linked now.
    Linked(LinkView),
    /// The row is still there as far as is known, and no longer linked.
    Unlinked(LinkView),
    /// Whether a twin or sibling explains the link nearly as well.
    TwinRisk(LinkView, bool),
    /// The evidence counts by its day in one run, and not in the other.
    Counts(LinkView, Objection, Objection),
    /// Whether a register covers the child: place of the register, and as it is now.
    Scope(u16, bool),
    /// Settings of the job differ, and nothing of the child does.
    Settings,
    /// Decisions of people differ, and nothing of the child does.
    Decisions,
    /// Links have other probabilities: how many.
    Probabilities(usize),
    /// Reasons that depend on other children.
    Others(Vec<ReasonCode>),
    /// The program differs, and nothing else.
    Program,
}

impl What {
    /// The link that it is about, as it is now where it is.
    #[must_use]
    pub const fn link(&self) -> Option<&LinkView> {
        match self {
            Self::RowCame(link)
            | Self::RowWent(link)
            | Self::RowChanged(_, link)
            | Self::Proves(_, link)
            | Self::Judged(_, link)
            | Self::Linked(link)
            | Self::Unlinked(link)
            | Self::TwinRisk(link, _)
            | Self::Counts(link, _, _) => Some(link),
            _ => None,
        }
    }

    /// Whether it is about a row that proves no more than that a person exists.
    fn proves_existence_only(&self) -> bool {
        let only = |link: &LinkView| link.kind.is_none_or(|kind| kind == EvidenceKind::Identity);
        match self {
            Self::RowChanged(old, new) | Self::Proves(old, new) => only(old) && only(new),
            what => what.link().is_some_and(only),
        }
    }
}

/// One thing that differs, and what it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// What it comes from.
    pub cause: Cause,
    /// Whether the folders prove it; otherwise it is what is left.
    pub certain: bool,
    /// What differs.
    pub what: What,
}

/// How a child stands in one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Its id.
    pub child: Box<str>,
    /// Place of the main record's source in [`Runs::names`].
    pub source: u16,
    /// Row of the main record.
    pub row: u64,
    /// Its status.
    pub status: Status,
    /// Its tier.
    pub tier: Option<Tier>,
    /// The latest evidence that counts.
    pub last_evidence: Option<Date>,
}

impl Standing {
    /// Whether it is on the list.
    pub const fn on_list(&self) -> bool {
        self.status.is_candidate()
    }
}

/// What changed for one child. At least one side is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What happened.
    pub kind: Kind,
    /// How it stood; of a split child, the one that it was part of.
    pub old: Option<Standing>,
    /// How it stands; of a merged child, the one that it is part of.
    pub new: Option<Standing>,
    /// Reason codes that came and went.
    pub codes_came: Vec<Arc<str>>,
    /// Reason codes that went.
    pub codes_went: Vec<Arc<str>>,
    /// What differs, main cause first; none where nothing explains the change.
    pub differences: Vec<Difference>,
}

impl Change {
    /// The child: by its new id, or by its old one where it is gone or part of another.
    pub fn child(&self) -> &str {
        let new = self.new.as_ref().filter(|_| self.kind != Kind::Merged);
        new.or(self.old.as_ref()).map_or("", |standing| &standing.child)
    }

    /// Whether it was on the list, and is not, in whatever way it left.
    pub fn left_list(&self) -> bool {
        on_list(self.old.as_ref()) && !on_list(self.new.as_ref())
    }

    /// Whether it is on the list, and was not, in whatever way it came.
    pub fn entered_list(&self) -> bool {
        on_list(self.new.as_ref()) && !on_list(self.old.as_ref())
    }

    /// All its causes, the main one first.
    pub fn causes(&self) -> Vec<Cause> {
        let mut causes: Vec<Cause> = Vec::new();
        for difference in &self.differences {
            if !causes.contains(&difference.cause) {
                causes.push(difference.cause);
            }
        }
        causes
    }

    /// The main cause; `None` where nothing explains the change.
    pub fn main_cause(&self) -> Option<Cause> {
        let first = self.differences.first().filter(|_| self.is_explained());
        first.map(|difference| difference.cause)
    }

    /// Whether something that differs can have made the difference. A row that proves only that
    /// a person exists gives no status and takes none.
    pub fn is_explained(&self) -> bool {
        self.bearing().next().is_some()
    }

    /// Whether it is proved by the folders, too.
    pub fn is_proved(&self) -> bool {
        self.bearing().any(|difference| difference.certain)
    }

    /// The differences that can have made the difference.
    fn bearing(&self) -> impl Iterator<Item = &Difference> {
        let status = |side: &Option<Standing>| side.as_ref().map(|standing| standing.status);
        let same_status = status(&self.old) == status(&self.new);
        self.differences
            .iter()
            .filter(move |difference| same_status || !difference.what.proves_existence_only())
    }
}

fn on_list(standing: Option<&Standing>) -> bool {
    standing.is_some_and(Standing::on_list)
}

/// What differs between two runs.
#[derive(Clone, Debug)]
pub struct Diff {
    /// What differs between the runs as wholes.
    pub runs: Runs,
    /// Children of the old run and of the new one.
    pub children: (u64, u64),
    /// Those on the list.
    pub listed: (u64, u64),
    /// Children of each status in the old run (rows, by [`Status::ALL`], then none: new ones)
    /// that have each status in the new one (columns, likewise; none: gone ones).
    pub matrix: [[u64; 8]; 8],
    /// The changes: those who left the list first, then by kind and child.
    pub changes: Vec<Change>,
}

impl Diff {
    /// Those who left the list.
    pub fn left(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.left_list())
    }

    /// How many changes of a kind have a main cause; `None` for those without any.
    pub fn count(&self, kind: Kind, cause: Option<Cause>) -> u64 {
        let same = |change: &&Change| change.kind == kind && change.main_cause() == cause;
        self.changes.iter().filter(same).count() as u64
    }
}
