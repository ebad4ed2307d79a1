//! What is known about a child, as the rules take it.

use jiff::civil::Date;

use super::ReasonCode;
use crate::job::Kind;
use crate::normalize::{Displacement, Withdrawal};
use crate::resolve::Decision;

/// What one linked or possibly linked record says of a child.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// Index of the source in the job.
    pub source: usize,
    /// Number of the witness: sources that copy each other have the same.
    pub witness: usize,
    /// What the record proves.
    pub kind: Kind,
    /// The day of it.
    pub date: Option<Date>,
    /// The days that count in this source.
    pub period: Period,
    /// Where it was seen, a code of labels; 0 where the source does not say.
    pub region: u32,
    /// Accepted or possible.
    pub decision: Decision,
    /// Probability that the record is this child's.
    pub probability: f64,
    /// Siblings or twins explain the pair nearly as well.
    pub twin_risk: bool,
    /// A certificate, document or number of both records is the same.
    pub identified: bool,
    /// The school itself says so.
    pub vouched: bool,
}

impl Evidence {
    /// Why its day does not count; `None` where it does.
    #[must_use]
    pub fn objection(&self) -> Option<ReasonCode> {
        self.period.objection(self.date)
    }

    /// Whether it was accepted and its day counts. Identity proves nothing that could count.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.decision == Decision::Link && self.kind.settles() && self.objection().is_none()
    }

    /// Whether it says that the child was alive somewhere.
    #[must_use]
    pub const fn is_sighting(&self) -> bool {
        matches!(self.kind, Kind::Present | Kind::Displaced | Kind::Abroad | Kind::Returned)
    }

    /// Whether a person who accepted the link would settle or overturn a status.
    #[must_use]
    pub fn could_settle(&self) -> bool {
        match self.kind {
            Kind::Identity => false,
            // These change the status whatever their day.
            Kind::Deceased | Kind::ReportedMissing => true,
            _ => self.objection().is_none(),
        }
    }
}

/// All that is known about a child.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, not a state")]
pub struct Case {
    /// Evidence, in any order.
    pub evidence: Vec<Evidence>,
    /// Registers without any link to the child: index of the source, and whether the
    /// register covers such a child.
    pub absent: Vec<(usize, bool)>,
    /// Some school record of the latest extract marks contact as lost.
    pub contact_lost: bool,
    /// The school's mark of displacement.
    pub displacement: Displacement,
    /// Enough fields are filled in to find the child in some register that could settle.
    pub assessable: bool,
    /// Another child of the population may be this one.
    pub possible_double: bool,
    /// Why the child left the school, and when.
    pub withdrawal: (Withdrawal, Option<Date>),
    /// A school record beside the one that the child left.
    pub elsewhere: bool,
    /// The child stands in earlier extracts only: the source and the day of the last of them.
    pub gone: Option<Gone>,
    /// A brother or sister is sought: the source that says so.
    pub sibling_missing: Option<usize>,
    /// A link that would settle is looked at first, for there is time.
    pub held_back: bool,
}

/// A child that stands in earlier extracts only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone {
    /// The latest of them.
    pub source: usize,
    /// Its day.
    pub day: Option<Date>,
    /// From a class after which pupils leave, over the end of a school year.
    pub graduated: bool,
}

/// Which evidence counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day that counts.
    pub since: Date,
    /// The last day that counts.
    pub as_of: Date,
}

impl Period {
    /// Why evidence of this day does not count; `None` where it does.
    #[must_use]
    pub fn objection(self, date: Option<Date>) -> Option<ReasonCode> {
        match date {
            None => Some(ReasonCode::Undated),
            Some(date) if date < self.since => Some(ReasonCode::TooOld),
            Some(date) if date > self.as_of => Some(ReasonCode::InFuture),
            Some(_) => None,
        }
    }
}
