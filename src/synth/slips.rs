//! The errors themselves: each takes a right text and gives a wrong one.
//!
//! `None` means that this slip cannot happen to this text.

use super::dice::Dice;
use super::tables::tables;

/// Letter keys of the Ukrainian layout, row by row.
const CYRILLIC_ROWS: [&str; 3] = ["йцукенгшщзхї", "фівапролджє", "ячсмитьбю"];
/// Letter keys of the Latin layout.
const LATIN_ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// The keys beside that of `letter`, in its case.
fn neighbours(letter: char, rows: &[&str; 3]) -> Vec<char> {
    let capital = letter.is_uppercase();
    let low = letter.to_lowercase().next().unwrap_or(letter);
    let mut found = Vec::new();
    for (row, keys) in rows.iter().enumerate() {
        let Some(at) = keys.chars().position(|key| key == low) else { continue };
        let mut add = |row: Option<&&str>, at: Option<usize>| {
            found.extend(row.zip(at).and_then(|(row, at)| row.chars().nth(at)));
        };
        add(Some(&rows[row]), at.checked_sub(1));
        add(Some(&rows[row]), Some(at + 1));
        // Rows are shifted by half a key.
        let above = row.checked_sub(1).and_then(|above| rows.get(above));
        add(above, Some(at));
        add(above, Some(at + 1));
        add(rows.get(row + 1), Some(at));
        add(rows.get(row + 1), at.checked_sub(1));
    }
    if capital {
        found = found.iter().flat_map(|letter| letter.to_uppercase()).collect();
    }
    found
}

/// One slip of the finger.
pub(super) fn typo(text: &str, dice: &mut Dice) -> Option<String> {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 3 {
        return None;
    }
    // First letters are looked at while typing: slips there are rarer.
    let from = usize::from(dice.chance(0.8));
    let at = from + dice.below(letters.len() - from);
    match dice.below(10) {
        0..=3 => {
            let rows = if text.is_ascii() { &LATIN_ROWS } else { &CYRILLIC_ROWS };
            let key = *letters.get(at)?;
            let neighbours = neighbours(key, rows);
            *letters.get_mut(at)? = *dice.pick(&neighbours)?;
        }
        4 | 5 => {
            let at = at.min(letters.len() - 2);
            let (one, two) = (*letters.get(at)?, *letters.get(at + 1)?);
            let upper = one.is_uppercase() && !two.is_uppercase();
            let (one, two) = if upper { (lower(one), capital(two)) } else { (one, two) };
            (letters[at], letters[at + 1]) = (two, one);
        }
        6..=8 => {
            letters.remove(at);
        }
        _ => letters.insert(at, *letters.get(at)?),
    }
    let slipped: String = letters.into_iter().collect();
    (slipped != text).then_some(slipped)
}

