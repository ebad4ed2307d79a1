//! Words of the lists that officials open: what was found, where it was searched, and what
//! the list is.

use jiff::civil::Date;

use super::{Lang, date, kind, lower_first, quoted};
use crate::job::{Kind, SheetsBy};
use crate::verdict::Status;

/// What a register gave for a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Finding {
    /// It holds the child as sought, since a day.
    Sought(Option<Date>),
    /// Its evidence contradicts others'.
    Contradicted(Kind, Option<Date>),
    /// A record that is almost certainly the child's waits for a look.
    HeldBack(Option<Date>),
    /// A record may be the child's.
    Possible(Option<Date>),
    /// The same, and its evidence would settle nothing.
    PossibleOnly(Option<Date>),
    /// A record may be the child's, or a twin's or sibling's.
    Twin,
    /// Several records fit nearly as well.
    Several,
    /// Evidence before the period.
    TooOld(Option<Date>),
    /// Evidence after the day of the check.
    InFuture(Option<Date>),
    /// Evidence without a day.
    Undated,
    /// The person exists, no more.
    Identity,
    /// Evidence that counts, and that settled nothing.
    Seen(Kind, Option<Date>),
    /// No record that fits.
    NothingFits,
    /// The register does not cover the child.
    Outside(Outside),
}

/// Why a register does not cover a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) enum Outside {
    /// The region.
    Region,
    /// The year of birth.
    Years,
    /// Whatever it is.
    Other,
}

/// What a register gave, in a short phrase. `events` are the days that the register covers.
pub(in crate::report) fn finding(
    finding: Finding,
    events: (Option<Date>, Option<Date>),
    lang: Lang,
) -> String {
    let day =
        |day: Option<Date>| day.map_or_else(String::new, |day| format!(" {}", date(day, lang)));
    let on =
        |day: Option<Date>| day.map_or_else(String::new, |day| format!(" ({})", date(day, lang)));
    match finding {
        Finding::Sought(since) => {
            let holds = lang.of("дитину розшукують", "holds the child as sought");
            since.map_or_else(
                || holds.to_owned(),
                |since| format!("{holds} {} {}", lang.of("від", "since"), date(since, lang)),
            )
        }
        Finding::Contradicted(what, on) => format!(
            "{}{}: {}; {}",
            lang.of("свідчення", "evidence"),
            day(on),
            lower_first(kind(what, lang)),
            lang.of("інші йому суперечать", "others contradict it")
        ),
        Finding::HeldBack(day) => {
            lang.of("майже певний збіг, до перевірки", "a link held back for a look").to_owned()
                + &on(day)
        }
        Finding::Possible(day) => {
            lang.of("запис, який, можливо, належить дитині", "a record that may be the child's")
                .to_owned()
                + &on(day)
        }
        Finding::PossibleOnly(day) => {
            lang.of(
                "запис, який, можливо, належить дитині, але статусу не визначив би",
                "a record that may be the child's, and would settle nothing",
            )
            .to_owned()
                + &on(day)
        }
        Finding::Twin => lang
            .of(
                "схожий запис, можливо, близнюка, брата чи сестри",
                "a similar record, maybe a twin's or sibling's",
            )
            .to_owned(),
        Finding::Several => lang
            .of(
                "кілька записів, що відповідають майже однаково",
                "several records that fit nearly as well",
            )
            .to_owned(),
        Finding::TooOld(last) => format!(
            "{}{}, {}",
            lang.of("останнє свідчення", "last evidence"),
            day(last),
            lang.of("надто давнє", "too old")
        ),
        Finding::InFuture(last) => format!(
            "{}{}, {}",
            lang.of("свідчення", "evidence"),
            day(last),
            lang.of("після дня звірки", "after the day of the check")
        ),
        Finding::Undated => lang.of("свідчення без дати", "evidence without a day").to_owned(),
        Finding::Identity => lang
            .of("доводить лише, що така особа є", "proves only that the person exists")
            .to_owned(),
        Finding::Seen(what, last) => format!(
            "{}{}: {}",
            lang.of("свідчення", "evidence"),
            day(last),
            lower_first(kind(what, lang))
        ),
        Finding::NothingFits => {
            let none = lang.of("відповідного запису немає", "no record that fits").to_owned();
            none + &covered(events, lang)
        }
        Finding::Outside(Outside::Region) => {
            lang.of("не охоплює області", "does not cover the region").to_owned()
        }
        Finding::Outside(Outside::Years) => {
            lang.of("не охоплює року народження", "does not cover the year of birth").to_owned()
        }
        Finding::Outside(Outside::Other) => {
            lang.of("не охоплює дитини", "does not cover the child").to_owned()
        }
    }
}

/// The days of the events that a register holds, in brackets.
fn covered((from, to): (Option<Date>, Option<Date>), lang: Lang) -> String {
    let from = from.map(|day| format!(" {} {}", lang.of("від", "from"), date(day, lang)));
    let to = to.map(|day| format!(" {} {}", lang.of("до", "to"), date(day, lang)));
    if from.is_none() && to.is_none() {
        return String::new();
    }
    let events = lang.of("події", "events");
    format!(" ({events}{}{})", from.unwrap_or_default(), to.unwrap_or_default())
}

