//! Dates as people and spreadsheets write them.
//!
//! The usual order is day, month, year; `12/31/2012` can only be read the other way
//! and is. A date that cannot be (31 February, the year 0204) is no date: it is
//! reported, never guessed at. [`parse`] reads one date; [`parse_all`] all that a cell
//! gives to choose from, and keeps the digits of days that the calendar does not have.

mod alternatives;

use jiff::civil::{Date, date};

use super::names::says_nothing;
use super::records::PartialDate;

pub use alternatives::{DateReading, month_first, parse_all};

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
    let [year, month, day] = parts(cell)?;
    full(year, month, day)
}

/// Year, month and day as they are written, 0 where they are not.
fn parts(cell: &str) -> Result<[u32; 3], DateError> {
    let cell = cell.to_lowercase();
    let found = read(&cell).and_then(|reading| arrange(&reading));
    if let Err(DateError::Unreadable) = found
        && let Some(repaired) = with_digits(&cell)
    {
        return read(&repaired).and_then(|reading| arrange(&reading));
    }
    let parts = found?;
    if cell.len() >= 20 && is_midnight_in_kyiv(&cell) {
        let [year, month, day] = parts;
        let next = to_date(full(year, month, day)?).and_then(|day| day.tomorrow().ok());
        let next = from_date(next.ok_or(DateError::Year)?);
        return Ok([next.year.into(), next.month.into(), next.day.into()]);
    }
    Ok(parts)
}

/// Which number is the day, which the month, which the year.
fn arrange(Reading { numbers, month }: &Reading) -> Result<[u32; 3], DateError> {
    match (numbers.as_slice(), *month) {
        (&[a, b], Some(month)) if a.digits == 4 => Ok([a.value, month, b.value]),
        (&[a, b], Some(month)) => Ok([year(b)?, month, a.value]),
        (&[a], Some(month)) if a.digits == 4 => Ok([a.value, month, 0]),
        (&[a, b, c], None) if a.digits == 4 => Ok([a.value, b.value, c.value]),
        (&[a, b, c], None) if a.digits <= 2 && b.digits <= 2 => {
            Ok(day_first(a.value, b.value, year(c)?))
        }
        (&[a, b], None) if a.digits == 5 && b.value == 0 => serial(a.value),
        (&[a, b], None) if a.digits == 4 && b.digits <= 2 => Ok([a.value, b.value, 0]),
        (&[a, b], None) if a.digits <= 2 && b.digits == 4 => Ok([b.value, a.value, 0]),
        (&[a], None) => match a.digits {
            4 => Ok([a.value, 0, 0]),
            5 => serial(a.value),
            // Seven: a spreadsheet took the zero of "05032014" away.
            7 | 8 => Ok(compact(a.value)),
            _ => Err(DateError::Unreadable),
        },
        _ => Err(DateError::Unreadable),
    }
}

/// A lower-case cell with the letters that stand for digits as digits: `2о12`, `оз`,
/// `l2`; `None` where there are none. A run of letters without a digit is one only if it
/// has the length of a day or a month and stands at a dot.
fn with_digits(cell: &str) -> Option<String> {
    let digit = |c: char| match c {
        'о' | 'o' => '0',
        'l' | 'і' | 'i' | '|' => '1',
        'з' => '3',
        'б' => '6',
        c => c,
    };
    let mut out = String::with_capacity(cell.len());
    let mut changed = false;
    let mut rest = cell;
    while let Some(first) = rest.chars().next() {
        let in_run = |c: char| c.is_alphanumeric() || c == '|';
        if !in_run(first) {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (run, after) = rest.split_at(rest.find(|c| !in_run(c)).unwrap_or(rest.len()));
        rest = after;
        let figures = run.bytes().filter(u8::is_ascii_digit).count();
        let all = run.chars().count();
        if figures < all
            && run.chars().all(|c| digit(c).is_ascii_digit())
            && (2 * figures >= all || all == 2 && (out.ends_with('.') || after.starts_with('.')))
        {
            out.extend(run.chars().map(digit));
            changed = true;
        } else {
            out.push_str(run);
        }
    }
    changed.then_some(out)
}

/// Whether a lower-case cell is an instant, with an offset, that is 21:00 or 22:00 in UTC:
/// midnight of the next day in Kyiv, summer and winter. Programs that keep a date as an
/// instant write it so.
fn is_midnight_in_kyiv(cell: &str) -> bool {
    let Some((day, time)) = cell.split_once(['t', ' ']) else { return false };
    if day.len() != 10 || !day.is_ascii() || !time.is_ascii() {
        return false;
    }
    let at = time.find(['z', '+', '-']).unwrap_or(time.len());
    let (clock, offset) = time.split_at(at);
    let minutes = |text: &str| -> Option<i32> {
        let digits: Vec<i32> =
            text.bytes().filter(u8::is_ascii_digit).map(|byte| i32::from(byte - b'0')).collect();
        match digits.as_slice() {
            [a, b] => Some((a * 10 + b) * 60),
            [a, b, c, d] => Some((a * 10 + b) * 60 + c * 10 + d),
            _ => None,
        }
    };
    let Some((clock, seconds)) = clock.trim().split_at_checked(5) else { return false };
    if seconds.bytes().any(|byte| matches!(byte, b'1'..=b'9')) {
        return false;
    }
    let offset = match offset.trim() {
        "z" => Some(0),
        "" => None,
        east if east.starts_with('+') => minutes(east),
        west => minutes(west).map(|west| -west),
    };
    let Some(utc) = minutes(clock).zip(offset).map(|(local, east)| local - east) else {
        return false;
    };
    matches!(utc, 1_260 | 1_320)
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

/// Whether a date of which all parts are known is no day of the calendar (30 February,
/// the 13th month): kept by [`parse_all`] as it was written.
#[must_use]
pub fn is_impossible(date: PartialDate) -> bool {
    date.is_full() && to_date(date).is_none()
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
        } else if WORDS.contains(&token) {
        } else if let Some(month) =
            month(token).or_else(|| if reading.numbers.is_empty() { None } else { roman(token) })
        {
            if reading.month.replace(month).is_some() {
                return Err(DateError::Unreadable);
            }
        } else {
            return Err(DateError::Unreadable);
        }
    }
    Ok(reading)
}

