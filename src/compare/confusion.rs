//! Edit distance that knows which letters are confused.
//!
//! [`cost`] is an alignment like [`super::osa`], in quarters of an edit: a letter
//! written for another one, lost or added costs 4, what hands, ears, keyboards and
//! scanners really do costs less. The rows are set from the sources named beside them,
//! not fitted to any file.

use std::sync::LazyLock;

use crate::normalize::{Letters, letters};

/// What the bytes of [`Letters`] stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// Cyrillic letters by [`letters::code`].
    Cyrillic,
    /// Sounds of a skeleton, `a..=z` as 1..=26 (the table of [`crate::normalize::latin`]).
    Sounds,
}

/// Cost of an edit that nothing explains.
pub const EDIT: u8 = 4;
/// Cost of two neighbours that changed places.
const SWAP: u8 = 2;
/// Cost of a doubled letter, soft sign or glide, lost or added.
const SLIGHT: u8 = 1;

/// Cyrillic letters written for one another: first with any other of the row.
const CYRILLIC: &[(u8, &str)] = &[
    // Russian rule of reading, and keys that the Russian layout has in their place:
    // names.md §2.1, §2.2, §4.5.
    (1, "иіїйы"),
    (1, "ії"),
    (1, "ій"),
    (1, "іы"),
    (1, "їй"),
    (1, "їы"),
    (1, "їъ"),
    (1, "еєёэ"),
    (1, "єэё"),
    (1, "эё"),
    (1, "гґ"),
    // Soft sign for й in йо ьо, for the apostrophe; і and ь: Наталія, Наталья.
    (1, "ьйъ"),
    (2, "ьі"),
    // Unstressed vowels, and і in a closed syllable (Федір, Федор; -ів, -ов).
    (2, "оа"),
    (2, "еи"),
    (2, "іео"),
    (2, "ёо"),
    // Soft and hard vowels.
    (2, "яа"),
    (2, "юу"),
    // В and у change places by the sounds around them; ф in borrowed names.
    (2, "ву"),
    (2, "вф"),
    // Look-alikes of print and hand: ш щ ц; и and u, п and n (names.md §4.3).
    (2, "шщ"),
    (3, "щц"),
    (3, "ип"),
    (3, "ин"),
    (3, "пн"),
    // Hushing and hissing letters.
    (2, "чщ"),
    (3, "зж"),
    (3, "сш"),
    (3, "чц"),
];

/// Voiced and voiceless: [`SWAP`] where speech makes them one (at the end of a word or
/// before a consonant), one more elsewhere.
const VOICED: &[&str] = &["бп", "дт", "зс", "гх", "жш", "ґк"];

/// Keys beside one another (XKB ua).
const ROWS: [&str; 3] = ["йцукенгшщзхї", "фівапролджє", "ячсмитьбю"];
const BESIDE: u8 = 3;

/// Two Cyrillic letters for one.
const PAIRS: &[(&str, char)] = &[
    ("шч", 'щ'),
    ("сч", 'щ'),
    ("тс", 'ц'),
    ("хв", 'ф'),
    ("йо", 'ё'),
    ("ьо", 'ё'),
    ("йа", 'я'),
    ("ьа", 'я'),
    ("йу", 'ю'),
    ("ьу", 'ю'),
    ("йе", 'є'),
    ("ье", 'є'),
    ("йі", 'ї'),
];

/// Sounds written for one another: what spelling tables of several countries do with one
/// Latin letter (names.md §1.2), and carons stripped (§1.4).
const SOUNDS: &[(u8, &str)] = &[
    (2, "ei"),
    (2, "ao"),
    (2, "ae"),
    (2, "oe"),
    (2, "oi"),
    (2, "ou"),
    // h is г or х.
    (1, "gx"),
    // German s, z and sch; š, ž and č without the caron.
    (1, "sz"),
    (1, "jw"),
    (1, "sw"),
    (1, "zj"),
    (1, "zc"),
    (1, "cq"),
    (1, "kq"),
    // French and Polish ch.
    (1, "qw"),
    (1, "qx"),
    (1, "kx"),
    // j is ж or й, c is ц, к or с.
    (1, "ji"),
    (2, "cs"),
    (2, "ck"),
    (2, "kg"),
    (2, "vu"),
    (2, "vf"),
];
const VOICED_SOUNDS: &[&str] = &["bp", "dt"];

