//! All the certificates of a cell: a child with a repeat certificate has two, each genuine,
//! and registers hold them side by side.

use super::{
    Document, DocumentError, DocumentKind, Repairs, SERIES, Token, as_digits, cut, is_empty,
    is_placeholder_number, letters, parse, read_series, split_number, tokens,
};
use crate::normalize::identifiers::{is_rounded, without_fraction};

/// Certificates of one cell at most.
const MOST: usize = 4;

/// A certificate, and what was wrong with it as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The certificate.
    pub document: Document,
    /// What was wrong.
    pub repairs: Repairs,
}

/// Roman part and letters, 0 where unknown.
type Series = (u8, [u8; 2]);

/// Reads every certificate of two cells, as [`super::parse`] reads one: each once, in the
/// order in which they are written, at most four; none where the cells say nothing.
/// Numbers without a series of their own have that of the column, or of the one before
/// them; as many series as numbers pair up. Dates, years and remarks are no numbers.
pub fn parse_all(series: &str, number: &str) -> Result<Vec<Reading>, DocumentError> {
    let one = parse(series, number);
    let whole = |document| {
        let text = format!("{} {}", cut(without_fraction(series)), cut(without_fraction(number)));
        Reading { document, repairs: Repairs::of(&text, document) }
    };
    match one {
        Ok(document) if document.is_missing() => Ok(Vec::new()),
        Ok(document) if document.kind == DocumentKind::BirthCertificate => {
            Ok(vec![whole(document)])
        }
        Err(DocumentError::Rounded | DocumentError::Masked) => one.map(|_| Vec::new()),
        _ => {
            let found = several(series, number)?;
            if found.is_empty() {
                return one.map(|document| vec![whole(document)]);
            }
            Ok(found)
        }
    }
}

/// Several certificates, or one among other things; none where the cells have another form.
fn several(series: &str, number: &str) -> Result<Vec<Reading>, DocumentError> {
    let columns = [series, number].map(|cell| if is_empty(cell) { "" } else { long_cut(cell) });
    if columns.iter().any(|cell| is_rounded(cell)) {
        return Err(DocumentError::Rounded);
    }
    let [ahead, numbers] = columns.map(|cell| Numbers::of(&tokens(cell)));
    let (Some(ahead), Some(numbers)) = (ahead, numbers) else { return Ok(Vec::new()) };
    let listed = listed_series(columns[0]);
    let mut found = ahead.certificates;
    // Numbers in the column of the series.
    let misplaced = found.len();
    found.extend(numbers.certificates);
    let any_series = !listed.is_empty() || found.iter().any(|(own, _)| own.is_some());
    if found.is_empty() || !any_series && (numbers.words || misplaced > 0) {
        return Ok(Vec::new());
    }
    // A series of another form, and no other: a foreign certificate.
    let foreign = listed.is_empty() && !columns[0].is_empty();
    if foreign && misplaced == 0 && found.iter().all(|(own, _)| own.is_none()) {
        return Ok(Vec::new());
    }
    // One number under two series: nobody knows of which it is.
    if listed.len() > 1 && listed.len() != found.len() && misplaced == 0 {
        return Ok(Vec::new());
    }
    let many = found.len() > 1;
    let mut readings: Vec<Reading> = Vec::with_capacity(MOST);
    let mut placeholder = false;
    let mut last: Option<Series> = None;
    for (i, (own, value)) in found.into_iter().enumerate() {
        let column = match listed.as_slice() {
            [] => None,
            [one] => Some(*one),
            many => many.get(i).copied(),
        };
        let mut repairs = Repairs::DROPPED;
        if many {
            repairs = repairs.with(Repairs::SEVERAL);
        }
        if let (Some(own), Some(column)) = (own, column)
            && own.1 != column.1
            && misplaced == 0
        {
            repairs = repairs.with(Repairs::TWO_SERIES);
        }
        let (roman, pair) = own.or(column).or(last).unwrap_or_default();
        last = Some((roman, pair));
        if is_placeholder_number(value) {
            placeholder = true;
            continue;
        }
        let document =
            Document { kind: DocumentKind::BirthCertificate, roman, letters: pair, number: value };
        if let Some(told) = readings.iter_mut().find(|one| one.document.number == value) {
            // The same again: of two spellings of the series, one that exists.
            if is_known(pair) && !is_known(told.document.letters) {
                *told = Reading { document, repairs: Repairs::DROPPED };
            }
            told.repairs = told.repairs.with(Repairs::REPEATED);
            continue;
        }
        if pair == [0; 2] {
            repairs = repairs.with(Repairs::SERIES_MISSING);
        } else if !is_known(pair) {
            repairs = repairs.with(Repairs::SERIES_UNKNOWN);
        }
        if roman == 0 {
            repairs = repairs.with(Repairs::NUMERAL_MISSING);
        }
        if readings.len() < MOST {
            readings.push(Reading { document, repairs });
        }
    }
    if readings.is_empty() && placeholder {
        return Err(DocumentError::Placeholder);
    }
    Ok(readings)
}

/// Cells with several certificates are longer than [`cut`] allows.
fn long_cut(cell: &str) -> &str {
    &cell[..cell.floor_char_boundary(200)]
}

fn is_known(pair: [u8; 2]) -> bool {
    SERIES.iter().any(|series| series.chars().filter_map(letters::code).eq(pair))
}

