//! What was wrong with a certificate as it was written.

use super::{
    Document, DocumentKind, Token, fold_letter, is_series, pair, runs, without_announcement,
};
use crate::normalize::letters;

/// What had to be made good, or was not there, before a cell was a certificate: a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Repairs(u16);

impl Repairs {
    /// The numeral by what looks like one: 1, l, |, П for ІІ, У for V.
    pub const NUMERAL_ALIKE: Self = Self(1);
    /// Letters of the series by Latin or other look-alikes, or І for И.
    pub const LETTERS_ALIKE: Self = Self(1 << 1);
    /// Zeros restored in front of the number.
    pub const ZEROS: Self = Self(1 << 2);
    /// Digits read from letters: О, З.
    pub const DIGITS_ALIKE: Self = Self(1 << 3);
    /// Words, remarks, or signs other than `-` and `№` dropped.
    pub const DROPPED: Self = Self(1 << 4);
    /// The number stood before the series.
    pub const SWAPPED: Self = Self(1 << 5);
    /// The number or the series stood there twice.
    pub const REPEATED: Self = Self(1 << 6);
    /// No letters.
    pub const SERIES_MISSING: Self = Self(1 << 7);
    /// Letters that are none of [`super::SERIES`].
    pub const SERIES_UNKNOWN: Self = Self(1 << 8);
    /// No numeral.
    pub const NUMERAL_MISSING: Self = Self(1 << 9);
    /// Not six digits as written: the number may be another.
    pub const DIGITS: Self = Self(1 << 10);
    /// Not of the Ukrainian form.
    pub const OTHER_FORM: Self = Self(1 << 11);
    /// One of several certificates in the cell.
    pub const SEVERAL: Self = Self(1 << 12);
    /// The series column and the number's cell name two different series; the number's own
    /// is believed.
    pub const TWO_SERIES: Self = Self(1 << 13);

    /// Every repair and its name, in order.
    const NAMES: [(Self, &str); 14] = [
        (Self::NUMERAL_ALIKE, "numeral_alike"),
        (Self::LETTERS_ALIKE, "letters_alike"),
        (Self::ZEROS, "zeros_restored"),
        (Self::DIGITS_ALIKE, "digits_alike"),
        (Self::DROPPED, "words_dropped"),
        (Self::SWAPPED, "order_swapped"),
        (Self::REPEATED, "repeated"),
        (Self::SERIES_MISSING, "series_missing"),
        (Self::SERIES_UNKNOWN, "series_unknown"),
        (Self::NUMERAL_MISSING, "numeral_missing"),
        (Self::DIGITS, "digits_not_six"),
        (Self::OTHER_FORM, "other_form"),
        (Self::SEVERAL, "several_in_cell"),
        (Self::TWO_SERIES, "two_series"),
    ];

    /// Whether nothing was wrong.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of `other` are among these.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// These and those.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The names, for reports.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.iter().filter(move |(flag, _)| self.contains(*flag)).map(|&(_, name)| name)
    }

    fn set(&mut self, flag: Self, when: bool) {
        if when {
            *self = self.with(flag);
        }
    }

    /// What had to be made good of `text` to read `document` from it.
    pub(super) fn of(text: &str, document: Document) -> Self {
        let mut repairs = Self::default();
        if document.kind != DocumentKind::BirthCertificate {
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            repairs.set(Self::DIGITS, digits != 6);
            return repairs.with(Self::OTHER_FORM);
        }
        let spelled: Vec<char> =
            document.letters.iter().filter_map(|&code| letters::letter(code)).collect();
        let known = matches!(spelled.as_slice(), &[a, b] if is_series([a, b]));
        repairs.set(Self::SERIES_MISSING, document.letters == [0; 2]);
        repairs.set(Self::SERIES_UNKNOWN, document.letters != [0; 2] && !known);
        repairs.set(Self::NUMERAL_MISSING, document.roman == 0);
        let usual = |c: char| c.is_alphanumeric() || matches!(c, '-' | ' ' | '№');
        repairs.set(Self::DROPPED, !text.chars().all(usual));

        // The characters as written, and as they are compared, without what only announces.
        let (mut written, mut folded): (Vec<char>, Token) = (Vec::new(), Vec::new());
        let mut ends = Vec::with_capacity(4);
        for run in runs(text) {
            let all: Token = run.chars().map(fold_letter).collect();
            let kept = without_announcement(all.clone());
            repairs.set(Self::DROPPED, kept.len() < all.len() && all != ['n']);
            written.extend(run.chars().skip(all.len() - kept.len()));
            folded.extend(kept);
            ends.push(folded.len());
        }
        let digits = |chars: &[char]| chars.iter().filter(|c| c.is_ascii_digit()).count();
        let same = |at: &usize| spelled == pair(folded[*at], folded[at + 1]);
        let at =
            if spelled.len() == 2 { (0..folded.len().saturating_sub(1)).find(same) } else { None };
        // Where the letters end and the number begins; the numeral before them.
        let (numeral, number) = match at {
            Some(at) => {
                let wrong = |c: &char| !matches!(c, 'а'..='я' | 'А'..='Я');
                repairs.set(Self::LETTERS_ALIKE, written[at..at + 2].iter().any(wrong));
                let swapped = digits(&folded[..at]) > 3;
                repairs.set(Self::SWAPPED, swapped);
                if swapped {
                    let end = folded[..at].iter().rposition(char::is_ascii_digit).unwrap_or(0) + 1;
                    (end..at, 0..end)
                } else {
                    (0..at, at + 2..folded.len())
                }
            }
            // A numeral alone, or the number alone.
            None if document.roman > 0 => {
                let end = folded.len().saturating_sub(6);
                (0..end, end..folded.len())
            }
            None => (0..0, 0..folded.len()),
        };
        let true_numeral = |c: &char| matches!(c, 'І' | 'I' | 'V' | 'X' | 'Х' | 'Ⅰ');
        repairs.set(
            Self::NUMERAL_ALIKE,
            document.roman > 0 && !written[numeral].iter().all(true_numeral),
        );
        // Behind the run with the sixth digit stand remarks, or all of it again.
        let end = ends.into_iter().find(|&end| end >= number.start + 6).unwrap_or(number.end);
        let (number, rest) = folded[number.start..number.end]
            .split_at(end.clamp(number.start, number.end) - number.start);
        repairs.set(Self::DIGITS_ALIKE, number.iter().any(|c| !c.is_ascii_digit()));
        repairs.set(Self::ZEROS, number.len() < 6);
        repairs.set(Self::DIGITS, number.len() != 6);
        let again = !number.is_empty() && rest.ends_with(number);
        repairs.set(Self::REPEATED, again);
        repairs.set(Self::DROPPED, !rest.is_empty() && !again);
        repairs
    }
}
