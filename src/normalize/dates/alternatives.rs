//! Cells with several dates, and with dates that cannot be.

use super::{DateError, WORDS, YEARS, full, parts};
use crate::normalize::PartialDate;
use crate::normalize::names::says_nothing;
use crate::normalize::runs::runs;

/// Dates of one cell at most.
const MOST: usize = 4;
/// Pieces of one cell at most; more is prose.
const PIECES: usize = 12;
/// Bytes of a cell at most.
const BYTES: usize = 240;

/// What a cell holds of a date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DateReading {
    /// The dates to choose from, each once, in the order in which they are written, at most
    /// four; none where the cell says nothing. Such as are [`super::is_impossible`] keep the
    /// digits that were written.
    pub dates: Vec<PartialDate>,
    /// What was wrong with the cell beside that: a day that the calendar does not have, or
    /// something unreadable beside a date. To be reported.
    pub problem: Option<DateError>,
}

/// Reads all dates of a cell: "2012 або 2013", "12.03.2012 (21.03.2012)", "12 чи
/// 13.03.2012". Words in brackets, times of day and days of the week are none. A day that
/// the calendar does not have ("31.06.2013") is kept as written, with the problem; where
/// its month is 00 the year alone is. An error where no date was found at all.
pub fn parse_all(cell: &str) -> Result<DateReading, DateError> {
    let cell = cell.trim();
    if says_nothing(cell) {
        return Ok(DateReading::default());
    }
    if cell.len() > BYTES {
        return Err(DateError::Unreadable);
    }
    match as_written(cell) {
        // Behind a time of day nothing more was read.
        Ok(_) if is_timed(cell) => {}
        Ok((date, problem)) => return Ok(DateReading { dates: vec![date], problem }),
        Err(DateError::Unreadable) => {}
        Err(error) => return Err(error),
    }
    let mut pieces = Vec::with_capacity(MOST);
    let text = with_signs(cell);
    split(&text, 0, false, &mut pieces);
    let mut reading = DateReading::default();
    for at in 0..pieces.len() {
        let piece = &pieces[at];
        match piece.found.or_else(|error| completed(&pieces, at).ok_or(error)) {
            Ok((date, problem)) => {
                reading.problem = reading.problem.or(problem);
                if reading.dates.len() < MOST && !reading.dates.contains(&date) {
                    reading.dates.push(date);
                }
            }
            Err(error) => reading.problem = reading.problem.or(Some(error)),
        }
    }
    if reading.dates.is_empty() {
        return Err(reading.problem.unwrap_or(DateError::Unreadable));
    }
    Ok(reading)
}

/// A date, and what is wrong with it.
type Written = (PartialDate, Option<DateError>);

/// One date, even one that cannot be.
fn as_written(text: &str) -> Result<Written, DateError> {
    if text.len() > 80 {
        return Err(DateError::Unreadable);
    }
    let [year, month, day] = parts(text)?;
    match full(year, month, day) {
        Ok(date) => Ok((date, None)),
        Err(DateError::Impossible) => {
            let year = u16::try_from(year).ok().filter(|y| YEARS.contains(y));
            let year = year.ok_or(DateError::Year)?;
            let two_digits = |part: u32| u8::try_from(part).ok().filter(|part| *part < 100);
            let date = match (two_digits(month), two_digits(day)) {
                (Some(month), Some(day)) if month > 0 && day > 0 => {
                    PartialDate { year, month, day }
                }
                _ => PartialDate { year, month: 0, day: 0 },
            };
            Ok((date, Some(DateError::Impossible)))
        }
        Err(error) => Err(error),
    }
}

/// Stands for "або" and the like.
const OR: char = '\u{1}';

/// The cell with [`OR`] for every word that says or.
fn with_signs(cell: &str) -> String {
    let mut out = String::with_capacity(cell.len());
    for (word, _) in runs(cell) {
        if matches!(word.to_lowercase().as_str(), "або" | "чи" | "или" | "либо" | "or")
        {
            out.push(OR);
        } else {
            out.push_str(word);
        }
    }
    out
}

/// A part of a cell between separators, with digits in it.
struct Piece<'a> {
    text: &'a str,
    found: Result<Written, DateError>,
    /// "Or" or a slash follows, so that what follows may complete it.
    joined: bool,
}

