//! Short values with a meaning: sex, displacement, lost contact, reason of leaving; and the
//! labels of school, region, grade and education office, which only need one spelling.
//!
//! A spelling that is not listed is an error, not a guess: the row keeps its other
//! values, and the value is reported.

mod withdrawal;

pub use withdrawal::withdrawal;

use super::names::canonical::says_nothing;
use super::records::{Displacement, Sex};

/// A value that is none of the listed spellings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of the known spellings")]
pub struct UnknownMark;

/// Lower case, one space between words, no marks around.
fn plain(cell: &str) -> String {
    // No mark is longer; a text that is, is unknown either way.
    let cell = &cell[..cell.floor_char_boundary(200)];
    let lower = cell.to_lowercase().replace(['’', 'ʼ', '`'], "'");
    let words: Vec<&str> = lower
        .split(|c: char| {
            c.is_whitespace() || matches!(c, '_' | '-' | '–' | '—' | '(' | ')' | ',' | ';')
        })
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '+'))
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// Reads a sex. `1` is male in both codings in use (1/2, and 0/1 with 0 for female).
pub fn sex(cell: &str) -> Result<Sex, UnknownMark> {
    Ok(match plain(cell).as_str() {
        "ч"
        | "чол"
        | "чоловік"
        | "чоловіча"
        | "чоловічий"
        | "чоловіче"
        | "хл"
        | "хлоп"
        | "хлопець"
        | "хлопчик"
        | "юнак"
        | "син"
        | "м"
        | "муж"
        | "мужской"
        | "мужчина"
        | "мальчик"
        | "m"
        | "male"
        | "man"
        | "boy"
        | "1"
        | "чоловіча стать" => Sex::Male,
        "ж"
        | "жін"
        | "жінка"
        | "жіноча"
        | "жіночий"
        | "жіноче"
        | "дів"
        | "дівч"
        | "дівчина"
        | "дівчинка"
        | "донька"
        | "дочка"
        | "жен"
        | "женский"
        | "женщина"
        | "девочка"
        | "f"
        | "female"
        | "woman"
        | "girl"
        | "w"
        | "2"
        | "0"
        | "жіноча стать" => Sex::Female,
        _ if says_nothing(cell) => Sex::Missing,
        _ => return Err(UnknownMark),
    })
}

/// Words of which one takes back what else is said, or says that it is over: "ВПО — ні",
/// "повернувся з-за кордону". What then holds is for people to read.
const TAKEN_BACK: &[&str] =
    &["поверн", "вернул", "відсутн", "скасован", "припинен", "знят", "колишн", "returned"];

/// Beginnings of what a child can be outside of without being abroad.
const PLACES_WITHIN: &[&str] =
    &["област", "громад", "район", "міст", "сел", "регіон", "населен", "заклад", "школ"];

/// Reads a mark of displacement.
pub fn displacement(cell: &str) -> Result<Displacement, UnknownMark> {
    let text = plain(cell);
    // Said in so many words: what follows "не" or "ні" is what the child is not.
    if matches!(
        text.as_str(),
        "ні" | "немає"
            | "нема"
            | "не"
            | "no"
            | "none"
            | "not displaced"
            | "false"
            | "0"
            | "нет"
            | "n"
            | "н"
            | "не впо"
            | "місцевий"
            | "місцева"
            | "відсутнє"
            | "відсутня"
    ) || text.starts_with("не ")
        && ["переміщ", "внутрішньо", "виї", "є "].iter().any(|w| text[5..].starts_with(w))
    {
        return Ok(Displacement::None);
    }
    if cell.trim() == "-" {
        return Ok(Displacement::None);
    }
    // A word begins where the text or a word of it does: "непереміщена" is no "переміщена".
    let says = |beginning: &str| {
        text.match_indices(beginning).any(|(at, _)| at == 0 || text[..at].ends_with(' '))
    };
    let any = |beginnings: &[&str]| beginnings.iter().any(|&beginning| says(beginning));
    let denied = text
        .split(' ')
        .any(|word| matches!(word, "не" | "ні" | "нет" | "нема" | "немає" | "без" | "no" | "not"))
        || any(TAKEN_BACK);
    let abroad = any(&[
        "за кордон",
        "закордон",
        "зовнішн",
        "external",
        "abroad",
        "за границ",
        "за рубеж",
        "в іноземн",
        "виїхав з україни",
        "виїхала з україни",
    ]) || any(&["за межі", "за межами", "поза межами"]) && !any(PLACES_WITHIN)
        || matches!(text.as_str(), "виїхав" | "виїхала" | "виїхали");
    let within = any(&[
        "внутрішн",
        "впо",
        "internal",
        "idp",
        "в межах",
        "переміщена особа",
        "переселен",
        "внутренн",
    ]);
    match (abroad, within, denied) {
        (true, _, false) => Ok(Displacement::External),
        (false, true, false) => Ok(Displacement::Internal),
        (false, false, _) if says_nothing(cell) => Ok(Displacement::Missing),
        _ => Err(UnknownMark),
    }
}

