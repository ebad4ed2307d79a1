//! Two birth certificates: how nearly they are one.
//!
//! Digits first, letters as soft evidence, the Roman part as a tie-break
//! (identifiers-and-registers.md §7): a letter wrong or missing leaves the number, a slip
//! of a letter usually names another valid series, and eHealth blocks by digits alone.
//! Numbers close to each other are no slip at all: twins and siblings who were
//! registered together hold consecutive blanks.

use super::MISSING;
use crate::normalize::{Document, DocumentKind, letters};

/// Levels of the comparison of certificates.
pub mod level {
    /// Number and letters agree, and the Roman parts where both are known.
    pub const EXACT: u8 = 1;
    /// Number and letters agree, the Roman parts do not.
    pub const ROMAN: u8 = 2;
    /// The number agrees, the letters are one slip apart or unknown on a side.
    pub const LETTERS: u8 = 3;
    /// The number agrees, the letters are those of another series.
    pub const DIGITS: u8 = 4;
    /// The number is one likely slip away, the letters agree or are unknown on a side.
    pub const SLIP: u8 = 5;
    /// Any other one digit of the number is wrong, the letters as for [`SLIP`].
    pub const DIGIT: u8 = 6;
    /// The numbers follow each other closely, the letters as for [`SLIP`]: siblings
    /// registered together.
    pub const NEIGHBOUR: u8 = 7;
    /// Nothing of that.
    pub const DIFFERENT: u8 = 8;
}

/// Digits of a number.
const DIGITS: usize = 6;

/// Numbers at most this far apart may have been issued together.
const NEIGHBOURHOOD: u32 = super::CERTIFICATE_NEIGHBOURHOOD;

/// The level at which two birth certificates agree; [`MISSING`] where either is missing
/// or another document. Symmetric.
#[must_use]
pub fn certificate_level(a: Document, b: Document) -> u8 {
    if a.kind != DocumentKind::BirthCertificate || b.kind != DocumentKind::BirthCertificate {
        return MISSING;
    }
    let unknown = a.letters == [0; 2] || b.letters == [0; 2];
    let agree = a.letters == b.letters;
    if a.number == b.number {
        return if unknown {
            level::LETTERS
        } else if agree {
            let contradict = a.roman != 0 && b.roman != 0 && a.roman != b.roman;
            if contradict { level::ROMAN } else { level::EXACT }
        } else if letters_slip(a.letters, b.letters) {
            level::LETTERS
        } else {
            level::DIGITS
        };
    }
    if unknown || agree { number_level(a.number, b.number) } else { level::DIFFERENT }
}

/// The level at which two different numbers of one series, or of an unknown one, agree.
fn number_level(a: u32, b: u32) -> u8 {
    if a.abs_diff(b) <= NEIGHBOURHOOD {
        return level::NEIGHBOUR;
    }
    let (x, y) = (digits(a), digits(b));
    let replaced = replaced(x, y);
    if replaced.is_some_and(|(from, to)| likely_digit(from, to))
        || transposed(x, y)
        || lost(x, y)
        || lost(y, x)
        || doubled(x, y)
        || doubled(y, x)
    {
        level::SLIP
    } else if replaced.is_some() {
        level::DIGIT
    } else {
        level::DIFFERENT
    }
}

/// The six digits, zeros before them included.
fn digits(number: u32) -> [u8; DIGITS] {
    let mut rest = number;
    let mut digits = [0; DIGITS];
    for digit in digits.iter_mut().rev() {
        // Below ten.
        #[allow(clippy::cast_possible_truncation)]
        {
            *digit = (rest % 10) as u8;
        }
        rest /= 10;
    }
    digits
}

fn number(digits: impl IntoIterator<Item = u8>) -> u32 {
    digits.into_iter().fold(0, |sum, digit| sum * 10 + u32::from(digit))
}

