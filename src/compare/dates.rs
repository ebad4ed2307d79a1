//! Birth dates: distinct values, and the level at which two of them agree.

use crate::normalize::PartialDate;

/// Distinct birth dates, sorted; code 0 is the missing date.
#[derive(Debug, Default)]
pub struct Dates {
    distinct: Vec<PartialDate>,
}

/// Levels of the birth-date comparison.
pub mod level {
    /// The same day.
    pub const EXACT: u8 = 1;
    /// Day and month swapped.
    pub const SWAPPED: u8 = 2;
    /// One digit wrong, two neighbouring digits swapped, or the year off by one.
    pub const ONE_SLIP: u8 = 3;
    /// What is known of both agrees.
    pub const PARTIAL: u8 = 4;
    /// Only the year agrees.
    pub const YEAR: u8 = 5;
    /// Nothing agrees.
    pub const DIFFERENT: u8 = 6;
}

impl Dates {
    /// The distinct ones among `dates`.
    #[must_use]
    pub fn new(dates: impl Iterator<Item = PartialDate>) -> Self {
        let mut distinct: Vec<_> = dates.filter(|date| !date.is_missing()).collect();
        distinct.sort_unstable();
        distinct.dedup();
        distinct.insert(0, PartialDate::MISSING);
        Self { distinct }
    }

    /// The code of `date`, 0 where it is missing or was not among the dates.
    #[must_use]
    pub fn code(&self, date: PartialDate) -> u32 {
        // Distinct dates are a few thousand.
        #[allow(clippy::cast_possible_truncation)]
        self.distinct.binary_search(&date).map_or(0, |code| code as u32)
    }

    /// The date of a code.
    #[must_use]
    pub fn date(&self, code: u32) -> PartialDate {
        self.distinct[code as usize]
    }

    /// Number of codes, that of the missing date included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.distinct.len()
    }

    /// Whether no date is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.distinct.len() <= 1
    }

    /// The level at which two dates, neither missing, agree.
    #[must_use]
    pub fn level(&self, a: u32, b: u32) -> u8 {
        if a == b && self.date(a).is_full() {
            return level::EXACT;
        }
        date_level(self.date(a), self.date(b))
    }
}

/// The level at which two dates, neither missing, agree.
#[must_use]
pub fn date_level(a: PartialDate, b: PartialDate) -> u8 {
    if !a.is_full() || !b.is_full() {
        let agrees = |x: u8, y: u8| x == 0 || y == 0 || x == y;
        return if a.year == b.year && agrees(a.month, b.month) && agrees(a.day, b.day) {
            level::PARTIAL
        } else {
            level::DIFFERENT
        };
    }
    if a == b {
        return level::EXACT;
    }
    if a.year == b.year && a.month == b.day && a.day == b.month {
        return level::SWAPPED;
    }
    let number = |date: PartialDate| {
        u64::from(date.year) * 10_000 + u64::from(date.month) * 100 + u64::from(date.day)
    };
    if super::one_digit_slip(number(a), number(b), 8)
        || (a.month == b.month && a.day == b.day && a.year.abs_diff(b.year) == 1)
    {
        return level::ONE_SLIP;
    }
    if a.year == b.year { level::YEAR } else { level::DIFFERENT }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: u16, month: u8, day: u8) -> PartialDate {
        PartialDate { year, month, day }
    }

    #[test]
    fn every_level_has_its_case() {
        let day = date(2012, 3, 11);
        for (other, expected) in [
            (date(2012, 3, 11), level::EXACT),
            (date(2012, 11, 3), level::SWAPPED),
            (date(2012, 3, 12), level::ONE_SLIP),
            (date(2012, 3, 17), level::ONE_SLIP),
            (date(2021, 3, 11), level::ONE_SLIP),
            (date(2009, 3, 11), level::DIFFERENT),
            (date(2013, 3, 11), level::ONE_SLIP),
            (date(2012, 0, 0), level::PARTIAL),
            (date(2012, 3, 0), level::PARTIAL),
            (date(2012, 4, 0), level::DIFFERENT),
            (date(2012, 5, 27), level::YEAR),
            (date(2010, 5, 27), level::DIFFERENT),
        ] {
            assert_eq!(date_level(day, other), expected, "{other:?}");
            assert_eq!(date_level(other, day), expected, "{other:?}");
        }
    }

    #[test]
    fn two_unknown_days_are_no_exact_agreement() {
        let dates = Dates::new([date(2012, 0, 0)].into_iter());
        assert_eq!(dates.level(1, 1), level::PARTIAL);
    }

    #[test]
    fn codes_lead_back_and_missing_is_zero() {
        let dates = Dates::new([date(2012, 1, 2), date(2011, 1, 2), date(2012, 1, 2)].into_iter());
        assert_eq!(dates.len(), 3);
        assert_eq!(dates.date(dates.code(date(2012, 1, 2))), date(2012, 1, 2));
        assert_eq!(dates.code(PartialDate::MISSING), 0);
        assert_eq!(dates.code(date(1999, 1, 1)), 0);
    }
}