/// Reads a mark of lost contact; `None` where nothing is said.
pub fn contact_lost(cell: &str) -> Result<Option<bool>, UnknownMark> {
    Ok(match plain(cell).as_str() {
        "так"
        | "т"
        | "true"
        | "t"
        | "yes"
        | "y"
        | "1"
        | "+"
        | "да"
        | "втрачено"
        | "втрачений"
        | "контакт втрачено"
        | "немає контакту"
        | "відсутній контакт"
        | "контакт відсутній"
        | "контакт втрачений"
        | "втрачено контакт"
        | "втрачено зв'язок"
        | "зв'язок втрачено"
        | "немає зв'язку"
        | "не виходить на зв'язок"
        | "x"
        | "х"
        | "v"
        | "lost"
        | "істина" => Some(true),
        "ні"
        | "н"
        | "false"
        | "f"
        | "no"
        | "n"
        | "0"
        | "нет"
        | "не втрачено"
        | "контакт не втрачено"
        | "контакт не втрачений"
        | "не втрачений"
        | "зв'язок є"
        | "є зв'язок"
        | "на зв'язку"
        | "є"
        | "є контакт"
        | "контакт є"
        | "хибність" => Some(false),
        _ if cell.trim() == "-" => Some(false),
        _ if says_nothing(cell) => None,
        _ => return Err(UnknownMark),
    })
}

/// One spelling of a school: its ЄДРПОУ of eight digits where the cell is a number, the
/// lower-case name otherwise; empty where nothing is said.
#[must_use]
pub fn school(cell: &str) -> String {
    let cell = cell.trim();
    if says_nothing(cell) {
        return String::new();
    }
    // Spreadsheets drop the zeros, and other exports add ".0".
    let number = cell.strip_suffix(".0").unwrap_or(cell);
    if number.len() <= 20 && number.bytes().all(|b| b.is_ascii_digit()) {
        return if number.bytes().all(|b| b == b'0') {
            String::new()
        } else {
            format!("{number:0>8}")
        };
    }
    plain(cell)
}

/// Regions: key, and the beginnings by which each is known in Ukrainian, Russian and
/// Latin spelling; the number is that of the КАТОТТГ code (`UA73…`).
const REGIONS: [(&str, &str, &[&str]); 27] = [
    (
        "крим",
        "01",
        &["крим", "арк", "ар крим", "автономна республіка крим", "крым", "krym", "crimea"],
    ),
    ("вінницька", "05", &["вінниц", "винниц", "vinnyt", "vinnits"]),
    ("волинська", "07", &["волин", "волын", "volyn"]),
    ("дніпропетровська", "12", &["дніпропетр", "днепропетр", "dnipropetr", "dnepropetr"]),
    ("донецька", "14", &["донец", "donet", "donec"]),
    ("житомирська", "18", &["житомир", "zhytomyr", "zhitomir"]),
    ("закарпатська", "21", &["закарпат", "zakarpat", "transcarp"]),
    ("запорізька", "23", &["запор", "zapor"]),
    ("івано-франківська", "26", &["івано", "ивано", "ivano"]),
    ("київська", "32", &["київськ", "киевск", "kyivsk", "kyiv oblast", "kyiv region", "kievsk"]),
    ("кіровоградська", "35", &["кіровогр", "кировогр", "kirovohr", "kirovogr"]),
    ("луганська", "44", &["луган", "luhan", "lugan"]),
    ("львівська", "46", &["львів", "львов", "lviv", "lvov"]),
    ("миколаївська", "48", &["микола", "никола", "mykola", "nikola"]),
    ("одеська", "51", &["одес", "odes"]),
    ("полтавська", "53", &["полтав", "poltav"]),
    ("рівненська", "56", &["рівн", "ровен", "rivn", "rovn"]),
    ("сумська", "59", &["сумськ", "сумск", "суми", "sumy", "sumsk"]),
    ("тернопільська", "61", &["терноп", "ternop"]),
    ("харківська", "63", &["харк", "khark", "hark"]),
    ("херсонська", "65", &["херсон", "kherson", "herson"]),
    ("хмельницька", "68", &["хмельн", "khmeln", "hmeln"]),
    ("черкаська", "71", &["черкас", "cherkas"]),
    ("чернівецька", "73", &["чернів", "черновиц", "черновец", "chernivt", "chernov"]),
    ("чернігівська", "74", &["черніг", "черниг", "chernih", "chernig"]),
    ("київ", "80", &["київ", "киев", "kyiv", "kiev"]),
    ("севастополь", "85", &["севастоп", "sevastop"]),
];

