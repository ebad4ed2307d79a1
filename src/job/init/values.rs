//! What the values of a column look like.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::Date;

use crate::field::Field;
use crate::normalize::data;

/// Fewer values than this tell nothing.
const FEWEST: usize = 3;

/// Whether a value looks like one of a field.
type Test = fn(&str) -> bool;

/// A field whose values look like these, and the share of them that do.
pub(super) fn field_like(values: &[&str]) -> Option<(Field, f64)> {
    if values.len() < FEWEST {
        return None;
    }
    let tests: [(Field, f64, Test); 9] = [
        (Field::Unzr, 0.8, is_unzr),
        (Field::Rnokpp, 0.8, is_rnokpp),
        (Field::Certificate, 0.8, is_certificate),
        (Field::CertificateSeries, 0.8, is_series),
        (Field::Sex, 0.95, is_sex),
        (Field::FullName, 0.6, is_full_name),
        (Field::Patronymic, 0.6, is_patronymic),
        (Field::GivenName, 0.6, is_given_name),
        (Field::Surname, 0.6, is_surname),
    ];
    for (field, least, test) in tests {
        let share = share(values, test);
        if share >= least {
            return Some((field, share));
        }
    }
    // Dates last: they need a look at all years, for a day of birth is not the only day.
    let dates: Vec<Date> = values.iter().filter_map(|value| date(value)).collect();
    let share = dates.len() as f64 / values.len() as f64;
    let births = dates.iter().filter(|date| (1998..=2024).contains(&date.year())).count();
    let years: BTreeSet<i16> = dates.iter().map(|date| date.year()).collect();
    // Children of a school are born over many years; events of a register are not.
    (share >= 0.8 && births * 10 >= dates.len() * 9 && years.len() >= 6)
        .then_some((Field::BirthDate, share))
}

/// How many of the values fit `field`, from 0 to 1; `None` where any value would fit.
pub(super) fn fit(field: Field, values: &[&str]) -> Option<f64> {
    let test: Test = match field {
        Field::BirthDate => |value| date(value).is_some() || is_serial(value),
        Field::Sex => is_sex,
        Field::Unzr => |value| digits(value).len() == 13,
        Field::Rnokpp => |value| digits(value).len() == 10,
        Field::Updated | Field::WithdrawalDate => |value| date(value).is_some() || is_serial(value),
        _ => return None,
    };
    (values.len() >= FEWEST).then(|| share(values, test))
}

/// The share of values that are dates.
pub(super) fn share_of_dates(values: &[&str]) -> f64 {
    if values.len() < FEWEST { 0.0 } else { share(values, |value| date(value).is_some()) }
}

fn share(values: &[&str], test: impl Fn(&str) -> bool) -> f64 {
    values.iter().filter(|value| test(value)).count() as f64 / values.len().max(1) as f64
}

/// A date as registers write it: `31.12.2012`, `31/12/2012`, `2012-12-31`, a time after it.
pub(super) fn date(text: &str) -> Option<Date> {
    let day = text.split([' ', 'T', '\u{a0}']).next()?;
    let parts: Vec<&str> = day.split(['.', '/', '-']).collect();
    let [first, second, third] = parts.as_slice() else { return None };
    let (year, month, day) =
        if first.len() == 4 { (first, second, third) } else { (third, second, first) };
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// A day as Excel counts it, of the years 1998 to 2036.
fn is_serial(text: &str) -> bool {
    text.parse::<u32>().is_ok_and(|days| (35_800..50_000).contains(&days))
}

fn digits(text: &str) -> Vec<u32> {
    text.chars().filter(|c| !matches!(c, ' ' | '-')).map_while(|c| c.to_digit(10)).collect()
}

fn only_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|b| b.is_ascii_digit())
}

/// Year, month, day, five digits; the control digit is not asked for.
fn is_unzr(text: &str) -> bool {
    let plain = text.replace('-', "");
    let part = |from: usize, to: usize| plain.get(from..to).and_then(|part| part.parse().ok());
    only_digits(&plain, 13)
        && matches!(part(0, 4), Some(1900..=2100))
        && matches!(part(4, 6), Some(1..=12))
        && matches!(part(6, 8), Some(1..=31))
}

/// Ten digits with the right control digit: weights −1 5 7 9 4 6 10 5 7, modulo 11, modulo 10.
fn is_rnokpp(text: &str) -> bool {
    const WEIGHTS: [i64; 9] = [-1, 5, 7, 9, 4, 6, 10, 5, 7];
    if !only_digits(text, 10) {
        return false;
    }
    let digits: Vec<i64> = text.bytes().map(|b| i64::from(b - b'0')).collect();
    let sum: i64 = WEIGHTS.iter().zip(&digits).map(|(weight, digit)| weight * digit).sum();
    digits.last() == Some(&(sum.rem_euclid(11) % 10))
}

