//! An explanation for the terminal.

use std::fmt::Write as _;

use super::view::{Counts, EvidenceView, Explanation, LinkView};
use crate::columns::{harmless, left, width};
use crate::compare::Comparison;
use crate::field::Field;
use crate::job::Kind;
use crate::report::words::{self, Lang};
use crate::resolve::Decision;
use crate::verdict::Status;

/// The longest value that is shown whole; JSON has them all.
const LONGEST: usize = 34;

/// The longest bar: one mark a bit of weight.
const LONGEST_BAR: usize = 24;

impl Explanation {
    /// The explanation as JSON.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        // Maps with text keys and plain values: nothing here that JSON cannot hold.
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The explanation as text, in its language.
    #[must_use]
    pub fn to_text(&self) -> String {
        let lang = self.lang;
        let say = |uk, en| if lang == Lang::Uk { uk } else { en };
        let mut out = String::new();
        let status = Status::from_key(self.status).map_or(self.status, |s| words::status(s, lang));
        let _ = writeln!(
            out,
            "{} {} · {status} ({})",
            say("Дитина", "Child"),
            harmless(&self.child),
            self.status
        );
        let _ = writeln!(out, "{}: {}", say("Правило", "Rule"), harmless(&self.rule));
        for reason in &self.reasons {
            let _ = writeln!(out, "  • {} ({})", harmless(&reason.text), harmless(&reason.code));
        }
        let mut facts = Vec::new();
        facts.extend(self.last_evidence.map(|day| {
            format!("{}: {}", say("останнє свідчення", "last evidence"), words::date(day, lang))
        }));
        if Status::from_key(self.status).is_some_and(Status::is_candidate) {
            facts.push(format!("{}: {}", say("пріоритет", "priority"), self.priority));
        } else {
            facts.extend(self.tier.map(|tier| format!("{}: {tier}", say("ступінь", "tier"))));
            facts.extend(self.wrong_probability.map(|p| {
                format!(
                    "{}: {p:.6}",
                    say("імовірність чужих записів", "probability of another's records")
                )
            }));
        }
        if !facts.is_empty() {
            let _ = writeln!(out, "{}", facts.join(" · "));
        }
        let _ = writeln!(out, "\n{}", say("Шкільні записи", "School records"));
        out.push_str(&left(&self.record_columns()));
        if self.links.is_empty() {
            let _ = writeln!(
                out,
                "\n{}",
                say("Жодного прийнятого чи можливого збігу", "No accepted or possible link")
            );
        }
        for (i, link) in self.links.iter().enumerate() {
            out.push_str(&link_text(i + 1, link, lang));
        }
        for warning in &self.warnings {
            let _ = writeln!(out, "\n! {}", harmless(warning));
        }
        out
    }

    fn record_columns(&self) -> Vec<Vec<String>> {
        let main = if self.lang == Lang::Uk { " (головний)" } else { " (main)" };
        let mut head = vec![String::new()];
        head.extend(self.records.iter().map(|record| {
            let mark = if record.main { main } else { "" };
            format!("{}:{}{mark}", harmless(&record.source), record.row)
        }));
        let mut rows = vec![head];
        for field in Field::ALL {
            let values: Vec<Option<&String>> =
                self.records.iter().map(|record| record.values.get(field.key())).collect();
            if values.iter().any(Option::is_some) {
                let mut row = vec![words::field(field, self.lang).to_owned()];
                row.extend(values.into_iter().map(|value| shown(value.map(String::as_str))));
                rows.push(row);
            }
        }
        rows
    }
}

/// A value, cut where it is too long for a column; a dash where there is none.
fn shown(value: Option<&str>) -> String {
    let Some(value) = value else { return "–".to_owned() };
    let value = harmless(value);
    if width(&value) <= LONGEST {
        return value;
    }
    let cut: String = value.chars().take(LONGEST - 1).collect();
    format!("{cut}…")
}

/// A weight as marks, one a bit: `▮` for the link, `▯` against it.
fn bar(weight: f64) -> String {
    let mark = if weight < 0.0 { "▯" } else { "▮" };
    let bits = (1..=LONGEST_BAR).take_while(|&bits| bits as f64 <= weight.abs() + 0.5).count();
    mark.repeat(bits)
}