/// Whether a label is a region as [`region`] writes it.
#[must_use]
pub fn is_region(label: &str) -> bool {
    REGIONS.iter().any(|(key, ..)| *key == label)
}

/// One spelling of a region: the Ukrainian adjective (`чернівецька`; `київ` for the city),
/// or the lower-case text where the region is not known; empty where nothing is said.
#[must_use]
pub fn region(cell: &str) -> String {
    let text = plain(cell);
    // Lower-casing by context and marks cut off can leave a placeholder: "ςςΣ", "x\u{307}".
    if says_nothing(cell) || says_nothing(&text) {
        return String::new();
    }
    if let Some(code) = text.strip_prefix("ua").or_else(|| text.strip_prefix("юа")) {
        let number = code.get(..2).unwrap_or_default();
        if let Some((key, ..)) = REGIONS.iter().find(|(_, digits, _)| *digits == number) {
            return (*key).to_owned();
        }
    }
    let is_city = text.starts_with("м ") || text.starts_with("місто ") || text.starts_with("м.");
    let name = ["м.", "м ", "місто ", "city of ", "г.", "г ", "обл.", "обл ", "область "]
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix))
        .unwrap_or(&text)
        .trim();
    // The region around Kyiv comes before the city, which is a part of its name.
    let found = REGIONS.iter().find(|(key, _, beginnings)| {
        !(is_city && *key == "київська") && beginnings.iter().any(|start| name.starts_with(start))
    });
    if let Some((key, ..)) = found {
        let oblast = ["обл", "oblast", "region"].iter().any(|word| name.contains(word));
        return if *key == "київ" && oblast {
            "київська".to_owned()
        } else {
            (*key).to_owned()
        };
    }
    text
}

/// One spelling of an education office: lower case, without marks; empty where nothing is
/// said.
#[must_use]
pub fn office(cell: &str) -> String {
    let text = plain(cell);
    if says_nothing(cell) || says_nothing(&text) { String::new() } else { text }
}

