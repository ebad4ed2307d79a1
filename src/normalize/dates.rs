//! Dates as people and spreadsheets write them.
//!
//! The usual order is day, month, year; `12/31/2012` can only be read the other way
//! and is. A date that cannot be (31 February, the year 0204) is no date: it is
//! reported, never guessed at.

use jiff::civil::{Date, date};

use super::names::says_nothing;
use super::records::PartialDate;

/// Earliest and latest year that is believed.
const YEARS: std::ops::RangeInclusive<u16> = 1900..=2100;

/// Two-digit years up to this one belong to the century of 2000.
const PIVOT: u16 = 39;

/// Day numbers of spreadsheets (days since 30.12.1899) that are read as dates:
/// 03.10.1954 to 08.04.2064.
const SERIALS: std::ops::RangeInclusive<u32> = 20_000..=60_000;

/// Why a cell is no date. The text goes to the list of rejected values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Not written like a date.
    #[error("not a date")]
    Unreadable,
    /// A date of which the day or the month is missing, where it has to be known.
    #[error("day or month is missing")]
    Partial,
    /// A day that the calendar does not have.
    #[error("no such day in the calendar")]
    Impossible,
    /// A year before 1900 or after 2100.
    #[error("year outside 1900–2100")]
    Year,
    /// What systems write for an unknown date.
    #[error("placeholder date")]
    Placeholder,
}

/// Reads a date; an empty cell, or one that says there is none, is
/// [`PartialDate::MISSING`].
pub fn parse(cell: &str) -> Result<PartialDate, DateError> {
    let cell = cell.trim();
    if says_nothing(cell) {
        return Ok(PartialDate::MISSING);
    }
    // No date is longer, with weekday, month and time.
    if cell.len() > 80 {
        return Err(DateError::Unreadable);
    }
    let Reading { numbers, month } = read(&cell.to_lowercase())?;
    match (numbers.as_slice(), month) {
        (&[a, b], Some(month)) if a.digits == 4 => full(a.value, month, b.value),
        (&[a, b], Some(month)) => full(year(b)?, month, a.value),
        (&[a], Some(month)) if a.digits == 4 => partial(a.value, month),
        (&[a, b, c], None) if a.digits == 4 => full(a.value, b.value, c.value),
        (&[a, b, c], None) if a.digits <= 2 && b.digits <= 2 => {
            day_first(a.value, b.value, year(c)?)
        }
        (&[a, b], None) if a.digits == 5 && b.value == 0 => serial(a.value),
        (&[a, b], None) if a.digits == 4 && b.digits <= 2 => partial(a.value, b.value),
        (&[a, b], None) if a.digits <= 2 && b.digits == 4 => partial(b.value, a.value),
        (&[a], None) => match a.digits {
            4 => partial(a.value, 0),
            5 => serial(a.value),
            // Seven: a spreadsheet took the zero of "05032014" away.
            7 | 8 => compact(a.value),
            _ => Err(DateError::Unreadable),
        },
        _ => Err(DateError::Unreadable),
    }
}

/// Reads a date of which the day must be known; `None` for an empty cell.
pub fn parse_full(cell: &str) -> Result<Option<Date>, DateError> {
    let partial = parse(cell)?;
    if partial.is_missing() {
        return Ok(None);
    }
    to_date(partial).map(Some).ok_or(DateError::Partial)
}

/// The calendar's date, where year, month and day are known.
#[must_use]
pub fn to_date(partial: PartialDate) -> Option<Date> {
    let year = i16::try_from(partial.year).ok()?;
    Date::new(year, partial.month.try_into().ok()?, partial.day.try_into().ok()?)
        .ok()
        .filter(|_| partial.is_full())
}

/// A run of digits.
#[derive(Clone, Copy)]
struct Number {
    value: u32,
    digits: u32,
}

/// The numbers of a cell, a month's name taken out.
struct Reading {
    numbers: Vec<Number>,
    month: Option<u32>,
}

