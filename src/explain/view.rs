//! What is known about a child, gathered.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;

use super::ExplainError;
use super::rule;
use super::values::{Opened, Record};
use crate::compare::Comparison;
use crate::field::Field;
use crate::job::Kind;
use crate::report::words::{self, Lang};
use crate::resolve::Decision;
use crate::run_folder::{ChildRow, LinkRow, RunFolder};
use crate::verdict::ReasonCode;

/// Why a child has its status. Holds personal data: values as the files have them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// Name of the job.
    pub job: String,
    /// The first day whose evidence counts.
    pub evidence_since: Date,
    /// The day for which statuses are stated.
    pub as_of: Date,
    /// The child's id.
    pub child: String,
    /// Its status.
    pub status: &'static str,
    /// The rule that gave the status, in a sentence.
    pub rule: String,
    /// The reasons, in the order in which a person should read them.
    pub reasons: Vec<ReasonView>,
    /// The latest evidence that counts.
    pub last_evidence: Option<Date>,
    /// 0 (last on the candidate list) to 1000 (first).
    pub priority: u16,
    /// Probability that a settled status rests on another person's records.
    pub wrong_probability: Option<f64>,
    /// What a settled status rests on: `A`, two independent witnesses or an identifier that
    /// agrees; `B`, one witness by name and birth date alone.
    pub tier: Option<&'static str>,
    /// Its school records, the main one first.
    pub records: Vec<RecordView>,
    /// Accepted links, then possible ones, each the most probable first.
    pub links: Vec<LinkView>,
    /// What could not be shown, and why.
    pub warnings: Vec<String>,
    /// The language of the sentences.
    #[serde(skip)]
    pub lang: Lang,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReasonView {
    /// `code` or `code:source`.
    pub code: String,
    /// In a sentence.
    pub text: String,
}

/// A school record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordView {
    /// Its source.
    pub source: String,
    /// Its data row, from 0.
    pub row: u64,
    /// Whether it is the child's main record.
    pub main: bool,
    /// Its values by field; absent where empty.
    pub values: BTreeMap<&'static str, String>,
}

/// An accepted or possible link.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LinkView {
    /// Source of the school record.
    pub population_source: String,
    /// Row of the school record.
    pub population_row: u64,
    /// The register.
    pub registry: String,
    /// Row of the register's record.
    pub registry_row: u64,
    /// The register's own id of its record.
    pub registry_id: Option<String>,
    /// `link` or `review`.
    pub decision: &'static str,
    /// Probability that both are of one child.
    pub probability: f64,
    /// Match weight, log2.
    pub weight: f64,
    /// The part of the weight that no comparison gives.
    pub other_weight: f64,
    /// A twin or sibling explains the pair nearly as well.
    pub twin_risk: bool,
    /// What the register's record proves.
    pub evidence: EvidenceView,
    /// Field by field.
    pub comparisons: Vec<ComparisonView>,
}

/// What a register's record proves, and whether that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct EvidenceView {
    /// Its kind.
    pub kind: Option<&'static str>,
    /// Its day.
    pub date: Option<Date>,
    /// Whether it counts, or why not.
    pub counts: Counts,
}

/// Whether evidence counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    /// It does: dated between `evidence_since` and `as_of`, on an accepted link.
    Counts,
    /// The link is only possible; it would count.
    IfConfirmed,
    /// It proves existence, nothing more.
    IdentityOnly,
    /// It is older than `evidence_since`.
    TooOld,
    /// It is later than `as_of`.
    InFuture,
    /// It bears no date.
    Undated,
}

/// One comparison of a link.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ComparisonView {
    /// Key of the comparison.
    pub comparison: &'static str,
    /// Value of the school record.
    pub school: Option<String>,
    /// Value of the register's record.
    pub register: Option<String>,
    /// Name of the level.
    pub level: String,
    /// The part of the weight it gives, log2.
    pub weight: f64,
}

/// Gathers all about the child.
pub(super) fn build(
    run: &RunFolder,
    child: ChildRow,
    lang: Lang,
    mut opened: Opened<'_>,
) -> Result<Explanation, ExplainError> {
    let job = &run.manifest.job;
    let window = (job.evidence_since, job.as_of);
    let mut links = Vec::new();
    run.links::<ExplainError>(&mut |link| {
        if link.child == child.child {
            let own = run.manifest.source(link.registry).and_then(|source| source.since);
            links.push(link_view(link, (own.unwrap_or(window.0), window.1)));
        }
        Ok(())
    })?;
    let order: BTreeMap<&str, usize> = run.manifest.names().zip(0..).collect();
    let place = |link: &LinkView| {
        let registry = order.get(link.registry.as_str()).copied();
        (
            registry,
            link.registry_row,
            order.get(link.population_source.as_str()).copied(),
            link.population_row,
        )
    };
    links.sort_by(|a, b| {
        (a.decision != Decision::Link.key())
            .cmp(&(b.decision != Decision::Link.key()))
            .then(b.probability.total_cmp(&a.probability))
            .then(b.weight.total_cmp(&a.weight))
            .then(place(a).cmp(&place(b)))
    });
    let mut rows: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
    let mut records = child.records.clone();
    if !records.contains(&(child.source.clone(), child.row)) {
        records.push((child.source.clone(), child.row));
    }
    records.sort_by_key(|record| {
        let main = (record.0.as_str(), record.1) == (child.source.as_str(), child.row);
        (!main, order.get(record.0.as_str()).copied(), record.1)
    });
    for (source, row) in &records {
        rows.entry(source).or_default().insert(*row);
    }
    for link in &links {
        rows.entry(&link.registry).or_default().insert(link.registry_row);
        rows.entry(&link.population_source).or_default().insert(link.population_row);
    }
    let values: BTreeMap<String, BTreeMap<u64, Record>> = rows
        .into_iter()
        .map(|(source, rows)| (source.to_owned(), opened.records(source, &rows)))
        .collect();
    let record = |source: &str, row: u64| values.get(source).and_then(|rows| rows.get(&row));
    for link in &mut links {
        let school = record(&link.population_source, link.population_row);
        let register = record(&link.registry, link.registry_row);
        for view in &mut link.comparisons {
            if let Some(comparison) = Comparison::from_key(view.comparison) {
                view.school = school.and_then(|record| value(comparison, record));
                view.register = register.and_then(|record| value(comparison, record));
            }
        }
    }
    let records = records
        .iter()
        .map(|(source, row)| RecordView {
            source: source.clone(),
            row: *row,
            main: (source, *row) == (&child.source, child.row),
            values: record(source, *row)
                .into_iter()
                .flatten()
                .map(|(field, value)| (field.key(), value.clone()))
                .collect(),
        })
        .collect();
    Ok(Explanation {
        job: job.name.clone(),
        evidence_since: job.evidence_since,
        as_of: job.as_of,
        rule: rule::sentence(&child, window, lang),
        reasons: reasons(&child, lang),
        status: child.status.key(),
        child: child.child,
        last_evidence: child.last_evidence,
        priority: child.priority,
        wrong_probability: child.wrong_probability,
        tier: child.tier.map(crate::verdict::Tier::key),
        records,
        links,
        warnings: opened.warnings,
        lang,
    })
}