/// One spelling of a class: `7-А`, `7 a` and `7А клас` are `7-а`; empty where nothing is
/// said.
#[must_use]
pub fn grade(cell: &str) -> String {
    if says_nothing(cell) {
        return String::new();
    }
    let text = plain(cell);
    let text = ["клас", "класс", "кл", "grade", "class"]
        .iter()
        .fold(text, |text, word| text.replace(word, " "));
    let digits: String = text.chars().filter(char::is_ascii_digit).take(4).collect();
    let letters: String = text
        .chars()
        .filter(|c| c.is_alphabetic())
        .map(|c| match c {
            'a' => 'а',
            'b' => 'б',
            'v' => 'в',
            'g' => 'г',
            'd' => 'д',
            'c' => 'с',
            'e' => 'е',
            'i' => 'і',
            other => other,
        })
        .collect();
    match (digits.trim_start_matches('0'), letters.as_str()) {
        ("", letters) => letters.to_owned(),
        (digits, "") => digits.to_owned(),
        (digits, letters) => format!("{digits}-{letters}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sexes() {
        for cell in ["ч", "Ч", "чол.", "Чоловіча", "ХЛОПЕЦЬ", "м", "M", "Male", "1", "муж."]
        {
            assert_eq!(sex(cell), Ok(Sex::Male), "{cell}");
        }
        for cell in ["ж", "Ж.", "жін.", "Жіноча", "дівчина", "F", "female", "2", "0"]
        {
            assert_eq!(sex(cell), Ok(Sex::Female), "{cell}");
        }
        for cell in ["", "-", "н/д", "невідомо", "NULL"] {
            assert_eq!(sex(cell), Ok(Sex::Missing), "{cell}");
        }
        assert_eq!(sex("інше"), Err(UnknownMark));
    }

    #[test]
    fn displacements() {
        for cell in ["ВПО", "внутрішнє", "Внутрішньо переміщена особа", "internal", "IDP"]
        {
            assert_eq!(displacement(cell), Ok(Displacement::Internal), "{cell}");
        }
        for cell in
            ["за кордоном", "Виїхав за межі України", "зовнішнє", "external", "за межами країни"]
        {
            assert_eq!(displacement(cell), Ok(Displacement::External), "{cell}");
        }
        for cell in
            ["ні", "не переміщено", "-", "Не переміщувався", "none", "не внутрішньо переміщена"]
        {
            assert_eq!(displacement(cell), Ok(Displacement::None), "{cell}");
        }
        assert_eq!(displacement(""), Ok(Displacement::Missing));
        for cell in [
            "щось",
            // Outside, but of what is no country.
            "за межами області",
            "виїхав до іншої громади",
            // Denied, or over: nobody is abroad or displaced by that.
            "не за кордоном",
            "Ні, не виїхав за кордон",
            "повернувся з-за кордону",
            "ВПО — ні",
            "статус ВПО відсутній",
            "непереміщена особа",
            "ВПО (повернувся)",
        ] {
            assert_eq!(displacement(cell), Err(UnknownMark), "{cell}");
        }
        assert_eq!(displacement("так, ВПО"), Ok(Displacement::Internal));
    }

    #[test]
    fn lost_contacts() {
        for cell in [
            "так",
            "ТАК",
            "true",
            "1",
            "+",
            "втрачено",
            "Yes",
            "да",
            "Втрачено контакт",
            "зв’язок втрачено",
        ] {
            assert_eq!(contact_lost(cell), Ok(Some(true)), "{cell}");
        }
        for cell in ["ні", "0", "false", "-", "не втрачено", "no", "є зв'язок"] {
            assert_eq!(contact_lost(cell), Ok(Some(false)), "{cell}");
        }
        assert_eq!(contact_lost(""), Ok(None));
        assert_eq!(contact_lost("мабуть"), Err(UnknownMark));
    }

    #[test]
    fn labels() {
        assert_eq!(school("2147345"), "02147345");
        assert_eq!(school("02147345"), "02147345");
        assert_eq!(school("2147345.0"), "02147345");
        assert_eq!(school("Ліцей № 5"), school("ліцей №5".replace("№", "№ ").as_str()));
        assert_eq!(school("00000000"), "");
        for cell in [
            "Чернівецька обл.",
            "ЧЕРНІВЕЦЬКА ОБЛАСТЬ",
            "чернівецька",
            "Chernivtsi",
            "UA73060610010033137",
        ] {
            assert_eq!(region(cell), "чернівецька", "{cell}");
        }
        assert_eq!(region("м. Київ"), "київ");
        assert_eq!(region("м.Київ"), "київ");
        assert_eq!(region("Київ"), "київ");
        assert_eq!(region("Київська область"), "київська");
        assert_eq!(region("Kyiv oblast"), "київська");
        assert_eq!(region("Чернігівська"), "чернігівська");
        assert_eq!(region("Атлантида"), "атлантида");
        assert_eq!(region("-"), "");
        for cell in ["ςςΣ", "x\u{307}", "½x\u{307}"] {
            assert_eq!(region(&region(cell)), region(cell), "{cell}");
        }
        for cell in ["7-А", "7 А", "7a", "7А клас", "07-а"] {
            assert_eq!(grade(cell), "7-а", "{cell}");
        }
        assert_eq!(grade("11"), "11");
        assert_eq!(grade(""), "");
    }

    #[test]
    fn every_region_is_found_by_its_key() {
        for (key, ..) in REGIONS {
            assert_eq!(region(key), key);
            assert_eq!(
                region(&format!("{key} область")),
                if key == "київ" { "київська" } else { key }
            );
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(cell in "\\PC{0,30}", words in "(не|за|ua|м|обл|[ .-]|[а-я]{1,3}){0,6}") {
            for cell in [cell, words] {
                let _ = (sex(&cell), displacement(&cell), contact_lost(&cell));
                let label = region(&cell);
                prop_assert_eq!(region(&label), label);
                let _ = (school(&cell), grade(&cell));
            }
        }
    }
}
