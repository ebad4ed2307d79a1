//! What would settle a child's status: the next steps of a clerk, in Ukrainian.

use crate::compare::{Comparison, MISSING};
use crate::field::Field;
use crate::resolve::Link;
use crate::verdict::{Child, ReasonCode, Status};

use super::Run;
use super::words::{self, Lang};

/// What identifies a child, and the fields any of which holds it.
const ESSENTIAL: [(&str, &[Field]); 5] = [
    ("прізвище", &[Field::Surname, Field::FullName]),
    ("ім’я", &[Field::GivenName, Field::FullName]),
    ("по батькові", &[Field::Patronymic, Field::FullName]),
    ("дата народження", &[Field::BirthDate]),
    ("номер свідоцтва", &[Field::CertificateNumber, Field::Certificate, Field::Document]),
];

/// Steps, the surest first: records to compare, then what the reasons ask for, then what is
/// left when nobody saw the child. `links` are the possible links, best first; `filled` tells
/// whether the main record has a field.
pub(super) fn what_would_settle(
    run: &Run<'_>,
    child: &Child,
    links: &[&Link],
    filled: &dyn Fn(Field) -> bool,
) -> String {
    let has = |code| child.reasons.iter().any(|reason| reason.code == code);
    let mut steps: Vec<String> = links.iter().map(|link| compare_records(run, link)).collect();

    let sought = sources_of(run, child, ReasonCode::SoughtBy);
    if child.status == Status::ReportedMissing || !sought.is_empty() {
        steps.push(match sought.as_str() {
            "" => "Узгодити з поліцією: дитину розшукують".to_owned(),
            sought => format!("Узгодити з поліцією: дитину розшукують за реєстром {sought}"),
        });
    }
    if has(ReasonCode::Contradiction) {
        let sources = sources_of(run, child, ReasonCode::Contradiction);
        steps.push(match sources.as_str() {
            "" => "З’ясувати, котре зі свідчень правдиве".to_owned(),
            sources => format!("З’ясувати, котре зі свідчень правдиве: {sources}"),
        });
    }
    if links.is_empty() && has(ReasonCode::Ambiguous) {
        let sources = sources_of(run, child, ReasonCode::Ambiguous);
        steps.push(format!("Вибрати, котрий запис належить дитині: {sources}"));
    }
    if has(ReasonCode::Undated) {
        let sources = sources_of(run, child, ReasonCode::Undated);
        steps.push(format!("Установити дату свідчення: {sources}"));
    }
    if has(ReasonCode::InFuture) {
        let sources = sources_of(run, child, ReasonCode::InFuture);
        let day = words::date(run.job.as_of, Lang::Uk);
        steps.push(format!("Перевірити дату свідчення, пізнішу за {day}: {sources}"));
    }
    if has(ReasonCode::RecordsDiffer) {
        let records: Vec<_> = child.records.iter().map(|record| run.record(record)).collect();
        steps.push(format!("Узгодити шкільні записи: {}", records.join(", ")));
    }
    let blank: Vec<&str> = ESSENTIAL
        .into_iter()
        .filter(|(_, fields)| !fields.iter().any(|&field| filled(field)))
        .map(|(name, _)| name)
        .collect();
    if !blank.is_empty() {
        steps.push(format!("Доповнити шкільний запис: {}", blank.join(", ")));
    }
    if has(ReasonCode::ContactLost) {
        steps.push("Розшукати родину: школа втратила з нею контакт".to_owned());
    }
    if has(ReasonCode::DisplacedAbroad) {
        steps.push("Отримати підтвердження, що дитина за кордоном".to_owned());
    }
    if steps.is_empty() || matches!(child.status, Status::Unconfirmed | Status::NotAssessable) {
        let since = words::date(run.job.evidence_since, Lang::Uk);
        let mut step =
            format!("З’ясувати місце перебування: жоден реєстр не бачив дитину від {since}");
        if let Some(last) = child.last_evidence {
            step = format!(
                "З’ясувати місце перебування: останнє свідчення – {}",
                words::date(last, Lang::Uk)
            );
        }
        steps.push(step);
    }
    let mut text = steps.join(". ");
    text.push('.');
    text
}

/// Which record to look at, and what to look at in it.
fn compare_records(run: &Run<'_>, link: &Link) -> String {
    let mut differences = Vec::new();
    let mut missing = Vec::new();
    for comparison in Comparison::ALL {
        let name = words::comparison(comparison, Lang::Uk);
        let level = link.pattern.level(comparison);
        // Documents of one kind or another are missing in most registers: nothing to see.
        let telling = matches!(
            comparison,
            Comparison::Surname
                | Comparison::GivenName
                | Comparison::Patronymic
                | Comparison::BirthDate
                | Comparison::Certificate
        );
        if level == MISSING && telling {
            missing.push(lower_first(name));
        } else if level > 1 {
            let level = link.pattern.level_name(comparison);
            let words = words::level(level, Lang::Uk).unwrap_or(level);
            differences.push(format!("{} – {words}", lower_first(name)));
        }
    }
    let mut text = format!("Звірити із записом {}", run.record(&link.registry));
    let mut notes = differences;
    if !missing.is_empty() {
        notes.push(format!("немає даних: {}", missing.join(", ")));
    }
    if link.twin_risk {
        notes.push("чи це не близнюк, брат або сестра".to_owned());
    }
    if !notes.is_empty() {
        text.push_str(" (");
        text.push_str(&notes.join("; "));
        text.push(')');
    }
    text
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

/// Names of the sources that reasons of one code are about, each once.
fn sources_of(run: &Run<'_>, child: &Child, code: ReasonCode) -> String {
    let mut names: Vec<String> = Vec::new();
    for reason in child.reasons.iter().filter(|reason| reason.code == code) {
        if let Some(source) = reason.source {
            let name = format!("«{}»", run.source_name(source));
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names.join(", ")
}