/// The series of a column without numbers: "І-МИ, І-БК".
fn listed_series(cell: &str) -> Vec<Series> {
    let parts = cell.split([',', ';', '/', '\n', '\\', '+', '(', ')']);
    let mut listed = Vec::new();
    for part in parts.take(8) {
        let mut tokens = tokens(part);
        tokens.retain(|token| !is_remark(token));
        if tokens.is_empty() {
            continue;
        }
        match whole_series(&tokens).or_else(|| odd_series(&tokens)) {
            Some(series) => listed.push(series),
            // No list of series: the cell holds something else as well.
            None => return Vec::new(),
        }
    }
    listed
}

/// "Повторне", "стара", "нова", "дублікат".
fn is_remark(token: &Token) -> bool {
    ["повт", "стар", "нов", "дубл"].iter().any(|stem| {
        stem.chars().count() <= token.len()
            && stem.chars().eq(token[..stem.chars().count()].iter().copied())
    })
}

/// The letters of a known series before their numeral ("БК-І"), or after one letter or digit
/// that is none ("ИБК").
fn odd_series(tokens: &[Token]) -> Option<Series> {
    let all: Token = tokens.iter().flatten().copied().collect();
    let [a, b, numeral @ ..] = all.as_slice() else { return None };
    if !numeral.is_empty() && super::is_series(super::pair(*a, *b)) {
        let (_, pair) = whole_series(&[vec![*a, *b]])?;
        return Some((super::roman(numeral)?, pair));
    }
    match all.as_slice() {
        [_, pair @ ..] if pair.len() == 2 => whole_series(&[pair.to_vec()]),
        _ => None,
    }
}

/// Tokens that are a known series, or a numeral with two letters.
fn whole_series(tokens: &[Token]) -> Option<Series> {
    let (roman, pair) = read_series(tokens)?;
    (pair != [0; 2] && (roman > 0 || is_known(pair))).then_some((roman, pair))
}

/// The numbers of six digits in a cell, each with the series that stands beside it.
#[derive(Default)]
struct Numbers {
    certificates: Vec<(Option<Series>, u32)>,
    /// Whether anything else stands there that is no date.
    words: bool,
}

impl Numbers {
    /// `None` where a run of digits is too long for a certificate and no date: a cell of
    /// another form.
    fn of(tokens: &[Token]) -> Option<Self> {
        let mut numbers = Self::default();
        let mut places: Vec<(usize, usize, u32)> = Vec::new();
        let mut start = 0;
        for (at, token) in tokens.iter().enumerate() {
            let (head, digits) = as_digits(token).map_or_else(
                || {
                    let (head, digits) = split_number(token);
                    (head.len(), digits)
                },
                |digits| (0, digits),
            );
            let value = digits
                .iter()
                .fold(0_u64, |sum, &digit| sum.saturating_mul(10).saturating_add(digit.into()));
            match digits.len() {
                6 => {
                    // Below a million.
                    #[allow(clippy::cast_possible_truncation)]
                    places.push((start, at, value as u32));
                    start = at + 1;
                }
                8 if head == 0 && is_date(value) => {}
                // A card, a РНОКПП, a УНЗР in the same cell.
                9 | 10 | 13 if head == 0 => {}
                0..6 => {}
                _ => return None,
            }
        }
        if places.len() > 8 {
            return None;
        }
        let after = places.last().map_or(0, |&(_, at, _)| at + 1);
        // "345678 І-МИ; 876543 І-БК": every number before its series.
        let first_has_none = places
            .first()
            .is_some_and(|&(start, at, _)| series_before(tokens, start, at).is_none());
        let swapped = first_has_none && series_after(&tokens[after..]).is_some();
        for (i, &(start, at, value)) in places.iter().enumerate() {
            let own = if swapped {
                let end = places.get(i + 1).map_or(tokens.len(), |&(_, next, _)| next);
                series_after(&tokens[at + 1..end])
            } else {
                series_before(tokens, start, at)
            };
            if own.is_none() && is_of_another(tokens, start, at) {
                continue;
            }
            numbers.certificates.push((own, value));
        }
        numbers.words = tokens.len() > places.len();
        Some(numbers)
    }
}

/// Whether two letters that are no series stand before the number in token `at`: a passport's.
fn is_of_another(tokens: &[Token], start: usize, at: usize) -> bool {
    let number = &tokens[at];
    let head = if as_digits(number).is_some() { &[][..] } else { split_number(number).0 };
    let before = if head.is_empty() {
        tokens[start..at].last().map_or(&[][..], Vec::as_slice)
    } else {
        head
    };
    matches!(before, [a, b] if a.is_alphabetic() && b.is_alphabetic()) && before != ['т', 'а']
}

/// The series that stands right before the number in token `at`, from `start` on.
fn series_before(tokens: &[Token], start: usize, at: usize) -> Option<Series> {
    let number = &tokens[at];
    let head = if as_digits(number).is_some() { &[][..] } else { split_number(number).0 };
    // "повтІМИ" is nobody's spelling: three tokens at most, the longest that can be read.
    (start.max(at.saturating_sub(3))..=at).find_map(|from| {
        let mut series: Vec<Token> = tokens[from..at].to_vec();
        if !head.is_empty() {
            series.push(head.to_vec());
        }
        if series.is_empty() { None } else { whole_series(&series) }
    })
}

/// The series that stands first among the tokens.
fn series_after(tokens: &[Token]) -> Option<Series> {
    (1..=tokens.len().min(3)).rev().find_map(|end| whole_series(&tokens[..end]))
}

/// Whether eight digits are a day, in either order.
fn is_date(value: u64) -> bool {
    let possible = |year: u64, month: u64, day: u64| {
        (1900..=2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
    };
    possible(value % 10_000, value / 10_000 % 100, value / 1_000_000)
        || possible(value / 10_000, value / 100 % 100, value % 100)
}
