//! All that a spelling may stand for.
//!
//! One skeleton a name is one reading, and foreign offices spell by their own tables:
//! German z is ц and sch is ш or ж, French ch is ш, Polish ch is х, ISO 9 has h for х.
//! The spelling does not say whose it is, so a name has several readings and two names
//! agree if they share one.
//!
//! | reading | tables (names.md §1.2, §1.3) |
//! | --- | --- |
//! | ordinary | [`skeleton`]: KMU 2010, passports of 1995–2007, BGN/PCGN, Russian ICAO, ISO 9 without х |
//! | Slavic | Polish, Czech, scholarly: ch x х, c ц, rz ж, Polish lu лю, Hungarian cs ч, zs ж, j between consonants ь |
//! | loose h | ISO 9, passports of 2004, careless hands: h is х and c is ц |
//! | German | z ц, ch х, sch sh ш or ж, s з or с, ss с |
//! | French | ch ш, j ж, ou у, gu г, s between vowels з or с, ss с, -ine -ин |
//! | j | passports of 2004: j ж, c к |
//! | -ей | the Russian ending of Сергій in Latin letters: Serguei, Andrey |
//! | Russian (of Cyrillic names) | ьо and о after ч ш щ ж as ё: Ковальов Ковалёв, Горбачов Горбачёв; -івна -овна, -ійович -еевич |
//!
//! Measured on the 20,000 commonest surnames, the share of spellings that meet the name:
//!
//! | table | skeleton alone | a reading |
//! | --- | --- | --- |
//! | KMU 2010, passport 2007, 1996, BGN/PCGN | 1.000 | 1.000 |
//! | passport 2004, its options taken | – | 1.000 |
//! | Russian ICAO from the Russian form by letters | – | 1.000 |
//! | German | 0.743 | 0.994 |
//! | French | 0.791 | 1.000 |
//! | ISO 9 | 0.886 | 0.999 |
//! | scholarly, Polish | 0.881, 0.884 | 0.998 |
//!
//! A Latin surname has 1.9 readings on average. People whose surnames differ (of the 2,000
//! commonest, weighted) share a reading at most 1.20 times as often across the scripts, by
//! table, as a skeleton, and at most 1.37 times within the Latin one; with those of one
//! surname counted in, all agreement grows by less than 1.004 across and 1.007
//! within the Latin one; no two given names of weight 1 share a reading whose skeletons
//! differ. Of 1,488 listed spellings of given names 1,345 meet (1,250 by skeleton); all
//! but one of the others are Russian or traditional names.
//!
//! What stays apart: зг written zh (Мозговий, Mozhowyj), з and с in one German name, тх and
//! цк where ch and ck hide them.
//!
//! Pairs of words (Олена, Елена) belong to the tables of names.

use super::{contracted, cyrillic_sound, latin_letters, skeleton};

/// The most readings a name has.
const MOST: usize = 10;

/// Longer cells, in bytes, are no names and have one reading.
const LONGEST: usize = 256;

/// All skeletons that a lower-case name may have, [`skeleton`] first, no two alike, at
/// most ten; the order depends on the name alone.
#[must_use]
pub fn readings(canonical: &str) -> Vec<Vec<u8>> {
    let ordinary = skeleton(canonical);
    let mut found = vec![ordinary];
    let mut add = |reading: Vec<u8>| {
        if found.len() < MOST && !reading.is_empty() && !found.contains(&reading) {
            found.push(reading);
        }
    };
    let cyrillic = canonical.chars().any(|letter| cyrillic_sound(letter).is_some());
    if canonical.len() > LONGEST {
        return found;
    }
    if cyrillic {
        if let Some(russian) = russian(canonical) {
            add(skeleton(&russian));
        }
        return found;
    }
    let words = words(canonical);
    for habit in HABITS {
        let mut sounds = Vec::with_capacity(canonical.len());
        for word in &words {
            read(word, *habit, &mut sounds);
        }
        add(contracted(&sounds));
    }
    for i in 0..found.len() {
        if let Some(stem) = found[i].strip_suffix(b"ei").filter(|stem| stem.len() > 2) {
            let ukrainian = [stem, b"i"].concat();
            if found.len() < MOST && !found.contains(&ukrainian) {
                found.push(ukrainian);
            }
        }
    }
    found
}

