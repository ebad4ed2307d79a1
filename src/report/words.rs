//! What codes are called in Ukrainian and in English. Ukrainian comes first: it is what
//! auditors and schools read.

mod lists;
mod reasons;
mod steps;

use std::fmt::Write as _;

use jiff::civil::Date;

use crate::compare::Comparison;
use crate::field::Field;
use crate::job::Kind;
use crate::verdict::{ReasonCode, Status};

pub(super) use lists::*;
pub(super) use reasons::quoted;
pub use reasons::reason;
pub(super) use steps::step;

/// The language of a text.
pub use crate::job::Language as Lang;

impl Lang {
    /// One of two texts.
    pub(super) const fn of<T: Copy>(self, uk: T, en: T) -> T {
        match self {
            Self::Uk => uk,
            Self::En => en,
        }
    }
}

/// A status, as a heading of a list of children.
pub const fn status(status: Status, lang: Lang) -> &'static str {
    match status {
        Status::ReportedMissing => lang.of("Розшукується", "Reported missing"),
        Status::Unconfirmed => lang.of("Не підтверджено", "Unconfirmed"),
        Status::Review => lang.of("Потребує перевірки", "Needs review"),
        Status::NotAssessable => lang.of("Замало даних", "Not assessable"),
        Status::Confirmed => lang.of("Підтверджено", "Confirmed"),
        Status::ConfirmedAbroad => lang.of("Підтверджено за кордоном", "Confirmed abroad"),
        Status::Deceased => lang.of("Померла", "Deceased"),
    }
}

/// What a status means, in a sentence.
pub const fn status_meaning(status: Status, lang: Lang) -> &'static str {
    match status {
        Status::ReportedMissing => lang.of(
            "у реєстрі є запис, за яким дитину розшукують",
            "a register holds a record by which the child is sought",
        ),
        Status::Unconfirmed => lang.of(
            "у наданих витягах підтвердження не знайдено",
            "no confirming evidence found in the supplied extracts",
        ),
        Status::Review => lang.of(
            "збіг можливий, але не певний, або свідчення суперечать одне одному",
            "a link is possible but not certain, or evidence is contradictory",
        ),
        Status::NotAssessable => lang.of(
            "заповнено замало полів, щоб шукати дитину в реєстрах",
            "too few fields to look for the child in any register",
        ),
        Status::Confirmed => lang.of(
            "реєстр (або школа, якщо так задано в завданні) засвідчує дитину в країні протягом строку, який враховується",
            "a register (or the school, if the job lets it) has the child in the country within the period that counts",
        ),
        Status::ConfirmedAbroad => lang.of(
            "останнє, що бачив реєстр, – виїзд дитини за кордон",
            "the latest that a register saw is the child leaving the country",
        ),
        Status::Deceased => {
            lang.of("реєстр містить запис про смерть", "a register holds a record of death")
        }
    }
}

/// A kind of evidence, as a heading.
pub const fn kind(kind: Kind, lang: Lang) -> &'static str {
    match kind {
        Kind::Identity => lang.of("Особа існує", "Identity"),
        Kind::Present => lang.of("У країні", "Present"),
        Kind::Displaced => lang.of("Переміщення в межах країни", "Displaced"),
        Kind::Abroad => lang.of("Виїзд за кордон", "Abroad"),
        Kind::Deceased => lang.of("Смерть", "Deceased"),
        Kind::ReportedMissing => lang.of("Розшук", "Reported missing"),
        Kind::Returned => lang.of("Повернення", "Returned"),
    }
}

/// A comparison, as a heading.
pub const fn comparison(comparison: Comparison, lang: Lang) -> &'static str {
    match comparison {
        Comparison::Surname => lang.of("Прізвище", "Surname"),
        Comparison::GivenName => lang.of("Ім’я", "Given name"),
        Comparison::Patronymic => lang.of("По батькові", "Patronymic"),
        Comparison::BirthDate => lang.of("Дата народження", "Birth date"),
        Comparison::Sex => lang.of("Стать", "Sex"),
        Comparison::Certificate => lang.of("Свідоцтво про народження", "Birth certificate"),
        Comparison::Document => lang.of("Інший документ", "Other document"),
        Comparison::Unzr => lang.of("УНЗР", "UNZR"),
        Comparison::Rnokpp => lang.of("РНОКПП", "RNOKPP"),
        Comparison::Region => lang.of("Область", "Region"),
        Comparison::School => lang.of("Заклад освіти", "School"),
    }
}