fn lower(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

fn capital(letter: char) -> char {
    letter.to_uppercase().next().unwrap_or(letter)
}

/// Replaces the letter at `at` among the chars of `text`.
fn replace_at(text: &str, at: usize, with: char) -> String {
    text.chars().enumerate().map(|(n, letter)| if n == at { with } else { letter }).collect()
}

/// A letter of another script that looks the same.
pub(super) fn look_alike(text: &str, dice: &mut Dice) -> Option<String> {
    let places: Vec<(usize, char)> = text
        .chars()
        .enumerate()
        .filter(|(_, letter)| tables().look_alikes.contains_key(letter))
        .collect();
    let &(at, letter) = dice.pick(&places)?;
    let others = tables().look_alikes.get(&letter)?;
    Some(replace_at(text, at, *dice.pick(others)?))
}

/// Another sign for the apostrophe.
pub(super) fn apostrophe(text: &str, dice: &mut Dice) -> Option<String> {
    if !text.contains('\'') {
        return None;
    }
    // Typographic signs and none at all are commoner than the rest.
    let sign = match dice.below(10) {
        0..=3 => "’",
        4 | 5 => "",
        _ => dice.pick(&tables().apostrophes).copied()?,
    };
    Some(text.replace('\'', sign))
}

/// A Ukrainian word by the letters of the Russian spelling.
pub(super) fn russian_letters(word: &str) -> String {
    const ENDS: [(&str, &str); 8] = [
        ("ський", "ский"),
        ("цький", "цкий"),
        ("ська", "ская"),
        ("цька", "цкая"),
        ("івна", "овна"),
        ("ївна", "евна"),
        ("ий", "ый"),
        ("ій", "ий"),
    ];
    let (stem, end) = ENDS
        .iter()
        .find_map(|(from, to)| word.strip_suffix(from).map(|stem| (stem, *to)))
        .unwrap_or((word, ""));
    let mut out = String::with_capacity(word.len());
    for letter in stem.chars() {
        out.push(match letter {
            'і' | 'ї' => 'и',
            'І' | 'Ї' => 'И',
            'є' => 'е',
            'Є' => 'Е',
            'ґ' => 'г',
            'Ґ' => 'Г',
            '\'' => 'ь',
            other => other,
        });
    }
    out + end
}

/// Russian words in the letters of Ukrainian, as clerks spell them by ear.
fn by_ear(russian: &str) -> String {
    russian
        .chars()
        .map(|letter| match letter {
            'и' => 'і',
            'И' => 'І',
            'ы' => 'и',
            'э' | 'ё' => 'е',
            'Э' | 'Ё' => 'Е',
            'ъ' => '\'',
            other => other,
        })
        .collect()
}

/// Surname, given name and patronymic in Russian.
pub(super) fn russian(name: [&str; 3], dice: &mut Dice) -> Option<[String; 3]> {
    let tables = tables();
    let [surname, given, patronymic] = name;
    let surname = russian_letters(surname);
    let given_russian = tables
        .russian_given
        .get(given)
        .and_then(|names| dice.pick(names))
        .map_or_else(|| russian_letters(given), |known| (*known).to_owned());
    let patronymic = tables
        .russian_patronymic
        .get(patronymic)
        .map_or_else(|| russian_letters(patronymic), |known| (*known).to_owned());
    let mut all = [surname, given_russian, patronymic];
    if dice.chance(0.4) {
        all = all.map(|part| by_ear(&part));
    }
    (all.iter().map(String::as_str).ne(name)).then_some(all)
}

/// The short form of a given name.
pub(super) fn short(given: &str, dice: &mut Dice) -> Option<String> {
    dice.pick(tables().short.get(given)?).map(|&short| short.to_owned())
}

/// Spaces where none belong.
pub(super) fn spaced(text: &str, dice: &mut Dice) -> String {
    match dice.below(4) {
        0 => format!(" {text}"),
        1 => format!("{text} "),
        2 => format!("{text}\u{a0}"),
        _ if text.contains(' ') => text.replacen(' ', "  ", 1),
        _ if text.contains('-') => text.replacen('-', " - ", 1),
        _ => format!("  {text}"),
    }
}

/// A remark in brackets.
pub(super) fn remarked(text: &str, dice: &mut Dice) -> String {
    let remarks = ["(ВПО)", "(вибув)", "(за кордоном)", "(уточнити)", "(дод.)", "(опіка)"];
    format!("{text} {}", dice.pick(&remarks).copied().unwrap_or("(уточнити)"))
}

/// й and ї as a letter and a combining mark.
pub(super) fn decomposed(text: &str) -> Option<String> {
    let apart = text
        .replace('й', "и\u{306}")
        .replace('Й', "И\u{306}")
        .replace('ї', "і\u{308}")
        .replace('Ї', "І\u{308}");
    (apart != text).then_some(apart)
}

/// One digit of `digits` wrong.
pub(super) fn digit(digits: &str, dice: &mut Dice) -> Option<String> {
    let places: Vec<(usize, char)> =
        digits.chars().enumerate().filter(|(_, c)| c.is_ascii_digit()).collect();
    let &(at, old) = dice.pick(&places)?;
    let old = old.to_digit(10)?;
    let step = u32::try_from(1 + dice.below(9)).ok()?;
    Some(replace_at(digits, at, char::from_digit((old + step) % 10, 10)?))
}

/// Two neighbouring digits transposed.
pub(super) fn transposed(digits: &str, dice: &mut Dice) -> Option<String> {
    let mut all: Vec<char> = digits.chars().collect();
    let places: Vec<usize> = all
        .windows(2)
        .enumerate()
        .filter(|(_, two)| two[0] != two[1] && two.iter().all(char::is_ascii_digit))
        .map(|(at, _)| at)
        .collect();
    let &at = dice.pick(&places)?;
    all.swap(at, at + 1);
    Some(all.into_iter().collect())
}

/// The roman numeral `number` of a certificate, typed as it should not be.
pub(super) fn wrong_roman(number: u8, dice: &mut Dice) -> &'static str {
    let forms: &[&str] = match number {
        1 => &["1", "1", "1", "l", "i", "і", "|", "!"],
        2 => &["П", "П", "п", "11", "2", "ll", "іі"],
        3 => &["Ш", "Ш", "ш", "111", "3", "ііі"],
        4 => &["1У", "ІУ", "4"],
        _ => &["У", "5"],
    };
    dice.pick(forms).copied().unwrap_or("1")
}