/// Length of a row of the table.
const WIDTH: usize = Letters::CAPACITY + 1;

struct Model {
    substitution: [[u8; 64]; 64],
    voiced: [[bool; 64]; 64],
    /// The one letter that two stand for; 0 for none.
    pairs: [[u8; 64]; 64],
    vowels: u64,
    glides: u64,
    /// Letters lost or added at little cost.
    soft: u64,
    /// The letter on the key of the apostrophe, and those that an apostrophe stands before.
    apostrophe: (u64, u64),
}

static CYRILLIC_MODEL: LazyLock<Model> = LazyLock::new(|| {
    let code = |letter| letters::code(letter).unwrap_or(letters::OTHER);
    let mut model = Model::new(code, CYRILLIC, VOICED, PAIRS);
    for (row, keys) in ROWS.iter().enumerate() {
        let keys: Vec<char> = keys.chars().collect();
        for (at, &key) in keys.iter().enumerate() {
            let below = ROWS.get(row + 1).map_or(Vec::new(), |keys| keys.chars().collect());
            let under = [at.checked_sub(1), Some(at)].into_iter().flatten();
            let beside = keys.get(at + 1).into_iter().chain(under.filter_map(|at| below.get(at)));
            beside.for_each(|&other| model.set(code(key), code(other), BESIDE));
        }
    }
    model.vowels = mask("аеєиіїоуюяыэё", code);
    model.glides = mask("йії", code);
    model.soft = mask("ьъ", code);
    // On the Russian layout (names.md §4.5): Лукёяненко for Лук'яненко.
    model.apostrophe = (mask("ё", code), mask("яюєї", code));
    model
});

static SOUND_MODEL: LazyLock<Model> = LazyLock::new(|| {
    let code = |letter: char| u8::try_from(letter).map_or(letters::OTHER, |l| l - b'a' + 1);
    let mut model = Model::new(code, SOUNDS, VOICED_SOUNDS, &[("xv", 'f')]);
    model.vowels = mask("aeiou", code);
    model.glides = mask("i", code);
    model
});

fn mask(list: &str, code: impl Fn(char) -> u8) -> u64 {
    list.chars().fold(0, |mask, letter| mask | bit(code(letter)))
}

const fn bit(code: u8) -> u64 {
    1 << (code & 63)
}

impl Model {
    fn new(
        code: impl Fn(char) -> u8,
        rows: &[(u8, &str)],
        voiced: &[&str],
        pairs: &[(&str, char)],
    ) -> Self {
        let mut model = Self {
            substitution: [[EDIT; 64]; 64],
            voiced: [[false; 64]; 64],
            pairs: [[0; 64]; 64],
            vowels: 0,
            glides: 0,
            soft: 0,
            apostrophe: (0, 0),
        };
        for (letter, row) in model.substitution.iter_mut().enumerate() {
            row[letter] = 0;
        }
        for (cost, letters) in rows {
            let mut letters = letters.chars().map(&code);
            if let Some(first) = letters.next() {
                letters.for_each(|other| model.set(first, other, *cost));
            }
        }
        for pair in voiced {
            let codes: Vec<u8> = pair.chars().map(&code).collect();
            if let [one, other] = codes[..] {
                model.set(one, other, SWAP + 1);
                model.voiced[usize::from(one)][usize::from(other)] = true;
                model.voiced[usize::from(other)][usize::from(one)] = true;
            }
        }
        for (two, one) in pairs {
            let codes: Vec<u8> = two.chars().map(&code).collect();
            if let [first, second] = codes[..] {
                model.pairs[usize::from(first)][usize::from(second)] = code(*one);
            }
        }
        model
    }

