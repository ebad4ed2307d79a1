//! Reasons in sentences. What a register holds is said of the register, never of the child:
//! nobody is called missing, safe or dead but by a register that says so, which is named.

use super::{Lang, date};
use crate::job::Kind;
use crate::verdict::{Reason, ReasonCode};

/// What a kind of evidence says of a child, after «дитина» or "the child".
pub(super) const fn predicate(kind: Kind, lang: Lang) -> &'static str {
    match kind {
        Kind::Identity => lang.of("записана як особа", "is on record"),
        Kind::Present => lang.of("перебувала в країні", "was in the country"),
        Kind::Displaced => {
            lang.of("була переміщена в межах країни", "was displaced within the country")
        }
        Kind::Abroad => lang.of("виїхала за кордон", "left the country"),
        Kind::Deceased => lang.of("записана як померла", "is recorded as dead"),
        Kind::ReportedMissing => lang.of("розшукується", "is sought"),
        Kind::Returned => lang.of("повернулася", "came back"),
    }
}

/// A source's name in quotation marks.
pub(in crate::report) fn quoted(name: &str, lang: Lang) -> String {
    let (open, close) = lang.of(("«", "»"), ("“", "”"));
    format!("{open}{name}{close}")
}

/// A reason in a sentence; `source` is the name of the source that it is about.
pub fn reason(reason: &Reason, source: Option<&str>, lang: Lang) -> String {
    let name = source.map_or_else(String::new, |name| format!(" {}", quoted(name, lang)));
    let on = reason.date.map_or_else(String::new, |day| format!(" ({})", date(day, lang)));
    let says = reason.kind.map(|kind| predicate(kind, lang));
    match lang {
        Lang::Uk => reason_uk(reason.code, &name, &on, says),
        Lang::En => reason_en(reason.code, &name, &on, says),
    }
}

fn reason_uk(code: ReasonCode, name: &str, on: &str, says: Option<&str>) -> String {
    let child = says.map_or_else(String::new, |says| format!(": дитина {says}"));
    let claim = says.map_or_else(String::new, |says| format!("; за ним дитина {says}"));
    match code {
        ReasonCode::SettledBy => format!("Статус визначив реєстр{name}{child}{on}"),
        ReasonCode::SoughtBy => format!("За даними реєстру{name} дитину розшукують{on}"),
        ReasonCode::Contradiction => {
            format!("Свідчення суперечать одне одному; реєстр{name}{child}{on}")
        }
        ReasonCode::PossibleLink => {
            format!("У реєстрі{name} є запис, який, можливо, належить дитині{claim}{on}")
        }
        ReasonCode::PossibleTwin => format!(
            "У реєстрі{name} є схожий запис, але він може належати близнюкові, братові чи сестрі{on}"
        ),
        ReasonCode::Ambiguous => {
            format!("У реєстрі{name} дитині майже однаково відповідають кілька записів{on}")
        }
        ReasonCode::TooOld => format!(
            "Свідчення реєстру{name} давніше за день, від якого свідчення враховують{child}{on}"
        ),
        ReasonCode::InFuture => {
            format!("Свідчення реєстру{name} пізніше за день звірки{child}{on}")
        }
        ReasonCode::Undated => format!("Свідчення реєстру{name} не має дати{child}"),
        ReasonCode::IdentityOnly => {
            format!("Реєстр{name} доводить лише те, що така дитина існує{on}")
        }
        ReasonCode::NotFound => {
            format!("У наданому витязі реєстру{name} немає запису, що відповідав би дитині")
        }
        ReasonCode::OutOfScope => format!("Наданий витяг реєстру{name} цієї дитини не охоплює"),
        ReasonCode::ContactLost => format!("Школа позначила, що контакт утрачено{on}"),
        ReasonCode::DisplacedInternally => {
            format!("Школа позначила дитину як переміщену в межах країни{on}")
        }
        ReasonCode::DisplacedAbroad => format!("Школа позначила, що дитина за кордоном{on}"),
        ReasonCode::TooFewFields => "Заповнено замало полів, щоб шукати дитину".to_owned(),
        ReasonCode::SchoolVouches => format!(
            "За шкільним списком{name} дитина є серед учнів{on}; завдання визнає це свідченням"
        ),
        ReasonCode::RecordsDiffer => {
            "У шкільних списках є інший запис, який може бути про цю саму дитину".to_owned()
        }
        ReasonCode::HeldBack => format!(
            "Запис реєстру{name} майже напевно належить дитині{claim}{on}; це слід перевірити"
        ),
        ReasonCode::Vanished => {
            format!(
                "Дитина є в попередньому витязі{name}{on}, а в останніх шкільних списках її немає"
            )
        }
        ReasonCode::Graduated => format!(
            "Дитина є в попередньому витязі{name}{on} у випускному класі, а в останніх шкільних \
             списках її немає"
        ),
        ReasonCode::SchoolSaysDied => format!(
            "Школа зазначила смерть дитини{on}; у наданих витягах реєстрів запису про це немає"
        ),
        ReasonCode::SchoolSaysAbroad => {
            format!("Школа зазначила, що дитина виїхала за кордон на постійне проживання{on}")
        }
        ReasonCode::SchoolSaysFinished => format!("Школа зазначила закінчення навчання{on}"),
        ReasonCode::SchoolSaysMoved => format!(
            "Школа зазначила перехід до іншого закладу{on}; в інших наданих списках запису дитини \
             немає"
        ),
        ReasonCode::SchoolSaysNowhere => {
            format!("Школа зазначила, що дитина ніде не навчається{on}")
        }
        ReasonCode::SiblingMissing => {
            format!(
                "За даними реєстру{name} розшукують дитину з того самого закладу з такими самими прізвищем і по батькові: можливо, брата чи сестру{on}"
            )
        }
    }
}

