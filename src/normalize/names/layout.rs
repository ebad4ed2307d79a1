//! Words typed with the keyboard switched to the other script: `Ltvxtyrj` is Демченко,
//! `Зуекутлщ` is Petrenko (names.md §4.5; keys after the XKB layouts us, ua and ru).
//!
//! A word is turned round only where it is unlike any name of its own script and like
//! the names of the other: both sides are judged by how often three letters follow
//! each other in the tables of names. Names that the tables hold are never touched, and
//! a word that was turned round is never turned back, since both ways weigh the same two
//! readings.

use std::borrow::Cow;
use std::sync::LazyLock;

use rustc_hash::FxHashSet;
use xxhash_rust::xxh3::xxh3_64;

use super::super::{data, latin};
use super::canonical::is_cyrillic;

/// No name is longer; longer cells are left alone.
const LONGEST: usize = 200;

/// Keys and the Ukrainian letters on them, from the letters to the marks (XKB `ua`).
const KEYS: [(char, char); 34] = [
    ('q', 'й'),
    ('w', 'ц'),
    ('e', 'у'),
    ('r', 'к'),
    ('t', 'е'),
    ('y', 'н'),
    ('u', 'г'),
    ('i', 'ш'),
    ('o', 'щ'),
    ('p', 'з'),
    ('a', 'ф'),
    ('s', 'і'),
    ('d', 'в'),
    ('f', 'а'),
    ('g', 'п'),
    ('h', 'р'),
    ('j', 'о'),
    ('k', 'л'),
    ('l', 'д'),
    ('z', 'я'),
    ('x', 'ч'),
    ('c', 'с'),
    ('v', 'м'),
    ('b', 'и'),
    ('n', 'т'),
    ('m', 'ь'),
    ('[', 'х'),
    (']', 'ї'),
    (';', 'ж'),
    ('\'', 'є'),
    (',', 'б'),
    ('.', 'ю'),
    ('`', '\''),
    ('\\', 'ґ'),
];

/// A key as it is without the shift key.
const fn unshifted(c: char) -> char {
    match c {
        '{' => '[',
        '}' => ']',
        ':' => ';',
        '"' => '\'',
        '<' => ',',
        '>' => '.',
        '~' => '`',
        '|' => '\\',
        c => c.to_ascii_lowercase(),
    }
}

/// The lower-case letter that a key gives in the Ukrainian layout, or in the Russian one.
fn cyrillic_of(key: char, russian: bool) -> Option<char> {
    let key = unshifted(key);
    match (russian, key) {
        (true, 's') => Some('ы'),
        (true, ']') => Some('ъ'),
        (true, '\'') => Some('э'),
        (true, '`') => Some('ё'),
        _ => KEYS.iter().find(|(k, _)| *k == key).map(|(_, letter)| *letter),
    }
}

/// The key that gives a lower-case Cyrillic letter in either layout.
fn key_of(letter: char) -> Option<char> {
    match letter {
        'ы' => Some('s'),
        'ъ' => Some(']'),
        'э' => Some('\''),
        'ё' => Some('`'),
        _ => KEYS.iter().find(|(_, l)| *l == letter).map(|(key, _)| *key),
    }
}

/// A Cyrillic word of a lower score may be a Latin one in disguise: one surname of the
/// tables in twenty-five, and 999 of 1,000 disguised ones (measured).
const ODD: f32 = -3.0;

/// Letters of a model: 0 is the edge of a word.
const SIZE: usize = 40;

/// How letters follow each other in the names of one script.
struct Model {
    /// Natural logarithm of how likely a letter is after two others.
    likely: Vec<f32>,
    /// The names themselves, hashed.
    names: FxHashSet<u64>,
}