/// The roman numeral as it should be, in letters of either script.
pub(super) fn roman(number: u8, cyrillic: bool) -> String {
    const NUMERALS: [&str; 20] = [
        "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV",
        "XV", "XVI", "XVII", "XVIII", "XIX", "XX",
    ];
    let numeral = NUMERALS.get(usize::from(number).wrapping_sub(1)).copied().unwrap_or("I");
    if cyrillic { numeral.replace('I', "І").replace('X', "Х") } else { numeral.to_owned() }
}

/// The letters of a series with one of them wrong or of another script.
pub(super) fn wrong_letters(letters: &str, dice: &mut Dice) -> Option<String> {
    // The Ukrainian layout tempts to і; no series has it.
    if letters.contains('И') && dice.chance(0.6) {
        return Some(letters.replace('И', "І"));
    }
    if dice.chance(0.7) {
        const ALIKE: [(char, char); 11] = [
            ('А', 'A'),
            ('В', 'B'),
            ('Е', 'E'),
            ('К', 'K'),
            ('М', 'M'),
            ('Н', 'H'),
            ('О', 'O'),
            ('Р', 'P'),
            ('С', 'C'),
            ('Т', 'T'),
            ('Х', 'X'),
        ];
        let all = dice.chance(0.5);
        let mut done = false;
        let alike: String = letters
            .chars()
            .map(|letter| match ALIKE.iter().find(|pair| pair.0 == letter) {
                Some(pair) if all || !done => {
                    done = true;
                    pair.1
                }
                _ => letter,
            })
            .collect();
        return done.then_some(alike);
    }
    let low = letters.to_lowercase();
    let at = dice.below(2);
    let wrong = *dice.pick(&neighbours(low.chars().nth(at)?, &CYRILLIC_ROWS))?;
    Some(replace_at(letters, at, capital(wrong)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_the_keys_around() {
        let around = |letter| {
            let mut keys = neighbours(letter, &CYRILLIC_ROWS);
            keys.sort_unstable();
            keys.into_iter().collect::<String>()
        };
        assert_eq!(around('а'), "векмпс");
        assert_eq!(around('Й'), "ФЦ");
        assert_eq!(around('\''), "");
    }

    #[test]
    fn a_typo_is_one_slip_away() {
        let mut dice = Dice::new(5, 0);
        for word in ["Шевченко", "Іван", "MELNYK", "Лук'яненко"] {
            for _ in 0..500 {
                if let Some(slipped) = typo(word, &mut dice) {
                    let away =
                        strsim::damerau_levenshtein(&word.to_lowercase(), &slipped.to_lowercase());
                    assert_eq!(away, 1, "{word} {slipped}");
                }
            }
        }
        assert_eq!(typo("Єв", &mut dice), None);
    }

    #[test]
    fn russian_spelling() {
        let mut dice = Dice::new(1, 0);
        for _ in 0..20 {
            let name = ["Вишневський", "Микита", "Сергійович"];
            let [surname, given, patronymic] = russian(name, &mut dice).unwrap();
            assert!(matches!(surname.as_str(), "Вишневский" | "Вішневскій"), "{surname}");
            assert!(matches!(given.as_str(), "Никита" | "Нікіта"), "{given}");
            assert!(matches!(patronymic.as_str(), "Сергеевич" | "Сергеевіч"), "{patronymic}");
        }
        assert_eq!(russian_letters("Ганна"), "Ганна");
        assert_eq!(russian_letters("Їжаківна"), "Ижаковна");
    }

    #[test]
    fn certificates() {
        let mut dice = Dice::new(1, 0);
        assert_eq!((roman(3, false).as_str(), roman(2, true).as_str()), ("III", "ІІ"));
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..200 {
            let wrong = wrong_letters("КИ", &mut dice).unwrap();
            assert!(wrong != "КИ" && wrong.chars().count() == 2);
            seen.insert(wrong);
            let slipped = digit("012345", &mut dice).unwrap();
            assert_eq!(strsim::hamming(&slipped, "012345"), Ok(1));
            let swapped = transposed("012345", &mut dice).unwrap();
            assert_eq!(strsim::hamming(&swapped, "012345"), Ok(2));
        }
        assert!(seen.contains("КІ") && seen.contains("KИ"), "{seen:?}");
        assert_eq!(transposed("111111", &mut dice), None);
        assert_eq!(digit("", &mut dice), None);
    }

    #[test]
    fn marks_and_signs() {
        let mut dice = Dice::new(1, 0);
        assert_eq!(apostrophe("Мельник", &mut dice), None);
        let signs: std::collections::BTreeSet<_> =
            (0..300).filter_map(|_| apostrophe("Лук'яненко", &mut dice)).collect();
        assert!(signs.len() > 8 && !signs.contains("Лук'яненко"));
        assert_eq!(decomposed("Сергій").unwrap().chars().count(), 7);
        assert_eq!(decomposed("Іван"), None);
        assert!(look_alike("Іван", &mut dice).is_some());
    }
}