fn reason_en(code: ReasonCode, name: &str, on: &str, says: Option<&str>) -> String {
    let child = says.map_or_else(String::new, |says| format!(": the child {says}"));
    let claim = says.map_or_else(String::new, |says| format!("; by it the child {says}"));
    match code {
        ReasonCode::SettledBy => format!("Settled by the register{name}{child}{on}"),
        ReasonCode::SoughtBy => format!("The register{name} holds the child as sought{on}"),
        ReasonCode::Contradiction => {
            format!("Evidence is contradictory; the register{name}{child}{on}")
        }
        ReasonCode::PossibleLink => {
            format!("The register{name} has a record that may be the child's{claim}{on}")
        }
        ReasonCode::PossibleTwin => {
            format!("The register{name} has a similar record that may be a twin's or sibling's{on}")
        }
        ReasonCode::Ambiguous => {
            format!("Several records of the register{name} fit the child nearly as well{on}")
        }
        ReasonCode::TooOld => {
            format!("Evidence of the register{name} is older than what counts{child}{on}")
        }
        ReasonCode::InFuture => {
            format!("Evidence of the register{name} is later than the day of the check{child}{on}")
        }
        ReasonCode::Undated => format!("Evidence of the register{name} bears no date{child}"),
        ReasonCode::IdentityOnly => {
            format!("The register{name} proves only that such a child exists{on}")
        }
        ReasonCode::NotFound => {
            format!("The supplied extract of the register{name} has no record that fits the child")
        }
        ReasonCode::OutOfScope => {
            format!("The supplied extract of the register{name} does not cover this child")
        }
        ReasonCode::ContactLost => format!("The school marks contact as lost{on}"),
        ReasonCode::DisplacedInternally => {
            format!("The school marks the child as displaced within the country{on}")
        }
        ReasonCode::DisplacedAbroad => format!("The school marks the child as abroad{on}"),
        ReasonCode::TooFewFields => "Too few fields are filled in to look for the child".to_owned(),
        ReasonCode::SchoolVouches => {
            format!("The school list{name} has the child as a pupil{on}; the job lets this count")
        }
        ReasonCode::RecordsDiffer => {
            "The school lists have another record that may be of this very child".to_owned()
        }
        ReasonCode::HeldBack => format!(
            "A record of the register{name} is almost certainly the child's{claim}{on}; worth a look"
        ),
        ReasonCode::Vanished => format!(
            "The child stands in the earlier extract{name}{on}, and in none of the latest school \
             lists"
        ),
        ReasonCode::Graduated => format!(
            "The child stands in a leaving class of the earlier extract{name}{on}, and in none of \
             the latest school lists"
        ),
        ReasonCode::SchoolSaysDied => format!(
            "The school says that the child died{on}; the supplied extracts of registers have no \
             record of it"
        ),
        ReasonCode::SchoolSaysAbroad => {
            format!("The school says that the child left the country for good{on}")
        }
        ReasonCode::SchoolSaysFinished => format!("The school says that the pupil finished{on}"),
        ReasonCode::SchoolSaysMoved => format!(
            "The school says that the child moved to another school{on}; no other list supplied \
             has a record"
        ),
        ReasonCode::SchoolSaysNowhere => {
            format!("The school says that the child attends nowhere{on}")
        }
        ReasonCode::SiblingMissing => {
            format!(
                "The register{name} holds as sought a pupil of the same school, surname and patronymic: maybe a brother or sister{on}"
            )
        }
    }
}