/// Whether a time of day may stand between two dates: no single one is so long.
fn is_timed(text: &str) -> bool {
    text.len() >= 24 && text.contains(':')
}

/// Takes a text apart at the strongest separators first, and only as far as it takes to
/// read dates: "31,12,2012" is one.
fn split<'a>(text: &'a str, depth: u8, joined: bool, pieces: &mut Vec<Piece<'a>>) {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == OR);
    let is_time =
        || text.contains(':') && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b':' | b'.'));
    if pieces.len() >= PIECES || !text.bytes().any(|byte| byte.is_ascii_digit()) || is_time() {
        return;
    }
    let found = as_written(text);
    let take = found != Err(DateError::Unreadable) && (depth > 1 || !is_timed(text));
    if take || depth > 3 {
        pieces.push(Piece { text, found, joined });
        return;
    }
    let from = pieces.len();
    let mut start = 0;
    let mut before = ' ';
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map_or(' ', |&(_, c)| c);
        let spaced = before.is_whitespace() || after.is_whitespace();
        let separates = match depth {
            0 => matches!(c, OR | ';' | '(' | ')' | '[' | ']' | '|' | '\n' | '\r'),
            1 => spaced && matches!(c, '/' | '-' | '–' | '—') || after == ' ' && c == ',',
            2 => matches!(c, '/' | ',' | '\\'),
            _ => c.is_whitespace() || matches!(c, '-' | '–' | '—'),
        };
        if separates {
            split(&text[start..at], depth + 1, matches!(c, OR | '/' | '\\'), pieces);
            start = at + c.len_utf8();
        }
        before = c;
    }
    split(&text[start..], depth + 1, joined, pieces);
    // Space and hyphens stand within dates too: all of the pieces are dates, or none. And a
    // date that a word introduces is of something else, unless the word says whence it is.
    if depth == 3
        && (pieces[from..].iter().any(|piece| piece.found.is_err()) || !only_sources(text))
    {
        pieces.truncate(from);
        pieces.push(Piece { text, found: Err(DateError::Unreadable), joined });
    }
}

/// Whether the words of a text tell no more than where a birth date was found.
fn only_sources(text: &str) -> bool {
    const SOURCES: [&str; 11] = [
        "за",
        "по",
        "згідно",
        "паспорт",
        "свід",
        "св",
        "документ",
        "правильн",
        "вірн",
        "фактичн",
        "насправді",
    ];
    text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).all(|word| {
        let word = word.to_lowercase();
        WORDS.contains(&word.as_str())
            || SOURCES.iter().any(|known| {
                word.strip_prefix(known).is_some_and(|end| end.is_empty() || known.len() > 6)
            })
    })
}