/// Takes a lower-case cell apart; a time of day after the date is dropped.
fn read(cell: &str) -> Result<Reading, DateError> {
    let mut reading = Reading { numbers: Vec::with_capacity(3), month: None };
    let mut rest = cell;
    while let Some(first) = rest.chars().next() {
        let is_digit = first.is_ascii_digit();
        if !is_digit && !first.is_alphabetic() {
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let end = rest
            .find(|c: char| if is_digit { !c.is_ascii_digit() } else { !c.is_alphabetic() })
            .unwrap_or(rest.len());
        let (token, after) = rest.split_at(end);
        rest = after;
        if is_digit {
            // A time of day starts: "2012-12-31T00:00:00", "31.12.2012 0:00".
            if after.starts_with(':') && !reading.numbers.is_empty() {
                break;
            }
            let value = token.parse().map_err(|_| DateError::Unreadable)?;
            let digits = u32::try_from(token.len()).unwrap_or(u32::MAX);
            reading.numbers.push(Number { value, digits });
        } else if token == "t" && reading.numbers.len() == 3 {
            break;
        } else if let Some(month) = month(token) {
            if reading.month.replace(month).is_some() {
                return Err(DateError::Unreadable);
            }
        } else if !matches!(
            token,
            "р" | "рік"
                | "року"
                | "рр"
                | "г"
                | "год"
                | "года"
                | "н"
                | "th"
                | "st"
                | "nd"
                | "rd"
                | "of"
                | "народження"
                | "рождения"
        ) {
            return Err(DateError::Unreadable);
        }
    }
    Ok(reading)
}

/// Beginnings of the months' names in Ukrainian, Russian and English, three letters
/// at least, January first.
const MONTHS: [&[&str]; 12] = [
    &["січ", "янв", "jan"],
    &["лют", "фев", "feb"],
    &["бер", "мар", "mar"],
    &["кві", "апр", "apr"],
    &["тра", "мая", "май", "may"],
    &["чер", "июн", "jun"],
    &["лип", "июл", "jul"],
    &["сер", "авг", "aug"],
    &["вер", "сен", "sep"],
    &["жов", "окт", "oct"],
    &["лис", "ноя", "nov"],
    &["гру", "дек", "dec"],
];

fn month(word: &str) -> Option<u32> {
    let place = MONTHS.iter().position(|names| names.iter().any(|name| word.starts_with(name)))?;
    u32::try_from(place + 1).ok()
}

/// A year of four or two digits.
const fn year(number: Number) -> Result<u32, DateError> {
    match number.digits {
        4 => Ok(number.value),
        2 if number.value <= PIVOT as u32 => Ok(2000 + number.value),
        2 => Ok(1900 + number.value),
        _ => Err(DateError::Year),
    }
}

/// Day, month, year, unless only month, day, year can be meant.
fn day_first(a: u32, b: u32, year: u32) -> Result<PartialDate, DateError> {
    if b > 12 && (1..=12).contains(&a) { full(year, a, b) } else { full(year, b, a) }
}

/// Eight digits: year first or day first, whichever can be.
fn compact(value: u32) -> Result<PartialDate, DateError> {
    let year_first = full(value / 10_000, value / 100 % 100, value % 100);
    match year_first {
        Ok(date) if date.is_full() => Ok(date),
        _ => full(value % 10_000, value / 10_000 % 100, value / 1_000_000),
    }
}

/// Days since 30.12.1899, as spreadsheets count.
fn serial(days: u32) -> Result<PartialDate, DateError> {
    if !SERIALS.contains(&days) {
        return Err(DateError::Unreadable);
    }
    let day = jiff::Span::new().try_days(days).ok();
    let day = day.and_then(|days| date(1899, 12, 30).checked_add(days).ok());
    day.map(from_date).ok_or(DateError::Unreadable)
}

/// A calendar date as a partial one.
#[must_use]
pub fn from_date(date: Date) -> PartialDate {
    PartialDate {
        year: date.year().unsigned_abs(),
        month: date.month().unsigned_abs(),
        day: date.day().unsigned_abs(),
    }
}

/// Year and month, the month 0 where unknown.
fn partial(year: u32, month: u32) -> Result<PartialDate, DateError> {
    full(year, month, 0)
}

/// Year, month and day, month and day 0 where unknown.
fn full(year: u32, month: u32, day: u32) -> Result<PartialDate, DateError> {
    if year == 0 && month == 0 && day == 0 {
        return Err(DateError::Placeholder);
    }
    let year = u16::try_from(year).ok().filter(|y| YEARS.contains(y)).ok_or(DateError::Year)?;
    let (Ok(month), Ok(day)) = (u8::try_from(month), u8::try_from(day)) else {
        return Err(DateError::Impossible);
    };
    // The first day that a clock or a spreadsheet knows.
    if year == 1900 && month <= 1 && day <= 1 {
        return Err(DateError::Placeholder);
    }
    let whole = PartialDate { year, month, day };
    // With the unknown parts set to what every month has.
    let possible = PartialDate { month: month.max(1), day: day.max(1), ..whole };
    if month == 0 && day != 0 || to_date(possible).is_none() {
        return Err(DateError::Impossible);
    }
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn day(year: u16, month: u8, day: u8) -> PartialDate {
        PartialDate { year, month, day }
    }

    #[test]
    fn every_way_to_write_a_date() {
        for cell in [
            "31.12.2012",
            "31/12/12",
            "31-12-2012",
            "31 12 2012",
            "2012-12-31",
            "2012.12.31",
            "2012-12-31T00:00:00",
            "2012-12-31T00:00:00.000Z",
            "2012-12-31 00:00:00",
            "31.12.2012 0:00:00",
            "31.12.2012 р.",
            "31.12.2012р.н.",
            "20121231",
            "31122012",
            "12/31/2012",
            "41274",
            "41274.0",
            "31 грудня 2012 р.",
            "«31» грудня 2012 року",
            "31 декабря 2012 г.",
            "December 31, 2012",
            "31-Dec-2012",
            "31st of December 2012",
            " 31.12.2012 ",
            "31,12,2012",
        ] {
            assert_eq!(parse(cell), Ok(day(2012, 12, 31)), "{cell}");
        }
        assert_eq!(parse("5 березня 2013 р."), Ok(day(2013, 3, 5)));
        assert_eq!(parse("1.2.99"), Ok(day(1999, 2, 1)));
        assert_eq!(parse("5032014"), Ok(day(2014, 3, 5)));
        assert_eq!(parse("05.03.2014 року народження"), Ok(day(2014, 3, 5)));
        assert_eq!(parse("03/04/2012"), Ok(day(2012, 4, 3)));
        assert_eq!(parse("29.02.2012"), Ok(day(2012, 2, 29)));
    }

    #[test]
    fn parts_of_dates() {
        assert_eq!(parse("2012"), Ok(day(2012, 0, 0)));
        assert_eq!(parse("2012 р."), Ok(day(2012, 0, 0)));
        assert_eq!(parse(".07.2017"), Ok(day(2017, 7, 0)));
        assert_eq!(parse("__.07.2017"), Ok(day(2017, 7, 0)));
        assert_eq!(parse("00.07.2017"), Ok(day(2017, 7, 0)));
        assert_eq!(parse("00.00.2017"), Ok(day(2017, 0, 0)));
        assert_eq!(parse("2017-07"), Ok(day(2017, 7, 0)));
        assert_eq!(parse("липень 2017"), Ok(day(2017, 7, 0)));
    }

    #[test]
    fn no_dates() {
        for cell in ["", "  ", "-", "немає", "н/д", "NULL", "--.--.----"] {
            assert_eq!(parse(cell), Ok(PartialDate::MISSING), "{cell}");
        }
        for (cell, why) in [
            ("31.02.2012", DateError::Impossible),
            ("29.02.2013", DateError::Impossible),
            ("32.01.2012", DateError::Impossible),
            ("13.13.2012", DateError::Impossible),
            ("12.00.2012", DateError::Impossible),
            ("31.12.0204", DateError::Year),
            ("31.12.3012", DateError::Year),
            ("1899-12-31", DateError::Year),
            ("00.00.0000", DateError::Placeholder),
            ("0000-00-00", DateError::Placeholder),
            ("01.01.1900", DateError::Placeholder),
            ("1.2.3", DateError::Year),
            ("2012 або 2013", DateError::Unreadable),
            ("31.12.2012, 01.01.2013", DateError::Unreadable),
            ("12", DateError::Unreadable),
            ("310512", DateError::Unreadable),
            ("70000", DateError::Unreadable),
            ("вчора", DateError::Unreadable),
            // A column too narrow to show the date.
            ("########", DateError::Unreadable),
        ] {
            assert_eq!(parse(cell), Err(why), "{cell}");
        }
        assert_eq!(parse_full("2012"), Err(DateError::Partial));
        assert_eq!(parse_full(""), Ok(None));
        assert_eq!(parse_full("24.02.2022"), Ok(Some(date(2022, 2, 24))));
    }

    proptest! {
        #[test]
        fn any_date_is_read_back(days in 0_i32..73_000) {
            let day = date(1900, 1, 2).checked_add(jiff::Span::new().days(days)).unwrap();
            let expected = Ok(from_date(day));
            prop_assert_eq!(parse(&day.to_string()), expected);
            prop_assert_eq!(parse(&day.strftime("%d.%m.%Y").to_string()), expected);
            prop_assert_eq!(parse(&day.strftime("%Y%m%d").to_string()), expected);
            prop_assert_eq!(parse(&day.strftime("%d %B %Y").to_string()), expected);
        }

        #[test]
        fn nothing_panics(cell in "\\PC{0,40}", dated in "[0-9. /:tT-]{0,24}") {
            for cell in [cell, dated] {
                if let Ok(date) = parse(&cell) {
                    prop_assert!(date.is_missing() || YEARS.contains(&date.year));
                    prop_assert_eq!(date.is_full(), to_date(date).is_some());
                }
                let _ = parse_full(&cell);
            }
        }
    }
}