fn link_text(number: usize, link: &LinkView, lang: Lang) -> String {
    let say = |uk, en| if lang == Lang::Uk { uk } else { en };
    let decision = if link.decision == Decision::Link.key() {
        say("прийнято", "accepted")
    } else {
        say("можливо, вирішує людина", "possible, a person decides")
    };
    let mut out = String::new();
    let id =
        link.registry_id.as_ref().map_or_else(String::new, |id| format!(" [{}]", harmless(id)));
    let _ = writeln!(
        out,
        "\n{number}. {}:{} ↔ {}:{}{id} · {decision} ({})",
        harmless(&link.population_source),
        link.population_row,
        harmless(&link.registry),
        link.registry_row,
        link.decision
    );
    let _ = writeln!(
        out,
        "   {}: {:.6} · {}: {:+.2}",
        say("імовірність", "probability"),
        link.probability,
        say("вага", "weight"),
        link.weight
    );
    let _ =
        writeln!(out, "   {}: {}", say("свідчення", "evidence"), evidence(&link.evidence, lang));
    if link.twin_risk {
        let _ = writeln!(
            out,
            "   ! {}",
            say(
                "запис може належати близнюкові, братові чи сестрі",
                "the record may be a twin's or sibling's"
            )
        );
    }
    let mut rows = vec![
        [
            say("поле", "field"),
            say("школа", "school"),
            say("реєстр", "register"),
            say("рівень", "level"),
            say("вага", "weight"),
            "",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    for view in &link.comparisons {
        let empty = view.school.is_none() && view.register.is_none();
        if empty && view.level == "missing" && view.weight.abs() < 0.005 {
            continue;
        }
        let name = Comparison::from_key(view.comparison)
            .map_or(view.comparison, |comparison| words::comparison(comparison, lang));
        rows.push(vec![
            name.to_owned(),
            shown(view.school.as_deref()),
            shown(view.register.as_deref()),
            words::level(&view.level, lang).map_or_else(|| harmless(&view.level), str::to_owned),
            format!("{:>+6.2}", view.weight),
            bar(view.weight),
        ]);
    }
    let blank = String::new;
    if link.other_weight.abs() >= 0.005 {
        let name = say("рівні в поєднанні", "levels together").to_owned();
        let weight = format!("{:>+6.2}", link.other_weight);
        rows.push(vec![name, blank(), blank(), blank(), weight, bar(link.other_weight)]);
    }
    let name = say("разом", "total").to_owned();
    rows.push(vec![name, blank(), blank(), blank(), format!("{:>+6.2}", link.weight)]);
    for line in left(&rows).lines() {
        let _ = writeln!(out, "   {line}");
    }
    out
}

fn evidence(evidence: &EvidenceView, lang: Lang) -> String {
    let kind = evidence
        .kind
        .and_then(|key| Kind::ALL.into_iter().find(|kind| kind.key() == key))
        .unwrap_or(Kind::Identity);
    let date =
        evidence.date.map_or_else(String::new, |date| format!(", {}", words::date(date, lang)));
    let counts = match (evidence.counts, lang) {
        (Counts::Counts, Lang::Uk) => "враховується",
        (Counts::Counts, Lang::En) => "counts",
        (Counts::IfConfirmed, Lang::Uk) => "враховувалося б, якби збіг підтвердили",
        (Counts::IfConfirmed, Lang::En) => "would count if the link were confirmed",
        (Counts::IdentityOnly, Lang::Uk) => "доводить лише існування",
        (Counts::IdentityOnly, Lang::En) => "proves existence only",
        (Counts::TooOld, Lang::Uk) => "не враховується: давніше за потрібне",
        (Counts::TooOld, Lang::En) => "does not count: too old",
        (Counts::InFuture, Lang::Uk) => "не враховується: після дня звірки",
        (Counts::InFuture, Lang::En) => "does not count: after the day of the check",
        (Counts::Undated, Lang::Uk) => "не враховується: без дати",
        (Counts::Undated, Lang::En) => "does not count: undated",
    };
    format!("{}{date} — {counts}", words::kind(kind, lang))
}
