//! Birth certificates: a Roman numeral, two letters, six digits (`І-МИ № 012345`).
//!
//! One parser takes series and number, together or apart, in the spellings that
//! registers hold: the numeral as Latin, Cyrillic or Arabic, as `l` or `|`, as the
//! letters it looks like on the keyboard (П for II, Ш for III, У for V, Х for X);
//! letters as their Latin look-alikes; any separator or none; №, N, "серія"; О for
//! 0; zeros lost by a spreadsheet. What the social-protection and health systems fold
//! is folded here too, and case is looked at before it is lost: `l` is a one, `L` is not.

use std::sync::LazyLock;

use xxhash_rust::xxh3::xxh3_64;

use super::identifiers::{is_rounded, without_fraction};
use super::letters;
use super::names::says_nothing;
use super::records::{Document, DocumentKind};

mod repairs;
mod several;

pub use repairs::Repairs;
pub use several::{Reading, parse_all};

/// The 27 series of letters in use, by region (КМУ 1367 of 2002; the table of the civil
/// registry offices' program). None holds І Ї Є Ґ, so `КІ` can only be `КИ`.
pub const SERIES: [&str; 27] = [
    "ап", "ам", "ег", "ки", "но", "тп", "фм", "жс", "нм", "ок", "ол", "ед", "сг", "фп", "жд", "ке",
    "гю", "бп", "ид", "вл", "кг", "бв", "ср", "ми", "ел", "бк", "ас",
];

/// Why a cell is no usable certificate or document. The text goes to the list of
/// rejected values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// A series without a number.
    #[error("no number")]
    NoNumber,
    /// A number that stands for none: 000000, 111111, 123456.
    #[error("placeholder number")]
    Placeholder,
    /// Too few digits for a number.
    #[error("too few digits")]
    Short,
    /// Signs stand where digits were hidden.
    #[error("digits are masked")]
    Masked,
    /// A spreadsheet kept the first digits only.
    #[error("scientific notation has lost the last digits")]
    Rounded,
}

/// Reads a certificate from a cell with its series, one with its number, or one with
/// both (the other empty). Empty cells, and cells that say there is none, are
/// [`Document::MISSING`]. What has another form, such as a foreign certificate, is
/// [`DocumentKind::Other`].
pub fn parse(series: &str, number: &str) -> Result<Document, DocumentError> {
    let series = if is_empty(series) { "" } else { cut(without_fraction(series)) };
    let number = if is_empty(number) { "" } else { cut(without_fraction(number)) };
    if series.is_empty() && number.is_empty() {
        return Ok(Document::MISSING);
    }
    if is_rounded(series) || is_rounded(number) {
        return Err(DocumentError::Rounded);
    }
    let text = format!("{series} {number}");
    if is_masked(&text) {
        return Err(DocumentError::Masked);
    }
    if is_in_parts(&text) {
        return other(&text);
    }
    let all = tokens(&text);
    if let Some(found) = ukrainian(&all) {
        return found;
    }
    match before_remark(&all).or_else(|| told_twice(&tokens(series), &tokens(number))) {
        Some(found) => Ok(found),
        None => other(&text),
    }
}

/// Whether a cell says that there is no value. БП is a series here, and no shorthand for
/// "без по батькові".
fn is_empty(cell: &str) -> bool {
    says_nothing(cell) && !tokens(cut(cell)).last().and_then(|t| pair_of(t)).is_some_and(is_series)
}

/// Whether fewer than six digits stand beside signs for hidden ones ("3215**"): what is left
/// is the number of thousands.
fn is_masked(text: &str) -> bool {
    let bytes = text.as_bytes();
    let beside = |pair: &[u8]| matches!(pair, [digit, b'*' | b'?'] | [b'*' | b'?', digit] if digit.is_ascii_digit());
    bytes.windows(2).any(beside) && bytes.iter().filter(|byte| byte.is_ascii_digit()).count() < 6
}

