//! The rules that turn evidence into a status.

use jiff::civil::Date;

use super::{Reason, ReasonCode, Status};
use crate::job::Kind;
use crate::normalize::Displacement;
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
    /// Accepted or possible.
    pub decision: Decision,
    /// Probability that the record is this child's.
    pub probability: f64,
    /// Siblings or twins explain the pair nearly as well.
    pub twin_risk: bool,
    /// The school itself says so.
    pub vouched: bool,
}

/// All that is known about a child.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// Evidence, in any order.
    pub evidence: Vec<Evidence>,
    /// Registers without any link to the child: index of the source, and whether the
    /// register covers such a child.
    pub absent: Vec<(usize, bool)>,
    /// Some school record marks contact as lost.
    pub contact_lost: bool,
    /// The school's mark of displacement.
    pub displacement: Displacement,
    /// Enough fields are filled in to find the child in some register that could settle.
    pub assessable: bool,
    /// Another child of the population may be this one.
    pub possible_double: bool,
}

/// Which evidence counts.
#[derive(Clone, Copy, Debug)]
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

/// What was decided about a child.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The status.
    pub status: Status,
    /// Why, most telling first.
    pub reasons: Vec<Reason>,
    /// The latest evidence that counts.
    pub last_evidence: Option<Date>,
    /// Probability that a settled status rests on another person's records.
    pub wrong_probability: f64,
}

/// Decides a case by the rules of this room.
#[must_use]
pub fn decide(case: &Case, period: Period) -> Verdict {
    let mut evidence = case.evidence.clone();
    evidence.sort_by(|a, b| {
        (b.date, a.kind, a.source, a.decision, a.witness, a.twin_risk, a.vouched)
            .cmp(&(a.date, b.kind, b.source, b.decision, b.witness, b.twin_risk, b.vouched))
            .then(b.probability.total_cmp(&a.probability))
    });
    let accepted: Vec<&Evidence> =
        evidence.iter().filter(|e| e.decision == Decision::Link).collect();
    let counting: Vec<&Evidence> = accepted
        .iter()
        .copied()
        .filter(|e| e.kind != Kind::Identity && period.objection(e.date).is_none())
        .collect();
    let possible: Vec<&Evidence> = evidence
        .iter()
        .filter(|e| e.decision == Decision::Review && could_settle(e, period))
        .collect();

    let mut reasons = Vec::new();
    let status = settle(&accepted, &counting, &possible, case, period, &mut reasons);
    let wrong_probability = if status.is_candidate() {
        0.0
    } else {
        deciding(&counting, status).map(|e| 1.0 - e.probability).fold(1.0, f64::min)
    };
    explain(case, &accepted, &possible, period, status, &mut reasons);
    Verdict {
        status,
        reasons,
        last_evidence: counting.iter().filter_map(|e| e.date).max(),
        wrong_probability,
    }
}

fn settle(
    accepted: &[&Evidence],
    counting: &[&Evidence],
    possible: &[&Evidence],
    case: &Case,
    period: Period,
    reasons: &mut Vec<Reason>,
) -> Status {
    let latest = |wanted: fn(Kind) -> bool| {
        counting.iter().filter(|e| wanted(e.kind)).max_by_key(|e| e.date).copied()
    };
    let contradiction = |reasons: &mut Vec<Reason>, evidence: &[&Evidence]| {
        reasons.extend(evidence.iter().map(|e| reason(ReasonCode::Contradiction, e)));
        Status::Review
    };

    if let Some(death) = latest(|kind| kind == Kind::Deceased) {
        let after = counting.iter().find(|e| e.kind != Kind::Deceased && e.date > death.date);
        if let Some(life) = after {
            return contradiction(reasons, &[death, life]);
        }
        reasons.push(reason(ReasonCode::SettledBy, death));
        return Status::Deceased;
    }
    // A death whose day does not count still forbids to call the child alive.
    if let Some(death) = accepted.iter().find(|e| e.kind == Kind::Deceased) {
        return contradiction(reasons, &[death]);
    }

    let sought = accepted
        .iter()
        .filter(|e| e.kind == Kind::ReportedMissing)
        .filter(|e| period.objection(e.date) != Some(ReasonCode::InFuture))
        .max_by_key(|e| e.date);
    let seen = latest(is_sighting);
    if let Some(sought) = sought {
        match seen {
            Some(seen) if seen.date > sought.date && seen.kind != Kind::Returned => {
                return contradiction(reasons, &[sought, seen]);
            }
            Some(seen) if seen.date > sought.date => {}
            _ => {
                reasons.push(reason(ReasonCode::SoughtBy, sought));
                return Status::ReportedMissing;
            }
        }
    }

    if let Some(seen) = seen {
        // A possible death always, and a possible search unless it is known to have ended:
        // accepted, they would put the sighting in doubt.
        let overturns = |e: &&Evidence| match e.kind {
            Kind::Deceased => true,
            Kind::ReportedMissing => seen.kind != Kind::Returned || e.date >= seen.date,
            _ => false,
        };
        if possible.iter().copied().any(|e| overturns(&e)) {
            return Status::Review;
        }
        // On one day abroad wins: a border crossing is dated to the hour, a visit is not.
        let abroad = counting.iter().any(|e| e.kind == Kind::Abroad && e.date == seen.date);
        let status = if abroad { Status::ConfirmedAbroad } else { Status::Confirmed };
        let mut witnesses = Vec::new();
        for e in deciding(counting, status) {
            if !witnesses.contains(&e.witness) {
                witnesses.push(e.witness);
                let code =
                    if e.vouched { ReasonCode::SchoolVouches } else { ReasonCode::SettledBy };
                reasons.push(reason(code, e));
            }
        }
        return status;
    }
    if !possible.is_empty() {
        return Status::Review;
    }
    if case.assessable { Status::Unconfirmed } else { Status::NotAssessable }
}

