//! The rules that turn evidence into a status.

use std::cmp::Reverse;

use jiff::civil::Date;

use super::{Case, Evidence, Reason, ReasonCode, Status, Tier, contradiction};
use crate::job::Kind;
use crate::normalize::{Displacement, Withdrawal};
use crate::resolve::Decision;

/// What was decided about a child.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The status.
    pub status: Status,
    /// Why, most telling first.
    pub reasons: Vec<Reason>,
    /// The latest evidence that counts.
    pub last_evidence: Option<Date>,
    /// Probability that a settled status rests on another person's records; 0 where it rests
    /// on none.
    pub wrong_probability: f64,
    /// What a settled status rests on; `None` for a candidate.
    pub tier: Option<Tier>,
}

/// Evidence of a case, latest first, as each rule needs it.
pub(super) struct Sorted<'a> {
    /// Accepted links, whatever their day.
    pub(super) accepted: Vec<&'a Evidence>,
    /// Accepted links whose day counts and that prove more than identity.
    pub(super) counting: Vec<&'a Evidence>,
    /// Possible links that would settle or overturn the status.
    pub(super) possible: Vec<&'a Evidence>,
}

impl<'a> Sorted<'a> {
    fn of(evidence: &'a [Evidence]) -> Self {
        let accepted: Vec<&Evidence> =
            evidence.iter().filter(|e| e.decision == Decision::Link).collect();
        let counting = accepted.iter().copied().filter(|e| e.counts()).collect();
        let possible = evidence
            .iter()
            .filter(|e| e.decision == Decision::Review && e.could_settle())
            .collect();
        Self { accepted, counting, possible }
    }

    /// The latest sightings that count: all of one day.
    pub(super) fn latest_sightings(&self) -> impl Iterator<Item = &'a Evidence> {
        let latest =
            self.counting.iter().filter(|e| e.is_sighting()).map(|e| e.date).max().flatten();
        self.counting.iter().copied().filter(move |e| e.is_sighting() && e.date == latest)
    }
}

/// The source of a search for the child that its own witness has not ended.
#[must_use]
pub fn open_search_of(case: &Case) -> Option<usize> {
    contradiction::open_search(&Sorted::of(&case.evidence)).map(|sought| sought.source)
}

/// Decides a case by the rules of this room.
#[must_use]
pub fn decide(case: &Case) -> Verdict {
    let mut evidence = case.evidence.clone();
    evidence.sort_by(|a, b| {
        let key = |e: &Evidence| {
            let flags = (e.twin_risk, e.vouched, e.identified);
            (Reverse(e.date), e.kind, e.source, e.decision, e.witness, e.region, flags)
        };
        key(a).cmp(&key(b)).then(b.probability.total_cmp(&a.probability))
    });
    let sorted = Sorted::of(&evidence);

    let mut reasons = Vec::new();
    let mut status = settle(&sorted, case, &mut reasons);
    if case.held_back && !status.is_candidate() {
        reasons.clear();
        for e in deciding(&sorted, status) {
            push_once(&mut reasons, reason(ReasonCode::HeldBack, e));
        }
        status = Status::Review;
    }
    let wrong_probability = if status.is_candidate() {
        0.0
    } else {
        deciding(&sorted, status).map(|e| 1.0 - e.probability).fold(1.0, f64::min)
    };
    explain(case, &sorted, status, &mut reasons);
    Verdict {
        status,
        reasons,
        last_evidence: sorted.counting.iter().filter_map(|e| e.date).max(),
        wrong_probability,
        tier: (!status.is_candidate()).then(|| tier(&sorted, status)),
    }
}

