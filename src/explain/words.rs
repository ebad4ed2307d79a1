//! Words for codes, Ukrainian and English, as far as an explanation needs them. The
//! functions are called as those of the report's words, which say the same at more length.

use jiff::civil::Date;

use crate::compare::Comparison;
use crate::field::Field;
use crate::job::Kind;
use crate::verdict::{ReasonCode, Status};

/// The language of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Ukrainian.
    #[default]
    Uk,
    /// English.
    En,
}

impl Lang {
    const fn of<T: Copy>(self, uk: T, en: T) -> T {
        match self {
            Self::Uk => uk,
            Self::En => en,
        }
    }
}

/// A status.
pub(super) const fn status(status: Status, lang: Lang) -> &'static str {
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

/// A kind of evidence.
pub(super) const fn kind(kind: Kind, lang: Lang) -> &'static str {
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

/// A comparison.
pub(super) const fn comparison(comparison: Comparison, lang: Lang) -> &'static str {
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

/// A level of a comparison by its name in outputs.
pub(super) fn level(name: &str, lang: Lang) -> Option<&'static str> {
    Some(match name {
        "missing" => lang.of("немає даних", "missing"),
        "exact" => lang.of("збігається", "exact"),
        "equivalent" => lang.of("інше написання того самого", "equivalent spelling"),
        "close" => lang.of("описка", "close"),
        "near" => lang.of("схоже", "near"),
        "initial" => lang.of("збігається ініціал", "initial"),
        "swapped" => lang.of("переставлено день і місяць", "day and month swapped"),
        "one_slip" => lang.of("відрізняється одна цифра", "one slip"),
        "partial" => lang.of("збігається відома частина", "known part agrees"),
        "year" => lang.of("збігається лише рік", "year only"),
        "digits" => lang.of("збігається номер, серія інша", "digits agree, series differs"),
        "slip" => lang.of("відрізняється один знак", "one slip"),
        "neighbour" => lang.of("сусідній номер", "neighbouring number"),
        "different" => lang.of("відрізняється", "different"),
        _ => return None,
    })
}

/// A field.
pub(super) const fn field(field: Field, lang: Lang) -> &'static str {
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
        Field::MotherGivenName => lang.of("Ім’я матері", "Mother's given name"),
        Field::FatherGivenName => lang.of("Ім’я батька", "Father's given name"),
    }
}

/// A reason's code.
pub(super) const fn reason_code(code: ReasonCode, lang: Lang) -> &'static str {
    match code {
        ReasonCode::SettledBy => lang.of("Статус визначив реєстр", "Settled by a register"),
        ReasonCode::SoughtBy => lang.of("Розшукується", "Sought"),
        ReasonCode::Contradiction => lang.of("Суперечливі свідчення", "Contradicting evidence"),
        ReasonCode::PossibleLink => lang.of("Можливий збіг", "Possible link"),
        ReasonCode::PossibleTwin => {
            lang.of("Можливий збіг із близнюком", "Possible link, twin or sibling")
        }
        ReasonCode::Ambiguous => lang.of("Кілька рівноцінних записів", "Several records fit"),
        ReasonCode::TooOld => lang.of("Застаре свідчення", "Evidence too old"),
        ReasonCode::InFuture => lang.of("Свідчення після дня звірки", "Evidence in the future"),
        ReasonCode::Undated => lang.of("Свідчення без дати", "Undated evidence"),
        ReasonCode::IdentityOnly => lang.of("Доведено лише існування", "Identity only"),
        ReasonCode::NotFound => lang.of("Запису немає", "Not found"),
        ReasonCode::OutOfScope => lang.of("Реєстр не охоплює", "Out of scope"),
        ReasonCode::ContactLost => lang.of("Втрачено контакт", "Contact lost"),
        ReasonCode::DisplacedInternally => lang.of("Внутрішнє переміщення", "Displaced internally"),
        ReasonCode::DisplacedAbroad => lang.of("Переміщення за кордон", "Displaced abroad"),
        ReasonCode::TooFewFields => lang.of("Замало даних", "Too few fields"),
        ReasonCode::SchoolVouches => lang.of("Підтверджує школа", "School vouches"),
        ReasonCode::RecordsDiffer => lang.of("Шкільні записи розходяться", "School records differ"),
    }
}

/// A day as people of the language write it.
pub(super) fn date(date: Date, lang: Lang) -> String {
    match lang {
        Lang::Uk => format!("{:02}.{:02}.{:04}", date.day(), date.month(), date.year()),
        Lang::En => date.to_string(),
    }
}
