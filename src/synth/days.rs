//! Days as whole numbers since 1 January 1970: cheap to draw, add and compare.

use jiff::civil::{Date, date};
use jiff::{Span, Unit};

/// Days since 1 January 1970.
pub(super) type Day = i32;

/// From this day on evidence counts: 24 February 2022.
pub(super) const SINCE: Day = 19_047;
/// The day for which statuses are stated: 5 July 2023.
pub(super) const AS_OF: Day = 19_543;

const EPOCH: Date = date(1970, 1, 1);

/// The calendar date of `day`.
pub(super) fn civil(day: Day) -> Date {
    EPOCH.checked_add(Span::new().days(day)).unwrap_or(EPOCH)
}

/// The day of a calendar date, or the nearest before it that exists.
pub(super) fn day(year: i16, month: i8, day: i8) -> Day {
    (0..4).find_map(|less| real_day(year, month, day - less)).unwrap_or(0)
}

/// The day of a calendar date; `None` where there is no such date.
pub(super) fn real_day(year: i16, month: i8, day: i8) -> Option<Day> {
    let date = Date::new(year, month, day).ok()?;
    EPOCH.until((Unit::Day, date)).ok().map(|span| span.get_days())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_and_round_trip() {
        assert_eq!((civil(SINCE), civil(AS_OF)), (date(2022, 2, 24), date(2023, 7, 5)));
        assert_eq!(day(2012, 2, 30), day(2012, 2, 29));
        for n in 12_000..20_000 {
            let on = civil(n);
            assert_eq!(day(on.year(), on.month(), on.day()), n);
        }
    }
}