/// What the supplied extracts say of a child, in a sentence. `registers` are those that hold
/// the child as sought.
pub(in crate::report) fn statement(
    status: Status,
    as_of: Date,
    registers: &[&str],
    lang: Lang,
) -> String {
    let day = date(as_of, lang);
    let names: Vec<_> = registers.iter().map(|name| quoted(name, lang)).collect();
    let names = names.join(", ");
    match (status, lang) {
        (Status::Unconfirmed, Lang::Uk) => {
            format!("Станом на {day} у наданих витягах підтвердження не знайдено")
        }
        (Status::Unconfirmed, Lang::En) => {
            format!("No confirming evidence found in the supplied extracts as of {day}")
        }
        (Status::NotAssessable, Lang::Uk) => format!(
            "Станом на {day} у наданих витягах підтвердження не знайдено: заповнено замало полів, \
             щоб його шукати"
        ),
        (Status::NotAssessable, Lang::En) => format!(
            "No confirming evidence found in the supplied extracts as of {day}: too few fields are \
             filled in to look for it"
        ),
        (Status::ReportedMissing, Lang::Uk) if names.is_empty() => {
            format!("Станом на {day} дитина в розшуку за даними наданих витягів")
        }
        (Status::ReportedMissing, Lang::Uk) => {
            format!("Станом на {day} дитина в розшуку за даними реєстру {names}")
        }
        (Status::ReportedMissing, Lang::En) if names.is_empty() => {
            format!("A supplied extract holds the child as sought as of {day}")
        }
        (Status::ReportedMissing, Lang::En) => {
            format!("The register {names} holds the child as sought as of {day}")
        }
        (Status::Review, Lang::Uk) => format!(
            "Станом на {day} свідчення в наданих витягах непевні або суперечать одне одному: має \
             перевірити людина"
        ),
        (Status::Review, Lang::En) => format!(
            "Evidence in the supplied extracts as of {day} is not certain, or is contradictory: a person \
             has to check it"
        ),
        (Status::Confirmed | Status::ConfirmedAbroad | Status::Deceased, _) => {
            super::status_meaning(status, lang).to_owned()
        }
    }
}

/// What the list says, and what it does not say.
pub(in crate::report) fn what_the_list_says(as_of: Date, lang: Lang) -> [String; 2] {
    let day = date(as_of, lang);
    match lang {
        Lang::Uk => [
            format!(
                "Перелік каже лише те, що є в наданих витягах реєстрів станом на {day}, і що має \
                 перевірити людина."
            ),
            "Він не каже, що дитина зникла, і не каже, що дитина в безпеці. Статус \
             «Розшукується» чи «Померла» дає лише реєстр, який так каже, і його названо; слово школи \
             наведено як слово школи."
                .to_owned(),
        ],
        Lang::En => [
            format!(
                "The list says only what the supplied extracts of registers hold as of {day}, and \
                 what a person should check."
            ),
            "It does not say that a child is missing, nor that a child is safe. Only a \
             register that says so gives the status of sought or deceased, and it is named; what a \
             school says is given as the school's word."
                .to_owned(),
        ],
    }
}

/// Whom the points of a priority are for; `None` if no key bears this name.
pub(in crate::report) fn priority(key: &str, lang: Lang) -> Option<&'static str> {
    Some(match key {
        "reported_missing" => lang.of("статус: розшукується", "status: reported missing"),
        "unconfirmed" => lang.of("статус: не підтверджено", "status: unconfirmed"),
        "not_assessable" => lang.of("статус: замало даних", "status: not assessable"),
        "review" => lang.of("статус: потребує перевірки", "status: needs review"),
        "contact_lost" => lang.of("школа втратила контакт", "the school lost contact"),
        "displaced" => {
            lang.of("школа позначила переміщення", "the school marks the child as displaced")
        }
        "no_trace" => lang.of(
            "у наданих витягах реєстрів немає запису, який може належати дитині",
            "no supplied extract of a register has a record that may be the child's",
        ),
        "school_says" => lang.of(
            "за словами школи: смерть, виїзд, перехід або ніде не навчається",
            "the school says: died, left, moved or attends nowhere",
        ),
        "vanished" => lang.of("лише в попередніх шкільних списках", "in earlier school lists only"),
        "sibling_missing" => {
            lang.of("розшукують, можливо, брата чи сестру", "maybe a brother or sister is sought")
        }
        "year_younger" => lang.of("за кожен рік до 18-річчя", "for each year of age below 18"),
        "year_unseen" => lang.of(
            "за кожен рік від останнього свідчення, щонайбільше п’ять",
            "for each year since the latest evidence, five at the most",
        ),
        "possible_double" => lang.of(
            "інший шкільний запис може бути про ту саму дитину",
            "another school record may be of the same child",
        ),
        "finished" => lang.of("закінчено навчання", "the pupil finished school"),
        _ => return None,
    })
}