/// Whether one digit is easily written, struck or read for the other: beside it in the row
/// of digits or on the number pad (the keys of a PC keyboard, 0 under 1 and 2), or of like
/// shape by hand and for OCR (1 and 7, 4 and 9, 3 and 8, 3 and 5, 5 and 6, 0 and 6, 0 and
/// 8, 6 and 8, 2 and 7, 7 and 9, 0 and 9).
pub(super) fn likely_digit(a: u8, b: u8) -> bool {
    let (low, high) = (a.min(b), a.max(b));
    let beside = high - low == 1 || (low, high) == (0, 9);
    let above = high - low == 3 && low > 0 || (low, high) == (0, 2);
    let alike = matches!((low, high), (1 | 2, 7) | (4 | 7, 9) | (0 | 3 | 6, 8) | (3, 5) | (0, 6));
    low != high && (beside || above || alike)
}

/// The two digits at the only place where the numbers differ.
pub(super) fn replaced<const N: usize>(x: [u8; N], y: [u8; N]) -> Option<(u8, u8)> {
    let mut differing = x.into_iter().zip(y).filter(|(from, to)| from != to);
    let only = differing.next()?;
    differing.next().is_none().then_some(only)
}

/// Whether two neighbouring digits have changed places.
pub(super) fn transposed<const N: usize>(x: [u8; N], y: [u8; N]) -> bool {
    let Some(at) = (0..N).find(|&at| x[at] != y[at]) else { return false };
    at + 1 < N && x[at] == y[at + 1] && x[at + 1] == y[at] && x[at + 2..] == y[at + 2..]
}

/// Whether `y` is `x` with one digit lost, a zero filling up the front.
fn lost(x: [u8; DIGITS], y: [u8; DIGITS]) -> bool {
    y[0] == 0 && (0..DIGITS).any(|at| without(x, at).eq(y[1..].iter().copied()))
}

fn without(x: [u8; DIGITS], at: usize) -> impl Iterator<Item = u8> {
    x.into_iter().enumerate().filter(move |&(i, _)| i != at).map(|(_, digit)| digit)
}

/// Whether `y` is `x` with one digit doubled and the last pushed out of the field.
fn doubled(x: [u8; DIGITS], y: [u8; DIGITS]) -> bool {
    (0..DIGITS - 1).any(|at| double(x, at) == y)
}

fn double(x: [u8; DIGITS], at: usize) -> [u8; DIGITS] {
    let mut y = x;
    y[at + 1..].copy_from_slice(&x[at..DIGITS - 1]);
    y
}

