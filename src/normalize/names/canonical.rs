//! One spelling for what was typed in many ways.
//!
//! [`words`] takes a cell apart into canonical words: NFC, lower case, one kind of
//! apostrophe and hyphen, letters of the other script repaired word by word; remarks
//! in brackets, quotes, titles of dates and numbers are gone. A word that is said in
//! place of a name ("немає", "н/д") is no word.
//!
//! Letters are kept as they were meant: `ё ы э ъ` stay, since they may be Russian
//! spelling or a slip of the keyboard layout; folding takes both readings.

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use super::alternatives::without_date;
use super::decoded::decoded;
use super::joined::apart_by_case;
use super::layout;
use super::remarks::{is_link, is_maiden};

/// A name cell beyond this many bytes holds no name; the rest is not looked at.
const LONGEST: usize = 512;

/// What people write where they have nothing to write, as [`canonical`] leaves it.
pub(super) const PLACEHOLDERS: &[&str] = &[
    "без імені",
    "без батька",
    "без по батькові",
    "без по-батькові",
    "відсутнє по батькові",
    "нема по батькові",
    "немає по батькові",
    "не має по батькові",
    "не встановлено",
    "по батькові відсутнє",
    "по батькові нема",
    "по батькові немає",
    "без прізвища",
    "б п",
    "бп",
    "невизначено",
    "невідома",
    "невідоме",
    "невідомий",
    "невідомо",
    "нема",
    "немає",
    "немає даних",
    "не вказана",
    "не вказане",
    "не вказано",
    "не визначено",
    "не має",
    "не зазначено",
    "н д",
    "нд",
    "відсутнє",
    "відсутній",
    "відсутня",
    "відсутні",
    "дані відсутні",
    "прочерк",
    "пусто",
    "отсутствует",
    "неизвестно",
    "нет",
    "нет данных",
    "без отчества",
    "х",
    "хх",
    "ххх",
    "x",
    "xx",
    "xxx",
    "n a",
    "na",
    "nan",
    "nil",
    "none",
    "null",
    "unknown",
    "not available",
    "empty",
];

/// The canonical words of a cell, joined by single spaces; empty where the cell holds
/// no name. `canonical(&canonical(x)) == canonical(x)`.
#[must_use]
pub fn canonical(cell: &str) -> String {
    if let Some(plain) = plain_cyrillic(cell).filter(|plain| !layout::is_odd(plain)) {
        return said(plain);
    }
    let mut text = round(cell);
    // A repair may bring an apostrophe or a lone mark beside a letter, a remark that goes
    // may leave only what can be decoded: until nothing moves any more, which one more
    // round nearly always shows.
    for _ in 0..6 {
        let again = round(&text);
        if again == text {
            break;
        }
        text = again;
    }
    text
}

/// One round of [`canonical`].
fn round(text: &str) -> String {
    said(read(cut(&decoded(text))))
}

/// The name in a text; empty where only words are said in place of one.
fn said(text: String) -> String {
    let mut text = without_last_placeholders(first_of(text));
    if is_placeholder(&text) {
        text.clear();
    }
    text
}

/// The canonical words of a text, remarks and placeholders still among them.
fn read(text: &str) -> String {
    repaired(&cleaned(&layout::meant(before_date(text))))
}

/// A cell without the date in it and the words that lead to one.
fn before_date(cell: &str) -> &str {
    const LEADING: [&str; 9] =
        ["нар", "народження", "дата", "народився", "народилася", "народж", "род", "рожд", "born"];
    let mut text = without_date(cell);
    if text.len() == cell.len() {
        return cell;
    }
    loop {
        text = text.trim_end_matches(|c: char| !c.is_alphabetic() && c != ')' && c != ']');
        let word = text.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        if word.is_empty() || !LEADING.contains(&word.to_lowercase().as_str()) {
            return text;
        }
        text = &text[..text.len() - word.len()];
    }
}

/// The first of several names: "Іваненко або Петренко", "Іваненко, дів. Петренко".
fn first_of(mut text: String) -> String {
    let mut start = 0;
    for word in text.split(' ') {
        let rest = start + word.len() + 1;
        let next = text.get(rest..).and_then(|rest| rest.split(' ').next());
        if start > 0 && next.is_some() && (is_link(word, next) || is_maiden(word)) {
            text.truncate(start - 1);
            break;
        }
        start = rest;
    }
    text
}

/// "Петренко Іван без по батькові": the last words say that there are none.
fn without_last_placeholders(mut text: String) -> String {
    let ending = |text: &str| {
        // Shorter ones are initials, or the end of a name.
        let found = PLACEHOLDERS.iter().filter(|p| p.len() > 6).find(|p| text.ends_with(**p))?;
        let rest = text[..text.len() - found.len()].strip_suffix(' ')?;
        Some(rest.len())
    };
    while let Some(end) = ending(&text) {
        text.truncate(end);
    }
    text
}

