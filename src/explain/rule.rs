//! The rule that gave a status, in a sentence. Rules are tried in this order: death, search,
//! the school's word of a death, two places at once, latest evidence that counts, possible link,
//! too few fields, nothing found.

use jiff::civil::Date;

use crate::report::words::{self, Lang};
use crate::run_folder::ChildRow;
use crate::verdict::{ReasonCode, Status};

/// The sources that the codes of one kind name.
fn sources(child: &ChildRow, code: ReasonCode) -> Vec<&str> {
    child
        .reason_codes
        .iter()
        .filter_map(|text| text.split_once(':'))
        .filter(|(key, _)| *key == code.key())
        .map(|(_, source)| source)
        .collect()
}

fn has(child: &ChildRow, code: ReasonCode) -> bool {
    child
        .reason_codes
        .iter()
        .any(|text| text.split_once(':').map_or(text.as_str(), |parts| parts.0) == code.key())
}

/// ` «a», «b»`, or nothing.
fn named(sources: &[&str], lang: Lang) -> String {
    if sources.is_empty() {
        return String::new();
    }
    let quoted = sources.iter().map(|name| match lang {
        Lang::Uk => format!("«{name}»"),
        Lang::En => format!("“{name}”"),
    });
    format!(" {}", quoted.collect::<Vec<_>>().join(", "))
}

/// Which rule gave the child its status.
pub(super) fn sentence(child: &ChildRow, (since, as_of): (Date, Date), lang: Lang) -> String {
    let settled = named(&sources(child, ReasonCode::SettledBy), lang);
    let (since, as_of) = (words::date(since, lang), words::date(as_of, lang));
    let uk = lang == Lang::Uk;
    match child.status {
        Status::Deceased if uk => {
            format!(
                "Прийнято збіг із записом про смерть: реєстр{settled}. Це переважує решту свідчень"
            )
        }
        Status::Deceased => {
            format!(
                "A link to a record of death was accepted: register{settled}. It outweighs all else"
            )
        }
        Status::ReportedMissing => {
            let sought = named(&sources(child, ReasonCode::SoughtBy), lang);
            if uk {
                format!(
                    "За даними реєстру{sought} дитину розшукують, і пізнішого свідчення, яке це спростувало б, немає"
                )
            } else {
                format!(
                    "Register{sought} holds the child as sought, and no later evidence refutes it"
                )
            }
        }
        Status::Review if has(child, ReasonCode::SchoolSaysDied) => if uk {
            "Школа зазначила смерть дитини, а в жодному наданому витязі запису про неї немає: смерть засвідчує лише реєстр. Вирішує людина"
        } else {
            "The school wrote the child's death, and no register has it: only a register makes a death. A person decides"
        }
        .to_owned(),
        Status::Review if has(child, ReasonCode::HeldBack) => {
            let held = named(&sources(child, ReasonCode::HeldBack), lang);
            if uk {
                format!(
                    "Збіг визначив би статус, але його слід спершу перевірити: реєстр{held}. Вирішує людина"
                )
            } else {
                format!(
                    "A link would settle the status, but is to be looked at first: register{held}. A person decides"
                )
            }
        }
        Status::Review if has(child, ReasonCode::Contradiction) => if uk {
            "Свідчення суперечать одне одному, тож вирішує людина"
        } else {
            "Evidence is contradictory, so a person decides"
        }
        .to_owned(),
        Status::Review => {
            let mut possible = sources(child, ReasonCode::PossibleLink);
            possible.extend(sources(child, ReasonCode::PossibleTwin));
            possible.extend(sources(child, ReasonCode::Ambiguous));
            possible.sort_unstable();
            possible.dedup();
            let possible = named(&possible, lang);
            if uk {
                format!(
                    "Збіг, який визначив би статус, можливий, але не певний: реєстр{possible}. Вирішує людина"
                )
            } else {
                format!(
                    "A link that would settle the status is possible, but not certain: register{possible}. A person decides"
                )
            }
        }
        Status::Confirmed if has(child, ReasonCode::SchoolVouches) && settled.is_empty() => if uk {
            "За шкільним списком дитина є серед учнів; завдання визнає це свідченням"
        } else {
            "The school list has the child as a pupil; the job lets this count"
        }
        .to_owned(),
        Status::Confirmed if uk => format!(
            "Найпізніше свідчення, яке враховується ({since} – {as_of}), – про перебування в країні: реєстр{settled}"
        ),
        Status::Confirmed => format!(
            "The latest evidence that counts ({since} – {as_of}) is of the child in the country then: register{settled}"
        ),
        Status::ConfirmedAbroad if uk => format!(
            "Найпізніше свідчення, яке враховується ({since} – {as_of}), – про виїзд за кордон: реєстр{settled}"
        ),
        Status::ConfirmedAbroad => format!(
            "The latest evidence that counts ({since} – {as_of}) is of the child leaving the country: register{settled}"
        ),
        Status::NotAssessable if uk => "Заповнено замало полів, щоб шукати дитину".to_owned(),
        Status::NotAssessable => "Too few fields are filled in to look for the child".to_owned(),
        Status::Unconfirmed if uk => {
            format!(
                "Жодного свідчення, яке враховується ({since} – {as_of}), і жодного можливого збігу, який його дав би"
            )
        }
        Status::Unconfirmed => {
            format!(
                "No evidence that counts ({since} – {as_of}), and no possible link that would bring any"
            )
        }
    }
}
