//! Who is looked for first.

use jiff::civil::Date;

use super::{Case, Status};
use crate::normalize::{Displacement, PartialDate};

/// Where a child stands on the candidate list: 0 (last) to 1000 (first).
///
/// | adds | for |
/// | --- | --- |
/// | 700 / 450 / 400 / 250 | reported missing / unconfirmed / not assessable / review |
/// | 180 | the school lost contact |
/// | 60 | the school marks the child as displaced |
/// | 60 | no register holds the child at all, not even to prove identity |
/// | 0–40 | age: the younger, the more |
/// | −50 | another school record may be of this child |
#[must_use]
pub fn priority(status: Status, case: &Case, birth_date: PartialDate, as_of: Date) -> u16 {
    if !status.is_candidate() {
        return 0;
    }
    let base: i32 = match status {
        Status::ReportedMissing => 700,
        Status::Unconfirmed => 450,
        Status::NotAssessable => 400,
        _ => 250,
    };
    let displaced = matches!(case.displacement, Displacement::Internal | Displacement::External);
    let age = i32::from(as_of.year()) - i32::from(birth_date.year);
    let young = if birth_date.is_missing() { 20 } else { (18 - age).clamp(0, 13) * 3 };
    let sum = base
        + 180 * i32::from(case.contact_lost)
        + 60 * i32::from(displaced)
        + 60 * i32::from(case.evidence.is_empty())
        + young
        - 50 * i32::from(case.possible_double);
    u16::try_from(sum.clamp(1, 1000)).unwrap_or(1000)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn lost_contact_and_no_trace_come_first_within_a_status() {
        let as_of = date(2023, 7, 5);
        let born = PartialDate { year: 2012, month: 1, day: 1 };
        let plain = Case::default();
        let lost = Case { contact_lost: true, ..Case::default() };
        let rank = |status, case| priority(status, case, born, as_of);
        assert!(rank(Status::Unconfirmed, &lost) > rank(Status::Unconfirmed, &plain));
        assert!(rank(Status::ReportedMissing, &plain) > rank(Status::Unconfirmed, &lost));
        assert!(rank(Status::Unconfirmed, &plain) > rank(Status::Review, &lost));
        assert_eq!(rank(Status::Confirmed, &lost), 0);
        let younger = PartialDate { year: 2016, ..born };
        assert!(
            priority(Status::Unconfirmed, &plain, younger, as_of)
                > rank(Status::Unconfirmed, &plain)
        );
    }
}
