//! What would settle a status, in words.

use super::{Lang, Outside, comparison, count, date, level, lower_first, quoted, reasons};
use crate::compare::Comparison;
use crate::report::settle::{Action, Step};

/// A step, without a full stop.
pub(in crate::report) fn step(step: &Step<'_>, lang: Lang) -> String {
    let mut notes = match &step.action {
        Action::Compare { differ, lack, twin, .. } => to_look_at(differ, lack, *twin, lang),
        _ => Vec::new(),
    };
    // What rests on no count is not told as a figure.
    let counted = !matches!(step.action, Action::Family | Action::Whereabouts { .. });
    if let Some(chance) = chance(step.gain, lang).filter(|_| counted) {
        let settles = match lang {
            Lang::Uk => format!("визначить статус з імовірністю {chance}"),
            Lang::En => format!("settles the status with probability {chance}"),
        };
        let register = match &step.action {
            Action::Ask(_, _, register) | Action::Check(_, register) => *register,
            _ => None,
        };
        let by = lang.of("насамперед за реєстром", "above all by the register");
        let by = register.map(|register| format!(", {by} {}", quoted(register, lang)));
        notes.push(settles + &by.unwrap_or_default());
    }
    let text = action(&step.action, lang);
    if notes.is_empty() { text } else { format!("{text} ({})", notes.join("; ")) }
}

/// A computed chance in whole percents; `None` where it is none, or certain, or even.
fn chance(gain: f64, lang: Lang) -> Option<String> {
    let told = (0.005..1.0).contains(&gain) && (gain - 0.5).abs() > 1e-12;
    told.then(|| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0.5 to 99")]
        let percents = ((gain * 100.0).round() as u64).clamp(1, 99);
        format!("{}\u{a0}%", count(percents, lang))
    })
}

fn action(action: &Action<'_>, lang: Lang) -> String {
    match lang {
        Lang::Uk => action_uk(action),
        Lang::En => action_en(action),
    }
}

/// What is asked for, in the accusative.
const fn field_uk(field: Comparison) -> &'static str {
    match field {
        Comparison::Surname => "прізвище",
        Comparison::GivenName => "ім’я",
        Comparison::Patronymic => "по батькові",
        Comparison::BirthDate => "дату народження",
        Comparison::Certificate => "серію та номер свідоцтва про народження",
        Comparison::Sex => "стать",
        Comparison::Document => "документ",
        Comparison::Unzr => "УНЗР",
        Comparison::Rnokpp => "РНОКПП",
        Comparison::Region => "область",
        Comparison::School => "заклад освіти",
    }
}

const fn field_en(field: Comparison) -> &'static str {
    match field {
        Comparison::Surname => "the surname",
        Comparison::GivenName => "the given name",
        Comparison::Patronymic => "the patronymic",
        Comparison::BirthDate => "the birth date",
        Comparison::Certificate => "the birth certificate's series and number",
        Comparison::Sex => "the sex",
        Comparison::Document => "the document",
        Comparison::Unzr => "the UNZR",
        Comparison::Rnokpp => "the RNOKPP",
        Comparison::Region => "the region",
        Comparison::School => "the school",
    }
}

fn fields(fields: &[Comparison], lang: Lang) -> String {
    let name = lang.of(field_uk as fn(_) -> _, field_en as fn(_) -> _);
    fields.iter().map(|&field| name(field)).collect::<Vec<_>>().join(", ")
}