/// A letter's place in its model; `None` for letters that neither knows.
fn place(c: char) -> Option<usize> {
    const OTHERS: [char; 9] = ['ґ', 'є', 'і', 'ї', 'ё', 'ъ', 'ы', 'э', '\''];
    match c {
        'a'..='z' => Some(c as usize - 'a' as usize + 1),
        'ё' | 'ъ' | 'ы' | 'э' | 'ґ' | 'є' | 'і' | 'ї' | '\'' => {
            OTHERS.iter().position(|o| *o == c).map(|at| at + 31)
        }
        'а'..='щ' => Some(c as usize - 'а' as usize + 1),
        'ь' => Some(27),
        'ю' => Some(28),
        'я' => Some(29),
        _ => None,
    }
}

const fn at(a: usize, b: usize, c: usize) -> usize {
    (a * SIZE + b) * SIZE + c
}

impl Model {
    fn of<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let mut names = FxHashSet::default();
        let mut three = vec![0.0_f32; SIZE * SIZE * SIZE];
        for word in words {
            if !names.insert(xxh3_64(word.as_bytes())) {
                continue;
            }
            let (mut a, mut b) = (0, 0);
            for c in word.chars().filter_map(place).chain([0]) {
                three[at(a, b, c)] += 1.0;
                (a, b) = (b, c);
            }
        }
        let mut two = vec![0.0_f32; SIZE * SIZE];
        let mut one = [0.0_f32; SIZE];
        for a in 0..SIZE {
            for b in 0..SIZE {
                for c in 0..SIZE {
                    two[b * SIZE + c] += three[at(a, b, c)];
                    one[b] += three[at(a, b, c)];
                }
            }
        }
        let mut likely = vec![0.0; SIZE * SIZE * SIZE];
        for a in 0..SIZE {
            for b in 0..SIZE {
                let seen: f32 = three[at(a, b, 0)..at(a, b, 0) + SIZE].iter().sum();
                for c in 0..SIZE {
                    let pair = (two[b * SIZE + c] + 1.0 / 40.0) / (one[b] + 1.0);
                    likely[at(a, b, c)] = ((three[at(a, b, c)] + 3.0 * pair) / (seen + 3.0)).ln();
                }
            }
        }
        Self { likely, names }
    }

    fn knows(&self, word: &str) -> bool {
        self.names.contains(&xxh3_64(word.as_bytes()))
    }

    /// Mean logarithm of likelihood a letter; letters of no model are very unlikely.
    fn score(&self, word: &str) -> f32 {
        let (mut a, mut b) = (0, 0);
        let (mut sum, mut letters) = (0.0, 0.0);
        for letter in word.chars().map(place).chain([Some(0)]) {
            letters += 1.0;
            match letter {
                Some(c) => {
                    sum += self.likely[at(a, b, c)];
                    (a, b) = (b, c);
                }
                None => sum -= 12.0,
            }
        }
        sum / letters
    }
}

struct Models {
    cyrillic: Model,
    latin: Model,
}

// Built from the tables as they are: `canonical` itself asks these models.
static MODELS: LazyLock<Models> =
    LazyLock::new(|| {
        let lower = |text: &str| text.to_lowercase().replace(['’', 'ʼ'], "'");
        let mut cyrillic: Vec<String> = Vec::new();
        let mut romanised: Vec<String> = Vec::new();
        for (table, columns) in [
            (data::SURNAMES, 2),
            (data::FIRST_MALE, 1),
            (data::FIRST_FEMALE, 1),
            (data::DIMINUTIVES, 2),
            (data::RU_UK_PAIRS, 2),
            (data::PATRONYMICS, 3),
            (data::PATRONYMICS_UK_RU, 2),
        ] {
            for row in data::rows(table) {
                let fields = row.into_iter().take(columns);
                for name in fields.flat_map(|field| field.split(['|', '-', ' '])) {
                    if !name.is_empty() {
                        let name = lower(name);
                        romanised.push(latin::kmu55(&name));
                        cyrillic.push(name);
                    }
                }
            }
        }
        let variants = data::rows(data::LATIN_VARIANTS).filter_map(|row| row.get(1).copied());
        romanised.extend(variants.map(lower));
        let placeholders = super::canonical::PLACEHOLDERS.iter().flat_map(|text| text.split(' '));
        Models {
            cyrillic: Model::of(cyrillic.iter().map(String::as_str).chain(
                placeholders.filter(|word| word.chars().all(is_cyrillic) && word.len() > 5),
            )),
            latin: Model::of(romanised.iter().map(String::as_str)),
        }
    });