/// Whether the digits are those of a number in parts ("12/2014", as in German and Polish
/// registers) or of a date, neither of which makes six digits of one number.
fn is_in_parts(text: &str) -> bool {
    if !text.contains(['/', '.']) {
        return false;
    }
    let digits = |part: &str| {
        let part = part.trim_ascii();
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let ends = |part: &str| part.trim_ascii_end().ends_with(|c: char| c.is_ascii_digit());
    let six = |part: &str| {
        let part = part.trim_ascii();
        part.len() - part.trim_end_matches(|c: char| c.is_ascii_digit()).len() >= 6
    };
    let mut before: Option<&str> = None;
    for part in text.split('/') {
        let starts = part.trim_ascii_start().starts_with(|c: char| c.is_ascii_digit());
        let whole = part.trim_ascii().split(|c: char| !c.is_ascii_digit()).next();
        if let Some(before) = before
            && starts
            && ends(before)
            && !six(before)
            && whole.is_some_and(|whole| whole.len() < 6)
        {
            return true;
        }
        before = Some(part);
    }
    text.split('.').count() == 3 && text.split('.').all(digits)
}

/// No certificate is longer than this many bytes.
fn cut(cell: &str) -> &str {
    &cell[..cell.floor_char_boundary(100)]
}

/// Whether a number is one that people and systems write for none: one digit repeated,
/// or the digits counted up or down.
#[must_use]
pub fn is_placeholder_number(number: u32) -> bool {
    number.is_multiple_of(111_111) || matches!(number, 123_456 | 654_321)
}

/// A run of letters and digits, its letters lower-case Cyrillic where they look so.
type Token = Vec<char>;

/// Takes a text apart at everything that is no letter, digit or bar, without the words
/// that only announce what follows.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    runs(text)
        .map(|token| token.chars().map(fold_letter).collect::<Token>())
        .map(without_announcement)
        .filter(|token| !token.is_empty())
        .collect()
}

/// The runs of letters, digits and bars.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '|' | '!')) || c == '№')
        .filter(|run| !run.is_empty())
}

/// Lower-case Cyrillic for whatever looks like it; `|`, `!` and `l` are the numeral one.
fn fold_letter(c: char) -> char {
    match c {
        'l' | '|' | '!' | 'Ⅰ' | 'ⅰ' | 'I' | 'i' | 'І' | 'і' | 'Ӏ' | 'Ї' | 'ї' | 'ı' => {
            'і'
        }
        'A' | 'a' | 'А' => 'а',
        'B' | 'В' => 'в',
        'b' => 'ь',
        'C' | 'c' | 'С' => 'с',
        'E' | 'e' | 'Е' | 'є' | 'Є' => 'е',
        'H' | 'h' | 'Н' => 'н',
        'K' | 'k' | 'К' => 'к',
        'M' | 'm' | 'М' => 'м',
        'O' | 'o' | 'О' => 'о',
        'P' | 'p' | 'Р' => 'р',
        'T' | 't' | 'Т' => 'т',
        'X' | 'x' | 'Х' => 'х',
        'Y' | 'y' | 'У' => 'у',
        'Ґ' | 'ґ' => 'г',
        _ => c.to_lowercase().next().unwrap_or(c),
    }
}

/// Words that only announce what follows, as they look after [`fold_letter`].
static ANNOUNCEMENTS: LazyLock<Vec<Token>> = LazyLock::new(|| {
    const WORDS: [&str; 19] = [
        "серія",
        "серії",
        "серіі",
        "серия",
        "серии",
        "сер",
        "series",
        "номер",
        "ном",
        "number",
        "свідоцтво",
        "свідоцтва",
        "свідоцтвом",
        "свід",
        "народження",
        "народж",
        "нар",
        "про",
        "св",
    ];
    WORDS.iter().map(|word| word.chars().map(fold_letter).collect()).collect()
});