fn settle(sorted: &Sorted<'_>, case: &Case, reasons: &mut Vec<Reason>) -> Status {
    if let Some(pair) = contradiction::of_death(sorted) {
        reasons.extend(pair.iter().map(|e| reason(ReasonCode::Contradiction, e)));
        return Status::Review;
    }
    if let Some(death) = sorted.counting.iter().find(|e| e.kind == Kind::Deceased) {
        reasons.push(reason(ReasonCode::SettledBy, death));
        return Status::Deceased;
    }
    if let Some(pair) = contradiction::of_search(sorted) {
        reasons.extend(pair.iter().map(|e| reason(ReasonCode::Contradiction, e)));
        return Status::Review;
    }
    if let Some(sought) = contradiction::open_search(sorted) {
        reasons.push(reason(ReasonCode::SoughtBy, sought));
        return Status::ReportedMissing;
    }
    // Only a register makes a death; the school's word forbids to call the child alive.
    if case.withdrawal.0 == Withdrawal::Died {
        let after = |e: &&Evidence| case.withdrawal.1.is_none_or(|left| e.date > Some(left));
        reasons.push(said(ReasonCode::SchoolSaysDied, case.withdrawal.1));
        if let Some(seen) = sorted.latest_sightings().find(after) {
            reasons.push(reason(ReasonCode::Contradiction, seen));
        }
        return Status::Review;
    }
    if let Some(pair) = contradiction::of_places(sorted) {
        reasons.extend(pair.iter().map(|e| reason(ReasonCode::Contradiction, e)));
        return Status::Review;
    }
    let Some(seen) = sorted.latest_sightings().next() else {
        return match (sorted.possible.is_empty(), case.assessable) {
            (false, _) => Status::Review,
            (true, true) => Status::Unconfirmed,
            (true, false) => Status::NotAssessable,
        };
    };
    // A possible death always, and a possible search unless it is known to have ended:
    // accepted, they would put the sighting in doubt.
    let overturns = |e: &&Evidence| match e.kind {
        Kind::Deceased => true,
        Kind::ReportedMissing => {
            let ended = |r: &&Evidence| {
                r.kind == Kind::Returned
                    && r.witness == e.witness
                    && e.date.is_some()
                    && r.date > e.date
            };
            !sorted.counting.iter().any(ended)
        }
        _ => false,
    };
    if sorted.possible.iter().any(overturns) {
        return Status::Review;
    }
    // On one day abroad wins, as one witness tells it: who crossed twice on a day may be
    // on either side, and to look abroad finds the child too.
    let abroad = sorted.latest_sightings().any(|e| e.kind == Kind::Abroad && e.date == seen.date);
    let status = if abroad { Status::ConfirmedAbroad } else { Status::Confirmed };
    let mut witnesses = Vec::new();
    for e in deciding(sorted, status) {
        if !witnesses.contains(&e.witness) {
            witnesses.push(e.witness);
            let code = if e.vouched { ReasonCode::SchoolVouches } else { ReasonCode::SettledBy };
            reasons.push(reason(code, e));
        }
    }
    status
}

/// The evidence on which a settled status rests, latest first.
fn deciding<'a>(sorted: &Sorted<'a>, status: Status) -> impl Iterator<Item = &'a Evidence> {
    let latest = sorted.latest_sightings().next().and_then(|e| e.date);
    sorted.counting.clone().into_iter().filter(move |e| match status {
        Status::Deceased => e.kind == Kind::Deceased,
        // Where the child is follows from the latest sighting alone.
        Status::ConfirmedAbroad => e.kind == Kind::Abroad && e.date == latest,
        Status::Confirmed => e.is_sighting() && e.kind != Kind::Abroad,
        _ => false,
    })
}

/// How well a settled status is founded. That the child lives is told by every sighting that
/// counts, wherever it was.
fn tier(sorted: &Sorted<'_>, status: Status) -> Tier {
    let supports = |e: &&&Evidence| match status {
        Status::Deceased => e.kind == Kind::Deceased,
        _ => e.is_sighting(),
    };
    let mut witnesses: Vec<usize> = Vec::new();
    for e in sorted.counting.iter().filter(supports) {
        if e.identified {
            return Tier::A;
        }
        if !witnesses.contains(&e.witness) {
            witnesses.push(e.witness);
        }
    }
    if witnesses.len() > 1 { Tier::A } else { Tier::B }
}