    /// Both ways, and never dearer than it was.
    fn set(&mut self, a: u8, b: u8, cost: u8) {
        let cost = cost.min(self.substitution[usize::from(a)][usize::from(b)]);
        self.substitution[usize::from(a)][usize::from(b)] = cost;
        self.substitution[usize::from(b)][usize::from(a)] = cost;
    }

    /// Cost of the letter at `at` being there at all.
    fn lone(&self, word: &[u8], at: usize) -> u8 {
        let here = bit(word[at]);
        let before = if at > 0 { bit(word[at - 1]) } else { 0 };
        let after = word.get(at + 1).map_or(0, |&letter| bit(letter));
        let beside = before | after;
        let doubled = here & beside != 0;
        // At the start of a word the glide is a name of its own: Юліана, Уляна.
        let glide = here & self.glides != 0 && beside & self.vowels != 0 && before != 0;
        let apostrophe = here & self.apostrophe.0 != 0 && after & self.apostrophe.1 != 0;
        if here & self.soft != 0 || doubled || glide || apostrophe { SLIGHT } else { EDIT }
    }

    /// Whether speech hides the voice of the letter at `at`.
    fn hidden(&self, word: &[u8], at: usize) -> bool {
        word.get(at + 1).is_none_or(|&next| bit(next) & self.vowels == 0)
    }

    fn swapped(&self, a: &[u8], i: usize, b: &[u8], j: usize) -> u8 {
        let (left, right) = (usize::from(a[i] & 63), usize::from(b[j] & 63));
        let cost = self.substitution[left][right];
        let voiced = cost > SWAP && self.voiced[left][right];
        if voiced && self.hidden(a, i) && self.hidden(b, j) { SWAP } else { cost }
    }

    /// What is known of each letter of a word: its cost alone, and the one letter that it
    /// and the letter before stand for, or 0.
    fn known(&self, word: &[u8]) -> ([u8; WIDTH], [u8; WIDTH]) {
        let (mut lone, mut joined) = ([EDIT; WIDTH], [0; WIDTH]);
        for at in 0..word.len().min(WIDTH) {
            lone[at] = self.lone(word, at);
            if at > 0 {
                joined[at] = self.pairs[usize::from(word[at - 1] & 63)][usize::from(word[at] & 63)];
            }
        }
        (lone, joined)
    }

    /// Cost of two letters that stand for the letter `one` against the letter `other`.
    fn joined(&self, one: u8, other: u8) -> u8 {
        let further = self.substitution[usize::from(one & 63)][usize::from(other & 63)];
        if one != 0 && further <= 1 { SLIGHT + further } else { u8::MAX }
    }
}

/// How far two words are apart in quarters of an edit: 0 only for equal words, at most
/// four times [`super::osa`], the same both ways.
///
/// At 1, 2 and 3 quarters in Cyrillic:
///
/// | 1 | 2 | 3 |
/// | --- | --- | --- |
/// | и і ї й ы; е є ё э; г ґ; й ь | о а; е и; і о е; я а; ю у; в у ф | neighbours on the keyboard |
/// | soft sign, doubled letter, й і ї beside a vowel lost or added | ш щ, ч щ; two letters that changed places | и п н, ц щ, з ж, с ш, ч ц |
/// | щ шч, ц тс, ф хв, йо ьо ё, йа я | voiced and voiceless at the end or before a consonant | voiced and voiceless elsewhere |
///
/// Letters at the end of a word are never cheap to add, so Олександр and Олександра are a
/// whole edit apart.
#[must_use]
pub fn cost(a: &Letters, b: &Letters, alphabet: Alphabet) -> u32 {
    let longest = a.len().max(b.len());
    // At most 4 × 31, which no alignment exceeds.
    #[allow(clippy::cast_possible_truncation)]
    let limit = (longest * usize::from(EDIT)) as u32;
    // A narrow band first: most pairs that anybody asks about are near.
    cost_at_most(a, b, alphabet, EDIT.into())
        .or_else(|| cost_at_most(a, b, alphabet, limit))
        .unwrap_or(limit)
}