/// Whether a lower-case Cyrillic text holds a word that is unlike names: only then
/// [`meant`] can change it.
pub(super) fn is_odd(lower: &str) -> bool {
    lower.split([' ', '-']).any(|word| word.len() > 4 && MODELS.cyrillic.score(word) < ODD)
}

/// A word as it could have been meant.
struct Reading {
    /// In lower case, marks that are no letters of it kept around it.
    text: String,
    known: bool,
    /// How much likelier it is than what is written, a letter.
    gain: f32,
    /// How likely by itself.
    score: f32,
    letters: usize,
    /// Whether what is written can be spoken, like foreign names that no table has (Becker).
    speakable: bool,
}

impl Reading {
    /// Whether the word by itself is surely meant so.
    fn is_sure(&self) -> bool {
        match (self.known, self.letters) {
            (_, 0..=2) | (false, 3) => false,
            // "Zyf" is Яна.
            (true, 3 | 4) => self.gain > 0.6,
            // Hardly any foreign name gives a known one by its keys.
            (true, _) => self.gain > -0.5,
            (false, _) => !self.speakable && self.gain > 1.6 && self.score > -3.6,
        }
    }

    /// A known name is worth a letter, and a mark before a word is rarely but a mark.
    fn worth(&self, from_start: bool) -> f32 {
        self.score + f32::from(u8::from(self.known)) + if from_start { 0.7 } else { 0.0 }
    }
}

/// A cell as it was meant: words typed in the layout of the other script turned round.
pub(super) fn meant(cell: &str) -> Cow<'_, str> {
    if cell.len() > LONGEST {
        return Cow::Borrowed(cell);
    }
    let pieces: Vec<&str> = cell.split_inclusive(is_separator).collect();
    let mut readings: Vec<Option<Reading>> = Vec::with_capacity(pieces.len());
    let mut sure: Option<bool> = None;
    for piece in &pieces {
        let word = piece.trim_end_matches(is_separator);
        let found = reading(word);
        if found.as_ref().is_some_and(Reading::is_sure) && sure.is_none() {
            sure = Some(is_keys(word));
        }
        readings.push(found);
    }
    let Some(to_cyrillic) = sure else { return Cow::Borrowed(cell) };
    let mut out = String::with_capacity(cell.len() * 2);
    for (piece, found) in pieces.into_iter().zip(readings) {
        let word = piece.trim_end_matches(is_separator);
        // The words of a cell are typed in one go: beside a sure one, likelier is enough.
        let beside = is_keys(word) == to_cyrillic;
        let turned = match found {
            Some(found) if found.is_sure() => Some(found.text),
            found => initials(word).or(found.filter(|f| f.gain > 0.3).map(|f| f.text)),
        };
        match turned.filter(|_| beside) {
            Some(turned) => out.push_str(&turned),
            None => out.push_str(word),
        }
        out.push_str(&piece[word.len()..]);
    }
    Cow::Owned(out)
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '(' | ')' | '/')
}

/// Whether a word is of keys of the Latin layout only, one of them a letter.
fn is_keys(word: &str) -> bool {
    word.bytes().any(|b| b.is_ascii_alphabetic())
        && word.chars().all(|c| c.is_ascii() && cyrillic_of(c, false).is_some())
}

/// "J.G." beside a word that was turned round.
fn initials(word: &str) -> Option<String> {
    let letters = word.split('.').filter(|letter| !letter.is_empty());
    if !letters.clone().all(|letter| letter.chars().nth(1).is_none()) {
        return None;
    }
    let mut out = String::new();
    for letter in letters {
        let key = letter.chars().next()?;
        let turned = if key.is_ascii() {
            cyrillic_of(key, false)
        } else {
            key.to_lowercase().next().and_then(key_of).filter(char::is_ascii_lowercase)
        };
        out.push(turned?);
        out.push('.');
    }
    (!out.is_empty()).then_some(out)
}