/// A level of a comparison by its name in outputs; `None` if no level bears it.
pub fn level(name: &str, lang: Lang) -> Option<&'static str> {
    Some(match name {
        "missing" => lang.of("немає даних", "missing"),
        "exact" => lang.of("збігається", "exact"),
        "spelling" => lang.of("інше написання того самого", "another spelling"),
        "translation" => lang.of("те саме іншою мовою", "the same in another language"),
        "variant" => lang.of("споріднене ім’я", "a related name"),
        "form" => lang.of("інша форма того самого", "another form"),
        "diminutive" => lang.of("скорочене ім’я", "short form"),
        "part" => lang.of("частина подвійного прізвища", "part of a double surname"),
        "close" => lang.of("відрізняється одна літера", "one letter apart"),
        "near" => lang.of("відрізняються дві літери", "two letters apart"),
        "changed" => lang.of("змінено прізвище й по батькові", "surname and patronymic changed"),
        "initial" => lang.of("збігається ініціал", "initial"),
        "swapped" => lang.of("переставлено день і місяць", "day and month swapped"),
        "swapped_fields" => lang.of("поля переставлено", "fields swapped"),
        "impossible" => lang.of("описка: такого дня немає", "a slip: no such day"),
        "one_slip" => lang.of("описка", "one slip"),
        "year_off" => lang.of("рік відрізняється на один", "year off by one"),
        "digit" => lang.of("відрізняється одна цифра", "one digit differs"),
        "default" => lang.of("умовна дата (01.01)", "a default date"),
        "partial" => lang.of("збігається відома частина", "known part agrees"),
        "year" => lang.of("збігається лише рік", "year only"),
        "roman" => lang.of("римська частина серії інша", "Roman part differs"),
        "letters" => lang.of("літери серії нечіткі", "letters of the series unclear"),
        "digits" => lang.of("збігається номер, серія інша", "digits agree, series differs"),
        "slip" => lang.of("типова описка", "a common slip"),
        "neighbour" => lang.of("сусідній номер", "neighbouring number"),
        "different" => lang.of("відрізняється", "different"),
        _ => return None,
    })
}

/// A field, as a heading of a column.
pub const fn field(field: Field, lang: Lang) -> &'static str {
    match field {
        Field::Id => lang.of("Код запису", "Record id"),
        Field::Surname => lang.of("Прізвище", "Surname"),
        Field::GivenName => lang.of("Ім’я", "Given name"),
        Field::Patronymic => lang.of("По батькові", "Patronymic"),
        Field::FullName => lang.of("ПІБ", "Full name"),
        Field::BirthDate => lang.of("Дата народження", "Birth date"),
        Field::Sex => lang.of("Стать", "Sex"),
        Field::CertificateSeries => lang.of("Серія свідоцтва", "Certificate series"),
        Field::CertificateNumber => lang.of("Номер свідоцтва", "Certificate number"),
        Field::Certificate => lang.of("Свідоцтво про народження", "Birth certificate"),
        Field::Document => lang.of("Документ", "Document"),
        Field::Unzr => lang.of("УНЗР", "UNZR"),
        Field::Rnokpp => lang.of("РНОКПП", "RNOKPP"),
        Field::School => lang.of("Заклад освіти", "School"),
        Field::Region => lang.of("Область", "Region"),
        Field::Grade => lang.of("Клас", "Grade"),
        Field::Displacement => lang.of("Переміщення", "Displacement"),
        Field::ContactLost => lang.of("Втрачено контакт", "Contact lost"),
        Field::Updated => lang.of("Оновлено", "Updated"),
        Field::Office => lang.of("Орган управління освітою", "Education office"),
        Field::Withdrawal => lang.of("Причина вибуття", "Reason of leaving"),
        Field::WithdrawalDate => lang.of("Дата вибуття", "Day of leaving"),
        Field::MotherGivenName => lang.of("Ім’я матері", "Mother's given name"),
        Field::FatherGivenName => lang.of("Ім’я батька", "Father's given name"),
    }
}