fn link_view(link: &LinkRow<'_>, (since, as_of): (Date, Date)) -> LinkView {
    let counts = match (link.evidence_kind, link.evidence_date) {
        (None | Some(Kind::Identity), _) => Counts::IdentityOnly,
        (_, None) => Counts::Undated,
        (_, Some(date)) if date < since => Counts::TooOld,
        (_, Some(date)) if date > as_of => Counts::InFuture,
        _ if link.decision == Decision::Review => Counts::IfConfirmed,
        _ => Counts::Counts,
    };
    let comparisons: Vec<ComparisonView> = link
        .comparisons()
        .map(|(comparison, level, weight)| ComparisonView {
            comparison: comparison.key(),
            school: None,
            register: None,
            level: level.to_owned(),
            weight,
        })
        .collect();
    LinkView {
        population_source: link.population_source.to_owned(),
        population_row: link.population_row,
        registry: link.registry.to_owned(),
        registry_row: link.registry_row,
        registry_id: link.registry_id.map(str::to_owned),
        decision: link.decision.key(),
        probability: link.probability,
        weight: link.weight,
        other_weight: link.weight - comparisons.iter().map(|c| c.weight).sum::<f64>(),
        twin_risk: link.twin_risk,
        evidence: EvidenceView {
            kind: link.evidence_kind.map(Kind::key),
            date: link.evidence_date,
            counts,
        },
        comparisons,
    }
}

/// The value that a comparison looks at, as the file has it.
fn value(comparison: Comparison, record: &Record) -> Option<String> {
    let of = |fields: &[Field]| fields.iter().find_map(|field| record.get(field).cloned());
    match comparison {
        Comparison::Surname => of(&[Field::Surname, Field::FullName]),
        Comparison::GivenName => of(&[Field::GivenName, Field::FullName]),
        Comparison::Patronymic => of(&[Field::Patronymic, Field::FullName]),
        Comparison::BirthDate => of(&[Field::BirthDate]),
        Comparison::Sex => of(&[Field::Sex]),
        Comparison::Certificate => {
            let parts: Vec<String> = [Field::CertificateSeries, Field::CertificateNumber]
                .iter()
                .filter_map(|field| record.get(field).cloned())
                .collect();
            let parts = (!parts.is_empty()).then(|| parts.join(" "));
            parts.or_else(|| of(&[Field::Certificate, Field::Document]))
        }
        Comparison::Document => of(&[Field::Document]),
        Comparison::Unzr => of(&[Field::Unzr]),
        Comparison::Rnokpp => of(&[Field::Rnokpp]),
        Comparison::Region => of(&[Field::Region]),
        Comparison::School => of(&[Field::School]),
    }
}

/// The reasons in sentences: those that the run wrote, else the words for their codes.
fn reasons(child: &ChildRow, lang: Lang) -> Vec<ReasonView> {
    // A sentence begins with a word of its language.
    let cyrillic = |letter: char| ('\u{400}'..'\u{500}').contains(&letter);
    let first = child.reasons.first().and_then(|text| text.chars().find(|c| c.is_alphabetic()));
    let written = child.reasons.len() == child.reason_codes.len()
        && first.is_some_and(|letter| cyrillic(letter) == (lang == Lang::Uk));
    let mut views = Vec::new();
    for (i, code) in child.reason_codes.iter().enumerate() {
        let (key, source) =
            code.split_once(':').map_or((code.as_str(), None), |(k, s)| (k, Some(s)));
        let words = ReasonCode::ALL
            .iter()
            .find(|code| code.key() == key)
            .map_or(key, |code| words::reason_code(*code, lang));
        let text = match (written.then(|| child.reasons.get(i)).flatten(), source) {
            (Some(sentence), _) => sentence.clone(),
            (None, Some(source)) => format!("{words}: {source}"),
            (None, None) => words.to_owned(),
        };
        views.push(ReasonView { code: code.clone(), text });
    }
    views
}