/// Whether two names share a reading.
#[cfg(test)]
pub(super) fn share(a: &str, b: &str) -> bool {
    let others = readings(b);
    readings(a).iter().any(|reading| others.contains(reading))
}

/// The words of a Latin name in plain letters.
fn words(name: &str) -> Vec<Vec<u8>> {
    name.split(['-', ' '])
        .map(|word| {
            let mut letters = Vec::with_capacity(word.len());
            word.chars().for_each(|letter| latin_letters(letter, &mut letters));
            letters
        })
        .collect()
}

/// Where `s` is з.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum S {
    Never,
    /// Before vowels; in German at the start of a word too, and before voiced consonants.
    Voiced,
    /// Wherever it is not before a voiceless consonant: Moros, Koslow.
    Always,
}

/// Whose spelling it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Habit {
    Slavic,
    LooseH,
    /// What `s` is, and whether `sch` is ж.
    German {
        s: S,
        zh: bool,
    },
    /// What `s` is.
    French {
        s: S,
    },
    J,
}

const HABITS: &[Habit] = &[
    Habit::Slavic,
    Habit::LooseH,
    Habit::German { s: S::Voiced, zh: false },
    Habit::French { s: S::Voiced },
    Habit::J,
    Habit::German { s: S::Never, zh: false },
    Habit::German { s: S::Voiced, zh: true },
    Habit::French { s: S::Never },
    Habit::German { s: S::Always, zh: false },
    Habit::German { s: S::Never, zh: true },
    Habit::German { s: S::Always, zh: true },
];

type Spelling = (&'static [u8], &'static [u8]);

/// What all of them share; each looks into its own first.
const COMMON: &[Spelling] = &[
    (b"schtsch", b"w"),
    (b"chtch", b"w"),
    (b"shch", b"w"),
    (b"szcz", b"w"),
    (b"tsch", b"q"),
    (b"stch", b"w"),
    (b"tch", b"q"),
    (b"sch", b"w"),
    (b"chr", b"xr"),
    (b"zgh", b"zg"),
    (b"sh", b"w"),
    (b"sz", b"w"),
    (b"cz", b"q"),
    (b"ch", b"q"),
    (b"ck", b"k"),
    (b"ts", b"c"),
    (b"tz", b"c"),
    (b"th", b"t"),
    (b"zh", b"j"),
    (b"kh", b"x"),
    (b"gh", b"g"),
    (b"ph", b"f"),
];
const SLAVIC: &[Spelling] = &[
    (b"chtch", b"w"),
    (b"ch", b"x"),
    (b"ck", b"ck"),
    (b"rz", b"j"),
    (b"cs", b"q"),
    (b"zs", b"j"),
    (b"lu", b"liu"),
    (b"c", b"c"),
    (b"x", b"x"),
];
const LOOSE_H: &[Spelling] = &[(b"ck", b"ck"), (b"cz", b"q"), (b"h", b"x"), (b"x", b"x")];
const GERMAN: &[Spelling] =
    &[(b"ch", b"x"), (b"zh", b"j"), (b"zgh", b"zg"), (b"ss", b"s"), (b"z", b"c")];
const FRENCH: &[Spelling] = &[
    (b"sch", b"w"),
    (b"ch", b"w"),
    (b"ou", b"u"),
    (b"gue", b"ge"),
    (b"gui", b"gi"),
    (b"guy", b"gi"),
    (b"ss", b"s"),
    (b"j", b"j"),
];
const J: &[Spelling] = &[(b"j", b"j"), (b"ch", b"q"), (b"c", b"k")];

const fn vowel(letter: Option<u8>) -> bool {
    matches!(letter, Some(b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'j'))
}