/// The words of [`canonical`].
#[must_use]
pub fn words(cell: &str) -> Vec<String> {
    canonical(cell).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a cell of any column says that there is no value.
#[must_use]
pub fn says_nothing(cell: &str) -> bool {
    if !cell.chars().any(char::is_alphanumeric) {
        // Where a column is too narrow or an encoding was lost, something had been said.
        return !["##", "???", "\u{fffd}"].iter().any(|lost| cell.contains(lost));
    }
    // A number says something, whatever stands beside it. No placeholder is longer.
    cell.len() <= 40
        && !cell.bytes().any(|b| b.is_ascii_digit())
        && is_placeholder(&without_last_placeholders(repaired(&cleaned(&cell.replace('/', " ")))))
}

fn is_placeholder(text: &str) -> bool {
    let mut letters = text.chars();
    let first = letters.next();
    PLACEHOLDERS.contains(&text)
        // "ххххх", "ааа": no name is one letter repeated.
        || (text.chars().nth(2).is_some() && letters.all(|letter| Some(letter) == first))
        || (text.contains('-') && PLACEHOLDERS.contains(&text.replace('-', " ").as_str()))
}

/// The start of a cell, whole letters.
fn cut(cell: &str) -> &str {
    &cell[..cell.floor_char_boundary(LONGEST)]
}

/// The short way for nine cells of ten: Ukrainian letters, single inner hyphens, spaces and
/// apostrophes, nothing to repair.
fn plain_cyrillic(cell: &str) -> Option<String> {
    let cell = cell.trim_ascii();
    if cell.len() > LONGEST {
        return None;
    }
    let mut out = String::with_capacity(cell.len());
    let mut after_letter = false;
    // Capitals so far in a run of letters: "ПетренкоІван" and "ПЕТРЕНКОІван" are no plain cells.
    let mut capitals = 0;
    for letter in cell.chars() {
        match letter {
            'а'..='я' | 'є' | 'і' | 'ї' | 'ґ' | 'ё' if capitals < 2 || !after_letter => {
                out.push(letter);
                (after_letter, capitals) = (true, 0);
            }
            'А'..='Я' | 'Є' | 'І' | 'Ї' | 'Ґ' | 'Ё' if capitals > 0 || !after_letter => {
                out.extend(letter.to_lowercase());
                (after_letter, capitals) = (true, capitals + 1);
            }
            '\'' | '-' | ' ' if after_letter => {
                out.push(letter);
                (after_letter, capitals) = (false, 0);
            }
            _ => return None,
        }
    }
    after_letter.then_some(out)
}

/// Any of the marks that stand for an apostrophe, those that also quote included.
const fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '’'
            | '‘'
            | '‛'
            | 'ʼ'
            | 'ʻ'
            | 'ʹ'
            | 'ʽ'
            | '`'
            | '´'
            | '′'
            | '＇'
            | '"'
            | '*'
            | '“'
            | '”'
            | '„'
            | '″'
    )
}

/// Marks that quote more often than they stand for an apostrophe.
const fn is_quote(c: char) -> bool {
    matches!(c, '"' | '*' | '“' | '”' | '„' | '″')
}

/// Whether two letters can stand in one word by their case: `рЯ` is two words.
fn in_word(before: char, after: char) -> bool {
    before.is_uppercase() || after.is_lowercase()
}

/// Whether a comma (the key beside) or a question mark (what an encoding without `ʼ`
/// leaves of it) between two letters is an apostrophe. "Петренко,Юрій" has two words; in
/// capitals only the length of the first can tell "МАР,ЯНА" from "БОНДАР,ЯНА".
fn stands_for_apostrophe(before: &str, after: Option<char>) -> bool {
    let word = before.rsplit([' ', '-']).next().unwrap_or_default();
    let (Some(last), Some(after)) = (word.chars().next_back(), after) else { return false };
    is_iotated(after)
        && last.is_alphabetic()
        && in_word(last, after)
        && (after.is_lowercase() || word.chars().nth(3).is_none())
}

/// What web pages and databases write for an apostrophe, written out: without this,
/// "Лук&#39;яненко" and "Лук&#39;янчук" would both be "лук".
fn unescaped(cell: &str) -> String {
    const APOSTROPHES: [&str; 8] =
        ["&#39;", "&#039;", "&#x27;", "&apos;", "&rsquo;", "&#8217;", "&quot;", "&#34;"];
    if !cell.contains(['&', '\\']) && !cell.contains(" | ") {
        return cell.to_owned();
    }
    let mut text = cell.replace("&amp;", "&").replace("&nbsp;", " ");
    text = text.replace("\\'", "'").replace("\\\"", "'").replace('\\', "/");
    text = text.replace(" | ", " / ");
    for apostrophe in APOSTROPHES {
        text = text.replace(apostrophe, "'");
    }
    text
}

