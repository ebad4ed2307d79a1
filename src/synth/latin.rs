//! Latin spellings of names, as passports and border clerks write them.
//!
//! The tables are written anew here: were they shared with the linker, a fault in them
//! would never show.

use super::dice::Dice;
use super::slips::russian_letters;
use super::tables::tables;

/// How a passport spells a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum System {
    /// Resolution 55 of the Cabinet of Ministers, 27 January 2010.
    Kmu2010,
    /// The passport rules of 2007: г = g, no rule for the start of a word.
    Passport2007,
    /// The Russian form of the name by the rules of Russian passports.
    Russian,
    /// Whatever was written.
    AdHoc,
}

impl System {
    /// The system at `index` of the profile's weights.
    pub(super) const fn at(index: usize) -> Self {
        match index {
            0 => Self::Kmu2010,
            1 => Self::Passport2007,
            2 => Self::Russian,
            _ => Self::AdHoc,
        }
    }
}

/// `name` in capital Latin letters.
pub(super) fn latin(name: &str, system: System, dice: &mut Dice) -> String {
    match system {
        System::Kmu2010 => kmu_2010(name),
        System::Passport2007 => passport_2007(name),
        System::Russian => russian(name, dice),
        System::AdHoc => ad_hoc(name, dice),
    }
    .to_uppercase()
}

fn ad_hoc(name: &str, dice: &mut Dice) -> String {
    if let Some(known) = tables().latin.get(name).and_then(|spellings| dice.pick(spellings)) {
        return (*known).to_owned();
    }
    let written = if dice.chance(0.5) { kmu_2010(name) } else { passport_2007(name) };
    // One habit each: Polish, German, English or lazy.
    let habits: [&[(&str, &str)]; 4] = [
        &[("shch", "szcz"), ("sh", "sz"), ("ch", "cz"), ("v", "w"), ("zh", "rz")],
        &[
            ("shch", "schtsch"),
            ("sh", "sch"),
            ("kh", "ch"),
            ("ts", "z"),
            ("ch", "tsch"),
            ("v", "w"),
        ],
        &[("iia", "ia"), ("yi", "y"), ("ii", "iy"), ("ks", "x"), ("iu", "yu"), ("ia", "ya")],
        &[("y", "i"), ("kh", "h"), ("ii", "i"), ("ie", "e"), ("h", "g")],
    ];
    let habit = dice.pick(&habits).copied().unwrap_or(&[]);
    replace_once(&written.to_lowercase(), habit)
}

/// Replaces from left to right, the first pair that fits at each place.
fn replace_once(text: &str, pairs: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let pair = pairs.iter().find(|(from, _)| rest.starts_with(from));
        let (taken, put) =
            pair.map_or((letter.len_utf8(), None), |(from, to)| (from.len(), Some(*to)));
        match put {
            Some(to) => out.push_str(to),
            None => out.push(letter),
        }
        rest = rest.get(taken..).unwrap_or("");
    }
    out
}

/// Letters that every table spells alike; `None` for the others.
const fn common(letter: char) -> Option<&'static str> {
    Some(match letter {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'д' => "d",
        'е' => "e",
        'ж' => "zh",
        'з' => "z",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ґ' => "g",
        'ь' | '\'' | '’' => "",
        _ => return None,
    })
}

/// Spells a name letter by letter; `special` knows the start of a word and the letter before.
fn spell(name: &str, special: impl Fn(char, bool, char) -> Option<&'static str>) -> String {
    let mut out = String::with_capacity(name.len() + 8);
    let mut before = ' ';
    for letter in name.to_lowercase().chars() {
        let start = matches!(before, ' ' | '-');
        match special(letter, start, before).or_else(|| common(letter)) {
            Some(spelt) => out.push_str(spelt),
            None => out.push(letter),
        }
        // The apostrophe does not start a word.
        if !matches!(letter, '\'' | '’') {
            before = letter;
        }
    }
    out
}

/// By resolution 55 of 2010.
pub(super) fn kmu_2010(name: &str) -> String {
    spell(name, |letter, start, before| {
        Some(match (letter, start) {
            ('г', _) if before == 'з' => "gh",
            ('г', _) => "h",
            ('и', _) | ('й', true) => "y",
            ('і', _) | ('ї' | 'й', false) => "i",
            ('ї', true) => "yi",
            ('є', true) => "ye",
            ('є', false) => "ie",
            ('ю', true) => "yu",
            ('ю', false) => "iu",
            ('я', true) => "ya",
            ('я', false) => "ia",
            _ => return None,
        })
    })
}

/// By the passport rules of 2007.
fn passport_2007(name: &str) -> String {
    spell(name, |letter, _, _| {
        Some(match letter {
            'г' => "g",
            'и' => "y",
            'і' | 'ї' | 'й' => "i",
            'є' => "ie",
            'ю' => "iu",
            'я' => "ia",
            _ => return None,
        })
    })
}

/// From the Russian form, by the rules of Russian passports.
fn russian(name: &str, dice: &mut Dice) -> String {
    let russian = match tables().russian_given.get(name).and_then(|names| dice.pick(names)) {
        Some(known) => (*known).to_owned(),
        None => russian_letters(name),
    };
    spell(&russian, |letter, _, _| {
        Some(match letter {
            'г' => "g",
            'и' | 'і' | 'й' | 'ї' => "i",
            'ы' => "y",
            'э' | 'ё' | 'є' => "e",
            'ъ' => "ie",
            'ю' => "iu",
            'я' => "ia",
            _ => return None,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolution_55() {
        for (name, expected) in [
            ("Згурський", "zghurskyi"),
            ("Єлизавета", "yelyzaveta"),
            ("Юлія", "yuliia"),
            ("Їжакевич", "yizhakevych"),
            ("Знам'янський", "znamianskyi"),
            ("Лук'яненко", "lukianenko"),
            ("Нечуй-Яворський", "nechui-yavorskyi"),
            ("Ґалаґан", "galagan"),
            ("Мар'їна", "marina"),
            ("Йосипенко", "yosypenko"),
        ] {
            assert_eq!(kmu_2010(name), expected);
        }
    }

    #[test]
    fn other_systems() {
        let mut dice = Dice::new(1, 0);
        assert_eq!(passport_2007("Юрій"), "iurii");
        assert_eq!(passport_2007("Григорій"), "grygorii");
        assert!(matches!(latin("Микола", System::Russian, &mut dice).as_str(), "NIKOLAI"));
        let wild = latin("Олександр", System::AdHoc, &mut dice);
        assert!(wild.is_ascii() && !wild.is_empty());
    }

    #[test]
    fn every_name_becomes_latin_in_every_system() {
        let tables = tables();
        let mut dice = Dice::new(1, 0);
        let surnames = tables.surnames.iter().flat_map(|s| [s.0, s.1]);
        for name in surnames.chain(tables.boys.iter().copied()).chain(tables.girls.iter().copied())
        {
            for index in 0..4 {
                let spelt = latin(name, System::at(index), &mut dice);
                assert!(spelt.is_ascii(), "{name} {spelt} {index}");
            }
        }
    }
}