/// Cuts "серія", "номер", "№" and "N" off.
fn without_announcement(token: Token) -> Token {
    for word in ANNOUNCEMENTS.iter() {
        if token.starts_with(word) && (token.len() == word.len() || word.len() > 3) {
            return token[word.len()..].to_vec();
        }
    }
    // "N123456", "No 123456", "Nr123456": the letter N is in no series.
    if let Some(('n', rest)) = token.split_first().map(|(first, rest)| (*first, rest)) {
        let rest = match rest {
            ['о' | 'r', rest @ ..] | rest => rest,
        };
        if rest.iter().all(char::is_ascii_digit) {
            return rest.to_vec();
        }
    }
    token
}

/// A Ukrainian certificate; `None` where the text has another form.
fn ukrainian(tokens: &[Token]) -> Option<Result<Document, DocumentError>> {
    let (series, number) = series_and_number(tokens)?;
    if number.is_empty() {
        let (roman, pair) = read_series(&series)?;
        return (roman > 0 || pair != [0; 2]).then_some(Err(DocumentError::NoNumber));
    }
    let (roman, pair) = read_series(&series)?;
    let value: u32 = number.iter().fold(0, |sum, digit| sum * 10 + digit);
    // Zeros lost by a spreadsheet are at most a few.
    if number.len() < 3 {
        return Some(Err(DocumentError::Short));
    }
    if is_placeholder_number(value) {
        return Some(Err(DocumentError::Placeholder));
    }
    Some(Ok(Document { kind: DocumentKind::BirthCertificate, roman, letters: pair, number: value }))
}

/// A whole certificate with the day of issue or another remark behind it: "І-МИ № 345678
/// від 05.03.2014". A second number of six digits or more leaves open which is meant.
fn before_remark(tokens: &[Token]) -> Option<Document> {
    let number_of = |token: &Token| {
        let start = token.iter().rposition(|c| !c.is_ascii_digit()).map_or(0, |at| at + 1);
        (token.len() - start >= 6).then(|| token[start..].to_vec())
    };
    let (at, number) = tokens.iter().zip(0..).find_map(|(t, i)| Some((i, number_of(t)?)))?;
    let (certificate, remark) = tokens.split_at(at + 1);
    if number.len() > 6 || remark.iter().filter_map(number_of).any(|other| other != number) {
        return None;
    }
    let document = ukrainian(certificate)?.ok()?;
    let is_known = |series: &&str| series.chars().filter_map(letters::code).eq(document.letters);
    SERIES.iter().any(is_known).then_some(document)
}

/// A certificate of which the column of the number repeats the series, or whose series is
/// but a numeral in digits.
fn told_twice(series: &[Token], number: &[Token]) -> Option<Document> {
    if series.is_empty() {
        return None;
    }
    let document = ukrainian(number)?.ok()?;
    let (roman, pair) = read_series(series)?;
    let agrees = (pair == document.letters || pair == [0; 2] || document.letters == [0; 2])
        && (roman == document.roman || roman == 0 || document.roman == 0);
    agrees.then(|| Document {
        roman: roman.max(document.roman),
        letters: if pair == [0; 2] { document.letters } else { pair },
        ..document
    })
}

/// Splits tokens into those of the series and the digits of the number; `None` where
/// there are more than six digits (zeros before them aside), or letters on both sides.
fn series_and_number(tokens: &[Token]) -> Option<(Vec<Token>, Vec<u32>)> {
    let mut series: Vec<Token> = Vec::new();
    let mut number: Vec<u32> = Vec::new();
    let mut series_first = false;
    for (i, token) in tokens.iter().enumerate() {
        // A numeral before letters, even in digits: "1-МИ 123456", "V111 МИ".
        let numeral = tokens.get(i + 1).is_some_and(|next| next[0].is_alphabetic())
            && (i == 0 || number.len() > 2)
            && (token.len() <= 2
                || token.len() <= 3 && token.iter().all(|c| matches!(c, '1' | 'і'))
                || token[0].is_alphabetic())
            && roman(token).is_some();
        if numeral {
            series.push(token.clone());
            continue;
        }
        if let Some(digits) = as_digits(token) {
            series_first |= !series.is_empty();
            number.extend(digits);
            continue;
        }
        if !number.is_empty() && series_first {
            return None;
        }
        let (head, digits) = split_number(token);
        if !head.is_empty() {
            series.push(head.to_vec());
        }
        if !digits.is_empty() {
            if !number.is_empty() {
                return None;
            }
            series_first = true;
            number.extend(digits);
        }
    }
    let spare = number.len().saturating_sub(6);
    (spare <= 2 && number[..spare].iter().all(|&digit| digit == 0)).then_some((series, number))
}

