//! Who is looked for first.

use jiff::civil::Date;

use super::{Case, Status};
use crate::job::PrioritySettings;
use crate::normalize::{Displacement, PartialDate, Withdrawal};

/// Years since the latest evidence that count at the most.
const MOST_UNSEEN: i32 = 5;

/// The youngest pupils; whoever is younger counts as they do.
const YOUNGEST: i32 = 5;

/// What the points of a child depend on beside its case.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The day for which statuses are stated.
    pub as_of: Date,
    /// Date of birth.
    pub birth_date: PartialDate,
    /// Points of the child's region.
    pub region: i32,
}

/// Where a child stands on the candidate list: 0 (last) to 1000 (first), by the points of the
/// job. A child that is not on the list has 0, one that is has at least 1.
///
/// An age that is not known counts as the middle one: a missing value is neither young nor old.
#[must_use]
pub fn priority(status: Status, case: &Case, about: About, points: &PrioritySettings) -> u16 {
    let base = match status {
        Status::ReportedMissing => points.reported_missing,
        Status::Unconfirmed => points.unconfirmed,
        Status::NotAssessable => points.not_assessable,
        Status::Review => points.review,
        Status::Confirmed | Status::ConfirmedAbroad | Status::Deceased => return 0,
    };
    let as_of = i32::from(about.as_of.year());
    let displaced = matches!(case.displacement, Displacement::Internal | Displacement::External);
    let years_below_18 = match about.birth_date.year {
        0 => (18 - YOUNGEST) / 2,
        year => (18 - (as_of - i32::from(year))).clamp(0, 18 - YOUNGEST),
    };
    let last_seen = case
        .evidence
        .iter()
        .filter(|e| e.decision == crate::resolve::Decision::Link && e.is_sighting())
        .filter_map(|e| e.date)
        .filter(|date| *date <= about.as_of)
        .max();
    let years_unseen = last_seen.map_or(MOST_UNSEEN, |date| {
        let days = about.as_of.duration_since(date).as_hours() / 24;
        i32::try_from(days / 365).unwrap_or(MOST_UNSEEN).min(MOST_UNSEEN)
    });
    let (left, _) = case.withdrawal;
    let finished = left == Withdrawal::Finished || case.gone.is_some_and(|gone| gone.graduated);
    let alarming = match left {
        Withdrawal::Died | Withdrawal::Abroad => true,
        Withdrawal::Nowhere | Withdrawal::Moved => !case.elsewhere,
        Withdrawal::Missing | Withdrawal::Unread | Withdrawal::Finished => false,
    };
    let when = |holds: bool, points: i32| points * i32::from(holds);
    let sum = base
        + when(case.contact_lost, points.contact_lost)
        + when(displaced, points.displaced)
        + when(case.evidence.is_empty(), points.no_trace)
        + when(alarming, points.school_says)
        + when(case.gone.is_some_and(|gone| !gone.graduated), points.vanished)
        + when(case.sibling_missing.is_some(), points.sibling_missing)
        + points.year_younger * years_below_18
        + points.year_unseen * years_unseen
        + when(case.possible_double, points.possible_double)
        + when(finished, points.finished)
        + about.region;
    u16::try_from(sum.clamp(1, 1000)).unwrap_or(1000)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::verdict::Gone;

    #[test]
    fn every_point_of_the_rule_is_added_once() {
        let points = PrioritySettings::default();
        let about = About {
            as_of: date(2023, 7, 5),
            birth_date: PartialDate { year: 2012, month: 1, day: 1 },
            region: 0,
        };
        let rank = |status, case: &Case| i32::from(priority(status, case, about, &points));
        let plain = Case::default();
        // Eleven years old, never seen, in no register.
        let rest = 7 * points.year_younger + 5 * points.year_unseen + points.no_trace;
        assert_eq!(rank(Status::Unconfirmed, &plain), points.unconfirmed + rest);
        assert_eq!(rank(Status::ReportedMissing, &plain), points.reported_missing + rest);
        assert_eq!(rank(Status::Confirmed, &plain), 0);
        let gone = |graduated| Some(Gone { source: 0, day: None, graduated });
        for (case, more) in [
            (Case { contact_lost: true, ..Case::default() }, points.contact_lost),
            (Case { possible_double: true, ..Case::default() }, points.possible_double),
            (Case { sibling_missing: Some(1), ..Case::default() }, points.sibling_missing),
            (Case { gone: gone(false), ..Case::default() }, points.vanished),
            (Case { gone: gone(true), ..Case::default() }, points.finished),
            (Case { displacement: Displacement::External, ..Case::default() }, points.displaced),
            (
                Case { withdrawal: (Withdrawal::Nowhere, None), ..Case::default() },
                points.school_says,
            ),
            (Case { withdrawal: (Withdrawal::Moved, None), elsewhere: true, ..Case::default() }, 0),
        ] {
            let found = rank(Status::Unconfirmed, &case);
            assert_eq!(found, points.unconfirmed + rest + more, "{case:?}");
        }
        let region = About { region: 40, ..about };
        let found = priority(Status::Unconfirmed, &plain, region, &points);
        assert_eq!(i32::from(found), points.unconfirmed + rest + 40);
        let unknown = About { birth_date: PartialDate::MISSING, ..about };
        let found = priority(Status::Unconfirmed, &plain, unknown, &points);
        assert_eq!(i32::from(found), points.unconfirmed + rest - points.year_younger);
    }

    #[test]
    fn points_stay_on_the_scale() {
        let about =
            About { as_of: date(2023, 7, 5), birth_date: PartialDate::MISSING, region: 5000 };
        let points = PrioritySettings::default();
        let rank = |about| priority(Status::Review, &Case::default(), about, &points);
        assert_eq!(rank(about), 1000);
        assert_eq!(rank(About { region: -5000, ..about }), 1);
    }
}
