//! Ukrainian in Latin letters by the Cabinet's table of 2010.

use unicode_normalization::UnicodeNormalization as _;

/// Writes a Ukrainian name in Latin letters by the table of 2010 (resolution 55 of the
/// Cabinet of Ministers, 27 January 2010; names.md §1.1).
///
/// Soft sign and apostrophe are dropped, and the apostrophe does not start a word
/// (Мар'яна is Mariana); a hyphen does. A word all in capitals stays so (ЩЕРБАК is
/// SHCHERBAK), a single capital letter is an initial (Щ. is Shch.). Letters that are not
/// in the table: `ё` is read as йо, `ы` as и, `э` as е, `ъ` is dropped; everything else
/// is copied.
#[must_use]
pub fn kmu55(name: &str) -> String {
    let letters: Vec<char> = name.nfc().collect();
    let mut out = String::with_capacity(name.len());
    for word in letters.chunk_by(|&a, &b| in_word(a) == in_word(b)) {
        if in_word(word[0]) {
            spell(word, &mut out);
        } else {
            out.extend(word);
        }
    }
    out
}

/// Signs that are not written in Latin: they neither start nor end a word.
const fn silent(letter: char) -> bool {
    matches!(letter, '\'' | '’' | 'ʼ' | 'ь' | 'ъ' | 'Ь' | 'Ъ')
}

fn in_word(letter: char) -> bool {
    silent(letter) || letter.is_alphabetic()
}

fn spell(word: &[char], out: &mut String) {
    let capitals = word.iter().filter(|c| !silent(**c) && c.is_uppercase()).count();
    let all_capitals = capitals > 1 && !word.iter().any(|c| c.is_lowercase());
    let mut start = true;
    let mut after_z = false;
    for &letter in word.iter().filter(|c| !silent(**c)) {
        let lower = letter.to_lowercase().next().unwrap_or(letter);
        match latin(lower, start, after_z) {
            Some(latin) if all_capitals => {
                out.extend(latin.chars().map(|c| c.to_ascii_uppercase()));
            }
            Some(latin) if letter.is_uppercase() => {
                out.extend(latin.chars().take(1).map(|c| c.to_ascii_uppercase()));
                out.extend(latin.chars().skip(1));
            }
            Some(latin) => out.push_str(latin),
            None => out.push(letter),
        }
        start = false;
        after_z = lower == 'з';
    }
}

const fn latin(lower: char, start: bool, after_z: bool) -> Option<&'static str> {
    Some(match lower {
        'г' if after_z => "gh",
        'є' if start => "ye",
        'ї' if start => "yi",
        'й' if start => "y",
        'ю' if start => "yu",
        'я' if start => "ya",
        'ё' if start => "yo",
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "h",
        'ґ' => "g",
        'д' => "d",
        'е' | 'э' => "e",
        'є' => "ie",
        'ж' => "zh",
        'з' => "z",
        'и' | 'ы' => "y",
        'і' | 'ї' | 'й' => "i",
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
        'ю' => "iu",
        'я' => "ia",
        'ё' => "io",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_2010() {
        for (ukrainian, latin) in [
            ("Єлизавета", "Yelyzaveta"),
            ("Юлія", "Yuliia"),
            ("Згурський", "Zghurskyi"),
            ("Ґалаґан", "Galagan"),
            ("Юрій", "Yurii"),
            ("Їжакевич", "Yizhakevych"),
            ("Мар'яна", "Mariana"),
            ("Лук’янівна", "Lukianivna"),
            ("Щербак", "Shcherbak"),
            ("Знам'янська", "Znamianska"),
            ("Розгон", "Rozghon"),
            ("Гаєвич", "Haievych"),
            ("Короп'є", "Koropie"),
            ("Олексій", "Oleksii"),
            ("Стецько", "Stetsko"),
            ("Ужгород", "Uzhhorod"),
            ("Йосипівна", "Yosypivna"),
            ("Стрий", "Stryi"),
            ("Кадиївка", "Kadyivka"),
            ("Яготин", "Yahotyn"),
            ("Нечуй-Яворський", "Nechui-Yavorskyi"),
            ("кузьма", "kuzma"),
        ] {
            assert_eq!(kmu55(ukrainian), latin);
        }
        // The apostrophe is no start of a word, even before a capital.
        assert_eq!(kmu55("В'Юн"), "VIun");
    }

    #[test]
    fn capitals_stay_capitals_word_by_word() {
        for (ukrainian, latin) in [
            ("ЩЕРБАК", "SHCHERBAK"),
            ("ЄВГЕН Щербак", "YEVHEN Shcherbak"),
            ("ЗГУРСЬКА-ЯЦЕНКО", "ZGHURSKA-YATSENKO"),
            ("Щ. Ю. Шевченко", "Shch. Yu. Shevchenko"),
            ("ЗНАМ'ЯНСЬКА", "ZNAMIANSKA"),
            ("МАР’ЇНА", "MARINA"),
            ("Анна-Єва", "Anna-Yeva"),
            ("Андрій", "Andrii"),
            ("", ""),
            ("'", ""),
            ("12-Я", "12-Ya"),
        ] {
            assert_eq!(kmu55(ukrainian), latin);
        }
    }

    #[test]
    fn every_letter_of_the_table() {
        let first = "abvhgdeyezhzyiyiyklmnoprstufkhtschshshchyuya";
        let letters = "абвгґдеєжзиіїйклмнопрстуфхцчшщюя";
        let spaced: String = letters.chars().flat_map(|c| [c, ' ']).collect();
        assert_eq!(kmu55(&spaced).replace(' ', ""), first);
        let inside: String = letters.chars().flat_map(|c| ['а', c, ' ']).collect();
        let inside = kmu55(&inside);
        let inside: String = inside.split(' ').filter_map(|word| word.strip_prefix('a')).collect();
        assert_eq!(inside, "abvhgdeiezhzyiiiklmnoprstufkhtschshshchiuia");
    }
}