/// The evidence on which a settled status rests, latest first.
fn deciding<'a>(counting: &'a [&Evidence], status: Status) -> impl Iterator<Item = &'a Evidence> {
    let latest = counting.iter().filter(|e| is_sighting(e.kind)).map(|e| e.date).max().flatten();
    counting.iter().copied().filter(move |e| match status {
        Status::Deceased => e.kind == Kind::Deceased,
        // Where the child is follows from the latest sighting alone.
        Status::ConfirmedAbroad => e.kind == Kind::Abroad && e.date == latest,
        Status::Confirmed => is_sighting(e.kind) && e.kind != Kind::Abroad,
        _ => false,
    })
}

const fn is_sighting(kind: Kind) -> bool {
    matches!(kind, Kind::Present | Kind::Displaced | Kind::Abroad | Kind::Returned)
}

/// Whether a possible link would settle the status if a person accepted it.
fn could_settle(evidence: &Evidence, period: Period) -> bool {
    match evidence.kind {
        Kind::Identity => false,
        // These change the status whatever their day.
        Kind::Deceased | Kind::ReportedMissing => {
            period.objection(evidence.date) != Some(ReasonCode::InFuture)
        }
        _ => period.objection(evidence.date).is_none(),
    }
}

/// Adds what a person should know beside the deciding reasons.
fn explain(
    case: &Case,
    accepted: &[&Evidence],
    possible: &[&Evidence],
    period: Period,
    status: Status,
    reasons: &mut Vec<Reason>,
) {
    for e in possible {
        let rivals = possible.iter().filter(|other| other.source == e.source).count();
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
        for e in accepted {
            let code = match (e.kind, period.objection(e.date)) {
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
    let mut mark = |set: bool, code| {
        if set {
            reasons.push(Reason { code, source: None, date: None, kind: None });
        }
    };
    mark(status == Status::NotAssessable, ReasonCode::TooFewFields);
    mark(case.contact_lost, ReasonCode::ContactLost);
    mark(case.displacement == Displacement::Internal, ReasonCode::DisplacedInternally);
    mark(case.displacement == Displacement::External, ReasonCode::DisplacedAbroad);
    mark(case.possible_double, ReasonCode::RecordsDiffer);
}

fn reason(code: ReasonCode, evidence: &Evidence) -> Reason {
    Reason { code, source: Some(evidence.source), date: evidence.date, kind: Some(evidence.kind) }
}

/// A border register may hold dozens of crossings: one reason a register and code is enough.
fn push_once(reasons: &mut Vec<Reason>, reason: Reason) {
    if !reasons.iter().any(|held| held.code == reason.code && held.source == reason.source) {
        reasons.push(reason);
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const PERIOD: Period = Period { since: date(2022, 2, 24), as_of: date(2023, 7, 5) };

    fn evidence(kind: Kind, day: Option<Date>) -> Evidence {
        Evidence {
            source: kind as usize,
            witness: kind as usize,
            kind,
            date: day,
            decision: Decision::Link,
            probability: 0.999_99,
            twin_risk: false,
            vouched: false,
        }
    }

    fn possible(kind: Kind, day: Date) -> Evidence {
        Evidence { decision: Decision::Review, probability: 0.6, ..evidence(kind, Some(day)) }
    }

    fn verdict(evidence: &[Evidence]) -> Verdict {
        let case = Case { evidence: evidence.to_vec(), assessable: true, ..Case::default() };
        decide(&case, PERIOD)
    }

    #[test]
    fn each_rule_gives_its_status() {
        use Kind::{Abroad, Deceased, Displaced, Identity, Present, ReportedMissing, Returned};
        let old = Some(date(2021, 5, 1));
        let spring = Some(date(2023, 3, 1));
        let summer = Some(date(2023, 6, 1));
        let future = Some(date(2023, 9, 1));
        for (evidence, expected) in [
            (vec![], Status::Unconfirmed),
            (vec![evidence(Identity, summer)], Status::Unconfirmed),
            (vec![evidence(Present, old)], Status::Unconfirmed),
            (vec![evidence(Present, None)], Status::Unconfirmed),
            (vec![evidence(Present, future)], Status::Unconfirmed),
            (vec![evidence(Present, spring)], Status::Confirmed),
            (vec![evidence(Displaced, spring)], Status::Confirmed),
            (vec![evidence(Returned, spring)], Status::Confirmed),
            (vec![evidence(Abroad, spring)], Status::ConfirmedAbroad),
            (vec![evidence(Abroad, spring), evidence(Present, summer)], Status::Confirmed),
            (vec![evidence(Abroad, summer), evidence(Present, spring)], Status::ConfirmedAbroad),
            (vec![evidence(Abroad, spring), evidence(Present, spring)], Status::ConfirmedAbroad),
            (vec![evidence(Deceased, spring)], Status::Deceased),
            (vec![evidence(Deceased, summer), evidence(Present, spring)], Status::Deceased),
            (vec![evidence(Deceased, spring), evidence(Present, summer)], Status::Review),
            (vec![evidence(Deceased, old), evidence(Present, summer)], Status::Review),
            (vec![evidence(Deceased, None)], Status::Review),
            (vec![evidence(ReportedMissing, spring)], Status::ReportedMissing),
            (vec![evidence(ReportedMissing, old)], Status::ReportedMissing),
            (
                vec![evidence(ReportedMissing, summer), evidence(Present, spring)],
                Status::ReportedMissing,
            ),
            (vec![evidence(ReportedMissing, spring), evidence(Present, summer)], Status::Review),
            (
                vec![evidence(ReportedMissing, spring), evidence(Returned, summer)],
                Status::Confirmed,
            ),
            (vec![possible(Present, date(2023, 3, 1))], Status::Review),
            (vec![possible(Present, date(2021, 3, 1))], Status::Unconfirmed),
            (vec![possible(Deceased, date(2021, 3, 1))], Status::Review),
            (
                vec![evidence(Present, spring), possible(Abroad, date(2023, 6, 1))],
                Status::Confirmed,
            ),
            (vec![evidence(Present, spring), possible(Deceased, date(2023, 6, 1))], Status::Review),
            (
                vec![evidence(Present, summer), possible(ReportedMissing, date(2023, 3, 1))],
                Status::Review,
            ),
            (
                vec![evidence(Returned, summer), possible(ReportedMissing, date(2023, 3, 1))],
                Status::Confirmed,
            ),
        ] {
            let verdict = verdict(&evidence);
            assert_eq!(verdict.status, expected, "{evidence:?}");
            assert!(
                verdict.status == Status::Unconfirmed || !verdict.reasons.is_empty(),
                "{evidence:?}"
            );
        }
    }

    #[test]
    fn too_few_fields_are_said_only_where_nothing_else_is_known() {
        let verdict = decide(&Case::default(), PERIOD);
        assert_eq!(verdict.status, Status::NotAssessable);
        assert_eq!(verdict.reasons[0].code, ReasonCode::TooFewFields);
    }

    #[test]
    fn registers_that_copy_each_other_are_one_reason() {
        let day = Some(date(2023, 3, 1));
        let copy = |source| Evidence { source, witness: 9, ..evidence(Kind::Present, day) };
        let verdict = verdict(&[copy(3), copy(4)]);
        let settled = verdict.reasons.iter().filter(|r| r.code == ReasonCode::SettledBy).count();
        assert_eq!(settled, 1);
    }

    #[test]
    fn a_wrong_confirmation_is_as_likely_as_its_surest_link_is_wrong() {
        let day = Some(date(2023, 3, 1));
        let first = Evidence { probability: 0.9999, ..evidence(Kind::Present, day) };
        let second = Evidence { probability: 0.99999, source: 7, ..first };
        let found = verdict(&[first, second]).wrong_probability;
        assert!((found - 0.000_01).abs() < 1e-9);
        assert!(verdict(&[]).wrong_probability == 0.0);
    }

    fn any_evidence() -> impl Strategy<Value = Evidence> {
        (0_usize..7, proptest::option::of(0_i32..900), any::<bool>(), any::<bool>()).prop_map(
            |(kind, day, accepted, twin_risk)| Evidence {
                decision: if accepted { Decision::Link } else { Decision::Review },
                twin_risk,
                ..evidence(
                    Kind::ALL[kind],
                    day.map(|n| date(2021, 9, 1).saturating_add(jiff::Span::new().days(n))),
                )
            },
        )
    }

    proptest! {
        #[test]
        fn no_child_leaves_the_list_without_accepted_evidence_that_counts(
            evidence in proptest::collection::vec(any_evidence(), 0..6),
        ) {
            let verdict = verdict(&evidence);
            if !verdict.status.is_candidate() {
                let counts = evidence.iter().any(|e| {
                    e.decision == Decision::Link
                        && !matches!(e.kind, Kind::Identity | Kind::ReportedMissing)
                        && PERIOD.objection(e.date).is_none()
                });
                prop_assert!(counts);
            }
        }

        #[test]
        fn the_order_of_evidence_does_not_matter(
            evidence in proptest::collection::vec(any_evidence(), 0..6),
        ) {
            let mut reversed = evidence.clone();
            reversed.reverse();
            prop_assert_eq!(verdict(&evidence), verdict(&reversed));
        }
    }
}