/// Any of the marks that stand for a hyphen.
const fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹣' | '－' | '_' | '~')
}

/// Letters that may follow an apostrophe in Ukrainian or Russian spelling.
const fn is_iotated(c: char) -> bool {
    matches!(c, 'я' | 'ю' | 'є' | 'ї' | 'е' | 'ё' | 'Я' | 'Ю' | 'Є' | 'Ї' | 'Е' | 'Ё')
}

/// Marks brought to one kind, brackets and what follows a slash or a date gone; case is
/// kept, since only the upper case tells some look-alikes.
fn cleaned(cell: &str) -> String {
    let cell = &unescaped(cell);
    let composed: String = if is_nfc(cell) { cell.clone() } else { cell.nfc().collect() };
    let text: Vec<char> =
        without_brackets(&composed).chars().filter(|c| !is_invisible(*c)).collect();
    let mut out = String::with_capacity(cell.len());
    for (i, &c) in text.iter().enumerate() {
        let before = out.chars().next_back();
        let after = text.get(i + 1).copied();
        let after_letter = before.is_some_and(char::is_alphabetic);
        if is_apostrophe(c) || (matches!(c, ',' | '?') && stands_for_apostrophe(&out, after)) {
            // "Мар' яна" and "Мар'яна"; elsewhere it is a quote.
            let next = text[i + 1..].iter().copied().find(|&c| c != ' ' && !is_apostrophe(c));
            let near = after.is_some_and(|c| c.is_alphabetic() || is_apostrophe(c));
            let apart =
                |n: char| !is_quote(c) && is_iotated(n) && before.is_some_and(|b| in_word(b, n));
            if after_letter && next.is_some_and(|n| n.is_alphabetic() && (near || apart(n))) {
                out.push('\'');
            } else if c != '\'' && !near {
                separate(&mut out);
            }
        } else if is_hyphen(c) {
            while out.ends_with(' ') {
                out.pop();
            }
            if out.chars().next_back().is_some_and(char::is_alphanumeric) {
                out.push('-');
            }
        } else if c.is_alphanumeric() || c == '|' {
            out.push(c);
        } else if c == '/' && out.chars().filter(|c| c.is_alphabetic()).count() > 1 {
            // An alternative; the first is the name. Or "б/п", of which nothing is.
            let word = out.rfind([' ', '-']).map_or(0, |space| space + 1);
            if word > 0 && out[word..].chars().count() == 1 {
                out.truncate(word);
            }
            break;
        } else if !out.ends_with('\'') {
            separate(&mut out);
        }
    }
    let end = out.trim_end_matches([' ', '-', '\'']).len();
    out.truncate(end);
    out
}

/// Ends a word.
fn separate(out: &mut String) {
    if !out.is_empty() && !out.ends_with([' ', '-']) {
        out.push(' ');
    }
}

/// Stress marks, soft hyphens, zero-width and direction marks, byte-order marks.
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fffd}')
}

/// The text outside brackets, or where there is none, inside.
fn without_brackets(text: &str) -> String {
    if !text.contains(['(', '[', '{', ')', ']', '}']) {
        return text.to_owned();
    }
    let mut outside = String::with_capacity(text.len());
    let mut depth = 0_u32;
    for c in text.chars() {
        match c {
            '(' | '[' | '{' => {
                depth = depth.saturating_add(1);
                outside.push(' ');
            }
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 => outside.push(c),
            _ => {}
        }
    }
    if outside.chars().any(char::is_alphabetic) {
        outside
    } else {
        text.replace(['(', '[', '{', ')', ']', '}'], " ")
    }
}

/// The words in lower case, each in one script, numbers dropped.
fn repaired(text: &str) -> String {
    let mut words: Vec<Vec<String>> = Vec::new();
    let cyrillic_cell = text
        .split([' ', '-'])
        .map(scripts)
        .any(|script| script.cyrillic_only > 0 && script.latin_only == 0);
    let apart = apart_by_case(text);
    let mut after_grade = false;
    for word in apart.split(' ') {
        // "3-А", "3А клас": a grade.
        let is_grade = word.bytes().any(|b| b.is_ascii_digit())
            && word.chars().filter(|c| c.is_alphabetic()).count() == 1;
        if is_grade || (after_grade && matches!(&*word.to_lowercase(), "клас" | "кл" | "класу"))
        {
            after_grade = true;
            continue;
        }
        after_grade = false;
        // What follows a date or a number is a remark: "12.03.2012 р.н.".
        if word.chars().filter(char::is_ascii_digit).count() > 1
            && !word.chars().any(char::is_alphabetic)
        {
            if words.is_empty() {
                continue;
            }
            break;
        }
        let parts: Vec<String> = word
            .split('-')
            .map(|part| in_one_script(part, cyrillic_cell))
            .filter(|part| !part.is_empty())
            .collect();
        if !parts.is_empty() {
            words.push(parts);
        }
    }
    words.iter().map(|parts| parts.join("-")).collect::<Vec<_>>().join(" ")
}