/// Adds what a person should know beside the deciding reasons.
fn explain(case: &Case, sorted: &Sorted<'_>, status: Status, reasons: &mut Vec<Reason>) {
    for e in &sorted.possible {
        let rivals = sorted.possible.iter().filter(|other| other.source == e.source).count();
        let code = if e.twin_risk {
            ReasonCode::PossibleTwin
        } else if rivals > 1 {
            ReasonCode::Ambiguous
        } else {
            ReasonCode::PossibleLink
        };
        push_once(reasons, reason(code, e));
    }
    if status.is_candidate() {
        for e in &sorted.accepted {
            let code = match (e.kind, e.objection()) {
                (Kind::Identity, _) => ReasonCode::IdentityOnly,
                (_, Some(objection)) => objection,
                (_, None) => continue,
            };
            push_once(reasons, reason(code, e));
        }
        for &(source, covered) in &case.absent {
            let code = if covered { ReasonCode::NotFound } else { ReasonCode::OutOfScope };
            reasons.push(Reason { code, source: Some(source), date: None, kind: None });
        }
    }
    if status == Status::NotAssessable {
        reasons.push(said(ReasonCode::TooFewFields, None));
    }
    if let Some(gone) = case.gone {
        let code = if gone.graduated { ReasonCode::Graduated } else { ReasonCode::Vanished };
        reasons.push(Reason { code, source: Some(gone.source), date: gone.day, kind: None });
    }
    reasons.extend(school_says(case, status, reasons));
    if let Some(source) = case.sibling_missing {
        let code = ReasonCode::SiblingMissing;
        reasons.push(Reason { code, source: Some(source), date: None, kind: None });
    }
    let mut mark = |set: bool, code| reasons.extend(set.then(|| said(code, None)));
    mark(case.contact_lost, ReasonCode::ContactLost);
    mark(case.displacement == Displacement::Internal, ReasonCode::DisplacedInternally);
    mark(case.displacement == Displacement::External, ReasonCode::DisplacedAbroad);
    mark(case.possible_double, ReasonCode::RecordsDiffer);
}

/// The school's own word about a child that left it. But for a death no status follows from
/// it: it is what the registers are asked about.
fn school_says(case: &Case, status: Status, told: &[Reason]) -> Option<Reason> {
    let code = match case.withdrawal.0 {
        Withdrawal::Missing | Withdrawal::Unread => return None,
        // Another list of the population has the child: it did move, or attends after all.
        Withdrawal::Moved | Withdrawal::Nowhere if case.elsewhere => return None,
        Withdrawal::Died => ReasonCode::SchoolSaysDied,
        Withdrawal::Moved => ReasonCode::SchoolSaysMoved,
        Withdrawal::Finished => ReasonCode::SchoolSaysFinished,
        Withdrawal::Abroad => ReasonCode::SchoolSaysAbroad,
        Withdrawal::Nowhere => ReasonCode::SchoolSaysNowhere,
    };
    let borne_out = code == ReasonCode::SchoolSaysDied && status == Status::Deceased;
    let told = told.iter().any(|reason| reason.code == code);
    (!borne_out && !told).then(|| said(code, case.withdrawal.1))
}

const fn said(code: ReasonCode, date: Option<Date>) -> Reason {
    Reason { code, source: None, date, kind: None }
}

const fn reason(code: ReasonCode, evidence: &Evidence) -> Reason {
    Reason { code, source: Some(evidence.source), date: evidence.date, kind: Some(evidence.kind) }
}

/// A border register may hold dozens of crossings: one reason a register and code is enough.
fn push_once(reasons: &mut Vec<Reason>, reason: Reason) {
    if !reasons.iter().any(|held| held.code == reason.code && held.source == reason.source) {
        reasons.push(reason);
    }
}

#[cfg(test)]
mod tests;
