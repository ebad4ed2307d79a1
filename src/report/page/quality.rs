//! What could not be read, and what is not filled in.

use std::cmp::Reverse;

use super::super::tally::Tally;
use super::super::words;
use super::pen::{Pen, length, part};
use super::texts::fill;
use crate::field::Field;
use crate::job::Role;

/// Reasons for rejection that the page lists.
const REJECTIONS_SHOWN: usize = 20;

/// Filled shares that the page lists.
const GAPS_SHOWN: usize = 20;

pub(super) struct Quality {
    pub(super) sources: Vec<SourceRow>,
    pub(super) rejections: Vec<RejectionRow>,
    pub(super) left_out: Option<String>,
    pub(super) gaps: Vec<GapRow>,
}

pub(super) struct SourceRow {
    pub(super) name: String,
    pub(super) role: &'static str,
    pub(super) seen: String,
    pub(super) rows: String,
    pub(super) values: String,
    pub(super) share: String,
    pub(super) alarming: bool,
}

pub(super) struct RejectionRow {
    pub(super) source: String,
    pub(super) field: String,
    pub(super) reason: String,
    pub(super) lost: &'static str,
    pub(super) count: String,
}

pub(super) struct GapRow {
    pub(super) source: String,
    pub(super) field: &'static str,
    pub(super) share: String,
    pub(super) width: String,
}

pub(super) fn quality(pen: &Pen<'_>, tally: &Tally) -> Quality {
    let (rejections, left_out) = rejections(pen, tally);
    Quality { sources: sources(pen, tally), rejections, left_out, gaps: gaps(pen, tally) }
}

fn sources(pen: &Pen<'_>, tally: &Tally) -> Vec<SourceRow> {
    let mut rows = Vec::new();
    for (source, rejected) in pen.run.job.sources.iter().zip(&tally.rejected) {
        let lost = part(rejected.rows, rejected.seen);
        let alarming = lost > pen.run.job.max_rejected_share;
        let share = format!("{}\u{a0}%", words::decimal(100.0 * lost, 2, pen.lang));
        rows.push(SourceRow {
            name: rejected.name.clone(),
            role: match source.role {
                Role::Population => pen.t.role_population,
                Role::Registry => pen.t.role_registry,
            },
            seen: pen.count(rejected.seen),
            rows: pen.count(rejected.rows),
            values: pen.count(rejected.values),
            share: if alarming { fill(pen.t.too_many, &[&share]) } else { share },
            alarming,
        });
    }
    rows
}

/// The most frequent reasons for rejection, and how many kinds there are beside them.
fn rejections(pen: &Pen<'_>, tally: &Tally) -> (Vec<RejectionRow>, Option<String>) {
    let mut reasons: Vec<_> = tally.reasons.iter().collect();
    reasons.sort_by_key(|(_, n)| Reverse(**n));
    let left_out = reasons.len().saturating_sub(REJECTIONS_SHOWN) as u64;
    let rows = reasons
        .into_iter()
        .take(REJECTIONS_SHOWN)
        .map(|((source, field, reason, whole_row), n)| RejectionRow {
            source: tally.rejected.get(*source).map_or("?", |count| &count.name).to_owned(),
            field: Field::from_key(field)
                .map_or(field.as_str(), |field| words::field(field, pen.lang))
                .to_owned(),
            reason: words::rejection(reason, pen.lang).into(),
            lost: if *whole_row { pen.t.lost_row } else { pen.t.lost_value },
            count: pen.count(*n),
        })
        .collect();
    let left_out = (left_out > 0).then(|| fill(pen.t.rejected_left, &[&pen.count(left_out)]));
    (rows, left_out)
}

/// The emptiest fields, emptiest first; full ones are no news.
fn gaps(pen: &Pen<'_>, tally: &Tally) -> Vec<GapRow> {
    let mut rows = Vec::new();
    for (source, fills) in tally.rejected.iter().zip(pen.run.fills) {
        let read = source.seen.saturating_sub(source.rows);
        for (field, filled) in fills {
            let share = part(*filled, read);
            if read > 0 && share < 0.995 {
                rows.push((share, source, *field));
            }
        }
    }
    // Stable: equal shares stay in the order of the job.
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    rows.into_iter()
        .take(GAPS_SHOWN)
        .map(|(share, source, field)| GapRow {
            source: source.name.clone(),
            field: words::field(field, pen.lang),
            share: pen.percent(share),
            width: length(100.0 * share.clamp(0.0, 1.0)),
        })
        .collect()
}