/// The digits of a token that is a number, О, і and З read as digits between others.
fn as_digits(token: &[char]) -> Option<Vec<u32>> {
    let true_digits = token.iter().filter(|c| c.is_ascii_digit()).count();
    if true_digits * 2 <= token.len() {
        return None;
    }
    token.iter().map(|&c| digit_for(c)).collect()
}

fn digit_for(c: char) -> Option<u32> {
    match c {
        'о' => Some(0),
        'і' => Some(1),
        'з' => Some(3),
        'б' => Some(6),
        c => c.to_digit(10),
    }
}

/// Splits "1ми123456" before its number. Where five digits follow an О that the series
/// can spare ("імио12345"), the О is a zero.
fn split_number(token: &[char]) -> (&[char], Vec<u32>) {
    let is_tail = |&c: &char| c.is_ascii_digit();
    let tail_from =
        |end: usize| token[..end].iter().rposition(|c| !is_tail(c)).map_or(0, |i| i + 1);
    let mut at = tail_from(token.len());
    // A letter between digits ("ми12о456") is one, if that makes a number of it.
    if at >= 2 && at < token.len() && digit_for(token[at - 1]).is_some() && is_tail(&token[at - 2])
    {
        let longer = tail_from(at - 1);
        if (5..=6).contains(&(token.len() - longer)) {
            at = longer;
        }
    }
    let found = token.len() - at;
    if found == 5 && at >= 3 && token[at - 1] == 'о' {
        let before = &token[..at - 1];
        if pair_of(before).is_some_and(is_series) {
            at -= 1;
        }
    }
    if token.len() - at < 3 {
        return (token, Vec::new());
    }
    let (head, tail) = token.split_at(at);
    (head, tail.iter().filter_map(|&c| digit_for(c)).collect())
}

/// The last two letters of a series.
fn pair_of(series: &[char]) -> Option<[char; 2]> {
    let start = series.len().checked_sub(2)?;
    Some(pair(series[start], series[start + 1]))
}

/// Two folded letters as they stand in a series.
pub(super) const fn pair(a: char, b: char) -> [char; 2] {
    [series_letter(a), series_letter(b)]
}

/// A letter of the pair: І is И there, since no series has І.
const fn series_letter(c: char) -> char {
    match c {
        'і' => 'и',
        '0' => 'о',
        '6' => 'б',
        '3' => 'з',
        c => c,
    }
}

/// Whether two letters are one of [`SERIES`].
pub(super) fn is_series(pair: [char; 2]) -> bool {
    SERIES.iter().any(|series| series.chars().eq(pair.iter().copied()))
}

/// Roman part and letters; 0 where there is none, `None` where this is no series.
fn read_series(series: &[Token]) -> Option<(u8, [u8; 2])> {
    let all: Token = series.iter().flatten().copied().collect();
    let (numeral, pair): (&[char], &[char]) = match all.as_slice() {
        [] => (&[], &[]),
        // "ІІ", "ХІ" without letters are a numeral; "ІД" is a pair.
        [a, b] if !is_series(pair(*a, *b)) && roman(&all).is_some() => (&all, &[]),
        [_] => (&all, &[]),
        longer => longer.split_at(longer.len() - 2),
    };
    let numeral = if numeral.is_empty() { 0 } else { roman(numeral)? };
    let letters = match pair {
        [a, b] => [letter_code(series_letter(*a))?, letter_code(series_letter(*b))?],
        _ => [0; 2],
    };
    Some((numeral, letters))
}