/// Every number at level [`level::SLIP`] or [`level::DIGIT`] from a number of six digits at
/// most, each once, in order, with its level: what an exact chance is summed over. About
/// sixty, twice as many where the number starts with a zero.
pub fn slips(of: u32) -> impl Iterator<Item = (u32, u8)> {
    let x = digits(of);
    let mut found = Vec::with_capacity(80);
    for at in 0..DIGITS {
        found.push(number(without(x, at)));
        let mut y = x;
        for digit in 0..10 {
            y[at] = digit;
            found.push(number(y));
        }
        if at + 1 == DIGITS {
            break;
        }
        let mut y = x;
        y.swap(at, at + 1);
        found.push(number(y));
        found.push(number(double(x, at)));
        if x[at] == x[at + 1] {
            // What it was before that digit was doubled: the last one is not known.
            found.extend((0..10).map(|last| number(without(x, at).chain([last]))));
        }
    }
    if x[0] == 0 {
        for at in 0..DIGITS {
            for digit in 0..10 {
                let (head, tail) = x[1..].split_at(at);
                found.push(number(head.iter().copied().chain([digit]).chain(tail.iter().copied())));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found.into_iter().filter(move |&other| other != of).filter_map(move |other| {
        let at = number_level(of, other);
        matches!(at, level::SLIP | level::DIGIT).then_some((other, at))
    })
}

/// Numbers typed wrong, of all that are typed.
const WRONG: f64 = 0.01;
/// Of the wrong ones: a digit replaced, two neighbours transposed, a digit lost, a digit
/// doubled. Verhoeff (1969) counted eight single digits to one transposition; what is lost
/// or doubled he left aside, and a field of fixed length stops most of it.
const KINDS: [f64; 4] = [0.72, 0.10, 0.12, 0.06];
/// Of the digits replaced, those by a likely one.
const LIKELY: f64 = 0.75;
/// The least chance told: of a number taken from another line.
const LEAST: f64 = 1e-9;

/// About how probable it is that number `a` was typed as `b`, both of six digits at most.
/// Never 0: the least is what a number from another line has.
///
/// Which errors are how frequent is assumed, see the constants; within one kind every
/// place is as probable as another. Not symmetric: a digit is lost more often than gained.
#[must_use]
pub fn confusion(a: u32, b: u32) -> f64 {
    if a == b {
        return 1.0 - WRONG;
    }
    let (x, y) = (digits(a), digits(b));
    let mut chance = 0.0;
    if let Some((from, to)) = replaced(x, y) {
        let likely = (0..10).filter(|&digit| likely_digit(from, digit)).count();
        #[allow(clippy::cast_precision_loss)]
        let among = if likely_digit(from, to) {
            LIKELY / likely as f64
        } else {
            (1.0 - LIKELY) / (9 - likely) as f64
        };
        chance += KINDS[0] * among / 6.0;
    }
    if transposed(x, y) {
        let places = x.windows(2).filter(|pair| pair[0] != pair[1]).count().max(1);
        #[allow(clippy::cast_precision_loss)]
        {
            chance += KINDS[1] / places as f64;
        }
    }
    let ways = |found: &dyn Fn(usize) -> bool, places: usize| {
        #[allow(clippy::cast_precision_loss)]
        let share = (0..places).filter(|&at| found(at)).count() as f64 / places as f64;
        share
    };
    chance += KINDS[2] * ways(&|at| number(without(x, at)) == b, DIGITS);
    chance += KINDS[3] * ways(&|at| double(x, at) == y, DIGITS - 1);
    (WRONG * chance).max(LEAST)
}

/// Letter keys of the Ukrainian layout (XKB `ua`), row by row, each half a key to the right
/// of the row above.
const ROWS: [&str; 3] = ["йцукенгшщзхї", "фівапролджє", "ячсмитьбю"];

/// Letters of like shape in capitals, by hand or for OCR.
const ALIKE: [[char; 2]; 18] = [
    ['и', 'н'],
    ['и', 'й'],
    ['и', 'і'],
    ['н', 'п'],
    ['п', 'л'],
    ['л', 'д'],
    ['а', 'д'],
    ['а', 'л'],
    ['б', 'в'],
    ['в', 'е'],
    ['о', 'с'],
    ['с', 'е'],
    ['г', 'т'],
    ['г', 'п'],
    ['к', 'х'],
    ['ж', 'х'],
    ['м', 'н'],
    ['в', 'ь'],
];

/// Latin letters that look like no Cyrillic one, typed for the Cyrillic letter of their
/// sound.
const SOUNDS: [[char; 2]; 9] = [
    ['d', 'д'],
    ['f', 'ф'],
    ['g', 'г'],
    ['l', 'л'],
    ['n', 'н'],
    ['s', 'с'],
    ['v', 'в'],
    ['r', 'р'],
    ['z', 'з'],
];

/// Whether the letters of two series, different and both known, are one slip apart: one
/// letter that looks alike or is a neighbour on the keyboard, or the two transposed.
fn letters_slip(a: [u8; 2], b: [u8; 2]) -> bool {
    match replaced(a, b) {
        Some((x, y)) => letter_of(x)
            .zip(letter_of(y))
            .is_some_and(|(x, y)| beside(x, y) || paired(&ALIKE, x, y) || paired(&SOUNDS, x, y)),
        None => a[0] == b[1] && a[1] == b[0],
    }
}

/// The letter of a code in a series: Latin ones from 64 on.
fn letter_of(code: u8) -> Option<char> {
    match code.checked_sub(64) {
        Some(place) if place < 26 => Some(char::from(b'a' + place)),
        Some(_) => None,
        None => letters::letter(code),
    }
}

fn paired(pairs: &[[char; 2]], x: char, y: char) -> bool {
    pairs.iter().any(|&pair| pair == [x, y] || pair == [y, x])
}

/// Whether two keys touch.
fn beside(x: char, y: char) -> bool {
    let place = |letter: char| {
        ROWS.iter()
            .zip(0_usize..)
            .find_map(|(keys, row)| keys.chars().position(|key| key == letter).map(|at| (row, at)))
    };
    let (Some(one), Some(two)) = (place(x), place(y)) else { return false };
    let ((upper, at), (lower, under)) = (one.min(two), one.max(two));
    match lower - upper {
        0 => at.abs_diff(under) == 1,
        1 => under == at || under + 1 == at,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::normalize::certificates::parse;

    fn certificate(text: &str) -> Document {
        parse("", text).unwrap()
    }

    #[test]
    fn every_level_has_its_case() {
        for (a, b, expected) in [
            ("І-МИ 345678", "І-МИ 345678", level::EXACT),
            ("І-МИ 345678", "МИ 345678", level::EXACT),
            ("І-МИ 345678", "1-MI №345678", level::EXACT),
            ("І-МИ 345678", "ІІ-МИ 345678", level::ROMAN),
            ("І-МИ 345678", "345678", level::LETTERS),
            ("345678", "345678", level::LETTERS),
            // М beside И, К beside Е.
            ("І-КИ 345678", "І-КМ 345678", level::LETTERS),
            ("І-КЕ 345678", "І-КК 345678", level::LETTERS),
            ("І-ТП 345678", "І-ПТ 345678", level::LETTERS),
            ("І-ЕД 345678", "І-ЕD 345678", level::LETTERS),
            ("І-БК 345678", "ІІ-ВК 345678", level::LETTERS),
            ("І-МИ 345678", "І-БК 345678", level::DIGITS),
            ("І-КЕ 345678", "І-КИ 345678", level::DIGITS),
            // Transposed.
            ("І-МИ 345678", "І-МИ 435678", level::SLIP),
            ("І-МИ 345678", "І-МИ 345687", level::SLIP),
            // One lost, wherever it stood, with the zero of the padding.
            ("І-МИ 123457", "І-МИ 012345", level::SLIP),
            ("І-МИ 123450", "І-МИ 012345", level::SLIP),
            ("І-МИ 345678", "І-МИ 34678", level::SLIP),
            // Doubled, and the last pushed out.
            ("І-МИ 345678", "І-МИ 334567", level::SLIP),
            ("І-МИ 345678", "І-МИ 345567", level::SLIP),
            // 1 for 7, 4 for 9, 3 above 6 on the pad.
            ("І-МИ 145678", "І-МИ 745678", level::SLIP),
            ("І-МИ 345678", "395678", level::SLIP),
            ("І-МИ 345678", "І-МИ 645678", level::SLIP),
            ("І-МИ 345678", "І-МИ 345618", level::SLIP),
            // 5 for 9, 2 for 4.
            ("І-МИ 345678", "І-МИ 349678", level::DIGIT),
            ("345678", "325678", level::DIGIT),
            ("І-МИ 345678", "І-МИ 345679", level::NEIGHBOUR),
            ("І-МИ 345678", "І-МИ 345675", level::NEIGHBOUR),
            ("І-МИ 345679", "І-МИ 345680", level::NEIGHBOUR),
            ("345678", "І-МИ 345677", level::NEIGHBOUR),
            // Two slips; a slip in another series.
            ("І-МИ 345678", "І-МИ 445679", level::DIFFERENT),
            ("І-МИ 345678", "І-БК 435678", level::DIFFERENT),
            ("І-МИ 345678", "І-БК 345679", level::DIFFERENT),
            ("І-МИ 345678", "І-МИ 907030", level::DIFFERENT),
            ("І-МИ 345678", "PL 1234567/2014", MISSING),
        ] {
            let (x, y) = (certificate(a), certificate(b));
            assert_eq!(certificate_level(x, y), expected, "{a} {b}");
            assert_eq!(certificate_level(y, x), expected, "{b} {a}");
        }
        assert_eq!(certificate_level(certificate("І-МИ 345678"), Document::MISSING), MISSING);
        assert_eq!(certificate_level(Document::MISSING, Document::MISSING), MISSING);
    }

    #[test]
    fn likely_digits() {
        for (a, b) in [(0, 9), (0, 1), (1, 2), (1, 7), (4, 9), (3, 8), (5, 6), (2, 5), (4, 7)] {
            assert!(likely_digit(a, b) && likely_digit(b, a), "{a} {b}");
        }
        for (a, b) in [(0, 0), (0, 3), (1, 5), (2, 9), (5, 9), (1, 9), (2, 4)] {
            assert!(!likely_digit(a, b) && !likely_digit(b, a), "{a} {b}");
        }
    }

    /// Edits of the digits as text.
    fn naive(a: u32, b: u32) -> Option<u8> {
        if a == b || a.abs_diff(b) <= 3 {
            return None;
        }
        let (x, y) = (format!("{a:06}"), format!("{b:06}"));
        let short = |x: &str| -> Vec<String> {
            (0..6)
                .flat_map(|at| {
                    let (head, tail) = (&x[..at], &x[at + 1..]);
                    let doubled = format!("{}{}{tail}", head, x[at..=at].repeat(2));
                    [format!("0{head}{tail}"), doubled[..6].to_owned()]
                })
                .collect()
        };
        let hamming = strsim::hamming(&x, &y).unwrap();
        let swap = hamming == 2 && strsim::osa_distance(&x, &y) == 1;
        let unlike = x.bytes().zip(y.bytes()).find(|(p, q)| p != q).unwrap();
        let likely = likely_digit(unlike.0 - b'0', unlike.1 - b'0');
        if swap || short(&x).contains(&y) || short(&y).contains(&x) || hamming == 1 && likely {
            return Some(level::SLIP);
        }
        (hamming == 1).then_some(level::DIGIT)
    }

    #[test]
    fn every_slip_is_told_once_with_its_level() {
        for of in [7_u32, 12_345, 334_567] {
            // Every fiftieth block of a thousand, and those where all the slips are.
            let mut blocks: Vec<u32> = (0..1_000).step_by(50).collect();
            blocks.extend(slips(of).map(|(b, _)| b / 1_000));
            blocks.sort_unstable();
            blocks.dedup();
            let expected: Vec<_> = blocks
                .into_iter()
                .flat_map(|block| block * 1_000..(block + 1) * 1_000)
                .filter_map(|b| Some((b, naive(of, b)?)))
                .collect();
            assert_eq!(slips(of).collect::<Vec<_>>(), expected, "{of}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn slips_are_those_of_the_naive_oracle(of in 0_u32..1_000_000, block in 0_u32..1_000) {
            let found: std::collections::BTreeMap<_, _> = slips(of).collect();
            prop_assert_eq!(found.len(), slips(of).count());
            // A block at random, and that of the number itself.
            for (from, n) in [(block * 1_000, 1_000), (of / 10_000 * 10_000, 10_000)] {
                for b in from..from + n {
                    prop_assert_eq!(found.get(&b).copied(), naive(of, b), "{} {}", of, b);
                }
            }
        }

        #[test]
        fn levels_are_symmetric_and_chances_finite(
            a in 0_u32..1_000_000, b in 0_u32..1_000_000, near in 0_usize..200,
            pair in 0_usize..27, other in 0_usize..29,
        ) {
            let of = |number: u32, pair: usize| {
                let series = crate::normalize::certificates::SERIES.get(pair).unwrap_or(&"");
                let mut codes = series.chars().filter_map(letters::code);
                let letters = [codes.next().unwrap_or(0), codes.next().unwrap_or(0)];
                Document { kind: DocumentKind::BirthCertificate, roman: 1, letters, number }
            };
            let slipped = slips(a).nth(near).map_or(b, |(slipped, _)| slipped);
            for b in [b, slipped] {
                let (x, y) = (of(a, pair), of(b, other));
                prop_assert_eq!(certificate_level(x, y), certificate_level(y, x));
                prop_assert!(certificate_level(x, y) != MISSING);
                let chance = confusion(a, b);
                prop_assert!((LEAST..1.0).contains(&chance));
            }
            let told = confusion(a, slipped).max(confusion(slipped, a));
            prop_assert!(near >= slips(a).count() || told > LEAST);
        }
    }

    #[test]
    fn a_number_is_typed_as_something() {
        for of in [123_456, 12_345, 990_011] {
            let all: f64 = (0..1_000_000).map(|b| confusion(of, b)).sum();
            assert!((all - 1.0).abs() < 0.01, "{of}: {all}");
        }
        let as_typed = |b| confusion(145_678, b);
        assert!(as_typed(745_678) > as_typed(545_678));
        assert!(as_typed(415_678) > as_typed(545_678));
        assert!(as_typed(545_678) > as_typed(907_030));
    }
}