/// The likeliest reading of a word in the other layout; `None` where it has none, or is a
/// name as it stands.
fn reading(word: &str) -> Option<Reading> {
    if word.len() < 2 {
        return None;
    }
    if is_keys(word) { from_keys(word) } else { from_cyrillic(word) }
}

fn from_keys(word: &str) -> Option<Reading> {
    let written: String =
        word.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
    let Models { cyrillic, latin } = models();
    let inner = word.trim_matches(|c: char| !c.is_ascii_alphabetic());
    if inner.len() == written.len() && latin.knows(&written) {
        return None;
    }
    // Marks inside a word are letters of the other layout, but for the apostrophe.
    let marks = inner.chars().filter(|c| !c.is_ascii_alphabetic() && !matches!(c, '\'' | '`'));
    let marks = marks.count() as f32;
    let as_written = latin.score(&written) - 2.0 * marks / (written.len() as f32 + 1.0);
    let speakable = marks == 0.0 && is_speakable(&written);
    let mut best: Option<(f32, Reading)> = None;
    let (without_start, without_end) = (
        word.trim_start_matches(|c: char| !c.is_ascii_alphabetic()),
        word.trim_end_matches(|c: char| !c.is_ascii_alphabetic()),
    );
    let mut texts = vec![word, without_start, without_end, inner];
    texts.dedup();
    // Only these keys differ between the two layouts.
    let layouts: &[bool] = if word.contains(['s', 'S', ']', '}', '\'', '"', '`', '~']) {
        &[false, true]
    } else {
        &[false]
    };
    for text in texts {
        for &russian in layouts {
            let turned: String = text.chars().filter_map(|c| cyrillic_of(c, russian)).collect();
            let score = cyrillic.score(&turned);
            let known = cyrillic.knows(&turned);
            let start = text.as_ptr() as usize - word.as_ptr() as usize;
            let found = Reading {
                known,
                gain: score - as_written,
                score,
                letters: turned.chars().count(),
                speakable,
                text: format!("{}{turned}{}", &word[..start], &word[start + text.len()..]),
            };
            let worth = found.worth(start == 0);
            if best.as_ref().is_none_or(|(most, _)| worth > *most) {
                best = Some((worth, found));
            }
        }
    }
    best.map(|(_, found)| found)
}

/// Vowels and consonants in turn, as languages have them.
fn is_speakable(word: &str) -> bool {
    let is_vowel = |b: &u8| b"aeiouy".contains(b);
    let runs = word.as_bytes().chunk_by(|a, b| is_vowel(a) == is_vowel(b));
    runs.into_iter().all(|run| run.len() <= if is_vowel(&run[0]) { 2 } else { 3 })
        && word.bytes().filter(|b| is_vowel(b)).count() * 4 >= word.len()
}

fn from_cyrillic(word: &str) -> Option<Reading> {
    let inner = word.trim_matches(|c: char| !c.is_alphabetic());
    if inner.is_empty() || !inner.chars().all(is_cyrillic) {
        return None;
    }
    let written = inner.to_lowercase();
    let Models { cyrillic, latin } = models();
    if cyrillic.score(&written) > ODD || cyrillic.knows(&written) {
        return None;
    }
    let turned: String = written
        .chars()
        .map(key_of)
        .collect::<Option<String>>()
        .filter(|keys| keys.bytes().all(|b| b.is_ascii_lowercase()))?;
    let score = latin.score(&turned);
    Some(Reading {
        known: latin.knows(&turned),
        gain: score - cyrillic.score(&written),
        score,
        letters: turned.len(),
        speakable: false,
        text: word.replace(inner, &turned),
    })
}

fn models() -> &'static Models {
    &MODELS
}

#[cfg(test)]
mod tests;