/// "12" of "12 чи 13.03.2012", "12.03" of "12.03 / 13.03.2012": what it lacks, the next
/// whole date has.
fn completed(pieces: &[Piece<'_>], at: usize) -> Option<Written> {
    let next = pieces[at..].iter().position(|piece| piece.found.is_ok())? + at;
    let (whole, None) = pieces[next].found.ok()? else { return None };
    if !whole.is_full() || !pieces[at..next].iter().all(|piece| piece.joined) {
        return None;
    }
    let mut numbers = pieces[at].text.split('.').map(str::trim).filter(|part| !part.is_empty());
    let mut part = || match numbers.next() {
        None => Some(None),
        Some(text) if text.len() <= 2 => text.parse::<u8>().ok().map(Some),
        Some(_) => None,
    };
    let (day, month) = (part()??, part()?);
    if part()?.is_some() {
        return None;
    }
    full(whole.year.into(), month.unwrap_or(whole.month).into(), day.into())
        .ok()
        .filter(|date| date.is_full())
        .map(|date| (date, None))
}

/// Cells that say in which order a column stands, before it is believed.
const WITNESSES: usize = 3;

/// Whether a column writes the month first (`03/28/2014`): at least three cells with
/// slashes can only be read so, and none can only have the day first.
pub fn month_first<'a>(cells: impl Iterator<Item = &'a str>) -> bool {
    let mut witnesses = 0;
    for cell in cells {
        let mut parts = cell.trim().split('/');
        let number = |part: Option<&str>| {
            part.filter(|part| (1..=2).contains(&part.len())).and_then(|p| p.parse::<u8>().ok())
        };
        let (Some(a), Some(b)) = (number(parts.next()), number(parts.next())) else { continue };
        match (a, b) {
            (13..=31, 1..=12) => return false,
            (1..=12, 13..=31) => witnesses += 1,
            _ => {}
        }
    }
    witnesses >= WITNESSES
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{is_impossible, parse, to_date};
    use super::*;

    const fn day(year: u16, month: u8, day: u8) -> PartialDate {
        PartialDate { year, month, day }
    }

    #[test]
    fn several_dates_in_one_cell() {
        let (d12, d13, d21) = (day(2012, 3, 12), day(2012, 3, 13), day(2012, 3, 21));
        for (cell, expected) in [
            ("12.03.2012", vec![d12]),
            ("2012 або 2013", vec![day(2012, 0, 0), day(2013, 0, 0)]),
            ("2012/2013", vec![day(2012, 0, 0), day(2013, 0, 0)]),
            ("2012-2013 р.н.", vec![day(2012, 0, 0), day(2013, 0, 0)]),
            ("2012 чи 2013 рр.", vec![day(2012, 0, 0), day(2013, 0, 0)]),
            ("12.03.2012 / 13.03.2012", vec![d12, d13]),
            ("12.03.2012/13.03.2012", vec![d12, d13]),
            ("12.03.2012\\13.03.2012", vec![d12, d13]),
            ("12/03/2012 / 13/03/2012", vec![d12, d13]),
            ("12.03.2012;13.03.2012", vec![d12, d13]),
            ("12.03.2012\n13.03.2012", vec![d12, d13]),
            ("12.03.2012 13.03.2012", vec![d12, d13]),
            ("12.03.2012-13.03.2012", vec![d12, d13]),
            ("31.12.2012, 01.01.2013", vec![day(2012, 12, 31), day(2013, 1, 1)]),
            ("31.12.2012,01.01.2013", vec![day(2012, 12, 31), day(2013, 1, 1)]),
            ("12.03.2012 (21.03.2012)", vec![d12, d21]),
            ("12.03.2012 (за паспортом 21.03.2012)", vec![d12, d21]),
            ("12.03.2012 (зарахована 01.09.2018)", vec![d12]),
            ("12.03.2012 АБО 21.03.2012", vec![d12, d21]),
            ("12.03.2012 (12.03.2012)", vec![d12]),
            ("12 чи 13.03.2012", vec![d12, d13]),
            ("12/13.03.2012", vec![d12, d13]),
            ("12.03 або 13.03.2012", vec![d12, d13]),
            ("12 березня 2012 або 13 березня 2012", vec![d12, d13]),
            ("2012-03-12 або 2012-03-13", vec![d12, d13]),
            (
                "12.03.2012; 13.03.2012; 21.03.2012; 2012; 2013",
                vec![d12, d13, d21, day(2012, 0, 0)],
            ),
            ("12.03.2012 00:00:00 або 13.03.2012 00:00:00", vec![d12, d13]),
            ("2012-03-12T00:00:00Z / 2012-03-13T00:00:00Z", vec![d12, d13]),
            // None of these is a second date.
            ("Mon Mar 12 2012 00:00:00 GMT+0200 (EET)", vec![d12]),
            ("2012-03-12 00:00:00.000 +0200", vec![d12]),
            ("12.03.2012 (уточнити)", vec![d12]),
            ("12.03.2012 р.н.", vec![d12]),
            ("12.03.2012 10:30", vec![d12]),
            ("12.03.2012, 10:30:00", vec![d12]),
            ("понеділок, 12.03.2012", vec![d12]),
            ("пн 12.03.2012", vec![d12]),
            ("середа 12.03.2012", vec![d12]),
            ("дата народження: 12.03.2012", vec![d12]),
            ("12.03.2012 (кл. 5)", vec![d12]),
            ("5, 12.03.2012", vec![d12]),
            ("", vec![]),
            ("немає", vec![]),
        ] {
            assert_eq!(parse_all(cell).map(|reading| reading.dates), Ok(expected), "{cell}");
        }
        let problem = |cell| parse_all(cell).unwrap().problem;
        assert_eq!(problem("12.03.2012 (уточнити)"), None);
        assert_eq!(problem("12.03.2012 або 13.03.2012"), None);
        assert_eq!(problem("12.03.2012 (кл. 5)"), Some(DateError::Unreadable));
    }

    #[test]
    fn days_that_cannot_be_are_kept() {
        for (cell, expected) in [
            ("31.06.2013", day(2013, 6, 31)),
            ("29.02.2013", day(2013, 2, 29)),
            ("13.13.2012", day(2012, 13, 13)),
            ("32.01.2012", day(2012, 1, 32)),
            ("2013-06-31", day(2013, 6, 31)),
            ("20130631", day(2013, 6, 31)),
            ("31062013", day(2013, 6, 31)),
            ("31 червня 2013 р.", day(2013, 6, 31)),
            ("99.99.2012", day(2012, 99, 99)),
            ("12.00.2012", day(2012, 0, 0)),
            ("2012.13", day(2012, 0, 0)),
        ] {
            let reading = parse_all(cell).unwrap();
            assert_eq!(
                (reading.dates, reading.problem),
                (vec![expected], Some(DateError::Impossible)),
                "{cell}"
            );
            assert_eq!(is_impossible(expected), expected.is_full(), "{cell}");
            assert_eq!(parse(cell), Err(DateError::Impossible), "{cell}");
        }
        let both = parse_all("31.06.2013 або 30.06.2013").unwrap();
        assert_eq!(both.dates, [day(2013, 6, 31), day(2013, 6, 30)]);
        assert_eq!(both.problem, Some(DateError::Impossible));
        for (cell, why) in [
            ("31.12.0204", DateError::Year),
            ("00.00.0000", DateError::Placeholder),
            ("01.01.1900", DateError::Placeholder),
            ("310512", DateError::Unreadable),
            ("12.03.2012 зарахована 01.09.2018", DateError::Unreadable),
            ("вчора", DateError::Unreadable),
            ("########", DateError::Unreadable),
            ("дванадцяте березня", DateError::Unreadable),
            ("5-А клас", DateError::Unreadable),
        ] {
            assert_eq!(parse_all(cell), Err(why), "{cell}");
        }
    }

    #[test]
    fn american_columns() {
        let first = |cells: &[&str]| month_first(cells.iter().copied());
        assert!(first(&["03/28/2014", "01/02/2014", "12/31/2013", "5/13/14", ""]));
        assert!(!first(&["03/28/2014", "12/31/2013"]));
        assert!(!first(&["03/28/2014", "12/31/2013", "5/13/14", "28/03/2014"]));
        assert!(!first(&["03.28.2014", "12.31.2013", "05.13.2014"]));
    }

    proptest! {
        #[test]
        fn one_date_is_what_parse_reads(cell in "[0-9./ -]{0,12}") {
            if let Ok(date) = parse(&cell) {
                let expected = if date.is_missing() { vec![] } else { vec![date] };
                prop_assert_eq!(parse_all(&cell), Ok(DateReading { dates: expected, problem: None }));
            }
        }

        #[test]
        fn alternatives_are_read_back(
            days in proptest::collection::vec((2004_u16..2024, 1_u8..=12, 1_u8..=31), 1..5),
            way in 0_usize..5,
        ) {
            let sign = [" або ", "; ", ", ", " / ", "/"][way];
            let text: Vec<String> =
                days.iter().map(|(y, m, d)| format!("{d:02}.{m:02}.{y}")).collect();
            let mut expected: Vec<PartialDate> = Vec::new();
            for (y, m, d) in days {
                if !expected.contains(&day(y, m, d)) {
                    expected.push(day(y, m, d));
                }
            }
            let wrong = expected.iter().any(|&date| to_date(date).is_none());
            let reading = parse_all(&text.join(sign)).unwrap();
            prop_assert_eq!(reading.problem, wrong.then_some(DateError::Impossible));
            prop_assert_eq!(reading.dates, expected);
        }

        #[test]
        fn nothing_panics(cell in "\\PC{0,60}", near in "[0-9./ ,;()або чи:tTzZ+-]{0,60}") {
            for cell in [cell, near] {
                if let Ok(reading) = parse_all(&cell) {
                    prop_assert!(reading.dates.len() <= MOST);
                    for date in reading.dates {
                        prop_assert!(YEARS.contains(&date.year));
                        prop_assert!(!is_impossible(date) || reading.problem.is_some());
                    }
                }
            }
        }
    }
}
