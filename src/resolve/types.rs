//! Links and the records they join.

use jiff::civil::Date;

use crate::compare::{Comparison, Pattern};
use crate::job::Kind;

/// Where a record stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordRef {
    /// Index of the source in the job.
    pub source: usize,
    /// 0-based data row in the source.
    pub row: u64,
    /// The source's own identifier.
    pub id: Option<Box<str>>,
    /// Hash of the row's mapped values as they were written: it changes when they do.
    pub content: u64,
}

/// What was decided about a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// Accepted: what the register's row proves is proved of this child.
    Link,
    /// Possible: a person looks.
    Review,
}

impl Decision {
    /// The name in outputs.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Review => "review",
        }
    }
}

/// An accepted or possible link between a school record and a register's record.
#[derive(Clone, Debug)]
pub struct Link {
    /// The school record.
    pub population: RecordRef,
    /// The register's record.
    pub registry: RecordRef,
    /// Index of the child in the run's children.
    pub child: usize,
    /// Match weight: log2 of the likelihood ratio, prior left out.
    pub weight: f64,
    /// Probability that both records are of one child.
    pub probability: f64,
    /// Accepted or possible.
    pub decision: Decision,
    /// The pair is explained nearly as well by siblings or twins.
    pub twin_risk: bool,
    /// Levels of all comparisons.
    pub pattern: Pattern,
    /// The part of the weight that each comparison gives, by [`Comparison::ALL`].
    pub parts: [f64; Comparison::COUNT],
    /// What the register's record proves.
    pub evidence_kind: Option<Kind>,
    /// The day of that evidence.
    pub evidence_date: Option<Date>,
}
