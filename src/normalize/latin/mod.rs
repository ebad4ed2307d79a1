//! The bridge between the scripts.
//!
//! [`kmu55`] writes Ukrainian in Latin letters by the table of the Cabinet's
//! resolution 55 of 27 January 2010 (UN paper E/CONF.101/84). It is not used to
//! compare: a name in a foreign document may follow that table, an older passport
//! table, a Russian or a German one, and none can be read backwards (`h` is г or х,
//! `y` is и or й). So both sides are brought down to one [`skeleton`], an alphabet
//! of 22 sounds:
//!
//! | skeleton | Cyrillic | Latin |
//! | --- | --- | --- |
//! | `g` | г ґ | g h gh |
//! | `x` | х | kh, ch before r |
//! | `j` | ж | zh ž ż |
//! | `q` | ч тч | ch tch tsch cz č ç |
//! | `w` | ш щ шч сч | sh sch shch sz szcz š ŝ ș ş |
//! | `c` | ц тс | ts tz ț, c before e i y and at the end |
//! | `i` | и і ї й ы | i y j ï, runs of them |
//! | `e` | е є ё э йо | e ye ie je ê, yo io jo |
//! | `ia`, `iu` | я, ю | ya ia ja â, yu iu ju û |
//! | – | ь ъ ' | ' ʹ |
//!
//! Other letters stand for themselves (`v` also for w, `ks` for x).
//!
//! What the offices of other countries write needs more than one skeleton a name:
//! [`readings`].

mod kmu;
mod readings;

use unicode_normalization::UnicodeNormalization as _;

pub use kmu::kmu55;
pub use readings::readings;

/// The skeleton of a lower-case name, Cyrillic or Latin: `a..=z` for sounds, bytes
/// above `z` for letters of other scripts. Marks and spaces are left out.
#[must_use]
pub fn skeleton(name: &str) -> Vec<u8> {
    let mut sounds = Vec::with_capacity(name.len());
    let mut latin = Vec::new();
    for letter in name.chars() {
        if matches!(letter, '-' | ' ') {
            romanised(&mut latin, &mut sounds);
        } else if let Some(cyrillic) = cyrillic_sound(letter) {
            romanised(&mut latin, &mut sounds);
            sounds.extend_from_slice(cyrillic.as_bytes());
        } else {
            latin_letters(letter, &mut latin);
        }
    }
    romanised(&mut latin, &mut sounds);
    if sounds.is_empty() {
        // Nothing but soft signs: no name, but not the same as another such thing either.
        sounds.extend(name.chars().filter(|c| c.is_alphabetic()).map(unsounded));
    }
    contracted(&sounds)
}

/// A letter that no table reads, as a byte above `z`: 27..=63 in the one-byte alphabet of
/// skeletons.
fn unsounded(letter: char) -> u8 {
    // Below 37.
    #[allow(clippy::cast_possible_truncation)]
    let place = (letter as u32 % 37) as u8;
    b'{' + place
}

/// What a Cyrillic letter sounds like.
const fn cyrillic_sound(letter: char) -> Option<&'static str> {
    Some(match letter {
        'а' => "a",
        'б' => "b",
        'в' | 'ў' => "v",
        'г' | 'ґ' | 'ѓ' => "g",
        'д' => "d",
        'е' | 'є' | 'ё' | 'э' | 'ѣ' => "e",
        'ж' => "j",
        'з' | 'ѕ' => "z",
        'и' | 'і' | 'ї' | 'й' | 'ы' | 'ј' | 'ѵ' => "i",
        'к' | 'ќ' => "k",
        'л' | 'љ' => "l",
        'м' => "m",
        'н' | 'њ' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' | 'ѫ' => "u",
        'ф' => "f",
        'х' => "x",
        'ц' => "c",
        'ч' | 'ћ' => "q",
        'ш' | 'щ' => "w",
        'џ' | 'ђ' => "dj",
        'ь' | 'ъ' => "",
        'ю' => "iu",
        'я' => "ia",
        _ => return None,
    })
}

