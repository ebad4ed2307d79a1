//! `report.html`: the run at a glance, in one file without scripts. It may be passed on,
//! so it holds no field of any child, only counts, codes of children and reasons.

use std::collections::BTreeMap;
use std::io::Write;

use askama::Template;

use crate::field::Field;
use crate::job::Role;
use crate::verdict::{ReasonCode, Status};

use super::Run;
use super::candidates::Candidates;
use super::folder::{Fault, Sink};
use super::learned::{self, Chart};
use super::tally::Tally;
use super::words::{self, Lang};

/// Children that the page lists.
const CHILDREN_SHOWN: usize = 50;

/// Reasons for rejection that the page lists.
const REJECTIONS_SHOWN: usize = 20;

/// Filled shares that the page lists.
const GAPS_SHOWN: usize = 20;

/// Width of the bar of statuses, in its own units.
const BAR: f64 = 1000.0;

#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    job: String,
    as_of: String,
    as_of_en: String,
    since: String,
    since_en: String,
    headline: String,
    headline_noun: &'static str,
    children: String,
    children_noun: &'static str,
    candidates_en: String,
    children_en: String,
    statuses: Vec<StatusRow>,
    bar_text: String,
    wrong: Wrong,
    thresholds: ThresholdTexts,
    registers: Vec<RegisterRow>,
    errors: Vec<super::errors::ErrorRow>,
    reasons: Vec<ReasonRow>,
    list: Vec<ListRow>,
    list_left_out: Option<String>,
    sources: Vec<SourceRow>,
    rejections: Vec<RejectionRow>,
    rejections_left_out: Option<String>,
    gaps: Vec<GapRow>,
    chart: Option<Chart>,
    version: &'static str,
}

struct StatusRow {
    key: &'static str,
    name: &'static str,
    name_en: &'static str,
    meaning: &'static str,
    candidate: bool,
    count: String,
    share: String,
    x: String,
    width: String,
}

struct Wrong {
    settled: String,
    expected: String,
    upper: String,
    expected_en: String,
    upper_en: String,
}

struct ThresholdTexts {
    confirm: String,
    review: String,
    cost: String,
    capacity: String,
}

struct RegisterRow {
    name: String,
    links: String,
    review: String,
    children: String,
    share: String,
    kinds: String,
}

struct ReasonRow {
    name: &'static str,
    name_en: &'static str,
    count: String,
    width: String,
}

struct ListRow {
    rank: u64,
    child: String,
    key: &'static str,
    status: &'static str,
    priority: u16,
    reasons: Vec<String>,
}

struct SourceRow {
    name: String,
    role: &'static str,
    seen: String,
    rows: String,
    values: String,
    share: String,
    alarming: bool,
}

struct RejectionRow {
    source: String,
    field: String,
    reason: String,
    lost: &'static str,
    count: String,
}

struct GapRow {
    source: String,
    field: &'static str,
    share: String,
    width: String,
}

/// Writes the page.
pub(super) fn page(
    run: &Run<'_>,
    tally: &Tally,
    list: &Candidates<'_>,
    sink: &mut Sink,
) -> Result<(), Fault> {
    sink.write_all(render(run, tally, list)?.as_bytes())?;
    Ok(())
}

pub(super) fn render(
    run: &Run<'_>,
    tally: &Tally,
    list: &Candidates<'_>,
) -> Result<String, askama::Error> {
    let job = run.job;
    let shown = list.len().min(CHILDREN_SHOWN);
    let (rejections, rejections_left_out) = rejections(tally);
    let statuses = statuses(tally);
    let bar_text: Vec<_> =
        statuses.iter().map(|row| format!("{}: {}", row.name, row.count)).collect();
    let page = Page {
        job: job.name.clone(),
        as_of: words::date(job.as_of, Lang::Uk),
        as_of_en: words::date(job.as_of, Lang::En),
        since: words::date(job.evidence_since, Lang::Uk),
        since_en: words::date(job.evidence_since, Lang::En),
        headline: count(tally.candidates),
        headline_noun: words::plural(tally.candidates, "дитина", "дитини", "дітей"),
        children: count(tally.children),
        children_noun: children_of(tally.children),
        candidates_en: words::children(tally.candidates, Lang::En),
        children_en: words::count(tally.children, Lang::En),
        bar_text: bar_text.join("; "),
        statuses,
        wrong: wrong(run, tally),
        thresholds: ThresholdTexts {
            confirm: words::percent(run.thresholds.confirm, Lang::Uk),
            review: words::percent(run.thresholds.review, Lang::Uk),
            cost: words::decimal(job.decision.hidden_child_cost, 0, Lang::Uk),
            capacity: count(job.decision.review_capacity),
        },
        registers: registers(tally),
        errors: super::errors::rows(run.errors),
        reasons: reasons(list),
        list: list.rows().take(CHILDREN_SHOWN).map(list_row).collect(),
        list_left_out: (list.len() > shown).then(|| count((list.len() - shown) as u64)),
        sources: sources(run, tally),
        rejections,
        rejections_left_out,
        gaps: gaps(run, tally),
        chart: learned::chart(run.model),
        version: env!("CARGO_PKG_VERSION"),
    };
    page.render()
}

fn count(n: u64) -> String {
    words::count(n, Lang::Uk)
}

/// The noun in the genitive, as it stands after «з» and «статус».
fn children_of(n: u64) -> &'static str {
    words::plural(n, "дитини", "дітей", "дітей")
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A share of a whole, which unlike a probability may round to all or nothing.
fn share(part: u64, whole: u64) -> String {
    format!("{}\u{a0}%", words::decimal(100.0 * ratio(part, whole), 1, Lang::Uk))
}

/// A length in a drawing.
fn length(value: f64) -> String {
    format!("{value:.1}")
}