/// Consonants before which a German s may stand for з: Kusma, Kusnezow.
const fn voice(letter: Option<u8>) -> bool {
    matches!(letter, Some(b'b' | b'd' | b'g' | b'm' | b'n'))
}

const fn voiceless(letter: Option<u8>) -> bool {
    matches!(letter, Some(b't' | b'k' | b'p' | b'c' | b'f' | b's'))
}

/// Reads one word by one habit.
fn read(word: &[u8], habit: Habit, sounds: &mut Vec<u8>) {
    let own = match habit {
        Habit::Slavic => SLAVIC,
        Habit::LooseH => LOOSE_H,
        Habit::German { .. } => GERMAN,
        Habit::French { .. } => FRENCH,
        Habit::J => J,
    };
    let mut rest = word;
    let mut before = None;
    while let Some((&first, tail)) = rest.split_first() {
        let next = tail.first().copied();
        // The longest spelling wins, the habit's own among equals.
        let longest = |table: &'static [Spelling]| {
            table
                .iter()
                .filter(|(spelling, _)| rest.starts_with(spelling))
                .max_by_key(|(spelling, _)| spelling.len())
        };
        let spelling = match (longest(own), longest(COMMON)) {
            (Some(own), Some(common)) if common.0.len() > own.0.len() => Some(common),
            (own, common) => own.or(common),
        };
        let german_zh = matches!(habit, Habit::German { zh: true, .. });
        let voiced = match habit {
            Habit::German { s: S::Voiced, .. } => {
                (before.is_none() || vowel(before)) && (vowel(next) || voice(next))
            }
            Habit::German { s: S::Always, .. } => !voiceless(next) && !voiceless(before),
            Habit::French { s: S::Voiced } => vowel(before) && vowel(next),
            _ => false,
        };
        let (taken, sound): (usize, &[u8]) = match (first, spelling) {
            (b's', Some((spelling @ (b"sch" | b"sh"), _))) if german_zh => (spelling.len(), b"j"),
            (b'f', _) if rest == b"ff" => (2, b"v"),
            (b'i', _) if matches!(habit, Habit::French { .. }) && rest == b"ine" => (3, b"in"),
            (b's', None) if voiced => (1, b"z"),
            // The soft sign of the standard of 2021: Vasylj, Kuzjma.
            (b'j', None) if habit == Habit::Slavic && !vowel(before) && !vowel(next) => (1, b""),
            (_, Some((spelling, sound))) => (spelling.len(), sound),
            (b'c', None) if matches!(next, None | Some(b'e' | b'i' | b'y')) => (1, b"c"),
            (b'c' | b'q', None) => (1, b"k"),
            (b'h', None) => (1, b"g"),
            (b'w', None) => (1, b"v"),
            (b'y' | b'j', None) => (1, b"i"),
            (b'x', None) => (1, b"ks"),
            (_, None) => {
                sounds.push(first.to_ascii_lowercase());
                (1, b"")
            }
        };
        sounds.extend_from_slice(sound);
        before = rest.get(taken - 1).copied();
        rest = &rest[taken..];
    }
}

/// The Russian form of a Cyrillic name as far as letters say, if it sounds otherwise.
fn russian(name: &str) -> Option<String> {
    const ENDS: [(&str, &str); 4] =
        [("ійович", "еевич"), ("іївна", "еевна"), ("ївна", "евна"), ("івна", "овна")];
    let (stem, end) = ENDS
        .iter()
        .find_map(|(from, to)| name.strip_suffix(from).map(|stem| (stem, *to)))
        .unwrap_or((name, ""));
    let mut out = String::with_capacity(name.len());
    let mut before = ' ';
    for letter in stem.chars() {
        let soft = matches!(before, 'ь' | 'ч' | 'ш' | 'щ' | 'ж');
        out.push(if letter == 'о' && soft { 'ё' } else { letter });
        before = letter;
    }
    out.push_str(end);
    (out != name).then_some(out)
}

#[cfg(test)]
mod tests;