fn action_uk(action: &Action<'_>) -> String {
    let lang = Lang::Uk;
    let quoted = |name: &str| quoted(name, lang);
    match action {
        Action::Police(sources) if sources.is_empty() => {
            "Запитати в поліції про розшук: дитину розшукують".to_owned()
        }
        Action::Police(sources) => {
            let names: Vec<_> = sources.iter().map(|name| quoted(name)).collect();
            format!(
                "Запитати в поліції про розшук: за даними реєстру {} дитину розшукують",
                names.join(", ")
            )
        }
        Action::Sibling(source) => format!(
            "Запитати в поліції: за даними реєстру {} розшукують дитину, яка може бути братом чи сестрою цієї",
            quoted(source)
        ),
        Action::Contradiction(source, kind, day) => {
            let says = kind.map_or_else(String::new, |kind| {
                format!(", за яким дитина {}", reasons::predicate(kind, lang))
            });
            let day = day.map_or_else(String::new, |day| format!(" ({})", date(day, lang)));
            format!("З’ясувати, чи правдиве свідчення реєстру {}{says}{day}", quoted(source))
        }
        Action::Choose(source) => {
            format!(
                "З’ясувати, чи котрийсь із записів реєстру {} належить дитині, і котрий",
                quoted(source)
            )
        }
        Action::Compare { record, .. } => format!("Звірити із записом {record}"),
        Action::Take(field, _, record) => {
            format!("Узяти {} із запису {record}, який належить дитині", field_uk(*field))
        }
        Action::Ask(field, false, _) => format!("Дізнатися у школи {}", field_uk(*field)),
        Action::Ask(field, true, _) => {
            format!("Уточнити у школи {}: зазначене не можна використати", field_uk(*field))
        }
        Action::Complete(all) => format!("Доповнити шкільний запис: {}", fields(all, lang)),
        Action::Check(field, _) => {
            format!("Попросити школу звірити з документами {}", field_uk(*field))
        }
        Action::Extract(source, Outside::Region) => {
            format!("Запросити витяг реєстру {}, який охоплює область дитини", quoted(source))
        }
        Action::Extract(source, Outside::Years) => {
            format!(
                "Запросити витяг реєстру {}, який охоплює рік народження дитини",
                quoted(source)
            )
        }
        Action::Extract(source, Outside::Other) => {
            format!("Запросити витяг реєстру {}, який охоплює дитину", quoted(source))
        }
        Action::Undated(source) => {
            format!("Запитати дату свідчення в держателя реєстру {}", quoted(source))
        }
        Action::InFuture(source, day) => format!(
            "Перевірити дату свідчення реєстру {}, пізнішу за {}",
            quoted(source),
            date(*day, lang)
        ),
        Action::Death(Some(source)) => format!(
            "Отримати актовий запис про смерть, про яку каже школа; держатель реєстру {} має знати",
            quoted(source)
        ),
        Action::Death(None) => {
            "Отримати від школи документ про смерть, про яку вона каже".to_owned()
        }
        Action::NextSchool => "Дізнатися у школи, куди вибула дитина".to_owned(),
        Action::ProofAbroad => "Отримати підтвердження, що дитина за кордоном".to_owned(),
        Action::Nowhere => "Запитати родину, чому дитина ніде не навчається".to_owned(),
        Action::Records(records) => {
            format!("З’ясувати, чи шкільний запис не про цю саму дитину: {}", records.join(", "))
        }
        Action::AfterSchool => {
            "Дізнатися у школи, де випускник чи випускниця навчається або працює".to_owned()
        }
        Action::Family => {
            "Відновити контакт із родиною: школа позначила, що його втрачено".to_owned()
        }
        Action::Whereabouts { last: Some(last), .. } => format!(
            "З’ясувати у школи та родини, де перебуває дитина: останнє свідчення в наданих витягах \
             – {}",
            date(*last, lang)
        ),
        Action::Whereabouts { since, last: None } => format!(
            "З’ясувати у школи та родини, де перебуває дитина: у наданих витягах немає свідчень \
             від {}",
            date(*since, lang)
        ),
    }
}