/// A reason's code, as a heading.
pub const fn reason_code(code: ReasonCode, lang: Lang) -> &'static str {
    match code {
        ReasonCode::SettledBy => lang.of("Статус визначив реєстр", "Settled by a register"),
        ReasonCode::SoughtBy => lang.of("Розшукується", "Sought"),
        ReasonCode::Contradiction => lang.of("Суперечливі свідчення", "Contradicting evidence"),
        ReasonCode::PossibleLink => lang.of("Можливий збіг", "Possible link"),
        ReasonCode::PossibleTwin => {
            lang.of("Можливий збіг із близнюком", "Possible link, twin or sibling")
        }
        ReasonCode::Ambiguous => lang.of("Кілька рівноцінних записів", "Several records fit"),
        ReasonCode::TooOld => lang.of("Надто давнє свідчення", "Evidence too old"),
        ReasonCode::InFuture => lang.of("Свідчення після дня звірки", "Evidence in the future"),
        ReasonCode::Undated => lang.of("Свідчення без дати", "Undated evidence"),
        ReasonCode::IdentityOnly => lang.of("Доведено лише існування", "Identity only"),
        ReasonCode::NotFound => lang.of("Немає відповідного запису", "No record that fits"),
        ReasonCode::OutOfScope => lang.of("Реєстр не охоплює", "Out of scope"),
        ReasonCode::ContactLost => lang.of("Втрачено контакт", "Contact lost"),
        ReasonCode::DisplacedInternally => lang.of("Внутрішнє переміщення", "Displaced internally"),
        ReasonCode::DisplacedAbroad => lang.of("Переміщення за кордон", "Displaced abroad"),
        ReasonCode::TooFewFields => lang.of("Замало даних", "Too few fields"),
        ReasonCode::SchoolVouches => lang.of("За шкільним списком", "By the school list"),
        ReasonCode::RecordsDiffer => {
            lang.of("Можливо, є інший шкільний запис", "Maybe another school record")
        }
        ReasonCode::HeldBack => {
            lang.of("Майже певний збіг, до перевірки", "Link held back for a look")
        }
        ReasonCode::Vanished => {
            lang.of("Лише в попередніх шкільних списках", "In earlier school lists only")
        }
        ReasonCode::Graduated => lang.of("Вибуття з випускного класу", "Left from a leaving class"),
        ReasonCode::SchoolSaysDied => lang.of("Школа зазначила: смерть", "Died, the school says"),
        ReasonCode::SchoolSaysAbroad => {
            lang.of("Школа зазначила: виїзд за кордон", "Left for good, the school says")
        }
        ReasonCode::SchoolSaysFinished => {
            lang.of("Школа зазначила: закінчення навчання", "Finished, the school says")
        }
        ReasonCode::SchoolSaysMoved => lang
            .of("Школа зазначила: перехід до іншого закладу", "Moved to another, the school says"),
        ReasonCode::SchoolSaysNowhere => {
            lang.of("Школа зазначила: ніде не навчається", "Attends nowhere, the school says")
        }
        ReasonCode::SiblingMissing => {
            lang.of("Розшукують, можливо, брата чи сестру", "Maybe a brother or sister is sought")
        }
    }
}

/// A day as people of the language write it: `05.07.2023`, `2023-07-05`.
pub fn date(date: Date, lang: Lang) -> String {
    match lang {
        Lang::Uk => format!("{:02}.{:02}.{:04}", date.day(), date.month(), date.year()),
        Lang::En => date.to_string(),
    }
}

/// The form of a Ukrainian noun that follows the number `n`: `одна дитина`, `дві дитини`,
/// `п’ять дітей` (the cardinal plural rules of Unicode CLDR for `uk`).
pub const fn plural<'a>(n: u64, one: &'a str, few: &'a str, many: &'a str) -> &'a str {
    match (n % 10, n % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    }
}

/// `1 дитина`, `2 дитини`, `5 дітей`; `1 child`, `2 children`.
pub fn children(n: u64, lang: Lang) -> String {
    let noun = match lang {
        Lang::Uk => plural(n, "дитина", "дитини", "дітей"),
        Lang::En if n == 1 => "child",
        Lang::En => "children",
    };
    format!("{}\u{a0}{noun}", count(n, lang))
}

/// A whole number in groups of three digits.
pub fn count(n: u64, lang: Lang) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(lang.of('\u{a0}', ','));
        }
        text.push(digit);
    }
    text
}

/// A number with some decimals; a dash where it is none.
pub fn decimal(value: f64, decimals: usize, lang: Lang) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    // Neither a negative zero nor one that comes of rounding.
    let text = format!("{value:.decimals$}");
    let text = match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|byte| matches!(byte, b'0' | b'.')) => rest.to_owned(),
        _ => text,
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("−", whole));
    // Beyond u64 nobody counts.
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), |whole| count(whole, lang));
    let mut out = format!("{sign}{whole}");
    if !fraction.is_empty() {
        let _ = write!(out, "{}{fraction}", lang.of(',', '.'));
    }
    out
}