/// What groups children, as a heading.
pub(in crate::report) const fn grouping(by: SheetsBy, lang: Lang) -> &'static str {
    super::field(by.field(), lang)
}

/// Stands for a label that nobody stated.
pub(in crate::report) const fn not_stated(lang: Lang) -> &'static str {
    lang.of("(не вказано)", "(not stated)")
}

/// Why a row or value could not be read. Reasons are English where they arise; one that has no
/// Ukrainian words here stays so.
pub(in crate::report) fn rejection(reason: &str, lang: Lang) -> &str {
    if lang == Lang::En {
        return reason;
    }
    match reason {
        "a quote is opened that nothing closes" => "лапки відкрито, але не закрито",
        "it repeats the headings" => "рядок повторює заголовки",
        "control digit is wrong" => "хибна контрольна цифра",
        "wrong number of digits" => "хибна кількість цифр",
        "unzr contradicts birth date" => "УНЗР суперечить даті народження",
        "rnokpp contradicts birth date" => "РНОКПП суперечить даті народження",
        "rnokpp contradicts sex" => "РНОКПП суперечить статі",
        "contains no possible birth date" => "не містить можливої дати народження",
        "no such day in the calendar" => "такого дня в календарі немає",
        "not a date" => "не дата",
        "year outside 1900–2100" => "рік поза межами 1900–2100",
        "day or month is missing" => "немає дня або місяця",
        "placeholder date" => "умовна дата",
        "placeholder number" => "умовний номер",
        "no number" => "немає номера",
        "too few digits" => "замало цифр",
        "digits are masked" => "цифри приховано",
        "scientific notation has lost the last digits" => {
            "останні цифри втрачено через запис зі степенем"
        }
        "one value on many records of different children" => {
            "одне значення в багатьох різних дітей"
        }
        "no letters of a name" => "немає літер імені",
        "not one of the known spellings" => "невідоме позначення",
        "value is not among the kinds of the job" => "значення не названо в завданні",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::job::PrioritySettings;
    use crate::verdict::{Reason, ReasonCode};

    const DAY: Date = jiff::civil::date(2021, 5, 1);

    fn findings() -> Vec<Finding> {
        let mut all = vec![
            Finding::Contradicted(Kind::Deceased, Some(DAY)),
            Finding::Contradicted(Kind::Present, None),
            Finding::Twin,
            Finding::Several,
            Finding::Undated,
            Finding::Identity,
            Finding::Seen(Kind::Abroad, Some(DAY)),
            Finding::NothingFits,
            Finding::Outside(Outside::Region),
            Finding::Outside(Outside::Years),
            Finding::Outside(Outside::Other),
        ];
        for day in [Some(DAY), None] {
            all.extend([
                Finding::Sought(day),
                Finding::HeldBack(day),
                Finding::Possible(day),
                Finding::PossibleOnly(day),
                Finding::TooOld(day),
                Finding::InFuture(day),
            ]);
        }
        all
    }

    /// Everything that the lists may say of a child, in one language.
    fn sentences(lang: Lang) -> Vec<String> {
        let until = Some(jiff::civil::date(2023, 7, 5));
        let mut all = Vec::new();
        for finding in findings() {
            all.push(super::finding(finding, (None, None), lang));
        }
        for events in [(Some(DAY), until), (Some(DAY), None), (None, until)] {
            all.push(finding(Finding::NothingFits, events, lang));
        }
        for status in Status::ALL {
            all.push(statement(status, DAY, &[], lang));
            all.push(statement(status, DAY, &["missing"], lang));
        }
        all
    }

    #[test]
    fn findings_and_statements() {
        let mut text = String::new();
        for (uk, en) in sentences(Lang::Uk).into_iter().zip(sentences(Lang::En)) {
            let _ = writeln!(text, "{uk}\n  {en}");
        }
        insta::assert_snapshot!(text);
    }

    #[test]
    fn nobody_is_called_missing_or_safe() {
        for lang in Lang::ALL {
            let mut all = sentences(lang);
            for &code in ReasonCode::ALL {
                for kind in Kind::ALL {
                    let reason = Reason { code, source: Some(0), date: None, kind: Some(kind) };
                    all.push(crate::report::words::reason(&reason, Some("x"), lang));
                }
                all.push(crate::report::words::reason_code(code, lang).to_owned());
            }
            for text in all {
                let plain =
                    text.to_lowercase().replace("зниклих осіб", "").replace("missing-persons", "");
                for word in [
                    "зник",
                    "безпе",
                    "врятован",
                    "загубл",
                    "vanish",
                    "safe",
                    "is missing",
                    "not found",
                ] {
                    // The extracts are what nothing was found in.
                    assert!(!plain.contains(word), "{word}: {text}");
                }
            }
        }
    }

    #[test]
    fn every_point_of_the_priority_has_words() {
        for (key, _) in PrioritySettings::default().points() {
            let words = Lang::ALL.map(|lang| priority(key, lang));
            assert!(words.iter().all(Option::is_some), "{key}");
            assert_ne!(words[0], words[1], "{key}");
        }
        assert_eq!(priority("?", Lang::Uk), None);
    }
}