/// Words beside a date that change nothing: years, births, days of the week. Looked at
/// before months: "середа" is no August.
const WORDS: [&str; 66] = [
    "р",
    "рік",
    "року",
    "рр",
    "г",
    "год",
    "года",
    "н",
    "th",
    "st",
    "nd",
    "rd",
    "of",
    "народження",
    "рождения",
    "дата",
    "нар",
    "народився",
    "народилася",
    "народилась",
    "род",
    "пн",
    "вт",
    "ср",
    "чт",
    "пт",
    "сб",
    "нд",
    "понеділок",
    "вівторок",
    "середа",
    "четвер",
    "п",
    "ятниця",
    "пятниця",
    "субота",
    "неділя",
    "понедельник",
    "вторник",
    "среда",
    "четверг",
    "пятница",
    "суббота",
    "воскресенье",
    "пнд",
    "втр",
    "срд",
    "птн",
    "суб",
    "вс",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "born",
    "dob",
];

/// A month as a Roman numeral, after its day ("12.ІІІ.2012"), in either script and as the
/// letters it looks like; in lower case.
fn roman(token: &str) -> Option<u32> {
    const NUMERALS: [&str; 12] =
        ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"];
    if token.len() > 8 {
        return None;
    }
    let mut latin = String::with_capacity(8);
    for c in token.chars() {
        match c {
            'і' | 'i' | 'l' => latin.push('i'),
            'п' => latin.push_str("ii"),
            'ш' => latin.push_str("iii"),
            'v' | 'у' | 'y' => latin.push('v'),
            'x' | 'х' => latin.push('x'),
            _ => return None,
        }
    }
    NUMERALS.iter().zip(1..).find_map(|(&numeral, month)| (numeral == latin).then_some(month))
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
fn day_first(a: u32, b: u32, year: u32) -> [u32; 3] {
    if b > 12 && (1..=12).contains(&a) { [year, a, b] } else { [year, b, a] }
}

/// Eight digits: year first or day first, whichever can be.
fn compact(value: u32) -> [u32; 3] {
    let year_first = [value / 10_000, value / 100 % 100, value % 100];
    let day_first = [value % 10_000, value / 10_000 % 100, value / 1_000_000];
    let can_be = |[year, month, day]: [u32; 3]| full(year, month, day);
    match (can_be(year_first), can_be(day_first)) {
        (Ok(date), _) if date.is_full() => year_first,
        (_, Err(DateError::Year)) => year_first,
        _ => day_first,
    }
}

/// Days since 30.12.1899, as spreadsheets count.
fn serial(days: u32) -> Result<[u32; 3], DateError> {
    if !SERIALS.contains(&days) {
        return Err(DateError::Unreadable);
    }
    let day = jiff::Span::new().try_days(days).ok();
    let day = day.and_then(|days| date(1899, 12, 30).checked_add(days).ok());
    let day = day.map(from_date).ok_or(DateError::Unreadable)?;
    Ok([day.year.into(), day.month.into(), day.day.into()])
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
mod tests;