/// Roman numeral in whatever letters, then two letters: `І-МИ`, `1МИ`.
fn is_series(text: &str) -> bool {
    let letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let Some((region, roman)) =
        letters.split_last_chunk::<2>().map(|(roman, region)| (region, roman))
    else {
        return false;
    };
    let roman_like = |c: &char| "IІVXХ1lLПШ".contains(*c);
    region.iter().all(|c| c.is_alphabetic())
        && (1..=5).contains(&roman.len())
        && roman.iter().all(roman_like)
}

/// A series and six digits.
fn is_certificate(text: &str) -> bool {
    let plain: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let start = plain.char_indices().rev().nth(5).map(|(at, _)| at);
    start
        .and_then(|at| plain.split_at_checked(at))
        .is_some_and(|(series, number)| only_digits(number, 6) && is_series(series))
}

fn is_sex(text: &str) -> bool {
    const WORDS: [&str; 16] = [
        "ч",
        "ж",
        "м",
        "m",
        "f",
        "чол",
        "жін",
        "чол.",
        "жін.",
        "чоловіча",
        "жіноча",
        "чоловік",
        "жінка",
        "male",
        "female",
        "хлопець",
    ];
    WORDS.contains(&text.to_lowercase().as_str())
}

/// A patronymic by its ending, Ukrainian, Russian or in Latin letters.
fn is_patronymic(text: &str) -> bool {
    const ENDINGS: [&str; 14] = [
        "ович",
        "йович",
        "івна",
        "ївна",
        "евич",
        "ївна",
        "овна",
        "евна",
        "ілліч",
        "ївич",
        "ovych",
        "ivna",
        "ovich",
        "ovna",
    ];
    let word = text.to_lowercase();
    !word.contains(' ') && ENDINGS.iter().any(|ending| word.ends_with(ending))
}

/// Three words or more, one of them a patronymic.
fn is_full_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    (2..=6).contains(&words.len()) && words.iter().any(|word| is_patronymic(word))
}

fn is_given_name(text: &str) -> bool {
    static NAMES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let tables = [data::FIRST_MALE, data::FIRST_FEMALE].into_iter().flat_map(data::rows);
        tables.filter_map(|row| row.first().map(|name| name.to_lowercase())).collect()
    });
    NAMES.contains(&super::super::near::fold(text))
}

/// A surname by a usual ending.
fn is_surname(text: &str) -> bool {
    const ENDINGS: [&str; 18] = [
        "енко",
        "єнко",
        "ко",
        "чук",
        "юк",
        "ук",
        "як",
        "ський",
        "ська",
        "цький",
        "цька",
        "ів",
        "ин",
        "ов",
        "ова",
        "ев",
        "ева",
        "ук",
    ];
    let word = text.to_lowercase();
    !word.contains(' ') && ENDINGS.iter().any(|ending| word.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_every_order() {
        let day = Date::new(2012, 12, 31).ok();
        for text in
            ["31.12.2012", "31/12/2012", "2012-12-31", "2012-12-31T00:00:00", "31.12.2012 10:00"]
        {
            assert_eq!(date(text), day, "{text}");
        }
        for text in ["", "31.12.12", "2012", "32.01.2012", "а.б.2012", "1.2.3.4"] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn values_tell_fields() {
        // Numbers of nobody: made up, with right control digits where there are some.
        let told = |values: [&str; 3]| field_like(&values).map(|(field, _)| field);
        assert_eq!(told(["20180312-01233", "20100503-90237", "20100503-90237"]), Some(Field::Unzr));
        assert_eq!(told(["4170901236", "4030045681", "4565699990"]), Some(Field::Rnokpp));
        assert_eq!(told(["4170901237", "4030045682", "4565699991"]), None);
        assert_eq!(told(["І-МИ", "I-СГ", "1БК"]), Some(Field::CertificateSeries));
        assert_eq!(told(["І-МИ № 123456", "I-СГ123456", "1БК 000001"]), Some(Field::Certificate));
        assert_eq!(told(["Ч", "ж", "ж"]), Some(Field::Sex));
        assert_eq!(
            told(["Пробенко Тест Тестович", "Зразко Ніна Тестівна", "Тест"]),
            Some(Field::FullName)
        );
        assert_eq!(told(["Тестович", "Тестівна", "Тестівна"]), Some(Field::Patronymic));
        assert_eq!(told(["Марія", "Іван", "Софія"]), Some(Field::GivenName));
        assert_eq!(told(["Пробенко", "Зразковська", "Тестюк"]), Some(Field::Surname));
        assert_eq!(told(["10", "20", "30"]), None);
        assert_eq!(field_like(&["Марія"]), None, "one value tells nothing");
    }

    #[test]
    fn days_of_birth_spread_over_years_and_days_of_events_do_not() {
        let births: Vec<String> = (2005..2017).map(|year| format!("01.02.{year}")).collect();
        let births: Vec<&str> = births.iter().map(String::as_str).collect();
        assert_eq!(field_like(&births).map(|(field, _)| field), Some(Field::BirthDate));
        let events = ["2022-03-01", "2022-04-02", "2023-01-03", "2023-02-02"];
        assert_eq!(field_like(&events), None);
    }
}