/// Letters of a word by script.
#[derive(Default)]
struct Scripts {
    /// Cyrillic letters.
    cyrillic: usize,
    /// Of them, without a Latin look-alike.
    cyrillic_only: usize,
    /// Latin letters.
    latin: usize,
    /// Of them, without a Cyrillic look-alike.
    latin_only: usize,
    /// Digits and bars that may stand for letters.
    digits: usize,
}

fn scripts(word: &str) -> Scripts {
    let mut found = Scripts::default();
    for c in word.chars() {
        if is_cyrillic(c) {
            found.cyrillic += 1;
            found.cyrillic_only += usize::from(to_latin(c).is_none());
        } else if c.is_ascii_digit() || c == '|' {
            found.digits += 1;
        } else if c.is_alphabetic() {
            found.latin += 1;
            found.latin_only += usize::from(to_cyrillic(c).is_none());
        }
    }
    found
}

/// Whether a letter is Cyrillic.
#[must_use]
pub const fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52f}')
}

/// One word in lower case, its letters brought to the script of the word.
fn in_one_script(word: &str, cyrillic_cell: bool) -> String {
    let found = scripts(word);
    let letters = found.cyrillic + found.latin;
    if letters == 0 {
        return String::new();
    }
    let mixed = found.cyrillic > 0 && found.latin > 0;
    let cyrillic = if mixed {
        // Letters that only one script has decide, then the majority.
        (found.cyrillic_only, found.cyrillic) >= (found.latin_only, found.latin)
    } else {
        // A word of nothing but look-alikes belongs to its neighbours.
        found.cyrillic > 0 || (cyrillic_cell && found.latin_only == 0)
    };
    let keep_digits = found.digits < letters;
    let repair = |c: char| {
        let repaired = match (cyrillic, c) {
            (true, '0') => 'о',
            (true, '1' | '|') => 'і',
            (true, '3') => 'з',
            (true, '6') => 'б',
            (false, '0') => 'o',
            (false, '1' | '|') => 'l',
            (_, c) if c.is_numeric() => return None,
            (true, c) => to_cyrillic(c).unwrap_or(c),
            (false, c) => to_latin(c).unwrap_or(c),
        };
        (keep_digits || repaired == c || c.is_alphabetic()).then_some(repaired)
    };
    let lower: String = word
        .chars()
        .filter_map(repair)
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphabetic() || *c == '\'')
        .collect();
    lower.trim_matches('\'').to_owned()
}

/// The Cyrillic letter that a Latin letter is taken for (ICU's confusables, and what only
/// capitals have in common).
pub const fn to_cyrillic(c: char) -> Option<char> {
    Some(match c {
        'a' => 'а',
        'c' => 'с',
        'e' => 'е',
        'h' => 'н',
        'i' | 'l' | 'ı' => 'і',
        'k' => 'к',
        'm' => 'м',
        'o' => 'о',
        'p' => 'р',
        't' => 'т',
        'x' => 'х',
        'y' => 'у',
        'ë' => 'ё',
        'ï' => 'ї',
        'b' => 'ь',
        'r' => 'г',
        'A' => 'А',
        'B' => 'В',
        'C' => 'С',
        'E' => 'Е',
        'H' => 'Н',
        'I' => 'І',
        'K' => 'К',
        'M' => 'М',
        'O' => 'О',
        'P' => 'Р',
        'T' => 'Т',
        'X' => 'Х',
        'Y' => 'У',
        'Ë' => 'Ё',
        'Ï' => 'Ї',
        _ => return None,
    })
}

/// The Latin letter that a Cyrillic letter is taken for.
const fn to_latin(c: char) -> Option<char> {
    Some(match c {
        'а' => 'a',
        'в' => 'b',
        'е' => 'e',
        'і' => 'i',
        'к' => 'k',
        'м' => 'm',
        'н' => 'h',
        'о' => 'o',
        'р' => 'p',
        'с' => 'c',
        'т' => 't',
        'у' => 'y',
        'х' => 'x',
        'А' => 'A',
        'В' => 'B',
        'Е' => 'E',
        'І' => 'I',
        'К' => 'K',
        'М' => 'M',
        'Н' => 'H',
        'О' => 'O',
        'Р' => 'P',
        'С' => 'C',
        'Т' => 'T',
        'У' => 'Y',
        'Х' => 'X',
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