/// Code of a letter in a series: its place in the alphabet, Latin letters without a
/// Cyrillic look-alike from 64 on.
pub(super) fn letter_code(c: char) -> Option<u8> {
    letters::code(c).or_else(|| {
        let place = u8::try_from(c).ok()?.checked_sub(b'a').filter(|&place| place < 26)?;
        Some(64 + place)
    })
}

/// The value of a numeral, Roman or Arabic, in the letters that stand for it.
fn roman(numeral: &[char]) -> Option<u8> {
    if numeral.len() > 8 {
        return None;
    }
    if numeral.iter().all(char::is_ascii_digit) && numeral.iter().any(|&c| c != '1') {
        let value = numeral.iter().fold(0_u32, |sum, c| sum * 10 + c.to_digit(10).unwrap_or(0));
        return u8::try_from(value).ok().filter(|value| (1..=30).contains(value));
    }
    let mut values: Vec<u8> = Vec::with_capacity(8);
    for c in numeral {
        match c {
            'і' | '1' => values.push(1),
            'v' | 'у' => values.push(5),
            'х' => values.push(10),
            'п' => values.extend([1, 1]),
            'ш' => values.extend([1, 1, 1]),
            _ => return None,
        }
    }
    let mut sum = 0_i16;
    for (i, &value) in values.iter().enumerate() {
        let smaller = values.get(i + 1).is_some_and(|&next| value < next);
        sum += if smaller { -i16::from(value) } else { i16::from(value) };
    }
    u8::try_from(sum).ok().filter(|value| (1..=40).contains(value))
}

/// A document of unknown form: equal or not.
pub(super) fn other(text: &str) -> Result<Document, DocumentError> {
    let folded: String = tokens(text).iter().flatten().collect();
    let digits = folded.chars().filter(char::is_ascii_digit).count();
    if digits == 0 {
        return Err(DocumentError::NoNumber);
    }
    if folded.chars().count() < 4 {
        return Err(DocumentError::Short);
    }
    let mut figures = folded.chars().filter(char::is_ascii_digit);
    let first = figures.next();
    if digits >= 3 && figures.all(|figure| Some(figure) == first) {
        return Err(DocumentError::Placeholder);
    }
    let folded = folded.replace('о', "0").replace('і', "1");
    // The lower half of the hash; 0 is left to documents without one.
    #[allow(clippy::cast_possible_truncation)]
    let number = (xxh3_64(folded.as_bytes()) as u32).max(1);
    Ok(Document { kind: DocumentKind::Other, roman: 0, letters: [0; 2], number })
}

/// A certificate as the registers print it, `І-МИ № 012345`; unknown parts are left out.
/// `None` for any other document.
#[must_use]
pub fn format(certificate: Document) -> Option<String> {
    if certificate.kind != DocumentKind::BirthCertificate {
        return None;
    }
    let mut text = String::new();
    let mut rest = certificate.roman;
    for (value, numeral) in [(10, "Х"), (9, "ІХ"), (5, "V"), (4, "ІV"), (1, "І")] {
        while rest >= value {
            text.push_str(numeral);
            rest -= value;
        }
    }
    let pair: String = certificate.letters.iter().filter_map(|&code| series_char(code)).collect();
    if !text.is_empty() && !pair.is_empty() {
        text.push('-');
    }
    text.push_str(&pair);
    if !text.is_empty() {
        text.push(' ');
    }
    Some(format!("{text}№ {:06}", certificate.number))
}

/// The capital letter of a code of [`letter_code`].
fn series_char(code: u8) -> Option<char> {
    let letter = match code.checked_sub(64) {
        Some(place) if place < 26 => char::from(b'a' + place),
        Some(_) => return None,
        None => letters::letter(code)?,
    };
    letter.to_uppercase().next()
}

#[cfg(test)]
mod tests;