/// [`cost`] if it is at most `limit`: far pairs are told by their lengths and letters
/// alone, and of the others only the diagonals within reach are worked out.
#[must_use]
pub fn cost_at_most(a: &Letters, b: &Letters, alphabet: Alphabet, limit: u32) -> Option<u32> {
    let (a, b) = (a.as_slice(), b.as_slice());
    if a == b {
        return Some(0);
    }
    let reach = usize::try_from(limit).unwrap_or(usize::MAX).min(Letters::CAPACITY);
    if a.len().abs_diff(b.len()) > reach {
        return None;
    }
    // The cheapest step does away with two letters of one word at cost 1.
    let letters = |word: &[u8]| word.iter().fold(0, |mask, &letter| mask | bit(letter));
    let (left, right) = (letters(a), letters(b));
    if (left & !right).count_ones().max((right & !left).count_ones()) > limit.saturating_mul(2) {
        return None;
    }
    let model = match alphabet {
        Alphabet::Cyrillic => &*CYRILLIC_MODEL,
        Alphabet::Sounds => &*SOUND_MODEL,
    };
    let (lone_a, joined_a) = model.known(a);
    let (lone_b, joined_b) = model.known(b);
    // The last two rows; what is out of reach costs too much.
    let (mut over, mut above) = ([u8::MAX; WIDTH], [u8::MAX; WIDTH]);
    above[0] = 0;
    for j in 0..b.len().min(reach) {
        above[j + 1] = above[j].saturating_add(lone_b[j]);
    }
    let mut least_before = 0;
    for i in 1..=a.len() {
        let letter = a[i - 1];
        let mut row = [u8::MAX; WIDTH];
        let mut least = u8::MAX;
        for j in i.saturating_sub(reach)..=(i + reach).min(b.len()) {
            let mut best = above[j].saturating_add(lone_a[i - 1]);
            if j > 0 {
                let other = b[j - 1];
                let substituted =
                    if letter == other { 0 } else { model.swapped(a, i - 1, b, j - 1) };
                best = best
                    .min(row[j - 1].saturating_add(lone_b[j - 1]))
                    .min(above[j - 1].saturating_add(substituted));
                if joined_a[i - 1] != 0 {
                    let joined = model.joined(joined_a[i - 1], other);
                    best = best.min(over[j - 1].saturating_add(joined));
                }
                if joined_b[j - 1] != 0 {
                    let joined = model.joined(joined_b[j - 1], letter);
                    best = best.min(above[j - 2].saturating_add(joined));
                }
                if i > 1 && j > 1 && letter == b[j - 2] && a[i - 2] == other {
                    best = best.min(over[j - 2].saturating_add(SWAP));
                }
            }
            row[j] = best;
            least = least.min(best);
        }
        // A step passes over one row at most.
        if u32::from(least.min(least_before)) > limit {
            return None;
        }
        (over, above, least_before) = (above, row, least);
    }
    let cost = u32::from(above[b.len()]);
    (cost <= limit).then_some(cost)
}

/// Whether cheap confusions explain the whole difference of two words: cost 1 in words
/// of three letters (four sounds), 2 from six letters on, 3 from nine.
///
/// So that no two given names of weight 1 are typical confusions of one another unless they
/// are spellings of one name (at 2 in four letters Ніна would be Інна, and Ігор by its sounds Єгор).
/// By chance two of the 1,000 commonest surnames are typical confusions at 2.6% of the rate
/// at which two persons share one, against 16% for one edit; by sounds 3.6% against 20%.
#[must_use]
pub fn is_typical(a: &Letters, b: &Letters, alphabet: Alphabet) -> bool {
    let limit = match a.len().min(b.len()) {
        0..=2 => 0,
        // Three sounds are too few for tables to differ in one.
        3 if alphabet == Alphabet::Sounds => 0,
        3..=5 => 1,
        6..=8 => 2,
        _ => 3,
    };
    cost_at_most(a, b, alphabet, limit).is_some()
}

#[cfg(test)]
mod tests;