fn statuses(tally: &Tally) -> Vec<StatusRow> {
    let mut before = 0;
    let mut rows = Vec::new();
    for &(status, n) in &tally.statuses {
        let width = BAR * ratio(n, tally.children);
        rows.push(StatusRow {
            key: status.key(),
            name: words::status(status, Lang::Uk),
            name_en: words::status(status, Lang::En),
            meaning: words::status_meaning(status, Lang::Uk),
            candidate: status.is_candidate(),
            count: count(n),
            share: share(n, tally.children),
            // A single child is seen, too.
            x: length((BAR * ratio(before, tally.children)).min(BAR - 2.0)),
            width: length(if n == 0 { 0.0 } else { width.max(2.0) }),
        });
        before += n;
    }
    rows
}

fn wrong(run: &Run<'_>, tally: &Tally) -> Wrong {
    let settled = [Status::Confirmed, Status::ConfirmedAbroad, Status::Deceased];
    let settled = settled.iter().map(|status| tally.status(*status)).sum();
    Wrong {
        settled: format!("{}\u{a0}{}", count(settled), children_of(settled)),
        expected: words::expected(run.wrong.expected, Lang::Uk),
        upper: words::upper(run.wrong.upper, Lang::Uk),
        expected_en: words::expected(run.wrong.expected, Lang::En),
        upper_en: words::upper(run.wrong.upper, Lang::En),
    }
}

fn registers(tally: &Tally) -> Vec<RegisterRow> {
    let row = |register: &super::RegisterCount| {
        let kinds: Vec<_> = register
            .kinds
            .iter()
            .filter(|(_, n)| *n > 0)
            .map(|(kind, n)| format!("{}: {}", words::kind(*kind, Lang::Uk), count(*n)))
            .collect();
        RegisterRow {
            name: register.name.clone(),
            links: count(register.links),
            review: count(register.review),
            children: count(register.children),
            share: share(register.children, tally.children),
            kinds: if kinds.is_empty() { "–".to_owned() } else { kinds.join("; ") },
        }
    };
    tally.registers.iter().map(row).collect()
}

/// How many candidates have a reason, most frequent first.
fn reasons(list: &Candidates<'_>) -> Vec<ReasonRow> {
    let mut counts: BTreeMap<ReasonCode, u64> = BTreeMap::new();
    for child in list.children() {
        let mut codes: Vec<_> = child.reasons.iter().map(|reason| reason.code).collect();
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            *counts.entry(code).or_insert(0) += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let row = |(code, n): (ReasonCode, u64)| ReasonRow {
        name: words::reason_code(code, Lang::Uk),
        name_en: words::reason_code(code, Lang::En),
        count: count(n),
        width: length(100.0 * ratio(n, list.len() as u64)),
    };
    counts.into_iter().map(row).collect()
}

fn list_row(row: super::candidates::Candidate<'_>) -> ListRow {
    ListRow {
        rank: row.rank,
        child: row.child.id.clone(),
        key: row.child.status.key(),
        status: words::status(row.child.status, Lang::Uk),
        priority: row.child.priority,
        reasons: row.reasons,
    }
}

fn sources(run: &Run<'_>, tally: &Tally) -> Vec<SourceRow> {
    let mut rows = Vec::new();
    for (source, rejected) in run.job.sources.iter().zip(&tally.rejected) {
        let lost = ratio(rejected.rows, rejected.seen);
        rows.push(SourceRow {
            name: rejected.name.clone(),
            role: match source.role {
                Role::Population => "школи",
                Role::Registry => "реєстр",
            },
            seen: count(rejected.seen),
            rows: count(rejected.rows),
            values: count(rejected.values),
            share: format!("{}\u{a0}%", words::decimal(100.0 * lost, 2, Lang::Uk)),
            alarming: lost > run.job.max_rejected_share,
        });
    }
    rows
}

/// The most frequent reasons for rejection, and how many kinds there are beside them.
fn rejections(tally: &Tally) -> (Vec<RejectionRow>, Option<String>) {
    let mut reasons: Vec<_> = tally.reasons.iter().collect();
    reasons.sort_by_key(|(_, n)| std::cmp::Reverse(**n));
    let left_out = reasons.len().saturating_sub(REJECTIONS_SHOWN) as u64;
    let rows = reasons
        .into_iter()
        .take(REJECTIONS_SHOWN)
        .map(|((source, field, reason, whole_row), n)| RejectionRow {
            source: tally.rejected.get(*source).map_or("?", |count| &count.name).to_owned(),
            field: Field::from_key(field)
                .map_or(field.as_str(), |field| words::field(field, Lang::Uk))
                .to_owned(),
            reason: reason.clone(),
            lost: if *whole_row { "рядок" } else { "значення" },
            count: count(*n),
        })
        .collect();
    (rows, (left_out > 0).then(|| count(left_out)))
}

/// The emptiest fields, emptiest first; full ones are no news.
fn gaps(run: &Run<'_>, tally: &Tally) -> Vec<GapRow> {
    let mut rows = Vec::new();
    for (source, fills) in tally.rejected.iter().zip(run.fills) {
        let read = source.seen.saturating_sub(source.rows);
        for (field, filled) in fills {
            let part = ratio(*filled, read);
            if read > 0 && part < 0.995 {
                rows.push((part, source, *field, read, *filled));
            }
        }
    }
    // Stable: equal shares stay in the order of the job.
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    rows.into_iter()
        .take(GAPS_SHOWN)
        .map(|(part, source, field, read, filled)| GapRow {
            source: source.name.clone(),
            field: words::field(field, Lang::Uk),
            share: share(filled, read),
            width: length(100.0 * part.clamp(0.0, 1.0)),
        })
        .collect()
}
