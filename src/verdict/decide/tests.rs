use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::verdict::{Gone, Period, ReasonCode as Code};

const PERIOD: Period = Period { since: date(2022, 2, 24), as_of: date(2023, 7, 5) };

fn evidence(kind: Kind, day: Option<Date>) -> Evidence {
    Evidence {
        source: kind as usize,
        witness: kind as usize,
        kind,
        date: day,
        decision: Decision::Link,
        probability: 0.999_99,
        period: PERIOD,
        region: 0,
        twin_risk: false,
        identified: false,
        vouched: false,
    }
}

fn possible(kind: Kind, day: Date) -> Evidence {
    Evidence { decision: Decision::Review, probability: 0.6, ..evidence(kind, Some(day)) }
}

/// The same by the witness that tells of `kind`.
fn by(kind: Kind, evidence: Evidence) -> Evidence {
    Evidence { witness: kind as usize, ..evidence }
}

fn verdict(evidence: &[Evidence]) -> Verdict {
    let case = Case { evidence: evidence.to_vec(), assessable: true, ..Case::default() };
    decide(&case)
}

#[test]
fn each_rule_gives_its_status() {
    use Kind::{Abroad, Deceased, Displaced, Identity, Present, ReportedMissing, Returned};
    let old = Some(date(2021, 5, 1));
    let later = Some(date(2021, 9, 1));
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
        // One witness may see both on a day, two may not.
        (
            vec![evidence(Abroad, spring), by(Abroad, evidence(Present, spring))],
            Status::ConfirmedAbroad,
        ),
        (vec![evidence(Abroad, spring), evidence(Present, spring)], Status::Review),
        (
            vec![evidence(Abroad, spring), evidence(Present, spring), evidence(Displaced, summer)],
            Status::Confirmed,
        ),
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
        // Only the witness that seeks can say that the search is over.
        (vec![evidence(ReportedMissing, spring), evidence(Returned, summer)], Status::Review),
        (
            vec![
                evidence(ReportedMissing, spring),
                by(ReportedMissing, evidence(Returned, summer)),
            ],
            Status::Confirmed,
        ),
        (
            vec![
                evidence(ReportedMissing, summer),
                by(ReportedMissing, evidence(Returned, spring)),
            ],
            Status::ReportedMissing,
        ),
        (
            vec![
                evidence(ReportedMissing, spring),
                by(ReportedMissing, evidence(Returned, spring)),
            ],
            Status::ReportedMissing,
        ),
        (
            vec![evidence(ReportedMissing, None), by(ReportedMissing, evidence(Returned, summer))],
            Status::Review,
        ),
        // A search that ended before evidence counts is no sighting that does.
        (
            vec![evidence(ReportedMissing, old), by(ReportedMissing, evidence(Returned, later))],
            Status::Unconfirmed,
        ),
        (vec![evidence(ReportedMissing, future)], Status::Review),
        (vec![evidence(ReportedMissing, future), evidence(Present, summer)], Status::Review),
        // Nor does a possible search without a day, or a possible death of a day to come.
        (
            vec![
                evidence(Present, summer),
                by(ReportedMissing, evidence(Returned, spring)),
                Evidence { date: None, ..possible(ReportedMissing, date(2023, 3, 1)) },
            ],
            Status::Review,
        ),
        (vec![evidence(Present, spring), possible(Deceased, date(2023, 9, 1))], Status::Review),
        // Between two days of death.
        (
            vec![
                evidence(Deceased, spring),
                Evidence { source: 9, ..evidence(Deceased, summer) },
                evidence(Present, Some(date(2023, 4, 1))),
            ],
            Status::Review,
        ),
        (vec![possible(Present, date(2023, 3, 1))], Status::Review),
        (vec![possible(Present, date(2021, 3, 1))], Status::Unconfirmed),
        (vec![possible(Deceased, date(2021, 3, 1))], Status::Review),
        (vec![evidence(Present, spring), possible(Abroad, date(2023, 6, 1))], Status::Confirmed),
        (vec![evidence(Present, spring), possible(Deceased, date(2023, 6, 1))], Status::Review),
        (
            vec![evidence(Present, summer), possible(ReportedMissing, date(2023, 3, 1))],
            Status::Review,
        ),
        (
            vec![evidence(Returned, summer), possible(ReportedMissing, date(2023, 3, 1))],
            Status::Review,
        ),
        (
            vec![
                by(ReportedMissing, evidence(Returned, summer)),
                possible(ReportedMissing, date(2023, 3, 1)),
            ],
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
    let verdict = decide(&Case::default());
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

fn codes(verdict: &Verdict) -> Vec<ReasonCode> {
    verdict.reasons.iter().map(|reason| reason.code).collect()
}

#[test]
fn contradictions_are_named_by_both_their_pieces() {
    let (spring, summer) = (Some(date(2023, 3, 1)), Some(date(2023, 6, 1)));
    let region = |region, e: Evidence| Evidence { region, ..e };
    for (pieces, pair) in [
        (
            vec![evidence(Kind::Deceased, spring), evidence(Kind::Present, summer)],
            [Kind::Deceased, Kind::Present],
        ),
        (
            vec![evidence(Kind::ReportedMissing, spring), evidence(Kind::Abroad, summer)],
            [Kind::ReportedMissing, Kind::Abroad],
        ),
        (
            vec![evidence(Kind::Abroad, spring), evidence(Kind::Present, spring)],
            [Kind::Present, Kind::Abroad],
        ),
        (
            vec![
                region(3, evidence(Kind::Displaced, spring)),
                region(4, evidence(Kind::Present, spring)),
            ],
            [Kind::Present, Kind::Displaced],
        ),
    ] {
        let found = verdict(&pieces);
        assert_eq!(found.status, Status::Review, "{pieces:?}");
        let named: Vec<_> = found
            .reasons
            .iter()
            .filter(|reason| reason.code == ReasonCode::Contradiction)
            .map(|reason| reason.kind.unwrap())
            .collect();
        assert_eq!(named, pair, "{pieces:?}");
    }
    // One region, or one that is not known, is no contradiction.
    for other in [3, 0] {
        let one = region(3, evidence(Kind::Displaced, spring));
        let two = region(other, evidence(Kind::Present, spring));
        assert_eq!(verdict(&[one, two]).status, Status::Confirmed);
    }
}

#[test]
fn the_schools_word_alone_brings_nobody_back_over_the_border() {
    let (spring, summer) = (Some(date(2023, 3, 1)), Some(date(2023, 6, 1)));
    let school =
        Evidence { vouched: true, source: 9, witness: 9, ..evidence(Kind::Present, summer) };
    let abroad = evidence(Kind::Abroad, spring);
    let found = verdict(&[abroad, school]);
    assert_eq!(found.status, Status::Review);
    assert_eq!(codes(&found), [ReasonCode::Contradiction; 2]);
    let entry = by(Kind::Abroad, evidence(Kind::Present, summer));
    assert_eq!(verdict(&[abroad, school, entry]).status, Status::Confirmed);
    assert_eq!(verdict(&[school]).status, Status::Confirmed);
}

#[test]
fn registers_have_days_of_their_own() {
    let own = Period { since: date(2023, 5, 1), ..PERIOD };
    let spring = evidence(Kind::Present, Some(date(2023, 3, 1)));
    let late = Evidence { period: own, ..spring };
    assert_eq!(verdict(&[spring]).status, Status::Confirmed);
    let found = verdict(&[late]);
    assert_eq!((found.status, codes(&found)), (Status::Unconfirmed, vec![ReasonCode::TooOld]));
}

#[test]
fn what_the_school_says_of_those_who_left_is_checked() {
    let spring = evidence(Kind::Present, Some(date(2023, 3, 1)));
    let left = Some(date(2023, 2, 1));
    let says = |withdrawal, elsewhere, evidence: &[Evidence]| {
        let case = Case {
            evidence: evidence.to_vec(),
            assessable: true,
            withdrawal: (withdrawal, left),
            elsewhere,
            ..Case::default()
        };
        let found = decide(&case);
        (found.status, codes(&found))
    };
    // A death is a register's to tell.
    assert_eq!(says(Withdrawal::Died, false, &[]), (Status::Review, vec![Code::SchoolSaysDied]));
    assert_eq!(
        says(Withdrawal::Died, false, &[spring]),
        (Status::Review, vec![Code::SchoolSaysDied, Code::Contradiction])
    );
    let death = evidence(Kind::Deceased, Some(date(2023, 4, 1)));
    assert_eq!(says(Withdrawal::Died, false, &[death]), (Status::Deceased, vec![Code::SettledBy]));
    let sought = evidence(Kind::ReportedMissing, Some(date(2023, 4, 1)));
    assert_eq!(
        says(Withdrawal::Died, false, &[sought]),
        (Status::ReportedMissing, vec![Code::SoughtBy, Code::SchoolSaysDied])
    );
    // The rest settles nothing, neither way.
    for (withdrawal, code) in [
        (Withdrawal::Abroad, Code::SchoolSaysAbroad),
        (Withdrawal::Finished, Code::SchoolSaysFinished),
        (Withdrawal::Moved, Code::SchoolSaysMoved),
        (Withdrawal::Nowhere, Code::SchoolSaysNowhere),
    ] {
        assert_eq!(says(withdrawal, false, &[]), (Status::Unconfirmed, vec![code]));
        assert_eq!(
            says(withdrawal, false, &[spring]),
            (Status::Confirmed, vec![Code::SettledBy, code])
        );
    }
    // Another school has the child: the word is borne out.
    assert_eq!(says(Withdrawal::Moved, true, &[]), (Status::Unconfirmed, vec![]));
}

#[test]
fn tiers_follow_from_witnesses_and_identifiers() {
    let day = Some(date(2023, 3, 1));
    let one = evidence(Kind::Present, day);
    assert_eq!(verdict(&[one]).tier, Some(Tier::B));
    assert_eq!(verdict(&[Evidence { identified: true, ..one }]).tier, Some(Tier::A));
    assert_eq!(verdict(&[one, evidence(Kind::Displaced, day)]).tier, Some(Tier::A));
    // A copy is no second witness, nor is an old or a merely possible record.
    let copy = by(Kind::Present, evidence(Kind::Displaced, day));
    let old = evidence(Kind::Displaced, Some(date(2021, 3, 1)));
    let unsure = possible(Kind::Displaced, date(2023, 3, 1));
    for other in [copy, old, unsure] {
        assert_eq!(verdict(&[one, other]).tier, Some(Tier::B));
    }
    assert_eq!(verdict(&[old]).tier, None);
}

#[test]
fn who_is_held_back_stays_on_the_list_with_the_link_as_its_reason() {
    let day = Some(date(2023, 3, 1));
    let case = |evidence: Vec<Evidence>| Case {
        evidence,
        assessable: true,
        held_back: true,
        ..Case::default()
    };
    let found = decide(&case(vec![evidence(Kind::Present, day)]));
    assert_eq!((found.status, codes(&found)), (Status::Review, vec![ReasonCode::HeldBack]));
    assert_eq!((found.wrong_probability, found.tier), (0.0, None));
    let sought = decide(&case(vec![evidence(Kind::ReportedMissing, day)]));
    assert_eq!(sought.status, Status::ReportedMissing);
}

#[test]
fn who_vanished_or_has_a_sibling_sought_is_told() {
    let gone = |graduated| Some(Gone { source: 4, day: Some(date(2022, 9, 5)), graduated });
    let with = |gone, sibling_missing| {
        let case = Case { assessable: true, gone, sibling_missing, ..Case::default() };
        decide(&case).reasons
    };
    let told = with(gone(false), None);
    assert_eq!((told[0].code, told[0].source), (ReasonCode::Vanished, Some(4)));
    assert_eq!(with(gone(true), None)[0].code, ReasonCode::Graduated);
    assert_eq!(with(None, Some(2))[0].code, ReasonCode::SiblingMissing);
}

fn any_evidence() -> impl Strategy<Value = Evidence> {
    let day = proptest::option::of(prop_oneof![0_i32..900, Just(400), Just(401)]);
    (0_usize..7, day, any::<bool>(), any::<bool>(), 0_usize..3, 0_u32..3).prop_map(
        |(kind, day, accepted, twin_risk, witness, region)| Evidence {
            decision: if accepted { Decision::Link } else { Decision::Review },
            twin_risk,
            witness,
            region,
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
        prop_assert_eq!(verdict.tier.is_none(), verdict.status.is_candidate());
    }

    /// Said again in the plainest words: nobody is off the list over whom a death or an open
    /// search hangs, accepted or possible, but as dead.
    #[test]
    fn a_death_or_a_search_never_loses_silently(
        evidence in proptest::collection::vec(any_evidence(), 0..6),
    ) {
        let status = verdict(&evidence).status;
        let accepted = |e: &&Evidence| e.decision == Decision::Link;
        if evidence.iter().filter(accepted).any(|e| e.kind == Kind::Deceased) {
            prop_assert!(matches!(status, Status::Deceased | Status::Review));
        }
        for sought in evidence.iter().filter(|e| e.kind == Kind::ReportedMissing) {
            let ended = sought.date.is_some()
                && evidence.iter().filter(accepted).any(|back| {
                    back.kind == Kind::Returned
                        && back.witness == sought.witness
                        && back.date > sought.date
                });
            let unsettled = matches!(status, Status::ReportedMissing | Status::Review);
            let listed = status.is_candidate();
            prop_assert!(ended || unsettled || listed || status == Status::Deceased);
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