fn action_en(action: &Action<'_>) -> String {
    let lang = Lang::En;
    let quoted = |name: &str| quoted(name, lang);
    match action {
        Action::Police(sources) if sources.is_empty() => {
            "Ask the police about the search: the child is held as sought".to_owned()
        }
        Action::Police(sources) => {
            let names: Vec<_> = sources.iter().map(|name| quoted(name)).collect();
            format!(
                "Ask the police about the search: the register {} holds the child as sought",
                names.join(", ")
            )
        }
        Action::Sibling(source) => format!(
            "Ask the police: the register {} holds as sought a child who may be a brother or sister",
            quoted(source)
        ),
        Action::Contradiction(source, kind, day) => {
            let says = kind.map_or_else(String::new, |kind| {
                format!(", by which the child {}", reasons::predicate(kind, lang))
            });
            let day = day.map_or_else(String::new, |day| format!(" ({})", date(day, lang)));
            format!(
                "Find out whether the evidence of the register {} is true{says}{day}",
                quoted(source)
            )
        }
        Action::Choose(source) => {
            format!(
                "Find out whether any of the records of the register {} is the child's, and which",
                quoted(source)
            )
        }
        Action::Compare { record, .. } => format!("Compare with the record {record}"),
        Action::Take(field, _, record) => {
            format!("Take {} from the child's record {record}", field_en(*field))
        }
        Action::Ask(field, false, _) => format!("Ask the school for {}", field_en(*field)),
        Action::Ask(field, true, _) => {
            format!("Ask the school for {}: what it wrote cannot be used", field_en(*field))
        }
        Action::Complete(all) => format!("Complete the school record: {}", fields(all, lang)),
        Action::Check(field, _) => {
            format!("Ask the school to check {} against the documents", field_en(*field))
        }
        Action::Extract(source, Outside::Region) => {
            format!(
                "Ask for an extract of the register {} that covers the child's region",
                quoted(source)
            )
        }
        Action::Extract(source, Outside::Years) => format!(
            "Ask for an extract of the register {} that covers the child's year of birth",
            quoted(source)
        ),
        Action::Extract(source, Outside::Other) => {
            format!("Ask for an extract of the register {} that covers the child", quoted(source))
        }
        Action::Undated(source) => {
            format!("Ask the holder of the register {} for the day of its evidence", quoted(source))
        }
        Action::InFuture(source, day) => format!(
            "Check the day of the evidence of the register {}, which is later than {}",
            quoted(source),
            date(*day, lang)
        ),
        Action::Death(Some(source)) => format!(
            "Get the record of the death that the school tells of; the holder of the register {} \
             should know",
            quoted(source)
        ),
        Action::Death(None) => {
            "Get from the school a document of the death that it tells of".to_owned()
        }
        Action::NextSchool => "Ask the school where the child went".to_owned(),
        Action::ProofAbroad => "Get proof that the child is abroad".to_owned(),
        Action::Nowhere => "Ask the family why the child attends nowhere".to_owned(),
        Action::Records(records) => format!(
            "Find out whether this school record is of the same child: {}",
            records.join(", ")
        ),
        Action::AfterSchool => "Ask the school where the former pupil studies or works".to_owned(),
        Action::Family => "Restore contact with the family: the school marks it as lost".to_owned(),
        Action::Whereabouts { last: Some(last), .. } => format!(
            "Ask the school and the family where the child is: the latest evidence in the supplied \
             extracts is of {}",
            date(*last, lang)
        ),
        Action::Whereabouts { since, last: None } => format!(
            "Ask the school and the family where the child is: the supplied extracts have no \
             evidence since {}",
            date(*since, lang)
        ),
    }
}

/// What to look at in two records.
fn to_look_at(
    differ: &[(Comparison, &'static str)],
    lack: &[Comparison],
    twin: bool,
    lang: Lang,
) -> Vec<String> {
    let name = |field| lower_first(comparison(field, lang));
    let mut notes: Vec<String> = Vec::new();
    for &(field, key) in differ {
        notes.push(format!("{} – {}", name(field), level(key, lang).unwrap_or(key)));
    }
    if !lack.is_empty() {
        let lack: Vec<_> = lack.iter().map(|&field| name(field)).collect();
        notes.push(format!("{}: {}", lang.of("немає даних", "missing"), lack.join(", ")));
    }
    if twin {
        let twin = lang
            .of("чи це не близнюк, брат або сестра", "whether it is not a twin, brother or sister");
        notes.push(twin.to_owned());
    }
    notes
}