/// `Дата народження` → `дата народження`; abbreviations stay.
fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => name.to_owned(),
    }
}

/// A method by which false links are estimated.
pub fn method(key: &str, lang: Lang) -> &'static str {
    match key {
        "model" => lang.of("модель", "model"),
        "decoys" => lang.of("вигадані діти", "decoys"),
        "hidden" => lang.of("приховані номери", "hidden identifiers"),
        "removed" => lang.of("вилучені записи", "removed records"),
        "duplicates" => lang.of("подвійні збіги", "duplicates"),
        _ => lang.of("інша оцінка", "other"),
    }
}

/// An expected number of errors. What is not nothing does not read as nothing.
pub fn expected(value: f64, lang: Lang) -> String {
    if value > 0.0 && value < 0.005 {
        return format!("<\u{202f}{}", decimal(0.01, 2, lang));
    }
    decimal(value, 2, lang)
}

/// An upper bound of a number of errors, rounded up.
pub fn upper(value: f64, lang: Lang) -> String {
    // A hair less, so that 0.07 stays 0.07.
    decimal((value * 100.0 - 1e-9).ceil() / 100.0, 2, lang)
}

/// A share of 1 as a percentage. Nothing but 0 and 1 reads as 0 % and 100 %: of a
/// probability the distance from certainty is what matters.
pub fn percent(share: f64, lang: Lang) -> String {
    if !share.is_finite() {
        return "–".to_owned();
    }
    // A hair more, so that 0.9999 is 99.99 %.
    let distance = share.min(1.0 - share) * (1.0 + 1e-9);
    if share > 0.0 && share < 1.0 && distance < 1e-6 {
        let edge = lang.of(("0,0001", "99,9999"), ("0.0001", "99.9999"));
        return if share < 0.5 {
            format!("<\u{202f}{}\u{a0}%", edge.0)
        } else {
            format!(">\u{202f}{}\u{a0}%", edge.1)
        };
    }
    let decimals = match distance {
        d if d <= 0.0 => return format!("{}\u{a0}%", if share > 0.5 { 100 } else { 0 }),
        d if d < 0.000_01 => 4,
        d if d < 0.000_1 => 3,
        d if d < 0.001 => 2,
        _ => 1,
    };
    // Rounded towards uncertainty.
    let scale = 10_f64.powi(2 + decimals);
    let scaled = share * scale;
    let kept = if share > 0.5 { (scaled + 1e-6).floor() } else { (scaled - 1e-6).ceil() };
    let decimals = usize::try_from(decimals).unwrap_or(0);
    format!("{}\u{a0}%", decimal(kept / scale * 100.0, decimals, lang))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolve::Decision;
    use crate::verdict::Reason;

    const LANGS: [Lang; 2] = [Lang::Uk, Lang::En];

    fn every_reason() -> Vec<Reason> {
        let day = jiff::civil::date(2023, 3, 9);
        let mut reasons = Vec::new();
        for &code in ReasonCode::ALL {
            let bare = Reason { code, source: None, date: None, kind: None };
            let full =
                Reason { source: Some(0), date: Some(day), kind: Some(Kind::Present), ..bare };
            reasons.extend([full, bare]);
        }
        reasons
    }

    #[test]
    fn nothing_lacks_words() {
        let mut uk = Vec::new();
        let mut en = Vec::new();
        for (lang, all) in [(Lang::Uk, &mut uk), (Lang::En, &mut en)] {
            all.extend(Status::ALL.map(|s| status(s, lang)));
            all.extend(Status::ALL.map(|s| status_meaning(s, lang)));
            all.extend(Kind::ALL.map(|k| kind(k, lang)));
            all.extend(Kind::ALL.map(|k| reasons::predicate(k, lang)));
            all.extend(Comparison::ALL.map(|c| comparison(c, lang)));
            all.extend(Field::ALL.map(|f| field(f, lang)));
            all.extend(ReasonCode::ALL.iter().map(|&c| reason_code(c, lang)));
            for c in Comparison::ALL {
                all.extend(c.levels().iter().map(|name| level(name, lang).expect(name)));
            }
            all.extend(level("missing", lang));
        }
        assert!(level(Decision::Link.key(), Lang::Uk).is_none());
        for (uk, en) in uk.into_iter().zip(en) {
            assert!(!uk.is_empty() && !en.is_empty());
            assert!(en.is_ascii(), "{en}");
            let cyrillic = uk.chars().filter(|c| c.is_alphabetic());
            assert!(cyrillic.into_iter().all(|c| ('\u{400}'..'\u{500}').contains(&c)), "{uk}");
        }
    }

    #[test]
    fn words_of_one_list_differ() {
        for lang in LANGS {
            let mut words = Status::ALL.map(|s| status(s, lang)).to_vec();
            words.sort_unstable();
            words.dedup();
            assert_eq!(words.len(), Status::ALL.len());
            for c in Comparison::ALL {
                let mut words: Vec<_> = c.levels().iter().map(|n| level(n, lang)).collect();
                words.sort_unstable();
                words.dedup();
                assert_eq!(words.len(), c.levels().len());
            }
            let mut words = Field::ALL.map(|f| field(f, lang)).to_vec();
            words.sort_unstable();
            words.dedup();
            assert_eq!(words.len(), Field::ALL.len());
        }
    }

    #[test]
    fn reasons_in_sentences() {
        let mut text = String::new();
        for item in every_reason() {
            let source = item.source.map(|_| "ehealth");
            for lang in LANGS {
                let _ = writeln!(text, "{}: {}", item.code.key(), reason(&item, source, lang));
            }
        }
        insta::assert_snapshot!(text);
    }

    #[test]
    fn ukrainian_plurals() {
        let noun = |n| plural(n, "дитина", "дитини", "дітей");
        for n in [1, 21, 31, 101, 121, 1001] {
            assert_eq!(noun(n), "дитина", "{n}");
        }
        for n in [2, 3, 4, 22, 34, 102, 1_000_003] {
            assert_eq!(noun(n), "дитини", "{n}");
        }
        for n in [0, 5, 10, 11, 12, 13, 14, 15, 20, 25, 100, 111, 112, 114, 1011, 1_000_000] {
            assert_eq!(noun(n), "дітей", "{n}");
        }
    }

    #[test]
    fn numbers() {
        assert_eq!(count(0, Lang::Uk), "0");
        assert_eq!(count(1234, Lang::Uk), "1\u{a0}234");
        assert_eq!(count(1_234_567, Lang::En), "1,234,567");
        assert_eq!(decimal(-1234.56, 1, Lang::Uk), "−1\u{a0}234,6");
        assert_eq!(decimal(0.25, 2, Lang::En), "0.25");
        assert_eq!(decimal(f64::NAN, 2, Lang::Uk), "–");
        assert_eq!(decimal(-0.001, 2, Lang::En), "0.00");
        assert_eq!(expected(0.000_3, Lang::En), "<\u{202f}0.01");
        assert_eq!(expected(0.0, Lang::En), "0.00");
        assert_eq!(upper(0.000_3, Lang::En), "0.01");
        assert_eq!(upper(0.07, Lang::En), "0.07");
        assert_eq!(upper(0.0, Lang::Uk), "0,00");
        assert_eq!(upper(f64::INFINITY, Lang::Uk), "–");
        assert_eq!(children(22, Lang::Uk), "22\u{a0}дитини");
        assert_eq!(children(1, Lang::En), "1\u{a0}child");
    }

    #[test]
    fn no_percentage_pretends_certainty() {
        let text = |share| percent(share, Lang::En).replace(['\u{a0}', '\u{202f}'], "");
        assert_eq!(text(0.0), "0%");
        assert_eq!(text(1.0), "100%");
        assert_eq!(text(0.5), "50.0%");
        assert_eq!(text(0.9999), "99.99%");
        assert_eq!(text(0.9996), "99.96%");
        assert_eq!(text(0.999_996), "99.9996%");
        assert_eq!(text(0.999_999_9), ">99.9999%");
        assert_eq!(text(0.000_000_1), "<0.0001%");
        assert_eq!(text(0.987_65), "98.7%");
        assert_eq!(text(f64::NAN), "–");
    }

    proptest::proptest! {
        #[test]
        fn percentages_lean_to_uncertainty(share in 0.5_f64..1.0) {
            let text = percent(share, Lang::En);
            if !text.starts_with('>') {
                let shown: f64 = text.trim_end_matches(['\u{a0}', '%']).parse().unwrap();
                proptest::prop_assert!(shown <= share * 100.0 + 1e-4 && shown < 100.0);
                proptest::prop_assert!(share * 100.0 - shown < 0.11);
            }
        }
    }
}
