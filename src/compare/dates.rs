//! Birth dates: distinct values, and the level at which two of them agree.

use super::certificates::{likely_digit, replaced, transposed};
use crate::normalize::PartialDate;
use crate::normalize::dates::is_impossible;

/// Distinct birth dates, sorted; code 0 is the missing date.
#[derive(Debug, Default)]
pub struct Dates {
    distinct: Vec<PartialDate>,
}

/// Levels of the birth-date comparison, by what they prove, best first.
pub mod level {
    /// The same day.
    pub const EXACT: u8 = 1;
    /// Day and month swapped.
    pub const SWAPPED: u8 = 2;
    /// One of the two is no day of the calendar, and one slip or the swap away: wrong for
    /// certain, and this is how.
    pub const IMPOSSIBLE: u8 = 3;
    /// One digit replaced by a likely one or lost from the day or the month, or two
    /// neighbouring digits transposed.
    pub const ONE_SLIP: u8 = 4;
    /// The year off by one, all else equal.
    pub const YEAR_OFF: u8 = 5;
    /// Any other one digit replaced.
    pub const DIGIT: u8 = 6;
    /// What is known of both agrees.
    pub const PARTIAL: u8 = 7;
    /// One stands for a year (1 January) or a month (its first), and that agrees.
    pub const DEFAULT: u8 = 8;
    /// Only the year agrees.
    pub const YEAR: u8 = 9;
    /// Nothing agrees.
    pub const DIFFERENT: u8 = 10;
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

/// The level at which two dates, neither missing, agree. Symmetric.
#[must_use]
pub fn date_level(a: PartialDate, b: PartialDate) -> u8 {
    if !a.is_full() || !b.is_full() {
        let agrees = |x: u8, y: u8| x == 0 || y == 0 || x == y;
        return if a.year == b.year && agrees(a.month, b.month) && agrees(a.day, b.day) {
            level::PARTIAL
        } else if stands_for(a, b) || stands_for(b, a) {
            level::DEFAULT
        } else {
            level::DIFFERENT
        };
    }
    if a == b {
        return level::EXACT;
    }
    // Nearly all pairs. No one slip changes the year and something else, nor all of it.
    if a.year != b.year && (a.month != b.month || a.day != b.day) {
        return level::DIFFERENT;
    }
    let slip = if a.year == b.year && a.month == b.day && a.day == b.month {
        level::SWAPPED
    } else if a.month == b.month && a.day == b.day && a.year.abs_diff(b.year) == 1 {
        level::YEAR_OFF
    } else {
        slip_level(a, b)
    };
    if slip != level::DIFFERENT {
        // No calendar asked unless there is a slip: nearly all pairs have none.
        let one_impossible = || is_impossible(a) != is_impossible(b);
        return if one_impossible() { level::IMPOSSIBLE } else { slip };
    }
    if stands_for(a, b) || stands_for(b, a) {
        level::DEFAULT
    } else if a.year == b.year {
        level::YEAR
    } else {
        level::DIFFERENT
    }
}

/// Whether `default` is what is put for "that year" or "that month", and the other may be
/// of it.
const fn stands_for(default: PartialDate, other: PartialDate) -> bool {
    default.day == 1
        && default.year == other.year
        && (default.month == 1 || default.month == other.month)
}

/// [`level::ONE_SLIP`], [`level::DIGIT`] or [`level::DIFFERENT`] by the eight digits of
/// `DDMMYYYY`, the order in which they are typed.
fn slip_level(a: PartialDate, b: PartialDate) -> u8 {
    let (x, y) = (digits(a), digits(b));
    let one_replaced = replaced(x, y);
    let lost = |x: u8, y: u8| y < 10 && x >= 10 && (x / 10 == y || x % 10 == y);
    let lost_from = |a: PartialDate, b: PartialDate| {
        a.year == b.year
            && (a.month == b.month && lost(a.day, b.day)
                || a.day == b.day && lost(a.month, b.month))
    };
    if one_replaced.is_some_and(|(from, to)| likely_digit(from, to))
        || transposed(x, y)
        || lost_from(a, b)
        || lost_from(b, a)
    {
        level::ONE_SLIP
    } else if one_replaced.is_some() {
        level::DIGIT
    } else {
        level::DIFFERENT
    }
}

fn digits(date: PartialDate) -> [u8; 8] {
    // Each below ten: years have four digits, days and months two.
    #[allow(clippy::cast_possible_truncation)]
    let of_year = |power: u16| (date.year / power % 10) as u8;
    [
        date.day / 10,
        date.day % 10,
        date.month / 10,
        date.month % 10,
        of_year(1000),
        of_year(100),
        of_year(10),
        of_year(1),
    ]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(year: u16, month: u8, day: u8) -> PartialDate {
        PartialDate { year, month, day }
    }

    #[test]
    fn every_level_has_its_case() {
        let day = date(2012, 3, 11);
        for (of, other, expected) in [
            (day, date(2012, 3, 11), level::EXACT),
            (day, date(2012, 11, 3), level::SWAPPED),
            // 1 beside 2, 1 like 7, two digits of the year transposed.
            (day, date(2012, 3, 12), level::ONE_SLIP),
            (day, date(2012, 3, 17), level::ONE_SLIP),
            (day, date(2021, 3, 11), level::ONE_SLIP),
            // 4 above 1 on the pad; 7 no key of 3's; 3 beside 2.
            (day, date(2012, 3, 14), level::ONE_SLIP),
            (day, date(2012, 7, 11), level::DIGIT),
            (date(2012, 3, 19), date(2012, 3, 15), level::DIGIT),
            // A digit lost.
            (date(2012, 3, 24), date(2012, 3, 2), level::ONE_SLIP),
            (date(2012, 3, 24), date(2012, 3, 4), level::ONE_SLIP),
            (date(2012, 12, 24), date(2012, 2, 24), level::ONE_SLIP),
            // Transposed over the dot: 12.03 and 10.23 would be none; 11.02 and 10.12.
            (date(2012, 2, 11), date(2012, 12, 10), level::ONE_SLIP),
            (day, date(2013, 3, 11), level::YEAR_OFF),
            (day, date(2011, 3, 11), level::YEAR_OFF),
            (date(2010, 3, 11), date(2009, 3, 11), level::YEAR_OFF),
            (day, date(2009, 3, 11), level::DIFFERENT),
            (day, date(2012, 0, 0), level::PARTIAL),
            (day, date(2012, 3, 0), level::PARTIAL),
            (day, date(2012, 4, 0), level::DIFFERENT),
            (date(2012, 3, 0), date(2012, 4, 0), level::DIFFERENT),
            (date(2012, 1, 1), date(2012, 0, 0), level::PARTIAL),
            // Default days.
            (date(2012, 1, 1), date(2012, 7, 15), level::DEFAULT),
            (date(2012, 7, 1), date(2012, 7, 26), level::DEFAULT),
            (date(2012, 1, 1), date(2012, 7, 0), level::DEFAULT),
            (date(2012, 1, 1), date(2012, 1, 1), level::EXACT),
            (date(2012, 7, 1), date(2012, 9, 26), level::YEAR),
            (date(2012, 1, 1), date(2010, 7, 26), level::DIFFERENT),
            (date(2012, 1, 1), date(2012, 1, 2), level::ONE_SLIP),
            // Days that cannot be.
            (date(2013, 6, 31), date(2013, 6, 30), level::IMPOSSIBLE),
            (date(2013, 2, 29), date(2013, 2, 28), level::IMPOSSIBLE),
            (date(2012, 1, 32), date(2012, 1, 23), level::IMPOSSIBLE),
            (date(2012, 13, 13), date(2012, 12, 13), level::IMPOSSIBLE),
            (date(2012, 25, 12), date(2012, 12, 25), level::IMPOSSIBLE),
            (date(2013, 2, 29), date(2012, 2, 29), level::IMPOSSIBLE),
            (date(2013, 6, 31), date(2013, 6, 31), level::EXACT),
            (date(2013, 6, 31), date(2013, 9, 31), level::ONE_SLIP),
            (date(2013, 6, 31), date(2013, 11, 17), level::YEAR),
            (date(2013, 6, 31), date(2013, 6, 0), level::PARTIAL),
            (date(2013, 6, 31), date(2011, 7, 30), level::DIFFERENT),
            // Two slips.
            (day, date(2012, 5, 27), level::YEAR),
            (day, date(2012, 4, 12), level::YEAR),
            (day, date(2013, 4, 11), level::DIFFERENT),
            (day, date(2010, 5, 27), level::DIFFERENT),
        ] {
            assert_eq!(date_level(of, other), expected, "{of:?} {other:?}");
            assert_eq!(date_level(other, of), expected, "{other:?} {of:?}");
        }
    }

    /// By the text of the date.
    fn naive(a: PartialDate, b: PartialDate) -> u8 {
        let text = |d: PartialDate| format!("{:02}{:02}{:04}", d.day, d.month, d.year);
        let (x, y) = (text(a), text(b));
        let exists = |d: PartialDate| crate::normalize::dates::to_date(d).is_some();
        let hamming = strsim::hamming(&x, &y).unwrap();
        let mut unlike = x.bytes().zip(y.bytes()).filter(|(p, q)| p != q);
        let likely = unlike.next().is_some_and(|(p, q)| likely_digit(p - b'0', q - b'0'));
        let swapped = format!("{}{}{}", &x[2..4], &x[..2], &x[4..]) == y;
        let transposed = hamming == 2 && strsim::osa_distance(&x, &y) == 1;
        let shorter = |x: &str, y: &str| {
            [0, 2].into_iter().any(|at| {
                let (head, part, tail) = (&x[..at], &x[at..at + 2], &x[at + 2..]);
                !part.starts_with('0')
                    && (0..2).any(|keep| format!("{head}0{}{tail}", &part[keep..=keep]) == y)
            })
        };
        let slip = if swapped {
            level::SWAPPED
        } else if x[..4] == y[..4] && a.year.abs_diff(b.year) == 1 {
            level::YEAR_OFF
        } else if transposed || hamming == 1 && likely || shorter(&x, &y) || shorter(&y, &x) {
            level::ONE_SLIP
        } else if hamming == 1 {
            level::DIGIT
        } else {
            level::DIFFERENT
        };
        let default = |x: &str, y: &str| {
            x[4..] == y[4..] && (x.starts_with("0101") || x[..2] == *"01" && x[2..4] == y[2..4])
        };
        match slip {
            _ if x == y => level::EXACT,
            level::DIFFERENT if default(&x, &y) || default(&y, &x) => level::DEFAULT,
            level::DIFFERENT if x[4..] == y[4..] => level::YEAR,
            level::DIFFERENT => level::DIFFERENT,
            _ if exists(a) != exists(b) => level::IMPOSSIBLE,
            slip => slip,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        #[test]
        fn levels_are_those_of_the_naive_oracle(
            a in (2004_u16..2024, 1_u8..16, 1_u8..36),
            b in (2004_u16..2024, 1_u8..16, 1_u8..36),
            keep in 0_u8..8,
        ) {
            let held = |bit: u8| keep >> bit & 1 == 1;
            let a = date(a.0, a.1, a.2);
            let b = date(
                if held(0) { a.year } else { b.0 },
                if held(1) { a.month } else { b.1 },
                if held(2) { a.day } else { b.2 },
            );
            let swapped = PartialDate { day: a.month, month: a.day, ..a };
            for b in [b, swapped] {
                prop_assert_eq!(date_level(a, b), naive(a, b), "{:?} {:?}", a, b);
                prop_assert_eq!(date_level(a, b), date_level(b, a));
            }
        }

        #[test]
        fn parts_are_symmetric_and_never_exact(
            a in (2010_u16..2014, 0_u8..14, 0_u8..33), b in (2010_u16..2014, 0_u8..14, 0_u8..33),
        ) {
            let (a, b) = (date(a.0, a.1, a.2), date(b.0, b.1, b.2));
            let at = date_level(a, b);
            prop_assert_eq!(at, date_level(b, a));
            prop_assert!((1..=level::DIFFERENT).contains(&at));
            if !a.is_full() || !b.is_full() {
                // The year alone is counted among full dates only.
                prop_assert!(at == level::PARTIAL || at == level::DEFAULT || at == level::DIFFERENT);
            }
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