/// Reads one letter of a Latin name into plain letters: ASCII stays, letters with a
/// mark are read by the tables that use them (ISO 9, scholarly, Polish), and the
/// sounds of one letter stand as in a skeleton, in upper case so that the spelling
/// rules leave them alone.
fn latin_letters(letter: char, out: &mut Vec<u8>) {
    let text: &[u8] = match letter {
        'č' | 'ĉ' | 'ć' | 'ç' => b"Q",
        'š' | 'ŝ' | 'ș' | 'ş' => b"W",
        'ț' | 'ţ' => b"C",
        'ž' | 'ż' | 'ẑ' => b"J",
        'â' => b"ia",
        'û' => b"iu",
        'ł' => b"l",
        'ø' => b"o",
        'đ' | 'ð' => b"d",
        'ı' => b"i",
        'ß' => b"ss",
        'æ' => b"e",
        'þ' => b"t",
        _ if letter.is_alphabetic() => {
            let base = letter.nfd().next().filter(char::is_ascii_lowercase);
            let base = base.and_then(|base| u8::try_from(base).ok());
            out.push(base.unwrap_or_else(|| unsounded(letter)));
            return;
        }
        _ => return,
    };
    out.extend_from_slice(text);
}

/// Spellings of several letters, longest first within a first letter.
const SPELLINGS: &[(&[u8], &[u8])] = &[
    (b"schtsch", b"w"),
    (b"shch", b"w"),
    (b"szcz", b"w"),
    (b"sch", b"w"),
    (b"sh", b"w"),
    (b"sz", b"w"),
    (b"stch", b"w"),
    (b"chtch", b"w"),
    (b"chr", b"xr"),
    (b"ch", b"q"),
    (b"ck", b"k"),
    (b"cz", b"q"),
    (b"tsch", b"q"),
    (b"tch", b"q"),
    (b"ts", b"c"),
    (b"tz", b"c"),
    (b"th", b"t"),
    (b"zgh", b"zg"),
    (b"zh", b"j"),
    (b"kh", b"x"),
    (b"gh", b"g"),
    (b"ph", b"f"),
];

/// Turns the collected Latin letters into sounds and empties them.
fn romanised(latin: &mut Vec<u8>, sounds: &mut Vec<u8>) {
    let mut rest = latin.as_slice();
    while let Some((&first, tail)) = rest.split_first() {
        if let Some((spelling, sound)) = SPELLINGS.iter().find(|(s, _)| rest.starts_with(s)) {
            sounds.extend_from_slice(sound);
            rest = &rest[spelling.len()..];
            continue;
        }
        if rest == b"ff" {
            sounds.push(b'v');
            break;
        }
        match first {
            b'c' if matches!(tail.first(), None | Some(b'e' | b'i' | b'y')) => sounds.push(b'c'),
            b'c' | b'q' => sounds.push(b'k'),
            b'h' => sounds.push(b'g'),
            b'w' => sounds.push(b'v'),
            b'y' | b'j' => sounds.push(b'i'),
            b'x' => sounds.extend_from_slice(b"ks"),
            _ => sounds.push(first.to_ascii_lowercase()),
        }
        rest = tail;
    }
    latin.clear();
}

/// What only shows once sounds stand side by side: runs of `i` are one, `i` before `e`
/// or `o` is a glide (єлизавета, Ielyzaveta; Соловйов, Soloviov, Solovyev), `ts` is ц,
/// `tch` is ч, шч and сч are щ, and `ou` is the French у. Both scripts pass through
/// here, so Братчик and Bratchyk, Білоус and Bilous stay together.
fn contracted(sounds: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(sounds.len());
    for &sound in sounds {
        match (out.last().copied(), sound) {
            (Some(b'i'), b'i') | (Some(b'w'), b'q') => {}
            (Some(b'i'), b'e' | b'o') => {
                out.pop();
                out.push(b'e');
            }
            (Some(b't'), b's') => {
                out.pop();
                out.push(b'c');
            }
            (Some(b't'), b'q') => {
                out.pop();
                out.push(b'q');
            }
            (Some(b's'), b'q') => {
                out.pop();
                out.push(b'w');
            }
            (Some(b'o'), b'u') => {
                out.pop();
                out.push(b'u');
            }
            _ => out.push(sound),
        }
    }
    out
}

#[cfg(test)]
mod tests;
